"""Bybit's REST: what it lists and answers, and how it says no."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.simulator.clients import Client, client_of
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import DAY_MS, SLOT_MS
from tui_monitor.config import COINS
from tui_monitor.simulator import Simulator

LINEAR = {"category": "linear"}
BTC = {**LINEAR, "symbol": "BTCUSDT"}
HOUR_MS = 3_600_000


@asynccontextmanager
async def bybit_of(sim: Simulator) -> AsyncIterator[Client]:
    """A client of Bybit's REST."""
    async with client_of(sim, "bybit", "/bybit/v5") as client:
        yield client


async def result(client: Client, path: str, **params: Any) -> Any:
    """The result of a path that succeeds."""
    body = await client.body(path, **params)
    assert (body["retCode"], body["retMsg"]) == (0, "OK"), body
    return body["result"]


async def test_the_27_coins_are_live_and_the_odd_rows_are_there(sim: Simulator) -> None:
    """Multiples, traditional assets, dated and USDC contracts, a state that no page names."""
    async with bybit_of(sim) as bybit:
        rows = (await result(bybit, "market/instruments-info", **LINEAR, limit=1000))["list"]
        early = await result(bybit, "market/instruments-info", **LINEAR, status="PreLaunch")
        closed = await result(bybit, "market/instruments-info", **LINEAR, status="Closed")
        spot = await result(bybit, "market/instruments-info", category="spot")
    by_symbol = {row["symbol"]: row for row in rows}
    for coin in COINS:
        row = by_symbol[f"{coin}USDT"]
        assert (row["status"], row["settleCoin"], row["symbolType"]) == ("Trading", "USDT", "")
    assert {"1000PEPEUSDT", "SHIB1000USDT", "10000SATSUSDT", "1000000MOGUSDT"} <= set(by_symbol)
    assert {"BTCPERP", "1INCHUSDT", "ONUSDT"} <= set(by_symbol)
    kinds = {row["symbolType"] for row in rows}
    assert kinds == {"", "innovation", "stock", "commodity", "forex", "ETF", "lunar"}
    assert {row["status"] for row in rows} == {"Trading", "CancelOnly"}
    assert {row["contractType"] for row in rows} == {"LinearPerpetual", "LinearFutures"}
    assert {row["fundingInterval"] for row in rows} >= {60, 120, 240, 480}
    assert [row["symbol"] for row in rows if row["isPreListing"]] == ["ANTHROPICUSDT"]
    assert [row["symbol"] for row in early["list"]] == ["OPENAIUSDT"]
    assert [row["symbol"] for row in closed["list"]] == ["DOGSUSDT"]
    assert by_symbol["HOMEUSDT"]["deliveryTime"] != "0"
    assert {row["symbolType"] for row in spot["list"]} == {"", "adventure", "xstocks"}
    assert not any(row["symbol"].startswith("1000") for row in spot["list"])
    assert {row["quoteCoin"] for row in spot["list"]} == {"USDT", "USDC"}


async def test_the_list_of_contracts_has_pages(sim: Simulator) -> None:
    """The cursor leads through all of them, as it stands or encoded once more."""
    async with bybit_of(sim) as bybit:
        whole = await result(bybit, "market/instruments-info", **LINEAR, limit=1000)
        rows: list[Any] = []
        cursor = ""
        for place in range(20):
            # A client that doesn't encode the cursor has it decoded by the server.
            more = {
                "cursor": cursor.replace("%3D", "=").replace("%26", "&") if place % 2 else cursor
            }
            page = await result(bybit, "market/instruments-info", **LINEAR, limit=60, **more)
            rows += page["list"]
            cursor = page["nextPageCursor"]
            if not cursor:
                break
    assert rows == whole["list"]
    assert whole["nextPageCursor"] == ""


