"""What is sent to Bybit's streams, and what its answers do to what was asked."""

import json
from collections.abc import Sequence

import msgspec
import pytest

from tests.feeds.bybit import rows
from tui_monitor.feeds.adapter import Ack, AskAgain, Event, Ignored, Rejected, Subscription
from tui_monitor.feeds.bybit.adapter import BybitAdapter
from tui_monitor.feeds.bybit.asking import sockets
from tui_monitor.feeds.bybit.mapper import GUESS
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.model import Market, MarkPrice, Ticker

AAA, BBB, CCC = (Subscription("tickers", f"{coin}USDT") for coin in ("AAA", "BBB", "CCC"))
BEST = Subscription("orderbook.1", "AAAUSDT")


def adapter(market: Market = Market.PERP) -> BybitAdapter:
    """An adapter that knows no list of instruments."""
    return BybitAdapter(InstrumentBook(GUESS[market]), market)


def asked(link: BybitAdapter, *topics: Subscription) -> str:
    """Ask for topics in one request; its id."""
    (request,) = link.requests(topics)
    found: str = json.loads(request.frame)["req_id"]
    return found


def the_ticker(events: Sequence[Event]) -> Ticker:
    """The only ticker among events."""
    (found,) = (event for event in events if isinstance(event, Ticker))
    return found


@pytest.mark.parametrize(("market", "most"), [(Market.SPOT, 10), (Market.PERP, 100)])
def test_batches_are_as_large_as_the_category_allows(market: Market, most: int) -> None:
    """Spot refuses more than 10 args; every request has an id of its own."""
    wanted = [Subscription("tickers", f"COIN{number}USDT") for number in range(250)]
    link = adapter(market)
    frames = [json.loads(request.frame) for request in link.requests(wanted)]
    assert max(len(frame["args"]) for frame in frames) == most
    assert [arg for frame in frames for arg in frame["args"]] == [
        f"tickers.{topic.symbol}" for topic in wanted
    ]
    again = [json.loads(request.frame) for request in link.requests(wanted)]
    assert len({frame["req_id"] for frame in frames + again}) == 2 * len(frames)


def test_no_socket_carries_more_than_four_fifths_of_the_allowed_characters() -> None:
    """21,000 characters of args a connection are documented."""
    wanted = [Subscription("allLiquidation", f"COIN{number}USDT") for number in range(2000)]
    groups = sockets(wanted)
    assert [topic for group in groups for topic in group] == wanted
    sizes = [
        len(msgspec.json.encode([f"{topic.channel}.{topic.symbol}" for topic in group]))
        for group in groups
    ]
    assert max(sizes) <= 0.8 * 21_000
    assert len(groups) == sum(sizes) // 16_800 + 1
    assert sockets([]) == []


def test_what_every_socket_has_besides_is_counted_among_its_characters() -> None:
    """Companions stand in front on each, and are no reason for a socket of their own."""
    wanted = [Subscription("allLiquidation", f"COIN{number}USDT") for number in range(2000)]
    groups = sockets(wanted, on_each=[AAA, BBB])
    assert all(group[:2] == (AAA, BBB) for group in groups)
    assert [topic for group in groups for topic in group[2:]] == wanted
    assert max(args_characters(group) for group in groups) <= 16_800
    assert sockets([], on_each=[AAA, BBB]) == []


def args_characters(topics: Sequence[Subscription]) -> int:
    """How long the args are that Bybit counts."""
    return len(msgspec.json.encode([f"{topic.channel}.{topic.symbol}" for topic in topics]))


def test_an_answer_is_found_by_its_id() -> None:
    """It names no topic; answers may come in any order."""
    link = adapter()
    first, second = asked(link, AAA, BBB), asked(link, CCC)
    assert link.decode(rows.answer(second)) == [Ack(subscription=CCC)]
    assert link.decode(rows.answer(first)) == [Ack(subscription=AAA), Ack(subscription=BBB)]
    assert link.decode(rows.answer(first)) == [Ack(subscription=None)]


@pytest.mark.parametrize("with_id", [True, False])
def test_one_unknown_topic_has_the_others_asked_for_again(with_id: bool) -> None:
    """Also where the refusal has lost its id."""
    link = adapter()
    req_id = asked(link, AAA, BBB, CCC) if with_id else (asked(link, AAA, BBB, CCC), "")[1]
    said = "error:handler not found,topic:tickers.BBBUSDT"
    assert link.decode(rows.answer(req_id, said)) == [
        Rejected(code="handler not found", reason=said, subscription=BBB),
        AskAgain(subscriptions=(AAA, CCC)),
    ]


