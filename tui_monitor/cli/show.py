"""tui-monitor show: one snapshot of a board on stdout."""

import asyncio
import shutil
import sys
from collections.abc import Callable
from typing import Any

import click
import msgspec

from tui_monitor.boards.coin import CoinPage
from tui_monitor.boards.coverage import CoverageBoard
from tui_monitor.boards.liquidations import LiquidationsBoard
from tui_monitor.boards.registry import BOARDS
from tui_monitor.boards.signals import SignalsBoard
from tui_monitor.boards.sum_curve import SumBoard
from tui_monitor.boards.system import SystemBoard
from tui_monitor.cli.common import (
    AttachGiven,
    Context,
    OneOf,
    attach_options,
    coins_completed,
    kind_of,
    place_options,
    to_look_with,
    zone_of,
)
from tui_monitor.cli.show_anomalies import anomalies_table, picks_table
from tui_monitor.cli.show_coin import coin_table, limited_page
from tui_monitor.cli.show_days import coverage_table, sum_table, system_table
from tui_monitor.cli.show_from import COIN, AnyBoard, Asked, Origin, Origins, needs_engine
from tui_monitor.cli.show_interest import interest_table
from tui_monitor.cli.show_liquidations import liquidations_table
from tui_monitor.cli.show_spreads import funding_table, signals_table, spreads_table
from tui_monitor.cli.tables import Table, csv_text, eye_text
from tui_monitor.clock import BoardZone, SystemClock, parse_day
from tui_monitor.errors import BadInput

# The cursor home, and all below it gone.
_CLEAR = "\x1b[H\x1b[J"
_USUAL_COIN = "BTC"
# These are oldest first.
BY_DAY = tuple(info.name for info in BOARDS if info.by_day)
_DAY_BOARDS = ", ".join(BY_DAY[:-1]) + f" and {BY_DAY[-1]}"
# These have several rows a coin.
_BY_COIN = ("funding", COIN)


def _coin(name: str | None) -> str:
    coin = _USUAL_COIN if name is None else name.strip().upper()
    if not coin:
        raise BadInput(f"{name!r} names no coin", "write a coin like BTC")
    return coin


