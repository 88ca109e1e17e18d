"""Board 5, open interest."""

WORDS: dict[str, str] = {
    (
        "Open interest is single-sided: a contract between two parties counts once, whatever an "
        "exchange's field counts. coins are per coin after multiplier and contract size; $ = "
        "coins x mark price."
    ): (
        "持仓量按单边计：双方之间的一张合约只算一次，不论交易所字段怎么计。币数已按乘数与合约面值"
        "折算；$ = 币数 × 标记价格。"
    ),
    (
        "~ marks a sum of some exchanges only: another one lists the coin and has not told its "
        "part, or its list is not known yet. told is how many are in it; the lines below the "
        "table say who is not and why. Shares and ranks by size are of that part then, and the "
        "total is marked, too. After a start what was stored stands for each perpetual, with its "
        "age and ~, until it is told anew."
    ): (
        "~ 表示只是部分交易所之和：另有交易所上市该币但未报告，或其列表尚未知。已报 = 计入的交易"
        "所数；表格下方写明缺谁、为何。此时占比与规模排名也只针对这部分，合计同样标注。启动后，每个永续"
        "先用存储的数值，带时效和 ~，直到重新收到。"
    ),
    (
        "A window's change compares now with our own five-minute sample at its start, or with "
        "the exchange's own record of that time. Only perpetuals with a value at both ends "
        "count; the lines below the table name the others and why."
    ): (
        "窗口变化 = 现在与窗口起点之差，起点取自己的五分钟采样，或交易所自己在那时的记录。只计两"
        "端都有数值的永续；表格下方写明其余的及原因。"
    ),
    (
        "A step that is a change of how an exchange counts (a doubling at once with the price "
        "and the other exchanges unmoved) is marked !, and leaves that perpetual out of the "
        "window. The sum still has its value of now: below the table are both values and when."
    ): (
        "若一步变化其实是交易所计数方式改变（价格与其他交易所不动而突然翻倍），标 !，该永续不计入"
        "窗口。合计仍用它现在的数值：表格下方有前后两个数值与时间。"
    ),
    "+ and - choose 1, 4 or 24 h; z ranks by size instead of the absolute change in USD.": (
        "+ 与 - 选择 1、4、24 h；z 改按规模排名，而非按 USD 变化的绝对值。"
    ),
    (
        "acc long is the share of accounts that are long (Binance, OKX and Bybit tell it, for "
        "the most traded): accounts, not positions."
    ): (
        "多户占比是做多账户的比例（Binance、OKX 与 Bybit 公布，限成交最活跃者）：是账户数，不是仓"
        "位。"
    ),
    (
        "Sources: the exchanges' streams and polls; history by Binance openInterestHist, OKX "
        "rubik, Bybit open-interest. Bitget has none: its windows begin with our samples. Only "
        "what is not stored is asked for; the headline says so while it is read, and when an "
        "exchange must wait."
    ): (
        "来源：交易所的推送与轮询；历史取自 Binance openInterestHist、OKX rubik、Bybit "
        "open-interest。Bitget 没有历史：其窗口从我们的采样开始。只请求未存储的；读取期间与交易所"
        "要求等待时，标题行会写明。"
    ),
    "Open interest": "持仓量",
    "{range} window, {size} by size or change": "{range} 窗口，{size} 按规模或变化",
    "{hours} h is the longest window": "{hours} h 已是最长窗口",
    "{hours} h is the shortest window": "{hours} h 已是最短窗口",
    "{n} of {all} coins ranked": "{n}/{all} 个币种有排名",
    "sampled ": "采样 ",
    "{hours} h by |USD change|": "{hours} h 按 |USD 变化|",
    "{hours} h by size": "{hours} h 按规模",
    "not known yet": "尚未知",
    "{n} partial": "{n} 个不全",
    "{n} recounted": "{n} 个计数改变",
    "told ": "已报 ",
    "{exchange} {n} of {all}": "{exchange} {n}/{all}",
    "reading {exchange} {n}/{all}": "读取 {exchange} {n}/{all}",
    ", waits {s} s": "，等待 {s} 秒",
    "reading histories: {parts}": "读取历史：{parts}",
    "reading {read} of {all} histories from {n} exchanges": (
        "从 {n} 家交易所读取历史 {read}/{all}"
    ),
    "reading {n} of {all} histories": "读取历史 {n}/{all}",
    " waits {s} s": " 等待 {s} 秒",
    "no open interest is known yet: the first round takes some seconds": (
        "还没有持仓量：第一轮需要几秒"
    ),
    "{coins_then} coins {then}, {coins_now} {now}": "{then} {coins_then} 币，{now} {coins_now} 币",
    " acc {pct} %": " 多户 {pct} %",
    " stale": " 陈旧",
    "{then} to {now} coins ({pct} %) of {names}": "{then} 至 {now} 币（{pct} %），{names}",
    "OI $": "持仓 $",
    "coins": "币数",
    "told": "已报",
    "shares": "占比",
    "acc long": "多户占比",
    "age": "时效",
    "OI 1h %": "1h持仓 %",
    "USD 1h": "1h USD",
    "price 1h %": "1h 价格 %",
    "OI 4h %": "4h持仓 %",
    "USD 4h": "4h USD",
    "price 4h %": "4h 价格 %",
    "OI 24h %": "24h持仓 %",
    "USD 24h": "24h USD",
    "price 24h %": "24h 价格 %",
    "By the absolute change of USD in the window, or by size (z); ~ of a part.": (
        "按窗口内 USD 变化的绝对值，或按规模（z）；~ 表示只是部分。"
    ),
    "Enter opens its page. ! marks a change of how an exchange counts.": (
        "Enter 打开它的币种页。! 表示交易所计数方式改变。"
    ),
    (
        "Open interest of all exchanges' perpetuals, single-sided, coins x mark price; ~ while "
        "an exchange that lists it has told none, or none of late."
    ): ("所有交易所永续的持仓量，单边，币数 × 标记价格；上市它的交易所未报或近来未报时标 ~。"),
    "The same in coins.": "同上，以币计。",
    "How many of the exchanges that list it are in the sum; below: who is not, why.": (
        "上市它的交易所有多少计入合计；下方：缺谁、为何。"
    ),
    "Each exchange's part: █ binance, ▓ okx, ▒ bybit, ░ bitget; ~ of those that told.": (
        "各交易所占比：█ binance、▓ okx、▒ bybit、░ bitget；~ 为已报者的。"
    ),
    "Change of open interest over 1 h in coins, so that a price can't fake it.": (
        "1 h 内持仓量的变化，以币计，价格无法造假。"
    ),
    "Change of open interest over 4 h in coins, so that a price can't fake it.": (
        "4 h 内持仓量的变化，以币计，价格无法造假。"
    ),
    "Change of open interest over 24 h in coins, so that a price can't fake it.": (
        "24 h 内持仓量的变化，以币计，价格无法造假。"
    ),
    "Value now minus value at the window's start, of the perpetuals that count.": (
        "现在的价值减去窗口起点的价值，只计有效的永续。"
    ),
    "Change of the mark price over the same time.": "同一时间标记价格的变化。",
    "Share of accounts (not of positions) that are long, where exchanges tell it.": (
        "做多账户（非仓位）的比例，交易所公布时才有。"
    ),
    "Of the oldest value in the sums.": "合计中最旧数值的。",
    "A change of method instead of positions, or who is left out and why.": (
        "计数方式改变（而非仓位），或缺谁、为何。"
    ),
}
