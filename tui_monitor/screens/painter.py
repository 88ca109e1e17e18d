"""The diffing painter: what the terminal shows, what it should show, the bytes between them.

Textual writes every cell of a region that changed; over ssh that is five to fifteen times what
is needed. The painter keeps both frames as cells and writes only the cells that differ, with
only the colour codes that differ. It knows nothing of Textual but rich's segments and styles.
"""

import unicodedata
from collections.abc import Iterable

from rich.cells import cell_len, get_character_cell_size
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style

from tui_monitor.screens.plain import in_ascii

# The text of a cell (empty: the right half of a wide character) and the number of its look.
Cell = tuple[str, int]

_PLAIN = 0
_BLANK: Cell = (" ", _PLAIN)
_CLEAR = "\x1b[0m\x1b[2J"
# A gap of unchanged cells up to this long costs less to write again than to jump over.
_CHEAP_GAP = 4
_MAX_STYLES = 5_000


class Ink:
    """Looks by number: rich styles to attribute, foreground and background codes."""

    def __init__(self, system: ColorSystem, *, colourless: bool = False) -> None:
        self.system = system
        self.colourless = colourless
        self._codes: list[tuple[tuple[str, ...], str, str]] = [((), "39", "49")]
        self._numbers = {self._codes[0]: _PLAIN}
        self._by_style: dict[Style | None, int] = {None: _PLAIN}

    def become(self, system: ColorSystem, *, colourless: bool) -> None:
        """Other codes for the styles that come; the numbers that were given keep theirs."""
        self.system = system
        self.colourless = colourless
        self._by_style = {None: _PLAIN}

    def number(self, style: Style | None) -> int:
        """The number of a style; styles that look alike share one."""
        found = self._by_style.get(style)
        if found is not None:
            return found
        if len(self._by_style) > _MAX_STYLES:
            self._by_style = {None: _PLAIN}
        codes = self._split(style)
        number = self._numbers.setdefault(codes, len(self._codes))
        if number == len(self._codes):
            self._codes.append(codes)
        self._by_style[style] = number
        return number

    def change(self, old: int, new: int) -> str:
        """The sequence that turns one look into another."""
        if old == new:
            return ""
        attributes, foreground, background = self._codes[new]
        before = self._codes[old]
        parts: list[str] = []
        if set(before[0]) - set(attributes):
            parts.append("0")
            before = self._codes[_PLAIN]
        parts += [code for code in attributes if code not in before[0]]
        if foreground != before[1]:
            parts.append(foreground)
        if background != before[2]:
            parts.append(background)
        return f"\x1b[{';'.join(parts)}m" if parts else ""

    def _split(self, style: Style | None) -> tuple[tuple[str, ...], str, str]:
        if style is None:
            return self._codes[_PLAIN]
        # Without its link: a hyperlink is text from outside that a terminal would obey.
        plain = style.update_link(None)
        if self.system is ColorSystem.EIGHT_BIT:
            plain += Style(color=in_palette(plain.color), bgcolor=in_palette(plain.bgcolor))
        rendered = plain.render("x", color_system=self.system)
        if not rendered.startswith("\x1b["):
            return self._codes[_PLAIN]
        codes = _sort_codes(rendered.partition("m")[0].removeprefix("\x1b[").split(";"))
        return (codes[0], *self._codes[_PLAIN][1:]) if self.colourless else codes


_LEVELS = (0, *range(95, 256, 40))
_CUBE = {
    (red, green, blue): 16 + 36 * r + 6 * g + b
    for r, red in enumerate(_LEVELS)
    for g, green in enumerate(_LEVELS)
    for b, blue in enumerate(_LEVELS)
}
_PALETTE = _CUBE | {(8 + 10 * step,) * 3: 232 + step for step in range(24)}


def in_palette(color: Color | None) -> Color | None:
    """A colour that the 256-colour palette has, as its number: rich takes another grey for some."""
    if color is None or color.triplet is None or color.triplet not in _PALETTE:
        return color
    return Color.from_ansi(_PALETTE[color.triplet])


