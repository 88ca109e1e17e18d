"""Time: the two clocks, the board day and its slots.

Wall time (`now_ms`, UTC epoch milliseconds) stamps things; monotonic time (`monotonic_s`)
measures durations. Nothing else in the package asks the system for the time, so a test
that gives its own `Clock` owns time altogether.
"""

import asyncio
import re
import time
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from tui_monitor.errors import BadInput
from tui_monitor.printable import printable

SECOND_MS = 1_000
MINUTE_MS = 60_000
SLOT_MS = 30 * MINUTE_MS
DAY_MS = 86_400_000

_MOST_EPOCH_S = 100_000_000_000
# In 2001 seconds got their tenth digit.
_LEAST_EPOCH_S = 1_000_000_000
_NUMBER = re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?")
_DAY_ALONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}")
_WRITE_TIME = "write 2026-01-03 08:00:00"
_FEW_DIGITS = "epoch seconds have ten digits; or write 2026-01-03 08:00:00"
# Of what was given, an error repeats so much.
_ECHOED = 60

# OKX's own trading day (`sodUtc8`, bar `1D`) has a fixed offset, without summer time.
UTC_PLUS_8 = timezone(timedelta(hours=8))


class Clock(Protocol):
    """The only source of time."""

    def now_ms(self) -> int:
        """Wall time, UTC epoch milliseconds."""

    def monotonic_s(self) -> float:
        """Seconds that never jump; only differences mean anything."""

    async def sleep(self, seconds: float) -> None:
        """Wait on the event loop."""


class SystemClock:
    """The machine's clocks."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class BoardZone:
    """The zone in which the board's day begins at 00:00, and days and slots in it.

    Zones whose offset is no multiple of 30 minutes are refused: their slots would lie
    inside the exchanges' 30-minute bars.
    """

    def __init__(self, name: str = "Asia/Shanghai") -> None:
        self.name = name
        self.tz: tzinfo
        if name == "Asia/Shanghai":
            # Not the zone database's entry: that has local mean time and summer times of
            # the past, the exchanges' day has neither.
            self.tz = UTC_PLUS_8
        else:
            try:
                self.tz = ZoneInfo(name)
            except (OSError, ValueError, KeyError) as error:
                raise BadInput(
                    f"unknown time zone {name!r}", "use a name like Asia/Shanghai"
                ) from error
        offset = self.tz.utcoffset(datetime(2026, 1, 1))  # noqa: DTZ001 - a local time on purpose
        if offset is None or offset.total_seconds() % 1800:
            raise BadInput(f"time zone {name!r} is not on a half-hour offset", "slots need one")

    @property
    def is_utc_plus_8(self) -> bool:
        """Whether an exchange's UTC+8 day open is this board's day open."""
        return self.tz is UTC_PLUS_8

    def day_of(self, ms: int) -> date:
        """The board day that contains a time."""
        return datetime.fromtimestamp(ms / 1000, self.tz).date()

    def day_start_ms(self, day: date) -> int:
        """00:00 of a board day."""
        return int(datetime(day.year, day.month, day.day, tzinfo=self.tz).timestamp()) * 1000

    def day_end_ms(self, day: date) -> int:
        """00:00 of the day after (23, 24 or 25 hours later)."""
        return self.day_start_ms(day + timedelta(days=1))

    def slots(self, day: date) -> range:
        """The slots of a day, in ms: 48 of them but on the days a clock is set."""
        return range(self.day_start_ms(day), self.day_end_ms(day), SLOT_MS)

    def format(self, ms: int, pattern: str = "%Y-%m-%d %H:%M:%S") -> str:
        """Local text of a time."""
        return datetime.fromtimestamp(ms / 1000, self.tz).strftime(pattern)

    def parse(self, text: str) -> int:
        """`YYYY-MM-DD[ HH:MM[:SS]]` in this zone, ISO 8601, or epoch s or ms, to ms.

        Eight digits that are a day are that day.
        """
        cleaned = text.strip()
        if _NUMBER.fullmatch(cleaned) and day_alone(cleaned) is None:
            return _given_epoch_ms(cleaned)
        try:
            moment = datetime.fromisoformat(cleaned.upper())
        except ValueError as error:
            raise BadInput(f"{printable(text, _ECHOED)!r} is not a time", _WRITE_TIME) from error
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.tz)
        # Not int(): a float may fall just below its millisecond.
        return round(moment.timestamp() * 1000)

    def parse_last(self, text: str) -> int:
        """The same for the end of a span, which is included: a day alone to its last ms."""
        day = day_alone(text)
        return self.parse(text) if day is None else self.day_end_ms(day) - 1


def slot_of(ms: int) -> int:
    """The slot that has begun last (offsets are multiples of a slot in every board zone)."""
    return ms - ms % SLOT_MS


def nearest_slot(ms: int) -> int:
    """The slot nearest to a time; a tie goes to the earlier one."""
    below = slot_of(ms)
    return below if ms - below <= SLOT_MS // 2 else below + SLOT_MS


def epoch_ms(number: int) -> int:
    """Epoch seconds or milliseconds, told apart by size, to milliseconds."""
    return number * 1000 if abs(number) < _MOST_EPOCH_S else number


def _given_epoch_ms(text: str) -> int:
    """Epoch s or ms that somebody wrote. Few digits are a slip, not a time of long ago; 0 is the
    beginning."""
    # Past its digits a float has no ms; what is that large is in none of both units.
    number = Decimal(text)
    if 0 < number < _LEAST_EPOCH_S:
        raise BadInput(f"{printable(text, _ECHOED)!r} is not a time", _FEW_DIGITS)
    return round(number * 1000 if number < _MOST_EPOCH_S else number)


def day_alone(text: str) -> date | None:
    """The day that `2026-01-03` or `20260103` names; None for anything else."""
    if not _DAY_ALONE.fullmatch(text.strip()):
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def parse_day(text: str) -> date:
    """`YYYY-MM-DD` to a date; BadInput says what was wrong."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput(
            f"{printable(text, _ECHOED)!r} is not a day", "write it as 2026-01-03"
        ) from error


def utc_text(ms: int) -> str:
    """ISO 8601 with milliseconds and Z, for logs and machine output."""
    # Not ms / 1000: a float may fall just below its millisecond, and isoformat truncates.
    moment = datetime.fromtimestamp(ms // 1000, UTC) + timedelta(milliseconds=ms % 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
