"""What is stored of the coin under a table's cursor, as blocks in the lines below the table."""

from collections.abc import Awaitable, Callable, Sequence

from rich.cells import cell_len

from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.line import Piece, fitting
from tui_monitor.screens.widgets.spark import sparkline
from tui_monitor.words import t

Points = Sequence[tuple[int, float | None]]
_WIDEST, _LEAST = 60, 12
_GAP = "   "


class RowPast:
    """The points of one coin, asked for when another one comes and once in so much time."""

    def __init__(self, span_ms: int, every_ms: int) -> None:
        self.span_ms = span_ms
        self._every_ms = every_ms
        self._asked_for: tuple[str | None, int] | None = None
        self._points: Points = ()
        self._end_ms = 0

    async def pull(
        self, coin: str | None, now_ms: int, ask: Callable[[str, int], Awaitable[Points]]
    ) -> None:
        """Ask for the points of a coin since a time, if it is time."""
        wanted = (coin, now_ms // self._every_ms)
        if wanted == self._asked_for:
            return
        end_ms = (wanted[1] + 1) * self._every_ms
        points = () if coin is None else await ask(coin, end_ms - self.span_ms)
        self._asked_for, self._points, self._end_ms = wanted, points, end_ms

    def after(
        self,
        line: Sequence[Piece],
        coin: str | None,
        name: str,
        looks: Looks,
        width: int,
        *,
        frozen: bool = False,
    ) -> list[Piece]:
        """A line with the blocks at its end, if they are known and there is room for them.

        A frozen display asks for nothing newer: where they are not known it says so.
        """
        label = f"{_GAP}{name} " if name else _GAP
        known = self._asked_for is not None and self._asked_for[0] == coin
        if frozen and not known:
            group = [(t("history: not fetched while frozen"), looks.faint)]
            return fitting([line, group], _GAP, width) or list(line)
        taken = sum(cell_len(text) for text, _ in line) + cell_len(label)
        room = min(_WIDEST, width - taken)
        if not known or room < _LEAST or all(value is None for _, value in self._points):
            return list(line)
        blocks = sparkline(self._points, self._end_ms - self.span_ms, self._end_ms, room)
        return [*line, (label, looks.faint), (blocks, looks.accent)]
