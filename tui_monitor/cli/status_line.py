"""Every half minute one line on how everything does: to the log, and to the supervisor."""

import logging
from collections.abc import Callable

from tui_monitor import logs
from tui_monitor.boards.status import EngineStatus, FeedLight
from tui_monitor.boards.system import ChannelKey, channel_key
from tui_monitor.clock import Clock
from tui_monitor.engine import Engine
from tui_monitor.engine.process import memory_bytes
from tui_monitor.model import FeedState
from tui_monitor.source import Source

log = logging.getLogger("tui_monitor.status")

EVERY_S = 30.0
NOTE_S = 2.0
_MEGABYTE = 1_000_000


class StatusLine:
    """Says the line while `run()` does; `tell` gets it too."""

    def __init__(self, engine: Engine, tell: Callable[[str], None]) -> None:
        self._engine = engine
        self._tell = tell
        # Of our own: what others ask for in between must not shorten the half minute.
        self._before: tuple[float, dict[ChannelKey, int]] = (engine.clock.monotonic_s(), {})

    async def run(self) -> None:
        """For ever."""
        self._messages_per_s()
        while True:
            await self._engine.clock.sleep(EVERY_S)
            text = self.text()
            log.info("%s", text, extra=logs.PACED)
            self._tell(text)

    def text(self) -> str:
        """The line of now: trouble first; the database with its WAL."""
        status, store, memory = self._engine.status(), self._engine.store, memory_bytes()
        database = (store.file_bytes + store.wal_bytes) / _MEGABYTE
        parts = [*troubles(status), *figures(status, self._messages_per_s())]
        parts.append(f"database {database:.1f} MB")
        if memory is not None:
            parts.append(f"memory {memory / _MEGABYTE:.0f} MB")
        return ", ".join(parts)

    def _messages_per_s(self) -> float:
        """Of all streams, since the line before; one that was not there then has begun since."""
        feeds = [self._engine.feeds[name] for name in self._engine.enabled]
        counts = {channel_key(one): one.messages for feed in feeds for one in feed.health()}
        now_s = self._engine.clock.monotonic_s()
        then_s, before = self._before
        self._before = (now_s, counts)
        if now_s <= then_s:
            return 0.0
        return sum(_news(before.get(key, 0), count) for key, count in counts.items()) / (
            now_s - then_s
        )


def _news(before: int, count: int) -> int:
    """Messages since then; a feed that was started again counts from nothing."""
    return count - before if count >= before else count


async def rates_noted(source: Source, clock: Clock) -> None:
    """For ever. Who asks for the system board first finds messages counted already."""
    while True:
        source.status()
        await clock.sleep(NOTE_S)


def troubles(status: EngineStatus) -> list[str]:
    """What somebody should look at."""
    found = [f"worker failed: {text}" for text in status.failed_workers]
    if not status.recording:
        found.append(f"NOT RECORDING: {status.recording_reason}")
    return found


def figures(status: EngineStatus, messages_per_s: float) -> list[str]:
    """The rest, in a fixed order."""
    live = [light for light in status.lights if light.state is FeedState.LIVE]
    others = [_named(light) for light in status.lights if light not in live]
    return [
        f"{len(live)}/{len(status.lights)} exchanges live"
        + (f" ({', '.join(others)})" if others else ""),
        f"{messages_per_s:.0f} messages/s",
        f"{status.coins_live}/{status.coins_expected} coins",
        f"{status.nodes_today}/{status.nodes_due_today} nodes",
    ]


def _named(light: FeedLight) -> str:
    return f"{light.exchange.value} {light.state.value}"
