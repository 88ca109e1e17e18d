"""Faults that begin by themselves: the built-in bad day, files of one's own, and bad files."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulator.harness import okx_of, talk_to
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.errors import BadInput
from tui_monitor.simulator import Simulator, load_script
from tui_monitor.simulator.faults import KINDS
from tui_monitor.simulator.registry import EXCHANGES

TWO = """
[[fault]]
at_s = 60
exchange = "okx"
kind = "http_500"
seconds = 20

[[fault]]
at_s = 10.5
exchange = "okx"
kind = "silence"
market = "perp"
channel = "tickers"
"""


def script_of(tmp_path: Path, text: str) -> str:
    """The path of a script."""
    path = tmp_path / "day.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@in_virtual_time
async def test_each_fault_begins_and_ends_in_its_time(tmp_path: Path) -> None:
    """In the order of their times, whatever the order in the file."""
    clock = VirtualClock()
    simulator = Simulator(clock=clock, script=load_script(script_of(tmp_path, TWO)))
    async with simulator.running() as sim, okx_of(sim) as okx, talk_to(sim) as talk:
        begin_s = clock.monotonic_s()
        await talk.subscribe("tickers")
        await talk.push("tickers")
        await clock.until(sim.faults.any, 15)
        assert 10 < clock.monotonic_s() - begin_s < 12
        assert [fault.kind for _, fault in sim.faults.active()] == ["silence"]
        await clock.sleep(45)
        assert not sim.faults.active()
        assert (await okx.get("public/time")).status_code == 200
        await clock.sleep(10)
        assert (await okx.get("public/time")).status_code == 500
        await clock.sleep(20)
        assert (await okx.get("public/time")).status_code == 200


@in_virtual_time
async def test_a_script_ends_with_its_simulator(tmp_path: Path) -> None:
    """Nothing waits for what is left of it, and a second run begins anew."""
    clock = VirtualClock()
    simulator = Simulator(clock=clock, script=load_script(script_of(tmp_path, TWO)))
    for _ in range(2):
        begin_s = clock.monotonic_s()
        async with simulator.running() as sim:
            await clock.sleep(11)
            assert len(sim.faults.active()) == 1
        assert clock.monotonic_s() - begin_s < 15
        assert len(simulator.faults.active()) == 1
        simulator.faults.clear()


def test_the_bad_day_has_every_kind_on_every_exchange() -> None:
    """Within half an hour, several at once at its worst, and it ends in peace."""
    steps = load_script("bad-day")
    met = {(step.fault.exchange, step.fault.kind) for step in steps}
    assert met == {(exchange, kind) for exchange in EXCHANGES for kind in KINDS}
    assert max(step.at_s + step.fault.seconds for step in steps) <= 1_740
    at_once = max(
        sum(one.at_s <= step.at_s < one.at_s + one.fault.seconds for one in steps) for step in steps
    )
    assert at_once >= 5


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('exchange = "okx"\nkind = "silence"', ["fault 2", "at_s"]),
        ('at_s = "soon"\nexchange = "okx"\nkind = "silence"', ["fault 2", "at_s"]),
        ('at_s = -1\nexchange = "okx"\nkind = "silence"', ["fault 2", "at_s"]),
        ('at_s = nan\nexchange = "okx"\nkind = "silence"', ["fault 2", "at_s"]),
        ('at_s = true\nexchange = "okx"\nkind = "silence"', ["fault 2", "at_s"]),
        ('at_s = 1\nkind = "silence"', ["fault 2", "exchange"]),
        ('at_s = 1\nexchange = "okex"\nkind = "silence"', ["fault 2", "exchange", "okex", "bybit"]),
        ('at_s = 1\nexchange = "okx"\nkind = "quiet"', ["fault 2", "kind", "quiet", "silence"]),
        (
            'at_s = 1\nexchange = "okx"\nkind = "silence"\nsecond = 3',
            ["fault 2", "second", "'seconds'"],
        ),
        ('at_s = 1\nexchange = "okx"\nkind = "silence"\nseconds = 0', ["fault 2", "seconds"]),
        ('at_s = 1\nexchange = "okx"\nkind = "silence"\nseconds = "3"', ["fault 2", "seconds"]),
        ('at_s = 1\nexchange = "okx"\nkind = "slow"\ndelay_s = -1', ["fault 2", "delay_s"]),
        ('at_s = 1\nexchange = "okx"\nkind = "silence"\nmarket = "swap"', ["fault 2", "market"]),
        ('at_s = 1\nexchange = "okx"\nkind = "html"\nstatus = 99', ["fault 2", "status"]),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, table: str, told: list[str]) -> None:
    """One line with the file, the entry, the key and what would be right."""
    good = '[[fault]]\nat_s = 1\nexchange = "okx"\nkind = "silence"\n'
    with pytest.raises(BadInput) as refused:
        load_script(script_of(tmp_path, f"{good}\n[[fault]]\n{table}\n"))
    line = f"{refused.value} {refused.value.hint}"
    assert all(word in line for word in ["day.toml", *told]), line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no [[fault]] tables"),
        ("fault = 3", "no [[fault]] tables"),
        ("[[faults]]\nat_s = 1", "unknown key 'faults'"),
        ("[[fault]\n", "not TOML"),
        ("[[fault]]\nat_s = '\x1b[2J'\nkind = 1", "not TOML"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    """Neither a traceback nor a raw escape."""
    with pytest.raises(BadInput) as refused:
        load_script(script_of(tmp_path, text))
    assert told in str(refused.value)
    assert "day.toml" in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(BadInput, match=r"nowhere\.toml: No such file"):
        load_script(str(tmp_path / "nowhere.toml"))
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match=r"binary\.toml: it is no text"):
        load_script(str(tmp_path / "binary.toml"))


def test_the_command_refuses_a_bad_script_in_one_line(tmp_path: Path) -> None:
    """Exit code 2, nothing on stdout: it doesn't begin to serve."""
    path = script_of(tmp_path, '[[fault]]\nat_s = 1\nexchange = "okx"\nkind = "quiet"\n')
    command = [sys.executable, "-m", "tui_monitor", "simulate", "--script", path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert all(word in done.stderr for word in ("day.toml", "fault 1", "kind", "silence"))
