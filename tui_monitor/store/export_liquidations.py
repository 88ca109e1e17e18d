"""The lines of the exports of liquidations and of their minutes; imports take them back.

Price and coins are to the last bit what is stored: they are part of an event's name, by which an
import knows it again. USD was reckoned, and is told without what binary arithmetic added.
"""

from collections.abc import AsyncIterator

from tui_monitor.clock import DAY_MS, MINUTE_MS, utc_text
from tui_monitor.errors import BadInput
from tui_monitor.model import LiquidationMinute, LiquidationRow
from tui_monitor.store.asking import MAX_ROWS
from tui_monitor.store.export_rows import Scope, csv_line, json_line
from tui_monitor.store.export_series import spans
from tui_monitor.store.formats import number_cell, reckoned, reckoned_cell, text_cell
from tui_monitor.store.reader import Reader

_HOUR_MS = 60 * MINUTE_MS


async def event_rows(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """Events by the exchange's time, oldest first; an unknown size is an empty cell."""
    async for rows in _events(reader, scope):
        yield [_event_row(row) for row in rows]


async def event_records(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The same in the model's own fields."""
    async for rows in _events(reader, scope):
        yield [json_line(_event_record(row)) for row in rows]


async def minute_rows(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """Each venue's minutes, oldest first; the money of what nobody heard is an empty cell."""
    async for rows in _minutes(reader, scope):
        yield [_minute_row(row) for row in rows]


async def minute_records(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The same in the model's own fields; the money of what nobody heard is null."""
    async for rows in _minutes(reader, scope):
        yield [json_line(_minute_record(row)) for row in rows]


async def _events(reader: Reader, scope: Scope) -> AsyncIterator[list[LiquidationRow]]:
    for start_ms, end_ms in spans(scope, await reader.oldest_liquidation_ms(), _HOUR_MS):
        rows = await reader.liquidations(start_ms, end_ms, limit=MAX_ROWS)
        if len(rows) == MAX_ROWS:
            raise BadInput(f"{MAX_ROWS} liquidations in an hour", "export a shorter range")
        yield rows[::-1]


async def _minutes(reader: Reader, scope: Scope) -> AsyncIterator[list[LiquidationMinute]]:
    for start_ms, end_ms in spans(scope, await reader.oldest_liquidation_minute_ms(), DAY_MS):
        yield await reader.liquidation_minutes(start_ms, end_ms)


def _event_row(row: LiquidationRow) -> str:
    return csv_line(
        utc_text(row.exchange_ms),
        row.exchange.value,
        text_cell(row.symbol),
        text_cell(row.coin),
        row.side.value,
        number_cell(row.price),
        _cell_or_empty(row.coins),
        reckoned_cell(row.usd),
        utc_text(row.received_ms),
        row.heard.name.lower(),
    )


def _event_record(row: LiquidationRow) -> dict[str, object]:
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    usd = None if row.usd is None else reckoned(row.usd)
    return {**fields, "usd": usd, "heard": row.heard.name.lower()}


def _money(row: LiquidationMinute) -> tuple[float | None, float | None]:
    """Longs and shorts; what is told of a silence after it counts as heard."""
    if row.covered_ms or row.long_count or row.short_count:
        return reckoned(row.long_usd), reckoned(row.short_usd)
    return None, None


def _minute_record(row: LiquidationMinute) -> dict[str, object]:
    long_usd, short_usd = _money(row)
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    largest_usd = None if row.largest_usd is None else reckoned(row.largest_usd)
    return {**fields, "long_usd": long_usd, "short_usd": short_usd, "largest_usd": largest_usd}


def _minute_row(row: LiquidationMinute) -> str:
    long_usd, short_usd = _money(row)
    return csv_line(
        utc_text(row.minute_ms),
        row.exchange.value,
        _cell_or_empty(long_usd),
        _cell_or_empty(short_usd),
        str(row.long_count),
        str(row.short_count),
        reckoned_cell(row.largest_usd),
        str(row.unsized),
        str(row.capped_s),
        str(row.covered_ms),
    )


def _cell_or_empty(value: float | None) -> str:
    return "" if value is None else number_cell(value)
