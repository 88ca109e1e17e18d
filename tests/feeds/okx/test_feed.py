"""The OKX feed against a simulated OKX, good days and bad."""

import asyncio
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from tests.feeds.rig import lean, rig
from tests.support.virtual_time import in_virtual_time
from tui_monitor.feeds.adapter import Event
from tui_monitor.feeds.okx.adapter import OkxAdapter
from tui_monitor.feeds.plans import FeedPlan
from tui_monitor.model import FeedState, Market, Source, Status

# Lists, liquidations and announcements.
SHARED = 3
PRICES = (
    "last", "bid", "ask", "bid_coins", "ask_coins", "open_24h", "high_24h", "low_24h",
    "volume_24h_coins", "turnover_24h_usd", "day_open",
)  # fmt: skip
OF_SWAPS = (
    "mark_price", "index_price", "rate", "interval_h", "next_settlement_ms",
    "open_interest_coins", "open_interest_usd",
)  # fmt: skip


@in_virtual_time
async def test_it_is_live_within_two_seconds_of_the_start() -> None:
    """Instruments and a REST snapshot first, then the stream."""
    async with rig() as it:
        await it.until(FeedState.LIVE, 2)
        await it.clock.sleep(30)
        assert it.health.state is FeedState.LIVE
        assert it.health.source is Source.STREAM
        assert it.health.reason == ""
        row = it.row()
        assert row is not None
        assert row.source is Source.STREAM
        assert row.bid is not None
        assert row.ask is not None
        assert row.bid < row.ask
        assert row.bid_coins is not None
        assert row.day_open is not None
        assert it.feed.listed
        btc = it.feed.instrument("BTC")
        assert btc is not None
        assert btc.status is Status.LIVE
        assert btc.contract_size == 0.01
        assert it.feed.instrument("NOSUCH") is None
        assert it.stats["violations_total"] == 0


@in_virtual_time
async def test_an_hour_passes_on_one_connection() -> None:
    """Nothing but the exchange or the calendar ends a socket."""
    async with rig(("BTC",), rate=0.012, shape=lean("BTC"), silent_after_s=60) as it:
        await it.clock.sleep(3600)
        assert it.stats["connections"] == {"open": 1, "total": 1}
        assert it.stats["violations_total"] == 0
        assert it.outages == []


@in_virtual_time
async def test_silence_is_shown_bridged_replaced_and_recorded() -> None:
    """A socket that stays open, acknowledged and dead is not alive."""
    async with rig() as it:
        await it.until(FeedState.LIVE, 5)
        await it.clock.sleep(60)
        began_ms = it.clock.now_ms()
        it.fault("silence", 40)
        seen = [it.health.state]
        while seen[-1] is FeedState.LIVE:
            await it.clock.sleep(0.25)
            seen.append(it.health.state)
        assert (it.clock.now_ms() - began_ms) / 1000 <= 15
        await it.until(FeedState.BRIDGED, 5)
        assert it.health.source is Source.REST
        row = it.row()
        assert row is not None
        assert row.source is Source.REST
        assert len(it.outages_of()) == 1
        assert it.outages_of()[0].end_ms is None
        assert abs(it.outages_of()[0].begin_ms - began_ms) < 6000
        await it.clock.sleep(5)
        assert it.health.age_ms is not None
        assert it.health.age_ms < 4000
        await it.until(FeedState.LIVE, 200)
        assert it.stats["connections"]["total"] >= 2
        opened, closed = it.outages_of()
        assert closed.begin_ms == opened.begin_ms
        assert closed.end_ms is not None
        assert closed.bridged
        again = it.health
        assert again.source is Source.STREAM


@in_virtual_time
async def test_it_stops_within_two_seconds() -> None:
    """Cancelling closes the socket and the REST connections."""
    async with rig() as it:
        await it.until(FeedState.LIVE, 5)
        began_s = it.clock.monotonic_s()
    assert it.clock.monotonic_s() - began_s < 2


