"""The board from stored sums and events."""

from collections.abc import Callable, Sequence
from math import fsum

from msgspec import Struct

from tui_monitor.boards.liquidations import (
    AggregatePoint,
    HowHeard,
    Indices,
    LiquidationsBoard,
    Order,
    Point,
    Total,
    VenueShare,
    VenueState,
)
from tui_monitor.boards.liquidations.rolling import HOUR, MinuteGrid, share
from tui_monitor.boards.liquidations.statistics import statistics
from tui_monitor.boards.liquidations.trend import (
    aggregate_points,
    trend,
    wash_of_minutes,
    wash_of_steps,
)
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import (
    AggregateRow,
    Exchange,
    InterestMinute,
    LiquidationRow,
    LiquidationStep,
    Told,
)

NO_ENGINE = "no engine runs: start tui-monitor or tui-monitor daemon to collect"


class Venue(Struct, frozen=True, kw_only=True):
    """One venue: how it does now, and `step`, all of its window together (None: no row)."""

    exchange: Exchange
    told: Told
    cap: str
    state: VenueState
    since_ms: int | None
    reason: str
    step: LiquidationStep | None
    last_ms: int | None
    rest_count: int
    rest_usd: float


class Window(Struct, frozen=True, kw_only=True):
    """What is shown; times are whole minutes. `format` makes a time short text."""

    now_ms: int
    timezone: str
    hours: int | None
    first_day: str
    last_day: str
    first_ms: int
    end_ms: int
    step_ms: int
    live: bool
    lines_usd: Sequence[float]
    format: Callable[[int], str]

    @property
    def passed_ms(self) -> int:
        """How much of it is over."""
        return max(0, min(self.end_ms, self.now_ms) - self.first_ms)

    @property
    def is_past(self) -> bool:
        """All of it is over."""
        return self.end_ms <= self.now_ms


class Stored(Struct, frozen=True, kw_only=True):
    """What was read for it.

    `minutes` are single ones of all venues, at least of the day before the window's end; where
    the steps are minutes, of the day before its begin too. `steps` are the curve's where they
    are longer, else empty; then `hours` are single ones, of the day before the window too, and
    `interests` and `aggregates` the last known of each step.
    """

    minutes: Sequence[LiquidationStep]
    steps: Sequence[LiquidationStep]
    largest: Sequence[LiquidationRow]
    interests: Sequence[InterestMinute]
    aggregates: Sequence[AggregateRow]
    hours: Sequence[LiquidationStep] = ()


def liquidations_board(
    window: Window,
    venues: Sequence[Venue],
    stored: Stored,
    indices: Indices,
    missed: int = 0,
    left_out: int = 0,
) -> LiquidationsBoard:
    """The board. Every venue in `venues` was to be heard."""
    points = _points(window, len(venues), stored)
    hour = statistics([(one.at_ms, one.total_1h_usd) for one in points])
    shown = _window_total(window, venues)
    told = aggregate_points(stored.aggregates, window.first_ms, window.end_ms, window.step_ms)
    return LiquidationsBoard(
        board="liquidations",
        now_ms=window.now_ms,
        timezone=window.timezone,
        hours=window.hours,
        first_day=window.first_day,
        last_day=window.last_day,
        first_ms=window.first_ms,
        end_ms=window.end_ms,
        step_ms=window.step_ms,
        live=window.live,
        points=points,
        hour=hour,
        step=statistics([(one.at_ms, one.total_usd) for one in points if _is_over(one, window)]),
        lines_usd=list(window.lines_usd),
        window=shown,
        totals=[_total(window, venues, stored, hours) for hours in (1, 24)],
        venues=[_share(one, window, shown.total_usd) for one in venues],
        largest=[order_of(row) for row in stored.largest],
        trend=trend(_wash(stored, window, len(venues)), told),
        indices=indices,
        missed=missed,
        reason="" if shown.count else _why_empty(window, venues, told),
        aggregate=told,
        left_out=left_out,
    )


def _is_over(point: Point, window: Window) -> bool:
    """A step that still runs is no minimum."""
    return point.at_ms + window.step_ms <= window.now_ms


