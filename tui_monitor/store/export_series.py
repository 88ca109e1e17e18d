"""The lines of the exports of funding, spreads and signals, a span of time after the other.

Ours, not the originals': times are ISO 8601 in UTC, numbers have all their digits.
"""

from collections.abc import AsyncIterator, Iterable

from tui_monitor.clock import DAY_MS, MINUTE_MS, SECOND_MS, utc_text
from tui_monitor.model import Settlement, SignalRecord, SpreadMinute
from tui_monitor.store.asking import MAX_ROWS
from tui_monitor.store.export_rows import Scope, csv_line, json_line
from tui_monitor.store.formats import (
    PAIRS,
    number_cell,
    percent,
    percent_cell,
    reckoned,
    reckoned_cell,
    text_cell,
)
from tui_monitor.store.reader import Reader

# 1,000 coins and three kinds of pairs have 180,000 rows in it.
_HOUR_MS = 60 * MINUTE_MS


async def funding_rows(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """Settled rates by time; a rate is a fraction of the interval that ended then."""
    async for rows in _settlements(reader, scope):
        yield [_funding_row(row) for row in rows]


async def funding_records(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The same in the model's own fields."""
    async for rows in _settlements(reader, scope):
        yield [json_line(row) for row in rows]


async def spread_rows(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """Minute extremes by minute and coin."""
    async for rows in _minutes(reader, scope):
        yield [_spread_row(row) for row in rows]


async def spread_records(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The same in the model's own fields, the kind of pairs by its name."""
    async for rows in _minutes(reader, scope):
        yield [json_line(_spread_record(row)) for row in rows]


async def signal_rows(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """Signals, oldest first; the prices are those of the last sample."""
    async for rows in _signals(reader, scope):
        yield [_signal_row(row) for row in rows]


async def signal_records(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The same in the model's own fields."""
    async for rows in _signals(reader, scope):
        yield [json_line(_signal_record(row)) for row in rows]


async def _settlements(reader: Reader, scope: Scope) -> AsyncIterator[list[Settlement]]:
    for start_ms, end_ms in spans(scope, await reader.oldest_settled_ms(), DAY_MS):
        yield await reader.settlements(start_ms, end_ms)


async def _minutes(reader: Reader, scope: Scope) -> AsyncIterator[list[SpreadMinute]]:
    for start_ms, end_ms in spans(scope, await reader.oldest_spread_ms(), _HOUR_MS):
        yield await reader.spread_minutes(start_ms, end_ms)


async def _signals(reader: Reader, scope: Scope) -> AsyncIterator[list[SignalRecord]]:
    for start_ms, end_ms in spans(scope, await reader.oldest_signal_ms(), DAY_MS):
        yield (await reader.signals(start_ms, end_ms, MAX_ROWS))[::-1]


def spans(scope: Scope, oldest_ms: int | None, length_ms: int) -> Iterable[tuple[int, int]]:
    """The wanted range in pieces, from the first stored time to a day after now."""
    if oldest_ms is None:
        return
    end_ms = min(scope.end_ms, scope.now_ms + DAY_MS)
    for start_ms in range(max(scope.start_ms, oldest_ms), end_ms, length_ms):
        yield start_ms, min(start_ms + length_ms, end_ms)


def _funding_row(row: Settlement) -> str:
    return csv_line(
        utc_text(row.settled_ms),
        row.exchange.value,
        row.market.value,
        text_cell(row.symbol),
        text_cell(row.coin),
        number_cell(row.rate),
    )


def _spread_row(row: SpreadMinute) -> str:
    return csv_line(
        utc_text(row.minute_ms),
        text_cell(row.coin),
        PAIRS[row.kind],
        percent_cell(row.max_pct),
        percent_cell(row.min_pct),
        row.buy_exchange.value,
        row.buy_market.value,
        row.sell_exchange.value,
        row.sell_market.value,
        reckoned_cell(row.over_s),
        str(row.rises),
        str(row.samples),
    )


def _spread_record(row: SpreadMinute) -> dict[str, object]:
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    shares = {"max_pct": percent(row.max_pct), "min_pct": percent(row.min_pct)}
    return {**fields, **shares, "over_s": reckoned(row.over_s), "kind": PAIRS[row.kind]}


def _signal_row(row: SignalRecord) -> str:
    last = row.samples[-1]
    lasted_s = _lasted_s(row)
    return csv_line(
        utc_text(row.observed_ms),
        text_cell(row.coin),
        row.basis,
        row.buy_exchange.value,
        row.buy_market.value,
        row.sell_exchange.value,
        row.sell_market.value,
        number_cell(last.buy_price),
        number_cell(last.sell_price),
        percent_cell(last.spread_pct),
        percent_cell(row.threshold_pct),
        utc_text(row.first_ms),
        "" if row.ended_ms is None else utc_text(row.ended_ms),
        "" if lasted_s is None else f"{lasted_s:.3f}",
        text_cell(row.ending or ""),
        " ".join(percent_cell(sample.spread_pct) for sample in row.samples),
    )


def _signal_record(row: SignalRecord) -> dict[str, object]:
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    samples = [
        {name: getattr(sample, name) for name in sample.__struct_fields__}
        | {"spread_pct": percent(sample.spread_pct)}
        for sample in row.samples
    ]
    fields["threshold_pct"] = percent(row.threshold_pct)
    run = {"run_first_ms": row.first_ms, "lasted_s": _lasted_s(row)}
    return {**fields, **run, "samples": samples}


def _lasted_s(row: SignalRecord) -> float | None:
    """Of the whole run: all its signals say the same and share `run_first_ms`; count it once."""
    return None if row.ended_ms is None else (row.ended_ms - row.first_ms) / SECOND_MS
