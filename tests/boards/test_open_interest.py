"""Open interest over all exchanges: sums, shares, changes of coins, and jumps of method."""

import time
from collections.abc import Iterable, Mapping

import pytest

from tests.support.interest_boards import NOW_MS, a_leg, a_sample, an_interest_board
from tui_monitor.boards.legs import Now
from tui_monitor.boards.open_interest import WINDOWS_H, OpenInterestBoard, RankedBy
from tui_monitor.boards.open_interest.build import (
    RATIO_STALE_MS,
    InterestInput,
    interest_board,
    start_ms,
)
from tui_monitor.boards.open_interest.jumps import AT_ONCE_MS, is_step, method_jumps, steps_of
from tui_monitor.boards.open_interest.now import (
    STALE_AFTER_S,
    Leg,
    live_legs,
    sample_of,
    stored_legs,
)
from tui_monitor.market import MarketState
from tui_monitor.model import (
    MARK_MS,
    AccountRatio,
    Exchange,
    Instrument,
    InterestSample,
    InterestSource,
    InterestStep,
    Market,
    MarketEvent,
    MarkPrice,
    OpenInterest,
    Source,
    Status,
    SteppedLeg,
)

HOUR_MS = 3_600_000
BINANCE, OKX, BYBIT, BITGET = Exchange.BINANCE, Exchange.OKX, Exchange.BYBIT, Exchange.BITGET


def a_board(
    legs: Iterable[Leg],
    thens: Mapping[int, Iterable[InterestSample]] | None = None,
    *,
    hours: int = 1,
    by: RankedBy = RankedBy.CHANGE,
    lasts: Iterable[InterestSample] = (),
    steps: Iterable[SteppedLeg] = (),
    ratios: Iterable[AccountRatio] = (),
    only: Exchange | None = None,
) -> OpenInterestBoard:
    """Of some legs and the samples at some windows' starts."""
    given = InterestInput(
        at_ms=NOW_MS,
        exchanges=list(Exchange),
        legs=list(legs),
        thens={
            window: {(one.exchange, one.symbol): one for one in samples}
            for window, samples in (thens or {}).items()
        },
        lasts={(one.exchange, one.symbol): one for one in lasts},
        steps=list(steps),
        ratios={(one.exchange, one.symbol): one for one in ratios},
    )
    return interest_board(given, NOW_MS, hours, by, only)


def ago(leg: Leg, hours: int = 1, factor: float = 1.0, price: float = 1.0) -> InterestSample:
    """The leg at the start of a window."""
    return a_sample(leg, start_ms(NOW_MS, hours), factor, price)


def test_coins_and_usd_are_summed_and_shared() -> None:
    """Three quarters and a quarter, the greatest first."""
    (row,) = a_board(
        [a_leg(exchange=BINANCE, coins=300.0), a_leg(exchange=BYBIT, coins=100.0, price=100.0)]
    ).rows
    assert (row.coins, row.usd) == (400.0, 40_000.0)
    assert [(share.exchange, share.pct) for share in row.shares] == [(BINANCE, 75.0), (BYBIT, 25.0)]
    assert [leg.share_pct for leg in row.legs] == [75.0, 25.0]


def test_a_price_move_alone_changes_no_coins() -> None:
    """20 % dearer: 20 % more USD, the same coins, and the price change beside them."""
    leg = a_leg(coins=1000.0, price=120.0)
    (row,) = a_board([leg], {1: [ago(leg, price=100 / 120)]}).rows
    change = row.change(1)
    assert (change.change_coins, change.change_pct) == (0.0, 0.0)
    assert change.change_usd == pytest.approx(20_000.0)
    assert change.price_change_pct == pytest.approx(20.0)


