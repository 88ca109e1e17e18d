"""The spreads board: every number against plain arithmetic, and who ranks."""

from itertools import permutations
from math import isclose
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.boards.quotes import (
    BINANCE,
    BITGET,
    BYBIT,
    HOUR_MS,
    OKX,
    PERP,
    SPOT,
    Quotes,
    an_instrument,
)
from tui_monitor.boards.legs import SLOTS
from tui_monitor.boards.spreads import Filter, Kind, SpreadRow
from tui_monitor.boards.spreads.best import Rules, best, look
from tui_monitor.config import Settings
from tui_monitor.market import Row
from tui_monitor.model import Exchange, Market

FEES_PCT = {(BYBIT, PERP): 0.055, (BITGET, PERP): 0.06, **{(one, SPOT): 0.1 for one in Exchange}}


def fee_pct(place: tuple[Exchange, Market]) -> float:
    return FEES_PCT.get(place, 0.05)


def test_a_coin_is_bought_where_it_is_cheap_and_sold_where_it_is_dear() -> None:
    """At the ask and at the bid; out and in cost four taker fees."""
    quotes = Quotes()
    quotes.book(an_instrument(OKX), 100.0, 100.1, ask_coins=7.0, last=100.0)
    quotes.book(an_instrument(BYBIT), 101.1, 101.2, bid_coins=3.0, last=101.2)
    quotes.book(an_instrument(BITGET), 100.6, 100.7)
    row = quotes.only()
    assert (row.buy_exchange, row.ask, row.sell_exchange, row.bid) == (OKX, 100.1, BYBIT, 101.1)
    assert row.executable_pct == pytest.approx((101.1 - 100.1) / 100.1 * 100)
    assert row.fees_pct == pytest.approx(2 * (0.05 + 0.055))
    assert row.net_pct == pytest.approx(row.executable_pct - 0.21)
    assert row.pair_indicative_pct == row.indicative_pct == pytest.approx(1.2)
    assert row.size_coins == 3.0
    assert row.size_usd == pytest.approx(300.3)
    assert (row.ranked, row.rank, row.reason) == (True, 1, "")


def test_the_leg_that_is_best_on_both_sides_is_used_once() -> None:
    """Its tight book has the highest bid and the lowest ask; a pair takes two legs."""
    quotes = Quotes()
    quotes.book(an_instrument(OKX), 100.0, 100.1)
    quotes.book(an_instrument(BYBIT), 99.0, 100.2)
    row = quotes.only()
    assert (row.buy_exchange, row.sell_exchange) == (BYBIT, OKX)
    assert row.executable_pct == pytest.approx((100.0 - 100.2) / 100.2 * 100)


def test_kinds_pair_what_they_say() -> None:
    """Spot with perp pairs the two markets of one exchange, too."""
    quotes = Quotes()
    for exchange, market, bid in ((OKX, PERP, 103.0), (OKX, SPOT, 100.0), (BYBIT, SPOT, 102.0)):
        quotes.book(an_instrument(exchange, market), bid, bid + 1)
    assert quotes.board(Kind.PERP_PERP).rows == []
    basis = quotes.only(Kind.SPOT_PERP)
    assert (basis.buy_market, basis.sell_market, basis.ask, basis.bid) == (SPOT, PERP, 101.0, 103.0)
    assert basis.buy_exchange == basis.sell_exchange == OKX
    assert basis.kind is Kind.SPOT_PERP
    # To the last digit: a sum of settings has no more of them than they have.
    assert basis.fees_pct == 0.3
    spots = quotes.only(Kind.SPOT_SPOT)
    assert (spots.buy_exchange, spots.sell_exchange) == (OKX, BYBIT)
    assert quotes.only(Kind.ALL).executable_pct == basis.executable_pct


def test_a_one_sided_book_can_still_be_bought_or_sold() -> None:
    """A missing side is no price of 0."""
    quotes = Quotes()
    quotes.book(an_instrument(OKX), None, 100.0)
    quotes.book(an_instrument(BYBIT), 99.0, None)
    row = quotes.only()
    assert (row.buy_exchange, row.sell_exchange, row.executable_pct) == (OKX, BYBIT, -1.0)


