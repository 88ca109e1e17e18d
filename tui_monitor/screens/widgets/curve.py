"""A chart's content, and where on a sheet of cells each part of it lies.

Plans are compared to tell whether a picture would look any different: a live point that moves by
less than a dot changes nothing but its label, which is no part of the plan.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len

from tui_monitor.clock import DAY_MS
from tui_monitor.screens.looks.format import ShownZone, count, round_amount, signed
from tui_monitor.screens.widgets.raster import DOTS, Dot
from tui_monitor.screens.widgets.scale import ValueScale, amount_scale, time_ticks, value_scale
from tui_monitor.words import t

Point = tuple[int, float | None]
_LEAST_ROWS, _LEAST_WIDTH = 2, 20


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What to draw. A point without a value is a gap. `version` changes when the data does.

    `live` is the moving last point, `cursor_ms` the node that a table's cursor is on, `mean` a
    dashed line with its value, `thresholds` labelled horizontal lines (drawn where in range),
    `marks` labelled times, `peaks` labelled points. `aging`: the live point is grey; `stale`: all
    is, and there is no live point. `amounts`: USD without a sign, from zero, in the liquidations'
    colour. `gutter` is the least width of the labels on the left. `telling` says all there is to
    say of a point but its time, or why it is a gap.
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
    telling: Callable[[int, float | None], str] | None = None

    def text(self, value: float) -> str:
        """A value of the curve with its unit."""
        if self.amounts:
            return count(value)
        plain = signed(value) if self.zero else f"{value:,.2f}"
        return f"{plain} {self.unit}".rstrip()

    def told(self, at_ms: int, value: float | None) -> str:
        """A point in words: its time, its value or why there is none."""
        if self.telling is not None:
            said = self.telling(at_ms, value)
        else:
            said = t("no value") if value is None else self.text(value)
        pattern = "%H:%M" if self.last_ms - self.first_ms <= DAY_MS else "%m-%d %H:%M"
        return f"{self.zone.format(at_ms, pattern)}  {said}"

    def key(self) -> tuple[object, ...]:
        """Differs where the plan may."""
        looked = (self.zone.name, self.stale, self.aging, self.empty)
        lines = (self.mean, tuple(self.thresholds), tuple(self.peaks), tuple(self.marks))
        return (self.version, self.first_ms, self.last_ms, self.cursor_ms, self.live, looked, lines)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where all lies, in cells, the curve in dots from the top left corner. Equal plans give
    equal pictures.

    `labels` and `levels` are rows with texts, `ticks` and `marks` columns; a level that `is_mean`
    is the mean's, else a threshold's. `outside`: each row that the labels on the left need.
    """

    columns: int
    rows: int
    gutter: int
    labels: tuple[tuple[int, str], ...]
    ticks: tuple[tuple[int, str], ...]
    segments: tuple[tuple[Dot, ...], ...]
    levels: tuple[tuple[int, str, bool], ...]
    marks: tuple[tuple[int, str], ...]
    peaks: tuple[tuple[int, int, str], ...]
    zero_row: int
    marker: str
    amounts: bool
    stale: bool
    signs: bool
    area: bool
    scale: ValueScale = field(compare=False)
    span_ms: tuple[int, int] = field(compare=False)

    def column(self, at_ms: int) -> int:
        """The column of a time."""
        dots = DOTS[self.marker][0]
        return _dot_x(at_ms, self.span_ms, self.columns * dots) // dots

    def row(self, value: float) -> int:
        """The row of a value."""
        return self.scale.place(value, self.rows)


