"""Boards of liquidations made of made-up minutes, and a source that has one."""

from collections.abc import Callable

from msgspec.structs import replace

from tui_monitor.boards.liquidations import Aggregate, Indices, LiquidationsBoard, VenueState
from tui_monitor.boards.liquidations.build import Stored, Venue, Window, liquidations_board
from tui_monitor.boards.liquidations.rolling import MinuteGrid, records
from tui_monitor.clock import DAY_MS, MINUTE_MS, BoardZone
from tui_monitor.model import (
    AggregateRow,
    Exchange,
    Heard,
    InterestMinute,
    LiquidationRecord,
    LiquidationRow,
    LiquidationStep,
    Side,
)
from tui_monitor.model.liquidations import STREAMS
from tui_monitor.source import Query

NOW_MS = 1_795_132_800_000
HOUR_MS = 60 * MINUTE_MS


def a_minute(
    at_ms: int,
    long_usd: float = 0.0,
    short_usd: float = 0.0,
    *,
    covered_ms: int = MINUTE_MS,
    capped_s: int = 0,
    unsized: int = 0,
) -> LiquidationStep:
    """One order of each side that has any money."""
    return LiquidationStep(
        at_ms=at_ms,
        long_usd=long_usd,
        short_usd=short_usd,
        long_count=int(long_usd > 0) + unsized,
        short_count=int(short_usd > 0),
        largest_usd=max(long_usd, short_usd) or None,
        highest_minute_usd=long_usd + short_usd,
        unsized=unsized,
        capped_s=capped_s,
        covered_ms=covered_ms,
    )


def an_order(exchange_ms: int, usd: float | None = 1e6, **fields: object) -> LiquidationRow:
    """A long on OKX; `fields` replace any of the row's."""
    known: dict[str, object] = {
        "exchange": Exchange.OKX,
        "symbol": "BTC-USDT-SWAP",
        "coin": "BTC",
        "exchange_ms": exchange_ms,
        "side": Side.LONG,
        "price": 50_000.0,
        "coins": None if usd is None else usd / 50_000,
        "usd": usd,
        "received_ms": exchange_ms + 80,
        "heard": Heard.STREAM,
    }
    return LiquidationRow(**(known | fields))  # type: ignore[arg-type]


def a_window(now_ms: int = NOW_MS, hours: int = 1, **fields: object) -> Window:
    """One that ends with the running minute."""
    end_ms = now_ms - now_ms % MINUTE_MS + MINUTE_MS
    known: dict[str, object] = {
        "now_ms": now_ms,
        "timezone": "Asia/Shanghai",
        "hours": hours,
        "first_day": BoardZone().day_of(end_ms - hours * HOUR_MS).isoformat(),
        "last_day": BoardZone().day_of(now_ms).isoformat(),
        "first_ms": end_ms - hours * HOUR_MS,
        "end_ms": end_ms,
        "step_ms": MINUTE_MS,
        "live": True,
        "lines_usd": (50e6, 100e6, 150e6),
        "format": lambda ms: BoardZone().format(ms, "%H:%M"),
    }
    return Window(**(known | fields))  # type: ignore[arg-type]


def a_venue(exchange: Exchange, step: LiquidationStep | None = None, **fields: object) -> Venue:
    """One that is heard, with all of its window in `step`."""
    told = STREAMS[exchange]
    known: dict[str, object] = {
        "exchange": exchange,
        "told": told.told,
        "cap": told.cap,
        "state": VenueState.HEARD,
        "since_ms": NOW_MS - DAY_MS,
        "reason": "",
        "step": step,
        "last_ms": None,
        "rest_count": 0,
        "rest_usd": 0.0,
    }
    return Venue(**(known | fields))  # type: ignore[arg-type]


NO_AGGREGATE = Aggregate(
    is_on=False,
    row=None,
    age_ms=None,
    stale=False,
    level=None,
    reason="no row is stored",
    error="",
    failing_since_ms=None,
)


def some_indices(record: LiquidationRecord | None = None, now_ms: int = NOW_MS) -> Indices:
    """With a record, or none."""
    return Indices(
        now_ms=now_ms,
        record=record,
        record_age_ms=None if record is None else 1_500,
        reason="" if record else "no minute was recorded in the last 24 h",
        aggregate=NO_AGGREGATE,
    )


def a_liquidations_board(
    now_ms: int = NOW_MS, hours: int = 1, money: Callable[[int], float] = lambda place: 1e4 * place
) -> LiquidationsBoard:
    """Bybit and OKX heard for two days; `money` of each side in the window's minutes.

    Bybit has all longs and OKX all shorts, in one order a minute.
    """
    window = a_window(now_ms, hours)
    begin_ms, per_minute = window.first_ms - DAY_MS, 2 * MINUTE_MS
    count = (window.end_ms - begin_ms) // MINUTE_MS
    minutes = [
        a_minute(at_ms, usd, usd, covered_ms=per_minute)
        for place in range(count)
        for at_ms in (begin_ms + place * MINUTE_MS,)
        for usd in (money(max(0, place - DAY_MS // MINUTE_MS)),)
    ]
    interests = [
        InterestMinute(minute_ms=one.at_ms, open_interest_usd=1e10, exchanges=2)
        for one in minutes[-hours * 60 : -1]
    ]
    shown = minutes[-hours * 60 :]
    total = sum(one.long_usd for one in shown)
    heard_ms = window.passed_ms
    venues = [
        a_venue(Exchange.OKX, a_minute(0, 0.0, total, covered_ms=heard_ms, capped_s=30)),
        a_venue(Exchange.BYBIT, a_minute(0, total, 0.0, covered_ms=heard_ms)),
    ]
    orders = sorted((an_order(one.at_ms, one.long_usd) for one in shown if one.long_usd), key=_usd)
    found = records(MinuteGrid(minutes, begin_ms, count), interests, 2)
    stored = Stored(
        minutes=minutes, steps=[], largest=orders[:20], interests=interests, aggregates=[]
    )
    return liquidations_board(window, venues, stored, some_indices(found[-1], now_ms))


def _usd(row: LiquidationRow) -> float:
    return -(row.usd or 0.0)


class MemoryLiquidations:
    """The part of a source in memory that tells of liquidations: the same of every day."""

    liquidations_ms = NOW_MS

    async def liquidations_board(self, hours: int, query: Query) -> LiquidationsBoard:
        board = a_liquidations_board(self.liquidations_ms, hours)
        if query.first_day is None or query.last_day is None:
            return board
        first_day, last_day = query.first_day.isoformat(), query.last_day.isoformat()
        return replace(board, hours=None, first_day=first_day, last_day=last_day)

    async def liquidation_records(
        self, first_ms: int, last_ms: int, limit: int
    ) -> list[LiquidationRecord]:
        record = a_liquidations_board().indices.record
        wanted = record is not None and first_ms <= record.minute_ms <= last_ms
        return [record][:limit] if record is not None and wanted else []

    async def liquidation_indices(self) -> Indices:
        return a_liquidations_board().indices

    async def aggregates(self, first_ms: int, last_ms: int, limit: int) -> list[AggregateRow]:
        del first_ms, last_ms, limit
        return []
