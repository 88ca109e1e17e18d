"""Binance's whole feed against a simulated Binance, good days and bad."""

import pytest
from msgspec.structs import replace

from tests.feeds.binance.running import FEW, Running, running
from tests.feeds.rig import Shape
from tests.feeds.witnessed import only
from tests.support.sim import SAMPLE
from tests.support.virtual_time import START_MS, in_virtual_time
from tui_monitor.model import Candle, FeedState, Liquidation, Market, Side, Source, Status
from tui_monitor.simulator.binance.assets import NO_FUNDING_INFO

PERP, SPOT = Market.PERP, Market.SPOT
MINUTE_MS = 60_000
BAR_MS = 15 * MINUTE_MS

WHOLE = (
    "last", "bid", "ask", "bid_coins", "ask_coins", "open_24h", "high_24h", "low_24h",
    "volume_24h_coins", "turnover_24h_usd",
)  # fmt: skip
OF_PERPS = ("mark_price", "index_price", "rate", "next_settlement_ms")
INTEREST = ("open_interest_coins", "open_interest_usd")


@in_virtual_time
async def test_every_row_is_whole_and_true_within_ten_seconds() -> None:
    """Both markets, multipliers included; each value as it was at the time that it names."""
    # The sample has none that are counted by the million.
    async with running(listed=(*SAMPLE, "MOG", "BABYDOGE")) as it:
        await it.clock.sleep(10)
        for market in Market:
            for one in it.live(market):
                row = it.row_of(one.symbol, market)
                names = WHOLE + OF_PERPS if market is PERP else WHOLE
                assert [name for name in names if getattr(row, name) is None] == []
                is_told = market is PERP and one.coin not in NO_FUNDING_INFO
                assert (row.interval_h is not None) == is_told
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        # One open interest at a time: a portion of twenty each second and a half.
        await it.clock.sleep(8)
        for one in it.live(PERP):
            row = it.row_of(one.symbol)
            assert [name for name in INTEREST if getattr(row, name) is None] == []
        it.assert_all_true()
        listed = {one.key for market in Market for one in it.live(market)}
        assert {row.instrument.key for row in it.market.rows()} == listed
        assert {one.multiplier for one in it.live(PERP)} == {1.0, 1e3, 1e6}
        assert {one.multiplier for one in it.live(SPOT)} == {1.0, 1e3, 1e6}
        assert any(not one.symbol.isascii() for one in it.live(PERP))
        assert it.outages == []
        assert it.sockets() == {"open": 3, "total": 3}
        assert it.row_of("BTCUSDT").source is Source.STREAM


@in_virtual_time
async def test_liquidations_come_once_each_with_side_coins_and_usd() -> None:
    """All that the exchange tells of since the socket lived; a successor repeats none."""
    busy = tickers_alone(only(*FEW, "SOLUSDT", "DOGEUSDT", "XRPUSDT"))
    start_ms = START_MS + 14 * MINUTE_MS  # minutes in which both sides lose
    async with running(busy, markets=("perp",), start_ms=start_ms, listed=()) as it:
        await it.all_live()
        every = {one.symbol for one in it.feed.plan.lists[0].book.live()}
        begin_ms = it.clock.now_ms()
        await it.clock.sleep(60)
        renew(it, "liquidations")
        await it.clock.sleep(60)
        end_ms = it.clock.now_ms() - 2_000
        told = it.sim.exchanges["binance"].liquidations("perp", None, begin_ms, end_ms)
        truth = {
            (one["symbol"], one["ts"]): one
            for one in told
            if one["streamed"] and one["symbol"] in every
        }
        ring = it.market.events_since(0).events
        found = [one for one in ring if isinstance(one, Liquidation)]
        seen = [(one.instrument.symbol, one.exchange_ms) for one in found]
        assert len(seen) == len(set(seen))
        assert truth.keys() - set(seen) == set()
        assert {one["side"] for one in truth.values()} == set(Side)
        assert any(symbol.startswith("1000") for symbol, _ in truth)
        for one in found:
            if begin_ms <= one.exchange_ms <= end_ms:
                same = truth[one.instrument.symbol, one.exchange_ms]
                assert one.side == same["side"]
                assert one.price == pytest.approx(same["price"])
                assert one.coins == pytest.approx(same["coins"])
                assert one.usd == pytest.approx(same["usd"])
        assert it.channel(PERP, "liquidations").quiet


def tickers_alone(shape: Shape) -> Shape:
    """One socket, that of the liquidations, and no polls."""
    return lambda plan: replace(quiet(shape)(plan), streams=plan.streams[:1])


def renew(it: Running, channel: str) -> None:
    """Have the sockets with a channel succeeded, as the calendar does."""
    for group in it.feed._groups:
        if channel in {one.name for one in group.plan.channels}:
            for supervisor in group._supervisors:
                supervisor.renew()