def test_a_size_that_nobody_gave_is_unknown() -> None:
    """Not 0."""
    quotes = Quotes()
    quotes.book(an_instrument(OKX), 99.0, 100.0, ask_coins=None)
    quotes.book(an_instrument(BYBIT), 99.0, 100.0, ask_coins=None)
    row = quotes.only()
    assert (row.ask_coins, row.bid_coins, row.size_coins, row.size_usd) == (None, 10.0, None, None)


# --- age


def test_a_leg_past_its_age_leaves_the_ranking_and_comes_back() -> None:
    """Grey with its reason, after every row that ranks; back with its next book."""
    quotes = Quotes()
    for coin, gap in (("AAA", 5.0), ("BBB", 1.0)):
        quotes.book(an_instrument(OKX, coin=coin), 100.0, 100.0)
        quotes.book(an_instrument(BYBIT, coin=coin), 100.0 + gap, 100.0 + gap)
    assert [(row.coin, row.rank) for row in quotes.board().rows] == [("AAA", 1), ("BBB", 2)]
    quotes.wait(3.0)
    assert quotes.board().ranked == 2
    quotes.wait(0.1)
    for exchange, coin in ((OKX, "AAA"), (OKX, "BBB"), (BYBIT, "BBB")):
        quotes.book(an_instrument(exchange, coin=coin), 100.0, 100.5)
    board = quotes.board()
    assert [(row.coin, row.rank, row.ranked) for row in board.rows] == [
        ("BBB", 1, True),
        ("AAA", None, False),
    ]
    grey = board.rows[1]
    assert grey.reason == "bybit perp is 3.1 s old"
    assert (grey.buy_age_ms, grey.sell_age_ms, grey.skew_ms) == (0, 3100, 3100)
    assert (grey.legs, grey.fresh_legs) == (2, 1)
    quotes.book(an_instrument(BYBIT, coin="AAA"), 106.0, 106.0)
    assert [row.coin for row in quotes.board().rows] == ["AAA", "BBB"]


def test_fresh_legs_are_paired_before_a_better_stale_one() -> None:
    """The stale leg's price is not there to be had."""
    quotes = Quotes()
    quotes.book(an_instrument(BITGET), 200.0, 201.0)
    quotes.index(an_instrument(BITGET), 100.0)
    quotes.wait(3.5)
    quotes.book(an_instrument(OKX), 100.0, 100.1)
    quotes.book(an_instrument(BYBIT), 100.3, 100.4)
    row = quotes.only()
    assert (row.ranked, row.buy_exchange, row.sell_exchange) == (True, OKX, BYBIT)


def test_a_lagging_line_does_not_rank() -> None:
    """Its books arrive now and are of half a minute ago."""
    quotes = Quotes()
    quotes.book(an_instrument(OKX), 100.0, 100.1)
    quotes.book(an_instrument(BYBIT), 101.0, 101.1, late_ms=30_000)
    row = quotes.only()
    assert not row.ranked
    assert row.sell_age_ms == row.sell_exchange_age_ms == 30_000


def test_quarantined_legs_never_rank_nor_count_in_the_indicative_spread() -> None:
    """They are listed apart, with their evidence."""
    quotes = Quotes()
    for exchange, price in ((OKX, 100.0), (BYBIT, 100.5), (BINANCE, 100.2), (BITGET, 150.0)):
        quotes.book(an_instrument(exchange), price, price + 0.1, last=price)
    board = quotes.board()
    (row,) = board.rows
    assert (row.buy_exchange, row.sell_exchange, row.suspects) == (OKX, BYBIT, 1)
    assert row.indicative_pct == pytest.approx(0.5)
    assert [one.exchange for one in board.quarantine] == [BITGET]
    assert row.lasts[SLOTS.index((BITGET, PERP))] == 150.0


