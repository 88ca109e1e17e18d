"""What a series takes in, when it shows it, and what is asked for because it lacks."""

import math

import numpy as np
import pytest
from msgspec.structs import replace

from tests.boards.candles import a_candle, perps
from tests.support.virtual_time import START_MS
from tui_monitor.clock import MINUTE_MS
from tui_monitor.engine.candles_history import MISSES, REFUSED_S, TRY_AGAIN_S, CandleHistory
from tui_monitor.engine.candles_series import (
    LATE_MS,
    PATIENCE_S,
    QUIET_S,
    WINDOW_BARS,
    Series,
    is_sound,
)
from tui_monitor.model import BAR_MS, Candle, Exchange, Instrument

BAR = BAR_MS["15m"]
NOW_MS = START_MS + 7 * MINUTE_MS
NEWEST_MS = START_MS - BAR


def a_series(count: int = 3, now_ms: int = NOW_MS) -> Series:
    """One without bars."""
    return Series(Exchange.BINANCE, "15m", perps(count), now_ms)


def bar_of(instrument: Instrument, ago: int = 0) -> Candle:
    """The bar so many before the newest closed one."""
    return a_candle(instrument, NEWEST_MS - ago * BAR)


def filled(bars: int, count: int = 3) -> Series:
    """One with so many of the newest bars of each."""
    series = a_series(count)
    candles = [bar_of(one, ago) for one in series.instruments for ago in range(bars)]
    assert series.put(candles, NOW_MS, 0.0) == candles
    series.show()
    return series


def test_what_has_not_ended_is_not_taken_however_it_is_called() -> None:
    """By the exchange's time; so no forming bar replaces a closed one."""
    series = a_series()
    one = series.instruments[0]
    forming = bar_of(one, -1)
    assert series.put([forming], NOW_MS, 0.0) == []
    assert series.put([forming], NOW_MS + BAR, 0.0) == [forming]
    assert series.live.newest_open_ms == START_MS


def test_until_a_closed_bar_is_shown_the_forming_one_is_it_as_it_closed() -> None:
    """Its stream tells of the next one already; whose has not come is still forming."""
    series = filled(20)
    one, other, silent = series.instruments
    closed, late, after = bar_of(one, -1), bar_of(other, -1), bar_of(one, -2)
    end_ms = START_MS + BAR
    assert series.put([closed], end_ms + 1_000, 1.0) == [closed]
    found = series.forming([replace(after, close=99.0), late], end_ms + 1_000)
    assert (found.open_ms, found.elapsed) == (START_MS, 1.0)
    assert found.close[:2].tolist() == [closed.close, late.close]
    assert np.isnan(found.close[2]), silent
    series.show()
    assert series.forming([after], end_ms + 1_000).open_ms == end_ms


