"""A chart as lines of segments: the pure painter behind the chart widget.

Layers from below: tint from zero to the curve, grid, zero line, dashed mean and thresholds,
marks, the curve, peaks; these are the picture. What moves without the curve is laid over it: the
cursors, the live point, and the labels of the levels, where they cover none of it.
"""

from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tui_monitor.printable import printable
from tui_monitor.screens.looks.format import fit
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.curve import Chart, Plan, plan_chart
from tui_monitor.screens.widgets.raster import DOTS, draw_lines, runs
from tui_monitor.screens.widgets.sheet import Sheet, empty_lines, time_axis

_NONE = Style()
# What a cursor's line may cover: the grid and its levels, never the curve.
_GROUND = frozenset(" ┈┊─┼╌│")


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """What moves without the curve, in cells: the live point with its label, the column of the
    table's cursor, and the one that is read.
    """

    live: tuple[int, int, str] | None = None
    aging: bool = False
    cursor: int | None = None
    read: int | None = None


def paint_chart(chart: Chart, width: int, height: int, looks: Looks) -> list[list[Segment]]:
    """The chart as `height` lines of exactly `width` cells."""
    plan = plan_chart(chart, width, height, marker_of(looks))
    if plan is None:
        return empty_lines(chart.empty if not _has_values(chart) else "", width, height, looks)
    return finish(plan, draw(plan, looks), overlay_of(chart, plan), looks)


def marker_of(looks: Looks) -> str:
    """The glyphs of curves."""
    return "braille" if looks.braille else "hd"


def overlay_of(chart: Chart, plan: Plan, read_ms: int | None = None) -> Overlay:
    """What is laid over the picture of a chart."""
    first_ms, last_ms = plan.span_ms
    live = None
    if chart.live is not None and not chart.stale:
        ms, value = chart.live
        live = (plan.column(ms), plan.row(value), f" {chart.text(value)} ")
    cursor_ms = chart.cursor_ms
    inside = cursor_ms is not None and first_ms <= cursor_ms <= last_ms
    return Overlay(
        live=live,
        aging=chart.aging,
        cursor=plan.column(cursor_ms) if inside and cursor_ms is not None else None,
        read=None if read_ms is None else plan.column(read_ms),
    )


def draw(plan: Plan, looks: Looks) -> Sheet:
    """The picture: all that changes only with the plan."""
    sheet = Sheet(plan.columns, plan.rows)
    if plan.area and looks.tinted:
        _tint(plan, sheet, looks)
    _grid(plan, sheet, looks)
    for row, _, is_mean in plan.levels:
        if row == plan.zero_row:
            continue  # its label stays; zero is what must be seen
        for x in range(plan.columns):
            sheet.put(x, row, "╌" if x % 3 != 2 else " ", _level_style(looks, is_mean=is_mean))
    for x, label in plan.marks:
        for y in range(plan.rows):
            sheet.put(x, y, "│", looks.accent)
        if label:
            sheet.write(x + 1, 0, label, looks.accent)
    _curve(plan, sheet, looks)
    _peaks(plan, sheet, looks)
    return sheet


def finish(plan: Plan, picture: Sheet, over: Overlay, looks: Looks) -> list[list[Segment]]:
    """The picture with what is laid over it, its labels on the left and the times below."""
    sheet = picture.copy()
    for column, style in ((over.cursor, looks.dim), (over.read, looks.accent)):
        if column is not None:
            _upright(sheet, column, style)
    _live(over, sheet, looks)
    for row, text, is_mean in plan.levels:
        place = _free(sheet, row, cell_len(text))
        if place is not None:
            sheet.write(*place, text, _level_style(looks, is_mean=is_mean))
    labels = dict(plan.labels)
    lines = []
    for y in range(plan.rows):
        text = labels.get(y, "").rjust(plan.gutter - 1) + " "
        lines.append([Segment(text, looks.dim), *sheet.line(y), Segment(" ", _NONE)])
    lines.append(time_axis(plan.ticks, plan.gutter, plan.gutter + plan.columns + 1, looks))
    return lines


