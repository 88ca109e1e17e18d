"""tui-monitor doctor as its users run it: over the simulator, with faults, without anything."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.programs import LONG_S, Done, a_daemon, nobody_there, run
from tests.support.sim import SAMPLE
from tui_monitor.simulator import Simulator

# Several processes one after the other, and each step may take a busy machine its time.
pytestmark = pytest.mark.timeout(900)
# What is said of an exchange, or of an engine, that has not answered in time.
SLOW = re.compile(r"no answer within|no connection in|no price of \S+ in|has not answered")
# All four, as the settings have them.
ALL = {
    "TUI_MONITOR_EXCHANGES__BINANCE__ENABLED": "true",
    "TUI_MONITOR_EXCHANGES__BYBIT__ENABLED": "true",
    "TUI_MONITOR_EXCHANGES__BITGET__ENABLED": "true",
    "TUI_MONITOR_EXCHANGES__OKX__MARKETS": "perp,spot",
}


def report(done: Done) -> dict[str, Any]:
    """The JSON report; each check has its four fields."""
    found: dict[str, Any] = json.loads(done.out)
    for check in found["checks"]:
        assert list(check) == ["check", "result", "what", "hint"]
        assert check["result"] in ("ok", "warn", "fail")
    return found


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """With the limits, and lists that are read at once: the doctor waits some seconds for each."""
    async with Simulator(seed=1, coins=SAMPLE).running() as simulator:
        yield simulator


async def examined(folder: Path, *options: str, more: Mapping[str, str] | None = None) -> Done:
    """The doctor's report, of a moment in which this machine was quick enough for its patience."""
    async with asyncio.timeout(LONG_S):
        while True:
            done = await run(folder, "doctor", *options, more=more)
            if not SLOW.search(done.out):
                return done


async def until_live(folder: Path, *options: str) -> Done:
    """The table of connections, once the engine gets OKX's prices by stream.

    By then it has opened its sockets: OKX lets no more than three of an address begin in a second.
    """
    async with asyncio.timeout(LONG_S):
        while True:
            table = await run(folder, "show", "system", "--csv", *options)
            assert table.code == 0, table.err
            if "okx,perp,tickers,live,stream," in table.out:
                return table


async def test_all_well_is_exit_code_0_and_every_line_ok(sim: Simulator, tmp_path: Path) -> None:
    """Settings, folder, engine, database, SQLite, terminal, Python, and five an exchange."""
    options = ("--simulator", sim.url, "--data-dir", str(tmp_path / "data"))
    done = await examined(tmp_path, *options, more=ALL)
    assert done.code == 0, done.out
    assert done.err == ""
    lines = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert {line.split()[0] for line in lines} == {"ok"}
    assert len(lines) == 8 + 4 * 5
    for exchange in ("binance", "okx", "bybit", "bitget"):
        assert f"{exchange} perp stream" in done.out
        assert f"{exchange} spot REST" in done.out
    assert not (tmp_path / "data").exists()


async def test_one_exchange_in_trouble_is_exit_code_3(sim: Simulator, tmp_path: Path) -> None:
    """The others are well; one line on stderr says how many checks failed."""
    sim.fault(exchange="okx", kind="http_451", seconds=600)
    sim.fault(exchange="okx", kind="refuse", seconds=600)
    options = ("--json", "--simulator", sim.url, "--data-dir", str(tmp_path / "data"))
    done = await examined(tmp_path, *options, more=ALL)
    assert done.code == 3, done.out
    found = report(done)
    assert found["result"] == "partial"
    failed = [check["check"] for check in found["checks"] if check["result"] == "fail"]
    assert failed == [
        "okx clock", "okx perp REST", "okx perp stream", "okx spot REST", "okx spot stream",
    ]  # fmt: skip
    assert done.err == "tui-monitor: 5 of 28 checks failed; their hints say what helps\n"


async def test_without_any_exchange_it_is_exit_code_1(tmp_path: Path) -> None:
    """Everything else may be as well as it likes."""
    with nobody_there() as nobody:
        options = ("--simulator", nobody, "--data-dir", str(tmp_path))
        done = await run(tmp_path, "doctor", "--json", *options)
    assert done.code == 1
    found = report(done)
    assert found["result"] == "failed"
    assert [check["check"] for check in found["checks"][-2:]] == ["bybit", "bitget"]


