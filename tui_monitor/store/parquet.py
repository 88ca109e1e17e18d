"""Exports as Parquet: what the JSON lines say, in typed columns.

pyarrow comes with the extra `parquet`, so this module is imported for such an export only. Times
are timestamps in UTC, and what is nested is JSON text.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import msgspec
import pyarrow as pa
from pyarrow import parquet

_TYPES = {
    "text": pa.string(),
    "json": pa.string(),
    "number": pa.float64(),
    "count": pa.int64(),
    "flag": pa.bool_(),
    "time": pa.timestamp("ms", tz="UTC"),
}
_LEGS = "buy_exchange:text buy_market:text sell_exchange:text sell_market:text"
COLUMNS = {
    "prices": "at_ms:time coin:text base_price:number current_price:number change_pct:number",
    "sum": (
        "slot_ms:time total_change:number average_change:number total_coins:count "
        "valid_coins:count up:count down:count provisional_coins:count imported_sum:flag"
    ),
    "missing": "slot_ms:time symbol:text reason:text cause:text",
    "outages": (
        "exchange:text market:text channel:text reason:text begin_ms:time end_ms:time "
        "bridged:flag id:count"
    ),
    "funding": "exchange:text market:text symbol:text coin:text settled_ms:time rate:number",
    "spreads": (
        f"minute_ms:time coin:text kind:text max_pct:number min_pct:number {_LEGS} "
        "over_s:number rises:count samples:count"
    ),
    "signals": (
        f"coin:text basis:text {_LEGS} first_ms:time observed_ms:time threshold_pct:number "
        "samples:json ended_ms:time ending:text run_first_ms:time lasted_s:number"
    ),
    "liquidations": (
        "exchange:text symbol:text coin:text exchange_ms:time side:text price:number "
        "coins:number usd:number received_ms:time heard:text"
    ),
    "liquidation-minutes": (
        "minute_ms:time exchange:text long_usd:number short_usd:number long_count:count "
        "short_count:count largest_usd:number unsized:count capped_s:count covered_ms:count"
    ),
    "candles": (
        "exchange:text market:text symbol:text coin:text bar:text open_ms:time open:number "
        "high:number low:number close:number volume_coins:number turnover_usd:number"
    ),
    "open-interest": (
        "exchange:text symbol:text coin:text at_ms:time coins:number price:number source:text "
        "usd:number"
    ),
    "aggregates": (
        "minute_ms:time source_ms:time received_ms:time usd_1h:number usd_24h:number "
        "people_24h:number position_usd:number panic_index:number imported:flag corrected:flag"
    ),
    "anomalies": (
        "exchange:text symbol:text coin:text bar:text open_ms:time mode:text judged_ms:time "
        "state:text score:number parts:json"
    ),
}
"""The columns of each export, by the name in its JSON lines, and what they hold."""


class ParquetFile:
    """A file of one export. `write` takes its JSON lines and gives how many rows they are.

    `columns` are those of an export that COLUMNS has not.
    """

    def __init__(self, path: Path, what: str, columns: str = "") -> None:
        made = [column.split(":") for column in (columns or COLUMNS[what]).split()]
        self._nested = [name for name, kind in made if kind == "json"]
        self._schema = pa.schema([(name, _TYPES[kind]) for name, kind in made])
        self._rows = _ROWS.get(what, _as_they_are)
        self._writer = parquet.ParquetWriter(path, self._schema, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def write(self, lines: Sequence[str]) -> int:
        """Append them; a field that is no column of the export is a ValueError."""
        rows = [row for line in lines for row in self._rows(msgspec.json.decode(line))]
        for row in rows:
            if unknown := row.keys() - set(self._schema.names):
                raise ValueError(f"no column for {sorted(unknown)}")
            for name in self._nested:
                row[name] = msgspec.json.encode(row[name]).decode()
        if rows:
            self._writer.write_table(pa.Table.from_pylist(rows, schema=self._schema))
        return len(rows)


def _as_they_are(record: dict[str, Any]) -> Iterable[dict[str, Any]]:
    return (record,)


def _price_rows(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each coin of an original's record, whose time is in s where it is a whole one."""
    stamp = record["timestamp"]
    at_ms = stamp if stamp > 1e11 else stamp * 1000
    for coin, prices in record["day_changes"].items():
        yield {"at_ms": at_ms, "coin": coin, **prices}


def _slot_rows(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    del record["collect_time"]
    yield {"slot_ms": record.pop("timestamp") * 1000, **record}


_ROWS = {"prices": _price_rows, "sum": _slot_rows, "missing": _slot_rows}
