"""Board 1, the sum curve."""

WORDS: dict[str, str] = {
    (
        "The sum curve adds up, at every half hour of the board day, how far each of the chosen "
        "coins has moved since 00:00."
    ): ("求和曲线在面板日的每个半点，把所选币种自 00:00 以来的涨跌幅相加。"),
    (
        "change = (price - base) / base x 100. The base is the open of the bar that begins at "
        "00:00 in the board's zone; a node's price is the open of the bar that begins at the "
        "slot. Never a close, never a live price for a past slot, never a guess: what is missing "
        "is left out of the sum and said with its reason, and a node with too few coins is a gap "
        "in the curve."
    ): (
        "涨跌幅 =（价格 − 基准价）/ 基准价 × 100。基准价是面板时区 00:00 那根 K 线的开盘价；节点"
        "的价格是该时点那根 K 线的开盘价。绝不用收盘价，绝不用实时价补过去的时点，绝不猜：缺的不"
        "计入总和并写明原因；有效币种太少的节点在曲线上是缺口。"
    ),
    (
        "sum = all valid changes added; per coin = sum / valid coins. The mean over the day is "
        "that of the sums of all drawn nodes."
    ): (
        "总和 = 所有有效涨跌幅之和；单币均值 = 总和 / 有效币种数。当日均值是所有已画出节点总和的"
        "均值。"
    ),
    (
        "Over several days every day begins anew at its own 00:00: the curve is broken at "
        "midnight. Of each node the best and the worst coin are known for one day only."
    ): (
        "显示多天时，每天都从自己的 00:00 重新开始：曲线在午夜断开。每个节点的最强、最弱币种只在"
        "显示一天时可知。"
    ),
    (
        "live = last trades now; a coin whose price is older than 60 s is not part of it. It is "
        "grey and called last while the stream is down and its oldest price is older than 10 s."
    ): (
        "实时 = 此刻的最新成交价；价格超过 60 秒未更新的币种不计入。推送中断且最旧的价格超过 10 "
        "秒时，它变灰并称为“末价”。"
    ),
    "~ marks a provisional node: last trades near the slot, until the bars are asked for.": (
        "~ 表示暂定节点：用时点附近的最新成交价，等 K 线取回后再定。"
    ),
    (
        "Source: OKX USDT perpetuals; live by its public stream, or by REST while that is "
        "silent; history by its 30-minute bars. 1 USDT is taken as 1 USD."
    ): (
        "来源：OKX USDT 永续；实时走公共推送，推送中断时走 REST；历史用 30 分钟 K 线。1 USDT 按 "
        "1 USD 计。"
    ),
    "Nodes": "节点",
    "Coins": "币种",
    "node|at {when}": "{when}",
    "no prices yet": "还没有价格",
    "sum {pct} %": "总和 {pct} %",
    "the coins of this node are not known": "该节点的各币种数据未知",
    "the coins of then are not known: the display is frozen": "当时的各币种数据未知：显示已冻结",
    "no node is due yet": "还没有节点到时",
    "no nodes": "没有节点",
    "prices|last": "末价",
    "prices|live": "实时",
    "source|stream": "推送",
    "source|rest": "REST",
    "{what}: {why}": "{what}：{why}",
    "provisional": "暂定",
    "imported sum": "导入的总和",
    "node|partial": "不全",
    "node|gap": "缺口",
    "node|missing": "缺失",
    "node|future": "未到",
    "{age} old": "{age} 前",
    "{age} old by {way}": "{age} 前（{way}）",
    "~last": "~末价",
    "{first} to {last}": "{first} 至 {last}",
    "{first} to {last} ({days} days)": "{first} 至 {last}（{days} 天）",
    "Mon": "周一",
    "Tue": "周二",
    "Wed": "周三",
    "Thu": "周四",
    "Fri": "周五",
    "Sat": "周六",
    "Sun": "周日",
    "today": "今天",
    "coins|{n} up": "涨 {n}",
    "coins|{n} down": "跌 {n}",
    "headline|coins": "币",
    "per coin": "单币均值",
    "best": "最强",
    "worst": "最弱",
    "stored": "已存储",
    "stored, as of {when}": "已存储，截至 {when}",
    "stored, as of {when}, {ago}": "已存储，截至 {when}，{ago}",
    "no prices stored for these days; {key} fills them from the exchange": (
        "这些天没有存储价格；按 {key} 从交易所回补"
    ),
    "no node is due yet; the live point comes with the first prices": (
        "还没有节点到时；首批价格到达后出现实时点"
    ),
    "filling today's nodes…": "正在补齐今天的节点…",
    "no prices since {at}: {n} nodes missing, filled once the exchange answers": (
        "{at} 起没有价格：缺 {n} 个节点，交易所应答后补齐"
    ),
    "sum|nodes": "节点",
    "sum|complete": "完整度",
    "sum|high": "最高",
    "sum|low": "最低",
    "sum|mean over the day": "日均值",
    "sum|mean over the days": "多日均值",
    "sum|above zero": "零上",
    "sum|below zero": "零下",
    "sum|range": "区间",
    "sum|every": "间隔",
    "time": "时间",
    "sum %": "总和 %",
    "n|coins": "币数",
    "up|up": "涨",
    "down|down": "跌",
    "state": "状态",
    "coin": "币种",
    "base": "基准价",
    "price": "价格",
    "change %": "涨跌幅 %",
    "note": "备注",
    (
        "The slot: every half hour from the board day's 00:00; 'live' is now, 'last' are the "
        "prices before the feed went."
    ): ("时点：面板日 00:00 起每半小时一个；“实时”是现在，“末价”是推送中断前的价格。"),
    (
        "Sum of the valid coins' changes since 00:00. ~ marks a provisional node: a last trade "
        "near the slot, until the bar's open is known."
    ): (
        "有效币种自 00:00 以来涨跌幅之和。~ 表示暂定节点：取时点附近的最新成交价，等 K 线开盘价确"
        "定。"
    ),
    "The sum divided by the number of valid coins.": "总和除以有效币种数。",
    "Coins with a price, of those expected. Below 20 the node is a gap.": (
        "有价格的币种数 / 应有的币种数。少于 20 个时该节点为缺口。"
    ),
    "Coins above their base price.": "高于基准价的币种数。",
    "Coins below their base price.": "低于基准价的币种数。",
    "The coin with the largest change.": "涨跌幅最大的币种。",
    "The coin with the smallest change.": "涨跌幅最小的币种。",
    (
        "partial: drawn, though coins are missing; gap: too few coins to be drawn; missing: "
        "nothing stored; each with its reason."
    ): ("不全：缺币种但仍画出；缺口：币种太少，不画；缺失：没有存储；均附原因。"),
    "▴1 to ▴5: the five largest rises; ▾1 to ▾5: the five largest falls.": (
        "▴1 至 ▴5：涨幅最大的五个；▾1 至 ▾5：跌幅最大的五个。"
    ),
    "The base asset; its USDT perpetual on OKX.": "基础资产；其在 OKX 的 USDT 永续。",
    "The price at the day's first slot, 00:00: the open of the bar that begins at 00:00.": (
        "当日第一个时点 00:00 的价格：00:00 那根 K 线的开盘价。"
    ),
    "The open of the bar that begins at the slot; live: the last trade.": (
        "该时点那根 K 线的开盘价；实时点为最新成交价。"
    ),
    "(price − base) / base × 100: what the coin adds to the sum.": (
        "（价格 − 基准价）/ 基准价 × 100：该币种对总和的贡献。"
    ),
    "The coin's part in the sum; the longest bar is the largest change.": (
        "该币种在总和中的份额；最长的条是最大的涨跌幅。"
    ),
    (
        "Why there is no change (the whole reason is in the title), how old a live price is, or "
        "~last: a last trade near the slot, until the bar's open is known."
    ): (
        "没有涨跌幅的原因（完整原因在标题里）、实时价已多久未更新，或 ~末价：时点附近的最新成交价"
        "，等 K 线开盘价确定。"
    ),
}
