"""tui-monitor export."""

import asyncio
import sys
import tempfile
from pathlib import Path

import click

from tui_monitor import paths
from tui_monitor.cli.common import Context, OneOf, place_options, zone_of
from tui_monitor.cli.stored import stored_in
from tui_monitor.clock import SystemClock
from tui_monitor.config import Settings
from tui_monitor.errors import BadInput
from tui_monitor.source.stored import StoredSource
from tui_monitor.store import FILE_FORMATS, LIQUIDATION_MINUTES, WHATS

_FAR_FUTURE_MS = 4_102_444_800_000


@click.command()
@click.argument("what", type=OneOf([what for what in WHATS if what != LIQUIDATION_MINUTES]))
@click.option("--from", "since", metavar="T", help="From then on (a day or a time).")
@click.option("--to", "until", metavar="T", help="Until then; a day is included whole.")
@click.option("--format", "file_format", type=OneOf(FILE_FORMATS), default="csv")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, allow_dash=True), metavar="FILE",
    help="Write there; - or without it: to standard output.",
)  # fmt: skip
@click.option("--minutes", is_flag=True, help="Of liquidations: the venues' minute sums.")
@place_options
def export(
    context: Context,
    what: str,
    since: str | None,
    until: str | None,
    file_format: str,
    output: str | None,
    minutes: bool,
) -> int:
    """Write stored history: the originals' CSV formats to the byte, JSON lines, or Parquet.

    Of signals, lasted_s is that of the whole run: the signals of one coin and pair of legs with
    the same run_first are one run, so count its lasted_s once.
    """
    if minutes and what != "liquidations":
        raise BadInput(f"{what} has no --minutes", "they are of liquidations")
    what = LIQUIDATION_MINUTES if minutes else what
    path = None if output is None or output == "-" else _checked(output)
    settings = context.load().settings
    zone = zone_of(settings)
    first_ms = zone.parse(since) if since else 0
    last_ms = _FAR_FUTURE_MS
    if until:
        last_ms = zone.parse_last(until)
    if last_ms < first_ms:
        raise BadInput(f"--to {until} is before --from {since}", "swap them")
    rows = asyncio.run(
        _export(settings, context.folder(settings), what, (first_ms, last_ms), file_format, path)
    )
    if path:
        click.echo(f"{path}: {rows} rows")
    return 0


def _checked(output: str) -> Path:
    """The file's path. A mistyped folder is not made; BadInput says so."""
    path = Path(output)
    if not path.parent.is_dir():
        raise BadInput(f"there is no folder {path.parent}", "make it, or give another with -o")
    return path


async def _export(
    settings: Settings,
    folder: Path,
    what: str,
    span: tuple[int, int],
    file_format: str,
    output: Path | None,
) -> int:
    zone = zone_of(settings)
    async with stored_in(folder) as reader:
        source = StoredSource(
            reader, zone, SystemClock(), settings.sum_curve, paths.export_dir(folder)
        )
        if output is not None:
            return (await source.export(what, *span, file_format, output)).rows
        with tempfile.TemporaryDirectory() as scratch:
            written = await source.export(what, *span, file_format, Path(scratch) / "export")
            with written.path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            return written.rows