@in_virtual_time
async def test_tickers_are_the_truth_at_the_envelope_s_time() -> None:
    """All rows in one answer; per coin after the multiple; interest of both sides and of one."""
    async with Simulator(clock=VirtualClock()).running() as sim, bybit_of(sim) as bybit:
        body = await bybit.body("market/tickers", **LINEAR)
        instruments = await result(bybit, "market/instruments-info", **LINEAR, limit=1000)
        every = (
            await bybit.http.get(f"/control/truth?exchange=bybit&market=perp&ts={body['time']}")
        ).json()["symbols"]
        spot = await bybit.body("market/tickers", category="spot", symbol="PEPEUSDT")
    rows = {row["symbol"]: row for row in body["result"]["list"]}
    live = {
        row["symbol"]
        for row in instruments["list"]
        if row["contractType"] == "LinearPerpetual"
        and (row["quoteCoin"], row["settleCoin"], row["status"]) == ("USDT", "USDT", "Trading")
        and not row["isPreListing"]
        and row["symbolType"] in ("", "innovation")
    }
    assert live == set(every)
    assert len(live) > 150
    for symbol, told in every.items():
        row, many = rows[symbol], told["multiplier"]
        for key, name in (
            ("lastPrice", "last"),
            ("bid1Price", "bid"),
            ("ask1Price", "ask"),
            ("markPrice", "mark_price"),
            ("indexPrice", "index_price"),
        ):
            assert float(row[key]) / many == pytest.approx(told[name], rel=1e-12)
        assert float(row["bid1Size"]) * many == pytest.approx(told["bid_coins"], rel=1e-12)
        single = float(row["singleOpenInterest"])
        assert single * many == pytest.approx(told["open_interest_coins"], rel=1e-12)
        assert float(row["openInterest"]) == pytest.approx(2 * single)
        value = float(row["openInterestValue"])
        assert value == pytest.approx(2 * told["open_interest_usd"], abs=0.02)
        assert float(row["fundingRate"]) == told["funding_rate"]
        assert int(row["nextFundingTime"]) == told["next_settlement_ms"]
        assert float(row["fundingIntervalHour"]) == told["funding_interval_h"]
        day = float(row["lastPrice"]) / float(row["prevPrice24h"]) - 1
        assert float(row["price24hPcnt"]) == pytest.approx(day, abs=2e-6)
    pepe = spot["result"]["list"][0]
    assert float(pepe["lastPrice"]) * 1000 == pytest.approx(
        float(rows["1000PEPEUSDT"]["lastPrice"]), rel=0.01
    )


@in_virtual_time
async def test_one_coin_has_near_prices_everywhere_and_a_namesake_has_not() -> None:
    """Neighbours, not twins: so spreads are small and real."""
    async with Simulator(clock=VirtualClock()).running() as sim:
        okx, bybit = sim.exchanges["okx"], sim.exchanges["bybit"]
        ratios = {
            coin: bybit.truth("perp", f"{coin}USDT", START_MS)["last"]
            / okx.truth("perp", f"{coin}-USDT-SWAP", START_MS)["last"]
            for coin in (*COINS, "ME")
        }
    assert ratios.pop("ME") == pytest.approx(4.7, rel=0.5)
    assert all(ratio == pytest.approx(1, abs=0.002) for ratio in ratios.values())
    assert len(set(ratios.values())) > 20


@in_virtual_time
async def test_candles_are_newest_first_and_their_opens_are_the_prices() -> None:
    """With a start alone the oldest are kept; start and end include both ends."""
    async with (
        Simulator(clock=VirtualClock(START_MS + 600_000)).running() as sim,
        bybit_of(sim) as bybit,
    ):
        rows = (await result(bybit, "market/kline", **BTC, interval="30", limit=1000))["list"]
        opens = [int(row[0]) for row in rows]
        assert opens == [START_MS - SLOT_MS * place for place in range(1000)]
        for row in rows[:300:60]:
            assert float(row[1]) == (await bybit.truth("BTCUSDT", int(row[0])))["last"]
        begin = START_MS - DAY_MS
        window = {**BTC, "interval": "30", "start": begin, "end": begin + 2 * SLOT_MS}
        page = (await result(bybit, "market/kline", **window))["list"]
        assert [int(row[0]) for row in page] == [begin + 2 * SLOT_MS, begin + SLOT_MS, begin]
        assert page == [row for row in rows if begin <= int(row[0]) <= begin + 2 * SLOT_MS]
        first = await result(bybit, "market/kline", **BTC, interval="D", start=9999, limit=1)
        assert int(first["list"][0][0]) <= 1_585_555_200_000
        usual = await result(bybit, "market/kline", **BTC, interval="60")
        assert len(usual["list"]) == 200
        volume, turnover, close = (float(rows[1][place]) for place in (5, 6, 4))
        assert turnover == pytest.approx(volume * close, rel=0.02)


