"""Histories of open interest and of accounts, and the bars that detectors read: all exchanges."""

import json
from typing import Any

import ccxt.async_support
import pytest

from tests.simulator.clients import Client, client_of, socket_to
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator

HOUR_MS = 3_600_000
PREFIXES = {
    "okx": ("/okx/api/v5", "BTC-USDT-SWAP"),
    "binance": ("/binance-futures", "BTCUSDT"),
    "bybit": ("/bybit/v5", "BTCUSDT"),
    "bitget": ("/bitget/api", "BTCUSDT"),
}
STATS = "rubik/stat/contracts"


async def interest(client: Client, symbol: str) -> dict[int, float]:
    """Coins of one side by time, each hour of the last ones."""
    match client.name:
        case "okx":
            asked = {"instId": symbol, "period": "1H", "limit": 5}
            rows = (await client.body(f"{STATS}/open-interest-history", **asked))["data"]
            return {int(ts): float(coins) for ts, _, coins, _ in rows}
        case "binance":
            asked = {"symbol": symbol, "period": "1h", "limit": 5}
            rows = await client.body("futures/data/openInterestHist", **asked)
            return {row["timestamp"]: float(row["sumOpenInterest"]) for row in rows}
        case _:
            asked = {"category": "linear", "symbol": symbol, "intervalTime": "1h", "limit": 5}
            rows = (await client.body("market/open-interest", **asked))["result"]["list"]
            return {int(row["timestamp"]): float(row["openInterest"]) / 2 for row in rows}


@in_virtual_time
@pytest.mark.parametrize("name", ["okx", "binance", "bybit"])
async def test_the_history_is_what_was_live_then(name: str) -> None:
    """One side in coins, at whole hours; a change that is planted shows in it."""
    prefix, symbol = PREFIXES[name]
    async with Simulator(clock=VirtualClock()).running() as sim, client_of(sim, name, prefix) as it:
        found = await interest(it, symbol)
        assert sorted(found) == [START_MS - hours * HOUR_MS for hours in range(4, -1, -1)]
        for ms, coins in found.items():
            truth = await it.truth(symbol, ms)
            assert coins == pytest.approx(truth["open_interest_coins"], rel=1e-9)
        sim.plant(kind="oi_change", coin="BTC", at=START_MS - 2 * HOUR_MS - 1, coins=3_000)
        changed = await interest(it, symbol)
        gained = [round(changed[ms] - found[ms]) for ms in sorted(found)]
        assert (gained[:2], gained[3:]) == ([0, 0], [3_000, 3_000])


@in_virtual_time
async def test_okx_units_order_and_exclusive_bounds() -> None:
    """Contracts, coins and USD; newest first; begin and end are not among the rows."""
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        client_of(sim, "okx", PREFIXES["okx"][0]) as okx,
    ):
        path, asked = f"{STATS}/open-interest-history", {"instId": "BTC-USDT-SWAP", "period": "1H"}
        rows = (await okx.body(path, **asked))["data"]
        times = [int(row[0]) for row in rows]
        assert len(rows) == 100
        assert times == sorted(times, reverse=True)
        assert float(rows[0][1]) == pytest.approx(100 * float(rows[0][2]))
        truth = await okx.truth("BTC-USDT-SWAP", times[0])
        assert float(rows[0][3]) == pytest.approx(truth["open_interest_usd"])
        within = await okx.body(path, **asked, begin=times[4], end=times[1])
        assert [int(row[0]) for row in within["data"]] == times[2:4]
        for wrong in ({"period": "1m"}, {"instId": "BTC-USDT"}, {"limit": "many"}):
            assert (await okx.body(path, **{**asked, **wrong}))["code"] != "0"


@in_virtual_time
async def test_account_ratios_agree_with_themselves_and_differ_by_exchange() -> None:
    """Shares add up to one, the ratio is the one by the other."""
    seen = set()
    async with Simulator(clock=VirtualClock()).running() as sim:
        for name, (prefix, symbol) in PREFIXES.items():
            async with client_of(sim, name, prefix) as it:
                long, short, ratio = await accounts(it, symbol)
                assert long + short == pytest.approx(1)
                assert ratio == pytest.approx(long / short, abs=1e-4)
                seen.add(long)
    assert len(seen) == 4


