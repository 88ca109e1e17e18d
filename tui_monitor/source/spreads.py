"""Spreads, signals and the page of a coin: what is stored of them, and what the engine sees."""

from typing import NamedTuple

from msgspec.structs import replace

from tui_monitor.boards.coin import CoinPage
from tui_monitor.boards.coin_parts import CoinParts
from tui_monitor.boards.funding import FundingBoard
from tui_monitor.boards.funding.stored import stored_board
from tui_monitor.boards.legs import SLOTS
from tui_monitor.boards.prices import CoinPrices, PricePoint
from tui_monitor.boards.signals import Basis, Ending, Signal, SignalsBoard
from tui_monitor.boards.signals.records import signal_of
from tui_monitor.boards.signals.runs import runs_of
from tui_monitor.boards.spreads import Filter, Kind, SpreadsBoard
from tui_monitor.clock import DAY_MS, Clock
from tui_monitor.config import Signals, Spreads
from tui_monitor.loading import load
from tui_monitor.model import PriceMinute, Settlement, SpreadKind, SpreadMinute
from tui_monitor.store import Reader

NO_ENGINE = "no engine runs: start tui-monitor or tui-monitor daemon for live prices"
SETTLEMENTS_SHOWN = 400
SIGNALS_SEARCHED = 2_000
SIGNAL_DAYS = 30
# What is stored of a coin changes once a minute.
_HISTORY_FOR_S = 10.0
NUMBER_OF = {
    Kind.ALL: SpreadKind.ALL,
    Kind.PERP_PERP: SpreadKind.PERP_PERP,
    Kind.SPOT_PERP: SpreadKind.SPOT_PERP,
    Kind.SPOT_SPOT: SpreadKind.SPOT_SPOT,
}


class History(NamedTuple):
    """What is stored of one coin; settlements and signals newest first."""

    minutes: list[SpreadMinute]
    settlements: list[Settlement]
    signals: list[Signal]