async def test_a_setting_that_nobody_knows_is_told_and_the_rest_looked_at(tmp_path: Path) -> None:
    """With the nearest known one; where the exchanges are is not known then."""
    file = tmp_path / "config.toml"
    file.write_text("[general]\ntimezon = 'UTC'\n")
    done = await run(tmp_path, "doctor", "--json", "--config", str(file))
    assert done.code == 1
    checks = {check["check"]: check for check in report(done)["checks"]}
    assert checks["settings"]["result"] == "fail"
    assert "timezon" in checks["settings"]["what"]
    assert "general.timezone" in checks["settings"]["hint"]
    assert checks["sqlite"]["result"] == "ok"
    assert "okx clock" not in checks


async def banned(sim: Simulator, folder: Path, *options: str) -> None:
    """A ban by an exchange that the engine does not watch; its file has one writer only."""
    sim.fault(exchange="bybit", kind="http_418", seconds=600, retry_after_s=300)
    done = await examined(folder, "--json", *options, more=ALL)
    checks = {check["check"]: check for check in report(done)["checks"]}
    assert done.code == 3
    assert "wait" in checks["bybit clock"]["hint"]


async def test_a_demo_is_looked_at_by_its_own_word(tmp_path: Path) -> None:
    """While one runs its simulator is asked; no command needs its folder's path."""
    bare = await run(tmp_path, "doctor", "--json", "--demo")
    assert bare.code == 0, bare.out
    assert {one["check"]: one for one in report(bare)["checks"]}["exchanges"]["result"] == "ok"
    none = await run(tmp_path, "show", "sum", "--demo")
    assert none.code == 1
    assert "there is no database in" in none.err
    assert "start tui-monitor --demo once" in none.err
    async with a_daemon(tmp_path, "--demo"):
        await until_live(tmp_path, "--demo")
        for words in (("--demo",), ("--data-dir", str(tmp_path / "tui-monitor" / "demo"))):
            done = await examined(tmp_path, "--json", *words)
            checks = {check["check"]: check for check in report(done)["checks"]}
            assert "runs: process" in checks["engine"]["what"]
            failed = [name for name, one in checks.items() if one["result"] == "fail"]
            assert not failed, done.out
        shown = await run(tmp_path, "show", "sum", "--demo", "--json")
        assert json.loads(shown.out)["origin"] == "engine"
        assert json.loads(shown.out)["source"] == "demo"
        assert "; demo data, not of the exchanges" in shown.err
    for words in (("db", "info"), ("export", "sum")):
        done = await run(tmp_path, *words, "--demo")
        assert done.code == 0, done.err
    both = await run(tmp_path, "show", "sum", "--demo", "--simulator", "http://127.0.0.1:9")
    assert both.code == 2
    assert "exclude each other" in both.err


async def test_beside_a_running_engine_nothing_is_disturbed(sim: Simulator, tmp_path: Path) -> None:
    """It says who runs, reads the database, and asks the exchanges by itself.

    What it learns of bans it keeps for the next engine where none runs.
    """
    options = ("--simulator", sim.url, "--data-dir", str(tmp_path / "data"))
    async with a_daemon(tmp_path, *options) as daemon:
        table = await until_live(tmp_path, *options)
        assert table.out.startswith("exchange,market,channel,state,source,age_ms,messages_per_s")
        done = await examined(tmp_path, "--json", *options)
        assert done.code == 0, done.out
        checks = {check["check"]: check for check in report(done)["checks"]}
        assert daemon.url in checks["engine"]["what"]
        assert "not checked while an engine runs" in checks["database"]["what"]
        assert checks["okx perp stream"]["result"] == "ok"
        await banned(sim, tmp_path, *options)
        assert not (tmp_path / "data" / "cache" / "bans.json").exists()
        shown = await run(tmp_path, "show", "system", *options)
        assert shown.code == 0, shown.err
        assert "connections live" in shown.out
    await banned(sim, tmp_path, *options)
    assert (tmp_path / "data" / "cache" / "bans.json").exists()
    alone = await run(tmp_path, "show", "system", "--json", *options)
    assert alone.code == 3, alone.err
    assert "no engine runs here" in alone.err
    board = json.loads(alone.out)
    assert board["running"] is False
    assert board["database"]["schema_version"] >= 1
