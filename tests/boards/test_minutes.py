"""Minutes of spreads: extremes, time over the threshold, and the last day's sums."""

import pytest

from tests.boards.quotes import BINANCE, BYBIT, OKX, PERP, SPOT, START_MS, Quotes, an_instrument
from tui_monitor.boards.minutes import MinuteKeeper, OverTimes, over_times
from tui_monitor.boards.price_memory import RECORDS, PriceMemory
from tui_monitor.boards.spreads.best import look
from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.model import SpreadKind, SpreadMinute, SpreadTime


class Minutes:
    """A keeper over quotes, one look a second."""

    def __init__(self) -> None:
        self.quotes = Quotes()
        self.keeper = MinuteKeeper(0.6)
        self.found: list[SpreadMinute] = []

    def look(self) -> None:
        quotes = self.quotes
        quotes.refresh()
        legs = look(quotes.table, quotes.same.barred(quotes.table), quotes.rules, quotes.now)
        self.found += self.keeper.look(legs, quotes.now)

    def of(self, kind: SpreadKind, minute: int = 0) -> SpreadMinute:
        at_ms = START_MS + minute * MINUTE_MS
        (one,) = [row for row in self.found if (row.kind, row.minute_ms) == (kind, at_ms)]
        return one


def test_a_minute_has_its_extremes_and_the_legs_of_the_higher() -> None:
    """Bid over ask in %, the best direction at each look; given when the next minute begins."""
    minutes = Minutes()
    one, other = an_instrument(BINANCE, PERP, "ABC"), an_instrument(OKX, PERP, "ABC")
    for bid, ask in ((99.9, 100.0), (100.7, 100.8), (100.2, 100.3)):
        minutes.quotes.book(one, 99.9, 100.0)
        minutes.quotes.book(other, bid, ask)
        minutes.look()
        minutes.quotes.wait(1)
    assert minutes.found == []
    minutes.quotes.wait(57)
    minutes.look()
    row = minutes.of(SpreadKind.ALL)
    assert row.max_pct == pytest.approx(0.7)
    assert row.min_pct == pytest.approx(-0.1)
    assert (row.buy_exchange, row.sell_exchange) == (BINANCE, OKX)
    assert (row.samples, row.rises, row.over_s) == (3, 1, 1.0)
    assert minutes.of(SpreadKind.PERP_PERP).max_pct == row.max_pct


def test_of_one_kind_only_minutes_that_were_worth_it() -> None:
    """Below 0.1 % a kind's own minute is not given; that of all pairs always is."""
    minutes = Minutes()
    minutes.quotes.book(an_instrument(BINANCE, PERP, "ABC"), 99.9, 100.0)
    minutes.quotes.book(an_instrument(OKX, SPOT, "ABC"), 100.4, 100.45)
    minutes.quotes.book(an_instrument(BYBIT, SPOT, "ABC"), 100.5, 100.6)
    minutes.look()
    rows = minutes.keeper.end(minutes.quotes.table.coins)
    assert {row.kind for row in rows} == {SpreadKind.ALL, SpreadKind.SPOT_PERP}
    assert [row.max_pct for row in rows] == [pytest.approx(0.5)] * 2
    assert minutes.keeper.end(minutes.quotes.table.coins) == []


def test_stale_legs_make_no_minute() -> None:
    """A pair that can't rank has no spread."""
    minutes = Minutes()
    minutes.quotes.book(an_instrument(BINANCE, PERP, "ABC"), 99.9, 100.0)
    minutes.quotes.wait(10)
    minutes.quotes.book(an_instrument(OKX, PERP, "ABC"), 101.0, 101.1)
    minutes.look()
    assert minutes.keeper.end(minutes.quotes.table.coins) == []


def test_nobody_knows_what_was_during_a_pause() -> None:
    """Time over the threshold counts between looks only where they follow each other."""
    minutes = Minutes()
    for pause_s in (1, 30, 1):
        minutes.quotes.book(an_instrument(BINANCE, PERP, "ABC"), 99.9, 100.0)
        minutes.quotes.book(an_instrument(OKX, PERP, "ABC"), 101.0, 101.1)
        minutes.look()
        minutes.quotes.wait(pause_s)
    (row,) = [
        row for row in minutes.keeper.end(minutes.quotes.table.coins) if row.kind is SpreadKind.ALL
    ]
    assert (row.over_s, row.rises) == (1.0, 1)


def test_the_last_day_forgets_what_is_older() -> None:
    """Sums of parts that come in any order; what leaves is taken off again."""
    times = OverTimes()
    new = SpreadTime(coin="ABC", kind=SpreadKind.ALL, over_s=5.0, rises=1)
    old = SpreadTime(coin="ABC", kind=SpreadKind.ALL, over_s=7.0, rises=2)
    times.add(START_MS, 1, [new])
    times.add(START_MS - DAY_MS + MINUTE_MS, 3, [old])
    assert times.watched_min == 4
    assert times.of_kind(SpreadKind.ALL) == [
        SpreadTime(coin="ABC", kind=SpreadKind.ALL, over_s=12.0, rises=3)
    ]
    times.forget(START_MS + 2 * MINUTE_MS)
    assert times.watched_min == 1
    assert times.of_kind(SpreadKind.ALL) == [new]
    assert times.of_kind(SpreadKind.PERP_PERP) == []
    times.forget(START_MS + 2 * DAY_MS)
    assert times.of_kind(SpreadKind.ALL) == []


def test_only_minutes_over_the_threshold_count() -> None:
    """Most coins never are, and take no room."""
    minutes = Minutes()
    minutes.quotes.book(an_instrument(BINANCE, PERP, "ABC"), 99.9, 100.0)
    minutes.quotes.book(an_instrument(OKX, PERP, "ABC"), 100.1, 100.2)
    minutes.look()
    assert over_times(minutes.keeper.end(minutes.quotes.table.coins)) == []


def test_prices_are_remembered_once_a_minute_for_two_hours() -> None:
    """The newest of them; old prices and coins without any are not kept."""
    quotes, memory = Quotes(), PriceMemory(3.0)
    perp, spot = an_instrument(OKX, PERP, "ABC"), an_instrument(OKX, SPOT, "ABC")
    quotes.last(an_instrument(BYBIT, PERP, "ABC"), 7.0)
    quotes.wait(10)
    for minute in range(RECORDS + 5):
        quotes.last(perp, 100.0 + minute)
        quotes.last(spot, 99.0)
        quotes.refresh()
        memory.look(quotes.table, quotes.now)
        quotes.wait(1)
        memory.look(quotes.table, quotes.now)
        quotes.wait(59)
    points = memory.of(quotes.table.index["ABC"])
    assert len(points) == RECORDS
    assert {one.exchange for one in points} == {OKX}
    assert [one.perp for one in points] == [100.0 + minute for minute in range(5, RECORDS + 5)]
    assert points[0].premium_pct == pytest.approx((105 - 99) / 99 * 100)
