"""Keys and actions, the key help, the palette, dialogs, the column chooser, filters."""

_BOARDS = {
    "Sum curve": "求和曲线",
    "Sum": "求和",
    "Liquidations": "爆仓",
    "Liq": "爆仓",
    "Anomalies": "异动",
    "Anom": "异动",
    "Picks": "优选",
    "Pick": "优选",
    "Open interest": "持仓量",
    "OI": "持仓",
    "Spreads": "价差",
    "Sprd": "价差",
    "Signals": "信号",
    "Sig": "信号",
    "Funding": "资金费率",
    "Fund": "费率",
    "Coverage": "覆盖率",
    "Cov": "覆盖",
    "System": "系统",
    "Sys": "系统",
    "Coin": "币种",
    "The summed day change of the chosen coins, slot by slot.": (
        "所选币种当日涨跌幅之和，逐时段显示。"
    ),
    "What was force-closed in the last hours, who was heard, and the largest orders.": (
        "最近几小时的爆仓、哪些交易所有数据，以及最大的订单。"
    ),
    "Which bars are unlike those before them, and how each score came to be.": (
        "哪些 K 线与之前的不同，每个分数从何而来。"
    ),
    "A fixed formula's score of the perpetuals with most turnover, with its four parts.": (
        "对成交额最大的永续合约按固定公式打分，并列出四个组成部分。"
    ),
    "Where positions grow and shrink over 1, 4 and 24 hours, measured, over all exchanges.": (
        "1、4、24 小时内哪些持仓在增减，按各交易所实测汇总。"
    ),
    "Where each coin is cheap and where it is dear, and what costs leave of it.": (
        "每个币种在哪里便宜、在哪里贵，扣除成本后还剩多少。"
    ),
    "Spreads that stayed over the threshold for some samples.": "连续若干次采样都超过阈值的价差。",
    "What perpetuals pay and paid, and where exchanges differ.": (
        "永续合约现在与过去的资金费率，以及交易所之间的差异。"
    ),
    "What history has, what it lacks and why; backfill.": "历史数据有什么、缺什么、为什么；回补。",
    "Connections, limits, lists, this process, its database.": (
        "连接、限额、列表、本进程及其数据库。"
    ),
}

_GROUPS = {
    "Boards": "面板",
    "Everywhere": "任何地方",
    "The program": "程序",
    "In a table": "表格内",
    "Of a table": "表格",
    "Days": "日期",
    "History": "历史",
}

_ACTIONS = {
    "One row up": "上移一行",
    "One row down": "下移一行",
    "One page up": "上翻一页",
    "One page down": "下翻一页",
    "Half a page up": "上翻半页",
    "Half a page down": "下翻半页",
    "First row": "第一行",
    "Last row": "最后一行",
    "Open the row": "打开该行",
    "Filter: text, sum>5 & up<9, !text, !(…)": "筛选：文字、sum>5 & up<9、!文字、!(…)",
    "Clear the filter": "清除筛选",
    "Columns: which, in which order, what they mean": "列：显示哪些、顺序、含义",
    "Sort by the previous column": "按前一列排序",
    "Sort by the next column": "按后一列排序",
    "Invert the order": "反转顺序",
    "Copy the row (OSC 52, and to a file)": "复制该行（OSC 52，并写入文件）",
    "Copy the table (OSC 52, and to a file)": "复制表格（OSC 52，并写入文件）",
    "Other pairs: perps, spot and perp, spots": "其他配对：永续、现货与永续、现货",
    "Other coins: all, >= 0.1 %, majors, ...": "其他币种：全部、>= 0.1 %、主流……",
    "Only the coin under the cursor, and back": "只看光标所在币种，再按返回",
    "Other bars (1m 5m 15m 1h); a coin's": "其他 K 线周期（1m 5m 15m 1h）；币种页亦可",
    "Another exchange's bars; a coin's": "其他交易所的 K 线；币种页亦可",
    "Why a coin is here, or why it is not": "某币种为何在此，或为何不在",
    "The forming bar, or the closed one": "未收盘的 K 线，或已收盘的",
    "Also those without a reason, or not": "是否也显示没有理由的",
    "By size, or by change": "按规模或按变化",
    "The day before": "前一天",
    "The day after": "后一天",
    "Pick a day or days in a calendar; or type -7d": "在日历中选日期，或输入 -7d",
    "A longer time: more days, or hours": "更长时间：更多天或小时",
    "A shorter time": "更短时间",
    "Back to the usual time": "恢复默认时间",
    "Export what is shown": "导出所显示的内容",
    "Fill days from the exchange": "从交易所回补日期",
    "Stop the running backfill": "停止正在进行的回补",
    "All keys; type to filter them": "所有按键；输入可筛选",
    "Explain this board: columns, units, sources": "说明本面板：列、单位、来源",
    "Type a command": "输入命令",
    "The event log": "事件日志",
    "Freeze the display, not the engine": "冻结显示（引擎继续运行）",
    "Times in the board's zone, UTC, or local": "时间按面板时区、UTC 或本地",
    "Next panel": "下一个表格",
    "Previous panel": "上一个表格",
    "One step back": "返回一步",
    "Leave; twice where recording ends": "退出；会停止记录时按两次",
    "recording ends here too: {key} again to quit (a daemon keeps it going)": (
        "记录也会就此停止：再按一次 {key} 退出（守护进程可继续记录）"
    ),
    "Leave, from anywhere": "随时退出",
    "Stop the process; fg brings it back": "挂起进程；fg 恢复",
    "Mouse on or off (off: text can be selected)": "开关鼠标（关闭时可选取文字）",
    "Write the whole screen again": "重绘整个屏幕",
}

