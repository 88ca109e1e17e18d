"""The lines of the export of bars: by length, then by time.

Ours, not the originals': times are ISO 8601 in UTC, numbers have all their digits.
"""

from collections.abc import AsyncIterator

from tui_monitor.clock import MINUTE_MS, utc_text
from tui_monitor.model import BAR_MS, CandleRow
from tui_monitor.store.export_rows import Scope, csv_line, json_line
from tui_monitor.store.export_series import spans
from tui_monitor.store.formats import reckoned, reckoned_cell, text_cell
from tui_monitor.store.reader import Reader

CANDLES_HEADER = (
    "open_utc,bar,exchange,market,symbol,coin,open,high,low,close,volume_coins,turnover_usd"
)
# Four exchanges' one-minute bars of 600 perpetuals have 144,000 rows in it.
_HOUR_MS = 60 * MINUTE_MS


async def candle_rows(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """Closed bars; an unknown volume is empty."""
    async for rows in _candles(reader, scope):
        yield [_row(row) for row in rows]


async def candle_records(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The same in the model's own fields."""
    async for rows in _candles(reader, scope):
        yield [json_line(_record(row)) for row in rows]


async def _candles(reader: Reader, scope: Scope) -> AsyncIterator[list[CandleRow]]:
    for bar in BAR_MS:
        for start_ms, end_ms in spans(scope, await reader.oldest_candle_ms(bar), _HOUR_MS):
            yield await reader.candles_between(bar, start_ms, end_ms)


def _row(row: CandleRow) -> str:
    prices = (row.open, row.high, row.low, row.close)
    sizes = (row.volume_coins, row.turnover_usd)
    return csv_line(
        utc_text(row.open_ms),
        row.bar,
        row.exchange.value,
        row.market.value,
        text_cell(row.symbol),
        text_cell(row.coin),
        *map(reckoned_cell, prices),
        *map(reckoned_cell, sizes),
    )


def _record(row: CandleRow) -> dict[str, object]:
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    return {name: reckoned(one) if isinstance(one, float) else one for name, one in fields.items()}
