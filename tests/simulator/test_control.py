"""Counts and truth."""

import pytest

from tests.simulator.harness import BTC, okx_of, talk_to
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.config import COINS
from tui_monitor.simulator import Simulator


async def test_stats_count_what_clients_did(sim: Simulator) -> None:
    """Connections, requests by path, frames, subscriptions; reset begins anew."""
    async with okx_of(sim) as okx, talk_to(sim) as talk:
        await okx.data("public/time")
        await okx.data("public/time")
        await talk.subscribe("tickers")
        await talk.push("tickers")
        stats = await okx.stats()
        assert stats["connections"] == {"open": 1, "total": 1}
        assert stats["requests"] == {"/api/v5/public/time": 2}
        assert stats["frames"]["in"] == 1
        assert stats["frames"]["out"] >= 2
        assert stats["subscriptions"] == {"active": 1, "total": 1}
        assert stats["violations"] == []
        await okx.http.post("/control/reset")
        stats = await okx.stats()
        assert stats["requests"] == {}
        assert stats["connections"] == {"open": 1, "total": 1}
        assert stats["subscriptions"]["active"] == 1


async def test_stats_survive_a_client_that_invents_paths(sim: Simulator) -> None:
    """Unknown paths are counted together once there are many."""
    async with okx_of(sim) as okx:
        for place in range(520):
            await okx.get(f"made/up/{place}")
        stats = await okx.stats()
    assert len(stats["requests"]) == 501
    assert stats["requests"]["(other paths)"] == 20


@in_virtual_time
async def test_truth_is_in_the_models_units() -> None:
    """Prices a coin, sizes in coins, money in USD, rates as fractions."""
    async with Simulator(clock=VirtualClock()).running() as sim, okx_of(sim) as okx:
        told = await okx.truth("PEPE-USDT-SWAP", START_MS)
        assert told["bid"] < told["ask"] < 0.0001
        assert told["contract_size"] == 1e7
        assert told["open_interest_usd"] == pytest.approx(
            told["open_interest_coins"] * told["mark_price"]
        )
        assert told["next_settlement_ms"] == START_MS + 8 * 3_600_000
        assert abs(told["funding_rate"]) < 0.01
        spot = await okx.truth("PEPE-USDT", START_MS, market="spot")
        assert spot["last"] == pytest.approx(told["last"], rel=0.01)
        assert "funding_rate" not in spot


@in_virtual_time
async def test_truth_is_the_same_from_another_simulator_of_the_seed() -> None:
    """Another process, another day: one story; another seed: another one."""
    tellings = []
    for seed, late_s in ((1, 0), (1, 90_000), (2, 0)):
        clock = VirtualClock(START_MS + late_s * 1_000)
        async with Simulator(seed, clock=clock).running() as sim, okx_of(sim) as okx:
            tellings.append(await okx.truth(BTC, START_MS - 5_000))
    assert tellings[0] == tellings[1] != tellings[2]


@in_virtual_time
async def test_truth_of_all_symbols_at_once() -> None:
    """Without a symbol, every one that trades."""
    async with Simulator(clock=VirtualClock()).running() as sim, okx_of(sim) as okx:
        params: dict[str, str | int] = {"exchange": "okx", "market": "perp", "ts": START_MS}
        told = (await okx.http.get("/control/truth", params=params)).json()["symbols"]
    assert {f"{coin}-USDT-SWAP" for coin in COINS} <= set(told)
    assert told[BTC] == {**told[BTC], "symbol": BTC, "ts": START_MS}


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"exchange": "mars"},
        {"exchange": "okx", "market": "moon"},
        {"exchange": "okx", "market": "perp", "symbol": "NOPE"},
        {"exchange": "okx", "market": "spot", "symbol": BTC},
        {"exchange": "okx", "symbol": BTC, "ts": "noon"},
        {"exchange": "okx", "symbol": BTC, "ts": "9" * 15},
        {"exchange": "okx", "from": "1795132800000", "to": "1795132700000"},
        {"exchange": "okx", "from": "1695132800000", "to": "1795132700000"},
    ],
)
async def test_a_bad_question_is_refused(sim: Simulator, params: dict[str, str]) -> None:
    """HTTP 400 and one clear error."""
    async with okx_of(sim) as okx:
        response = await okx.http.get("/control/truth", params=params)
    assert response.status_code == 400
    assert response.json()["error"]
