"""The chart widget: paints again only when its data, its size or the looks change."""

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui_monitor.screens.looks import Looks, looks_of
from tui_monitor.screens.widgets.curve import Chart, paint_chart


class ChartView(Widget):
    """One chart. Give it a `Chart` with `show()`."""

    DEFAULT_CSS = "ChartView { width: 1fr; height: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.drawings = 0
        self._chart: Chart | None = None
        self._drawn_for: tuple[object, ...] = ()
        self._strips: list[Strip] = []

    @property
    def chart(self) -> Chart | None:
        """What is shown."""
        return self._chart

    def show(self, chart: Chart) -> None:
        """Draw this; nothing happens if it is what is drawn already."""
        if self._chart is not None and self._key(chart) == self._key(self._chart):
            return
        self._chart = chart
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        looks = looks_of(self)
        width, height = self.size
        if self._chart is None:
            return Strip.blank(width, self.rich_style)
        key = (self._key(self._chart), width, height, looks)
        if key != self._drawn_for:
            self._drawn_for = key
            self._strips = self._draw(self._chart, width, height, looks)
        return self._strips[y] if y < len(self._strips) else Strip.blank(width, self.rich_style)

    def _draw(self, chart: Chart, width: int, height: int, looks: Looks) -> list[Strip]:
        self.drawings += 1
        lines: list[list[Segment]] = paint_chart(chart, width, height, looks)
        ground = self.rich_style
        return [Strip(line, width).apply_style(ground) for line in lines]

    @staticmethod
    def _key(chart: Chart) -> tuple[object, ...]:
        looked = (chart.zone.name, chart.stale, chart.aging, chart.empty)
        return (chart.version, chart.cursor_ms, chart.live, *looked)
