"""What charts are drawn on: cells of a plot area, the line below them, a word where there is none.

Everything is measured in cells, so wide characters in labels keep the rows straight.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from rich.style import Style

from tui_monitor.printable import printable
from tui_monitor.screens.looks.format import fit, wrapped
from tui_monitor.screens.looks.looks import Looks

_NONE = Style()


@dataclass
class Sheet:
    """The plot area as cells: character, foreground, background."""

    columns: int
    rows: int
    chars: list[list[str]] = field(default_factory=list)
    fore: list[list[Style]] = field(default_factory=list)
    back: list[list[Style]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chars = [[" "] * self.columns for _ in range(self.rows)]
        self.fore = [[_NONE] * self.columns for _ in range(self.rows)]
        self.back = [[_NONE] * self.columns for _ in range(self.rows)]

    def put(self, x: int, y: int, char: str, style: Style) -> None:
        """One character; nothing outside of the area. Of a wide one no half is left."""
        if 0 <= x < self.columns and 0 <= y < self.rows:
            row = self.chars[y]
            if not row[x] and x:
                row[x - 1] = " "
            if x + 1 < self.columns and not row[x + 1]:
                row[x + 1] = " "
            row[x] = char
            self.fore[y][x] = style

    def fill_row(self, y: int, char: str, style: Style) -> None:
        """One character all the way."""
        self.chars[y] = [char] * self.columns
        self.fore[y] = [style] * self.columns

    def copy(self) -> "Sheet":
        """Another sheet of the same content."""
        made = Sheet(self.columns, 0)
        made.rows = self.rows
        made.chars = [list(row) for row in self.chars]
        made.fore = [list(row) for row in self.fore]
        made.back = [list(row) for row in self.back]
        return made

    def write(self, x: int, y: int, text: str, style: Style) -> None:
        """Text from a cell on, moved left if it would not fit; wide characters take two cells."""
        text = printable(text, 60)
        x = max(0, min(x, self.columns - cell_len(text)))
        for start, end, width in split_graphemes(text)[0]:
            if x + width > self.columns:
                break
            self.put(x, y, text[start:end], style)
            if width == 2:
                self.put(x + 1, y, "", style)
            x += width

    def line(self, y: int) -> list[Segment]:
        """One row, with cells of one look joined (looks are compared by identity: it is hot)."""
        chars, fore, back = self.chars[y], self.fore[y], self.back[y]
        segments: list[Segment] = []
        begin = 0
        for x in range(1, self.columns + 1):
            if x == self.columns or fore[x] is not fore[begin] or back[x] is not back[begin]:
                style = fore[begin] if back[begin] is _NONE else fore[begin] + back[begin]
                segments.append(Segment("".join(chars[begin:x]), style))
                begin = x
        return segments


def empty_lines(text: str, width: int, height: int, looks: Looks) -> list[list[Segment]]:
    """Why there is nothing to draw, in the middle."""
    lines = [[Segment(" " * width, _NONE)] for _ in range(height)]
    said = [text] if height == 1 else wrapped(text, max(20, width - 2))[:height]
    first = (height - len(said)) // 2
    for row, line in enumerate(said, first):
        part = fit(line, min(width, cell_len(line)))
        left = (width - cell_len(part)) // 2
        lines[row] = [Segment(fit(" " * left + part, width), looks.dim)]
    return lines


def time_axis(
    ticks: Sequence[tuple[int, str]], gutter: int, width: int, looks: Looks
) -> list[Segment]:
    """The labels of columns, as many as have room."""
    line = [" "] * width
    for column, label in ticks:
        at = gutter + column - len(label) // 2
        at = max(gutter, min(at, width - len(label) - 1))
        if all(char == " " for char in line[max(0, at - 1) : at + len(label) + 1]):
            line[at : at + len(label)] = label
    return [Segment("".join(line), looks.dim)]