@in_virtual_time
async def test_a_notice_of_upgrade_brings_a_new_socket_before_the_old_one_goes() -> None:
    """Between the notice (64008) and the close there is never a gap in the data."""
    async with rig(rate=1.0) as it:
        await it.until(FeedState.LIVE, 5)
        it.fault("maintenance_notice", 1, delay_s=10)
        worst_ms = 0
        for _ in range(60):
            await it.clock.sleep(0.25)
            worst_ms = max(worst_ms, it.health.age_ms or 0)
            assert it.health.state is FeedState.LIVE
        assert worst_ms < 2000
        assert it.stats["connections"] == {"open": 1, "total": 2}
        assert it.outages == []
        assert not any(level == "error" for level, _, _ in it.events)


@in_virtual_time
async def test_a_dropped_socket_is_back_before_anybody_calls_it_an_outage() -> None:
    """A link that was stable is opened again within a second or so."""
    async with rig(rate=1.0) as it:
        await it.until(FeedState.LIVE, 5)
        await it.clock.sleep(70)
        it.fault("drop", 0.1)
        await it.clock.sleep(4)
        assert it.health.state is FeedState.LIVE
        assert it.health.reason == ""
        assert it.health.reconnects == 1
        assert it.stats["connections"]["total"] == 2
        assert it.outages == []


@in_virtual_time
async def test_a_closed_socket_is_not_called_live() -> None:
    """Long before silence would tell: two seconds without a socket, and REST stands in."""
    async with rig(rate=1.0, silent_after_s=30) as it:
        await it.until(FeedState.LIVE, 5)
        await it.clock.sleep(20)
        it.fault("refuse", 40)
        it.fault("drop", 0.1)
        began_ms = it.clock.now_ms()
        await it.clock.until(lambda: it.health.state is not FeedState.LIVE, 3)
        assert it.health.state in (FeedState.DOWN, FeedState.BRIDGED)
        assert it.health.reason
        await it.until(FeedState.BRIDGED, 1)
        assert [outage.end_ms for outage in it.outages_of()] == [None]
        assert abs(it.outages_of()[0].begin_ms - began_ms) < 2000
        assert it.health.since_ms == it.outages_of()[0].begin_ms
        await it.until(FeedState.LIVE, 130)
        assert it.health.reason == ""
        assert len(it.outages_of()) == 2


@in_virtual_time
async def test_a_socket_that_cannot_be_had_at_the_start_is_told_at_once() -> None:
    """The reason at once; it counts as starting for half a minute, then as down."""
    async with rig(silent_after_s=30) as it:
        it.fault("refuse", 60)
        it.fault("http_500", 60)
        await it.until(FeedState.STARTING, 5)
        await it.clock.until(lambda: "503" in it.health.reason, 5)
        assert it.health.state is FeedState.STARTING
        assert await it.until(FeedState.DOWN, 60) > 20
        assert "503" in it.health.reason
        assert [outage.never_up for outage in it.outages_of()] == [True]


@in_virtual_time
async def test_the_stream_is_back_within_two_minutes_after_a_long_fault() -> None:
    """However many failures there were before; REST stands in until then."""
    async with rig(("BTC",), shape=lean("BTC"), bridge_every_s=10) as it:
        await it.until(FeedState.LIVE, 5)
        it.fault("refuse", 400)
        it.fault("drop", 0.1)
        await it.clock.sleep(400)
        assert it.health.state is FeedState.BRIDGED
        assert await it.until(FeedState.LIVE, 125) <= 122


@in_virtual_time
async def test_the_reason_names_the_stream_and_rest() -> None:
    """Both have to be known to be mended; healed, there is no reason any more."""
    async with rig() as it:
        await it.until(FeedState.LIVE, 5)
        it.fault("refuse", 60)
        it.fault("html", 60, path="/api/")
        it.fault("drop", 0.1)
        await it.until(FeedState.DOWN, 20)
        await it.clock.until(lambda: "; REST: " in it.health.reason, 20)
        await it.clock.sleep(10)
        stream, rest = it.health.reason.split("; REST: ")
        assert stream.startswith("stream: ")
        assert "503" in stream
        assert "no JSON" in rest
        await it.until(FeedState.LIVE, 300)
        assert it.health.reason == ""
        assert it.health.last_error


