"""The source that sums up all exchanges: shapes, units, figures beside the truth, its faults."""

from typing import Any

import httpx
import pytest

from tests.simulator.clients import WITHIN_S
from tests.simulator.harness import okx_of
from tests.support.plain import PLAIN
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator

EXCHANGES = ("okx", "binance", "bybit", "bitget")
HOUR_MS = 3_600_000


class Source:
    """The source as a client sees it."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, name: str) -> httpx.Response:
        """The response of the script."""
        return await self.http.get("/aggregate/bicoin.php", params={"from": name, "t": START_MS})

    async def data(self, name: str) -> Any:
        """The data of an answer that succeeds."""
        response = await self.get(name)
        assert response.status_code == 200
        body = response.json()
        assert body["code"] == 0
        return body["data"]

    async def panic(self) -> dict[str, Any]:
        """The older monitor's answer."""
        body = (await self.http.get("/aggregate/api/panic/latest")).json()
        assert body["success"]
        found: dict[str, Any] = body["data"]
        return found

    async def truth(self, **asked: Any) -> dict[str, Any]:
        """What the market really was."""
        params = httpx.QueryParams({"market": "perp"}).merge(asked)
        found: dict[str, Any] = (await self.http.get("/control/truth", params=params)).json()
        return found


def at(sim: Simulator) -> httpx.AsyncClient:
    """A client of a simulator."""
    return httpx.AsyncClient(base_url=sim.url, timeout=6 * WITHIN_S, trust_env=False, verify=PLAIN)


@in_virtual_time
async def test_an_hours_amount_is_what_the_exchanges_made() -> None:
    """USD of all four, within a percent; the day has more, and a part of it by coin."""
    async with Simulator(clock=VirtualClock()).running() as sim, at(sim) as http:
        source = Source(http)
        told = await source.data("24hbaocang")
        end_ms = told["updateTime"]
        assert end_ms == START_MS - START_MS % 60_000
        made = [
            one["usd"]
            for name in EXCHANGES
            for one in (
                await source.truth(exchange=name, **{"from": end_ms - HOUR_MS, "to": end_ms - 1})
            )["liquidations"]
        ]
        assert told["totalBlastUsd1h"] == pytest.approx(sum(made), rel=0.01)
        assert told["totalBlastUsd1h"] < told["totalBlastUsd24h"]
        assert 10_000 < told["totalBlastNum24h"] < 1_000_000
        assert sum(row["totalBlast"] for row in told["coinsDataList"]) <= told["totalBlastUsd24h"]
        every = {row["exchange"]: row["totalBlast"] for row in told["exchangesDataList"]}
        assert every.pop("全网总计") == pytest.approx(sum(every.values()))
        assert (await source.data("1hbaocang"))["totalBlastUsd1h"] == told["totalBlastUsd1h"]


@in_virtual_time
async def test_held_positions_are_the_open_interest() -> None:
    """The total first, then each exchange; one side in USD, of perpetuals alone."""
    async with Simulator(clock=VirtualClock()).running() as sim, at(sim) as http:
        source = Source(http)
        total, *rows = await source.data("realhold")
        assert (total["exchange"], total["exchangeOtherName"]) == ("全网总计", "Net total")
        assert total["amount"] == pytest.approx(sum(row["amount"] for row in rows))
        assert total["amount"] < 2e10
        own = {row["exchange"]: row for row in rows}
        for name, shown in zip(EXCHANGES, ("OKX", "Binance", "Bybit", "Bitget"), strict=True):
            symbols = (await source.truth(exchange=name, ts=START_MS))["symbols"].values()
            usd = sum(one["open_interest_usd"] for one in symbols)
            assert own[shown]["amount"] == pytest.approx(usd, rel=0.02)
        assert total["dayChanges"] == pytest.approx(
            total["amount"] / total["lastAmount"] - 1, abs=1e-4
        )


@in_virtual_time
async def test_a_month_has_thirty_days_and_the_sides() -> None:
    """Days of UTC+8, the last one today's; longs are buyAmount."""
    async with Simulator(clock=VirtualClock()).running() as sim, at(sim) as http:
        source = Source(http)
        told = await source.data("30daybaocang")
        again = await source.data("30daybaocang")
        truth = await source.truth(exchange="okx", **{"from": START_MS - 600_000, "to": START_MS})
    assert told == again
    assert len(told["list"]) == 30
    assert told["totalAmount"] == pytest.approx(
        sum(day["buyAmount"] + day["sellAmount"] for day in told["list"])
    )
    assert [day["dateStr"] for day in told["list"]] == sorted(
        day["dateStr"] for day in told["list"]
    )
    assert truth["liquidations"]


