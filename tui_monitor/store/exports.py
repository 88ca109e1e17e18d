"""Writing history to files: the originals' three CSVs to the byte, our own series, in JSON too.

A file is written under a temporary name and gets its own when it is whole; one that exists is
never replaced unasked. History is read a day at a time, so memory does not grow with the range.
"""

import asyncio
import importlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import IO, Protocol, Self

from msgspec import Struct

from tui_monitor.errors import BadInput, FolderUnusable
from tui_monitor.store import export_liquidations, export_rows, export_series
from tui_monitor.store.export_aggregates import (
    AGGREGATES_HEADER,
    aggregate_records,
    aggregate_rows,
)
from tui_monitor.store.export_anomalies import (
    ANOMALIES_HEADER,
    anomaly_records,
    anomaly_rows,
)
from tui_monitor.store.export_candles import CANDLES_HEADER, candle_records, candle_rows
from tui_monitor.store.export_interest import INTEREST_HEADER, interest_records, interest_rows
from tui_monitor.store.export_rows import Scope
from tui_monitor.store.files import free, give_name, temporary_beside
from tui_monitor.store.formats import (
    BOM,
    FUNDING_HEADER,
    LIQUIDATION_MINUTES_HEADER,
    LIQUIDATIONS_HEADER,
    MISSING_HEADER,
    OUTAGES_HEADER,
    PRICES_HEADER,
    SIGNALS_HEADER,
    SPREADS_HEADER,
    SUM_HEADER,
)
from tui_monitor.store.reader import Reader

_Rows = Callable[[Reader, Scope], AsyncIterator[list[str]]]


class Exported(Struct, frozen=True, kw_only=True):
    """A written file and the number of its rows or records."""

    path: Path
    rows: int


class _Format(Struct, frozen=True):
    """`header` empty: JSON lines."""

    rows: _Rows
    stem: str
    header: str = ""


LIQUIDATION_MINUTES = "liquidation-minutes"
"""The second part of `liquidations`, which is a file of its own."""

_FORMATS = {
    ("prices", "csv"): _Format(export_rows.price_rows, "coin_prices_full", PRICES_HEADER),
    ("sum", "csv"): _Format(export_rows.sum_rows, "coin_sum_27", SUM_HEADER),
    ("missing", "csv"): _Format(export_rows.missing_rows, "missing_data", MISSING_HEADER),
    ("outages", "csv"): _Format(export_rows.outage_rows, "outages", OUTAGES_HEADER),
    ("funding", "csv"): _Format(export_series.funding_rows, "funding", FUNDING_HEADER),
    ("spreads", "csv"): _Format(export_series.spread_rows, "spreads", SPREADS_HEADER),
    ("signals", "csv"): _Format(export_series.signal_rows, "signals", SIGNALS_HEADER),
    ("liquidations", "csv"): _Format(
        export_liquidations.event_rows, "liquidations", LIQUIDATIONS_HEADER
    ),
    (LIQUIDATION_MINUTES, "csv"): _Format(
        export_liquidations.minute_rows, "liquidation_minutes", LIQUIDATION_MINUTES_HEADER
    ),
    ("candles", "csv"): _Format(candle_rows, "candles", CANDLES_HEADER),
    ("open-interest", "csv"): _Format(interest_rows, "open_interest", INTEREST_HEADER),
    ("anomalies", "csv"): _Format(anomaly_rows, "anomalies", ANOMALIES_HEADER),
    ("aggregates", "csv"): _Format(aggregate_rows, "aggregates", AGGREGATES_HEADER),
    ("aggregates", "jsonl"): _Format(aggregate_records, "aggregates"),
    ("prices", "jsonl"): _Format(export_rows.price_records, "coin_prices"),
    ("sum", "jsonl"): _Format(export_rows.sum_records, "coin_sum"),
    ("candles", "jsonl"): _Format(candle_records, "candles"),
    ("anomalies", "jsonl"): _Format(anomaly_records, "anomalies"),
    ("open-interest", "jsonl"): _Format(interest_records, "open_interest"),
    ("missing", "jsonl"): _Format(export_rows.missing_records, "missing_data"),
    ("outages", "jsonl"): _Format(export_rows.outage_records, "outages"),
    ("funding", "jsonl"): _Format(export_series.funding_records, "funding"),
    ("spreads", "jsonl"): _Format(export_series.spread_records, "spreads"),
    ("signals", "jsonl"): _Format(export_series.signal_records, "signals"),
    ("liquidations", "jsonl"): _Format(export_liquidations.event_records, "liquidations"),
    (LIQUIDATION_MINUTES, "jsonl"): _Format(
        export_liquidations.minute_records, "liquidation_minutes"
    ),
}
# The same lines, in another file.
_FORMATS |= {(what, "parquet"): made for (what, form), made in _FORMATS.items() if form == "jsonl"}
WHATS = tuple(dict.fromkeys(what for what, _ in _FORMATS))
FILE_FORMATS = tuple(dict.fromkeys(file_format for _, file_format in _FORMATS))


