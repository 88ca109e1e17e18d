"""Four exchanges, eight markets, all their instruments: live soon after the start, and true."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor import config
from tui_monitor.engine import Engine, opened_engine
from tui_monitor.market import Row, Stamp
from tui_monitor.model import Exchange, FeedState, Market
from tui_monitor.simulator import Simulator

# Binance asks for open interest symbol by symbol: a round of them takes longer.
_BY_AND_BY = {Exchange.BINANCE}
_VALUES = {
    "trade": {"last": "last"},
    "book": {name: name for name in ("bid", "ask", "bid_coins", "ask_coins")},
    "mark": {"mark_price": "mark_price"},
    "index": {"index_price": "index_price"},
    "funding": {"rate": "funding_rate", "next_settlement_ms": "next_settlement_ms"},
    "interest": {name: name for name in ("open_interest_coins", "open_interest_usd")},
}
_OF_SPOT = ("trade", "book")


def _markets(engine: Engine) -> dict[tuple[Exchange, Market], tuple[int | None, int]]:
    """Live instruments and rows with a price, of each market."""
    return {
        (health.exchange, one.market): (one.instruments, one.rows)
        for health in engine.exchanges()
        for one in health.markets
    }


def _all_live(engine: Engine) -> bool:
    counts = _markets(engine).values()
    return all(listed is not None and listed == rows for listed, rows in counts)


def _tolerance(exchange: Exchange, name: str) -> float:
    """Binance tells coins only: the USD are at the mark price that was known when they came."""
    by_us = exchange is Exchange.BINANCE and name == "open_interest_usd"
    return 5e-3 if by_us else 1e-6


class Truth:
    """What the simulator says, asked once for each instrument and time."""

    def __init__(self, sim: Simulator) -> None:
        self._sim = sim
        self.compared = 0

    def check(self, row: Row) -> list[str]:
        """The values of a row that are not what was true at their own time."""
        groups = _VALUES if row.instrument.market is Market.PERP else _OF_SPOT
        return [wrong for group in groups for wrong in self._check_group(row, group)]

    def _check_group(self, row: Row, group: str) -> list[str]:
        stamp: Stamp | None = getattr(row, group)
        one = row.instrument
        if stamp is None:
            waits = group == "interest" and one.exchange in _BY_AND_BY
            return [] if waits else [f"{one.key}: no {group}"]
        if stamp.exchange_ms is None:
            return []  # spot's books at Binance have no time: see the exchange's own tests
        exchange = self._sim.exchanges[one.exchange.value]
        told: dict[str, Any] = exchange.truth(one.market.value, one.symbol, stamp.exchange_ms)
        wrong = []
        for ours, theirs in _VALUES[group].items():
            self.compared += 1
            value = getattr(row, ours)
            if value is None and group == "interest":
                continue
            if value != pytest.approx(told[theirs], rel=_tolerance(one.exchange, ours)):
                wrong.append(f"{one.key} {ours}: {value} is not {told[theirs]}")
        return wrong


@pytest.mark.xdist_group("whole market")
@in_virtual_time
async def test_everything_is_live_within_ten_seconds_and_true(tmp_path: Path) -> None:
    """600 instruments and more in each of eight markets; no limit of any exchange is broken."""
    clock = VirtualClock()
    async with Simulator(seed=1, clock=clock, rate=0.25, size=600).running() as sim:
        settings = config.load(Path("/dev/null"), {}, config.with_simulator(sim.url)).settings
        opened = opened_engine(settings, tmp_path, clock, kind="simulator", info={})
        async with opened as (engine, _), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(engine.run())
            took_s = await clock.until(lambda: _all_live(engine), 10)
            assert took_s <= 10
            await clock.sleep(10 - took_s)
            counts = _markets(engine)
            assert len(counts) == 8
            assert min(rows for _, rows in counts.values()) >= 600
            states = {one.state for health in engine.exchanges() for one in health.channels}
            assert states == {FeedState.LIVE}
            truth = Truth(sim)
            wrong = [text for row in engine.market.rows() for text in truth.check(row)]
            assert wrong == []
            assert truth.compared > 30_000
            assert {row.instrument.multiplier for row in engine.market.rows()} > {1.0, 1000.0}
            broken = {name: told["violations"] for name, told in sim.stats().items()}
            assert not any(broken.values()), broken
            running.cancel()
