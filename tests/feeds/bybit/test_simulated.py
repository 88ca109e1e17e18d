"""Bybit's REST and streams against the simulated exchange, limits counted by the server."""

import asyncio
from contextlib import aclosing
from itertools import pairwise

import pytest

from tests.feeds.bybit import rows
from tests.feeds.servers import answers, http, tcp_server
from tests.feeds.simulated import Settings, asking, assert_true, live_of, streaming, violations
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.errors import FeedError, Malformed, RateLimited, Unreachable
from tui_monitor.errors import Rejected as RefusedByRest
from tui_monitor.feeds.adapter import Rejected, Subscription
from tui_monitor.feeds.bybit.adapter import PATHS, BybitAdapter
from tui_monitor.feeds.bybit.rest import BybitRest, explain
from tui_monitor.model import Funding, Market, OpenInterest, Ticker

HALF_HOUR_MS = 1_800_000
EVENTS = 1_500


@pytest.mark.parametrize("market", Market)
def test_one_request_tells_the_truth_of_a_whole_market(market: Market) -> None:
    """Every value of every instrument, multipliers included."""

    @in_virtual_time
    async def run() -> None:
        async with asking(BybitRest, "bybit") as (sim, rest, clock):
            assert abs(await rest.server_time_ms() - clock.now_ms()) < 1000
            live = live_of(await rest.instruments(market))
            assert len(live) >= 27
            assert len({one.symbol for one in live}) == len(live)
            events = await rest.snapshot(market)
            known = {one.key for one in live}
            for event in events:
                if event.instrument.key in known:
                    assert_true(sim, event)
            seen = {one.instrument.symbol: one for one in events if isinstance(one, Ticker)}
            assert all(seen[one.symbol].bid and seen[one.symbol].ask_coins for one in live)
            if market is Market.PERP:
                assert {one.multiplier for one in live} > {1.0, 1000.0}
                fundings = [one for one in events if isinstance(one, Funding)]
                assert all(one.interval_h and one.next_settlement_ms for one in fundings)
                assert sum(isinstance(one, OpenInterest) for one in events) >= len(live)
            assert violations(sim, "bybit") == 0

    run()


@in_virtual_time
async def test_a_perpetual_has_a_past() -> None:
    """Candles newest first, settlements, open interest of one side."""
    async with asking(BybitRest, "bybit") as (sim, rest, clock):
        (btc,) = (one for one in await rest.instruments(Market.PERP) if one.symbol == "BTCUSDT")
        end_ms = clock.now_ms() // HALF_HOUR_MS * HALF_HOUR_MS - 1
        bars = await rest.candles(btc, "30m", end_ms=end_ms, limit=672)
        assert len(bars) == 672
        assert bars[0].open_ms == end_ms + 1 - HALF_HOUR_MS
        assert all(new.open_ms - old.open_ms == HALF_HOUR_MS for new, old in pairwise(bars))
        assert {bar.bar for bar in bars} == {"30m"}
        truth = sim.exchanges["bybit"].truth
        for bar in bars[:10]:
            assert bar.open == truth("perp", "BTCUSDT", bar.open_ms)["last"]
        day_ms = 86_400_000
        settled = await rest.funding_history(
            btc, start_ms=clock.now_ms() - 2 * day_ms, end_ms=clock.now_ms()
        )
        assert 5 <= len(settled) <= 7
        assert all(one.settled_rate is not None for one in settled)
        for one in (await rest.open_interest_history(btc))[:5]:
            assert one.exchange_ms
            told = truth("perp", "BTCUSDT", one.exchange_ms)
            assert one.open_interest_coins == pytest.approx(told["open_interest_coins"])
        assert violations(sim, "bybit") == 0


@in_virtual_time
async def test_a_burst_of_requests_keeps_below_the_limit() -> None:
    """600 in 5 s are allowed; we take 480, evenly spaced."""
    async with asking(BybitRest, "bybit") as (sim, rest, clock):
        begin_s = clock.monotonic_s()
        async with asyncio.TaskGroup() as tasks:
            for _ in range(97):
                tasks.create_task(rest.server_time_ms())
        assert clock.monotonic_s() - begin_s >= 96 * 5 / 480
        assert violations(sim, "bybit") == 0


