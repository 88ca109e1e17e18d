"""Between engines: what was shown stays until the next one has as much to show."""

import asyncio
from collections.abc import Callable, Coroutine

from tui_monitor.boards.status import EngineStatus
from tui_monitor.model import FeedState
from tui_monitor.words import t

# A next engine that gets no further than this shows what it has.
LONGEST_MS = 15_000
_WITH_DATA = (FeedState.LIVE, FeedState.BRIDGED)


async def pulled(
    coming: Coroutine[None, None, None], every_s: float | None, meanwhile: Callable[[], None]
) -> None:
    """Wait for a board, and do something else every so often: a board may take long."""
    pulling = asyncio.create_task(coming)
    try:
        while not (await asyncio.wait([pulling], timeout=every_s))[0]:
            meanwhile()
    finally:
        pulling.cancel()
    await pulling


class Gap:
    """Knows how well the engine did that has gone. Times are engines' own."""

    def __init__(self) -> None:
        self._shown: EngineStatus | None = None
        self._back_ms: int | None = None

    def begin(self, last: EngineStatus | None) -> None:
        """The engine has gone; what it said last stands on the screen."""
        if self._shown is None and last is not None and last.mode != "starting":
            self._shown = last
        self._back_ms = None

    def end(self) -> None:
        """What there is now is wanted, whatever it is."""
        self._shown = self._back_ms = None

    def waits(self, status: EngineStatus) -> str:
        """Why what was shown stays, in words; empty: the next engine has as much, or never will."""
        if self._shown is None:
            return ""
        if self._back_ms is None:
            self._back_ms = status.now_ms
        live, wanted = _live(status), _live(self._shown)
        is_well = live >= wanted and status.coins_live >= self._shown.coins_live
        if is_well or status.now_ms - self._back_ms >= LONGEST_MS:
            self.end()
            return ""
        age_s = max(0, status.now_ms - self._shown.now_ms) // 1000
        said = "what is shown is {age} s old: of {wanted} exchanges {live} are live again"
        return t(said, age=age_s, wanted=wanted, live=live)


def _live(status: EngineStatus) -> int:
    return sum(light.state in _WITH_DATA for light in status.lights)
