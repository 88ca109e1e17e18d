"""The arithmetic of liquidations: minutes, rolling sums, heard time, statistics, the board."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.liquidation_boards import (
    NOW_MS,
    a_minute,
    a_venue,
    a_window,
    an_order,
    some_indices,
)
from tui_monitor.boards.liquidations import (
    HOURS,
    IndexBy,
    Level,
    LiquidationsBoard,
    VenueState,
)
from tui_monitor.boards.liquidations.build import Stored, Venue, Window, liquidations_board
from tui_monitor.boards.liquidations.hearing import Hearing
from tui_monitor.boards.liquidations.interest import total_interest
from tui_monitor.boards.liquidations.minutes import Tally
from tui_monitor.boards.liquidations.panic import level_of, panic_index, why_no_index
from tui_monitor.boards.liquidations.rolling import DAY, HOUR, MinuteGrid, records
from tui_monitor.boards.liquidations.statistics import statistics
from tui_monitor.boards.liquidations.steps import together
from tui_monitor.clock import MINUTE_MS
from tui_monitor.market import MarketState
from tui_monitor.model import (
    AggregateRow,
    Exchange,
    Heard,
    Instrument,
    InterestMinute,
    LiquidationStep,
    Market,
    MarkPrice,
    OpenInterest,
    Side,
    Source,
    Told,
)

BEGIN_MS = NOW_MS - 2 * DAY * MINUTE_MS


def test_statistics_are_numpys() -> None:
    """Mean, extremes with their times, the population's deviation and its ratio to the mean."""
    chance = random.Random(1)
    values = [chance.lognormvariate(10, 2) for _ in range(500)]
    points = [(place, value if place % 7 else None) for place, value in enumerate(values)]
    known = np.array([value for place, value in enumerate(values) if place % 7])
    found = statistics(points)
    assert found.points == known.size
    assert found.mean == pytest.approx(known.mean(), rel=1e-12)
    assert found.stdev == pytest.approx(known.std(), rel=1e-12)
    assert found.variation == pytest.approx(known.std() / known.mean(), rel=1e-12)
    assert (found.max, found.min) == (known.max(), known.min())
    assert found.max_ms is not None
    assert values[found.max_ms] == found.max
    assert found.min_ms is not None
    assert values[found.min_ms] == found.min


def test_nothing_has_no_statistics_and_zeros_no_variation() -> None:
    """None is not 0, and nothing is divided by a mean of 0."""
    assert statistics([(1, None)]).mean is None
    assert statistics([(1, None)]).points == 0
    zeros = statistics([(1, 0.0), (2, 0.0)])
    assert (zeros.mean, zeros.stdev, zeros.variation) == (0.0, 0.0, None)


def test_rolling_sums_are_those_of_every_window() -> None:
    """An hour and a day before each minute, with minutes that are absent."""
    chance = random.Random(2)
    steps = [
        a_minute(BEGIN_MS + place * MINUTE_MS, chance.random() * 1e6, chance.random() * 1e5)
        for place in range(2 * DAY)
        if chance.random() < 0.9
    ]
    grid = MinuteGrid(steps, BEGIN_MS, 2 * DAY)
    for over in (1, HOUR, DAY):
        rolled = grid.rolled(over, BEGIN_MS + DAY * MINUTE_MS, DAY)
        for place in (0, 1, 59, 700, DAY - 1):
            last_ms = BEGIN_MS + (DAY + place) * MINUTE_MS
            window = [s for s in steps if last_ms - (over - 1) * MINUTE_MS <= s.at_ms <= last_ms]
            assert rolled.long_usd[place] == pytest.approx(sum(s.long_usd for s in window))
            assert rolled.short_usd[place] == pytest.approx(sum(s.short_usd for s in window))
            assert rolled.events[place] == sum(s.long_count + s.short_count for s in window)
            assert rolled.heard_ms[place] == sum(s.covered_ms for s in window)
            largest = max(s.largest_usd or 0.0 for s in window) if window else None
            assert grid.largest_usd(over, last_ms) == largest


def test_what_was_before_the_grid_was_not_heard() -> None:
    """And an empty grid has only that."""
    grid = MinuteGrid([a_minute(BEGIN_MS, 5.0)], BEGIN_MS, 1)
    assert grid.rolled(HOUR, BEGIN_MS, 2).long_usd == [5.0, 5.0]
    assert grid.rolled(HOUR, BEGIN_MS - 500 * MINUTE_MS, 1).heard_ms == [0]
    assert MinuteGrid([], BEGIN_MS, 0).rolled(DAY, BEGIN_MS, 1).events == [0]


