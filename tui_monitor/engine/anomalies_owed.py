"""Bars that closed while nobody judged them: what is owed, and what became of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct, field

from tui_monitor.boards.anomalies import KNOWN, AnomaliesBoard, State
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import Exchange


class Debt(NamedTuple):
    """One bar that is owed, by when it began. `symbols` are whose it is; None: everybody's."""

    open_ms: int
    symbols: frozenset[str] | None


class Owed(Struct):
    """Of one series: all bars from one time until before another, and single ones of some.

    `since_s` is when the newest of it came, by the monotonic clock.
    """

    bar_ms: int
    from_ms: int = 0
    until_ms: int = 0
    late: dict[int, set[str]] = field(default_factory=dict)
    since_s: float = 0.0

    def add(self, changed: Mapping[int, Iterable[str]], now_s: float) -> None:
        """Bars that were told late, by when they began."""
        for open_ms, symbols in changed.items():
            self.late.setdefault(open_ms, set()).update(symbols)
            self.since_s = now_s

    @property
    def times(self) -> list[int]:
        """When the owed bars began, the oldest first."""
        return sorted({*range(self.from_ms, self.until_ms, self.bar_ms), *self.late})

    def next(self, most: int) -> list[Debt]:
        """The oldest of them; they stay owed until they are done."""
        return [
            Debt(
                open_ms,
                None if self._is_everybodys(open_ms) else frozenset(self.late[open_ms]),
            )
            for open_ms in self.times[:most]
        ]

    def done(self, debt: Debt) -> None:
        """It was judged; what was told of the bar meanwhile is owed on."""
        if debt.symbols is None:
            self.from_ms = debt.open_ms + self.bar_ms
            self.late.pop(debt.open_ms, None)
        elif debt.open_ms in self.late:
            self.late[debt.open_ms] -= debt.symbols
            if not self.late[debt.open_ms]:
                del self.late[debt.open_ms]

    def forget_before(self, first_ms: int) -> None:
        """Of older bars nothing would be kept."""
        self.from_ms = max(self.from_ms, first_ms + -first_ms % self.bar_ms)
        self.late = {open_ms: found for open_ms, found in self.late.items() if open_ms >= first_ms}

    def _is_everybodys(self, open_ms: int) -> bool:
        return self.from_ms <= open_ms < self.until_ms


class Tally(Struct):
    """What became of bars that were judged late, perpetual by perpetual."""

    bars: int = 0
    first_ms: int | None = None
    states: Counter[State] = field(default_factory=Counter)

    def add(self, board: AnomaliesBoard, symbols: frozenset[str] | None) -> None:
        """Count one bar."""
        self.bars += 1
        if self.first_ms is None:
            self.first_ms = board.open_ms
        self.states.update(
            row.state for row in board.rows if symbols is None or row.symbol in symbols
        )

    def text(self, exchange: Exchange, bar: str, now_ms: int) -> str:
        """For the event log: how much was judged, how much could not be, and why."""
        last = "" if self.first_ms is None else f" of the last {_long(now_ms - self.first_ms)}"
        text = f"{exchange.value} {bar}: {self.bars} earlier bars{last} were judged now"
        unknown = {state: self.states[state] for state in State if state not in KNOWN}
        many = sum(unknown.values())
        if not many:
            return text
        why = ", ".join(f"{state.value} {number}" for state, number in unknown.items() if number)
        return f"{text}; of {self.states.total()} perpetuals' bars {many} could not be: {why}"


def _long(ms: int) -> str:
    """`95 min`, `27.5 h`: an event has a time, and a zone to show it in; a sentence has none."""
    minutes = ms / MINUTE_MS
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
