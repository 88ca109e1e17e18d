"""A daemon elsewhere, watched over the network: it is never taken over, it is found again.

When it goes away, whoever asks is told so, and since when; meanwhile it is looked for, at first
often, then seldom. What it says when it is back begins where it had ended, or says what was missed.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, cast

import msgspec

from tui_monitor.attach.calls import CALLS
from tui_monitor.attach.client import ERRAND_S, Attached, answering
from tui_monitor.attach.dial import OPEN_S, dialled
from tui_monitor.attach.elsewhere import Elsewhere
from tui_monitor.attach.fetched import fetch
from tui_monitor.attach.memory import Memory
from tui_monitor.boards.status import EngineStatus, EventLine
from tui_monitor.clock import BoardZone, Clock
from tui_monitor.errors import EngineGone, MonitorError
from tui_monitor.printable import printable
from tui_monitor.source import Exported, Source

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0
# What breaks sooner than this is no better than what can't be had.
_STEADY_S = 5.0
_MOST_LINES = 50
# Beside the engine's numbers, which begin with 1.
_OWN_IDS = 1 << 40
_NOT_SHOWN = frozenset({"status", "events"})


class _Away(NamedTuple):
    """Since when it is, by both clocks, and why."""

    since_s: float
    why: str


class Remote:
    """A source that stays while its daemon comes and goes; `run` finds it again."""

    def __init__(self, daemon: Elsewhere, clock: Clock, exports_dir: Path) -> None:
        self.daemon = daemon
        self._clock = clock
        self._exports_dir = exports_dir
        self._memory = Memory(changes_come=True)
        self._memory.on_missed = self._seen_again
        self._stack = AsyncExitStack()
        self._there: Attached | None = None
        self._away: _Away | None = None
        self._back_after_s: float | None = None
        self._pause_s = FIRST_PAUSE_S
        self._their_events: list[EventLine] = []
        self._own_events: list[EventLine] = []
        self.on_news: list[Callable[[str], None]] = []
        """Told of what its reader should know of at once, in a line."""

    @property
    def source(self) -> Source:
        """This as what it stands for; EngineGone while the daemon is away."""
        return cast("Source", self)

    def __getattr__(self, name: str) -> Any:
        if name not in CALLS:
            raise AttributeError(name)
        return getattr(self._connected(), name)

    def status(self) -> EngineStatus:
        """The daemon's, of the last second, and where it is."""
        return msgspec.structs.replace(self._connected().status(), at=self.daemon.base)

    def events(self, after_id: int = 0) -> list[EventLine]:
        """The daemon's event log and what happened on the way to it, oldest first.

        While it is away what is known of it.
        """
        if self._there is not None:
            self._their_events = self._there.events() or self._their_events
        lines = sorted([*self._their_events, *self._own_events], key=lambda line: line.last_ms)
        return [line for line in lines if line.id > after_id]

    async def export(
        self, what: str, first_ms: int, last_ms: int, file_format: str, path: Path | None
    ) -> Exported:
        """Write an export here: the daemon's rows in a file of this machine."""
        there = self._connected()

        async def ask(call: str, args: dict[str, Any]) -> msgspec.Raw:
            return (await there.question(call, args, ERRAND_S)).data

        wanted = {
            "what": what,
            "first_ms": first_ms,
            "last_ms": last_ms,
            "file_format": file_format,
        }
        zone = BoardZone(there.status().timezone)
        stamp = zone.format(self._clock.now_ms(), "%Y%m%d_%H%M%S")
        name = f"{printable(what)}_{stamp}.{printable(file_format)}".replace("/", "_")
        return await fetch(ask, wanted, path or self._exports_dir / name)

    def _connected(self) -> Attached:
        if self._there is not None:
            return self._there
        if self._away is None:
            raise EngineGone(f"{self.daemon.base} has not answered yet")
        away_s = self._clock.monotonic_s() - self._away.since_s
        text = f"what is shown is {away_s:.0f} s old: {self._away.why}"
        raise EngineGone(text, "looking for it, q leaves")

    async def open(self) -> None:
        """Attach for the first time; what prevents it is raised."""
        socket = await self._stack.enter_async_context(dialled(self.daemon, OPEN_S))
        self._there = Attached(socket, self._clock, self._memory)

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            if self._there is None:
                await self._find_again()
            begun_s = self._clock.monotonic_s()
            try:
                if self._there is not None:
                    await self._there.run()
            except EngineGone:
                self._lost(f"{self.daemon.base} has gone")
            if self._clock.monotonic_s() - begun_s >= _STEADY_S:
                self._pause_s = FIRST_PAUSE_S
            await self._stack.aclose()

    def _lost(self, why: str) -> None:
        log.warning("%s", why)
        if self._there is not None:
            self._their_events = self._there.events() or self._their_events
        self._there = None
        self._away = _Away(self._clock.monotonic_s(), why)
        self._note("warning", why)

    async def _find_again(self) -> None:
        while self._away is not None:
            await self._clock.sleep(self._pause_s)
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
            try:
                await self.open()
            except MonitorError as error:
                log.info("%s", error.line())
                self._away = self._away._replace(why=error.message)
            else:
                self._back_after_s = self._clock.monotonic_s() - self._away.since_s
                self._away = None

    def _seen_again(self, name: str, missed: int | None) -> None:
        """The first board after a break says what was missed, once."""
        if self._back_after_s is None or name in _NOT_SHOWN:
            return
        after = f"attached again after {self._back_after_s:.0f} s"
        self._back_after_s = None
        if missed == 0:
            self._note("info", f"{after}, nothing of the board was missed")
        elif missed is None:
            self._note("warning", f"{after}, what the board showed meanwhile is not known")
        else:
            self._note("warning", f"{after}, {missed} states of the board were missed")

    def _note(self, level: str, text: str) -> None:
        now = self._clock.now_ms()
        number = _OWN_IDS + (self._own_events[-1].id - _OWN_IDS + 1 if self._own_events else 0)
        self._own_events.append(
            EventLine(
                id=number,
                first_ms=now,
                last_ms=now,
                level=level,
                area="attach",
                text=text,
                count=1,
            )
        )
        del self._own_events[:-_MOST_LINES]
        for tell in self.on_news:
            tell(text)


@asynccontextmanager
async def remote(daemon: Elsewhere, clock: Clock, exports_dir: Path) -> AsyncIterator[Remote]:
    """Attach to a daemon elsewhere. What prevents it is raised before anything is shown."""
    one = Remote(daemon, clock, exports_dir)
    try:
        await one.open()
        yield one
    finally:
        await one._stack.aclose()  # noqa: SLF001 - half of its making


@asynccontextmanager
async def asked_once_at(daemon: Elsewhere, clock: Clock, within_s: float) -> AsyncIterator[Source]:
    """A daemon elsewhere for a question or two: it answers while the block runs."""
    async with dialled(daemon, within_s) as socket:
        there = Attached(socket, clock, Memory(changes_come=True))
        async with answering(there):
            yield there.source
