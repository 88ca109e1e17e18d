"""The funding board: rates made comparable, who pays whom, and what is not known stays unknown."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.boards.funding import STALE_AFTER_S, FundingBoard, FundingCell
from tui_monitor.boards.funding.build import (
    FundingInput,
    apr,
    funding_board,
    funding_steps,
    rate_8h,
)
from tui_monitor.boards.funding.intervals import IntervalWatch, last_settlement_ms
from tui_monitor.boards.funding.stored import stored_board
from tui_monitor.boards.legs import Now
from tui_monitor.clock import DAY_MS
from tui_monitor.market import Row, Stamp
from tui_monitor.model import Exchange, Instrument, Market, PaidFunding, Source, Status
from tui_monitor.model.place import alias_of

HOUR_MS = DAY_MS // 24
NOW = Now(1_795_132_800_000, 5_000.0)
EVERY = (Exchange.BINANCE, Exchange.OKX, Exchange.BYBIT, Exchange.BITGET)


def a_row(
    exchange: Exchange = Exchange.OKX,
    rate: float | None = 0.0001,
    interval_h: float | None = 8.0,
    *,
    coin: str = "BTC",
    symbol: str = "",
    status: Status = Status.LIVE,
    market: Market = Market.PERP,
    listed_h: float | None = None,
    next_in_h: float | None = 3.0,
    age_s: float = 1.0,
    turnover: float | None = 1e6,
) -> Row:
    """A row as the market has it."""
    row = Row(
        Instrument(
            exchange=exchange,
            market=market,
            symbol=symbol or f"{coin}USDT",
            coin=coin,
            status=status,
            funding_interval_h=listed_h,
        )
    )
    row.rate, row.interval_h, row.turnover_24h_usd = rate, interval_h, turnover
    row.next_settlement_ms = None if next_in_h is None else NOW.ms + round(next_in_h * HOUR_MS)
    row.funding = Stamp(NOW.ms, NOW.ms, NOW.s - age_s, Source.STREAM)
    return row


def a_board(rows: Sequence[Row], **more: object) -> FundingBoard:
    """Of all four exchanges."""
    return funding_board(rows, FundingInput(EVERY, **more), NOW)  # type: ignore[arg-type]


def cells(board: FundingBoard) -> list[FundingCell]:
    """Those of the first row."""
    return board.rows[0].cells


def a_past(counts: tuple[int, int, int] = (3, 21, 90), **changes: object) -> PaidFunding:
    """A month of BTC on OKX, the last settlement five hours ago."""
    fields: dict[str, object] = {
        "exchange": Exchange.OKX,
        "market": Market.PERP,
        "symbol": "BTCUSDT",
        "coin": "BTC",
        "oldest_ms": NOW.ms - 40 * DAY_MS,
        "newest_ms": NOW.ms - 5 * HOUR_MS,
        "newest_rate": 0.0002,
        "first_ms": NOW.ms - 40 * DAY_MS,
        "last_ms": NOW.ms - 5 * HOUR_MS,
        "sums": tuple((count * 0.0001, count) for count in counts),
    }
    return PaidFunding(**(fields | changes))  # type: ignore[arg-type]


def test_rates_of_different_intervals_are_made_comparable() -> None:
    """0.01 % an hour is eight times 0.01 % in eight hours."""
    board = a_board([a_row(Exchange.BINANCE, 0.0001, 1.0), a_row(Exchange.OKX, 0.0001, 8.0)])
    (row,) = board.rows
    assert [cell.rate_8h for cell in row.cells] == pytest.approx([0.0008, 0.0001], rel=1e-15)
    assert [cell.apr for cell in row.cells] == pytest.approx([0.876, 0.1095], rel=1e-15)
    assert row.difference_8h == pytest.approx(0.0007)
    assert row.difference_apr == pytest.approx(0.7665)
    assert (row.short_exchange, row.long_exchange) == (Exchange.BINANCE, Exchange.OKX)


def test_an_unknown_interval_has_no_apr_and_no_8h_rate() -> None:
    """It is never taken for 8 h, and the row says what is missing."""
    board = a_board([a_row(Exchange.BINANCE, interval_h=None), a_row(Exchange.OKX)])
    first = cells(board)[0]
    assert (first.rate, first.interval_h, first.rate_8h, first.apr) == (0.0001, None, None, None)
    assert not board.rows[0].ranked
    assert board.rows[0].reason == "binance's interval is unknown"


def test_the_list_tells_the_interval_where_the_rate_does_not() -> None:
    """The rate's own goes first."""
    board = a_board(
        [
            a_row(Exchange.BINANCE, interval_h=None, listed_h=4.0),
            a_row(interval_h=1.0, listed_h=8.0),
        ]
    )
    assert [cell.interval_h for cell in cells(board)] == [4.0, 1.0]


