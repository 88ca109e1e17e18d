"""The engine of a data folder, wherever it runs: here if nobody has it, else where it is.

An engine takes a second to load. Until then what is stored is the source, if anything is.

When the one that we are attached to goes away, whoever gets the lock first goes on as the
engine, and the others attach to that one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from types import ModuleType
from typing import Any, cast

from msgspec.structs import replace

from tui_monitor import paths
from tui_monitor.attach.own_settings import OwnSettings
from tui_monitor.attach.place import Place
from tui_monitor.config import Settings
from tui_monitor.engine_lock import EngineLock, read_holder
from tui_monitor.errors import EngineGone, EngineHeld, MonitorError, StoreError
from tui_monitor.loading import load
from tui_monitor.source import Source

log = logging.getLogger(__name__)

# An engine that has the lock serves viewers as soon as its database is open. At a start only.
PATIENCE_S = 10.0
RETRY_S = 0.25


class Live:
    """A source that stays while engines come and go; `run` is the engine, or waits for its end."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._stack = AsyncExitStack()
        self._current: Source | None = None
        self._run: Callable[[], Awaitable[None]] | None = None
        self.on_settings: list[Callable[[Settings], None]] = []
        """Told of other settings in our file."""
        self.on_news: list[Callable[[str], None]] = []
        """Told what is wrong in it, where no engine here says so."""

    @property
    def source(self) -> Source:
        """The engine's source of the moment; MonitorError while there is none."""
        return cast("Source", self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(Source, name):
            raise AttributeError(name)
        if self._current is None:
            raise MonitorError("the engine has gone", "looking for another one")
        return getattr(self._current, name)

    async def run(self) -> None:
        """Until cancelled, or until no engine can be had: then that is raised."""
        while True:
            if self._run is None:
                await self._begin(after="the engine that was attached to has gone")
            try:
                if self._run is not None:
                    await self._run()
            except EngineGone as gone:
                log.warning("%s", gone.line())
            self._current = self._run = None
            await self._stack.aclose()

    async def _begin(self, after: str = "") -> None:
        """Have the engine here, or attach to the one that is."""
        until_s = self._place.clock.monotonic_s() + PATIENCE_S
        while not await self._attach():
            try:
                await self._host(after)
            except EngineHeld as held:
                # Who shows boards already waits for as long as it takes: after a kill the next
                # engine looks through the whole database before it serves anybody.
                if not after and self._place.clock.monotonic_s() >= until_s:
                    raise EngineHeld(f"{held.message}; it answers no viewers", held.hint) from held
            else:
                return
            await self._place.clock.sleep(RETRY_S)

    async def _host(self, after: str) -> None:
        async with AsyncExitStack() as stack:
            # The lock first: of several viewers only the one that has it loads an engine.
            stack.enter_context(EngineLock(self._place.folder).acquire(self._place.info))
            if after or not await self._await_engine(stack):
                await self._load(stack, after)
            self._stack = stack.pop_all()

    async def _await_engine(self, stack: AsyncExitStack) -> bool:
        """Have what is stored until `run` has loaded the engine; False where nothing is stored."""
        place = self._place
        if not paths.database_file(place.folder).is_file():
            return False
        early = load("tui_monitor.source.awaited")
        stored = early.awaited(
            place.settings, place.folder, paths.export_dir(place.folder), place.clock, place.kind
        )
        try:
            self._current = (await stack.enter_async_context(stored)).source
        except StoreError as error:
            # The engine mends it, sets it aside, or has the same to say.
            log.info("nothing stored is shown: %s", error.line())
            return False
        self._run = self._follow_on
        return True

    async def _follow_on(self) -> None:
        """Load the engine, beside boards that are on screen, and run it."""
        await self._load(self._stack)
        if self._run is not None:
            await self._run()

    async def _load(self, stack: AsyncExitStack, after: str = "") -> None:
        hosting = await _loaded()
        place = await self._equipped(stack)
        if after:
            place = hosting.as_set_now(place)
            self._tell(place.settings)
        here = await stack.enter_async_context(hosting.hosted(place))
        if after:
            here.engine.events.add("warning", "engine", f"{after}; it runs here now")
        here.engine.on_settings.append(self._tell)
        self._current, self._run = here.source, here.engine.run

    async def _equipped(self, stack: AsyncExitStack) -> Place:
        """The place with what its engine needs, for as long as the stack lasts."""
        if self._place.needs is None:
            return self._place
        equipment = self._place.needs(self._place)
        # It may take a second, and boards may be on screen.
        place = await asyncio.to_thread(equipment.__enter__)
        stack.push(equipment)
        return place

    def _tell(self, settings: Settings) -> None:
        for tell in self.on_settings:
            tell(settings)

    async def _attach(self) -> bool:
        if read_holder(self._place.folder) is None:
            return False  # and needs nothing that speaks to sockets
        attached = load("tui_monitor.attach.client").attached
        path = paths.socket_file(self._place.folder)
        try:
            there = await self._stack.enter_async_context(attached(path, self._place.clock))
        except EngineGone as gone:
            log.info("%s", gone.line())
            return False
        self._current, self._run = there.source, self._while_attached(there.run)
        return True

    def _while_attached(self, run: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """The same, and the interface follows our file."""
        watched = self._place.watched
        if watched is None:
            return run
        own = OwnSettings(self._place.settings, watched, self._take_up, self._say)

        async def both() -> None:
            async with own.followed(self._place.clock):
                await run()

        return both

    def _take_up(self, settings: Settings) -> None:
        self._place = replace(self._place, settings=settings)
        self._tell(settings)

    def _say(self, text: str) -> None:
        for tell in self.on_news:
            tell(text)


async def _loaded() -> ModuleType:
    """What makes an engine: for a viewer too much to carry, and too long to hold its loop for."""
    return await asyncio.to_thread(load, "tui_monitor.attach.hosting")


@asynccontextmanager
async def live(place: Place) -> AsyncIterator[Live]:
    """Open or find the engine. What prevents both is raised before anything is shown."""
    one = Live(place)
    try:
        await one._begin()  # noqa: SLF001 - half of its making
        yield one
    finally:
        await one._stack.aclose()  # noqa: SLF001
