"""Bitget's whole feed against a simulated Bitget on good days."""

from itertools import groupby

import pytest
from msgspec.structs import replace

from tests.feeds.bitget.running import (
    BOTH,
    DAY,
    OF_PERPS,
    PERP,
    PRICES,
    SPOT,
    all_live,
    assert_row_is_true,
    bitget,
    live,
    row_of,
    seldom,
    streams_alone,
    topics_of,
)
from tests.support.virtual_time import in_virtual_time
from tui_monitor.model import FeedState, Liquidation, Market, Source

# Liquidations come with the tickers of the watch list.
SHARED = 1


@in_virtual_time
async def test_every_row_is_whole_and_true_within_ten_seconds() -> None:
    """Both markets, multipliers included; each value as it was at the time that it names."""
    async with bitget(("BTC", "ETH", "BONK"), rate=1.0, listed=()) as it:
        await it.clock.sleep(10)
        for market in Market:
            for one in live(it, market):
                row = row_of(it, one.symbol, market)
                names = PRICES + DAY + (OF_PERPS if market is PERP else ())
                assert [name for name in names if getattr(row, name) is None] == []
                assert_row_is_true(it.sim, row)
        assert {one.multiplier for one in live(it, PERP)} > {1.0, 1000.0}
        listed = {one.key for market in Market for one in live(it, market)}
        assert {row.instrument.key for row in it.market.rows()} == listed
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        assert it.outages == []


@in_virtual_time
async def test_it_shows_every_market_within_three_seconds() -> None:
    """Lists, one snapshot a market, two sockets; a light for each channel and way."""
    async with bitget(listed=()) as it:
        await all_live(it, 3)
        assert [(one.market, one.channel, one.source) for one in it.feed.health()] == [
            (PERP, "watched", Source.STREAM), (PERP, "liquidations", Source.STREAM),
            (SPOT, "watched", Source.STREAM), (PERP, "tickers", Source.REST),
            (SPOT, "tickers", Source.REST), (PERP, "funding", Source.REST),
        ]  # fmt: skip
        assert it.stats["connections"] == {"open": 2, "total": 2}
        assert it.stats["subscriptions"]["active"] == 3 + 3 + SHARED
        report = it.feed.report()
        assert all(one.rows == one.instruments for one in report.markets)
        assert report.round_trip_ms is not None
        assert all(0 < one.used <= one.allowed < one.documented for one in report.limits)


@in_virtual_time
async def test_answers_that_are_older_than_the_stream_are_no_news() -> None:
    """Polled and streamed at once: the row stays with the stream, and never goes back."""
    async with bitget(("BTC",), rate=4.0) as it:
        await all_live(it)
        streamed, newest = 0, {PERP: 0, SPOT: 0}
        for _ in range(200):
            await it.clock.sleep(0.05)
            for market in Market:
                row = row_of(it, "BTCUSDT", market)
                assert row.exchange_ms is not None
                assert row.exchange_ms >= newest[market]
                newest[market] = row.exchange_ms
                streamed += row.source is Source.STREAM
        assert streamed > 390
        assert row_of(it, "SOLUSDT").source is Source.REST
        assert row_of(it, "BTCUSDT").interval_h == 8


@in_virtual_time
async def test_liquidations_come_once_each_with_side_coins_and_usd() -> None:
    """Those that Bitget tells: a second's largest of each side and symbol; none twice."""
    async with bitget(markets=("perp",), shape=seldom(4)) as it:
        await all_live(it)
        begin_ms = it.clock.now_ms() // 1000 * 1000 + 1000
        await it.clock.sleep(60)
        it.fault("maintenance_notice", 1, delay_s=0)
        await it.clock.sleep(60)
        end_ms = it.clock.now_ms() // 1000 * 1000 - 2000
        told = it.sim.exchanges["bitget"].liquidations("perp", None, begin_ms, end_ms - 1)
        largest = [
            max(group, key=lambda one: float(one["coins"]))
            for _, group in groupby(sorted(told, key=_second_symbol_side), key=_second_symbol_side)
        ]
        ours = [
            one for one in it.market.events_since(0).events
            if isinstance(one, Liquidation) and begin_ms <= one.exchange_ms < end_ms
        ]  # fmt: skip
        assert len(largest) > 10
        assert {one["side"] for one in largest} == {"long", "short"}
        made = {(one["symbol"], one["ts"], one["side"]): one for one in largest}
        known = {(one.instrument.symbol, one.exchange_ms, one.side.value): one for one in ours}
        assert len(known) == len(ours)
        # What was made while no socket was there is lost.
        assert known.keys() <= made.keys()
        assert len(known) > 0.9 * len(made)
        for key, one in known.items():
            assert one.coins == pytest.approx(made[key]["coins"], rel=1e-6)
            assert one.usd == pytest.approx(made[key]["usd"], rel=1e-6)
            assert one.price == pytest.approx(made[key]["price"], rel=1e-6)


