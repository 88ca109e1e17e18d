"""The headless process: the engine and its REST endpoint until a signal ends both."""

import asyncio
import gc
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from tui_monitor.api.address import Address, bind, guarded
from tui_monitor.api.app import build_app
from tui_monitor.api.limits import Limits
from tui_monitor.api.serving import serving
from tui_monitor.clock import BoardZone, Clock
from tui_monitor.config import Api, is_loopback
from tui_monitor.source import Source

STOP_S = 2.0
# A stop that goes on, slowly, on a busy machine: cut off, it would lose its last rows.
LONGEST_STOP_S = 8.0
_LOOK_S = 0.1
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
log = logging.getLogger(__name__)


Worker = Callable[[], Awaitable[None]]


def _nothing() -> None:
    """Nobody wants to know."""


class Around(NamedTuple):
    """What a daemon does besides: `on_stop` is called when the end begins, `on_hangup` with each
    SIGHUP, which otherwise ends the process; `beside` live as long as requests are answered.
    """

    on_stop: Callable[[], None] = _nothing
    on_hangup: Callable[[], None] | None = None
    beside: Sequence[Worker] = ()


# New objects, then generations, between two looks for garbage. How many are looked at in the end
# is the same with any number of new ones; a look at five thousand took up to 12 ms.
_COLLECTIONS = (1_000, 2_000, 100)


async def run_daemon(
    run: Worker,
    source: Source,
    settings: Api,
    clock: Clock,
    zone: BoardZone,
    *,
    on_ready: Callable[[str], None],
    around: Around | None = None,
) -> None:
    """Run the engine and serve its boards until SIGTERM or SIGINT, or until the engine ends.

    `run` is the engine's coroutine function; it is cancelled on stop and waited for. `on_ready`
    gets the URL once requests are answered. SettingsError and FolderUnusable come before the
    engine begins; what ends the engine is raised as it is. A process in which nothing has come to
    its end for `STOP_S` after a signal is ended with exit code 1, and so is one that lives on
    `LONGEST_STOP_S`.
    """
    around = around or Around()
    wanted = guarded(settings)
    listener = await bind(wanted)
    with listener, _signals(around.on_hangup) as stop:
        address = Address(wanted.host, listener.getsockname()[1])
        limits = Limits()
        app = build_app(
            source,
            clock,
            zone,
            address=address,
            hosts=settings.hosts,
            token=settings.token,
            limits=limits,
        )
        try:
            async with asyncio.TaskGroup() as group:
                engine = group.create_task(_engine(run, stop), name="engine")
                async with serving(app, listener, limits):
                    log.info("serving %s", address.url)
                    if not is_loopback(address.host):
                        log.warning("%s is open to the network without TLS: %s", *_open(settings))
                    _collect_rarely()
                    on_ready(address.url)
                    others = [group.create_task(_as_coroutine(one)) for one in around.beside]
                    await stop.wait()
                    around.on_stop()
                    # At once, beside the clients' leaving: boards are still answered from memory.
                    engine.cancel()
                    for other in others:
                        other.cancel()
        except BaseExceptionGroup as several:
            raise _first(several) from several


def _open(settings: Api) -> tuple[str, str]:
    """Of an address that others reach: which, and what that means."""
    advice = "who listens on the way reads api.token and all data; better is a proxy that ends TLS"
    return settings.listen, advice


def _collect_rarely() -> None:
    """Boards of a whole market hold no cycles: looking through them for garbage frees nothing, and
    held everything up for a third of a second."""
    gc.freeze()
    gc.set_threshold(*_COLLECTIONS)


async def _engine(run: Worker, stop: asyncio.Event) -> None:
    await run()
    stop.set()


async def _as_coroutine(worker: Worker) -> None:
    await worker()


@contextmanager
def _signals(on_hangup: Callable[[], None] | None) -> Iterator[asyncio.Event]:
    """An event that the first signal to stop sets; from then on the end is watched."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    # A thread, since what hangs may be the loop itself.
    last_resort = threading.Thread(target=_watch_the_end, args=(loop,), daemon=True)

    def begin_stop() -> None:
        if last_resort.ident is None:
            log.info("stopping")
            last_resort.start()
        stop.set()

    answers = dict.fromkeys(_SIGNALS, begin_stop)
    if on_hangup is not None:
        answers[signal.SIGHUP] = on_hangup
    for number, answer in answers.items():
        loop.add_signal_handler(number, answer)
    try:
        yield stop
    finally:
        # In a stop they and the watch go on, until the loop is closed: closing the database is
        # part of it, and a second signal must not end us in the middle.
        if not stop.is_set():
            for number in answers:
                loop.remove_signal_handler(number)


def _watch_the_end(loop: asyncio.AbstractEventLoop) -> None:
    """Give up when tasks and threads are left of which none ends any more.

    By looks, not by the clock: a machine that had no time for us takes none of ours away.
    """
    pause = threading.Event()
    left: set[object] = set()
    still_s = spent_s = 0.0
    while still_s < STOP_S and spent_s < LONGEST_STOP_S:
        pause.wait(_LOOK_S)
        before, left = left, {*asyncio.all_tasks(loop), *threading.enumerate()}
        still_s = still_s + _LOOK_S if before <= left else 0.0
        spent_s += _LOOK_S
    _give_up(loop)


def _give_up(loop: asyncio.AbstractEventLoop) -> None:
    left = sorted(task.get_name() for task in asyncio.all_tasks(loop))
    log.error("the stop does not come to its end; ending the process; left: %s", ", ".join(left))
    logging.shutdown()
    os._exit(1)


def _first(several: BaseExceptionGroup[BaseException]) -> BaseException:
    found: BaseException = several
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
