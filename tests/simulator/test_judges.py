"""Bybit's own client and python-binance at the simulator: what they read is what it meant.

pybit writes `https://` and `wss://` into its addresses. Its REST takes another address after it
was made (`endpoint` is public). Its sockets run in threads that nothing ends when they don't get
through: they are left out, ccxt judges Bybit's streams. python-binance keeps its addresses in
public attributes of the client and its sockets.
"""

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pybit.exceptions import InvalidRequestError  # type: ignore[import-untyped]
from pybit.unified_trading import HTTP  # type: ignore[import-untyped]

from tests.simulator.clients import WITHIN_S
from tui_monitor.simulator import Simulator

with warnings.catch_warnings():
    # It names a class that websockets calls old, for a hint on a type.
    for old in ("WebSocketClientProtocol", "legacy"):
        warnings.filterwarnings("ignore", rf"websockets\.{old} is deprecated", DeprecationWarning)
    from binance import AsyncClient, BinanceSocketManager  # type: ignore[import-untyped]
    from binance.exceptions import BinanceAPIException  # type: ignore[import-untyped]

HALF_HOUR_MS = 1_800_000


def truth(sim: Simulator, exchange: str, market: str, symbol: str, ts_ms: int) -> dict[str, Any]:
    """What the market was."""
    return sim.exchanges[exchange].truth(market, symbol, ts_ms)


def pybit_http(sim: Simulator) -> HTTP:
    """pybit's REST, pointed at the simulator."""
    session = HTTP(max_retries=1, timeout=WITHIN_S)
    session.endpoint = f"{sim.url}/bybit"
    session.client.trust_env = False
    return session


async def test_pybit_reads_tickers_and_history_as_they_are_meant(sim: Simulator) -> None:
    """Prices, open interest, funding and bars; the refusal of a symbol is its exception."""
    session = pybit_http(sim)
    for symbol, multiplier in (("BTCUSDT", 1), ("1000PEPEUSDT", 1_000)):
        said = await asyncio.to_thread(session.get_tickers, category="linear", symbol=symbol)
        row, told = said["result"]["list"][0], truth(sim, "bybit", "perp", symbol, said["time"])
        for name, key in (
            ("last", "lastPrice"),
            ("bid", "bid1Price"),
            ("ask", "ask1Price"),
            ("mark_price", "markPrice"),
            ("index_price", "indexPrice"),
        ):
            assert float(row[key]) / multiplier == pytest.approx(told[name], rel=1e-12)
        assert float(row["singleOpenInterest"]) * multiplier == told["open_interest_coins"]
        assert float(row["fundingRate"]) == told["funding_rate"]
        assert int(row["nextFundingTime"]) == told["next_settlement_ms"]
        said = await asyncio.to_thread(
            session.get_kline, category="linear", symbol=symbol, interval="30", limit=5
        )
        for open_ms, opened, *_ in said["result"]["list"][:-1]:
            told = truth(sim, "bybit", "perp", symbol, int(open_ms))
            assert int(open_ms) % HALF_HOUR_MS == 0
            assert float(opened) / multiplier == pytest.approx(told["last"], rel=1e-12)
    said = await asyncio.to_thread(
        session.get_funding_rate_history, category="linear", symbol="BTCUSDT", limit=3
    )
    for row in said["result"]["list"]:
        told = truth(sim, "bybit", "perp", "BTCUSDT", int(row["fundingRateTimestamp"]))
        assert float(row["fundingRate"]) == told["settled_rate"]
    with pytest.raises(InvalidRequestError) as refused:
        await asyncio.to_thread(session.get_tickers, category="linear", symbol="NOPEUSDT")
    assert refused.value.status_code == 10001
    assert sim.stats()["bybit"]["violations"] == []


@asynccontextmanager
async def python_binance(sim: Simulator) -> AsyncIterator[AsyncClient]:
    """python-binance's client, pointed at the simulator."""
    client = AsyncClient(requests_params={"timeout": WITHIN_S}, session_params={"trust_env": False})
    client.API_URL = f"{sim.url}/binance-spot/api"
    client.FUTURES_URL = f"{sim.url}/binance-futures/fapi"
    client.FUTURES_DATA_URL = f"{sim.url}/binance-futures/futures/data"
    try:
        yield client
    finally:
        await client.close_connection()


