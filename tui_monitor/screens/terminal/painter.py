"""The diffing painter: what the terminal shows, what it should show, the bytes between them.

Textual writes every cell of a region that changed; over ssh that is five to fifteen times what
is needed. The painter keeps both frames as cells and writes only the cells that differ, with
only the colour codes that differ. It knows nothing of Textual but rich's segments and styles.
"""

import unicodedata
from collections.abc import Iterable

from rich.cells import cell_len, get_character_cell_size
from rich.color import ColorSystem
from rich.segment import Segment

from tui_monitor.screens.looks.plain import in_ascii
from tui_monitor.screens.terminal.ink import PLAIN, Ink

# The text of a cell (empty: the right half of a wide character) and the number of its look.
Cell = tuple[str, int]

_BLANK: Cell = (" ", PLAIN)
_CLEAR = "\x1b[0m\x1b[2J"
# A gap of unchanged cells up to this long costs less to write again than to jump over.
_CHEAP_GAP = 4
# Characters that a look remembers before it begins anew.
_MAX_GLYPHS = 5_000


class _Glyphs(dict[str, Cell]):
    """The cells of one look by their character: the same object each time, which compares fast."""

    def __init__(self, number: int, blank: int) -> None:
        super().__init__()
        self._number = number
        self._blank = blank

    def __missing__(self, char: str) -> Cell:
        if len(self) > _MAX_GLYPHS:
            self.clear()
        # A blank's foreground shows nowhere: it is no reason to write one again.
        cell = self[char] = (char, self._blank if char == " " else self._number)
        return cell