def _sort_codes(codes: list[str]) -> tuple[tuple[str, ...], str, str]:
    """SGR parameters as attributes, foreground, background."""
    attributes: list[str] = []
    foreground, background = "39", "49"
    rest = iter(codes)
    for first in rest:
        number, code = int(first), first
        if number in (38, 48):
            kind = next(rest)
            code = ";".join((first, kind, *(next(rest) for _ in range(3 if kind == "2" else 1))))
        if number in range(30, 40) or number in range(90, 98):
            foreground = code
        elif number in range(40, 50) or number in range(100, 108):
            background = code
        else:
            attributes.append(code)
    return tuple(attributes), foreground, background


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
            line[x - 1] = (" ", line[x - 1][1])
        if after < self.width and not line[after][0]:
            line[after] = (" ", line[after][1])
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
        look = _PLAIN
        for y in sorted(self._touched):
            look = self._write_line(y, shown[y], look, parts)
            shown[y] = self.wanted[y].copy()
        self._touched.clear()
        if look != _PLAIN:
            parts.append("\x1b[0m")
        return "".join(parts)

    def _write_line(self, y: int, shown: list[Cell], look: int, parts: list[str]) -> int:
        line = self.wanted[y]
        at: int | None = None
        for first, last in _runs(line, shown):
            if at is None or first - at > _CHEAP_GAP or not _plain_between(line, at, first):
                parts.append(f"\x1b[{y + 1};{first + 1}H")
                at = first
            for text, number in line[at:last]:
                if not text:
                    continue
                parts.append(self.ink.change(look, number))
                parts.append(text)
                look = number
            # Terminals disagree on the width of some characters; a jump mends what follows.
            at = last if _sure_width(line, last - 1) else None
        return look

    def _cells(self, segments: Iterable[Segment], room: int) -> list[Cell]:
        cells: list[Cell] = []
        for given, style, control in segments:
            if control:
                continue
            text = in_ascii(given) if self.ascii_only else given
            number = self.ink.number(style)
            if text.isascii():
                cells += [(char, number) for char in text]
            else:
                _add_wide(cells, text, number)
            if len(cells) >= room:
                break
        if len(cells) > room:
            cells = cells[: max(0, room)]
            if cells and room < self.width and cell_len(cells[-1][0]) > 1:
                cells[-1] = (" ", cells[-1][1])
        return cells


def _add_wide(cells: list[Cell], text: str, number: int) -> None:
    for char in text:
        width = get_character_cell_size(char)
        if width == 0:
            if cells and cells[-1][0]:
                cells[-1] = (cells[-1][0] + char, cells[-1][1])
            elif len(cells) > 1:
                cells[-2] = (cells[-2][0] + char, cells[-2][1])
            continue
        cells.append((char, number))
        if width == 2:
            cells.append(("", number))


def _runs(new: list[Cell], old: list[Cell]) -> list[tuple[int, int]]:
    """Spans [first, last) to write: the cells that differ.

    A wide character's right half differs from anything but another right half, so no run ends
    in the middle of one that comes or goes.
    """
    runs: list[tuple[int, int]] = []
    for x, pair in enumerate(zip(new, old, strict=True)):
        if pair[0] == pair[1]:
            continue
        if runs and runs[-1][1] == x:
            runs[-1] = (runs[-1][0], x + 1)
        else:
            runs.append((x, x + 1))
    return runs


def _plain_between(line: list[Cell], first: int, last: int) -> bool:
    return all(text.isascii() and text for text, _ in line[first:last])


def _sure_width(line: list[Cell], x: int) -> bool:
    """Whether every terminal agrees on the width of a cell."""
    text = line[x][0]
    if not text or len(text) > 1:
        return False
    if text.isascii() or "\u2500" <= text <= "\u259f" or "\u2800" <= text <= "\u28ff":
        return True
    return unicodedata.east_asian_width(text) not in "WFA"
