"""Moves that stand out, a market that else is calm, coins that are odd."""

from itertools import pairwise
from statistics import fmean, pstdev
from typing import Any

import pytest

from tests.simulator.clients import Client, client_of
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.config import Anomalies
from tui_monitor.simulator import Simulator
from tui_monitor.simulator.bars import Bar
from tui_monitor.simulator.binance.catalog import UM, catalog_of
from tui_monitor.simulator.contracts import Contract
from tui_monitor.simulator.market import Series, World
from tui_monitor.simulator.plants import BAR_MS, BURST, JUMP, WIDE, Interest, Move

BARS, BEFORE = 96, 150
END = START_MS // BAR_MS
NEXT_MS = (END + 1) * BAR_MS
PEPE = Contract("PEPE-USDT-SWAP", "PEPE", 10, 1, size_exponent=7)
MINUTES = 15


def z_score(value: float, others: list[float]) -> float:
    """Deviations above the mean; 0 where nothing deviates."""
    deviation = pstdev(others)
    return (value - fmean(others)) / deviation if deviation else 0.0


def score(bars: list[Bar]) -> float:
    """The anomaly score of the last of some bars; 0 if it moved less than the settings judge."""
    closes = [bar.close for bar in bars]
    moves = [abs(after / before - 1) for before, after in pairwise(closes)]
    if moves[-1] < Anomalies().min_return:
        return 0.0
    turnovers = [float(bar.turnover) for bar in bars]
    ranges = [(bar.high - bar.low) / bar.close for bar in bars]
    rank = 100 * sum(move < moves[-1] for move in moves[:-1]) / (len(moves) - 1)
    price = max(z_score(moves[-1], moves[:-1]) - 2.5, 0) + max(rank - 92, 0) / 10
    volume = max(abs(z_score(turnovers[-1], turnovers[:-1])) - 2, 0)
    return 0.4 * price + 0.3 * (volume + max(z_score(ranges[-1], ranges[:-1]) - 2, 0))


def quarter(series: Series, bar: int) -> Bar:
    """A 15-minute bar."""
    return series.span(bar * MINUTES, (bar + 1) * MINUTES)


