"""The detector: closed bars, holes, states, the forming bar."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.boards.anomalies.judging import NOW, moved, row_of, rules, states
from tests.boards.candles import NEWEST_MS, bars_from, random_bars
from tui_monitor.boards.anomalies import Reason, State
from tui_monitor.boards.anomalies.detect import Detected, detect, detect_forming, evaluate
from tui_monitor.boards.anomalies.rows import rows_of
from tui_monitor.boards.bars import Bars, Forming


def next_bar(bars: Bars, elapsed: float, *, by: float = 0.02, turnover: float = 1.0) -> Forming:
    """A forming bar that has moved, with so many times the mean turnover so far."""
    before = bars.close[:, -1]
    close = before * (1 + by)
    turnover_usd = bars.turnover_usd.mean(axis=1) * turnover
    return Forming(
        bars.newest_close_ms, elapsed, before, close, before, close, turnover_usd / close,
        turnover_usd,
    )  # fmt: skip


def cut(bars: Bars, place: int, *columns: int) -> None:
    """Take bars out."""
    for values in (bars.open, bars.high, bars.low, bars.close, bars.turnover_usd):
        values[place, list(columns)] = np.nan


def test_planted_moves_are_found_and_nothing_else_is_above_a_score_of_two() -> None:
    """A jump, a burst of volume, a wide bar, a quiet coin, a new listing with ten bars."""
    bars = random_bars(40, 96, seed=5)
    for place in range(40):
        moved(bars, place, 0.002)
    moved(bars, 0, 0.06)
    moved(bars, 1, -0.012, times=9)
    moved(bars, 2, 0.012, width=0.03)
    cut(bars, 4, *range(86))
    rows = rows_of(detect(bars, rules()), NOW)
    loud = {row.symbol for row in rows if (row.score or 0) > 2}
    assert loud == {"C0USDT", "C1USDT", "C2USDT"}
    by_symbol = {row.symbol: row for row in rows}
    assert Reason.PRICE in by_symbol["C0USDT"].reasons
    assert Reason.VOLUME in by_symbol["C1USDT"].reasons
    assert Reason.VOLATILITY in by_symbol["C2USDT"].reasons
    assert by_symbol["C3USDT"].state is State.SMALL_MOVE
    assert by_symbol["C4USDT"].note == "insufficient n=10"


def test_a_z_leaves_its_own_bar_out_of_the_history() -> None:
    """Returns of ±1 % and then 5 %: the mean is 1 %, and the deviation is of the returns before."""
    steps = np.where(np.arange(20) % 2, 1.01, 0.985)
    close = np.asarray(100 * np.cumprod(steps)[None, :], dtype=np.float64)
    close[0, -1] = close[0, -2] * 1.05
    row = row_of(bars_from((close, close, close, close, np.ones(close.shape))))
    # 18 earlier sizes: nine of 0.01 and nine of 0.015.
    assert row.price_z == pytest.approx((0.05 - 0.0125) / 0.0025)
    assert row.price_percentile == 100
    assert row.score == pytest.approx(0.4 * (15 - 2.5 + 0.8))
    # Turnover and range never change: no deviation, no z but 0.
    assert (row.volume_z, row.volatility_z) == (0, 0)
    assert row.reasons == [Reason.PRICE]
    assert (row.n, row.rank) == (20, 1)


def test_a_robust_z_stands_beside_each_plain_one() -> None:
    """Of the median, and 1.4826 times the median distance from it."""
    bars = random_bars(1, 60)
    moved(bars, 0, 0.02, times=3)
    bars.turnover_usd[0, 7] *= 1_000  # one outlier spoils mean and deviation, but not these
    history = bars.turnover_usd[0, :-1]
    median = np.median(history)
    mad = 1.4826 * np.median(np.abs(history - median))
    row = row_of(bars)
    assert row.volume_robust_z == pytest.approx((bars.turnover_usd[0, -1] - median) / mad)
    assert (row.volume_robust_z or 0) > 2 > (row.volume_z or 0)
    assert Reason.VOLUME not in row.reasons


def test_there_is_no_robust_z_without_a_median_distance() -> None:
    """Most of the turnover is one number."""
    bars = random_bars(1, 60)
    moved(bars, 0, 0.02, times=3)
    bars.turnover_usd[0, :40] = 7.0
    row = row_of(bars)
    assert row.volume_robust_z is None
    assert row.volume_z is not None


def test_little_turnover_is_no_reason() -> None:
    """The original's mode takes it for one."""
    bars = random_bars(1, 96)
    moved(bars, 0, 0.02, times=0.0)
    bars.turnover_usd[0, :-1] = np.linspace(0.9, 1.1, 95) * 1e6
    row = row_of(bars)
    assert (row.volume_z or 0) < -10
    assert (row.volume_score, Reason.VOLUME in row.reasons) == (0, False)
    theirs = row_of(bars, mode="original")
    assert (theirs.volume_score or 0) > 10
    assert Reason.VOLUME in theirs.reasons


