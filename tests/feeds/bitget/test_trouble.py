"""Bitget's whole feed against a simulated Bitget on bad days."""

import pytest

from tests.feeds.bitget.running import (
    BOTH,
    PERP,
    SPOT,
    all_live,
    assert_row_is_true,
    bitget,
    live,
    noted,
    row_of,
    seldom,
    streams_alone,
    topics_of,
)
from tests.support.virtual_time import in_virtual_time
from tui_monitor.model import FeedState, Market, Source, Status

LIVE, BRIDGED = FeedState.LIVE, FeedState.BRIDGED


@pytest.mark.parametrize("market", BOTH)
def test_silence_is_shown_bridged_replaced_and_recorded(market: str) -> None:
    """Acknowledged and dead is not alive; the other market's socket is left alone."""

    @in_virtual_time
    async def run() -> None:
        silent = Market(market)
        innocent = SPOT if silent is PERP else PERP
        async with bitget(shape=streams_alone) as it:
            await all_live(it)
            await it.clock.sleep(60)
            began_ms = it.clock.now_ms()
            it.fault("silence", 40, market=market, channel="ticker", path="/ws/")
            await it.clock.until(lambda: it.channel(silent, "watched").state is BRIDGED, 15)
            light = it.channel(silent, "watched")
            assert light.source is Source.REST
            assert light.reason
            await it.clock.sleep(5)
            row = row_of(it, "BTCUSDT", silent)
            assert row.source is Source.REST
            assert_row_is_true(it.sim, row)
            assert it.clock.now_ms() - (row.exchange_ms or 0) < 3000
            (opened,) = it.outages_of("watched")
            assert (opened.market, opened.end_ms) == (silent, None)
            assert abs(opened.begin_ms - began_ms) < 3000
            await all_live(it, 200)
            await it.clock.until(lambda: row.source is Source.STREAM, 3)
            closed = it.outages_of("watched")[-1]
            assert closed.end_ms is not None
            assert closed.end_ms > began_ms + 35_000
            assert closed.bridged
            assert {one.market for one in it.outages} == {silent}
            assert it.channel(innocent, "watched").reconnects == 0
            assert it.stats["connections"]["total"] >= 3

    run()


@in_virtual_time
async def test_a_poll_that_fails_is_an_outage_and_the_streams_go_on() -> None:
    """The answer is asked for on and on, less often; the watch list does not notice."""
    async with bitget() as it:
        await all_live(it)
        await it.clock.sleep(5)
        began_ms = it.clock.now_ms()
        asked = it.stats["requests"]["/api/v2/mix/market/tickers"]
        it.fault("http_500", 40, path="/api/v2/mix/market/tickers")
        await it.clock.until(lambda: it.channel(PERP, "tickers").state is FeedState.DOWN, 15)
        assert "40015" in it.channel(PERP, "tickers").reason
        await it.clock.sleep(20)
        assert row_of(it, "BTCUSDT").source is Source.STREAM
        assert it.clock.now_ms() - (row_of(it, "BTCUSDT").exchange_ms or 0) < 3000
        assert it.clock.now_ms() - (row_of(it, "SOLUSDT").exchange_ms or 0) > 20_000
        assert it.clock.now_ms() - (row_of(it, "SOLUSDT", SPOT).exchange_ms or 0) < 3000
        await all_live(it, 30)
        assert it.stats["requests"]["/api/v2/mix/market/tickers"] - asked < 20
        opened, closed = it.outages
        assert (opened.channel, opened.market, opened.end_ms) == ("tickers", PERP, None)
        assert abs(opened.begin_ms - began_ms) < 2000
        assert closed.end_ms is not None
        assert not closed.bridged


@in_virtual_time
async def test_funding_that_fails_costs_nothing_but_its_own_light() -> None:
    """The rate is in the tickers; the interval and the next settlement stay as they were."""
    async with bitget(markets=("perp",), shape=seldom(4)) as it:
        await all_live(it)
        it.fault("html", 200, path="current-fund-rate")
        await it.clock.sleep(180)
        assert it.channel(PERP, "funding").state is FeedState.DOWN
        assert it.channel(PERP, "tickers").state is LIVE
        for symbol in ("BTCUSDT", "SOLUSDT"):
            assert_row_is_true(it.sim, row_of(it, symbol))
        await all_live(it, 60)
        assert [one.channel for one in it.outages] == ["funding", "funding"]


