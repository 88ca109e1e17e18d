"""OKX's channels: what each pushes, and when."""

from collections.abc import Callable
from typing import Any

import msgspec

from tui_monitor.simulator.cascades import (
    Cascades,
    first_of_seconds,
    let_through,
    told_before,
)
from tui_monitor.simulator.derivatives import Liquidation
from tui_monitor.simulator.faults import Target
from tui_monitor.simulator.noise import seed_of
from tui_monitor.simulator.okx import rows
from tui_monitor.simulator.okx.bars import row
from tui_monitor.simulator.okx.catalog import Catalog, Listing
from tui_monitor.simulator.okx.rest import instrument_row
from tui_monitor.simulator.pushes import FormingBar, next_on_grid
from tui_monitor.simulator.shared import Root
from tui_monitor.simulator.timeframes import Timeframe
from tui_monitor.simulator.updates import next_update

Arg = dict[str, str]
_CANDLE_PERIOD_MS = 1_000
_MANY_LIQUIDATIONS_MS = 60_000


def frame(arg: Arg, data: list[Any]) -> bytes:
    """A push."""
    return msgspec.json.encode({"arg": arg, "data": data})


class TickerFeed:
    """Pushes at every change of the ticker, and the present one at first."""

    def __init__(self, arg: Arg, target: Target, listing: Listing, rate: float) -> None:
        self.target = target
        self._arg = arg
        self._listing = listing
        self._rate = rate

    def first(self, now_ms: int) -> list[bytes]:
        return self.frames(now_ms)

    def next_ms(self, now_ms: int) -> int:
        return next_update(self._listing.series, now_ms, self._rate)

    def frames(self, now_ms: int) -> list[bytes]:
        return [frame(self._arg, [rows.ticker(self._listing, now_ms, self._rate)])]


class PeriodicFeed:
    """Looks every `period_ms` and pushes if the value has changed, or `at_least_ms` after the last.

    `value` names the field that counts as a change.
    """

    def __init__(
        self,
        arg: Arg,
        target: Target,
        times: tuple[int, int],
        value: str,
        build: Callable[[int], dict[str, Any]],
    ) -> None:
        """`times` are the period and the longest silence, in ms."""
        self.target = target
        self._arg = arg
        self._period_ms, self._at_least_ms = times
        self._value = value
        self._build = build
        # Not all at the same moment.
        self._offset_ms = seed_of(*sorted(arg.values())) % self._period_ms
        self._pushed_ms = 0
        self._last: Any = None

    def first(self, now_ms: int) -> list[bytes]:
        return self.frames(now_ms)

    def next_ms(self, now_ms: int) -> int:
        return next_on_grid(now_ms, self._period_ms, self._offset_ms)

    def frames(self, now_ms: int) -> list[bytes]:
        made = self._build(now_ms)
        if made[self._value] == self._last and now_ms - self._pushed_ms < self._at_least_ms:
            return []
        self._last, self._pushed_ms = made[self._value], now_ms
        return [frame(self._arg, [made])]


class CandleFeed:
    """The forming bar once a second; each closed bar once, with confirm "1"."""

    def __init__(self, arg: Arg, target: Target, listing: Listing, timeframe: Timeframe) -> None:
        self.target = target
        self._arg = arg
        self._listing = listing
        self._timeframe = timeframe
        offset_ms = seed_of(*sorted(arg.values())) % _CANDLE_PERIOD_MS
        self._forming = FormingBar(listing.series, timeframe, _CANDLE_PERIOD_MS, offset_ms)

    def first(self, now_ms: int) -> list[bytes]:
        return [self._bar(self._forming.begin(now_ms), now_ms)]

    def next_ms(self, now_ms: int) -> int:
        return self._forming.next_ms(now_ms)

    def frames(self, now_ms: int) -> list[bytes]:
        return [self._bar(open_ms, now_ms) for open_ms in self._forming.opens(now_ms)]

    def _bar(self, open_ms: int, now_ms: int) -> bytes:
        return frame(self._arg, [row(self._listing, self._timeframe, open_ms, now_ms)])


class InstrumentsFeed:
    """Rows whose state has changed; nothing at first (so since September 2026)."""

    def __init__(self, arg: Arg, target: Target, root: Root, catalog: Catalog) -> None:
        self.target = target
        self._arg = arg
        self._root = root
        self._catalog = catalog
        self._known: dict[str, dict[str, Any]] = {}

    def first(self, now_ms: int) -> list[bytes]:
        self._known = self._rows(now_ms)
        return []

    def next_ms(self, now_ms: int) -> int:
        return now_ms + 2_000

    def frames(self, now_ms: int) -> list[bytes]:
        present = self._rows(now_ms)
        changed = [made for name, made in present.items() if self._known.get(name) != made]
        gone = [
            {**made, "state": "expired"}
            for name, made in self._known.items()
            if name not in present
        ]
        self._known = present
        return [frame(self._arg, changed + gone)] if changed or gone else []

    def _rows(self, now_ms: int) -> dict[str, dict[str, Any]]:
        faults, name = self._root.shared.faults, self._root.exchange
        return {
            listing.inst_id: instrument_row(self._root, listing, now_ms)
            for listing in self._catalog.rows(now_ms)
            if listing.inst_type == self._arg["instType"]
            and not faults.delisted(name, listing.market, listing.inst_id)
        }


class LiquidationFeed:
    """Forced closes as they happen, one a contract and second. The first frame repeats an old one.

    The sentence that says so is gone from the documentation, but nothing says that it changed.
    """

    def __init__(self, arg: Arg, target: Target, cascades: Cascades) -> None:
        self.target = target
        self._arg = arg
        self._cascades = cascades
        self._told_ms = 0

    def first(self, now_ms: int) -> list[bytes]:
        self._told_ms = now_ms
        return [self._frame([told_before(self._cascades, first_of_seconds, now_ms)])]

    def next_ms(self, now_ms: int) -> int:
        return self._cascades.after(now_ms)

    def frames(self, now_ms: int) -> list[bytes]:
        told_ms = min(self._told_ms, now_ms)
        first_ms = max(told_ms + 1, now_ms - _MANY_LIQUIDATIONS_MS)
        made = let_through(self._cascades, first_of_seconds, first_ms, now_ms + 1)
        self._told_ms = now_ms
        return [self._frame(made)] if made else []

    def _frame(self, made: list[Liquidation]) -> bytes:
        return frame(self._arg, [rows.liquidation(one) for one in made])
