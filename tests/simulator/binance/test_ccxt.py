"""A third-party client reads the simulated Binance as it reads the real one."""

from collections.abc import AsyncIterator
from typing import Any

import ccxt.pro
import pytest

from tests.simulator.binance.harness import BTC, PEPE
from tests.simulator.conftest import DatedClock
from tui_monitor.config import COINS
from tui_monitor.simulator import Simulator

SWAP, MULTIPLE = "BTC/USDT:USDT", "1000PEPE/USDT:USDT"


class Client(ccxt.pro.binance):  # type: ignore[misc]
    """ccxt's own, which tells spot's sockets from others by their host's name."""

    def is_spot_url(self, client: Any) -> bool:
        """By the path instead."""
        return "/binance-spot/" in client.url


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A simulator that pushes five times as often, so that nobody waits."""
    async with Simulator(seed=1, clock=DatedClock(), rate=5.0).running() as simulator:
        yield simulator


@pytest.fixture
async def client(sim: Simulator) -> AsyncIterator[Any]:
    """ccxt's Binance with other addresses; it needn't pace itself for so few requests."""
    exchange = Client({"aiohttp_trust_env": False, "enableRateLimit": False, "timeout": 60_000})
    exchange.options["fetchMarkets"] = {"types": ["spot", "linear"]}
    futures, spot = f"{sim.url}/binance-futures", f"{sim.url}/binance-spot"
    api = exchange.urls["api"]
    api |= {"fapiPublic": f"{futures}/fapi/v1", "fapiPublicV2": f"{futures}/fapi/v2"}
    api |= {"fapiData": f"{futures}/futures/data", "public": f"{spot}/api/v3"}
    api["ws"]["linear"] = f"{futures.replace('http', 'ws', 1)}/ws"
    api["ws"]["spot"] = f"{spot.replace('http', 'ws', 1)}/ws"
    try:
        yield exchange
    finally:
        await exchange.close()


async def test_markets(client: Any) -> None:
    """Kinds, ticks and states are understood; nothing makes it stumble."""
    markets = await client.load_markets()
    for coin in COINS:
        if coin != "CRO":
            market = markets[f"{coin}/USDT:USDT"]
            assert (market["active"], market["linear"], market["swap"]) == (True, True, True)
    assert markets[SWAP]["precision"]["price"] == 0.1
    assert markets[MULTIPLE]["id"] == PEPE
    assert markets["币安人生/USDT:USDT"]["id"] == "币安人生USDT"
    assert markets["DOGS/USDT:USDT"]["active"] is False
    assert markets["BTC/USDT"]["spot"]
    assert {market["type"] for market in markets.values()} == {"spot", "swap", "future"}


async def test_rest_figures_are_the_truth(client: Any, sim: Simulator) -> None:
    """Tickers, candles, funding, open interest and its history say what the market was."""
    binance = sim.exchanges["binance"]
    for symbol, name, times in ((SWAP, BTC, 1), (MULTIPLE, PEPE, 1000)):
        ticker = await client.fetch_ticker(symbol)
        told = binance.truth("perp", name, ticker["timestamp"])
        assert ticker["last"] == pytest.approx(told["last"] * times)
        for row in await client.fetch_ohlcv(symbol, "30m", limit=50):
            opened = binance.truth("perp", name, row[0])["last"]
            assert row[1] == pytest.approx(opened * times)
        funding = await client.fetch_funding_rate(symbol)
        told = binance.truth("perp", name, funding["timestamp"])
        assert funding["fundingRate"] == told["funding_rate"]
        assert funding["fundingTimestamp"] == told["next_settlement_ms"]
        assert funding["markPrice"] == pytest.approx(told["mark_price"] * times)
        interest = await client.fetch_open_interest(symbol)
        told = binance.truth("perp", name, interest["timestamp"])
        coins = interest["openInterestAmount"] * times
        assert coins == pytest.approx(told["open_interest_coins"])
        history = await client.fetch_open_interest_history(symbol, "5m", limit=3)
        told = binance.truth("perp", name, history[-1]["timestamp"])
        assert history[-1]["openInterestValue"] == pytest.approx(told["open_interest_usd"])


async def test_bulk_figures_are_the_truth(client: Any, sim: Simulator) -> None:
    """All tickers of both markets, all rates, the intervals."""
    binance = sim.exchanges["binance"]
    tickers = await client.fetch_tickers(params={"type": "swap", "subType": "linear"})
    assert len(tickers) > 190
    spot = await client.fetch_tickers(params={"type": "spot"})
    assert len(spot) > 190
    told = binance.truth("spot", BTC, spot["BTC/USDT"]["timestamp"])
    assert (spot["BTC/USDT"]["bid"], spot["BTC/USDT"]["last"]) == (told["bid"], told["last"])
    rates = await client.fetch_funding_rates()
    told = binance.truth("perp", "ETHUSDT", rates["ETH/USDT:USDT"]["timestamp"])
    assert rates["ETH/USDT:USDT"]["fundingRate"] == told["funding_rate"]
    intervals = await client.fetch_funding_intervals()
    assert intervals["币安人生/USDT:USDT"]["interval"] == "1h"
    assert intervals[SWAP]["interval"] == "8h"


async def test_streams_are_the_truth(client: Any, sim: Simulator) -> None:
    """Ticker, mark, book and candles arrive through its own socket code."""
    binance = sim.exchanges["binance"]
    ticker = await client.watch_ticker(SWAP)
    told = binance.truth("perp", BTC, ticker["timestamp"])
    assert ticker["last"] == told["last"]
    ticker = await client.watch_ticker("BTC/USDT", {"name": "ticker"})
    told = binance.truth("spot", BTC, ticker["timestamp"])
    assert (ticker["last"], ticker["bid"]) == (told["last"], told["bid"])
    mark = await client.watch_mark_price(MULTIPLE)
    told = binance.truth("perp", PEPE, mark["timestamp"])
    assert mark["markPrice"] == pytest.approx(told["mark_price"] * 1000)
    books = await client.watch_bids_asks([SWAP])
    told = binance.truth("perp", BTC, books[SWAP]["timestamp"])
    assert (books[SWAP]["bid"], books[SWAP]["ask"]) == (told["bid"], told["ask"])
    candles = await client.watch_ohlcv(SWAP, "1m")
    assert candles[-1][1] == binance.truth("perp", BTC, candles[-1][0])["last"]
    for root in ("binance-futures", "binance-spot"):
        assert sim.stats()[root]["violations"] == []


async def test_errors_are_told_apart(client: Any, sim: Simulator) -> None:
    """An unknown symbol, a limit, a ban, a place where it doesn't serve."""
    await client.load_markets()
    with pytest.raises(ccxt.pro.BadSymbol):
        await client.fapiPublicGetOpenInterest({"symbol": "NOPE"})
    with pytest.raises(ccxt.pro.BadRequest):
        await client.publicGetKlines({"symbol": BTC, "interval": "7m"})
    for kind, error in (
        ("http_429", ccxt.pro.DDoSProtection),
        ("http_418", ccxt.pro.DDoSProtection),
        ("http_500", ccxt.pro.OperationFailed),
    ):
        sim.fault(exchange="binance", kind=kind, market="perp", seconds=3_600)
        with pytest.raises(error):
            await client.fetch_ticker(SWAP)
        sim.faults.clear()
    assert (await client.fetch_ticker(SWAP))["last"]
