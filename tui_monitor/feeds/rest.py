"""What the REST clients of all exchanges have in common."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from msgspec import Raw

from tui_monitor.errors import FeedError, Malformed, RateLimited, Rejected, Unreachable
from tui_monitor.feeds.adapter import Damaged, Event
from tui_monitor.feeds.http import Http
from tui_monitor.model import Candle
from tui_monitor.printable import printable
from tui_monitor.steps import gathered, in_steps

# To read them takes some 2 ms.
ROWS_A_STEP = 200


class Refusals(NamedTuple):
    """Codes of an exchange that are more than a plain no, and the pause that the first mean."""

    too_many: frozenset[str]
    not_now: frozenset[str]
    pause_s: float

    def error(self, code: str, message: str, hint: str = "") -> FeedError:
        """What an answer with this code means."""
        text = f"{code} {printable(message, 160)}".strip()
        if code in self.too_many:
            return RateLimited(text, self.pause_s)
        if code in self.not_now:
            return Unreachable(text)
        return Rejected(text, code, hint)


class RestClient:
    """An exchange's REST: it can be closed, and says how long it wants to be left alone."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    @property
    def paused_s(self) -> float:
        """Seconds for which the exchange has asked us to stay away."""
        return self._http.pause.remaining_s()


def time_at(name: str, at_ms: int | None) -> dict[str, str]:
    """A parameter that is a time, where there is one."""
    return {} if at_ms is None else {name: str(at_ms)}


async def events_of(rows: Sequence[Raw], read_row: Callable[[Raw], Iterable[Event]]) -> list[Event]:
    """What an answer's rows tell, in their order. Those of a whole market are read in steps: the
    streams have their turn between.
    """
    told = (event for row in rows for event in read_row(row))
    if len(rows) <= ROWS_A_STEP:
        return list(told)
    return await in_steps(gathered(told, ROWS_A_STEP))


def refuse_all_bad(events: Iterable[Event], found: Sequence[object], path: str = "") -> None:
    """Raises Malformed where rows were damaged and none of the others was found useful."""
    damaged = [event for event in events if isinstance(event, Damaged)]
    if damaged and not found:
        bad = f"{len(damaged)} bad rows: {damaged[0].reason}"
        raise Malformed(f"{path}: {bad}" if path else bad)


def bars_of(candles: Iterable[Candle]) -> list[Candle]:
    """One bar for each time of opening, the first that came; newest first."""
    found: dict[int, Candle] = {}
    for candle in candles:
        found.setdefault(candle.open_ms, candle)
    return sorted(found.values(), key=lambda candle: -candle.open_ms)
