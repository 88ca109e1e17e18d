"""The daemon as a service: what systemd is told, the unit, the line of half a minute."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.boards import a_status
from tests.support.engines import a_monitor, until_settled
from tests.support.programs import a_daemon, answer_of, run
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor import __version__, paths
from tui_monitor.cli.common import Context
from tui_monitor.cli.sd_notify import Heart, Notifier
from tui_monitor.cli.status_line import StatusLine, figures, rates_noted, troubles
from tui_monitor.cli.unit import in_command, quoted, unit
from tui_monitor.config import COINS
from tui_monitor.engine.recorder import Recorder
from tui_monitor.errors import StoreError, StoreFull
from tui_monitor.model import FeedState, Hole, PriceSource, SlotPrice
from tui_monitor.simulator import Simulator
from tui_monitor.store import Store, open_store

LONG_S = 60.0
BARE = Context(config_file=None, data_dir=None, simulator=None)


class Supervisor:
    """A datagram socket, and what it was told."""

    def __init__(self, address: str) -> None:
        self.address = address
        name = f"\0{address[1:]}" if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(name)
        self._socket.setblocking(False)
        self._heard: list[str] = []

    def told(self) -> list[str]:
        """Every message since the last look."""
        found = []
        while True:
            try:
                found.append(self._socket.recv(4_096).decode())
            except BlockingIOError:
                return found

    async def hears(self, word: str) -> list[str]:
        """Wait until there was a message with a line that begins so; everything that came."""
        async with asyncio.timeout(LONG_S):
            while not any(
                line.startswith(word) for text in self._heard for line in text.splitlines()
            ):
                await asyncio.sleep(0.02)
                self._heard += self.told()
        return self._heard

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def supervisor(request: pytest.FixtureRequest) -> Iterator[Supervisor]:
    """Listening in either place that a socket can have."""
    with tempfile.TemporaryDirectory(prefix="tm") as folder:
        path = f"{folder}/notify"
        one = Supervisor(path if request.param == "path" else f"@{path}")
        yield one
        one.close()


def test_a_supervisor_is_told_in_its_own_words(supervisor: Supervisor) -> None:
    """And the environment is cleared: what we start is no service."""
    environment = {
        "NOTIFY_SOCKET": supervisor.address,
        "WATCHDOG_USEC": "30000000",
        "WATCHDOG_PID": str(os.getpid()),
        "HOME": "/",
    }
    notifier = Notifier.taken_from(environment)
    assert environment == {"HOME": "/"}
    assert notifier.watchdog_s == 30
    notifier.ready("serving\nREADY=1")
    notifier.alive()
    notifier.status("4/4 exchanges")
    notifier.stopping()
    assert supervisor.told() == [
        "READY=1\nSTATUS=serving�READY=1",
        "WATCHDOG=1",
        "STATUS=4/4 exchanges",
        "STOPPING=1\nSTATUS=stopping",
    ]


@pytest.mark.parametrize(
    ("more", "watchdog_s"),
    [({}, None), ({"WATCHDOG_USEC": "x"}, None), ({"WATCHDOG_USEC": "0"}, None),
     ({"WATCHDOG_USEC": "2000000"}, 2.0),
     ({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "1"}, None)],
)  # fmt: skip
def test_signs_of_life_are_given_where_they_are_asked_of_us(
    more: dict[str, str], watchdog_s: float | None
) -> None:
    """Not by numbers that are none, nor by those of another process."""
    assert Notifier.taken_from({"NOTIFY_SOCKET": "/nowhere", **more}).watchdog_s == watchdog_s
    assert Notifier.taken_from(more).watchdog_s is None


def test_a_supervisor_that_has_gone_is_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """One, and nothing else happens."""
    notifier = Notifier(str(tmp_path / "gone"), 30)
    for _ in range(3):
        notifier.alive()
    assert len(caplog.records) == 1
    Notifier().alive()
    assert len(caplog.records) == 1


class StuckStore(Store):
    """A store whose disk does not answer, until it says something."""

    def __init__(self, store: Store) -> None:
        super().__init__(store._session, [])
        self.answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def record_prices(self, prices: Sequence[SlotPrice], holes: Sequence[Hole] = ()) -> int:
        try:
            return await self.answer
        except StoreError as error:
            self._session._note_failure(error)
            raise


@asynccontextmanager
async def a_heart(
    supervisor: Supervisor, folder: Path, clock: VirtualClock
) -> AsyncIterator[tuple[StuckStore, Recorder]]:
    async with open_store(folder, clock, kind="demo") as store:
        stuck = StuckStore(store)
        recorder = Recorder(stuck, clock, lambda *_: None)
        heart = Heart(Notifier(supervisor.address, 30), recorder, clock)
        running = asyncio.create_task(heart.run())
        yield stuck, recorder
        running.cancel()


def a_price(now_ms: int) -> SlotPrice:
    return SlotPrice(
        slot_ms=now_ms, coin="BTC", price=1.0, source=PriceSource.TICKER, observed_ms=now_ms
    )


@in_virtual_time
async def test_signs_of_life_end_when_nothing_reaches_the_disk(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    """They come twice as often as is due; while a write hangs, none do."""
    clock = VirtualClock()
    async with a_heart(supervisor, tmp_path, clock) as (stuck, recorder):
        await clock.sleep(61)
        assert supervisor.told() == ["WATCHDOG=1"] * 5
        writing = asyncio.create_task(recorder.record([a_price(clock.now_ms())]))
        await clock.sleep(20)
        supervisor.told()
        await clock.sleep(60)
        assert supervisor.told() == []
        stuck.answer.set_result(1)
        await writing
        await clock.sleep(20)
        assert set(supervisor.told()) == {"WATCHDOG=1"}


@in_virtual_time
async def test_a_pause_that_is_shown_is_no_reason_to_be_ended(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    """A full disk is full after a restart too."""
    clock = VirtualClock()
    async with a_heart(supervisor, tmp_path, clock) as (stuck, recorder):
        stuck.answer.set_exception(StoreFull("the disk is full"))
        assert not await recorder.record([a_price(clock.now_ms())])
        await clock.sleep(1)
        supervisor.told()
        await clock.sleep(60)
        assert supervisor.told() == ["WATCHDOG=1"] * 4


async def test_a_daemon_tells_that_it_serves_lives_and_stops_and_reads_again_on_sighup(
    small_sim: Simulator, supervisor: Supervisor, tmp_path: Path
) -> None:
    """As the program itself does it: SIGHUP has it take up what its file says now."""
    file = tmp_path / "c.toml"
    file.touch()
    options = (
        *("--simulator", small_sim.url),
        *("--data-dir", str(tmp_path / "data"), "--config", str(file)),
    )
    # The first at once, the next a minute later: ten that nobody has read yet shut others out.
    more = {"NOTIFY_SOCKET": supervisor.address, "WATCHDOG_USEC": "120000000"}
    async with a_daemon(tmp_path, *options, more=more) as daemon:
        told = await supervisor.hears("READY=1")
        assert f"READY=1\nSTATUS=serving {daemon.url}" in told
        await supervisor.hears("WATCHDOG=1")
        file.write_text("[signals]\nthreshold_pct = 0.875\n")
        daemon.child.send_signal(signal.SIGHUP)
        async with asyncio.timeout(LONG_S):
            board: dict[str, Any] = {}
            while board.get("threshold_pct") != 0.875:
                await asyncio.sleep(0.05)
                board = (await answer_of(daemon.url, "/api/boards/signals"))["data"]
        daemon.child.send_signal(signal.SIGTERM)
        await supervisor.hears("STOPPING=1")
        # Who asks twice does not end it in the middle of its stop.
        daemon.child.send_signal(signal.SIGTERM)
        daemon.child.send_signal(signal.SIGINT)
        async with asyncio.timeout(LONG_S):
            assert await daemon.child.wait() == 0
    lines = paths.log_file(tmp_path / "data").read_text().splitlines()
    text = "\n".join(lines)
    assert f"tui-monitor {__version__}, settings: {file}" in text
    assert f"data: {tmp_path / 'data'}, socket for viewers: " in text
    assert lines[-1].endswith(": stopped")


@in_virtual_time
async def test_the_line_of_half_a_minute_says_how_everything_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Exchanges, messages, coins, nodes, database and memory; to the log and to the supervisor."""
    clock = VirtualClock()
    told: list[str] = []
    async with (
        Simulator(seed=1, clock=clock, coins=COINS).running() as sim,
        a_monitor(tmp_path, sim, clock) as monitor,
    ):
        await until_settled(monitor, clock)
        line = StatusLine(monitor.engine, told.append)
        caplog.set_level("INFO", "tui_monitor.status")
        running = asyncio.create_task(line.run())
        noted = asyncio.create_task(rates_noted(monitor.source, clock))
        await clock.sleep(65)
        running.cancel()
        noted.cancel()
        # Whoever asks first need not wait.
        board = await monitor.source.system_board()
        assert any(one.messages_per_s for one in board.connections)
    assert len(told) == 2
    for text in told:
        assert re.fullmatch(
            r"1/1 exchanges live, [1-9]\d* messages/s, 27/27 coins, (\d+)/\1 nodes, "
            r"database \d+\.\d MB, memory \d+ MB",
            text,
        ), told
    assert [one.getMessage() for one in caplog.records if one.name == "tui_monitor.status"] == told