@pytest.mark.parametrize(
    "wrong",
    [
        {"low": 0.0},
        {"high": 99.0},
        {"low": 101.0},
        {"close": math.nan},
        {"turnover_usd": -1.0},
        {"volume_coins": math.inf},
        {"open_ms": NEWEST_MS + 1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_can_be_no_bar_is_not_taken(wrong: dict[str, float]) -> None:
    """One such row must not spoil those beside it, in memory or in the store."""
    series = a_series()
    good, bad = (bar_of(one) for one in series.instruments[:2])
    bad = replace(bad, **wrong)
    assert is_sound(good)
    assert not is_sound(bad)
    assert series.put([bad, good], NOW_MS, 0.0) == [good]


def test_bars_of_others_are_not_taken() -> None:
    """Of perpetuals that are not watched any more."""
    series = a_series(2)
    stranger = perps(3)[2]
    assert series.put([bar_of(stranger)], NOW_MS, 0.0) == []


def test_a_new_bar_is_shown_when_all_have_it() -> None:
    """What is shown does not change before."""
    series = filled(5)
    closed = [bar_of(one, -1) for one in series.instruments]
    then_ms = NOW_MS + BAR
    series.put(closed[:2], then_ms, 10.0)
    assert (series.is_new, series.came) == (True, 2)
    assert not series.is_settled(10.0)
    assert series.shown.newest_open_ms == NEWEST_MS
    series.put(closed[2:], then_ms, 10.5)
    assert series.is_settled(10.5)
    series.show()
    assert series.shown.newest_open_ms == START_MS
    assert not series.is_settled(99.0)


def test_after_a_while_most_are_enough_and_later_any() -> None:
    """Nine of ten and a quiet moment, or the end of patience."""
    for there, within_s in ((9, QUIET_S), (8, PATIENCE_S), (1, PATIENCE_S)):
        series = filled(5, count=10)
        series.put([bar_of(one, -1) for one in series.instruments[:there]], NOW_MS + BAR, 10.0)
        assert not series.is_settled(10.0 + within_s - 0.1)
        assert series.is_settled(10.0 + within_s)


def test_bars_of_which_nobody_speaks_are_shown_as_missing() -> None:
    """Twenty seconds after their end."""
    series = filled(5)
    closed_ms = START_MS + BAR + LATE_MS
    found = []
    for now_ms in (closed_ms - 1, closed_ms):
        series.advance(now_ms, 10.0)
        found.append((series.is_new, series.came))
    assert found == [(False, 3), (True, 0)]
    assert series.is_settled(10.0 + PATIENCE_S)


def test_others_are_watched_without_losing_those_that_stay() -> None:
    """In the new order."""
    series = filled(5, count=3)
    first, _, third = series.instruments
    stranger = perps(4)[3]
    series.watch([third, stranger, first])
    assert series.have()[:, -5:].sum(axis=1).tolist() == [5, 0, 5]
    assert series.have().shape == (3, WINDOW_BARS)
    assert np.isfinite(series.shown.close[0, -5:]).all()


def test_with_too_few_bars_all_that_boards_look_at_are_asked_for() -> None:
    """In one request a perpetual, and also where one more than the least is stored."""
    history = CandleHistory(bars=24, history_bars=16)
    few, enough = filled(15), filled(24)
    (of_many, *_) = history.missing(filled(23), NOW_MS).values()
    assert of_many == (NEWEST_MS - 23 * BAR,)
    (of_more, *_) = CandleHistory(bars=24, history_bars=26).missing(enough, NOW_MS).values()
    assert of_more == (NEWEST_MS - 25 * BAR, NEWEST_MS - 24 * BAR)
    (wanted, *_) = history.missing(few, NOW_MS).values()
    assert wanted == tuple(NEWEST_MS - ago * BAR for ago in range(23, 14, -1))
    ask = history.due(few, NOW_MS, 0.0)
    assert ask is not None
    assert (ask.instrument, ask.limit, ask.before_ms) == (
        few.instruments[0],
        9,
        NEWEST_MS - 14 * BAR,
    )
    assert history.missing(enough, NOW_MS) == {}
    assert history.due(enough, NOW_MS, 0.0) is None


def test_a_hole_is_asked_for_and_nothing_around_it() -> None:
    """From its first bar to its last; a bar that has just ended is left to the stream."""
    history = CandleHistory(bars=24, history_bars=16)
    series = a_series(1)
    one = series.instruments[0]
    agos = [ago for ago in range(24) if ago not in (3, 4, 7)]
    series.put([bar_of(one, ago) for ago in agos], NOW_MS, 0.0)
    ask = history.due(series, NOW_MS, 0.0)
    assert ask is not None
    assert (ask.first_ms, ask.last_ms) == (NEWEST_MS - 7 * BAR, NEWEST_MS - 3 * BAR)
    assert ask.wanted == tuple(NEWEST_MS - ago * BAR for ago in (7, 4, 3))
    series.put([bar_of(one, ago) for ago in (3, 4, 7)], NOW_MS, 0.0)
    just_ended_ms = START_MS + BAR + LATE_MS - 1
    series.put([bar_of(one, -2)], START_MS + 2 * BAR, 0.0)
    assert history.due(series, just_ended_ms, 0.0) is None
    assert history.due(series, just_ended_ms + 1, 0.0) is not None


def test_what_an_exchange_answers_without_twice_it_does_not_have() -> None:
    """The second time a minute later; a new listing is not asked about before it was listed."""
    history = CandleHistory(bars=24, history_bars=16)
    series = filled(10, count=1)
    for again in range(MISSES):
        now_s = again * TRY_AGAIN_S
        ask = history.due(series, NOW_MS, now_s)
        assert ask is not None
        assert history.answered(ask, [], now_s) == []
        assert history.due(series, NOW_MS, now_s + TRY_AGAIN_S - 1) is None
    assert history.due(series, NOW_MS, 1e9) is None
    assert history.missing(series, NOW_MS) == {}
    listed = replace(series.instruments[0], listed_ms=NEWEST_MS - 9 * BAR)
    series.watch([listed])
    assert CandleHistory(bars=24, history_bars=16).missing(series, NOW_MS) == {}


def test_of_an_answer_only_closed_bars_that_were_asked_for_count() -> None:
    """An exchange that gives more, or the forming bar, changes nothing."""
    history = CandleHistory(bars=24, history_bars=16)
    series = filled(10, count=1)
    one = series.instruments[0]
    ask = history.due(series, NOW_MS, 0.0)
    assert ask is not None
    good = replace(bar_of(one, 12), closed=None)
    others = [replace(bar_of(one, 13), closed=False), bar_of(one, 2), bar_of(one, -1)]
    assert history.answered(ask, [good, *others], 0.0) == [good]


def test_who_is_refused_does_not_hold_up_the_others() -> None:
    """It is asked about again much later."""
    history = CandleHistory(bars=24, history_bars=16)
    series = a_series(2)
    ask = history.due(series, NOW_MS, 0.0)
    assert ask is not None
    history.refused(ask, 0.0)
    other = history.due(series, NOW_MS, 0.0)
    assert other is not None
    assert (ask.instrument, other.instrument) == series.instruments
    again = history.due(series, NOW_MS, REFUSED_S)
    assert again is not None
    assert again.instrument == ask.instrument
