"""Board 3, anomalies, and how a score came to be."""

WORDS: dict[str, str] = {
    (
        "A bar of each of the exchange's perpetuals with most turnover stands against the bars "
        "before it: the size of its return, its turnover in USD, its range in % of the close."
    ): (
        "把交易所成交额最大的一批永续的最新 K 线与之前的 K 线相比：涨跌幅的大小、成交额（USD）、"
        "振幅占收盘价的百分比。"
    ),
    (
        "z = (value − mean) / deviation, the deviation with ddof 0, both of the bars before; a "
        "deviation of 0 gives z 0. percentile = how many % of the earlier returns were smaller."
    ): (
        "z =（数值 − 均值）/ 标准差，标准差 ddof 为 0，两者都取自之前的 K 线；标准差为 0 时 z 为 "
        "0。百分位 = 更早的涨跌幅中有百分之几更小。"
    ),
    (
        "price score = max(z − 2.5, 0) + max(percentile − 92, 0) / 10; volume score = max(z − 2, "
        "0); volatility score = max(z − 2, 0). score = 0.4 × price + 0.3 × volume + 0.3 × "
        "volatility, without a cap. All of these numbers are settings ([anomalies])."
    ): (
        "价格分 = max(z − 2.5, 0) + max(百分位 − 92, 0) / 10；成交量分 = max(z − 2, 0)；波动率分 "
        "= max(z − 2, 0)。评分 = 0.4 × 价格分 + 0.3 × 成交量分 + 0.3 × 波动率分，不设上限。这些数"
        "字都可设置（[anomalies]）。"
    ),
    (
        "A measure at or above its limit is a reason, and a bar with a reason is an anomaly. A "
        "move of less than 1 % (min_return) is a small move and has no score; fewer than 16 bars "
        "are insufficient and no 0; after a hole there is no return. The headline counts those "
        "of whom that much is known; the others are not judged."
    ): (
        "达到或超过阈值的度量就是原因，有原因的 K 线就是异动。变动不到 1 %（min_return）为小幅变"
        "动，没有评分；不足 16 根 K 线为样本不足，不当作 0；空洞之后没有涨跌幅。标题行只计已知情"
        "况者；其余不判定。"
    ),
    (
        "Robust z: the median and 1.4826 × the median distance from it in place of mean and "
        "deviation. It stands beside the score and is not in it."
    ): ("稳健 z：用中位数与 1.4826 × 中位绝对偏差代替均值与标准差。列在评分旁，不计入评分。"),
    (
        "Closed bars are judged when they close and every minute; those that closed while "
        "nothing ran are judged after a start, as far back as anomalies are kept. u shows the "
        "bar that is forming, judged anew every second as if it ended now, its turnover scaled "
        "to the whole of its time; Enter shows the parts of the bar that is shown."
    ): (
        "已收盘的 K 线在收盘时及每分钟判定一次；程序未运行时收盘的在启动后补判，最远到异动的保留"
        "期限。u 显示未收盘的 K 线，每秒按“此刻收盘”重新判定，成交额按整根时长折算；Enter 显示所"
        "示 K 线的各分项。"
    ),
    (
        'anomalies.mode = "original" judges the open bar, as the originals did, and u has '
        "nothing to add. Its rows are equal to theirs only with anomalies.bars = 150."
    ): (
        'anomalies.mode = "original" 与最初的程序一样判定未收盘的 K 线，此时 u 没有作用。仅当 '
        "anomalies.bars = 150 时各行与其相同。"
    ),
    (
        "Enter shows how a score came to be, beside the candles with the bar marked; w, or why "
        "BTC in the palette, does so for any coin and says why it is not here. i changes the "
        "length of the bars, v the exchange (other bars than the settings' are streamed while "
        "they are shown and five minutes more), a shows those without a reason too. In the chart "
        "rising bars are thin and falling ones full; below them is the turnover."
    ): (
        "Enter 显示评分的由来及标出该 K 线的蜡烛图；w 或命令 why BTC 可查任意币种，并说明它为何不"
        "在。i 切换 K 线周期，v 切换交易所（设置之外的 K 线在显示期间及其后五分钟内推送），a 连没"
        "有原因的也显示。蜡烛图中上涨的细，下跌的实；下方是成交额。"
    ),
    "Sources: each exchange's candle streams, REST for older bars and gaps.": (
        "来源：各交易所的 K 线推送；较早的 K 线与缺口走 REST。"
    ),
    "Anomalies": "异动",
    "How the score came to be": "评分的由来",
    "Candles": "蜡烛图",
    "without a reason too (a)": "含无原因者（a）",
    "waiting for {name}": "正在等待 {name}",
    "{n} of {all} perpetuals ({key})": "第 {n}/{all} 个永续（{key}）",
    "Why is it here, or why not?": "为何在此，或为何不在？",
    "anomaly": "异动",
    "normal": "正常",
    "small move": "小幅变动",
    "insufficient": "样本不足",
    "bar|gap": "空洞",
    "no bar": "无 K 线",
    "no data": "无数据",
    "volume": "成交量",
    "volatility": "波动率",
    "rsi": "RSI",
    "macd": "MACD",
    "bollinger": "布林带",
    "vol": "量",
    "vola": "波动",
    "boll": "布林",
    "kind|breakout": "突破",
    "kind|volume burst": "放量",
    "kind|range": "震荡",
    "closed": "已收盘",
    "forming": "未收盘",
    "turnover as it is so far": "成交额按目前所得",
    "turnover not scaled yet: too little of it is over": "成交额未折算：时间过得太少",
    "turnover scaled up from {pct} % of its time": "成交额由已过的 {pct} % 时长折算",
    "percentile": "百分位",
    "pctile": "百分位",
    "little counts like much": "少与多同样计",
    "of earlier returns smaller; over: a tenth": "更早涨跌幅更小的占比；超出按十分之一计",
    "mode original: the open bar": "original 模式：未收盘的 K 线",
    "mode original": "original 模式",
    " unusual": " 异动",
    " judged unusual": " 已判异动",
    "judged {ago}": "判定于 {ago}",
    "nothing is judged yet": "尚未判定",
    "open bar {span}": "未收盘 K 线 {span}",
    "closed bar {span}": "已收盘 K 线 {span}",
    "forming bar {span}, {pct} % over": "未收盘 K 线 {span}，已过 {pct} %",
    "no {bar} bar of {exchange} is judged yet": "{exchange} 的 {bar} K 线尚未判定",
    "there were none": "没有异动",
    "no forming bar is known yet; u: the closed one": "还没有未收盘的 K 线；u：已收盘的",
    "reason|{what}; {more}": "{what}；{more}",
    "no perpetual of {exchange} has turnover enough to be judged": (
        "{exchange} 没有成交额足以判定的永续"
    ),
    "the forming bar {span}": "未收盘 K 线 {span}",
    "the closed bar {span}": "已收盘 K 线 {span}",
    "{states}; {all} shows them, {why} tells why": "{states}；{all} 显示它们，{why} 说明原因",
    "nothing of {bar} can be judged: {others}": "{bar} 无可判定：{others}",
    "nothing unusual in {bar}: {others}": "{bar} 没有异动：{others}",
    "{bar} bars of {exchange} were asked for just now": "刚刚请求了 {exchange} 的 {bar} K 线",
    "nothing is known of it": "对它一无所知",
    "span|bar {span}": "K 线 {span}",
    "the open bar as it is so far, its turnover, too": "按未收盘 K 线目前的样子，成交额也是",
    "u: the closed bar": "u：已收盘的 K 线",
    "the forming bar is not judged": "未收盘的 K 线未判定",
    "forming: judged as if it ended now; {scaled}": "未收盘：按此刻收盘判定；{scaled}",
    "forming|score {score}, {reasons}": "评分 {score}，{reasons}",
    "forming|not judged, {state}": "未判定，{state}",
    "forming since {time}": "未收盘，始于 {time}",
    "small moves have none": "小幅变动没有评分",
    "not judged": "未判定",
    "no rank": "无排名",
    "rank|rank {n}": "排名 {n}",
    "rank|{rank}, {n} are watched": "{rank}，监控 {n} 个",
    "stored, not of now": "已存储，非当前",
    "24 h ": "24 h ",
    "no bar of it is judged": "它没有已判定的 K 线",
    "forming, {pct} % over": "未收盘，已过 {pct} %",
    "window {bars} bars since {when}, n={n}": "窗口 {bars} 根，自 {when}，n={n}",
    "its newest is {span}": "它最新的是 {span}",
    ", nothing is over its limit": "，没有超过阈值的",
    "score {score}: {why}": "评分 {score}：{why}",
    "percentile {value} >= {limit}": "百分位 {value} >= {limit}",
    "percentile {value} < {limit}": "百分位 {value} < {limit}",
    "price z {z} >= {limit}": "价格 z {z} >= {limit}",
    "price z {z} < {limit}": "价格 z {z} < {limit}",
    "volume z {z} >= {limit}": "成交量 z {z} >= {limit}",
    "volume z {z} < {limit}": "成交量 z {z} < {limit}",
    "volatility z {z} >= {limit}": "波动率 z {z} >= {limit}",
    "volatility z {z} < {limit}": "波动率 z {z} < {limit}",
    "return %": "涨跌 %",
    "score": "评分",
    "price z": "价格 z",
    "vol z": "量 z",
    "vola z": "波动 z",
    "reasons": "原因",
    "24 h $": "成交额$",
    "rob p": "稳健价",
    "rob v": "稳健量",
    "rob r": "稳健幅",
    "range %": "振幅 %",
    "bar $": "K 线额",
    "close": "收盘价",
    "looks like": "形态",
    "bar": "线",
    "is": "状态",
    "why not": "未判原因",
    "part": "分项",
    "value": "数值",
    "mean": "均值",
    "deviat.": "标准差",
    "threshold|limit": "阈值",
    "over|over": "超出",
    "× w": "权重",
    "robust z": "稳健 z",
    "median": "中位数",
    "MAD×1.48": "MAD×1.48",
    "Enter shows how its score came to be.": "Enter 显示它的评分由来。",
    "From the close of the bar before to the close of this one.": (
        "上一根收盘到这一根收盘的涨跌幅。"
    ),
    (
        "0.4 × price + 0.3 × volume + 0.3 × volatility as the settings weigh them, without a "
        "cap; – for small moves, and where the bar is not judged."
    ): (
        "0.4 × 价格 + 0.3 × 成交量 + 0.3 × 波动率（按设置的权重），不设上限；小幅变动与未判定的 "
        "K 线为 –。"
    ),
    "By how many deviations the size of the return is above the mean of the bars before.": (
        "涨跌幅的大小高出之前 K 线的均值多少个标准差。"
    ),
    "The same of the turnover in USD; of a forming bar scaled to the whole of its time.": (
        "同上，针对成交额（USD）；未收盘的 K 线按整根时长折算。"
    ),
    "The same of the range: (high − low) / close.": "同上，针对振幅：（最高 − 最低）/ 收盘。",
    "Which measures reached their thresholds; of a bar without any, what became of it.": (
        "哪些度量达到阈值；没有原因的 K 线则写它的状态。"
    ),
    "The perpetual's turnover of 24 hours, as the exchange tells it.": (
        "该永续 24 小时成交额，按交易所所报。"
    ),
    (
        "The robust z of the return's size: from the median, in units of 1.4826 × the median "
        "distance from it. Not in the score; – where that distance is 0."
    ): (
        "涨跌幅大小的稳健 z：与中位数之差，以 1.4826 × 中位绝对偏差为单位。不计入评分；偏差为 0 "
        "时为 –。"
    ),
    (
        "The robust z of the turnover: from the median, in units of 1.4826 × the median distance "
        "from it. Not in the score; – where that distance is 0."
    ): (
        "成交额的稳健 z：与中位数之差，以 1.4826 × 中位绝对偏差为单位。不计入评分；偏差为 0 时为 "
        "–。"
    ),
    (
        "The robust z of the range: from the median, in units of 1.4826 × the median distance "
        "from it. Not in the score; – where that distance is 0."
    ): (
        "振幅的稳健 z：与中位数之差，以 1.4826 × 中位绝对偏差为单位。不计入评分；偏差为 0 时为 –。"
    ),
    "How many % of the earlier returns were smaller.": "更早的涨跌幅中有百分之几更小。",
    "(high − low) / close × 100 of the bar.": "该 K 线（最高 − 最低）/ 收盘 × 100。",
    "The bar's turnover; of a forming bar scaled to the whole of its time.": (
        "该 K 线的成交额；未收盘的按整根时长折算。"
    ),
    "The bar's last price, per coin.": "该 K 线的最后价格，每币。",
    "breakout, volume burst, range; only with anomalies.indicators.": (
        "突破、放量、震荡；仅在设置 anomalies.indicators 时。"
    ),
    "When the bar began.": "K 线开始的时间。",
    "closed, or forming: judged as if it ended now.": "已收盘，或未收盘：按此刻收盘判定。",
    "Why the bar is not judged, or not in full.": "该 K 线为何未判定，或未完整判定。",
    (
        "price: the size of the return; percentile: its place among the earlier ones; volume: "
        "the turnover in USD; volatility: the range in % of the close."
    ): (
        "价格：涨跌幅的大小；百分位：它在更早涨跌幅中的位置；成交量：成交额（USD）；波动率：振幅"
        "占收盘价的百分比。"
    ),
    "Of the judged bar.": "所判 K 线的。",
    "Of the bars before it in the window.": "窗口内它之前的 K 线的。",
    "Their standard deviation (ddof 0).": "它们的标准差（ddof 0）。",
    "How many numbers the mean is of.": "均值由多少个数得出。",
    "(value − mean) / deviation; 0 where the deviation is 0.": (
        "（数值 − 均值）/ 标准差；标准差为 0 时为 0。"
    ),
    "≥: reached, which is a reason; <: not reached.": "≥：达到，即为原因；<：未达到。",
    "How far above the limit; of the percentile a tenth.": "超出阈值多少；百分位按十分之一计。",
    "The part's weight in the score.": "该分项在评分中的权重。",
    "over × weight: what the score has of it; – where there is no score.": (
        "超出 × 权重：它对评分的贡献；没有评分时为 –。"
    ),
    "(value − median) / spread of the medians; beside the score, not in it.": (
        "（数值 − 中位数）/ 中位数离散度；列在评分旁，不计入。"
    ),
    "Of the bars before it.": "它之前的 K 线的。",
    "1.4826 × the median distance from the median.": "1.4826 × 与中位数距离的中位数。",
    "Why there is no z, or how it counts.": "为何没有 z，或如何计。",
}
