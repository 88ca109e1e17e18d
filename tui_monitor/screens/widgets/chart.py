"""The chart widget: draws the picture again only when it would look any different."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip

from tui_monitor.screens.looks.looks import Looks, looks_of
from tui_monitor.screens.widgets.curve import Chart, Plan, plan_chart
from tui_monitor.screens.widgets.plot import (
    Overlay,
    draw,
    finish,
    marker_of,
    overlay_of,
    paint_chart,
    readout,
)
from tui_monitor.screens.widgets.reading import Place, ReadChart
from tui_monitor.screens.widgets.sheet import Sheet

# A chart of fewer lines has none to give to the words of what is read.
_LEAST_READ = 5


class ChartView(ReadChart):
    """One chart. Give it a `Chart` with `show()`.

    `drawings` counts pictures, `finishings` what was laid over them.
    """

    DEFAULT_CSS = "ChartView { width: 1fr; height: 1fr; }"

    def __init__(self, *, id: str | None = None, opens: bool = False) -> None:  # noqa: A002
        super().__init__(id=id, opens=opens)
        self.drawings = self.finishings = 0
        self._chart: Chart | None = None
        self._planned_for: tuple[object, ...] = ()
        self._plan: Plan | None = None
        self._pictured: tuple[Plan, Looks] | None = None
        self._picture = Sheet(0, 0)
        self._finished: tuple[object, ...] = ()
        self._strips: list[Strip] = []

    @property
    def chart(self) -> Chart | None:
        """What is shown."""
        return self._chart

    def show(self, chart: Chart) -> None:
        """Draw this; nothing happens if it looks as what is drawn already."""
        self._chart = chart
        if not self.size.area or self._make_strips():
            self.refresh()

    def places(self) -> Sequence[Place]:
        """The points of the curve with the live one; of two at one time the one with a value."""
        chart, plan = self._chart, self._planned()
        if chart is None or plan is None:
            return ()
        times = dict.fromkeys(ms for ms, _ in chart.points)
        if chart.live is not None and not chart.stale:
            times[chart.live[0]] = None
        first_ms, last_ms = plan.span_ms
        left = plan.gutter
        return [Place(ms, left + plan.column(ms)) for ms in times if first_ms <= ms <= last_ms]

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        self._make_strips()
        width = self.size.width
        return self._strips[y] if y < len(self._strips) else Strip.blank(width, self.rich_style)

    def _planned(self) -> Plan | None:
        """Where all lies, for the size that there is."""
        chart, looks = self._chart, looks_of(self)
        if chart is None:
            return None
        width, height = self.size
        height -= self._has_words
        key = (chart.key(), width, height, looks.braille)
        if key != self._planned_for:
            self._planned_for = key
            self._plan = plan_chart(chart, width, height, marker_of(looks))
        return self._plan

    @property
    def _has_words(self) -> bool:
        return self.is_read and self.size.height >= _LEAST_READ

    def _make_strips(self) -> bool:
        """Bring the strips up to date; whether any of them changed."""
        chart, looks, plan = self._chart, looks_of(self), self._planned()
        if chart is None:
            return False
        if plan is None:
            finished: tuple[object, ...] = (chart.key(), self.size, looks)
        else:
            read_ms = self.read_ms
            words = "" if read_ms is None or not self._has_words else self._words(chart, read_ms)
            over = overlay_of(chart, plan, read_ms)
            finished = (plan, looks, over, words, self._has_words, self.rich_style)
        if finished == self._finished:
            return False
        self._finished = finished
        self.finishings += 1
        if plan is None:
            self._set_strips(paint_chart(chart, *self.size, looks))
        else:
            self._set_strips(self._lines(plan, over, words, looks))
        return True

    def _lines(self, plan: Plan, over: Overlay, words: str, looks: Looks) -> list[list[Segment]]:
        if self._pictured != (plan, looks):
            self._pictured = (plan, looks)
            self._picture = draw(plan, looks)
            self.drawings += 1
        said = [readout(words, self.size.width, looks)] if self._has_words else []
        return [*said, *finish(plan, self._picture, over, looks)]

    def _words(self, chart: Chart, read_ms: int) -> str:
        if chart.live is not None and read_ms == chart.live[0]:
            return chart.told(*chart.live)
        found = [value for ms, value in chart.points if ms == read_ms]
        return chart.told(read_ms, next((one for one in found if one is not None), None))

    def _set_strips(self, lines: Sequence[Sequence[Segment]]) -> None:
        ground, width = self.rich_style, self.size.width
        self._strips = [Strip(line, width).apply_style(ground) for line in lines]
