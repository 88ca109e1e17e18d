"""The rig itself: time jumps, sockets and threads do not get left behind."""

import asyncio
import time
from pathlib import Path

import aiosqlite
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time


@in_virtual_time
async def test_a_day_passes_in_a_moment() -> None:
    """Sleeping costs no real time, and both clocks agree on how long it was."""
    clock = VirtualClock()
    begin = time.monotonic()
    monotonic_s = clock.monotonic_s()
    await clock.sleep(86_400)
    assert clock.now_ms() == START_MS + 86_400_000
    assert clock.monotonic_s() - monotonic_s == 86_400
    assert time.monotonic() - begin < 60


@in_virtual_time
async def test_the_wall_clock_jumps_alone() -> None:
    """A suspend or an NTP step moves wall time only."""
    clock = VirtualClock()
    monotonic_s = clock.monotonic_s()
    clock.jump_wall(-3600)
    assert clock.now_ms() == START_MS - 3_600_000
    assert clock.monotonic_s() == monotonic_s


@in_virtual_time
async def test_real_sockets_keep_their_pings_for_a_virtual_hour() -> None:
    """Frames over loopback arrive before the time-outs that wait for them."""

    async def echo(socket: ServerConnection) -> None:
        async for message in socket:
            await socket.send(message)

    async with serve(echo, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", ping_interval=20, ping_timeout=5) as socket:
            for number in range(60):
                await asyncio.sleep(60)
                await socket.send(str(number))
                async with asyncio.timeout(1):
                    assert await socket.recv() == str(number)


@in_virtual_time
async def test_time_stands_still_while_a_thread_works(tmp_path: Path) -> None:
    """Neither executor jobs nor SQL are overtaken by a short virtual time-out."""
    async with asyncio.timeout(1):
        await asyncio.to_thread(time.sleep, 0.05)
    async with aiosqlite.connect(tmp_path / "x.sqlite3") as database:
        async with asyncio.timeout(1):
            await database.execute_fetchall(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 300000)"
                " SELECT max(i) FROM n"
            )
        begin = time.monotonic()
        await asyncio.sleep(3600)
        assert time.monotonic() - begin < 60


@in_virtual_time
async def test_time_stands_still_for_a_thread_that_nobody_waits_for_any_more(
    tmp_path: Path,
) -> None:
    """A cancelled job or question goes on in its thread, and an hour is no time for it."""
    loop = asyncio.get_running_loop()
    ended: list[str] = []

    def work(name: str) -> int:
        time.sleep(0.05)
        ended.append(name)
        return 1

    async with aiosqlite.connect(tmp_path / "x.sqlite3") as database:
        await database.create_function("slow", 1, work)
        for asked in (
            asyncio.to_thread(work, "job"),
            database.execute_fetchall("SELECT slow('question')"),
        ):
            before, begin_s = len(ended), loop.time()
            task = asyncio.ensure_future(asked)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            assert loop.time() == begin_s
            await asyncio.sleep(3600)
            assert len(ended) == before + 1
