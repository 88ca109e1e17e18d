"""What is sent to Bitget's streams, and what its answers mean."""

import asyncio
import json

from websockets.asyncio.server import ServerConnection

from tests.feeds.bitget import rows
from tests.feeds.servers import ws_server
from tests.feeds.wire import hooks, line
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.feeds.adapter import Ack, Pong, Rejected, Subscription
from tui_monitor.feeds.bitget.adapter import BitgetAdapter, sockets
from tui_monitor.feeds.bitget.mapper import GUESS
from tui_monitor.feeds.connection import Connection
from tui_monitor.feeds.instruments import books_of
from tui_monitor.model import Market, Ticker

AAA = Subscription("ticker", "AAAUSDT")


def adapter(market: Market = Market.PERP) -> BitgetAdapter:
    """An adapter that knows no list of instruments."""
    return BitgetAdapter(books_of(GUESS), market)


def test_frames_have_ten_args_and_are_small() -> None:
    """25 args have had the socket closed; 4096 bytes are documented."""
    wanted = [Subscription("ticker", f"LONGCOINNAME{number}USDT") for number in range(95)]
    requests = adapter().requests(wanted)
    assert [len(request.asks_for) for request in requests] == [10] * 9 + [5]
    assert max(len(request.frame) for request in requests) < 0.8 * 4096
    assert [len(group) for group in sockets(wanted)] == [49, 46]


def test_args_are_those_of_v3() -> None:
    """The market is in `instType`, a bar in `interval`; liquidations take no symbol."""
    wanted = [AAA, Subscription("kline.30m", "AAAUSDT"), Subscription("liquidation")]
    (request,) = adapter().requests(wanted)
    assert json.loads(request.frame) == {"op": "subscribe", "args": [
        {"instType": "usdt-futures", "topic": "ticker", "symbol": "AAAUSDT"},
        {"instType": "usdt-futures", "topic": "kline", "symbol": "AAAUSDT", "interval": "30m"},
        {"instType": "usdt-futures", "topic": "liquidation"},
    ]}  # fmt: skip
    (spot,) = adapter(Market.SPOT).requests([AAA])
    assert json.loads(spot.frame)["args"][0]["instType"] == "spot"


def test_an_answer_names_what_was_asked_for() -> None:
    """Each subscription as it was given; an error of v3 has it in its text only."""
    link = adapter()
    for topic in (AAA, Subscription("kline.30m", "AAAUSDT"), Subscription("liquidation")):
        (request,) = link.requests([topic])
        (arg,) = json.loads(request.frame)["args"]
        ack = {"event": "subscribe", "arg": arg, "connId": "c"}
        assert link.decode(json.dumps(ack).encode()) == (Ack(subscription=topic),)
        said = f"{json.dumps(arg)} doesn't exist"
        error = {"event": "error", "code": 30001, "msg": said, "connId": "c"}
        assert link.decode(json.dumps(error).encode()) == (
            Rejected(code="30001", reason=said, subscription=topic),
        )


def test_too_many_requests_may_be_asked_again() -> None:
    """It is no judgement on the topic."""
    (event,) = adapter().decode(b'{"event":"error","code":30006,"msg":"too many requests"}')
    assert isinstance(event, Rejected)
    assert (event.retry, event.subscription) == (True, None)
    assert adapter().decode(b"pong") == (Pong(),)


@in_virtual_time
async def test_pings_are_sent_though_data_flows() -> None:
    """Without pings it closes the socket after two minutes, data or no data."""
    clock = VirtualClock()
    pings: list[float] = []
    tickers: list[Ticker] = []

    async def talk(socket: ServerConnection) -> None:
        flowing = asyncio.create_task(flow(socket))
        async for frame in socket:
            if frame == "ping":
                pings.append(clock.monotonic_s())
                await socket.send("pong")
                continue
            for arg in json.loads(frame)["args"]:
                await socket.send(json.dumps({"event": "subscribe", "arg": arg}))
        flowing.cancel()

    async def flow(socket: ServerConnection) -> None:
        while True:
            await socket.send(rows.ticker().decode())
            await asyncio.sleep(1)

    def apply(event: object, _ms: int, _s: float) -> bool:
        if isinstance(event, Ticker):
            tickers.append(event)
        return True

    async with ws_server(talk) as url:
        link = Connection(adapter(), line(url, 30.0, 3600.0), [AAA], clock, hooks(apply))
        running = asyncio.create_task(link.run())
        begin_s = clock.monotonic_s()
        await asyncio.sleep(110)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert link.live
    assert len(tickers) > 100
    assert [round(at_s - begin_s) for at_s in pings] == [25, 50, 75, 100]
