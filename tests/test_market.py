"""The market: merge, freshness per group of fields, cursors."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.market import MarketState, Row
from tui_monitor.model import (
    Candle,
    Exchange,
    Funding,
    Instrument,
    Liquidation,
    Market,
    MarketEvent,
    MarkPrice,
    OpenInterest,
    Side,
    Source,
    Status,
    Ticker,
)

NOW_MS = 1_795_132_800_000
DAY_MS = 86_400_000
AAA = Instrument(exchange=Exchange.OKX, market=Market.PERP, symbol="AAA-USDT-SWAP", coin="AAA")


def a_ticker(at_ms: int | None = NOW_MS, **fields: Any) -> Ticker:
    """A whole ticker."""
    plain: dict[str, Any] = {
        "last": 2.0, "bid": 1.9, "ask": 2.1, "bid_coins": 5.0, "ask_coins": 6.0,
        "open_24h": 1.5, "day_open": 1.6, "book_complete": True,
    }  # fmt: skip
    return Ticker(instrument=AAA, exchange_ms=at_ms, **(plain | fields))


class Applied:
    """A market with a hand on its clock."""

    def __init__(self) -> None:
        self.market = MarketState()
        self.s = 0.0

    def apply(self, event: MarketEvent, source: Source = Source.STREAM) -> bool:
        """One second later."""
        self.s += 1
        return self.market.apply(event, NOW_MS + round(self.s * 1000), self.s, source)

    @property
    def row(self) -> Row:
        """AAA's."""
        row = self.market.row(AAA.key)
        assert row is not None
        return row


def test_a_row_knows_when_and_how_its_last_price_came() -> None:
    """Exchange time, wall time, monotonic time, source."""
    it = Applied()
    assert it.market.row(AAA.key) is None
    assert it.apply(a_ticker(), Source.REST)
    row = it.row
    assert (row.last, row.bid, row.ask, row.day_open) == (2.0, 1.9, 2.1, 1.6)
    assert row.exchange_ms == NOW_MS
    assert row.received_ms == NOW_MS + 1000
    assert row.received_s == 1.0
    assert row.source is Source.REST
    assert row.revision == it.market.revision == 1


def test_repeating_a_message_is_no_news() -> None:
    """The same exchange time and values: no age is refreshed, no revision is made."""
    it = Applied()
    it.apply(a_ticker())
    assert not it.apply(a_ticker())
    assert it.row.received_s == 1.0
    assert it.market.revision == 1


def test_a_new_value_at_the_same_time_is_news() -> None:
    """OKX stamps two changes within one millisecond alike."""
    it = Applied()
    it.apply(a_ticker())
    assert it.apply(a_ticker(last=2.05))
    assert (it.row.last, it.row.received_s) == (2.05, 2.0)


def test_each_group_of_fields_has_its_own_age() -> None:
    """A best bid/ask that moves does not make an old last price fresh."""
    it = Applied()
    it.apply(a_ticker())
    assert it.apply(
        Ticker(instrument=AAA, exchange_ms=NOW_MS + 500, bid=1.95, ask=2.0, book_complete=True)
    )
    row = it.row
    assert (row.bid, row.last) == (1.95, 2.0)
    assert row.book is not None
    assert row.trade is not None
    assert (row.book.received_s, row.trade.received_s) == (2.0, 1.0)


def test_what_is_late_does_not_overwrite() -> None:
    """A REST answer that was overtaken by the stream."""
    it = Applied()
    it.apply(a_ticker())
    assert not it.apply(a_ticker(NOW_MS - 1, last=9.0), Source.REST)
    assert it.row.last == 2.0
    assert it.row.source is Source.STREAM


def test_what_has_no_time_lets_nothing_in_that_is_older() -> None:
    """After it, as before it, only what is later than the newest time counts."""
    it = Applied()
    it.apply(a_ticker())
    for last in (3.0, 4.0):
        assert it.apply(a_ticker(None, last=last), Source.REST)
    assert it.row.exchange_ms is None
    assert not it.apply(a_ticker(NOW_MS - 60_000, last=9.0))
    assert not it.apply(a_ticker(NOW_MS))
    assert it.row.last == 4.0
    assert it.apply(a_ticker(NOW_MS + 1, last=5.0))
    assert it.row.last == 5.0


