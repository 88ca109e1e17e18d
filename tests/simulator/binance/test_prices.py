"""Last prices alone: of one symbol or of all, on both markets, for little weight."""

import pytest

from tests.simulator.binance.harness import BTC, FAPI, SPOT, binance_of
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator

V2 = "/binance-futures/fapi/v2"


@in_virtual_time
async def test_prices_are_the_markets_and_spot_has_no_time() -> None:
    """The same last price as the truth; futures say when, the deprecated path as well."""
    async with Simulator(clock=VirtualClock()).running() as sim, binance_of(sim) as binance:
        for path, market in ((V2, "perp"), (FAPI, "perp"), (SPOT, "spot")):
            rows = await binance.data(f"{path}/ticker/price")
            row = next(row for row in rows if row["symbol"] == BTC)
            assert ("time" in row) is (market == "perp")
            assert set(row) - {"time"} == {"symbol", "price"}
            ts_ms = row.get("time", START_MS)
            assert float(row["price"]) == (await binance.truth(BTC, ts_ms, market))["last"]
            one = await binance.data(f"{path}/ticker/price", symbol=BTC)
            assert set(one) == set(row)
            assert len(rows) > 100


@pytest.mark.parametrize(("path", "one", "every"), [(V2, 1, 2), (FAPI, 1, 2), (SPOT, 2, 4)])
@in_virtual_time
async def test_prices_weigh_little(path: str, one: int, every: int) -> None:
    """One symbol is half the weight of all."""
    async with Simulator(clock=VirtualClock()).running() as sim, binance_of(sim) as binance:
        used = "x-mbx-used-weight-1m"
        first = await binance.get(f"{path}/ticker/price", symbol=BTC)
        assert first.headers[used] == str(one)
        assert (await binance.get(f"{path}/ticker/price")).headers[used] == str(one + every)
