"""Binance's streams: what they push, when, and that it is true."""

from itertools import pairwise
from typing import Any

import pytest

from tests.simulator.binance.harness import (
    BTC,
    MARKET_STREAM,
    PEPE,
    PUBLIC_STREAM,
    SPOT_STREAM,
    talk_to,
)
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator
from tui_monitor.simulator.shared import Exchange

HALF_A_MINUTE_MS = 30_000


def truth(sim: Simulator, symbol: str, ms: int, market: str = "perp") -> dict[str, Any]:
    """What the market was."""
    return sim.exchanges["binance"].truth(market, symbol, ms)


@in_virtual_time
async def test_ticker_arrays_have_what_changed_in_both_universes() -> None:
    """Once a second; a missing row means nothing; COIN-M rows count contracts and coins."""
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        talk_to(sim, MARKET_STREAM, "!ticker@arr") as talk,
    ):
        frames = [(await talk.next())["data"] for _ in range(6)]
    every = {row["s"] for rows in frames for row in rows}
    assert all(len(rows) < len(every) for rows in frames)
    assert [b[0]["E"] - a[0]["E"] for a, b in pairwise(frames)] == [1_000] * 5
    seen = {row["s"]: row for rows in frames for row in rows}
    assert {row["st"] for row in seen.values()} == {1, 2}
    merged = seen["BTCUSD_PERP"]
    assert (merged["st"], merged["ps"]) == (2, "BTCUSD")
    assert float(merged["q"]) < float(merged["v"])
    assert "DOGSUSDT" not in every
    assert "b" not in seen[BTC]
    for symbol, times in ((BTC, 1), (PEPE, 1000)):
        row = seen[symbol]
        told = truth(sim, symbol, row["E"])
        assert float(row["c"]) == pytest.approx(told["last"] * times)
        change = 100 * float(row["p"]) / float(row["o"])
        assert float(row["P"]) == pytest.approx(change, abs=0.001)


@in_virtual_time
async def test_mark_prices_come_in_two_frames_with_the_settled_ones() -> None:
    """Crypto (COIN-M among it) and the rest by themselves; settled rows have no next funding."""
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        talk_to(sim, MARKET_STREAM, "!markPrice@arr@1s") as talk,
    ):
        crypto, rest = [(await talk.next())["data"] for _ in range(2)]
        again = (await talk.next())["data"]
    assert {row["s"] for row in rest} == {
        f"{name}USDT" for name in ("TSLA", "NVDA", "AAPL", "XAU", "XAG")
    }
    assert (crypto[0]["E"], again[0]["E"]) == (rest[0]["E"], rest[0]["E"] + 1_000)
    rows = {row["s"]: row for row in crypto}
    assert (rows["DOGSUSDT"]["r"], rows["DOGSUSDT"]["T"]) == ("0.00000000", 0)
    assert rows["BTCUSD_PERP"]["st"] == 2
    assert "ps" not in rows[BTC]
    told = truth(sim, PEPE, rows[PEPE]["E"])
    assert float(rows[PEPE]["p"]) == pytest.approx(told["mark_price"] * 1000)
    assert float(rows[PEPE]["i"]) == pytest.approx(told["index_price"] * 1000)
    assert float(rows[PEPE]["r"]) == told["funding_rate"]
    assert rows[PEPE]["T"] == told["next_settlement_ms"]