@in_virtual_time
async def test_a_dropped_socket_is_back_before_anybody_calls_it_an_outage() -> None:
    """A link that was stable is opened again within a second or so."""
    async with bitget(shape=streams_alone) as it:
        await all_live(it)
        await it.clock.sleep(70)
        it.fault("drop", 0.1, market="perp")
        await it.clock.sleep(4)
        assert [one.state for one in it.feed.health()] == [LIVE] * 3
        assert it.outages == []
        assert it.stats["connections"] == {"open": 2, "total": 3}


@in_virtual_time
async def test_sockets_that_cannot_be_had_are_bridged_and_not_hammered() -> None:
    """Ten minutes are twenty attempts a socket; then all is as before."""
    async with bitget(("BTC",), shape=streams_alone, bridge_every_s=10) as it:
        await all_live(it)
        it.fault("refuse", 600)
        it.fault("drop", 0.1)
        await it.clock.until(lambda: it.channel(PERP, "watched").state is BRIDGED, 20)
        refused = it.stats["connections"]["total"]
        await it.clock.sleep(590)
        assert it.channel(PERP, "watched").state is BRIDGED
        assert it.channel(PERP, "liquidations").state is FeedState.DOWN
        assert it.stats["connections"]["total"] - refused <= 40
        await all_live(it, 180)


@pytest.mark.parametrize("kind", ["http_429", "http_418"])
def test_a_ban_of_rest_is_kept_to_while_the_streams_live(kind: str) -> None:
    """Not one request in the time that was asked for."""

    @in_virtual_time
    async def run() -> None:
        async with bitget() as it:
            await all_live(it)
            it.fault(kind, 5, retry_after_s=60)
            await it.clock.sleep(3)
            asked = sum(it.stats["requests"].values())
            await it.clock.sleep(55)
            assert sum(it.stats["requests"].values()) == asked
            assert it.channel(PERP, "tickers").state is FeedState.BANNED
            assert (it.channel(PERP, "tickers").until_ms or 0) > it.clock.now_ms()
            assert it.feed.report().banned_until_ms is not None
            assert it.channel(PERP, "watched").state is LIVE
            assert it.channel(SPOT, "watched").state is LIVE
            await all_live(it, 60)
            assert {one.channel for one in it.outages} == {"tickers"}

    run()


@in_virtual_time
async def test_a_ban_without_a_word_of_its_length_lasts_five_minutes() -> None:
    """Which is how long Bitget takes over its overall limit."""
    async with bitget(("BTC",)) as it:
        await all_live(it)
        it.fault("http_429", 2)
        await it.clock.sleep(2)
        asked = sum(it.stats["requests"].values())
        await it.clock.sleep(290)
        assert sum(it.stats["requests"].values()) == asked
        await it.clock.sleep(15)
        assert it.channel(PERP, "tickers").state is LIVE


@in_virtual_time
async def test_one_instrument_that_the_stream_has_lost_is_found_and_streamed_anew() -> None:
    """Its row lives by REST meanwhile, which must not hide that; one renewal does it."""
    async with bitget(rate=0.5, shape=seldom(3)) as it:
        await all_live(it)
        await it.clock.sleep(20)
        it.fault("silence", 45, market="perp", channel="ticker", symbol="XRPUSDT", path="/ws/")
        await it.clock.until(noted(it, "the stream has lost XRPUSDT: a new socket"), 50)
        assert it.clock.now_ms() - (row_of(it, "XRPUSDT").exchange_ms or 0) < 4000
        await it.clock.sleep(60)
        await it.clock.until(lambda: row_of(it, "XRPUSDT").source is Source.STREAM, 3)
        assert 3 <= it.stats["connections"]["total"] <= 4
        assert it.channel(SPOT, "watched").reconnects == 0
        assert it.outages == []


@in_virtual_time
async def test_what_is_not_watched_is_never_missed_by_the_audit() -> None:
    """It lives by REST alone: no reason for a new socket."""
    async with bitget(("BTC",), rate=0.5, shape=seldom(4)) as it:
        await it.clock.sleep(100)
        assert it.stats["connections"]["total"] == 2


