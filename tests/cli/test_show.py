"""`show`: what its options mean on each board, and an engine that says nothing."""

import asyncio
import csv
import io
import json
import signal
from pathlib import Path

import pytest

from tests.cli.test_bad_input import assert_one_line
from tests.support.programs import (
    LONG_S,
    TUI_MONITOR,
    Done,
    a_daemon,
    answer_of,
    clean_environment,
    run,
)
from tui_monitor.boards.registry import BOARDS
from tui_monitor.cli.show import BY_DAY
from tui_monitor.simulator import Simulator

SYSTEM = "/api/boards/system"
JSON = ("--json",)
SAID = f"{', '.join(BY_DAY[:-1])} and {BY_DAY[-1]}"
WITHOUT_DAYS = [info.name for info in BOARDS if not info.by_day]


@pytest.mark.parametrize("board", WITHOUT_DAYS)
async def test_a_board_without_days_refuses_a_date(board: str, tmp_path: Path) -> None:
    """Before anybody is asked, so that engine and store say the same."""
    done = await run(tmp_path, "show", board, "--date", "2026-01-04")
    assert_one_line(done, 2, f"{board} has no days", SAID, "--help")


async def test_help_says_which_boards_take_a_date(tmp_path: Path) -> None:
    """And what a limit keeps."""
    done = await run(tmp_path, "show", "--help")
    assert f"for {SAID}" in " ".join(done.out.split())
    assert "newest N" in " ".join(done.out.split())


def named(table: str) -> list[list[str]]:
    """The connections that a table has, in an order that their states don't change."""
    return sorted(row[:3] for row in csv.reader(io.StringIO(table)))


async def told_alike(folder: Path, *options: str) -> tuple[str, list[Done]]:
    """The whole table, and with a limit of two CSV, text and JSON of an engine that has the same
    connections before and after: while it starts some are added."""
    show = ("show", "system", *options)
    async with asyncio.timeout(LONG_S):
        before = (await run(folder, *show, "--csv")).out
        while True:
            limited = [
                await run(folder, *show, "--limit", "2", *form) for form in (("--csv",), (), JSON)
            ]
            after = (await run(folder, *show, "--csv")).out
            if named(after) == named(before):
                return after, limited
            before = after


async def until_several_are_there(url: str) -> None:
    """More connections than the limit keeps."""
    async with asyncio.timeout(LONG_S):
        board = (await answer_of(url, SYSTEM))["data"]
        while len(board["connections"]) <= 2:
            await asyncio.sleep(0.2)
            board = (await answer_of(url, SYSTEM))["data"]


async def test_a_limit_keeps_the_first_connections_and_counts_them_all(
    small_sim: Simulator, tmp_path: Path
) -> None:
    """The first rows as text, as CSV and as JSON; the summary is of the whole."""
    options = ("--simulator", small_sim.url, "--data-dir", str(tmp_path / "data"))
    async with a_daemon(tmp_path, *options) as daemon:
        await until_several_are_there(daemon.url)
        whole, (some, text, told) = await told_alike(tmp_path, *options)
    # Their order is that of their state, which goes on changing while the daemon starts.
    head, *names = (row[:3] for row in csv.reader(io.StringIO(whole)))
    first = [row[:3] for row in csv.reader(io.StringIO(some.out))]
    assert first[0] == head
    assert len(first) == 3
    assert all(name in names for name in first[1:])
    assert f"of {len(names)} connections" in text.out
    connections = json.loads(told.out)["connections"]
    assert len(connections) == 2
    for one in connections:
        assert [one["exchange"], one["market"], one["channel"]] in names


async def test_an_engine_that_stands_still_is_named(small_sim: Simulator, tmp_path: Path) -> None:
    """It holds the lock and takes the connection, but never answers."""
    options = ("--simulator", small_sim.url, "--data-dir", str(tmp_path / "data"))
    async with a_daemon(tmp_path, *options) as daemon:
        daemon.child.send_signal(signal.SIGSTOP)
        try:
            done, looked = await asyncio.gather(
                run(tmp_path, "show", "sum", *options),
                run(tmp_path, "doctor", "--json", *options),
            )
        finally:
            daemon.child.send_signal(signal.SIGCONT)
    assert_one_line(done, 1, daemon.url, "gave no answer within", "stopped or too busy")
    (engine,) = (one for one in json.loads(looked.out)["checks"] if one["check"] == "engine")
    assert (looked.code, engine["result"]) == (1, "fail")
    assert "gave no answer within" in engine["what"]


async def test_watching_goes_on_until_it_is_stopped(small_sim: Simulator, tmp_path: Path) -> None:
    """A line for each snapshot, later ones of later times."""
    options = ("--simulator", small_sim.url, "--data-dir", str(tmp_path / "data"))
    command = (*TUI_MONITOR, "show", "coverage", "--json", "--watch", "0.5", *options)
    async with a_daemon(tmp_path, *options):
        child = await asyncio.create_subprocess_exec(
            *command,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=clean_environment(tmp_path),
            limit=1 << 20,
        )
        assert child.stdout is not None
        async with asyncio.timeout(LONG_S):
            times = [json.loads(await child.stdout.readline())["now_ms"] for _ in range(3)]
            # Not SIGINT: a shell that runs this in the background has it ignored.
            child.terminate()
            assert await child.wait() == -signal.SIGTERM
    assert times[0] < times[1] < times[2]


async def test_a_watch_has_no_csv(tmp_path: Path) -> None:
    """One file with several headers would be none."""
    done = await run(tmp_path, "show", "sum", "--csv", "--watch")
    assert_one_line(done, 2, "--csv is one file")
