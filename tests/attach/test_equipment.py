"""What an engine needs besides is there where the engine is, and nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from msgspec.structs import replace

from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor import config
from tui_monitor.attach.live import Live, live
from tui_monitor.attach.place import Place
from tui_monitor.config import Settings
from tui_monitor.model import Exchange

OFF = {f"exchanges.{name}.enabled": False for name in Exchange}


def settings(samples: int) -> Settings:
    return config.load(Path("/dev/null"), {}, {**OFF, "signals.samples": samples}).settings


class Terminal:
    """One of several of a folder, with an equipment of its own that it may begin."""

    def __init__(self, folder: Path, clock: VirtualClock, samples: int) -> None:
        self._folder, self._clock, self._samples = folder, clock, samples
        self.is_equipped = False

    @contextmanager
    def needs(self, place: Place) -> Iterator[Place]:
        self.is_equipped = True
        try:
            yield replace(place, settings=settings(self._samples))
        finally:
            self.is_equipped = False

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[Live]:
        place = Place(
            settings=settings(2),
            folder=self._folder,
            clock=self._clock,
            kind="demo",
            info={},
            needs=self.needs,
        )
        async with live(place) as one:
            task = asyncio.create_task(one.run())
            try:
                yield one
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


@in_virtual_time
async def test_only_the_terminal_whose_engine_it_is_has_its_equipment(tmp_path: Path) -> None:
    """It goes with that engine; who takes over begins one of his own and stands on it."""
    clock = VirtualClock()
    one, other = Terminal(tmp_path, clock, 4), Terminal(tmp_path, clock, 5)
    async with AsyncExitStack() as first, AsyncExitStack() as second:
        host = await first.enter_async_context(one.shown())
        viewer = await second.enter_async_context(other.shown())
        await clock.sleep(5)
        assert (one.is_equipped, other.is_equipped) == (True, False)
        assert (await host.source.signals_board()).samples == 4
        assert (await viewer.source.signals_board()).samples == 4
        await first.aclose()
        await clock.sleep(30)
        assert (one.is_equipped, other.is_equipped) == (False, True)
        assert viewer.source.status().mode == "host"
        assert (await viewer.source.signals_board()).samples == 5
    assert not other.is_equipped
