"""A daemon elsewhere that goes away and comes back: what its viewers see, hear and get."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.api.harness import FIRST_DAY, ZONE, endpoint
from tests.support.sources import MemorySource
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.api.address import Address, bind
from tui_monitor.api.app import build_app
from tui_monitor.api.channels import CHANGES_KEPT
from tui_monitor.api.limits import Limits
from tui_monitor.api.serving import serving
from tui_monitor.attach.dial import dialled
from tui_monitor.attach.elsewhere import Elsewhere, elsewhere
from tui_monitor.attach.remote import LONGEST_PAUSE_S, Remote, asked_once_at, remote
from tui_monitor.attach.session import MOST_AT_ONCE
from tui_monitor.boards.sum_curve import SumBoard
from tui_monitor.errors import AlreadyRuns, EngineGone, MonitorError
from tui_monitor.source import Query


class Daemon(NamedTuple):
    """An endpoint on a port of its own, which may be served, and not, and again."""

    app: Starlette
    port: int
    source: MemorySource
    clock: VirtualClock

    @property
    def elsewhere(self) -> Elsewhere:
        return elsewhere(f"http://127.0.0.1:{self.port}")

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Until the block ends; then all who are connected are cut off."""
        with await bind(Address("127.0.0.1", self.port)) as listener:
            async with serving(self.app, listener, Limits()):
                yield

    def anew(self) -> "Daemon":
        """As after a start: it knows nothing of what it had told before."""
        return a_daemon(self.source, self.clock, self.port)


def a_daemon(source: MemorySource, clock: VirtualClock, port: int) -> Daemon:
    app = build_app(source, clock, ZONE, address=Address("127.0.0.1", port))
    return Daemon(app, port, source, clock)


@asynccontextmanager
async def new_daemon() -> AsyncIterator[Daemon]:
    """One on a port that nobody else is given while it is not served."""
    clock = VirtualClock()
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        port = kept.getsockname()[1]
        yield a_daemon(MemorySource(clock, ZONE, FIRST_DAY), clock, port)


@asynccontextmanager
async def viewer(daemon: Daemon, folder: Path) -> AsyncIterator[Remote]:
    """One who has attached, and follows."""
    async with remote(daemon.elsewhere, daemon.clock, folder) as there:
        run = asyncio.create_task(there.run())
        try:
            yield there
        finally:
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)


async def board(there: Remote) -> SumBoard:
    """The board, as soon as it can be had."""
    for _ in range(1_000):
        try:
            return await there.source.sum_board(Query())
        except MonitorError:
            await asyncio.sleep(0.2)
    raise AssertionError("it was never found again")


async def gone(there: Remote) -> None:
    """Once the viewer has seen that the daemon is."""
    for _ in range(1_000):
        try:
            there.status()
        except EngineGone:
            return
        except MonitorError:
            pass
        await asyncio.sleep(0.2)
    raise AssertionError("it was never missed")


def told(there: Remote) -> list[str]:
    """What happened on the way, by the event log."""
    return [line.text for line in there.events() if line.area == "attach"]


async def changes(daemon: Daemon, steps: int) -> None:
    """So many other states of the board, which somebody else sees."""
    async with asked_once_at(daemon.elsewhere, daemon.clock, 10.0) as other:
        for _ in range(steps):
            daemon.source.price_factor += 0.001
            await asyncio.sleep(0.5)
            await other.sum_board(Query())


@in_virtual_time
async def test_a_daemon_that_was_away_is_found_again_by_itself(tmp_path: Path) -> None:
    """Meanwhile every question says since when and why; afterwards all is as it is there."""
    news: list[str] = []
    async with (
        new_daemon() as daemon,
        AsyncExitStack() as first,
        AsyncExitStack() as stack,
    ):
        await first.enter_async_context(daemon.served())
        there = await stack.enter_async_context(viewer(daemon, tmp_path))
        there.on_news.append(news.append)
        assert (await board(there)).nodes == (await daemon.source.sum_board(Query())).nodes
        await daemon.clock.sleep(3)
        assert there.status().mode == "attached"
        assert there.status().at == daemon.elsewhere.base
        await first.aclose()
        await gone(there)
        await daemon.clock.sleep(100)
        why = r"what is shown is 1\d\d s old: nothing answers at http.*: Connection refused"
        with pytest.raises(EngineGone, match=why):
            await there.source.sum_board(Query())
        with pytest.raises(EngineGone, match=why):
            await there.source.export("sum", 0, 1, "csv", None)
        with pytest.raises(EngineGone, match="s old"):
            there.source.status()
        assert told(there) == news == [f"{daemon.elsewhere.base} has gone"]
        daemon.source.price_factor = 1.1
        asked_before = daemon.source.asked
        await stack.enter_async_context(daemon.anew().served())
        begin_s = daemon.clock.monotonic_s()
        found = await board(there)
        assert daemon.clock.monotonic_s() - begin_s <= LONGEST_PAUSE_S + 1
        assert found.nodes == (await daemon.source.sum_board(Query())).nodes
        assert daemon.source.asked > asked_before
        await daemon.clock.sleep(3)
        assert there.status().mode == "attached"
        assert len(told(there)) == 2
        assert "what the board showed meanwhile is not known" in news[-1]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (0, "nothing of the board was missed"),
        (3, "nothing of the board was missed"),
        (CHANGES_KEPT + 5, f"{CHANGES_KEPT + 5} states of the board were missed"),
    ],
)
@in_virtual_time
async def test_after_a_break_the_picture_goes_on_or_says_what_it_missed(
    steps: int, said: str, tmp_path: Path
) -> None:
    """The connection breaks, the daemon runs on: others see states that this viewer does not."""
    async with new_daemon() as daemon, daemon.served(), viewer(daemon, tmp_path) as there:
        await board(there)
        await daemon.clock.sleep(6)
        await board(there)
        # As when a network breaks: nothing is said, and nothing can be asked.
        assert there._there is not None
        there._there._socket.transport.abort()
        await gone(there)
        await changes(daemon, steps)
        found = await board(there)
        assert found.nodes == (await daemon.source.sum_board(Query())).nodes
        assert said in told(there)[-1]
        await board(there)
        assert len(told(there)) == 2


