"""Signals: three samples in a row, exactly at the threshold, and what breaks a run."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.boards.quotes import BINANCE, BITGET, BYBIT, OKX, PERP, SPOT, Quotes, an_instrument
from tui_monitor.boards.legs import Now
from tui_monitor.boards.signals import Ending, Signal
from tui_monitor.boards.signals.detector import Sampled, SignalDetector
from tui_monitor.boards.signals.runs import last_runs, runs_of
from tui_monitor.config import Signals
from tui_monitor.model import Exchange, Instrument, Status

FLIP = "direction flip uses another key"


class Desk(Quotes):
    """Quotes with a detector, sampled every two seconds."""

    def __init__(self, **given: Any) -> None:
        super().__init__()
        self.detector = SignalDetector(Signals(**given), max_age_s=3.0)

    def sample(self) -> Sampled:
        self.refresh()
        return self.detector.sample(self.table, self.same.barred(self.table), self.now)

    def look(self, bid: float, ask: float = 100.0, *, after_s: float = 2.0) -> Sampled:
        """Binance sells at `ask`, okx buys at `bid`, some seconds later."""
        self.wait(after_s)
        self.book(an_instrument(BINANCE), ask * 0.99, ask)
        self.book(an_instrument(OKX), bid, bid * 1.01)
        return self.sample()


def test_three_samples_in_a_row_make_a_signal() -> None:
    """Exactly 0.6 % counts, although floats say 0.5999…"""
    desk = Desk()
    assert [len(desk.look(100.6).new) for _ in range(3)] == [0, 0, 1]
    (signal,) = desk.detector.kept
    assert (signal.coin, signal.long_exchange, signal.short_exchange) == ("LINK", BINANCE, OKX)
    assert (signal.long_market, signal.short_market) == (PERP, PERP)
    assert (signal.price_long, signal.price_short, signal.spread_pct) == (100.0, 100.6, 0.6)
    assert [one.spread_pct for one in signal.samples] == [0.6, 0.6, 0.6]
    assert [desk.now.ms - one.at_ms for one in signal.samples] == [4000, 2000, 0]
    assert (signal.at_ms, signal.began_ms) == (desk.now.ms, desk.now.ms - 4000)
    assert (signal.ended_ms, signal.lasted_ms, signal.ending) == (None, None, None)


def test_the_smallest_price_step_below_the_threshold_does_not_count() -> None:
    """Nor is anything rounded up."""
    desk = Desk()
    for _ in range(4):
        assert desk.look(100.5999999999).new == []
    assert desk.detector.board(desk.now.ms).open_runs == 0


def test_prices_of_a_thousand_coins_are_exact_too() -> None:
    """The division by the multiplier leaves dust that must not decide."""
    desk = Desk()
    for _ in range(3):
        found = desk.look(0.012072 / 1000, 0.012 / 1000)
    assert [signal.spread_pct for signal in found.new] == [0.6]


def test_other_thresholds_hold_from_the_next_sample_on() -> None:
    """A run that goes on may need more samples than it could hold before."""
    desk = Desk()
    for _ in range(2):
        desk.look(100.7)
    desk.detector.apply(Signals(samples=5, threshold_pct=0.65), 3.0)
    assert [len(desk.look(100.7).new) for _ in range(3)] == [0, 0, 1]
    assert desk.detector.kept[0].threshold_pct == 0.65
    desk.detector.apply(Signals(samples=5, threshold_pct=0.8), 3.0)
    (ended,) = desk.look(100.7).ended
    assert ended.ending is Ending.NARROWED


def test_a_sample_below_breaks_the_run() -> None:
    """Three more are needed then."""
    desk = Desk()
    spreads = [100.7, 100.7, 100.5, 100.7, 100.7, 100.7]
    assert [len(desk.look(bid).new) for bid in spreads] == [0, 0, 0, 0, 0, 1]


def test_a_turned_direction_breaks_the_run() -> None:
    """Cheap here, then cheap there, then cheap here again is no three in a row."""
    desk = Desk()
    for ask, bid in ((100.0, 100.7), (100.0, 100.7), (102.0, 100.0), (100.0, 100.7)):
        assert desk.look(bid, ask).new == []
    assert desk.look(100.7).new == []
    assert len(desk.look(100.7).new) == 1


def test_a_signal_says_how_long_it_lasted_and_why_it_ended() -> None:
    """From the first sample over the threshold to the first that is not."""
    desk = Desk()
    for _ in range(5):
        desk.look(100.7)
    ended = desk.look(100.5).ended
    assert [(one.lasted_ms, one.ending) for one in ended] == [(10_000, Ending.NARROWED)]
    assert ended == desk.detector.kept
    assert ended[0].ended_ms == desk.now.ms
    assert desk.look(100.5).ended == []


def test_an_end_by_turning_is_told_from_narrowing() -> None:
    """Turned: now the other direction has the gain."""
    desk = Desk()
    for _ in range(3):
        desk.look(100.7)
    (ended,) = desk.look(98.0, ask=101.0).ended
    assert ended.ending is Ending.TURNED


def test_a_leg_that_goes_stale_ends_the_run() -> None:
    """A frozen exchange makes no signal: its two samples don't become three."""
    desk = Desk()
    desk.look(100.7)
    for _ in range(5):
        desk.wait(2)
        desk.book(an_instrument(BINANCE), 99.0, 100.0)
        assert desk.sample().new == []
    for _ in range(3):
        found = desk.look(100.7)
    assert len(found.new) == 1
    desk.wait(3.1)
    desk.book(an_instrument(BINANCE), 99.0, 100.0)
    assert [one.ending for one in desk.sample().ended] == [Ending.STALE]


