"""OKX's REST: what it answers, in which order, and how it says no."""

from typing import Any

import pytest

from tests.simulator.harness import BTC, okx_of
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import DAY_MS, SLOT_MS
from tui_monitor.config import COINS
from tui_monitor.simulator import Simulator

NEWLY_LISTED = "哈基米-USDT-SWAP"


async def test_it_tells_the_time(sim: Simulator) -> None:
    """The smallest of the paths answers with OKX's envelope."""
    async with okx_of(sim) as okx:
        before_ms = sim.clock.now_ms()
        told = await okx.data("public/time")
    assert before_ms <= int(told[0]["ts"]) <= sim.clock.now_ms()


async def test_the_27_coins_are_live_swaps_with_all_fields(sim: Simulator) -> None:
    """Every row has the same keys; strings but for the three documented exceptions."""
    async with okx_of(sim) as okx:
        rows = await okx.data("public/instruments", instType="SWAP")
    by_id = {row["instId"]: row for row in rows}
    for coin in COINS:
        row = by_id[f"{coin}-USDT-SWAP"]
        assert (row["state"], row["settleCcy"], row["ctType"]) == ("live", "USDT", "linear")
        assert float(row["tickSz"]) > 0 < float(row["ctVal"])
    assert len(rows) > 170
    assert {tuple(sorted(row)) for row in rows} == {tuple(sorted(rows[0]))}
    others = {"futureSettlement", "instIdCode", "tradeQuoteCcyList", "upcChg"}
    for row in rows:
        assert all(isinstance(value, str) for key, value in row.items() if key not in others)
        assert isinstance(row["futureSettlement"], bool)
        assert row["instIdCode"] is None or isinstance(row["instIdCode"], int)


async def test_the_list_has_the_oddities_of_the_real_one(sim: Simulator) -> None:
    """Inverse and dated contracts, stocks, rare states, listings to come, names beyond ASCII."""
    async with okx_of(sim) as okx:
        swaps = await okx.data("public/instruments", instType="SWAP")
        futures = await okx.data("public/instruments", instType="FUTURES")
        spot = await okx.data("public/instruments", instType="SPOT")
        options = await okx.data("public/instruments", instType="OPTION", uly="BTC-USD")
    states = {row["state"] for row in swaps}
    assert {"live", "suspend", "preopen", "post_only", "rebase", "settling_2027"} <= states
    assert {"1", "3", "4", ""} == {row["instCategory"] for row in swaps}
    assert {"normal", "pre_market", "rebase_contract", ""} == {row["ruleType"] for row in swaps}
    assert "币安人生-USDT-SWAP" in {row["instId"] for row in swaps}
    assert {row["ctType"] for row in swaps} == {"linear", "inverse", ""}
    assert {row["ruleType"] for row in futures} == {"normal", "xperp"}
    assert all(row["expTime"] for row in futures)
    assert all(row["ctVal"] == "" for row in spot)
    assert options == []


async def test_prices_are_on_the_tick_and_plain(sim: Simulator) -> None:
    """Every price is a multiple of the tick, without exponent; a price list has no gaps."""
    async with okx_of(sim) as okx:
        ticks = {
            row["instId"]: row["tickSz"]
            for row in await okx.data("public/instruments", instType="SWAP")
        }
        rows = await okx.data("market/tickers", instType="SWAP")
    assert {row["instId"] for row in rows} >= {f"{coin}-USDT-SWAP" for coin in COINS}
    for row in rows:
        places = len(ticks[row["instId"]].partition(".")[2])
        for key in ("last", "askPx", "bidPx", "open24h", "high24h", "low24h", "sodUtc8"):
            assert "e" not in row[key].lower()
            assert len(row[key].partition(".")[2]) <= places
        assert float(row["bidPx"]) < float(row["askPx"])
        assert float(row["low24h"]) <= float(row["last"]) <= float(row["high24h"])


@in_virtual_time
async def test_the_day_open_the_candle_and_the_price_agree() -> None:
    """sodUtc8 is the open of the bar at 16:00 UTC in every length, and was the live price then."""
    clock = VirtualClock(START_MS + 5_000)
    async with Simulator(clock=clock).running() as sim, okx_of(sim) as okx:
        ticker = (await okx.data("market/ticker", instId=BTC))[0]
        begin_ms = START_MS - DAY_MS // 3
        assert begin_ms % DAY_MS == 57_600_000
        for bar in ("1m", "15m", "30m", "1H", "1D"):
            page = await okx.data(
                "market/history-candles", instId=BTC, bar=bar, after=begin_ms + 1, limit=1
            )
            assert page[0][:2] == [str(begin_ms), ticker["sodUtc8"]]
        told = await okx.truth(BTC, begin_ms)
        assert told["last"] == float(ticker["sodUtc8"])
        assert (await okx.truth(BTC, int(ticker["ts"])))["last"] == float(ticker["last"])


