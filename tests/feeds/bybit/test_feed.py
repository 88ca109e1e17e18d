"""Bybit's whole feed against a simulated Bybit, good days and bad."""

import msgspec
import pytest

from tests.feeds.bybit.running import FEW, SOME, Made, Running, live, only, running
from tests.feeds.servers import answers, http, tcp_server
from tests.support.virtual_time import START_MS, in_virtual_time
from tui_monitor.config import Bybit
from tui_monitor.feeds.bybit.feed import plan
from tui_monitor.feeds.plans import FeedPlan, Given
from tui_monitor.model import (
    Candle,
    Exchange,
    FeedState,
    Instrument,
    Liquidation,
    Market,
    MarketEvent,
    MarkPrice,
    Side,
    Source,
    Status,
    Ticker,
)

PERP, SPOT = Market.PERP, Market.SPOT
MINUTE_MS = 60_000
WHOLE = (
    "last", "bid", "ask", "bid_coins", "ask_coins", "open_24h", "high_24h", "low_24h",
    "volume_24h_coins", "turnover_24h_usd",
)  # fmt: skip
OF_PERPS = (
    "mark_price", "index_price", "rate", "interval_h", "next_settlement_ms",
    "open_interest_coins", "open_interest_usd",
)  # fmt: skip


@in_virtual_time
async def test_every_row_is_whole_and_true_within_ten_seconds() -> None:
    """Both markets, multipliers included; each value as it was at the time that it names."""
    async with running() as it:
        await it.clock.sleep(10)
        for market in Market:
            for one in live(it, market):
                row = it.row(one.symbol, market)
                names = WHOLE + OF_PERPS if market is PERP else WHOLE
                assert [name for name in names if getattr(row, name) is None] == []
                assert row.source is Source.STREAM
        it.assert_all_true()
        assert_rows_say_what_came_last(it)
        assert {one.multiplier for one in live(it, PERP)} >= {1.0, 1e3, 1e4, 1e6}
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        assert it.outages == []
        assert it.stats["connections"] == {"open": 3, "total": 3}


def assert_rows_say_what_came_last(it: Running) -> None:
    """A row has the newest value of each field, whatever deltas left out since."""
    newest: dict[tuple[object, str], object] = {}
    for event, _ in it.market.told:
        for name in WHOLE + OF_PERPS:
            value = getattr(event, name, None)
            if value is not None:
                newest[event.instrument.key, name] = value
    for row in it.market.rows():
        for name in WHOLE + OF_PERPS:
            assert getattr(row, name) == newest.get((row.instrument.key, name))


@in_virtual_time
async def test_liquidations_come_once_each_with_side_coins_and_usd() -> None:
    """All that the exchange made since the socket lived; a successor repeats none."""
    made = Made(shape=only_liquidations)
    async with running(markets=("perp",), made=made) as it:
        await it.all_live()
        begin_ms = it.clock.now_ms()
        await it.clock.sleep(100)
        it.fault("maintenance_notice", 1, delay_s=0)
        await it.clock.sleep(50)
        end_ms = it.clock.now_ms() - 1_000
        told = it.sim.exchanges["bybit"].liquidations("perp", None, begin_ms, end_ms)
        ring = it.market.events_since(0).events
        found = [one for one in ring if isinstance(one, Liquidation)]
        listed = {one.symbol for one in live(it, PERP)}
        truth = {
            (one["symbol"], one["ts"], one["side"], one["coins"]): one
            for one in told
            if one["symbol"] in listed
        }
        seen = [(one.instrument.symbol, one.exchange_ms, one.side, one.coins) for one in found]
        assert len(seen) == len(set(seen))
        assert set(truth) - set(seen) == set()
        assert {side for _, _, side, _ in seen} == set(Side)
        for one in found:
            if begin_ms <= one.exchange_ms <= end_ms:
                key = (one.instrument.symbol, one.exchange_ms, one.side, one.coins)
                assert one.price == pytest.approx(truth[key]["price"])
                assert one.usd == pytest.approx(truth[key]["usd"])
        assert it.light(PERP, "liquidations").quiet


def only_liquidations(whole: FeedPlan) -> FeedPlan:
    """Every coin's, and no tickers but their companions'."""
    return msgspec.structs.replace(whole, streams=whole.streams[1:])


