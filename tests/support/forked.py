"""Commands in processes of their own that need not start an interpreter each.

One process imports the program once; each command is a fork of it, with arguments, environment
and streams of its own. A tenth of a second instead of one.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path

from tui_monitor.cli import main

# All that a command imports when it is called.
_KNOWN = (
    "asyncio", "concurrent.futures.thread", "httpx", "aiosqlite",
    "tui_monitor.cli.commands", "tui_monitor.cli.backfill", "tui_monitor.cli.config",
    "tui_monitor.cli.daemon", "tui_monitor.cli.db", "tui_monitor.cli.doctor",
    "tui_monitor.cli.export", "tui_monitor.cli.import_", "tui_monitor.cli.show",
    "tui_monitor.cli.show_liquidations", "tui_monitor.daemon", "tui_monitor.engine",
    "tui_monitor.simulator", "tui_monitor.source.local", __name__,
)  # fmt: skip
_STREAMS = ("in", "out", "err")
# A file of this name in the folder: nobody reads what goes to `out`.
UNREAD = "unread"


async def run_forked(
    folder: Path,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    within_s: float,
    cwd: Path | None = None,
) -> int | None:
    """Run a command with the files `in`, `out` and `err` of a folder; None: it took too long."""
    child = _context().Process(
        target=_be_the_command, args=(tuple(arguments), dict(environment), folder, cwd)
    )
    # The first one waits for the process that is forked: a simulator beside it goes on meanwhile.
    await asyncio.to_thread(child.start)
    await asyncio.to_thread(child.join, within_s)
    code = child.exitcode
    if code is None:
        child.kill()
        await asyncio.to_thread(child.join)
    child.close()
    return code


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_KNOWN))
    return context


def _be_the_command(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, cwd: Path | None
) -> None:
    """What `python -m tui_monitor` does, in a fork."""
    if cwd is not None:
        os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    for number, name in enumerate(_STREAMS):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT
        os.dup2(os.open(folder / name, flags, 0o600), number)
    if (folder / UNREAD).exists():
        reading, writing = os.pipe()
        os.dup2(writing, 1)
        os.close(reading)
    # Both names of each: whether there is a terminal is asked of the original ones.
    streams = {"in": open(0), "out": open(1, "w"), "err": open(2, "w", errors="backslashreplace")}  # noqa: SIM115
    for name, stream in streams.items():
        setattr(sys, f"std{name}", stream)
        setattr(sys, f"__std{name}__", stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["tui-monitor", *arguments]
    sys.exit(main())