def test_a_silent_leg_is_no_part_of_the_indicative_spread() -> None:
    """A dead feed's last price would make a spread of any move. A quiet coin's does not."""
    quotes = Quotes()
    quotes.book(an_instrument(BINANCE), 99.0, 100.0, last=90.0)
    quotes.wait(4)
    quotes.book(an_instrument(OKX), 99.0, 100.0, last=100.0)
    assert quotes.only().indicative_pct is None
    quotes.book(an_instrument(BINANCE), 99.0, 100.0)
    assert quotes.only().indicative_pct == pytest.approx((100 - 90) / 90 * 100)


# --- funding


def with_funding(
    buy: tuple[float | None, float | None, float | None],
    sell: tuple[float | None, float | None, float | None],
) -> SpreadRow:
    """A pair of executable 1 % with (rate, interval, hours to the next settlement) on each leg."""
    quotes = Quotes()
    quotes.book(an_instrument(OKX), 99.0, 100.0)
    quotes.book(an_instrument(BINANCE), 101.0, 102.0)
    quotes.funding(an_instrument(OKX), *buy)
    quotes.funding(an_instrument(BINANCE), *sell)
    return quotes.only()


def test_the_long_leg_pays_and_the_short_one_receives() -> None:
    """Both settle once, at the same hour."""
    row = with_funding((0.0004, 8, 3), (0.001, 8, 3))
    assert row.funding_pct == pytest.approx(0.06)
    assert row.net_funding_pct == pytest.approx(1 - 0.2 + 0.06)
    assert (row.buy_settlements, row.sell_settlements) == (1, 1)
    assert row.hold_h == pytest.approx(3)
    assert (row.buy_rate, row.buy_interval_h) == (0.0004, 8.0)


def test_a_leg_of_a_shorter_interval_settles_more_often() -> None:
    """To be paid in eight hours, an hourly leg is paid for eight times."""
    row = with_funding((0.0001, 1, 1), (0.001, 8, 8))
    assert (row.buy_settlements, row.sell_settlements) == (8, 1)
    assert row.hold_h == pytest.approx(8)
    assert row.funding_pct == pytest.approx(0.1 - 8 * 0.01)


@pytest.mark.parametrize(
    ("leg", "reason"),
    [
        ((None, 8, 3), "rate unknown"),
        ((0.001, None, 3), "interval unknown"),
        ((0.001, 0, 3), "interval unknown"),
        ((0.001, 8, None), "next settlement unknown or past"),
        ((0.001, 8, -0.1), "next settlement unknown or past"),
        ((0.001, 8, 0), "next settlement unknown or past"),
    ],
)
@pytest.mark.parametrize("at_buy", [True, False])
def test_funding_that_is_not_known_gives_no_number(
    leg: tuple[float | None, float | None, float | None], reason: str, at_buy: bool
) -> None:
    """Neither 0 nor the other leg's alone; the reason says what is missing."""
    known = (0.001, 8.0, 3.0)
    row = with_funding(leg, known) if at_buy else with_funding(known, leg)
    assert (row.funding_pct, row.net_funding_pct, row.funding_reason) == (None, None, reason)
    assert (row.hold_h, row.buy_settlements, row.sell_settlements) == (None, None, None)


def test_a_spot_leg_settles_nothing() -> None:
    """And two of them have no funding at all: known, and 0."""
    quotes = Quotes()
    quotes.book(an_instrument(OKX, SPOT), 99.0, 100.0)
    quotes.book(an_instrument(BINANCE), 100.2, 102.0)
    quotes.funding(an_instrument(BINANCE), 0.001, 8, 2)
    row = quotes.only()
    assert row.funding_pct == pytest.approx(0.1)
    assert (row.buy_settlements, row.sell_settlements) == (0, 1)
    assert row.breakeven_h == pytest.approx((0.3 - 0.2) / (0.1 / 8))
    quotes.book(an_instrument(BYBIT, SPOT), 99.0, 100.0)
    spots = quotes.only(Kind.SPOT_SPOT)
    assert (spots.funding_pct, spots.net_funding_pct, spots.funding_reason) == (
        0.0,
        spots.net_pct,
        "",
    )
    assert (spots.hold_h, spots.breakeven_h) == (None, None)


