"""Binance's streams on the simulated exchange: real sockets, virtual time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

import pytest

from tests.feeds.wire import hooks, line
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.feeds.adapter import Control, Rejected, Subscription
from tui_monitor.feeds.binance import listing
from tui_monitor.feeds.binance.adapter import BinanceAdapter
from tui_monitor.feeds.binance.rest import BinanceRest
from tui_monitor.feeds.binance.streams import Endpoints, Socket, sockets
from tui_monitor.feeds.connection import Connection
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.market import MarketState, Row
from tui_monitor.model import Exchange, Instrument, Market, Source, Status
from tui_monitor.simulator import Simulator

ROOTS = {Market.PERP: "binance-futures", Market.SPOT: "binance-spot"}


def endpoints_of(sim: Simulator, market: Market) -> Endpoints:
    """One market of a simulator."""
    root = f"{sim.url}/{ROOTS[market]}"
    return Endpoints(rest_url=root, stream_url=root.replace("http", "ws", 1))


class Rig:
    """The sockets of one market, and what came through them."""

    def __init__(self, sim: Simulator, clock: VirtualClock, market: Market) -> None:
        self.sim = sim
        self.clock = clock
        self.where = market
        self.endpoints = endpoints_of(sim, market)
        self.market = MarketState()
        self.book = InstrumentBook(listing.GUESS[market])
        self.told: list[Control] = []
        self.connections: list[Connection] = []

    def connection(self, socket: Socket) -> Connection:
        """One socket that is not open yet."""
        where = line(self.endpoints.socket_url(socket.route))
        listening = hooks(
            lambda event, ms, s: self.market.apply(event, ms, s, Source.STREAM),
            self.told.append,
        )
        adapter = BinanceAdapter(self.book, self.where, lambda one: one.status is Status.LIVE)
        made = Connection(adapter, where, socket.topics, self.clock, listening)
        self.connections.append(made)
        return made

    def row(self, instrument: Instrument) -> Row | None:
        """What is known of one."""
        return self.market.row(instrument.key)


@asynccontextmanager
async def rig(market: Market, wanted: Sequence[Subscription]) -> AsyncIterator[Rig]:
    """Running sockets, after the list of instruments; leaving the block closes them."""
    clock = VirtualClock()
    async with Simulator(seed=1, clock=clock).running() as sim:
        made = Rig(sim, clock, market)
        async with aclosing(BinanceRest(made.endpoints, clock, market, made.book)) as rest:
            await rest.instruments()
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(made.connection(socket).run())
                for socket in sockets(market, wanted)
            ]
            try:
                yield made
            finally:
                for task in running:
                    task.cancel()


def live_of(rig: Rig) -> list[Instrument]:
    """The instruments that are watched."""
    found = [row.instrument for row in rig.market.rows()]
    assert all(one.status is Status.LIVE for one in found)
    return found


@in_virtual_time
async def test_all_market_streams_of_futures_fill_every_row() -> None:
    """Two sockets: figures, marks, funding and books of what is selected, and of nothing else."""
    wanted = [
        Subscription("!ticker@arr"), Subscription("!markPrice@arr@1s"),
        Subscription("!forceOrder@arr"), Subscription("!contractInfo"),
        Subscription("!bookTicker"), Subscription("kline_30m", "BTCUSDT"),
    ]  # fmt: skip
    async with rig(Market.PERP, wanted) as on:
        await on.clock.sleep(30)
        live = live_of(on)
        assert len(live) >= 27
        for one in live:
            row = on.row(one)
            assert row is not None
            assert row.last
            assert row.bid
            assert row.ask
            assert row.bid < row.ask
            assert row.mark_price == pytest.approx(row.last, rel=0.02)
            assert row.rate is not None
            assert (row.next_settlement_ms or 0) > on.clock.now_ms()
        btc = on.market.row((Exchange.BINANCE, Market.PERP, "BTCUSDT"))
        assert btc is not None
        assert btc.bars["30m"].closed is False
        assert [connection.ended for connection in on.connections] == [None, None]
        assert not any(isinstance(event, Rejected) for event in on.told)
        assert on.sim.stats()["binance-futures"]["violations_total"] == 0


@in_virtual_time
async def test_streams_of_spot_fill_rows_and_books() -> None:
    """One socket: all symbols' figures, and books of those that are asked for."""
    wanted = [
        Subscription("!miniTicker@arr"), Subscription("bookTicker", "BTCUSDT"),
        Subscription("kline_15m", "BTCUSDT"),
    ]  # fmt: skip
    async with rig(Market.SPOT, wanted) as on:
        await on.clock.sleep(30)
        assert len(live_of(on)) >= 20
        btc = on.market.row((Exchange.BINANCE, Market.SPOT, "BTCUSDT"))
        assert btc is not None
        assert btc.bid
        assert btc.ask
        assert btc.bid < btc.ask
        assert btc.last == pytest.approx(btc.bid, rel=0.01)
        assert btc.bars["15m"].open > 0
        assert [connection.ended for connection in on.connections] == [None]
        assert on.sim.stats()["binance-spot"]["violations_total"] == 0


@in_virtual_time
async def test_hundreds_of_streams_are_asked_for_within_the_limits() -> None:
    """Few requests, slowly; every one confirmed."""
    async with rig(Market.PERP, [Subscription("!bookTicker")]) as on:
        names = [f"C{number}USDT" for number in range(790)]
        (socket,) = sockets(Market.PERP, [Subscription("bookTicker", name) for name in names])
        connection = on.connection(socket)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(connection.run())
            await on.clock.sleep(20)
            assert connection.ended is None
            task.cancel()
        assert on.sim.stats()["binance-futures"]["violations_total"] == 0