class Painter:
    """One terminal's frame. `shown` None: what it shows is unknown, so all is written.

    `ascii_only` and `colourless` are for terminals that can't show, or users who don't want, more.
    """

    def __init__(
        self, system: ColorSystem, *, ascii_only: bool = False, colourless: bool = False
    ) -> None:
        self.ink = Ink(system, colourless=colourless)
        self.ascii_only = ascii_only
        self.width = 0
        self.height = 0
        self.wanted: list[list[Cell]] = []
        self.shown: list[list[Cell]] | None = None
        self._touched: set[int] = set()
        self._glyphs: dict[int, _Glyphs] = {}

    def show_in(self, system: ColorSystem, *, ascii_only: bool, colourless: bool) -> None:
        """Another way to show things, from what is put next on; all of it is written anew."""
        self.ink.become(system, colourless=colourless)
        self.ascii_only = ascii_only
        self.forget()

    def resize(self, width: int, height: int) -> None:
        """Another size: both frames begin anew."""
        if (width, height) == (self.width, self.height):
            return
        self.width, self.height = width, height
        self.wanted = [[_BLANK] * width for _ in range(height)]
        self.forget()

    def forget(self) -> None:
        """The terminal may show anything: write everything next time."""
        self.shown = None
        self._touched = set(range(self.height))

    def put(self, x: int, y: int, segments: Iterable[Segment], end: int) -> None:
        """Segments from a cell on, up to (not including) column `end`."""
        if not 0 <= y < self.height:
            return
        end = min(end, self.width)
        cells = self._cells(segments, end - x)
        if not cells:
            return
        line, after = self.wanted[y], x + len(cells)
        # What is overwritten by half is gone as a whole, as in a terminal.
        if x and not line[x][0]:
            line[x - 1] = self._blanked(line[x - 1])
        if after < self.width and not line[after][0]:
            line[after] = self._blanked(line[after])
        line[x:after] = cells
        self._touched.add(y)

    def pending(self) -> bool:
        """Whether a frame may differ from what is shown."""
        return bool(self._touched)

    def changes(self) -> str:
        """What to write so that the terminal shows the wanted frame; it then counts as shown."""
        parts: list[str] = []
        shown = self.shown
        if shown is None:
            parts.append(_CLEAR)
            shown = self.shown = [[_BLANK] * self.width for _ in range(self.height)]
        look = PLAIN
        for y in sorted(self._touched):
            look = self._write_line(y, shown[y], look, parts)
            shown[y] = self.wanted[y].copy()
        self._touched.clear()
        if look != PLAIN:
            parts.append("\x1b[0m")
        return "".join(parts)

    def _write_line(self, y: int, shown: list[Cell], look: int, parts: list[str]) -> int:
        line = self.wanted[y]
        # Where the cursor is, as far as every terminal agrees.
        at: int | None = None
        for changed, last in _runs(line, shown):
            first = changed
            if at is None:
                parts.append(f"\x1b[{y + 1};{first + 1}H" if first else f"\x1b[{y + 1}H")
            elif self._is_cheap(line[at:first], look):
                first = at
            else:
                parts.append(f"\x1b[{first - at}C" if first - at > 1 else "\x1b[C")
            look = self._write_cells(line[first:last], look, parts)
            # Terminals disagree on the width of some characters; a jump mends what follows.
            at = last if all(map(_has_sure_width, line[first:last])) else None
        return look

    def _is_cheap(self, gap: list[Cell], look: int) -> bool:
        """Whether a gap is no longer than a jump, and there is nothing else to it."""
        if len(gap) > _CHEAP_GAP:
            return False
        blank = self.ink.blank(look)
        return all(
            number == (blank if text == " " else look) and text.isascii() and text
            for text, number in gap
        )

    def _write_cells(self, cells: list[Cell], look: int, parts: list[str]) -> int:
        ink = self.ink
        for text, number in cells:
            if number != look and text:
                wanted = ink.for_blank(look, number) if text == " " else number
                parts.append(ink.change(look, wanted))
                look = wanted
            parts.append(text)
        return look

    def _blanked(self, cell: Cell) -> Cell:
        return (" ", self.ink.blank(cell[1]))

    def _glyphs_of(self, number: int) -> _Glyphs:
        found = self._glyphs.get(number)
        if found is None:
            found = self._glyphs[number] = _Glyphs(number, self.ink.blank(number))
        return found

    def _cells(self, segments: Iterable[Segment], room: int) -> list[Cell]:
        cells: list[Cell] = []
        for given, style, control in segments:
            if control:
                continue
            text = in_ascii(given) if self.ascii_only else given
            glyphs = self._glyphs_of(self.ink.number(style))
            if text.isascii():
                cells += map(glyphs.__getitem__, text)
            else:
                _add_wide(cells, text, glyphs)
            if len(cells) >= room:
                break
        if len(cells) > room:
            cells = cells[: max(0, room)]
            if cells and room < self.width and cell_len(cells[-1][0]) > 1:
                cells[-1] = self._blanked(cells[-1])
        return cells


def _add_wide(cells: list[Cell], text: str, glyphs: _Glyphs) -> None:
    for char in text:
        width = get_character_cell_size(char)
        if width == 0:
            if cells and cells[-1][0]:
                cells[-1] = (cells[-1][0] + char, cells[-1][1])
            elif len(cells) > 1:
                cells[-2] = (cells[-2][0] + char, cells[-2][1])
            continue
        cells.append(glyphs[char])
        if width == 2:
            cells.append(glyphs[""])


def _runs(new: list[Cell], old: list[Cell]) -> list[tuple[int, int]]:
    """Spans [first, last) to write: the cells that differ.

    A wide character's right half differs from anything but another right half, so no run ends
    in the middle of one that comes or goes.
    """
    if new == old:
        return []
    runs: list[tuple[int, int]] = []
    pairs = enumerate(zip(new, old, strict=True))
    for x in [x for x, (one, other) in pairs if one is not other and one != other]:
        if runs and runs[-1][1] == x:
            runs[-1] = (runs[-1][0], x + 1)
        else:
            runs.append((x, x + 1))
    return runs


def _has_sure_width(cell: Cell) -> bool:
    """Whether every terminal agrees on the width of a cell."""
    text = cell[0]
    if not text or len(text) > 1:
        return False
    if text.isascii() or "\u2500" <= text <= "\u259f" or "\u2800" <= text <= "\u28ff":
        return True
    return unicodedata.east_asian_width(text) not in "WFA"