def test_only_who_has_both_ends_counts_and_the_others_are_named() -> None:
    """A fresh listing on OKX is no inflow of all its coins."""
    old, new = a_leg(exchange=BINANCE, coins=110.0), a_leg(exchange=OKX, coins=500.0)
    silent = a_leg(exchange=BYBIT, coins=None)
    (row,) = a_board([old, new, silent], {1: [ago(old, factor=100 / 110)]}).rows
    change = row.change(1)
    assert row.coins == 610.0
    assert change.exchanges == [BINANCE]
    assert change.change_coins == pytest.approx(10.0)
    assert change.change_pct == pytest.approx(10.0)
    assert [(one.exchange, one.reason) for one in change.left_out] == [
        (OKX, "no value of 1 h ago"),
        (BYBIT, "the exchange has not told it yet"),
    ]


def test_a_missing_window_is_null_with_a_reason() -> None:
    """Never 0; other windows have theirs."""
    leg = a_leg()
    (row,) = a_board([leg], {1: [ago(leg, factor=0.5)]}, hours=24).rows
    day = row.change(24)
    assert (day.change_coins, day.change_pct, day.change_usd) == (None, None, None)
    assert row.reason == day.reason == "no value of 24 h ago"
    assert row.rank is None
    assert row.change(1).change_pct == pytest.approx(100.0)


def test_usd_of_a_record_without_a_price_moves_as_the_coin_did() -> None:
    """Bybit's record has coins alone; on Binance the coin cost half."""
    binance, bybit = a_leg(exchange=BINANCE, coins=100.0), a_leg(exchange=BYBIT, coins=100.0)
    bare = InterestSample(
        exchange=BYBIT,
        symbol=bybit.symbol,
        coin="BTC",
        at_ms=start_ms(NOW_MS, 1),
        coins=100.0,
        price=None,
        source=InterestSource.HISTORY,
    )
    (row,) = a_board([binance, bybit], {1: [ago(binance, price=0.5), bare]}).rows
    assert row.change(1).usd_then == pytest.approx(10_000.0)
    (alone,) = a_board([bybit], {1: [bare]}).rows
    assert alone.change(1).change_coins == 0.0
    assert alone.change(1).change_usd is None
    assert alone.change(1).reason == "no price of 1 h ago"


def test_the_rank_is_by_the_absolute_change_of_usd_or_by_size() -> None:
    """What fell much is before what rose little; what is unknown has no rank."""
    legs = [a_leg(coin, coins=coins) for coin, coins in (("A", 10.0), ("B", 50.0), ("C", 900.0))]
    thens = [ago(legs[0], factor=9.0), ago(legs[1], factor=0.9)]
    changed = a_board(legs, {1: thens})
    assert [(row.coin, row.rank) for row in changed.rows] == [("A", 1), ("B", 2), ("C", None)]
    assert changed.ranked == 2
    sized = a_board(legs, {1: thens}, by=RankedBy.SIZE)
    assert [(row.coin, row.rank) for row in sized.rows] == [("C", 1), ("B", 2), ("A", 3)]


def test_a_leg_that_may_be_another_coin_is_in_no_sum() -> None:
    """It is shown, with the reason."""
    (row,) = a_board([a_leg(coins=100.0), a_leg(exchange=OKX, coins=9e9, suspicion="price")]).rows
    assert row.coins == 100.0
    assert [share.exchange for share in row.shares] == [BINANCE]
    assert row.change(1).left_out[1].reason == "may be another coin: price"


def test_account_ratios_are_weighed_with_open_interest() -> None:
    """60 % of 300 and 20 % of 100 are half of 400; an old ratio is none."""
    legs = [a_leg(exchange=name, coins=coins) for name, coins in ((BINANCE, 300.0), (OKX, 100.0))]

    def ratio(leg: Leg, share: float, age_ms: int = 0) -> AccountRatio:
        return AccountRatio(
            exchange=leg.exchange,
            symbol=leg.symbol,
            coin=leg.coin,
            at_ms=NOW_MS - age_ms,
            long_share=share,
        )

    (row,) = a_board(legs, ratios=[ratio(legs[0], 0.6), ratio(legs[1], 0.2)]).rows
    assert row.long_accounts_pct == pytest.approx(50.0)
    assert (row.net_long_coins, row.net_short_coins) == pytest.approx((200.0, 200.0))
    assert [leg.long_accounts_pct for leg in row.legs] == pytest.approx([60.0, 20.0])
    old = ratio(legs[0], 0.6, RATIO_STALE_MS + 1)
    (row,) = a_board(legs, ratios=[old]).rows
    assert (row.long_accounts_pct, row.net_long_coins) == (None, None)


