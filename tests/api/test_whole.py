"""The endpoint over a real engine, its database and the simulated exchange."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest

from tests.api.described import assert_as_described
from tests.support.engines import Monitor, a_monitor, true_price, true_sum, until_settled
from tests.support.plain import PLAIN
from tests.support.sim import CURVE
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.api.address import Address, bind
from tui_monitor.api.app import ENDPOINTS, build_app
from tui_monitor.api.limits import Limits
from tui_monitor.api.serving import serving
from tui_monitor.boards.sum_curve import SumBoard
from tui_monitor.clock import DAY_MS, MINUTE_MS, SLOT_MS
from tui_monitor.model import Exchange, Market, PriceMinute
from tui_monitor.simulator import Simulator

COINS = ("BTC", "ETH", "XRP", "SOL", "DOGE")
BACKFILL = "/api/backfill-monitor"


class Whole(NamedTuple):
    """Everything that runs, and a client of it."""

    clock: VirtualClock
    monitor: Monitor
    http: httpx.AsyncClient

    @property
    def day_ms(self) -> int:
        zone = self.monitor.engine.zone
        return zone.day_start_ms(zone.day_of(self.clock.now_ms()))

    async def get(self, path: str, **query: str) -> Any:
        response = await self.http.get(path, params=query)
        assert response.status_code == 200, (path, response.text)
        found = response.json()
        assert_as_described(path, found)
        assert found["source"] == "simulator"
        return found

    async def post(self, path: str, body: dict[str, str]) -> httpx.Response:
        return await self.http.post(path, json=body)


@asynccontextmanager
async def whole(folder: Path) -> AsyncIterator[Whole]:
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, limits=False, coins=CURVE).running() as sim,
        a_monitor(folder, sim, clock, coins=COINS, min_coins=3) as monitor,
    ):
        await until_settled(monitor, clock)
        with await bind(Address("127.0.0.1", 0)) as listener:
            address = Address("127.0.0.1", listener.getsockname()[1])
            app = build_app(monitor.source, clock, monitor.engine.zone, address=address)
            async with (
                serving(app, listener, Limits()),
                httpx.AsyncClient(
                    base_url=address.url, trust_env=False, verify=PLAIN, timeout=60
                ) as http,
            ):
                yield Whole(clock, monitor, http)


@in_virtual_time
async def test_records_tell_what_the_market_was(tmp_path: Path) -> None:
    """Each price is the market's at that slot, each sum that of the changes since 00:00."""
    async with whole(tmp_path) as served:
        sim = served.monitor.sim
        answer = await served.get("/api/coin-price-tracker/latest", limit="3")
        assert answer["count"] == 3
        for record in answer["data"]:
            slot_ms = record["slot_ms"]
            for coin, price in record["coins"].items():
                assert price["current_price"] == true_price(sim, coin, slot_ms)
                assert price["base_price"] == true_price(sim, coin, served.day_ms)
            expected = true_sum(sim, COINS, slot_ms, served.day_ms)
            assert record["total_change"] == pytest.approx(expected)
            assert record["valid_coins"] == len(COINS)


@in_virtual_time
async def test_the_board_is_live_and_all_is_well(tmp_path: Path) -> None:
    """The struct whole, with the node asked for; and nothing to complain of."""
    async with whole(tmp_path) as served:
        data = (await served.get("/api/boards/sum", slot="03:30"))["data"]
        board = msgspec.convert(data, SumBoard)
        assert board.shown_ms == served.day_ms + 7 * SLOT_MS
        assert board.live is not None
        assert board.live.valid == len(COINS)
        # The coins of the spreads are known from their first look on.
        async with asyncio.timeout(120):
            while not await served.monitor.source.prices():
                await served.clock.sleep(1)
        # Each answer of a real engine has exactly the keys that are described.
        for route in ENDPOINTS:
            if route.gives is not None and route.method == "GET":
                await served.get(route.path.format(symbol="BTC"))
        # An exchange's own symbol leads to its coin, a multiple in front of it too.
        for symbol in ("btc", "BTCUSDT", "1000BTCUSDT"):
            assert (await served.get("/api/data", symbol=symbol))["symbol"] == "BTC"
            assert (await served.get(f"/api/history/{symbol}/database"))["symbol"] == "BTC"
            await served.get(f"/api/history/{symbol}")
        health = await served.get("/api/health")
        assert health["status"] == "healthy", health["data"]["reasons"]
        assert health["database"]["records"]["slot_prices"] >= len(COINS) * 17


