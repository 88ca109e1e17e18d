"""Is this machine fit? The data folder, the database, SQLite, Python and the libraries."""

import platform
import re
import shutil
import sqlite3
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from tui_monitor import paths
from tui_monitor.clock import Clock
from tui_monitor.engine_lock import read_holder
from tui_monitor.errors import MonitorError, StoreError
from tui_monitor.feeds.checkup import Check, Outcome
from tui_monitor.printable import printable
from tui_monitor.store import open_reader

# A year of 30-minute prices takes some 50 MB; the log and the WAL take a few more.
LITTLE_BYTES = 1_000_000_000
NOTHING_BYTES = 100_000_000
QUICK_CHECK_S = 5.0
OLDEST_PYTHON = (3, 11)

# The WAL-reset bug, as told on sqlite.org/wal.html: from 3.7.0 until mended, but for two.
_WAL_BEGAN = (3, 7, 0)
_WAL_MENDED = (3, 51, 3)
_WAL_BACKPORTS = ((3, 44, 6), (3, 50, 7))
_PACKAGE = "tui-monitor"


def check_folder(folder: Path) -> Check:
    """Whether the data folder is there, or can be made, and has room."""
    name = "data folder"
    nearest = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    problem = _unwritable(nearest)
    if problem:
        hint = "give another with --data-dir, or mend its permissions"
        return Check(check=name, result=Outcome.FAIL, what=f"{nearest}: {problem}", hint=hint)
    free = shutil.disk_usage(nearest).free
    there = f"{folder}" if nearest == folder else f"{folder} (not there yet, it can be made)"
    what = f"{there}, {free / 1e9:,.1f} GB free"
    if free >= LITTLE_BYTES:
        return Check(check=name, result=Outcome.OK, what=what)
    result = Outcome.FAIL if free < NOTHING_BYTES else Outcome.WARN
    return Check(check=name, result=result, what=what, hint="free some disk space")


def _unwritable(folder: Path) -> str:
    if not folder.is_dir():
        return "is no folder"
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return f"can't be written: {error.strerror or error}"


async def check_database(folder: Path, clock: Clock, *, kind: str) -> list[Check]:
    """Who runs the engine, and the database; a quick look for damage only while nobody does.

    `kind` is what a start with these settings would record: real, simulator or demo.
    """
    try:
        holder = read_holder(folder)
    except MonitorError as error:
        return [Check(check="engine", result=Outcome.FAIL, what=error.message, hint=error.hint)]
    engine = Check(check="engine", result=Outcome.OK, what=_runs(holder))
    return [engine, await _database(folder, clock, kind, quiet=holder is None)]


def _runs(holder: dict[str, object] | None) -> str:
    if holder is None:
        return "none runs on this data folder"
    who = f"process {printable(str(holder['pid']))}" if "pid" in holder else "another process"
    where = f" at {printable(str(holder['url']), 80)}" if holder.get("url") else ""
    return f"runs: {who}{where}"


async def _database(folder: Path, clock: Clock, kind: str, *, quiet: bool) -> Check:
    name, path = "database", paths.database_file(folder)
    if not path.exists():
        return Check(check=name, result=Outcome.OK, what="none yet: the first start makes it")
    try:
        async with open_reader(folder, clock) as reader:
            info = await reader.info()
            damage = await reader.damage(QUICK_CHECK_S) if quiet else []
    except StoreError as error:
        return Check(check=name, result=Outcome.FAIL, what=error.message, hint=error.hint)
    what = f"{path.name}, schema {info.schema_version}, {info.size_bytes / 1e6:,.1f} MB"
    if damage:
        hint = "run: tui-monitor db check; a start sets a damaged file aside"
        text = f"{what}: {printable(damage[0], 120)}"
        return Check(check=name, result=Outcome.FAIL, what=text, hint=hint)
    if info.kind not in ("", kind):
        text = f"{what}: holds {info.kind} history, not {kind}"
        hint = "give another folder with --data-dir"
        return Check(check=name, result=Outcome.FAIL, what=text, hint=hint)
    looked = "a quick check finds nothing" if quiet else "not checked while an engine runs"
    return Check(check=name, result=Outcome.OK, what=f"{what}, {looked}")


def check_sqlite(version: str = sqlite3.sqlite_version) -> Check:
    """The SQLite that Python was built with, and whether it has the WAL-reset defect."""
    name, found = "sqlite", _numbers(version)
    if not resets_wal(found):
        return Check(check=name, result=Outcome.OK, what=f"{version}, without the WAL-reset defect")
    what = (
        f"{version} has the WAL-reset defect (mended in 3.51.3): two writers at once can damage "
        "a database. Here only one connection ever writes"
    )
    hint = "let no other program write to the database"
    return Check(check=name, result=Outcome.OK, what=what, hint=hint)


def resets_wal(version: tuple[int, ...]) -> bool:
    """Whether two connections that write at the same instant can damage a WAL database."""
    if not _WAL_BEGAN <= version < _WAL_MENDED:
        return False
    return not any(version[:2] == mended[:2] and version >= mended for mended in _WAL_BACKPORTS)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3])


def check_python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Check:
    """The interpreter and the system."""
    what = f"{'.'.join(map(str, version))} on {platform.system()} {platform.machine()}"
    if version[:2] >= OLDEST_PYTHON:
        return Check(check="python", result=Outcome.OK, what=what)
    oldest = ".".join(map(str, OLDEST_PYTHON))
    hint = f"install Python {oldest} or newer"
    return Check(check="python", result=Outcome.FAIL, what=what, hint=hint)


def check_libraries(package: str = _PACKAGE) -> Check:
    """The libraries that the package asks for, as they are installed."""
    name = "libraries"
    try:
        wanted = [_pinned(line) for line in metadata.requires(package) or () if ";" not in line]
        version = metadata.version(package)
    except metadata.PackageNotFoundError:
        what = f"{package} is not installed, only copied"
        hint = "run: make install"
        return Check(check=name, result=Outcome.WARN, what=what, hint=hint)
    found = {one: _installed(one) for one, _ in wanted}
    missing = [one for one, there in found.items() if there is None]
    other = [
        f"{one} {found[one]} instead of {pinned}"
        for one, pinned in wanted
        if found[one] is not None and pinned not in ("", found[one])
    ]
    if missing:
        what = f"missing: {', '.join(missing)}"
        return Check(check=name, result=Outcome.FAIL, what=what, hint="run: make install")
    if other:
        what = ", ".join(other)
        return Check(check=name, result=Outcome.WARN, what=what, hint="run: make install")
    listed = ", ".join(f"{one} {there}" for one, there in found.items())
    return Check(check=name, result=Outcome.OK, what=f"{package} {version} with {listed}")


def _pinned(requirement: str) -> tuple[str, str]:
    """Name and pinned version (empty: none) of `python-socks[asyncio]==3.2.1`."""
    match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*(?:==\s*([^\s,;]+))?", requirement)
    return (match[1], match[2] or "") if match else (requirement, "")


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
