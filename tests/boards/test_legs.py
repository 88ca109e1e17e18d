"""The table of legs: who is in it, and how old its numbers are."""

import numpy as np
import pytest
from msgspec.structs import replace

from tests.boards.quotes import BINANCE, BYBIT, OKX, PERP, SPOT, Quotes, an_instrument
from tui_monitor.boards.legs import SLOTS
from tui_monitor.boards.legs.coin import legs_of
from tui_monitor.boards.legs.table import Column, LegTable
from tui_monitor.model import MarkPrice, Source, Status
from tui_monitor.model.place import alias_of

OKX_PERP = SLOTS.index((OKX, PERP))


def test_a_leg_stands_at_its_exchange_and_market() -> None:
    """And what nobody said is NaN."""
    quotes = Quotes()
    quotes.book(an_instrument(OKX), 99.0, 101.0, ask_coins=None)
    quotes.refresh()
    assert quotes.table.coins == ["LINK"]
    assert quotes.table.column(Column.BID)[0, OKX_PERP] == 99.0
    assert np.isnan(quotes.table.column(Column.ASK_COINS)[0, OKX_PERP])
    assert np.isfinite(quotes.table.column(Column.BID)).sum() == 1


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.LIVE])
def test_only_live_instruments_are_legs(status: Status) -> None:
    """One that stops trading leaves with its prices, and comes back with them."""
    quotes, link = Quotes(), an_instrument(OKX)
    quotes.book(link, 99.0, 101.0)
    quotes.refresh()
    quotes.market.relist(replace(link, status=status))
    quotes.refresh()
    assert np.isnan(quotes.table.column(Column.BID)).all()
    assert quotes.table.leg_of(quotes.row(link)) is None
    quotes.market.relist(link)
    quotes.refresh()
    assert quotes.table.column(Column.BID)[0, OKX_PERP] == 99.0


def test_of_two_symbols_the_more_traded_is_the_leg() -> None:
    """The other stays reachable, and takes over only with clearly more turnover."""
    quotes = Quotes()
    one = an_instrument(OKX, coin="PEPE", symbol="PEPEUSDT")
    thousand = an_instrument(OKX, coin="PEPE", symbol="1000PEPEUSDT", multiplier=1000)
    quotes.book(one, 1.0, 1.1, last=1.0, turnover_24h_usd=100.0)
    quotes.book(thousand, 1.2, 1.3, last=1.2, turnover_24h_usd=400.0)
    quotes.refresh()
    assert quotes.table.row(0, OKX_PERP) is quotes.row(thousand)
    assert quotes.table.column(Column.BID)[0, OKX_PERP] == 1.2
    assert quotes.table.others(0, OKX_PERP) == [quotes.row(one)]
    for turnover, shown in ((500.0, thousand), (601.0, one)):
        quotes.wait(1)
        quotes.book(one, 1.0, 1.1, last=1.0, turnover_24h_usd=turnover)
        quotes.refresh()
        assert quotes.table.row(0, OKX_PERP) is quotes.row(shown)
    assert quotes.table.column(Column.BID)[0, OKX_PERP] == 1.0
    quotes.market.relist(replace(one, status=Status.DELISTED))
    quotes.refresh()
    assert quotes.table.column(Column.BID)[0, OKX_PERP] == 1.2


def test_an_alias_names_one_symbol_or_all_of_an_exchange() -> None:
    """Bybit's APP may be another than everybody's."""
    aliases = [alias_of("okx:perp:LINKUSDT = LNK"), alias_of("bybit:APP=APPBYBIT")]
    quotes = Quotes(LegTable(aliases))
    for exchange, market, coin in (
        *((OKX, PERP, "LINK"), (OKX, SPOT, "LINK"), (BINANCE, PERP, "LINK")),
        *((BYBIT, PERP, "APP"), (BYBIT, SPOT, "APP"), (BINANCE, PERP, "APP")),
    ):
        quotes.book(an_instrument(exchange, market, coin), 1.0, 1.1)
    quotes.refresh()
    legs = {coin: len(quotes.table.rows_of(place)) for place, coin in enumerate(quotes.table.coins)}
    assert legs == {"LNK": 1, "LINK": 2, "APPBYBIT": 2, "APP": 1}