_FOOTER = {
    "up": "上",
    "down": "下",
    "page up": "上页",
    "page down": "下页",
    "half up": "上半页",
    "half down": "下半页",
    "first": "首行",
    "last": "末行",
    "open": "打开",
    "filter": "筛选",
    "clear": "清除",
    "columns": "列",
    "sort": "排序",
    "invert": "反转",
    "copy": "复制",
    "copy all": "复制全部",
    "pairs": "配对",
    "coins": "币种",
    "one": "单币",
    "bars": "周期",
    "venue": "交易所",
    "why": "为何",
    "forming": "未收盘",
    "all": "全部",
    "size": "规模",
    "day": "日期",
    "date": "日历",
    "range": "范围",
    "shorter": "缩短",
    "reset": "复位",
    "export": "导出",
    "backfill": "回补",
    "stop": "停止",
    "keys": "按键",
    "help": "帮助",
    "command": "命令",
    "events": "事件",
    "freeze": "冻结",
    "go on": "继续",
    "zone": "时区",
    "panel": "表格",
    "back": "返回",
    "quit": "退出",
    "mouse": "鼠标",
    "repaint": "重绘",
}

_HELP = {
    "Keys": "按键",
    "type to filter, Esc leaves": "输入可筛选，Esc 退出",
    "↑ ↓ scroll, Esc leaves": "↑ ↓ 滚动，Esc 退出",
    "Columns": "列",
    "no key matches": "没有匹配的按键",
    "Keys that the settings changed": "设置中更换过的按键",
    "Also called {names}.": "也可写作 {names}。",
    "{group}, not here and now": "{group}（此时此处不可用）",
    'Other keys: in the settings\' table [ui.keys], lines like freeze = "f" with the name at '
    "the right (a wide terminal shows it). `tui-monitor config path` names the file.": (
        '更换按键：在设置的 [ui.keys] 表中写 freeze = "f" 这样的行，名称见右侧'
        "（宽终端才显示）。`tui-monitor config path` 会给出文件位置。"
    ),
    "filter": "筛选",
    "keep the filter": "保留筛选",
    "clear it": "清除",
}

_COMMANDS = {
    "Command": "命令",
    "Another board": "切换面板",
    "A day: 2026-01-04, 01-04, today, yesterday, -7d": (
        "某一天：2026-01-04、01-04、today、yesterday、-7d"
    ),
    "A range of days, or 7d for the last seven": "一段日期；7d 为最近七天",
    "The page of a coin: its prices everywhere": "币种页：它在各处的价格",
    "Filter the table": "筛选表格",
    "Which markets the spreads pair": "价差配对哪些市场",
    "Which coins the spreads show": "价差显示哪些币种",
    "Why a coin is among the anomalies, or why not": "某币种为何出现在异动中，或为何没有",
    "The length of the anomalies' bars": "异动所用 K 线的周期",
    "Whose perpetuals the anomalies are of": "异动取哪家交易所的永续合约",
    "Write a file of what is shown": "把所显示的内容写入文件",
    "Colours of rises and falls": "涨跌颜色",
    "Leave": "退出",
    "Sort the table": "给表格排序",
    "Colours of the screens": "界面颜色",
    "Another language, until the end": "切换语言，直到退出",
    "Tab completes · ↑ the one before · Esc leaves": "Tab 补全 · ↑ 上一条 · Esc 退出",
    "sort by which column, and how?": "按哪一列、如何排序？",
    "sort COLUMN [asc|desc]": "sort 列 [asc|desc]",
    "which language?": "哪种语言？",
    "Language": "语言",
    "Chinese: 简体中文": "简体中文 (Chinese)",
    "English: 英文": "英文 (English)",
    "no column {name} to sort by": "没有可排序的列 {name}",
    "no table here": "这里没有表格",
}

