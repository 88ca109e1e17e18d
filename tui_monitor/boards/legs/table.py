"""All legs in columns of numbers: coins down, slots across, kept up to date row by row.

A column is an array of shape (coins, slots); what is unknown is NaN. Coins come and stay, so
that a coin's index is good for as long as the table; instruments that are not LIVE leave it.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from math import inf
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui_monitor.boards.legs import SLOTS
from tui_monitor.market import Row, Stamp
from tui_monitor.model import Instrument, Source, Status
from tui_monitor.model.place import Alias

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

_WIDTH = len(SLOTS)
_SLOT_OF = {slot: place for place, slot in enumerate(SLOTS)}
_GONE = -1
# Another symbol of one coin takes its slot over only with clearly more turnover.
_CLEARLY_MORE = 1.5
# Confirmations leave no revision behind; legs quieter than this are asked for theirs, this often.
_QUIET_S = 0.5
_BOOK_SEEN_S = attrgetter("book_seen_s")
_LAST_SEEN_S = attrgetter("trade_seen_s")
_WINDOW_S = 60.0


class Column(IntEnum):
    """Prices are per coin, sizes in coins, times in their names' units.

    `…_SEEN_S` is monotonic: arrival, or the REST answer that confirmed it since. `…_LATE_MS` is
    how much older than its arrival the exchange's time was: 0 once confirmed or where REST told.
    """

    # What most messages change comes first.
    BID = 0
    ASK = 1
    BID_COINS = 2
    ASK_COINS = 3
    LAST = 4
    TURNOVER_USD = 5
    BOOK_SEEN_S = 6
    BOOK_LATE_MS = 7
    BOOK_EXCHANGE_MS = 8
    LAST_SEEN_S = 9
    LAST_LATE_MS = 10
    MARK = 11
    INDEX = 12
    RATE = 13
    INTERVAL_H = 14
    NEXT_SETTLEMENT_MS = 15
    MARK_SEEN_S = 16
    INDEX_SEEN_S = 17


_OFTEN = Column.MARK


_Stamps = tuple[Stamp | None, Stamp | None, Stamp | None]


class _Place(NamedTuple):
    """Where a row's instrument is in the table; `leg` is coin × slots + slot, or _GONE."""

    instrument: Instrument
    leg: int