def test_breakeven_is_when_funding_has_paid_what_the_spread_has_not() -> None:
    """At once where the spread pays the fees; never where funding is against us."""
    assert with_funding((0.001, 8, 3), (0.0, 8, 3)).breakeven_h == 0.0
    quotes = Quotes()
    quotes.book(an_instrument(OKX), 99.0, 100.0)
    quotes.book(an_instrument(BINANCE), 99.9, 102.0)
    quotes.funding(an_instrument(OKX), 0.0001, 1, 1)
    quotes.funding(an_instrument(BINANCE), 0.0016, 8, 5)
    assert quotes.only().breakeven_h == pytest.approx(0.3 / 0.01)
    quotes.wait(1)
    quotes.funding(an_instrument(OKX), 0.0002, 1, 1)
    assert quotes.only().breakeven_h is None


# --- what is shown


def a_mixed_market() -> Quotes:
    """BTC on two exchanges with funding, AAA at 0.1 % exactly, BBB on one exchange only."""
    quotes = Quotes()
    for coin, exchange, market, bid, ask in (
        ("BTC", OKX, PERP, 99.9, 100.0),
        ("BTC", BYBIT, PERP, 99.95, 100.1),
        ("AAA", OKX, SPOT, 99.0, 100.0),
        ("AAA", BYBIT, SPOT, 100.1, 100.2),
        ("BBB", OKX, SPOT, 9.9, 10.0),
        ("BBB", OKX, PERP, 10.5, 10.6),
        ("CCC", OKX, PERP, 11.0, 12.0),
    ):
        quotes.book(an_instrument(exchange, market, coin), bid, ask)
    for exchange in (OKX, BYBIT):
        quotes.funding(an_instrument(exchange, PERP, "BTC"), 0.0001, 8, 1)
    return quotes


@pytest.mark.parametrize(
    ("chosen", "coins"),
    [
        (Filter.ALL, ["BBB", "AAA", "BTC"]),
        (Filter.OVER, ["BBB", "AAA"]),
        (Filter.SEVERAL, ["AAA", "BTC"]),
        (Filter.FUNDING, ["BTC"]),
        (Filter.MAJORS, ["BTC"]),
    ],
)
def test_filters_choose_coins_and_leave_ranks_alone(chosen: Filter, coins: list[str]) -> None:
    """A rank is among all coins; CCC has one leg and no pair."""
    board = a_mixed_market().board(filter_=chosen)
    assert [row.coin for row in board.rows] == coins
    ranks = {row.coin: row.rank for row in board.rows}
    assert ranks == {
        coin: rank for coin, rank in (("BBB", 1), ("AAA", 2), ("BTC", 3)) if coin in ranks
    }
    assert (board.coins, board.ranked, board.matching) == (3, 3, len(coins))


def test_one_coin_can_be_asked_for() -> None:
    """One that nobody lists gives no row."""
    quotes = a_mixed_market()
    assert [row.coin for row in quotes.board(coin="AAA").rows] == ["AAA"]
    assert quotes.board(coin="ZZZ").rows == []


def test_an_empty_market_is_an_empty_board() -> None:
    """Before the first price, too."""
    board = Quotes().board()
    assert (board.rows, board.coins, board.quarantine) == ([], 0, [])
    assert board.slots[0] == "binance perp"
    assert board.fees_pct == [0.05, 0.05, 0.055, 0.06, 0.1, 0.1, 0.1, 0.1]


def test_fees_are_the_settings() -> None:
    """One tier for each market of an exchange."""
    rules = Rules.of(Settings())
    assert [fee_pct(place) for place in SLOTS] == list(rules.fees_pct)


# --- against plain loops over the rows


class Plain(NamedTuple):
    """One leg, as its row says."""

    place: tuple[Exchange, Market]
    row: Row
    age_s: float


def plain_legs(quotes: Quotes, coin: str) -> list[Plain]:
    found = []
    for row in quotes.market.rows():
        place = (row.instrument.exchange, row.instrument.market)
        barred = bool(quotes.same.suspicion(row))
        if row.instrument.coin == coin and row.book_seen_s is not None and not barred:
            found.append(Plain(place, row, quotes.now.s - row.book_seen_s))
    return found