def test_quarantine_and_delisting_end_a_run() -> None:
    """Each with its own word."""
    desk = Desk()
    desk.index(an_instrument(BYBIT), 100.0)
    for _ in range(3):
        desk.look(100.7)
    desk.index(an_instrument(OKX), 150.0)
    desk.index(an_instrument(BINANCE), 100.0)
    assert [one.ending for one in desk.look(100.7).ended] == [Ending.QUARANTINED]
    other = Desk()
    for _ in range(3):
        other.look(100.7)
    other.market.relist(replace(an_instrument(OKX), status=Status.DELISTED))
    other.wait(2)
    assert [one.ending for one in other.sample().ended] == [Ending.UNKNOWN_PRICE]


def test_a_gap_of_eight_seconds_clears() -> None:
    """7.9 s do not. A run that a gap ended lasted until the last sample before it."""
    desk = Desk()
    assert [len(desk.look(100.7, after_s=7.9).new) for _ in range(3)] == [0, 0, 1]
    found = desk.look(100.7, after_s=8.0)
    assert [(one.lasted_ms, one.ending) for one in found.ended] == [(15_800, Ending.GAP)]
    assert found.new == []
    assert desk.look(100.7).new == []


def test_samples_too_soon_are_none() -> None:
    """Three looks within a second are not three samples two seconds apart."""
    desk = Desk()
    for _ in range(9):
        assert desk.look(100.7, after_s=0.1).new == []
    assert desk.detector.board(desk.now.ms).open_runs == 1


def test_a_pair_rests_thirty_seconds_after_a_signal() -> None:
    """In its direction; the run goes on, and its signals end together."""
    desk = Desk()
    new = [len(desk.look(100.7).new) for _ in range(18)]
    assert [place for place, count in enumerate(new) if count] == [2, 17]
    ended = desk.look(100.0).ended
    assert [one.lasted_ms for one in ended] == [36_000, 36_000]
    assert desk.detector.kept == ended[::-1]


def test_the_last_fifty_are_kept_newest_first() -> None:
    """Stored ones fill what room is left."""
    desk = Desk(cooldown_s=0.0, keep=5)
    for _ in range(5):
        desk.look(100.7)
    old = [replace(one, coin="OLD") for one in desk.detector.kept]
    desk.detector.remember(old)
    assert [one.coin for one in desk.detector.kept] == ["LINK"] * 3 + ["OLD"] * 2
    times = [one.at_ms for one in desk.detector.kept[:3]]
    assert times == sorted(times, reverse=True)
    for _ in range(9):
        desk.look(100.7)
    assert len(desk.detector.kept) == 5
    assert all(one.coin == "LINK" for one in desk.detector.board(desk.now.ms).signals)


def test_spot_takes_part_where_the_settings_say_so() -> None:
    """By default perpetuals are compared, as the originals do."""
    for pairs, expected in (("perp-perp", 0), ("spot-perp", 1), ("all", 1), ("spot-spot", 0)):
        desk = Desk(pairs=pairs)
        for _ in range(3):
            desk.wait(2)
            desk.book(an_instrument(OKX, SPOT), 99.0, 100.0)
            desk.book(an_instrument(OKX, PERP), 100.7, 101.0)
            found = desk.sample()
        assert len(found.new) == expected, pairs


def test_last_prices_are_the_basis_where_the_settings_say_so() -> None:
    """Perpetuals alone, and no book is needed."""
    desk = Desk(basis="last", pairs="all")
    for _ in range(3):
        desk.wait(2)
        desk.last(an_instrument(BINANCE), 100.0)
        desk.last(an_instrument(OKX), 100.6)
        desk.last(an_instrument(OKX, SPOT), 107.0)
        found = desk.sample()
    assert [(one.price_long, one.price_short, one.basis) for one in found.new] == [
        (100.0, 100.6, "last")
    ]


# --- the originals' rule


def same_signal(signal: Signal, recorded: dict[str, Any]) -> bool:
    return (
        signal.coin == recorded["symbol"]
        and signal.short_exchange == recorded["short_exchange"]
        and signal.long_exchange == recorded["long_exchange"]
        and signal.spread_pct == pytest.approx(recorded["spread_percent"])
        and signal.price_short == recorded["price_short"]
        and signal.price_long == recorded["price_long"]
    )


