"""Bitget's REST, both generations: what it lists and answers, and how it says no."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.simulator.clients import Client, client_of
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import DAY_MS, SLOT_MS
from tui_monitor.config import COINS
from tui_monitor.simulator import Simulator
from tui_monitor.simulator.bitget.rest import LIMIT

USDT = {"productType": "USDT-FUTURES"}
V3 = {"category": "USDT-FUTURES"}
BTC = {**USDT, "symbol": "BTCUSDT"}


@asynccontextmanager
async def bitget_of(sim: Simulator) -> AsyncIterator[Client]:
    """A client of Bitget's REST."""
    async with client_of(sim, "bitget", "/bitget/api") as client:
        yield client


async def data(client: Client, path: str, **params: Any) -> Any:
    """The data of a path that succeeds."""
    response = await client.get(path, **params)
    body = response.json()
    assert (response.status_code, body["code"], body["msg"]) == (200, "00000", "success"), body
    return body["data"]


async def test_the_27_coins_are_live_and_the_odd_rows_are_there(sim: Simulator) -> None:
    """Other assets by `isRwa` alone, multiples, names beyond ASCII, every state, every margin."""
    async with bitget_of(sim) as bitget:
        rows = await data(bitget, "v2/mix/market/contracts", **USDT)
        coin = await data(bitget, "v2/mix/market/contracts", productType="coin-futures")
        usdc = await data(bitget, "v2/mix/market/contracts", productType="USDC-FUTURES")
        demo = await data(bitget, "v2/mix/market/contracts", productType="SUSDT-FUTURES")
        pairs = await data(bitget, "v2/spot/public/symbols")
        unified = await data(bitget, "v3/market/instruments", **V3)
        unified_coin = await data(bitget, "v3/market/instruments", category="COIN-FUTURES")
    by_symbol = {row["symbol"]: row for row in rows}
    for name in COINS:
        row = by_symbol[f"{name}USDT"]
        assert (row["symbolStatus"], row["isRwa"], row["baseCoin"]) == ("normal", "NO", name)
    assert {"龙虾USDT", "牛来USDT", "哈基米USDT", "1000BONKUSDT", "1MBABYDOGEUSDT"} <= set(
        by_symbol
    )
    assert {row["symbol"] for row in rows if row["isRwa"] == "YES"} >= {"TSLAUSDT", "ONUSDT"}
    known = {"normal", "maintain", "off", "restrictedAPI", "limit_open", "listed", "lunar_pause"}
    assert {row["symbolStatus"] for row in rows} == known
    assert {row["fundInterval"] for row in rows} == {"1", "2", "4", "8"}
    assert {row["symbolType"] for row in coin} == {"perpetual", "delivery"}
    assert "BTCUSDZ26" in {row["symbol"] for row in coin}
    assert "BTCPERP" in {row["symbol"] for row in usdc}
    assert demo == []
    assert {row["status"] for row in pairs} == {"online", "halt", "offline", "gray"}
    assert {row["symbol"] for row in unified} == set(by_symbol)
    assert {row["status"] for row in unified} >= {"online", "limit_close", "offline"}
    assert {row["symbolType"] for row in unified} == {"crypto", "stock", "metal"}
    assert {None, "0"} < {row["launchTime"] for row in unified}
    assert {row["symbol"] for row in unified_coin} >= {"BTCUSD_CM", "BTCUSDZ26"}


