"""The lines of the export of what the aggregate source said, a day after the other.

Ours, not the originals': money is in USD, people are persons, times are ISO 8601 in UTC.
"""

from collections.abc import AsyncIterator

from tui_monitor.clock import DAY_MS, utc_text
from tui_monitor.model import AggregateRow
from tui_monitor.store.asking import MAX_ROWS
from tui_monitor.store.export_rows import Scope, csv_line, json_line
from tui_monitor.store.export_series import spans
from tui_monitor.store.formats import number_cell
from tui_monitor.store.reader import Reader

AGGREGATES_HEADER = (
    "minute_utc,source_utc,received_utc,usd_1h,usd_24h,people_24h,position_usd,panic_index,"
    "imported,corrected"
)


async def aggregate_rows(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """A row a minute; what is unknown is empty."""
    async for rows in _minutes(reader, scope):
        yield [_row(row) for row in rows]


async def aggregate_records(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The same in the model's own fields."""
    async for rows in _minutes(reader, scope):
        yield [json_line(row) for row in rows]


async def _minutes(reader: Reader, scope: Scope) -> AsyncIterator[list[AggregateRow]]:
    for start_ms, end_ms in spans(scope, await reader.oldest_aggregate_ms(), DAY_MS):
        yield await reader.aggregates(start_ms, end_ms, MAX_ROWS)


def _row(row: AggregateRow) -> str:
    numbers = (row.usd_1h, row.usd_24h, row.people_24h, row.position_usd, row.panic_index)
    return csv_line(
        utc_text(row.minute_ms),
        "" if row.source_ms is None else utc_text(row.source_ms),
        utc_text(row.received_ms),
        *("" if number is None else number_cell(number) for number in numbers),
        *("yes" if flag else "no" for flag in (row.imported, row.corrected)),
    )
