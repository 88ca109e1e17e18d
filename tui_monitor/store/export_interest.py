"""The lines of the export of open interest, by time.

Ours, not the originals': times are ISO 8601 in UTC, numbers have all their digits. `usd` is the
product of `coins` and `mark_price` as they stand in the same line.
"""

from collections.abc import AsyncIterator

from tui_monitor.clock import MINUTE_MS, utc_text
from tui_monitor.model import InterestSample, InterestSource
from tui_monitor.store.export_rows import Scope, csv_line, json_line
from tui_monitor.store.export_series import spans
from tui_monitor.store.formats import number_cell, product, reckoned, reckoned_cell, text_cell
from tui_monitor.store.reader import Reader

INTEREST_HEADER = "at_utc,exchange,symbol,coin,coins,usd,mark_price,source"
SOURCES = {InterestSource.HISTORY: "history", InterestSource.OURS: "ours"}
# 2,400 perpetuals have 29,000 rows in it.
_HOUR_MS = 60 * MINUTE_MS


async def interest_rows(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """Single-sided samples; an unknown price is empty, and so is the USD then."""
    async for rows in _samples(reader, scope):
        yield [_row(row) for row in rows]


async def interest_records(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The same in the model's own fields, with USD and the source by its name."""
    async for rows in _samples(reader, scope):
        yield [json_line(_record(row)) for row in rows]


async def _samples(reader: Reader, scope: Scope) -> AsyncIterator[list[InterestSample]]:
    for start_ms, end_ms in spans(scope, await reader.oldest_interest_ms(), _HOUR_MS):
        yield await reader.interest_between(start_ms, end_ms)


def _row(row: InterestSample) -> str:
    return csv_line(
        utc_text(row.at_ms),
        row.exchange.value,
        text_cell(row.symbol),
        text_cell(row.coin),
        reckoned_cell(row.coins),
        *("" if number is None else number_cell(number) for number in _usd_and_price(row)),
        SOURCES[row.source],
    )


def _usd_and_price(row: InterestSample) -> tuple[float | None, float | None]:
    if row.price is None:
        return None, None
    price = reckoned(row.price)
    return product(reckoned(row.coins), price), price


def _record(row: InterestSample) -> dict[str, object]:
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    usd, price = _usd_and_price(row)
    known = {"coins": reckoned(row.coins), "price": price, "usd": usd}
    return {**fields, **known, "source": SOURCES[row.source]}