@in_virtual_time
async def test_a_list_that_cannot_be_read_again_stays_and_says_so() -> None:
    """Stale, with the reason; everything goes on with what is known."""
    async with bitget(("BTC",), shape=seldom(4, lists_s=30)) as it:
        await all_live(it)
        before = len(live(it, PERP))
        it.fault("http_500", 60, path="/api/v2/mix/market/contracts")
        await it.clock.sleep(45)
        perp, spot = it.feed.report().markets
        assert perp.stale
        assert "40015" in perp.error
        assert not spot.stale
        assert len(live(it, PERP)) == before
        assert it.stats["connections"]["total"] == 2
        await it.clock.until(lambda: not it.feed.report().markets[0].stale, 120)
        assert it.outages == []


@in_virtual_time
async def test_a_list_that_lost_half_of_itself_is_not_believed() -> None:
    """What was known stays known."""
    async with bitget(("BTC",), shape=seldom(4, lists_s=30)) as it:
        await all_live(it)
        before = len(live(it, PERP))
        it.fault("partial_list", 50)
        await it.clock.sleep(45)
        assert len(live(it, PERP)) == before
        assert noted(it, "shrank")()


@in_virtual_time
async def test_a_delisted_instrument_goes_and_the_others_live_on() -> None:
    """Within ten minutes, with the next list; the same symbol of the other market stays."""
    async with bitget(shape=seldom(4, lists_s=30)) as it:
        await all_live(it)
        it.fault("delist", 3600, market="perp", symbol="ETHUSDT")
        await it.clock.until(noted(it, "ETHUSDT is no longer listed"), 40)
        await it.clock.sleep(20)
        assert row_of(it, "ETHUSDT").instrument.status is Status.DELISTED
        assert row_of(it, "ETHUSDT", SPOT).instrument.status is Status.LIVE
        assert it.feed.instrument("ETH") is None
        assert (topics_of(it, "watched"), topics_of(it, "watched", SPOT)) == (2, 3)
        await all_live(it)
        assert it.outages == []
        assert (row_of(it, "ETHUSDT").exchange_ms or 0) < it.clock.now_ms() - 20_000


@in_virtual_time
async def test_without_any_list_the_watch_list_is_streamed_by_name() -> None:
    """A coin that Bitget does not have is refused, and only it."""
    async with bitget(("BTC", "NOSUCHCOIN", "ETH"), markets=("perp",), shape=seldom(4)) as it:
        it.fault("http_500", 60, path="/api/v2/mix/market/contracts")
        await it.clock.until(lambda: topics_of(it, "watched") > 0, 5)
        await it.clock.until(lambda: it.channel(PERP, "watched").state is LIVE, 10)
        assert not it.feed.listed
        assert it.stats["subscriptions"]["active"] == 2 + 1
        assert sum("NOSUCHCOIN" in text for _, _, text in it.events) == 1
        await it.clock.until(lambda: it.feed.listed, 200)
        await all_live(it, 30)
        assert it.feed.instrument("NOSUCHCOIN") is None
        assert topics_of(it, "watched") == 2


@in_virtual_time
async def test_prices_that_are_no_numbers_and_times_that_are_old_change_nothing() -> None:
    """Neither by stream nor by REST; both are silence."""
    async with bitget(rate=1.0) as it:
        await all_live(it)
        before_ms = row_of(it, "BTCUSDT").exchange_ms or 0
        it.fault("nan", 13)
        await it.clock.sleep(12)
        for row in it.market.rows():
            for value in (row.last, row.bid, row.ask, row.mark_price, row.open_interest_usd):
                assert value is None or 0 < value < 1e15
        assert it.channel(PERP, "watched").state is not LIVE
        assert it.channel(PERP, "tickers").state is not LIVE
        await all_live(it, 60)
        it.fault("late_ts", 14, late_s=3600)
        await it.clock.sleep(13)
        assert (row_of(it, "BTCUSDT").exchange_ms or 0) > before_ms
        assert it.channel(PERP, "watched").state is not LIVE
        assert it.channel(PERP, "tickers").state is not LIVE
        await all_live(it, 200)


@in_virtual_time
async def test_without_a_pong_the_socket_is_replaced_before_bitget_closes_it() -> None:
    """Data alone keeps no connection there."""
    async with bitget(("BTC",), markets=("spot",), shape=streams_alone) as it:
        await all_live(it)
        it.fault("no_pong", 60)
        await it.clock.sleep(300)
        assert it.stats["connections"]["open"] == 1
        assert it.outages == []
        assert it.channel(SPOT, "watched").state is LIVE