def stepped(
    own: Exchange,
    legs: Mapping[Exchange, tuple[float, float]],
    price: float = 1.0,
    coin: str = "BTC",
) -> list[SteppedLeg]:
    """A step of one exchange half an hour ago, with the coins of all of them before and after."""
    at_ms = start_ms(NOW_MS, 1) + 6 * MARK_MS
    step = InterestStep(exchange=own, symbol=f"{coin}USDT", from_ms=at_ms - MARK_MS, at_ms=at_ms)
    found = []
    for exchange, (then, now) in legs.items():
        leg = a_leg(coin, exchange, coins=1.0)
        found.append(
            SteppedLeg(
                step=step,
                then=a_sample(leg, at_ms - MARK_MS, then),
                now=a_sample(leg, at_ms, now, price),
            )
        )
    return found


@pytest.mark.parametrize("factor", [2.0, 0.5, 1.97, 100.0, 0.001])
def test_a_round_factor_in_silence_is_a_change_of_method(factor: float) -> None:
    """Both sides, a multiplier, a contract's size; the others and the price stand still."""
    (jump,) = method_jumps(stepped(BYBIT, {BYBIT: (100, 100 * factor), OKX: (70, 71)}))
    assert (jump.exchange, jump.symbol) == (BYBIT, "BTCUSDT")
    assert jump.factor == pytest.approx(factor)
    assert "another way of counting" in jump.text


@pytest.mark.parametrize(
    ("legs", "price"),
    [
        ({BYBIT: (100, 170), OKX: (70, 71)}, 1.0),  # no round factor
        ({BYBIT: (100, 200), OKX: (70, 100)}, 1.0),  # the others moved too
        ({BYBIT: (100, 200), OKX: (70, 71)}, 1.2),  # the price moved
        ({BYBIT: (100, 200)}, 1.0),  # nobody else to compare with
        ({BYBIT: (0, 200), OKX: (70, 71)}, 1.0),  # a fresh listing
    ],
)
def test_positions_that_really_moved_are_no_jump(
    legs: Mapping[Exchange, tuple[float, float]], price: float
) -> None:
    """The change stays in the figures."""
    assert method_jumps(stepped(BYBIT, legs, price)) == []


def test_many_perpetuals_that_step_alike_need_no_witness() -> None:
    """Coins that nobody else lists: three of them double at once, and that is the exchange."""
    alone = [stepped(BITGET, {BITGET: (100, 200)}, coin=coin) for coin in "ABC"]
    assert len(method_jumps(leg for legs in alone for leg in legs)) == 3
    assert method_jumps(leg for legs in alone[:2] for leg in legs) == []


def test_a_marked_leg_is_left_out_of_the_windows_that_contain_the_jump() -> None:
    """And stays in those that begin after it; the row shows the mark."""
    bybit, okx = a_leg(exchange=BYBIT, coins=200.0), a_leg(exchange=OKX, coins=71.0)
    steps = stepped(BYBIT, {BYBIT: (100, 200), OKX: (70, 71)})
    day = [ago(bybit, 24, 0.5), ago(okx, 24, 70 / 71)]
    (row,) = a_board([bybit, okx], {24: day, 1: day}, steps=steps).rows
    for hours in (24, 1):
        assert row.change(hours).exchanges == [OKX]
        assert row.change(hours).change_coins == pytest.approx(1.0)
    assert [jump.exchange for jump in row.jumps] == [BYBIT]
    late = [
        SteppedLeg(
            step=InterestStep(
                exchange=one.step.exchange,
                symbol=one.step.symbol,
                from_ms=one.step.from_ms - 2 * HOUR_MS,
                at_ms=one.step.at_ms - 2 * HOUR_MS,
            ),
            then=one.then,
            now=one.now,
        )
        for one in steps
    ]
    (row,) = a_board([bybit, okx], {24: day, 1: [ago(bybit), ago(okx)]}, steps=late).rows
    assert row.change(1).exchanges == [OKX, BYBIT]
    assert row.change(24).exchanges == [OKX]


