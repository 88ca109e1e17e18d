"""Anomalies, picks and bars: what is stored of them."""

import asyncio
import logging
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tui_monitor.boards.anomalies import AnomaliesBoard, State, Thresholds
from tui_monitor.boards.anomalies.explanation import Explained, Explanation
from tui_monitor.boards.anomalies.records import (
    FoundAnomalies,
    StoredAnomaly,
    anomaly_of,
    head_name,
)
from tui_monitor.boards.klines import Klines
from tui_monitor.boards.picks import KEPT, PICKS_BAR, PicksBoard, PicksKept, kept_name
from tui_monitor.boards.upkeep import Upkeep
from tui_monitor.clock import DAY_MS, MINUTE_MS, Clock
from tui_monitor.config import Anomalies
from tui_monitor.errors import BadInput
from tui_monitor.model import BAR_MS, AnomalyRecord, Exchange, Market
from tui_monitor.printable import printable
from tui_monitor.store import Reader

NO_ENGINE = "no engine runs: start tui-monitor or tui-monitor daemon to have bars judged"
# The board has its times: sentences have none, whoever shows them knows the zone.
OF_BEFORE = "these are the anomalies of the last judged bar"
MAX_BARS = 5_000
HOUR_MS = 60 * MINUTE_MS
# Reading thousands of explanations at once would hold every feed.
_AT_ONCE = 50
S = TypeVar("S", bound=Struct)

_log = logging.getLogger(__name__)


