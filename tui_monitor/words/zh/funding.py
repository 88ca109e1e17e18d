"""Board 8, funding."""

WORDS: dict[str, str] = {
    "% a year on each exchange": "各交易所年化 %",
    "no perpetual": "没有永续",
    "positive: longs pay shorts": "正：多头付给空头",
    "history": "历史",
    "no perpetual has a rate": "没有永续有费率",
    "coins compared": "个币种可比较",
    "every {is_h} h since {time}, was {was_h} h": "自 {time} 起每 {is_h} 小时，原为 {was_h} 小时",
    "longs": "多头",
    "shorts": "空头",
    "nobody": "无",
    "quarantine: {why}": "隔离：{why}",
    "no rate for too long": "太久没有费率",
    "also {symbols}": "另有 {symbols}",
    "interval not known, so no APR": "结算间隔未知，故无年化",
    "Its place by the difference of APRs.": "按年化差排的名次。",
    "diff apr": "年化差",
    "Highest minus lowest APR of its perpetuals: what short there and long here would get.": (
        "其永续中最高年化减最低年化：在高处做空、低处做多可得。"
    ),
    "diff 8h": "8h 费差",
    "The same for eight hours: highest minus lowest of rate × 8 / interval.": (
        "折合八小时：费率 × 8 / 间隔 的最高减最低。"
    ),
    "Where the rate is highest: who is short there gets it.": "费率最高处：在此做空者收取。",
    "Where the rate is lowest: who is long there pays least, or gets it.": (
        "费率最低处：在此做多者付得最少，或反而收取。"
    ),
    (
        "APR on {exchange}: rate × 24 / interval × 365. A dash: the interval or the rate is not "
        "known; in brackets: old, or in quarantine."
    ): ("{exchange} 年化：费率 × 24 / 间隔 × 365。短横：间隔或费率未知；带括号：过旧，或被隔离。"),
    "{exchange}: rate × 8 / interval.": "{exchange}：费率 × 8 / 间隔。",
    "{exchange}: the rate that settles next.": "{exchange}：下次结算的费率。",
    "{exchange}: hours between settlements.": "{exchange}：两次结算之间的小时数。",
    "rate %": "费率 %",
    "int": "期",
    "apr": "年化",
    "The highest APR of its perpetuals, those in brackets too.": (
        "其永续中的最高年化，带括号的也算。"
    ),
    "Why it is compared with nothing.": "为何没有比较。",
    "exchange": "交易所",
    "Whose perpetual it is.": "哪家的永续。",
    "Predicted: settles next, may change till then.": "预测值：下次结算用，之前可能变化。",
    "Hours between settlements; a dash: not known, so there is no APR.": (
        "两次结算之间的小时数；短横：未知，因此没有年化。"
    ),
    "next": "下次",
    "Until the next settlement.": "距下次结算。",
    "at": "结算时间",
    "The next settlement.": "下次结算。",
    "rate × 8 / interval.": "费率 × 8 / 间隔。",
    "apr %": "年化 %",
    "rate × 24 / interval × 365, not compounded.": "费率 × 24 / 间隔 × 365，不计复利。",
    "pays": "付方",
    "Who pays the other side at the next settlement.": "下次结算由哪一方付给另一方。",
    "settled": "已结算",
    "What was paid last.": "上次实付费率。",
    "when": "结算于",
    "When that was settled.": "上次结算的时间。",
    "1 d %": "1 日 %",
    "7 d %": "7 日 %",
    "30 d %": "30 日 %",
    "Sum of what was settled in the last {days} d; ~ : not all settlements are stored.": (
        "最近 {days} 日已结算之和；~：结算记录未存全。"
    ),
    "Since the rate was last told.": "距上次收到费率。",
    "As the exchange writes it.": "交易所的写法。",
    "Why there is no APR, why it is compared with nothing, an interval that changed.": (
        "为何没有年化，为何没有比较，结算间隔的变化。"
    ),
    (
        "A perpetual's funding is paid between its holders at each settlement: a positive rate "
        "by longs to shorts, a negative one by shorts to longs, on the position's value."
    ): (
        "永续的资金费在每次结算时由持仓者互付：费率为正，多头付给空头；为负，空头付给多头；按持仓价"
        "值计算。"
    ),
    (
        "Each exchange's APR stands under its name: rate × 24 / interval × 365, not compounded; "
        "8 h % is rate × 8 / interval. Where the interval is not known there is neither: a dash, "
        "and the note says so. Rates are predicted until they are settled; settled is what was "
        "paid last."
    ): (
        "各交易所名下是其年化：费率 × 24 / 间隔 × 365，不计复利；8 h % 是费率 × 8 / 间隔。间隔未知"
        "时两者都没有：写短横，备注会说明。结算前的费率是预测值；已结算一列是上次实付。"
    ),
    (
        "diff is the highest minus the lowest of a coin: who is short where it is highest and "
        "long where it is lowest gets it while the rates last. Old rates and instruments in "
        "quarantine are in brackets and compared with nothing."
    ): (
        "差值是一个币种最高减最低：在最高处做空、最低处做多，费率不变时可得此差。过旧的费率和被隔离"
        "的品种带括号，不参与比较。"
    ),
    (
        "The table below is the coin under the cursor: 1 d, 7 d and 30 d are sums of what was "
        "settled; ~ means that not all of it is stored yet. Enter opens the coin."
    ): ("下表是光标所在币种：1 日、7 日、30 日是已结算之和；~ 表示尚未存全。Enter 打开币种页。"),
    (
        "Sources: the exchanges' own funding streams and lists; settled history by REST, kept "
        "for good. A countdown is to the settlement that comes next."
    ): (
        "数据来源：各交易所自己的资金费率推送和列表；已结算历史来自 REST，永久保存。倒计时指向最近"
        "一次结算。"
    ),
}