def test_a_jump_between_the_sample_and_the_windows_start_counts_too() -> None:
    """Where the sample of the start itself is missing, an earlier one stands for it."""
    bybit, okx = a_leg(exchange=BYBIT, coins=200.0), a_leg(exchange=OKX, coins=71.0)
    steps = stepped(BYBIT, {BYBIT: (100, 200), OKX: (70, 71)})
    jumped_ms = steps[0].step.at_ms
    before, after = (a_sample(bybit, jumped_ms + ms, 0.5) for ms in (-MARK_MS, 0))
    (row,) = a_board([bybit, okx], {1: [before, ago(okx)]}, steps=steps).rows
    assert row.change(1).exchanges == [OKX]
    (row,) = a_board([bybit, okx], {1: [after, ago(okx)]}, steps=steps).rows
    assert row.change(1).exchanges == [OKX, BYBIT]


def test_one_exchange_alone_is_judged_beside_the_others() -> None:
    """Its figures and ranks; the others still tell whether a step was one of method."""
    bybit, okx = a_leg(exchange=BYBIT, coins=200.0), a_leg(exchange=OKX, coins=70.0)
    lasts = [a_sample(bybit, NOW_MS - MARK_MS, 0.5), a_sample(okx, NOW_MS - MARK_MS)]
    alone = a_leg("ETH", OKX)
    board = a_board([bybit, okx, alone], lasts=lasts, only=BYBIT)
    (row,) = board.rows
    assert (row.coin, row.coins, len(row.jumps)) == ("BTC", 200.0, 1)
    assert board.exchanges == [BYBIT]


def test_a_jump_since_the_last_sample_is_seen_at_once() -> None:
    """The value of now is compared with the last mark's."""
    bybit, okx = a_leg(exchange=BYBIT, coins=200.0), a_leg(exchange=OKX, coins=70.0)
    lasts = [a_sample(bybit, NOW_MS - MARK_MS, 0.5), a_sample(okx, NOW_MS - MARK_MS)]
    (row,) = a_board([bybit, okx], {1: [ago(bybit, 1, 0.5), ago(okx)]}, lasts=lasts).rows
    assert [jump.exchange for jump in row.jumps] == [BYBIT]
    assert row.change(1).exchanges == [OKX]


def test_a_record_that_disagrees_with_us_is_a_jump_too() -> None:
    """Where HISTORY ends and OURS begins, by more than positions can have moved."""
    leg = a_leg(exchange=OKX, coins=130.0)
    at_ms = start_ms(NOW_MS, 1) + MARK_MS
    then = InterestSample(
        exchange=OKX,
        symbol=leg.symbol,
        coin="BTC",
        at_ms=at_ms - MARK_MS,
        coins=100.0,
        price=100.0,
        source=InterestSource.HISTORY,
    )
    now = a_sample(leg, at_ms)
    (step,) = steps_of([then, now])
    own = SteppedLeg(step=step, then=then, now=now)
    other = a_leg(exchange=BYBIT)
    still = SteppedLeg(
        step=step, then=a_sample(other, at_ms - MARK_MS), now=a_sample(other, at_ms, 1.01)
    )
    (jump,) = method_jumps([own, still])
    assert jump.factor == pytest.approx(1.3)
    # Where nobody else has the coin, 30 % may be positions.
    assert method_jumps([own]) == []
    assert not is_step(a_sample(leg, at_ms - MARK_MS, 1 / 1.3), now)


def test_what_happened_in_a_long_gap_is_no_step() -> None:
    """Twenty minutes without a sample: positions may have doubled."""
    leg = a_leg()
    now = a_sample(leg, NOW_MS)
    assert is_step(a_sample(leg, NOW_MS - AT_ONCE_MS, 0.5), now)
    assert not is_step(a_sample(leg, NOW_MS - AT_ONCE_MS - MARK_MS, 0.5), now)