@pytest.mark.parametrize(
    ("gone", "state", "note"),
    [
        (range(96), State.NO_DATA, "none of the last 96 bars"),
        ([95], State.NO_BAR, "no bar; the newest is 1 bar older"),
        ([94, 95], State.NO_BAR, "no bar; the newest is 2 bars older"),
        (range(81), State.INSUFFICIENT, "insufficient n=15"),
        (range(95), State.INSUFFICIENT, "insufficient n=1"),
        (range(0, 95, 2), State.INSUFFICIENT, "insufficient n=1"),
        (range(80), State.ANOMALY, ""),
        ([94], State.GAP, "the bar before it is missing"),
        ([50, 51, 52], State.ANOMALY, ""),
    ],
)
def test_a_hole_is_never_a_move(gone: list[int], state: State, note: str) -> None:
    """Each instrument says what it lacks, and what it lacks is no number."""
    bars = random_bars(3, 96)
    moved(bars, 1, 0.05)
    cut(bars, 1, *gone)
    row = row_of(bars, place=1)
    assert row.state is state
    assert row.note.startswith(note)
    assert (row.score is None) is (state is not State.ANOMALY)
    assert (row.reasons == []) is (state is not State.ANOMALY)
    assert (row.n == 0) is (state is State.NO_DATA)
    assert (row.price_z is None) is (state is not State.ANOMALY)
    assert (row.price_percentile is None) is (state is not State.ANOMALY)


def test_n_counts_what_is_really_there() -> None:
    """A hole takes its bars and the return that leads out of it; z are of what is left."""
    bars = random_bars(2, 96)
    for place in range(2):
        moved(bars, place, 0.05)
    cut(bars, 0, 50, 51, 52)
    for prices in (bars.open, bars.high, bars.low, bars.close):
        prices[0, 53:] *= 3  # over the hole, so it is nobody's return
    found = detect(bars, rules())
    assert found.measures.price.n.tolist() == [90, 94]
    assert found.measures.volume.n.tolist() == [92, 95]
    row = row_of(bars)
    assert row.n == 92
    close = bars.close[0]
    sizes = [abs(close[i] / close[i - 1] - 1) for i in range(1, 95) if i not in range(50, 54)]
    assert row.price_z == pytest.approx((0.05 - np.mean(sizes)) / np.std(sizes))
    assert max(sizes) < 0.1


def test_turnover_that_is_not_known_gives_no_z_and_says_so() -> None:
    """The price is judged all the same."""
    bars = random_bars(2, 96)
    for place in range(2):
        moved(bars, place, 0.05)
    bars.turnover_usd[0] = np.nan
    bars.turnover_usd[1, :-5] = np.nan
    unknown, few = row_of(bars), row_of(bars, place=1)
    assert (unknown.volume_z, unknown.volume_score, unknown.turnover_usd) == (None, 0, None)
    assert (unknown.state, unknown.note) == (State.ANOMALY, "turnover not known")
    assert (few.volume_z, few.note) == (None, "turnover of 4 earlier bars only")


def test_the_least_return_can_be_set() -> None:
    """At the least it is judged; a hair below not."""
    bars = random_bars(1, 96)
    moved(bars, 0, 0.01)
    bars.close[0, -2:] = 100, 101
    assert row_of(bars).score is not None
    assert row_of(bars, min_return=0.0101).note == "moved 1 %, less than 1.01 %"
    bars.close[0, -1] = 100.99
    assert row_of(bars).state is State.SMALL_MOVE
    assert row_of(bars, min_return=0.0).score is not None