@pytest.mark.parametrize("kind", ["html", "garbage", "truncate", "http_500", "http_429"])
def test_a_spoilt_answer_is_a_feed_error(kind: str) -> None:
    """And nothing else."""

    @in_virtual_time
    async def run() -> None:
        async with asking(BybitRest, "bybit") as (sim, rest, _clock):
            sim.fault(exchange="bybit", kind=kind, seconds=5)
            with pytest.raises(FeedError):
                await rest.snapshot(Market.PERP)

    run()


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        (b'{"retCode":10001,"retMsg":"params error: symbol invalid"}', RefusedByRest, "10001"),
        (b'{"retCode":10006,"retMsg":"Too many visits!"}', RateLimited, "10006"),
        (b'{"retCode":10016,"retMsg":"server error"}', Unreachable, "10016"),
        (b'{"retCode":10024,"retMsg":"compliance"}', RefusedByRest, "does not serve"),
        (b"<html>access too frequent</html>", RateLimited, "too frequent"),
        (b"The Amazon CloudFront distribution is configured to block access from your country",
         RefusedByRest, "country"),
    ],
)  # fmt: skip
def test_errors_come_with_a_meaning(text: bytes, kind: type[FeedError], part: str) -> None:
    """Whatever the HTTP status was."""
    error = explain(text)
    assert isinstance(error, kind)
    assert part in error.line()
    assert explain(b'{"retCode":0,"retMsg":"OK","result":{}}') is None


@in_virtual_time
async def test_a_ban_is_waited_for_and_a_blocked_country_is_not() -> None:
    """Both are HTTP 403; the documented ban lasts 10 minutes."""
    country = b"<html>CloudFront ... block access from your country</html>"
    for page, kind, least_s in (
        (b"access too frequent", RateLimited, 600),
        (country, RefusedByRest, 0),
    ):
        async with (
            tcp_server(answers(http("403 Forbidden", page))) as address,
            aclosing(BybitRest(Settings(f"http://{address}"), VirtualClock())) as rest,
        ):
            with pytest.raises(kind):
                await rest.server_time_ms()
            assert rest.paused_s >= least_s
            assert (rest.paused_s > 0) == (least_s > 0)


@in_virtual_time
async def test_all_pages_of_a_list_are_read() -> None:
    """The cursor of one page asks for the next, written as it came."""
    asked: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        perp = rows.PERP | {"symbol": f"AAA{len(asked)}USDT", "baseCoin": f"AAA{len(asked)}"}
        cursor = "0%2C500" if len(asked) == 1 else ""
        writer.write(http("200 OK", rows.body([perp], nextPageCursor=cursor)))
        await writer.drain()

    async with (
        tcp_server(talk) as address,
        aclosing(BybitRest(Settings(f"http://{address}"), VirtualClock())) as rest,
    ):
        listed = await rest.instruments(Market.PERP)
    assert [one.symbol for one in listed] == ["AAA1USDT", "AAA2USDT"]
    assert b"cursor" not in asked[0]
    assert b"cursor=0%252C500" in asked[1]


@in_virtual_time
async def test_a_list_that_never_ends_is_malformed() -> None:
    """Each page names another next one."""
    pages = iter(range(1000))

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        cursor = b"page%d" % next(pages)
        body = b'{"retCode":0,"result":{"list":[],"nextPageCursor":"%s"}}' % cursor
        writer.write(http("200 OK", body))
        await writer.drain()

    async with (
        tcp_server(talk) as address,
        aclosing(BybitRest(Settings(f"http://{address}", paced=False), VirtualClock())) as rest,
    ):
        with pytest.raises(Malformed):
            await rest.instruments(Market.PERP)
    assert next(pages) < 50


@pytest.mark.parametrize(("market", "channels"), [
    (Market.PERP, ("tickers",)), (Market.SPOT, ("tickers", "orderbook.1")),
])  # fmt: skip
def test_streams_merge_to_the_truth(market: Market, channels: tuple[str, ...]) -> None:
    """Snapshots and sparse deltas of every instrument, all rows whole in ten seconds."""

    @in_virtual_time
    async def run() -> None:
        async with asking(BybitRest, "bybit") as (sim, rest, clock):
            live = live_of(await rest.instruments(market))
            wanted = [Subscription(name, one.symbol) for name in channels for one in live]
            wanted.insert(3, Subscription("tickers", "NOSUCHUSDT"))
            adapter = BybitAdapter(rest.books[market], market)
            url = f"{sim.url}/bybit{PATHS[market]}"
            async with streaming(url, clock, [(adapter, wanted)]) as on:
                await clock.sleep(10)
                for one in live:
                    row = on.row(one)
                    assert row.last
                    assert row.bid
                    assert row.ask_coins
                    if market is Market.PERP:
                        assert row.mark_price
                        assert row.open_interest_usd
                        assert row.interval_h
                for event in on.events[-EVENTS:]:
                    assert_true(sim, event)
                assert len(on.events) > EVENTS
                refused = [one for one in on.told if isinstance(one, Rejected)]
                assert [one.subscription for one in refused] == [wanted[3]]
                if market is Market.PERP:  # the exchange sends some deltas too early
                    assert any("before its snapshot" in str(one) for one in on.told)
            assert violations(sim, "bybit") == 0

    run()
