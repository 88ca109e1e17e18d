"""Bybit's feed while a part of Bybit fails: shown, bridged, mended, and the rest untouched."""

import pytest

from tests.feeds.bybit.running import FEW, SOME, Running, running
from tests.feeds.servers import answers, http, tcp_server
from tests.feeds.witnessed import only
from tests.support.virtual_time import in_virtual_time
from tui_monitor.config import Bybit
from tui_monitor.feeds.bybit.feed import plan
from tui_monitor.feeds.plans import FeedPlan, Given
from tui_monitor.model import (
    FeedState,
    Market,
    MarkPrice,
    Source,
    Ticker,
)
from tui_monitor.simulator.coins import MAJORS

PERP, SPOT = Market.PERP, Market.SPOT


@pytest.mark.parametrize("market", Market)
def test_a_silent_stream_is_shown_bridged_replaced_and_recorded(market: Market) -> None:
    """Within 15 s; what is of the other market does not notice."""

    @in_virtual_time
    async def run() -> None:
        async with running(shape=only(*FEW)) as it:
            await it.all_live()
            await it.clock.sleep(20)
            began_ms = it.clock.now_ms()
            it.fault("silence", 40, market=market, channel="tickers")
            assert await it.lit(market, "tickers", FeedState.BRIDGED, 15) > 5
            light = it.channel(market, "tickers")
            assert light.source is Source.REST
            assert light.reason
            row = it.row_of("BTCUSDT", market)
            assert row.source == "rest"
            await it.clock.sleep(10)
            assert it.clock.now_ms() - (row.exchange_ms or 0) < 4_000
            await it.lit(market, "tickers", FeedState.LIVE, 120)
            await it.clock.sleep(5)
            assert row.source == "stream"
            opened, closed = it.outages_at(market, "tickers")
            assert (opened.end_ms, closed.begin_ms) == (None, opened.begin_ms)
            assert abs(opened.begin_ms - began_ms) < 2_000
            assert closed.end_ms is not None
            assert closed.end_ms - began_ms > 40_000
            assert closed.bridged
            other = SPOT if market is PERP else PERP
            assert [one for one in it.outages if one.market is other] == []
            it.assert_all_true()

    run()


@in_virtual_time
async def test_books_that_rest_does_not_give_are_shown_and_recorded() -> None:
    """The polled channel has no other way; the streams live on."""
    async with running(shape=only(*FEW)) as it:
        await it.all_live()
        await it.clock.sleep(10)
        it.fault("http_500", 30, path="/v5/market/tickers")
        await it.lit(SPOT, "books", FeedState.DOWN, 15)
        assert "Internal system error" in it.channel(SPOT, "books").reason
        row = it.row_of("BTCUSDT", SPOT)
        assert row.book is not None
        age_ms = it.clock.now_ms() - row.book.received_ms
        assert age_ms > 9_000
        assert row.source is Source.STREAM
        await it.lit(SPOT, "books", FeedState.LIVE, 40)
        opened, closed = it.outages_at(SPOT, "books")
        assert closed.begin_ms == opened.begin_ms
        assert closed.end_ms is not None
        assert not closed.bridged
        assert {one.channel for one in it.outages} == {"books"}


@in_virtual_time
async def test_liquidations_are_no_longer_called_live_when_their_pulse_stops() -> None:
    """Nothing else tells a quiet socket from a dead one."""
    async with running(markets=("perp",), shape=only(*FEW)) as it:
        await it.all_live()
        await it.clock.sleep(70)
        it.fault("silence", 40, symbol="BTCUSDT")
        it.fault("silence", 40, symbol="ETHUSDT")
        await it.clock.until(
            lambda: it.channel(PERP, "liquidations").state is not FeedState.LIVE, 15
        )
        assert it.channel(PERP, "pulse").state is not FeedState.LIVE
        await it.lit(PERP, "liquidations", FeedState.LIVE, 120)
        opened, closed = it.outages_at(PERP, "liquidations")
        assert closed.end_ms is not None
        assert closed.end_ms - opened.begin_ms > 10_000
        assert it.outages_at(PERP, "tickers") == []