def test_the_largest_difference_comes_first() -> None:
    """By APR; coins that can't be compared follow by name and have no rank."""
    board = a_board(
        [
            *(a_row(Exchange.OKX, rate, coin=coin) for coin, rate in (("A", 1e-4), ("B", 5e-4))),
            *(a_row(Exchange.BYBIT, -1e-4, coin=coin) for coin in "AB"),
            a_row(coin="Z"),
            a_row(coin="C"),
        ]
    )
    assert [(row.coin, row.rank) for row in board.rows] == [
        ("B", 1), ("A", 2), ("C", None), ("Z", None),
    ]  # fmt: skip
    assert (board.coins, board.ranked) == (4, 2)
    assert board.rows[2].reason == "only one exchange has it"


@pytest.mark.parametrize(
    "row",
    [a_row(status=Status.DELISTED), a_row(status=Status.HALTED), a_row(market=Market.SPOT)],
    ids=["delisted", "halted", "spot"],
)
def test_only_live_perpetuals_are_on_the_board(row: Row) -> None:
    """What does not trade settles nothing."""
    assert a_board([row]).rows == []


def test_an_exchange_that_is_not_watched_is_not_on_the_board() -> None:
    """Its rows may still be in the market."""
    board = funding_board([a_row(), a_row(Exchange.BYBIT)], FundingInput((Exchange.BYBIT,)), NOW)
    assert [cell.exchange for cell in cells(board)] == [Exchange.BYBIT]


def test_legs_in_quarantine_are_seen_and_not_ranked() -> None:
    """With the reason."""
    fake = a_row(Exchange.OKX, 0.01)
    rows = [fake, a_row(Exchange.BYBIT, 0.0002), a_row(Exchange.BITGET, 0.0001)]
    board = a_board(rows, suspects={fake.instrument.key: "another coin"})
    (row,) = board.rows
    assert row.cells[0].suspicion == "another coin"
    assert (row.short_exchange, row.long_exchange) == (Exchange.BYBIT, Exchange.BITGET)
    alone = a_board(rows[:2], suspects={fake.instrument.key: "another coin"}).rows[0]
    assert (alone.ranked, alone.reason) == (False, "okx is in quarantine")


def test_a_rate_that_was_told_too_long_ago_is_not_ranked() -> None:
    """It stays visible, with its age."""
    board = a_board(
        [
            a_row(Exchange.OKX, age_s=STALE_AFTER_S + 0.1),
            a_row(Exchange.BYBIT, age_s=STALE_AFTER_S - 0.1),
        ]
    )
    assert [cell.stale for cell in cells(board)] == [True, False]
    assert cells(board)[0].age_ms == round(STALE_AFTER_S * 1000) + 100
    assert (board.rows[0].ranked, board.rows[0].reason) == (False, "okx's rate is old")


