"""Terminals of one engine: the first to ask is the next engine, the others look at that one."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.test_program import settled_board
from tests.support.engines import true_price
from tests.support.programs import TUI_MONITOR, a_daemon, clean_environment, run
from tests.support.sim import CURVE
from tests.support.terminal import ESCAPE, Terminal
from tests.support.writers import Writer, follow_each_other, writers_of
from tui_monitor.clock import SECOND_MS, SystemClock
from tui_monitor.config import COINS
from tui_monitor.engine_lock import read_holder
from tui_monitor.model import Exchange, Heard, LiquidationRow, PriceSource
from tui_monitor.simulator import Simulator
from tui_monitor.store import open_reader

PATIENCE_S = 90
CLOCK = SystemClock()
# Forced closes of all exchanges come every two seconds: what a seam loses shows in them.
EVERY_EXCHANGE = {
    f"TUI_MONITOR_EXCHANGES__{name.upper()}__{key}": value
    for name in Exchange
    for key, value in (("ENABLED", "true"), ("MARKETS", "perp"))
}


class Event(NamedTuple):
    """One forced close, whoever tells of it."""

    exchange: str
    symbol: str
    at_ms: int
    side: str


class Stretch(NamedTuple):
    """A time, both ends included, of which all that an exchange's stream told was stored."""

    exchange: Exchange
    first_ms: int
    last_ms: int


async def test_when_the_engine_is_killed_a_viewer_goes_on_with_it(tmp_path: Path) -> None:
    """kill -9 of the daemon, then of the terminal that took over: the last ones have it.

    Each listens as the one before did, nothing that was stored is lost, and no two have written at
    the same time.
    """
    data = tmp_path / "data"
    killed: list[int] = []
    listened: list[Stretch] = []
    async with Simulator(seed=1, limits=False, coins=CURVE).running() as sim:
        options = ("--simulator", sim.url, "--data-dir", str(data))
        environment = clean_environment(tmp_path) | EVERY_EXCHANGE
        with ExitStack() as stack:
            async with a_daemon(tmp_path, *options, more=EVERY_EXCHANGE) as daemon:
                await settled_board(daemon.url)
                viewers = [stack.enter_context(viewer(*options, **environment)) for _ in range(3)]
                await all_show(viewers, "ATTACHED", "coins 27/27")
                listened += await recorded_since(sim, data, 0)
                killed.append(CLOCK.now_ms())
                daemon.child.send_signal(signal.SIGKILL)
                await daemon.child.wait()
            first = await next_engine(data, viewers)
            locked_ms = CLOCK.now_ms()
            others = [one for one in viewers if one is not first]
            await all_show([first], "coins 27/27", absent="ATTACHED")
            say_when(killed[0], locked=locked_ms, shown=CLOCK.now_ms())
            await all_show(others, "ATTACHED", "coins 27/27")
            listened += await recorded_since(sim, data, CLOCK.now_ms())
            killed.append(CLOCK.now_ms())
            first.kill(signal.SIGKILL)
            second = await next_engine(data, others)
            (third,) = (one for one in others if one is not second)
            await all_show([second], "coins 27/27", absent="ATTACHED")
            await all_show([third], "ATTACHED", "coins 27/27")
            listened += await recorded_since(sim, data, CLOCK.now_ms())
            await left_to(second, third)
            await tells(third, "has gone", "it runs here now")
            third.press("q")
            assert await asyncio.to_thread(third.wait) == 0
        await all_is_there(sim, data, listened)
    by_turns(writers_of(data), [daemon.child.pid, first.pid, second.pid, third.pid], killed)
    checked = await run(tmp_path, "db", "check", "--data-dir", str(data))
    assert (checked.code, checked.out) == (0, "clean\n")


async def left_to(leaving: Terminal, staying: Terminal) -> None:
    """One ends as it is asked to, the other goes on."""
    ended_ms = CLOCK.now_ms()
    leaving.kill(signal.SIGTERM)
    assert await asyncio.to_thread(leaving.wait) == 0
    await all_show([staying], "coins 27/27", absent="ATTACHED")
    say_when(ended_ms, left_and_shown=CLOCK.now_ms())


def viewer(*options: str, **environment: str) -> Terminal:
    """A terminal of the installed program."""
    return Terminal(*TUI_MONITOR, *options, columns=120, environment=environment)


async def all_show(terminals: Iterable[Terminal], *texts: str, absent: str = "\0") -> None:
    """Each of these has all of them on its screen at once."""

    def shown(one: Terminal) -> bool:
        screen = one.text()
        return absent not in screen and all(text in screen for text in texts)

    for one in terminals:
        await asyncio.to_thread(one.until, shown)


async def tells(terminal: Terminal, words: str, text: str) -> None:
    """Look for a text in the event log, among the lines with some words: it may have many."""
    terminal.press(f"!/{words}\r")
    await all_show([terminal], text)
    terminal.press(ESCAPE * 3)
    await all_show([terminal], absent="Event log")


def say_when(killed_ms: int, **reached_ms: int) -> None:
    """The figures, for `pytest -rP`; how fast this machine is decides nothing."""
    for what, at_ms in reached_ms.items():
        sys.stdout.write(f"next engine {what} after {at_ms - killed_ms} ms\n")


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