@in_virtual_time
async def test_a_server_that_accepts_and_drops_is_not_hammered() -> None:
    """Opening is no success: ten minutes are twenty attempts at most."""
    async with rig(("BTC",), shape=lean("BTC"), bridge_every_s=10) as it:
        await it.until(FeedState.LIVE, 5)
        before = it.stats["connections"]["total"]
        it.fault("drop", 600)
        await it.until(FeedState.BRIDGED, 20)
        await it.clock.sleep(570)
        assert it.stats["connections"]["total"] - before <= 20
        assert it.health.state is FeedState.BRIDGED
        assert it.stats["violations_total"] == 0
        await it.until(FeedState.LIVE, 180)


@in_virtual_time
async def test_when_neither_stream_nor_rest_work_the_light_says_so() -> None:
    """DOWN with a reason and an age that grows; nothing raises."""
    async with rig() as it:
        await it.until(FeedState.LIVE, 5)
        it.fault("refuse", 100)
        it.fault("http_500", 100)
        it.fault("drop", 0.1)
        await it.until(FeedState.DOWN, 20)
        await it.clock.until(lambda: "503" in it.health.reason, 20)
        health = it.health
        assert health.source is None
        assert "500" in health.last_error or "503" in health.last_error
        await it.clock.sleep(10)
        health = it.health
        assert health.state is FeedState.DOWN
        assert health.age_ms is not None
        assert health.age_ms >= 10_000
        await it.until(FeedState.LIVE, 300)


@in_virtual_time
async def test_a_429_with_retry_after_stops_every_request_until_then() -> None:
    """BANNED is shown, and not one request is made in the time the exchange asked for."""
    async with rig() as it:
        await it.until(FeedState.LIVE, 5)
        it.fault("silence", 120)
        it.fault("http_429", 20, retry_after_s=60)
        await it.until(FeedState.BANNED, 20)
        health = it.health
        assert health.until_ms is not None
        assert 50_000 < health.until_ms - it.clock.now_ms() <= 60_000
        assert health.reason.startswith("stream: ")
        assert "REST: " in health.reason
        assert "429" in health.reason
        asked = sum(it.stats["requests"].values())
        await it.clock.sleep(50)
        assert sum(it.stats["requests"].values()) == asked
        await it.until(FeedState.BRIDGED, 20)


@in_virtual_time
async def test_prices_that_are_no_numbers_never_reach_the_market() -> None:
    """NaN, Infinity and "" on the stream: REST takes over, the row keeps its last true price."""
    async with rig(rate=1.0) as it:
        await it.until(FeedState.LIVE, 5)
        it.fault("nan", 30, path="/ws/")
        it.fault("nan", 30)
        await it.clock.sleep(25)
        for row in it.market.rows():
            for value in (row.last, row.bid, row.ask, row.high_24h, row.day_open):
                assert value is None or 0 < value < 1e15
        assert it.health.state is not FeedState.LIVE
        await it.until(FeedState.LIVE, 200)


@in_virtual_time
async def test_a_flood_of_damaged_frames_gets_the_socket_replaced() -> None:
    """More than twenty in a minute are no accident."""
    async with rig(rate=2.0) as it:
        await it.until(FeedState.LIVE, 5)
        it.fault("garbage", 12)
        await it.clock.sleep(10)
        assert it.stats["connections"]["total"] >= 2
        assert "\x1b" not in it.health.last_error
        await it.until(FeedState.LIVE, 200)


@in_virtual_time
async def test_old_times_are_no_news() -> None:
    """Frames that are a minute late don't overwrite, and count as silence."""
    async with rig(rate=1.0) as it:
        await it.until(FeedState.LIVE, 5)
        await it.clock.sleep(5)
        row = it.row()
        assert row is not None
        before_ms = row.exchange_ms
        assert before_ms is not None
        it.fault("late_ts", 30, late_s=3600)
        await it.clock.sleep(15)
        assert row.exchange_ms is not None
        assert row.exchange_ms >= before_ms
        assert it.health.state is not FeedState.LIVE


