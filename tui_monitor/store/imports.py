"""Taking in files, plain or gzipped: the originals' JSONL records and three CSVs, and what our own
exports wrote.

Lines are read and judged in a thread, some hundred at a time, and each such batch is committed
before the next is read: a killed import is finished by running it again, since what is there
already is left as it is.
"""

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from msgspec import Struct, field

from tui_monitor.clock import BoardZone
from tui_monitor.errors import BadInput
from tui_monitor.model import AggregateRow
from tui_monitor.printable import printable
from tui_monitor.store import formats
from tui_monitor.store.aggregate_lines import AggregateLines
from tui_monitor.store.csvs import PriceRows, missing_rows, sum_rows
from tui_monitor.store.import_times import TimeJudge
from tui_monitor.store.jsonl import JsonLines
from tui_monitor.store.liquidation_lines import LiquidationLines, event_rows, minute_rows
from tui_monitor.store.records import Batch, RecordCheck
from tui_monitor.store.series_lines import EXPORT_ONLY, SERIES, SeriesLines
from tui_monitor.store.settling import Sample
from tui_monitor.store.writer import Store

LINE_LIMIT = 1_000_000
LINES_A_BATCH = 200
REMARKS_KEPT = 10_000
_REMARK_LENGTH = 200
_GZIP_MAGIC = b"\x1f\x8b"
_EXPECTED = "expected JSON lines or one of the headers " + " | ".join(
    (
        *(formats.PRICES_HEADER, formats.SUM_HEADER, formats.MISSING_HEADER),
        *(formats.LIQUIDATIONS_HEADER, formats.LIQUIDATION_MINUTES_HEADER),
        *(one.header for one in SERIES if one.header),
    )
)

Remark = tuple[int, str]
_Line = tuple[int, str, str]


class ImportReport(Struct, kw_only=True):
    """What a file gave. Lines count from 1; line 0 is the file as a whole.

    `taken` are records (JSONL) or rows (CSV). `refused`, `doubtful` and `corrected` hold the first
    10,000 remarks each, the counts all of them. Doubtful things are in the store as they were,
    corrected ones with a known fault put right. A minute of the aggregate source is kept once:
    `replaced` records gave way to a later one of the file that knows as much, `outdone` ones came
    later and know less, or are the same again.
    """

    path: str
    shape: str = ""
    taken: int = 0
    slot_prices: int = 0
    off_slot_prices: int = 0
    unchanged: int = 0
    sums: int = 0
    holes: int = 0
    aggregates: int = 0
    replaced: int = 0
    outdone: int = 0
    liquidations: int = 0
    liquidation_minutes: int = 0
    series: dict[str, int] = field(default_factory=dict)
    """New rows of our own series, by the name of the export."""
    refused: list[Remark] = field(default_factory=list)
    doubtful: list[Remark] = field(default_factory=list)
    corrected: list[Remark] = field(default_factory=list)
    refused_count: int = 0
    doubtful_count: int = 0
    corrected_count: int = 0

    def refuse(self, line: int, reason: str) -> None:
        """Note what was not taken."""
        self.refused_count += 1
        if len(self.refused) < REMARKS_KEPT:
            self.refused.append((line, printable(reason, _REMARK_LENGTH)))

    def doubt(self, line: int, reason: str) -> None:
        """Note what was taken though it looks wrong."""
        self.doubtful_count += 1
        if len(self.doubtful) < REMARKS_KEPT:
            self.doubtful.append((line, printable(reason, _REMARK_LENGTH)))

    def correct(self, line: int, reason: str) -> None:
        """Note what was put right."""
        self.corrected_count += 1
        if len(self.corrected) < REMARKS_KEPT:
            self.corrected.append((line, printable(reason, _REMARK_LENGTH)))


class _Lines(Protocol):
    """A reader of one shape of file."""

    shape: str

    def feed(self, line: int, text: str, batch: Batch) -> None: ...

    def finish(self, batch: Batch) -> None: ...


