"""Charts: what their cursor says, and the keys that move it."""

WORDS: dict[str, str] = {
    "Charts": "图表",
    "In a chart": "图表中",
    "read": "读图",
    "Read the chart, then the next one, then the table": "读图表，再读下一张，然后回到表格",
    "move": "移动",
    "To the column before": "到前一列",
    "later": "往后",
    "To the next column": "到后一列",
    "by one": "逐点",
    "To the point before": "到前一个点",
    "after": "后一点",
    "To the next point": "到后一个点",
    "far back": "大步往前",
    "An eighth of the width back": "往前移动八分之一宽度",
    "far on": "大步往后",
    "An eighth of the width on": "往后移动八分之一宽度",
    "oldest": "最早",
    "To the oldest point": "到最早的点",
    "newest": "最新",
    "To the newest point, and stay there": "到最新的点，并停在那里",
    "Open the point: its node, its minute": "打开该点：其节点或该分钟",
    "Glyphs of the curves": "曲线所用的字符",
    "curves of what?": "曲线用什么字符？",
    "the day": "当日",
    "The coin's changes at the nodes of the day, two hours a block, from its own lowest "
    "to its own highest; a space: no price, or still to come.": (
        "该币当日各节点的涨跌幅，每格两小时，从自身最低到自身最高；空格：无价格，或时间未到。"
    ),
    "mean {value}": "均值 {value}",
    "no value": "无数值",
    "no node": "无节点",
    "live": "实时",
    "no prices are stored": "没有存储价格",
    "{valid} of {expected} coins": "{expected} 币中有 {valid} 个",
    "{up} up, {down} down": "{up} 涨 {down} 跌",
    "{usd} USD, told by the aggregate source": "{usd} USD，来自聚合数据源",
    "nobody was heard: a gap, not zero": "没有收到任何交易所：是缺口，不是零",
    "1 h": "1 h",
    "24 h": "24 h",
    "1 h, the highest of each minute": "1 h 内每分钟最高值",
    "{minutes} min": "{minutes} 分钟",
    "the minute {usd}": "该分钟 {usd}",
    "{n} liquidations": "{n} 笔爆仓",
    "heard {share}": "收到 {share}",
    "only the aggregate source told of this time": "这段时间只有聚合数据源的数据",
    "total {usd} USD": "合计 {usd} USD",
    "the hour that ends with it: {usd} USD, ▾{long} ▴{short}, heard {share}": (
        "截至该分钟的一小时：{usd} USD，▾{long} ▴{short}，收到 {share}"
    ),
    "none of the window's largest orders falls into it": "窗口内的大单都不在其中",
    "no sample is stored: some exchange was not heard, or nothing ran": (
        "没有存储采样：有交易所未收到，或程序未运行"
    ),
    "{amount} coins": "{amount} 币",
    "since then {change} %": "此后 {change} %",
    "turnover {usd} USD": "成交额 {usd} USD",
    "it forms": "尚未收盘",
    "no bar is stored or was told here": "此处没有存储或收到 K 线",
    "no engine runs: start tui-monitor or its daemon": (
        "没有引擎在运行：请启动 tui-monitor 或其守护进程"
    ),
    "Liquidations at {time}": "{time} 的爆仓",
}