def test_a_second_symbol_of_a_coin_stands_behind_the_one_that_is_traded_more() -> None:
    """And one in quarantine behind any other."""
    small, large = a_row(turnover=1.0), a_row(symbol="1000BTCUSDT", turnover=2.0)
    (cell,) = cells(a_board([small, large]))
    assert (cell.symbol, cell.others) == ("1000BTCUSDT", ["BTCUSDT"])
    (cell,) = cells(a_board([small, large], suspects={large.instrument.key: "another coin"}))
    assert (cell.symbol, cell.others) == ("BTCUSDT", ["1000BTCUSDT"])


def test_a_coin_goes_by_the_name_that_the_settings_give_it() -> None:
    """As on the spreads board."""
    rows = [a_row(Exchange.BYBIT, coin="NEIRO"), a_row(Exchange.OKX, coin="NEIROETH")]
    board = a_board(rows, aliases=[alias_of("bybit:NEIRO=NEIROETH")])
    assert [(row.coin, len(row.cells)) for row in board.rows] == [("NEIROETH", 2)]


def test_one_coin_alone_may_be_asked_for() -> None:
    """The counts are of the whole board all the same."""
    rows = [a_row(coin="A"), a_row(coin="B")]
    board = funding_board(rows, FundingInput(EVERY), NOW, coin="B")
    assert ([row.coin for row in board.rows], board.coins) == (["B"], 2)


def test_predicted_and_settled_are_told_apart() -> None:
    """The newest settlement counts, whoever told of it."""
    row = a_row(rate=0.0003)
    assert (cells(a_board([row]))[0].settled_rate, cells(a_board([row]))[0].settled_ms) == (
        None, None,
    )  # fmt: skip
    paid = {row.instrument.key: a_past()}
    (cell,) = cells(a_board([row], paid=paid))
    assert (cell.rate, cell.settled_rate) == (0.0003, 0.0002)
    assert cell.settled_ms == NOW.ms - 5 * HOUR_MS
    row.settled_rate, row.settled_ms = 0.0004, NOW.ms - 5 * HOUR_MS + 1
    assert cells(a_board([row], paid=paid))[0].settled_rate == 0.0004
    row.settled_ms = NOW.ms - 13 * HOUR_MS
    assert cells(a_board([row], paid=paid))[0].settled_rate == 0.0002


def test_a_sum_says_how_many_settlements_it_has_and_should_have() -> None:
    """A month of 8 h has ninety."""
    row = a_row()
    (cell,) = cells(a_board([row], paid={row.instrument.key: a_past()}))
    assert [(one.days, one.settlements, one.due, one.whole) for one in cell.paid] == [
        (1, 3, 3, True), (7, 21, 21, True), (30, 90, 90, True),
    ]  # fmt: skip
    assert [one.rate for one in cell.paid] == pytest.approx([0.0003, 0.0021, 0.009])
    assert cell.paid_since_ms == NOW.ms - 40 * DAY_MS


@pytest.mark.parametrize(
    ("hours_ago", "next_in_h", "interval_h", "missing"),
    [
        *((5, 3, 8, 0), (13, 3, 8, 1), (29, 3, 8, 3), (8, 0, 8, 1), (8, -1, 8, 1), (3, 0.5, 1, 3)),
        (1, -9, 8, 0),
    ],
)
def test_settlements_that_are_not_here_yet_are_counted(
    hours_ago: float, next_in_h: float, interval_h: float, missing: int
) -> None:
    """Those that happened after the last stored one."""
    row = a_row(interval_h=interval_h, next_in_h=next_in_h)
    paid = a_past(last_ms=NOW.ms - round(hours_ago * HOUR_MS))
    (cell,) = cells(a_board([row], paid={row.instrument.key: paid}))
    assert [one.due for one in cell.paid] == [3 + missing, 21 + missing, 90 + missing]
    assert [one.whole for one in cell.paid] == [missing == 0] * 3