_DIALOGS = {
    "Day or days": "日期",
    "day, or first and last": "某一天，或起止两天",
    **dict(
        zip(
            ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"),
            ("一", "二", "三", "四", "五", "六", "日"),
            strict=True,
        )
    ),
    **{
        month: f"{number} 月"
        for number, month in enumerate(
            (
                *("January", "February", "March", "April", "May", "June", "July"),
                *("August", "September", "October", "November", "December"),
            ),
            1,
        )
    },
    "{month} {year}": "{year} 年 {month}",
    "● all stored  ◐ a part  · nothing": "● 全部已存  ◐ 部分  · 没有",
    "what is stored is not known: {why}": "不知道存了什么：{why}",
    "← ↑ ↓ → PgUp PgDn move · Space begins a range · or type\n"
    "2026-01-04 · 01-04 · today · -7d · 7d · 01-03 01-16": (
        "← ↑ ↓ → PgUp PgDn 移动 · Space 开始选一段 · 或输入\n"
        "2026-01-04 · 01-04 · today · -7d · 7d · 01-03 01-16"
    ),
    "Export": "导出",
    "what ({kinds})": "内容（{kinds}）",
    "format ({formats})": "格式（{formats}）",
    "days, first and last": "起止日期",
    "Tab goes on · Enter writes the file, its path is shown": (
        "Tab 下一项 · Enter 写入文件并显示路径"
    ),
    "Backfill": "回补",
    "first day": "第一天",
    "last day": "最后一天",
    "Fills what is missing from the exchange's 30-minute bars.\n"
    "{stop} stops it; the same days again go on from there.": (
        "用交易所的 30 分钟 K 线补齐缺失的数据。\n{stop} 停止；再次指定同样的日期可继续。"
    ),
    "Enter or y: yes · Esc or n: no": "Enter 或 y：是 · Esc 或 n：否",
    "coin or symbol": "币种或合约代码",
    "BTC · BTCUSDT · Esc leaves": "BTC · BTCUSDT · Esc 退出",
    "Enter or Esc leaves": "Enter 或 Esc 退出",
    "which coin?": "哪个币种？",
    "for instance BTC": "例如 BTC",
    "A backfill runs; started again, it goes on from there. Leave?": (
        "正在回补；下次启动会从那里继续。退出吗？"
    ),
    "can't export '{what}'": "无法导出 '{what}'",
    "no format '{format}'": "没有格式 '{format}'",
    "there is {names}": "可用：{names}",
    "there are {names}": "可用：{names}",
    "try again in a second": "请稍后再试",
    "the {board} board has no export": "{board} 面板没有可导出的内容",
    "{key} copies its table": "{key} 可复制表格",
    "the {board} board has no days": "{board} 面板没有日期",
    "it shows what is now": "它只显示当前",
    "{asked}: nothing to choose on the {board} board": "{asked}：{board} 面板没有可选项",
    "spreads has it": "价差面板才有",
    "today is the last day": "今天是最后一天",
    "'{day}' is not a day": "'{day}' 不是日期",
    "'{days}' is more than two days": "'{days}' 多于两天",
    "write 2026-01-03 2026-01-16": "请写 2026-01-03 2026-01-16",
    "{day} is in the future": "{day} 在未来",
    "today is {day}": "今天是 {day}",
    "{first} to {last} is too long": "{first} 至 {last} 太长",
    "{n} days at most": "最多 {n} 天",
    "which board?": "哪个面板？",
    "no board '{name}'": "没有面板 '{name}'",
    "no command '{word}'": "没有命令 '{word}'",
    "did you mean {word}?": "是不是 {word}？",
    "type to see what there is": "输入即可看到有哪些",
    "which colours?": "哪种颜色？",
    "no theme '{name}'": "没有配色 '{name}'",
    "export takes no '{word}'": "export 不接受 '{word}'",
    "what: {kinds}; format: {formats}; first and last day": (
        "内容：{kinds}；格式：{formats}；起止日期"
    ),
    "{word} takes no more words": "{word} 后面不能再有词",
    "there is '{word}' behind it": "后面有 '{word}'",
    "why is which coin here, or not?": "问哪个币种为何在此或不在？",
    "coin BTC opens its page; filter BTC filters the table": (
        "coin BTC 打开币种页；filter BTC 筛选表格"
    ),
}

