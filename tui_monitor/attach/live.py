"""The engine of a data folder, wherever it runs: here if nobody has it, else where it is.

An engine takes a second to load. Until then what is stored is the source, if anything is.

When the one that we are attached to goes away, whoever gets the lock first goes on as the
engine, and the others attach to that one. Who can't be the engine gives the lock back, says why,
and waits for the next one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple, NoReturn, cast

from msgspec.structs import replace

from tui_monitor import paths
from tui_monitor.attach.own_settings import OwnSettings
from tui_monitor.attach.place import Place
from tui_monitor.boards.status import EngineStatus
from tui_monitor.config import Settings
from tui_monitor.engine_lock import EngineLock, read_holder
from tui_monitor.errors import EngineGone, EngineHeld, MonitorError, StoreError
from tui_monitor.loading import load
from tui_monitor.source import Source

log = logging.getLogger(__name__)

# An engine that has the lock serves viewers as soon as its database is open. At a start only.
PATIENCE_S = 10.0
RETRY_S = 0.25
# Who leaves in good order gives the lock back within moments.
SOON_S = 2.0
RETRY_SOON_S = 0.05
# Kinds of data but this are made anew by who starts again.
REAL = "real"
_GONE = "the engine has gone"


class _Away(NamedTuple):
    """Since when there is no engine, why, and what keeps it from being here."""

    since_s: float
    why: str = _GONE
    hindrance: str = ""


class Live:
    """A source that stays while engines come and go; `run` is the engine, or waits for its end."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._stack = AsyncExitStack()
        self._lock: EngineLock | None = None
        self._current: Source | None = None
        self._run: Callable[[], Awaitable[None]] | None = None
        self._away: _Away | None = None
        self._took_over = False
        self._viewers: Collection[object] | None = None
        self.on_settings: list[Callable[[Settings], None]] = []
        """Told of other settings in our file."""
        self.on_news: list[Callable[[str], None]] = []
        """Told of what its reader should know of at once, in a line."""

    @property
    def source(self) -> Source:
        """The engine's source of the moment; EngineGone while there is none."""
        return cast("Source", self)

    def ends_recording(self) -> bool:
        """Whether what can't be had again is recorded here, and nobody is there to go on."""
        return self._place.kind == REAL and self._viewers is not None and not self._viewers

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(Source, name):
            raise AttributeError(name)
        if self._current is None:
            raise self._gone()
        return getattr(self._current, name)

    def _gone(self) -> EngineGone:
        away = self._away or _Away(self._place.clock.monotonic_s())
        age_s = self._place.clock.monotonic_s() - away.since_s
        text = f"what is shown is {age_s:.0f} s old: {away.why}"
        if not away.hindrance:
            return EngineGone(text, "looking for another one")
        return EngineGone(
            f"{text}, and none can run here: {away.hindrance}", "waiting for another one"
        )

    async def run(self) -> NoReturn:
        """Until cancelled; what ends an engine that began here at the start is raised."""
        while True:
            if self._run is None:
                await self._next()
            hindrance = ""
            try:
                if self._run is not None:
                    await self._run()
            except EngineGone as gone:
                log.warning("%s", gone.line())
            except Exception as error:
                if not self._took_over:
                    raise
                hindrance = _told(error)
            await self._let_go(hindrance)

    async def _let_go(self, hindrance: str) -> None:
        """The engine is no more: not here, if it was, and not for us."""
        self._away = _Away(self._place.clock.monotonic_s(), hindrance=hindrance)
        self._current = self._run = self._viewers = None
        self._took_over = False
        try:
            await self._stack.aclose()
        except MonitorError as error:
            log.warning("%s", error.line())

    async def _begin(self) -> None:
        """Have the engine here, or attach to the one that is; what prevents both is raised."""
        until_s = self._place.clock.monotonic_s() + PATIENCE_S
        while not await self._attach():
            try:
                await self._host()
            except EngineHeld as held:
                if self._place.clock.monotonic_s() >= until_s:
                    raise EngineHeld(f"{held.message}; it answers no viewers", held.hint) from held
            else:
                return
            await self._place.clock.sleep(RETRY_S)

    async def _next(self) -> None:
        """Be the next engine, or attach to it.

        Who shows boards already waits for as long as it takes: after a kill the next engine looks
        through the whole database before it serves anybody.
        """
        while not (await self._attach_again() or await self._take_over()):
            away = self._away
            is_soon = away is not None and self._place.clock.monotonic_s() - away.since_s < SOON_S
            await self._place.clock.sleep(RETRY_SOON_S if is_soon else RETRY_S)
        self._away = None

    async def _attach_again(self) -> bool:
        try:
            return await self._attach()
        except MonitorError as error:
            # It may be of another version, or the folder out of reach; the next one need not be.
            if self._away is not None and self._away.why != error.message:
                log.warning("%s", error.line())
                self._away = self._away._replace(why=error.message)
        return False

    async def _take_over(self) -> bool:
        """Whether the engine is here now. Who could not be it once lets others try."""
        if self._away is None or self._away.hindrance:
            return False
        try:
            await self._host("the engine that was attached to has gone")
        except EngineHeld:
            return False
        except Exception as error:  # noqa: BLE001 - it is on the screen and in the log
            self._away = self._away._replace(hindrance=_told(error))
            return False
        self._took_over = True
        return True

    async def _host(self, after: str = "") -> None:
        async with AsyncExitStack() as stack:
            # The lock first: of several viewers only the one that has it loads an engine.
            lock = EngineLock(self._place.folder).acquire(self._place.info)
            stack.enter_context(lock)
            stack.callback(self._forget_lock)
            self._lock = lock
            if after or not await self._await_engine(stack):
                await self._load(stack, after)
            self._stack = stack.pop_all()

    def _forget_lock(self) -> None:
        self._lock = None

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
        # Side by side: equipment is another process that begins.
        hosting, place = await asyncio.gather(_loaded(), self._equipped(stack))
        if self._lock is not None:
            self._lock.update(place.info)
            # Once the engine here has ended: the next one need not wait for what it stood on.
            stack.callback(self._lock.release)
        if after:
            place = hosting.as_set_now(place)
            self._tell(place.settings)
        here = await stack.enter_async_context(hosting.hosted(place))
        if after:
            here.engine.events.add("warning", "engine", f"{after}; it runs here now")
        if self._lock is not None:
            here.engine.beside["lock"] = partial(self._lock.keep_telling, place.clock)
        here.engine.on_settings.append(self._tell)
        self._current, self._run = here.source, here.engine.run
        self._viewers = here.viewers

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
        there.on_first = self._compare
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

    def _compare(self, status: EngineStatus) -> None:
        """Whoever could not take this engine over hears of it while it runs."""
        if status.kind != self._place.kind:
            text = f"the engine here runs on {status.kind} data, this terminal would on "
            text += f"{self._place.kind} data: it only looks on, and will not take over"
            log.warning("%s", text)
            self._say(text)


def _told(error: Exception) -> str:
    """What keeps an engine from running here, in a line."""
    if isinstance(error, MonitorError):
        log.error("no engine can run here: %s", error.line())
        return error.line()
    log.error("no engine can run here", exc_info=error)
    return f"{type(error).__name__}: {error} (the log has the traceback)"


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
