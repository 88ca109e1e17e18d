"""The frame: top line, status line, footer, dialogs, common words."""

WORDS: dict[str, str] = {
    # The lights: how an exchange does.
    "live": "实时",
    "starting": "启动中",
    "bridged": "REST 代替",
    "silent": "静默",
    "down": "断开",
    "banned": "封禁",
    "failed": "失败",
    "off": "未启用",
    "silent {clock}": "静默 {clock}",
    "down {clock}": "断开 {clock}",
    "banned {clock}": "封禁 {clock}",
    "failed {clock}": "失败 {clock}",
    "{clock} left": "剩 {clock}",
    "{reason}, REST stands in": "{reason}，由 REST 代替",
    # The figures.
    "status|coins": "币",
    "status|nodes": "节点",
    "status|oldest": "最旧",
    "status|backfill": "回补",
    "status|fill": "回补",
    "{n} msg/s": "{n} 条/秒",
    # The banners.
    "FROZEN, {n} behind": "已冻结，落后 {n}",
    "DEMO": "演示",
    "SIMULATOR": "模拟",
    "ATTACHED": "已连接到引擎",
    "REC paused": "未录制",
    "REC paused: {reason}": "未录制：{reason}",
    "FAILED: {names}": "失败：{names}",
    "the engine has not answered yet": "引擎尚未应答",
    "the engine stopped: {reason}": "引擎已停止：{reason}",
    "mouse on": "鼠标已开启",
    "mouse off: text can be selected": "鼠标已关闭：可以选择文字",
    "no shell here could bring the program back": "此处没有 shell 能让程序返回前台",
}
