"""Attached terminals: what they say of their engine."""

WORDS: dict[str, str] = {
    # The toasts of settings that were read again.
    "{name} is {value} now": "{name} 现为 {value}",
    "{name} stays as it was until the next start": "{name} 下次启动时才改变",
    "{name} stays as it was until each terminal's next start": "{name} 在各终端下次启动时才改变",
    "{name} is for terminals: those that read this file take it up": (
        "{name} 属于终端：读取此文件的终端会自行采用"
    ),
    "nothing has changed: {why}": "没有改变：{why}",
    "read again, nothing is other than it was": "已重新读取，没有改变",
    "{n} more in the event log (!)": "另有 {n} 条见事件日志（!）",
    # A daemon that is watched over the network, and goes away.
    "what is shown is {age} s old: {why}": "画面已是 {age} 秒前：{why}",
    "looking for it, q leaves": "正在重新连接，按 q 退出",
    "{url} has gone": "{url} 已断开",
    "attached again after {age} s, nothing of the board was missed": (
        "{age} 秒后重新连上，看板没有遗漏"
    ),
    "attached again after {age} s, what the board showed meanwhile is not known": (
        "{age} 秒后重新连上，其间看板的变化未知"
    ),
    "attached again after {age} s, {n} states of the board were missed": (
        "{age} 秒后重新连上，其间错过看板 {n} 次变化"
    ),
    "{url} has not answered yet": "{url} 尚未应答",
    "nothing answers at {url}: {why}": "{url} 无应答：{why}",
    "there is no host {host}": "没有主机 {host}",
    "{url} gave no answer within {age} s": "{url} 在 {age} 秒内没有应答",
    "{url} is busy: {why}": "{url} 繁忙：{why}",
    "{url} wants a token": "{url} 需要令牌",
    "{url} refuses the token in {file}": "{url} 拒绝 {file} 中的令牌",
    "{url} refuses: {why}": "{url} 拒绝：{why}",
    "another program answers at {url}": "{url} 上是别的程序",
    "another program answers at {url} ({how})": "{url} 上是别的程序（{how}）",
    "the engine has not answered for {age} s": "引擎已 {age} 秒没有应答",
    "its process is stopped or too busy": "其进程已停止或过于繁忙",
    "the engine has gone": "引擎已离开",
    "looking for another one": "正在寻找另一个",
    "{why}, and none can run here: {reason}": "{why}，这里也无法运行引擎：{reason}",
    "waiting for another one": "正在等待另一个",
    "the engine here runs on {theirs} data, this terminal would on {ours} data: it only looks on, "
    "and will not take over": (
        "这里的引擎用的是 {theirs} 数据，本终端要的是 {ours} 数据：只能旁观，不会接管"
    ),
    "what is shown is {age} s old: of {wanted} exchanges {live} are live again": (
        "画面已是 {age} 秒前：{wanted} 家交易所中 {live} 家已恢复实时"
    ),
    "no engine would begin on these settings, this only looks on: {why}": (
        "引擎无法以这些设置启动，这里只是旁观：{why}"
    ),
    # Exports that are brought here.
    "the export has {size} bytes, over the wire go {most} at most": (
        "导出有 {size} 字节，网络上最多传 {most} 字节"
    ),
    "choose fewer days, or run `tui-monitor export` where the daemon runs": (
        "请少选几天，或在守护进程所在的机器上运行 `tui-monitor export`"
    ),
}