def test_the_record_of_a_minute() -> None:
    """Sums of the hour and the day, their coverage, and the day's share of the open interest."""
    minutes = [
        a_minute(BEGIN_MS + place * MINUTE_MS, 2e5, 1e5, covered_ms=MINUTE_MS)
        for place in range(2 * DAY)
    ]
    at_ms = NOW_MS - MINUTE_MS
    interests = [
        InterestMinute(minute_ms=at_ms - MINUTE_MS, open_interest_usd=None, exchanges=0),
        InterestMinute(minute_ms=at_ms, open_interest_usd=1e10, exchanges=2),
    ]
    before, record = records(MinuteGrid(minutes, BEGIN_MS, 2 * DAY), interests, venues=2)
    assert (record.long_1h_usd, record.short_1h_usd) == (1.2e7, 6e6)
    assert record.long_24h_usd == pytest.approx(2e5 * DAY)
    assert (record.count_1h, record.count_24h, record.largest_1h_usd) == (120, 2 * DAY, 2e5)
    assert (record.covered_1h, record.covered_24h) == (0.5, 0.5)
    assert record.wash_index_pct == pytest.approx(3e5 * DAY / 1e10 * 100)
    assert (before.open_interest_usd, before.wash_index_pct) == (None, None)


def test_no_wash_index_of_a_day_that_nobody_heard() -> None:
    """Nothing heard is not nothing liquidated."""
    interests = [InterestMinute(minute_ms=NOW_MS, open_interest_usd=1e10, exchanges=1)]
    (record,) = records(MinuteGrid([], NOW_MS, 0), interests, venues=1)
    assert (record.covered_24h, record.wash_index_pct) == (0.0, None)
    (unwatched,) = records(MinuteGrid([], NOW_MS, 0), interests, venues=0)
    assert unwatched.covered_24h is None


# --- heard time -----------------------------------------------------------------------------

_spans = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 100), st.booleans()), max_size=6)


@given(spans=_spans, since=st.integers(0, 200), now=st.integers(0, 400), asked=st.integers(0, 350))
def test_heard_time_is_counted_to_the_millisecond(
    spans: list[tuple[int, int, bool]], since: int, now: int, asked: int
) -> None:
    """As if each ms were looked at, however silences overlap."""
    hearing = Hearing()
    heard = set(range(since, max(now, since)))
    hearing.begin(since)
    hearing.begin(since + 50)
    hearing.reach(now)
    for number, (begin, lasted, lasts) in enumerate(spans):
        if lasts:
            hearing.silent(number, begin)
            heard -= set(range(begin, 1_000))
        else:
            if number % 2:
                hearing.silent(number, begin)
            hearing.heard_again(number, begin, begin + lasted)
            heard -= set(range(begin, begin + lasted))
    assert hearing.covered_ms(asked, asked + 60) == len(heard & set(range(asked, asked + 60)))


def test_a_venue_that_was_never_heard_has_no_heard_time() -> None:
    """Before the first proof of life, and before what is forgotten."""
    hearing = Hearing()
    hearing.reach(1_000)
    assert hearing.covered_ms(0, 1_000) == 0
    hearing.begin(100)
    hearing.silent("a", 700)
    assert hearing.silent_since() == 700
    assert hearing.covered_ms(0, 1_000) == 600
    hearing.forget(300)
    assert hearing.covered_ms(0, 1_000) == 400
    hearing.heard_again("a", 700, 900)
    assert (hearing.silent_since(), hearing.covered_ms(0, 1_000)) == (None, 500)


# --- minutes --------------------------------------------------------------------------------


def test_an_event_counts_once_however_it_is_told() -> None:
    """Twice by the stream is once; REST's counts in no sum until a stream tells it too."""
    tally = Tally()
    assert tally.add(an_order(NOW_MS, 100.0))
    assert not tally.add(an_order(NOW_MS, 100.0))
    assert not tally.add(an_order(NOW_MS, 100.0, heard=Heard.REST))
    assert tally.add(an_order(NOW_MS + 1, 50.0, heard=Heard.REST))
    assert tally.minute(NOW_MS, Exchange.OKX, Told.SAMPLED, 0).long_usd == 100.0
    assert tally.add(an_order(NOW_MS + 1, 50.0))
    assert tally.minute(NOW_MS, Exchange.OKX, Told.SAMPLED, 0).long_usd == 150.0


