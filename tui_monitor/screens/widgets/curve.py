"""A chart as lines of segments: the pure painter behind the chart widget.

Layers from below: tint from zero to the curve, grid, zero line, dashed mean and thresholds,
marks, the curve, the live point, labels. Everything is measured in cells, so wide characters in
labels keep the rows straight.
"""

from collections.abc import Hashable, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tui_monitor.screens.format import ShownZone, count, round_amount, signed
from tui_monitor.screens.looks import Looks
from tui_monitor.screens.widgets.raster import DOTS, Dot, draw_lines
from tui_monitor.screens.widgets.scale import ValueScale, amount_scale, time_ticks, value_scale
from tui_monitor.screens.widgets.sheet import Sheet, empty_lines, time_axis

Point = tuple[int, float | None]
_NONE = Style()


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What to draw. A point without a value is a gap. `version` changes when the data does.

    `live` is the moving last point, `cursor_ms` the node that is looked at, `mean` a dashed
    line with its value, `thresholds` labelled horizontal lines (drawn where in range), `marks`
    labelled times, `peaks` labelled points. `aging`: the live point is grey; `stale`: all is, and
    there is no live point. `amounts`: USD without a sign, from zero, in the liquidations' colour.
    `gutter` is the least width of the labels on the left.
    """

    version: Hashable
    first_ms: int
    last_ms: int
    points: Sequence[Point]
    zone: ShownZone
    live: tuple[int, float] | None = None
    mean: float | None = None
    cursor_ms: int | None = None
    thresholds: Sequence[tuple[float, str]] = ()
    marks: Sequence[tuple[int, str]] = ()
    peaks: Sequence[tuple[int, float, str]] = ()
    amounts: bool = False
    gutter: int = 0
    zero: bool = True
    area: bool = True
    stale: bool = False
    aging: bool = False
    unit: str = "%"
    empty: str = ""
    joins_ms: int = 3_600_000


def paint_chart(chart: Chart, width: int, height: int, looks: Looks) -> list[list[Segment]]:
    """The chart as `height` lines of exactly `width` cells."""
    rows = height - 1
    values = [value for _, value in chart.points if value is not None]
    if chart.live is not None:
        values.append(chart.live[1])
    if rows < 2 or width < 20 or not values:
        return empty_lines(chart.empty, width, height, looks)
    scale = (
        amount_scale(values, rows) if chart.amounts else value_scale(values, rows, zero=chart.zero)
    )
    labels = _value_labels(chart, scale, rows)
    gutter = max(chart.gutter, *(cell_len(text) + 1 for text in labels.values()), 1)
    sheet = Sheet(width - gutter - 1, rows)
    plan = _Plan(chart, scale, sheet, looks)
    ticks = time_ticks(chart.first_ms, chart.last_ms, sheet.columns, chart.zone)
    plan.draw(labels, [ms for ms, _ in ticks])
    lines = []
    for y in range(rows):
        text = labels.get(y, "").rjust(gutter - 1) + " "
        lines.append([Segment(text, looks.dim), *sheet.line(y), Segment(" ", _NONE)])
    lines.append(time_axis([(plan.column(ms), text) for ms, text in ticks], gutter, width, looks))
    return lines


def _value_labels(chart: Chart, scale: ValueScale, rows: int) -> dict[int, str]:
    digits = scale.digits
    labels: dict[int, str] = {}
    for value in scale.ticks():
        text = signed(value, digits) if chart.zero else f"{value:,.{digits}f}"
        if chart.amounts:
            text = round_amount(value)
        labels.setdefault(scale.place(value, rows), text)
    if chart.zero and not chart.amounts:
        labels[scale.place(0.0, rows)] = "0" if digits == 0 else signed(0.0, digits)
    return labels


class _Plan:
    """One drawing in the making."""

    def __init__(self, chart: Chart, scale: ValueScale, sheet: Sheet, looks: Looks) -> None:
        self.chart, self.scale, self.sheet, self.looks = chart, scale, sheet, looks
        self.marker = "braille" if looks.braille else "hd"
        self.dots_x, self.dots_y = DOTS[self.marker]
        self.zero_row = scale.place(0.0, sheet.rows) if chart.zero else sheet.rows

    def draw(self, labels: dict[int, str], tick_ms: Sequence[int]) -> None:
        """All layers, from below."""
        segments = self._segments()
        if self.chart.area and self.chart.zero and self.looks.tinted:
            self._tint(segments)
        self._grid(labels, tick_ms)
        levels = self._levels()
        self._marks()
        self._curve(segments)
        self._peaks({row for row, _, _ in levels})
        self._live()
        for row, text, style in levels:
            self.sheet.write(self.sheet.columns - cell_len(text), row, text, style)

    def column(self, ms: int) -> int:
        """The cell column of a time."""
        return self._dot_x(ms) // self.dots_x

    def _dot_x(self, ms: int) -> int:
        span = max(1, self.chart.last_ms - self.chart.first_ms)
        dots = self.sheet.columns * self.dots_x
        return max(0, min(dots - 1, (ms - self.chart.first_ms) * (dots - 1) // span))

    def _dot_y(self, value: float) -> int:
        return self.scale.place(value, self.sheet.rows * self.dots_y)

    def _row(self, value: float) -> int:
        return self.scale.place(value, self.sheet.rows)

    def _segments(self) -> list[list[Dot]]:
        """Runs of dots between gaps, thinned to lowest and highest of a column.

        A column is a dot wide; with more points than dots a character, since plotext's time
        grows with the points.
        """
        segments: list[list[Dot]] = [[]]
        column: list[Dot] = []
        last_ms: int | None = None
        points = list(self.chart.points)
        dense = len(points) > self.sheet.columns * self.dots_x
        wide = self.dots_x if dense else 1
        if self.chart.live is not None:
            points.append(self.chart.live)
        for ms, value in points:
            gap = value is None or (last_ms is not None and ms - last_ms > self.chart.joins_ms)
            if gap and (column or segments[-1]):
                segments[-1] += _thin(column)
                column = []
                segments.append([])
            if value is None:
                continue
            dot = (self._dot_x(ms), self._dot_y(value))
            if column and column[-1][0] // wide != dot[0] // wide:
                segments[-1] += _thin(column)
                column = []
            column.append(dot)
            last_ms = ms
        segments[-1] += _thin(column)
        return [segment for segment in segments if segment]

    def _tint(self, segments: Sequence[Sequence[Dot]]) -> None:
        """Each column between zero and the curve gets the background of its sign."""
        half = self.dots_y // 2
        looks = self.looks
        up, down = looks.up_area, looks.down_area
        if self.chart.amounts:
            up = looks.liquidation_area
        if self.chart.stale:
            up = down = looks.bar
        for segment in segments:
            for x, y in _along(segment):
                column = x // self.dots_x
                # A cell that the area fills by less than half stays as it is, and so does the
                # zero line's row: it belongs to neither side.
                above, below = (y + half) // self.dots_y, (y - half) // self.dots_y
                self._fill(column, above, self.zero_row - 1, up)
                self._fill(column, self.zero_row + 1, below, down)

    def _fill(self, column: int, top: int, bottom: int, style: Style) -> None:
        for row in range(top, bottom + 1):
            self.sheet.back[row][column] = style

    def _grid(self, labels: dict[int, str], tick_ms: Sequence[int]) -> None:
        for row in labels:
            zero = row == self.zero_row
            for x in range(self.sheet.columns):
                char, style = ("─", self.looks.faint) if zero else ("┈", self.looks.grid)
                self.sheet.put(x, row, char, style)
        for ms in tick_ms:
            x = self.column(ms)
            for y in range(self.sheet.rows):
                self.sheet.put(x, y, "┼" if y == self.zero_row else "┊", self.looks.grid)

    def _levels(self) -> list[tuple[int, str, Style]]:
        """Dashed lines; their labels come back, to be written above everything else."""
        levels = [(value, label, self.looks.warn) for value, label in self.chart.thresholds]
        if self.chart.mean is not None:
            levels.append((self.chart.mean, f"mean {self._text(self.chart.mean)}", self.looks.mean))
        labels = []
        for value, label, style in levels:
            if self.scale.low <= value <= self.scale.high:
                row = self._row(value)
                for x in range(self.sheet.columns):
                    self.sheet.put(x, row, "╌" if x % 3 != 2 else " ", style)
                labels.append((row, f" {label} ", style))
        return labels

    def _marks(self) -> None:
        marks = [(ms, label, self.looks.accent) for ms, label in self.chart.marks]
        if self.chart.cursor_ms is not None:
            marks.append((self.chart.cursor_ms, "", self.looks.dim))
        for ms, label, style in marks:
            if not self.chart.first_ms <= ms <= self.chart.last_ms:
                continue
            x = self.column(ms)
            for y in range(self.sheet.rows):
                self.sheet.put(x, y, "│", style)
            if label:
                self.sheet.write(x + 1, 0, label, style)

    def _curve(self, segments: Sequence[Sequence[Dot]]) -> None:
        fixed = tuple(tuple(segment) for segment in segments)
        lines = draw_lines(fixed, self.sheet.columns, self.sheet.rows, self.marker)
        for y, line in enumerate(lines):
            for x, char in enumerate(line):
                if char != " ":
                    self.sheet.put(x, y, char, self._curve_style(y))

    def _text(self, value: float) -> str:
        return count(value) if self.chart.amounts else signed(value)

    def _peaks(self, taken: Set[int]) -> None:
        """Their labels keep off the rows that have others."""
        for ms, value, label in self.chart.peaks:
            x, y = self.column(ms), self._row(value)
            self.sheet.put(x, y, "▴", self.looks.bright)
            row = next((at for at in (y, y + 1, y - 1) if at not in taken), y)
            text = f" {label} "
            before = x + 1 + cell_len(text) > self.sheet.columns
            self.sheet.write(x - cell_len(text) if before else x + 1, row, text, self.looks.bright)

    def _curve_style(self, row: int) -> Style:
        if self.chart.stale:
            return self.looks.dim
        if self.chart.amounts:
            return self.looks.liquidation
        if not self.chart.zero:
            return self.looks.mean
        return self.looks.up if row <= self.zero_row else self.looks.down

    def _live(self) -> None:
        if self.chart.live is None or self.chart.stale:
            return
        ms, value = self.chart.live
        x, y = self.column(ms), self._row(value)
        style = self.looks.dim if self.chart.aging else self.looks.bright
        self.sheet.put(x, y, "●" if self.looks.braille else "o", style)
        text = f" {self._text(value)} {self.chart.unit}".rstrip() + " "
        before = x + 2 + len(text) > self.sheet.columns
        self.sheet.write(x - len(text) if before else x + 1, y, text, style)


def _thin(column: Sequence[Dot]) -> list[Dot]:
    """Lowest and highest dot of one column, in the order in which they came: no spike is lost."""
    if len(column) <= 2:
        return list(column)
    low = max(range(len(column)), key=lambda index: column[index][1])
    high = min(range(len(column)), key=lambda index: column[index][1])
    return [column[index] for index in sorted({low, high})]


def _along(segment: Sequence[Dot]) -> list[Dot]:
    """One dot a dot column along the lines through a segment's dots."""
    found = [segment[0]]
    for (x1, y1), (x2, y2) in pairwise(segment):
        if x2 == x1:
            found.append((x2, y2))
            continue
        found += [(x, round(y1 + (y2 - y1) * (x - x1) / (x2 - x1))) for x in range(x1 + 1, x2 + 1)]
    return found
