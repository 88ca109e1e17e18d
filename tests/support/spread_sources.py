"""The part of a source in memory that tells of spreads, signals and coins: always the same."""

from tests.support.coin_parts import some_parts
from tests.support.price_sources import MemoryPrices, check
from tests.support.spread_boards import a_signals_board, a_spreads_board
from tui_monitor.boards.coin import CoinLeg, CoinPage, coin_leg
from tui_monitor.boards.funding import FundingBoard
from tui_monitor.boards.funding.stored import stored_board
from tui_monitor.boards.legs import Leg
from tui_monitor.boards.signals import SignalsBoard
from tui_monitor.boards.spreads import Filter, Kind, SpreadsBoard
from tui_monitor.clock import Clock
from tui_monitor.market import Row
from tui_monitor.model import Exchange, Instrument, Market, SpreadKind


class MemorySpreads(MemoryPrices):
    """With boards that are always the same."""

    clock: Clock

    async def spreads_board(
        self, kind: Kind | None, only: Filter, /, coin: str | None = None, limit: int | None = None
    ) -> SpreadsBoard:
        kind = kind or Kind.ALL
        board = a_spreads_board(self.clock.now_ms(), kind=kind, filter=only, coin=coin)
        rows = [row for row in board.rows if coin in (None, row.coin)]
        return a_spreads_board(
            self.clock.now_ms(), kind=kind, filter=only, coin=coin, rows=rows[:limit]
        )

    async def signals_board(self) -> SignalsBoard:
        return a_signals_board(self.clock.now_ms())

    async def funding_board(self) -> FundingBoard:
        return stored_board([], self.clock.now_ms())

    async def coin_page(self, coin: str) -> CoinPage:
        check(coin)
        parts = some_parts(coin, self.clock.now_ms())
        return CoinPage(
            board="coin",
            now_ms=self.clock.now_ms(),
            coin=coin,
            live=True,
            reason="",
            max_age_s=3.0,
            threshold_pct=0.6,
            legs=[self._coin_leg(coin)],
            premiums=[],
            spreads=[],
            minutes_kind=SpreadKind.ALL,
            minutes=[],
            over_24h_s=None,
            rises_24h=None,
            settlements=[],
            signals=[],
            quarantine=[],
            liquidations=parts.liquidations,
            anomalies=parts.anomalies,
            interest=parts.interest,
        )

    def _coin_leg(self, coin: str) -> CoinLeg:
        told = self._leg(coin)
        leg = Leg(
            exchange=told.exchange,
            market=told.market,
            symbol=told.symbol,
            coin=coin,
            multiplier=1.0,
            bid=told.bid,
            ask=told.ask,
            bid_coins=1.0,
            ask_coins=1.0,
            last=told.last,
            mark_price=told.mark_price,
            index_price=told.index_price,
            rate=told.rate,
            interval_h=told.interval_h,
            next_settlement_ms=told.next_settlement_ms,
            turnover_24h_usd=told.turnover_24h_usd,
            age_ms=0,
            exchange_age_ms=0,
            last_age_ms=0,
            stale=False,
            suspicion="",
            others=[],
        )
        return coin_leg(leg, Row(an_instrument(told.symbol, coin)), 0.0)


def an_instrument(symbol: str, coin: str) -> Instrument:
    """A perpetual of OKX."""
    return Instrument(exchange=Exchange.OKX, market=Market.PERP, symbol=symbol, coin=coin)