@pytest.mark.parametrize("market", Market)
def test_bars_are_streamed_for_those_that_ask(market: Market) -> None:
    """The forming bar, then the closed one, which agrees with what REST says of it."""
    before_s = 25

    @in_virtual_time
    async def run() -> None:
        start_ms = START_MS + 15 * MINUTE_MS - before_s * 1000
        cheap = "1000PEPEUSDT" if market is PERP else "PEPEUSDT"
        made = Made(shape=only("BTCUSDT", "ETHUSDT", cheap))
        async with running(markets=(market,), start_ms=start_ms, made=made) as it:
            await it.all_live()
            it.feed.want_bars(market, "15m", ["BTCUSDT", cheap])
            await it.clock.sleep(10)
            forming = it.row(cheap, market).bars["15m"]
            assert forming.closed is False
            assert forming.open_ms == START_MS
            await it.clock.sleep(before_s)
            ring = [one for one in it.market.events_since(0).events if isinstance(one, Candle)]
            assert {one.instrument.symbol for one in ring} == {"BTCUSDT", cheap}
            for bar in ring:
                (same,) = await it.feed.plan.history.candles(
                    bar.instrument, "15m", after_ms=START_MS + 15 * MINUTE_MS, limit=1
                )
                assert bar.closed
                assert (bar.open_ms, bar.open, bar.close) == (START_MS, same.open, same.close)
                assert (bar.high, bar.low) == (same.high, same.low)
                assert bar.volume_coins == pytest.approx(same.volume_coins)
            assert it.light(market, "bars 15m").topics == 2

    run()


@in_virtual_time
async def test_bars_of_a_length_that_bybit_has_not_are_refused() -> None:
    """By name, not by silence."""
    async with running(markets=("spot",), made=Made(shape=only(*FEW))) as it:
        with pytest.raises(ValueError, match="7m"):
            it.feed.plan.bars(SPOT, "7m")
        assert it.feed.plan.bars(SPOT, "1h").channels[0].topics == {"kline.60"}


@pytest.mark.parametrize("market", Market)
def test_a_silent_stream_is_shown_bridged_replaced_and_recorded(market: Market) -> None:
    """Within 15 s; what is of the other market does not notice."""

    @in_virtual_time
    async def run() -> None:
        async with running(made=Made(shape=only(*FEW))) as it:
            await it.all_live()
            await it.clock.sleep(20)
            began_ms = it.clock.now_ms()
            it.fault("silence", 40, market=market, channel="tickers")
            assert await it.until(market, "tickers", FeedState.BRIDGED, 15) > 5
            light = it.light(market, "tickers")
            assert light.source is Source.REST
            assert light.reason
            row = it.row("BTCUSDT", market)
            assert row.source == "rest"
            await it.clock.sleep(10)
            assert it.clock.now_ms() - (row.exchange_ms or 0) < 4_000
            await it.until(market, "tickers", FeedState.LIVE, 120)
            await it.clock.sleep(5)
            assert row.source == "stream"
            opened, closed = it.outages_of(market, "tickers")
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
    async with running(made=Made(shape=only(*FEW))) as it:
        await it.all_live()
        await it.clock.sleep(10)
        it.fault("http_500", 30, path="/v5/market/tickers")
        await it.until(SPOT, "books", FeedState.DOWN, 15)
        assert "Internal system error" in it.light(SPOT, "books").reason
        row = it.row("BTCUSDT", SPOT)
        assert row.book is not None
        age_ms = it.clock.now_ms() - row.book.received_ms
        assert age_ms > 9_000
        assert row.source is Source.STREAM
        await it.until(SPOT, "books", FeedState.LIVE, 40)
        opened, closed = it.outages_of(SPOT, "books")
        assert closed.begin_ms == opened.begin_ms
        assert closed.end_ms is not None
        assert not closed.bridged
        assert len(it.outages) == 2


@in_virtual_time
async def test_liquidations_are_no_longer_called_live_when_their_pulse_stops() -> None:
    """Nothing else tells a quiet socket from a dead one."""
    async with running(markets=("perp",), made=Made(shape=only(*FEW))) as it:
        await it.all_live()
        await it.clock.sleep(70)
        it.fault("silence", 40, symbol="BTCUSDT")
        it.fault("silence", 40, symbol="ETHUSDT")
        await it.clock.until(lambda: it.light(PERP, "liquidations").state is not FeedState.LIVE, 15)
        assert it.light(PERP, "pulse").state is not FeedState.LIVE
        await it.until(PERP, "liquidations", FeedState.LIVE, 120)
        opened, closed = it.outages_of(PERP, "liquidations")
        assert closed.end_ms is not None
        assert closed.end_ms - opened.begin_ms > 10_000
        assert it.outages_of(PERP, "tickers") == []