async def stored(data: Path, since_ms: int = 0) -> list[LiquidationRow]:
    """What streams told, the oldest first."""
    async with open_reader(data) as reader:
        rows = await reader.liquidations(since_ms, CLOCK.now_ms() + 60_000, limit=10_000)
    return [row for row in reversed(rows) if row.heard is Heard.STREAM]


async def recorded_since(sim: Simulator, data: Path, since_ms: int) -> list[Stretch]:
    """Wait until streams of two exchanges are stored, of one of them for more than a second.

    Whole, but from where they begin: on a busy machine one may have been cut before.
    """
    async with asyncio.timeout(PATIENCE_S):
        while True:
            rows = await stored(data, since_ms)
            found = [stretch(sim, name, rows) for name in {row.exchange for row in rows}]
            if len(found) > 1 and any(one.last_ms - one.first_ms > SECOND_MS for one in found):
                return found
            await asyncio.sleep(0.2)


def stretch(sim: Simulator, name: Exchange, rows: Sequence[LiquidationRow]) -> Stretch:
    """The longest up to an exchange's newest row of which nothing is missing."""
    heard = [row for row in rows if row.exchange is name]
    last_ms = heard[-1].exchange_ms
    missing = made(sim, name, heard[0].exchange_ms, last_ms) - set(map(event_of, heard))
    first_ms = max((one.at_ms + 1 for one in missing), default=heard[0].exchange_ms)
    return Stretch(name, first_ms, last_ms)


async def all_is_there(sim: Simulator, data: Path, listened: Sequence[Stretch]) -> None:
    """The prices are the market's, and what was stored is stored still."""
    async with open_reader(data) as reader:
        now_ms = CLOCK.now_ms()
        prices = await reader.prices(now_ms - 3_600_000, now_ms, COINS)
    # Of a slot that has just begun there may be the last trade until its bar is asked for.
    told = [price for price in prices if price.source is not PriceSource.TICKER]
    assert {price.coin for price in told} == set(COINS)
    for price in told:
        assert price.price == pytest.approx(true_price(sim, price.coin, price.slot_ms))
    kept = set(map(event_of, await stored(data)))
    for one in listened:
        assert made(sim, *one) <= kept, one
    assert any(made(sim, *one) for one in listened)


def made(sim: Simulator, name: Exchange, first_ms: int, last_ms: int) -> set[Event]:
    """What a stream told between two times, in the simulator's own word."""
    if last_ms < first_ms:
        return set()
    return {
        Event(name, one["symbol"], one["ts"], one["side"])
        for one in sim.exchanges[name].liquidations("perp", None, first_ms, last_ms)
        if one["streamed"]
    }


def event_of(row: LiquidationRow) -> Event:
    """The same of a stored one."""
    return Event(row.exchange, row.symbol, row.exchange_ms, row.side)


def by_turns(writers: Sequence[Writer], pids: Sequence[int], killed_ms: Sequence[int]) -> None:
    """Each had the database to itself: by its numbers, and by the clock."""
    assert [one.pid for one in writers] == list(pids)
    assert [one.end_ms is None for one in writers] == [True, True, False, False]
    assert follow_each_other(writers)
    for before, after in pairwise(writers):
        assert before.last_ms is not None
        assert before.last_ms <= after.begin_ms
    # The moment before the signal: the one after it can't be sooner.
    for after, signal_ms in zip(writers[1:], killed_ms, strict=False):
        assert signal_ms <= after.begin_ms


async def test_a_viewer_that_is_stopped_for_a_while_holds_up_nobody(
    quick_sim: Simulator, tmp_path: Path
) -> None:
    """SIGSTOP: others go on, the engine keeps nothing for it; after SIGCONT it is right again."""
    options = ("--simulator", quick_sim.url, "--data-dir", str(tmp_path / "data"))
    environment = clean_environment(tmp_path)
    async with a_daemon(tmp_path, *options) as daemon:
        today = date.fromisoformat((await settled_board(daemon.url))["today"])
        # By name: midnight may pass between the key of the one and that of the other.
        day = today - timedelta(days=1)
        with (
            viewer(*options, **environment) as stopped,
            viewer(*options, **environment) as other,
        ):
            await all_show([stopped, other], "ATTACHED", "coins 27/27")
            before_bytes = resident_bytes(daemon.child.pid)
            stopped.kill(signal.SIGSTOP)
            seconds = {clock_of(other)}
            async with asyncio.timeout(PATIENCE_S):
                while len(seconds) < 6:
                    await asyncio.to_thread(other.read, 0.2)
                    seconds.add(clock_of(other))
            assert resident_bytes(daemon.child.pid) - before_bytes < 30_000_000
            stopped.kill(signal.SIGCONT)
            with viewer(*options, **environment) as fresh:
                await all_show([fresh], "ATTACHED", "coins 27/27")
                for one in (stopped, fresh):
                    one.press(f"d{day}\r")
                    await all_show([one], f"{day}", "nodes 48/48")
                await asyncio.to_thread(stopped.until, lambda one: same(one, fresh))


def clock_of(one: Terminal) -> str:
    """The time in the top line."""
    return one.text().partition(" UTC+8")[0][-8:]


def resident_bytes(pid: int) -> int:
    """The memory of a process now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def same(one: Terminal, other: Terminal) -> bool:
    """Whether both show the same board under the lines that tell the time, over the status."""
    other.read()
    return one.text().splitlines()[2:-2] == other.text().splitlines()[2:-2]
