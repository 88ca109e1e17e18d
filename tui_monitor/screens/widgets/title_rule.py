"""The rule above a table: its title, what else there is to say, where the cursor is."""

from collections.abc import Sequence

from rich.cells import cell_len

from tui_monitor.screens.looks.format import fit
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.line import Lines, Piece


class TitleRule(Lines):
    """A title in a rule, made for its width whenever it is painted: it is there from the start."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[str, str, str, bool, bool] = ("", "", "", False, False)

    def set_title(
        self, title: str, note: str, place: str, *, is_problem: bool, focused: bool
    ) -> None:
        """The title, what else there is to say, where in the table the cursor is."""
        parts = (title, note, place, is_problem, focused)
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    @property
    def plain(self) -> str:
        """The text without looks."""
        return "".join(text for text, _ in self._at(0))

    def _at(self, y: int) -> Sequence[Piece]:
        if y:
            return ()
        title, note, place, is_problem, focused = self._parts
        looks = looks_of(self)
        style = looks.accent if focused else looks.dim
        rule = looks.accent if focused else looks.faint
        room = self.size.width - cell_len(title) - len(place) - 9
        note = fit(note, min(cell_len(note), max(0, room)))
        rest = room + 1 - cell_len(note) if note else room + 3
        return [
            ("─ ", rule),
            (title, looks.title if focused else style),
            (f"  {note} " if note else " ", looks.bad if is_problem else looks.dim),
            ("─" * max(1, rest), rule),
            (f" {place} ", looks.dim),
            ("─", rule),
        ]
