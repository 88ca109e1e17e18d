"""Spreads, signals and the page of a coin, from this process's engine."""

import difflib
from collections.abc import Sequence

from msgspec.structs import replace

from tui_monitor.boards.coin import CoinLeg, CoinPage, coin_leg, premiums
from tui_monitor.boards.legs import Leg
from tui_monitor.boards.signals import Signal, SignalsBoard
from tui_monitor.boards.spreads import Filter, Kind, SpreadRow, SpreadsBoard
from tui_monitor.boards.spreads.rows import Wanted
from tui_monitor.engine import Engine
from tui_monitor.errors import BadInput
from tui_monitor.source.spreads import NUMBER_OF, StoredSpreads


class LiveSpreads(StoredSpreads):
    """What the engine sees now, beside what is stored."""

    def __init__(self, engine: Engine) -> None:
        settings = engine.settings
        super().__init__(engine.store, engine.clock, settings.spreads, settings.signals)
        self._engine = engine
        self._watch = engine.spreads

    def spreads_board(
        self, kind: Kind, only: Filter, coin: str | None, limit: int | None = None, /
    ) -> SpreadsBoard:
        """The best pair of each coin now, and for how long it was high in the last 24 h."""
        board = self._watch.spreads_board(Wanted(kind, only, coin, limit))
        over_times = self._watch.over_times
        return replace(
            board,
            threshold_pct=self._signals.threshold_pct,
            over_24h=over_times.of_kind(NUMBER_OF[kind]),
            watched_24h_min=over_times.watched_min,
        )

    async def signals_board(self) -> SignalsBoard:
        """The newest signals."""
        return self._watch.signals_board()

    async def coin_page(self, coin: str) -> CoinPage:
        """All of one coin; BadInput names the nearest where nobody lists it."""
        name = self._known_coin(coin)
        stored = await super().coin_page(name)
        legs = self._watch.legs(name)
        return replace(
            stored,
            now_ms=self._clock.now_ms(),
            live=True,
            reason="" if legs else "no exchange lists it now",
            legs=self._coin_legs(legs),
            premiums=premiums(legs, self._spreads.max_age_s),
            spreads=self._pairs(name),
            signals=self._newest(name, stored.signals),
            quarantine=[one for one in self._watch.suspects() if one.coin == name],
        )

    def _known_coin(self, coin: str) -> str:
        known = self._watch.coins()
        for name in (coin, coin.upper()):
            if name in known:
                return name
        near = difflib.get_close_matches(coin.upper(), known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else "the spreads board has all of them"
        raise BadInput(f"no exchange lists a coin {coin!r}", hint)

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
