"""What is used of the exchanges' limits, and what we leave of them."""

import asyncio
from contextlib import aclosing

import pytest

from tests.feeds.servers import answers, http, tcp_server
from tests.feeds.simulated import Settings, assert_true
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.clock import MINUTE_MS
from tui_monitor.errors import RateLimited
from tui_monitor.feeds.binance.rest import BinanceRest
from tui_monitor.feeds.binance.weights import (
    MINUTE_WEIGHT,
    Endpoint,
    Pool,
    Purse,
    candles_cost,
    cost_of,
    pool_of,
)
from tui_monitor.feeds.bitget.rest import BitgetRest
from tui_monitor.feeds.bybit.rest import BybitRest
from tui_monitor.feeds.okx.rest import OkxRest
from tui_monitor.model import LimitUse, Market
from tui_monitor.simulator import Simulator

ROOTS = {Market.PERP: "binance-futures", Market.SPOT: "binance-spot"}
COMMON = {
    Endpoint.TIME, Endpoint.LISTING, Endpoint.TICKERS, Endpoint.PRICES, Endpoint.BOOKS,
    Endpoint.CANDLES,
}  # fmt: skip
WEIGHED = {Market.SPOT: COMMON, Market.PERP: COMMON | {Endpoint.MARKS, Endpoint.INTEREST}}


def by_name(uses: list[LimitUse]) -> dict[str, LimitUse]:
    """Each once; none beyond 80 % of what is documented but Binance's own count."""
    found = {use.name: use for use in uses}
    assert len(found) == len(uses)
    for use in uses:
        assert 0 <= use.used <= use.allowed < use.documented
        assert use.name.isprintable()
        assert len(use.name) < 35
    return found


def reported(rest: BinanceRest) -> int | None:
    """Binance's count, asked for anew."""
    return rest.reported_weight


@in_virtual_time
async def test_okx_counts_each_path_for_itself() -> None:
    """Only what was asked is told; after the window nothing of it is used any more."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(OkxRest(Settings(f"{sim.url}/okx"), clock)) as rest,
    ):
        assert rest.limits() == []
        for _ in range(5):
            await rest.tickers(Market.PERP)
        await rest.mark_prices()
        uses = by_name(rest.limits())
        assert set(uses) == {"tickers", "mark-price"}
        assert uses["tickers"] == LimitUse(
            name="tickers", used=5, allowed=16, documented=20, window_s=2.0
        )
        assert uses["mark-price"].used == 1
        await clock.sleep(3)
        assert {use.used for use in rest.limits()} == {0}


@in_virtual_time
async def test_bybit_counts_all_requests_together() -> None:
    """600 in 5 s."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(BybitRest(Settings(f"{sim.url}/bybit"), clock)) as rest,
    ):
        assert rest.limits() == []
        for _ in range(3):
            await rest.server_time_ms()
        assert rest.limits() == [
            LimitUse(name="requests", used=3, allowed=480, documented=600, window_s=5.0)
        ]


@in_virtual_time
async def test_bitget_counts_all_requests_and_each_path() -> None:
    """The path that is nearest to its limit is told."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(BitgetRest(Settings(f"{sim.url}/bitget"), clock)) as rest,
    ):
        assert rest.limits() == []
        await rest.tickers(Market.SPOT)
        for _ in range(4):
            await rest.tickers(Market.PERP)
        uses = by_name(rest.limits())
        assert set(uses) == {"requests", "perp tickers"}
        assert uses["requests"].used == 5
        assert uses["perp tickers"] == LimitUse(
            name="perp tickers", used=4, allowed=16, documented=20, window_s=1.0
        )


@pytest.mark.parametrize("market", Market)
@in_virtual_time
async def test_our_count_of_binance_s_weight_is_binance_s(market: Market) -> None:
    """What we granted is what its header says, request by request."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(BinanceRest(Settings(f"{sim.url}/{ROOTS[market]}"), clock, market)) as rest,
    ):
        assert rest.limits() == []
        assert reported(rest) is None
        for ask in (rest.instruments, rest.prices, rest.books, rest.tickers):
            await ask()
            uses = by_name(rest.limits())
            theirs = uses.pop(f"{market} weight by Binance's count")
            ours = sum(use.used for use in uses.values())
            assert ours == theirs.used == reported(rest)
            assert theirs.documented == MINUTE_WEIGHT[market]
        await clock.sleep((MINUTE_MS - clock.now_ms() % MINUTE_MS) / 1000)
        assert reported(rest) is None