@in_virtual_time
async def test_the_database_is_counted_and_maintained(tmp_path: Path) -> None:
    """Every kind of rows that there is, with its newest; then what is too old goes at once."""
    async with whole(tmp_path) as served:
        engine, source = served.monitor.engine, served.monitor.source
        old_ms = served.day_ms - 40 * DAY_MS
        await engine.store.record_price_minutes([a_minute(old_ms), a_minute(served.clock.now_ms())])
        found = await served.get("/api/database/stats")
        info = await source.store_info()
        assert {one["name"]: one["rows"] for one in found["data"]["series"]} == info.rows
        for one in found["data"]["series"]:
            assert (one["oldest_ms"] is None) == (one["newest_ms"] is None), one
        newest = {one["name"]: one["newest_ms"] for one in found["data"]["series"]}
        assert newest["slot_prices"] == served.clock.now_ms() // SLOT_MS * SLOT_MS
        assert found["stats"]["aggregated_data_range"]["earliest"] == engine.zone.format(old_ms)
        recent = {"symbol": "NEW", "exchange": "okx", "count": 1}
        assert recent in found["stats"]["recent_data_by_symbol_exchange"]
        first = asyncio.ensure_future(served.post("/api/database/maintenance", {}))
        await asyncio.sleep(0.01)
        assert (await served.post("/api/database/maintenance", {})).status_code == 409
        answer = (await first).json()
        assert answer["status"] == "success"
        assert answer["data"]["removed"]["price_minutes"] == answer["count"] == 1
        again = (await served.post("/api/database/maintenance", {})).json()
        assert again["count"] == 0
        there = (await served.get("/api/database/stats"))["stats"]
        assert recent in there["recent_data_by_symbol_exchange"]
        assert there["aggregated_data_range"]["earliest"] != engine.zone.format(old_ms)


def a_minute(at_ms: int) -> PriceMinute:
    """A minute of a coin that nobody else writes of."""
    return PriceMinute(
        minute_ms=at_ms - at_ms % MINUTE_MS,
        exchange=Exchange.OKX,
        market=Market.PERP,
        symbol="NEW-USDT-SWAP",
        coin="NEW",
        open=1.0,
        high=1.0,
        low=1.0,
        close=1.0,
        rate=None,
        samples=1,
    )


@in_virtual_time
async def test_a_backfill_is_begun_seen_stopped_and_finished(tmp_path: Path) -> None:
    """Over the routes alone, up to the history it has made."""
    days = {"start": "2026-10-01", "end": "2026-11-10"}
    async with whole(tmp_path) as served:
        assert (await served.post(f"{BACKFILL}/start", days)).status_code == 200
        assert (await served.post(f"{BACKFILL}/start", days)).status_code == 409
        assert (await served.get(f"{BACKFILL}/status"))["running"] is True
        assert (await served.post(f"{BACKFILL}/stop", {})).json()["data"] == {"stopped": True}
        assert (await served.get(f"{BACKFILL}/status"))["running"] is False
        assert (await served.post(f"{BACKFILL}/start", days)).status_code == 200
        source = served.monitor.source
        await served.clock.until(lambda: source.status().backfill_pct is None, within_s=120)
        jobs = (await served.get(f"{BACKFILL}/status"))["data"]["jobs"]
        assert jobs[0]["state"] == "done"
        assert "2026-10-01" in (await served.get(f"{BACKFILL}/logs"))["logs"]
        history = await served.get(
            "/api/coin-price-tracker/history", start_time="2026-10-01", end_time="2026-11-10"
        )
        assert history["count"] == 41 * 48
        first = history["data"][0]
        assert first["total_change"] == 0
        price = true_price(served.monitor.sim, "BTC", first["slot_ms"])
        assert first["coins"]["BTC"]["current_price"] == price