def test_thresholds_and_weights_are_what_is_set() -> None:
    """Each of the seven."""
    bars = random_bars(1, 96)
    moved(bars, 0, 0.05, width=0.02, times=9)
    row = row_of(bars)
    plain = {
        "price_z": row.price_z or 0,
        "volume_z": row.volume_z or 0,
        "volatility_z": row.volatility_z or 0,
    }
    limits = {"price_z": 3.0, "price_percentile": 99.0, "volume_z": 2.5, "volatility_z": 1.0}
    weights = {"price_weight": 0.1, "volume_weight": 0.2, "volatility_weight": 0.7}
    score = 0.1 * (plain["price_z"] - 3 + 0.1)
    score += 0.2 * (plain["volume_z"] - 2.5) + 0.7 * (plain["volatility_z"] - 1)
    assert row_of(bars, 0, **limits, **weights).score == pytest.approx(score)
    reasons = row_of(bars, volume_z=99.0, volatility_z=99.0).reasons
    assert reasons == [Reason.PRICE]
    assert row_of(bars, price_z=99.0, volume_z=99.0).reasons == [Reason.PRICE, Reason.VOLATILITY]


def test_a_percentile_alone_is_an_anomaly_of_little_score() -> None:
    """At most 0.32: it never reaches a half."""
    bars = random_bars(1, 96)
    steps = np.where(np.arange(96) % 2, 1.0, -1.0) * np.linspace(0.001, 0.0149, 96)
    bars.close[0] = 100 * np.cumprod(1 + steps)
    bars.high[0] = bars.close[0] * 1.001
    bars.low[0] = bars.close[0] * 0.999
    bars.turnover_usd[0] = 5.0
    row = row_of(bars)
    assert (row.price_z or 9) < 2.5
    assert (row.state, row.reasons) == (State.ANOMALY, [Reason.PRICE])
    assert row.score == pytest.approx(0.32)


def test_no_more_bars_are_looked_at_than_are_set() -> None:
    """What is older changes nothing."""
    bars = random_bars(3, 150)
    for place in range(3):
        moved(bars, place, 0.02)
    short = detect(bars, rules(bars=60))
    assert short.measures.price.n.tolist() == [58, 58, 58]
    again = detect(bars.tail(60), rules(bars=200))
    assert np.array_equal(short.score, again.score)


def test_the_forming_bar_is_judged_apart_and_its_turnover_scaled_to_its_time() -> None:
    """A third of the turnover after a third of the time is nothing unusual."""
    bars = random_bars(4, 96)
    found = detect_forming(bars, next_bar(bars, 1 / 3, turnover=1 / 3), rules())
    rows = rows_of(found, NOW)
    assert len(found.bars.open_ms) == 96
    assert all(row.forming and row.open_ms == bars.newest_close_ms for row in rows)
    for row in rows:
        place = int(row.symbol[1:].removesuffix("USDT"))
        whole = bars.turnover_usd[place].mean()
        assert row.turnover_usd == pytest.approx(whole)
        assert abs(row.volume_z or 9) < 0.1
        assert row.return_pct == pytest.approx(2)
    assert not any(row.forming for row in rows_of(detect(bars, rules()), NOW))


def test_a_bar_that_has_only_begun_has_no_turnover_to_scale() -> None:
    """One trade in the first second is no burst."""
    bars = random_bars(1, 96)
    row = rows_of(detect_forming(bars, next_bar(bars, 0.01, turnover=1.0), rules()), NOW)[0]
    assert (row.volume_z, row.turnover_usd, row.note) == (None, None, "turnover not known yet")
    later = rows_of(detect_forming(bars, next_bar(bars, 0.06, turnover=1.0), rules()), NOW)[0]
    assert (later.volume_z or 0) > 2


def test_the_mode_says_which_bar_the_board_is_of() -> None:
    """Closed with the open one beside it, or the open one alone; the closed one without it."""
    bars = random_bars(2, 96)
    forming = next_bar(bars, 0.5)
    board, beside = evaluate(bars, forming, rules())
    assert (board.elapsed, beside is not None and beside.elapsed) == (None, 0.5)
    theirs, nothing = evaluate(bars, forming, rules(mode="original"))
    assert (theirs.elapsed, nothing) == (0.5, None)
    assert theirs.measures.volume.value[0] == forming.turnover_usd[0]
    for mode in ("closed", "original"):
        alone, nothing = evaluate(bars, None, rules(mode=mode))
        assert (alone.elapsed, nothing) == (None, None)


