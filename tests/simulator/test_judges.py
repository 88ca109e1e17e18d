"""Bybit's own client and python-binance at the simulator: what they read is what it meant.

pybit writes `https://` and `wss://` into its addresses. Its REST takes another address after it
was made (`endpoint` is public); its sockets take one where a subclass connects. Neither is
patched. python-binance keeps its addresses in public attributes of the client and its sockets.
"""

import asyncio
import time
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pybit.exceptions import InvalidRequestError  # type: ignore[import-untyped]
from pybit.unified_trading import HTTP, WebSocket  # type: ignore[import-untyped]

from tests.simulator.harness import WITHIN_S
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
    session = HTTP(max_retries=1)
    session.endpoint = f"{sim.url}/bybit"
    session.client.trust_env = False
    return session


class LocalWebSocket(WebSocket):  # type: ignore[misc]  # pybit has no types
    """pybit's socket, which connects to where it is told."""

    def __init__(self, sim: Simulator, category: str) -> None:
        self._address = f"{sim.url.replace('http', 'ws', 1)}/bybit"
        super().__init__(category, testnet=False, retries=3, restart_on_error=False)

    def _connect(self, url: str) -> None:
        super()._connect(f"{self._address}/v5/public/{url.rpartition('/')[2]}")


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


async def test_pybit_puts_deltas_together_to_what_the_book_was(sim: Simulator) -> None:
    """Its own merging of snapshots and deltas gives the truth of each push's time."""
    books: list[dict[str, Any]] = []
    tickers: list[dict[str, Any]] = []

    def listen() -> None:
        socket = LocalWebSocket(sim, "linear")
        try:
            socket.orderbook_stream(1, "BTCUSDT", lambda said: books.append(_copied(said)))
            socket.ticker_stream("BTCUSDT", lambda said: tickers.append(_copied(said)))
            _wait_until(lambda: len(books) >= 6 and len(tickers) >= 6)
        finally:
            socket.exit()

    await asyncio.to_thread(listen)
    assert {said["type"] for said in books} >= {"snapshot"}
    for said in books:
        told = truth(sim, "bybit", "perp", "BTCUSDT", said["ts"])
        (bid, bid_size), (ask, ask_size) = said["data"]["b"][0], said["data"]["a"][0]
        assert (float(bid), float(ask)) == (told["bid"], told["ask"])
        assert (float(bid_size), float(ask_size)) == (told["bid_coins"], told["ask_coins"])
    first, last = tickers[0], tickers[-1]
    told = truth(sim, "bybit", "perp", "BTCUSDT", first["ts"])
    assert float(first["data"]["markPrice"]) == told["mark_price"]
    assert float(first["data"]["lastPrice"]) == told["last"]
    assert set(last["data"]) >= set(first["data"])


def _copied(said: dict[str, Any]) -> dict[str, Any]:
    """pybit goes on changing what it hands out."""
    return {**said, "data": dict(said["data"])}


def _wait_until(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < end_s, "nothing was heard"
        time.sleep(0.02)


@asynccontextmanager
async def python_binance(sim: Simulator) -> AsyncIterator[AsyncClient]:
    """python-binance's client, pointed at the simulator."""
    client = AsyncClient(session_params={"trust_env": False})
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
        sockets.ws_kwargs = {"proxy": None}
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