def test_a_topic_that_is_subscribed_already_is_no_error() -> None:
    """The others of its batch were refused with it."""
    link = adapter()
    req_id = asked(link, AAA, BBB)
    assert link.decode(rows.answer(req_id, "error:already subscribed,topic:tickers.AAAUSDT")) == [
        Ack(subscription=AAA),
        AskAgain(subscriptions=(BBB,)),
    ]


def test_a_refusal_without_a_topic_names_none() -> None:
    """Whoever carries halves the batch."""
    link = adapter()
    (event,) = link.decode(rows.answer(asked(link, AAA, BBB), "args size >10"))
    assert event == Rejected(code="", reason="args size >10")


def test_a_delta_before_its_snapshot_is_held_back() -> None:
    """Half of a book would be from before."""
    link = adapter()
    asked(link, AAA, BEST)
    for frame in (
        rows.ticker("delta", bid1Price="9"),
        rows.ticker("delta", bid1Price=""),
        rows.book([["9", "1"]], [], "delta"),
        rows.book([["9", "1", "x"]], [], "delta"),
    ):
        (event,) = link.decode(frame)
        assert isinstance(event, Ignored)
        assert "before its snapshot" in event.reason
    assert the_ticker(link.decode(rows.ticker())).bid == 2.4
    assert the_ticker(link.decode(rows.ticker("delta", ask1Price="2.7"))).ask == 2.7


def test_asking_again_begins_again() -> None:
    """A new socket asks for everything: what an old one said is no ground for its deltas."""
    link = adapter()
    for _ in range(2):
        asked(link, AAA)
        (event,) = link.decode(rows.ticker("delta", bid1Price="9"))
        assert isinstance(event, Ignored)
        link.decode(rows.ticker())
        assert the_ticker(link.decode(rows.ticker("delta", bid1Price="2.3"))).bid == 2.3


def test_an_answer_that_was_lost_costs_no_snapshot() -> None:
    """The topic is asked for again, the exchange says that it has it: its deltas go on."""
    link = adapter()
    asked(link, AAA, BBB)
    link.decode(rows.ticker())
    again = asked(link, AAA, BBB)
    link.decode(rows.answer(again, "error:already subscribed,topic:tickers.AAAUSDT"))
    assert the_ticker(link.decode(rows.ticker("delta", ask1Price="2.7"))).bid == 2.4


def test_a_delta_completes_the_book_and_leaves_the_rest() -> None:
    """Of the 24 h figures only what has changed; of the book both sides as they are now."""
    link = adapter()
    link.decode(rows.ticker())
    found = the_ticker(link.decode(rows.ticker("delta", ask1Price="2.7", ask1Size="8")))
    assert (found.bid, found.ask, found.bid_coins, found.ask_coins) == (2.4, 2.7, 30.0, 8.0)
    assert found.book_complete
    assert (found.last, found.open_24h) == (None, None)
    (only,) = link.decode(rows.ticker("delta", markPrice="2.52"))
    assert isinstance(only, MarkPrice)
    found = the_ticker(link.decode(rows.ticker("delta", lastPrice="2.6")))
    assert (found.last, found.bid, found.book_complete) == (2.6, None, False)


def test_a_side_that_empties_is_empty() -> None:
    """Not what it was before; then it fills again."""
    link = adapter()
    link.decode(rows.ticker())
    found = the_ticker(link.decode(rows.ticker("delta", bid1Price="", bid1Size="")))
    assert (found.bid, found.bid_coins, found.ask, found.book_complete) == (None, None, 2.6, True)
    found = the_ticker(link.decode(rows.ticker("delta", bid1Price="2.2", bid1Size="1")))
    assert (found.bid, found.bid_coins) == (2.2, 1.0)


def test_best_levels_are_merged_by_side() -> None:
    """A level of size 0 is gone; a side without levels is as it was."""
    link = adapter(Market.SPOT)
    link.decode(rows.book([["2.4", "30"]], [["2.6", "40"]]))
    found = the_ticker(link.decode(rows.book([["2.4", "7"]], [], "delta")))
    assert (found.bid, found.bid_coins, found.ask, found.ask_coins) == (2.4, 7.0, 2.6, 40.0)
    found = the_ticker(link.decode(rows.book([["2.4", "0"], ["2.3", "5"]], [], "delta")))
    assert (found.bid, found.bid_coins) == (2.3, 5.0)
    found = the_ticker(link.decode(rows.book([["2.2", "0"]], [["2.6", "0"]], "delta")))
    assert (found.bid, found.ask, found.ask_coins) == (2.3, None, None)
    assert found.book_complete
