"""The installed program as its users run it: child processes over a started simulator."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, NamedTuple

import httpx

from tests.support.forked import UNREAD, run_forked

TUI_MONITOR = (sys.executable, "-m", "tui_monitor")
LONG_S = 90.0
# For commands that talk to a simulator without limits.
UNPACED = {"TUI_MONITOR_EXCHANGES__OKX__PACED": "false"}

# What the sum curve needs, and no more: the tests of the others turn them on.
ONLY_THE_SUM = {
    "TUI_MONITOR_EXCHANGES__BINANCE__ENABLED": "false",
    "TUI_MONITOR_EXCHANGES__BYBIT__ENABLED": "false",
    "TUI_MONITOR_EXCHANGES__BITGET__ENABLED": "false",
    "TUI_MONITOR_EXCHANGES__OKX__MARKETS": "perp",
    "TUI_MONITOR_OPEN_INTEREST__HISTORY_TOP": "0",
    "TUI_MONITOR_OPEN_INTEREST__RATIOS_TOP": "0",
}


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def clean_environment(folder: Path) -> dict[str, str]:
    """No settings of the person who runs the tests; a home of its own."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("TUI_MONITOR_")
    }
    return {
        **kept,
        **ONLY_THE_SUM,
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
    }


async def run(
    folder: Path,
    *arguments: str,
    stdin: bytes = b"",
    more: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    is_out_full: bool = False,
    is_out_unread: bool = False,
) -> Done:
    """Run one command to its end in a fork, with `more` in its environment.

    `is_out_full`: its standard output is on a disk that has no room. `is_out_unread`: it is a pipe
    whose reader has gone.
    """
    environment = {**clean_environment(folder), **(more or {})}
    with TemporaryDirectory() as name:
        streams = Path(name)
        (streams / "in").write_bytes(stdin)
        if is_out_full:
            (streams / "out").symlink_to("/dev/full")
        if is_out_unread:
            (streams / UNREAD).touch()
        code = await run_forked(streams, arguments, environment, LONG_S, cwd)
        assert code is not None, f"{arguments} after {LONG_S:g} s"
        read = [b"" if is_out_full else (streams / "out").read_bytes()]
        out, err = (text.decode() for text in (*read, (streams / "err").read_bytes()))
        return Done(code, out, err)


async def run_installed(
    folder: Path, *arguments: str, stdin: bytes = b"", more: Mapping[str, str] | None = None
) -> Done:
    """The same in an interpreter of its own, as users start it: it takes a second longer."""
    child = await asyncio.create_subprocess_exec(
        *TUI_MONITOR,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**clean_environment(folder), **(more or {})},
    )
    async with asyncio.timeout(LONG_S):
        out, err = await child.communicate(stdin)
    assert child.returncode is not None
    return Done(child.returncode, out.decode(), err.decode())


@contextmanager
def nobody_there() -> Iterator[str]:
    """The address of a port at which nobody listens, and which nobody else is given meanwhile."""
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{spare.getsockname()[1]}"


async def answer_of(url: str, path: str, **query: str) -> Any:
    """What a GET is answered; what says "ask again later" (503) is asked again."""
    client = httpx.AsyncClient(base_url=url, trust_env=False, timeout=LONG_S)
    async with asyncio.timeout(LONG_S), client:
        while True:
            answer = await _answer(client, path, query)
            if answer is not None and answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                assert answer.status_code == httpx.codes.OK, answer.text
                return answer.json()
            await asyncio.sleep(0.2)


async def _answer(
    client: httpx.AsyncClient, path: str, query: dict[str, str]
) -> httpx.Response | None:
    try:
        return await client.get(path, params=query)
    except httpx.RemoteProtocolError:
        # A simulator in this process may hold the question up: whoever has not asked five
        # seconds after he has come is put out without a word.
        return None


class Daemon(NamedTuple):
    """A daemon that serves."""

    child: asyncio.subprocess.Process
    url: str


@asynccontextmanager
async def a_daemon(
    folder: Path, *arguments: str, more: Mapping[str, str] | None = None
) -> AsyncIterator[Daemon]:
    """A daemon while the block runs; ended by SIGTERM if it still lives."""
    with TemporaryFile() as log:
        child = await asyncio.create_subprocess_exec(
            *TUI_MONITOR,
            "daemon",
            "--listen",
            "127.0.0.1:0",
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env={**clean_environment(folder), **(more or {})},
        )
        try:
            assert child.stdout is not None
            async with asyncio.timeout(LONG_S):
                line = (await child.stdout.readline()).decode()
            word, _, url = line.strip().partition(" ")
            if word != "ready":
                log.seek(0)
                raise AssertionError(log.read().decode(errors="replace"))
            yield Daemon(child, url)
        finally:
            if child.returncode is None:
                child.terminate()
            async with asyncio.timeout(LONG_S):
                await child.communicate()
