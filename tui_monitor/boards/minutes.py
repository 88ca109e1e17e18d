"""Each coin's best executable spread, minute by minute: its extremes, and how long it was high."""

from bisect import insort
from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from tui_monitor.boards.legs import SLOTS, Now
from tui_monitor.boards.legs.table import Column, Floats, Ints
from tui_monitor.boards.spreads import OVER_PCT, Kind
from tui_monitor.boards.spreads.best import Legs, pairs_of
from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.model import SpreadKind, SpreadMinute, SpreadTime

KINDS = {
    SpreadKind.PERP_PERP: Kind.PERP_PERP,
    SpreadKind.SPOT_PERP: Kind.SPOT_PERP,
    SpreadKind.SPOT_SPOT: Kind.SPOT_SPOT,
}
_PAIRS = [pairs_of(kind) for kind in KINDS.values()]
# After a longer pause nobody knows what the spread was meanwhile.
_LONGEST_LOOK_S = 5.0
# 100 → 100.6 is 0.5999… in floats.
_ROUNDING = 1e-9


class Tops(NamedTuple):
    """The best pair of each coin now, per kind: (kinds, coins). −inf where there is no pair."""

    pct: Floats
    buy: Ints
    sell: Ints


def tops(legs: Legs) -> Tops:
    """Of fresh legs. `legs` are of all coins; the kinds are in the order of SpreadKind."""
    bid, ask = legs.table.column(Column.BID), legs.table.column(Column.ASK)
    bid = np.where(legs.fresh & (bid > 0), bid, 0.0).T
    ask = np.where(legs.fresh & (ask > 0), ask, np.inf).T
    coins = np.arange(bid.shape[1])
    ratios = np.zeros((len(SpreadKind), coins.size))
    buy, sell = np.zeros((2, *ratios.shape), dtype=np.intp)
    for kind, pairs in enumerate(_PAIRS, 1):
        ratio = bid[pairs.sell] / ask[pairs.buy]
        winner = ratio.argmax(axis=0)
        ratios[kind] = ratio[winner, coins]
        buy[kind], sell[kind] = pairs.buy[winner], pairs.sell[winner]
    best = ratios.argmax(axis=0)
    for every in (ratios, buy, sell):
        every[SpreadKind.ALL] = every[best, coins]
    return Tops(np.where(ratios > 0, (ratios - 1) * 100, -np.inf), buy, sell)