@click.command()
@click.argument("board", type=OneOf([*(info.name for info in BOARDS), COIN]))
@click.option("--json", "as_json", is_flag=True, help="The board's whole structure as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="The board's rows as CSV.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help="The newest N nodes, minutes, days or signals; of coin the newest N of each part that has "
    "a history; of other boards the first N rows or coins.",
)
@click.option(
    "--date",
    "day",
    metavar="YYYY-MM-DD",
    help=f"That day instead of today; for {_DAY_BOARDS}.",
)
@click.option(
    "--coin",
    "name",
    metavar="COIN",
    shell_complete=coins_completed,
    help=f"Whose page; for {COIN} ({_USUAL_COIN} without it).",
)
@click.option(
    "--watch",
    "every_s",
    type=click.FloatRange(min=0.5),
    is_flag=False,
    flag_value=2.0,
    metavar="[SECONDS]",
    help="Again every so many seconds (2 without a number), until Ctrl+C.",
)
@attach_options
@place_options
def show(  # noqa: PLR0913, PLR0917 - one for each option
    context: Context,
    given: AttachGiven,
    board: str,
    as_json: bool,
    as_csv: bool,
    limit: int | None,
    day: str | None,
    name: str | None,
    every_s: float | None,
) -> int:
    """Print one snapshot of BOARD: from the running engine, else from the store.

    Where a board has nothing but what is live, and no engine runs, the exit code is 3. Where
    nothing is stored either, the exchanges are asked for some seconds, and nothing is
    recorded. stderr says which it was, as does "origin" in --json, and whether the data are
    made up: "source" is real, simulator or demo. With --watch a terminal shows the newest one
    in place; a pipe gets one after the other.
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    if every_s is not None and as_csv:
        raise click.UsageError("--csv is one file: --watch gives tables, or lines with --json")
    if day is not None and board not in BY_DAY:
        raise click.UsageError(f"{board} has no days: --date is for {_DAY_BOARDS}")
    if name is not None and board != COIN:
        raise click.UsageError(f"{board} is of all coins: --coin is for {COIN}")
    daemon = given.daemon(context)
    settings = to_look_with(context, daemon)
    asked = Asked(
        board=board,
        day=None if day is None else parse_day(day).isoformat(),
        coin=_coin(name),
    )
    origins = Origins(settings, context.folder(settings), kind_of(settings, context), daemon)
    form = "json" if as_json else "csv" if as_csv else "eye"

    zone = zone_of(settings)

    async def follow() -> int:
        told = ""
        while True:
            found, origin = await origins.take(asked)
            if origin.line() != told:
                told = origin.line()
                click.echo(f"tui-monitor: {told}", err=True)
            text = _shown(board, found, limit, form, zone, origin)
            _print(text, in_place=every_s is not None)
            if every_s is None:
                return _said_empty() if origin.word == "store" and needs_engine(found) else 0
            await SystemClock().sleep(every_s)

    async def follow_to_the_end() -> int:
        try:
            return await follow()
        finally:
            await origins.aclose()

    return asyncio.run(follow_to_the_end())


def _said_empty() -> int:
    """Done in part: the board is there, and nothing is on it."""
    text = "no rows: they are of now, and no engine runs here; start tui-monitor or its daemon"
    click.echo(f"tui-monitor: {text}", err=True)
    return 3


def _shown(
    board: str, found: AnyBoard, limit: int | None, form: str, zone: BoardZone, origin: Origin
) -> str:
    shot = _limited(found, limit)
    if form == "json":
        # Beside the board's own fields, which stay as they are everywhere else.
        beside = f'"origin":"{origin.word}","source":"{origin.source}"'
        return f"{msgspec.json.encode(shot).decode()[:-1]},{beside}}}\n"
    # What the summary counts is the whole.
    table = TABLES[board](found if isinstance(found, SystemBoard) else shot, zone)
    if limit is not None and board not in _BY_COIN:
        rows = table.rows[-limit:] if board in BY_DAY else table.rows[:limit]
        table = msgspec.structs.replace(table, rows=rows)
    if form == "csv":
        return csv_text(table)
    return eye_text(table, shutil.get_terminal_size().columns if sys.stdout.isatty() else None)


def _print(text: str, *, in_place: bool) -> None:
    if in_place and sys.stdout.isatty():
        rows = shutil.get_terminal_size().lines - 1
        text = _CLEAR + "\n".join(text.split("\n")[:rows])
    sys.stdout.write(text)
    sys.stdout.flush()


def _limited(board: AnyBoard, limit: int | None) -> AnyBoard:
    if limit is None:
        return board
    if isinstance(board, SumBoard):
        nodes = [node for node in board.nodes if node.valid] or board.nodes
        return msgspec.structs.replace(board, nodes=nodes[-limit:])
    if isinstance(board, CoverageBoard):
        return msgspec.structs.replace(board, days=board.days[-limit:])
    if isinstance(board, SignalsBoard):
        return msgspec.structs.replace(board, signals=board.signals[:limit])
    if isinstance(board, SystemBoard):
        return msgspec.structs.replace(board, connections=board.connections[:limit])
    if isinstance(board, LiquidationsBoard):
        return msgspec.structs.replace(board, points=board.points[-limit:])
    if isinstance(board, CoinPage):
        return limited_page(board, limit)
    return msgspec.structs.replace(board, rows=board.rows[:limit])


TABLES: dict[str, Callable[[Any, BoardZone], Table]] = {
    "sum": sum_table,
    "liquidations": liquidations_table,
    "anomalies": anomalies_table,
    "picks": picks_table,
    "oi": interest_table,
    "spreads": spreads_table,
    "signals": signals_table,
    "funding": funding_table,
    "coverage": coverage_table,
    "system": system_table,
    COIN: coin_table,
}
