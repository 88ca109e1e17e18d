"""tui-monitor simulate."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import TypedDict, Unpack

import click
from click.shell_completion import CompletionItem

from tui_monitor import config, logs
from tui_monitor.cli.common import Context, engine_options, say_ready
from tui_monitor.errors import BadInput
from tui_monitor.simulator import FULL_SIZE, MOST_COINS, Simulator, load_script
from tui_monitor.simulator.script import BAD_DAY


class World(TypedDict):
    """Which market, how large and how lively."""

    seed: int
    limits: bool
    rate: float
    size: int


def _scripts_completed(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The one that is built in, else what the shell finds of files."""
    del ctx, param
    built_in = [CompletionItem(BAD_DAY)] if BAD_DAY.startswith(incomplete) else []
    return [*built_in, CompletionItem(incomplete, type="file")]


@click.command()
@click.option(
    "--listen",
    default="127.0.0.1:0",
    show_default=True,
    metavar="HOST:PORT",
    help="Where to serve; port 0 picks a free one.",
)
@click.option("--seed", default=1, show_default=True, help="Which market: one seed, one story.")
@click.option(
    "--limits/--no-limits",
    default=True,
    help="Enforce the exchanges' request limits (the default).",
)
@click.option(
    "--rate",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0.01, 100),
    help="Messages relative to a usual day: at 1 a client of everything gets about 2,000 a "
    "second, at 25 about 20,000.",
)
@click.option(
    "--coins",
    "size",
    default=FULL_SIZE,
    show_default=True,
    type=click.IntRange(0, MOST_COINS),
    help="At least so many coins on each of the eight markets.",
)
@click.option(
    "--script",
    metavar="FILE",
    shell_complete=_scripts_completed,
    help="Faults that begin by themselves: [[fault]] tables with at_s and the keys of "
    "POST /control/faults; `bad-day` is built in.",
)
@click.option("--until-eof", is_flag=True, hidden=True, help="End when stdin does.")
@engine_options
def simulate(
    context: Context,
    listen: str,
    script: str | None,
    until_eof: bool,
    **world: Unpack[World],
) -> int:
    """Serve the built-in exchanges on loopback, for trying things out and for tests.

    Prints `ready http://HOST:PORT` once it serves. Faults: POST /control/faults.
    """
    del context  # accepted by every command; the simulator keeps nothing
    host, port = _host_port(listen)
    steps = load_script(script) if script is not None else ()
    logs.setup("warning", None, stderr=True)
    simulator = Simulator(**world, script=steps)
    asyncio.run(_serve_until(simulator.serve(host, port, say_ready), until_eof=until_eof))
    return 0


async def _serve_until(serving: Coroutine[object, object, None], *, until_eof: bool) -> None:
    """Serve until SIGTERM, SIGINT or, for a demo's simulator, the end of the parent."""
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(serving)  # the only one: it is this loop
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    if until_eof:
        try:
            loop.add_reader(sys.stdin.fileno(), _cancel_at_eof, task)
        except PermissionError as error:
            raise BadInput("--until-eof needs a pipe as stdin") from error
    try:
        await task
    except asyncio.CancelledError:
        return


def _cancel_at_eof(task: asyncio.Task[None]) -> None:
    if not os.read(sys.stdin.fileno(), 1_024):
        task.cancel()


def _host_port(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        raise BadInput(f"--listen {listen!r} is not an address", "write 127.0.0.1:9000")
    if not config.is_loopback(host.strip("[]")):
        raise BadInput(f"the simulator listens on loopback only, not on {host}")
    return host.strip("[]"), int(port)