@pytest.mark.parametrize("market", Market)
def test_what_binance_is_asked_for_in_a_minute_is_at_most_80_percent(market: Market) -> None:
    """All pools together, each with its dearest request on top."""

    @in_virtual_time
    async def run() -> None:
        clock = VirtualClock()
        purse = Purse(market, clock, waits=True)
        dearest: dict[Pool, int] = {}
        for endpoint in WEIGHED[market]:
            cost = max(cost_of(market, endpoint), candles_cost(market, 1))
            dearest[pool_of(endpoint)] = max(dearest.get(pool_of(endpoint), 0), cost)
            await purse.pacer(endpoint).acquire()
        allowed = [use.allowed for use in purse.uses()]
        assert len(allowed) == len(dearest)
        assert sum(allowed) + sum(dearest.values()) <= 0.8 * MINUTE_WEIGHT[market]

    run()


@pytest.mark.parametrize("market", Market)
@in_virtual_time
async def test_the_last_prices_of_all_symbols_cost_next_to_nothing(market: Market) -> None:
    """They are the market's; futures say when, spot does not."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(BinanceRest(Settings(f"{sim.url}/{ROOTS[market]}"), clock, market)) as rest,
    ):
        listed = await rest.instruments()
        before = rest.reported_weight
        prices = await rest.prices()
        assert before is not None
        assert rest.reported_weight == before + (2 if market is Market.PERP else 4)
        known = {one.key for one in listed}
        named = [one for one in prices if one.instrument.key in known]
        assert len(named) > 25
        assert all(one.last and one.bid is None and one.volume_24h_coins is None for one in named)
        assert all((one.exchange_ms is None) is (market is Market.SPOT) for one in named)
        for one in named:
            if market is Market.PERP:
                assert_true(sim, one)


class Crowded:
    """Binance, asked by others from our address: `weight` is what its header says."""

    def __init__(self, clock: VirtualClock) -> None:
        self.weight = "1"
        self.asked_ms: list[int] = []
        self._clock = clock

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one question."""
        self.asked_ms.append(self._clock.now_ms())
        body, header = b'{"serverTime":1795132800000}', f"X-MBX-USED-WEIGHT-1M: {self.weight}"
        await answers(http("200 OK", body, header))(reader, writer)


@pytest.mark.parametrize("market", Market)
@in_virtual_time
async def test_when_others_use_up_the_minute_we_wait_for_the_next(market: Market) -> None:
    """Above 90 % of Binance's limit by its own count; our own share is far below."""
    clock = VirtualClock()
    await clock.sleep(20)
    crowd = Crowded(clock)
    limit = MINUTE_WEIGHT[market]
    async with (
        tcp_server(crowd.talk) as address,
        aclosing(BinanceRest(Settings(f"http://{address}"), clock, market)) as rest,
    ):
        crowd.weight = str(round(0.9 * limit))
        await rest.server_time_ms()
        assert rest.paused_s == 0
        crowd.weight = str(round(0.9 * limit) + 1)
        await rest.server_time_ms()
        assert reported(rest) == round(0.9 * limit) + 1
        assert rest.paused_s == pytest.approx(41, abs=0.5)
        with pytest.raises(RateLimited, match="of the minute's weight is used from this address"):
            await rest.server_time_ms()
        crowd.weight = "1"
        await clock.until(lambda: rest.paused_s == 0, 60)
        assert reported(rest) is None
        await rest.server_time_ms()
    first, second, third = (ms // MINUTE_MS for ms in crowd.asked_ms)
    assert first == second == third - 1
    assert crowd.asked_ms[2] % MINUTE_MS >= 1000


@pytest.mark.parametrize("text", ["", "-5", "1e9", "9" * 30, "\u0663", "many", "2500, 3"])
@in_virtual_time
async def test_a_count_that_is_none_is_not_heeded(text: str) -> None:
    """A header is text from outside."""
    clock = VirtualClock()
    purse = Purse(Market.PERP, clock, waits=True)
    assert not purse.read({"X-MBX-USED-WEIGHT-1M": text})
    assert not purse.read({})
    assert purse.reported_weight is None
    assert purse.uses() == []


@in_virtual_time
async def test_a_client_that_need_not_wait_counts_all_the_same() -> None:
    """Of a loopback server that keeps no limits."""
    clock = VirtualClock()
    crowd = Crowded(clock)
    async with tcp_server(crowd.talk) as address:
        settings = Settings(f"http://{address}", paced=False)
        async with aclosing(BinanceRest(settings, clock)) as rest:
            begin_s = clock.monotonic_s()
            for _ in range(50):
                await rest.server_time_ms()
            assert clock.monotonic_s() - begin_s < 1
            assert rest.limits()[0].used == 50
