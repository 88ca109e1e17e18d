"""Whole-batch refusals on a real socket."""

import asyncio
import json

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.feeds.bybit import rows
from tests.feeds.servers import ws_server
from tests.feeds.wire import hooks, line
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.feeds.adapter import Control, Rejected, Subscription
from tui_monitor.feeds.bybit.adapter import BybitAdapter
from tui_monitor.feeds.bybit.mapper import GUESS
from tui_monitor.feeds.connection import Connection
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.model import Market, MarketEvent, Ticker

BAD = frozenset({"tickers.BADUSDT", "tickers.WORSEUSDT"})


class StrictBybit:
    """Refuses every batch with a topic that it does not know or has given already."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.batches: list[list[str]] = []

    async def talk(self, socket: ServerConnection) -> None:
        """Serves one socket."""
        try:
            async for frame in socket:
                await self._answer(socket, json.loads(frame))
        except ConnectionClosed:
            pass

    async def _answer(self, socket: ServerConnection, asked: dict[str, str]) -> None:
        topics = list(asked["args"])
        self.batches.append(topics)
        why = next((f"handler not found,topic:{one}" for one in topics if one in BAD), "")
        taken = next((f"already subscribed,topic:{one}" for one in topics if one in self.taken), "")
        refusal = why or taken
        await socket.send(rows.answer(asked["req_id"], refusal and f"error:{refusal}"))
        if refusal:
            return
        self.taken.update(topics)
        for topic in topics:
            symbol = topic.removeprefix("tickers.")
            await socket.send(rows.push(topic, rows.TICKER | {"symbol": symbol}))


@in_virtual_time
async def test_bad_topics_are_dropped_and_the_rest_streams_at_once() -> None:
    """Two unknown ones among twelve, and one that the server has already given."""
    server = StrictBybit()
    server.taken.add("tickers.COIN3USDT")
    seen: set[str] = set()
    told: list[Control] = []
    done = asyncio.Event()

    def apply(event: MarketEvent, _ms: int, _s: float) -> bool:
        if isinstance(event, Ticker):
            seen.add(event.instrument.symbol)
        if len(seen) == 9:
            done.set()
        return True

    names = [f"COIN{number}" for number in range(10)]
    wanted = [Subscription("tickers", f"{name}USDT") for name in [*names, "BAD", "WORSE"]]
    async with ws_server(server.talk) as url:
        link = Connection(
            BybitAdapter(InstrumentBook(GUESS[Market.PERP]), Market.PERP),
            line(url, 30.0, 3600.0),
            wanted,
            VirtualClock(),
            hooks(apply, told.append),
        )
        running = asyncio.create_task(link.run())
        async with asyncio.timeout(5):
            await done.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert seen == {f"{name}USDT" for name in names} - {"COIN3USDT"}
    refused = {event.subscription for event in told if isinstance(event, Rejected)}
    assert refused == {Subscription("tickers", "BADUSDT"), Subscription("tickers", "WORSEUSDT")}
    assert [len(batch) for batch in server.batches] == [12, 11, 10, 9]
