"""Binance's REST against the simulated one, weights counted by the server."""

import asyncio
import json
from contextlib import aclosing
from itertools import pairwise

import pytest

from tests.feeds.binance import rows
from tests.feeds.servers import answers, http, tcp_server
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import SystemClock
from tui_monitor.errors import FeedError, Malformed, RateLimited, Rejected, Unreachable
from tui_monitor.feeds.binance.rest import BinanceRest, explain
from tui_monitor.feeds.binance.streams import Endpoints
from tui_monitor.feeds.binance.weights import candles_cost
from tui_monitor.model import Candle, Instrument, Market, Status
from tui_monitor.simulator import Simulator

HALF_HOUR_MS = 1_800_000
ROOTS = {Market.PERP: "binance-futures", Market.SPOT: "binance-spot"}
WEIGHT_A_MINUTE = 2400


def rest_of(sim: Simulator, clock: VirtualClock, market: Market = Market.PERP) -> BinanceRest:
    """A client of one market of a simulator."""
    return BinanceRest(at(f"{sim.url}/{ROOTS[market]}"), clock, market)


def at(url: str, *, paced: bool = True) -> Endpoints:
    """The address of a loopback server."""
    return Endpoints(rest_url=url, stream_url="ws://127.0.0.1:9", paced=paced)


def violations(sim: Simulator) -> int:
    """Broken limits of both markets."""
    stats = sim.stats()
    return sum(int(stats[root]["violations_total"]) for root in ROOTS.values())


@in_virtual_time
async def test_everything_that_futures_are_asked_for_comes_in_our_words() -> None:
    """Each method once; the server counts no broken limit."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(rest_of(sim, clock)) as rest,
    ):
        assert abs(await rest.server_time_ms() - clock.now_ms()) < 1000
        listed = await rest.instruments()
        live = [one for one in listed if one.status is Status.LIVE]
        assert len(live) >= 27
        assert len({one.coin for one in live}) == len(live)
        hours = await rest.funding_intervals()
        assert hours
        assert {one.market for one in listed} == {Market.PERP}
        known = {one.symbol: rest.book.known(one.symbol) for one in live}
        assert all(
            one and one.funding_interval_h == hours.get(one.symbol) for one in known.values()
        )
        tickers = {one.instrument.symbol: one for one in await rest.tickers()}
        books = {one.instrument.symbol: one for one in await rest.books()}
        marks, fundings = await rest.marks()
        marked = {one.instrument.symbol for one in marks if one.mark_price and one.index_price}
        rated = {one.instrument.symbol for one in fundings if one.next_settlement_ms}
        for one in live:
            assert tickers[one.symbol].last
            assert tickers[one.symbol].volume_24h_coins
            assert books[one.symbol].bid_coins
            assert one.symbol in marked & rated
        assert violations(sim) == 0


@in_virtual_time
async def test_everything_that_spot_is_asked_for_comes_in_our_words() -> None:
    """24 h figures come with the book; stocks are known from the futures."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(rest_of(sim, clock)) as futures,
        aclosing(rest_of(sim, clock, Market.SPOT)) as rest,
    ):
        assert abs(await rest.server_time_ms() - clock.now_ms()) < 1000
        await futures.instruments()
        listed = await rest.instruments(futures.stocks)
        live = [one for one in listed if one.status is Status.LIVE]
        assert len(live) >= 20
        tickers = {one.instrument.symbol: one for one in await rest.tickers()}
        books = {one.instrument.symbol: one for one in await rest.books()}
        for one in live:
            assert tickers[one.symbol].last
            assert tickers[one.symbol].ask_coins
            assert books[one.symbol].bid
            assert books[one.symbol].exchange_ms is None
        assert violations(sim) == 0


@in_virtual_time
async def test_one_perpetual_is_asked_for_its_interest_and_settlements() -> None:
    """In coins, of one side; the history has USD too, and the two agree."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(rest_of(sim, clock)) as rest,
    ):
        btc = named(await rest.instruments(), "BTCUSDT")
        now = await rest.open_interest(btc)
        assert now.open_interest_coins
        assert now.open_interest_usd is None
        history = await rest.open_interest_history(btc, limit=3)
        assert [one.exchange_ms for one in history] == sorted(
            one.exchange_ms or 0 for one in history
        )
        assert all(one.open_interest_coins and one.open_interest_usd for one in history)
        settled = await rest.settled_funding(btc, start_ms=clock.now_ms() - 2 * 86_400_000)
        times = [one.settled_ms or 0 for one in settled]
        assert times
        assert times == sorted(times)
        assert all(at_ms % 3_600_000 == 0 for at_ms in times)
        assert violations(sim) == 0


def named(listed: list[Instrument], symbol: str) -> Instrument:
    """The one of that symbol."""
    return next(one for one in listed if one.symbol == symbol)


@pytest.mark.parametrize("market", Market)
def test_pages_are_newest_first_and_meet_without_gap(market: Market) -> None:
    """`after_ms` is exclusive; only what has a successor is closed."""

    @in_virtual_time
    async def run() -> None:
        clock = VirtualClock()
        async with (
            Simulator(seed=1, clock=clock).running() as sim,
            aclosing(rest_of(sim, clock, market)) as rest,
        ):
            btc = named(await rest.instruments(), "BTCUSDT")
            await clock.sleep(60)
            newest = await rest.candles(btc, "30m", limit=5)
            assert [candle.closed for candle in newest] == [None, True, True, True, True]
            older = await rest.candles(btc, "30m", after_ms=newest[-1].open_ms)
            assert_no_gap(newest + older)
            assert {candle.bar for candle in older} == {"30m"}
            with pytest.raises(Rejected) as caught:
                await rest.candles(btc, "7m")
            assert caught.value.code == "-1120"
            assert violations(sim) == 0

    run()


def assert_no_gap(candles: list[Candle]) -> None:
    """Each half hour once, newest first."""
    opens = [candle.open_ms for candle in candles]
    assert len(opens) > 100
    assert all(before - after == HALF_HOUR_MS for before, after in pairwise(opens))


@in_virtual_time
async def test_a_sweep_of_open_interest_and_a_backfill_break_no_limit() -> None:
    """All at once: the pacers spread it, and dear requests are followed by longer pauses."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(rest_of(sim, clock)) as rest,
    ):
        live = [one for one in await rest.instruments() if one.status is Status.LIVE][:40]
        begin_s = clock.monotonic_s()
        async with asyncio.TaskGroup() as tasks:
            for one in live:
                tasks.create_task(rest.open_interest(one))
                tasks.create_task(rest.candles(one, "30m"))
            for _ in range(10):
                tasks.create_task(rest.tickers())
        passed_s = clock.monotonic_s() - begin_s
        spent = 40 * (1 + 2) + 10 * 40
        assert 60 * spent / (0.8 * WEIGHT_A_MINUTE) < passed_s < 50
        assert violations(sim) == 0


