"""tui-monitor db."""

import asyncio
from pathlib import Path

import click

from tui_monitor import paths
from tui_monitor.cli.common import Context, engine_options, holder_info, zone_of
from tui_monitor.clock import SystemClock
from tui_monitor.errors import BadInput
from tui_monitor.printable import printable
from tui_monitor.store import EngineLock, open_reader, open_store


@click.group()
def db() -> None:
    """The database: info, check, clean."""


@db.command()
@engine_options
def info(context: Context) -> int:
    """Size, rows, oldest times."""
    settings = context.load().settings
    zone = zone_of(settings)

    async def read() -> None:
        async with open_reader(context.folder(settings)) as reader:
            found = await reader.info()
        click.echo(f"file            {found.path}")
        click.echo(f"size            {found.size_bytes:,} bytes, WAL {found.wal_bytes:,}")
        click.echo(f"schema          {found.schema_version} (SQLite {found.sqlite_version})")
        click.echo(f"holds           {found.kind or 'nothing yet'} data")
        for table, rows in found.rows.items():
            oldest = found.oldest_ms.get(table)
            since = f", oldest {zone.format(oldest)}" if oldest is not None else ""
            click.echo(f"{table:<15} {rows:,} rows{since}")

    asyncio.run(read())
    return 0


@db.command()
@engine_options
def check(context: Context) -> int:
    """Look for damage and for rows that can't be right; exit code 1 if there are any."""
    settings = context.load().settings

    async def read() -> list[str]:
        async with open_reader(context.folder(settings)) as reader:
            return await reader.check()

    problems = asyncio.run(read())
    for problem in problems:
        click.echo(printable(problem, 200))
    click.echo("clean" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


@db.command()
@click.option("--hours", type=click.FloatRange(min=0), default=720.0, show_default=True)
@click.option("--force", is_flag=True, help="Don't ask.")
@engine_options
def clean(context: Context, hours: float, force: bool) -> int:
    """Remove what is kept for a time only and shrink the file.

    That is job logs, off-slot samples and spreads by the minute. Nodes, outages, funding and
    signals are kept for good.
    """
    settings = context.load().settings
    folder = context.folder(settings)
    if not paths.database_file(folder).exists():
        raise BadInput(f"no database in {folder}", "give its folder with --data-dir")
    return asyncio.run(_clean(folder, hours, force=force))


def _confirmed(question: str) -> bool:
    try:
        return click.confirm(question, err=True)
    except click.Abort as error:
        raise BadInput("nobody answers on stdin", "--force removes without asking") from error


async def _clean(folder: Path, hours: float, *, force: bool) -> int:
    with EngineLock(folder) as lock:
        lock.acquire(holder_info("db clean"))
        async with open_store(folder, SystemClock(), kind=None) as store:
            found = await store.clean(hours, force=False)
            what = (
                f"{found.job_lines} job log lines, {found.off_slot_prices} off-slot samples, "
                f"{found.spread_minutes} spread minutes"
            )
            if not force and not _confirmed(f"Older than {hours:g} h: remove {what}?"):
                click.echo("nothing removed")
                return 0
            done = await store.clean(hours, force=True)
    click.echo(f"removed {what}; {done.bytes_before:,} bytes before, {done.bytes_after:,} after")
    return 0
