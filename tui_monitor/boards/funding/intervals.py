"""Notices funding intervals that change: a rate of the same size is then another one."""

from collections.abc import Iterable, Mapping
from math import ceil

from msgspec import Struct

from tui_monitor.clock import DAY_MS
from tui_monitor.market import Key, Row
from tui_monitor.model import Market, Status
from tui_monitor.printable import printable

HOUR_MS = DAY_MS // 24


class IntervalChange(Struct, frozen=True, kw_only=True):
    """One interval that is another one now."""

    key: Key
    was_h: float
    is_h: float
    seen_ms: int

    @property
    def text(self) -> str:
        """What the event log says."""
        symbol = printable(self.key[2])
        return f"{symbol} settles funding every {self.is_h:g} h now, it was {self.was_h:g} h"


class IntervalWatch:
    """Remembers each perpetual's interval and its last change."""

    def __init__(self) -> None:
        self._known: dict[Key, float] = {}
        self._changes: dict[Key, IntervalChange] = {}

    @property
    def changes(self) -> Mapping[Key, IntervalChange]:
        """The last change of each perpetual that had one."""
        return self._changes

    def look(self, rows: Iterable[Row], now_ms: int) -> list[IntervalChange]:
        """What changed since the last look. An interval that becomes unknown is no change."""
        found = []
        for row in rows:
            is_h = interval_of(row)
            if is_h is None or not is_live_perp(row):
                continue
            key = row.instrument.key
            was_h = self._known.get(key)
            self._known[key] = is_h
            if was_h is not None and was_h != is_h:
                change = IntervalChange(key=key, was_h=was_h, is_h=is_h, seen_ms=now_ms)
                self._changes[key] = change
                found.append(change)
        return found


def interval_of(row: Row) -> float | None:
    """Hours between two settlements: as told with the rate, else by the list of instruments."""
    hours = row.interval_h if row.interval_h is not None else row.instrument.funding_interval_h
    return hours if hours is not None and hours > 0 else None


def last_settlement_ms(row: Row, now_ms: int) -> int | None:
    """When it settled last, by what is told of the next time; None where that can't be told."""
    next_ms, hours = row.next_settlement_ms, interval_of(row)
    if next_ms is None or next_ms <= now_ms:
        return next_ms
    if hours is None:
        return None
    interval_ms = round(hours * HOUR_MS)
    return next_ms - ceil((next_ms - now_ms) / interval_ms) * interval_ms


def is_live_perp(row: Row) -> bool:
    """Whether the board has it."""
    instrument = row.instrument
    return instrument.market is Market.PERP and instrument.status is Status.LIVE