@in_virtual_time
async def test_a_refusal_stops_every_request_of_the_market() -> None:
    """Until the time that Retry-After names."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(rest_of(sim, clock)) as rest,
    ):
        sim.fault(exchange="binance", kind="http_429", seconds=5, retry_after_s=30)
        with pytest.raises(RateLimited):
            await rest.server_time_ms()
        await clock.sleep(10)
        with pytest.raises(RateLimited):
            await rest.tickers()
        assert 19 < rest.paused_s <= 20
        await clock.sleep(21)
        assert await rest.tickers()


@pytest.mark.parametrize("kind", ["html", "garbage", "truncate", "huge_frame", "nan"])
def test_a_spoilt_body_is_malformed(kind: str) -> None:
    """Not one ticker comes out of it."""

    @in_virtual_time
    async def run() -> None:
        clock = VirtualClock()
        async with (
            Simulator(seed=1, clock=clock).running() as sim,
            aclosing(rest_of(sim, clock)) as rest,
        ):
            sim.fault(exchange="binance", kind=kind, seconds=600)
            with pytest.raises(Malformed):
                await rest.tickers()

    run()


@in_virtual_time
async def test_a_damaged_list_keeps_what_was_known_and_odd_rows_are_left_out() -> None:
    """An interval that was learnt stays over the next list."""
    body = rows.listing(rows.PERP, {"symbol": 5}, rows.PERP | {"symbol": "BTCUSDT_261225"})
    async with (
        tcp_server(answers(http("200 OK", body))) as address,
        aclosing(BinanceRest(at(f"http://{address}", paced=False), VirtualClock())) as rest,
    ):
        (one,) = await rest.instruments()
        assert one.funding_interval_h is None
        rest.book.learn([Instrument(
            exchange=one.exchange, market=one.market, symbol=one.symbol, coin=one.coin,
            funding_interval_h=4.0,
        )])  # fmt: skip
        (one,) = await rest.instruments()
        assert one.funding_interval_h == 4.0
        with pytest.raises(Malformed):
            await rest.tickers()


@pytest.mark.parametrize(
    ("code", "text", "kind", "wait_s"),
    [
        (-1003, f"Way too much; IP banned until {START_MS + 150_000}.", RateLimited, 150.0),
        (-1003, "Way too much; IP banned until 9999999999999.", RateLimited, 259_200.0),
        (-1003, "Too many requests; current limit of IP(x) is 2400", RateLimited, 61.0),
        (-1000, "An unknown error occurred", Unreachable, None),
        (-1121, "Invalid symbol.", Rejected, None),
        (-4108, "symbol is settling", Rejected, None),
        (0, "Service unavailable from a restricted location", Rejected, None),
    ],
)
def test_what_an_error_body_means(
    code: int, text: str, kind: type[FeedError], wait_s: float | None
) -> None:
    """The end of a ban stands in the text; else the next clock minute is a new window."""

    @in_virtual_time
    async def run() -> None:
        found = explain(json.dumps({"code": code, "msg": text}).encode(), VirtualClock())
        assert type(found) is kind
        if isinstance(found, RateLimited):
            assert found.retry_after_s == pytest.approx(wait_s, abs=1)

    run()


def test_what_is_no_error_body() -> None:
    """Lists, rows, other exchanges' errors."""
    for body in (b"[]", b"{}", b"x", b'{"symbol":"A"}', b'{"code":"50011","msg":"x"}'):
        assert explain(body, SystemClock()) is None


@in_virtual_time
async def test_a_blocked_place_is_told_so() -> None:
    """451 with its JSON: not retried, and the person is told why."""
    body = b'{"code":0,"msg":"Service unavailable from a restricted location"}'
    async with (
        tcp_server(answers(http("451 Unavailable For Legal Reasons", body))) as address,
        aclosing(BinanceRest(at(f"http://{address}"), VirtualClock())) as rest,
    ):
        with pytest.raises(Rejected) as caught:
            await rest.tickers()
        assert caught.value.code == "451"
        assert caught.value.hint


def test_candles_cost_by_their_number() -> None:
    """The dearer of two readings of the bands; spot has one price."""
    bands = {99: 1, 100: 2, 499: 2, 500: 5, 1000: 5, 1001: 10}
    assert {limit: candles_cost(Market.PERP, limit) for limit in bands} == bands
    assert {candles_cost(Market.SPOT, limit) for limit in bands} == {2}