def plain_best(legs: list[Plain], kind: Kind) -> tuple[float, Plain, Plain] | None:
    pairs = []
    for buy, sell in permutations(legs, 2):
        perps = [buy.place[1], sell.place[1]].count(PERP)
        names = {2: Kind.PERP_PERP, 1: Kind.SPOT_PERP, 0: Kind.SPOT_SPOT}
        if kind in (Kind.ALL, names[perps]) and buy.row.ask and sell.row.bid:
            pairs.append(((sell.row.bid - buy.row.ask) / buy.row.ask * 100, buy, sell))
    return max(pairs, key=lambda pair: pair[0], default=None)


def plain_funding(buy: Plain, sell: Plain, now_ms: int) -> tuple[float, float] | None:
    """Percent until both have settled, and percent an hour."""
    perps = [leg.row for leg in (buy, sell) if leg.place[1] is PERP]
    if any(
        row.rate is None
        or row.interval_h is None
        or row.next_settlement_ms is None
        or row.next_settlement_ms <= now_ms
        for row in perps
    ):
        return None
    end_ms = max((row.next_settlement_ms or 0 for row in perps), default=0)
    total = hourly = 0.0
    for leg, sign in ((buy, -1), (sell, 1)):
        row = leg.row
        if leg.place[1] is SPOT or not row.interval_h or not row.next_settlement_ms:
            continue
        rate, at_ms = row.rate or 0.0, row.next_settlement_ms
        while at_ms <= end_ms:
            total += sign * rate * 100
            at_ms += round(row.interval_h * HOUR_MS)
        hourly += sign * rate * 100 / row.interval_h
    return total, hourly


def same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def check(row: SpreadRow, quotes: Quotes, kind: Kind) -> None:
    """Everything a row says, found again from the market's rows."""
    legs = plain_legs(quotes, row.coin)
    fresh = plain_best([leg for leg in legs if leg.age_s <= 3.0], kind)
    expected = fresh or plain_best(legs, kind)
    assert expected is not None
    assert row.ranked is (fresh is not None)
    assert same(row.executable_pct, expected[0])
    by_place = {leg.place: leg for leg in legs}
    buy = by_place[row.buy_exchange, row.buy_market]
    sell = by_place[row.sell_exchange, row.sell_market]
    assert (row.ask, row.bid) == (buy.row.ask, sell.row.bid)
    fees = 2 * (fee_pct(buy.place) + fee_pct(sell.place))
    assert same(row.net_pct, (row.bid - row.ask) / row.ask * 100 - fees)
    sizes = (buy.row.ask_coins, sell.row.bid_coins)
    size = None if None in sizes else min(value for value in sizes if value is not None)
    assert same(row.size_coins, size)
    assert row.buy_age_ms == round(buy.age_s * 1000) >= 0
    assert row.skew_ms == abs(round(buy.age_s * 1000) - round(sell.age_s * 1000))
    funding = plain_funding(buy, sell, quotes.now.ms)
    assert same(row.funding_pct, None if funding is None else funding[0])
    if funding is not None and row.net_funding_pct is not None:
        assert same(row.net_funding_pct, row.net_pct + funding[0])
        if row.net_pct < 0:
            breakeven = -row.net_pct / funding[1] if funding[1] > 1e-12 else None
            assert same(row.breakeven_h, breakeven)


class Drawn(NamedTuple):
    """One leg of a random market."""

    bid: float
    gap: float
    age_s: float
    sides: str
    coins: float | None
    rate: float | None
    interval_h: float | None
    next_h: float | None


Legs = dict[tuple[str, tuple[Exchange, Market]], Drawn]