def _free(sheet: Sheet, row: int, wide: int) -> tuple[int, int] | None:
    """Where a level's label cuts no curve: as far right as there is room, beside the level else.

    None where the curve is everywhere: its line says enough.
    """
    for line in (row, row - 1, row + 1):
        if 0 <= line < sheet.rows:
            chars = sheet.chars[line]
            for column in range(sheet.columns - wide, -1, -1):
                if _GROUND.issuperset(chars[column : column + wide]):
                    return column, line
    return None


def _has_values(chart: Chart) -> bool:
    return chart.live is not None or any(value is not None for _, value in chart.points)


def _level_style(looks: Looks, *, is_mean: bool) -> Style:
    return looks.mean if is_mean else looks.warn


def _upright(sheet: Sheet, column: int, style: Style) -> None:
    for y in range(sheet.rows):
        if sheet.chars[y][column] in _GROUND:
            sheet.put(column, y, "│", style)


def _tint(plan: Plan, sheet: Sheet, looks: Looks) -> None:
    """Each column between zero and the curve gets the background of its sign.

    A cell that the area fills by less than half stays as it is, and so does the zero line's row:
    it belongs to neither side.
    """
    dots_x, dots_y = DOTS[plan.marker]
    half = dots_y // 2
    up, down = looks.up_area, looks.down_area
    if plan.amounts:
        up = looks.liquidation_area
    if plan.stale:
        up = down = looks.bar
    for column, (top, bottom) in _reach(plan, dots_x).items():
        for row in range((top + half) // dots_y, plan.zero_row):
            sheet.back[row][column] = up
        for row in range(plan.zero_row + 1, (bottom - half) // dots_y + 1):
            sheet.back[row][column] = down


def _reach(plan: Plan, dots_x: int) -> dict[int, tuple[int, int]]:
    """Of each column of cells the highest and the lowest dot of the curve."""
    found: dict[int, tuple[int, int]] = {}
    for segment in plan.segments:
        for x, top, bottom in runs(segment):
            before = found.get(x // dots_x, (top, bottom))
            found[x // dots_x] = (min(top, before[0]), max(bottom, before[1]))
    return found


def _grid(plan: Plan, sheet: Sheet, looks: Looks) -> None:
    for row, _ in plan.labels:
        zero = row == plan.zero_row
        sheet.fill_row(row, "─" if zero else "┈", looks.faint if zero else looks.grid)
    for x, _ in plan.ticks:
        for y in range(sheet.rows):
            sheet.put(x, y, "┼" if y == plan.zero_row else "┊", looks.grid)


def _curve(plan: Plan, sheet: Sheet, looks: Looks) -> None:
    lines = draw_lines(plan.segments, plan.columns, plan.rows, plan.marker)
    for y, line in enumerate(lines):
        style = _curve_style(plan, y, looks)
        for x, char in enumerate(line):
            if char != " ":
                sheet.put(x, y, char, style)


def _curve_style(plan: Plan, row: int, looks: Looks) -> Style:
    if plan.stale:
        return looks.dim
    if plan.amounts:
        return looks.liquidation
    if not plan.signs:
        return looks.mean
    return looks.up if row <= plan.zero_row else looks.down


def _peaks(plan: Plan, sheet: Sheet, looks: Looks) -> None:
    """Their labels keep off the rows that have others."""
    taken = {row for row, _, _ in plan.levels}
    for x, y, label in plan.peaks:
        sheet.put(x, y, "▴", looks.bright)
        row = next((at for at in (y, y + 1, y - 1) if at not in taken), y)
        _beside(sheet, x, row, f" {label} ", looks.bright)


def _live(over: Overlay, sheet: Sheet, looks: Looks) -> None:
    if over.live is None:
        return
    x, y, text = over.live
    style = looks.dim if over.aging else looks.bright
    sheet.put(x, y, "●" if looks.braille else "o", style)
    _beside(sheet, x, y, text, style)


def _beside(sheet: Sheet, x: int, row: int, text: str, style: Style) -> None:
    """Text to the right of a point, to its left where there is no room."""
    wide = cell_len(text)
    before = x + 1 + wide > sheet.columns
    sheet.write(x - wide if before else x + 1, row, text, style)


def readout(text: str, width: int, looks: Looks) -> list[Segment]:
    """The line of what is read, above the chart."""
    return [Segment(fit(f" {printable(text, 400)}", width), looks.bright + looks.cursor_row)]