@in_virtual_time
async def test_a_dropped_socket_is_back_before_anybody_calls_it_an_outage() -> None:
    """All three at once; nothing of the time before passes as new."""
    async with running(shape=only(*SOME[:12]), listed=MAJORS[:12]) as it:
        await it.all_live()
        await it.clock.sleep(62)
        it.witness.told.clear()
        it.fault("drop", 0.1)
        await it.clock.sleep(6)
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        assert it.stats["connections"] == {"open": 3, "total": 6}
        assert [one.reconnects for one in it.feed.health() if not one.polled] == [1, 1, 1, 1]
        assert it.outages == []
        books = [one for one in it.streamed() if isinstance(one, Ticker) and one.bid]
        assert len(books) > 100
        assert all(one.book_complete for one in books)
        it.assert_all_true()


@in_virtual_time
async def test_what_was_merged_ends_with_its_socket() -> None:
    """A delta before the first snapshot of a new socket says nothing; then all is there again."""
    async with running(markets=("perp",), shape=only(*FEW)) as it:
        await it.all_live()
        it.fault("refuse", 30)
        it.fault("http_500", 30)
        it.fault("drop", 0.1)
        await it.lit(PERP, "tickers", FeedState.DOWN, 10)
        await it.clock.sleep(20)
        row = it.row_of("BTCUSDT")
        assert row.funding is not None
        assert row.mark is not None
        old_ms = it.clock.now_ms() - 15_000
        assert max(row.funding.received_ms, row.mark.received_ms) < old_ms
        it.witness.told.clear()
        await it.lit(PERP, "tickers", FeedState.LIVE, 90)
        await it.clock.sleep(2)
        books = [one for one in it.streamed() if isinstance(one, Ticker) and one.bid]
        assert books
        assert all(one.book_complete and one.ask for one in books)
        assert any(isinstance(one, MarkPrice) for one in it.streamed())
        assert row.funding.received_ms > old_ms
        it.assert_all_true()


@in_virtual_time
async def test_a_list_that_cannot_be_read_again_is_kept_and_called_stale() -> None:
    """Both markets'; it is fresh again with the next answer."""
    async with running(shape=only(*FEW, lists_every_s=30)) as it:
        await it.all_live()
        it.fault("http_500", 3600, path="instruments-info")
        await it.clock.until(lambda: all(one.stale for one in it.feed.report().markets), 32)
        for told in it.feed.report().markets:
            assert "Internal system error" in told.error
            assert {one.symbol for one in it.feed.instruments(told.market)} == {*FEW}
        it.sim.faults.clear()
        await it.clock.until(lambda: not any(one.stale for one in it.feed.report().markets), 20)
        assert it.channel(PERP, "tickers").topics == 3
        assert it.outages == []
        assert {one.every_s for one in plan_of(it).lists} == {900.0}


def plan_of(it: Running) -> FeedPlan:
    """The plan as it is without a test's changes."""
    return plan(Bybit(), Given(it.clock, (), it.market))


@in_virtual_time
async def test_a_topic_that_is_unknown_costs_only_itself() -> None:
    """Bybit refuses the whole request; the other nine, or ninety-nine, are asked for again."""
    async with running(shape=only(*SOME[:12]), listed=MAJORS[:12]) as it:
        await it.all_live()
        await it.clock.sleep(62)
        topics = it.stats["subscriptions"]["active"]
        it.fault("delist", 300, symbol="SOLUSDT")
        it.fault("drop", 0.1)
        await it.clock.sleep(8)
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        assert it.stats["subscriptions"]["active"] == topics - 3
        assert it.noted("SOLUSDT refused") == 3
        it.witness.told.clear()
        await it.clock.sleep(10)
        heard = {one.instrument.key for one in it.streamed()}
        wanted = {one.key for market in Market for one in it.feed.instruments(market)}
        silent = {symbol for _, _, symbol in wanted - heard}
        assert silent == {"SOLUSDT"}


