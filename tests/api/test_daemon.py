"""The headless process: ready, signals, failures, and an end within two seconds."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.api.harness import FIRST_DAY, ZONE
from tests.support.plain import PLAIN
from tests.support.sources import MemorySource
from tui_monitor.clock import SystemClock
from tui_monitor.config import Api
from tui_monitor.daemon import run_daemon
from tui_monitor.errors import EngineHeld, FolderUnusable, SettingsError

ROOT = Path(__file__).parents[2]
LONG_S = 60.0
PROGRAM = """
    import asyncio, sys, time
    from datetime import date
    from tests.support.sources import MemorySource
    from tui_monitor.clock import BoardZone, SystemClock
    from tui_monitor.config import Api
    from tui_monitor.daemon import run_daemon

    async def run():
        try:
            await asyncio.Event().wait()
        finally:
            print("engine ends", flush=True)
            {ending}

    async def main():
        clock, zone = SystemClock(), BoardZone()
        source = MemorySource(clock, zone, zone.day_of(clock.now_ms()))
        {prelude}
        await run_daemon(run, source, Api(listen="127.0.0.1:0"), clock, zone,
                         on_ready=lambda url: print("ready", url, flush=True))

    asyncio.run(main())
    print("clean end", flush=True)
"""


def asked(url: str) -> httpx.Client:
    """A client that waits for its answers."""
    return httpx.Client(base_url=url, trust_env=False, verify=PLAIN, timeout=LONG_S)


class Daemon:
    """A daemon of a source in memory in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        word, self.url = self.line().split()
        assert word == "ready"

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def stopped_after_s(self, number: signal.Signals) -> float:
        begin_s = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=90)
        return time.monotonic() - begin_s


@contextmanager
def daemon(*, ending: str = "pass", prelude: str = "pass") -> Iterator[Daemon]:
    program = textwrap.dedent(PROGRAM).format(ending=ending, prelude=prelude)
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield Daemon(process)
        finally:
            process.kill()


@contextmanager
def open_connections(url: str) -> Iterator[list[socket.socket]]:
    """Silent, in the middle of a header, and kept open after an answer."""
    port = int(url.rsplit(":", 1)[1])
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
    sockets[1].sendall(b"GET / HT")
    sockets[2].sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    assert sockets[2].recv(100).startswith(b"HTTP/1.1 200")
    yield sockets
    for each in sockets:
        each.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_whoever_is_connected(number: signal.Signals) -> None:
    """Ready when it answers; afterwards engine and process end within two seconds.

    Exit code 0 says so: the next test has a process that takes longer.
    """
    with daemon() as running, asked(running.url) as client:
        assert client.get("/api/health").status_code == 200
        with open_connections(running.url):
            running.stopped_after_s(number)
        assert running.line() == "engine ends"
        assert running.line() == "clean end"
        assert running.process.returncode == 0


def test_an_engine_that_does_not_end_is_ended() -> None:
    """Two seconds after the last thing that did end, with exit code 1, even if the loop hangs."""
    with daemon(ending="time.sleep(100)") as running:
        assert 1.9 < running.stopped_after_s(signal.SIGTERM) < 60
        assert running.process.returncode == 1


def test_an_engine_that_ends_slowly_is_let_end() -> None:
    """As on a busy machine: it takes longer than two seconds, but one part after the other ends."""
    with daemon(ending="for _ in range(5): await asyncio.create_task(asyncio.sleep(0.6))") as one:
        assert one.stopped_after_s(signal.SIGTERM) > 2.5
        assert [one.line(), one.line()] == ["engine ends", "clean end"]
        assert one.process.returncode == 0


