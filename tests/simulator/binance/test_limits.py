"""Weights within the clock's minute, pools, and the ban of who goes on."""

from typing import Any

import pytest

from tests.simulator.binance.harness import BTC, DATA, FAPI, SPOT, Binance, binance_of
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator
from tui_monitor.simulator.binance.futures import TARIFF, kline_weight
from tui_monitor.simulator.binance.spot import day_weight
from tui_monitor.simulator.binance.weights import WeightMeter
from tui_monitor.simulator.shared import Root

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


def meter_of(clock: VirtualClock) -> tuple[WeightMeter, Root]:
    """The futures' meter, without the way through HTTP."""
    root = Simulator(clock=clock).exchanges["binance"].roots[0]
    return WeightMeter(root, TARIFF), root


def statuses(meter: WeightMeter, path: str, count: int) -> list[int]:
    """What so many requests get."""
    answers = [meter.admit("127.0.0.1", path, {}) for _ in range(count)]
    return [200 if answer is None else answer.status for answer in answers]


@in_virtual_time
async def test_who_goes_on_is_banned_longer_each_time() -> None:
    """418 with the end of the ban in the text; also on paths without weight; only that client."""
    clock = VirtualClock()
    meter, root = meter_of(clock)
    assert statuses(meter, "/fapi/v1/time", 2411) == [200] * 2400 + [429] * 10 + [418]
    for minutes in (2, 4, 8):
        ban = meter.admit("127.0.0.1", "/fapi/v1/fundingInfo", {})
        assert ban is not None
        assert (ban.status, ban.headers) == (418, {"Retry-After": str(minutes * 60)})
        assert f"until {clock.now_ms() + minutes * 60_000}." in ban.body["msg"]
        assert meter.admit("127.0.0.2", "/fapi/v1/time", {}) is None
        await clock.sleep(minutes * 60)
        assert statuses(meter, "/fapi/v1/ticker/24hr", 71) == [200] * 60 + [429] * 10 + [418]
    assert "banned for 240 s" in [one["what"] for one in root.stats.violations]
    meter.reset()
    assert meter.admit("127.0.0.1", "/fapi/v1/time", {}) is None


@in_virtual_time
async def test_a_ban_is_heard_over_http_until_reset() -> None:
    """Nothing is answered but 418."""
    async with Simulator(clock=VirtualClock()).running() as sim, binance_of(sim) as binance:
        await spend(binance, 2400)
        heard = [(await binance.get(f"{FAPI}/time")).status_code for _ in range(11)]
        assert heard == [429] * 10 + [418]
        assert (await binance.get(f"{FAPI}/fundingInfo")).status_code == 418
        await binance.http.post("/control/reset")
        assert (await binance.get(f"{FAPI}/time")).status_code == 200


@in_virtual_time
async def test_funding_has_a_pool_of_500_in_five_minutes() -> None:
    """Both routes together; nothing else is touched."""
    clock = VirtualClock()
    meter, _ = meter_of(clock)
    assert statuses(meter, "/fapi/v1/fundingRate", 499) == [200] * 499
    assert statuses(meter, "/fapi/v1/fundingInfo", 2) == [200, 429]
    assert statuses(meter, "/futures/data/openInterestHist", 1001) == [200] * 1000 + [429]
    assert statuses(meter, "/fapi/v1/time", 1) == [200]
    await clock.sleep(301)
    assert statuses(meter, "/fapi/v1/fundingInfo", 1) == [200]


async def test_limits_can_be_switched_off(quick_sim: Simulator) -> None:
    """As for OKX."""
    async with binance_of(quick_sim) as binance:
        await spend(binance, 2480)
        assert quick_sim.stats()["binance-futures"]["violations"] == []
