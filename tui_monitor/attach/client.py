"""The viewer's end: a source whose answers come from an engine in another process."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, cast

import msgspec
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tui_monitor.attach.calls import CALLS, arguments, error_of, meant
from tui_monitor.attach.hello import greet
from tui_monitor.attach.memory import Memory
from tui_monitor.attach.session import SHARED, Reply
from tui_monitor.boards.status import EngineStatus, EventLine
from tui_monitor.clock import Clock
from tui_monitor.errors import BadInput, EngineGone, MonitorError
from tui_monitor.model import BAR_MS, Exchange
from tui_monitor.source import Source

log = logging.getLogger(__name__)

OPEN_S = 5.0
BOARD_S = 10.0
ERRAND_S = 600.0
STATUS_EVERY_S = 1.0
SILENT_S = 4.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024
_PING_S = 20.0
_CLOSE_S = 0.2

_reply = msgspec.json.Decoder(Reply)


class Attached:
    """Asks an engine over one socket, as long as `run` runs.

    It has all methods of `Source`; each raises what the engine's own raised, EngineGone once the
    engine is, and MonitorError where it gives no answer in time. A `memory` may have the answers
    of a connection before this one.
    """

    def __init__(
        self, socket: ClientConnection, clock: Clock, memory: Memory | None = None
    ) -> None:
        self._socket = socket
        self._clock = clock
        self._memory = memory or Memory()
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._last_id = 0
        self._status: EngineStatus | None = None
        self._status_s = 0.0
        self._events: list[EventLine] = []
        self._watched: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.on_first: Callable[[EngineStatus], None] | None = None
        """Told of the first status."""

    @property
    def source(self) -> Source:
        """This as what it stands for: a method that is not here is asked of the engine."""
        return cast("Source", self)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in CALLS:
            raise AttributeError(name)
        return partial(self._ask, name)

    def status(self) -> EngineStatus:
        """The engine's, of the last second; EngineGone where it has been silent since."""
        if self._status is None:
            raise MonitorError("the engine has not answered yet")
        silent_s = self._clock.monotonic_s() - self._status_s
        if silent_s > SILENT_S:
            text = f"the engine has not answered for {silent_s:.0f} s"
            raise EngineGone(text, "its process is stopped or too busy", silent=True)
        return msgspec.structs.replace(self._status, mode="attached")

    def events(self, after_id: int = 0) -> list[EventLine]:
        """The engine's event log, oldest first."""
        return [line for line in self._events if line.id > after_id]

    def watch_bars(self, exchange: Exchange | None = None, bar: str | None = None) -> None:
        """Pass it on; nobody waits for it."""
        if bar is not None and bar not in BAR_MS:
            raise BadInput(f"there are no bars of {bar!r}", f"there are {', '.join(BAR_MS)}")
        self._watched.put_nowait({"exchange": exchange, "bar": bar})

    async def run(self) -> NoReturn:
        """Keep the status; ends by raising EngineGone."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.read())
                tasks.create_task(self._follow())
                tasks.create_task(self._pass_on())
        except* EngineGone:
            pass
        raise _gone()

    async def read(self) -> NoReturn:
        """Take answers to what is asked; ends by raising EngineGone."""
        try:
            async for message in self._socket:
                reply = _reply.decode(message)
                waiting = self._waiting.pop(reply.id if reply.id is not None else -1, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(reply)
        except (ConnectionClosed, msgspec.DecodeError) as error:
            log.info("the engine is gone: %s", error)
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(_gone())
        raise _gone()

    async def _follow(self) -> None:
        """What the status line and the event log show."""
        seen = -1
        while True:
            try:
                status = await self.take_status()
                if status.events_total != seen:
                    self._events = await self._ask("events")
                    seen = status.events_total
            except EngineGone:
                raise
            except MonitorError as error:
                log.warning("no status: %s", error.line())
            await self._clock.sleep(STATUS_EVERY_S)

    async def take_status(self) -> EngineStatus:
        """Ask for the status, and keep it."""
        status: EngineStatus = await self._ask("status")
        self._take(status)
        return status

    def _take(self, status: EngineStatus) -> None:
        is_first, self._status = self._status is None, status
        self._status_s = self._clock.monotonic_s()
        if is_first and self.on_first is not None:
            self.on_first(status)

    async def _pass_on(self) -> None:
        while True:
            wanted = await self._watched.get()
            try:
                await self._ask("watch_bars", **wanted)
            except EngineGone:
                raise
            except MonitorError as error:
                log.warning("bars are not watched: %s", error.line())

    async def _ask(self, name: str, *given: Any, **named: Any) -> Any:
        args = arguments(name, *given, **named)
        if name not in SHARED:
            return meant(name, (await self.question(name, args, ERRAND_S)).data)
        key = msgspec.json.encode([name, args], order="deterministic")
        # Another answer to the same question may come while this one is under way.
        before = self._memory.answer(key)
        reply = await self.question(name, args, BOARD_S, since=before.revision)
        return self._memory.take(name, key, before, reply)

    async def question(
        self, name: str, args: dict[str, Any], within_s: float, since: str | None = None
    ) -> Reply:
        """Ask what need not be one of `Source`'s methods."""
        self._last_id += 1
        number = self._last_id
        question = {"id": number, "call": name, "args": args, "since": since}
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(within_s):
                await self._socket.send(msgspec.json.encode(question), text=True)
                reply: Reply = await waiting
        except TimeoutError as error:
            raise MonitorError(
                f"the engine gave no answer within {within_s:g} s",
                "its process is stopped or too busy",
            ) from error
        except ConnectionClosed as error:
            raise _gone() from error
        finally:
            self._waiting.pop(number, None)
            if waiting.done() and not waiting.cancelled():
                waiting.exception()  # the engine may have gone while we were still asking
        if reply.error is not None:
            raise error_of(reply.error)
        return reply


def _gone() -> EngineGone:
    return EngineGone("the engine has gone", "waiting for another one")


@asynccontextmanager
async def attached(path: Path, clock: Clock, within_s: float = OPEN_S) -> AsyncIterator[Attached]:
    """Attach to the engine that listens on a Unix socket; EngineGone if none answers there.

    Its answers come from the first `run` on.
    """
    try:
        socket = await unix_connect(
            str(path),
            "ws://localhost/",
            compression=None,
            open_timeout=within_s,
            close_timeout=_CLOSE_S,
            ping_interval=_PING_S,
            ping_timeout=_PING_S,
            max_size=MAX_ANSWER_BYTES,
        )
    except (OSError, TimeoutError, InvalidHandshake, EOFError) as error:
        silent = isinstance(error, TimeoutError)
        raise EngineGone(f"no engine answers at {path}: {error}", silent=silent) from error
    async with socket:
        await greet(socket, f"the engine at {path}", within_s)
        yield Attached(socket, clock)


@asynccontextmanager
async def asked_once(path: Path, clock: Clock, within_s: float) -> AsyncIterator[Source]:
    """The same for a question or two: it answers while the block runs."""
    async with attached(path, clock, within_s) as there, answering(there):
        yield there.source


@asynccontextmanager
async def answering(there: Attached) -> AsyncIterator[None]:
    """It answers while the block runs, and keeps the status of its begin."""
    reading = asyncio.create_task(there.read())
    try:
        await there.take_status()
        yield
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
