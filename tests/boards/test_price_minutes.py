"""Prices by the minute, as they are gathered look by look."""

from tests.boards.quotes import BINANCE, OKX, PERP, SPOT, START_MS, Quotes, an_instrument
from tui_monitor.boards.price_minutes import PriceMinutes
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import PriceMinute


def looked(quotes: Quotes, minutes: PriceMinutes) -> list[PriceMinute]:
    quotes.refresh()
    return minutes.look(quotes.table, quotes.same.barred(quotes.table), quotes.now)


def test_a_minute_has_its_first_highest_lowest_and_last_price() -> None:
    """And the rate at its end; it is given once the next one has begun."""
    quotes, minutes = Quotes(), PriceMinutes(["LINK"], 3.0)
    perp = an_instrument(OKX)
    for price in (10.0, 12.0, 9.0, 11.0):
        quotes.last(perp, price)
        quotes.funding(perp, price / 1e5, 8.0, 1.0)
        assert looked(quotes, minutes) == []
        quotes.wait(1)
    quotes.wait(60)
    quotes.last(perp, 20.0)
    (found,) = looked(quotes, minutes)
    assert found.minute_ms == START_MS - START_MS % MINUTE_MS
    assert (found.open, found.high, found.low, found.close) == (10.0, 12.0, 9.0, 11.0)
    assert (found.rate, found.samples) == (11.0 / 1e5, 4)
    assert (found.exchange, found.market, found.symbol, found.coin) == (*perp.key, "LINK")
    (rest,) = minutes.end()
    assert (rest.open, rest.samples) == (20.0, 1)
    assert minutes.end() == []


def test_only_the_named_coins_are_kept() -> None:
    """Each once, on every exchange and market; one that nobody lists is none."""
    quotes, minutes = Quotes(), PriceMinutes(["LINK", "LINK", "NEW"], 3.0)
    for exchange, market in ((BINANCE, PERP), (BINANCE, SPOT), (OKX, PERP)):
        quotes.last(an_instrument(exchange, market), 10.0)
    quotes.last(an_instrument(coin="OTHER"), 10.0)
    looked(quotes, minutes)
    found = {(one.exchange, one.market): one.samples for one in minutes.end()}
    assert found == {(BINANCE, PERP): 1, (BINANCE, SPOT): 1, (OKX, PERP): 1}


def test_an_old_price_is_none_but_a_quiet_one_is() -> None:
    """Its book says that it still holds; without either there is nothing to write down."""
    quotes, minutes = Quotes(), PriceMinutes(["LINK"], 3.0)
    quiet, silent = an_instrument(OKX), an_instrument(BINANCE)
    quotes.book(quiet, 9.9, 10.1, last=10.0)
    quotes.book(silent, 9.9, 10.1, last=10.0)
    for _ in range(5):
        quotes.wait(1)
        quotes.book(quiet, 9.9, 10.1)
        looked(quotes, minutes)
    assert {one.exchange: one.samples for one in minutes.end()} == {OKX: 5, BINANCE: 3}


def test_a_leg_in_quarantine_is_not_the_coin() -> None:
    """What may be another coin has no place in this one's prices."""
    quotes, minutes = Quotes(), PriceMinutes(["LINK"], 3.0)
    for exchange, market, price in (
        (BINANCE, PERP, 10.0),
        (BINANCE, SPOT, 10.0),
        (OKX, PERP, 99.0),
    ):
        quotes.last(an_instrument(exchange, market), price)
    looked(quotes, minutes)
    assert {one.exchange for one in minutes.end()} == {BINANCE}
