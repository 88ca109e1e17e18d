"""Closed months as compressed JSON lines, of what an import takes back.

A month's file is whole, is checked before it gets its name, and is the same to the byte if the
database has the same. Nothing is removed from the database, and no file ever loses a row.
"""

import asyncio
import filecmp
import gzip
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from tui_monitor.clock import BoardZone
from tui_monitor.errors import FolderUnusable, StoreError
from tui_monitor.store.export_aggregates import aggregate_records
from tui_monitor.store.export_liquidations import event_records, minute_records
from tui_monitor.store.export_rows import Scope, price_records
from tui_monitor.store.files import give_name, temporary_beside
from tui_monitor.store.reader import Reader

# What is stored of each, by the names that `StoreInfo.oldest_ms` has.
KINDS: dict[str, tuple[Callable[[Reader, Scope], AsyncIterator[list[str]]], tuple[str, ...]]] = {
    "prices": (price_records, ("slot_prices", "off_slot_prices")),
    "liquidations": (event_records, ("liquidations",)),
    "liquidation-minutes": (minute_records, ("liquidation_minutes",)),
    "aggregates": (aggregate_records, ("aggregates",)),
}


class Month(Struct, frozen=True, kw_only=True):
    """What became of one kind's month: how many rows the file has, and whether it is a new one.

    `stored` is what the database has of it now; less than `rows` where old ones have gone since.
    """

    path: Path
    rows: int
    stored: int
    is_new: bool


async def archive(reader: Reader, scope: Scope, folder: Path) -> AsyncIterator[Month]:
    """Write each closed month that is not in the folder yet, or of which more is known now.

    Of `scope` the zone, the coins and the time of now count.
    """
    oldest_ms = (await reader.info()).oldest_ms
    for kind, (records, tables) in KINDS.items():
        begins_ms = [ms for table in tables if (ms := oldest_ms.get(table)) is not None]
        if not begins_ms:
            continue
        for first in closed_months(scope.zone, min(begins_ms), scope.now_ms):
            part = replace(
                scope,
                start_ms=scope.zone.day_start_ms(first),
                end_ms=scope.zone.day_start_ms(_next_month(first)),
            )
            path = folder / f"{kind}-{first:%Y-%m}.jsonl.gz"
            month = await _written(records(reader, part), path)
            if month is not None:
                yield month


def closed_months(zone: BoardZone, oldest_ms: int, now_ms: int) -> Iterator[date]:
    """The first day of each month that is over, from the one with a time on."""
    first, today = zone.day_of(oldest_ms).replace(day=1), zone.day_of(now_ms)
    while _next_month(first) <= today:
        yield first
        first = _next_month(first)


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


async def _written(lines: AsyncIterator[list[str]], path: Path) -> Month | None:
    """The month's file; None for a month without rows."""
    temporary = temporary_beside(path)
    try:
        stored = await _fill(lines, temporary)
        if not stored:
            return None
        there = await asyncio.to_thread(_rows_of, path)
        if there > stored or await asyncio.to_thread(_is_same, path, temporary):
            return Month(path=path, rows=there, stored=stored, is_new=False)
        if await asyncio.to_thread(_rows_of, temporary) != stored:
            raise StoreError(f"{path}: what was written can't be read back", "look at the disk")
        await asyncio.to_thread(give_name, temporary, path, overwrite=True)
        return Month(path=path, rows=stored, stored=stored, is_new=True)
    except OSError as error:
        raise FolderUnusable(f"{path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


async def _fill(lines: AsyncIterator[list[str]], path: Path) -> int:
    """Compress all lines into a file; how many they were."""
    rows = 0
    with path.open("wb") as file, _compressed(file) as packed:
        async for part in lines:
            rows += len(part)
            text = "".join(f"{line}\n" for line in part)
            await asyncio.to_thread(packed.write, text.encode())
    return rows


def _compressed(file: BinaryIO) -> gzip.GzipFile:
    # Without a name and a time, which would make another file of the same rows.
    return gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)


def _is_same(path: Path, other: Path) -> bool:
    return path.exists() and filecmp.cmp(path, other, shallow=False)


def _rows_of(path: Path) -> int:
    """How many lines a file has; 0 for one that can't be read to its end."""
    try:
        with gzip.open(path, "rb") as file:
            return sum(1 for _ in file)
    except (OSError, EOFError):
        return 0