@in_virtual_time
async def test_tickers_are_the_truth_at_their_time() -> None:
    """v2 stamps the whole answer, a little late, v3 each row; sizes are in quoted units."""
    async with Simulator(clock=VirtualClock()).running() as sim, bitget_of(sim) as bitget:
        body = await bitget.body("v2/mix/market/tickers", **USDT)
        unified = await data(bitget, "v3/market/tickers", **V3)
        contracts = await data(bitget, "v2/mix/market/contracts", **USDT)
        rates = await data(bitget, "v2/mix/market/current-fund-rate", **USDT)
        truth, symbols = sim.exchanges["bitget"].truth, sim.exchanges["bitget"].symbols("perp")
    stamps = {int(row["ts"]) for row in body["data"]}
    assert len(stamps) == 1
    assert 73 <= body["requestTime"] - stamps.pop() <= 103
    live = {
        row["symbol"]
        for row in contracts
        if (row["symbolStatus"], row["isRwa"], row["quoteCoin"]) == ("normal", "NO", "USDT")
    }
    assert live == set(symbols)
    assert len(live) > 150
    v2 = (("lastPr", "last"), ("bidPr", "bid"), ("askPr", "ask"), ("markPrice", "mark_price"))
    v3 = (("lastPrice", "last"), ("bid1Price", "bid"), ("indexPrice", "index_price"))
    sizes = (("bidSz", "bid_coins"), ("holdingAmount", "open_interest_coins"))
    rows = {row["symbol"]: row for row in body["data"]}
    for row, names in (*((one, v2) for one in rows.values()), *((one, v3) for one in unified)):
        if row["symbol"] not in live:
            continue
        told = truth("perp", row["symbol"], int(row["ts"]))
        for key, name in names:
            assert float(row[key]) / told["multiplier"] == pytest.approx(told[name], rel=1e-12)
        for key, name in sizes if names is v2 else (("openInterest", "open_interest_coins"),):
            assert float(row[key]) * told["multiplier"] == pytest.approx(told[name], rel=1e-12)
        assert float(row["fundingRate"]) == told["funding_rate"]
    for row in rates:
        if row["symbol"] in live:
            told = truth("perp", row["symbol"], body["requestTime"])
            assert float(row["fundingRateInterval"]) == told["funding_interval_h"]
            assert int(row["nextUpdate"]) == told["next_settlement_ms"]
    ghosts = {row["symbol"] for row in rates} - {row["symbol"] for row in contracts}
    assert len(ghosts) == 3
    assert [row["maxFundingRate"] for row in rates if row["symbol"] in ghosts] == [None] * 3


@in_virtual_time
async def test_spot_has_its_own_words_and_prices_stay_near() -> None:
    """`open` instead of `open24h`; one coin has near prices everywhere, a namesake has not."""
    async with Simulator(clock=VirtualClock()).running() as sim, bitget_of(sim) as bitget:
        row = (await data(bitget, "v2/spot/market/tickers", symbol="BTCUSDT"))[0]
        assert "open24h" not in row
        told = await bitget.truth("BTCUSDT", int(row["ts"]), "spot")
        assert (float(row["lastPr"]), float(row["askSz"])) == (told["last"], told["ask_coins"])
        change = float(row["lastPr"]) / float(row["open"]) - 1
        assert float(row["change24h"]) == pytest.approx(change, abs=2e-5)
        bybit, own = sim.exchanges["bybit"], sim.exchanges["bitget"]
        ratios = {
            coin: own.truth("perp", f"{coin}USDT", START_MS)["last"]
            / bybit.truth("perp", f"{coin}USDT", START_MS)["last"]
            for coin in (*COINS, "W", "ON")
        }
    assert ratios.pop("W") > 10
    assert all(ratio == pytest.approx(1, abs=0.002) for ratio in ratios.values())


@in_virtual_time
async def test_candles_ascend_and_their_opens_are_the_prices() -> None:
    """Seven columns of contracts, eight of spot; start ≤ time < end; days open at UTC+8."""
    clock = VirtualClock(START_MS + 600_000)
    async with Simulator(clock=clock).running() as sim, bitget_of(sim) as bitget:
        path = "v2/mix/market/candles"
        rows = await data(bitget, path, **BTC, granularity="30m", limit=1000)
        opens = [int(row[0]) for row in rows]
        assert opens == [START_MS - SLOT_MS * place for place in range(999, -1, -1)]
        assert {len(row) for row in rows} == {7}
        for row in rows[700::60]:
            assert float(row[1]) == (await bitget.truth("BTCUSDT", int(row[0])))["last"]
        begin = START_MS - DAY_MS
        window = {"startTime": begin, "endTime": begin + 3 * SLOT_MS}
        page = await data(bitget, path, **BTC, granularity="30m", **window)
        assert page == rows[1000 - 49 : 1000 - 46]
        old = await data(
            bitget, "v2/mix/market/history-candles", **BTC, granularity="30m", **window
        )
        assert old == page
        unified = {**V3, "symbol": "BTCUSDT", "interval": "30m", **window}
        assert await data(bitget, "v3/market/candles", **unified) == page
        pair = {"symbol": "BTCUSDT", "granularity": "30min", "limit": 2}
        spot = await data(bitget, "v2/spot/market/candles", **pair)
        assert [len(row) for row in spot] == [8, 8]
        long_ago = START_MS - 70 * DAY_MS
        asked = {**BTC, "granularity": "30m", "endTime": long_ago, "limit": 5}
        assert await data(bitget, path, **asked) == []
        old = await data(bitget, "v2/mix/market/history-candles", **asked)
        assert int(old[-1][0]) == long_ago - SLOT_MS
        for name, hour in (("1D", 16), ("1Dutc", 0)):
            day = await data(bitget, path, **BTC, granularity=name, limit=1)
            assert int(day[0][0]) % DAY_MS == hour * 3_600_000
        truth = await bitget.truth("BTCUSDT", START_MS)
        day = await data(bitget, path, **BTC, granularity="1D", limit=1)
        assert float(day[0][1]) == truth["day_open"]