@pytest.mark.parametrize("market", Market)
def test_bars_are_streamed_for_those_that_ask(market: Market) -> None:
    """The forming bar, then the closed one, which agrees with what REST says of it."""
    before_s = 25

    @in_virtual_time
    async def run() -> None:
        start_ms = START_MS + BAR_MS - before_s * 1000
        async with running(only(*FEW), markets=(market,), start_ms=start_ms) as it:
            await it.all_live()
            cheap = "1000PEPEUSDT" if market is PERP else "PEPEUSDT"
            it.feed.want_bars(market, "15m", ["BTCUSDT", cheap])
            await it.clock.sleep(8)
            forming = it.row_of(cheap, market).bars["15m"]
            assert (forming.closed, forming.open_ms) == (False, START_MS)
            await it.clock.sleep(before_s - 5)
            ring = [one for one in it.market.events_since(0).events if isinstance(one, Candle)]
            assert {one.instrument.symbol for one in ring} == {"BTCUSDT", cheap}
            for bar in ring:
                (same,) = await it.feed.plan.history.candles(
                    bar.instrument, "15m", after_ms=START_MS + BAR_MS, limit=1
                )
                assert bar.closed
                assert (bar.open_ms, bar.open, bar.close) == (START_MS, same.open, same.close)
                assert (bar.high, bar.low) == (same.high, same.low)
                assert bar.volume_coins == pytest.approx(same.volume_coins)
                assert bar.turnover_usd == pytest.approx(same.turnover_usd)
            assert it.channel(market, "bars 15m").topics == 2

    run()


@in_virtual_time
async def test_bars_of_all_instruments_fit_their_sockets() -> None:
    """At most 819 streams each; a length that Binance has not is refused by name."""
    async with running(only("BTCUSDT"), markets=("spot",)) as it:
        await it.all_live()
        bars = it.feed.plan.bars(PERP, "15m")
        (btc,) = it.feed.instruments(SPOT)
        assert [len(topics) for topics in bars.divide([btc] * 1000)] == [819, 181]
        assert bars.url.endswith("/binance-futures/market/stream")
        with pytest.raises(ValueError, match="7m"):
            it.feed.plan.bars(SPOT, "7m")


@pytest.mark.parametrize(
    ("market", "name", "topic", "within_s"),
    [
        (PERP, "tickers", "!ticker@arr", 13),
        (PERP, "marks", "!markPrice@arr@1s", 13),
        (SPOT, "tickers", "!miniTicker@arr", 13),
        # It speaks only every five seconds, and is polled besides.
        (PERP, "books", "!bookTicker", 21),
    ],
)
def test_a_silent_stream_is_shown_bridged_replaced_and_recorded(
    market: Market, name: str, topic: str, within_s: float
) -> None:
    """While the others on its socket, and on all other sockets, don't notice."""

    @in_virtual_time
    async def run() -> None:
        async with running(only(*FEW)) as it:
            await it.all_live()
            await it.clock.sleep(5)
            began_ms = it.clock.now_ms()
            before = it.sockets()["total"]
            it.fault("silence", 40, market=market, channel=topic)
            assert await it.lit(market, name, FeedState.BRIDGED, within_s) > 5
            light = it.channel(market, name)
            assert light.source is Source.REST
            assert light.reason
            await it.clock.sleep(10)
            row = it.row_of("BTCUSDT", market)
            stamp = {"tickers": row.trade, "marks": row.mark, "books": row.book}[name]
            assert stamp is not None
            assert stamp.source is Source.REST
            assert it.clock.now_ms() - stamp.received_ms < 4_000
            await it.lit(market, name, FeedState.LIVE, 120)
            assert it.sockets()["total"] > before
            opened, closed = it.outages_at(market, name)
            assert (opened.end_ms, closed.begin_ms) == (None, opened.begin_ms)
            assert abs(opened.begin_ms - began_ms) < 6_000
            assert closed.end_ms is not None
            assert closed.end_ms - began_ms > 39_000
            assert closed.bridged
            assert len(it.outages) == 2
            it.assert_all_true()

    run()


@in_virtual_time
async def test_books_go_on_by_stream_when_rest_gives_none() -> None:
    """Spot's, which have no other way, are shown as gone; the futures' are five seconds old."""
    async with running(only(*FEW)) as it:
        await it.all_live()
        it.fault("http_500", 40, path="/ticker/bookTicker")
        await it.lit(SPOT, "books by REST", FeedState.DOWN, 15)
        await it.clock.sleep(10)
        assert it.channel(PERP, "books by REST").state is FeedState.DOWN
        assert it.channel(PERP, "books by REST").reason
        assert it.channel(PERP, "books").state is FeedState.LIVE
        book = it.row_of("BTCUSDT").book
        assert book is not None
        assert book.source is Source.STREAM
        assert it.clock.now_ms() - book.received_ms < 6_000
        assert it.row_of("BTCUSDT", SPOT).source is Source.STREAM
        await it.lit(SPOT, "books by REST", FeedState.LIVE, 40)
        opened, closed = it.outages_at(SPOT, "books by REST")
        assert closed.begin_ms == opened.begin_ms
        assert closed.end_ms is not None
        assert {one.channel for one in it.outages} == {"books by REST"}