@in_virtual_time
async def test_books_are_immediate_for_one_and_late_for_all() -> None:
    """Real time a symbol; all of them within five seconds, an object each."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim:
        async with talk_to(
            sim, PUBLIC_STREAM, "btcusdt@bookTicker/1000pepeusdt@bookTicker"
        ) as talk:
            for _ in range(20):
                row = (await talk.next())["data"]
                times = 1000 if row["s"] == PEPE else 1
                told = truth(sim, row["s"], row["E"])
                assert float(row["b"]) == pytest.approx(told["bid"] * times)
                assert float(row["A"]) == pytest.approx(told["ask_coins"] / times)
            assert clock.now_ms() - START_MS < 10_000
        async with talk_to(sim, PUBLIC_STREAM, "!bookTicker") as talk:
            rows: list[dict[str, Any]] = []
            while not rows or rows[-1]["E"] < rows[0]["E"] + 4_900:
                rows.append((await talk.next())["data"])
    within = [row["s"] for row in rows if row["E"] < rows[0]["E"] + 4_900]
    assert len(set(within)) == len(within) > 150


@in_virtual_time
async def test_spot_streams_have_their_own_shapes() -> None:
    """No marks of a universe; a book in the ticker; a book ticker without type and time."""
    names = "!miniTicker@arr/btcusdt@ticker/btcusdt@bookTicker/btcusdt@miniTicker"
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, talk_to(sim, SPOT_STREAM, names) as talk:
        ticker = await talk.push("btcusdt@ticker")
        book = await talk.push("btcusdt@bookTicker")
        told = truth(sim, BTC, clock.now_ms(), "spot")
        every = await talk.push("!miniTicker@arr")
        mini = await talk.push("btcusdt@miniTicker")
    assert set(book) == {"u", "s", "b", "B", "a", "A"}
    assert (float(book["b"]), float(book["a"])) == (told["bid"], told["ask"])
    told = truth(sim, BTC, ticker["E"], "spot")
    assert (float(ticker["b"]), float(ticker["c"])) == (told["bid"], told["last"])
    assert not {"st", "ps"} & (set(ticker) | set(mini) | set(every[0]))


@in_virtual_time
async def test_klines_run_and_close_once() -> None:
    """`x` is true once a bar, right after its end; the next one opens at its own open."""
    clock = VirtualClock(START_MS + 50_000)
    async with (
        Simulator(clock=clock).running() as sim,
        talk_to(sim, MARKET_STREAM, "btcusdt@kline_1m") as talk,
    ):
        bars: list[Any] = []
        while not bars or bars[-1]["k"]["t"] == START_MS or len(bars) < 25:
            bars.append((await talk.next())["data"])
    closed = [bar for bar in bars if bar["k"]["x"]]
    assert [bar["k"]["t"] for bar in closed] == [START_MS]
    assert closed[0]["E"] - closed[0]["k"]["T"] < 500
    volumes = [float(bar["k"]["v"]) for bar in bars if bar["k"]["t"] == START_MS]
    assert volumes == sorted(volumes)
    assert all(
        b["E"] - a["E"] >= 250 for a, b in pairwise(bars) if not a["k"]["x"] and not b["k"]["x"]
    )
    for bar in bars:
        assert float(bar["k"]["o"]) == truth(sim, BTC, bar["k"]["t"])["last"]
    running = [bar for bar in bars if not bar["k"]["x"]]
    assert float(running[-1]["k"]["c"]) == truth(sim, BTC, running[-1]["E"])["last"]


async def forced(sim: Simulator, clock: VirtualClock, name: str, seconds: int) -> list[Any]:
    """All forced orders that a stream tells of in some time."""
    rows = []
    async with talk_to(sim, MARKET_STREAM, name) as talk:
        while clock.now_ms() < START_MS + seconds * 1_000:
            rows.append((await talk.next(within_s=600))["data"])
    return rows


def told_of(binance: Exchange, first_ms: int, last_ms: int) -> list[dict[str, Any]]:
    """What is told of the forced closes between two times."""
    made = binance.liquidations("perp", None, first_ms, last_ms)
    return [one for one in made if one["streamed"]]


@in_virtual_time
async def test_forced_orders_are_the_latest_of_each_second() -> None:
    """The order's side is the opposite of the position's; more happened than is told."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim:
        rows = await forced(sim, clock, "!forceOrder@arr", 900)
        binance = sim.exchanges["binance"]
        told = told_of(binance, rows[0]["o"]["T"], rows[-1]["E"] - 1)
        every = binance.liquidations("perp", None, START_MS, rows[-1]["E"] - 1)
    own = [
        row
        for row in rows
        if row["o"].get("st", row.get("st")) == 1 and row["o"]["s"][-4:] == "USDT"
    ]
    assert [(row["o"]["s"], row["o"]["T"]) for row in own] == [
        (one["symbol"], one["ts"]) for one in told
    ]
    assert len(told) < len(every)
    for row, one in zip(own, told, strict=True):
        order = row["o"]
        assert order["S"] == {"long": "SELL", "short": "BUY"}[one["side"]]
        assert float(order["ap"]) * float(order["z"]) == pytest.approx(one["usd"])
        beyond = float(order["p"]) < float(order["ap"])
        assert beyond is (one["side"] == "long")
        assert 0 < row["E"] - order["T"] <= 1_000
    places = {("st" in row["o"], "st" in row) for row in rows}
    assert places == {(True, False), (False, True)}
    assert {row["o"].get("st", row.get("st")) for row in rows} == {1, 2}


