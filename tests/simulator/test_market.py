"""The market: one story, told the same way by every bar, price and quote."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_monitor.clock import MINUTE_MS, SLOT_MS
from tui_monitor.simulator.bars import Bar, merged
from tui_monitor.simulator.coins import COINS, MAJORS
from tui_monitor.simulator.contracts import Contract
from tui_monitor.simulator.market import GRID_MS, Series, World
from tui_monitor.simulator.okx.catalog import catalog_of

BTC = Contract("BTC-USDT-SWAP", "BTC", tick_places=1, lot_places=2, size_exponent=-2)
INVERSE = Contract("BTC-USD-SWAP", "BTC", 1, 1, size_exponent=2, inverse=True, activity=0.1)
PEPE = Contract("PEPE-USDT-SWAP", "PEPE", 10, 1, size_exponent=7)
SPOT = Contract("SOL-USDT", "SOL", 2, 6, activity=0.15)

contracts = st.sampled_from([BTC, INVERSE, PEPE, SPOT])
seeds = st.integers(0, 3)
# 2020 to 2030, any minute.
minutes = st.integers(26_297_280, 31_557_600)


def a_series(contract: Contract = BTC, seed: int = 1) -> Series:
    """A fresh series: nothing remembered."""
    return World(seed).series(contract)


def prices_within(series: Series, minute: int) -> list[int]:
    """Every price of a minute."""
    begin_ms = minute * MINUTE_MS
    return [series.price(ms) for ms in range(begin_ms, begin_ms + MINUTE_MS, GRID_MS)]


@settings(max_examples=60, deadline=None)
@given(contracts, seeds, minutes)
def test_a_minute_bar_is_the_extremes_of_its_prices(
    contract: Contract, seed: int, minute: int
) -> None:
    """Open, high, low and close are the first, highest, lowest and last price inside."""
    series = a_series(contract, seed)
    prices = prices_within(series, minute)
    bar = series.span(minute, minute + 1)
    assert bar[:4] == (prices[0], max(prices), min(prices), prices[-1])


@settings(max_examples=60, deadline=None)
@given(contracts, seeds, minutes, st.lists(st.integers(0, 59_999), min_size=1, max_size=12))
def test_a_price_is_the_same_alone_and_among_those_of_its_minute(
    contract: Contract, seed: int, minute: int, inside_ms: list[int]
) -> None:
    """One of a past minute is made without the others, also between those of another."""
    prices = prices_within(a_series(contract, seed), minute)
    series, begin_ms = a_series(contract, seed), minute * MINUTE_MS
    for ms in (0, *inside_ms, 59_999):
        assert series.price(begin_ms + ms) == prices[ms // GRID_MS]
        assert a_series(contract, seed).price(begin_ms + ms) == prices[ms // GRID_MS]
        series.price(begin_ms - 10 * MINUTE_MS)


@settings(max_examples=60, deadline=None)
@given(contracts, seeds, minutes, st.sampled_from([3, 5, 15, 30, 60, 240, 1_440]))
def test_bars_are_aggregates_of_the_minutes_inside(
    contract: Contract, seed: int, minute: int, length: int
) -> None:
    """Prices and both volumes of a larger bar follow from its minutes exactly."""
    series = a_series(contract, seed)
    first = minute - minute % length
    whole = series.span(first, first + length)
    parts = [series.span(at, at + 1) for at in range(first, first + length)]
    assert whole == merged(parts)
    assert whole.lots == sum(part.lots for part in parts)
    assert whole.turnover == sum(part.turnover for part in parts)


@settings(max_examples=60, deadline=None)
@given(contracts, seeds, minutes, st.integers(0, 59_999))
def test_the_forming_bar_ends_at_the_live_price_and_only_grows(
    contract: Contract, seed: int, minute: int, inside_ms: int
) -> None:
    """A forming bar has the final open, the live close, and no more than the closed bar has."""
    series = a_series(contract, seed)
    first = minute - minute % 30
    now_ms = minute * MINUTE_MS + inside_ms
    forming, closed = series.forming(first, now_ms), series.span(first, first + 30)
    assert forming.open == closed.open == series.price(first * MINUTE_MS)
    assert forming.close == series.price(now_ms)
    assert closed.low <= forming.low <= forming.high <= closed.high
    assert 0 <= forming.lots <= closed.lots
    assert 0 <= forming.turnover <= closed.turnover


@settings(max_examples=60, deadline=None)
@given(contracts, seeds, minutes)
def test_the_last_moment_of_a_bar_is_its_close(contract: Contract, seed: int, minute: int) -> None:
    """100 ms before the next bar opens, the live price and the forming bar are the closed bar's."""
    series = a_series(contract, seed)
    first = minute - minute % 30
    end_ms = (first + 30) * MINUTE_MS
    assert series.forming(first, end_ms - GRID_MS) == series.span(first, first + 30)
    assert series.price(end_ms - GRID_MS) == series.span(first, first + 30).close


