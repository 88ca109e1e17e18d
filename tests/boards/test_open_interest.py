"""Open interest over all exchanges: sums, shares, changes of coins, and jumps of method."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from types import FrameType
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.interest_boards import NOW_MS, a_leg, a_sample, an_interest_board
from tui_monitor.boards.legs import Now
from tui_monitor.boards.open_interest import (
    WINDOWS_H,
    InterestPast,
    OpenInterestBoard,
    RankedBy,
    Told,
)
from tui_monitor.boards.open_interest.build import (
    RATIO_STALE_MS,
    InterestInput,
    interest_board,
    interest_steps,
    start_ms,
)
from tui_monitor.boards.open_interest.jumps import AT_ONCE_MS, is_step, method_jumps, steps_of
from tui_monitor.boards.open_interest.kept import Kept
from tui_monitor.boards.open_interest.now import (
    NOT_TOLD,
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
from tui_monitor.model.place import alias_of
from tui_monitor.steps import at_once

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
    past: Sequence[InterestPast] = (),
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
        past=past,
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


def a_past(exchange: Exchange = BINANCE, **more: Any) -> InterestPast:
    """An exchange whose record is here."""
    fields = {
        "listed": True,
        "perps": 1,
        "wanted": 1,
        "asked": 1,
        "reading": 0,
        "read": 0,
        "wait_s": 0.0,
        "waits_for": "",
        "ratios": 0,
        "note": "",
        "error": "",
    }
    return InterestPast(exchange=exchange, **{**fields, **more})


def test_a_sum_says_who_lists_the_coin_and_has_told_nothing() -> None:
    """In the row, in the total, by size as well; another coin of that name is not waited for."""
    told, silent = a_leg(coins=100.0), a_leg(exchange=OKX, coins=None)
    other = a_leg(exchange=BITGET, coins=None, suspicion="price")
    whole = a_leg("ETH", coins=2.0)
    board = a_board([told, silent, other, whole], by=RankedBy.SIZE)
    row, eth = board.rows
    assert (row.coins, row.told, row.is_partial, row.rank) == (100.0, "1/2", True, 1)
    assert [(one.exchange, one.reason) for one in row.missing] == [(OKX, NOT_TOLD)]
    assert f"sum without okx: {NOT_TOLD}" in row.remarks(1)
    assert (eth.told, eth.is_partial, eth.remarks(1)) == ("1/1", False, ["no value of 1 h ago"])
    assert (board.partial, board.usd) == (1, 10_200.0)
    assert board.told[:2] == [
        Told(exchange=BINANCE, perps=2, told=2, stale=0, reason=""),
        Told(exchange=OKX, perps=1, told=0, stale=0, reason=""),
    ]
    assert next(one.text for one in board.told if not one.is_whole) == "okx 0 of 1"


def test_an_exchange_whose_list_is_not_known_may_have_some_of_any_coin() -> None:
    """Every sum is partial until it has said what it lists."""
    board = a_board([a_leg()], past=[a_past(), a_past(OKX, listed=False)])
    (row,) = board.rows
    assert (row.told, board.partial) == ("1/2", 1)
    assert row.missing[0].reason == "its list of perpetuals is not known yet"
    assert a_board([a_leg()], past=[a_past(OKX, listed=False)], only=BINANCE).partial == 0


def test_a_board_without_rows_says_what_it_waits_for() -> None:
    """The lists; or, where all are known, that nobody has perpetuals."""
    waiting = a_board([], past=[a_past(listed=False), a_past(OKX, listed=False)])
    assert waiting.usd is None
    assert waiting.reason == "no perpetual is known yet: waiting for the list of binance, okx"
    assert a_board([], past=[a_past()]).reason.startswith("no perpetuals are watched")


def test_an_old_value_stays_in_the_sum_and_is_named() -> None:
    """It is no part that is missing, but in no change."""
    old = a_leg(exchange=OKX, coins=50.0)._replace(stale=True, reason="last told 16 min ago")
    fresh = a_leg(coins=100.0)
    (row,) = a_board([fresh, old], {1: [ago(fresh), ago(old)]}).rows
    assert (row.coins, row.told, row.is_partial) == (150.0, "2/2", False)
    assert row.remarks(1) == ["sum with an old value of okx: last told 16 min ago"]
    assert row.change(1).exchanges == [BINANCE]


def test_what_was_stored_stands_for_who_has_told_nothing_since_the_start() -> None:
    """With its age, and marked; who has told is as told, and what nobody lists is gone."""
    legs = [a_leg(exchange=one, coins=100.0 * place) for place, one in enumerate(Exchange, 1)]
    samples = [a_sample(leg, NOW_MS - 2 * 60_000) for leg in legs]
    kept = Kept(samples, NOW_MS)
    silent = [leg._replace(coins=None, price=None, age_ms=None, reason=NOT_TOLD) for leg in legs]
    heard = legs[0]._replace(coins=150.0)
    now = [heard, silent[1]]  # of the third the list is not known, the last lists it no more
    past = [a_past(), a_past(OKX), a_past(BYBIT, listed=False), a_past(BITGET)]
    board = a_board(kept.filled(now, NOW_MS, [BYBIT]), {1: [ago(leg) for leg in legs]}, past=past)
    (row,) = board.rows
    assert (row.coins, row.told, row.rank) == (650.0, "3/3", 1)
    assert (row.is_partial, row.is_rough, row.age_ms) == (False, True, 120_000)
    assert row.remarks(1) == ["sum with an old value of okx, bybit: " + BEFORE_THE_START]
    assert next(one.text for one in board.told if not one.is_whole) == "okx 0 of 1"
    later = a_board(kept.filled(legs[:3], NOW_MS, []), past=past[:1]).rows[0]
    assert (later.coins, later.is_rough) == (600.0, False)
    assert kept.filled(silent, NOW_MS, []) is silent


BEFORE_THE_START = "told 2 min ago, before the start"


def test_what_is_kept_grows_old_and_is_compared_no_more() -> None:
    """After a quarter of an hour, as a value that was told so long ago; not kept for a day."""
    leg = a_leg(coins=100.0)
    silent = leg._replace(coins=None)
    kept = Kept([a_sample(leg, NOW_MS)], NOW_MS)
    (old,) = kept.filled([silent], NOW_MS + 16 * 60_000, [])
    assert (old.coins, old.stale, old.reason) == (100.0, True, "told 16 min ago, before the start")
    day_ms = 24 * HOUR_MS
    assert Kept([a_sample(leg, NOW_MS - day_ms - 1)], NOW_MS).filled([silent], NOW_MS, []) == [
        silent
    ]


def test_a_doubt_of_before_the_start_stays_while_others_of_the_coin_are_silent() -> None:
    """Alone it has nobody to be compared with, and a look-alike's price is not the coin's."""
    legs = [a_leg(exchange=BINANCE), a_leg(exchange=OKX), a_leg(exchange=BYBIT, price=4_000.0)]
    kept = Kept([a_sample(leg, NOW_MS) for leg in legs], NOW_MS)
    silent = [leg._replace(coins=None, price=None) for leg in legs[:2]]
    for now in ([*silent, legs[2]], [legs[0], silent[1], legs[2]]):
        row = a_board(kept.filled(now, NOW_MS, [])).rows[0]
        assert (row.coins, row.usd) == (2_000.0, 200_000.0)
    assert kept.filled(legs, NOW_MS, [])[2].suspicion == ""


def test_what_nobody_has_told_has_no_sum_and_a_reason() -> None:
    """Neither its value nor its price."""
    (row,) = a_board([a_leg(coins=None)], by=RankedBy.SIZE).rows
    assert (row.coins, row.usd, row.rank, row.told) == (None, None, None, "0/1")
    assert row.reason == "no exchange has told it yet"
    (row,) = a_board([a_leg(price=None)], by=RankedBy.SIZE).rows
    assert (row.coins, row.usd) == (1000.0, None)
    assert row.reason == "no exchange has told a price of it yet"


def test_percentages_follow_from_the_rows_own_fields() -> None:
    """Coins, USD and the price at both ends; from nothing there is no percentage."""
    leg = a_leg(coins=110.0, price=120.0)
    (row,) = a_board([leg], {1: [ago(leg, factor=100 / 110, price=100 / 120)]}).rows
    change = row.change(1)
    assert None not in (change.coins_then, change.price_then, change.price_now)
    assert (change.price_then, change.price_now) == pytest.approx((100.0, 120.0))
    assert change.price_change_pct == pytest.approx(20.0)
    (row,) = a_board([leg], {1: [ago(leg, factor=0.0)]}).rows
    assert (row.change(1).change_coins, row.change(1).change_pct) == (110.0, None)
    assert row.change(1).reason == "there was none 1 h ago: no percentage"


def test_what_is_read_is_said_in_words() -> None:
    """How many of how many; how long it must wait and why; nothing where nothing is asked."""
    assert a_past().text == ""
    reading = a_past(reading=100, read=3)
    assert reading.text == "reading 3 of 100 histories from binance"
    waiting = a_past(reading=100, read=3, wait_s=34.4, waits_for="its limit")
    assert waiting.text == "reading 3 of 100 histories from binance, waits 34 s: its limit"


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
    (only,) = a_board([binance, bybit], {1: [ago(binance, price=0.5), bare]}, only=BYBIT).rows
    change = only.change(1)
    assert (only.rank, change.exchanges, change.price_exchange) == (1, [BYBIT], BINANCE)
    assert (change.usd_then, change.change_usd) == pytest.approx((5_000.0, 5_000.0))
    assert only.remarks(1) == ["price of 1 h ago: as binance's moved"]
    assert row.change(1).price_exchange is BINANCE
    assert row.remarks(1) == []


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
    (marked,) = row.jumps
    assert (marked.exchange, marked.coins_then, marked.coins_now) == (BYBIT, 100.0, 200.0)
    assert marked.at_ms - marked.from_ms == MARK_MS
    # The sum still has it: the row and the total say so.
    assert row.coins == 271.0
    assert [leg.recounted for leg in row.legs] == ["", marked.text]
    assert row.remarks(1)[0].startswith("sum with bybit, change without it: x2 within 5 min")
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
    (fresh,) = at_once(live_legs(a_market().rows(), [BINANCE], Now(NOW_MS, 10.0)))
    assert (fresh.coin, fresh.coins, fresh.age_ms, fresh.stale) == ("PEPE", 5e12, 10_000, False)
    assert fresh.usd == pytest.approx(5e7)
    (old,) = at_once(live_legs(a_market().rows(), [BINANCE], Now(NOW_MS, STALE_AFTER_S + 60)))
    assert old.stale
    assert old.reason == "last told 16 min ago"
    (row,) = a_board([old], {1: [ago(old)]}).rows
    assert row.change(1).left_out[0].reason == old.reason
    assert at_once(live_legs(a_market().rows(), [OKX], Now(NOW_MS, 10.0))) == []


def test_what_is_listed_and_silent_is_a_leg_without_a_value() -> None:
    """Nothing at all was heard of it: its exchange is one that the sum lacks."""
    pepe = a_market().rows()[0].instrument
    silent = Instrument(
        exchange=OKX, market=Market.PERP, symbol="PEPE-USDT-SWAP", coin="PEPE", status=Status.LIVE
    )
    legs = at_once(live_legs(a_market().rows(), Exchange, Now(NOW_MS, 1.0), listed=[pepe, silent]))
    assert [(leg.exchange, leg.coins, leg.reason) for leg in legs] == [
        (BINANCE, 5e12, ""),
        (OKX, None, NOT_TOLD),
    ]
    (row,) = a_board(legs).rows
    assert (row.told, row.missing[0].symbol) == ("1/2", "PEPE-USDT-SWAP")


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


def test_a_stored_coin_that_an_exchange_did_not_sample_last_is_partial() -> None:
    """Its earlier sample says that it lists the coin; names are those of the settings."""
    binance, okx = a_leg(), a_leg(exchange=OKX)
    found = stored_legs(
        [a_sample(binance, NOW_MS)],
        NOW_MS,
        thens={4: {okx.perp: ago(okx, 4)}, 1: {binance.perp: ago(binance)}},
    )
    (row,) = a_board(found).rows
    assert row.told == "1/2"
    assert row.missing[0].reason == "not in the newest samples, last seen in those of 4 h before"
    (named,) = stored_legs(
        [a_sample(okx, NOW_MS)], NOW_MS, aliases=[alias_of("okx:perp:BTCUSDT=XBT")]
    )
    assert named.coin == "XBT"


def test_records_alone_do_not_say_who_else_lists_a_coin() -> None:
    """A program that ended before its first sample: the sum of what it read is a part."""
    record = replace(a_sample(a_leg(), NOW_MS), source=InterestSource.HISTORY)
    found = stored_legs([record], NOW_MS)
    board = a_board(found)
    (row,) = board.rows
    assert (row.told, row.coins) == ("1/4", 1000.0)
    assert row.gaps(1)[0] == (
        "sum without okx, bybit, bitget: not sampled yet: only records of exchanges are stored"
    )
    # It is not even known that they list it.
    assert [one.perps for one in board.told] == [1, 0, 0, 0]


def test_a_price_that_is_not_told_yet_is_the_others() -> None:
    """Else one exchange's silence would take away the coin's USD."""
    (row,) = a_board([a_leg(coins=10.0, price=None), a_leg(exchange=OKX, coins=10.0)]).rows
    assert row.usd == 2_000.0
    silent = a_leg(coins=10.0, price=None)
    (only,) = a_board([silent, a_leg(exchange=OKX)], only=silent.exchange).rows
    assert only.usd == 1_000.0


def test_every_window_is_on_every_row() -> None:
    """In their order, on what a screen is tested with as well."""
    for row in an_interest_board().rows:
        assert tuple(change.hours for change in row.changes) == WINDOWS_H


def test_four_exchanges_of_600_coins_are_fast() -> None:
    """Each of 2,400 perpetuals takes as few lines of Python as one of 400, whatever the machine."""
    few, many = (lines_of_a_board(coins) / (coins * len(Exchange)) for coins in (100, 600))
    assert many < 1.05 * few
    # Some 0.1 µs each: a board in less than a repaint.
    assert many < 500


def lines_of_a_board(coins: int) -> int:
    """How many lines are run to make a board of so many coins."""
    legs = [a_leg(f"C{number}", name) for number in range(coins) for name in Exchange]
    thens = {hours: [ago(leg, hours, 0.9) for leg in legs] for hours in WINDOWS_H}
    lasts = [a_sample(leg, NOW_MS - MARK_MS) for leg in legs]
    lines = 0

    def count(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        board = a_board(legs, thens, lasts=lasts)
    finally:
        sys.settrace(before)
    assert board.ranked == coins
    return lines


def test_a_board_of_many_coins_is_made_some_at_a_time() -> None:
    """What else the engine does has its turn before all of them are done."""
    legs = [a_leg(f"C{number}", Exchange.OKX, 1.0, 1.0) for number in range(500)]
    given = InterestInput(NOW_MS, [Exchange.OKX], legs, thens={}, lasts={}, steps=[], ratios={})
    steps = interest_steps(given, NOW_MS, 1, RankedBy.SIZE, None)
    assert sum(1 for _ in steps) > len(legs) / 100