def test_a_minute_has_its_sums_counts_and_seconds_at_the_cap() -> None:
    """A second with any event of a sampled stream was at its cap; a full one has none."""
    rows = [
        an_order(NOW_MS, 100.0),
        an_order(NOW_MS + 10, 300.0, side=Side.SHORT),
        an_order(NOW_MS + 2_000, None),
    ]
    tally = Tally(rows, before_ms=10_000)
    minute = tally.minute(NOW_MS, Exchange.OKX, Told.SAMPLED, 20_000)
    assert (minute.long_usd, minute.short_usd) == (100.0, 300.0)
    assert (minute.long_count, minute.short_count, minute.unsized) == (2, 1, 1)
    assert (minute.largest_usd, minute.capped_s, minute.covered_ms) == (300.0, 2, 30_000)
    assert tally.minute(NOW_MS, Exchange.OKX, Told.FULL, MINUTE_MS).capped_s == 0
    assert tally.minute(NOW_MS, Exchange.OKX, Told.FULL, MINUTE_MS).covered_ms == MINUTE_MS


def test_open_interest_is_of_all_exchanges_fresh_perpetuals() -> None:
    """Where the USD are not told they are coins at the mark; what is old is not of now."""
    market = MarketState()

    def tell(exchange: Exchange, received_s: float, **told: float) -> None:
        one = Instrument(exchange=exchange, market=Market.PERP, symbol="X", coin="X")
        if "mark" in told:
            mark = MarkPrice(instrument=one, exchange_ms=None, mark_price=told.pop("mark"))
            market.apply(mark, NOW_MS, received_s, Source.STREAM)
        event = OpenInterest(instrument=one, exchange_ms=None, **told)
        market.apply(event, NOW_MS, received_s, Source.REST)

    assert total_interest(market.rows(), 0.0) == (None, 0)
    tell(Exchange.OKX, 3_000.0, open_interest_coins=2.0, open_interest_usd=70.0)
    tell(Exchange.BYBIT, 3_000.0, open_interest_coins=2.0, mark=15.0)
    tell(Exchange.BINANCE, 3_000.0, open_interest_coins=2.0)
    tell(Exchange.BITGET, 1_000.0, open_interest_usd=500.0)
    assert total_interest(market.rows(), 3_001.0) == (100.0, 2)


# --- the panic index ------------------------------------------------------------------------


def test_the_panic_index_is_people_by_position() -> None:
    """7.97 (10,000) people and 104.72 (100 million) USD are 0.0761."""
    assert panic_index(79_700.0, 104.72e8) == pytest.approx(7.97 / 104.72)
    for people, position in ((None, 1e10), (8e4, None), (8e4, 0.0)):
        assert panic_index(people, position) is None
        assert why_no_index(people, position)
    assert why_no_index(8e4, 1e10) == ""


@pytest.mark.parametrize(
    ("index", "level"),
    [(0.0499, Level.LOW), (0.05, Level.MEDIUM), (0.0999, Level.MEDIUM), (0.1, Level.HIGH)],
)
def test_levels_begin_with_their_bounds(index: float, level: Level) -> None:
    """Under 5 low, under 10 medium, of the index x 100."""
    assert level_of(index, 5.0, 10.0) is level
    assert level_of(None, 5.0, 10.0) is None


# --- the board ------------------------------------------------------------------------------


def a_board(
    minutes: list[LiquidationStep], venues: list[Venue] | None = None, window: Window | None = None
) -> LiquidationsBoard:
    """Of these minutes; one venue has them all."""
    window = window or a_window()
    inside = [one for one in minutes if window.first_ms <= one.at_ms < window.end_ms]
    stored = Stored(minutes=minutes, steps=[], largest=[], interests=[], aggregates=[])
    if venues is None:
        venues = [a_venue(Exchange.BYBIT, together(inside))]
    return liquidations_board(window, venues, stored, some_indices())


def test_a_minute_that_nobody_heard_is_no_zero() -> None:
    """It is None; one that was heard in part says so; one that was heard is 0."""
    first_ms = a_window().first_ms
    board = a_board(
        [
            a_minute(first_ms, 5e6),
            a_minute(first_ms + MINUTE_MS, 0.0, covered_ms=15_000),
            a_minute(first_ms + 2 * MINUTE_MS, covered_ms=0),
        ]
    )
    heard, partly, silent, absent = board.points[:4]
    assert (heard.total_usd, heard.covered) == (5e6, 1.0)
    assert (partly.total_usd, partly.covered) == (0.0, 0.25)
    assert (silent.total_usd, silent.covered) == (None, 0.0)
    assert (absent.total_usd, absent.covered) == (None, 0.0)
    assert absent.total_1h_usd == 5e6  # the hour was heard in part
    assert board.step.points == 2
    assert board.step.min == 0.0