@in_virtual_time
async def test_pages_of_candles_lie_side_by_side() -> None:
    """`after` is strictly older, newest first; pages join without hole or repetition."""
    clock = VirtualClock(START_MS + 600_000)
    async with Simulator(clock=clock).running() as sim, okx_of(sim) as okx:
        rows: list[list[str]] = []
        after: dict[str, Any] = {}
        for _ in range(3):
            page = await okx.data("market/candles", instId=BTC, bar="30m", limit=300, **after)
            assert len(page) == 300
            rows += page
            after = {"after": page[-1][0]}
    opens = [int(row[0]) for row in rows]
    assert opens == [START_MS - SLOT_MS * place for place in range(900)]
    assert [row[8] for row in rows] == ["0"] + ["1"] * 899


@in_virtual_time
async def test_before_alone_is_the_newest_page() -> None:
    """`before` narrows from below only: it does not page forward."""
    clock = VirtualClock(START_MS + 600_000)
    async with Simulator(clock=clock).running() as sim, okx_of(sim) as okx:
        old_ms = START_MS - 400 * SLOT_MS
        page = await okx.data("market/candles", instId=BTC, bar="30m", before=old_ms)
        assert [int(row[0]) for row in page[:2]] == [START_MS, START_MS - SLOT_MS]
        assert len(page) == 100
        page = await okx.data(
            "market/candles", instId=BTC, bar="30m", before=old_ms, after=old_ms + 3 * SLOT_MS
        )
        assert [int(row[0]) for row in page] == [old_ms + 2 * SLOT_MS, old_ms + SLOT_MS]


@in_virtual_time
async def test_recent_candles_reach_1440_bars_back_and_old_ones_further() -> None:
    """Beyond the reach there are no rows, and no error."""
    async with Simulator(clock=VirtualClock()).running() as sim, okx_of(sim) as okx:
        oldest_ms = START_MS - 1_439 * SLOT_MS
        inside = await okx.data("market/candles", instId=BTC, bar="30m", after=oldest_ms + 1)
        assert [int(row[0]) for row in inside] == [oldest_ms]
        assert await okx.data("market/candles", instId=BTC, bar="30m", after=oldest_ms) == []
        older = await okx.data("market/history-candles", instId=BTC, bar="30m", after=oldest_ms)
        assert len(older) == 100


@in_virtual_time
async def test_there_is_nothing_before_a_listing() -> None:
    """A contract's first bar is the one it was listed in."""
    async with (
        Simulator(clock=VirtualClock(START_MS + DAY_MS)).running() as sim,
        okx_of(sim) as okx,
    ):
        page = await okx.data("market/history-candles", instId=NEWLY_LISTED, bar="30m", limit=300)
        listed_ms = START_MS + 6 * 3_600_000
        assert int(page[-1][0]) == listed_ms
        assert len(page) == 37
        rows = await okx.data("public/instruments", instType="SWAP", instId=NEWLY_LISTED)
        assert rows[0]["listTime"] == str(listed_ms)


@in_virtual_time
async def test_a_day_before_its_listing_a_contract_is_announced_only() -> None:
    """preopen: in the list, without ticker, candle and funding."""
    async with Simulator(clock=VirtualClock()).running() as sim, okx_of(sim) as okx:
        rows = await okx.data("public/instruments", instType="SWAP", instId=NEWLY_LISTED)
        assert rows[0]["state"] == "preopen"
        assert await okx.data("market/ticker", instId=NEWLY_LISTED) == []
        assert await okx.data("market/candles", instId=NEWLY_LISTED) == []
        tickers = await okx.data("market/tickers", instType="SWAP")
        assert NEWLY_LISTED not in {row["instId"] for row in tickers}


