"""Board 9, coverage."""

WORDS: dict[str, str] = {
    "{first} to {last}": "{first} 至 {last}",
    "Backfill {days}": "回补 {days}",
    "backfill {pct} %": "回补 {pct} %",
    "Log, {time}": "日志，{time}",
    "complete": "完整度",
    "coin-slots": "币种时点",
    "backfill {first} to {last}": "回补 {first} 至 {last}",
    "ETA unknown": "剩余时间未知",
    "ETA {time}": "剩余 {time}",
    "{done}/{total} pages": "{done}/{total} 页",
    "{n} pages/s": "{n} 页/秒",
    "{n} filled": "已补 {n}",
    "{n} failed": "失败 {n}",
    "running": "进行中",
    "stopped": "已停止",
    "done": "完成",
    "partial": "部分完成",
    "interrupted": "中断",
    "Days": "日期",
    "Backfills": "回补",
    "Log": "日志",
    "Queue": "队列",
    "no days": "没有日期",
    "no backfill yet; {key} starts one": "还没有回补；按 {key} 开始",
    "what a backfill does is logged here": "回补的过程记在这里",
    "empty: no request has failed": "空：没有失败的请求",
    "The board day, from 00:00 to 24:00 in the board's zone.": (
        "面板日：面板时区的 00:00 至 24:00。"
    ),
    "Coin-slots present, of those due.": "应有币种时点中已有的比例。",
    "nodes": "节点",
    "Slots with enough coins to be drawn, of those due.": "应有时点中币种足够、可以画出的数量。",
    "missing": "缺失",
    "Coin-slots that nobody has asked the exchange for yet.": "还没有向交易所请求过的币种时点。",
    "Coin-slots whose request failed; they are tried again.": "请求失败的币种时点；会自动重试。",
    "can't have": "无法获取",
    "Coin-slots that the exchange has no bar for.": "交易所没有 K 线的币种时点。",
    "coins in order (x: nothing)": "按设置顺序（x：全缺）",
    (
        "One cell a coin: full if every due slot is there, lower if some are missing, x if all "
        "are, a dot if none was due."
    ): ("一格一个币种：应有时点齐全为满格，有缺则较低，全缺为 x，没有应有时点为点。"),
    "begun": "开始",
    "When it was started.": "开始的时间。",
    "day": "日期",
    "days": "日期",
    "First and last day.": "首日和末日。",
    "filled": "已补",
    "Coin-slots that it brought.": "它补上的币种时点。",
    "pages": "页数",
    "Requests that it made.": "它发出的请求数。",
    "state": "状态",
    (
        "partial: some slots failed or can't be had; interrupted: the process ended; start the "
        "same days again to go on."
    ): ("部分完成：有些时点失败或无法获取；中断：进程已结束；对同样的日期再次开始即可继续。"),
    "When it was written.": "写入的时间。",
    "log": "日志",
    "What the job said.": "任务所说。",
    "slot": "时点",
    "The slot that lacks a price.": "缺价格的时点。",
    "tries": "次数",
    "Attempts so far.": "已尝试次数。",
    "Time to the next attempt.": "距下次尝试。",
    "What the last attempt said.": "上次尝试的结果。",
    "Every series knows which slots it has. A slot of a coin that is due is one of four things:": (
        "每个序列都知道自己有哪些时点。一个币种的应有时点必属以下四种之一："
    ),
    "have: a price is stored.": "已有：价格已存储。",
    "missing: nobody has asked the exchange yet; a backfill will (b).": (
        "缺失：还没有向交易所请求；回补会请求（b）。"
    ),
    "failed: the request failed; the queue tries again by itself.": (
        "失败：请求失败；队列会自动重试。"
    ),
    "can't have: the exchange has no bar there (the coin was not listed, or nothing traded).": (
        "无法获取：交易所在该时点没有 K 线（当时未上市，或没有成交）。"
    ),
    (
        "The strip has one cell a coin, in the settings' order: full if every due slot is there, "
        "lower if some are missing, x if all are. Backfill asks for 30-minute bars, within the "
        "exchange's limits; it can be stopped (x) and goes on from there when the same days are "
        "started again."
    ): (
        "条带中一格一个币种，按设置中的顺序：齐全为满格，有缺则较低，全缺为 x。回补在交易所限额内请"
        "求 30 分钟 K 线；可以停止（x），对同样的日期再次开始时从停处继续。"
    ),
    (
        "Enter on a day shows its curve; on a line of the log, a backfill or the queue the whole "
        "text. The log follows its newest line unless the cursor was moved off it."
    ): (
        "在日期上按 Enter 看当日曲线；在日志、回补或队列的行上看全文。日志跟随最新一行，除非光标已"
        "移开。"
    ),
    "Source: the local database; bars from OKX.": "数据来源：本地数据库；K 线来自 OKX。",
}