class StoredSpreads:
    """From the database alone."""

    def __init__(self, store: Reader, clock: Clock, spreads: Spreads, signals: Signals) -> None:
        self._store = store
        self._clock = clock
        self.spreads = spreads
        self.signals = signals
        self._known: tuple[str, float, History] | None = None
        self._signals_known: tuple[list[Signal], float] | None = None

    def kind_or_set(self, kind: Kind | None) -> Kind:
        """Which pairs are meant: none given means those of the settings."""
        return Kind(self.spreads.pairs) if kind is None else kind

    def spreads_board(
        self, kind: Kind | None, only: Filter, coin: str | None, _limit: int | None = None, /
    ) -> SpreadsBoard:
        """Empty: a spread is of now."""
        return SpreadsBoard(
            board="spreads",
            now_ms=self._clock.now_ms(),
            kind=self.kind_or_set(kind),
            filter=only,
            coin=coin,
            max_age_s=self.spreads.max_age_s,
            slots=[f"{exchange} {market}" for exchange, market in SLOTS],
            fees_pct=[],
            coins=0,
            ranked=0,
            matching=0,
            rows=[],
            quarantine=[],
            threshold_pct=self.signals.threshold_pct,
            live=False,
            reason=NO_ENGINE,
        )

    async def signals_board(self) -> SignalsBoard:
        """The newest that are stored."""
        settings, now_ms = self.signals, self._clock.now_ms()
        found = await self._newest_signals(now_ms)
        return SignalsBoard(
            board="signals",
            now_ms=now_ms,
            basis=Basis(settings.basis),
            pairs=settings.pairs,
            threshold_pct=settings.threshold_pct,
            samples=settings.samples,
            every_s=settings.every_s,
            cooldown_s=settings.cooldown_s,
            keep=settings.keep,
            open_runs=0,
            last_sample_ms=None,
            signals=found[: settings.keep],
            runs=runs_of(found)[: settings.keep],
            live=False,
            reason=NO_ENGINE,
        )

    async def funding_board(self) -> FundingBoard:
        """What was paid; no rates."""
        now_ms = self._clock.now_ms()
        return stored_board(await self._store.paid_funding(now_ms), now_ms)

    def name_of(self, coin: str) -> str:
        """The coin that is meant; what is listed nobody knows here."""
        if coin.isalpha() and not coin.upper().endswith("USDT"):
            return coin
        # How feeds read a symbol takes half a second to load: a first picture needs none of it.
        named: str = load("tui_monitor.source.units").coin_named(coin)
        return named

    async def coin_page(self, coin: str, parts: CoinParts) -> CoinPage:
        """The coin's history, with its other parts; no prices."""
        now_ms = self._clock.now_ms()
        history = await self._history(coin, now_ms)
        over = [one for one in history.minutes if one.minute_ms >= now_ms - DAY_MS]
        return CoinPage(
            board="coin",
            now_ms=now_ms,
            coin=coin,
            live=False,
            reason=NO_ENGINE,
            max_age_s=self.spreads.max_age_s,
            threshold_pct=self.signals.threshold_pct,
            legs=[],
            premiums=[],
            spreads=[],
            minutes_kind=SpreadKind.ALL,
            minutes=over,
            over_24h_s=sum(one.over_s for one in over) if over else None,
            rises_24h=sum(one.rises for one in over) if over else None,
            settlements=history.settlements,
            signals=history.signals,
            quarantine=[],
            liquidations=parts.liquidations,
            anomalies=parts.anomalies,
            interest=parts.interest,
            signal_pairs=_watched_pairs(self.signals),
        )

    async def prices(self, _coin: str | None, /) -> list[CoinPrices]:
        """None are stored."""
        return []

    def price_points(self, _coin: str, /) -> list[PricePoint]:
        """None are stored."""
        return []

    async def minutes(self, coin: str, first_ms: int) -> list[SpreadMinute]:
        """What is stored of a coin's spreads since a time."""
        now_ms = self._clock.now_ms()
        return await self._store.coin_spreads(coin, SpreadKind.ALL, first_ms, now_ms)

    async def price_minutes(self, coin: str, first_ms: int, end_ms: int) -> list[PriceMinute]:
        """What is stored of a recorded coin's prices."""
        return await self._store.price_minutes(coin, first_ms, end_ms)

    async def _newest_signals(self, now_ms: int) -> list[Signal]:
        """As many as their runs are counted by, newest first."""
        now_s = self._clock.monotonic_s()
        if self._signals_known is None or now_s >= self._signals_known[1]:
            found = await self._store.signals(0, now_ms + DAY_MS, SIGNALS_SEARCHED)
            signals = [_unwatched(signal_of(one)) for one in found]
            self._signals_known = (signals, now_s + _HISTORY_FOR_S)
        return self._signals_known[0]

    async def _history(self, coin: str, now_ms: int) -> History:
        now_s = self._clock.monotonic_s()
        if self._known and self._known[0] == coin and now_s < self._known[1]:
            return self._known[2]
        minutes = await self._store.coin_spreads(coin, SpreadKind.ALL, now_ms - DAY_MS, now_ms)
        paid = await self._store.coin_settlements(coin, 0, now_ms + 1, SETTLEMENTS_SHOWN)
        since_ms = now_ms - SIGNAL_DAYS * DAY_MS
        signals = await self._store.signals(since_ms, now_ms + 1, SIGNALS_SEARCHED)
        found = History(minutes, paid, [signal_of(one) for one in signals if one.coin == coin])
        self._known = (coin, now_s + _HISTORY_FOR_S, found)
        return found


def _watched_pairs(settings: Signals) -> Kind:
    return Kind.PERP_PERP if Basis(settings.basis) is Basis.LAST else Kind(settings.pairs)


def _unwatched(one: Signal) -> Signal:
    """Where no engine runs, nobody will see the end of what an engine left open."""
    return one if one.ending is not None else replace(one, ending=Ending.LOST)
