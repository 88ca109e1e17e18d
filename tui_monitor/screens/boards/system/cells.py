"""Cells that the system board's tables share."""

from rich.style import Style

from tui_monitor.boards.system import SEVERITY
from tui_monitor.model import FeedState
from tui_monitor.screens.looks.format import ABSENT, count, duration
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.status import mark
from tui_monitor.screens.widgets.columns import Cell
from tui_monitor.words import t


def severity(state: FeedState) -> float:
    """What a state sorts by: the worse, the higher."""
    return float(SEVERITY.index(state))


def state_cell(state: FeedState, looks: Looks) -> Cell:
    """Glyph and word."""
    glyph, style = mark(state, looks)
    return Cell(f"{glyph} {t(state.value, 'feed')}", style)


def age_cell(age_s: int | None, looks: Looks, style: Style | None = None) -> Cell:
    """Whole seconds, then minutes."""
    if age_s is None:
        return Cell(ABSENT, looks.faint)
    return Cell("<1s" if age_s < 1 else _whole(age_s), style or looks.text)


def _whole(seconds: int) -> str:
    return f"{seconds}s" if seconds < 60 else duration(seconds)


def number_cell(
    value: float | None, looks: Looks, digits: int = 0, style: Style | None = None
) -> Cell:
    """A number, or the dash."""
    if value is None:
        return Cell(ABSENT, looks.faint)
    return Cell(f"{value:,.{digits}f}", style or looks.text)


def rate_cell(value: float | None, looks: Looks) -> Cell:
    """Messages a second in at most five characters."""
    if value is None:
        return Cell(ABSENT, looks.faint)
    return Cell(count(value) if value >= 1_000 else f"{value:.{0 if value >= 100 else 1}f}", None)


def some_cell(value: int, looks: Looks, style: Style) -> Cell:
    """A count that is of interest only where there is one."""
    return Cell(f"{value:,}", style) if value else Cell(ABSENT, looks.faint)
