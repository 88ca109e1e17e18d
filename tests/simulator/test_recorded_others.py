"""Rows and frames of Bybit and Bitget have the keys and kinds of recorded ones."""

import gzip
import json
from pathlib import Path
from typing import Any

from tests.simulator.clients import Talk, client_of, socket_to
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator


def recorded(folder: Path, name: str) -> list[Any]:
    """The bodies of a recording, one a line."""
    path = folder / name
    text = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    return [json.loads(line) for line in text.decode().splitlines() if line.strip()]


def shape(value: Any) -> Any:
    """Keys and kinds of a value; lists by their first element."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    return type(value).__name__


async def pushed(talk: Talk, topic: str, kind: str) -> Any:
    """The next push of a topic and type."""
    return await talk.until(
        lambda said: said.get("topic") == topic and said.get("type") == kind, 600
    )


@in_virtual_time
async def test_bybit_sockets(shared_data: Path) -> None:
    """Replies, tickers of both categories, a bar, the book."""
    folder = shared_data / "bybit"
    control = recorded(folder, "linear_ws_control_captures.jsonl")
    snapshot, delta = recorded(folder, "linear_ws_tickers_captures.jsonl")
    bar = recorded(folder, "linear_ws_kline_captures.jsonl")[0]
    spot = recorded(folder, "mixed_ws_tickers_roq2023.jsonl")[1]
    book = recorded(folder, "spot_ws_various_tardis2023.jsonl")[2]
    topics = ["tickers.BTCUSDT", "kline.1.BTCUSDT"]
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        socket_to(sim, "/bybit/v5/public/linear") as talk,
    ):
        await talk.say("subscribe", *topics, req_id="t1")
        assert shape(await talk.until(lambda said: "op" in said)) == shape(control[0])
        await talk.say("subscribe", "liquidations:BTCUSDT")
        refused = await talk.until(lambda said: "op" in said)
        assert refused == {**control[2], "conn_id": refused["conn_id"]}
        await talk.say("ping", req_id="p1")
        pong = await talk.until(lambda said: "op" in said)
        assert pong == {**control[1], "conn_id": pong["conn_id"]}
        await talk.say("unsubscribe", *topics)
        await talk.say("subscribe", *topics)
        assert shape(await pushed(talk, topics[0], "snapshot")) == shape(snapshot)
        said = await pushed(talk, topics[0], "delta")
        assert set(said) == set(delta)
        assert set(said["data"]) <= set(snapshot["data"])
        assert shape(await pushed(talk, topics[1], "snapshot")) == shape(bar)
        async with socket_to(sim, "/bybit/v5/public/spot") as pairs:
            await pairs.say("subscribe", "tickers.BTCUSDT", "orderbook.1.BTCUSDT")
            assert shape(await pushed(pairs, "tickers.BTCUSDT", "snapshot")) == shape(spot)
            said = await pushed(pairs, "orderbook.1.BTCUSDT", "snapshot")
            # Newer than this recording.
            assert type(said.pop("cts")) is int
            assert shape(said) == shape(book)


async def test_bybit_rest(sim: Simulator, shared_data: Path) -> None:
    """Newer fields stand beside those of 2023; none is missing."""
    folder = shared_data / "bybit"
    tickers = recorded(folder, "linear_rest_tickers_gct2023.json.gz")[0]
    spot, linear, _ = recorded(folder, "mixed_rest_instruments_roq2023.jsonl")
    async with client_of(sim, "bybit", "/bybit/v5") as bybit:
        for path, params, theirs in (
            ("market/tickers", {"category": "linear"}, tickers),
            ("market/instruments-info", {"category": "spot"}, spot),
            ("market/instruments-info", {"category": "linear"}, linear),
        ):
            ours = await bybit.body(path, **params)
            assert set(ours) >= {"retCode", "retMsg", "result", "retExtInfo", "time"}
            assert set(ours["result"]) == set(theirs["result"])
            row, kinds = ours["result"]["list"][0], shape(theirs["result"]["list"][0])
            assert {key: shape(row[key]) for key in kinds if not isinstance(kinds[key], dict)} == {
                key: kind for key, kind in kinds.items() if not isinstance(kind, dict)
            }
            for key in ("lotSizeFilter", "priceFilter"):
                assert set(row.get(key, {})) >= set(kinds.get(key, {}))


@in_virtual_time
async def test_bybit_liquidations(shared_data: Path) -> None:
    """The next one of any symbol comes within a minute or so."""
    theirs = recorded(shared_data / "bybit", "linear_ws_liquidation_captures.jsonl")[0]
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        socket_to(sim, "/bybit/v5/public/linear") as talk,
    ):
        symbols = sim.exchanges["bybit"].symbols("perp")
        await talk.say("subscribe", *(f"allLiquidation.{symbol}" for symbol in symbols))
        assert shape(await talk.until(lambda said: "topic" in said, 600)) == shape(theirs)


async def test_bitget_rest(sim: Simulator, shared_data: Path) -> None:
    """Contracts, pairs, tickers of both generations, bars, funding, the refusal."""
    folder = shared_data / "bitget"
    btc = {"productType": "USDT-FUTURES", "symbol": "BTCUSDT"}
    bars = {**btc, "granularity": "1m"}
    unified = {"category": "USDT-FUTURES", "symbol": "BTCUSDT"}
    pairs: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("usdtf_rest_contracts_v2_captures.json", "v2/mix/market/contracts", btc),
        ("spot_rest_tickers_v2_captures.jsonl", "v2/spot/market/tickers", {"symbol": "BTCUSDT"}),
        ("usdtf_rest_candles_v2_captures.jsonl", "v2/mix/market/candles", bars),
        ("usdtf_rest_fundinghistory_v2_captures.json", "v2/mix/market/history-fund-rate", btc),
        ("usdtf_rest_tickers_v3uta_captures.json", "v3/market/tickers", unified),
    )
    async with client_of(sim, "bitget", "/bitget/api") as bitget:
        for name, path, params in pairs:
            assert shape(await bitget.body(path, **params)) == shape(recorded(folder, name)[0]), (
                name
            )
        ours = await bitget.body("v2/spot/public/symbols", symbol="BTCUSDT")
        theirs = recorded(folder, "spot_rest_symbols_v2_xchange2025.json")[0]
        assert set(ours["data"][0]) >= set(theirs["data"][0])
        await bitget.break_it("http_429")
        refused = await bitget.body("v2/public/time")
        theirs = recorded(folder, "any_rest_error_captures.jsonl")[0]
        assert refused == {**theirs, "requestTime": refused["requestTime"]}


@in_virtual_time
async def test_bitget_sockets(shared_data: Path) -> None:
    """v2's ticker, bars and error; v3's ticker, book and liquidations."""
    folder = shared_data / "bitget"
    ticker = recorded(folder, "usdtf_ws_ticker_v2_captures.jsonl")[0]
    coin = recorded(folder, "coinf_ws_ticker_v2_captures.jsonl")[0]
    bars = recorded(folder, "spot_ws_candle_v2_captures.jsonl")[0]
    error = recorded(folder, "any_ws_control_v2_captures.jsonl")[0]
    various = recorded(folder, "mixed_ws_various_v3uta_tardis2026.jsonl")
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        socket_to(sim, "/bitget/v2/ws/public") as talk,
    ):
        for theirs in (coin, bars):
            await talk.say("subscribe", theirs["arg"])
            ours = await talk.until(lambda said: "data" in said)
            assert shape(ours) == shape(theirs)
            assert ours["arg"] == theirs["arg"]
            await talk.say("unsubscribe", theirs["arg"])
        await talk.say("subscribe", error["arg"])
        assert await talk.until(lambda said: said.get("event") == "error") == error
        await talk.say("subscribe", ticker["arg"])
        ours = await talk.until(lambda said: said.get("arg") == ticker["arg"] and "data" in said)
        # Some recordings of this channel have it, others not.
        del ours["data"][0]["deliveryPrice"]
        assert shape(ours) == shape(ticker)
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        socket_to(sim, "/bitget/v3/ws/public") as talk,
    ):
        for theirs in various:
            if theirs["arg"]["topic"] in ("ticker", "books1", "liquidation"):
                await talk.say("subscribe", theirs["arg"])
                ours = await talk.until(lambda said: "data" in said, 100)
                assert shape(ours) == shape(theirs)
                await talk.say("unsubscribe", theirs["arg"])
