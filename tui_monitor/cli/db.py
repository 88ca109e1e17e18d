"""tui-monitor db."""

import asyncio
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any

import click

from tui_monitor import paths
from tui_monitor.cli.common import Context, holder_info, place_options, zone_of
from tui_monitor.cli.db_block import contents, summary
from tui_monitor.cli.stored import require_database, stored_in
from tui_monitor.clock import SystemClock
from tui_monitor.config import Settings
from tui_monitor.engine_lock import EngineLock
from tui_monitor.errors import BadInput, EngineHeld, StoreFull
from tui_monitor.printable import printable
from tui_monitor.store import Scope, Store, open_cramped, open_store
from tui_monitor.store.archive import archive as archived
from tui_monitor.store.backup import backup as copied

_CLEAN_THERE = (
    "it removes what retention says: POST /api/database/maintenance at a daemon does so at once; "
    "or stop it"
)
_CRAMPED = "the disk is full: the file is cleaned without a journal, don't end this in the middle"


class Hours(click.FloatRange):
    """A number of hours. What is no number, or endless, lies in every range."""

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> float:
        hours = super().convert(value, param, context)
        if not isfinite(hours):
            self.fail(f"{hours} is no number of hours", param, context)
        return float(hours)


@click.group()
def db() -> None:
    """The database: info, check, clean, backup, archive."""


@db.command()
@place_options
def info(context: Context) -> int:
    """Size, rows, oldest times."""
    settings = context.load().settings
    zone = zone_of(settings)

    async def read() -> list[str]:
        async with stored_in(context.folder(settings)) as reader:
            found = await reader.info()
            head = await summary(reader, found, settings.retention, SystemClock())
        return [*head, "", *contents(found, zone)]

    for line in asyncio.run(read()):
        click.echo(line)
    return 0


@db.command()
@place_options
def check(context: Context) -> int:
    """Look for damage and for rows that can't be right; exit code 1 if there are any."""
    settings = context.load().settings

    async def read() -> list[str]:
        async with stored_in(context.folder(settings)) as reader:
            return await reader.check()

    problems = asyncio.run(read())
    for problem in problems:
        click.echo(printable(problem, 200))
    click.echo("clean" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@place_options
def backup(context: Context, file: Path) -> int:
    """Copy the database to a new file, also while an engine runs.

    The copy is of one moment, checked, and a database of its own: as monitor.sqlite3 in a data
    folder it goes on from there. A file that exists is not replaced.
    """
    if not file.parent.is_dir():
        raise BadInput(f"there is no folder {file.parent}", "make it first")
    settings = context.load().settings
    require_database(context.folder(settings))
    size = asyncio.run(copied(context.folder(settings), file))
    click.echo(f"{file}: {size:,} bytes, checked")
    return 0


@db.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@place_options
def archive(context: Context, folder: Path | None) -> int:
    """Write closed months to compressed JSON lines that `import` takes back.

    One file a month of prices, liquidations, their minutes and aggregates, in FOLDER or the data
    folder's archive/. A file that is there stays, unless the database has more of its month by
    now. Nothing is removed from the database; also while an engine runs.
    """
    settings = context.load().settings
    where = context.folder(settings)
    asyncio.run(_archive(settings, where, folder or paths.archive_dir(where)))
    return 0


async def _archive(settings: Settings, where: Path, folder: Path) -> None:
    curve, now_ms = settings.sum_curve, SystemClock().now_ms()
    scope = Scope(
        start_ms=0,
        end_ms=now_ms,
        zone=zone_of(settings),
        coins=curve.coins,
        min_coins=curve.min_coins,
        now_ms=now_ms,
    )
    found = 0
    async with stored_in(where) as reader:
        async for month in archived(reader, scope, folder):
            found += 1
            word = "written" if month.is_new else "was there"
            gone = f", of which the database has {month.stored:,}" * (month.stored < month.rows)
            click.echo(f"{month.path}: {month.rows:,} rows{gone}, {word}")
    if not found:
        click.echo("no month is over yet")


@db.command()
@click.option("--hours", type=Hours(min=0), default=720.0, show_default=True)
@click.option("--force", is_flag=True, help="Don't ask.")
@place_options
def clean(context: Context, hours: float, force: bool) -> int:
    """Remove what is kept for a time only and shrink the file.

    That is bars, anomalies, samples of open interest, single liquidations, spreads and prices by
    the minute, job logs and off-slot samples. Everything else is kept for good, and of each series
    of bars as many of the newest as scores are made of (anomalies.bars).
    """
    settings = context.load().settings
    folder = context.folder(settings)
    if not paths.database_file(folder).exists():
        raise BadInput(f"no database in {folder}", "give its folder with --data-dir")
    try:
        return asyncio.run(_clean(folder, settings, hours, force=force))
    except EngineHeld as held:
        raise EngineHeld(held.message, _CLEAN_THERE) from held


def _confirmed(question: str) -> bool:
    try:
        return click.confirm(question, err=True)
    except click.Abort as error:
        raise BadInput("nobody answers on stdin", "--force removes without asking") from error


async def _clean(folder: Path, settings: Settings, hours: float, *, force: bool) -> int:
    clock = SystemClock()
    judged = settings.anomalies
    floor_bars = max(judged.bars, judged.history_bars)
    is_wanted = False
    with EngineLock(folder) as lock:
        lock.acquire(holder_info("db clean"))
        for way in (
            partial(open_store, folder, clock, kind=None),
            partial(open_cramped, folder, clock),
        ):
            try:
                async with way() as store:
                    is_wanted = is_wanted or await _told(
                        store, settings, hours, floor_bars, force=force
                    )
                    if not is_wanted:
                        return 0
                    done = await store.clean(hours, force=True, floor_bars=floor_bars)
                break
            except StoreFull:
                if way.func is open_cramped:
                    raise
                click.echo(f"tui-monitor: {_CRAMPED}", err=True)
    removed = sum(done.rows.values())
    click.echo(
        f"removed {removed:,} rows; {done.bytes_before:,} bytes before, {done.bytes_after:,} after"
    )
    return 0


async def _told(
    store: Store, settings: Settings, hours: float, floor_bars: int, *, force: bool
) -> bool:
    """What is there and what would go; whether that is wanted."""
    told = await store.clean(hours, force=False, floor_bars=floor_bars)
    found = await store.info()
    for line in await summary(store, found, settings.retention, SystemClock()):
        click.echo(line)
    click.echo("")
    for line in contents(found, zone_of(settings), told, hours):
        click.echo(line)
    if told.floor_candles:
        click.echo(
            f"{told.floor_candles:,} candles as old stay: scores need the newest "
            f"{floor_bars} of each series"
        )
    rows = sum(told.rows.values())
    if force or _confirmed(f"Remove {rows:,} rows older than {hours:g} h?"):
        return True
    click.echo("nothing removed")
    return False