def plan_chart(chart: Chart, width: int, height: int, marker: str) -> Plan | None:
    """Where all lies in a chart of this size, one line of which is the times'; None where there
    is nothing to draw, or no room.
    """
    rows = height - 1
    values = [value for _, value in chart.points if value is not None]
    if rows < _LEAST_ROWS or width < _LEAST_WIDTH or not (values or chart.live):
        return None
    scale = _scale(chart, values, rows, DOTS[marker][1])
    labels = _value_labels(chart, scale, rows)
    gutter = max(chart.gutter, *(cell_len(text) + 1 for text in labels.values()), 1)
    columns = width - gutter - 1
    span_ms = (chart.first_ms, chart.last_ms)
    dots_x = DOTS[marker][0]

    def column(at_ms: int) -> int:
        return _dot_x(at_ms, span_ms, columns * dots_x) // dots_x

    peaks = chart.peaks
    inside = [(ms, text) for ms, text in chart.marks if span_ms[0] <= ms <= span_ms[1]]
    ticks = time_ticks(*span_ms, columns, chart.zone)
    return Plan(
        columns=columns,
        rows=rows,
        gutter=gutter,
        labels=tuple(labels.items()),
        ticks=tuple((column(ms), text) for ms, text in ticks),
        segments=_segments(chart, scale, columns * dots_x, rows * DOTS[marker][1]),
        levels=_levels(chart, scale, rows),
        marks=tuple((column(ms), text) for ms, text in inside),
        peaks=tuple((column(ms), scale.place(value, rows), text) for ms, value, text in peaks),
        zero_row=scale.place(0.0, rows) if chart.zero else rows,
        marker=marker,
        amounts=chart.amounts,
        stale=chart.stale,
        signs=chart.zero,
        area=chart.area and chart.zero,
        scale=scale,
        span_ms=span_ms,
    )  # fmt: skip


def _scale(chart: Chart, values: Sequence[float], rows: int, dots_y: int) -> ValueScale:
    shown = [*values, *_live_reach(chart, values, rows * dots_y)]
    if chart.amounts:
        return amount_scale(shown, rows)
    return value_scale(shown, rows, zero=chart.zero)


def _live_reach(chart: Chart, values: Sequence[float], dots: int) -> list[float]:
    """The live value as the scale takes it: beyond the others by whole dots, so that the scale
    does not move with every price.
    """
    if chart.live is None:
        return []
    value = chart.live[1]
    low, high = min(values, default=value), max(values, default=value)
    if chart.zero:
        low, high = min(low, 0.0), max(high, 0.0)
    step = (high - low) / dots
    if low <= value <= high or step <= 0:
        return [value]
    if value > high:
        return [high + math.ceil((value - high) / step) * step]
    return [low - math.ceil((low - value) / step) * step]


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


def _levels(chart: Chart, scale: ValueScale, rows: int) -> tuple[tuple[int, str, bool], ...]:
    """Dashed lines with their labels, where they are in range."""
    levels = [(value, label, False) for value, label in chart.thresholds]
    if chart.mean is not None:
        value = count(chart.mean) if chart.amounts else signed(chart.mean)
        levels.append((chart.mean, t("mean {value}", "curve", value=value), True))
    return tuple(
        (scale.place(value, rows), f" {label} ", is_mean)
        for value, label, is_mean in levels
        if scale.low <= value <= scale.high
    )


def _dot_x(at_ms: int, span_ms: tuple[int, int], dots: int) -> int:
    first_ms, last_ms = span_ms
    return max(0, min(dots - 1, (at_ms - first_ms) * (dots - 1) // max(1, last_ms - first_ms)))


def _segments(
    chart: Chart, scale: ValueScale, dots_x: int, dots_y: int
) -> tuple[tuple[Dot, ...], ...]:
    """Runs of dots between gaps, thinned to lowest and highest of a column of dots."""
    points = chart.points if chart.live is None else [*chart.points, chart.live]
    first_ms, joins_ms = chart.first_ms, chart.joins_ms
    span_ms = max(1, chart.last_ms - first_ms)
    segments: list[list[tuple[int, float]]] = [[]]
    column: list[float] = []
    # The column, and the time of the last point with a value; it is hot, so nothing is called.
    at, last_ms = 0, first_ms
    for ms, value in points:
        if value is None or ms - last_ms > joins_ms:
            segments[-1] += [(at, one) for one in _thin(column)]
            segments.append([])
            column = []
        if value is None:
            continue
        x = (ms - first_ms) * (dots_x - 1) // span_ms
        if column and x != at:
            segments[-1] += [(at, one) for one in _thin(column)]
            column = []
        column.append(value)
        at, last_ms = x, ms
    segments[-1] += [(at, one) for one in _thin(column)]
    return tuple(
        tuple((max(0, min(dots_x - 1, x)), scale.place(value, dots_y)) for x, value in segment)
        for segment in segments
        if segment
    )


def _thin(column: Sequence[float]) -> Sequence[float]:
    """Lowest and highest value of one column, in the order in which they came: no spike is lost."""
    if len(column) <= 2:
        return column
    low, high = min(column), max(column)
    return (low, high) if column.index(low) < column.index(high) else (high, low)