def played(steps: list[dict[str, Any]]) -> list[list[Signal]]:
    """The signals of each step of a recorded case."""
    desk = Desk(basis="last")
    start = desk.now
    found = []
    for step in steps:
        desk.now = Now(start.ms + round(step["t"] * 1000), start.s + step["t"])
        for exchange, price in step["prices"].items():
            desk.last(an_instrument(Exchange(exchange)), price)
        found.append(desk.sample().new)
    return found


def test_the_originals_signals_are_ours_on_the_basis_of_last_prices(shared_data: Path) -> None:
    """All of their recorded cases; but a turned direction breaks our run."""
    cases = json.loads((shared_data / "originals/arbitrage_vectors.json").read_text())["cases"]
    assert len(cases) == 5
    for name, steps in cases.items():
        found = played(steps)
        if name == FLIP:
            assert found == [[]] * len(steps)
            continue
        for step, signals in zip(steps, found, strict=True):
            assert len(signals) == len(step["signals"]), (name, step["t"])
            for signal, recorded in zip(signals, step["signals"], strict=True):
                assert same_signal(signal, recorded), name


# --- anything

STEP = st.tuples(
    st.sampled_from([0.5, 2.0, 2.0, 2.0, 5.0, 9.0]),
    st.dictionaries(
        st.sampled_from([BINANCE, OKX, BYBIT, BITGET]),
        st.sampled_from([99.0, 99.4, 100.0, 100.6, 101.0]),
    ),
)


@settings(max_examples=150)
@given(st.lists(STEP, max_size=25))
def test_no_signal_without_three_fresh_samples(
    steps: list[tuple[float, dict[Exchange, float]]],
) -> None:
    """Whatever the prices do: each sample is over the threshold, of books younger than 3 s."""
    desk = Desk(cooldown_s=0.0)
    told: dict[Instrument, list[tuple[float, float]]] = {}
    sampled: list[int] = []
    for seconds, prices in steps:
        desk.wait(seconds)
        for exchange, price in prices.items():
            desk.book(an_instrument(exchange), price, price)
            told.setdefault(an_instrument(exchange), []).append((desk.now.s, price))
        before = desk.detector.board(desk.now.ms).last_sample_ms
        found = desk.sample()
        if desk.detector.board(desk.now.ms).last_sample_ms != before:
            sampled.append(desk.now.ms)
        for signal in found.new:
            assert [one.at_ms for one in signal.samples] == sampled[-3:]
            for one in signal.samples:
                assert one.spread_pct >= 0.6
                at_s = desk.now.s - (desk.now.ms - one.at_ms) / 1000
                for exchange, price in (
                    (signal.long_exchange, one.price_long),
                    (signal.short_exchange, one.price_short),
                ):
                    said = [
                        known for known in told[an_instrument(exchange)] if known[0] <= at_s + 1e-6
                    ]
                    assert said[-1][1] == price
                    assert at_s - said[-1][0] <= 3.0 + 1e-6
    assert all(one.lasted_ms is None or one.lasted_ms >= 3000 for one in desk.detector.kept)


def test_a_long_run_is_one_run_and_crowds_nobody_out() -> None:
    """However many signals it gives; the end of it is that of its signals."""
    desk = Desk(cooldown_s=0.0, keep=5)
    for _ in range(3):
        desk.look(100.7)
    desk.look(100.0)
    for _ in range(12):
        desk.look(100.8)
    assert {one.began_ms for one in desk.detector.kept} == {desk.now.ms - 22_000}
    going, over = desk.detector.board(desk.now.ms).runs
    assert (going.signals, going.newest, going.is_over) == (10, desk.detector.kept[0], False)
    assert (going.observed_ms, going.began_ms) == (desk.now.ms - 18_000, desk.now.ms - 22_000)
    assert (over.signals, over.lasted_ms, over.ending) == (1, 6_000, Ending.NARROWED)
    desk.look(100.0)
    ended = desk.detector.runs[0]
    assert (ended.signals, ended.lasted_ms, ended.ending) == (10, 24_000, Ending.NARROWED)
    assert ended.ended_ms == desk.now.ms


def test_the_last_runs_are_kept_and_what_goes_on_is_not_dropped() -> None:
    """A stored run stands behind those found since; the rest of it is counted."""
    desk = Desk(cooldown_s=0.0, keep=2)
    for _ in range(4):
        desk.look(100.7)
    desk.look(100.0)
    old = [replace(one, coin="OLD", at_ms=one.at_ms - 90_000) for one in desk.detector.kept]
    desk.detector.remember([*old, *(replace(one, coin="OLDER") for one in old)])
    assert [(run.newest.coin, run.signals) for run in desk.detector.runs] == [
        ("LINK", 2), ("OLD", 2),
    ]  # fmt: skip
    (run,) = runs_of(desk.detector.kept)
    going = replace(run, ending=None, ended_ms=None, lasted_ms=None)
    later = [replace(run, observed_ms=run.observed_ms + more) for more in (1, 2, 3)]
    assert last_runs([going, *later], 2) == [later[2], going]