@settings(max_examples=60, deadline=None)
@given(contracts, seeds, minutes, st.integers(0, 59_999))
def test_the_book_is_never_crossed_and_never_empty(
    contract: Contract, seed: int, minute: int, inside_ms: int
) -> None:
    """Bid < ask, the last price is one of them or between, sizes are at least a lot."""
    quote = a_series(contract, seed).quote(minute * MINUTE_MS + inside_ms)
    assert 0 < quote.bid < quote.ask
    assert quote.bid <= quote.last <= quote.ask
    assert min(quote.last_lots, quote.bid_lots, quote.ask_lots) >= 1


@settings(max_examples=40, deadline=None)
@given(contracts, minutes)
def test_turnover_lies_between_the_volume_at_low_and_at_high(
    contract: Contract, minute: int
) -> None:
    """The mean price that volume and turnover imply is one that was traded."""
    bar = a_series(contract).span(minute, minute + 1)
    assert bar.lots >= 1
    if contract.inverse:
        usd_e8 = bar.lots * 10 ** (8 + contract.size_exponent + contract.tick_places)
        lot = 10**contract.lot_places
        assert usd_e8 // (bar.high * lot) - 1 <= bar.turnover <= usd_e8 // (bar.low * lot) + 1
    else:
        assert 2 * bar.lots * bar.low <= bar.turnover <= 2 * bar.lots * bar.high


def test_one_seed_tells_one_story_and_another_seed_another() -> None:
    """Nothing depends on what was asked before, nor on the process."""
    now_ms = 1_795_132_812_300
    first, second = a_series(), a_series()
    second.day(now_ms - 86_400_000)
    assert first.quote(now_ms) == second.quote(now_ms)
    assert first.day(now_ms) == second.day(now_ms)
    assert a_series(seed=2).price(now_ms) != first.price(now_ms)
    # Known figures: a change of the formula changes every recorded expectation.
    assert first.price(1_795_132_800_000) == first.knot(1_795_132_800_000 // SLOT_MS)


def test_coins_move_together_and_by_realistic_amounts() -> None:
    """A coin moves 1 to 5 % a day, the sum of the 27 by tens of points, never all alike."""
    catalog = catalog_of(1)
    found = [catalog.find(f"{coin}-USDT-SWAP", 1_795_132_800_000) for coin in MAJORS]
    series = [listing.series for listing in found if listing is not None]
    assert len(series) == 27
    today = 1_795_132_800_000 // SLOT_MS
    days = [
        [(one.knot(at + 48) / one.knot(at) - 1) * 100 for one in series]
        for at in range(today - 60 * 48, today, 48)
    ]
    spread = [sum(day[place] ** 2 for day in days) ** 0.5 / 60**0.5 for place in range(27)]
    assert all(0.7 < one < 6 for one in spread)
    sums = [sum(day) for day in days]
    assert 20 < (sum(one**2 for one in sums) / 60) ** 0.5 < 100
    assert any(min(day) < 0 < max(day) for day in days)


def test_prices_stay_near_the_levels_of_the_year() -> None:
    """BTC costs some 100,000 dollars, PEPE some millionths, each for a decade."""
    for contract in (BTC, PEPE, SPOT):
        series = a_series(contract)
        level = COINS[contract.coin].price_usd * 10**contract.tick_places
        for block in range(876_576, 1_051_920, 4_001):
            assert 0.3 * level < series.knot(block) < 3 * level


def test_the_day_is_the_last_24_hours() -> None:
    """The 24 h figures are 1,440 whole minutes and the running one."""
    series = a_series()
    now_ms = 1_795_132_812_300
    minute = now_ms // MINUTE_MS
    expected = merged([series.span(minute - 1_440, minute), series.running_minute(now_ms)])
    assert series.day(now_ms) == expected


@pytest.mark.parametrize("contract", [BTC, INVERSE, PEPE])
def test_a_day_that_rolls_on_is_the_same_as_one_made_anew(contract: Contract) -> None:
    """Minutes, hours and days later, and after the clock was set back."""
    series, now_ms = a_series(contract), 1_795_132_812_300
    for step_ms in (0, 60_000, 1_800_000, 5_400_000, 90_000_000, -7_200_000, 200_000_000, -600_000):
        now_ms += step_ms
        assert series.day(now_ms) == a_series(contract).day(now_ms)


def test_a_new_listing_has_a_shorter_day() -> None:
    """Before the first trade there is nothing to count."""
    listed_ms = 1_795_132_800_000
    series = World(1).series(BTC._replace(listed_ms=listed_ms))
    assert series.day(listed_ms + 30_000) == series.running_minute(listed_ms + 30_000)
    minute = listed_ms // MINUTE_MS
    assert series.day(listed_ms + 90_000).open == series.span(minute, minute + 1).open


def test_a_halted_contract_keeps_its_last_price() -> None:
    """Nothing moves after trading was halted."""
    halted_ms = 1_795_132_800_000
    series = World(1).series(BTC._replace(halted_ms=halted_ms))
    assert series.quote(halted_ms + 5_000_000) == series.quote(halted_ms - 1)


@pytest.mark.parametrize("contract", [BTC, SPOT])
def test_a_page_of_half_hours_is_quick(contract: Contract) -> None:
    """300 half-hour bars are built from nothing but hashes; a year ago costs what today does."""
    series = a_series(contract)
    bars = [series.span(at, at + 30) for at in range(27_000_000, 27_009_000, 30)]
    assert len(bars) == 300
    assert all(isinstance(bar, Bar) for bar in bars)