def a_market(*, with_mark: bool = True) -> MarketState:
    """One perpetual of PEPE in thousands, heard at second 0."""
    market = MarketState()
    pepe = Instrument(
        exchange=BINANCE,
        market=Market.PERP,
        symbol="1000PEPEUSDT",
        coin="PEPE",
        multiplier=1000.0,
        status=Status.LIVE,
    )
    told: list[MarketEvent] = [
        OpenInterest(instrument=pepe, exchange_ms=NOW_MS, open_interest_coins=5e12)
    ]
    if with_mark:
        told.append(MarkPrice(instrument=pepe, exchange_ms=NOW_MS, mark_price=1e-5))
    for event in told:
        market.apply(event, NOW_MS, 0.0, Source.REST)
    return market


def test_the_markets_rows_are_the_legs() -> None:
    """Coins and USD at the mark price; too old to compare after a quarter of an hour."""
    (fresh,) = live_legs(a_market().rows(), [BINANCE], Now(NOW_MS, 10.0))
    assert (fresh.coin, fresh.coins, fresh.age_ms, fresh.stale) == ("PEPE", 5e12, 10_000, False)
    assert fresh.usd == pytest.approx(5e7)
    (old,) = live_legs(a_market().rows(), [BINANCE], Now(NOW_MS, STALE_AFTER_S + 60))
    assert old.stale
    assert old.reason == "last told 16 min ago"
    (row,) = a_board([old], {1: [ago(old)]}).rows
    assert row.change(1).left_out[0].reason == old.reason
    assert live_legs(a_market().rows(), [OKX], Now(NOW_MS, 10.0)) == []


def test_a_sample_is_of_what_is_fresh() -> None:
    """With the price where one is known; nothing at all of what is old."""
    (row,) = a_market().rows()
    found = sample_of(row, NOW_MS, 60.0)
    assert found is not None
    assert (found.coins, found.price, found.source) == (5e12, 1e-5, InterestSource.OURS)
    (bare,) = a_market(with_mark=False).rows()
    unpriced = sample_of(bare, NOW_MS, 60.0)
    assert unpriced is not None
    assert unpriced.price is None
    assert sample_of(row, NOW_MS, STALE_AFTER_S + 1) is None


def test_stored_samples_of_another_coin_are_told_by_their_price() -> None:
    """Three agree, the fourth is called the same: it is shown, and in no sum."""
    prices = {BINANCE: 100.0, OKX: 101.0, BYBIT: 99.0, BITGET: 0.02}
    legs = [a_leg(exchange=name, price=price) for name, price in prices.items()]
    found = stored_legs([a_sample(leg, NOW_MS - MARK_MS) for leg in legs], NOW_MS)
    assert [leg.exchange for leg in found if leg.suspicion] == [BITGET]
    (row,) = a_board(found).rows
    assert row.coins == 3000.0
    assert row.age_ms == MARK_MS


def test_a_price_that_is_not_told_yet_is_the_others() -> None:
    """Else one exchange's silence would take away the coin's USD."""
    (row,) = a_board([a_leg(coins=10.0, price=None), a_leg(exchange=OKX, coins=10.0)]).rows
    assert row.usd == 2_000.0


def test_every_window_is_on_every_row() -> None:
    """In their order, on what a screen is tested with as well."""
    for row in an_interest_board().rows:
        assert tuple(change.hours for change in row.changes) == WINDOWS_H


def test_four_exchanges_of_600_coins_are_fast() -> None:
    """2,400 perpetuals in less than a repaint, with room for a busy machine."""
    legs = [a_leg(f"C{number}", name) for number in range(600) for name in Exchange]
    thens = {hours: [ago(leg, hours, 0.9) for leg in legs] for hours in WINDOWS_H}
    begun = time.process_time()
    board = a_board(legs, thens, lasts=[a_sample(leg, NOW_MS - MARK_MS) for leg in legs])
    assert board.ranked == 600
    assert time.process_time() - begun < 0.5