@in_virtual_time
async def test_a_frame_beyond_all_bounds_ends_only_its_socket() -> None:
    """20 MB in one frame: closed, opened again, alive."""
    async with rig(rate=1.0) as it:
        await it.until(FeedState.LIVE, 5)
        it.fault("huge_frame", 3)
        await it.clock.until(lambda: it.stats["connections"]["total"] >= 2, 10)
        await it.until(FeedState.LIVE, 60)


@in_virtual_time
async def test_a_suspended_machine_opens_new_sockets() -> None:
    """Wall time that ran ahead of monotonic time: the data is as old as the wall says."""
    async with rig() as it:
        await it.until(FeedState.LIVE, 5)
        it.clock.jump_wall(3600)
        await it.clock.sleep(6)
        assert it.stats["connections"]["total"] == 2
        assert len(it.outages_of()) >= 1
        await it.until(FeedState.LIVE, 10)
        last = it.outages_of()[-1]
        assert last.end_ms is not None
        assert last.end_ms - last.begin_ms > 3_590_000


@in_virtual_time
async def test_a_coin_that_is_not_listed_is_not_streamed() -> None:
    """It is known not to be there; the others are there."""
    async with rig(("BTC", "NOSUCHCOIN", "ETH")) as it:
        await it.until(FeedState.LIVE, 5)
        assert it.feed.instrument("NOSUCHCOIN") is None
        assert not any("NOSUCHCOIN" in text for _, _, text in it.events)
        assert it.health.topics == len(it.feed.instruments(Market.PERP))
        assert it.health.reason == ""


@in_virtual_time
async def test_one_unknown_instrument_in_a_batch_does_not_cost_the_others() -> None:
    """Without a list of instruments all coins are asked for by name; the refused one is dropped."""
    async with rig(("BTC", "NOSUCHCOIN", "ETH"), bridge_every_s=60) as it:
        it.fault("http_500", 60, path="/api/")
        await it.until(FeedState.LIVE, 10)
        assert not it.feed.listed
        assert it.stats["subscriptions"]["active"] == 2 + SHARED
        assert sum("NOSUCHCOIN" in text for _, _, text in it.events) == 1
        it.fault("drop", 0.1)
        await it.clock.until(lambda: it.stats["connections"]["total"] == 2, 15)
        await it.clock.sleep(2)
        assert sum("NOSUCHCOIN" in text for _, _, text in it.events) == 1
        await it.clock.until(lambda: it.feed.listed, 300)
        assert it.feed.instrument("NOSUCHCOIN") is None


@in_virtual_time
async def test_a_list_that_lost_half_of_itself_is_not_believed() -> None:
    """The instruments that were known stay known."""
    async with rig(("BTC", "ETH", "XRP", "SOL", "NOSUCHCOIN"), shape=lean("BTC")) as it:
        await it.until(FeedState.LIVE, 5)
        it.fault("partial_list", 700)
        await it.clock.sleep(650)
        assert all(it.feed.instrument(coin) for coin in ("BTC", "ETH", "XRP", "SOL"))
        assert any("shrank" in text for _, _, text in it.events)


@in_virtual_time
async def test_a_delisted_coin_is_told_and_the_others_live_on() -> None:
    """After the next list it is gone from the stream, and only it."""
    async with rig(("BTC", "ETH", "NOSUCHCOIN"), shape=lean("BTC", "ETH")) as it:
        await it.until(FeedState.LIVE, 5)
        it.fault("delist", 3600, symbol="ETH-USDT-SWAP")
        before = it.health.topics
        await it.clock.sleep(330)
        assert it.feed.instrument("ETH") is None
        assert it.feed.instrument("BTC") is not None
        row = it.row("ETH")
        assert row is not None
        assert row.instrument.status is not Status.LIVE
        assert it.health.state is FeedState.LIVE
        assert it.health.topics == before - 1
        await it.clock.until(lambda: it.stats["subscriptions"]["active"] == before - 1 + SHARED, 10)


@in_virtual_time
async def test_a_successor_that_only_repeats_its_predecessor_takes_over() -> None:
    """Two sockets say the same; the second is never the first to say it, and yet it is alive."""
    async with rig(rate=1.0) as it:
        await it.until(FeedState.LIVE, 5)
        for number in range(2, 12):
            it.fault("maintenance_notice", 1, delay_s=60)
            await it.clock.sleep(5)
            assert it.stats["connections"] == {"open": 1, "total": number}
        assert it.outages == []


