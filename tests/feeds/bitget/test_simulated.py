"""Bitget's REST and streams against the simulated exchange, limits counted by the server."""

import asyncio
from itertools import pairwise

import pytest

from tests.feeds.simulated import asking, assert_true, live_of, streaming, violations
from tests.support.virtual_time import in_virtual_time
from tui_monitor.errors import FeedError, RateLimited, Unreachable
from tui_monitor.errors import Rejected as RefusedByRest
from tui_monitor.feeds.adapter import Rejected, Subscription
from tui_monitor.feeds.bitget.adapter import PATH, BitgetAdapter, sockets
from tui_monitor.feeds.bitget.rest import BitgetRest, explain
from tui_monitor.model import Liquidation, Market, OpenInterest, Ticker

HALF_HOUR_MS = 1_800_000
EVENTS = 800


@pytest.mark.parametrize("market", Market)
def test_one_request_tells_the_truth_of_a_whole_market(market: Market) -> None:
    """Every value of every instrument, multipliers included; real-world assets are not live."""

    @in_virtual_time
    async def run() -> None:
        async with asking(BitgetRest, "bitget") as (sim, rest, clock):
            assert abs(await rest.server_time_ms() - clock.now_ms()) < 1000
            listed = await rest.instruments(market)
            live = live_of(listed)
            assert len(live) >= 27
            events = await rest.snapshot(market)
            known = {one.key for one in live}
            for event in events:
                if event.instrument.key in known:
                    assert_true(sim, event)
            seen = {one.instrument.symbol: one for one in events if isinstance(one, Ticker)}
            assert all(seen[one.symbol].bid and seen[one.symbol].ask_coins for one in live)
            if market is Market.PERP:
                assert len(live) < len(listed)
                assert sum(isinstance(one, OpenInterest) for one in events) >= len(live)
                rates = {one.instrument.symbol: one for one in await rest.funding_rates()}
                for one in live:
                    assert_true(sim, rates[one.symbol])
                    assert rates[one.symbol].interval_h == one.funding_interval_h
            assert violations(sim, "bitget") == 0

    run()


@pytest.mark.parametrize("market", Market)
def test_an_instrument_has_a_past(market: Market) -> None:
    """Candles of both ages, newest first; settlements."""

    @in_virtual_time
    async def run() -> None:
        async with asking(BitgetRest, "bitget") as (sim, rest, clock):
            (btc,) = (one for one in await rest.instruments(market) if one.symbol == "BTCUSDT")
            end_ms = clock.now_ms() // HALF_HOUR_MS * HALF_HOUR_MS
            start_ms = end_ms - 672 * HALF_HOUR_MS
            bars = await rest.candles(btc, "30m", start_ms=start_ms, end_ms=end_ms)
            assert len(bars) >= 600
            old = await rest.candles(btc, "30m", end_ms=bars[-1].open_ms, history=True)
            for page in (bars, old):
                assert all(a.open_ms - b.open_ms == HALF_HOUR_MS for a, b in pairwise(page))
                assert {bar.bar for bar in page} == {"30m"}
            truth = sim.exchanges["bitget"].truth
            for bar in bars[:5] + old[:5]:
                assert bar.open == truth(market.value, "BTCUSDT", bar.open_ms)["last"]
            if market is Market.PERP:
                settled = await rest.funding_history(btc)
                assert len(settled) > 10
                assert all(one.settled_rate is not None for one in settled)
            assert violations(sim, "bitget") == 0

    run()


@in_virtual_time
async def test_liquidations_come_page_by_page() -> None:
    """The last three days; `amount` is USDT, the side is the position's."""
    async with asking(BitgetRest, "bitget") as (sim, rest, clock):
        await rest.instruments(Market.PERP)
        first, cursor = await rest.liquidations()
        assert len(first) > 10
        assert cursor
        second, _ = await rest.liquidations(cursor)
        assert not set(first) & set(second)
        told = sim.exchanges["bitget"].liquidations(
            "perp", None, first[-1].exchange_ms, clock.now_ms()
        )
        known = {(one["symbol"], one["ts"], one["side"]): one for one in told}
        for one in first:
            made = known[one.instrument.symbol, one.exchange_ms, one.side.value]
            assert one.usd == pytest.approx(made["usd"], rel=1e-3)
            assert one.coins == pytest.approx(made["coins"], rel=1e-3)
        assert violations(sim, "bitget") == 0


@in_virtual_time
async def test_a_burst_of_requests_keeps_below_the_limit() -> None:
    """20 a second a path are allowed; we take 16."""
    async with asking(BitgetRest, "bitget") as (sim, rest, clock):
        begin_s = clock.monotonic_s()
        async with asyncio.TaskGroup() as tasks:
            for _ in range(48):
                tasks.create_task(rest.server_time_ms())
        assert 2.8 < clock.monotonic_s() - begin_s < 4
        assert violations(sim, "bitget") == 0


@pytest.mark.parametrize("kind", ["html", "garbage", "truncate", "http_500", "http_429"])
def test_a_spoilt_answer_is_a_feed_error(kind: str) -> None:
    """And nothing else."""

    @in_virtual_time
    async def run() -> None:
        async with asking(BitgetRest, "bitget") as (sim, rest, _clock):
            sim.fault(exchange="bitget", kind=kind, seconds=5)
            with pytest.raises(FeedError):
                await rest.snapshot(Market.PERP)

    run()


@pytest.mark.parametrize(
    ("code", "kind"),
    [("429", RateLimited), ("40010", Unreachable), ("45001", Unreachable),
     ("40034", RefusedByRest), ("30032", RefusedByRest)],
)  # fmt: skip
def test_errors_come_with_a_meaning(code: str, kind: type[FeedError]) -> None:
    """Whatever the HTTP status was."""
    error = explain(b'{"code":"%s","msg":"why","requestTime":1,"data":null}' % code.encode())
    assert isinstance(error, kind)
    assert code in error.line()
    assert explain(b'{"code":"00000","msg":"success","data":[]}') is None


@pytest.mark.parametrize("market", Market)
def test_streams_tell_the_truth(market: Market) -> None:
    """A watch list on sockets of fewer than 50 channels; a bad symbol is named and left out."""

    @in_virtual_time
    async def run() -> None:
        async with asking(BitgetRest, "bitget") as (sim, rest, clock):
            live = live_of(await rest.instruments(market))[:26]
            wanted = [
                Subscription(name, one.symbol) for name in ("ticker", "books1") for one in live
            ]
            wanted.insert(3, Subscription("ticker", "NOSUCHUSDT"))
            if market is Market.PERP:
                wanted.append(Subscription("liquidation"))
            links = [(BitgetAdapter(rest.books, market), group) for group in sockets(wanted)]
            async with streaming(f"{sim.url}/bitget{PATH}", clock, links) as on:
                await clock.sleep(15)
                for one in live:
                    row = on.row(one)
                    assert row.last
                    assert row.bid
                    assert row.ask_coins
                    if market is Market.PERP:
                        assert row.mark_price
                        assert row.next_settlement_ms
                assert len(on.events) > EVENTS
                for event in on.events[-EVENTS:]:
                    assert_true(sim, event)
                refused = [one for one in on.told if isinstance(one, Rejected)]
                assert [one.subscription for one in refused] == [wanted[3]]
                assert all(link.ended is None for link in on.links)
                if market is Market.PERP:
                    assert any(isinstance(event, Liquidation) for event in on.events)
            assert violations(sim, "bitget") == 0

    run()
