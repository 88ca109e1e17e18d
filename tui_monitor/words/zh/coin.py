"""The page of one coin."""

WORDS: dict[str, str] = {
    "Legs": "各腿",
    "no such coin so far; waiting for the list of {names}": (
        "目前没有这个币种；正在等待 {names} 的列表"
    ),
    "no such coin on any exchange": "没有交易所上市这个币种",
    "no such coin on any exchange; did you mean {names}?": (
        "没有交易所上市这个币种；是否想找 {names}？"
    ),
    "no such coin on any exchange: {coin}": "没有交易所上市 {coin}",
    "did you mean {names}?": "是否想找 {names}？",
    "Premium": "溢价",
    "Settled funding": "已结算资金费",
    "Anomalies, 24 h": "异动，24 小时",
    "By exchange": "按交易所",
    "Newest of 24 h": "24 小时内最新",
    "no exchange lists it now": "现在没有交易所上市",
    "no settlement is stored yet": "还没有存储的结算",
    "no signal of it is stored": "没有它的信号记录",
    "no exchange that tells of liquidations lists it": "发布爆仓的交易所都没有上市它",
    "waiting for {coin}": "等待 {coin}",
    "Spread, 24 h": "价差，24 小时",
    "the highest of each minute, all pairs": "每分钟最高，全部配对",
    "Signal of {coin}": "{coin} 的信号",
    "Anomaly of {coin}": "{coin} 的异动",
    "{exchange} {symbol}, {bar} bar {first}–{last}, {state}, judged {time}": (
        "{exchange} {symbol}，{bar} K 线 {first}–{last}，{state}，判定于 {time}"
    ),
    "return {change} %, close {close}, turnover {turnover} USD, range {range} %, n={n}": (
        "涨跌幅 {change} %，收盘价 {close}，成交额 {turnover} USD，振幅 {range} %，n={n}"
    ),
    "score {score} = of price {price}, volume {volume}, volatility {volatility} before weights": (
        "得分 {score} = 加权前：价格 {price}，成交量 {volume}，波动率 {volatility}"
    ),
    "z: price {price}, volume {volume}, volatility {volatility}; percentile {percentile}": (
        "z：价格 {price}，成交量 {volume}，波动率 {volatility}；百分位 {percentile}"
    ),
    "waiting for {coin}'s {bar} bars": "等待 {coin} 的 {bar} K 线",
    "Candles, {bar}": "K 线，{bar}",
    "{time}… forms, grey": "{time}… 未收盘，灰色",
    "no sample of the last 24 h is stored: one is taken every five minutes": (
        "最近 24 小时没有存储的采样：每五分钟采一次"
    ),
    "in {unit}coins, by stored five-minute samples": "单位 {unit}币，按存储的五分钟采样",
    "Open interest, 24 h, {whose}": "持仓量，24 小时，{whose}",
    "line without {names}": "曲线不含 {names}",
    "rate {rate} % ({age}), interval {interval}, 8 h {rate_8h} %, APR {apr}": (
        "费率 {rate} %（{age}），间隔 {interval}，8 h {rate_8h} %，年化 {apr}"
    ),
    "settles {time}": "结算 {time}",
    "open interest {usd} USDT, {coins} coins ({age})": "持仓量 {usd} USDT，{coins} 币（{age}）",
    "24 h turnover {usd} USDT, multiplier {multiplier}": (
        "24 h 成交额 {usd} USDT，乘数 {multiplier}"
    ),
    "bid {bid} × {bid_coins}, ask {ask} × {ask_coins}, {age} old, by {source}": (
        "买一 {bid} × {bid_coins}，卖一 {ask} × {ask_coins}，{age} 前，来自{source}"
    ),
    "last {price}, {age} old, by {source}": "最新价 {price}，{age} 前，来自{source}",
    "mark {mark} ({mark_age}), index {index} ({index_age})": (
        "标记价 {mark}（{mark_age}），指数价 {index}（{index_age}）"
    ),
    "no book yet": "还没有盘口",
    "its book is old": "盘口过旧",
    "not known: no APR": "未知：无年化",
    "none was told in the last 24 h": "最近 24 小时没有收到",
    "last {time}": "最近 {time}",
    "Liquidations, 1 h": "爆仓，1 小时",
    "{n} event": "{n} 笔",
    "{n} events": "{n} 笔",
    "liquidated|long": "多单",
    "liquidated|short": "空单",
    "{n} time": "{n} 次",
    "{n} times": "{n} 次",
    "{leg} in quarantine: {why}": "{leg} 被隔离：{why}",
    "24 h any pair ≥ {limit} %": "24 h 任一配对 ≥ {limit} %",
    "no minute of the last 24 h is stored yet": "最近 24 小时还没有存储的分钟",
    "legs rank": "条腿参与排名",
    "nothing stored": "没有存储",
    "net": "净价差",
    "net|with funding": "含资金费",
    "no pair of legs": "没有成对的腿",
    "part|legs": "各腿",
    "part|spread": "价差",
    "part|candles": "K 线",
    "part|premium": "溢价",
    "part|funding": "资金费",
    "part|signals": "信号",
    "part|liq": "爆仓",
    "part|anom": "异动",
    "part|OI": "持仓",
    "perps": "永续",
    "Exchange and market; ? : in quarantine, it may be another coin.": (
        "交易所和市场；?：被隔离，可能是另一种币。"
    ),
    "Last trade.": "最新成交价。",
    "Best bid.": "买一价。",
    "Best ask.": "卖一价。",
    "bid size": "买一量",
    "What stands at the bid.": "买一价上的数量。",
    "ask size": "卖一量",
    "What stands at the ask.": "卖一价上的数量。",
    "Of the book; ! : ranks nowhere.": "盘口的时间；!：不参与排名。",
    "p.age": "价时",
    "Of the last price.": "最新价的时间。",
    "Mark price.": "标记价。",
    "Index price.": "指数价。",
    "The rate that settles next; positive: longs pay shorts.": "下次结算的费率；正：多头付给空头。",
    "% an interval": "% 每次结算",
    "% a year": "% 每年",
    "Hours between settlements; a dash: not known, so no APR.": (
        "两次结算之间的小时数；短横：未知，因此没有年化。"
    ),
    "Open interest, counted once (one side).": "持仓量，单边计算。",
    "24h $": "24h额$",
    "Turnover of 24 h.": "24 小时成交额。",
    "Which way the book came: stream, or rest.": "盘口的途径：推送或 REST。",
    "Why it ranks nowhere; further symbols of the coin there.": (
        "为何不参与排名；该处同币种的其他代码。"
    ),
    "prem %": "溢价 %",
    "(perpetual − other) / other × 100, of last prices.": (
        "（永续 − 对比价）/ 对比价 × 100，按最新价。"
    ),
    "The other: spot of the same exchange; without one the mean of the other perpetuals.": (
        "对比价：同一交易所的现货；没有则取其他永续的均价。"
    ),
    "basis %": "基差 %",
    "(mark − index) / index × 100, both the exchange's own.": (
        "（标记价 − 指数价）/ 指数价 × 100，均为该交易所自己的。"
    ),
    "The perpetual's last price.": "永续的最新价。",
    "other": "对比价",
    "What it is compared with.": "与之比较的价格。",
    "Why there is no premium.": "为何没有溢价。",
    "When it was settled.": "结算的时间。",
    "What was paid; positive: by longs to shorts.": "实付费率；正：多头付给空头。",
    "bar of": "K 线时间",
    "How long it is.": "K 线周期。",
    "0.4 × price + 0.3 × volume + 0.3 × volatility; Enter shows how it came to be.": (
        "0.4 × 价格 + 0.3 × 成交量 + 0.3 × 波动率；Enter 看由来。"
    ),
    "ret %": "涨跌 %",
    "The bar's return.": "该 K 线的涨跌幅。",
    "Which measures were at their limits or above.": "哪些指标达到或超过其阈值。",
    "p z": "价 z",
    "rng z": "幅 z",
    "How many deviations the size of the return is above the mean of the bars before.": (
        "涨跌幅大小高于此前 K 线均值多少个标准差。"
    ),
    "How many deviations the turnover is above the mean of the bars before.": (
        "成交额高于此前 K 线均值多少个标准差。"
    ),
    "How many deviations the range is above the mean of the bars before.": (
        "振幅高于此前 K 线均值多少个标准差。"
    ),
    "Whether the bar was over when it was judged last.": "最近一次判定时该 K 线是否已收盘。",
    "The measures against their limits.": "各指标与其阈值对比。",
    "Whose perpetual it is; all: together. The line is of the row under the cursor.": (
        "哪家的永续；全部：合计。曲线是光标所在行的。"
    ),
    "Open interest, counted once (one side), coins × mark price.": (
        "持仓量，单边计算，币数 × 标记价。"
    ),
    "Of the USD of all.": "占全部 USD 的比例。",
    "Change of coins over {hours} h; of all: of those with a value at both ends.": (
        "{hours} 小时内币数的变化；全部：只算两端都有值的。"
    ),
    "Of the value; of all: of the oldest one.": "数值的时间；全部：取最旧的。",
    (
        "Coins in the stored five-minute samples, each row from its own lowest to its own "
        "highest; a space: no sample."
    ): ("存储的五分钟采样中的币数，每行从自身最低到最高；空格：没有采样。"),
    "Why there is no change, who is in no sum, changes of how an exchange counts.": (
        "为何没有变化值，谁未计入合计，交易所计数方式的变化。"
    ),
    "One coin on every exchange and market. Prices are per coin, whatever a contract holds.": (
        "一个币种在所有交易所和市场的情况。价格均按每币计，不论合约面值。"
    ),
    (
        "The page has nine parts. Tab and S-Tab (h and l) lead from table to table and to those "
        "parts for which there is no room at once: the line below the pairs names all of them, "
        "those that are shown in brackets."
    ): (
        "本页有九个部分。Tab 和 S-Tab（h 和 l）在表格间切换，也通向一屏放不下的部分：配对下方一行列"
        "出全部部分，正在显示的带括号。"
    ),
    (
        "The lines on top are its best pairs of now: the long leg, bought at its ask, → the "
        "short one, sold at its bid; net is less the taker fees of four fills, with funding adds "
        "what both legs settle until each has settled once. In brackets: a leg is too old to "
        "rank."
    ): (
        "顶部几行是它现在最优的配对：按卖一价买入的多腿 → 按买一价卖出的空腿；净价差已减去四次成交"
        "的吃单手续费，含资金费再加上两腿各结算一次为止的资金费。带括号：有一腿过旧，不参与排名。"
    ),
    (
        "The curve is the highest executable spread of each minute of the last 24 hours, of all "
        "pairs; the dashed line is the threshold of the signals, a gap is time that nobody "
        "watched."
    ): ("曲线是最近 24 小时每分钟全部配对中最高的可成交价差；虚线是信号阈值，断开处无人监控。"),
    (
        "The candles are the kept bars of the first perpetual that has any: i changes how long "
        "they are, v whose. A thin body rises, a full one falls, the bar that is forming is grey "
        "with its time and … below it, a hole is a bar that is not kept; the turnovers in USD "
        "stand below, the prices on the right."
    ): (
        "K 线取自第一个有保留 K 线的永续：i 换周期，v 换交易所。细实体上涨，粗实体下跌；未收盘的 K "
        "线为灰色，下方写其时间和 …；空缺是没有保留的 K 线；下方是 USD 成交额，右侧是价格。"
    ),
    (
        "Premium: the perpetual over spot of the same exchange, else over the mean of the other "
        "perpetuals, by last prices. Basis: mark over index, both the exchange's own."
    ): (
        "溢价：永续相对同一交易所现货，没有则相对其他永续均价，按最新价。基差：标记价相对指数价，均"
        "为该交易所自己的。"
    ),
    "Funding that was settled, newest first: positive rates are paid by longs to shorts.": (
        "已结算的资金费，最新在前：费率为正由多头付给空头。"
    ),
    (
        "Liquidations: what the streams told of the coin in the last hour, in USD by the "
        "position's side. A sampled stream tells one of an instrument in a second at most, so "
        "that its sum is a lower bound (≥), as is one of a time in which it was not heard all "
        "the while (heard). What REST told of a gap is among the newest ones and in no sum."
    ): (
        "爆仓：最近一小时推送的该币种爆仓，以 USD 计，按仓位方向。抽样推送每秒每个品种最多报一笔，"
        "因此其合计是下限（≥）；未能全程监听的时段也是（监听）。中断期间由 REST 补报的列入最新，但"
        "不计入合计。"
    ),
    (
        "Anomalies: the stored ones of the last 24 hours, of all exchanges and bars that are "
        "watched; Enter tells all of one."
    ): ("异动：最近 24 小时存储的，涵盖所有监控的交易所和周期；Enter 看一条的全部。"),
    (
        "Open interest is counted once (one side). Changes are of coins; the line is the stored "
        "five-minute samples of the row under the cursor, a gap where there is none. That of all "
        "has a gap, too, where one of its perpetuals has no sample: a sum without it would look "
        "like a fall. One that has samples for less than half of the time is left out of it, and "
        "the note says so."
    ): (
        "持仓量按单边计算。变化按币数；曲线是光标所在行存储的五分钟采样，没有采样处断开。全部一行在"
        "任一永续没有采样处也断开：缺了它的合计会像下跌。采样不到一半时间的永续不计入，备注会说明。"
    ),
    "Esc leads back to the board that this page was opened from.": "Esc 回到打开本页的面板。",
    "against|over": "对比",
}
