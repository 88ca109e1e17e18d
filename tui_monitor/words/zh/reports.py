"""What the engine, the boards and the store report: reasons, events, refusals."""

WORDS: dict[str, str] = {
    "backfill": "回补",
    "quarantine": "隔离",
    "signals": "信号",
    "anomalies": "异动",
    "store": "存储",
    "cache": "缓存",
    "engine": "引擎",
    "settings": "设置",
    "sum": "求和",
    "spreads": "价差",
    "liquidations": "爆仓",
    "outages": "中断",
    "recorder": "录制",
    "housekeeping": "维护",
    "candles": "K 线",
    "picks": "优选",
    "retention": "保留期限",
    "aggregate": "汇总来源",
    "volume burst": "放量",
    "{text}, percentile {percentile} {sign} {limit}": "{text}，百分位 {percentile} {sign} {limit}",
    "{symbol} was not judged": "{symbol} 没有判定",
    "anomalies.indicators needs TA-Lib: {error}": "anomalies.indicators 需要 TA-Lib：{error}",
    "pip install 'tui-monitor[indicators]'": "运行 pip install 'tui-monitor[indicators]'",
    "{symbol} is {status}, not live": "{symbol} 状态为 {status}，未交易",
    "no bars of {bar}": "没有 {bar} 的 K 线",
    "one of {choices}": "可选：{choices}",
    "no bar of {length} ms begins at {ms}": "没有从 {ms} 开始的 {length} ms K 线",
    "spot of the exchange": "该交易所现货",
    "mean of the other perpetuals": "其他永续的均价",
    "no fresh price": "没有新鲜价格",
    "nothing to compare it with": "没有可比较的价格",
    "no exchange that tells of liquidations has a perpetual of {coin}": (
        "发布爆仓的交易所都没有 {coin} 永续"
    ),
    "nothing was heard of {coin}": "没有收到 {coin} 的消息",
    "no liquidation of {coin} in {n} min": "{n} 分钟内没有 {coin} 爆仓",
    "nobody was heard in {n} min": "{n} 分钟内没有监听到任何交易所",
    "{n} is stored and can't be read": "{n} 条已存储但无法读取",
    "{n} are stored and can't be read": "{n} 条已存储但无法读取",
    "no exchange tells an open interest of {coin} now": "现在没有交易所公布 {coin} 的持仓量",
    "judged {exchange} {bar}": "已判定 {exchange} {bar}",
    "sampled for {n} h of it": "其中只有 {n} 小时有采样",
    "no sample of it is stored": "没有它的存储采样",
    "{exchange} is in quarantine": "{exchange} 被隔离",
    "{exchange} has told no rate": "{exchange} 没有公布费率",
    "{exchange}'s interval is unknown": "{exchange} 结算间隔未知",
    "{exchange}'s rate is old": "{exchange} 费率过旧",
    "only one exchange has it": "只有一家交易所有它",
    "{symbol} settles funding every {is_h} h now, it was {was_h} h": (
        "{symbol} 现每 {is_h} 小时结算资金费，原为 {was_h} 小时"
    ),
    "no engine runs: no rates of now": "引擎未运行：没有当前费率",
    "its own record and its live value differ": "其自身记录与实时值不一致",
    "within {n} min, while the price and all others stood still": (
        "在 {n} 分钟内发生，而价格和其他各家都没有变动"
    ),
    "x{ratio} {why}: another way of counting": "×{ratio}，{why}：计数方式不同",
    "{what}, waits {n} s: {why}": "{what}，等待 {n} 秒：{why}",
    "reading {read} of {all} histories from {exchange}, waits {n} s: {why}": (
        "正在读取 {exchange} 的历史 {read}/{all}，等待 {n} 秒：{why}"
    ),
    "{doubt}: {n} × the other leg": "{doubt}：另一条腿的 {n} 倍",
    "{doubt}: {n} × the other leg, after × {multiplier}": (
        "{doubt}：另一条腿的 {n} 倍（已乘 {multiplier}）"
    ),
    "{doubt}: {n} × {all} others' median": "{doubt}：另外 {all} 处中位数的 {n} 倍",
    "{doubt}: {n} × {all} others' median, after × {multiplier}": (
        "{doubt}：另外 {all} 处中位数的 {n} 倍（已乘 {multiplier}）"
    ),
    "which is right can't be told": "无法判断哪个正确",
    "rate unknown": "费率未知",
    "next settlement unknown or past": "下次结算时间未知或已过",
    "interval unknown": "结算间隔未知",
    "{leg} is {age} s old": "{leg} 已是 {age} 秒前",
    "{leg} is {age} s old, {other} is {n} s old": "{leg} 已是 {age} 秒前，{other} 已是 {n} 秒前",
    "{exchange} perp": "{exchange} 永续",
    "{exchange} spot": "{exchange} 现货",
    "the latest of a symbol and second": "每个代码每秒取最新一笔",
    "one of a contract and second (assumed)": "每个合约每秒一笔（推定）",
    "the largest of a symbol, side and second": "每个代码每方向每秒取最大一笔",
    "write okx:perp:XYZ-USDT-SWAP, or okx:XYZ for all that okx calls XYZ": (
        "写成 okx:perp:XYZ-USDT-SWAP；okx:XYZ 指 okx 所有叫 XYZ 的品种"
    ),
    "write okx:perp:XYZ-USDT-SWAP=ABC": "写成 okx:perp:XYZ-USDT-SWAP=ABC",
    "{text} names no instrument": "{text} 没有指明品种",
    "{text}: no exchange is called {name}": "{text}：没有叫 {name} 的交易所",
    "{text}: a market is perp or spot": "{text}：市场应为 perp 或 spot",
    "{text} gives no coin": "{text} 没有给出币种",
    "unknown time zone {name}": "未知时区 {name}",
    "use a name like Asia/Shanghai": "用类似 Asia/Shanghai 的名称",
    "time zone {name} is not on a half-hour offset": "时区 {name} 的偏移不是半小时的整数倍",
    "slots need one": "时点需要整半小时",
    "{text} is not a time": "{text} 不是时间",
    "write 2026-01-03 08:00:00": "写成 2026-01-03 08:00:00",
    "epoch seconds have ten digits; or write 2026-01-03 08:00:00": (
        "纪元秒有十位数；或写成 2026-01-03 08:00:00"
    ),
    "{text} is not a day": "{text} 不是日期",
    "write it as 2026-01-03": "写成 2026-01-03",
    "account ratios: {error}": "多空账户比：{error}",
    "the aggregate source tells all again": "汇总来源恢复完整",
    "{exchange} {bar}: {n} earlier bars were judged now": (
        "{exchange} {bar}：刚判定了 {n} 根较早的 K 线"
    ),
    "{exchange} {bar}: {n} earlier bars of the last {time} were judged now": (
        "{exchange} {bar}：刚判定了最近 {time} 内 {n} 根较早的 K 线"
    ),
    "of {all} perpetuals' bars {n} could not be: {why}": (
        "{all} 个永续的 K 线中有 {n} 根无法判定：{why}"
    ),
    "{n} min": "{n} 分钟",
    "no bar {n}": "无 K 线 {n}",
    "no data {n}": "无数据 {n}",
    "gap {n}": "空洞 {n}",
    "insufficient {n}": "数量不足 {n}",
    "not watched {n}": "未监控 {n}",
    "the last day {last} is before the first {first}": "末日 {last} 早于首日 {first}",
    "swap them": "请对调",
    "today is {day} in {zone}": "在 {zone} 今天是 {day}",
    "{first} to {last} is out of range": "{first} 至 {last} 超出范围",
    "from {day} on, {n} days at most": "从 {day} 起，最多 {n} 天",
    "a backfill runs already": "已有回补在进行",
    "stop it first": "先停止它",
    (
        "{first} to {last}: {due} coin-slots due, {had} there, {unobtainable} unobtainable, "
        "{wanted} to get in {pages} pages"
    ): (
        "{first} 至 {last}：应有 {due} 个币种时点，已有 {had}，无法获取 {unobtainable}，待取 "
        "{wanted}，共 {pages} 页"
    ),
    "defect: {error}": "程序缺陷：{error}",
    "{filled} filled, {had} were there, {unobtainable} unobtainable": (
        "已补 {filled}，已有 {had}，无法获取 {unobtainable}"
    ),
    "{filled} filled, {had} were there, {unobtainable} unobtainable, {failed} failed": (
        "已补 {filled}，已有 {had}，无法获取 {unobtainable}，失败 {failed}"
    ),
    "{filled} filled, {had} were there, {unobtainable} unobtainable, {failed} failed ({why})": (
        "已补 {filled}，已有 {had}，无法获取 {unobtainable}，失败 {failed}（{why}）"
    ),
    "stopped on request": "已按要求停止",
    "run it again": "请再运行一次",
    "{coin} {oldest} to {newest}: {n} filled": "{coin} {oldest} 至 {newest}：已补 {n}",
    "{coin} {oldest} to {newest}: {n} filled, {holes} not: {why}": (
        "{coin} {oldest} 至 {newest}：已补 {n}，未补 {holes}：{why}"
    ),
    "the {n} most traded perpetuals: {came} new, {went} gone": (
        "成交额前 {n} 的永续：新增 {came}，移出 {went}"
    ),
    "bars": "K 线",
    "bars are complete after {n} requests": "请求 {n} 次后 K 线已齐全",
    "{name} can't be watched": "无法监控 {name}",
    "the engine is not running yet": "引擎还没有运行",
    "{first} to {last} started": "{first} 至 {last} 已开始",
    "a defect ended it; the log has the traceback": "因程序缺陷而结束；详情见日志文件",
    "worker failed: {kind}: {error}": "任务出错：{kind}：{error}",
    "loop lag": "循环延迟",
    "spread records": "价差记录",
    "liquidation gaps": "爆仓中断",
    "open interest": "持仓量",
    "too few coins, a gap: {nodes}": "币种太少，出现缺口：{nodes}",
    "filled: {nodes}": "已补上：{nodes}",
    "node {time}": "节点 {time}",
    "{n} nodes, {first} to {last}": "{n} 个节点，{first} 至 {last}",
    "settled funding: {error}": "已结算资金费：{error}",
    "settled funding of {n} perpetuals is here": "{n} 个永续的已结算资金费已到齐",
    "{symbol}: no settlement": "{symbol}：没有结算",
    "open interest of {n} perpetuals is here": "{n} 个永续的持仓量已到齐",
    "REST told of {n} liquidations in {time} without a stream": (
        "推送中断 {time}，REST 补报了 {n} 笔爆仓"
    ),
    "liquidations of a gap: {error}": "中断期间的爆仓：{error}",
    "a stall": "停滞",
    "the ring": "环形缓冲",
    "{n} events were overwritten before they were read": "{n} 个事件未读就被覆盖",
    "liquidations are lost: the store takes none": "爆仓记录丢失：无法写入存储",
    "{setting}: {entry} names nothing that {where} lists": (
        "{setting}：{entry} 在 {where} 没有对应品种"
    ),
    "{entry} names nothing that {where} lists": "{entry} 在 {where} 没有对应品种",
    "the nearest is {name}": "最接近的是 {name}",
    "this machine stood still {n} s": "本机停顿了 {n} 秒",
    "{leg_coin} ({leg_exchange} perp {leg_symbol})": (
        "{leg_coin}（{leg_exchange} 永续 {leg_symbol}）"
    ),
    "{leg_coin} ({leg_exchange} spot {leg_symbol})": (
        "{leg_coin}（{leg_exchange} 现货 {leg_symbol}）"
    ),
    "the engine that was attached to has gone": "所连接的引擎已断开",
    "{market} {channel} could not connect yet: {why}": "{market} {channel} 尚未连上：{why}",
    "{market} {channel} could not connect yet: {why}, REST stands in": (
        "{market} {channel} 尚未连上：{why}，由 REST 代替"
    ),
    "{market} {channel} connected after {n} s": "{market} {channel} {n} 秒后连上",
    "outage of {market} {channel}: {why}": "{market} {channel} 中断：{why}",
    "outage of {market} {channel}: {why}, REST stands in": (
        "{market} {channel} 中断：{why}，由 REST 代替"
    ),
    "outage of {market} {channel} over after {n} s": "{market} {channel} 中断 {n} 秒后恢复",
    "recording paused: {error}": "录制暂停：{error}",
    "recording again": "恢复录制",
    "retention.max_db_size_mb can't be met: what is kept for good and the last hour take {n} MB": (
        "retention.max_db_size_mb 无法满足：永久保存的数据和最近一小时已占 {n} MB"
    ),
    "nothing has changed: {error}": "没有任何改变：{error}",
    "candles: {error}": "K 线：{error}",
    "{n} signals: {coins}": "{n} 个信号：{coins}",
    "no longer in it: {names}": "已解除：{names}",
    "buy {exchange} {market}": "买入 {exchange} {market}",
    "sell {exchange} {market}": "卖出 {exchange} {market}",
    "{n} legs: {names}": "{n} 条腿：{names}",
    "{names} and {n} more": "{names} 等，另有 {n} 个",
    "minutes of spreads": "每分钟价差",
    "minutes of prices": "每分钟价格",
    "{what} are lost: the store takes none": "{what}丢失：无法写入存储",
    "OKX perpetuals, 30-minute slot prices": "OKX 永续，30 分钟时点价格",
    "okx perp 30m opens": "OKX 永续 30 分钟开盘价",
    "no anomaly of {coin} in 24 h": "24 小时内没有 {coin} 异动",
    "{exchange} {bar}: {why}": "{exchange} {bar}：{why}",
    "{name} is no stored anomaly of the last judged bar": (
        "{name} 不在最近一根已判定 K 线的异动之列"
    ),
    "and only those are kept": "而只存储异动",
    "{bar} bars of {exchange}: {why}": "{exchange} 的 {bar} K 线：{why}",
    "there is no window of {n} h": "没有 {n} 小时的窗口",
    "the windows are {hours} h": "可选窗口为 {hours} 小时",
    "{n} hours": "{n} 小时",
    "choose one of {choices}": "可选：{choices}",
    "{exchange} is not watched: exchanges.{name}.enabled turns it on": (
        "未监控 {exchange}：用 exchanges.{name}.enabled 打开"
    ),
    (
        "{bar} bars of {exchange} are not watched: anomalies.exchanges and anomalies.bar have "
        "them judged always, the anomalies screen (v, i) while it shows them"
    ): (
        "未监控 {exchange} 的 {bar} K 线：anomalies.exchanges 和 anomalies.bar 可让其始终被判定，异"
        "动面板（v、i）在显示时判定"
    ),
    "bars are kept of perpetuals alone": "只保留永续的 K 线",
    "no exchange lists a coin {coin}": "没有交易所上市 {coin}",
    "the disk takes none": "磁盘不接受写入",
    "no exchange has told yet what it lists": "尚无交易所告知其上市币种",
    "ask again in a while": "请稍后再试",
    "the spreads board has all of them": "价差面板列出全部币种",
    "did you mean {coin}?": "是否想找 {coin}？",
    "the database is maintained already": "数据库正在维护",
    "ask again when it has ended": "结束后再试",
    "no engine runs: start tui-monitor or tui-monitor daemon for live prices": (
        "引擎未运行：启动 tui-monitor 或 tui-monitor daemon 以获得实时价格"
    ),
    "{path}: no room to record ({error})": "{path}：没有空间可写（{error}）",
    "free some disk space": "请腾出磁盘空间",
    "{path}: no room to record ({error}) (free some disk space)": (
        "{path}：没有空间可写（{error}）（请腾出磁盘空间）"
    ),
    "{path}: damaged ({error}) (a restart sets it aside)": (
        "{path}：已损坏（{error}）（重启会将其移开）"
    ),
    "{path}: locked by another program (close what has it open)": (
        "{path}：被其他程序锁定（请关闭占用它的程序）"
    ),
    "{path}: the question took too long (ask for a shorter range)": (
        "{path}：查询太久（请缩短范围）"
    ),
    "{path}: damaged ({error})": "{path}：已损坏（{error}）",
    "a restart sets it aside": "重启会将其移开",
    "{path}: locked by another program": "{path}：被其他程序锁定",
    "close what has it open": "请关闭占用它的程序",
    "{path}: the question took too long": "{path}：查询太久",
    "ask for a shorter range": "请缩短范围",
    "{path}: opened for reading only": "{path}：以只读方式打开",
    "more than {n} rows": "超过 {n} 行",
    "the range is empty": "范围为空",
    "its begin must lie before its end": "起点须早于终点",
    "no export of {what} as {format}": "不能把 {what} 导出为 {format}",
    "there are {known}": "可用：{known}",
    "parquet needs pyarrow: {error}": "parquet 需要 pyarrow：{error}",
    "pip install 'tui-monitor[parquet]'": "运行 pip install 'tui-monitor[parquet]'",
    "{path} exists": "{path} 已存在",
    "give another name": "请换一个名称",
    "{path}: what was written can't be read back": "{path}：写入的内容无法读回",
    "look at the disk": "请检查磁盘",
    "{n} liquidations in an hour": "一小时内 {n} 笔爆仓",
    "export a shorter range": "请缩短导出范围",
}
