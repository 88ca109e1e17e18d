"""Spreads, signals and the page of a coin, from this process's engine."""

import difflib
from collections.abc import Sequence

from msgspec.structs import replace

from tui_monitor.boards.coin import CoinLeg, CoinPage, coin_leg, premiums
from tui_monitor.boards.coin_parts import CoinParts
from tui_monitor.boards.funding import FundingBoard
from tui_monitor.boards.funding.build import FundingInput, funding_steps
from tui_monitor.boards.legs import Leg, Now
from tui_monitor.boards.prices import CoinPrices, PricePoint
from tui_monitor.boards.signals import Signal, SignalsBoard
from tui_monitor.boards.spreads import Filter, Kind, SpreadRow, SpreadsBoard
from tui_monitor.boards.spreads.rows import Wanted
from tui_monitor.engine import Engine
from tui_monitor.errors import NotListedYet, UnknownCoin
from tui_monitor.model import PriceMinute, SpreadMinute
from tui_monitor.source.spreads import NUMBER_OF, StoredSpreads
from tui_monitor.source.units import coin_named
from tui_monitor.steps import in_steps


class LiveSpreads(StoredSpreads):
    """What the engine sees now, beside what is stored."""

    def __init__(self, engine: Engine) -> None:
        settings = engine.settings
        super().__init__(engine.store, engine.clock, settings.spreads, settings.signals)
        self._engine = engine
        self._watch = engine.spreads

    def spreads_board(
        self, kind: Kind | None, only: Filter, coin: str | None, limit: int | None = None, /
    ) -> SpreadsBoard:
        """The best pair of each coin now, and for how long it was high in the last 24 h."""
        kind = self.kind_or_set(kind)
        board = self._watch.spreads_board(Wanted(kind, only, coin, limit))
        over_times = self._watch.over_times
        return replace(
            board,
            threshold_pct=self.signals.threshold_pct,
            over_24h=over_times.of_kind(NUMBER_OF[kind]),
            watched_24h_min=over_times.watched_min,
        )

    async def signals_board(self) -> SignalsBoard:
        """The newest signals."""
        return self._watch.signals_board()

    async def funding_board(self) -> FundingBoard:
        """What each perpetual pays now, and what it paid."""
        engine = self._engine
        await self._watch.take_in()
        given = FundingInput(
            exchanges=engine.enabled,
            paid=await engine.fundings.paid(),
            suspects=self._watch.suspicions(),
            changes=engine.fundings.intervals.changes,
            past=engine.fundings.past(),
            aliases=self._watch.aliases,
        )
        now = Now(self._clock.now_ms(), self._clock.monotonic_s())
        return await in_steps(funding_steps(engine.market.rows(), given, now))

    def name_of(self, coin: str) -> str:
        """The coin that is meant; UnknownCoin names the nearest where nobody lists it."""
        return self._known_coin(coin)

    async def coin_page(self, coin: str, parts: CoinParts) -> CoinPage:
        """All of one coin; UnknownCoin as for its name."""
        name = self._known_coin(coin)
        stored = await super().coin_page(name, parts)
        legs = self._coin_legs(self._watch.legs(name))
        return replace(
            stored,
            now_ms=self._clock.now_ms(),
            live=True,
            reason="" if legs else "no exchange lists it now",
            legs=legs,
            premiums=premiums(legs, self.spreads.max_age_s),
            spreads=self._pairs(name),
            signals=self._newest(name, stored.signals),
            quarantine=[one for one in self._watch.suspects() if one.coin == name],
        )

    async def prices(self, coin: str | None, /) -> list[CoinPrices]:
        """What each coin costs everywhere now; UnknownCoin as for the page."""
        name = None if coin is None else self._known_coin(coin)
        return await in_steps(self._watch.price_steps(name))

    def price_points(self, coin: str, /) -> list[PricePoint]:
        """What a coin cost in the last two hours; UnknownCoin as for the page."""
        return self._watch.price_points(self._known_coin(coin))

    async def minutes(self, coin: str, first_ms: int) -> list[SpreadMinute]:
        """What is stored of a coin's spreads since a time; UnknownCoin as for the page."""
        return await super().minutes(self._known_coin(coin), first_ms)

    async def price_minutes(self, coin: str, first_ms: int, end_ms: int) -> list[PriceMinute]:
        """What is stored of a recorded coin's prices; UnknownCoin as for the page."""
        return await super().price_minutes(self._known_coin(coin), first_ms, end_ms)

    def _known_coin(self, coin: str) -> str:
        known = self._watch.coins()
        for name in (coin, coin.upper(), coin_named(coin)):
            if name in known:
                return name
        if not known:
            raise NotListedYet("no exchange has told yet what it lists", "ask again in a while")
        near = difflib.get_close_matches(coin.upper(), known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else "the spreads board has all of them"
        raise UnknownCoin(f"no exchange lists a coin {coin!r}", hint)

    def _coin_legs(self, legs: Sequence[Leg]) -> list[CoinLeg]:
        market, now_s = self._engine.market, self._clock.monotonic_s()
        rows = ((leg, market.row((leg.exchange, leg.market, leg.symbol))) for leg in legs)
        return [coin_leg(leg, row, now_s) for leg, row in rows if row is not None]

    def _pairs(self, coin: str) -> list[SpreadRow]:
        return [
            row for kind in Kind for row in self._watch.spreads_board(Wanted(kind, coin=coin)).rows
        ]

    def _newest(self, coin: str, stored: list[Signal]) -> list[Signal]:
        """Those of memory, which may not be written yet, and the older ones."""
        kept = [one for one in self._watch.signals_board().signals if one.coin == coin]
        oldest_ms = min((one.at_ms for one in kept), default=self._clock.now_ms() + 1)
        return kept + [one for one in stored if one.at_ms < oldest_ms]
