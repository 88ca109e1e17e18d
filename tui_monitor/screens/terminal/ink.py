"""Looks by number, and the shortest codes from one to another."""

from collections.abc import Iterable

from rich.color import Color, ColorSystem
from rich.style import Style

PLAIN = 0
# Attributes that show on a blank, too: underlines, reverse, strike, overline.
_ON_BLANKS = frozenset({"4", "7", "9", "21", "53"})
# What ends an attribute; what has no entry ends by a reset.
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
_MAX_STYLES = 5_000
# Below this a shell's theme may have redefined the palette.
_SAFE = 22

# Attributes, foreground, background.
Codes = tuple[tuple[str, ...], str, str]


class Ink:
    """Looks by number: rich styles to attribute, foreground and background codes."""

    def __init__(self, system: ColorSystem, *, colourless: bool = False) -> None:
        self.system = system
        self.colourless = colourless
        self._codes: list[Codes] = [((), "39", "49")]
        self._numbers = {self._codes[0]: PLAIN}
        self._by_style: dict[Style | None, int] = {None: PLAIN}
        self._blanks: dict[int, int] = {}
        self._nearest: dict[tuple[int, int], int] = {}
        self._changes: dict[tuple[int, int], str] = {}

    def become(self, system: ColorSystem, *, colourless: bool) -> None:
        """Other codes for the styles that come; the numbers that were given keep theirs."""
        self.system = system
        self.colourless = colourless
        self._by_style = {None: PLAIN}

    def number(self, style: Style | None) -> int:
        """The number of a style; styles that look alike share one."""
        found = self._by_style.get(style)
        if found is not None:
            return found
        if len(self._by_style) > _MAX_STYLES:
            self._by_style = {None: PLAIN}
        number = self._by_style[style] = self._number_of(self._split(style))
        return number

    def _number_of(self, codes: Codes) -> int:
        number = self._numbers.setdefault(codes, len(self._codes))
        if number == len(self._codes):
            self._codes.append(codes)
        return number

    def blank(self, number: int) -> int:
        """The look of all blanks that nobody could tell from one of this look."""
        found = self._blanks.get(number)
        if found is None:
            attributes, _, background = self._codes[number]
            shows = not _ON_BLANKS.isdisjoint(attributes)
            found = number if shows else self._number_of(((), "39", background))
            self._blanks[number] = found
        return found

    def for_blank(self, now: int, blank: int) -> int:
        """The look nearest to that of now in which a blank shows as one of `blank`."""
        found = self._nearest.get((now, blank))
        if found is None:
            found = self._nearest[now, blank] = self._find_nearest(now, blank)
        return found

    def _find_nearest(self, now: int, blank: int) -> int:
        if self.blank(now) == blank:
            return now
        attributes, foreground, _ = self._codes[now]
        wanted, _, background = self._codes[blank]
        if wanted or not _ON_BLANKS.isdisjoint(attributes):
            return blank
        return self._number_of((attributes, foreground, background))

    def change(self, old: int, new: int) -> str:
        """The sequence that turns one look into another."""
        if old == new:
            return ""
        found = self._changes.get((old, new))
        if found is None:
            found = self._changes[old, new] = self._change(self._codes[old], self._codes[new])
        return found

    def _change(self, old: Codes, new: Codes) -> str:
        """Either what differs, or a reset and all of the new one: what is shorter."""
        gone = [code for code in old[0] if code not in new[0]]
        ends = dict.fromkeys(_OFF.get(code, "0") for code in gone)
        # What ends bold ends dim, too.
        kept = [code for code in old[0] if code in new[0] and _OFF.get(code) not in ends]
        step = [*ends, *_differing((tuple(kept), *old[1:]), new)]
        anew = ["0", *_differing(((), "39", "49"), new)]
        chosen = anew if "0" in ends or len(";".join(anew)) < len(";".join(step)) else step
        return f"\x1b[{';'.join(chosen)}m"

    def _split(self, style: Style | None) -> Codes:
        if style is None:
            return self._codes[PLAIN]
        # Without its link: a hyperlink is text from outside that a terminal would obey.
        plain = style.update_link(None)
        if self.system in (ColorSystem.EIGHT_BIT, ColorSystem.TRUECOLOR):
            # Three numbers of a colour are twice as long as the palette's one.
            least = _SAFE if self.system is ColorSystem.TRUECOLOR else 0
            plain += Style(
                color=in_palette(plain.color, least), bgcolor=in_palette(plain.bgcolor, least)
            )
        rendered = plain.render("x", color_system=self.system)
        if not rendered.startswith("\x1b["):
            return self._codes[PLAIN]
        codes = _sort_codes(rendered.partition("m")[0].removeprefix("\x1b[").split(";"))
        return (codes[0], *self._codes[PLAIN][1:]) if self.colourless else codes


_LEVELS = (0, *range(95, 256, 40))
_CUBE = {
    (red, green, blue): 16 + 36 * r + 6 * g + b
    for r, red in enumerate(_LEVELS)
    for g, green in enumerate(_LEVELS)
    for b, blue in enumerate(_LEVELS)
}
_PALETTE = _CUBE | {(8 + 10 * step,) * 3: 232 + step for step in range(24)}


def in_palette(color: Color | None, least: int = 0) -> Color | None:
    """A colour that the 256-colour palette has, as its number: rich takes another grey for some."""
    number = _PALETTE.get(color.triplet, -1) if color is not None and color.triplet else -1
    return color if number < least else Color.from_ansi(number)


def _sort_codes(codes: list[str]) -> Codes:
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


def _differing(old: Codes, new: Codes) -> Iterable[str]:
    yield from (code for code in new[0] if code not in old[0])
    yield from (code for before, code in zip(old[1:], new[1:], strict=True) if before != code)
