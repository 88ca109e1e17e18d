"""What is sent to Binance, where, and what its answers mean."""

import json

import msgspec
import pytest

from tests.feeds.binance import rows
from tui_monitor.config import Binance
from tui_monitor.feeds.adapter import Ack, GoingAway, Listed, Rejected, Subscription
from tui_monitor.feeds.binance import listing
from tui_monitor.feeds.binance.adapter import BinanceAdapter
from tui_monitor.feeds.binance.streams import (
    MAX_STREAMS,
    STREAMS_A_SOCKET,
    Route,
    endpoints,
    route_of,
    sockets,
    stream_name,
)
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.model import Instrument, Market, Status, Ticker

ALL = [
    Subscription("!ticker@arr"),
    Subscription("!markPrice@arr@1s"),
    Subscription("!forceOrder@arr"),
    Subscription("!contractInfo"),
    Subscription("!bookTicker"),
]


def adapter(market: Market = Market.PERP) -> BinanceAdapter:
    """An adapter that knows no list."""
    return BinanceAdapter(InstrumentBook(listing.GUESS[market]), market)


def books(count: int) -> list[Subscription]:
    """As many streams of one route."""
    return [Subscription("bookTicker", f"C{number}USDT") for number in range(count)]


def test_names_are_lower_case_in_ascii_alone() -> None:
    """Upper case is acknowledged and silent; Chinese names stay what they are."""
    assert stream_name(Subscription("bookTicker", "BTCUSDT")) == "btcusdt@bookTicker"
    assert stream_name(Subscription("kline_1M", "币安人生USDT")) == "币安人生usdt@kline_1M"
    assert stream_name(Subscription("!markPrice@arr@1s")) == "!markPrice@arr@1s"


def test_every_stream_is_asked_for_on_its_own_path() -> None:
    """Book tickers are public, the rest is market; spot has one path."""
    plan = sockets(Market.PERP, [*ALL, Subscription("kline_30m", "BTCUSDT")])
    assert [(socket.route, len(socket.topics)) for socket in plan] == [
        (Route.MARKET, 5),
        (Route.PUBLIC, 1),
    ]
    urls = {route: endpoints(Binance(), Market.PERP).socket_url(route) for route in Route}
    assert urls[Route.MARKET] == "wss://fstream.binance.com/market/stream"
    assert urls[Route.PUBLIC] == "wss://fstream.binance.com/public/stream"
    (spot,) = sockets(Market.SPOT, [Subscription("!miniTicker@arr"), *books(2)])
    url = endpoints(Binance(), Market.SPOT).socket_url(spot.route)
    assert url == "wss://stream.binance.com:9443/stream"


def test_a_socket_stays_below_the_stream_limit() -> None:
    """The 1025th would close it with all the others: 80 % of it, then another socket."""
    plan = sockets(Market.PERP, books(2000))
    assert [len(socket.topics) for socket in plan] == [819, 819, 362]
    assert [topic for socket in plan for topic in socket.topics] == books(2000)
    assert STREAMS_A_SOCKET <= 0.8 * MAX_STREAMS
    with pytest.raises(ValueError, match="1025 streams"):
        adapter().requests(books(1025))


@pytest.mark.parametrize(
    ("market", "topic"),
    [
        (Market.SPOT, Subscription("!ticker@arr")),  # retired
        (Market.SPOT, Subscription("!bookTicker")),
        (Market.SPOT, Subscription("markPrice", "BTCUSDT")),
        (Market.PERP, Subscription("kline_7m", "BTCUSDT")),
        (Market.PERP, Subscription("kline_30m")),
        (Market.PERP, Subscription("!ticker@arr", "BTCUSDT")),
        (Market.PERP, Subscription("bookTicker")),
        (Market.PERP, Subscription("trades", "BTCUSDT")),
    ],
)
def test_what_would_be_silent_for_ever_is_not_asked_for(
    market: Market, topic: Subscription
) -> None:
    """Binance would acknowledge it."""
    with pytest.raises(ValueError, match="no stream"):
        route_of(market, topic)
    with pytest.raises(ValueError, match="no stream"):
        adapter(market).requests([topic])


def test_two_routes_on_one_socket_are_refused() -> None:
    """One of them would be silent."""
    with pytest.raises(ValueError, match="2 routes"):
        adapter().requests(ALL)


def test_requests_have_at_most_200_names_and_ids_of_their_own() -> None:
    """Not the same id twice, on reconnect too."""
    speaks = adapter()
    frames = [
        json.loads(request.frame) for _ in range(2) for request in speaks.requests(books(526))
    ]
    assert [len(frame["params"]) for frame in frames] == [200, 200, 126] * 2
    assert [frame["id"] for frame in frames] == [1, 2, 3, 4, 5, 6]
    assert {frame["method"] for frame in frames} == {"SUBSCRIBE"}