class LegTable:
    """The legs of every coin. One symbol a slot; where there are two, that with more turnover."""

    def __init__(self, aliases: Iterable[Alias] = ()) -> None:
        self.coins: list[str] = []
        self.index: dict[str, int] = {}
        self.set_aside: frozenset[Row] = frozenset()
        """Rows that a slot shows only if it has no other: see `prefer`."""
        self.listings = 0
        """Grows whenever an instrument comes, leaves or is defined anew."""
        self._aliases = tuple(aliases)
        self._numbers = np.full((len(Column), 64 * _WIDTH), np.nan)
        self._shown: list[Row | None] = []
        # The stamps behind what changes seldom, per leg: the same objects mean the same numbers.
        self._stamps: list[_Stamps | None] = []
        self._listed: dict[int, list[Row]] = {}
        self._crowded: set[int] = set()
        self._places: dict[Row, _Place] = {}
        self._late = _LeastLate()
        self._confirmed_s = -inf

    def column(self, column: Column) -> Floats:
        """One column as it stands: a view, good until the next update."""
        return self._numbers[column, : len(self.coins) * _WIDTH].reshape(-1, _WIDTH)

    def row(self, coin: int, slot: int) -> Row | None:
        """The row behind a leg."""
        return self._shown[coin * _WIDTH + slot]

    def symbols(self, coins: Ints, slots: Ints) -> list[str]:
        """The exchanges' own names of some legs; empty where a slot has none."""
        legs = (coins * _WIDTH + slots).tolist()
        rows = [self._shown[leg] for leg in legs]
        return [row.instrument.symbol if row is not None else "" for row in rows]

    def others(self, coin: int, slot: int) -> list[Row]:
        """Further live symbols of the coin in that slot."""
        leg = coin * _WIDTH + slot
        return [row for row in self._listed.get(leg, ()) if row is not self._shown[leg]]

    def crowded(self) -> set[int]:
        """The coins of which some slot has more than one symbol."""
        return {leg // _WIDTH for leg in self._crowded}

    def rows_of(self, coin: int) -> list[Row]:
        """All live rows of a coin, shown or not, in the order of the slots."""
        legs = range(coin * _WIDTH, (coin + 1) * _WIDTH)
        return [row for leg in legs for row in self._listed.get(leg, ())]

    def live_rows(self) -> Iterator[Row]:
        """Every live row."""
        return (row for rows in self._listed.values() for row in rows)

    def leg_of(self, row: Row) -> tuple[int, int] | None:
        """Coin and slot of a row's instrument, shown or not; None if it isn't live."""
        place = self._places.get(row)
        if place is None or place.leg == _GONE:
            return None
        return divmod(place.leg, _WIDTH)

    def update(self, rows: Iterable[Row], now_s: float) -> None:
        """Take over rows that changed, and the confirmations of those that did not."""
        legs: list[int] = []
        seldom: list[int] = []
        # Flat: thousands of tuples would keep the garbage collector busy.
        numbers: list[float | None] = []
        places, shown, stamps = self._places, self._shown, self._stamps
        for row in rows:
            place = places.get(row)
            if place is None or place.instrument is not row.instrument:
                place = self._put(row)
            leg = place.leg
            if leg == _GONE:
                continue
            if shown[leg] is not row:
                if self._best(leg) is not row:
                    continue
                shown[leg] = row
                stamps[leg] = None
            legs.append(leg)
            numbers.extend(_often(row))
            known = stamps[leg]
            if (
                known is None
                or known[0] is not row.mark
                or known[1] is not row.index
                or known[2] is not row.funding
            ):
                seldom.append(leg)
                stamps[leg] = (row.mark, row.index, row.funding)
        if legs:
            columns = np.array(numbers, dtype=float).reshape(len(legs), -1).T
            self._numbers[:_OFTEN, legs] = columns
            self._late.learn(columns[Column.BOOK_LATE_MS], now_s)
        if seldom:
            rest = [number for leg in seldom for number in _seldom(shown[leg])]
            self._numbers[_OFTEN:, seldom] = np.array(rest, float).reshape(len(seldom), -1).T
        self._confirm(now_s)

    def prefer(self, aside: frozenset[Row]) -> None:
        """Show other symbols instead of these, where a slot has others."""
        changed = self.set_aside ^ aside
        self.set_aside = aside
        for row in changed:
            place = self._places.get(row)
            if place is not None and place.leg in self._crowded:
                self._show(place.leg, self._best(place.leg))

    def book_age_s(self, now_s: float) -> Floats:
        """Age of each book: since it was seen last, plus how late it was then. NaN: no book."""
        return self._age_s(Column.BOOK_SEEN_S, Column.BOOK_LATE_MS, now_s)

    def last_age_s(self, now_s: float) -> Floats:
        """Age of each last price, as of the books."""
        return self._age_s(Column.LAST_SEEN_S, Column.LAST_LATE_MS, now_s)

    def exchange_age_ms(self, now_ms: int) -> Floats:
        """Since the exchange's own time of each book, never below 0. NaN: it gives none."""
        return np.maximum(now_ms - self.column(Column.BOOK_EXCHANGE_MS), 0.0)

    def clock_ahead_ms(self) -> float:
        """How far our clock seems ahead of all exchanges' (with the fastest line's latency)."""
        return self._late.least_ms()

    def _age_s(self, seen: Column, late: Column, now_s: float) -> Floats:
        behind_ms = np.fmax(self.column(late) - self.clock_ahead_ms(), 0.0)
        age: Floats = np.maximum(now_s - self.column(seen), 0.0) + behind_ms / 1000
        return age

    def _put(self, row: Row) -> _Place:
        known = self._places.get(row, _Place(row.instrument, _GONE))
        leg = self._leg_for(row.instrument)
        self.listings += 1
        if leg != known.leg:
            self._take_out(row, known.leg)
            self._list(row, leg)
        elif leg != _GONE:
            self._stamps[leg] = None  # the definition has the interval
        place = self._places[row] = _Place(row.instrument, leg)
        return place

    def _list(self, row: Row, leg: int) -> None:
        if leg == _GONE:
            return
        listed = self._listed.setdefault(leg, [])
        listed.append(row)
        if len(listed) > 1:
            self._crowded.add(leg)

    def _take_out(self, row: Row, leg: int) -> None:
        if leg == _GONE:
            return
        listed = self._listed[leg]
        listed.remove(row)
        if len(listed) < 2:
            self._crowded.discard(leg)
        if self._shown[leg] is row:
            self._show(leg, self._best(leg))

    def _leg_for(self, instrument: Instrument) -> int:
        if instrument.status is not Status.LIVE:
            return _GONE
        coin = next(
            (alias.coin for alias in self._aliases if alias.place.has(instrument)), instrument.coin
        )
        number = self.index.get(coin)
        if number is None:
            number = self._add_coin(coin)
        return number * _WIDTH + _SLOT_OF[instrument.exchange, instrument.market]

    def _add_coin(self, coin: str) -> int:
        number = self.index[coin] = len(self.coins)
        self.coins.append(coin)
        self._shown.extend([None] * _WIDTH)
        self._stamps.extend([None] * _WIDTH)
        if len(self._shown) > self._numbers.shape[1]:
            more = np.full_like(self._numbers, np.nan)
            self._numbers = np.concatenate((self._numbers, more), axis=1)
        return number

    def _best(self, leg: int) -> Row | None:
        """What the slot should show. The one that is shown stays unless clearly outdone."""
        listed = self._listed.get(leg, ())
        rows = [row for row in listed if row not in self.set_aside] or list(listed)
        if not rows:
            return None
        most = max(rows, key=_turnover)
        shown = self._shown[leg]
        if shown is None or shown not in rows:
            return most
        return most if _turnover(most) > _turnover(shown) * _CLEARLY_MORE else shown

    def _show(self, leg: int, row: Row | None) -> None:
        self._shown[leg] = row
        self._stamps[leg] = None
        self._numbers[:, leg] = np.nan
        if row is not None:
            self._numbers[:, leg] = np.array((*_often(row), *_seldom(row)), dtype=float)

    def _confirm(self, now_s: float) -> None:
        """Ask the quiet legs when they were last confirmed."""
        if now_s - self._confirmed_s < _QUIET_S:
            return
        self._confirmed_s = now_s
        for column, late, get in (
            (Column.BOOK_SEEN_S, Column.BOOK_LATE_MS, _BOOK_SEEN_S),
            (Column.LAST_SEEN_S, Column.LAST_LATE_MS, _LAST_SEEN_S),
        ):
            seen = self._numbers[column, : len(self._shown)]
            quiet = np.flatnonzero(seen < now_s - _QUIET_S)
            rows = map(self._shown.__getitem__, quiet.tolist())
            newest = np.fromiter(map(get, rows), float, quiet.size)
            confirmed = quiet[newest > seen[quiet]]
            seen[quiet] = newest
            self._numbers[late, confirmed] = 0.0


class _LeastLate:
    """The smallest lateness of late, over all exchanges: what our own clock is ahead.

    One exchange that lags stands out against the others; were each its own measure, none would.
    """

    def __init__(self) -> None:
        self._windows = [inf, inf]
        self._since_s = -inf

    def learn(self, late_ms: Floats, now_s: float) -> None:
        if now_s - self._since_s >= _WINDOW_S:
            self._windows = [inf, self._windows[0]]
            self._since_s = now_s
        self._windows[0] = float(np.fmin.reduce(late_ms, initial=self._windows[0]))

    def least_ms(self) -> float:
        least = min(self._windows)
        return max(least, 0.0) if least < inf else 0.0


def _turnover(row: Row) -> float:
    return row.turnover_24h_usd or 0.0


def _late_ms(stamp: Stamp | None, seen_s: float | None) -> float | None:
    """How late a value came. A REST answer says what is true now, however long it has been."""
    if stamp is None or stamp.exchange_ms is None:
        return None
    if stamp.source is Source.REST or seen_s != stamp.received_s:
        return None
    return stamp.received_ms - stamp.exchange_ms


def _often(row: Row) -> tuple[float | None, ...]:
    """The first columns of a row; None becomes NaN in the array."""
    book, trade = row.book, row.trade
    return (
        row.bid,
        row.ask,
        row.bid_coins,
        row.ask_coins,
        row.last,
        row.turnover_24h_usd,
        row.book_seen_s,
        _late_ms(book, row.book_seen_s),
        book.exchange_ms if book is not None else None,
        row.trade_seen_s,
        _late_ms(trade, row.trade_seen_s),
    )


def _seldom(row: Row | None) -> tuple[float | None, ...]:
    """The columns from MARK on."""
    if row is None:
        return (None,) * (len(Column) - _OFTEN)
    return (
        row.mark_price,
        row.index_price,
        row.rate,
        row.interval_h if row.interval_h is not None else row.instrument.funding_interval_h,
        row.next_settlement_ms,
        row.mark.received_s if row.mark is not None else None,
        row.index.received_s if row.index is not None else None,
    )