async def import_file(
    store: Store, path: Path, zone: BoardZone, coins: Sequence[str], now_ms: int
) -> ImportReport:
    """Take a file in. BadInput if there is no such file; everything else is in the report."""
    report = ImportReport(path=str(path))
    source = await asyncio.to_thread(_Source, path)
    try:
        judge = TimeJudge(zone, now_ms)
        check = RecordCheck(zone, coins, now_ms)
        lines = await asyncio.to_thread(_choose, source, check, judge, zone, coins, now_ms)
        if lines is None:
            _, head, fault = source.head()
            report.refuse(1, EXPORT_ONLY.get(head, f"{fault or 'unknown header'}; {_EXPECTED}"))
            return report
        report.shape = lines.shape
        seen: set[int] = set()
        more = True
        while more:
            batch = Batch()
            more = await asyncio.to_thread(_next_batch, source, lines, batch)
            await _store_batch(store, batch, report, seen)
    finally:
        source.close()
    report.refused.sort()
    report.doubtful.sort()
    report.corrected.sort()
    return report


def _choose(
    source: "_Source",
    check: RecordCheck,
    judge: TimeJudge,
    zone: BoardZone,
    coins: Sequence[str],
    now_ms: int,
) -> _Lines | None:
    _, head, _ = source.head()
    name = source.path.name.removesuffix(".gz")
    if head.startswith("{") or name.endswith((".jsonl", ".json")):
        own = (LiquidationLines(judge), SeriesLines(judge))
        return JsonLines(check, judge, AggregateLines(now_ms), own)
    lines: _Lines | None = None
    if head == formats.PRICES_HEADER:
        lines = PriceRows(check, judge)
    elif head == formats.SUM_HEADER:
        lines = sum_rows(judge, zone)
    elif head == formats.MISSING_HEADER:
        lines = missing_rows(judge, coins, now_ms)
    elif head == formats.LIQUIDATIONS_HEADER:
        lines = event_rows(LiquidationLines(judge))
    elif head == formats.LIQUIDATION_MINUTES_HEADER:
        lines = minute_rows(LiquidationLines(judge))
    else:
        lines = SeriesLines(judge).rows_under(head)
    if lines is not None:
        source.skip_head()
    return lines


def _next_batch(source: "_Source", lines: _Lines, batch: Batch) -> bool:
    """Fill a batch from the next lines; False after the last one."""
    taken = source.take(LINES_A_BATCH)
    for number, text, fault in taken:
        if fault:
            batch.refused.append((number, fault))
        else:
            lines.feed(number, text, batch)
    if len(taken) < LINES_A_BATCH:
        lines.finish(batch)
    return len(taken) == LINES_A_BATCH


async def _store_batch(store: Store, batch: Batch, report: ImportReport, seen: set[int]) -> None:
    """`seen` are the minutes of the aggregate source that the file had before."""
    report.taken += batch.taken
    for line, reason in batch.refused:
        report.refuse(line, reason)
    for line, reason in batch.doubtful:
        report.doubt(line, reason)
    for line, reason in batch.corrected:
        report.correct(line, reason)
    if batch.samples or batch.holes:
        settled, holes = await store.settle_samples(batch.samples, batch.holes)
        report.slot_prices += len(settled.prices)
        report.off_slot_prices += len(settled.off_slot)
        report.unchanged += settled.unchanged
        report.holes += holes
        _doubt_samples(report, settled.kept, "a better price stands there and is kept")
        _doubt_samples(report, settled.duplicates, "other numbers came first for this time")
    if batch.sums:
        await _store_sums(store, batch, report)
    if batch.aggregates:
        await _store_aggregates(store, batch.aggregates, report, seen)
    await _store_liquidations(store, batch, report)
    for name, rows in batch.rows.items():
        news = await _IMPORTS[name](store, rows)
        report.series[name] = report.series.get(name, 0) + news
        report.unchanged += len(rows) - news


_IMPORTS: dict[str, Callable[[Store, list[Any]], Awaitable[int]]] = {
    "candles": Store.import_candles,
    "funding": Store.import_funding,
    "open-interest": Store.import_interest,
    "spreads": Store.import_spreads,
    "signals": Store.import_signals,
    "outages": Store.import_outages,
    "aggregates": Store.import_aggregates,
}