async def test_python_binance_reads_both_markets_as_they_are_meant(sim: Simulator) -> None:
    """Prices, marks, open interest, funding and bars; an unknown symbol is its exception."""
    async with python_binance(sim) as client:
        for symbol, multiplier in (("BTCUSDT", 1), ("1000PEPEUSDT", 1_000)):
            row = await client.futures_symbol_ticker(symbol=symbol)
            told = truth(sim, "binance", "perp", symbol, row["time"])
            assert float(row["price"]) / multiplier == pytest.approx(told["last"], rel=1e-12)
            row = await client.futures_orderbook_ticker(symbol=symbol)
            told = truth(sim, "binance", "perp", symbol, row["time"])
            assert float(row["bidPrice"]) / multiplier == pytest.approx(told["bid"], rel=1e-12)
            assert float(row["askQty"]) * multiplier == pytest.approx(told["ask_coins"], rel=1e-12)
            row = await client.futures_mark_price(symbol=symbol)
            told = truth(sim, "binance", "perp", symbol, row["time"])
            assert float(row["markPrice"]) / multiplier == pytest.approx(told["mark_price"])
            assert float(row["lastFundingRate"]) == told["funding_rate"]
            assert row["nextFundingTime"] == told["next_settlement_ms"]
            row = await client.futures_open_interest(symbol=symbol)
            told = truth(sim, "binance", "perp", symbol, row["time"])
            assert float(row["openInterest"]) * multiplier == told["open_interest_coins"]
            for bar in await client.futures_klines(symbol=symbol, interval="30m", limit=4):
                told = truth(sim, "binance", "perp", symbol, bar[0])
                assert float(bar[1]) / multiplier == pytest.approx(told["last"], rel=1e-12)
        for bar in await client.get_klines(symbol="ETHUSDT", interval="15m", limit=4):
            assert float(bar[1]) == truth(sim, "binance", "spot", "ETHUSDT", bar[0])["last"]
        day = await client.get_ticker(symbol="ETHUSDT")
        told = truth(sim, "binance", "spot", "ETHUSDT", day["closeTime"])
        assert (float(day["bidPrice"]), float(day["lastPrice"])) == (told["bid"], told["last"])
        with pytest.raises(BinanceAPIException) as refused:
            await client.futures_mark_price(symbol="NOPEUSDT")
        assert (refused.value.status_code, refused.value.code) == (400, -1121)
    for root in ("binance-futures", "binance-spot"):
        assert sim.stats()[root]["violations"] == []


async def test_python_binance_hears_streams_on_their_paths(sim: Simulator) -> None:
    """Marks on /market, books on /public and on spot, each the truth of its time."""
    async with python_binance(sim) as client:
        sockets = BinanceSocketManager(client)
        sockets.FSTREAM_URL = f"{sim.url.replace('http', 'ws', 1)}/binance-futures/"
        sockets.STREAM_URL = f"{sim.url.replace('http', 'ws', 1)}/binance-spot/"
        sockets.ws_kwargs = {"proxy": None, "open_timeout": WITHIN_S}
        async with sockets.futures_multiplex_socket(["btcusdt@markPrice@1s"]) as stream:
            data = (await _heard(stream))["data"]
            told = truth(sim, "binance", "perp", "BTCUSDT", data["E"])
            assert float(data["p"]) == told["mark_price"]
            assert (float(data["r"]), data["T"]) == (told["funding_rate"], _next(told))
        books = sockets.futures_multiplex_socket(["btcusdt@bookTicker"], category="public")
        async with books as stream:
            data = (await _heard(stream))["data"]
            told = truth(sim, "binance", "perp", "BTCUSDT", data["E"])
            assert (float(data["b"]), float(data["a"])) == (told["bid"], told["ask"])
        async with sockets.multiplex_socket(["btcusdt@ticker"]) as stream:
            data = (await _heard(stream))["data"]
            told = truth(sim, "binance", "spot", "BTCUSDT", data["E"])
            assert (float(data["c"]), float(data["b"])) == (told["last"], told["bid"])


def _next(told: dict[str, Any]) -> int:
    found: int = told["next_settlement_ms"]
    return found


async def _heard(stream: Any) -> dict[str, Any]:
    async with asyncio.timeout(WITHIN_S):
        said: dict[str, Any] = await stream.recv()
    return said
