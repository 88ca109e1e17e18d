"""简体中文, a module an area; together they are one dictionary."""

from importlib import import_module

AREAS = (
    *("frame", "keys", "attach", "sum_curve", "liquidations", "anomalies", "picks", "interest"),
    *("spreads", "signals", "funding", "coverage", "system", "coin", "engine", "charts"),
    *("reports", "wire"),
)

WORDS: dict[str, str] = {
    english: chinese
    for area in AREAS
    for english, chinese in import_module(f"tui_monitor.words.zh.{area}").WORDS.items()
}