@in_virtual_time
async def test_a_dropped_socket_is_back_before_anybody_calls_it_an_outage() -> None:
    """All three at once; nothing of the time before passes as new."""
    async with running(made=Made(shape=only(*SOME))) as it:
        await it.all_live()
        await it.clock.sleep(62)
        it.market.told.clear()
        it.fault("drop", 0.1)
        await it.clock.sleep(6)
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        assert it.stats["connections"] == {"open": 3, "total": 6}
        assert [one.reconnects for one in it.feed.health() if not one.polled] == [1, 1, 1, 1]
        assert it.outages == []
        books = [one for one in streamed(it) if isinstance(one, Ticker) and one.bid]
        assert len(books) > 100
        assert all(one.book_complete for one in books)
        it.assert_all_true()


def streamed(it: Running) -> list[MarketEvent]:
    """What was news from a stream."""
    return [event for event, source in it.market.told if source is Source.STREAM]


@in_virtual_time
async def test_liquidations_of_many_coins_take_two_sockets_with_companions_on_each() -> None:
    """Where the busiest are not listed, others do it."""
    async with running(markets=("perp",), made=Made(shape=only(*FEW))) as it:
        (_, liquidations) = it.feed.plan.streams
        many = [named(f"COIN{number}") for number in range(700)]
        first, second = liquidations.divide([*many, named("ETH")])
        assert first[0] == second[0] == ("tickers", "ETHUSDT")
        first, second = liquidations.divide(many)
        assert first[:2] == second[:2] == (("tickers", "COIN0USDT"), ("tickers", "COIN1USDT"))
        assert liquidations.divide([]) == []


def named(coin: str) -> Instrument:
    """A coin's perpetual."""
    return Instrument(
        exchange=Exchange.BYBIT, market=PERP, symbol=f"{coin}USDT", coin=coin, status=Status.LIVE
    )


@in_virtual_time
async def test_each_socket_has_a_memory_of_its_own() -> None:
    """The companion of the liquidations, and a successor, may not touch what others merge."""
    async with running(markets=("perp",), made=Made(shape=only(*FEW))) as it:
        adapters = [stream.adapter() for stream in it.feed.plan.streams for _ in range(2)]
        assert len({id(one) for one in adapters}) == 4
        assert all(one.book is it.feed.plan.lists[0].book for one in adapters)  # type: ignore[attr-defined]


@in_virtual_time
async def test_what_was_merged_ends_with_its_socket() -> None:
    """A delta before the first snapshot of a new socket says nothing; then all is there again."""
    async with running(markets=("perp",), made=Made(shape=only(*FEW))) as it:
        await it.all_live()
        it.fault("refuse", 30)
        it.fault("http_500", 30)
        it.fault("drop", 0.1)
        await it.until(PERP, "tickers", FeedState.DOWN, 10)
        await it.clock.sleep(20)
        row = it.row("BTCUSDT")
        assert row.funding is not None
        assert row.mark is not None
        old_ms = it.clock.now_ms() - 15_000
        assert max(row.funding.received_ms, row.mark.received_ms) < old_ms
        it.market.told.clear()
        await it.until(PERP, "tickers", FeedState.LIVE, 90)
        await it.clock.sleep(2)
        books = [one for one in streamed(it) if isinstance(one, Ticker) and one.bid]
        assert books
        assert all(one.book_complete and one.ask for one in books)
        assert any(isinstance(one, MarkPrice) for one in streamed(it))
        assert row.funding.received_ms > old_ms
        it.assert_all_true()


@in_virtual_time
async def test_a_list_that_cannot_be_read_again_is_kept_and_called_stale() -> None:
    """Both markets'; it is fresh again with the next answer."""
    async with running(made=Made(shape=only(*FEW, lists_every_s=30))) as it:
        await it.all_live()
        it.fault("http_500", 3600, path="instruments-info")
        await it.clock.until(lambda: all(one.stale for one in it.feed.report().markets), 32)
        for told in it.feed.report().markets:
            assert "Internal system error" in told.error
            assert {one.symbol for one in it.feed.instruments(told.market)} == {*FEW}
        it.sim.faults.clear()
        await it.clock.until(lambda: not any(one.stale for one in it.feed.report().markets), 20)
        assert it.light(PERP, "tickers").topics == 3
        assert it.outages == []
        assert {one.every_s for one in plan_of(it).lists} == {900.0}


