"""Board 7, signals."""

WORDS: dict[str, str] = {
    "Newest": "最新",
    "bid and ask": "买一与卖一",
    "{n} samples {every} s apart": "{n} 次采样，间隔 {every} 秒",
    "the newest {n} runs will stand here; {key} has the spreads of now": (
        "这里将列出最新的 {n} 轮信号；当前价差见 {key}"
    ),
    "none: no pair was at {limit} % for {n} samples": "无：没有配对连续 {n} 次采样达到 {limit} %",
    "{n} pairs are over it now": "现有 {n} 对超过阈值",
    "{age} ago": "{age} 前",
    "none: no sample has been taken yet": "无：还没有采样",
    "none yet": "尚无",
    "leg|s.": "空",
    "leg|l.": "多",
    "not seen": "未见",
    "none is stored": "没有存储的信号",
    "stored: {why}": "存储数据：{why}",
    "cooldown": "冷却",
    "over it now": "现超阈值",
    "last sample": "上次采样",
    "kept": "保留",
    "goes on": "持续中",
    "under the threshold": "回到阈值下",
    "the direction turned": "方向反转",
    "a leg went stale": "一腿报价过期",
    "a leg is in quarantine": "一腿被隔离",
    "a leg has no price": "一腿无价格",
    "no sample for too long": "太久无采样",
    "the program ended": "程序已退出",
    "narrowed": "收窄",
    "turned": "反转",
    "old leg": "腿过期",
    "quarant.": "隔离",
    "no price": "无价格",
    "The sample that made it a signal, of several the first; the day where it is another one.": (
        "成为信号的那次采样，有多次时取第一次；不是今天则写日期。"
    ),
    "The coin.": "币种。",
    "Exchange and market of the short leg: the dear one, which is sold.": (
        "空腿所在的交易所和市场：较贵、卖出的一腿。"
    ),
    "Exchange and market of the long leg: the cheap one, which is bought.": (
        "多腿所在的交易所和市场：较便宜、买入的一腿。"
    ),
    "Sample {n} of the last {all} that made it a signal.": (
        "成为信号的最后 {all} 次采样中的第 {n} 次。"
    ),
    "sig.": "次数",
    "How many signals without an ending in between: one after every cooldown.": (
        "中间没有结束的信号有几个：每过一次冷却期一个。"
    ),
    "lasted": "持续",
    "From the first sample over the threshold to the first under it; + : it goes on.": (
        "从首次超过阈值的采样到首次低于阈值的采样；+：仍在持续。"
    ),
    "ended by": "结束原因",
    (
        "Why it is no longer over the threshold: under the threshold, the direction turned, a "
        "leg is old, in quarantine or without a price."
    ): ("为何不再超过阈值：回到阈值下、方向反转、一腿报价过旧、被隔离或没有价格。"),
    "price s.": "空腿价",
    "Of the short leg, sold: its bid, or its last price.": "卖出的空腿：其买一价，或最新价。",
    "price l.": "多腿价",
    "Of the long leg, bought: its ask, or its last price.": "买入的多腿：其卖一价，或最新价。",
    "spr. %": "价差 %",
    "(price short − price long) / price long × 100 of the last sample.": (
        "最后一次采样的（空腿价 − 多腿价）/ 多腿价 × 100。"
    ),
    "min %": "阈值 %",
    "The threshold of its time.": "当时的阈值。",
    (
        "A signal is a pair of legs of one coin whose spread was at the threshold or over it in "
        "several samples in a row. Long is the cheap leg, which is bought; short is the dear "
        "one, which is sold. After a signal the same pair in the same direction is silent for "
        "the cooldown."
    ): (
        "信号：同一币种的一对腿，其价差连续几次采样达到或超过阈值。多腿较便宜，买入；空腿较贵，卖出"
        "。发出信号后，同一对、同一方向在冷却期内不再发信号。"
    ),
    (
        "With the basis executable the bid of one leg is compared with the ask of the other, "
        "after the age of both was looked at; with the basis last the last prices of perpetuals "
        "are ([signals] in the settings). The comparison with the threshold is exact in decimals."
    ): (
        "口径 executable：检查两腿报价时间后，用一腿的买一价对另一腿的卖一价；口径 last：比较永续的"
        "最新成交价（设置中的 [signals]）。与阈值的比较按十进制精确进行。"
    ),
    (
        "A sample that is under the threshold, turned the other way or without a fresh price on "
        "both legs ends it, and so does a gap between samples: then ended by says which."
    ): (
        "采样低于阈值、方向反转、任一腿没有新鲜价格，或采样之间出现中断，信号即告结束：结束原因一列"
        "会写明。"
    ),
    (
        "A row is a run: the signals of one pair and direction without an ending in between, ×9 "
        "where they are nine. Its time is that of the first, its spread and samples are those of "
        "the newest."
    ): (
        "一行是一轮：同一对、同一方向、中间没有结束的若干信号，九个就写 ×9。时间取第一个，价差和采"
        "样取最新一个。"
    ),
    (
        "The newest five runs stand on top with the spread at each of the samples; the lines "
        "below are the samples of the row under the cursor. Enter opens the coin. All signals "
        "are stored."
    ): (
        "上方是最新五轮及每次采样的价差；下方几行是光标所在行的采样。Enter 打开币种页。所有信号都会"
        "存储。"
    ),
    "Sources: the legs of the spreads board.": "数据来源：价差面板的各腿。",
    "ending|gap": "中断",
}