def _second_symbol_side(one: dict[str, object]) -> tuple[int, str, str]:
    at_ms = one["ts"]
    assert isinstance(at_ms, int)
    return at_ms // 1000, str(one["symbol"]), str(one["side"])


@in_virtual_time
async def test_a_watch_list_of_any_length_keeps_to_forty_nine_channels_a_socket() -> None:
    """And ten args a frame, a frame a second."""
    coins = await _all_coins()
    async with bitget(
        coins, markets=("perp",), shape=seldom(4), silent_after_s=20, listed=()
    ) as it:
        await all_live(it, 5)
        await it.clock.sleep(5)
        watched = [one for one in it.feed.health() if one.channel.startswith("watched")]
        assert len(watched) == -(-(len(coins) + SHARED) // 49)
        assert max(one.topics for one in watched) <= 49
        assert sum(one.topics for one in watched) == len(live(it, PERP))
        assert it.stats["subscriptions"]["active"] == len(live(it, PERP)) + SHARED
        assert topics_of(it, "liquidations") == 1


async def _all_coins() -> list[str]:
    async with bitget(markets=("perp",), listed=()) as it:
        await it.clock.until(lambda: it.feed.listed, 5)
        return [one.coin for one in live(it, PERP)]


@in_virtual_time
async def test_without_a_watch_list_liquidations_still_have_a_busy_companion() -> None:
    """Their socket's life has to be proven by something."""
    async with bitget((), shape=seldom(4)) as it:
        await all_live(it)
        assert topics_of(it, "watched") == 1
        assert topics_of(it, "watched", SPOT) == 0
        it.fault("silence", 15)
        await it.clock.until(lambda: it.channel(PERP, "watched").state is FeedState.BRIDGED, 15)
        await all_live(it, 60)
        assert {one.channel for one in it.outages if one.end_ms} == {"watched", "liquidations"}


@pytest.mark.parametrize("market", BOTH)
def test_one_market_alone_will_do(market: str) -> None:
    """Nothing is asked of the other."""

    @in_virtual_time
    async def run() -> None:
        async with bitget(markets=(market,)) as it:
            await all_live(it)
            assert {one.market for one in it.feed.health()} == {Market(market)}
            assert {row.instrument.market for row in it.market.rows()} == {Market(market)}
            other = "mix" if market == "spot" else "spot"
            assert not any(f"/{other}/" in path for path in it.stats["requests"])

    run()


@in_virtual_time
async def test_a_coin_is_found_by_its_name_whatever_its_symbol() -> None:
    """Bitget lists BONK by the thousand; before the list is known, a name is all there is."""
    async with bitget(("BTC", "BONK"), markets=("perp",), listed=()) as it:
        assert it.feed.plan.perp_symbol("BONK") == "BONKUSDT"
        await all_live(it)
        bonk = it.feed.instrument("BONK")
        assert bonk is not None
        assert (bonk.symbol, bonk.multiplier) == ("1000BONKUSDT", 1000)
        assert it.feed.plan.perp_symbol("BONK") == "1000BONKUSDT"
        assert it.feed.plan.perp_symbol("NOSUCH") == "NOSUCHUSDT"
        assert topics_of(it, "watched") == 2


@in_virtual_time
async def test_lists_are_read_every_ten_minutes() -> None:
    """Nothing else tells of maintenance, of new instruments, and of those that are gone."""
    async with bitget(("BTC",), rate=0.05, shape=lambda plan: replace(plan, polls=())) as it:
        await it.clock.sleep(610)
        for path in ("/api/v2/mix/market/contracts", "/api/v2/spot/public/symbols"):
            assert it.stats["requests"][path] == 2


@in_virtual_time
async def test_twenty_five_hours_pass_without_an_outage() -> None:
    """Bitget ends each connection after 24 h: before that, a successor is there."""
    async with bitget(
        ("BTC",),
        rate=0.006,
        markets=("spot",),
        shape=streams_alone,
        silent_after_s=60,
        listed=("BTC", "ETH"),
    ) as it:
        await it.clock.sleep(25 * 3600)
        assert it.outages == []
        assert it.stats["connections"] == {"open": 1, "total": 2}
        assert [one.state for one in it.feed.health()] == [FeedState.LIVE]
        # Had Bitget been the one to end it, that would be told.
        assert it.events == []