async def _store_aggregates(
    store: Store, rows: Sequence[AggregateRow], report: ImportReport, seen: set[int]
) -> None:
    first: list[AggregateRow] = []
    again: list[AggregateRow] = []
    for row in rows:
        (again if row.minute_ms in seen else first).append(row)
        seen.add(row.minute_ms)
    news = await store.record_aggregates(first)
    replaced = await store.record_aggregates(again)
    report.aggregates += news
    report.replaced += replaced
    report.outdone += len(again) - replaced
    report.unchanged += len(first) - news


async def _store_liquidations(store: Store, batch: Batch, report: ImportReport) -> None:
    news = [0]
    if batch.liquidations:
        news.append(await store.record_liquidations(batch.liquidations))
        report.liquidations += news[-1]
    if batch.liquidation_minutes:
        news.append(await store.import_liquidation_minutes(batch.liquidation_minutes))
        report.liquidation_minutes += news[-1]
    told = len(batch.liquidations) + len(batch.liquidation_minutes)
    report.unchanged += told - sum(news)


async def _store_sums(store: Store, batch: Batch, report: ImportReport) -> None:
    rows = [row for _, row in batch.sums]
    first_ms, last_ms = min(row.slot_ms for row in rows), max(row.slot_ms for row in rows)
    there = {row.slot_ms: row.sum_pct for row in await store.imported_sums(first_ms, last_ms + 1)}
    for line, row in batch.sums:
        before = there.get(row.slot_ms)
        if before == row.sum_pct:
            report.unchanged += 1
            continue
        report.sums += 1
        if before is not None:
            report.doubt(line, f"takes the place of the sum {before:.4f} imported before")
    await store.record_imported_sums(rows)


def _doubt_samples(report: ImportReport, samples: Sequence[Sample], text: str) -> None:
    coins_of_line: dict[int, list[str]] = {}
    for sample in samples:
        coins_of_line.setdefault(sample.line, []).append(sample.coin)
    for line, coins in coins_of_line.items():
        report.doubt(line, f"{text}: {' '.join(coins)}")


class _Source:
    """The lines of a file: (number, text, fault), where a fault is a line that can't be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                packed = file.read(2) == _GZIP_MAGIC
            # Closed by `close`, which outlives this call.
            self._file: BinaryIO = cast(
                "BinaryIO",
                gzip.open(path) if packed else path.open("rb"),  # noqa: SIM115
            )
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror or error}") from error
        self._lines = self._read()
        self._ahead: _Line | None = next(self._lines, None)

    def head(self) -> _Line:
        """The first line, left in place."""
        return self._ahead or (1, "", "an empty file")

    def skip_head(self) -> None:
        """Go past the first line."""
        self._ahead = None

    def take(self, count: int) -> list[_Line]:
        """The next lines; fewer than asked for at the end."""
        ahead = [self._ahead] if self._ahead else []
        self._ahead = None
        return ahead + list(islice(self._lines, count - len(ahead)))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _read(self) -> Iterator[_Line]:
        for number in count(1):
            try:
                raw = self._file.readline(LINE_LIMIT)
                too_long = len(raw) == LINE_LIMIT and not raw.endswith(b"\n")
                if too_long:
                    self._skip_rest_of_line()
            except (OSError, EOFError, zlib.error) as error:
                yield number, "", f"can't be read on: {error}"
                return
            if not raw:
                return
            text, fault = _decoded(raw.removeprefix(formats.BOM) if number == 1 else raw)
            yield number, text, "a line of over a megabyte" if too_long and not fault else fault

    def _skip_rest_of_line(self) -> None:
        while (piece := self._file.readline(LINE_LIMIT)) and not piece.endswith(b"\n"):
            pass


def _decoded(raw: bytes) -> tuple[str, str]:
    """Text, or why there is none."""
    if b"\0" in raw:
        return "", f"{raw.count(0)} NUL bytes"
    try:
        return raw.decode().rstrip("\r\n"), ""
    except UnicodeDecodeError as error:
        return "", f"not UTF-8 at byte {error.start}"
