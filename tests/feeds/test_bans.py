"""A ban is known to all who ask the host, also after a restart, and always ends."""

import asyncio
import json
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.feeds.servers import answers, http, tcp_server
from tests.support.sim import SAMPLE
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.errors import RateLimited
from tui_monitor.feeds.bans import FILE, Bans, host_of
from tui_monitor.feeds.http import Http
from tui_monitor.feeds.okx.rest import explain
from tui_monitor.simulator import Simulator

_DAY_S = 86_400.0


def test_a_host_is_known_by_its_name_alone() -> None:
    """Ports and paths lead to the same machines; on ours they lead to different exchanges."""
    assert host_of("https://www.okx.com") == "www.okx.com"
    assert host_of("wss://ws.okx.com:8443/ws/v5/public") == "ws.okx.com"
    assert host_of("wss://ws.okx.com:8443/ws/v5/business") == "ws.okx.com"
    assert host_of("http://127.0.0.1:8123/okx") == "127.0.0.1:8123/okx"
    assert host_of("ws://127.0.0.1:8123/okx/ws/v5/public") == "127.0.0.1:8123/okx"
    assert host_of("http://user:secret@127.0.0.1:8123/bybit") == "127.0.0.1:8123/bybit"


@in_virtual_time
async def test_a_ban_outlives_the_program_and_is_forgotten_when_it_is_over(tmp_path: Path) -> None:
    """Measured in wall time across the restart; only the host that said so is concerned."""
    clock = VirtualClock()
    Bans(tmp_path, clock).ban("a.example", 600)
    await clock.sleep(200)
    again = Bans(tmp_path, clock)
    assert again.remaining_s("a.example") == pytest.approx(400, abs=0.01)
    assert again.remaining_s("b.example") == 0
    await clock.sleep(400)
    assert again.remaining_s("a.example") == 0
    assert Bans(tmp_path, clock).remaining_s("a.example") == 0
    assert json.loads((tmp_path / FILE).read_bytes())["bans"] == {}


@in_virtual_time
async def test_a_short_pause_is_not_written(tmp_path: Path) -> None:
    """It is over before the program is back."""
    bans = Bans(tmp_path, VirtualClock())
    bans.ban("a.example", 29)
    assert bans.remaining_s("a.example") == 29
    assert not (tmp_path / FILE).exists()


@in_virtual_time
async def test_a_shorter_ban_does_not_end_a_longer_one(tmp_path: Path) -> None:
    """Neither in memory nor in the file."""
    clock = VirtualClock()
    bans = Bans(tmp_path, clock)
    bans.ban("a.example", 600)
    bans.ban("a.example", 60)
    assert bans.remaining_s("a.example") == 600
    assert Bans(tmp_path, clock).remaining_s("a.example") == pytest.approx(600, abs=0.01)


@pytest.mark.parametrize("jump_s", [-400 * _DAY_S, -3600.0, 3600.0, 400 * _DAY_S])
@in_virtual_time
async def test_no_clock_makes_a_ban_endless(tmp_path: Path, jump_s: float) -> None:
    """Set back while nothing ran, it lasts no longer than the whole; and it counts down."""
    clock = VirtualClock()
    Bans(tmp_path, clock).ban("a.example", 600)
    clock.jump_wall(jump_s)
    left_s = Bans(tmp_path, clock).remaining_s("a.example")
    assert left_s == (600 if jump_s < 0 else 0)
    await clock.sleep(601)
    assert Bans(tmp_path, clock).remaining_s("a.example") == 0


@in_virtual_time
async def test_while_the_program_runs_the_wall_clock_changes_nothing(tmp_path: Path) -> None:
    """What lasts is measured on the monotonic clock."""
    clock = VirtualClock()
    bans = Bans(tmp_path, clock)
    bans.ban("a.example", 600)
    clock.jump_wall(30 * _DAY_S)
    assert bans.remaining_s("a.example") == 600
    bans.ban("b.example", 60)
    assert Bans(tmp_path, clock).remaining_s("a.example") == pytest.approx(600, abs=0.01)


@in_virtual_time
async def test_no_ban_is_longer_than_three_days(tmp_path: Path) -> None:
    """Whoever says so: the exchange or the file."""
    clock = VirtualClock()
    Bans(tmp_path, clock).ban("a.example", 30 * _DAY_S)
    assert Bans(tmp_path, clock).remaining_s("a.example") <= 3 * _DAY_S
    now_ms = clock.now_ms()
    span = {"since_ms": now_ms, "until_ms": now_ms + 3_000 * 86_400_000}
    (tmp_path / FILE).write_text(json.dumps({"version": 1, "bans": {"a.example": span}}))
    assert Bans(tmp_path, clock).remaining_s("a.example") == 3 * _DAY_S


