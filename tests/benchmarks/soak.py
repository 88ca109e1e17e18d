"""Five viewers on one daemon, for minutes: `python -m tests.benchmarks soak --minutes 10`.

What they see is compared with what a viewer sees that has just come; a sixth one, a terminal, is
stopped for a minute. The engine's memory is told for each minute, with its CPU and its lag.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple

import httpx

from tests.benchmarks._client import quantiles
from tests.benchmarks._soak_viewers import Viewer, questions
from tests.support.programs import TUI_MONITOR, clean_environment
from tests.support.terminal import Terminal
from tui_monitor import paths
from tui_monitor.clock import SystemClock

NEEDS_A_NAME = True
# What a client of everything gets in a second from `simulate --rate 1`.
USUAL_RATE = 1_550.0
WARM_UP_S = 30.0
CLOCK = SystemClock()


class Options(argparse.Namespace):
    """How long and how much."""

    minutes: float
    messages: int
    stopped_s: float


class Reading(NamedTuple):
    """A process at a moment."""

    at_s: float
    cpu_s: float
    resident_mb: float
    messages: float
    lag_ms: float
    worst_lag_ms: float


def options() -> Options:
    """From the command line, after the benchmark's name."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--messages", type=int, default=5_000, help="a second")
    parser.add_argument("--stopped-s", type=float, default=60.0, help="the sixth viewer's pause")
    return parser.parse_args(sys.argv[2:], namespace=Options())


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[tuple[str, int]]:
    """One of the program's servers while the block runs: its address and its process."""
    kept = clean_environment(folder)
    environment = {name: text for name, text in kept.items() if not name.startswith("TUI_MONITOR_")}
    with subprocess.Popen(
        [*TUI_MONITOR, *words, "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
    ) as child:
        try:
            yield _line(child.stdout).split()[1], child.pid
        finally:
            child.terminate()


def _line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()


async def metrics(client: httpx.AsyncClient) -> str:
    """What the engine says of itself; where it is too busy it is asked again."""
    busy = httpx.codes.SERVICE_UNAVAILABLE
    while (answer := await client.get("/metrics")).status_code == busy:  # noqa: ASYNC110
        await asyncio.sleep(1.0)
    answer.raise_for_status()
    return answer.text


async def read(client: httpx.AsyncClient, pid: int) -> Reading:
    """What the system says of the engine's process, and the engine of itself."""
    text = await metrics(client)
    figures = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]

    def total(name: str) -> float:
        return sum(float(value) for found, _, value in figures if found.startswith(name))

    cpu_s, resident_mb = of_the_system(pid)
    return Reading(
        at_s=CLOCK.monotonic_s(),
        cpu_s=cpu_s,
        resident_mb=resident_mb,
        messages=total("tui_monitor_channel_messages_total"),
        lag_ms=total("tui_monitor_event_loop_lag_seconds") * 1000,
        worst_lag_ms=total("tui_monitor_event_loop_lag_worst_seconds") * 1000,
    )


def of_the_system(pid: int) -> tuple[float, float]:
    """A process's CPU seconds since its start, and its resident memory now in MB."""
    ticks = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    cpu_s = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
    return cpu_s, pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def watch(client: httpx.AsyncClient, pid: int, minutes: float) -> None:
    """A line for each minute."""
    before = await read(client, pid)
    until_s = before.at_s + minutes * 60
    while CLOCK.monotonic_s() < until_s - 1:
        await asyncio.sleep(min(60.0, until_s - CLOCK.monotonic_s()))
        now = await read(client, pid)
        seconds = now.at_s - before.at_s
        say(
            f"{(minutes * 60 - until_s + now.at_s) / 60:4.1f} min: "
            f"{(now.messages - before.messages) / seconds:5.0f} messages/s, "
            f"{(now.cpu_s - before.cpu_s) / seconds * 100:3.0f} % of a core, "
            f"{now.resident_mb:5.1f} MB, loop lag p50 {now.lag_ms:.1f} ms, "
            f"longest {now.worst_lag_ms:.0f} ms"
        )
        before = now


