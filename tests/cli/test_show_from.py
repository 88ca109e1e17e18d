"""Where `show` has a board from: the engine that runs, the database, the exchanges."""

import asyncio
import json
from datetime import date
from pathlib import Path

import pytest

from tests.support.engines import settings_at, settings_for
from tests.support.programs import Done, a_daemon, nobody_there, run
from tests.support.sources import MemorySource
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor import config, paths
from tui_monitor.attach.client import BOARD_S
from tui_monitor.attach.server import viewers_served
from tui_monitor.boards.sum_curve import SumBoard
from tui_monitor.cli.fetching import FETCH_S, GIVE_UP_S, fetched
from tui_monitor.cli.show_from import Asked, Origins
from tui_monitor.clock import BoardZone
from tui_monitor.engine_lock import EngineLock
from tui_monitor.errors import Unreachable
from tui_monitor.simulator import Simulator
from tui_monitor.source import Query, Source

MADE_UP = "; simulator data, not of the exchanges"


def origin(done: Done) -> str:
    """What a program reads; a person is told on stderr."""
    assert done.code == 0, done
    return str(json.loads(done.out)["origin"])


async def test_a_board_is_from_the_best_that_there_is(small_sim: Simulator, tmp_path: Path) -> None:
    """Nothing at all: from the exchanges, and nothing is left behind. Then from the engine, and
    when it has ended from what it stored."""
    folder = tmp_path / "data"
    options = ("--simulator", small_sim.url, "--data-dir", str(folder))
    command = ("show", "sum", "--json", *options)
    first = await run(tmp_path, *command)
    assert origin(first) == "exchanges"
    assert json.loads(first.out)["live"]["valid"] > 0
    assert "nothing is stored in" in first.err
    assert "1 of 1 exchanges answer" in first.err
    assert first.err.rstrip().endswith(f"from the simulator itself, nothing is recorded{MADE_UP}")
    assert not folder.exists()
    async with a_daemon(tmp_path, *options) as daemon:
        of_engine = await run(tmp_path, *command)
        assert origin(of_engine) == "engine"
        assert f"from the running daemon {daemon.child.pid}" in of_engine.err
        (broken := tmp_path / "broken.toml").write_text("[spreads]\nnot_a_setting = 1\n")
        looking = await run(tmp_path, *command, "--config", str(broken))
        assert origin(looking) == "engine"
        assert "this only looks on" in looking.err
        assert "not_a_setting" in looking.err
    assert (await run(tmp_path, *command, "--config", str(broken))).code == 2
    stored = await run(tmp_path, *command)
    assert origin(stored) == "store"
    assert "from the store" in stored.err
    # What is made up says so wherever it comes from, and whatever is asked for.
    for done in (first, of_engine, looking, stored):
        assert json.loads(done.out)["source"] == "simulator"
        assert done.err.rstrip().endswith(MADE_UP)
    there = ("--data-dir", str(folder))
    for board in ("sum", "spreads", "coverage", "coin"):
        done = await run(tmp_path, "show", board, "--json", *there)
        assert json.loads(done.out)["source"] == "simulator"
        assert MADE_UP in done.err


@in_virtual_time
async def test_a_board_that_takes_its_time_is_shown(tmp_path: Path) -> None:
    """As from a small machine: what is known of the engine is old by the time that it is there."""
    clock = VirtualClock()
    here = MemorySource(clock, BoardZone(), date(2026, 11, 13))
    here.gate = asyncio.Event()
    settings = config.load(Path("/dev/null"), {}, {}).settings
    async with viewers_served(here, clock, paths.socket_file(tmp_path)):
        with EngineLock(tmp_path).acquire({"pid": 4711, "role": "daemon"}):
            asyncio.get_running_loop().call_later(BOARD_S - 1, here.gate.set)
            origins = Origins(settings, tmp_path, "real", None, clock)
            board, origin = await origins.take(Asked(board="sum"))
    assert isinstance(board, SumBoard)
    assert (origin.word, origin.text) == ("engine", "from the running daemon 4711")


async def never(_: Source) -> bool:
    return False


async def at_once(_: Source) -> bool:
    return True


@in_virtual_time
async def test_exchanges_are_asked_for_no_longer_than_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A board that stays empty is shown as it is; one that is ready is shown at once."""
    clock = VirtualClock()
    async with Simulator(clock=clock, rate=0.2, coins=("BTC", "ETH")).running() as sim:
        settings = settings_for(sim)
        begin_s = clock.monotonic_s()
        async with fetched(settings, "simulator", clock, at_once) as source:
            assert clock.monotonic_s() - begin_s < FETCH_S
            assert (await source.sum_board(Query())).nodes
        begin_s = clock.monotonic_s()
        async with fetched(settings, "simulator", clock, never) as source:
            assert FETCH_S <= clock.monotonic_s() - begin_s < FETCH_S + 5
    lines = capsys.readouterr().err.splitlines()
    # In a file no line is written twice.
    assert sum(line.startswith("tui-monitor: 1 of 1 exchanges answer") for line in lines) == 2


@in_virtual_time
async def test_where_no_exchange_answers_it_is_said_soon() -> None:
    """With the reason of one of them, and where to learn more."""
    clock = VirtualClock()
    begin_s = clock.monotonic_s()
    with (
        nobody_there() as url,
        pytest.raises(Unreachable, match=r"no exchange answered within .* \(okx\): ") as raised,
    ):
        async with fetched(settings_at(url), "simulator", clock, at_once):
            pass
    assert GIVE_UP_S <= clock.monotonic_s() - begin_s < FETCH_S
    assert "doctor" in raised.value.hint


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["show", "nosuch", "--json"], 2),
        (["show", "sum", "--json", "--date", "yesterday"], 2),
        (["show", "sum", "--json", "--date", "2026-01-03"], 1),
        (["show", "coin", "--json", "--attach", "http://127.0.0.1:9"], 1),
    ],
)
async def test_a_failure_is_json_for_who_asked_for_it(
    arguments: list[str], code: int, tmp_path: Path
) -> None:
    """The shape of REST's errors on stdout, and the line on stderr as ever."""
    done = await run(tmp_path, *arguments)
    assert done.code == code, done
    error = json.loads(done.out)
    assert list(error) == ["success", "status", "error", "hint"]
    assert (error["success"], error["status"]) == (False, "error")
    assert done.err.count("\n") == 1
    assert error["error"] in done.err