@in_virtual_time
async def test_the_first_line_counts_the_streams_that_began_since(tmp_path: Path) -> None:
    """The line's own half minute begins before any stream does."""
    clock = VirtualClock()
    told: list[str] = []
    async with (
        Simulator(seed=1, clock=clock, coins=COINS).running() as sim,
        a_monitor(tmp_path, sim, clock) as monitor,
    ):
        running = asyncio.create_task(StatusLine(monitor.engine, told.append).run())
        await clock.sleep(95)
        running.cancel()
    first, _, third = (
        int(found[1]) for text in told if (found := re.search(r"(\d+) messages/s", text))
    )
    assert 0.5 * third < first < 2 * third


def test_trouble_stands_first_in_the_line() -> None:
    """A worker that failed, and why nothing is recorded; exchanges that are not live by name."""
    status = a_status()
    silent = replace(status.lights[0], state=FeedState.SILENT)
    bad = replace(
        status,
        failed_workers=["candles: KeyError: 'x'"],
        recording=False,
        recording_reason="no room",
        lights=[silent, *status.lights[1:]],
    )
    assert troubles(bad) == ["worker failed: candles: KeyError: 'x'", "NOT RECORDING: no room"]
    count = len(bad.lights)
    name = silent.exchange.value
    live = sum(light.state is FeedState.LIVE for light in bad.lights)
    assert figures(bad, 7.4)[:2] == [
        f"{live}/{count} exchanges live ({name} silent)",
        "7 messages/s",
    ]


