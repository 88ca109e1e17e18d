"""Exports for a viewer on another machine: written here for a moment, read part by part.

He never says where to write: that would be any file that the engine's user may write.
"""

import asyncio
import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from tui_monitor.errors import BadInput, MonitorError
from tui_monitor.source import Source

log = logging.getLogger(__name__)

EXPORT = "export"
BEGIN = "export_begin"
PART = "export_part"
PART_BYTES = 256 * 1024
MOST_BYTES = 64 * 1024 * 1024


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As `Source.export`, without a path."""

    what: str
    first_ms: int
    last_ms: int
    file_format: str


class From(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of the file: from this byte on."""

    offset: Annotated[int, Meta(ge=0)]


class Begun(Struct, frozen=True, kw_only=True):
    """What waits to be read."""

    rows: int
    size_bytes: int


class Spool:
    """One viewer's export; the file goes with the next one, and with `close`."""

    def __init__(self, source: Source, most_bytes: int = MOST_BYTES) -> None:
        self._source = source
        self._most_bytes = most_bytes
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._path: Path | None = None
        self._at_work = asyncio.Lock()

    async def ask(self, call: str, args: Mapping[str, Any]) -> Any:
        """Answer `export_begin` or `export_part`."""
        async with self._at_work:
            if call == BEGIN:
                return await self._begin(_read(Wanted, call, args))
            if call == PART:
                return await self._part(_read(From, call, args).offset)
        raise BadInput(f"{call} is not for viewers elsewhere", f"ask {BEGIN}, then {PART}")

    async def _begin(self, wanted: Wanted) -> Begun:
        self.close()
        self._folder = tempfile.TemporaryDirectory(prefix="tui-monitor-")
        path = Path(self._folder.name) / "export"
        try:
            done = await self._source.export(
                wanted.what, wanted.first_ms, wanted.last_ms, wanted.file_format, path
            )
            size = (await asyncio.to_thread(done.path.stat)).st_size
            self._check(size)
        except BaseException:
            self.close()
            raise
        self._path = done.path
        return Begun(rows=done.rows, size_bytes=size)

    def _check(self, size: int) -> None:
        if size > self._most_bytes:
            raise MonitorError(
                f"the export has {size:,} bytes, over the wire go {self._most_bytes:,} at most",
                "choose fewer days, or run `tui-monitor export` where the daemon runs",
            )

    async def _part(self, offset: int) -> bytes:
        if self._path is None:
            raise BadInput("no export has begun", f"ask {BEGIN} first")
        return await asyncio.to_thread(_bytes_of, self._path, offset)

    def close(self) -> None:
        """Remove what is left."""
        if self._folder is not None:
            self._folder.cleanup()
        self._folder = self._path = None


def _bytes_of(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(PART_BYTES)


def _read(kind: type[Any], call: str, args: Mapping[str, Any]) -> Any:
    try:
        return msgspec.convert(args, kind)
    except msgspec.ValidationError as error:
        raise BadInput(f"{call}: {error}") from error
