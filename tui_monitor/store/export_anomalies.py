"""The lines of the export of anomalies: by the length of the bars, then by time.

Ours, not the originals': times are ISO 8601 in UTC, numbers have all their digits.
"""

import logging
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from msgspec import Struct

from tui_monitor.clock import DAY_MS, utc_text
from tui_monitor.model import BAR_MS, AnomalyRecord
from tui_monitor.store.export_rows import Scope, csv_line, json_line
from tui_monitor.store.export_series import spans
from tui_monitor.store.formats import percent, reckoned, reckoned_cell, text_cell
from tui_monitor.store.reader import Reader

_log = logging.getLogger(__name__)
_DAMAGED = "the parts of the anomaly %s of %d can't be read"
_NUMBERS = (
    *("return_pct", "close", "turnover_usd", "range_pct", "price_z", "price_percentile"),
    *("volume_z", "volatility_z", "price_score", "volume_score", "volatility_score"),
    "turnover_24h_usd",
)
_FIRST = ("open_utc", "bar", "exchange", "symbol", "coin", "mode", "score", "reasons")
ANOMALIES_HEADER = ",".join((*_FIRST, *_NUMBERS, "n", "judged_utc"))


class _Row(Struct, frozen=True):
    """What a line takes of the row that is kept; the rest is in the JSON lines."""

    n: int | None = None
    reasons: list[str] = []
    return_pct: float | None = None
    close: float | None = None
    turnover_usd: float | None = None
    range_pct: float | None = None
    price_z: float | None = None
    price_percentile: float | None = None
    volume_z: float | None = None
    volatility_z: float | None = None
    price_score: float | None = None
    volume_score: float | None = None
    volatility_score: float | None = None
    turnover_24h_usd: float | None = None


class _Parts(Struct, frozen=True):
    row: _Row


_parts = msgspec.json.Decoder(_Parts)


async def anomaly_rows(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """Anomalies by the begin of their bars; an unknown number is an empty cell."""
    async for rows in _anomalies(reader, scope):
        yield [_line(row) for row in rows]


async def anomaly_records(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The same with their whole explanation."""
    async for rows in _anomalies(reader, scope):
        yield [json_line(_record(row)) for row in rows]


async def _anomalies(reader: Reader, scope: Scope) -> AsyncIterator[list[AnomalyRecord]]:
    for bar in BAR_MS:
        for start_ms, end_ms in spans(scope, await reader.oldest_anomaly_ms(bar), DAY_MS):
            yield await reader.anomalies_between(bar, start_ms, end_ms)


def _record(record: AnomalyRecord) -> dict[str, object]:
    fields = {name: getattr(record, name) for name in record.__struct_fields__}
    fields["score"] = _told(record.score)
    try:
        fields["parts"] = _told(msgspec.json.decode(record.parts))
    except msgspec.DecodeError:
        _log.warning(_DAMAGED, record.symbol, record.open_ms)
    return fields


def _told(value: Any, name: str = "") -> Any:
    """Every number in it without what binary arithmetic added."""
    if isinstance(value, dict):
        return {key: _told(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_told(one, name) for one in value]
    if not isinstance(value, float):
        return value
    return percent(value) if name.endswith("_pct") else reckoned(value)


def _line(record: AnomalyRecord) -> str:
    row = _row(record)
    return csv_line(
        utc_text(record.open_ms),
        record.bar,
        record.exchange.value,
        text_cell(record.symbol),
        text_cell(record.coin),
        record.mode,
        reckoned_cell(record.score),
        text_cell("+".join(row.reasons)),
        *(reckoned_cell(_told(getattr(row, name), name)) for name in _NUMBERS),
        "" if row.n is None else str(row.n),
        utc_text(record.judged_ms),
    )


def _row(record: AnomalyRecord) -> _Row:
    """The score stands beside the parts: it is told where they are damaged, too."""
    try:
        return _parts.decode(record.parts).row
    except msgspec.MsgspecError:
        _log.warning(_DAMAGED, record.symbol, record.open_ms)
        return _Row()
