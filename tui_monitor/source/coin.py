"""A coin's page, and its parts that are made of stored rows: liquidations, anomalies, interest."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

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
# A page is asked for with each paint. Liquidations are written once a second, anomalies are judged
# and samples taken by the minute; the open-interest board is of all coins, some 40 ms of work.
_LIQUIDATIONS_FOR_S = 3.0
_INTEREST_FOR_S = 6.0
_HISTORY_FOR_S = 10.0
_MOST_EVENTS = 100_000
T = TypeVar("T")


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


class _Kept(Generic[T]):
    """A part of the coin that was asked for last."""

    def __init__(self, clock: Clock, for_s: float) -> None:
        self._clock = clock
        self._for_s = for_s
        self._known: tuple[str, float, T] | None = None

    async def of(self, coin: str, ask: Callable[[str], Awaitable[T]]) -> T:
        """What is known of it, asked for again when that is too old."""
        now_s = self._clock.monotonic_s()
        if self._known is None or self._known[0] != coin or now_s >= self._known[1]:
            self._known = (coin, now_s + self._for_s, await ask(coin))
        return self._known[2]


class StoredCoin:
    """From the database alone."""

    def __init__(self, store: Reader, clock: Clock, readers: Readers) -> None:
        self._store = store
        self._clock = clock
        self._readers = readers
        self._kept_liquidations = _Kept[CoinLiquidations](clock, _LIQUIDATIONS_FOR_S)
        self._kept_interest = _Kept[CoinInterest](clock, _INTEREST_FOR_S)
        self._kept_history = _Kept[History](clock, _HISTORY_FOR_S)

    async def page(self, coin: str) -> CoinPage:
        """All of a coin; UnknownCoin where an engine runs and nobody lists it."""
        name = self._readers.spreads.name_of(coin)
        return await self._readers.spreads.coin_page(name, await self.parts(name))

    async def parts(self, coin: str) -> CoinParts:
        """All of a coin, known by its name."""
        history = await self._kept_history.of(coin, self._history)
        return CoinParts(
            liquidations=await self._kept_liquidations.of(coin, self._liquidations),
            anomalies=history.anomalies,
            interest=await self._kept_interest.of(coin, self._interest),
        )

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
        now_ms = self._clock.now_ms()
        return History(
            await self._readers.interest.history(coin, now_ms - DAY_MS - NEAR_MS - MARK_MS),
            await self._anomalies(coin, now_ms),
        )

    async def _anomalies(self, coin: str, now_ms: int) -> CoinAnomalies:
        first_ms = now_ms - DAY_MS
        found = await self._store.coin_anomalies(coin, first_ms, now_ms + 1, ANOMALIES_SHOWN)
        return coin_anomalies(found, first_ms, "" if found else await self._why_none(coin))

    async def _why_none(self, coin: str) -> str:
        """What the newest bar of the coin was found to be."""
        explained = await self._readers.anomalies.explained(coin, None, None)
        why = explained.found[0].why if explained.found else explained.reason
        return f"no anomaly of {coin} in 24 h · {explained.exchange} {explained.bar}: {why}"

    async def _interest(self, coin: str) -> CoinInterest:
        history = await self._kept_history.of(coin, self._history)
        board = await self._readers.interest.board()
        now_ms = self._clock.now_ms()
        return coin_interest(coin, board, history.points, (now_ms - DAY_MS, now_ms + 1))