def test_a_total_with_holes_or_a_sampled_venue_is_a_lower_bound() -> None:
    """Only a full stream that was heard all the time is not."""
    window = a_window()
    count = (window.end_ms - window.first_ms) // MINUTE_MS
    whole = [a_minute(window.first_ms + place * MINUTE_MS, 1.0) for place in range(count)]
    full = a_board(whole)
    assert (full.window.covered, full.window.is_lower_bound) == (1.0, False)
    assert full.totals[0].is_lower_bound is False
    assert full.totals[1].is_lower_bound  # 23 hours of the day are missing
    sampled = a_board(whole, [a_venue(Exchange.OKX, together(whole))])
    assert sampled.window.is_lower_bound
    holed = a_board([a_minute(one.at_ms, 1.0, covered_ms=50_000) for one in whole])
    assert holed.window.is_lower_bound
    assert holed.window.covered == pytest.approx(50 / 60, rel=0.02)


def test_a_venue_tells_its_share_its_ratio_and_how_often_it_was_at_its_cap() -> None:
    """30 of 600 heard seconds at the cap are 5 %."""
    okx = a_minute(0, 3e6, 1e6, covered_ms=600_000, capped_s=30)
    bybit = a_minute(0, 4e6, 0.0, covered_ms=3_600_000)
    venues = [a_venue(Exchange.OKX, okx), a_venue(Exchange.BYBIT, bybit)]
    board = a_board([], venues)
    assert [one.share for one in board.venues] == [0.5, 0.5]
    assert [one.saturation for one in board.venues] == [0.05, None]
    assert board.window.ratio == 7.0
    assert board.window.total_usd == 8e6


def test_an_empty_board_says_why() -> None:
    """Since when, who is sampled, who is silent."""
    window = a_window()
    minutes = [a_minute(window.first_ms)]
    venues = [
        a_venue(Exchange.BINANCE, minutes[0], last_ms=NOW_MS - 4 * 3_600_000),
        a_venue(
            Exchange.BITGET,
            a_minute(0, covered_ms=0),
            state=VenueState.SILENT,
            since_ms=NOW_MS - 5 * 3_600_000,
        ),
    ]
    said = a_board(minutes, venues).reason
    at = window.format
    assert said == (
        f"no liquidations in 60 min, last {at(NOW_MS - 4 * 3_600_000)} · binance sampled"
        f" · bitget silent since {at(NOW_MS - 5 * 3_600_000)}"
    )
    deaf = a_board([], [a_venue(Exchange.BYBIT, a_minute(0, covered_ms=0))]).reason
    assert deaf.startswith("nobody was heard in 60 min")
    assert "no engine" in a_board([], [], a_window(live=False)).reason
    assert a_board([a_minute(window.first_ms, 1.0)]).reason == ""


@pytest.mark.parametrize("hours", HOURS)
def test_a_window_has_a_point_a_minute(hours: int) -> None:
    """Whatever is stored of it."""
    window = a_window(hours=hours)
    board = a_board([a_minute(window.end_ms - MINUTE_MS, 1.0)], window=window)
    assert [one.at_ms for one in board.points] == list(
        range(window.first_ms, window.end_ms, MINUTE_MS)
    )
    assert board.points[-1].covered == 1.0