@in_virtual_time
async def test_a_dropped_socket_is_back_before_anybody_calls_it_an_outage() -> None:
    """All three at once. Liquidations that were missed can't be had again: 2 s are written down."""
    async with running(only(*FEW)) as it:
        await it.all_live()
        await it.clock.sleep(62)
        it.witness.told.clear()
        it.fault("drop", 0.1)
        await it.clock.sleep(4)
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        assert it.sockets() == {"open": 3, "total": 6}
        assert {one.reconnects for one in it.feed.health() if not one.polled} == {1}
        for outage in it.outages:
            assert outage.channel == "liquidations"
            assert (outage.end_ms or 0) - outage.begin_ms < 3_500
        it.assert_all_true()


@in_virtual_time
async def test_a_notice_of_shutdown_brings_a_new_socket_before_the_old_one_goes() -> None:
    """Spot says so; between the notice and the close there is no gap in the data."""
    async with running(only(*FEW), markets=("spot",)) as it:
        await it.all_live()
        await it.clock.sleep(2)
        it.fault("maintenance_notice", 1, market="spot", delay_s=6)
        worst_ms = 0
        for _ in range(40):
            await it.clock.sleep(0.25)
            worst_ms = max(worst_ms, it.channel(SPOT, "tickers").age_ms or 0)
        assert worst_ms < 2_000
        assert it.sockets() == {"open": 1, "total": 2}
        assert it.noted("shut down") == 1
        assert it.outages == []


@in_virtual_time
async def test_successors_take_over_without_a_gap() -> None:
    """Of all sockets at once; there are never more than two in one place."""
    async with running(only(*FEW)) as it:
        await it.all_live()
        await it.clock.sleep(2)
        it.witness.told.clear()
        for name in ("tickers", "books"):
            renew(it, name)
        most = 0
        for _ in range(50):
            await it.clock.sleep(0.1)
            most = max(most, it.sockets()["open"])
            for one in it.feed.health():
                oldest_ms = 5_500 if one.channel == "books" else 2_500
                assert one.polled or one.quiet or (one.age_ms or 0) < oldest_ms
        assert it.sockets() == {"open": 3, "total": 6}
        assert most <= 6
        assert it.outages == []
        it.assert_all_true()


@in_virtual_time
async def test_a_list_that_cannot_be_read_again_is_kept_and_called_stale() -> None:
    """A coin that no list has makes them be asked for every five minutes, not every hour."""
    coins = ("BTC", "NOSUCHCOIN")
    async with running(lists_alone(only(*FEW)), markets=("perp",), coins=coins) as it:
        await it.clock.sleep(5)
        it.fault("http_500", 3600, path="exchangeInfo")
        await it.clock.until(lambda: it.feed.report().markets[0].stale, 305)
        (told,) = it.feed.report().markets
        assert "unknown error" in told.error
        assert len(it.feed.instruments(PERP)) == 3
        it.sim.faults.clear()
        await it.clock.until(lambda: not it.feed.report().markets[0].stale, 20)
        assert it.feed.instrument("NOSUCHCOIN") is None
        assert it.feed.instrument("PEPE") is it.row_of("1000PEPEUSDT").instrument


def lists_alone(shape: Shape) -> Shape:
    """With the first rows, and nothing after them: long times pass quickly."""
    return lambda plan: replace(quiet(shape)(plan), streams=())


def quiet(shape: Shape) -> Shape:
    """Without what is polled each second."""
    return lambda plan: replace(shape(plan), polls=())


@in_virtual_time
async def test_a_perpetual_that_is_delisted_leaves_within_seconds() -> None:
    """The exchange says so on a stream; the others stay, and so does their socket."""
    async with running(only(*FEW), markets=("perp",)) as it:
        await it.all_live()
        it.fault("delist", 600, symbol="ETHUSDT")
        await it.clock.until(lambda: it.feed.instrument("ETH") is None, 4)
        assert it.row_of("ETHUSDT").instrument.status is not Status.LIVE
        assert [one.symbol for one in it.feed.instruments(PERP)] == ["BTCUSDT", "1000PEPEUSDT"]
        await it.clock.sleep(20)
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        assert it.sockets()["total"] == 2
        assert it.outages == []


@pytest.mark.parametrize(
    ("market", "topic", "within_s"), [(PERP, "!ticker@arr", 45), (SPOT, "!miniTicker@arr", 130)]
)
def test_one_instrument_whose_stream_freezes_alone_is_found_by_the_audit(
    market: Market, topic: str, within_s: float
) -> None:
    """Its row stays fresh by REST, a new socket brings it back, nobody else notices."""

    @in_virtual_time
    async def run() -> None:
        async with running(quiet(only(*FEW)), markets=(market,)) as it:
            await it.all_live()
            await it.clock.sleep(5)
            it.fault("silence", within_s, market=market, symbol="ETHUSDT", channel=topic)
            await it.clock.until(lambda: it.noted("has lost ETHUSDT") > 0, within_s)
            row = it.row_of("ETHUSDT", market)
            assert row.source is Source.REST
            await it.clock.until(lambda: row.source is Source.STREAM, 60)
            assert it.channel(market, "tickers").state is FeedState.LIVE
            assert it.outages == []
            it.assert_all_true()

    run()
