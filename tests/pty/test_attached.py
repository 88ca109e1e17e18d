"""Terminals of one engine: the first to ask is the next engine, the others look at that one."""

import asyncio
import signal
from contextlib import ExitStack
from pathlib import Path

from tests.cli.test_program import settled_board
from tests.support.programs import TUI_MONITOR, a_daemon, clean_environment, run
from tests.support.terminal import Terminal
from tui_monitor.engine_lock import read_holder
from tui_monitor.simulator import Simulator

PATIENCE_S = 60


async def test_when_the_engine_is_killed_a_viewer_goes_on_with_it(
    quick_sim: Simulator, tmp_path: Path
) -> None:
    """kill -9 of the daemon, then of the terminal that took over: the last one has it."""
    data = tmp_path / "data"
    options = ("--simulator", quick_sim.url, "--data-dir", str(data))
    environment = clean_environment(tmp_path)
    with ExitStack() as stack:
        async with a_daemon(tmp_path, *options) as daemon:
            await settled_board(daemon.url)
            left = [
                stack.enter_context(
                    Terminal(*TUI_MONITOR, *options, columns=120, rows=30, environment=environment)
                )
                for _ in range(2)
            ]
            for one in left:
                await asyncio.to_thread(one.until, "ATTACHED")
                await asyncio.to_thread(one.until, "coins 27/27")
            daemon.child.send_signal(signal.SIGKILL)
            await daemon.child.wait()
        first = await next_engine(data, left)
        (second,) = (one for one in left if one is not first)
        await asyncio.to_thread(first.until, lambda one: "ATTACHED" not in one.text())
        await asyncio.to_thread(second.until, "ATTACHED")
        first.kill(signal.SIGKILL)
        assert await next_engine(data, [second]) is second
        await asyncio.to_thread(second.until, lambda one: "ATTACHED" not in one.text())
        await asyncio.to_thread(second.until, "coins 27/27")
        second.press("!")
        await asyncio.to_thread(second.until, "it runs here now")
        second.press("\x1b")
        await asyncio.to_thread(second.until, lambda one: "Event log" not in one.text())
        second.press("q")
        assert await asyncio.to_thread(second.wait, 60) == 0
    checked = await run(tmp_path, "db", "check", "--data-dir", str(data))
    assert (checked.code, checked.out) == (0, "clean\n")


async def next_engine(data: Path, terminals: list[Terminal]) -> Terminal:
    """The one of these that has the lock."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            pid = (read_holder(data) or {}).get("pid")
            for one in terminals:
                await asyncio.to_thread(one.read)
                if one.pid == pid:
                    return one
            await asyncio.sleep(0.05)