DAMAGES = [
    b"", b"\x00" * 4096, b"{", b"[]", b"null", b"\xff\xfe", b'{"version":1}', b"[" * 100_000,
    b'{"version":2,"bans":{}}', b'{"version":1,"bans":{"a":{"since_ms":0,"until_ms":1e99}}}',
    b'{"version":1,"bans":{"a":{"since_ms":-5,"until_ms":"x"}}}', b" " * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
@in_virtual_time
async def test_a_damaged_file_is_ignored_with_a_note(tmp_path: Path, damage: bytes) -> None:
    """Nothing stops; the next ban is written over it."""
    clock = VirtualClock()
    notes: list[str] = []
    (tmp_path / FILE).write_bytes(damage)
    bans = Bans(tmp_path, clock, notes.append)
    assert bans.remaining_s("a") == 0
    assert len(notes) == 1
    assert FILE in notes[0]
    assert notes[0].isprintable()
    bans.ban("a", 60)
    assert Bans(tmp_path, clock, notes.append).remaining_s("a") > 59


@in_virtual_time
async def test_where_the_file_is_damaged_the_one_before_it_counts(tmp_path: Path) -> None:
    """A ban that was kept twice is not lost with one file."""
    clock = VirtualClock()
    notes: list[str] = []
    bans = Bans(tmp_path, clock)
    bans.ban("a", 600)
    bans.ban("b", 600)
    (tmp_path / FILE).write_bytes(b"\x00" * 100)
    again = Bans(tmp_path, clock, notes.append)
    assert again.remaining_s("a") > 590
    assert len(notes) == 1


@in_virtual_time
async def test_a_folder_that_cannot_be_written_is_a_note(tmp_path: Path) -> None:
    """The pause holds all the same."""
    notes: list[str] = []
    bans = Bans(tmp_path / "not there", VirtualClock(), notes.append)
    bans.ban("a", 600)
    assert bans.remaining_s("a") == 600
    assert len(notes) == 1


@pytest.mark.parametrize("status", [429, 418, 403])
@in_virtual_time
async def test_in_a_ban_no_request_goes_out_not_even_after_a_restart(
    tmp_path: Path, status: int
) -> None:
    """Counted by the server; all who ask the host are refused here, with the time that is left."""
    clock = VirtualClock()
    asked_s: list[float] = []
    page = answers(http(f"{status} No", b"<html>", "Retry-After: 120"))
    fine = answers(http("200 OK", b'{"code":"0"}'))

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked_s.append(clock.monotonic_s())
        await (page if len(asked_s) == 1 else fine)(reader, writer)

    async with tcp_server(talk) as address:
        bans = Bans(tmp_path, clock)
        async with (
            aclosing(Http(f"http://{address}", clock, explain, bans=bans)) as one,
            aclosing(Http(f"http://{address}", clock, explain, bans=bans)) as other,
        ):
            with pytest.raises(RateLimited):
                await one.get("/a")
            for rest in (one, other):
                with pytest.raises(RateLimited, match=f"HTTP {status}"):
                    await rest.get("/b")
        await clock.sleep(60)
        async with aclosing(
            Http(f"http://{address}", clock, explain, bans=Bans(tmp_path, clock))
        ) as restarted:
            with pytest.raises(RateLimited) as caught:
                await restarted.get("/c")
            assert caught.value.retry_after_s == pytest.approx(60, abs=1)
            await clock.sleep(61)
            assert await restarted.get("/d")
    assert len(asked_s) == 2
    assert asked_s[1] - asked_s[0] >= 120


@in_virtual_time
async def test_one_exchange_s_ban_leaves_the_others_alone(tmp_path: Path) -> None:
    """Also where the simulator serves them all from one port."""
    clock = VirtualClock()
    async with Simulator(seed=1, clock=clock, coins=SAMPLE).running() as sim:
        sim.fault(exchange="okx", kind="http_418", seconds=300)
        bans = Bans(tmp_path, clock)
        async with (
            aclosing(Http(f"{sim.url}/okx", clock, explain, bans=bans)) as okx,
            aclosing(Http(f"{sim.url}/bybit", clock, explain, bans=bans)) as bybit,
        ):
            with pytest.raises(RateLimited):
                await okx.get("/api/v5/public/time")
            assert bans.remaining_s(host_of(f"{sim.url}/okx/ws/v5/public")) > 30
            assert await bybit.get("/v5/market/time")