def test_an_answer_under_way_does_not_hold_the_end() -> None:
    """A source that never answers is left alone after half a second."""
    with daemon(prelude="source.gate = asyncio.Event()") as running:
        port = int(running.url.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(f"GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            # Answered after the other has been taken up.
            assert (
                httpx.get(running.url, trust_env=False, verify=PLAIN, timeout=LONG_S).status_code
                == 200
            )
            running.stopped_after_s(signal.SIGTERM)
            assert running.process.returncode == 0


def test_the_daemon_never_loads_the_terminal() -> None:
    """Seen at run time, since a deferred import escapes static analysis."""
    program = (
        "import sys, tui_monitor.daemon\n"
        "print([name for name in ('textual', 'rich', 'plotext') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def own_host() -> str:
    """An address of loopback that nobody else here uses: what was its port is nobody else's."""
    for host in (f"127.{os.getpid() >> 8 & 255}.{os.getpid() & 255}.77", "127.0.0.1"):
        with suppress(OSError), socket.create_server((host, 0)):
            return host
    raise AssertionError("nobody can listen here")


async def serve(settings: Api, engine: "Engine") -> None:
    clock = SystemClock()
    source = MemorySource(clock, ZONE, FIRST_DAY)
    await run_daemon(engine.run, source, settings, clock, ZONE, on_ready=engine.ready)


class Engine:
    """Runs until it is cancelled, unless it has been told how to end."""

    def __init__(self, failure: Exception | None = None, *, ends: bool = False) -> None:
        self.failure = failure
        self.ends = ends
        self.began = False
        self.ended = False
        self.urls: list[str] = []
        self.is_served = asyncio.Event()

    def ready(self, url: str) -> None:
        self.urls.append(url)
        self.is_served.set()

    async def run(self) -> None:
        self.began = True
        try:
            await asyncio.sleep(0.05)
            if self.failure is not None:
                raise self.failure
            if not self.ends:
                await asyncio.Event().wait()
        finally:
            self.ended = True


async def test_exposure_without_a_token_is_refused_before_anything_begins() -> None:
    """Exit code 2; the engine never runs, no port is bound."""
    engine = Engine()
    with pytest.raises(SettingsError, match="token") as caught:
        await serve(Api(listen="0.0.0.0:0"), engine)
    assert caught.value.exit_code == 2
    assert not engine.began
    assert not engine.urls


async def test_a_port_in_use_is_refused_before_anything_begins() -> None:
    """Exit code 1 and one line."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        engine = Engine()
        port = other.getsockname()[1]
        with pytest.raises(FolderUnusable, match="in use"):
            await serve(Api(listen=f"127.0.0.1:{port}"), engine)
        assert not engine.began


async def test_what_ends_the_engine_is_raised_as_it_is() -> None:
    """The command line prints its one line; no group of exceptions gets there."""
    for failure in (EngineHeld("held by pid 7"), ZeroDivisionError("a bug")):
        with pytest.raises(type(failure)) as caught:
            await serve(Api(listen="127.0.0.1:0"), Engine(failure))
        assert caught.value is failure


async def test_an_engine_that_ends_ends_the_daemon() -> None:
    """Nothing is served without one."""
    engine = Engine(ends=True)
    async with asyncio.timeout(LONG_S):
        await serve(Api(listen=f"{own_host()}:0"), engine)
    with pytest.raises(httpx.ConnectError):
        async with httpx.AsyncClient(trust_env=False, verify=PLAIN, timeout=LONG_S) as client:
            await client.get(engine.urls[0])


async def test_a_signal_does_not_end_the_rest_of_a_stop() -> None:
    """The database is closed after the daemon's own part: until the loop is, it is noted only."""
    before, loop = signal.getsignal(signal.SIGTERM), asyncio.get_running_loop()
    async with asyncio.timeout(LONG_S):
        await serve(Api(listen=f"{own_host()}:0"), Engine(ends=True))
    try:
        assert signal.getsignal(signal.SIGTERM) not in (before, signal.SIG_DFL)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def test_cancelling_the_daemon_ends_the_engine_and_frees_the_port() -> None:
    """And the process's signals are as before."""
    before = signal.getsignal(signal.SIGTERM)
    engine, host = Engine(), own_host()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(serve(Api(listen=f"{host}:0"), engine))
        async with asyncio.timeout(LONG_S):
            await engine.is_served.wait()
        async with httpx.AsyncClient(trust_env=False, verify=PLAIN, timeout=LONG_S) as client:
            assert (await client.get(f"{engine.urls[0]}/api/health")).status_code == 200
        task.cancel()
    assert engine.ended
    assert signal.getsignal(signal.SIGTERM) == before
    with socket.create_server((host, int(engine.urls[0].rsplit(":", 1)[1]))):
        pass


@pytest.mark.parametrize(("host", "warned"), [("0.0.0.0", 1), ("127.0.0.1", 0)])  # noqa: S104
async def test_an_open_address_is_warned_of(
    host: str, warned: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Once: what it sends can be read on its way."""
    engine = Engine()
    async with asyncio.TaskGroup() as group:
        settings = Api(listen=f"{host}:0", token="correct-horse-battery")  # noqa: S106
        task = group.create_task(serve(settings, engine))
        async with asyncio.timeout(LONG_S):
            await engine.is_served.wait()
        # What it says it serves can be opened as it stands.
        bearer = {"authorization": f"Bearer {settings.token}"}
        async with httpx.AsyncClient(
            trust_env=False, verify=PLAIN, timeout=LONG_S, headers=bearer
        ) as client:
            assert (await client.get(f"{engine.urls[0]}/api/health")).status_code == 200
        task.cancel()
    assert caplog.text.count("open to the network without TLS") == warned


async def test_a_token_guards_the_daemon() -> None:
    """The settings reach the guard: the token, and the names of a proxy."""
    engine = Engine()
    async with asyncio.TaskGroup() as group:
        hosts = ("monitor.example.org",)
        settings = Api(listen="127.0.0.1:0", token="secret", hosts=hosts)  # noqa: S106
        task = group.create_task(serve(settings, engine))
        async with asyncio.timeout(LONG_S):
            await engine.is_served.wait()
        url = engine.urls[0]
        async with httpx.AsyncClient(
            base_url=url, trust_env=False, verify=PLAIN, timeout=LONG_S
        ) as client:
            assert (await client.get("/api/health")).status_code == 401
            right = {"authorization": "Bearer secret"}
            assert (await client.get("/api/health", headers=right)).status_code == 200
            for host, status in (("monitor.example.org", 200), ("other.example.org", 403)):
                named = {**right, "host": host}
                assert (await client.get("/api/health", headers=named)).status_code == status
        task.cancel()
