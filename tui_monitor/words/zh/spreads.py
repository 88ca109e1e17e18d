"""Board 6, spreads, and the cells that other boards share with it."""

WORDS: dict[str, str] = {
    "not in quarantine:": "未隔离的：",
    "in quarantine:": "已隔离的：",
    "{leg}: last {price}": "{leg}：最新价 {price}",
    "quarantine {n} ({key})": "隔离 {n}（{key}）",
    "Quarantine": "隔离",
    "ranks nowhere ({key}: back to the spreads)": "不参与排名（{key}：回到价差）",
    "nothing: every instrument's price fits its name": "空：每个品种的价格都与名称相符",
    "{coin} on {leg}: {symbol}": "{leg} 的 {coin}：{symbol}",
    "waiting for the engine": "等待引擎",
    "no exchange is watched; [exchanges] in the settings": (
        "没有监控任何交易所；见设置中的 [exchanges]"
    ),
    "waiting for prices": "等待价格",
    "due": "到期",
    "the threshold": "阈值",
    "Last price on {leg}, whatever its age.": "{leg} 的最新成交价，不论新旧。",
    "How often it came to {limit} from below in the last 24 hours.": (
        "最近 24 小时内从下方升到 {limit} 的次数。"
    ),
    (
        "How long it was at {limit} or over it in the last 24 hours ({minutes} minutes of them "
        "were watched)."
    ): ("最近 24 小时内处于 {limit} 或以上的时长（其中 {minutes} 分钟有监控）。"),
    "since {time}": "自 {time} 起",
    "{setting} lets it rank": "设置 {setting} 可让它参与排名",
    "it is back within the band and about to leave": "已回到区间内，即将解除",
    "that setting lets it rank again": "改掉该设置即可重新参与排名",
    "{price} a coin (multiplier {multiplier}), {theirs} on {n} others: {ratio}": (
        "每币 {price}（乘数 {multiplier}），另外 {n} 处为 {theirs}：{ratio}"
    ),
    "only {coin}": "仅 {coin}",
    "none of {n} coins: {coins}": "{n} 个币种中没有：{coins}",
    "no coin has two legs": "没有币种有两条腿",
    "no coin has two legs of {kind}": "没有币种有两条{kind}腿",
    "{key} shows all of them": "按 {key} 显示全部",
    "{key} shows others": "按 {key} 换一批",
    "h": "小时",
    "legs beyond {age} s rank nowhere": "超过 {age} 秒的腿不参与排名",
    "no funding": "无资金费",
    "till {time}": "至 {time}",
    "leg|long": "做多",
    "leg|short": "做空",
    "{n} in quarantine": "{n} 条被隔离",
    "funding": "资金费",
    "rank": "参与排名",
    "taker fees": "吃单手续费",
    "ask": "卖一价",
    "bid": "买一价",
    "age|old": "前",
    "fees": "手续费",
    "even after": "回本需",
    "never breaks even at this funding": "按此资金费率无法回本",
    "last prices": "最新价",
    "skew": "时差",
    "pairs": "配对",
    "shown|coins": "币种",
    "all": "全部",
    "perp-perp": "永续-永续",
    "spot-perp": "现货-永续",
    "spot-spot": "现货-现货",
    "perp": "永续",
    "spot": "现货",
    "several exchanges": "多交易所",
    "with funding": "有资金费率",
    "majors": "主流币",
    "multiplier contradicts": "乘数矛盾",
    "another coin": "另一种币",
    "named in spreads.not_same": "列于 spreads.not_same",
    "Its place by executable spread among all that rank, whatever is filtered.": (
        "按可成交价差在全部参与排名者中的名次，与筛选无关。"
    ),
    "The coin, whatever the exchanges call it; prices are per coin.": (
        "币种，不论各交易所如何命名；价格均按每币计。"
    ),
    "long at": "做多",
    "Exchange and market of the long leg: it is bought, at its ask.": (
        "多腿所在的交易所和市场：按其卖一价买入。"
    ),
    "short at": "做空",
    "Exchange and market of the short leg: it is sold, at its bid.": (
        "空腿所在的交易所和市场：按其买一价卖出。"
    ),
    "Best ask of the long leg.": "多腿的卖一价。",
    "Best bid of the short leg.": "空腿的买一价。",
    "USDT a coin": "USDT/币",
    "exec %": "价差 %",
    (
        "(bid of short − ask of long) / ask of long × 100, the better way round. In brackets, "
        "and without a place: a leg is too old."
    ): ("（空腿买一 − 多腿卖一）/ 多腿卖一 × 100，取较优方向。带括号且无名次：有一腿报价过旧。"),
    "net %": "净价差%",
    "exec % less the taker fees of four fills: in and out again on both legs.": (
        "价差减去四次成交的吃单手续费：两腿各开仓、平仓一次。"
    ),
    "net fund": "含资金费",
    (
        "net % with what both legs settle until each has settled once, at the rates of now. A "
        "dash: a rate or an interval is not known."
    ): ("净价差加上按当前费率两腿各结算一次为止的资金费。短横：费率或结算间隔未知。"),
    "size $": "深度 $",
    "What both tops of the book have, at the ask.": "两边盘口第一档共有的数量，按卖一价折算。",
    "l.age": "多龄",
    "Age of the long leg's ask; beyond {limit} s (marked !) the pair ranks nowhere.": (
        "多腿卖一价的时间；超过 {limit} 秒（标 !）该配对不参与排名。"
    ),
    "s.age": "空龄",
    "Age of the short leg's bid; beyond {limit} s (marked !) the pair ranks nowhere.": (
        "空腿买一价的时间；超过 {limit} 秒（标 !）该配对不参与排名。"
    ),
    "How far the two ages are apart.": "两腿报价时间相差多少。",
    "indic %": "参考 %",
    "(highest − lowest) / lowest of all its last prices: nobody may trade there.": (
        "全部最新成交价的（最高 − 最低）/ 最低：未必能成交。"
    ),
    "even h": "回本 h",
    (
        "Hours until the funding difference has paid the fees that the spread does not: −net % / "
        "(rate an hour of short − of long). A dash: never, or not known."
    ): (
        "资金费差额补足价差未覆盖的手续费所需的小时数：−净价差 /（空腿每小时费率 − 多腿每小时费率）"
        "。短横：永不，或未知。"
    ),
    "Turnover of the last 24 hours, all legs together.": "最近 24 小时成交额，所有腿合计。",
    "legs": "腿数",
    "Legs that can rank, of all that the coin has.": "该币种全部腿中可参与排名的数量。",
    "24h n": "24h次",
    "The coin that its name says.": "名称所指的币种。",
    "leg": "腿",
    "Exchange and market.": "交易所和市场。",
    "As the exchange writes it, and as the settings want it.": "交易所的写法，设置中也这样写。",
    "doubt": "疑点",
    "Why it may not be the coin that its name says.": "为何它可能不是名称所指的币种。",
    "Its price per coin: index, else mark, else last; spot: last.": (
        "每币价格：依次取指数价、标记价、最新价；现货取最新价。"
    ),
    "others": "其他",
    "The median of those that agree.": "相互一致者的中位数。",
    "ratio": "倍数",
    "Its price over that of the others.": "它的价格与其他价格之比。",
    "since": "起始",
    "Since when it is in quarantine.": "何时开始隔离。",
    "reason": "原因",
    "The evidence in words.": "文字依据。",
    (
        "For each coin the best pair of legs. Long is the leg that is bought, at its ask; short "
        "is the leg that is sold, at its bid. exec % = (bid − ask) / ask × 100 is what an order "
        "would get now, for as much as stands at the top of both books (size $)."
    ): (
        "每个币种取最优的一对腿。多腿按其卖一价买入，空腿按其买一价卖出。价差 % =（买一 − 卖一）/ "
        "卖一 × 100，是现在下单能得到的，数量以两边盘口第一档为限（深度 $）。"
    ),
    (
        "net % is exec % less four taker fees (in and out on both legs; "
        "exchanges.<name>.taker_fee_pct in the settings). net fund adds what the two perpetuals "
        "settle until each has settled once: who is long pays a positive rate, who is short gets "
        "it; each leg has its own interval."
    ): (
        "净价差 = 价差减去四次吃单手续费（两腿各一开一平；设置项 exchanges.<name>.taker_fee_pct）。"
        "含资金费：再加上两个永续各结算一次为止的资金费：费率为正时多头付、空头收；每条腿有各自的结"
        "算间隔。"
    ),
    (
        "A leg whose book is older than spreads.max_age_s ranks nowhere: its row is grey, in "
        "brackets, below all others and in no comparison of a filter. Ages count from the "
        "arrival or the last confirmation of the book, plus what it was late by."
    ): (
        "盘口早于 spreads.max_age_s 的腿不参与排名：该行灰色、带括号、排在最后，也不参与筛选比较。"
        "时间从盘口到达或最近一次确认算起，再加上它迟到的时间。"
    ),
    (
        "p changes which markets are paired, f which coins are shown, o shows one coin only. "
        "Enter opens the coin. Tab leads to the quarantine: equal tickers that are not the same "
        "coin, or contradict their multiplier; they rank nowhere."
    ): (
        "p 切换配对的市场，f 切换显示的币种，o 只看一个币种。Enter 打开币种页。Tab 到隔离区：同名但"
        "不是同一种币，或与其乘数矛盾的品种；它们不参与排名。"
    ),
    (
        "The lines below the table are the row under the cursor. Sources: the top of the book "
        "and the funding of each exchange's own streams, REST while a stream is away."
    ): (
        "表格下方几行是光标所在行。数据来源：各交易所推送的盘口第一档和资金费率，推送中断时用 REST"
        "。"
    ),
    "book|size": "深度",
    "rows|shown": "条",
}