@in_virtual_time
async def test_history_of_funding_and_open_interest() -> None:
    """Settled rates newest first; interest by page; a start alone is a mistake."""
    async with (
        Simulator(clock=VirtualClock(START_MS + 60_000)).running() as sim,
        bybit_of(sim) as bybit,
    ):
        rates = (await result(bybit, "market/funding/history", **BTC, limit=3))["list"]
        assert [int(row["fundingRateTimestamp"]) for row in rates] == [
            START_MS - 8 * 3_600_000 * place for place in range(3)
        ]
        told = await bybit.truth("BTCUSDT", START_MS)
        assert float(rates[0]["fundingRate"]) == told["settled_rate"]
        alone = await bybit.body("market/funding/history", **BTC, startTime=START_MS - DAY_MS)
        assert alone["retCode"] == 10001
        found: list[Any] = []
        more: dict[str, Any] = {}
        for _ in range(2):
            asked = {**BTC, "intervalTime": "30min", "limit": 5, **more}
            page = await result(bybit, "market/open-interest", **asked)
            found += page["list"]
            more = {"cursor": page["nextPageCursor"]}
        assert [int(row["timestamp"]) for row in found] == [
            START_MS - SLOT_MS * place for place in range(10)
        ]
        told = await bybit.truth("BTCUSDT", START_MS - SLOT_MS)
        assert float(found[1]["singleOpenInterest"]) == told["open_interest_coins"]
        assert float(found[1]["openInterest"]) == pytest.approx(2 * told["open_interest_coins"])


