"""The table of all faults in the tests' output, whoever ran them."""

from typing import Any

PROPERTY = "fault"
_LEGEND = "seen after s / R: REST stood in / well again after s"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Write it; with several workers their reports have come to this process."""
    cells: dict[tuple[str, str], str] = {}
    for category in ("passed", "failed"):
        for report in terminalreporter.stats.get(category, []):
            for name, value in getattr(report, "user_properties", ()):
                if name == PROPERTY and report.when == "call":
                    cells[value[0], value[1]] = value[2]
    if cells:
        terminalreporter.section(f"faults: {_LEGEND}")
        for line in table_of(cells):
            terminalreporter.write_line(line)


def table_of(cells: dict[tuple[str, str], str]) -> list[str]:
    """Kinds down, exchanges across."""
    exchanges = sorted({exchange for exchange, _ in cells})
    kinds = sorted({kind for _, kind in cells})
    wide = max(len(kind) for kind in kinds)
    lines = [" ".join(["".ljust(wide), *(name.ljust(18) for name in exchanges)])]
    for kind in kinds:
        shown = (cells.get((name, kind), "").ljust(18) for name in exchanges)
        lines.append(" ".join([kind.ljust(wide), *shown]).rstrip())
    return lines