def plan_of(it: Running) -> FeedPlan:
    """The plan as it is without a test's changes."""
    return plan(Bybit(), Given(it.clock, (), it.market))


@in_virtual_time
async def test_an_instrument_that_is_delisted_leaves_and_the_others_stay() -> None:
    """With the next list, in the market where it happens; its row is no longer called live."""
    symbols = SOME[:6]
    async with running(made=Made(shape=only(*symbols, lists_every_s=30))) as it:
        await it.all_live()
        it.fault("delist", 3600, market="perp", symbol="XRPUSDT")
        await it.clock.sleep(40)
        left = {one.symbol for one in it.feed.instruments(PERP)}
        assert left == {*symbols} - {"XRPUSDT"}
        assert it.feed.instrument("XRP") is None
        assert it.row("XRPUSDT").instrument.status is Status.DELISTED
        assert it.row("XRPUSDT", SPOT).instrument.status is Status.LIVE
        topics = {one.channel: one.topics for one in it.feed.health() if one.market is PERP}
        assert topics == {"tickers": 5, "liquidations": 5, "pulse": 2}
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        assert it.outages == []


@in_virtual_time
async def test_a_topic_that_is_unknown_costs_only_itself() -> None:
    """Bybit refuses the whole request; the other nine, or ninety-nine, are asked for again."""
    async with running(made=Made(shape=only(*SOME))) as it:
        await it.all_live()
        await it.clock.sleep(62)
        topics = it.stats["subscriptions"]["active"]
        it.fault("delist", 300, symbol="SOLUSDT")
        it.fault("drop", 0.1)
        await it.clock.sleep(8)
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        assert it.stats["subscriptions"]["active"] == topics - 3
        assert it.noted("SOLUSDT refused") == 3
        it.market.told.clear()
        await it.clock.sleep(10)
        heard = {one.instrument.key for one in streamed(it)}
        wanted = {one.key for market in Market for one in it.feed.instruments(market)}
        silent = {symbol for _, _, symbol in wanted - heard}
        assert silent == {"SOLUSDT"}


@pytest.mark.parametrize("market", Market)
def test_one_instrument_whose_stream_freezes_alone_is_found_by_the_audit(market: Market) -> None:
    """Its row stays fresh by REST, a new socket brings it back, nobody else notices."""

    @in_virtual_time
    async def run() -> None:
        async with running(made=Made(shape=only(*FEW))) as it:
            await it.all_live()
            await it.clock.sleep(5)
            # Even where it is the one whose tickers show that the liquidations' socket lives.
            symbol = "BTCUSDT" if market is PERP else "XRPUSDT"
            it.fault("silence", 45, market=market, symbol=symbol, channel="tickers")
            await it.clock.until(lambda: it.noted(f"has lost {symbol}") > 0, 45)
            row = it.row(symbol, market)
            assert row.source is Source.REST
            assert it.clock.now_ms() - (row.exchange_ms or 0) < 17_000
            await it.clock.until(lambda: row.source is Source.STREAM, 60)
            assert it.light(market, "tickers").state is FeedState.LIVE
            assert it.outages == []
            it.assert_all_true()

    run()


@in_virtual_time
async def test_in_twenty_five_hours_each_socket_is_succeeded_once_and_nothing_is_lost() -> None:
    """A day and an hour of a market so quiet that only our pings hold the socket."""

    def quiet(whole: FeedPlan) -> FeedPlan:
        narrowed = only("BTCUSDT")(whole)
        (stream,) = narrowed.streams
        # In a market so slow REST is ahead of the stream most of the time.
        bridge = msgspec.structs.replace(stream.bridges["tickers"], audit_every_s=None)
        stream = msgspec.structs.replace(stream, bridges={"tickers": bridge})
        (listed,) = narrowed.lists
        listed = msgspec.structs.replace(listed, every_s=6 * 3600.0)
        return msgspec.structs.replace(narrowed, lists=(listed,), streams=(stream,), polls=())

    async with running(
        markets=("spot",), rate=0.012, silent_after_s=60, made=Made(shape=quiet)
    ) as it:
        await it.all_live(60)
        await it.clock.sleep(25 * 3600)
        assert it.stats["connections"] == {"open": 1, "total": 2}
        assert it.outages == []
        assert it.light(SPOT, "tickers").state is FeedState.LIVE


