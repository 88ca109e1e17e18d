"""Curves to characters: plotext draws, we tell it where every dot lies.

plotext is used for what it does well, joining dots by lines in braille. Its own axes, colours
and labels are not used: its ticks fall at odd times, wide characters break its rows.
"""

import re
from functools import lru_cache

import plotext

# Dots a character: braille has 2 × 4; quadrant blocks 2 × 2 for fonts without braille.
DOTS = {"braille": (2, 4), "hd": (2, 2)}
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_BRAILLE_BLANK = "\u2800"

Dot = tuple[int, int]


@lru_cache(maxsize=8)
def draw_lines(
    segments: tuple[tuple[Dot, ...], ...], columns: int, rows: int, marker: str = "braille"
) -> tuple[str, ...]:
    """Lines through dots, as `rows` texts of `columns` characters.

    A dot is (x, y) in dots from the top left corner; a segment is drawn as one line, segments
    are not joined. A segment of one dot is that dot. A live point that moves by less than a
    dot gives the same drawing, from the cache.
    """
    per_column, per_row = DOTS[marker]
    wide, high = columns * per_column - 1, rows * per_row - 1
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(columns, rows)
    plotext.theme("clear")
    plotext.frame(False)
    plotext.xticks([])
    plotext.yticks([])
    plotext.xlim(0, max(1, wide))
    plotext.ylim(0, max(1, high))
    for segment in segments:
        xs = [x for x, _ in segment]
        ys = [high - y for _, y in segment]
        draw = plotext.plot if len(segment) > 1 else plotext.scatter
        draw(xs, ys, marker=marker)
    lines = _ESCAPES.sub("", plotext.build()).replace(_BRAILLE_BLANK, " ").split("\n")
    return tuple(line[:columns].ljust(columns) for line in lines[:rows])
