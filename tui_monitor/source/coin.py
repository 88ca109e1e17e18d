"""A coin's page, and its parts that are made of stored rows: liquidations, anomalies, interest."""

from collections.abc import Sequence
from typing import NamedTuple

from tui_monitor.boards.coin import CoinPage
from tui_monitor.boards.coin_parts import (
    CoinAnomalies,
    CoinInterest,
    CoinLiquidations,
    CoinParts,
    coin_anomalies,
    coin_interest,
    coin_liquidations,
)
from tui_monitor.boards.liquidations import HOURS
from tui_monitor.boards.open_interest import InterestPoint
from tui_monitor.boards.open_interest.build import NEAR_MS
from tui_monitor.clock import DAY_MS, Clock
from tui_monitor.model import MARK_MS, Exchange, Market
from tui_monitor.source.anomalies import StoredAnomalies
from tui_monitor.source.interest import StoredInterest
from tui_monitor.source.liquidations import StoredLiquidations
from tui_monitor.source.spreads import StoredSpreads
from tui_monitor.store import Reader

EVENTS_SHOWN = 50
ANOMALIES_SHOWN = 50
# A page is asked for with each paint. Liquidations are written once a second, anomalies are
# judged and samples taken by the minute.
_PARTS_FOR_S = 3.0
_HISTORY_FOR_S = 10.0
_MOST_EVENTS = 100_000


class Readers(NamedTuple):
    """What tells the boards' own figures, of which the page takes its."""

    spreads: StoredSpreads
    liquidations: StoredLiquidations
    anomalies: StoredAnomalies
    interest: StoredInterest


class History(NamedTuple):
    """What changes by the minute. `points` reach back a little beyond the longest window."""

    points: Sequence[InterestPoint]
    anomalies: CoinAnomalies


class StoredCoin:
    """From the database alone."""

    def __init__(self, store: Reader, clock: Clock, readers: Readers) -> None:
        self._store = store
        self._clock = clock
        self._readers = readers
        self._made: tuple[str, float, CoinParts] | None = None
        self._known: tuple[str, float, History] | None = None

    async def page(self, coin: str) -> CoinPage:
        """All of a coin; UnknownCoin where an engine runs and nobody lists it."""
        name = self._readers.spreads.name_of(coin)
        return await self._readers.spreads.coin_page(name, await self.parts(name))

    async def parts(self, coin: str) -> CoinParts:
        """All of a coin, known by its name."""
        now_s = self._clock.monotonic_s()
        if self._made and self._made[0] == coin and now_s < self._made[1]:
            return self._made[2]
        history = await self._history(coin)
        found = CoinParts(
            liquidations=await self._liquidations(coin),
            anomalies=history.anomalies,
            interest=await self._interest(coin, history),
        )
        self._made = (coin, now_s + _PARTS_FOR_S, found)
        return found

    # --- what an engine knows better ----------------------------------------------------

    async def _listed(self, coin: str) -> frozenset[Exchange]:
        """The exchanges with a perpetual of the coin: those of which anything is stored."""
        named = [
            exchange
            for exchange in Exchange
            if await self._store.instrument_named(exchange, Market.PERP, coin)
        ]
        return frozenset(named)

    # --- the parts ----------------------------------------------------------------------

    async def _liquidations(self, coin: str) -> CoinLiquidations:
        board = await self._readers.liquidations.board(HOURS[0], None)
        store, end_ms = self._store, board.end_ms
        hour = await store.liquidations(board.first_ms, end_ms, limit=_MOST_EVENTS, coin=coin)
        newest = hour[:EVENTS_SHOWN]
        if len(newest) < EVENTS_SHOWN:
            newest = await store.liquidations(
                end_ms - DAY_MS, end_ms, limit=EVENTS_SHOWN, coin=coin
            )
        return coin_liquidations(coin, board, hour, newest, await self._listed(coin))

    async def _history(self, coin: str) -> History:
        now_s = self._clock.monotonic_s()
        if self._known and self._known[0] == coin and now_s < self._known[1]:
            return self._known[2]
        now_ms = self._clock.now_ms()
        found = History(
            await self._readers.interest.history(coin, now_ms - DAY_MS - NEAR_MS - MARK_MS),
            await self._anomalies(coin, now_ms),
        )
        self._known = (coin, now_s + _HISTORY_FOR_S, found)
        return found

    async def _anomalies(self, coin: str, now_ms: int) -> CoinAnomalies:
        first_ms = now_ms - DAY_MS
        found = await self._store.coin_anomalies(coin, first_ms, now_ms + 1, ANOMALIES_SHOWN)
        return coin_anomalies(found, first_ms, "" if found else await self._why_none(coin))

    async def _why_none(self, coin: str) -> str:
        """What the newest bar of the coin was found to be."""
        explained = await self._readers.anomalies.explained(coin, None, None)
        why = explained.found[0].why if explained.found else explained.reason
        return f"no anomaly of {coin} in 24 h · {explained.exchange} {explained.bar}: {why}"

    async def _interest(self, coin: str, history: History) -> CoinInterest:
        board = await self._readers.interest.board()
        now_ms = self._clock.now_ms()
        return coin_interest(coin, board, history.points, (now_ms - DAY_MS, now_ms + 1))