@in_virtual_time
async def test_what_it_does_not_know_is_null() -> None:
    """As the original's dead parts."""
    async with Simulator(clock=VirtualClock()).running() as sim, at(sim) as http:
        assert await Source(http).data("chicang") is None
        assert (await http.get("/aggregate/moon.php")).status_code == 404


@in_virtual_time
async def test_the_older_monitors_units() -> None:
    """Amounts in 万$, people in 万, positions in 亿$; the index is their plain ratio."""
    async with Simulator(clock=VirtualClock()).running() as sim, at(sim) as http:
        source = Source(http)
        day, held, panic = (
            await source.data("24hbaocang"),
            (await source.data("realhold"))[0]["amount"],
            await source.panic(),
        )
    assert panic["hour_1_amount"] == pytest.approx(day["totalBlastUsd1h"] / 1e4, abs=0.01)
    assert panic["hour_24_amount"] == pytest.approx(day["totalBlastUsd24h"] / 1e4, abs=0.01)
    assert panic["hour_24_people"] == pytest.approx(day["totalBlastNum24h"] / 1e4, abs=0.01)
    assert panic["total_position"] == pytest.approx(held / 1e8, abs=0.01)
    people, position = panic["hour_24_people"], panic["total_position"]
    assert panic["panic_index"] == pytest.approx(people / position, rel=0.01)
    wash = panic["hour_24_amount"] / (position * 1e4) * 100
    assert panic["wash_index"] == pytest.approx(wash, rel=0.01)
    assert panic["market_zone"] == f"{people}万人/{position}亿美元"
    assert panic["record_time"] == "2026-11-20 08:00:00"


@in_virtual_time
async def test_figures_move_each_minute_unless_they_are_stale() -> None:
    """A stale source repeats its figures with the old time; so it says of itself."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, at(sim) as http:
        source = Source(http)
        before = await source.data("24hbaocang")
        sim.fault(exchange="aggregate", kind="stale", seconds=300)
        await clock.sleep(120)
        assert await source.data("24hbaocang") == before
        await clock.sleep(181)
        after = await source.data("24hbaocang")
    assert after["updateTime"] == before["updateTime"] + 300_000
    assert after["totalBlastUsd24h"] != before["totalBlastUsd24h"]


@in_virtual_time
async def test_every_fault_of_the_source() -> None:
    """Zeros, a crowd of more than a million, HTTP errors, HTML, half a body, no numbers."""
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        at(sim) as http,
        okx_of(sim) as okx,
    ):
        source = Source(http)
        kinds = (await http.get("/control/faults")).json()["aggregate_kinds"]
        for kind, status in (("http_429", 429), ("http_500", 500), ("http_451", 451)):
            sim.fault(exchange="aggregate", kind=kind)
            assert (await source.get("24hbaocang")).status_code == status
            assert (await okx.get("public/time")).status_code == 200
            await http.post("/control/reset")
        for kind in ("html", "garbage", "truncate", "nan"):
            sim.fault(exchange="aggregate", kind=kind)
            with pytest.raises(ValueError, match=r"."):
                (await source.get("24hbaocang")).json()
            await http.post("/control/reset")
        sim.fault(exchange="aggregate", kind="zeros")
        told = await source.data("24hbaocang")
        assert (told["totalBlastUsd1h"], told["totalBlastNum24h"]) == (0, 0)
        assert told["updateTime"]
        assert (await source.data("realhold"))[0]["amount"] == 0
        assert (await source.panic())["total_position"] == 0
        await http.post("/control/reset")
        sim.fault(exchange="aggregate", kind="crowd")
        assert (await source.data("24hbaocang"))["totalBlastNum24h"] > 1_000_000
        assert {"stale", "zeros", "crowd", "slow", "late_ts", "huge_frame"} <= set(kinds)


async def test_kinds_belong_to_their_source(sim: Simulator) -> None:
    """An exchange has no crowd, the source no sockets."""
    async with at(sim) as http:
        for exchange, kind in (("okx", "crowd"), ("aggregate", "silence")):
            body = {"exchange": exchange, "kind": kind}
            assert (await http.post("/control/faults", json=body)).status_code == 400
