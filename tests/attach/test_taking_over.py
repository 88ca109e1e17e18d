"""An engine that goes away: who gets its lock is the next one, or gives the lock back."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor import config
from tui_monitor.attach.live import PATIENCE_S, live
from tui_monitor.attach.place import Place
from tui_monitor.engine_lock import EngineLock, read_holder
from tui_monitor.errors import EngineHeld, StoreUnusable

OFF = {f"exchanges.{name}.enabled": False for name in config.Exchanges.__struct_fields__}


def place(folder: Path, clock: VirtualClock, kind: str = "demo") -> Place:
    """An engine that watches nothing."""
    settings = config.load(Path("/dev/null"), {}, OFF).settings
    return Place(settings=settings, folder=folder, clock=clock, kind=kind, info={"pid": 1})


@in_virtual_time
async def test_who_can_not_be_the_engine_gives_the_lock_back(tmp_path: Path) -> None:
    """Another viewer may be able to: here the settings of one say another kind of history."""
    clock = VirtualClock()
    async with AsyncExitStack() as first:
        await first.enter_async_context(live(place(tmp_path, clock)))
        async with live(place(tmp_path, clock, kind="real")) as viewer:
            running = asyncio.create_task(viewer.run())
            await clock.sleep(2)
            assert read_holder(tmp_path) == {"pid": 1}
            await first.aclose()
            with pytest.raises(StoreUnusable, match="demo history, not real"):
                await running
            assert read_holder(tmp_path) is None


@in_virtual_time
async def test_a_viewer_waits_for_the_next_engine_as_long_as_it_takes(tmp_path: Path) -> None:
    """It holds the lock and looks through its database; whoever starts now is told so instead."""
    clock = VirtualClock()
    async with AsyncExitStack() as first:
        await first.enter_async_context(live(place(tmp_path, clock)))
        async with live(place(tmp_path, clock)) as viewer:
            running = asyncio.create_task(viewer.run())
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
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
