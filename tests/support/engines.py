"""A whole engine over a started simulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from tui_monitor import config
from tui_monitor.clock import Clock
from tui_monitor.config import Settings
from tui_monitor.engine import Engine, opened_engine
from tui_monitor.simulator import Simulator
from tui_monitor.source import Query
from tui_monitor.source.local import LocalSource


class Monitor(NamedTuple):
    """A running engine, what reads it, and the world it watches."""

    engine: Engine
    source: LocalSource
    sim: Simulator


ONLY_THE_SUM = {
    "exchanges.binance.enabled": False,
    "exchanges.bybit.enabled": False,
    "exchanges.bitget.enabled": False,
    "exchanges.okx.markets": ["perp"],
}
"""What the sum curve needs, and no more: the tests of the others turn them on."""

ASKS_LITTLE = {
    "anomalies.min_turnover_usd": 1e15,
    "open_interest.history_top": 0,
    "open_interest.ratios_top": 0,
    "open_interest.every_s": 600,
}
"""No bars, no past and no account ratios: much work, and not the matter of most tests."""


def settings_for(sim: Simulator, **sum_curve: object) -> Settings:
    """Defaults, but for the simulator's address and what a test says of the sum curve."""
    return settings_at(sim.url, **sum_curve)


def settings_at(url: str, **sum_curve: object) -> Settings:
    """The same for an address at which a simulator would be."""
    flags = config.with_simulator(url) | ONLY_THE_SUM | ASKS_LITTLE
    flags |= {f"sum_curve.{name}": value for name, value in sum_curve.items()}
    return config.load(Path("/dev/null"), {}, flags).settings


@asynccontextmanager
async def a_monitor(
    folder: Path, sim: Simulator, clock: Clock, **sum_curve: object
) -> AsyncIterator[Monitor]:
    """An engine that runs while the block does."""
    settings = settings_for(sim, **sum_curve)
    async with (
        opened_engine(settings, folder, clock, kind="simulator", info={}) as (engine, _),
        asyncio.TaskGroup() as tasks,
    ):
        running = tasks.create_task(engine.run())
        yield Monitor(engine, LocalSource(engine, folder / "exports"), sim)
        running.cancel()


def true_price(sim: Simulator, coin: str, ms: int) -> float:
    """What the market's last price was at a time, in the simulator's own word."""
    return float(sim.exchanges["okx"].truth("perp", f"{coin}-USDT-SWAP", ms)["last"])


def true_sum(sim: Simulator, coins: tuple[str, ...], slot_ms: int, day_ms: int) -> float:
    """Σ of the changes since the day's first slot, from the simulator alone."""
    total = 0.0
    for coin in coins:
        base = true_price(sim, coin, day_ms)
        total += (true_price(sim, coin, slot_ms) - base) / base * 100
    return total


async def complete_nodes(monitor: Monitor) -> int:
    """How many of today's nodes have every coin's bar open."""
    board = await monitor.source.sum_board(Query())
    return sum(node.state == "ok" and not node.provisional for node in board.nodes)


async def until_settled(monitor: Monitor, clock: Clock, within_s: float = 30.0) -> None:
    """Wait until every slot of today that has begun has its bars' opens."""
    engine = monitor.engine
    begin_s = clock.monotonic_s()
    while True:
        day_ms = engine.zone.day_start_ms(engine.zone.day_of(clock.now_ms()))
        begun = (clock.now_ms() - day_ms) // 1_800_000 + 1
        if await complete_nodes(monitor) >= begun:
            return
        assert clock.monotonic_s() - begin_s < within_s, msgspec.json.encode(
            await monitor.source.sum_board(Query())
        )[:2000]
        await clock.sleep(0.5)
