"""An exchange's parts on the simulated exchange: real sockets, and its word for what was true."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar

import pytest
from msgspec import Struct

from tests.feeds.wire import hooks, line
from tests.support.virtual_time import VirtualClock
from tui_monitor.feeds.adapter import Adapter, Control, Subscription
from tui_monitor.feeds.connection import Connection
from tui_monitor.feeds.rest import RestClient
from tui_monitor.market import MarketState, Row
from tui_monitor.model import (
    Funding,
    Instrument,
    MarketEvent,
    MarkPrice,
    OpenInterest,
    Source,
    Status,
    Ticker,
)
from tui_monitor.simulator import Simulator

C = TypeVar("C", bound=RestClient)


class Settings(Struct, frozen=True):
    """What a REST client is told."""

    rest_url: str
    proxy: str = ""
    paced: bool = True


@asynccontextmanager
async def asking(
    make: Callable[[Settings, VirtualClock], C], exchange: str
) -> AsyncIterator[tuple[Simulator, C, VirtualClock]]:
    """A REST client of a whole simulated exchange, both on one clock."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(make(Settings(f"{sim.url}/{exchange}"), clock)) as rest,
    ):
        yield sim, rest, clock


def violations(sim: Simulator, exchange: str) -> int:
    """Broken limits."""
    return int(sim.stats()[exchange]["violations_total"])


def live_of(listed: Iterable[Instrument]) -> list[Instrument]:
    """Those that trade."""
    return [one for one in listed if one.status is Status.LIVE]


def truth(sim: Simulator, instrument: Instrument, ts_ms: int | None) -> dict[str, Any]:
    """What the simulated market was at a time."""
    assert ts_ms is not None
    exchange = sim.exchanges[instrument.exchange.value]
    told: dict[str, Any] = exchange.truth(instrument.market.value, instrument.symbol, ts_ms)
    return told


def assert_true(sim: Simulator, event: MarketEvent) -> None:
    """Everything that a whole message says is what was true at its time, in the model's units."""
    if not isinstance(event, (Ticker, MarkPrice, Funding, OpenInterest)):
        return
    told = truth(sim, event.instrument, event.exchange_ms)
    pairs: dict[str, str]
    match event:
        case Ticker():
            pairs = {name: name for name in ("last", "bid", "ask", "bid_coins", "ask_coins")}
        case MarkPrice():
            pairs = {"mark_price": "mark_price", "index_price": "index_price"}
        case Funding():
            pairs = {
                "rate": "funding_rate", "interval_h": "funding_interval_h",
                "next_settlement_ms": "next_settlement_ms",
            }  # fmt: skip
        case OpenInterest():
            pairs = {name: name for name in ("open_interest_coins", "open_interest_usd")}
    for ours, theirs in pairs.items():
        value = getattr(event, ours)
        if value is not None:
            assert value == pytest.approx(told[theirs], rel=1e-6), (event, ours)


class Streams:
    """Running sockets and what came through them."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.market = MarketState()
        self.events: list[MarketEvent] = []
        self.told: list[Control] = []
        self.links: list[Connection] = []

    def apply(self, event: MarketEvent, received_ms: int, received_s: float) -> bool:
        """What a connection hands over."""
        self.events.append(event)
        return self.market.apply(event, received_ms, received_s, Source.STREAM)

    def row(self, instrument: Instrument) -> Row:
        """What is known of one."""
        found = self.market.row(instrument.key)
        assert found is not None, instrument.symbol
        return found


@asynccontextmanager
async def streaming(
    url: str, clock: VirtualClock, sockets: Iterable[tuple[Adapter, Sequence[Subscription]]]
) -> AsyncIterator[Streams]:
    """Open sockets to a simulator; leaving the block closes them."""
    made = Streams(clock)
    where = line(url.replace("http", "ws", 1))
    listening = hooks(made.apply, made.told.append)
    async with asyncio.TaskGroup() as tasks:
        made.links = [
            Connection(adapter, where, topics, clock, listening) for adapter, topics in sockets
        ]
        running = [tasks.create_task(link.run()) for link in made.links]
        try:
            yield made
        finally:
            for task in running:
                task.cancel()