def test_an_instrument_without_a_forming_candle_says_so() -> None:
    """It has not traded yet."""
    bars = random_bars(2, 96)
    forming = next_bar(bars, 0.5)
    forming.close[1] = np.nan
    assert states(detect_forming(bars, forming, rules()))[1] is State.NO_BAR


def test_no_instruments_give_no_rows() -> None:
    """Before the first list has come."""
    assert rows_of(detect(random_bars(0, 96), rules()), NOW) == []


def test_many_blocks_of_instruments_give_what_one_gives() -> None:
    """And in their order."""
    bars = random_bars(1_300, 20, seed=3)
    cut(bars, 650, 5)
    whole = detect(bars, rules())
    for places in (range(10), range(630, 655), range(1_275, 1_300)):
        part = detect(part_of(bars, list(places)), rules())
        for name in ("score", "parts", "flags", "states"):
            ours, theirs = getattr(whole, name)[..., list(places)], getattr(part, name)
            assert np.array_equal(ours, theirs, equal_nan=True)


def part_of(bars: Bars, places: list[int]) -> Bars:
    """Some instruments, in this order."""
    columns = (bars.open, bars.high, bars.low, bars.close, bars.turnover_usd)
    opens, high, low, close, turnover = (column[places] for column in columns)
    return bars_from(
        (opens, high, low, close, turnover),
        instruments=[bars.instruments[place] for place in places],
        newest_ms=NEWEST_MS,
    )


def numbers_of(found: Detected) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    measures = (found.measures.price, found.measures.volume, found.measures.volatility)
    robust = [one.robust_z for one in measures]
    return np.stack([*(one.z for one in measures), *robust, found.measures.percentile])


@given(
    seed=st.integers(0, 10**6),
    price=st.floats(1e-9, 1e6),
    volume=st.floats(1e-9, 1e9),
    hole=st.integers(0, 59),
)
def test_neither_the_price_s_unit_nor_the_volume_s_matters(
    seed: int, price: float, volume: float, hole: int
) -> None:
    """A coin at 0.00001 with millions of units is judged like one at 50,000."""
    bars = random_bars(6, 60, seed=seed)
    cut(bars, 2, hole)
    columns = (bars.open, bars.high, bars.low, bars.close)
    opens, high, low, close = (column * price for column in columns)
    scaled = bars_from((opens, high, low, close, bars.turnover_usd * volume))
    ours = numbers_of(detect(bars, rules()))
    theirs = numbers_of(detect(scaled, rules()))
    # A percentile may differ by the one return that is as good as equal.
    assert np.allclose(ours[:-1], theirs[:-1], rtol=1e-6, atol=1e-6, equal_nan=True)
    assert np.allclose(ours[-1], theirs[-1], atol=2, equal_nan=True)


@given(seed=st.integers(0, 10**6), order=st.permutations(range(8)))
def test_the_order_of_the_instruments_does_not_matter(seed: int, order: list[int]) -> None:
    """Nor who else is there."""
    bars = random_bars(8, 40, seed=seed)
    cut(bars, 3, 7, 8)
    found, mixed = detect(bars, rules()), detect(part_of(bars, order), rules())
    assert np.array_equal(numbers_of(found)[:, order], numbers_of(mixed), equal_nan=True)
    assert np.array_equal(found.score[order], mixed.score, equal_nan=True)
    assert np.array_equal(found.states[order], mixed.states)
    rows = rows_of(mixed, NOW)
    assert [row.symbol for row in rows_of(found, NOW)] == [row.symbol for row in rows]


@pytest.mark.parametrize("gone", [[], [3]])
@pytest.mark.parametrize("constant", [0.1, 0.7, 1 / 3, 1e6 / 7])
def test_a_history_of_one_number_has_no_deviation(constant: float, gone: list[int]) -> None:
    """Not even that which the rounding of its mean leaves."""
    bars = random_bars(1, 96)
    moved(bars, 0, 0.05)
    bars.turnover_usd[0] = constant
    bars.turnover_usd[0, -1] = constant * (1 + 1e-9)
    cut(bars, 0, *gone)
    found = detect(bars, rules()).measures.volume
    assert (found.deviation[0], found.z[0]) == (0, 0)