def _wash(stored: Stored, window: Window, venues: int) -> dict[int, float]:
    """The exchanges' own wash index, by step."""
    if window.step_ms == MINUTE_MS:
        interests = [
            one for one in stored.interests if window.first_ms <= one.minute_ms < window.end_ms
        ]
        return wash_of_minutes(stored.minutes, interests, venues)
    steps = range(window.first_ms, min(window.end_ms, window.now_ms), window.step_ms)
    return wash_of_steps(stored.hours, stored.interests, steps, window.now_ms)


# --- the curve ------------------------------------------------------------------------------


def _points(window: Window, venues: int, stored: Stored) -> list[Point]:
    if window.step_ms == MINUTE_MS:
        return _minute_points(window, venues, stored)
    known = {step.at_ms: step for step in stored.steps}
    return [
        _long_point(at_ms, known.get(at_ms), window, venues)
        for at_ms in range(window.first_ms, window.end_ms, window.step_ms)
    ]


def _minute_points(window: Window, venues: int, stored: Stored) -> list[Point]:
    count = (window.end_ms - window.first_ms) // MINUTE_MS
    begin_ms = min((one.at_ms for one in stored.minutes), default=window.first_ms)
    grid = MinuteGrid(stored.minutes, begin_ms, (window.end_ms - begin_ms) // MINUTE_MS)
    own, hour = (grid.rolled(over, window.first_ms, count) for over in (1, HOUR))
    found = []
    for place in range(count):
        at_ms = window.first_ms + place * MINUTE_MS
        passed = max(0.0, min(1.0, (window.now_ms - at_ms) / MINUTE_MS))
        heard_ms, events = own.heard_ms[place], own.events[place]
        hour_heard = hour.heard_ms[place] > 0 or hour.events[place] > 0
        longs, shorts = own.long_usd[place], own.short_usd[place]
        longs_1h, shorts_1h = hour.long_usd[place], hour.short_usd[place]
        told_any = heard_ms > 0 or events > 0
        found.append(
            Point(
                at_ms=at_ms,
                long_usd=longs if told_any else None,
                short_usd=shorts if told_any else None,
                total_usd=longs + shorts if told_any else None,
                count=events,
                long_1h_usd=longs_1h if hour_heard else None,
                short_1h_usd=shorts_1h if hour_heard else None,
                total_1h_usd=longs_1h + shorts_1h if hour_heard else None,
                covered=_covered(heard_ms, venues, passed, told_any=told_any),
                covered_1h=share(hour.heard_ms[place], venues, HOUR - 1 + passed),
            )
        )
    return found


def _long_point(at_ms: int, step: LiquidationStep | None, window: Window, venues: int) -> Point:
    passed = max(0, min(window.step_ms, window.now_ms - at_ms)) / MINUTE_MS
    told_any = step is not None and is_known(step)
    return Point(
        at_ms=at_ms,
        long_usd=step.long_usd if step and told_any else None,
        short_usd=step.short_usd if step and told_any else None,
        total_usd=step.long_usd + step.short_usd if step and told_any else None,
        count=_count(step),
        long_1h_usd=None,
        short_1h_usd=None,
        total_1h_usd=None,
        covered=_covered(step.covered_ms if step else 0, venues, passed, told_any=told_any),
        covered_1h=None,
    )


def _covered(heard_ms: float, venues: int, minutes: float, *, told_any: bool) -> float:
    """A step that begins now lacks nothing yet."""
    found = share(heard_ms, venues, minutes)
    return float(told_any) if found is None else found


def _count(step: LiquidationStep | None) -> int:
    return step.long_count + step.short_count if step else 0


def is_known(step: LiquidationStep) -> bool:
    """Heard at all; what is told of a silence after it counts as heard too."""
    return step.covered_ms > 0 or _count(step) > 0


# --- sums -----------------------------------------------------------------------------------


def _window_total(window: Window, venues: Sequence[Venue]) -> Total:
    steps = [one.step for one in venues if one.step is not None]
    hours = -(-(window.end_ms - window.first_ms) // (HOUR * MINUTE_MS))
    return _total_of(steps, hours, window.passed_ms, venues)


def _total(window: Window, venues: Sequence[Venue], stored: Stored, hours: int) -> Total:
    begin_ms = window.end_ms - hours * HOUR * MINUTE_MS
    steps = [one for one in stored.minutes if begin_ms <= one.at_ms < window.end_ms]
    passed_ms = max(0, min(window.end_ms, window.now_ms) - begin_ms)
    return _total_of(steps, hours, passed_ms, venues)


def _total_of(
    steps: Sequence[LiquidationStep], hours: int, passed_ms: int, venues: Sequence[Venue]
) -> Total:
    longs, shorts = fsum(one.long_usd for one in steps), fsum(one.short_usd for one in steps)
    heard_ms = sum(one.covered_ms for one in steps)
    covered = share(heard_ms, len(venues), passed_ms / MINUTE_MS) or 0.0
    told_any = any(map(is_known, steps))
    return Total(
        hours=hours,
        long_usd=longs if told_any else None,
        short_usd=shorts if told_any else None,
        total_usd=longs + shorts if told_any else None,
        count=sum(map(_count, steps)),
        unsized=sum(one.unsized for one in steps),
        largest_usd=max((one.largest_usd for one in steps if one.largest_usd), default=None),
        ratio=longs / shorts if shorts else None,
        covered=covered,
        is_lower_bound=covered < 1 or any(one.told is Told.SAMPLED for one in venues),
    )


def _share(venue: Venue, window: Window, total_usd: float | None) -> VenueShare:
    step = venue.step
    heard_ms = step.covered_ms if step else 0
    told_any = step is not None and is_known(step)
    usd = step.long_usd + step.short_usd if step else 0.0
    is_capped = venue.told is Told.SAMPLED and step is not None and heard_ms > 0
    return VenueShare(
        exchange=venue.exchange,
        told=venue.told,
        cap=venue.cap,
        state=venue.state,
        since_ms=venue.since_ms,
        reason=venue.reason,
        long_usd=step.long_usd if step and told_any else None,
        short_usd=step.short_usd if step and told_any else None,
        long_count=step.long_count if step else 0,
        short_count=step.short_count if step else 0,
        unsized=step.unsized if step else 0,
        largest_usd=step.largest_usd if step else None,
        share=usd / total_usd if total_usd and told_any else None,
        saturation=min(1.0, step.capped_s * 1_000 / heard_ms) if step and is_capped else None,
        covered=share(heard_ms, 1, window.passed_ms / MINUTE_MS) or 0.0,
        last_ms=venue.last_ms,
        rest_count=venue.rest_count,
        rest_usd=venue.rest_usd,
    )


def order_of(row: LiquidationRow) -> Order:
    """A stored event as the boards show it."""
    return Order(
        exchange=row.exchange,
        symbol=row.symbol,
        coin=row.coin,
        exchange_ms=row.exchange_ms,
        side=row.side,
        price=row.price,
        coins=row.coins,
        usd=row.usd,
        heard=HowHeard[row.heard.name],
    )


# --- above and beside it --------------------------------------------------------------------


def _why_empty(window: Window, venues: Sequence[Venue], told: Sequence[AggregatePoint]) -> str:
    said = [*_what_was_heard(window, venues), *(_how_it_is(one, window) for one in venues)]
    if told:
        said.append("the aggregate source tells of it")
    if not window.live and not window.is_past:
        said.append(NO_ENGINE)
    return " · ".join(one for one in said if one)


def _what_was_heard(window: Window, venues: Sequence[Venue]) -> list[str]:
    if not venues and not window.is_past:
        return ["no exchange that tells of liquidations is watched"] if window.live else []
    minutes = (window.end_ms - window.first_ms) // MINUTE_MS
    span = f"{minutes} min" if minutes <= 90 else f"{minutes // HOUR} h"
    is_deaf = all(one.step is None or one.step.covered_ms == 0 for one in venues)
    said = f"nobody was heard in {span}" if is_deaf else f"no liquidations in {span}"
    lasts = [one.last_ms for one in venues if one.last_ms is not None]
    return [f"{said}, last {window.format(max(lasts))}" if lasts else said]


def _how_it_is(venue: Venue, window: Window) -> str:
    if venue.state is VenueState.SILENT:
        since = f" since {window.format(venue.since_ms)}" if venue.since_ms is not None else ""
        return f"{venue.exchange} silent{since}"
    return f"{venue.exchange} sampled" if venue.told is Told.SAMPLED else ""