def test_the_market_is_calm_but_for_what_is_planted() -> None:
    """A day of 60 coins out of 600: no bar scores 2 that isn't planted; jumps that are do."""
    catalog = catalog_of(1, 600)
    plan = catalog.world.plan
    planted = plan.between(START_MS - 2 * DAY_MS, START_MS)
    odd = {(move.coin, move.bar) for move in planted}
    moved = {move.coin for move in planted}
    pairs = [pair for pair in catalog.rows(UM, START_MS) if pair.market == "perp"]
    found: dict[bool, list[float]] = {True: [], False: []}
    for pair in [*pairs[:600:10], *(pair for pair in pairs if pair.coin in moved)]:
        bars = [quarter(pair.series, at) for at in range(END - BARS - BEFORE, END)]
        for place in range(BEFORE, BEFORE + BARS):
            bar = END - BARS - BEFORE + place
            made = score(bars[place - BEFORE + 1 : place + 1])
            found[(pair.series.coin.name, bar) in odd].append(made)
    assert max(found[False]) < 1.8
    assert sorted(found[True])[len(found[True]) // 8] > 2


@pytest.mark.parametrize(
    ("kind", "size"), [(JUMP, 0.05), (JUMP, -0.04), (BURST, 9.0), (WIDE, 0.06)]
)
def test_a_planted_bar_is_what_was_asked_for(kind: str, size: float) -> None:
    """Its change, volume and range; the bars before it are as they were."""
    world, usual = World(3), World(3)
    world.plant(Move(kind, "PEPE", END, size))
    series, same = world.series(PEPE), usual.series(PEPE)
    bar, without = quarter(series, END), quarter(same, END)
    assert quarter(series, END - 1)[1:3] == quarter(same, END - 1)[1:3]
    change = {JUMP: size}.get(kind, 0.015 if END % 2 == 0 else -0.015)
    assert bar.close / bar.open - 1 == pytest.approx(change, abs=0.007)
    if kind == BURST:
        usual_lots = series.minute_lots * MINUTES
        assert bar.lots == pytest.approx(size * max(without.lots, usual_lots), rel=0.01)
    if kind == WIDE:
        assert (bar.high - bar.low) / bar.close == pytest.approx(size, abs=0.02)
    kept = series.price(NEXT_MS) / same.price(NEXT_MS) - 1
    assert kept == pytest.approx(change, abs=0.001)
    later = (END + 200) * BAR_MS
    assert series.price(later) == same.price(later)


def test_what_is_planted_late_changes_what_was_remembered() -> None:
    """All caches of a coin forget; taken back, everything is as before."""
    world = World(3)
    series = world.series(PEPE)
    ms = NEXT_MS + 1
    before = (series.price(ms), series.day(ms), quarter(series, END))
    move = Move(JUMP, "PEPE", END, 0.1)
    world.plant(move)
    after = (series.price(ms), series.day(ms), quarter(series, END))
    assert all(one != other for one, other in zip(before, after, strict=True))
    world.uproot([move])
    assert (series.price(ms), series.day(ms), quarter(series, END)) == before


def test_the_seed_plants_twelve_a_day_of_three_kinds() -> None:
    """Deterministic; another seed plants others."""
    day = World(1).plan.between(
        START_MS - START_MS % DAY_MS, START_MS - START_MS % DAY_MS + DAY_MS - 1
    )
    assert len(day) == 12
    assert {move.kind for move in day} == {JUMP, BURST, WIDE}
    again = World(1).plan.between(START_MS, START_MS + DAY_MS)
    other = World(2).plan.between(START_MS, START_MS + DAY_MS)
    assert again == World(1).plan.between(START_MS, START_MS + DAY_MS) != other


# --- through the control route ----------------------------------------------------------------


async def bars_of(client: Client, symbol: str) -> dict[int, list[float]]:
    """15-minute bars by open time: open, high, low, close, from any exchange."""
    match client.name:
        case "okx":
            rows = (await client.body("market/candles", instId=symbol, bar="15m"))["data"]
        case "binance":
            rows = await client.body("fapi/v1/klines", symbol=symbol, interval="15m")
        case "bybit":
            asked = {"category": "linear", "symbol": symbol, "interval": "15"}
            rows = (await client.body("v5/market/kline", **asked))["result"]["list"]
        case _:
            asked = {"productType": "USDT-FUTURES", "symbol": symbol, "granularity": "15m"}
            rows = (await client.body("v2/mix/market/candles", **asked))["data"]
    return {int(row[0]): [float(cell) for cell in row[1:5]] for row in rows}


PREFIXES = {
    "okx": ("/okx/api/v5", "LTC-USDT-SWAP"),
    "binance": ("/binance-futures", "LTCUSDT"),
    "bybit": ("/bybit", "LTCUSDT"),
    "bitget": ("/bitget/api", "LTCUSDT"),
}


@in_virtual_time
async def test_a_jump_shows_on_all_exchanges_in_bars_and_prices() -> None:
    """The next bar's change is the planted one everywhere; the list says when it opens."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim:
        planted = sim.plant(kind="jump", coin="LTC", size=0.06)
        assert planted["open"] == NEXT_MS
        await clock.sleep((NEXT_MS + BAR_MS - START_MS) / 1_000 + 1)
        for name, (prefix, symbol) in PREFIXES.items():
            async with client_of(sim, name, prefix) as client:
                opened, high, _, closed = (await bars_of(client, symbol))[NEXT_MS]
                assert closed / opened - 1 == pytest.approx(0.06, abs=0.006)
                now = await client.truth(symbol, clock.now_ms())
                assert now["last"] == pytest.approx(closed, rel=0.005)
                assert now["mark_price"] == pytest.approx(closed, rel=0.005)
                assert high >= closed
        async with client_of(sim, "okx", "/control") as control:
            told = await control.body("plant")
            assert planted in told["planted"]
            assert {one["by"] for one in told["planted"]} == {"seed", "request"}
            await control.http.delete("/control/plant")
            assert planted not in (await control.body("plant"))["planted"]


@in_virtual_time
async def test_another_simulator_knows_nothing_of_what_was_planted() -> None:
    """A simulator that ends takes its plants with it."""
    prices = []
    for size in (None, 0.2, None):
        clock = VirtualClock()
        async with Simulator(clock=clock).running() as sim:
            if size is not None:
                sim.plant(kind="jump", coin="BTC", at=START_MS, size=size)
            told = sim.exchanges["okx"].truth("perp", "BTC-USDT-SWAP", START_MS + BAR_MS)
            prices.append(told["last"])
    assert prices[0] == prices[2] != prices[1]


@in_virtual_time
async def test_a_new_listing_has_ten_bars_and_no_more() -> None:
    """On all exchanges, until it is taken back."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim:
        counts: list[dict[str, int]] = []
        for planted in (False, True, False):
            if planted:
                sim.plant(kind="new_listing", coin="LTC")
            counts.append({})
            for name, (prefix, symbol) in PREFIXES.items():
                async with client_of(sim, name, prefix) as client:
                    counts[-1][name] = len(await bars_of(client, symbol))
                    assert (await client.truth(symbol, START_MS))["last"] > 0
            async with client_of(sim, "okx", "/control") as control:
                await control.http.delete("/control/plant")
    assert set(counts[1].values()) == {11}
    assert counts[0] == counts[2]
    assert min(counts[0].values()) >= 100


@in_virtual_time
async def test_a_quiet_coin_trades_and_hardly_moves() -> None:
    """Turnover of millions, no bar of half a percent."""
    async with Simulator(clock=VirtualClock()).running() as sim:
        for name, (prefix, symbol) in PREFIXES.items():
            async with client_of(sim, name, prefix) as client:
                bars = await bars_of(client, symbol.replace("LTC", "CALM"))
                assert len(bars) >= 100
                assert all(abs(bar[3] / bar[0] - 1) < 0.002 for bar in bars.values())
        ticker = sim.exchanges["binance"].truth("perp", "CALMUSDT", START_MS)
        assert ticker["open_interest_usd"] > 1e6


@in_virtual_time
async def test_open_interest_changes_by_coins_and_by_method() -> None:
    """A change grows within a bar; a method doubles at once, on one exchange if so asked."""
    async with Simulator(clock=VirtualClock()).running() as sim:
        symbols = {"okx": "BTC-USDT-SWAP", "binance": "BTCUSDT", "bybit": "BTCUSDT"}

        def held(name: str, ms: int) -> float:
            told = sim.exchanges[name].truth("perp", symbols[name], ms)
            return float(told["open_interest_coins"])

        at_ms, later_ms = START_MS + 60_000, START_MS + 60_000 + BAR_MS
        before = {name: (held(name, at_ms - 60_000), held(name, later_ms)) for name in symbols}
        sim.plant(kind="oi_change", coin="BTC", at=at_ms, coins=5_000)
        for name in symbols:
            assert held(name, at_ms - 60_000) == before[name][0]
            assert held(name, later_ms) == pytest.approx(before[name][1] + 5_000, rel=1e-6)
        sim.plant(kind="oi_method", coin="BTC", at=later_ms, exchange="bybit")
        assert held("bybit", later_ms) == pytest.approx(2 * (before["bybit"][1] + 5_000), rel=1e-6)
        assert held("okx", later_ms) == pytest.approx(before["okx"][1] + 5_000, rel=1e-6)


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "moon", "coin": "BTC"},
        {"kind": "jump", "coin": "NOPE"},
        {"kind": "jump", "coin": "BTC", "size": 2.0},
        {"kind": "jump", "coin": "BTC", "exchange": "okx"},
        {"kind": "jump", "coin": "BTC", "at": "noon"},
        {"kind": "jump", "coin": "BTC", "at": 1},
        {"kind": "oi_change", "coin": "BTC"},
        {"kind": "oi_method", "coin": "BTC", "exchange": "mars"},
        {"kind": "jump", "coin": "BTC", "wings": 2},
    ],
)
async def test_a_bad_plant_is_refused(sim: Simulator, body: dict[str, Any]) -> None:
    """HTTP 400 and one clear error; nothing is planted."""
    async with client_of(sim, "okx", "/control") as control:
        response = await control.http.post("/control/plant", json=body)
        assert response.status_code == 400
        assert response.json()["error"]
        planted = (await control.body("plant"))["planted"]
    assert {one["by"] for one in planted} <= {"seed"}


def test_interest_is_added_within_a_bar() -> None:
    """Half of it after half a bar."""
    change = Interest("oi_change", "BTC", START_MS, 8.0)
    assert change.at(START_MS - 1) == (1.0, 0.0)
    assert change.at(START_MS + BAR_MS // 2) == (1.0, 4.0)
    assert change.at(START_MS + DAY_MS) == (1.0, 8.0)
    assert BAR_MS == MINUTES * MINUTE_MS