async def accounts(client: Client, symbol: str) -> tuple[float, float, float]:
    """The newest shares of accounts, and their ratio."""
    match client.name:
        case "okx":
            asked = {"instId": symbol, "period": "5m"}
            path = f"{STATS}/long-short-account-ratio-contract"
            ratio = float((await client.body(path, **asked))["data"][0][1])
            return ratio / (1 + ratio), 1 / (1 + ratio), ratio
        case "binance":
            asked = {"symbol": symbol, "period": "5m"}
            row = (await client.body("futures/data/globalLongShortAccountRatio", **asked))[-1]
            names = ("longAccount", "shortAccount", "longShortRatio")
            return (float(row[names[0]]), float(row[names[1]]), float(row[names[2]]))
        case "bybit":
            path, limit = "market/account-ratio", {"limit": 500}
            asked = {"category": "linear", "symbol": symbol, "period": "5min"}
            rows = (await client.body(path, **asked, **limit))["result"]["list"]
            assert len(rows) == 500
            long, short = float(rows[0]["buyRatio"]), float(rows[0]["sellRatio"])
            return long, short, long / short
        case _:
            asked = {"symbol": symbol, "period": "5m"}
            rows = (await client.body("v2/mix/market/account-long-short", **asked))["data"]
            row = rows[-1]
            assert int(rows[0]["ts"]) < int(row["ts"]) == START_MS
            return (
                float(row["longAccountRatio"]),
                float(row["shortAccountRatio"]),
                float(row["longShortAccountRatio"]),
            )


@pytest.mark.parametrize(
    ("name", "path", "params", "at_most"),
    [
        ("okx", f"{STATS}/open-interest-history", {"instId": "BTC-USDT-SWAP"}, 10),
        ("okx", f"{STATS}/long-short-account-ratio-contract", {"instId": "BTC-USDT-SWAP"}, 5),
        ("okx", "public/liquidation-orders", {"instType": "SWAP"}, 40),
        ("bitget", "v2/mix/market/account-long-short", {"symbol": "BTCUSDT"}, 1),
    ],
)
@in_virtual_time
async def test_one_request_too_many_is_a_violation(
    name: str, path: str, params: dict[str, Any], at_most: int
) -> None:
    """The documented number passes, the next is refused with 429 and counted."""
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        client_of(sim, name, PREFIXES[name][0]) as it,
    ):
        statuses = [(await it.get(path, **params)).status_code for _ in range(at_most + 1)]
        assert 429 not in statuses[:-1]
        assert statuses[-1] == 429
        assert len(sim.stats()[name]["violations"]) == 1


# --- bars ---------------------------------------------------------------------------------------

LENGTHS_MS = {"1m": 60_000, "5m": 300_000, "15m": 900_000, "1h": HOUR_MS}


async def bars(client: Client, symbol: str, length: str) -> list[tuple[int, float, float]]:
    """200 bars, oldest first: open time, close, turnover."""
    minutes = str(LENGTHS_MS[length] // 60_000)
    hours = length.replace("h", "H")
    match client.name:
        case "okx":
            asked: dict[str, Any] = {"instId": symbol, "bar": hours, "limit": 200}
            rows = (await client.body("market/candles", **asked))["data"][::-1]
            return [(int(row[0]), float(row[4]), float(row[7])) for row in rows]
        case "binance":
            asked = {"symbol": symbol, "interval": length, "limit": 200}
            rows = await client.body("fapi/v1/klines", **asked)
            return [(row[0], float(row[4]), float(row[7])) for row in rows]
        case "bybit":
            asked = {"category": "linear", "symbol": symbol, "interval": minutes, "limit": 200}
            rows = (await client.body("market/kline", **asked))["result"]["list"][::-1]
            return [(int(row[0]), float(row[4]), float(row[6])) for row in rows]
        case _:
            asked = {"productType": "USDT-FUTURES", "symbol": symbol, "limit": 200}
            asked["granularity"] = hours
            rows = (await client.body("v2/mix/market/candles", **asked))["data"]
            return [(int(row[0]), float(row[4]), float(row[6])) for row in rows]


@in_virtual_time
@pytest.mark.parametrize("name", list(PREFIXES))
async def test_two_hundred_bars_of_every_length_tell_one_story(name: str) -> None:
    """Consecutive open times; the closes of short bars are those of the long ones."""
    prefix, symbol = PREFIXES[name]
    async with Simulator(clock=VirtualClock()).running() as sim, client_of(sim, name, prefix) as it:
        found = {length: await bars(it, symbol, length) for length in LENGTHS_MS}
        closes: dict[int, set[float]] = {}
        for length, rows in found.items():
            step_ms = LENGTHS_MS[length]
            newest_ms = START_MS - START_MS % step_ms
            opens = [row[0] for row in rows]
            assert opens == [newest_ms - place * step_ms for place in range(199, -1, -1)]
            for open_ms, close, turnover in rows:
                assert turnover > 0
                closes.setdefault(open_ms + step_ms, set()).add(close)
        assert all(len(same) == 1 for ms, same in closes.items() if ms <= START_MS)


@in_virtual_time
async def test_a_days_turnover_is_the_sum_of_its_bars() -> None:
    """So a ranking by the ticker is one by bars."""
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        client_of(sim, "binance", "/binance-futures") as it,
    ):
        every = await it.body("fapi/v1/ticker/24hr")
        ranked = sorted(every, key=lambda row: -float(row["quoteVolume"]))
        for row in (ranked[0], ranked[20], ranked[100]):
            rows = await bars(it, row["symbol"], "15m")
            summed = sum(turnover for _, _, turnover in rows[-97:])
            assert float(row["quoteVolume"]) == pytest.approx(summed, rel=1e-6)


