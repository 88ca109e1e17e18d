"""Board 4, picks."""

WORDS: dict[str, str] = {
    "{n} bars": "{n} 根 K 线",
    (
        "The blocks below the table are the closes of the last 96 bars of the row under the "
        "cursor, from its lowest to its highest; they stand there where there is room."
    ): "表格下方的方块是光标所在行最近 96 根 K 线的收盘价，从最低到最高；有位置时才显示。",
    (
        "A fixed formula over the last 16 closed bars of a quarter of an hour, of the 30 "
        "perpetuals with most turnover in 24 hours (at least 5,000 USD); the 20 highest scores "
        "are kept. Nothing is learnt or foretold: what rises and what falls score alike."
    ): (
        "用固定公式给 24 小时成交额最大的 30 个永续（至少 5,000 USD）打分，取最近 16 根已收盘的 "
        "15 分钟 K 线；保留评分最高的 20 个。不学习、不预测：涨与跌同样计分。"
    ),
    (
        "change = 0.3 × |24 h change in %|; turnover = 0.25 × min(24 h turnover in millions of "
        "USD, 100); volatility = 0.25 × min(1000 × deviation of the bars' returns (ddof 0), 50); "
        "growth = 0.2 × min(|growth of the volume in %|, 20)."
    ): (
        "涨跌 = 0.3 × |24 h 涨跌幅 %|；成交 = 0.25 × min(24 h 成交额百万 USD, 100)；波动 = 0.25 "
        "× min(1000 × K 线涨跌幅标准差（ddof 0）, 50)；增量 = 0.2 × min(|成交量增幅 %|, 20)。"
    ),
    (
        "score = change + turnover + volatility + growth, at most 100. It is computed when bars "
        "close and every 180 s: the bars stay the same between, 24 h change and turnover don't. "
        "max is the highest score that the perpetual ever had here."
    ): (
        "评分 = 涨跌 + 成交 + 波动 + 增量，最高 100。在 K 线收盘时及每 180 秒计算：其间 K 线不变"
        "，24 h 涨跌幅与成交额会变。最高分是该永续在此有过的最高评分。"
    ),
    (
        "growth of the volume: the mean of the last five bars over the mean of the first five, "
        "in coins, so that a price that moves is no growth."
    ): ("成交量增幅：后五根 K 线的均值与前五根之比，以币计，因此价格变动不算增长。"),
    (
        "start is the close of the first of the bars, now that of the last closed one (below the "
        "table with the times at which these bars ended), highest their highest high; rise = "
        "(now − start) / start × 100. Tab leads to those that can't be scored, with why."
    ): (
        "起始价是第一根 K 线的收盘价，当前是最近一根已收盘的（表格下方附这些 K 线的收盘时间），最"
        "高价是其中的最高价；涨幅 =（当前 − 起始）/ 起始 × 100。Tab 查看无法打分者及原因。"
    ),
    "Sources: the exchange's candles and its 24 h statistics.": (
        "来源：交易所的 K 线及其 24 h 统计。"
    ),
    "Picks": "优选",
    "Left out": "未入选",
    "left out {n} ({key})": "未入选 {n}（{key}）",
    "({key}: back to the picks)": "（{key}：返回优选）",
    "nothing is scored yet": "尚未打分",
    " candidates scored": " 个候选已打分",
    "bars up to ": "K 线截至 ",
    "scored {ago}": "打分于 {ago}",
    "score = change + turnover + volatility + growth": "评分 = 涨跌 + 成交 + 波动 + 增量",
    "turnover ": "成交额 ",
    "deviation ": "标准差 ",
    "volume ": "成交量 ",
    "start ": "起始 ",
    "now ": "当前 ",
    "highest ": "最高 ",
    "max score ": "最高分 ",
    "nothing: there is no candidate": "无：没有候选",
    "nothing: every candidate was scored": "无：候选均已打分",
    "no picks of {exchange} are scored yet": "{exchange} 的优选尚未打分",
    "none of {n} candidates can be scored; {why}": "{n} 个候选都无法打分；{why}",
    "no perpetual of {exchange} has turnover enough yet": "{exchange} 还没有成交额足够的永续",
    "new": "新",
    "change": "涨跌",
    "turnov": "成交",
    "volat": "波动",
    "growth": "增量",
    "max_score|max": "最高分",
    "moved": "变动",
    "rise %": "涨幅 %",
    "start": "起始价",
    "highest": "最高价",
    "dev %": "标差 %",
    "grew %": "量增 %",
    "symbol": "代码",
    "why": "原因",
    "By score, then by turnover.": "按评分，再按成交额。",
    "The sum of the four parts, at most 100.": "四个分项之和，最高 100。",
    "0.3 × the size of the 24 h change in %.": "0.3 × 24 h 涨跌幅（%）的大小。",
    "0.25 × the 24 h turnover in millions of USD, at most 25.": (
        "0.25 × 24 h 成交额（百万 USD），最高 25。"
    ),
    (
        "0.25 × 1000 × the deviation (ddof 0) of the returns of the last 16 closed bars, at most "
        "12.5."
    ): ("0.25 × 1000 × 最近 16 根已收盘 K 线涨跌幅的标准差（ddof 0），最高 12.5。"),
    (
        "0.2 × the size of the change in % of the mean volume from the first five to the last "
        "five bars, in coins, at most 4; 0 where volumes are not known."
    ): ("0.2 × 平均成交量从前五根到后五根 K 线变化（%，以币计）的大小，最高 4；成交量未知时为 0。"),
    "The highest score of it so far, over restarts.": "它至今的最高评分，跨重启保留。",
    "By how much the score changed since the evaluation before.": "评分较上次计算变化多少。",
    "From the start price to the price of now.": "从起始价到当前价。",
    "The close of the first of 16 bars.": "16 根 K 线中第一根的收盘价。",
    "The close of the newest bar.": "最新一根 K 线的收盘价。",
    "The highest high of the bars.": "这些 K 线的最高价。",
    "The price's change over 24 hours, as the exchange tells it.": (
        "24 小时价格涨跌幅，按交易所所报。"
    ),
    "The perpetual's turnover of 24 hours.": "该永续 24 小时成交额。",
    "The deviation of the bars' returns.": "K 线涨跌幅的标准差。",
    "By how much the volume grew; – where nothing was traded first, or volumes are not known.": (
        "成交量增长多少；起初无成交或成交量未知时为 –。"
    ),
    "How many of the 16 bars are there.": "16 根 K 线有多少根。",
    "One of those with most turnover that can't be scored.": "成交额最大者之一，但无法打分。",
    "Its perpetual.": "它的永续。",
    "Why it is not scored.": "为何没有打分。",
}
