"""The program as a whole, in its own processes: faces agree, kills lose nothing."""

import asyncio
import csv
import io
import json
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.engines import true_sum
from tests.support.programs import (
    LONG_S,
    TUI_MONITOR,
    UNPACED,
    a_daemon,
    answer_of,
    clean_environment,
)
from tests.support.programs import run_installed as run
from tui_monitor.clock import BoardZone
from tui_monitor.config import COINS
from tui_monitor.simulator import Simulator

# Several processes one after the other, and each step may take a busy machine its time.
pytestmark = pytest.mark.timeout(900)
ZONE = BoardZone()


async def board_of(url: str, **query: str) -> dict[str, Any]:
    data: dict[str, Any] = (await answer_of(url, "/api/boards/sum", **query))["data"]
    return data


async def settled_board(url: str, coins_live: int = 0) -> dict[str, Any]:
    """Wait until every slot that has begun has its bars' opens, and so many coins have prices."""
    async with asyncio.timeout(LONG_S):
        while True:
            board = await board_of(url)
            begun = [node for node in board["nodes"] if node["slot_ms"] <= board["now_ms"]]
            live = 0 if board["live"] is None else board["live"]["valid"]
            is_settled = all(node["state"] == "ok" and not node["provisional"] for node in begun)
            if begun and is_settled and live >= coins_live:
                return board
            await asyncio.sleep(0.2)


def sums(board: dict[str, Any], until_ms: int) -> dict[int, float]:
    """The sums of a board's nodes up to a slot: while others are asked another one may begin."""
    nodes = [node for node in board["nodes"] if node["slot_ms"] <= until_ms]
    return {node["slot_ms"]: node["sum_pct"] for node in nodes if node["sum_pct"] is not None}


async def test_rest_show_and_export_tell_the_same_and_the_truth(
    small_sim: Simulator, tmp_path: Path
) -> None:
    """One shape everywhere; each node recomputes from the market itself."""
    options = ("--simulator", small_sim.url, "--data-dir", str(tmp_path / "data"))
    async with a_daemon(tmp_path, *options) as daemon:
        board = await settled_board(daemon.url, coins_live=len(COINS))
        day = board["last_day"]
        shown = await run(tmp_path, "show", "sum", "--json", "--date", day, *options)
        exported = await run(tmp_path, "export", "sum", "--from", day, "--to", day, *options)
    assert shown.code == 0, shown.err
    assert daemon.url in shown.err
    day_ms = ZONE.parse(day)
    until_ms = max(node["slot_ms"] for node in board["nodes"] if node["sum_pct"] is not None)
    nodes = sums(board, until_ms)
    for slot_ms, sum_pct in nodes.items():
        assert sum_pct == pytest.approx(true_sum(small_sim, COINS, slot_ms, day_ms), abs=1e-9)
    assert sums(json.loads(shown.out), until_ms) == nodes
    rows = list(csv.reader(io.StringIO(exported.out.removeprefix("\ufeff"))))[1:]
    found = {int(row[2]) * 1000: float(row[3]) for row in rows}
    assert {slot: value for slot, value in found.items() if slot <= until_ms} == {
        slot: pytest.approx(value, abs=6e-5) for slot, value in nodes.items()
    }
    live = board["live"]
    assert live["valid"] == 27
    changes = [row["change_pct"] for row in board["coins"]]
    assert live["sum_pct"] == pytest.approx(sum(changes), abs=1e-9)


async def test_a_daemon_stops_within_two_seconds_and_leaves_a_clean_database(
    small_sim: Simulator, tmp_path: Path
) -> None:
    """SIGTERM is the ordinary end. Whoever takes longer is ended with 1."""
    options = ("--simulator", small_sim.url, "--data-dir", str(tmp_path / "data"))
    for number in (signal.SIGTERM, signal.SIGINT):
        async with a_daemon(tmp_path, *options) as daemon:
            await settled_board(daemon.url)
            daemon.child.send_signal(number)
            assert await daemon.child.wait() == 0
        checked = await run(tmp_path, "db", "check", "--data-dir", str(tmp_path / "data"))
        assert (checked.code, checked.out) == (0, "clean\n")


async def test_killed_daemons_lose_no_node_that_was_told(
    small_sim: Simulator, tmp_path: Path
) -> None:
    """kill -9 at random moments: the file opens, is clean, and has every node that REST gave."""
    folder = str(tmp_path / "data")
    options = ("--simulator", small_sim.url, "--data-dir", folder)
    draw = random.Random(7)
    told: dict[int, float] = {}
    for _ in range(4):
        async with a_daemon(tmp_path, *options) as daemon:
            end_s = time.monotonic() + draw.uniform(0.3, 2.5)
            async with asyncio.timeout(LONG_S):
                while time.monotonic() < end_s or not told:
                    nodes = (await board_of(daemon.url))["nodes"]
                    told |= {
                        n["slot_ms"]: n["sum_pct"]
                        for n in nodes
                        if n["state"] == "ok" and not n["provisional"]
                    }
            daemon.child.kill()
            await daemon.child.wait()
        checked = await run(tmp_path, "db", "check", "--data-dir", folder)
        assert checked.code == 0, checked.out
    kept: dict[int, float] = {}
    for day in {ZONE.day_of(slot_ms).isoformat() for slot_ms in told}:
        stored = await run(tmp_path, "show", "sum", "--json", "--date", day, "--data-dir", folder)
        kept |= {node["slot_ms"]: node["sum_pct"] for node in json.loads(stored.out)["nodes"]}
    assert told
    assert {slot: kept[slot] for slot in told} == told


async def test_a_killed_backfill_goes_on_and_asks_for_no_page_twice(
    small_sim: Simulator, tmp_path: Path
) -> None:
    """The rows in the end are those of a run that was never killed."""
    folder, other = str(tmp_path / "data"), str(tmp_path / "other")
    command = ("backfill", "2026-01-03", "2026-01-09", "--simulator", small_sim.url)
    kills = 0
    for stop_after in (6, 18, 36):
        child = await asyncio.create_subprocess_exec(
            *TUI_MONITOR, *command, "--data-dir", folder, stderr=asyncio.subprocess.DEVNULL,
            env={**clean_environment(tmp_path), **UNPACED},
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        async with asyncio.timeout(LONG_S):
            while _pages(small_sim) < stop_after and child.returncode is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        if child.returncode is None:
            child.kill()
            kills += 1
        await child.wait()
    assert kills == 3
    done = await run(tmp_path, *command, "--data-dir", folder, more=UNPACED)
    assert done.code == 0, done.err
    # A page that was under way when the kill came had not been committed: 8 side by side.
    assert _pages(small_sim) <= 54 + 3 * 8
    assert (await run(tmp_path, *command, "--data-dir", other, more=UNPACED)).code == 0
    first = await run(tmp_path, "export", "prices", "--data-dir", folder)
    second = await run(tmp_path, "export", "prices", "--data-dir", other)
    assert first.out == second.out
    assert first.out.count("\n") == 7 * 48 * 27 + 1


def _pages(sim: Simulator) -> int:
    return int(sim.stats()["okx"]["requests"].get("/api/v5/market/history-candles", 0))
