"""What the README shows is what happens: each of its commands runs, and each option exists."""

import asyncio
import json
import os
import re
import shlex
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryFile

import click
import pytest

from tests.cli.test_liquidation_files import HOURLY
from tests.cli.test_program import settled_board
from tests.support.programs import (
    LONG_S,
    TUI_MONITOR,
    UNPACED,
    Daemon,
    a_daemon,
    answer_of,
    clean_environment,
    run,
)
from tests.support.readme import README, alternatives, blocks, listed_commands, shell_lines
from tests.support.sim import CURVE
from tests.support.terminal import Terminal
from tui_monitor.cli.commands import tui_monitor
from tui_monitor.model import Exchange
from tui_monitor.simulator import Simulator

NOT_HERE = {
    "make run": "it opens the demo until its user leaves; tests/pty does",
    "make test": "it is what runs this test",
    "uv tool install .": "it downloads what the program needs",
    "systemctl --user enable --now tui-monitor": "it needs a systemd of the user",
    "loginctl enable-linger": "it needs a login of the user",
    "tui-monitor daemon --print-unit | sudo tee /etc/systemd/system/tui-monitor.service": "root",
    "sudo systemctl enable --now tui-monitor": "it needs to be root",
}
"""Lines that can't be run here, and why."""

# Those that write need a folder without an engine.
WRITES = ("backfill", "import", "db clean", "db archive")
# With exit codes that are no failure: some checks fail without a terminal; nothing was asked of
# the user, so nothing was removed.
ALSO_FINE = {"doctor": (3,)}
FILES = {"FILE...": "prices.csv", "tui-monitor decode": "raw.jsonl", "tui-monitor db": "copy.db"}
EVERY_EXCHANGE = {
    **{
        f"TUI_MONITOR_EXCHANGES__{name.upper()}__{key}": value
        for name in Exchange
        for key, value in (("ENABLED", "true"), ("MARKETS", "perp"))
    },
    **UNPACED,
}
# What curl says of a daemon that is busy.
ASK_AGAIN = b"returned error: 503"
OPTION = re.compile(r"`(--[a-z][a-z-]+)")
OF_OTHERS = {"--user"}
"""Options of other programs in the README's text."""
RAW = '{"arg":{"channel":"tickers","instId":"BTC-USDT-SWAP"},"data":[]}\n'


class World:
    """A simulator, a daemon, two folders, and where the README's addresses are here."""

    def __init__(self, folder: Path, sim: Simulator, daemon: Daemon) -> None:
        self.folder = folder
        self.sim = sim
        self.daemon = daemon
        self.environment = EVERY_EXCHANGE | {"TUI_MONITOR_API__LISTEN": "127.0.0.1:0"}

    def here(self, line: str) -> str:
        """A line with addresses and files that there are."""
        for theirs, ours in (
            ("127.0.0.1:5000", self.daemon.url.removeprefix("http://")),
            ("127.0.0.1:PORT", self.sim.url.removeprefix("http://")),
            ("--listen 127.0.0.1:5050", "--listen 127.0.0.1:0"),
            ("127.0.0.1:5050", self.sim.url.removeprefix("http://")),
            ("FILE...", FILES["FILE..."]),
        ):
            line = line.replace(theirs, ours)
        line = re.sub(r"^curl ", "curl -sS --fail-with-body ", line)
        for start, name in FILES.items():
            if line.startswith(start):
                line = line.replace("FILE", name)
        return line

    def options(self, line: str, own: str = "") -> list[str]:
        """Those that go with every command."""
        if "--attach" in line:
            return []  # it is of an engine elsewhere
        is_idle = line.removeprefix("tui-monitor ").startswith(WRITES)
        data = self.folder / (own or ("idle" if is_idle else "data"))
        return ["--simulator", self.sim.url, "--data-dir", str(data)]


def paced(world: World) -> dict[str, str]:
    """The environment of what is not told a simulator's address."""
    return {name: text for name, text in world.environment.items() if name not in UNPACED}


