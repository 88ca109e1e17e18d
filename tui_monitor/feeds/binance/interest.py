"""Open interest of all perpetuals, which Binance tells of one at a time."""

import asyncio
from math import ceil

from tui_monitor.errors import FeedError, Rejected
from tui_monitor.feeds.binance.rest import BinanceRest
from tui_monitor.market import MarketState
from tui_monitor.model import Instrument, OpenInterest, Status

TURN_S = 1.5
"""Between two portions."""
ROUND_S = 180.0
"""In which every perpetual has had its turn, if not set: 600 are 200 of weight a minute."""
FIRST_PORTION = 20
"""Until all were asked once, nobody waits for a whole round: 800 of weight a minute."""
# The first marks come within a second; without them there are coins, but no USD for a round.
_TURNS_FOR_MARKS = 4
# Unknown; delivering, settling or closed. The list will say the same.
_GONE = frozenset({"-1121", "-4108"})


class InterestSweep:
    """Goes round, a portion at a time. `market` has the mark prices that make USD of coins."""

    def __init__(self, rest: BinanceRest, market: MarketState, round_s: float = ROUND_S) -> None:
        self._rest = rest
        self._market = market
        self._round_s = round_s
        self._left: list[str] = []
        self._rounds = 0
        self._turns = 0

    async def portion(self) -> list[OpenInterest]:
        """Of the next few. What can't be had is asked for again in the same round.

        Raises a FeedError only where nothing of the portion could be had.
        """
        found: list[OpenInterest] = []
        failed: list[FeedError] = []
        async with asyncio.TaskGroup() as tasks:
            for instrument in self._next():
                tasks.create_task(self._ask(instrument, found, failed))
        if failed and not found:
            raise failed[0]
        return found

    def _next(self) -> list[Instrument]:
        live = self._rest.book.live()
        self._turns += 1
        if self._turns <= _TURNS_FOR_MARKS and not any(map(self._mark_price, live)):
            return []
        if not self._left:
            self._left = [one.symbol for one in live]
            self._rounds += 1
        calm = ceil(len(live) * TURN_S / self._round_s)
        count = calm if self._rounds > 1 else max(FIRST_PORTION, calm)
        portion, self._left = self._left[:count], self._left[count:]
        # By their symbols: a definition may have changed since the round began.
        known = map(self._rest.book.known, portion)
        return [one for one in known if one is not None and one.status is Status.LIVE]

    async def _ask(
        self, instrument: Instrument, found: list[OpenInterest], failed: list[FeedError]
    ) -> None:
        try:
            told = await self._rest.open_interest(instrument)
        except FeedError as error:
            if isinstance(error, Rejected) and error.code in _GONE:
                return
            failed.append(error)
            self._left.append(instrument.symbol)
            return
        mark_price = self._mark_price(instrument)
        if mark_price is not None and told.open_interest_coins is not None:
            told.open_interest_usd = told.open_interest_coins * mark_price
        found.append(told)

    def _mark_price(self, instrument: Instrument) -> float | None:
        row = self._market.row(instrument.key)
        return row.mark_price if row is not None else None