def test_a_sum_over_time_that_was_never_asked_for_is_not_whole() -> None:
    """How many there should be is then unknown."""
    row = a_row()
    short = a_past(first_ms=NOW.ms - 10 * DAY_MS)
    (cell,) = cells(a_board([row], paid={row.instrument.key: short}))
    assert [(one.due, one.whole) for one in cell.paid] == [(3, True), (21, True), (None, False)]
    for paid in (a_past(first_ms=None, last_ms=None), None):
        given_paid = {row.instrument.key: paid} if paid else {}
        (cell,) = cells(a_board([row], paid=given_paid))
        assert [one.days for one in cell.paid] == [1, 7, 30]
        assert not any(one.whole or one.due for one in cell.paid)
    row = a_row(interval_h=None)
    (cell,) = cells(a_board([row], paid={row.instrument.key: a_past()}))
    assert [one.due for one in cell.paid] == [None, None, None]


def test_a_sum_that_nobody_knows_is_absent_and_not_nought() -> None:
    """Nought is only where it is known that nothing was settled."""
    row = a_row()
    none, day_ms = ((0.0, 0),) * 3, NOW.ms - DAY_MS
    unasked = a_past(first_ms=None, last_ms=None, newest_ms=None, newest_rate=None, sums=none)
    for paid in ({}, {row.instrument.key: unasked}):
        (cell,) = cells(a_board([row], paid=paid))
        assert [(one.rate, one.settlements, one.due, one.whole) for one in cell.paid] == [
            (None, None, None, False)
        ] * 3
    asked = a_past(first_ms=day_ms, sums=none)
    (cell,) = cells(a_board([row], paid={row.instrument.key: asked}))
    assert [(one.rate, one.settlements) for one in cell.paid] == [(0.0, 0), *[(None, None)] * 2]
    begun = a_past(first_ms=None, last_ms=None)
    (cell,) = cells(a_board([row], paid={row.instrument.key: begun}))
    assert [one.settlements for one in cell.paid] == [3, 21, 90]
    (cell,) = cells(stored_board([a_past((0, 0, 90))], NOW.ms))
    assert [one.settlements for one in cell.paid] == [None, None, 90]
    assert [one.rate for one in cell.paid] == [None, None, pytest.approx(0.009)]


RATES = st.floats(-0.05, 0.05, allow_nan=False)
HOURS = st.sampled_from([1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 24.0])
LEGS = st.dictionaries(
    st.sampled_from(EVERY), st.tuples(RATES, st.none() | HOURS), min_size=1, max_size=4
)


@given(st.lists(LEGS, min_size=1, max_size=8))
def test_every_figure_equals_a_plain_recomputation(
    coins: list[dict[Exchange, tuple[float, float | None]]],
) -> None:
    """8 h rates, APRs, differences, sides and the order."""
    rows = [
        a_row(exchange, rate, hours, coin=f"C{number}")
        for number, legs in enumerate(coins)
        for exchange, (rate, hours) in legs.items()
    ]
    board = a_board(rows)
    for row in board.rows:
        legs = coins[int(row.coin[1:])]
        yearly = {
            exchange: rate * (24 / hours) * 365 for exchange, (rate, hours) in legs.items() if hours
        }
        for cell in row.cells:
            rate, hours = legs[cell.exchange]
            assert cell.apr == (pytest.approx(yearly[cell.exchange], rel=1e-12) if hours else None)
            assert cell.rate_8h == (pytest.approx(rate / hours * 8, rel=1e-12) if hours else None)
        assert row.ranked == (len(yearly) >= 2)
        if row.ranked:
            spread = max(yearly.values()) - min(yearly.values())
            assert row.difference_apr == pytest.approx(spread, rel=1e-9, abs=1e-15)
            assert row.difference_8h == pytest.approx(spread / 365 / 3, rel=1e-9, abs=1e-15)
            assert row.short_exchange is not None
            assert row.long_exchange is not None
            gain = yearly[row.short_exchange] - yearly[row.long_exchange]
            assert gain == pytest.approx(spread, rel=1e-9, abs=1e-15)
    ranked = [row.difference_apr or 0.0 for row in board.rows if row.ranked]
    assert ranked == sorted(ranked, reverse=True)
    assert [row.rank for row in board.rows] == [
        *range(1, len(ranked) + 1), *[None] * (len(coins) - len(ranked)),
    ]  # fmt: skip