@in_virtual_time
async def test_single_symbols_and_histories() -> None:
    """Open interest, prices, next settlement, settled rates in both shapes."""
    clock = VirtualClock(START_MS + 60_000)
    async with Simulator(clock=clock).running() as sim, bitget_of(sim) as bitget:
        interest = await data(bitget, "v2/mix/market/open-interest", **BTC)
        told = await bitget.truth("BTCUSDT", int(interest["ts"]))
        size = float(interest["openInterestList"][0]["size"])
        assert size == told["open_interest_coins"]
        every = await data(bitget, "v3/market/open-interest", **V3)
        assert len(every["list"]) > 150
        price = (await data(bitget, "v2/mix/market/symbol-price", **BTC))[0]
        assert float(price["markPrice"]) == told["mark_price"]
        coming = (await data(bitget, "v2/mix/market/funding-time", **BTC))[0]
        assert int(coming["nextFundingTime"]) == told["next_settlement_ms"]
        times = [START_MS - 8 * 3_600_000 * place for place in range(4)]
        path = "v2/mix/market/history-fund-rate"
        pages = [await data(bitget, path, **BTC, pageSize=2, pageNo=number) for number in (1, 2)]
        assert [int(row["fundingTime"]) for page in pages for row in page] == times
        unified = {**V3, "symbol": "BTCUSDT", "limit": 4}
        page = (await data(bitget, "v3/market/history-fund-rate", **unified))["resultList"]
        assert [int(row["fundingRateTimestamp"]) for row in page] == times
        assert float(page[0]["fundingRate"]) == told["settled_rate"]