def test_an_answer_confirms_what_its_request_asked_for() -> None:
    """Once; an answer to something else confirms nothing."""
    speaks = adapter()
    first, second = speaks.requests(books(201))
    events = speaks.decode(b'{"result":null,"id":2}')
    assert [event.subscription for event in events if isinstance(event, Ack)] == [*second.asks_for]
    assert speaks.decode(b'{"result":null,"id":2}') == [Ack(subscription=None)]
    assert len(speaks.decode(b'{"id":1,"result":null}')) == len(first.asks_for)


def test_a_refusal_names_its_topic_where_the_request_had_one() -> None:
    """Else it is for the socket to find out."""
    speaks = adapter()
    speaks.requests(books(1))
    speaks.requests(books(2))
    (event,) = speaks.decode(b'{"error":{"code":2,"msg":"no"},"id":1}')
    assert event == Rejected(code="2", reason="no", subscription=books(1)[0])
    (event,) = speaks.decode(b'{"code":2,"msg":"no","id":2}')
    assert event == Rejected(code="2", reason="no")
    (event,) = speaks.decode(b'{"error":{"code":4,"msg":"Too many subscriptions"}}')
    assert event == Rejected(code="4", reason="Too many subscriptions")


def test_requests_without_an_answer_do_not_pile_up() -> None:
    """A socket that ends leaves some behind; an old answer then confirms nothing."""
    speaks = adapter()
    for _ in range(1000):
        speaks.requests(books(1))
    assert speaks.decode(b'{"result":null,"id":1}') == [Ack(subscription=None)]
    assert speaks.decode(b'{"result":null,"id":1000}') == [Ack(subscription=books(1)[0])]


@pytest.mark.parametrize("market", Market)
def test_a_server_that_says_goodbye_is_left(market: Market) -> None:
    """Combined or bare."""
    for frame in (
        b'{"e":"serverShutdown","E":1795132800000}',
        b'{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1795132800000}}',
    ):
        (event,) = adapter(market).decode(frame)
        assert isinstance(event, GoingAway)


def test_rows_that_nobody_wants_give_no_event() -> None:
    """All-market streams bring stocks and settled contracts; the quick way and the other one."""

    def keep(instrument: Instrument) -> bool:
        return instrument.coin != "TSLA"

    speaks = BinanceAdapter(InstrumentBook(listing.GUESS[Market.PERP]), Market.PERP, keep)
    unwanted = rows.TICKER | {"s": "TSLAUSDT"}
    for rest in ({}, {"h": ""}):
        frame = rows.push("!ticker@arr", [unwanted | rest, rows.TICKER | rest])
        (event,) = speaks.decode(frame)
        assert isinstance(event, Ticker)
        assert event.instrument.coin == "AAA"
        assert list(speaks.decode(rows.push("!ticker@arr", [unwanted | rest]))) == []


def test_a_bad_row_among_hundreds_is_the_only_one_lost() -> None:
    """The array is read again, row by row."""
    many = [rows.TICKER | {"s": f"C{number}USDT"} for number in range(300)]
    many[150] = rows.TICKER | {"c": "-1"}
    many[200] = rows.TICKER | {"s": 5}
    events = adapter().decode(rows.push("!ticker@arr", many))
    assert sum(isinstance(event, Ticker) for event in events) == 298
    assert len(events) == 300


def test_the_interval_of_a_known_instrument_comes_with_its_funding() -> None:
    """The stream doesn't carry it."""
    book = InstrumentBook(listing.GUESS[Market.PERP])
    speaks = BinanceAdapter(book)
    book.learn([
        Instrument(
            exchange=speaks.exchange, market=Market.PERP, symbol="AAAUSDT", coin="AAA",
            funding_interval_h=4.0,
        )
    ])  # fmt: skip
    for row in (rows.MARK, rows.MARK | {"i": ""}):
        _, funding = speaks.decode(rows.push("!markPrice@arr", [row]))
        assert getattr(funding, "interval_h", None) == 4.0


@pytest.mark.parametrize(
    ("known", "says", "status"),
    [
        (None, "TRADING", Status.UNKNOWN),
        (Status.LIVE, "TRADING", Status.LIVE),
        (Status.UNKNOWN, "TRADING", Status.UNKNOWN),
        (Status.LIVE, "SETTLING", Status.DELISTED),
        (Status.LIVE, "TRADING_HALT", Status.HALTED),
        (Status.LIVE, "BRAND_NEW", Status.UNKNOWN),
        (None, "PENDING_TRADING", Status.PREOPEN),
    ],
)
def test_contract_info_changes_a_status_and_makes_nothing_live(
    known: Status | None, says: str, status: Status
) -> None:
    """It does not say whether the underlying is a coin."""
    book = InstrumentBook(listing.GUESS[Market.PERP])
    if known is not None:
        guessed = listing.GUESS[Market.PERP]("AAAUSDT")
        assert guessed is not None
        book.learn([msgspec.structs.replace(guessed, status=known)])
    row = rows.CONTRACT_INFO | {"cs": says}
    (event,) = BinanceAdapter(book).decode(rows.push("!contractInfo", row))
    assert isinstance(event, Listed)
    assert (event.instrument.status, event.instrument.listed_ms) == (status, 1700000000000)