@given(LEGS, st.permutations(EVERY))
def test_the_difference_does_not_depend_on_the_exchanges_names(
    legs: dict[Exchange, tuple[float, float | None]], renamed: list[Exchange]
) -> None:
    """Renaming them renames the answer alone."""
    names = dict(zip(EVERY, renamed, strict=True))
    plain = a_board([a_row(name, *leg) for name, leg in legs.items()]).rows[0]
    other = a_board([a_row(names[name], *leg) for name, leg in legs.items()]).rows[0]
    assert (plain.ranked, plain.difference_apr) == (other.ranked, other.difference_apr)
    values = [hours and rate / hours for rate, hours in legs.values()]
    if plain.short_exchange and len(set(values)) == len(values):
        assert names[plain.short_exchange] is other.short_exchange


@given(RATES, HOURS)
def test_a_rate_and_its_mirror_are_mirrored(rate: float, hours: float) -> None:
    """No size changes with the sign."""
    for convert in (rate_8h, apr):
        assert convert(-rate, hours) == -(convert(rate, hours) or 0.0)
        assert math.isfinite(convert(rate, hours) or 0.0)
        assert convert(None, hours) is None
        assert convert(rate, None) is None


@given(
    st.integers(-40, 40).map(lambda quarter: quarter * HOUR_MS // 4),
    st.sampled_from([1.0, 4.0, 8.0]),
    st.integers(0, 3 * DAY_MS),
)
def test_the_last_settlement_is_the_last_one_before_now(
    next_in_ms: int, hours: float, ahead_ms: int
) -> None:
    """On the grid of the next one, and less than an interval ago."""
    row = a_row(interval_h=hours, next_in_h=None)
    row.next_settlement_ms = NOW.ms + next_in_ms + ahead_ms
    found = last_settlement_ms(row, NOW.ms)
    assert found is not None
    assert found <= NOW.ms
    if row.next_settlement_ms > NOW.ms:
        assert NOW.ms - found < hours * HOUR_MS
        assert (row.next_settlement_ms - found) % (hours * HOUR_MS) == 0
    else:
        assert found == row.next_settlement_ms


def test_an_interval_that_changes_is_told_once() -> None:
    """On live perpetuals; one that becomes unknown, or is told for the first time, is no change."""
    watch, row = IntervalWatch(), a_row(interval_h=8.0)
    spot = a_row(market=Market.SPOT)
    assert watch.look([row, spot], 1) == []
    row.interval_h = None
    assert watch.look([row], 2) == []
    row.interval_h = 1.0
    (change,) = watch.look([row, spot], 3)
    assert (change.was_h, change.is_h, change.seen_ms) == (8.0, 1.0, 3)
    assert change.text == "BTCUSDT settles funding every 1 h now, it was 8 h"
    assert watch.look([row], 4) == []
    spot.interval_h = 1.0
    assert watch.look([spot], 5) == []
    (cell,) = cells(a_board([row], changes=watch.changes))
    assert (cell.interval_h, cell.interval_was_h, cell.interval_changed_ms) == (1.0, 8.0, 3)


def test_a_symbol_from_outside_is_made_printable() -> None:
    """In the text of the event."""
    watch = IntervalWatch()
    row = a_row(symbol="\x1b]52;c;AAAA\x07")
    watch.look([row], 1)
    row.interval_h = 4.0
    assert watch.look([row], 2)[0].text.isprintable()


def test_a_board_of_many_coins_is_made_some_at_a_time() -> None:
    """What else the engine does has its turn before all of them are done."""
    rows = [a_row(coin=f"C{number}") for number in range(1_000)]
    steps = funding_steps(rows, FundingInput(EVERY), NOW)
    assert sum(1 for _ in steps) > len(rows) / 100