@in_virtual_time
async def test_a_forming_bar_becomes_the_closed_one() -> None:
    """Its open stays; when the next bar has begun it is confirmed, complete."""
    clock = VirtualClock(START_MS + 10_000)
    async with Simulator(clock=clock).running() as sim, okx_of(sim) as okx:
        forming = (await okx.data("market/candles", instId=BTC, bar="1m", limit=1))[0]
        await clock.sleep(60)
        closed = (await okx.data("market/candles", instId=BTC, bar="1m", limit=2))[1]
    assert (forming[0], forming[1], forming[8]) == (closed[0], closed[1], "0")
    assert closed[8] == "1"
    assert float(forming[5]) < float(closed[5])
    assert float(closed[2]) >= float(forming[2])


@in_virtual_time
async def test_volumes_have_the_units_of_each_kind() -> None:
    """SWAP: contracts, coins, quote. SPOT: coins, quote, quote. Inverse: contracts, coins, USD."""
    async with Simulator(clock=VirtualClock()).running() as sim, okx_of(sim) as okx:
        page = {"bar": "1H", "limit": 1}
        for symbol, size in ((BTC, 0.01), ("PEPE-USDT-SWAP", 1e7)):
            row = (await okx.data("market/history-candles", instId=symbol, **page))[0]
            price, (contracts, coins, quote) = float(row[4]), map(float, row[5:8])
            assert coins == pytest.approx(contracts * size)
            assert quote == pytest.approx(coins * price, rel=0.05)
        row = (await okx.data("market/history-candles", instId="BTC-USDT", **page))[0]
        assert row[6] == row[7]
        assert float(row[6]) == pytest.approx(float(row[5]) * float(row[4]), rel=0.05)
        row = (await okx.data("market/history-candles", instId="BTC-USD-SWAP", **page))[0]
        assert float(row[7]) == pytest.approx(float(row[5]) * 100)
        assert float(row[6]) == pytest.approx(float(row[7]) / float(row[4]), rel=0.05)
        ticker = (await okx.data("market/ticker", instId=BTC))[0]
        assert float(ticker["volCcy24h"]) == pytest.approx(float(ticker["vol24h"]) * 0.01)
        spot = (await okx.data("market/ticker", instId="BTC-USDT"))[0]
        turnover = float(spot["vol24h"]) * float(spot["last"])
        assert float(spot["volCcy24h"]) == pytest.approx(turnover, rel=0.05)


@in_virtual_time
async def test_open_interest_is_single_sided_in_three_units() -> None:
    """Contracts × contract size = coins, × mark = USD; the truth says the same."""
    async with Simulator(clock=VirtualClock()).running() as sim, okx_of(sim) as okx:
        rows = await okx.data("public/open-interest", instType="SWAP")
        by_id = {row["instId"]: row for row in rows}
        row = by_id[BTC]
        told = await okx.truth(BTC, int(row["ts"]))
        assert float(row["oi"]) * 0.01 == pytest.approx(float(row["oiCcy"]))
        assert float(row["oiCcy"]) == told["open_interest_coins"]
        assert float(row["oiUsd"]) == pytest.approx(told["open_interest_usd"])
        inverse = by_id["BTC-USD-SWAP"]
        assert float(inverse["oi"]) * 100 == pytest.approx(float(inverse["oiUsd"]))


@in_virtual_time
async def test_funding_predicts_what_will_be_settled() -> None:
    """`fundingTime` is the upcoming settlement; after it, the prediction is history."""
    clock = VirtualClock(START_MS - 60_000)
    async with Simulator(clock=clock).running() as sim, okx_of(sim) as okx:
        row = (await okx.data("public/funding-rate", instId=BTC))[0]
        assert (int(row["fundingTime"]), row["nextFundingRate"]) == (START_MS, "")
        assert int(row["nextFundingTime"]) == START_MS + 8 * 3_600_000
        await clock.sleep(120)
        after = (await okx.data("public/funding-rate", instId=BTC))[0]
        history = await okx.data("public/funding-rate-history", instId=BTC, limit=3)
        assert [int(one["fundingTime"]) for one in history] == [
            START_MS - 8 * 3_600_000 * place for place in range(3)
        ]
        assert history[0]["realizedRate"] == after["settFundingRate"]
        assert float(row["fundingRate"]) == pytest.approx(float(after["settFundingRate"]), abs=2e-6)


