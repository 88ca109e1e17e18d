"""tui-monitor decode."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from tui_monitor.cli.common import Context, OneOf, engine_options
from tui_monitor.errors import BadInput
from tui_monitor.feeds.decode import decode_lines, instruments_in
from tui_monitor.model import Exchange, Instrument, Market

DONE_IN_PART = 3


@click.command()
@click.option(
    "--exchange",
    type=OneOf([exchange.value for exchange in Exchange]),
    required=True,
    help="Who sent the payloads.",
)
@click.option(
    "--market",
    type=OneOf([market.value for market in Market]),
    default=Market.PERP.value,
    show_default=True,
    help="Assumed where a payload doesn't say.",
)
@click.option(
    "--instruments",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A payload of the instruments list, for contract sizes.",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@engine_options
def decode(
    context: Context, exchange: str, market: str, instruments: Path | None, file: Path | None
) -> int:
    """Turn raw payload lines (stdin or FILE, .gz too) into normalised events, one JSON a line.

    A line that can't be decoded gives {"type": "error", "line": N, "reason": …} and exit code 3.
    """
    del context  # decoding depends on no setting
    which, where = Exchange(exchange), Market(market)
    known: list[Instrument] = []
    if instruments:
        with _open(instruments) as lines:
            known = instruments_in(which, where, lines)
        if not known:
            raise BadInput(f"{instruments}: no instrument in it", "give an instruments payload")
    encoder = msgspec.json.Encoder()
    broken = False
    with _open(file) as lines:
        for row in decode_lines(which, where, lines, known):
            broken = broken or "line" in row
            sys.stdout.buffer.write(encoder.encode(row) + b"\n")
    sys.stdout.buffer.flush()
    return DONE_IN_PART if broken else 0


@contextmanager
def _open(path: Path | None) -> Iterator[BinaryIO]:
    if path is None:
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}") from error
    with file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        try:
            yield gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[misc]
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise BadInput(f"{path}: not a whole gzip file: {error}") from error
