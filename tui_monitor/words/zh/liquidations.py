"""Board 2, liquidations."""

WORDS: dict[str, str] = {
    (
        "The curve is what was liquidated in the hour that ends with each minute, in USD; the "
        "bars below are single steps: shorts bought back above the line, longs sold below it. "
        "Over days whose steps are longer than a minute the curve is of the steps themselves."
    ): (
        "曲线是截至每一分钟的一小时内的爆仓金额（USD）；下方柱子是单步：线上是被买回的空单，线下"
        "是被卖出的多单。显示多天、步长超过一分钟时，曲线就是各步本身。"
    ),
    "Side is the position's: a liquidated long is a forced sale.": (
        "方向指仓位方向：多单爆仓即强制卖出。"
    ),
    (
        "A venue is full (Bybit tells all) or sampled (Binance: the latest of an instrument in a "
        "second; Bitget: the largest of each side; OKX may leave some out). A sum with a sampled "
        "venue in it, or with time in which one was not heard, is a lower bound and says ≥."
    ): (
        "交易所分全量（Bybit 全部告知）与抽样（Binance：每个合约每秒最新一笔；Bitget：每个方向最"
        "大一笔；OKX 可能略去一些）。只要含有抽样的交易所，或某段时间有交易所中断，总和就是下限，"
        "标 ≥。"
    ),
    (
        "Nobody heard is a gap, not zero: the curve breaks, and the line between the bars ends. "
        "It is dashed where only some venues were heard. What REST tells of a gap afterwards is "
        "among the orders and in no sum."
    ): (
        "谁都没收到就是缺口，不是零：曲线断开，柱子间的线也中止。只收到部分交易所时为虚线。REST "
        "事后补报的只列入订单，不计入任何总和。"
    ),
    (
        "A past window in which nobody was heard, but of which the aggregate source told "
        "(imported records, too), has its hourly sums as the curve, and says so."
    ): (
        "过去的窗口若谁都没收到、但聚合数据源有记录（含导入的记录），曲线就用它的每小时总和，并注"
        "明。"
    ),
    (
        "wash index = 24 h USD / open interest USD x 100, with the single-sided open interest of "
        "all four exchanges' perpetuals."
    ): ("洗盘指数 = 24 h 爆仓 USD / 持仓量 USD × 100，持仓量为四家交易所永续的单边持仓。"),
    (
        "panic index = liquidated people (10,000) / open positions (100 million USD), of the "
        "aggregate source alone ([liquidations] aggregate_url); x 100 it is low under 5, medium "
        "under 10, else high. Exchanges publish no head-count, and none is made up."
    ): (
        "恐慌指数 = 爆仓人数（万人）/ 持仓（亿 USD），只来自聚合数据源（[liquidations] "
        "aggregate_url）；× 100 后低于 5 为低，低于 10 为中，否则为高。交易所不公布人数，也绝不编"
        "造。"
    ),
    (
        "mean, max, min, deviation (population) and variation (deviation / mean) are of what is "
        "drawn."
    ): ("均值、最大、最小、标准差（总体）与变异系数（标准差 / 均值）都针对所画的曲线。"),
    "+ and - choose 1, 3, 6, 12 or 24 hours, = the last hour; [ ] and d lead to past days.": (
        "+ 与 - 选择 1、3、6、12、24 小时，= 回到最近一小时；[ ] 与 d 查看过去的日期。"
    ),
    (
        "Sources: Binance !forceOrder@arr, OKX liquidation-orders, Bybit allLiquidation, Bitget "
        "v3 liquidation. 1 USDT is taken as 1 USD."
    ): (
        "来源：Binance !forceOrder@arr、OKX liquidation-orders、Bybit allLiquidation、Bitget v3 "
        "liquidation。1 USDT 按 1 USD 计。"
    ),
    "last {hours} h": "最近 {hours} h",
    "{hours} h ": "{hours} h ",
    "total ": "合计 ",
    "long ": "多单 ",
    " short ": " 空单 ",
    " ratio {ratio}": " 多空比 {ratio}",
    "heard ": "覆盖 ",
    "1 h sums of the aggregate source, none our own": "聚合数据源的 1 h 总和，无自采数据",
    "of unknown age": "时间未知",
    "{minutes} min old": "{minutes} 分钟前",
    "not known": "未知",
    "never": "从未",
    "long ago": "很久以前",
    "wash ": "洗盘 ",
    "panic ": "恐慌 ",
    "OI ": "持仓 ",
    "level|low": "低",
    "level|medium": "中",
    "level|high": "高",
    " source fails": " 数据源出错",
    " stale, {age}": " 陈旧，{age}",
    "max": "最大",
    "min": "最小",
    "deviation": "标准差",
    "variation": "变异系数",
    "points": "点数",
    "count|liquidations": "笔数",
    "{n} lost unread": "{n} 笔未读即失",
    "{n} of unknown size": "{n} 笔金额未知",
    "nobody was heard since {first}: the hour begins with what is heard now": (
        "{first} 以来没有收到任何交易所：这一小时从现在收到的算起"
    ),
    "≥ sampled: {names}": "≥ 抽样：{names}",
    "liquidation|last {ago}": "最近一笔 {ago}",
    "{hours} h is the longest; {days} and {date} show days": (
        "{hours} h 已是最长；{days} 与 {date} 查看日期"
    ),
    "{hours} h is the shortest; {days} and {date} show days": (
        "{hours} h 已是最短；{days} 与 {date} 查看日期"
    ),
    "stored, no engine runs": "已存储，引擎未运行",
    "Venues": "交易所",
    "Largest": "最大爆仓",
    "no venue is enabled": "没有启用交易所",
    "no venue was heard in this window": "此时段内没有收到任何交易所的数据",
    "no liquidations": "没有爆仓",
    "venue|silent {ago}": "中断于 {ago}",
    "{exchange} silent": "{exchange} 中断",
    "{exchange} silent {since}": "{exchange} 中断 {since}",
    "venue|heard": "正常",
    "venue|silent": "中断",
    "venue|off": "关闭",
    "not watched": "未监控",
    "{n} more by REST, {usd}, in no sum": "REST 另补 {n} 笔，{usd}，不计入总和",
    "full": "全量",
    "sampled": "抽样",
    "long": "多单",
    "short": "空单",
    "venue": "交易所",
    "stream": "推送",
    "state|now": "当前",
    "now": "现在",
    "share": "占比",
    "count": "笔数",
    "largest": "最大",
    "heard|heard": "覆盖率",
    "at cap": "触顶",
    "last|last": "最近",
    "side": "方向",
    "by": "来源",
    "Whose liquidations.": "哪家的爆仓。",
    (
        "full: every liquidation is told. sampled: at most one of an instrument (and side) in a "
        "second, so that sums are a lower bound."
    ): ("全量：每笔爆仓都告知。抽样：每个合约（及方向）每秒至多一笔，故总和是下限。"),
    "heard, silent (an outage), or off (not watched, no engine, or a past day).": (
        "正常、中断（断线），或关闭（未监控、引擎未运行，或过去的日期）。"
    ),
    "Long positions liquidated in the window; ≥ where more may have happened.": (
        "窗口内爆仓的多单；可能更多处标 ≥。"
    ),
    "Short positions liquidated in the window.": "窗口内爆仓的空单。",
    "Of the window's USD. Sampled venues show less than they had.": (
        "占窗口金额的比例。抽样的交易所显示得比实际少。"
    ),
    "Liquidations in the window.": "窗口内的爆仓笔数。",
    "The largest one of the window.": "窗口内最大的一笔。",
    "For how much of the window the venue was heard; the rest is a hole, not zero.": (
        "窗口内有多少时间收到该交易所；其余是空洞，不是零。"
    ),
    "Share of the heard seconds in which a sampled stream told any: there may have been more.": (
        "抽样推送在收到的秒数中有爆仓的比例：那时可能还有更多。"
    ),
    "Its last liquidation.": "它最近一笔爆仓。",
    "Why it is silent, or by which rule it is sampled.": "为何中断，或按什么规则抽样。",
    "The exchange's own time.": "交易所自己的时间。",
    "Enter opens its page.": "Enter 打开它的币种页。",
    "The position that was liquidated: a long is sold (▾), a short is bought back (▴).": (
        "被爆的仓位：多单被卖出（▾），空单被买回（▴）。"
    ),
    "Its size; – where the contract size is unknown.": "金额；合约面值未知时为 –。",
    "Where.": "在哪家。",
    "Per coin, as the exchange tells it (Bybit and OKX: the bankruptcy price).": (
        "每币价格，按交易所所报（Bybit 与 OKX：破产价）。"
    ),
    "Its size in coins.": "以币计的规模。",
    "REST fills gaps; what it tells is in no sum.": "REST 补缺口；它补的不计入任何总和。",
    "no engine runs: start tui-monitor or tui-monitor daemon to collect": (
        "引擎未运行：启动 tui-monitor 或 tui-monitor daemon 开始采集"
    ),
    "the aggregate source tells of it": "聚合数据源有记录",
    "no exchange that tells of liquidations is watched": "没有监控任何公布爆仓的交易所",
    "nobody was heard in {span}": "{span}内没有收到任何交易所",
    "nobody was heard in {span}, last {time}": "{span}内没有收到任何交易所，最近一笔 {time}",
    "no liquidations in {span}": "{span}内没有爆仓",
    "no liquidations in {span}, last {time}": "{span}内没有爆仓，最近一笔 {time}",
    "{exchange} silent since {time}": "{exchange} 自 {time} 中断",
    "{exchange} sampled": "{exchange} 抽样",
    "the source tells no position": "数据源没有持仓",
    "the source's position is zero": "数据源的持仓为零",
    "the source tells no number of people": "数据源没有人数",
    "a past day is shown": "显示的是过去的日期",
    "no minute of that time was recorded": "那段时间没有记录任何一分钟",
    "no row is stored": "没有存储任何一行",
    "no minute was recorded in the last 24 h": "最近 24 h 没有记录任何一分钟",
    "no open interest was known": "持仓量未知",
    "nobody was heard in the last 24 h": "最近 24 h 没有收到任何交易所",
    "nothing is streamed": "没有推送",
    "the source tells nothing new since {time}": "数据源自 {time} 起没有新数据",
    "the source tells zero or no liquidations of an hour": "数据源一小时的爆仓为零或缺失",
}