async def stop_for_a_while(terminal: Terminal, seconds: float) -> None:
    """A viewer that sleeps; then it must be right again."""
    await asyncio.to_thread(terminal.until, "coins 27/27")
    terminal.kill(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    terminal.kill(signal.SIGCONT)
    begun_s = CLOCK.monotonic_s()
    clock = terminal.text().partition(" UTC")[0][-8:]
    await asyncio.to_thread(
        terminal.until,
        lambda one: clock not in one.text() and "ATTACHED" in one.text() and "27/27" in one.text(),
    )
    say(
        f"a terminal, stopped for {seconds:.0f} s: right again {_since(begun_s)} s after it goes on"
    )


def _since(begun_s: float) -> str:
    return f"{CLOCK.monotonic_s() - begun_s:.1f}"


async def soak(asked: Options, folder: Path) -> int:
    """Run it all; how many answers were wrong."""
    data = folder / "data"
    rate = asked.messages / USUAL_RATE
    with (
        serving(folder, "simulate", "--no-limits", "--rate", f"{rate:.2f}") as (sim_url, _),
        serving(folder, "daemon", "--simulator", sim_url, "--data-dir", str(data)) as (url, pid),
    ):
        viewers = [Viewer(name, ask) for name, ask in questions().items()]
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60.0) as client:
            await asyncio.sleep(WARM_UP_S)
            with pinged(paths.socket_file(data), folder / "idle.sock"):
                await _look(asked, viewers, data, url, client, pid)
    for one in viewers:
        say(
            f"{one.name}: {one.answers} answers, {one.new_answers} of them new, "
            f"{one.announced} states announced as missed, {one.refused} refused, "
            f"{one.wrong} of {one.checked} wrong ({one.unchecked} could not be compared), "
            f"p50/p99 {'/'.join(f'{each:.0f}' for each in quantiles(one.waits_ms))} ms"
        )
    wrong = sum(one.wrong for one in viewers)
    say(f"missed without a word: {wrong}")
    return wrong


async def _look(
    asked: Options,
    viewers: list[Viewer],
    data: Path,
    url: str,
    client: httpx.AsyncClient,
    pid: int,
) -> None:
    environment = {"HOME": str(data.parent), "XDG_CONFIG_HOME": str(data.parent)}
    async with AsyncExitStack() as stack:
        for number, one in enumerate(viewers):
            # Every other one over a URL, where changes come alone.
            await one.open(stack, paths.socket_file(data), url if number % 2 else None)
        terminal = stack.enter_context(
            Terminal(*TUI_MONITOR, "--data-dir", str(data), columns=120, environment=environment)
        )
        looking = [asyncio.ensure_future(one.look()) for one in viewers]
        looking.append(asyncio.ensure_future(stop_for_a_while(terminal, asked.stopped_s)))
        await watch(client, pid, asked.minutes)
        await asyncio.wait(looking[-1:], timeout=60)
        for task in looking:
            task.cancel()
        for found in await asyncio.gather(*looking, return_exceptions=True):
            if isinstance(found, Exception):
                raise found


@contextmanager
def pinged(engine: Path, idle: Path) -> Iterator[None]:
    """Ping the engine while the block runs, and a server without work beside it; then say how
    long each let wait: what both do is the machine's.
    """
    with _child("serve", idle) as server:
        assert _line(server.stdout) == "up\n"
        with _child("ask", engine) as through_it, _child("ask", idle) as beside_it:
            yield
            say(f"a ping's way through the loop: {_waits(through_it)}")
            say(f"beside it, through a loop without work: {_waits(beside_it)}")


@contextmanager
def _child(what: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.benchmarks._pings", what, str(path)]
    # Its stdin is closed at the end, which ends it.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        yield child


def _waits(child: subprocess.Popen[str]) -> str:
    assert child.stdin is not None
    child.stdin.close()
    p50, p99, longest = json.loads(_line(child.stdout))
    return f"p50/p99/max {p50:.1f}/{p99:.1f}/{longest:.0f} ms"


def say(text: str) -> None:
    """A line of the report, at once."""
    sys.stdout.write(f"soak: {text}\n")
    sys.stdout.flush()


def main() -> None:
    """Run it; exits with 1 where something was missed without a word."""
    with TemporaryDirectory(prefix="tm") as folder:
        if asyncio.run(soak(options(), Path(folder))):
            sys.exit(1)


if __name__ == "__main__":
    main()
