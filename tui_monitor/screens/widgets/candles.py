"""Candles in character cells: the pure painter and its widget.

A rising bar has a thin body (┃), a falling one a full body (█), as the hollow and the filled ones
on paper: they are told apart without colours. A place is half a cell high. Where there is no bar
there is nothing; below are the turnovers, on the right the prices.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui_monitor.model import CandleRow
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import Looks, looks_of
from tui_monitor.screens.widgets.candle_words import of_bar, of_no_bar
from tui_monitor.screens.widgets.plot import readout
from tui_monitor.screens.widgets.reading import Place, ReadChart
from tui_monitor.screens.widgets.scale import ValueScale, nice_step, time_ticks
from tui_monitor.screens.widgets.sheet import Sheet, empty_lines, time_axis

_NONE = Style()
_EIGHTHS = "▁▂▃▄▅▆▇█"
# By what the upper and the lower half of a cell hold: nothing, wick, body.
_NOTHING, _WICK, _BODY = 0, 1, 2
_RISING = ((" ", "╷", "╻"), ("╵", "│", "╽"), ("╹", "╿", "┃"))
# There is no block with a wick on it: the half that has a body is drawn.
_FALLING = ((" ", "╷", "▄"), ("╵", "│", "▄"), ("▀", "▀", "█"))
# Wider apart, bars are no line any more: then columns on the left stay empty.
_WIDEST = 6
_VOLUME_ROWS = 2
# With fewer rows the turnovers would leave the candles no room.
_LEAST_WITH_VOLUME = 10
_MARGIN = 0.04
_LEAST_LABELS = 2
# A chart of fewer lines has none to give to the words of what is read.
_LEAST_READ = 6


@dataclass(frozen=True, kw_only=True)
class Candles:
    """What to draw: up to `count` places of `bar_ms`, the newest of which began at `newest_ms`.

    What has no bar stays empty. `marked_ms` is the bar that is looked at, `mark` what is said of
    it. `forming_ms` is the bar that is not over; it is drawn grey, and its time with an ellipsis
    stands below it. `version` changes with the data; `stale` greys all.
    """

    version: Hashable
    bars: Sequence[CandleRow]
    bar_ms: int
    newest_ms: int
    count: int
    zone: ShownZone
    marked_ms: int | None = None
    mark: str = ""
    forming_ms: int | None = None
    stale: bool = False
    empty: str = ""


def paint_candles(
    candles: Candles, width: int, height: int, looks: Looks, read_ms: int | None = None
) -> list[list[Segment]]:
    """The chart as `height` lines of exactly `width` cells, the newest bar on the right.

    Bars are evenly apart and fill the width; of more than have a column the newest are drawn.
    `read_ms` is the bar that a cursor is on.
    """
    rows = height - 1
    bars = _bars(candles)
    plan = _plan_for(candles, width, height, looks)
    if plan is None:
        return empty_lines("" if bars else candles.empty, width, height, looks)
    gutter = width - plan.sheet.columns
    labels = _labels(plan.scale, plan.rows)
    ticks = plan.ticks()
    plan.draw(bars, labels, [column for column, _ in ticks], read_ms)
    lines = [
        [*plan.sheet.line(y), Segment(" " + labels.get(y, "").rjust(gutter - 1), looks.dim)]
        for y in range(rows)
    ]
    return [*lines, time_axis([*plan.forming_tick(), *ticks], 0, width, looks)]


def _bars(candles: Candles) -> list[CandleRow]:
    return [one for one in candles.bars if one.open_ms <= candles.newest_ms]


def _plan_for(candles: Candles, width: int, height: int, looks: Looks) -> "_Plan | None":
    """Where all lies; None where there is nothing to draw, or no room."""
    bars, rows = _bars(candles), height - 1
    if rows < 3 or width < 24 or not bars:
        return None
    return _planned(candles, bars, width, rows, looks)


def places_of(candles: Candles, width: int, height: int, looks: Looks) -> list[Place]:
    """Every bar's place from the oldest that has a column on, whether there is a bar or not."""
    plan = _plan_for(candles, width, height, looks)
    if plan is None:
        return []
    times = range(plan.first_ms, candles.newest_ms + 1, candles.bar_ms)
    return [Place(ms, plan.column(ms)) for ms in times]


def _planned(
    candles: Candles, bars: Sequence[CandleRow], width: int, rows: int, looks: Looks
) -> "_Plan":
    """The scale is of the bars that are shown, which depends on how wide its labels are."""
    volume_rows = _VOLUME_ROWS if rows >= _LEAST_WITH_VOLUME else 0
    scale = price_scale(bars, rows - volume_rows)
    gutter = _gutter(scale)
    for _ in range(2):
        plan = _Plan(candles, scale, Sheet(width - gutter, rows), looks, volume_rows)
        scale = price_scale(plan.shown_of(bars) or bars, plan.rows)
        gutter = max(gutter, _gutter(scale))
    plan.scale = scale
    return plan


