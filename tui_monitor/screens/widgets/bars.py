"""Amounts above and below a line, a column a time: stacked bars in block characters. Pure, and its
widget.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui_monitor.screens.looks.format import fit
from tui_monitor.screens.looks.looks import Looks, looks_of

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_NONE = Style()


@dataclass(frozen=True)
class Bar:
    """Two amounts of one step; None where nobody heard. `whole` False: heard in part."""

    above: float | None
    below: float | None
    whole: bool = True


@dataclass(frozen=True, kw_only=True)
class Bars:
    """What to draw: steps of equal length, one after the other. `version` changes with the data.

    `gutter` is the width of the labels on the left, so that it stands under a chart; `names` are
    what is above and what is below.
    """

    version: Hashable
    bars: Sequence[Bar]
    gutter: int
    names: tuple[str, str]
    stale: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """Differs where the picture does."""
        return (self.version, self.gutter, self.names, self.stale)


@dataclass
class _Column:
    above: float = 0.0
    below: float = 0.0
    heard: bool = False
    whole: bool = True

    def take(self, bar: Bar) -> None:
        """Add one step's; what nobody heard of it leaves the column in part."""
        if bar.above is None or bar.below is None:
            self.whole = False
            return
        self.above += bar.above
        self.below += bar.below
        self.heard = True
        self.whole = self.whole and bar.whole


def paint_bars(bars: Bars, width: int, height: int, looks: Looks) -> list[list[Segment]]:
    """`height` lines of exactly `width` cells, the middle one the zero line.

    A column sums up what falls into it. The zero line is drawn where it was heard, dashed where
    in part, and missing where nobody heard: a gap.
    """
    room = width - bars.gutter - 1
    if height < 3 or room < 10:
        return [[Segment(" " * width, _NONE)] for _ in range(height)]
    columns = _columns(bars, room)
    up, down = height // 2, height - height // 2 - 1
    top = max((one.above for one in columns), default=0.0)
    bottom = max((one.below for one in columns), default=0.0)
    most = max(top, bottom) or 1.0
    lines = [
        _line(bars, [_risen(one.above, most, up, row) for one in columns], looks, row == up - 1)
        for row in reversed(range(up))
    ]
    lines.append(_zero(bars, columns, looks))
    lines += [
        _hanging(bars, [_hung(one.below, most, down, row) for one in columns], looks, row == 0)
        for row in range(down)
    ]
    return lines


def _columns(bars: Bars, room: int) -> list[_Column]:
    """Steps of equal length: several make a column, or one is some columns wide."""
    steps = bars.bars
    many = len(steps) > room
    columns = [_Column() for _ in range(room)]
    for place in range(max(room, len(steps)) if steps else 0):
        column = columns[place * room // len(steps) if many else place]
        column.take(steps[place if many else place * len(steps) // room])
    return columns


def _risen(value: float, most: float, rows: int, row: int) -> int:
    """Eighths of a cell, `row` 0 is next to the zero line."""
    eighths = round(value / most * rows * 8)
    if value > 0:
        eighths = max(1, eighths)
    return max(0, min(8, eighths - row * 8))


def _hung(value: float, most: float, rows: int, row: int) -> int:
    """Halves of a cell, from above."""
    halves = round(value / most * rows * 2)
    if value > 0:
        halves = max(1, halves)
    return max(0, min(2, halves - row * 2))


def _line(bars: Bars, cells: list[int], looks: Looks, named: bool) -> list[Segment]:
    style = looks.dim if bars.stale else looks.up
    return _framed(bars, "".join(_EIGHTHS[cell] for cell in cells), style, looks, named, 0)


def _hanging(bars: Bars, cells: list[int], looks: Looks, named: bool) -> list[Segment]:
    style = looks.dim if bars.stale else looks.down
    return _framed(bars, "".join(" ▀█"[cell] for cell in cells), style, looks, named, 1)


def _framed(
    bars: Bars, text: str, style: Style, looks: Looks, named: bool, name: int
) -> list[Segment]:
    label = bars.names[name] if named else ""
    return [
        Segment(fit(label, bars.gutter - 1, "right") + " ", looks.dim),
        Segment(text, style),
        Segment(" ", _NONE),
    ]


def _zero(bars: Bars, columns: Sequence[_Column], looks: Looks) -> list[Segment]:
    text = "".join(("─" if one.whole else "╌") if one.heard else " " for one in columns)
    return _framed(bars, text, looks.faint, looks, False, 0)


class BarsView(Widget):
    """Bars on screen: painted again only when data, size or looks change."""

    DEFAULT_CSS = "BarsView { width: 1fr; height: 5; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._bars: Bars | None = None
        self._drawn_for: tuple[object, ...] = ()
        self._strips: list[Strip] = []

    def show(self, bars: Bars) -> None:
        """Draw these."""
        if self._bars is None or bars.key != self._bars.key:
            self._bars = bars
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        looks = looks_of(self)
        width, height = self.size
        if self._bars is None:
            return Strip.blank(width, self.rich_style)
        key = (self._bars.key, width, height, looks)
        if key != self._drawn_for:
            self._drawn_for = key
            ground = self.rich_style
            self._strips = [
                Strip(line, width).apply_style(ground)
                for line in paint_bars(self._bars, width, height, looks)
            ]
        return self._strips[y] if y < len(self._strips) else Strip.blank(width, self.rich_style)