HUNDREDTHS = st.integers(0, 200).map(lambda n: n / 100)
LEGS = st.builds(
    Drawn,
    bid=st.integers(9_000, 11_000).map(lambda n: n / 100),
    gap=HUNDREDTHS,
    age_s=st.sampled_from([0.0, 1.0, 2.5, 4.0, 40.0]),
    sides=st.sampled_from(["both", "both", "bid", "ask"]),
    coins=st.one_of(st.none(), HUNDREDTHS),
    rate=st.one_of(st.none(), st.integers(-9_999, 9_999).map(lambda n: n / 1_000_000)),
    interval_h=st.sampled_from([None, 1.0, 4.0, 8.0]),
    next_h=st.sampled_from([None, -1.0, 1.0, 3.0, 4.0, 8.0]),
)
MARKETS = st.dictionaries(st.tuples(st.sampled_from(["AA", "BB"]), st.sampled_from(SLOTS)), LEGS)


def random_market(legs: Legs) -> Quotes:
    quotes = Quotes()
    start = quotes.now
    for (coin, place), leg in sorted(legs.items(), key=lambda item: -item[1].age_s):
        quotes.now = start
        quotes.wait(50 - leg.age_s)
        instrument = an_instrument(*place, coin)
        quotes.book(
            instrument,
            leg.bid if leg.sides != "ask" else None,
            leg.bid + leg.gap if leg.sides != "bid" else None,
            bid_coins=leg.coins,
            ask_coins=leg.coins,
        )
        quotes.now = start
        quotes.wait(50)
        quotes.funding(instrument, leg.rate, leg.interval_h, leg.next_h)
    quotes.now = start
    quotes.wait(50)
    return quotes


@settings(max_examples=150)
@given(MARKETS, st.sampled_from(Kind))
def test_every_number_is_that_of_plain_loops_over_the_rows(legs: Legs, kind: Kind) -> None:
    """Random books, ages and funding, of two coins on any of the eight markets."""
    quotes = random_market(legs)
    board = quotes.board(kind)
    for row in board.rows:
        check(row, quotes, kind)
        assert row.net_pct <= row.executable_pct
        ages = (row.buy_age_ms, row.sell_age_ms, row.skew_ms)
        assert all(age >= 0 for age in ages)
    shown = {row.coin for row in board.rows}
    with_pair = {c for c in ("AA", "BB") if plain_best(plain_legs(quotes, c), kind) is not None}
    assert shown == with_pair
    ranked = [row.executable_pct for row in board.rows if row.ranked]
    assert ranked == sorted(ranked, reverse=True)
    assert [row.ranked for row in board.rows] == sorted(
        (row.ranked for row in board.rows), reverse=True
    )


@settings(max_examples=60)
@given(MARKETS, st.permutations(list(Exchange)))
def test_exchanges_are_equal_before_the_board(legs: Legs, names: list[Exchange]) -> None:
    """Renamed, they give the same spreads; only fees may differ."""
    renamed = dict(zip(Exchange, names, strict=True))
    others = {(coin, (renamed[place[0]], place[1])): leg for (coin, place), leg in legs.items()}
    one = {row.coin: row for row in random_market(legs).board().rows}
    other = {row.coin: row for row in random_market(others).board().rows}
    assert one.keys() == other.keys()
    for coin, row in one.items():
        assert row.executable_pct == other[coin].executable_pct
        assert row.indicative_pct == other[coin].indicative_pct
        assert row.ranked == other[coin].ranked


@settings(max_examples=60)
@given(MARKETS, st.sampled_from(Kind))
def test_some_coins_alone_give_what_they_give_among_all(legs: Legs, kind: Kind) -> None:
    """A refresh may compute only the coins that moved."""
    quotes = random_market(legs)
    quotes.refresh()
    barred = quotes.same.barred(quotes.table)
    whole = best(
        look(quotes.table, barred, quotes.rules, quotes.now), kind, quotes.rules, quotes.now
    )
    for coin in range(len(quotes.table.coins)):
        part = look(quotes.table, barred, quotes.rules, quotes.now, np.array([coin]))
        alone = best(part, kind, quotes.rules, quotes.now)
        for name in ("buy", "sell", "executable_pct", "net_pct", "is_ranked"):
            assert np.array_equal(
                getattr(alone, name), getattr(whole, name)[[coin]], equal_nan=True
            ), name