_TOASTS = {
    "nothing to fill here": "这里没有可补充的数据",
    "no chart to read here": "这里没有可读的图",
    "{board} has no days": "{board} 没有日期",
    "{key}: only on {board}": "{key}：仅在 {board}",
    "{key}: no table has the keys": "{key}：当前没有表格在接收按键",
    "{what} is {key} now, by the settings": "按设置，{what} 现在是 {key}",
    "dialog|leave": "退出",
    "dialog|accept": "确定",
    "dialog|yes": "是",
    "dialog|no": "否",
    "dialog|open": "打开",
    "dialog|filter": "筛选",
    "dialog|sort": "排序",
    "view: {n} rows of {table}, as shown": "view：{table} 的 {n} 行，与显示一致",
    "{kind}: what is stored of the days": "{kind}：所选日期的存储数据",
    "no row to copy": "没有可复制的行",
    "{n} rows in {path}": "{n} 行，已写入 {path}",
    "backfill {first} to {last} has begun": "已开始回补 {first} 至 {last}",
    "backfill stopped": "回补已停止",
    "no backfill runs": "没有正在进行的回补",
    "failed: {why}": "失败：{why}",
    "copied the {what}; no file: {why}": "已复制{what}；未写入文件：{why}",
    "copied the {what}; also in {file}": "已复制{what}；同时写入 {file}",
    "the {what} are too much for the terminal's clipboard; they are in {file}": (
        "{what}超出终端剪贴板的容量，未复制；内容在 {file}"
    ),
    "the {what} are too much for the terminal's clipboard, and there is no file: {why}": (
        "{what}超出终端剪贴板的容量，也未写入文件：{why}"
    ),
    "row": "该行",
    "{n} rows": "{n} 行",
}

_TABLES = {
    "loading…": "加载中…",
    "{n} of {all}": "{n} / {all}",
    "no row matches /{filter}": "没有匹配 /{filter} 的行",
    "text, !text, {example}": "文字、!文字、{example}",
    "no column before {operator}": "{operator} 前没有列名",
    "filter|write {example}": "请写 {example}",
    "no column {name} to compare": "没有可比较的列 {name}",
    "{name} may be one of several": "{name} 可指多列",
    "{text} is neither a number nor a time": "{text} 既不是数字也不是时间",
    "filter|nothing after {text}": "{text} 后没有内容",
    "nothing to look for yet": "还没有要查找的内容",
    "no & or | before (": "( 前没有 & 或 |",
    "no ( before )": ") 前没有 (",
    "no ) yet": "还缺 )",
    "more than {n} brackets or ! in one another": "括号或 ! 嵌套超过 {n} 层",
    "nothing before {sign}": "{sign} 前没有内容",
    "write (a | b) & c": "请写 (a | b) & c",
    "write !(a | b)": "请写 !(a | b)",
    "text · {example} | (…) · ! is not; columns:": "文字 · {example} | (…) · ! 表示非；列：",
    "column|shown": "显示",
    "column|hidden": "隐藏",
    "column|no room": "放不下",
    "title": "标题",
    "name": "名称",
    "meaning": "含义",
    "Space show or hide · K J move · s sort · r reset · Esc leaves": (
        "Space 显示或隐藏 · K J 移动 · s 排序 · r 复位 · Esc 退出"
    ),
    "one column must stay": "至少要保留一列",
    "nothing sorts by this column": "此列不能排序",
    "the tables' layout can't be kept: {why}": "无法保存表格布局：{why}",
    "the tables' layout can't be read: {why}": "无法读取表格布局：{why}",
    "the tables' layout was unreadable; it is {file} now": "表格布局文件无法读懂，已改名为 {file}",
}

_EVENTS = {
    "Event log": "事件日志",
    "Enter shows a whole line, Esc leaves": "Enter 显示整行，Esc 退出",
    "nothing has happened yet": "还没有事件",
    "times": "次数",
    "level": "级别",
    "area": "部分",
    "what": "内容",
    "error": "错误",
    "warning": "警告",
    "info": "信息",
    "When it happened last.": "最近一次发生的时间。",
    "How often it happened.": "发生的次数。",
    "info, warning or error.": "信息、警告或错误。",
    "The part of the program.": "程序的哪一部分。",
    "What happened.": "发生了什么。",
}

WORDS: dict[str, str] = {
    **_BOARDS,
    **_GROUPS,
    **_ACTIONS,
    **{f"key|{short}": said for short, said in _FOOTER.items()},
    **_HELP,
    **_COMMANDS,
    **_DIALOGS,
    **_TOASTS,
    **_TABLES,
    **_EVENTS,
}
