"""Widgets of one or a few fixed lines, repainted only when their text changed."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui_monitor.printable import printable
from tui_monitor.screens.looks.format import fit

# A piece of a line: text from anywhere (it is made printable here) and its look.
Piece = tuple[str, Style]


class Lines(Widget):
    """Fixed lines. `set_lines` gives one sequence of pieces a line; what is too long is cut."""

    DEFAULT_CSS = "Lines { height: 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._pieces: list[tuple[Piece, ...]] = []
        self.back = Style()

    def set_lines(self, *lines: Sequence[Piece]) -> None:
        """Show these lines."""
        new = [tuple(line) for line in lines]
        if new != self._pieces:
            self._pieces = new
            self.refresh()

    @property
    def plain(self) -> str:
        """The text without looks."""
        return "\n".join("".join(text for text, _ in line) for line in self._pieces)

    def _at(self, y: int) -> Sequence[Piece]:
        return self._pieces[y] if y < len(self._pieces) else ()

    def render_line(self, y: int) -> Strip:
        """One line of exactly the widget's width."""
        width = self.size.width
        pieces = self._at(y)
        ground = self.rich_style + self.back
        segments = [Segment(printable(text, 400), ground + style) for text, style in pieces]
        strip = Strip(segments)
        if strip.cell_length > width:
            return Strip([*strip.crop(0, width - 1), Segment("…", ground)])
        return strip.extend_cell_length(width, ground)


def fitting(groups: Sequence[Sequence[Piece]], gap: str, width: int) -> list[Piece]:
    """As many groups as fit, whole, in their order."""
    line: list[Piece] = []
    room = width
    for group in groups:
        needed = sum(cell_len(text) for text, _ in group) + (len(gap) if line else 0)
        if needed <= room:
            if line:
                line.append((gap, Style()))
            line.extend(group)
            room -= needed
    return line


def cut(text: str, room: int) -> str:
    """A text that must be there, with `…` where it is too long."""
    return fit(text, min(room, cell_len(text)))


def joined(parts: Sequence[Sequence[Piece]], gap: str, style: Style) -> list[Piece]:
    """Groups of pieces with a gap between them; empty groups leave no gap."""
    line: list[Piece] = []
    for part in parts:
        if part:
            if line:
                line.append((gap, style))
            line.extend(part)
    return line