@in_virtual_time
async def test_any_is_every_perpetual_with_its_own_interval() -> None:
    """ANY includes the X-Perp that goes by FUTURES, and intervals of 1, 2, 4 and 8 hours."""
    async with (
        Simulator(clock=VirtualClock(START_MS + DAY_MS)).running() as sim,
        okx_of(sim) as okx,
    ):
        rows = await okx.data("public/funding-rate", instId="ANY")
    hours = {(int(row["nextFundingTime"]) - int(row["fundingTime"])) // 3_600_000 for row in rows}
    assert hours == {1, 2, 4, 8}
    assert {row["instType"] for row in rows} == {"SWAP", "FUTURES"}
    assert [row["instId"] for row in rows if row["instType"] == "FUTURES"] == [
        "BTC-USD_UM_XPERP-310404"
    ]


@in_virtual_time
async def test_mark_and_index_are_near_the_last_price() -> None:
    """Bulk answers cover what the tickers cover; index ids have no -SWAP."""
    async with Simulator(clock=VirtualClock()).running() as sim, okx_of(sim) as okx:
        marks = {
            row["instId"]: float(row["markPx"])
            for row in await okx.data("public/mark-price", instType="SWAP")
        }
        index = {
            row["instId"]: float(row["idxPx"])
            for row in await okx.data("market/index-tickers", quoteCcy="USDT")
        }
        tickers = await okx.data("market/tickers", instType="SWAP")
        told = await okx.truth(BTC, START_MS)
    assert (marks[BTC], index["BTC-USDT"]) == (told["mark_price"], told["index_price"])
    for row in tickers:
        # Whoever is suspended keeps an old last price.
        if row["instId"].endswith("-USDT-SWAP") and START_MS - int(row["ts"]) < 10_000:
            last = float(row["last"])
            assert marks[row["instId"]] == pytest.approx(last, rel=0.01)
            assert index[row["instId"].removesuffix("-SWAP")] == pytest.approx(last, rel=0.01)


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("market/ticker", {"instId": "NOPE-USDT-SWAP"}, 200, "51001"),
        ("market/ticker", {}, 400, "50014"),
        ("market/tickers", {}, 400, "50014"),
        ("market/tickers", {"instType": "swap"}, 400, "51000"),
        ("market/candles", {"instId": BTC, "bar": "30M"}, 400, "51000"),
        ("market/candles", {"instId": BTC, "bar": "1d"}, 400, "51000"),
        ("market/candles", {"instId": BTC, "after": "yesterday"}, 400, "51000"),
        ("market/candles", {"instId": BTC, "limit": "0"}, 400, "51000"),
        ("market/candles", {"instId": "BTC-USDT-240329"}, 200, "50047"),
        ("market/index-tickers", {}, 400, "50015"),
        ("market/index-tickers", {"instId": BTC}, 200, "51001"),
        ("public/funding-rate", {"instId": "BTC-USDT"}, 200, "51001"),
        ("public/open-interest", {"instType": "SPOT"}, 400, "51000"),
        ("public/instruments", {"instType": "SWAP", "instId": "NOPE"}, 200, "51001"),
    ],
)
async def test_errors_have_okx_codes(
    sim: Simulator, path: str, params: dict[str, str], status: int, code: str
) -> None:
    """Each mistake has its code and HTTP status; the data is an empty list."""
    async with okx_of(sim) as okx:
        response = await okx.get(path, **params)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["data"] == []


async def test_an_unknown_path_is_not_found(sim: Simulator) -> None:
    """With the numeric code that the real one has there."""
    async with okx_of(sim) as okx:
        response = await okx.get("market/nothing")
    assert (response.status_code, response.json()["code"]) == (404, 404)


@in_virtual_time
async def test_more_requests_than_documented_are_refused_and_noted() -> None:
    """20 in two seconds pass, the next gets 429 without data, and two seconds later all is well."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, okx_of(sim) as okx:
        statuses = [(await okx.get("market/ticker", instId=BTC)).status_code for _ in range(21)]
        assert statuses == [200] * 20 + [429]
        refused = await okx.get("market/ticker", instId=BTC)
        assert refused.json() == {"msg": "Too Many Requests", "code": "50011"}
        # Another path has a window of its own.
        assert (await okx.get("public/time")).status_code == 200
        await clock.sleep(2.1)
        assert (await okx.get("market/ticker", instId=BTC)).status_code == 200
        stats = await okx.stats()
    assert stats["violations_total"] == 2
    assert "20/2s" in stats["violations"][0]["what"]
    assert stats["violations"][0]["when"] >= START_MS


@in_virtual_time
async def test_limits_can_be_switched_off() -> None:
    """For tests of something else."""
    clock = VirtualClock()
    async with Simulator(clock=clock, limits=False).running() as sim, okx_of(sim) as okx:
        for _ in range(30):
            assert (await okx.get("public/time")).status_code == 200
        assert (await okx.stats())["violations"] == []
