"""What the source counts, once a minute: from the simulator's own markets, people invented."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from math import exp
from typing import NamedTuple

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.simulator.kept import remember
from tui_monitor.simulator.noise import seed_of, smooth
from tui_monitor.simulator.totals import Forced, Totals

HOUR_MINUTES, DAY_MINUTES, DAYS = 60, 1_440, 30
_UTC_8_MS = DAY_MS // 3
_MINUTES_PER_TURN = 120
# Days that are over are reckoned from every so many minutes.
_EVERY = 48
_KEEP_DAYS = 64
_PEOPLE_A_CLOSE, _CROWD, _CROWD_HOURS = 1.4, 0.4, 12


class Day(NamedTuple):
    """The liquidations of a day in UTC+8."""

    begin_ms: int
    long_usd: float
    short_usd: float


class Figures(NamedTuple):
    """Everything as of the begin of a minute. `by_exchange` are liquidations of 24 hours."""

    ms: int
    usd_1h: float
    usd_24h: float
    people_24h: int
    by_coin: Mapping[str, tuple[float, int]]
    by_exchange: Mapping[str, float]
    largest: tuple[str, str, float]
    held: Mapping[str, float]
    held_yesterday: Mapping[str, float]


class Counted:
    """Counts and remembers; the first count of a day takes a second, and lets others run."""

    def __init__(self, seed: int, totals: Mapping[str, Totals]) -> None:
        self._crowd_seed = seed_of(seed, "crowd")
        self._totals = totals
        self._newest: Figures | None = None
        self._days: dict[int, Day] = {}

    async def at(self, ms: int) -> Figures:
        """The figures of the minute that a time is in."""
        at_ms = ms - ms % MINUTE_MS
        if self._newest is None or self._newest.ms != at_ms:
            self._newest = await self._counted(at_ms)
        return self._newest

    async def _counted(self, at_ms: int) -> Figures:
        minute = at_ms // MINUTE_MS
        counts, amounts = Counter[str](), defaultdict[str, float](float)
        exchanges = dict.fromkeys(self._totals, 0.0)
        usd_1h, people, largest = 0.0, 0.0, ("", "", 0.0)
        for place in range(minute - DAY_MINUTES, minute):
            crowd = self._crowd(place // HOUR_MINUTES)
            for name, made in self._made(place):
                usd = sum(one.usd for one in made)
                exchanges[name] += usd
                usd_1h += usd if place >= minute - HOUR_MINUTES else 0.0
                people += crowd * len(made)
                for one in made:
                    counts[one.coin] += 1
                    amounts[one.coin] += one.usd
                    largest = max(largest, (one.coin, name, one.usd), key=lambda row: row[2])
            if place % _MINUTES_PER_TURN == 0:
                await asyncio.sleep(0)
        by_amount = sorted(amounts, key=lambda coin: -amounts[coin])
        return Figures(
            ms=at_ms,
            usd_1h=usd_1h,
            usd_24h=sum(exchanges.values()),
            people_24h=round(people),
            by_coin={coin: (amounts[coin], counts[coin]) for coin in by_amount},
            by_exchange=exchanges,
            largest=largest,
            held=self._held(at_ms),
            held_yesterday=self._held(at_ms - DAY_MS),
        )

    def _crowd(self, hour: int) -> float:
        """How many people share one forced close; now more, now fewer."""
        return _PEOPLE_A_CLOSE * exp(_CROWD * smooth(self._crowd_seed, hour, _CROWD_HOURS))

    def _made(self, minute: int) -> list[tuple[str, list[Forced]]]:
        return [(name, totals.forced(minute)) for name, totals in self._totals.items()]

    def _held(self, ms: int) -> dict[str, float]:
        return {name: totals.open_interest_usd(ms) for name, totals in self._totals.items()}

    async def days(self, ms: int) -> list[Day]:
        """The last 30 days, oldest first; the last one is today until this minute."""
        today_ms = ms - (ms + _UTC_8_MS) % DAY_MS
        found = []
        for begin_ms in range(today_ms - (DAYS - 1) * DAY_MS, today_ms, DAY_MS):
            if begin_ms not in self._days:
                end_ms = begin_ms + DAY_MS
                remember(
                    self._days, begin_ms, await self._day(begin_ms, end_ms, _EVERY), _KEEP_DAYS
                )
            found.append(self._days[begin_ms])
        return [*found, await self._day(today_ms, ms - ms % MINUTE_MS, 1)]

    async def _day(self, begin_ms: int, end_ms: int, every: int) -> Day:
        sides = {True: 0.0, False: 0.0}
        for minute in range(begin_ms // MINUTE_MS, end_ms // MINUTE_MS, every):
            for _, made in self._made(minute):
                for one in made:
                    sides[one.of_long] += one.usd * every
        await asyncio.sleep(0)
        return Day(begin_ms, sides[True], sides[False])