@pytest.mark.parametrize("is_user", [False, True])
async def test_the_unit_is_one_that_systemd_takes(is_user: bool, tmp_path: Path) -> None:
    """And finds little to say against."""
    words = ("--print-unit", *(("--user",) if is_user else ()))
    printed = await run(tmp_path, "daemon", *words, "--listen", "127.0.0.1:7001")
    assert printed.code == 0, printed.err
    text = printed.out
    for line in ("Type=notify", "Restart=on-failure", "NoNewPrivileges=yes", "MemoryMax=512M"):
        assert line in text.splitlines()
    assert " -m tui_monitor daemon --listen 127.0.0.1:7001" in text
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd on this machine")
    file = tmp_path / "tui-monitor.service"
    file.write_text(text)
    whose = ["--user"] if is_user else []
    for command in (["verify"], ["security", "--offline=true", "--threshold=20"]):
        if is_user and command[0] == "security":
            continue  # it judges what only the system's manager can do
        done = subprocess.run(  # noqa: ASYNC221 - it takes a moment
            [program, *command, *whose, str(file)],
            env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert not done.stderr.strip(), done.stderr


def test_a_unit_has_the_options_that_were_given(tmp_path: Path) -> None:
    """What a command line or a line of systemd's would read otherwise is quoted."""
    folder = tmp_path / "my 100% data"
    folder.mkdir()
    context = Context(config_file=tmp_path / "c.toml", data_dir=folder, simulator=None)
    lines = unit(context, listen=None, is_user=False).splitlines()
    start = next(line for line in lines if line.startswith("ExecStart="))
    escaped = str(folder).replace("%", "%%")
    assert start.endswith(f'daemon --config {tmp_path}/c.toml --data-dir "{escaped}"')
    assert f'ReadWritePaths="{escaped}"' in lines
    assert "DynamicUser=yes" not in lines
    bare = unit(BARE, listen=None, is_user=False).splitlines()
    assert {"DynamicUser=yes", "StateDirectory=tui-monitor"} <= set(bare)
    assert any(line.endswith("--data-dir %S/tui-monitor") for line in bare)
    assert (quoted("a$b"), in_command("a$b"), quoted('"')) == ("a$b", "a$$b", '"\\""')


async def test_a_unit_for_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """It would be root's. What is under /tmp is found, since the unit's own /tmp is left out."""
    gone = tmp_path / "gone"
    refused = await run(tmp_path, "daemon", "--print-unit", "--data-dir", str(gone))
    assert refused.code == 2
    assert not refused.out
    assert f"there is no folder {gone}" in refused.err
    assert "mkdir" in refused.err
    # The program's own folder counts too, wherever this is tried.
    tried_in_tmp = Path(sys.prefix).is_relative_to("/tmp")  # noqa: S108
    for folder, is_hidden in ((Path("/tmp"), True), (Path("/usr"), tried_in_tmp)):  # noqa: S108
        printed = await run(tmp_path, "daemon", "--print-unit", "--data-dir", str(folder))
        assert printed.code == 0, printed.err
        assert "User=root" in printed.out.splitlines()
        assert ("PrivateTmp=yes" in printed.out.splitlines()) is not is_hidden
        assert ("PrivateTmp" in printed.err) is is_hidden


async def test_a_unit_is_of_real_markets(tmp_path: Path) -> None:
    """And --user is of nothing else."""
    for words in (("--print-unit", "--demo"), ("--user",)):
        refused = await run(tmp_path, "daemon", *words)
        assert refused.code == 2, refused.err
