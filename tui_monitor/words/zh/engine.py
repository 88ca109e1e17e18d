"""Sentences that the engine and the boards make: reasons, notes, problems."""

WORDS: dict[str, str] = {
    "not asked for yet": "尚未请求",
    "whole slot missing": "整个时间点缺失",
    "coin missing": "单币缺失",
    "base price missing": "基准价缺失",
    "price invalid": "价格无效",
    "the exchange has no bar here": "交易所此处没有 K 线",
    "not listed on the exchange": "交易所未上市",
    "fetch failed": "获取失败",
    "no bar of the exchange here": "交易所此处没有 K 线",
    "only {valid} of {all} coins, {least} needed": (
        "{all} 个币种只有 {valid} 个，至少需要 {least} 个"
    ),
    "not due yet": "尚未到时",
    "{reason} ({count} coins), others": "{reason}（{count} 币）等",
    "an imported sum; its coins are not known": "导入的总和；各币种未知",
    "no price yet": "还没有价格",
    "last price is {age} s old": "最新价已是 {age} 秒前",
    "no engine runs: start tui-monitor or tui-monitor daemon to have bars judged": (
        "引擎未运行：启动 tui-monitor 或 tui-monitor daemon 来判定 K 线"
    ),
    "these are the anomalies of the last judged bar": "以下是最近一根已判定 K 线的异动",
    "none was judged yet": "尚未判定过",
    "nothing was scored yet": "尚未打过分",
    "these are the last ones": "以下是最近一次的",
    "what is forming is not stored": "未收盘的 K 线不存储",
    "{name} is no stored anomaly of the last judged bar, and only those are kept": (
        "{name} 不在最近一根已判定 K 线的异动之列，而只存储异动"
    ),
    "no {bar} bars of {symbol} are stored": "没有存储 {symbol} 的 {bar} K 线",
    "{bar} bars of {exchange} are not watched": "未监控 {exchange} 的 {bar} K 线",
    "no bar is known yet": "还没有 K 线",
    "no forming bar is known yet": "还没有未收盘的 K 线",
    "the perpetuals are being chosen": "正在选定永续合约",
    "bars of {n} perpetuals are being asked for": "正在请求 {n} 个永续的 K 线",
    "{n} earlier bars are still to be judged": "还有 {n} 根较早的 K 线待判定",
    "anomalies.exchanges does not name {exchange}": "anomalies.exchanges 里没有 {exchange}",
    "the bars are being read": "正在读取 K 线",
    "{exchange} is not watched": "未监控 {exchange}",
    "not streamed yet": "尚未推送",
    "{exchange} lists no perpetual of {name}": "{exchange} 没有 {name} 的永续",
    "{symbol} was chosen after the last evaluation": "{symbol} 是上次判定之后才选入的",
    "{symbol} is preopen, not live": "{symbol} 尚未开盘",
    "{symbol} is halted, not live": "{symbol} 已暂停交易",
    "{symbol} is delisted, not live": "{symbol} 已下架",
    "{symbol} is unknown, not live": "{symbol} 状态未知",
    "{symbol} is quoted in {quote}, not USDT": "{symbol} 以 {quote} 计价，不是 USDT",
    "{symbol}'s 24 h turnover is not known": "{symbol} 的 24 h 成交额未知",
    "{symbol} turned over {usd} USD in 24 h, less than {least}": (
        "{symbol} 24 h 成交额 {usd} USD，低于 {least}"
    ),
    "{symbol} has rank {rank} by 24 h turnover, the first {top} are watched": (
        "{symbol} 按 24 h 成交额排第 {rank}，只监控前 {top}"
    ),
    "the bar has no value": "该 K 线没有数值",
    "only {n} earlier values": "只有 {n} 个更早的数值",
    "none of the last {n} bars": "最近 {n} 根 K 线一根也没有",
    "no bar; the newest is {n} bar older": "没有 K 线；最新的早 {n} 根",
    "no bar; the newest is {n} bars older": "没有 K 线；最新的早 {n} 根",
    "no bar yet; the newest is {n} bar older": "还没有 K 线；最新的早 {n} 根",
    "no bar yet; the newest is {n} bars older": "还没有 K 线；最新的早 {n} 根",
    "insufficient n={n}": "样本不足 n={n}",
    "the bar before it is missing": "缺前一根 K 线",
    "moved {pct} %, less than {least} %": "变动 {pct} %，小于 {least} %",
    "turnover of one earlier bar only": "只有 1 根更早 K 线的成交额",
    "turnover of {n} earlier bars only": "只有 {n} 根更早 K 线的成交额",
    "turnover not known": "成交额未知",
    "turnover not known yet": "成交额尚未知",
    "the newest bar is missing": "缺最新的 K 线",
    "24 h change not known": "24 h 涨跌幅未知",
    "no anomaly of that time and score is stored": "没有存储那段时间和分数的异动",
    "no engine runs: these are the newest samples; start tui-monitor or its daemon": (
        "引擎未运行：以下是最新采样；请启动 tui-monitor 或其守护进程"
    ),
    "no engine runs, and no sample is stored: start tui-monitor or its daemon": (
        "引擎未运行，也没有存储采样：请启动 tui-monitor 或其守护进程"
    ),
    "price of {hours} h ago: as {exchange}'s moved": "{hours} h 前的价格：按 {exchange} 的变动推算",
    "sum with {exchange}, change without it": "总和含 {exchange}，变化不含",
    "sum without {names}": "总和缺 {names}",
    "sum with an old value of {names}": "总和用了旧值，来自 {names}",
    "change without {names}": "变化缺 {names}",
    "reading {n} of {all} histories from {exchange}": "正在读取 {exchange} 的历史 {n}/{all}",
    "reading {n} of {all} histories from {exchange}, waits {s} s": (
        "正在读取 {exchange} 的历史 {n}/{all}，等待 {s} 秒"
    ),
    "its value is unknown": "其价值未知",
    "all of it may be another coin": "全部可能是另一个币种",
    "no exchange has told it yet": "还没有交易所报告",
    "no exchange has told a price of it yet": "还没有交易所报告其价格",
    "may be another coin": "可能是另一个币种",
    "no value of {hours} h ago": "没有 {hours} h 前的数值",
    "no exchange has a value at both ends": "没有交易所在窗口两端都有数值",
    "there was none {hours} h ago: no percentage": "{hours} h 前为零：无百分比",
    "no price of {hours} h ago": "没有 {hours} h 前的价格",
    "x{ratio} its own record and its live value differ": "×{ratio} 它自己的记录与实时值不符",
    "x{ratio} within {minutes} min, while the price and all others stood still": (
        "×{ratio} 在 {minutes} 分钟内，而价格与其他交易所都没动"
    ),
    "another way of counting": "计数方式改变",
    "the exchange has not told it yet": "该交易所尚未报告",
    "not sampled yet: only records of exchanges are stored": "尚未采样：只存有交易所的记录",
    "last told {minutes} min ago": "{minutes} 分钟前最后报告",
    "told {minutes} min ago, before the start": "{minutes} 分钟前报告，早于本次启动",
    "not in the newest samples, last seen in those of {hours} h before": (
        "不在最新采样中，最后见于 {hours} h 前的采样"
    ),
    "its price is {ratio} of the others'": "其价格是其他交易所的 {ratio}",
    "its list of perpetuals is not known yet": "它的永续列表尚未知",
    "no perpetuals are watched: exchanges.*.markets names none": (
        "没有监控永续：exchanges.*.markets 里没有"
    ),
    "no perpetual is known yet: waiting for the list of {names}": (
        "还不知道任何永续：正在等 {names} 的列表"
    ),
    "it publishes no record of open interest": "它不公布历史持仓量",
    "the exchange wants to be left alone": "交易所要求暂停请求",
    "its record of open interest: {error}": "它的历史持仓量：{error}",
    "no sample at its start": "窗口起点没有采样",
    "it was 0": "原为 0",
}
