"""Scales of a chart: nice value steps, round times, values and times to fine-grained places."""

from dataclasses import dataclass
from datetime import timedelta

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.screens.looks.format import ShownZone

_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_HOUR_MS = 60 * MINUTE_MS
_TIME_STEPS = (
    *(minutes * MINUTE_MS for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR_MS for hours in (1, 2, 3, 4, 6, 12)),
    *(days * DAY_MS for days in (1, 2, 4, 7, 14, 28)),
)


@dataclass(frozen=True)
class ValueScale:
    """Values from `low` to `high` over `places` (dots or rows), counted from the top."""

    low: float
    high: float
    step: float

    def place(self, value: float, places: int) -> int:
        """The place of a value, clamped to the scale."""
        share = (self.high - value) / (self.high - self.low)
        return max(0, min(places - 1, int(share * places)))

    def ticks(self) -> list[float]:
        """The multiples of the step on the scale, from high to low."""
        first = _ceil(self.low / self.step)
        last = _ceil(self.high / self.step + 1e-9)
        values = [index * self.step for index in range(first, last + 1)]
        return [value for value in reversed(values) if self.low <= value <= self.high]

    @property
    def digits(self) -> int:
        """Decimals that the step needs."""
        for digits in range(6):
            if abs(round(self.step, digits) - self.step) < 1e-9:
                return digits
        return 6


def value_scale(values: list[float], rows: int, *, zero: bool) -> ValueScale:
    """A scale that holds the values with a margin, and zero where it is wanted."""
    low, high = (min(values), max(values)) if values else (-1.0, 1.0)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-9:
        low, high = low - 1.0, high + 1.0
    margin = (high - low) * 0.06
    low, high = (low - margin if low else low), (high + margin if high else high)
    if zero:
        # A thin side keeps room for its zero line and label.
        room = (high - low) * 0.08
        low, high = min(low, -room), max(high, room)
    return ValueScale(low, high, nice_step(high - low, max(4, rows // 3)))


def amount_scale(values: list[float], rows: int) -> ValueScale:
    """A scale from zero for what has no sign."""
    high = max(values, default=0.0) * 1.08 or 1.0
    return ValueScale(0.0, high, nice_step(high, max(3, rows // 3)))


def nice_step(span: float, ticks: int) -> float:
    """The smallest of 1, 2, 2.5, 5 × 10^k that gives at most so many ticks."""
    raw = span / ticks
    power = 10.0 ** _floor_log10(raw)
    return next(nice * power for nice in _NICE if nice * power >= raw - 1e-12)


def time_ticks(
    first_ms: int, last_ms: int, columns: int, zone: ShownZone, label_width: int = 12
) -> list[tuple[int, str]]:
    """Round times with their labels: hours within days, days at their midnights."""
    wanted = max(2, columns // label_width)
    span = max(1, last_ms - first_ms)
    step = next((one for one in _TIME_STEPS if span / one <= wanted), _TIME_STEPS[-1])
    return [(ms, tick_label(ms, step, zone)) for ms in _multiples(first_ms, last_ms, step, zone)]


def tick_label(ms: int, step_ms: int, zone: ShownZone) -> str:
    """The hour; at a midnight the day."""
    at_midnight = zone.format(ms, "%H:%M") == "00:00"
    return zone.format(ms, "%m-%d" if at_midnight or step_ms >= DAY_MS else "%H:%M")


def _multiples(first_ms: int, last_ms: int, step_ms: int, zone: ShownZone) -> list[int]:
    """Times whose local clock shows a multiple of the step, from local midnights on."""
    midnight = zone.moment(first_ms).replace(hour=0, minute=0, second=0, microsecond=0)
    found: list[int] = []
    if step_ms >= DAY_MS:
        days = step_ms // DAY_MS
        while (ms := int(midnight.timestamp() * 1000)) <= last_ms:
            if ms >= first_ms:
                found.append(ms)
            midnight += timedelta(days=days if found else 1)
        return found
    ms = int(midnight.timestamp() * 1000)
    while ms <= last_ms:
        if ms >= first_ms:
            found.append(ms)
        ms += step_ms
    return found


def _floor_log10(value: float) -> int:
    exponent = 0
    while value >= 10:
        value, exponent = value / 10, exponent + 1
    while value < 1:
        value, exponent = value * 10, exponent - 1
    return exponent


def _ceil(value: float) -> int:
    whole = int(value)
    return whole if whole >= value else whole + 1