@in_virtual_time
async def test_one_contract_settles_every_hour_at_night() -> None:
    """From 16:00 to 24:00 UTC; ticker, list and history agree."""
    clock = VirtualClock(START_MS + 15 * HOUR_MS + 50 * 60_000)
    asked = {**LINEAR, "symbol": "ASTERUSDT"}
    async with Simulator(clock=clock).running() as sim, bybit_of(sim) as bybit:
        for minutes, hours, next_h in ((0, 8, 16), (20, 1, 17), (440, 1, 24), (60, 8, 32)):
            await clock.sleep(minutes * 60)
            (row,) = (await result(bybit, "market/tickers", **asked))["list"]
            assert row["fundingIntervalHour"] == str(hours)
            assert int(row["nextFundingTime"]) == START_MS + next_h * HOUR_MS
            (listed,) = (await result(bybit, "market/instruments-info", **asked))["list"]
            assert listed["fundingInterval"] == hours * 60
            told = await bybit.truth("ASTERUSDT", clock.now_ms())
            assert told["funding_interval_h"] == hours
        rates = (await result(bybit, "market/funding/history", **asked, limit=12))["list"]
        times = [(int(row["fundingRateTimestamp"]) - START_MS) // HOUR_MS for row in rates]
        assert times == [24, 23, 22, 21, 20, 19, 18, 17, 16, 8, 0, -1]
        for row in rates:
            told = await bybit.truth("ASTERUSDT", int(row["fundingRateTimestamp"]))
            assert float(row["fundingRate"]) == told["settled_rate"]


async def test_mistakes_are_told_with_http_200(sim: Simulator) -> None:
    """An unknown symbol is an error among contracts and an empty list on spot."""
    async with bybit_of(sim) as bybit:
        for path, params in (
            ("market/tickers", {}),
            ("market/tickers", {"category": "moon"}),
            ("market/tickers", {**LINEAR, "symbol": "NOPEUSDT"}),
            ("market/kline", {**LINEAR, "symbol": "NOPEUSDT", "interval": "30"}),
            ("market/kline", {**BTC, "interval": "30m"}),
            ("market/kline", {**BTC, "interval": "30", "limit": "none"}),
            ("market/kline", {**BTC, "interval": "30", "start": "noon"}),
            ("market/open-interest", {**BTC, "intervalTime": "1m"}),
            ("market/instruments-info", {**LINEAR, "cursor": "nowhere"}),
        ):
            response = await bybit.get(path, **params)
            assert (response.status_code, response.json()["retCode"]) == (200, 10001), params
        unknown = {"category": "spot", "symbol": "NOPEUSDT"}
        assert (await result(bybit, "market/tickers", **unknown))["list"] == []
        assert (await result(bybit, "market/kline", **unknown, interval="30"))["list"] == []
        assert (await result(bybit, "market/instruments-info", **unknown))["list"] == []
        assert (await result(bybit, "market/instruments-info", category="option"))["list"] == []
        assert (await bybit.get("nothing")).status_code == 404


async def test_an_error_code_can_come_in_a_200(sim: Simulator) -> None:
    """Too many visits, a failing server: as Bybit says it, not as HTTP does."""
    async with bybit_of(sim) as bybit:
        for kind, code in (("http_429", 10006), ("http_500", 10016)):
            await bybit.break_it(kind, code=code, path="/market/")
            response = await bybit.get("market/tickers", **LINEAR)
            assert (response.status_code, response.json()["retCode"]) == (200, code)
            assert (await bybit.get("system/status")).json()["retCode"] == 0
            await bybit.reset()
            await bybit.break_it(kind)
            assert (await bybit.get("market/time")).status_code == int(kind[5:])
            await bybit.reset()


@in_virtual_time
async def test_more_than_600_requests_in_5_s_are_banned_for_10_minutes() -> None:
    """403 without JSON; asking meanwhile is noted, too; a reset lifts it."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, bybit_of(sim) as bybit:
        begin_s = clock.monotonic_s()
        for _ in range(600):
            assert (await bybit.get("market/time")).status_code == 200
        assert clock.monotonic_s() - begin_s < 5
        refused = await bybit.get("market/time")
        assert (refused.status_code, refused.headers["content-type"][:9]) == (403, "text/html")
        await clock.sleep(590)
        assert (await bybit.get("market/time")).status_code == 403
        await clock.sleep(15)
        assert (await bybit.get("market/time")).status_code == 200
        stats = sim.stats()["bybit"]
        assert (stats["violations_total"], stats["requests"]["/v5/market/time"]) == (2, 603)
        assert "600/5s" in stats["violations"][0]["what"]


async def test_faults_of_lists_and_markets(sim: Simulator) -> None:
    """Gone, half, unknown, broken: of the market that is named only."""
    async with bybit_of(sim) as bybit:
        await bybit.break_it("delist", symbol="BTCUSDT", market="perp")
        assert (await bybit.body("market/tickers", **BTC))["retCode"] == 10001
        spot = await result(bybit, "market/tickers", category="spot", symbol="BTCUSDT")
        assert len(spot["list"]) == 1
        await bybit.reset()
        whole = len((await result(bybit, "market/tickers", **LINEAR))["list"])
        await bybit.break_it("partial_list", market="perp")
        half = len((await result(bybit, "market/tickers", **LINEAR))["list"])
        assert 0.3 * whole < half < 0.75 * whole
        await bybit.reset()
        await bybit.break_it("unknown_status", market="perp", symbol="ETHUSDT")
        row = await result(bybit, "market/instruments-info", **LINEAR, symbol="ETHUSDT")
        assert row["list"][0]["status"] == "LunarPause"
        await bybit.reset()
        await bybit.break_it("html", market="spot", status=403)
        assert (await bybit.get("market/tickers", category="spot")).status_code == 403
        assert (await bybit.get("market/tickers", **BTC)).status_code == 200
        await bybit.break_it("nan", market="perp")
        row = (await result(bybit, "market/tickers", **BTC))["list"][0]
        assert row["lastPrice"] in ("NaN", "Infinity", "", "-Infinity")
        await bybit.reset()
        await bybit.break_it("late_ts", late_s=3600)
        late = await bybit.body("market/tickers", **BTC)
        assert sim.clock.now_ms() - late["time"] > 3_590_000
        await bybit.reset()
        await bybit.break_it("maintenance_notice")
        assert (await result(bybit, "system/status"))["list"][0]["state"] == "ongoing"