@in_virtual_time
@pytest.mark.parametrize("bar", ["15m", "1h"])
async def test_bars_come_for_those_that_ask(bar: str) -> None:
    """Forming bars of the asked instruments alone, under our name of their length."""
    async with rig(rate=1.0) as it:
        await it.until(FeedState.LIVE, 5)
        it.feed.want_bars(Market.PERP, bar, ["BTC-USDT-SWAP", "ETH-USDT-SWAP"])
        await it.clock.sleep(10)
        bars = {row.instrument.coin: row.bars for row in it.market.rows() if row.bars}
        assert set(bars) == {"BTC", "ETH"}
        assert all(set(found) == {bar} for found in bars.values())
        assert it.channel(Market.PERP, f"bars {bar}").state is FeedState.LIVE


@in_virtual_time
async def test_every_row_of_both_markets_is_whole_within_ten_seconds() -> None:
    """Spot and swaps: prices, book, the day; of swaps mark, index, funding and open interest."""
    async with rig(rate=0.5, markets=("perp", "spot"), listed=()) as it:
        await it.clock.sleep(10)
        rows = it.market.rows()
        assert len(rows) == sum(len(it.feed.instruments(market)) for market in Market) > 300
        for row in rows:
            names = (*PRICES, *(OF_SWAPS if row.instrument.market is Market.PERP else ()))
            assert [name for name in names if getattr(row, name) is None] == [], row.instrument
        assert all(one.state is FeedState.LIVE for one in it.feed.health())
        assert it.outages == []
        assert it.stats["violations_total"] == 0


@in_virtual_time
async def test_one_instrument_that_the_stream_has_lost_is_found_by_the_audit() -> None:
    """The others go on all the time: only REST can tell that this one does not."""
    async with rig(rate=1.0) as it:
        await it.until(FeedState.LIVE, 5)
        it.fault("silence", 60, channel="tickers", symbol="BTC-USDT-SWAP")
        before = it.stats["connections"]["total"]
        await it.clock.until(lambda: it.stats["connections"]["total"] > before, 50)
        assert any("has lost BTC-USDT-SWAP" in text for _, _, text in it.events)
        row = it.row("BTC")
        assert row is not None
        assert row.received_s is not None
        assert it.clock.monotonic_s() - row.received_s < 20
        await it.clock.sleep(60)
        assert row.source is Source.STREAM


class _Cut(OkxAdapter):
    """With its first frame comes a cancel of the socket's task that nobody meant."""

    cuts = 1

    def decode(self, frame: bytes) -> Sequence[Event]:
        if _Cut.cuts:
            _Cut.cuts -= 1
            for task in asyncio.all_tasks():
                if getattr(task.get_coro(), "__qualname__", "") == "Connection.run":
                    task.cancel()
        return super().decode(frame)


@in_virtual_time
async def test_a_socket_whose_task_ends_without_a_word_is_opened_again() -> None:
    """Whatever ended it: what is over is over, and the exchange is still wanted."""

    def cut(plan: FeedPlan) -> FeedPlan:
        adapter = plan.streams[0].adapter()
        assert isinstance(adapter, OkxAdapter)
        stream = replace(plan.streams[0], adapter=lambda: _Cut(adapter.book))
        return replace(plan, streams=(stream,))

    _Cut.cuts = 1
    async with rig(rate=1.0, shape=cut) as it:
        await it.clock.until(lambda: it.stats["connections"]["total"] == 2, 30)
        await it.until(FeedState.LIVE, 5)


@in_virtual_time
async def test_streams_are_back_soon_after_the_exchange_can_be_reached_again() -> None:
    """However long it was out of reach: that REST answers is the sign."""
    async with rig(rate=1.0) as it:
        await it.until(FeedState.LIVE, 5)
        it.fault("refuse", 300)
        it.fault("http_500", 300)
        it.fault("drop", 0.1)
        await it.clock.sleep(300)
        assert it.health.state is FeedState.DOWN
        assert await it.until(FeedState.LIVE, 125) <= 15
        assert it.stats["violations_total"] == 0
