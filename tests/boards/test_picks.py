"""The picks: the formula's four parts, its caps, and the highest score so far."""

import numpy as np
import pytest

from tests.boards.candles import BAR_MS, NEWEST_MS, bars_from, random_bars
from tui_monitor.boards.bars import Bars
from tui_monitor.boards.picks import PickRow
from tui_monitor.boards.picks.score import DayFigures, Scores, picks
from tui_monitor.market import Key


def flat(coins: int = 1, count: int = 20) -> Bars:
    """Every close 100, every high 101, 10 coins a bar."""
    ones = np.ones((coins, count))
    return bars_from((100 * ones, 101 * ones, 99 * ones, 100 * ones, 1_000 * ones))


def day_of(bars: Bars, change_pct: float = 0.0, millions: float = 0.01) -> dict[Key, DayFigures]:
    return {one.key: DayFigures(change_pct, millions * 1e6) for one in bars.instruments}


def only_row(bars: Bars, day: dict[Key, DayFigures]) -> PickRow:
    rows = picks(bars, day, NEWEST_MS + BAR_MS).board.rows
    assert len(rows) == 1
    return rows[0]


def test_the_four_parts_add_up_to_the_score() -> None:
    """By hand: 4 % down in a day, 20 million, a jump of 2 %, half as much again at the end."""
    bars = flat()
    bars.close[0, -1] = 102
    bars.high[0, -3] = 105
    bars.volume_coins[0, -5:] = 11
    row = only_row(bars, day_of(bars, -4.0, 20.0))
    assert row.change_points == pytest.approx(1.2)
    assert row.turnover_points == pytest.approx(5.0)
    # One return of 0.02 among 15: the mean is 0.02/15, the variance 0.02² × 14/15².
    deviation = 0.02 * 14**0.5 / 15
    assert row.volatility_points == pytest.approx(0.25 * 1000 * deviation)
    assert row.growth_points == pytest.approx(0.2 * 10)
    assert row.score == pytest.approx(1.2 + 5.0 + 250 * deviation + 2.0)
    assert (row.start_price, row.current_price, row.max_price) == (100, 102, 105)
    assert row.increase_pct == pytest.approx(2.0)
    assert row.deviation_pct == pytest.approx(100 * deviation)
    assert row.growth_pct == pytest.approx(10.0)
    assert row.start_ms == NEWEST_MS - 15 * BAR_MS
    assert (row.n, row.rank) == (16, 1)


def test_each_part_but_the_change_has_a_cap_and_so_has_the_score() -> None:
    """25, 12.5 and 4 points; 100 in all."""
    bars = flat()
    bars.close[0, ::2] = 150
    bars.volume_coins[0, -5:] = 900
    row = only_row(bars, day_of(bars, 50.0, 900.0))
    capped = (row.change_points, row.turnover_points, row.volatility_points, row.growth_points)
    assert capped == pytest.approx((15, 25, 12.5, 4))
    assert row.score == pytest.approx(56.5)
    assert only_row(bars, day_of(bars, 400.0)).score == 100


def test_volume_that_falls_counts_like_volume_that_grows() -> None:
    """The size of the growth."""
    bars = flat()
    bars.volume_coins[0, -5:] = 9
    row = only_row(bars, day_of(bars))
    assert row.growth_pct == pytest.approx(-10)
    assert row.growth_points == pytest.approx(2)


@pytest.mark.parametrize("volume", [0.0, np.nan])
def test_growth_from_nothing_is_unknown(volume: float) -> None:
    """And gives no points."""
    bars = flat()
    bars.volume_coins[0, :-5] = volume
    row = only_row(bars, day_of(bars))
    assert row.growth_pct is None
    assert row.growth_points == 0


def test_the_thirty_with_most_turnover_are_scored_and_twenty_kept() -> None:
    """By score; more than 5,000 USD a day is needed."""
    bars = random_bars(40, 20)
    day = {
        one.key: DayFigures(float(number), 5_000.0 + 1e6 * (number - 5))
        for number, one in enumerate(bars.instruments)
    }
    picked = picks(bars, day, NEWEST_MS)
    board = picked.board
    assert (board.candidates, len(picked.scores), len(board.rows)) == (30, 30, 20)
    assert {key[2] for key in picked.scores} == {f"C{number}USDT" for number in range(10, 40)}
    assert [row.rank for row in board.rows] == list(range(1, 21))
    scores = [row.score for row in board.rows]
    assert scores == sorted(scores, reverse=True)
    few = {one.key: DayFigures(1.0, 5_000.0) for one in bars.instruments}
    assert picks(bars, few, NEWEST_MS).board.candidates == 0


def test_the_highest_score_so_far_is_kept_from_evaluation_to_evaluation() -> None:
    """As is the one before; whoever was not scored this time is not forgotten."""
    bars = flat()
    key = bars.instruments[0].key
    first = picks(bars, day_of(bars, 10.0), NEWEST_MS)
    assert first.board.rows[0].last_score is None
    second = picks(bars, day_of(bars, 2.0), NEWEST_MS, first.scores)
    row = second.board.rows[0]
    assert row.last_score == row.max_score == first.board.rows[0].score
    assert row.score < row.max_score
    third = picks(bars, day_of(bars, 30.0), NEWEST_MS, second.scores)
    assert third.board.rows[0].max_score == third.board.rows[0].score
    assert picks(bars, {}, NEWEST_MS, third.scores).scores[key] == third.scores[key]
    assert isinstance(third.scores[key], Scores)


def test_who_can_not_be_scored_is_left_out_with_the_reason() -> None:
    """Too few bars, no newest bar, no change."""
    bars = flat(4)
    bars.close[0, :-9] = np.nan
    bars.close[1, -1] = np.nan
    day = day_of(bars, 1.0)
    day[bars.instruments[2].key] = DayFigures(None, 1e6)
    board = picks(bars, day, NEWEST_MS).board
    reasons = {one.symbol: one.reason for one in board.left_out}
    assert reasons["C0USDT"] == "insufficient n=9"
    assert reasons["C1USDT"] == "the newest bar is missing"
    assert reasons["C2USDT"] == "24 h change not known"
    assert [row.symbol for row in board.rows] == ["C3USDT"]
    bars.close[0, -10] = 100
    assert len(picks(bars, day, NEWEST_MS).board.rows) == 2


def test_a_move_over_a_hole_is_no_return() -> None:
    """The bars on both sides of it still count."""
    bars = flat()
    bars.close[0, :10] = 50
    bars.close[0, 9] = np.nan
    row = only_row(bars, day_of(bars))
    assert row.volatility_points == 0
    assert (row.n, row.start_price, row.increase_pct) == (15, 50, 100)