class StoredAnomalies:
    """From the database alone."""

    def __init__(self, store: Reader, clock: Clock, settings: Anomalies) -> None:
        self._store = store
        self._clock = clock
        self.settings = settings

    def chosen(self, exchange: Exchange | None, bar: str | None = None) -> tuple[Exchange, str]:
        """What is meant where something is left out; BadInput for a bar that there is not."""
        bar = bar or self.settings.bar
        if bar not in BAR_MS:
            raise BadInput(f"no bars of {printable(bar)!r}", f"one of {' '.join(BAR_MS)}")
        return exchange or self.exchanges[0], bar

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Those whose perpetuals the settings have judged; one where they name none."""
        return tuple(map(Exchange, self.settings.exchanges)) or (Exchange.BINANCE,)

    def watch(self, exchange: Exchange | None, bar: str | None) -> None:
        """Have bars watched: nobody is there to do it."""
        self.chosen(exchange, bar)

    async def board(self, exchange: Exchange | None, bar: str | None) -> AnomaliesBoard:
        """The last judged bar's anomalies, as they were written."""
        return await self._kept_board(*self.chosen(exchange, bar), NO_ENGINE)

    async def _kept_board(self, exchange: Exchange, bar: str, why: str) -> AnomaliesBoard:
        """`why` nothing newer is known."""
        text = await self._store.board_head(head_name(exchange, bar))
        head = _decoded(text, AnomaliesBoard)
        if head is None:
            return self._empty(exchange, bar, f"{why}; none was judged yet")
        found = await self._store.anomalies_between(bar, head.open_ms, head.open_ms + 1)
        kept = [one for one in map(anomaly_of, found) if one is not None]
        rows = [one.row for one in kept if one.row.exchange is exchange]
        rows.sort(key=lambda row: (-(row.score or 0.0), row.rank or 0, row.symbol))
        return replace(
            head,
            now_ms=self._clock.now_ms(),
            rows=[replace(row, rank=rank) for rank, row in enumerate(rows, 1)],
            live=False,
            reason=f"{why}; {OF_BEFORE}",
        )

    async def explained(
        self, name: str, exchange: Exchange | None, bar: str | None, *, forming: bool = False
    ) -> Explained:
        """Of the newest judged bar, if it is an anomaly there."""
        exchange, bar = self.chosen(exchange, bar)
        return await self._kept_explained(name, exchange, bar, NO_ENGINE, forming=forming)

    async def _kept_explained(
        self, name: str, exchange: Exchange, bar: str, why: str, *, forming: bool
    ) -> Explained:
        head = _decoded(await self._store.board_head(head_name(exchange, bar)), AnomaliesBoard)
        found: list[Explanation] = []
        if forming:
            why = f"{why}; what is forming is not stored"
        elif head is None:
            why = f"{why}; none was judged yet"
        else:
            rows = await self._store.anomalies_between(bar, head.open_ms, head.open_ms + 1)
            kept = [one for one in map(anomaly_of, rows) if one is not None]
            found = [one.explanation for one in kept if _is_named(one, exchange, name)]
            who = f"{printable(name)} is no stored anomaly of the last judged bar"
            why = f"{why}; {who}, and only those are kept"
        kept_ms = None if head is None or forming else head.open_ms
        return replace(self._explained(name, exchange, bar, found, why), open_ms=kept_ms)

    async def stored(
        self,
        first_ms: int,
        last_ms: int,
        *,
        exchange: Exchange | None,
        bar: str | None,
        min_score: float,
        limit: int,
    ) -> FoundAnomalies:
        """By score, then by time."""
        _, bar = self.chosen(exchange, bar)
        exchanges = list(self.exchanges) if exchange is None else [exchange]
        found = await self._store.anomalies(
            first_ms, last_ms, exchanges=exchanges, bars=[bar], min_score=min_score, limit=limit
        )
        rows = await self._readable(found)
        standing = [await self._standing(one, bar) for one in exchanges]
        evaluated_ms = max((at for at, _ in standing if at is not None), default=None)
        lacking = [why for _, why in standing if why]
        if not rows and evaluated_ms is not None:
            lacking.insert(0, "no anomaly of that time and score is stored")
        return FoundAnomalies(
            rows=rows,
            exchanges=exchanges,
            bar=bar,
            evaluated_ms=evaluated_ms,
            reason="; ".join(dict.fromkeys(lacking)),
        )

    async def _standing(self, exchange: Exchange, bar: str) -> tuple[int | None, str]:
        """When an exchange's bars were judged last, and what is not judged, or why."""
        board = await self._kept_board(exchange, bar, NO_ENGINE)
        why = board.reason if board.evaluated_ms is None else NO_ENGINE
        return board.evaluated_ms, f"{bar} bars of {exchange.value}: {why}"

    async def _readable(self, found: list[AnomalyRecord]) -> list[StoredAnomaly]:
        kept = []
        for number, record in enumerate(found):
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
            one = anomaly_of(record)
            if one is not None:
                kept.append(one)
        return kept

    async def picks(self, exchange: Exchange | None) -> PicksBoard:
        """The last evaluation."""
        exchange, _ = self.chosen(exchange)
        return await self._kept_picks(exchange, NO_ENGINE)

    async def _kept_picks(self, exchange: Exchange, why: str) -> PicksBoard:
        """`why` nothing newer is known."""
        kept = _decoded(await self._store.board_head(kept_name(exchange)), PicksKept)
        if kept is None or kept.board.evaluated_ms is None:
            return self._no_picks(exchange, f"{why}; nothing was scored yet")
        return replace(
            kept.board,
            now_ms=self._clock.now_ms(),
            live=False,
            reason=f"{why}; these are the last ones",
        )

    async def klines(
        self,
        symbol: str,
        exchange: Exchange | None,
        market: Market,
        bar: str | None,
        limit: int,
    ) -> Klines:
        """What is kept of a symbol's bars."""
        exchange, bar = self.chosen(exchange, bar)
        named = await self._store.instrument_named(exchange, market, symbol)
        found, coin = named or (symbol, "")
        limit = min(limit, MAX_BARS)
        rows = await self._store.candles(exchange, market, found, bar, limit=limit) if named else []
        return Klines(
            now_ms=self._clock.now_ms(),
            exchange=exchange,
            market=market,
            symbol=found,
            coin=coin,
            bar=bar,
            bar_ms=BAR_MS[bar],
            rows=rows,
            forming=None,
            reason="" if rows else f"no {bar} bars of {printable(symbol)} are stored",
        )

    async def upkeep(self) -> Upkeep:
        """How much was found; nothing is watched."""
        exchange, bar = self.chosen(None)
        store, now_ms = self._store, self._clock.now_ms()
        head = _decoded(await store.board_head(head_name(exchange, bar)), AnomaliesBoard)
        kept = _decoded(await store.board_head(kept_name(exchange)), PicksKept)
        judged: dict[str, Any] = {"exchanges": self.exchanges, "bars": [bar]}
        return Upkeep(
            exchanges=self.exchanges,
            bar=bar,
            watched=0,
            candle_symbols=await store.candle_symbols(),
            anomalies_1h=await store.anomaly_count(now_ms - HOUR_MS, now_ms, **judged),
            anomalies_24h=await store.anomaly_count(now_ms - DAY_MS, now_ms, **judged),
            picks=0 if kept is None else len(kept.board.rows),
            evaluated_ms=None if head is None else head.evaluated_ms,
            keeps_h=None,
            every_h=None,
        )

    def _explained(
        self,
        name: str,
        exchange: Exchange,
        bar: str,
        found: list[Explanation],
        reason: str,
        *,
        live: bool = False,
    ) -> Explained:
        return Explained(
            now_ms=self._clock.now_ms(),
            name=name,
            exchange=exchange,
            bar=bar,
            found=found,
            live=live,
            reason="" if found else reason,
        )

    def _empty(self, exchange: Exchange, bar: str, reason: str) -> AnomaliesBoard:
        """A board before anything is judged."""
        settings, now_ms = self.settings, self._clock.now_ms()
        open_ms = now_ms - now_ms % BAR_MS[bar] - BAR_MS[bar]
        return AnomaliesBoard(
            board="anomalies",
            now_ms=now_ms,
            exchange=exchange,
            mode=settings.mode,
            bar=bar,
            bar_ms=BAR_MS[bar],
            evaluated_ms=None,
            open_ms=open_ms,
            close_ms=open_ms + BAR_MS[bar],
            universe=0,
            window_bars=settings.bars,
            thresholds=Thresholds(
                **{name: getattr(settings, name) for name in Thresholds.__struct_fields__}
            ),
            counts={state: 0 for state in State if state is not State.NOT_WATCHED},
            rows=[],
            forming=None,
            live=False,
            reason=reason,
        )

    def _no_picks(self, exchange: Exchange, reason: str) -> PicksBoard:
        now_ms = self._clock.now_ms()
        return PicksBoard(
            board="picks",
            now_ms=now_ms,
            exchange=exchange,
            bar=PICKS_BAR,
            evaluated_ms=None,
            close_ms=now_ms - now_ms % BAR_MS[PICKS_BAR],
            candidates=0,
            kept=KEPT,
            rows=[],
            left_out=[],
            live=False,
            reason=reason,
        )


def _is_named(one: StoredAnomaly, exchange: Exchange, name: str) -> bool:
    row = one.row
    return row.exchange is exchange and name.upper() in (row.coin.upper(), row.symbol.upper())


def _decoded(text: str | None, kind: type[S]) -> S | None:
    """What was kept; None where there is nothing, or another version's."""
    if text is None:
        return None
    try:
        found: Any = msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError as error:
        _log.warning("what is kept of a board can't be read: %s", error)
        return None
    return found  # type: ignore[no-any-return]  # of `kind`
