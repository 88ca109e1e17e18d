"""Curves to characters: lines through dots, as braille or as quadrant blocks.

A line is a vertical run of dots in each column of dots that it crosses, so that its cost is that
of the columns, however many points it was made of.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

# Dots a character: braille has 2 × 4; quadrant blocks 2 × 2 for fonts without braille.
DOTS = {"braille": (2, 4), "hd": (2, 2)}
# By marker: the bit of each dot of a character, columns of dots from above.
_BITS = {
    "braille": ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80)),
    "hd": ((0x01, 0x04), (0x02, 0x08)),
}
_CHARS = {
    "braille": " " + "".join(chr(0x2800 + bits) for bits in range(1, 256)),
    "hd": " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█",
}

Dot = tuple[int, int]
Run = tuple[int, int, int]
"""A column of dots, and the first and the last dot of it that a line touches."""


def draw_lines(
    segments: Sequence[Sequence[Dot]], columns: int, rows: int, marker: str = "braille"
) -> tuple[str, ...]:
    """Lines through dots, as `rows` texts of `columns` characters.

    A dot is (x, y) in dots from the top left corner; a segment is drawn as one line from the left
    to the right, and not joined to the next one. A segment of one dot is that dot. Dots outside
    are left out.
    """
    per_column, per_row = DOTS[marker]
    bits, chars = _BITS[marker], _CHARS[marker]
    cells = [[0] * columns for _ in range(rows)]
    for segment in segments:
        for x, top, bottom in runs(segment):
            column = x // per_column
            if not 0 <= column < columns:
                continue
            of_dots = bits[x % per_column]
            for y in range(max(0, top), min(bottom, rows * per_row - 1) + 1):
                cells[y // per_row][column] |= of_dots[y % per_row]
    return tuple("".join([chars[cell] for cell in row]) for row in cells)


def runs(segment: Sequence[Dot]) -> Iterator[Run]:
    """The runs of dots of the line through a segment's dots; without holes, and thin."""
    if len(segment) == 1:
        x, y = segment[0]
        yield x, y, y
    for (x1, y1), (x2, y2) in pairwise(segment):
        wide, high = x2 - x1, y2 - y1
        if abs(high) <= abs(wide):
            for n in range(wide + 1):
                y = y1 + round(high * n / wide) if wide else y1
                yield x1 + n, y, y
        elif not wide:
            yield x1, min(y1, y2), max(y1, y2)
        else:
            yield from _steep(x1, y1, wide, high)


def _steep(x: int, y: int, wide: int, high: int) -> Iterator[Run]:
    """Each column has the part of the way that is nearer to it than to the ones beside it."""
    sign = 1 if high > 0 else -1
    begin = 0
    for n in range(wide + 1):
        end = abs(high) if n == wide else math.ceil(abs(high) * (n + 0.5) / wide) - 1
        top, bottom = sorted((y + sign * begin, y + sign * end))
        yield x + n, top, bottom
        begin = end + 1
