"""Anomalies, picks and bars from this process's engine."""

from msgspec.structs import replace

from tui_monitor.boards.anomalies import AnomaliesBoard
from tui_monitor.boards.anomalies.explanation import Explained
from tui_monitor.boards.klines import Klines
from tui_monitor.boards.picks import PicksBoard
from tui_monitor.boards.upkeep import Upkeep
from tui_monitor.engine import Engine
from tui_monitor.engine.candles_series import row_of
from tui_monitor.model import BAR_MS, CandleRow, Exchange, Instrument, Market
from tui_monitor.source.anomalies import StoredAnomalies


class LiveAnomalies(StoredAnomalies):
    """What the engine judges now, beside what is stored."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.store, engine.clock, engine.settings.anomalies)
        self._engine = engine

    def watch(self, exchange: Exchange | None, bar: str | None) -> None:
        """Have bars streamed and judged for some minutes."""
        self._engine.candles.use(*self.chosen(exchange, bar))

    def _unwatched(self, exchange: Exchange, bar: str) -> str:
        """Why bars are not judged and where to have them judged; "" where they are."""
        if self._engine.candles.is_wanted(exchange, bar):
            return ""
        if exchange not in self._engine.enabled:
            name = exchange.value
            return f"{name} is not watched: exchanges.{name}.enabled turns it on"
        return (
            f"{bar} bars of {exchange.value} are not watched: anomalies.exchanges and anomalies.bar"
            " have them judged always, the anomalies screen (v, i) while it shows them"
        )

    async def board(self, exchange: Exchange | None, bar: str | None) -> AnomaliesBoard:
        """The newest evaluation; of bars that nobody watches, or that come yet, the last one."""
        exchange, bar = self.chosen(exchange, bar)
        unwatched = self._unwatched(exchange, bar)
        if unwatched:
            kept = await self._kept_board(exchange, bar, unwatched)
            return replace(kept, unasked=exchange in self._engine.enabled)
        found, why = self._judged(exchange, bar)
        if not why:
            return found
        kept = await self._kept_board(exchange, bar, why)
        return found if kept.evaluated_ms is None else kept

    def _judged(self, exchange: Exchange, bar: str) -> tuple[AnomaliesBoard, str]:
        """What the engine judged, and why that is nothing yet; "" where it is something."""
        found = self._engine.anomalies.board(exchange, bar)
        if isinstance(found, str):
            return replace(self._empty(exchange, bar, found), live=True), found
        return found, "" if found.has_bars else found.reason

    async def explained(
        self, name: str, exchange: Exchange | None, bar: str | None, *, forming: bool = False
    ) -> Explained:
        """Of the newest evaluation: any coin; before there is one, stored anomalies."""
        exchange, bar = self.chosen(exchange, bar)
        unwatched = self._unwatched(exchange, bar)
        if unwatched:
            return await self._kept_explained(name, exchange, bar, unwatched, forming=forming)
        _, why = self._judged(exchange, bar)
        if why and not forming:
            kept = await self._kept_explained(name, exchange, bar, why, forming=False)
            if kept.found:
                return kept
        found = self._engine.anomalies.explained(name, exchange, bar, forming=forming)
        if isinstance(found, str):
            return self._explained(name, exchange, bar, [], found, live=True)
        return self._explained(name, exchange, bar, found, "", live=True)

    async def _standing(self, exchange: Exchange, bar: str) -> tuple[int | None, str]:
        board = await self.board(exchange, bar)
        why = self._unwatched(exchange, bar)
        if not why:
            lacking = self._judged(exchange, bar)[0].reason
            why = f"{bar} bars of {exchange.value}: {lacking}" if lacking else ""
        return board.evaluated_ms, why

    async def picks(self, exchange: Exchange | None) -> PicksBoard:
        """The newest evaluation; until there is one, that of before the start."""
        exchange, _ = self.chosen(exchange)
        found = self._engine.picks.board(exchange)
        if not isinstance(found, str):
            return found
        kept = await self._kept_picks(exchange, found)
        return kept if kept.rows else replace(kept, live=True, reason=found)

    async def upkeep(self) -> Upkeep:
        """How much is watched and was found."""
        candles, kept = self._engine.candles, self._engine.settings.retention
        exchange, bar = self.chosen(None)
        watched = sum(
            one.perps
            for one in candles.progress()
            if one.exchange in self.exchanges and one.bar == bar
        )
        board = self._engine.anomalies.board(exchange, bar)
        picks = self._engine.picks.board(exchange)
        stored = await super().upkeep()
        return replace(
            stored,
            watched=watched,
            picks=stored.picks if isinstance(picks, str) else len(picks.rows),
            evaluated_ms=stored.evaluated_ms if isinstance(board, str) else board.evaluated_ms,
            keeps_h=kept.anomalies_h,
            every_h=kept.every_h,
        )

    async def klines(
        self,
        symbol: str,
        exchange: Exchange | None,
        market: Market,
        bar: str | None,
        limit: int,
    ) -> Klines:
        """What is kept, and the bar that is being formed."""
        exchange, bar = self.chosen(exchange, bar)
        listed, why = self._listed(symbol, exchange, market, bar)
        name = symbol if listed is None else listed.symbol
        found = await super().klines(name, exchange, market, bar, limit)
        return replace(
            found,
            coin=found.coin if listed is None else listed.coin,
            forming=self._forming(found),
            reason=(why or found.reason) if not found.rows else "",
        )

    def _listed(
        self, name: str, exchange: Exchange, market: Market, bar: str
    ) -> tuple[Instrument | None, str]:
        """What a symbol or a coin names there now, and why it may have no bars."""
        candles = self._engine.candles
        if market is not Market.PERP:
            return None, "bars are kept of perpetuals alone"
        universe, unwatched = candles.universe(exchange), self._unwatched(exchange, bar)
        if universe is None:
            return None, unwatched or candles.trouble(exchange, bar)
        named = universe.named(name)
        if not named:
            return None, f"{exchange.value} lists no perpetual of it"
        why = universe.why_not(named[0]) or unwatched or candles.trouble(exchange, bar)
        return named[0].instrument, why

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
