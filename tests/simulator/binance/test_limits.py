"""Weights within the clock's minute, pools, and the ban of who goes on."""

from typing import Any

import pytest

from tests.simulator.binance.harness import BTC, DATA, FAPI, SPOT, Binance, binance_of
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator
from tui_monitor.simulator.binance.futures import kline_weight
from tui_monitor.simulator.binance.spot import day_weight

USED = "x-mbx-used-weight-1m"


async def spend(binance: Binance, weight: int) -> None:
    """Use so much of the futures' weight, ten at a time: a refused request costs as much."""
    for _ in range(weight // 10):
        asked: dict[str, Any] = {"symbol": "NOPE", "interval": "1m", "limit": 1500}
        assert (await binance.get(f"{FAPI}/klines", **asked)).status_code == 400


@pytest.mark.parametrize(
    ("limit", "weight"),
    [(None, 5), (1, 1), (100, 1), (101, 2), (500, 2), (501, 5), (1000, 5), (1001, 10), (1500, 10)],
)
def test_bars_weigh_by_their_number(limit: int | None, weight: int) -> None:
    """The bands include their tops."""
    assert kline_weight({} if limit is None else {"limit": str(limit)}) == weight


@pytest.mark.parametrize(
    ("params", "weight"),
    [
        ({"symbol": BTC}, 2),
        ({"symbols": '["BTCUSDT"]'}, 2),
        ({"symbols": str([BTC] * 21).replace("'", '"')}, 40),
        ({}, 80),
    ],
)
def test_spot_tickers_weigh_by_the_symbols(params: dict[str, str], weight: int) -> None:
    """One to twenty, up to a hundred, all."""
    assert day_weight(params) == weight


@in_virtual_time
async def test_the_used_weight_is_told_where_there_is_weight() -> None:
    """Refused requests cost, too; funding routes say nothing; spot has a pool of its own."""
    async with Simulator(clock=VirtualClock()).running() as sim, binance_of(sim) as binance:
        assert (await binance.get(f"{FAPI}/premiumIndex")).headers[USED] == "10"
        refused = await binance.get(f"{FAPI}/klines", symbol="NOPE", interval="1m", limit=1)
        assert (refused.status_code, refused.headers[USED]) == (400, "11")
        for path in (f"{FAPI}/fundingInfo", f"{FAPI}/fundingRate", f"{DATA}/openInterestHist"):
            assert USED not in (await binance.get(path, symbol=BTC, period="5m")).headers
        assert (await binance.get(f"{SPOT}/ticker/24hr")).headers[USED] == "80"


@in_virtual_time
async def test_a_minute_too_full_ends_with_the_clocks_minute() -> None:
    """429 with Retry-After until then, and a violation; not a sliding window."""
    clock = VirtualClock(START_MS + 50_000)
    async with Simulator(clock=clock).running() as sim, binance_of(sim) as binance:
        await spend(binance, 2400)
        refused = await binance.get(f"{FAPI}/time")
        assert refused.status_code == 429
        assert refused.json()["code"] == -1003
        assert int(refused.headers["retry-after"]) <= 10
        assert "2400" in sim.stats()["binance-futures"]["violations"][0]["what"]
        assert (await binance.get(f"{SPOT}/time")).status_code == 200
        await clock.sleep(10)
        assert (await binance.get(f"{FAPI}/time")).headers[USED] == "1"


@in_virtual_time
async def test_who_goes_on_is_banned_longer_each_time() -> None:
    """418 with the end of the ban in the text; also on paths without weight; reset lifts it."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, binance_of(sim) as binance:
        await spend(binance, 2400)
        for _ in range(10):
            assert (await binance.get(f"{FAPI}/time")).status_code == 429
        ban = await binance.get(f"{FAPI}/time")
        assert (ban.status_code, ban.headers["retry-after"]) == (418, "120")
        until_ms = int(ban.json()["msg"].partition("until ")[2].partition(".")[0])
        assert abs(until_ms - clock.now_ms() - 120_000) < 1_000
        assert (await binance.get(f"{FAPI}/fundingInfo")).status_code == 418
        await clock.sleep(121)
        assert (await binance.get(f"{FAPI}/time")).status_code == 200
        await spend(binance, 2390)
        again = [(await binance.get(f"{FAPI}/premiumIndex", symbol=BTC)) for _ in range(20)]
        assert [one.status_code for one in again[-11:-1]] == [429] * 10
        assert again[-1].status_code == 418
        assert (await binance.get(f"{FAPI}/time")).headers["retry-after"] == "240"
        await binance.http.post("/control/reset")
        assert (await binance.get(f"{FAPI}/time")).status_code == 200


@in_virtual_time
async def test_funding_has_a_pool_of_500_in_five_minutes() -> None:
    """Both routes together; nothing else is touched."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, binance_of(sim) as binance:
        asked = {"symbol": BTC, "limit": 1}
        for _ in range(499):
            await binance.data(f"{FAPI}/fundingRate", **asked)
        await binance.data(f"{FAPI}/fundingInfo")
        assert await binance.refusal(f"{FAPI}/fundingRate", **asked) == (429, -1003)
        assert (await binance.get(f"{FAPI}/time")).status_code == 200
        await clock.sleep(301)
        await binance.data(f"{FAPI}/fundingInfo")


async def test_limits_can_be_switched_off(quick_sim: Simulator) -> None:
    """As for OKX."""
    async with binance_of(quick_sim) as binance:
        await spend(binance, 2480)
        assert quick_sim.stats()["binance-futures"]["violations"] == []