def test_one_time_from_the_future_does_not_shut_out_the_present() -> None:
    """Beyond a day it is a mistake of unit; within it, the next true time replaces it."""
    it = Applied()
    it.apply(a_ticker(NOW_MS * 1000, last=3.0))
    assert it.row.exchange_ms is None
    it.apply(a_ticker(NOW_MS + DAY_MS // 2, last=4.0))
    assert it.apply(a_ticker(NOW_MS + 3000, last=5.0))
    assert it.row.last == 5.0
    it.apply(a_ticker(1000, last=6.0))
    assert it.row.exchange_ms is None


def test_a_delta_leaves_what_it_does_not_name() -> None:
    """Bybit sends only what changed."""
    it = Applied()
    it.apply(a_ticker())
    it.apply(Ticker(instrument=AAA, exchange_ms=NOW_MS + 1, ask=2.2))
    row = it.row
    assert (row.bid, row.ask, row.last, row.ask_coins) == (1.9, 2.2, 2.0, 6.0)


def test_a_whole_book_without_a_bid_has_none() -> None:
    """An empty side is empty, not unchanged."""
    it = Applied()
    it.apply(a_ticker())
    it.apply(a_ticker(NOW_MS + 1, bid=None, bid_coins=None))
    assert (it.row.bid, it.row.bid_coins, it.row.ask) == (None, None, 2.1)


def test_mark_index_funding_and_interest_are_merged_apart() -> None:
    """Each with its own stamp; none touches the last price."""
    it = Applied()
    assert it.apply(MarkPrice(instrument=AAA, exchange_ms=NOW_MS, mark_price=2.01))
    assert it.apply(MarkPrice(instrument=AAA, exchange_ms=NOW_MS, index_price=2.02))
    assert it.apply(Funding(instrument=AAA, exchange_ms=NOW_MS, rate=0.0001, interval_h=8.0))
    assert it.apply(Funding(instrument=AAA, exchange_ms=NOW_MS + 1, settled_rate=0.0002))
    assert it.apply(OpenInterest(instrument=AAA, exchange_ms=NOW_MS, open_interest_coins=7.0))
    assert not it.apply(OpenInterest(instrument=AAA, exchange_ms=NOW_MS, open_interest_coins=7.0))
    row = it.row
    assert (row.mark_price, row.index_price) == (2.01, 2.02)
    assert (row.rate, row.interval_h, row.settled_rate) == (0.0001, 8.0, 0.0002)
    assert (row.open_interest_coins, row.open_interest_usd) == (7.0, None)
    assert (row.last, row.trade) == (None, None)


def test_a_cursor_finds_what_changed_after_it() -> None:
    """And nothing when nothing did."""
    it = Applied()
    other = Instrument(exchange=Exchange.OKX, market=Market.PERP, symbol="B", coin="B")
    it.apply(a_ticker())
    cursor = it.market.revision
    assert it.market.changed_since(cursor) == []
    it.apply(Ticker(instrument=other, exchange_ms=NOW_MS, last=1.0))
    assert [row.instrument.symbol for row in it.market.changed_since(cursor)] == ["B"]
    assert len(it.market.changed_since(0)) == 2


def test_a_new_definition_of_an_instrument_keeps_its_row() -> None:
    """A refreshed list brings equal keys in new objects."""
    it = Applied()
    it.apply(a_ticker())
    again = Instrument(
        exchange=Exchange.OKX, market=Market.PERP, symbol="AAA-USDT-SWAP", coin="AAA",
        contract_size=10.0,
    )  # fmt: skip
    it.apply(Ticker(instrument=again, exchange_ms=NOW_MS + 1, last=3.0))
    assert len(it.market.rows()) == 1
    assert it.row.instrument.contract_size == 10.0
    assert (it.row.last, it.row.bid) == (3.0, 1.9)


def test_a_definition_that_changed_is_a_change_of_the_row() -> None:
    """A delisting is seen by every reader with a cursor, though no price comes any more."""
    it = Applied()
    it.apply(a_ticker())
    cursor = it.market.revision
    gone = Instrument(
        exchange=Exchange.OKX, market=Market.PERP, symbol="AAA-USDT-SWAP", coin="AAA",
        status=Status.DELISTED,
    )  # fmt: skip
    it.market.relist(gone)
    assert [row.instrument.status for row in it.market.changed_since(cursor)] == [Status.DELISTED]
    assert (it.row.last, it.row.received_s) == (2.0, 1.0)
    assert it.apply(Ticker(instrument=gone, exchange_ms=NOW_MS + 1, last=3.0))
    assert len(it.market.rows()) == 1


def test_a_definition_alone_makes_no_row() -> None:
    """Rows are of instruments that something was heard of."""
    market = MarketState()
    market.relist(AAA)
    assert (market.rows(), market.revision) == ([], 0)


def test_a_rest_answer_that_agrees_is_heard_though_it_is_no_news() -> None:
    """An instrument that does not trade has an old price that is still the price."""
    it = Applied()
    it.apply(a_ticker())
    assert (it.row.trade_seen_s, it.row.book_seen_s) == (1.0, 1.0)
    assert not it.apply(a_ticker(), Source.REST)
    assert (it.row.received_s, it.row.trade_seen_s, it.row.book_seen_s) == (1.0, 2.0, 2.0)
    assert it.market.revision == 1


def test_only_rest_and_only_the_same_time_agrees() -> None:
    """A frame that comes twice, or an answer from before, confirms nothing."""
    it = Applied()
    it.apply(a_ticker())
    assert not it.apply(a_ticker())
    assert not it.apply(a_ticker(NOW_MS - 1), Source.REST)
    assert (it.row.trade_seen_s, it.row.book_seen_s) == (1.0, 1.0)


def test_an_answer_confirms_only_the_groups_it_has() -> None:
    """The last price alone says nothing of the book."""
    it = Applied()
    it.apply(a_ticker())
    assert not it.apply(Ticker(instrument=AAA, exchange_ms=NOW_MS, last=2.0), Source.REST)
    assert (it.row.trade_seen_s, it.row.book_seen_s) == (2.0, 1.0)


def a_candle(open_ms: int = NOW_MS, *, closed: bool, close: float = 2.0) -> Candle:
    """A 30-minute bar."""
    return Candle(
        instrument=AAA, bar="30m", open_ms=open_ms, open=1.0, high=3.0, low=1.0, close=close,
        closed=closed,
    )  # fmt: skip


def test_closed_candles_and_liquidations_wait_in_the_ring() -> None:
    """Forming bars are merged, closed ones are not; each is told once."""
    it = Applied()
    it.apply(a_candle(closed=False))
    it.apply(a_candle(closed=False, close=2.5))
    assert it.market.events_since(0).events == []
    assert it.row.bars["30m"].close == 2.5
    assert it.apply(a_candle(closed=True))
    assert not it.apply(a_candle(closed=True))
    assert not it.apply(a_candle(NOW_MS - 1, closed=False))
    forced = Liquidation(
        instrument=AAA, exchange_ms=NOW_MS, side=Side.LONG, price=2.0, coins=1.0, usd=2.0
    )
    assert it.apply(forced)
    assert not it.apply(forced)
    batch = it.market.events_since(0)
    assert [type(event) for event in batch.events] == [Candle, Liquidation]
    assert batch.missed == 0
    assert it.market.events_since(batch.cursor) == ([], batch.cursor, 0, [])
    assert batch.received_ms == [NOW_MS + 3_000, NOW_MS + 6_000]


def test_a_reader_that_was_too_slow_is_told_how_many_it_missed() -> None:
    """The ring is bounded, and says so."""
    market = MarketState(ring_events=3)
    for number in range(5):
        forced = Liquidation(
            instrument=AAA, exchange_ms=number, side=Side.SHORT, price=1.0, coins=None, usd=None
        )
        market.apply(forced, NOW_MS, 1.0, Source.STREAM)
    batch = market.events_since(0)
    assert batch.missed == 2
    assert [event.exchange_ms for event in batch.events if isinstance(event, Liquidation)] == [
        2, 3, 4,
    ]  # fmt: skip
    assert market.events_since(4).missed == 0
    assert len(market.events_since(4).events) == 1


_events = st.builds(
    a_ticker,
    st.integers(NOW_MS, NOW_MS + 5),
    last=st.floats(1, 9),
    bid=st.none() | st.floats(1, 9),
)


@given(st.lists(_events, max_size=12))
def test_applying_everything_twice_changes_nothing(events: list[Ticker]) -> None:
    """Two sockets that overlap give each event twice."""
    once, twice = Applied(), Applied()
    for event in events:
        once.apply(event)
        twice.apply(event)
        assert not twice.apply(event)
    assert [_values(row) for row in once.market.rows()] == [
        _values(row) for row in twice.market.rows()
    ]


def _values(row: Row) -> tuple[object, ...]:
    return (row.last, row.bid, row.ask, row.exchange_ms)
