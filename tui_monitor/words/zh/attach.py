"""Attached terminals: what they say of their engine."""

WORDS: dict[str, str] = {
    # The toasts of settings that were read again.
    "{name} is {value} now": "{name} 现为 {value}",
    "{name} stays as it was until the next start": "{name} 下次启动时才改变",
    "{name} stays as it was until each terminal's next start": "{name} 在各终端下次启动时才改变",
    "nothing has changed: {why}": "没有改变：{why}",
    "read again, nothing is other than it was": "已重新读取，没有改变",
    "{n} more in the event log (!)": "另有 {n} 条见事件日志（!）",
}
