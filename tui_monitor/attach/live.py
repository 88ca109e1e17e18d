"""The engine of a data folder, wherever it runs: here if nobody has it, else where it is.

When the one that we are attached to goes away, whoever gets the lock first goes on as the
engine, and the others attach to that one.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast

from msgspec import Struct
from msgspec.structs import replace

from tui_monitor import paths
from tui_monitor.attach.calls import CALLS
from tui_monitor.attach.client import attached
from tui_monitor.attach.server import viewers_served
from tui_monitor.clock import Clock
from tui_monitor.config import Settings
from tui_monitor.engine import Engine, opened_engine
from tui_monitor.engine.settings_reload import (
    LIVE,
    OF_TERMINALS,
    SettingsReload,
    SettingsWatch,
    change,
)
from tui_monitor.errors import EngineGone, EngineHeld, FolderUnusable, MonitorError, SettingsError
from tui_monitor.source import Source
from tui_monitor.source.local import LocalSource
from tui_monitor.store import EngineLock

log = logging.getLogger(__name__)

# An engine that has the lock serves viewers as soon as its database is open.
PATIENCE_S = 10.0
RETRY_S = 0.25


class Watched(NamedTuple):
    """The file that the settings came from, and how they are read again."""

    file: Path
    read: Callable[[], Settings]


class Place(Struct, frozen=True, kw_only=True):
    """Which engine: its settings, and the folder that it locks. `info` is told to others.

    Where the settings are `watched`, an engine here takes up what changes in their file.
    """

    settings: Settings
    folder: Path
    clock: Clock
    kind: str
    info: Mapping[str, Any]
    watched: Watched | None = None


class Live:
    """A source that stays while engines come and go; `run` is the engine, or waits for its end."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._stack = AsyncExitStack()
        self._current: Source | None = None
        self._run: Callable[[], Awaitable[None]] | None = None
        self.on_settings: list[Callable[[Settings], None]] = []
        """Told of settings that an engine here has taken up."""

    @property
    def source(self) -> Source:
        """The engine's source of the moment; MonitorError while there is none."""
        return cast("Source", self)

    def __getattr__(self, name: str) -> Any:
        if name not in CALLS:
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
        while True:
            try:
                await self._host(after)
            except EngineHeld as held:
                if await self._attach():
                    return
                if self._place.clock.monotonic_s() >= until_s:
                    raise EngineHeld(f"{held.message}; it answers no viewers", held.hint) from held
            else:
                return
            await self._place.clock.sleep(RETRY_S)

    async def _host(self, after: str) -> None:
        if after:
            self._place = self._as_set_now()
        here = await self._stack.enter_async_context(hosted(self._place))
        if after:
            here.engine.events.add("warning", "engine", f"{after}; it runs here now")
        here.engine.on_settings.append(self._tell)
        self._current, self._run = here.source, here.engine.run

    def _as_set_now(self) -> Place:
        """Who watched no file while it was attached takes up now what has changed in it."""
        place = self._place
        if place.watched is None:
            return place
        try:
            found = change(place.settings, place.watched.read(), LIVE | OF_TERMINALS)
        except SettingsError as error:
            log.warning("the settings stay as they were: %s", error.line())
            return place
        self._tell(found.settings)
        return replace(place, settings=found.settings)

    def _tell(self, settings: Settings) -> None:
        for tell in self.on_settings:
            tell(settings)

    async def _attach(self) -> bool:
        path = paths.socket_file(self._place.folder)
        try:
            there = await self._stack.enter_async_context(attached(path, self._place.clock))
        except EngineGone as gone:
            log.info("%s", gone.line())
            return False
        self._current, self._run = there.source, there.run
        return True


@asynccontextmanager
async def live(place: Place) -> AsyncIterator[Live]:
    """Open or find the engine. What prevents both is raised before anything is shown."""
    one = Live(place)
    try:
        await one._begin()  # noqa: SLF001 - half of its making
        yield one
    finally:
        await one._stack.aclose()  # noqa: SLF001


class Hosted(NamedTuple):
    """The engine in this process, its source, and the lock that says where it is."""

    engine: Engine
    source: Source
    lock: EngineLock


@asynccontextmanager
async def hosted(place: Place) -> AsyncIterator[Hosted]:
    """The engine in this process, with its socket for viewers; EngineHeld if another has it."""
    async with (
        opened_engine(
            place.settings, place.folder, place.clock, kind=place.kind, info=place.info
        ) as (engine, lock),
        AsyncExitStack() as stack,
    ):
        source = LocalSource(engine, paths.export_dir(place.folder))
        path = paths.socket_file(place.folder)
        try:
            await stack.enter_async_context(viewers_served(source, place.clock, path))
        except FolderUnusable as error:
            engine.events.add("warning", "engine", f"nobody can attach: {error.line()}")
        if place.watched is not None:
            reload = SettingsReload(engine, place.watched.read, has_terminal=True)
            engine.beside["settings"] = SettingsWatch(place.watched.file, reload, place.clock).run
        yield Hosted(engine, source, lock)
