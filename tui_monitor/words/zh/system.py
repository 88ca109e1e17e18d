"""Board 0, system."""

WORDS: dict[str, str] = {
    "Exchanges": "交易所",
    "Connections": "连接",
    "Lists of instruments": "品种列表",
    "Limits": "限额",
    "no exchange is set": "没有设置交易所",
    "none yet: the lists of instruments come first": "尚无：先取品种列表",
    "no exchange is watched": "没有监控任何交易所",
    "no exchange counts anything yet": "还没有交易所计数",
    "memory": "内存",
    "cpu": "CPU",
    "loop": "循环",
    "threads": "线程",
    "sockets": "套接字",
    "commit": "提交",
    "backlog": "积压",
    "lost": "丢失",
    "prices": "价格",
    "peak {size}": "峰值 {size}",
    "{n} of {all} live": "{n}/{all} 正常",
    "{n} rows": "{n} 行",
    "oldest {age}": "最早 {age}",
    "List of {name}": "{name} 品种列表",
    "FAILED {what}": "故障 {what}",
    "schema {version}": "结构 {version}",
    "worst {ms} ms": "最差 {ms} ms",
    "database": "数据库",
    "until {time}": "至 {time}",
    "opened again {n} times": "重连 {n} 次",
    "last: {error}": "上次：{error}",
    "{state} since {time}": "{state}，自 {time} 起",
    "asked every {n} s": "每 {n} 秒询问一次",
    "data comes by stream": "数据来自推送",
    "data comes by REST": "数据来自 REST",
    "data comes not at all": "没有数据",
    "{n} s ago": "{n} 秒前",
    "one message a second, the last one {age}": "每秒 1 条消息，最近一条 {age}",
    "{n} messages a second, the last one {age}": "每秒 {n} 条消息，最近一条 {age}",
    "{n} subscriptions": "{n} 个订阅",
    "last error": "上次错误",
    "{n} of {all} connections live": "{n}/{all} 个连接正常",
    "not given yet": "尚未取得",
    "{rate} messages a second, sockets opened again {n} times": "每秒 {rate} 条消息，重连 {n} 次",
    "round trip {trip}, its clock minus ours {skew}": "往返 {trip}，其时钟减本机 {skew}",
    "given {age} ago": "{age} 前取得",
    "{n} listed, {priced} with a price": "{n} 个品种，{priced} 个有价格",
    "banned {until}": "封禁{until}",
    "REST at {host}": "REST 位于 {host}",
    "as {symbol}": "例如 {symbol}",
    "{n} taken in the last {window} s": "最近 {window} 秒用了 {n}",
    "{pct} % of what we allow ourselves": "占自定上限的 {pct} %",
    "{n} is what we allow ourselves": "自定上限为 {n}",
    "{n} is what the exchange documents": "交易所文档规定为 {n}",
    "old": "过期",
    "tickers": "行情",
    "mark": "标记价",
    "index": "指数价",
    "marks": "标记价",
    "interest": "持仓量",
    "books": "盘口",
    "intervals": "结算间隔",
    "bars {bar}": "K 线 {bar}",
    "pulse {bar}": "脉冲 {bar}",
    (
        "The worst of its connections; those that may be quiet for hours count where all else is "
        "well."
    ): ("其各连接中最差的状态；可能数小时无数据的连接，仅在其余都正常时才计入。"),
    "The exchange.": "交易所。",
    "Connections that are live, of all.": "全部连接中正常的数量。",
    "msg/s": "条/秒",
    "Messages a second over all its connections.": "全部连接每秒的消息数。",
    "1/s": "1/秒",
    "rtt ms": "往返ms",
    "Round trip of the last question for its time.": "最近一次询问其时间的往返时延。",
    "skew ms": "时差 ms",
    "Its clock minus ours, measured every five minutes; beyond 500 look at ours.": (
        "其时钟减本机时钟，每五分钟测一次；超过 500 请检查本机时钟。"
    ),
    "reconn": "重连",
    "Sockets that were opened again.": "重新打开的套接字数。",
    "ban": "封禁",
    "Until when the exchange wants no requests.": "交易所要求停止请求到何时。",
    "host": "主机",
    "Where its REST is.": "其 REST 所在。",
    (
        "live; starting; bridged: REST stands in for the stream; silent: connected, no data; "
        "down: no connection; banned: the exchange wants no requests until then; failed: a "
        "defect here, tried again; off: not watched. Sorts by how bad it is."
    ): (
        "正常；启动中；代替中：REST 代替推送；静默：已连接，无数据；断开：无连接；封禁：交易所要求"
        "到时之前不再请求；失败：本程序的缺陷，会重试；未启用：不监控。按严重程度排序。"
    ),
    "market": "市场",
    "perp: USDT-settled perpetuals; spot.": "永续：USDT 结算；现货。",
    "channel": "频道",
    "The kind of data; #2 and on are further sockets for the same kind.": (
        "数据种类；#2 起是同一种类的其他套接字。"
    ),
    "Since its last data came, by any way. Liquidations may be quiet for long.": (
        "距上次收到数据，不论哪种途径。爆仓可能很久没有数据。"
    ),
    "Messages a second, the mean of the last five seconds.": "每秒消息数，最近五秒平均。",
    "Times that its socket was opened again.": "其套接字重新打开的次数。",
    "Since when it is in this state.": "何时进入该状态。",
    "source": "来源",
    "stream, or rest: which way the data comes now.": "推送或 REST：数据现在的途径。",
    "every": "间隔",
    "Time between the questions, where REST is its regular way.": (
        "以 REST 为常规途径时，两次询问的间隔。"
    ),
    "topics": "订阅数",
    "Subscriptions on its socket; none where REST is the regular way.": (
        "其套接字上的订阅数；以 REST 为常规途径时没有。"
    ),
    "Where it connects to.": "连接到何处。",
    "Why it is not live; where it is, in grey, the last error it had.": (
        "为何不正常；正常时以灰色写上次错误。"
    ),
    "perp: USDT-settled perpetuals; spot: traded in USDT.": "永续：USDT 结算；现货：以 USDT 交易。",
    "listed": "品种数",
    "Instruments that trade now.": "现在可交易的品种数。",
    "priced": "有价",
    "Of these, with a last price.": "其中有最新价的数量。",
    "How long ago the exchange gave the list.": "交易所给出列表距今多久。",
    "old: it could not be read again, the one before is used; and why.": (
        "过期：未能重新读取，沿用上一份；以及原因。"
    ),
    "example": "示例",
    "One of them, as the exchange writes it.": "其中之一，交易所的写法。",
    "What the exchange counts: request weight, requests of a path, attempts to connect.": (
        "交易所计数的对象：请求权重、某路径的请求数、连接次数。"
    ),
    "used": "已用",
    "Taken in the running window, of what we allow ourselves. 100 %: we wait.": (
        "当前窗口已用，占自定上限的比例。100 %：等待。"
    ),
    "taken": "用量",
    "The same in the exchange's own units.": "同上，以交易所的单位计。",
    "of": "上限",
    "What we allow ourselves.": "自定上限。",
    "theirs": "官方",
    "What the exchange documents.": "交易所文档的规定。",
    "in": "窗口",
    "The window, up to now.": "到现在为止的窗口长度。",
    (
        "How the program itself does: what comes from the exchanges and how, what it takes of "
        "their limits, of this machine and of the disk. Below is the log of events, as ! has it: "
        "what was lost, when, why."
    ): (
        "程序自身的状况：交易所来了什么数据、如何来，占用了多少限额、本机资源和磁盘。"
        "下方是事件日志（同 !）：何时因何丢了什么。"
    ),
    (
        "A connection is one kind of data of one market. The worst stand first. Where a stream "
        "is away, REST stands in (bridged); what is polled has REST as its regular way."
    ): (
        "一个连接是一个市场的一种数据。最差的排在前面。推送中断时由 REST 代替（代替中）；轮询的数据"
        "以 REST 为常规途径。"
    ),
    (
        "The first line is the process: memory is what it holds now (MB of a million bytes), cpu "
        "the share of one core since the last look, loop how late its timers fire (the middle "
        "and the worst of the last minute): beyond 100 ms keys and prices wait."
    ): (
        "第一行是进程：内存为当前占用（MB 按百万字节计），CPU 为上次查看以来占一个核心的比例，循环"
        "为定时器晚了多少（最近一分钟的中位与最差）：超过 100 ms 时按键和价格都要等待。"
    ),
    (
        "The second is the history's file: its size, what its log (WAL) holds on top, when "
        "something was last committed, rows that wait for the disk (backlog)."
    ): (
        "第二行是历史数据文件：大小、其日志（WAL）另占多少、上次提交的时间、等待写盘的行数（积压）"
        "。"
    ),
    (
        "Limits are counted here, before a request is sent; at 100 % requests wait, so that no "
        "exchange has to refuse one."
    ): ("限额在本机计数，先于请求发出；到 100 % 时请求会等待，不让交易所拒绝。"),
    "Sources: this process; the clock of each exchange, asked every five minutes.": (
        "数据来源：本进程；各交易所的时钟，每五分钟询问一次。"
    ),
    "limit|limit": "限额",
    "feed|bridged": "代替中",
    "feed|live": "正常",
    "machine|up": "运行",
    "live|live": "正常",
    "channel|liquidations": "爆仓",
    "way|stream": "推送",
    "way|rest": "REST",
    "way|nobody": "无",
}
