"""Text for terminals that show ASCII only: the linux console, a locale that is not UTF-8.

Every character becomes as many as it has cells, so nothing moves.
"""

import unicodedata
from functools import lru_cache

from rich.cells import get_character_cell_size

_LOOKALIKES = {
    **dict.fromkeys("●◆", "o"),
    **dict.fromkeys("◐", "~"),
    **dict.fromkeys("○×✹", "x"),
    **dict.fromkeys("┊╎", ":"),
    # The grid would be taken for the curve.
    **dict.fromkeys("┈", " "),
    **dict.fromkeys("·…░▁▂▃", "."),
    **dict.fromkeys("╌─╸╺–—−╴╶", "-"),
    **dict.fromkeys("≥", ">"),
    **dict.fromkeys("≤", "<"),
    **dict.fromkeys("≠", "!"),
    **dict.fromkeys("±", "~"),
    **dict.fromkeys("━", "="),
    **dict.fromkeys("│╷╵", "|"),
    # The bodies of rising candles; the wicks are the lines above.
    **dict.fromkeys("┃╽╿╻╹", "O"),
    **dict.fromkeys("┼╭╮╰╯┌┐└┘├┤┬┴", "+"),
    **dict.fromkeys("▴▵↑", "^"),
    **dict.fromkeys("▾↓", "v"),
    **dict.fromkeys("→›", ">"),
    **dict.fromkeys("←", "<"),
    **dict.fromkeys("█▇▆▅", "#"),
    # The quadrants that curves are drawn with: their upper half, their lower half, both.
    **dict.fromkeys("▘▝▀", "'"),
    **dict.fromkeys("▖▗▄", "."),
    **dict.fromkeys("▌▐▙▟▛▜▚▞", ":"),
}


# Signs of two characters, where a blank behind them leaves room.
_WIDE = {"≥ ": ">=", "≤ ": "<=", "≠ ": "!=", "→ ": "->", "± ": "+-"}


@lru_cache(maxsize=4_096)
def in_ascii(text: str) -> str:
    """The text in ASCII, of the same width; what looks like nothing there is a question mark."""
    if text.isascii():
        return text
    for sign, pair in _WIDE.items():
        text = text.replace(sign, pair)
    return "".join(_one(char) for char in text)


def _one(char: str) -> str:
    if char.isascii():
        return char
    width = get_character_cell_size(char)
    found = _LOOKALIKES.get(char)
    if found is None:
        base = unicodedata.normalize("NFKD", char)[0]
        found = base if base.isascii() and base.isprintable() else "?"
    return found.ljust(width, "?")[:width]