def test_the_table_grows_with_its_coins() -> None:
    """Old coins keep their places and numbers."""
    quotes = Quotes()
    for number in range(300):
        quotes.book(an_instrument(OKX, coin=f"C{number}"), number + 1.0, number + 1.5)
        if number % 50 == 0:
            quotes.refresh()
    quotes.refresh()
    bids = quotes.table.column(Column.BID)[:, OKX_PERP]
    assert bids.tolist() == [number + 1.0 for number in range(300)]
    assert quotes.table.index["C299"] == 299


def age_s(quotes: Quotes) -> float:
    quotes.refresh()
    return float(quotes.table.book_age_s(quotes.now.s)[0, OKX_PERP])


def test_a_book_that_rest_confirms_is_young_again() -> None:
    """The exchange's time stays what it is: the book of a quiet coin is old, and true."""
    quotes, link = Quotes(), an_instrument(OKX)
    quotes.book(link, 99.0, 101.0)
    assert age_s(quotes) == 0.0
    quotes.wait(19)
    assert age_s(quotes) == pytest.approx(19.0)
    quotes.wait(1)
    quotes.book(link, 99.0, 101.0, late_ms=20_000, source=Source.REST)
    assert age_s(quotes) == 0.0
    assert quotes.table.exchange_age_ms(quotes.now.ms)[0, OKX_PERP] == 20_000


def test_a_book_that_arrives_late_is_as_old_as_the_exchange_says() -> None:
    """A line that lags by half a minute shows old prices as they arrive."""
    quotes, link, other = Quotes(), an_instrument(OKX), an_instrument(BINANCE)
    for _ in range(3):
        quotes.wait(1)
        quotes.book(other, 99.0, 101.0)
        quotes.book(link, 99.0, 101.0, late_ms=30_000)
    assert age_s(quotes) == pytest.approx(30.0)


def test_a_late_book_that_rest_confirms_is_no_longer_late() -> None:
    """REST says what is true now; that stays so when other numbers of the row change."""
    quotes, link = Quotes(), an_instrument(OKX)
    quotes.book(an_instrument(BINANCE), 99.0, 101.0)
    quotes.book(link, 99.0, 101.0, late_ms=30_000)
    assert age_s(quotes) == pytest.approx(30.0)
    quotes.wait(1)
    quotes.book(link, 99.0, 101.0, late_ms=31_000, source=Source.REST)
    assert age_s(quotes) == 0.0
    quotes.last(link, 100.0)
    assert age_s(quotes) == 0.0


def test_a_first_book_by_rest_is_not_late() -> None:
    """A quiet coin's book is as old as its last change, and true."""
    quotes = Quotes()
    quotes.book(an_instrument(BINANCE), 99.0, 101.0)
    quotes.book(an_instrument(OKX), 99.0, 101.0, late_ms=30_000, source=Source.REST)
    assert age_s(quotes) == 0.0


def test_what_changes_seldom_is_followed_too() -> None:
    """Mark, index, funding, each by itself; and the interval of a new definition."""
    quotes, link = Quotes(), an_instrument(OKX)

    def now(column: Column) -> float:
        quotes.refresh()
        return float(quotes.table.column(column)[0, OKX_PERP])

    for price in (100.0, 101.0):
        quotes.wait(1)
        quotes.index(link, price)
        assert (now(Column.INDEX), now(Column.INDEX_SEEN_S)) == (price, quotes.now.s)
        quotes.tell(MarkPrice(instrument=link, exchange_ms=quotes.now.ms, mark_price=price + 1))
        assert (now(Column.MARK), now(Column.MARK_SEEN_S)) == (price + 1, quotes.now.s)
        quotes.funding(link, price / 1e6, None, 1)
        assert now(Column.RATE) == price / 1e6
    for interval_h in (8.0, 4.0):
        quotes.market.relist(replace(link, funding_interval_h=interval_h))
        quotes.refresh()
        assert quotes.table.column(Column.INTERVAL_H)[0, OKX_PERP] == interval_h


def test_a_slot_that_changes_its_symbol_keeps_nothing_of_the_old_one() -> None:
    """Not even what the new one lacks."""
    quotes = Quotes()
    for number, turnover in ((1, 10.0), (2, 99.0)):
        link = replace(an_instrument(OKX, symbol=f"LINK{number}"), funding_interval_h=number)
        quotes.book(link, 99.0, 101.0, last=100.0, turnover_24h_usd=turnover)
        quotes.refresh()
    assert quotes.table.column(Column.INTERVAL_H)[0, OKX_PERP] == 2.0
    assert quotes.table.symbols(np.array([0]), np.array([OKX_PERP])) == ["LINK2"]
    assert quotes.table.symbols(np.array([0]), np.array([0])) == [""]