@in_virtual_time
async def test_a_forced_order_is_told_at_its_seconds_end_however_late_one_subscribes() -> None:
    """Whoever subscribes after it and within its second hears of it."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim:
        made = sim.exchanges["binance"].liquidations("perp", None, START_MS, START_MS + 600_000)
        early = next(one for one in made if one["ts"] % 1_000 < 500 and one["streamed"])
        await clock.sleep((early["ts"] + 100 - START_MS) / 1_000)
        async with talk_to(sim, MARKET_STREAM, "!forceOrder@arr") as talk:
            told = (await talk.next(within_s=600))["data"]
    assert (told["o"]["s"], told["o"]["T"]) == (early["symbol"], early["ts"])
    assert told["E"] == early["ts"] - early["ts"] % 1_000 + 1_000


@in_virtual_time
async def test_forced_orders_of_one_symbol() -> None:
    """Only its own."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim:
        rows = await forced(sim, clock, "ethusdt@forceOrder", 600)
    assert {row["o"]["s"] for row in rows} == {"ETHUSDT"}


def after_five_seconds(said: Any) -> bool:
    """Whether an array is of then or later."""
    return bool(said["data"][0]["E"] > START_MS + 5_000)


@in_virtual_time
async def test_all_sockets_hear_the_same_story() -> None:
    """Two clients, and those of another simulator of the seed that began earlier."""
    name, frames = "!miniTicker@arr", []
    for late_ms in (0, HALF_A_MINUTE_MS):
        clock = VirtualClock(START_MS - late_ms)
        async with Simulator(clock=clock).running() as sim:
            await clock.sleep(late_ms / 1000)
            async with talk_to(sim, names=name) as one, talk_to(sim, names=name) as two:
                frames += [await talk.until(after_five_seconds) for talk in (one, two)]
    assert frames[0] == frames[1] == frames[2] == frames[3]


@in_virtual_time
async def test_a_clock_set_back_does_not_silence_the_streams() -> None:
    """Arrays, books, bars and forced orders go on."""
    clock = VirtualClock()
    names = ("!miniTicker@arr", "btcusdt@kline_1m", "!forceOrder@arr")
    async with (
        Simulator(clock=clock).running() as sim,
        talk_to(sim, MARKET_STREAM, "/".join(names)) as talk,
    ):
        for name in names:
            await talk.push(name, within_s=600)
        clock.jump_wall(-3_600)
        # The plan is made anew at the next look.
        await clock.sleep(2)
        for name in names:
            await talk.until(lambda said: said["data"] and _at(said["data"]) < clock.now_ms() + 1)
            await talk.push(name, within_s=600)


def _at(data: Any) -> int:
    """The time of an event or of an array's first."""
    first = data[0] if isinstance(data, list) else data
    return int(first["E"])