def price_scale(bars: Sequence[CandleRow], rows: int) -> ValueScale:
    """From the lowest low to the highest high, whatever the size of the price."""
    low, high = min(one.low for one in bars), max(one.high for one in bars)
    if high <= low:
        low, high = low * 0.999, (high or 1.0) * 1.001
    margin = (high - low) * _MARGIN
    low, high = low - margin, high + margin
    wanted = max(3, rows // 3)
    scales = (ValueScale(low, high, _nice(high - low, wanted + more)) for more in range(9))
    return next(one for one in scales if len(one.ticks()) >= _LEAST_LABELS)


def _nice(span: float, ticks: int) -> float:
    """`nice_step` compares with a fixed tiny number, so small spans are made large first."""
    power = 1.0
    while span * power < 1:
        power *= 10
    return nice_step(span * power, ticks) / power


def _labels(scale: ValueScale, rows: int) -> dict[int, str]:
    digits = _digits(scale.step)
    labels: dict[int, str] = {}
    for value in scale.ticks():
        labels.setdefault(scale.place(value, rows), f"{value:,.{digits}f}")
    return labels


def _gutter(scale: ValueScale) -> int:
    digits = _digits(scale.step)
    return max(len(f"{value:,.{digits}f}") for value in (scale.low, scale.high)) + 1


def _digits(step: float) -> int:
    """Decimals that a step needs."""
    digits = 0
    while digits < 14 and abs(round(step, digits) - step) > step * 1e-6:
        digits += 1
    return digits


class _Plan:
    """One drawing in the making."""

    def __init__(
        self, candles: Candles, scale: ValueScale, sheet: Sheet, looks: Looks, volume_rows: int
    ) -> None:
        self.candles, self.scale, self.sheet, self.looks = candles, scale, sheet, looks
        self.volume_rows = volume_rows
        self.rows = sheet.rows - volume_rows
        # Rounded up: rather some of the oldest bars are away than columns empty.
        self.step = max(1, min(_WIDEST, -(-sheet.columns // max(1, candles.count))))
        self.newest_column = sheet.columns - self.step + self.step // 2
        self.shown = min(candles.count, self.newest_column // self.step + 1)
        self.first_ms = candles.newest_ms - (self.shown - 1) * candles.bar_ms

    def shown_of(self, bars: Sequence[CandleRow]) -> list[CandleRow]:
        """Those that have a column."""
        return [one for one in bars if one.open_ms >= self.first_ms]

    def column(self, ms: int) -> int:
        """The column of the bar that a time falls into."""
        place = (ms - self.first_ms) // self.candles.bar_ms
        return self.newest_column - (self.shown - 1 - place) * self.step

    def ticks(self) -> list[tuple[int, str]]:
        """Columns of round times, with their labels."""
        wide = self.shown * self.step
        found = time_ticks(self.first_ms, self.candles.newest_ms, wide, self.candles.zone)
        return [(self.column(ms), text) for ms, text in found]

    def forming_tick(self) -> list[tuple[int, str]]:
        """That of the bar that is not over."""
        ms = self.candles.forming_ms
        if ms is None or not self.first_ms <= ms <= self.candles.newest_ms:
            return []
        return [(self.column(ms), f"{self.candles.zone.format(ms)}…")]

    def draw(
        self,
        bars: Sequence[CandleRow],
        labels: dict[int, str],
        ticks: Sequence[int],
        read_ms: int | None,
    ) -> None:
        """All layers, from below."""
        bars = self.shown_of(bars)
        self._grid(labels, ticks)
        self._mark_below()
        if read_ms is not None:
            for y in range(self.rows):
                self.sheet.put(self.column(read_ms), y, "│", self.looks.accent)
        for bar in bars:
            self._candle(bar)
        self._volumes(bars)
        self._mark_word()

    def _grid(self, labels: dict[int, str], ticks: Sequence[int]) -> None:
        for y in labels:
            for x in range(self.sheet.columns):
                self.sheet.put(x, y, "┈", self.looks.grid)
        for x in ticks:
            for y in range(self.rows):
                self.sheet.put(x, y, "┊", self.looks.grid)

    def _marked(self) -> int | None:
        ms = self.candles.marked_ms
        if ms is None or not self.first_ms <= ms <= self.candles.newest_ms:
            return None
        return self.column(ms)

    def _mark_below(self) -> None:
        """A line that the bar itself covers."""
        x = self._marked()
        if x is not None:
            for y in range(self.rows):
                self.sheet.put(x, y, "╎", self.looks.accent)

    def _mark_word(self) -> None:
        x = self._marked()
        if x is None or not self.candles.mark:
            return
        text = f" {self.candles.mark} "
        # Where the bars of its column leave the most room.
        free = {y for y in range(self.rows) if self.sheet.chars[y][x] == "╎"}
        y = 0 if 0 in free or self.rows - 1 not in free else self.rows - 1
        before = x + 1 + cell_len(text) > self.sheet.columns
        self.sheet.write(x - cell_len(text) if before else x + 1, y, text, self.looks.accent)

    def _style(self, bar: CandleRow) -> Style:
        if self.candles.stale or bar.open_ms == self.candles.forming_ms:
            return self.looks.dim
        return self.looks.up if bar.close >= bar.open else self.looks.down

    def _candle(self, bar: CandleRow) -> None:
        halves = self.rows * 2
        top, bottom = self.scale.place(bar.high, halves), self.scale.place(bar.low, halves)
        body = sorted(self.scale.place(price, halves) for price in (bar.open, bar.close))
        shapes = _RISING if bar.close >= bar.open else _FALLING
        x, style = self.column(bar.open_ms), self._style(bar)

        def part(half: int) -> int:
            if body[0] <= half <= body[1]:
                return _BODY
            return _WICK if top <= half <= bottom else _NOTHING

        for y in range(top // 2, bottom // 2 + 1):
            self.sheet.put(x, y, shapes[part(2 * y)][part(2 * y + 1)], style)

    def _volumes(self, bars: Sequence[CandleRow]) -> None:
        """Turnovers from the bottom up, against the highest one; none where it is unknown."""
        most = max((one.turnover_usd or 0.0 for one in bars), default=0.0)
        if not self.volume_rows or most <= 0:
            return
        for bar in bars:
            if bar.turnover_usd is None:
                continue
            eighths = round(bar.turnover_usd / most * self.volume_rows * 8)
            eighths = max(1, eighths) if bar.turnover_usd > 0 else 0
            marked = bar.open_ms == self.candles.marked_ms
            style = self.looks.accent if marked else self.looks.faint
            for row in range(self.volume_rows):
                filled = min(8, eighths - row * 8)
                if filled > 0:
                    x, y = self.column(bar.open_ms), self.sheet.rows - 1 - row
                    self.sheet.put(x, y, _EIGHTHS[filled - 1], style)


class CandlesView(ReadChart):
    """Candles on screen: painted again only when data, size, looks or the cursor change."""

    DEFAULT_CSS = "CandlesView { width: 1fr; height: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.drawings = 0
        self._candles: Candles | None = None
        self._empty = ""
        self._drawn_for: tuple[object, ...] = ()
        self._strips: list[Strip] = []
        self._placed_for: tuple[object, ...] = ()
        self._places: list[Place] = []

    @property
    def candles(self) -> Candles | None:
        """What is shown."""
        return self._candles

    def show(self, candles: Candles) -> None:
        """Draw these; nothing happens if they are drawn already."""
        if self._candles is not None and _key(candles) == _key(self._candles):
            return
        self._candles = candles
        self.refresh()

    def clear(self, empty: str) -> None:
        """Show nothing for now, and why."""
        if self._candles is not None or self._empty != empty:
            self._candles, self._drawn_for, self._empty = None, (), empty
            self.refresh()

    def places(self) -> Sequence[Place]:
        """The places of bars, those of missing ones, too."""
        if self._candles is None:
            return ()
        width, height = self.size
        key = (_key(self._candles), width, height)
        if key != self._placed_for:
            self._placed_for = key
            self._places = places_of(self._candles, width, height, looks_of(self))
        return self._places

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        looks = looks_of(self)
        width, height = self.size
        if self._candles is None:
            (line,) = empty_lines(self._empty if y == (height - 1) // 2 else "", width, 1, looks)
            return Strip(line, width).apply_style(self.rich_style)
        key = (_key(self._candles), width, height, looks, self.read_ms)
        if key != self._drawn_for:
            self._drawn_for = key
            ground = self.rich_style
            self._strips = [
                Strip(line, width).apply_style(ground) for line in self._lines(self._candles)
            ]
        return self._strips[y] if y < len(self._strips) else Strip.blank(width, self.rich_style)

    def _lines(self, candles: Candles) -> list[list[Segment]]:
        self.drawings += 1
        looks, read_ms = looks_of(self), self.read_ms
        width, height = self.size
        if read_ms is None or height < _LEAST_READ:
            return paint_candles(candles, width, height, looks, read_ms)
        said = readout(_words(candles, read_ms), width, looks)
        return [said, *paint_candles(candles, width, height - 1, looks, read_ms)]


def _words(candles: Candles, read_ms: int) -> str:
    """The bar that is read."""
    bar = next((one for one in candles.bars if one.open_ms == read_ms), None)
    forms = read_ms == candles.forming_ms
    said = of_no_bar() if bar is None else of_bar(bar, forms=forms)
    return f"{candles.zone.format(read_ms, '%m-%d %H:%M')}  {said}"


def _key(candles: Candles) -> tuple[object, ...]:
    marked = (candles.marked_ms, candles.mark, candles.forming_ms)
    grid = (candles.newest_ms, candles.count, candles.bar_ms)
    return (candles.version, grid, marked, candles.zone.name, candles.stale, candles.empty)
