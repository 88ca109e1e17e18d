"""tui-monitor import."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from tui_monitor import logs, paths
from tui_monitor.cli.common import Context, engine_options, holder_info, kind_of, zone_of
from tui_monitor.clock import SystemClock
from tui_monitor.config import Settings
from tui_monitor.engine_lock import EngineLock
from tui_monitor.errors import StoreUnusable
from tui_monitor.store import ImportReport, import_file, open_store

DONE_IN_PART = 3
_SERIES = {
    "candles": "candles",
    "funding": "settled rates",
    "open-interest": "samples of open interest",
    "spreads": "minutes of spreads",
    "signals": "signals",
    "outages": "outages",
    "aggregates": "minutes of the aggregate source",
}


@click.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@engine_options
def import_(context: Context, files: tuple[Path, ...]) -> int:
    """Take in the originals' JSONL and CSV files, and those that `export` wrote (.gz too).

    Says what it took, what it refused and what is doubtful, each with its line and reason.
    Exit code 3: something was refused.
    """
    settings = context.load().settings
    folder = paths.prepare_data_dir(context.folder(settings))
    logs.setup(settings.general.log_level, paths.log_file(folder), stderr=False)
    return asyncio.run(_import(settings, folder, files, kind_of(settings, context)))


async def _import(settings: Settings, folder: Path, files: tuple[Path, ...], kind: str) -> int:
    clock = SystemClock()
    refused = 0
    with EngineLock(folder) as lock:
        lock.acquire(holder_info("import"))
        async with open_store(folder, clock, kind=None) as store:
            held = await store.kind()
            if held not in (None, kind):
                text = f"{store.path} holds {held} history: {kind} records never mix with it"
                raise StoreUnusable(text, "give another folder with --data-dir")
            for path in files:
                report = await import_file(
                    store, path, zone_of(settings), settings.sum_curve.coins, clock.now_ms()
                )
                click.echo(_summary(report))
                _list("refused", report.refused, report.refused_count)
                _list("doubtful", report.doubtful, report.doubtful_count)
                _list("corrected", report.corrected, report.corrected_count)
                refused += report.refused_count
    return DONE_IN_PART if refused else 0


def _summary(report: ImportReport) -> str:
    counts = (
        (report.taken, "taken"),
        (report.slot_prices, "slot prices"),
        (report.off_slot_prices, "off-slot prices"),
        (report.sums, "sums"),
        (report.holes, "missing"),
        (report.aggregates, "minutes of the aggregate source"),
        (report.replaced, "replaced by a later record of its minute"),
        (report.outdone, "no better than an earlier record of its minute"),
        (report.liquidations, "liquidations"),
        (report.liquidation_minutes, "liquidation minutes"),
        *((count, _SERIES[name]) for name, count in report.series.items()),
        (report.unchanged, "were there"),
        (report.refused_count, "refused"),
        (report.doubtful_count, "doubtful"),
        (report.corrected_count, "corrected"),
    )
    told = [f"{count} {what}" for count, what in counts if count or what in ("taken", "refused")]
    return f"{report.path}: {report.shape or 'unknown'}: {', '.join(told)}"


def _list(kind: str, remarks: Sequence[tuple[int, str]], count: int) -> None:
    """Every reason once, with all its lines."""
    lines_of: dict[str, list[int]] = {}
    for line, reason in remarks:
        lines_of.setdefault(reason, []).append(line)
    for reason, lines in lines_of.items():
        word = "line" if len(lines) == 1 else f"{len(lines)} lines"
        click.echo(f"  {kind} {word} {ranges(lines)}: {reason}", err=True)
    if count > len(remarks):
        click.echo(f"  … and {count - len(remarks)} more {kind}", err=True)


def ranges(numbers: Sequence[int]) -> str:
    """`2-4, 9` for 2, 3, 4, 9."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