class MinuteKeeper:
    """Gathers looks into minutes. All numbers are (kinds, coins).

    Every coin's minute of all pairs is given; those of one kind only where they reached 0.1 %.
    """

    def __init__(self, threshold_pct: float) -> None:
        self.threshold_pct = threshold_pct
        self._minute_ms: int | None = None
        self._looked_s: float | None = None
        self._max, self._min, self._over_s = np.zeros((3, len(SpreadKind), 0))
        self._buy, self._sell, self._rises, self._samples = np.zeros(
            (4, len(SpreadKind), 0), dtype=np.intp
        )
        self._is_over = np.zeros((len(SpreadKind), 0), dtype=bool)

    def look(self, legs: Legs, now: Now) -> list[SpreadMinute]:
        """Take one look at everything; gives the minute before once it is over."""
        minute_ms = now.ms - now.ms % MINUTE_MS
        ended = self.end(legs.table.coins) if minute_ms != self._minute_ms else []
        self._minute_ms = minute_ms
        self._make_room(len(legs.table.coins))
        self._add(tops(legs), now.s)
        return ended

    def end(self, coins: Sequence[str]) -> list[SpreadMinute]:
        """What was gathered of the minute so far; the next look begins anew."""
        if self._minute_ms is None:
            return []
        wanted = self._samples > 0
        wanted[1:] &= self._max[1:] >= OVER_PCT - _ROUNDING
        found = self._rows(self._minute_ms, coins, *np.nonzero(wanted))
        for counted in (self._over_s, self._rises, self._samples):
            counted[:] = 0
        return found

    def _make_room(self, coins: int) -> None:
        room = ((0, 0), (0, coins - self._samples.shape[1]))
        if not room[1][1]:
            return
        self._max, self._min = np.pad(self._max, room), np.pad(self._min, room)
        self._buy, self._sell = np.pad(self._buy, room), np.pad(self._sell, room)
        self._over_s, self._rises = np.pad(self._over_s, room), np.pad(self._rises, room)
        self._samples, self._is_over = np.pad(self._samples, room), np.pad(self._is_over, room)

    def _add(self, best: Tops, now_s: float) -> None:
        known = np.isfinite(best.pct)
        first = known & (self._samples == 0)
        higher = first | (known & (best.pct > self._max))
        for kept, new in ((self._max, best.pct), (self._buy, best.buy), (self._sell, best.sell)):
            np.copyto(kept, new, where=higher)
        np.copyto(self._min, best.pct, where=first | (known & (best.pct < self._min)))
        self._samples += known
        is_over = known & (best.pct >= self.threshold_pct - _ROUNDING)
        self._rises += is_over & ~self._is_over
        if self._looked_s is not None and now_s - self._looked_s <= _LONGEST_LOOK_S:
            # What a look found held until the next one; a leg that went stale had its say too.
            self._over_s += (self._is_over & (self._samples > 0)) * (now_s - self._looked_s)
        self._is_over, self._looked_s = is_over, now_s

    def _rows(
        self, minute_ms: int, coins: Sequence[str], kinds: Ints, places: Ints
    ) -> list[SpreadMinute]:
        columns = (
            self._max,
            self._min,
            self._buy,
            self._sell,
            self._over_s,
            self._rises,
            self._samples,
        )
        values = zip(*(column[kinds, places].tolist() for column in columns), strict=True)
        return [
            SpreadMinute(
                minute_ms=minute_ms,
                coin=coins[place],
                kind=SpreadKind(kind),
                max_pct=max_pct,
                min_pct=min_pct,
                buy_exchange=SLOTS[buy][0],
                buy_market=SLOTS[buy][1],
                sell_exchange=SLOTS[sell][0],
                sell_market=SLOTS[sell][1],
                over_s=min(over_s, MINUTE_MS / 1000),
                rises=rises,
                samples=samples,
            )
            for kind, place, (max_pct, min_pct, buy, sell, over_s, rises, samples) in zip(
                kinds.tolist(), places.tolist(), values, strict=True
            )
        ]


class OverTimes:
    """How often and how long each coin was over the threshold in the last 24 h."""

    def __init__(self) -> None:
        self.watched_min = 0
        """In how many of those minutes anybody looked."""
        self._parts: list[tuple[int, int, list[SpreadTime]]] = []
        self._sums: dict[tuple[SpreadKind, str], tuple[float, int]] = {}

    def add(self, start_ms: int, watched_min: int, times: Sequence[SpreadTime]) -> None:
        """Take in a part of the day; each once."""
        insort(self._parts, (start_ms, watched_min, list(times)), key=itemgetter(0))
        self.watched_min += watched_min
        self._count(times, 1)

    def add_minutes(self, minutes: Sequence[SpreadMinute]) -> None:
        """Take in one minute of all coins."""
        if minutes:
            self.add(minutes[0].minute_ms, 1, over_times(minutes))

    def forget(self, now_ms: int) -> None:
        """Let go of what is older than 24 h."""
        while self._parts and self._parts[0][0] < now_ms - DAY_MS:
            _, watched_min, times = self._parts.pop(0)
            self.watched_min -= watched_min
            self._count(times, -1)

    def of_kind(self, kind: SpreadKind) -> list[SpreadTime]:
        """The coins that were over it at all."""
        return [
            SpreadTime(coin=coin, kind=kind, over_s=over_s, rises=rises)
            for (of, coin), (over_s, rises) in self._sums.items()
            if of is kind
        ]

    def _count(self, times: Sequence[SpreadTime], sign: int) -> None:
        for one in times:
            over_s, rises = self._sums.get((one.kind, one.coin), (0.0, 0))
            total = (max(0.0, over_s + sign * one.over_s), rises + sign * one.rises)
            self._sums[one.kind, one.coin] = total
            if total[1] <= 0 and total[0] < _ROUNDING:
                del self._sums[one.kind, one.coin]


def over_times(minutes: Sequence[SpreadMinute]) -> list[SpreadTime]:
    """Those of a minute that were over the threshold."""
    return [
        SpreadTime(coin=one.coin, kind=one.kind, over_s=one.over_s, rises=one.rises)
        for one in minutes
        if one.over_s > 0 or one.rises > 0
    ]
