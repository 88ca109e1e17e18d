"""What the event log is told of signals and of the quarantine: each, but not without end."""

from collections import Counter, deque
from collections.abc import Callable, Sequence

from tui_monitor.boards.same_coin import Suspect
from tui_monitor.boards.signals import Signal
from tui_monitor.clock import Clock

# More lines than these in a minute would push everything else out of the log.
MOST_TOLD = 6
TOLD_WITHIN_S = 60.0
MOST_NAMED = 5

_Key = tuple[str, str, str]


class SpreadNews:
    """Tells of new signals, and of who enters and who leaves the quarantine."""

    def __init__(self, clock: Clock, on_event: Callable[[str, str, str], None]) -> None:
        self._clock = clock
        self._on_event = on_event
        self._held: dict[_Key, Suspect] = {}
        self._told: dict[str, deque[float]] = {}

    def tell_of_signals(self, new: Sequence[Signal]) -> None:
        """One line each; many at once in one line."""
        if len(new) > 1:
            counts = Counter(one.coin for one in new)
            coins = [f"{coin} ×{count}" if count > 1 else coin for coin, count in counts.items()]
            self._tell("info", "signals", f"{len(new)} signals: {_named(coins)}")
            return
        for one in new:
            self._tell("info", "signals", _signal_text(one))

    def tell_of_quarantine(self, suspects: Sequence[Suspect]) -> None:
        """What has changed since the last call."""
        held = {(one.exchange.value, one.market.value, one.symbol): one for one in suspects}
        came = [held[key] for key in held.keys() - self._held.keys()]
        left = [self._held[key] for key in self._held.keys() - held.keys()]
        self._held = held
        if came:
            self._tell("warning", "quarantine", _came_text(sorted(came, key=_suspect_name)))
        if left:
            names = _named(sorted(map(_suspect_name, left)))
            self._tell("info", "quarantine", f"no longer in it: {names}")

    def tell_of_unlisted(self, warnings: Sequence[str]) -> None:
        """Settings that name nothing: each is said, they are said once."""
        for text in warnings:
            self._on_event("warning", "quarantine", text)

    def _tell(self, level: str, area: str, text: str) -> None:
        now_s = self._clock.monotonic_s()
        times = self._told.setdefault(area, deque(maxlen=MOST_TOLD))
        if len(times) == MOST_TOLD and now_s - times[0] < TOLD_WITHIN_S:
            return
        times.append(now_s)
        self._on_event(level, area, text)


def _signal_text(one: Signal) -> str:
    """Without prices, which the signals board has: the same pair again is the same line."""
    buy = f"buy {one.long_exchange} {one.long_market}"
    sell = f"sell {one.short_exchange} {one.short_market}"
    return f"{one.coin}: {buy}, {sell}"


def _came_text(came: Sequence[Suspect]) -> str:
    if len(came) == 1:
        return f"{_suspect_name(came[0])}: {came[0].text}"
    return f"{len(came)} legs: {_named([_suspect_name(one) for one in came])}"


def _suspect_name(one: Suspect) -> str:
    return f"{one.coin} ({one.exchange} {one.market} {one.symbol})"


def _named(names: Sequence[str]) -> str:
    """The first few, and how many more."""
    shown = ", ".join(names[:MOST_NAMED])
    return f"{shown} and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else shown