@in_virtual_time
async def test_liquidations_of_three_days_by_page() -> None:
    """All of them, newest first; the amount is in USDT, the side is the position's."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, bitget_of(sim) as bitget:
        found: list[Any] = []
        more: dict[str, Any] = {}
        for _ in range(4):
            page = await data(bitget, "v3/market/liquidations", **V3, limit=50, **more)
            found += page["list"]
            more = {"cursor": page["cursor"]}
        told = await bitget.liquidations(int(found[-1]["ts"]), int(found[0]["ts"]))
        assert [int(row["ts"]) for row in reversed(found)] == [one["ts"] for one in told]
        assert len(found) == 200
        for row, one in zip(reversed(found), told, strict=True):
            assert (row["symbol"], row["side"]) == (one["symbol"], _SIDES[one["side"]])
            assert float(row["amount"]) == pytest.approx(one["usd"])
        assert START_MS - int(found[0]["ts"]) >= 3_000
        one = {**V3, "symbol": "BTCUSDT", "limit": 3}
        only = (await data(bitget, "v3/market/liquidations", **one))["list"]
        assert [row["symbol"] for row in only] == ["BTCUSDT"] * 3


_SIDES = {"long": "buy", "short": "sell"}


async def test_mistakes_have_their_codes(sim: Simulator) -> None:
    """With HTTP 400 and no data."""
    async with bitget_of(sim) as bitget:
        for path, params, code in (
            ("v2/mix/market/tickers", {}, "40019"),
            ("v2/mix/market/tickers", {"productType": "moon"}, "400172"),
            ("v2/mix/market/ticker", {**USDT, "symbol": "NOPEUSDT"}, "40034"),
            ("v2/mix/market/ticker", {**USDT, "symbol": "BTCUSDT_UMCBL"}, "40034"),
            ("v2/mix/market/candles", {**BTC, "granularity": "30min"}, "400172"),
            ("v2/mix/market/candles", {**BTC, "granularity": "30m", "limit": "x"}, "400172"),
            ("v2/spot/market/candles", {"symbol": "BTCUSDT", "granularity": "30m"}, "400172"),
            (
                "v2/spot/market/history-candles",
                {"symbol": "BTCUSDT", "granularity": "30min"},
                "40019",
            ),
            ("v3/market/tickers", {"category": "usdt-futures"}, "400172"),
        ):
            response = await bitget.get(path, **params)
            body = response.json()
            assert (response.status_code, body["code"], body["data"]) == (400, code, None), params
        missing = await bitget.get("mix/v1/market/tickers")
        assert (missing.status_code, missing.json()["code"]) == (404, "40404")
        await bitget.break_it("http_500", code=45001)
        odd = await bitget.get("v2/public/time")
        assert (odd.status_code, odd.json()["code"]) == (200, "45001")


@in_virtual_time
async def test_limits_of_paths_and_of_all_paths() -> None:
    """20 a second on one path; 6,000 a minute on all, then five minutes of 429."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, bitget_of(sim) as bitget:
        codes = [(await bitget.get("v2/public/time")).status_code for _ in range(21)]
        assert codes == [200] * 20 + [429]
        refused = (await bitget.get("v2/public/time")).json()
        assert (refused["code"], refused["msg"]) == ("429", "Too Many Requests")
        codes = [
            (await bitget.get("v3/market/liquidations", **V3, limit=1)).status_code
            for _ in range(6)
        ]
        assert codes == [200] * 5 + [429]
        root = sim.exchanges["bitget"].roots[0]
        for _ in range(5_972):
            root.windows.allow(("127.0.0.1", "all paths"), LIMIT, clock.monotonic_s())
        await clock.sleep(2)
        assert (await bitget.get("v2/public/time")).status_code == 429
        await clock.sleep(290)
        assert (await bitget.get("v3/public/time")).status_code == 429
        await clock.sleep(12)
        assert (await bitget.get("v2/public/time")).status_code == 200
        assert sim.stats()["bitget"]["violations_total"] == 5


async def test_faults_of_lists_and_markets(sim: Simulator) -> None:
    """Of the market that is named only; in every generation."""
    async with bitget_of(sim) as bitget:
        await bitget.break_it("http_429", market="perp", retry_after_s=3)
        response = await bitget.get("v3/market/tickers", **V3)
        assert (response.status_code, response.headers["retry-after"]) == (429, "3")
        assert (await bitget.get("v2/mix/market/tickers", **USDT)).status_code == 429
        assert (await bitget.get("v2/spot/market/tickers", symbol="BTCUSDT")).status_code == 200
        assert (await bitget.get("v3/market/tickers", category="SPOT")).status_code == 200
        await bitget.reset()
        await bitget.break_it("delist", symbol="BTCUSDT", market="perp")
        assert (await bitget.body("v2/mix/market/ticker", **BTC))["code"] == "40034"
        assert await data(bitget, "v2/spot/market/tickers", symbol="BTCUSDT")
        await bitget.reset()
        await bitget.break_it("unknown_status", market="perp")
        rows = await data(bitget, "v2/mix/market/contracts", **USDT)
        assert {row["symbolStatus"] for row in rows if row["isRwa"] == "NO"} >= {"lunar_pause"}
        await bitget.reset()
        await bitget.break_it("nan")
        row = (await data(bitget, "v2/mix/market/ticker", **BTC))[0]
        assert row["lastPr"] in ("NaN", "Infinity", "", "-Infinity")
        await bitget.reset()
        await bitget.break_it("late_ts", late_s=3600)
        row = (await data(bitget, "v2/mix/market/ticker", **BTC))[0]
        assert sim.clock.now_ms() - int(row["ts"]) > 3_590_000