@pytest.mark.parametrize("market", Market)
def test_one_instrument_whose_stream_freezes_alone_is_found_by_the_audit(market: Market) -> None:
    """Its row stays fresh by REST, a new socket brings it back, nobody else notices."""

    @in_virtual_time
    async def run() -> None:
        async with running(shape=only(*FEW)) as it:
            await it.all_live()
            await it.clock.sleep(5)
            # Even where it is the one whose tickers show that the liquidations' socket lives.
            symbol = "BTCUSDT" if market is PERP else "XRPUSDT"
            it.fault("silence", 45, market=market, symbol=symbol, channel="tickers")
            await it.clock.until(lambda: it.noted(f"has lost {symbol}") > 0, 45)
            row = it.row_of(symbol, market)
            assert row.source is Source.REST
            assert it.clock.now_ms() - (row.exchange_ms or 0) < 17_000
            await it.clock.until(lambda: row.source is Source.STREAM, 60)
            assert it.channel(market, "tickers").state is FeedState.LIVE
            assert it.outages == []
            it.assert_all_true()

    run()


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "http_429", "retry_after_s": 40},
        {"kind": "http_418", "retry_after_s": 40},
        {"kind": "html", "status": 403, "path": "/v5/market"},
    ],
)
def test_no_request_is_made_while_the_exchange_wants_to_be_left_alone(
    fault: dict[str, object],
) -> None:
    """The health says so and until when; the streams live on."""

    @in_virtual_time
    async def run() -> None:
        async with running(markets=("spot",), shape=only(*FEW)) as it:
            await it.all_live()
            it.sim.fault(exchange="bybit", seconds=5, **fault)
            await it.lit(SPOT, "books", FeedState.BANNED, 15)
            light = it.channel(SPOT, "books")
            assert light.until_ms is not None
            left_s = (light.until_ms - it.clock.now_ms()) / 1000
            assert left_s > 25
            assert light.reason
            until_ms = it.feed.report().banned_until_ms
            assert until_ms is not None
            assert abs(until_ms - light.until_ms) < 2_000
            asked = it.asked
            await it.clock.sleep(left_s - 1)
            assert it.asked == asked
            streams = [one for one in it.feed.health() if not one.polled]
            assert all(one.state is FeedState.LIVE for one in streams)
            await it.lit(SPOT, "books", FeedState.LIVE, 10)
            assert [one.channel for one in it.outages] == ["books", "books"]

    run()


@in_virtual_time
async def test_an_error_that_comes_with_http_200_pauses_the_requests() -> None:
    """retCode 10006: five seconds are enough, and no light changes for them."""
    async with running(shape=only(*FEW)) as it:
        await it.all_live()
        it.fault("http_429", 2, code=10006, path="/v5/market/tickers")
        # Whichever market asks first is told so; both wait then.
        await it.clock.until(lambda: any("10006" in one.last_error for one in it.feed.health()), 4)
        asked = it.asked
        await it.clock.sleep(3)
        assert it.asked <= asked + 1
        await it.clock.sleep(5)
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        assert it.outages == []


COUNTRY = (
    b"<HTML><TITLE>ERROR: The request could not be satisfied</TITLE><H1>403 ERROR</H1> The Amazon "
    b"CloudFront distribution is configured to block access from your country.</HTML>"
)


@pytest.mark.parametrize(
    ("body", "says", "waits_s"),
    [
        (b"access too frequent, please try again later", "access too frequent", 600.0),
        (COUNTRY, "blocked for this country", 0.0),
    ],
)
def test_a_403_is_said_as_what_it_is_while_the_streams_live(
    body: bytes, says: str, waits_s: float
) -> None:
    """Ten minutes of silence for a ban; a blocked country gets a question now and then."""
    count = 0
    page = answers(http("403 Forbidden", body, "Content-Type: text/html"))

    async def talk(*streams: object) -> None:
        nonlocal count
        count += 1
        await page(*streams)  # type: ignore[arg-type]

    @in_virtual_time
    async def run() -> None:
        async with (
            tcp_server(talk) as host,
            running(rest_url=f"http://{host}", shape=only(*FEW)) as it,
        ):
            await it.lit(PERP, "tickers", FeedState.LIVE, 10)
            assert it.row_of("BTCUSDT").source is Source.STREAM
            await it.clock.sleep(15)
            assert says in it.channel(SPOT, "books").last_error
            assert says in it.feed.report().markets[0].error
            before = count
            it.fault("silence", 60, market="perp")
            await it.clock.sleep(40)
            assert it.channel(PERP, "tickers").state is not FeedState.LIVE
            # The books of two markets are asked for, each less and less often.
            assert count - before <= (0 if waits_s else 24)
            assert it.feed.plan.paused_s() >= (waits_s - 60 if waits_s else 0)

    run()