async def in_a_shell(world: World, line: str) -> None:
    """A line with pipes, redirections or other programs."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    # As it is typed: without a simulator's address nothing may be unpaced.
    environment = clean_environment(world.folder) | paced(world) | {"PATH": path}
    async with asyncio.timeout(LONG_S):
        while True:
            child = await asyncio.create_subprocess_exec(
                *("sh", "-ec", world.here(line)),
                cwd=world.folder,
                env=environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            out, _ = await child.communicate()
            if ASK_AGAIN not in out:
                break
            await asyncio.sleep(0.5)
    assert child.returncode == 0, f"{line}: {out.decode()}"


async def to_its_end(world: World, line: str) -> None:
    """A command that ends by itself."""
    words = shlex.split(world.here(line))[1:]
    done = await run(
        world.folder,
        *words,
        *world.options(line),
        more=paced(world) if "--attach" in line else world.environment,
        cwd=world.folder,
        stdin=b"y\n",
    )
    assert done.code in (0, *ALSO_FINE.get(words[0], ())), f"{line}: {done.code} {done.err}"


async def serves(world: World, line: str) -> None:
    """A command that runs until it is stopped: it says where it serves, and stops when told."""
    words = shlex.split(world.here(line).rstrip(" &"))
    given = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
    words = words[len(given) :]
    options = [] if "--simulator" in words else world.options(line, own="third")
    if "--simulator" in words:
        options = ["--data-dir", str(world.folder / "fourth")]
    with TemporaryFile() as log:
        child = await asyncio.create_subprocess_exec(
            *(*TUI_MONITOR, *words[1:], *options),
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env=clean_environment(world.folder) | world.environment | given,
        )
        assert child.stdout is not None
        async with asyncio.timeout(LONG_S):
            begun = await child.stdout.readline()
            if begun.startswith(b"ready http://127.0.0.1:"):
                child.send_signal(signal.SIGTERM)
            code = await child.wait()
        log.seek(0)
        said = log.read().decode(errors="replace")
    assert begun.startswith(b"ready http://127.0.0.1:"), f"{line}: {said}"
    assert code == 0, f"{line}: {said}"


async def on_a_terminal(world: World, line: str) -> None:
    """The terminal interface, attached to the daemon."""
    own = paced(world) if "--attach" in line else world.environment
    environment = clean_environment(world.folder) | own
    words = [*TUI_MONITOR, *shlex.split(world.here(line))[1:], *world.options(line)]
    with Terminal(*words, columns=120, environment=environment) as terminal:
        await asyncio.to_thread(terminal.until, "ATTACHED")
        terminal.press("q")
        assert await asyncio.to_thread(terminal.wait) == 0


def way_of(line: str) -> Callable[[World, str], Awaitable[None]]:
    """How a line is run."""
    if line == "tui-monitor" or line.startswith("tui-monitor --attach"):
        return on_a_terminal
    words = [word for word in line.split() if not re.match(r"[A-Z_]+=", word)]
    if words[:2] in (["tui-monitor", "daemon"], ["tui-monitor", "simulate"]) and ">" not in words:
        return serves
    if words[0] == "tui-monitor" and ">" not in words:
        return to_its_end
    return in_a_shell


@asynccontextmanager
async def a_world(folder: Path) -> AsyncIterator[World]:
    """With today's prices, lists of coins, and the files that the README names."""
    (folder / "raw.jsonl").write_text(RAW, encoding="utf-8")
    for name in ("panic.jsonl", "liquidation_1h.jsonl"):
        (folder / name).write_text(json.dumps(HOURLY) + "\n", encoding="utf-8")
    async with Simulator(seed=1, limits=False, coins=CURVE, rate=0.3).running() as sim:
        options = ("--simulator", sim.url, "--data-dir", str(folder / "data"))
        async with a_daemon(folder, *options, more=EVERY_EXCHANGE) as daemon:
            await settled_board(daemon.url)
            await answer_of(daemon.url, "/api/boards/coin", coin="BTC")
            yield World(folder, sim, daemon)


@pytest.mark.timeout(900)
async def test_every_command_of_the_readme_runs(tmp_path: Path) -> None:
    """In its order, against one daemon; what can't be run here is in a table, with the reason."""
    shown = [one.typed for one in shell_lines()]
    assert set(NOT_HERE) <= set(shown), "a reason for what is not there any more"
    listed = [typed for one in listed_commands() for typed in alternatives(one.typed)]
    lines = dict.fromkeys(line for line in (*listed, *shown) if line not in NOT_HERE)
    assert {line.split()[0] for line in lines} >= {"tui-monitor", "curl", "mkdir"}
    if shutil.which("curl") is None:
        lines = dict.fromkeys(line for line in lines if not line.startswith("curl"))
    async with a_world(tmp_path) as world:
        for line in lines:
            await way_of(line)(world, line)
        for source in blocks("python"):
            await prints(world, source)


async def prints(world: World, source: str) -> None:
    """A program of the README prints boards: one that came whole, and one that changes made."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-c", world.here(source)),
        stdout=asyncio.subprocess.PIPE,
        limit=16 * 1024 * 1024,
    )
    assert child.stdout is not None
    try:
        async with asyncio.timeout(LONG_S):
            for _ in range(2):
                assert json.loads(await child.stdout.readline())["board"] == "spreads"
    finally:
        child.kill()
        await child.wait()


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command by the words that are typed for it, the groups too."""
    context = click.Context(group)
    yield path, group
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from commands(found, f"{path} {name}")
        else:
            yield f"{path} {name}", found


def options_of(command: click.Command) -> set[str]:
    """Those that its `--help` names."""
    params = command.get_params(click.Context(command))
    named = [param for param in params if not getattr(param, "hidden", False)]
    return {word for param in named for word in param.opts if word.startswith("--")}


COMMANDS = dict(commands(tui_monitor, "tui-monitor"))


def command_of(line: str) -> str:
    """The longest name of a command that a line begins with."""
    return max((one for one in COMMANDS if f"{line} ".startswith(f"{one} ")), key=len)


def test_every_option_that_the_readme_names_is_in_the_help_of_its_command() -> None:
    """Those beside a command, and those that it is typed with."""
    typed = [one for one in shell_lines() if one.typed.startswith("tui-monitor")]
    for one in (*listed_commands(), *typed):
        for line in alternatives(one.typed):
            known = options_of(COMMANDS[command_of(line)])
            assert one.options <= known, (line, one.options - known)
    known = set().union(*(options_of(command) for command in COMMANDS.values()))
    assert OPTION.findall(README.read_text(encoding="utf-8"))
    for name in OPTION.findall(README.read_text(encoding="utf-8")):
        assert name in known | OF_OTHERS, name


def test_every_command_is_shown_in_the_readme() -> None:
    """With those of groups: `db check`, `config path`."""
    shown = {command_of(typed) for one in listed_commands() for typed in alternatives(one.typed)}
    wanted = {name for name, command in COMMANDS.items() if not isinstance(command, click.Group)}
    assert wanted <= shown