def test_a_long_range_is_of_longer_steps() -> None:
    """Without sums of an hour; a step without rows is a gap."""
    hour_ms = HOUR * MINUTE_MS
    window = a_window(first_ms=NOW_MS - 72 * hour_ms, end_ms=NOW_MS, step_ms=hour_ms)
    step = a_minute(NOW_MS - 2 * hour_ms, 9.0, covered_ms=hour_ms // 2)
    stored = Stored(minutes=[], steps=[step], largest=[], interests=[], aggregates=[])
    board = liquidations_board(window, [a_venue(Exchange.OKX)], stored, some_indices())
    assert len(board.points) == 72
    assert (board.points[-2].total_usd, board.points[-2].covered) == (9.0, 0.5)
    assert board.points[-2].total_1h_usd is None
    assert board.points[-1].total_usd is None
    assert board.trend == []


def an_aggregate(minute_ms: int, usd: float | None, **fields: object) -> AggregateRow:
    """A day's amount of `usd` over a position of 10 billion; `fields` replace any of the row's."""
    known: dict[str, object] = {
        "minute_ms": minute_ms,
        "source_ms": minute_ms,
        "received_ms": minute_ms + 1_500,
        "usd_1h": usd,
        "usd_24h": usd,
        "people_24h": None,
        "position_usd": None if usd is None else 1e10,
        "panic_index": None if usd is None else 0.05,
    }
    return AggregateRow(**(known | fields))  # type: ignore[arg-type]


def test_what_nobody_heard_is_of_the_aggregate_source() -> None:
    """Minutes it told of, with its own wash index; ours goes first, and each says whose it is."""
    window = a_window()
    first_ms, second_ms, third_ms = (window.first_ms + n * MINUTE_MS for n in range(3))
    interest = InterestMinute(minute_ms=second_ms, open_interest_usd=1e10, exchanges=1)
    stored = Stored(
        minutes=[a_minute(second_ms, 3e8)],
        steps=[],
        largest=[],
        interests=[interest],
        aggregates=[
            an_aggregate(first_ms, 1e8),
            an_aggregate(second_ms, 2e8),
            an_aggregate(third_ms, 2e8, source_ms=second_ms),
            an_aggregate(third_ms + MINUTE_MS, None),
        ],
    )
    board = liquidations_board(window, [a_venue(Exchange.OKX)], stored, some_indices())
    assert [(one.at_ms, one.usd_24h) for one in board.aggregate] == [
        (first_ms, 1e8),
        (second_ms, 2e8),
    ]
    assert [(one.at_ms, one.wash_index_pct, one.wash_by) for one in board.trend] == [
        (first_ms, 1.0, IndexBy.AGGREGATE),
        (second_ms, 3.0, IndexBy.EXCHANGES),
    ]
    assert {one.panic_index for one in board.trend} == {0.05}
    assert board.reason.endswith("the aggregate source tells of it")


def test_a_long_ranges_trend_is_of_its_steps_ends() -> None:
    """The exchanges' day up to the end of an hour that is over, by its last open interest."""
    hour_ms = HOUR * MINUTE_MS
    begin_ms = NOW_MS - NOW_MS % hour_ms - 72 * hour_ms
    window = a_window(first_ms=begin_ms, end_ms=begin_ms + 73 * hour_ms, step_ms=hour_ms)
    hours = [a_minute(begin_ms + n * hour_ms, 1e6, covered_ms=hour_ms) for n in range(-24, 73)]
    interests = [
        InterestMinute(
            minute_ms=begin_ms + n * hour_ms + 59 * MINUTE_MS, open_interest_usd=1e9, exchanges=1
        )
        for n in (0, 71, 72)
    ]
    told = [an_aggregate(begin_ms + 5 * hour_ms + 7 * MINUTE_MS, 1e8)]
    stored = Stored(
        minutes=[], steps=[], largest=[], interests=interests, aggregates=told, hours=hours
    )
    board = liquidations_board(window, [a_venue(Exchange.OKX)], stored, some_indices())
    assert [((one.at_ms - begin_ms) // hour_ms, one.wash_index_pct) for one in board.trend] == [
        (0, pytest.approx(2.4)),
        (5, 1.0),
        (71, pytest.approx(2.4)),
    ]
    assert [one.at_ms for one in board.aggregate] == [begin_ms + 5 * hour_ms]


def test_a_running_minute_is_no_minimum() -> None:
    """It may have anything yet; minutes that are over count."""
    window = a_window(now_ms=NOW_MS + 5_000)
    last_ms = window.end_ms - MINUTE_MS
    board = a_board([a_minute(last_ms - MINUTE_MS, 9.0), a_minute(last_ms, 1.0)], window=window)
    assert (board.step.min, board.step.points) == (9.0, 1)


def test_a_venue_that_nobody_heard_has_no_money() -> None:
    """Its zero would be a claim."""
    step = a_minute(NOW_MS - MINUTE_MS, 0.0, covered_ms=0)
    stored = Stored(minutes=[step], steps=[], largest=[], interests=[], aggregates=[])
    venues = [a_venue(Exchange.OKX, step), a_venue(Exchange.BYBIT)]
    board = liquidations_board(a_window(), venues, stored, some_indices())
    assert {(one.long_usd, one.short_usd, one.share) for one in board.venues} == {
        (None, None, None)
    }
