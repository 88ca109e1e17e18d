"""An engine that goes away: who gets its lock is the next one, or gives the lock back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor import config
from tui_monitor.attach.live import PATIENCE_S, RETRY_SOON_S, Live, live
from tui_monitor.attach.place import Place
from tui_monitor.engine_lock import EngineLock, read_holder
from tui_monitor.errors import EngineGone, EngineHeld

OFF = {f"exchanges.{name}.enabled": False for name in config.Exchanges.__struct_fields__}


def place(folder: Path, clock: VirtualClock, kind: str = "demo") -> Place:
    """An engine that watches nothing."""
    settings = config.load(Path("/dev/null"), {}, OFF).settings
    return Place(settings=settings, folder=folder, clock=clock, kind=kind, info={"pid": 1})


@asynccontextmanager
async def in_use(one: Live) -> AsyncIterator[asyncio.Task[None]]:
    """It runs while the block does."""
    task = asyncio.create_task(one.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@in_virtual_time
async def test_who_can_not_be_the_engine_waits_for_the_next_one(tmp_path: Path) -> None:
    """It gives the lock back, says why, and goes on as a viewer of whoever is the engine next."""
    clock, news = VirtualClock(), list[str]()
    async with AsyncExitStack() as first:
        await first.enter_async_context(live(place(tmp_path, clock)))
        async with live(place(tmp_path, clock, kind="real")) as viewer, in_use(viewer):
            viewer.on_news.append(news.append)
            await clock.sleep(2)
            assert read_holder(tmp_path) == {"pid": 1}
            assert viewer.source.status().mode == "attached"
            (told,) = news
            assert "on demo data, this terminal would on real data" in told
            for _ in range(2):
                await first.aclose()
                await clock.sleep(20)
                assert read_holder(tmp_path) is None
                with pytest.raises(EngineGone, match="demo history, not real") as raised:
                    viewer.source.status()
                assert "s old: the engine has gone, and none can run here" in raised.value.message
                another = await first.enter_async_context(live(place(tmp_path, clock)))
                await first.enter_async_context(in_use(another))
                await clock.sleep(5)
                assert viewer.source.status().mode == "attached"


@in_virtual_time
async def test_what_ends_an_engine_that_was_taken_over_leaves_a_viewer(tmp_path: Path) -> None:
    """Nothing to stand on, a bug: another may have more luck, and this one attaches to it."""
    clock = VirtualClock()

    def fails(_: Place) -> AbstractContextManager[Place]:
        raise ZeroDivisionError("a bug")

    async with AsyncExitStack() as first:
        await first.enter_async_context(live(place(tmp_path, clock)))
        async with live(replace(place(tmp_path, clock), needs=fails)) as viewer, in_use(viewer):
            await clock.sleep(2)
            await first.aclose()
            await clock.sleep(5)
            with pytest.raises(EngineGone, match="ZeroDivisionError: a bug"):
                viewer.source.status()
            async with live(place(tmp_path, clock)) as another, in_use(another):
                await clock.sleep(5)
                assert viewer.source.status().mode == "attached"


@in_virtual_time
async def test_a_viewer_waits_for_the_next_engine_as_long_as_it_takes(tmp_path: Path) -> None:
    """It holds the lock and looks through its database; whoever starts now is told so instead."""
    clock = VirtualClock()
    async with AsyncExitStack() as first:
        await first.enter_async_context(live(place(tmp_path, clock)))
        async with live(place(tmp_path, clock)) as viewer, in_use(viewer) as running:
            await clock.sleep(2)
            assert viewer.source.status().mode == "attached"
            await first.aclose()
            with EngineLock(tmp_path).acquire({"pid": 2}):
                with pytest.raises(EngineHeld, match="it answers no viewers"):
                    async with live(place(tmp_path, clock)):
                        pass
                await clock.sleep(PATIENCE_S * 3)
                assert not running.done()
            await clock.sleep(5)
            assert viewer.source.status().mode == "host"


@in_virtual_time
async def test_a_lock_that_comes_free_in_a_moment_is_taken_in_a_moment(tmp_path: Path) -> None:
    """Who leaves in good order still writes for some tenths of a second after viewers heard."""
    clock = VirtualClock()
    async with AsyncExitStack() as first:
        await first.enter_async_context(live(place(tmp_path, clock)))
        async with live(place(tmp_path, clock)) as viewer, in_use(viewer):
            await clock.sleep(2)
            await first.aclose()
            with EngineLock(tmp_path).acquire({"pid": 2}):
                await clock.sleep(0.3)
                with pytest.raises(EngineGone):
                    viewer.source.status()
            await clock.sleep(2 * RETRY_SOON_S)
            assert read_holder(tmp_path) == {"pid": 1}


@in_virtual_time
async def test_who_records_what_can_not_be_had_again_knows_when_it_is_the_last(
    tmp_path: Path,
) -> None:
    """Not while somebody else could go on, nor for who only looks on; demo data are nothing."""
    clock = VirtualClock()
    for name in ("real", "demo"):
        (tmp_path / name).mkdir()
    async with live(place(tmp_path / "real", clock, kind="real")) as host, in_use(host):
        assert host.ends_recording()
        async with live(place(tmp_path / "real", clock, kind="real")) as viewer, in_use(viewer):
            await clock.sleep(2)
            assert not host.ends_recording()
            assert not viewer.ends_recording()
        await clock.sleep(2)
        assert host.ends_recording()
    async with live(place(tmp_path / "demo", clock)) as demo, in_use(demo):
        assert not demo.ends_recording()