SUBSCRIPTIONS: dict[str, tuple[str, Any]] = {
    "okx": (
        "/okx/ws/v5/business",
        {"op": "subscribe", "args": [{"channel": "candle15m", "instId": "BTC-USDT-SWAP"}]},
    ),
    "binance": (
        "/binance-futures/market/stream",
        {"method": "SUBSCRIBE", "params": ["btcusdt@kline_15m"], "id": 1},
    ),
    "bybit": ("/bybit/v5/public/linear", {"op": "subscribe", "args": ["kline.15.BTCUSDT"]}),
    "bitget": (
        "/bitget/v3/ws/public",
        {
            "op": "subscribe",
            "args": [
                {
                    "instType": "usdt-futures",
                    "topic": "kline",
                    "symbol": "BTCUSDT",
                    "interval": "15m",
                }
            ],
        },
    ),
}


def pushed(said: Any) -> list[tuple[int, float]]:
    """The open time and close of every bar in a message."""
    data = said.get("data")
    if isinstance(data, dict) and "k" in data:
        return [(data["k"]["t"], float(data["k"]["c"]))]
    found = []
    for row in data if isinstance(data, list) else []:
        cells = row if isinstance(row, list) else [row["start"], *[row["close"]] * 4]
        found.append((int(cells[0]), float(cells[4])))
    return found


@in_virtual_time
@pytest.mark.parametrize("name", list(PREFIXES))
async def test_a_bar_that_closes_in_the_stream_is_rests(name: str) -> None:
    """The last push of a 15-minute bar has the close that REST has afterwards."""
    clock = VirtualClock(START_MS - 20_000)
    path, request = SUBSCRIPTIONS[name]
    prefix, symbol = PREFIXES[name]
    closes: dict[int, float] = {}
    async with (
        Simulator(clock=clock).running() as sim,
        socket_to(sim, path) as talk,
        client_of(sim, name, prefix) as it,
    ):
        await talk.socket.send(json.dumps(request))
        while START_MS not in closes:
            said = await talk.next(within_s=600)
            if isinstance(said, dict):
                closes.update(pushed(said))
        rows = {row[0]: row[1] for row in await bars(it, symbol, "15m")}
    assert closes[START_MS - 900_000] == rows[START_MS - 900_000]


# --- a third party reads it ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["okx", "binance", "bybit", "bitget"])
async def test_ccxt_reads_the_histories(sim: Simulator, name: str) -> None:
    """Open interest (Bitget has no history of it) and account ratios, by its own code."""
    made = getattr(ccxt.async_support, "binanceusdm" if name == "binance" else name)
    client = made({"aiohttp_trust_env": False, "timeout": 60_000})
    root = f"{sim.url}/{'binance-futures' if name == 'binance' else name}"
    client.urls["api"] = _moved(client.urls["api"], root)
    symbol, told = "BTC/USDT:USDT", sim.exchanges[name].truth
    try:
        client.has["fetchCurrencies"] = False
        await client.load_markets()
        if name != "bitget":
            for row in await client.fetch_open_interest_history(symbol, "1h", limit=4):
                truth = told("perp", PREFIXES[name][1], row["timestamp"])
                sides = 2 if name == "bybit" else 1
                coins = row["baseVolume"] if name == "okx" else row["openInterestAmount"]
                assert coins == pytest.approx(sides * truth["open_interest_coins"])
        rows = await client.fetch_long_short_ratio_history(symbol, "1h", limit=4)
        assert rows
        assert all(0.4 < row["longShortRatio"] < 4 for row in rows)
    finally:
        await client.close()


def _moved(urls: Any, root: str) -> Any:
    """Addresses whose hosts are the simulator's root."""
    if isinstance(urls, dict):
        return {key: _moved(value, root) for key, value in urls.items()}
    _, _, rest = str(urls).partition("://")
    _, _, path = rest.partition("/")
    return f"{root}/{path}" if path else root
