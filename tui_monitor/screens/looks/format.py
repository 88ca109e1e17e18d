"""Numbers, times and texts as they stand on screen: fixed widths, signs shown, nothing dances."""

import re
from datetime import UTC, datetime
from math import floor, log10
from textwrap import wrap

from rich.cells import cell_len, chop_cells

from tui_monitor.clock import DAY_MS, BoardZone
from tui_monitor.printable import printable
from tui_monitor.words import t, told

# What stands where there is no number. Never 0: the reason is beside it.
ABSENT = "–"
_ROUNDS_UP = 0.999995
# Below this a price has more zeros than digits.
_TINY = 1e-6
_SI = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def signed(value: float | None, digits: int = 2) -> str:
    """`+1.23`, `-0.40`, ` 0.00`; a value that rounds to zero has no sign."""
    if value is None:
        return ABSENT
    text = f"{value:+,.{digits}f}"
    return f"{0:.{digits}f}" if float(text.replace(",", "")) == 0 else text


def price(value: float | None) -> str:
    """A price with five significant digits or more, thousands apart; tiny: with an exponent."""
    if value is None:
        return ABSENT
    size = abs(value)
    if 0 < size < _TINY:
        return exponent(value)
    digits = 1 if size >= 10_000 else 2
    for limit, more in ((100, 3), (10, 4), (1, 5), (0.1, 6), (0.01, 7)):
        if size < limit:
            digits = more
    if 0 < size < 0.001:
        digits = 4 - floor(log10(size))
    return f"{value:,.{digits}f}"


def exponent(value: float, room: int = 10) -> str:
    """`2.5987e-8`: five significant digits, or as many as there is room for."""
    texts = (f"{value:.{digits}e}".replace("e-0", "e-") for digits in range(4, -1, -1))
    found = ""
    for found in texts:
        if len(found) <= room:
            break
    return found


def count(value: float | None) -> str:
    """`950`, `1.23k`, `4.50M`."""
    if value is None:
        return ABSENT
    for size, letter in _SI:
        # What would round to a thousand of the next letter is one of this.
        if abs(value) >= size * _ROUNDS_UP:
            return f"{value / size:.2f}{letter}"
    return f"{value:.0f}"


def round_amount(value: float) -> str:
    """The label of a scale, without zeros that say nothing: `0`, `250k`, `1.5M`."""
    for size, letter in _SI:
        if abs(value) >= size:
            return f"{value / size:.4g}{letter}"
    return f"{value:.4g}"


def share(value_pct: float | None) -> str:
    """A percentage without sign; 100 only when it is whole."""
    if value_pct is None:
        return ABSENT
    return "100 %" if value_pct >= 100 else f"{min(value_pct, 99.9):.1f} %"


def duration(seconds: float) -> str:
    """`0.2s`, `12s`, `02:10`, `3h05`, `2d04h`."""
    whole = int(seconds)
    if seconds < 10:
        return f"{max(0.0, seconds):.1f}s"
    if whole < 60:
        return f"{whole}s"
    if whole < 3_600:
        return f"{whole // 60:02}:{whole % 60:02}"
    if whole < 86_400:
        return f"{whole // 3_600}h{whole % 3_600 // 60:02}"
    return f"{whole // 86_400}d{whole % 86_400 // 3_600:02}h"


def age(milliseconds: int | None) -> str:
    """How long ago."""
    return ABSENT if milliseconds is None else duration(milliseconds / 1000)


def fit(text: str, width: int, align: str = "left") -> str:
    """Exactly `width` cells: padded, or cut with an ellipsis. Never splits a wide character."""
    length = cell_len(text)
    if length > width:
        # What was cut before, where it came from, has its ellipsis already.
        kept = chop_cells(text, width - 1)[0].rstrip("…") if width > 1 else ""
        text = kept + "…"[:width]
        length = cell_len(text)
    padding = " " * (width - length)
    return padding + text if align == "right" else text + padding


# A wide character, with the stop behind it that begins no line; a word; blanks.
_PART = re.compile(r"[\u2e80-\uffef][、。，；：！？）》」]*|[^\s\u2e80-\uffef]+|\s+")


def wrapped(text: str, width: int) -> list[str]:
    """A text on lines of so many cells; between wide characters there need be no blank."""
    if cell_len(text) == len(text):
        return wrap(text, width)
    lines = [""]
    for part in (piece for word in _PART.findall(text) for piece in chop_cells(word, width)):
        if cell_len(lines[-1] + part.rstrip()) > width:
            lines.append("")
        lines[-1] += part if lines[-1] else part.lstrip()
    return [line.rstrip() for line in lines if line.strip()]


def shown(text: str, limit: int = 200) -> str:
    """Text from outside, fit for a cell."""
    return printable(text, limit)


class ShownZone:
    """The zone in which times are written: the board's, UTC or this machine's.

    Days always begin at the board zone's midnight, whatever zone is shown.
    """

    NAMES = ("board", "UTC", "local")

    def __init__(self, board: BoardZone, name: str = "board") -> None:
        self.board = board
        self.name = name

    def next(self) -> "ShownZone":
        """The zone after this one."""
        names = self.NAMES
        return ShownZone(self.board, names[(names.index(self.name) + 1) % len(names)])

    def moment(self, ms: int) -> datetime:
        """A time in this zone."""
        utc = datetime.fromtimestamp(ms / 1000, UTC)
        if self.name == "UTC":
            return utc
        return utc.astimezone(self.board.tz if self.name == "board" else None)

    def format(self, ms: int, pattern: str = "%H:%M") -> str:
        """Text of a time in this zone."""
        return self.moment(ms).strftime(pattern)

    def label(self, ms: int) -> str:
        """`UTC+8`, `UTC-3:30`, `UTC`."""
        offset = self.moment(ms).utcoffset()
        minutes = int(offset.total_seconds() // 60) if offset is not None else 0
        if minutes == 0:
            return "UTC"
        sign = "+" if minutes > 0 else "-"
        hours, rest = divmod(abs(minutes), 60)
        return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")

    def when(self, ms: int, now_ms: int) -> str:
        """Hour and minute, with the day where it is not near."""
        near = self.moment(ms).date() == self.moment(now_ms).date()
        return self.format(ms, "%H:%M" if near else "%m-%d %H:%M")


def ago(ms: int | None, now_ms: int) -> str:
    """`12s ago`; None: never."""
    if ms is None:
        return t("never")
    if now_ms - ms >= 400 * DAY_MS:
        return t("long ago")
    return t("{age} ago", age=age(max(0, now_ms - ms)))


def because(what: str, why: str) -> str:
    """`okx: not asked for yet`; the reason, which others made, in the reader's language."""
    return t("{what}: {why}", what=what, why=told(why))
