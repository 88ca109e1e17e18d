"""Bitget's channels (v2) and topics (v3): what each pushes, and when."""

from collections.abc import Callable
from typing import Any

import msgspec

from tui_monitor.clock import DAY_MS, SECOND_MS
from tui_monitor.simulator.bitget import rows
from tui_monitor.simulator.cascades import Cascades, largest_of_seconds, let_through
from tui_monitor.simulator.faults import Target
from tui_monitor.simulator.listings import Listing, Shelf
from tui_monitor.simulator.noise import seed_of
from tui_monitor.simulator.pages import bar_at, window
from tui_monitor.simulator.pushes import FormingBar, next_on_grid
from tui_monitor.simulator.timeframes import Timeframe
from tui_monitor.simulator.updates import next_update

Arg = dict[str, str]
_CANDLE_PERIOD_MS = 1_000
_MANY_LIQUIDATIONS_MS = 60_000
# The row's time is a few milliseconds before the frame's.
_ROW_DELAY_MS = 4


def frame(action: str, arg: Arg, data: list[Any], now_ms: int | None) -> bytes:
    """A push; the first one of candles has no time."""
    body: dict[str, Any] = {"action": action, "arg": arg, "data": data}
    if now_ms is not None:
        body["ts"] = now_ms
    return msgspec.json.encode(body)


class SteadyFeed:
    """The same kind of row every `period_ms`, whether it has changed or not: always a snapshot."""

    def __init__(
        self,
        arg: Arg,
        target: Target,
        listing: Listing,
        period_ms: int,
        build: Callable[[Listing, int], dict[str, Any]],
    ) -> None:
        self.target = target
        self._arg = arg
        self._listing = listing
        self._period_ms = period_ms
        self._build = build
        # Not all at the same moment.
        self._offset_ms = seed_of(*sorted(arg.values())) % period_ms

    def first(self, now_ms: int) -> list[bytes]:
        row = self._build(self._listing, now_ms)
        return [frame("snapshot", self._arg, [row], now_ms)]

    def next_ms(self, now_ms: int) -> int:
        return next_on_grid(now_ms, self._period_ms, self._offset_ms)

    def frames(self, now_ms: int) -> list[bytes]:
        return self.first(now_ms)


def ticker_v2(listing: Listing, now_ms: int) -> dict[str, Any]:
    """v2's row, a few milliseconds old."""
    return rows.pushed_v2(listing, now_ms - _ROW_DELAY_MS)


class BookFeed:
    """The top of the book at each change."""

    def __init__(
        self, arg: Arg, target: Target, listing: Listing, names: tuple[str, str], rate: float
    ) -> None:
        """`names` are those of asks and bids."""
        self.target = target
        self._arg = arg
        self._listing = listing
        self._names = names
        self._rate = rate

    def first(self, now_ms: int) -> list[bytes]:
        ask, bid = rows.sides(self._listing, now_ms)
        row: dict[str, Any] = {self._names[0]: [ask], self._names[1]: [bid]}
        row |= {"checksum": 0, "seq": now_ms * 260, "pseq": 0, "ts": str(now_ms)}
        return [frame("snapshot", self._arg, [row], now_ms)]

    def next_ms(self, now_ms: int) -> int:
        return next_update(self._listing.series, now_ms, self._rate)

    def frames(self, now_ms: int) -> list[bytes]:
        return [] if self._listing.series.clamp(now_ms) < now_ms else self.first(now_ms)


class CandleFeed:
    """Some history as a snapshot, then the forming bar once a second.

    Nothing says that a bar is closed: it is pushed once more when the next one begins.
    """

    def __init__(
        self,
        arg: Arg,
        target: Target,
        listing: Listing,
        timeframe: Timeframe,
        build: Callable[[Listing, int, Any], Any],
    ) -> None:
        self.target = target
        self._arg = arg
        self._listing = listing
        self._timeframe = timeframe
        self._build = build
        offset_ms = seed_of(*sorted(arg.values())) % _CANDLE_PERIOD_MS
        self._forming = FormingBar(listing.series, timeframe, _CANDLE_PERIOD_MS, offset_ms)

    def first(self, now_ms: int) -> list[bytes]:
        count = 100 if self._timeframe.length_ms < DAY_MS // 4 else 5
        opens = window(self._listing, self._timeframe, (None, None), count, now_ms)
        self._forming.begin(now_ms)
        made = [self._bar(open_ms, now_ms) for open_ms in opens]
        return [frame("snapshot", self._arg, made, None)]

    def next_ms(self, now_ms: int) -> int:
        return self._forming.next_ms(now_ms)

    def frames(self, now_ms: int) -> list[bytes]:
        opens = self._forming.opens(now_ms)
        return [frame("update", self._arg, [self._bar(at, now_ms)], now_ms) for at in opens]

    def _bar(self, open_ms: int, now_ms: int) -> Any:
        bar = bar_at(self._listing, self._timeframe, open_ms, now_ms)
        return self._build(self._listing, open_ms, bar)


class LiquidationFeed:
    """Once a second, of each symbol the largest long and the largest short: not all."""

    def __init__(self, arg: Arg, target: Target, shelf: Shelf, cascades: Cascades) -> None:
        self.target = target
        self._arg = arg
        self._shelf = shelf
        self._cascades = cascades
        self._until_ms = 0

    def first(self, now_ms: int) -> list[bytes]:
        self._until_ms = now_ms - now_ms % SECOND_MS
        return []

    def next_ms(self, now_ms: int) -> int:
        return self._cascades.second_ends_ms(now_ms)

    def frames(self, now_ms: int) -> list[bytes]:
        end_ms = now_ms - now_ms % SECOND_MS
        first_ms = max(min(self._until_ms, end_ms), end_ms - _MANY_LIQUIDATIONS_MS)
        self._until_ms = end_ms
        told = let_through(self._cascades, largest_of_seconds, first_ms, end_ms)
        made = [rows.liquidation(self._shelf.owner(one.series), one) for one in told]
        return [frame("update", self._arg, made, now_ms)] if made else []
