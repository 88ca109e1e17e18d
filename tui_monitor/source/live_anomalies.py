"""Anomalies, picks and bars from this process's engine."""

from msgspec.structs import replace

from tui_monitor.boards.anomalies import AnomaliesBoard
from tui_monitor.boards.anomalies.explanation import Explained
from tui_monitor.boards.klines import Klines
from tui_monitor.boards.picks import PicksBoard
from tui_monitor.boards.upkeep import Upkeep
from tui_monitor.engine import Engine
from tui_monitor.engine.candles_series import row_of
from tui_monitor.model import BAR_MS, CandleRow, Exchange, Market
from tui_monitor.source.anomalies import StoredAnomalies


class LiveAnomalies(StoredAnomalies):
    """What the engine judges now, beside what is stored."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.store, engine.clock, engine.settings.anomalies)
        self._engine = engine

    async def board(self, exchange: Exchange | None, bar: str | None) -> AnomaliesBoard:
        """The newest evaluation."""
        exchange, bar = self.chosen(exchange, bar)
        found = self._engine.anomalies.board(exchange, bar)
        if isinstance(found, str):
            return replace(self._empty(exchange, bar, found), live=True)
        return found

    async def explained(self, name: str, exchange: Exchange | None, bar: str | None) -> Explained:
        """Of the newest evaluation: any coin."""
        exchange, bar = self.chosen(exchange, bar)
        found = self._engine.anomalies.explained(name, exchange, bar)
        if isinstance(found, str):
            return self._explained(name, exchange, bar, [], found, live=True)
        return self._explained(name, exchange, bar, found, "", live=True)

    async def picks(self, exchange: Exchange | None) -> PicksBoard:
        """The newest evaluation; until there is one, that of before the start."""
        exchange, _ = self.chosen(exchange)
        found = self._engine.picks.board(exchange)
        if not isinstance(found, str):
            return found
        kept = await super().picks(exchange)
        return replace(kept, live=not kept.rows, reason=found)

    async def upkeep(self) -> Upkeep:
        """How much is watched and was found."""
        candles, kept = self._engine.candles, self._engine.settings.retention
        watched = {(one.exchange, one.bar): one.perps for one in candles.progress()}
        by_exchange = {exchange: perps for (exchange, _), perps in watched.items()}
        exchange, bar = self.chosen(None)
        board = self._engine.anomalies.board(exchange, bar)
        picks = self._engine.picks.board(exchange)
        stored = await super().upkeep()
        return replace(
            stored,
            watched=sum(by_exchange.values()),
            picks=stored.picks if isinstance(picks, str) else len(picks.rows),
            evaluated_ms=stored.evaluated_ms if isinstance(board, str) else board.evaluated_ms,
            keeps_h=kept.anomalies_h,
            every_h=kept.every_h,
        )

    async def klines(
        self, symbol: str, exchange: Exchange, market: Market, bar: str, limit: int
    ) -> Klines:
        """What is kept, and the bar that is being formed; watches these bars from now on."""
        _, bar = self.chosen(exchange, bar)
        candles = self._engine.candles
        if market is Market.PERP:
            candles.use(exchange, bar)
        name, why = self._named(symbol, exchange, market, bar)
        found = await super().klines(name, exchange, market, bar, limit)
        return replace(
            found,
            forming=self._forming(found),
            reason=(why or found.reason) if not found.rows else "",
        )

    def _named(self, symbol: str, exchange: Exchange, market: Market, bar: str) -> tuple[str, str]:
        """The exchange's symbol, and why it may have no bars."""
        candles = self._engine.candles
        universe = candles.universe(exchange)
        if market is not Market.PERP:
            return symbol, "bars are kept of perpetuals alone"
        if universe is None:
            return symbol, candles.trouble(exchange, bar)
        named = universe.named(symbol)
        if not named:
            return symbol, f"{exchange.value} lists no perpetual of it"
        why = universe.why_not(named[0]) or candles.trouble(exchange, bar)
        return named[0].instrument.symbol, why

    def _forming(self, found: Klines) -> CandleRow | None:
        """The bar after the newest, if its stream is there."""
        if self._engine.candles.trouble(found.exchange, found.bar):
            return None
        row = self._engine.market.row((found.exchange, found.market, found.symbol))
        candle = row.bars.get(found.bar) if row is not None else None
        if candle is None or candle.closed:
            return None
        now_ms = self._clock.now_ms()
        is_of_now = candle.open_ms > now_ms - 2 * BAR_MS[found.bar]
        is_next = not found.rows or candle.open_ms > found.rows[-1].open_ms
        return row_of(candle) if is_of_now and is_next else None