def test_a_clock_that_is_ahead_makes_nothing_old() -> None:
    """What all exchanges have in common is ours: only what one lags behind the others counts."""
    quotes = Quotes()
    quotes.book(an_instrument(OKX), 99.0, 101.0, late_ms=5_200)
    quotes.book(an_instrument(BINANCE), 99.0, 101.0, late_ms=5_000)
    assert age_s(quotes) == pytest.approx(0.2)
    assert quotes.table.clock_ahead_ms() == 5_000


def test_what_our_clock_is_ahead_is_learned_anew() -> None:
    """After two minutes the old measure is forgotten."""
    quotes, other = Quotes(), an_instrument(BINANCE)
    quotes.book(other, 99.0, 101.0)
    quotes.refresh()
    for _ in range(13):
        quotes.wait(10)
        quotes.book(other, 99.0, 101.0, late_ms=5_000)
        quotes.book(an_instrument(OKX), 99.0, 101.0, late_ms=5_000)
        quotes.refresh()
    assert quotes.table.clock_ahead_ms() == 5_000
    assert age_s(quotes) == 0.0


def test_no_age_is_below_zero() -> None:
    """Not with a clock behind the exchange's, nor asked for a moment before the last update."""
    quotes = Quotes()
    quotes.book(an_instrument(OKX), 99.0, 101.0, late_ms=-4_000)
    assert age_s(quotes) == 0.0
    assert np.nanmin(quotes.table.book_age_s(quotes.now.s - 5)) == 0.0
    assert np.nanmin(quotes.table.exchange_age_ms(quotes.now.ms)) == 0.0
    quotes.book(an_instrument(BINANCE), 99.0, 101.0, late_ms=None)
    quotes.refresh()
    assert np.isnan(quotes.table.exchange_age_ms(quotes.now.ms)[0, 0])
    assert quotes.table.book_age_s(quotes.now.s)[0, 0] == 0.0


def test_the_legs_of_a_coin_are_told_in_full() -> None:
    """What is stale or suspect says so; a coin that nobody lists has none."""
    quotes = Quotes()
    quotes.book(an_instrument(OKX), 99.0, 101.0, last=100.0, turnover_24h_usd=5.0)
    quotes.wait(4)
    quotes.book(an_instrument(BINANCE, SPOT), 150.0, 151.0, bid_coins=None, late_ms=None)
    quotes.index(an_instrument(BYBIT), 100.0)
    quotes.book(an_instrument(OKX, symbol="LINK2"), 99.0, 101.0)
    quotes.refresh()
    legs = legs_of(quotes.table, "LINK", quotes.now, 3.0, quotes.same.suspicion)
    okx, bybit, binance = legs
    assert [(leg.exchange, leg.market) for leg in legs] == [
        (OKX, PERP),
        (BYBIT, PERP),
        (BINANCE, SPOT),
    ]
    assert (okx.age_ms, okx.last_age_ms, okx.stale, okx.others) == (4000, 4000, True, ["LINK2"])
    assert (bybit.bid, bybit.age_ms, bybit.stale) == (None, None, True)
    assert (binance.bid_coins, binance.exchange_age_ms, binance.stale) == (None, None, False)
    assert binance.suspicion.startswith("another coin: 1.505 ×")
    assert legs_of(quotes.table, "ZZZ", quotes.now, 3.0, quotes.same.suspicion) == []


def test_every_leg_field_is_that_of_its_row() -> None:
    """The interval of the definition stands in where no message gave one."""
    quotes = Quotes()
    link = replace(an_instrument(OKX), funding_interval_h=4.0)
    quotes.book(link, 99.0, 101.0, last=100.0, turnover_24h_usd=5.0)
    quotes.funding(link, 0.0001, None, 2)
    quotes.refresh()
    (leg,) = legs_of(quotes.table, "LINK", quotes.now, 3.0, quotes.same.suspicion)
    row = quotes.row(link)
    for name in ("bid", "ask", "bid_coins", "ask_coins", "last", "rate", "next_settlement_ms"):
        assert getattr(leg, name) == getattr(row, name)
    assert (leg.interval_h, leg.turnover_24h_usd) == (4.0, 5.0)