@in_virtual_time
async def test_successors_take_over_without_a_gap() -> None:
    """Of all sockets at once; there are never more than two in one place."""
    async with running(made=Made(shape=only(*FEW))) as it:
        await it.all_live()
        it.market.told.clear()
        for group in it.feed._groups:
            for supervisor in group._supervisors:
                supervisor.renew()
        most = 0
        for _ in range(50):
            await it.clock.sleep(0.1)
            most = max(most, it.stats["connections"]["open"])
            assert all((one.age_ms or 0) < 2_500 for one in it.feed.health() if not one.quiet)
        assert it.stats["connections"] == {"open": 3, "total": 6}
        assert most <= 6
        assert it.outages == []
        it.assert_all_true()


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
        async with running(markets=("spot",), made=Made(shape=only(*FEW))) as it:
            await it.all_live()
            it.sim.fault(exchange="bybit", seconds=5, **fault)
            await it.until(SPOT, "books", FeedState.BANNED, 15)
            light = it.light(SPOT, "books")
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
            await it.until(SPOT, "books", FeedState.LIVE, 10)
            assert [one.channel for one in it.outages] == ["books", "books"]

    run()


@in_virtual_time
async def test_an_error_that_comes_with_http_200_pauses_the_requests() -> None:
    """retCode 10006: five seconds are enough, and no light changes for them."""
    async with running(made=Made(shape=only(*FEW))) as it:
        await it.all_live()
        it.fault("http_429", 2, code=10006, path="/v5/market/tickers")
        await it.clock.until(lambda: "10006" in it.light(SPOT, "books").last_error, 4)
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
            running(rest_url=f"http://{host}", made=Made(shape=only(*FEW))) as it,
        ):
            await it.until(PERP, "tickers", FeedState.LIVE, 10)
            assert it.row("BTCUSDT").source is Source.STREAM
            await it.clock.sleep(15)
            assert says in it.light(SPOT, "books").last_error
            assert says in it.feed.report().markets[0].error
            before = count
            it.fault("silence", 60, market="perp")
            await it.clock.sleep(40)
            assert it.light(PERP, "tickers").state is not FeedState.LIVE
            assert count - before <= (0 if waits_s else 16)
            assert it.feed.plan.paused_s() >= (waits_s - 60 if waits_s else 0)

    run()


@in_virtual_time
async def test_a_coin_is_found_under_the_name_that_bybit_gives_it() -> None:
    """1000PEPE, SHIB1000, 10000SATS; a coin that is not listed keeps its plain name."""
    async with running(markets=("perp",)) as it:
        symbol = it.feed.plan.perp_symbol
        assert symbol("PEPE") == "PEPEUSDT"
        await it.all_live()
        assert symbol("BTC") == "BTCUSDT"
        assert symbol("PEPE") == "1000PEPEUSDT"
        assert symbol("SHIB") == "SHIB1000USDT"
        assert symbol("SATS") == "10000SATSUSDT"
        assert symbol("NOSUCHCOIN") == "NOSUCHCOINUSDT"
        found = it.feed.instrument("PEPE")
        assert found is not None
        assert found.multiplier == 1000.0
        assert it.feed.instrument("NOSUCHCOIN") is None


@in_virtual_time
async def test_only_coins_that_trade_have_rows() -> None:
    """Stocks, commodities, dated and dollar-quoted contracts and pre-market have none."""
    async with running() as it:
        await it.clock.sleep(8)
        for market in Market:
            rows = {
                one.instrument.symbol for one in it.market.rows() if one.instrument.market is market
            }
            assert rows == {one.symbol for one in live(it, market)}
        strange = {"TSLAUSDT", "XAUUSDT", "EURUSDT", "OPENAIUSDT", "BTCPERP", "TSLAXUSDT"}
        assert not strange & {one.instrument.symbol for one in it.market.rows()}


@in_virtual_time
async def test_the_lists_follow_every_page() -> None:
    """And give each contract's own interval; FEW are on them all."""
    async with running() as it:
        await it.all_live()
        hours = {one.symbol: one.funding_interval_h for one in live(it, PERP)}
        assert hours["METUSDT"] == 1
        assert hours["MONUSDT"] == 2
        assert hours["BTCUSDT"] == 8
        assert set(FEW) <= set(hours)