@in_virtual_time
async def test_a_daemon_that_breaks_off_at_once_is_not_asked_in_a_hurry(tmp_path: Path) -> None:
    """Pauses grow though each attempt succeeds at first."""
    attempts = 0
    async with new_daemon() as daemon, daemon.served(), viewer(daemon, tmp_path) as there:
        begin_s = daemon.clock.monotonic_s()
        while daemon.clock.monotonic_s() - begin_s < 120:
            if there._there is not None:
                attempts += 1
                there._there._socket.transport.abort()
                await gone(there)
            await asyncio.sleep(0.1)
    assert 5 <= attempts <= 15


@in_virtual_time
async def test_a_backfill_is_begun_and_stopped_from_elsewhere(tmp_path: Path) -> None:
    """With the daemon's own refusals; an export that it has not is refused here as there."""
    async with (
        new_daemon() as daemon,
        daemon.served(),
        viewer(daemon, tmp_path / "exports") as there,
    ):
        await board(there)
        day = FIRST_DAY
        job = await there.source.start_backfill(day, day)
        assert job.first_day == day.isoformat()
        with pytest.raises(AlreadyRuns):
            await there.source.start_backfill(day, day)
        assert await there.source.stop_backfill()
        await daemon.clock.sleep(2)
        with pytest.raises(MonitorError, match="a source in memory has no files"):
            await there.source.export("sum", 0, 1, "csv", None)
    assert not (tmp_path / "exports").exists() or not list((tmp_path / "exports").iterdir())


# On the wire


async def asked(viewer: ClientConnection, since: str | None = None) -> dict[str, Any]:
    question = {"id": 1, "call": "sum_board", "args": {"query": {}}, "since": since}
    await viewer.send(json.dumps(question))
    reply: dict[str, Any] = json.loads(await viewer.recv())
    return reply


@in_virtual_time
async def test_only_what_has_changed_goes_over_the_wire() -> None:
    """From a revision that is known; another word for one gets all of it, and is told so."""
    async with endpoint() as served, dialled(elsewhere(served.address.url)) as socket:
        first = await asked(socket)
        assert first["data"]["nodes"]
        assert await asked(socket, first["revision"]) == {"id": 1, "revision": first["revision"]}
        served.source.price_factor += 0.001
        await served.clock.sleep(1)
        second = await asked(socket, first["revision"])
        assert "data" not in second
        assert len(second["changes"]) == 1
        assert len(json.dumps(second)) < len(json.dumps(first)) / 2
        for nonsense in ("", ".", "x.1", "x.y", "1" * 500, f"{first['revision']}0", "é.²"):
            told = await asked(socket, nonsense)
            assert told["missed"] is None
            assert told["data"]["nodes"]


async def read_to_the_end(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


@in_virtual_time
async def test_who_does_not_read_is_given_the_newest_or_cut_off() -> None:
    """Answers are not piled up for him: a few are under way, and none is of long ago."""
    async with endpoint() as served:
        url = f"ws://127.0.0.1:{served.port}/api/attach"
        async with (
            connect(url, proxy=None, compression=None, max_queue=1) as slow,
            dialled(elsewhere(served.address.url)) as quick,
        ):
            slow.transport.pause_reading()
            idle = len(asyncio.all_tasks())
            for number in range(2_000):
                question = {"id": number, "call": "sum_board", "args": {"query": {}}}
                await slow.send(json.dumps(question))
            for _ in range(3):
                served.source.price_factor += 0.001
                await served.clock.sleep(1)
                assert "data" in await asked(quick)
            made = served.source.asked
            await served.clock.sleep(1)
            assert len(asyncio.all_tasks()) <= idle + MOST_AT_ONCE + 4
            # Nobody makes what nobody takes.
            assert served.source.asked <= made + MOST_AT_ONCE
            await served.clock.sleep(60)
            slow.transport.resume_reading()
            with pytest.raises(ConnectionClosed):
                await read_to_the_end(slow)


@in_virtual_time
async def test_who_asks_nothing_is_let_go() -> None:
    """After the endpoint's minute; a viewer of ours asks each second."""
    async with (
        endpoint(limits=Limits(unsubscribed_s=5.0)) as served,
        dialled(elsewhere(served.address.url)) as socket,
    ):
        with pytest.raises(ConnectionClosed, match="nothing is asked"):
            await socket.recv()