async def export(
    reader: Reader,
    what: str,
    file_format: str,
    scope: Scope,
    *,
    folder: Path,
    path: Path | None = None,
    overwrite: bool = False,
) -> Exported:
    """Write a part of history to a file.

    Without `path` the file gets the originals' name, with the time of the export in the board's
    zone, in `folder`. BadInput if there is no such export or the path exists.
    """
    chosen = _FORMATS.get((what, file_format))
    if chosen is None:
        known = ", ".join(f"{name} as {form}" for name, form in _FORMATS)
        raise BadInput(f"no export of {what!r} as {file_format!r}", f"there are {known}")
    if scope.start_ms >= scope.end_ms:
        raise BadInput("the range is empty", "its begin must lie before its end")
    if path is None:
        stamp = scope.zone.format(scope.now_ms, "%Y%m%d_%H%M%S")
        target = free_name(folder, f"{chosen.stem}_{stamp}", file_format)
    else:
        target = free(path, overwrite=overwrite)
    return await write_rows(
        chosen.rows(reader, scope),
        lambda path: a_sink(path, what, file_format, chosen.header),
        target,
        overwrite=overwrite,
    )


class Sink(Protocol):
    """A file that takes lines and gives how many rows they are."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def write(self, lines: Sequence[str]) -> int: ...


class LineFile:
    """CSV under its header, or JSON lines."""

    def __init__(self, path: Path, header: str) -> None:
        self._file: IO[bytes] = path.open("wb")
        self._line_end = "\r\n" if header else "\n"
        if header:
            self._file.write(BOM + header.encode() + b"\r\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, lines: Sequence[str]) -> int:
        self._file.write("".join(f"{line}{self._line_end}" for line in lines).encode())
        return len(lines)


def a_sink(path: Path, what: str, file_format: str, header: str, columns: str = "") -> Sink:
    """A file to write into; `columns` are those of a table that is no export of history."""
    if file_format != "parquet":
        return LineFile(path, header)
    try:
        module = importlib.import_module("tui_monitor.store.parquet")
    except ModuleNotFoundError as error:
        raise BadInput(
            f"parquet needs pyarrow: {error}", "pip install 'tui-monitor[parquet]'"
        ) from error
    sink: Sink = module.ParquetFile(path, what, columns)
    return sink


async def write_rows(
    rows: AsyncIterator[list[str]],
    open_sink: Callable[[Path], Sink],
    target: Path,
    *,
    overwrite: bool,
) -> Exported:
    """Write a file that is whole or not there."""
    temporary = temporary_beside(target)
    count = 0
    try:
        with open_sink(temporary) as sink:
            async for lines in rows:
                count += await asyncio.to_thread(sink.write, lines)
        temporary.chmod(0o644)
        give_name(temporary, target, overwrite=overwrite)
    except OSError as error:
        raise FolderUnusable(f"{target}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return Exported(path=target, rows=count)


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    """A path that nothing has, numbered if need be."""
    number, end = 1, ""
    while (path := folder / f"{stem}{end}.{suffix}").exists():
        number += 1
        end = f"_{number}"
    return path
