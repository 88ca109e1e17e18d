"""The stream: boards whole, then their changes, for quick, slow, returning and broken clients."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.api.harness import Served, endpoint
from tests.support.virtual_time import in_virtual_time
from tui_monitor.api import boards
from tui_monitor.api.channels import CHANGES_KEPT, FRESH_S
from tui_monitor.api.limits import Limits
from tui_monitor.deltas import changed
from tui_monitor.errors import StoreError

NAMES = [one.path.removeprefix(boards.PREFIX) for one in boards.ENDPOINTS]


class Client:
    """One end of a stream. It keeps the tree of each subscription."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.trees: dict[int, Any] = {}

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(120):
            reply: dict[str, Any] = json.loads(await self.socket.recv())
        number = reply["id"]
        if "data" in reply:
            self.trees[number] = reply["data"]
        for one in reply.get("changes", ()):
            self.trees[number] = changed(self.trees[number], one)
        return reply

    async def ask(self, **message: Any) -> dict[str, Any]:
        await self.send(**message)
        return await self.next()


@asynccontextmanager
async def stream(served: Served) -> AsyncIterator[Client]:
    async with connect(f"ws://127.0.0.1:{served.port}/api/stream", proxy=None) as socket:
        yield Client(socket)


@in_virtual_time
async def test_every_board_comes_whole_and_as_its_route_gives_it() -> None:
    """The same data, whatever the board."""
    async with endpoint() as served, stream(served) as client:
        for name in NAMES:
            reply = await client.ask(subscribe=name, id=1)
            there = (await served.get(f"{boards.PREFIX}{name}"))["data"]
            assert list(reply) == ["id", "revision", "data"], reply
            assert reply["data"].keys() == there.keys()
            assert reply["data"]["board"] == there["board"]
            await client.send(unsubscribe=1)
            while "unsubscribed" not in await client.next():
                pass


@in_virtual_time
async def test_changes_lead_to_what_the_route_gives() -> None:
    """Small ones after the whole, each a revision further, at the pace that was asked for."""
    async with endpoint() as served, stream(served) as client:
        first = await client.ask(subscribe="sum", id=7, query={"slot": "03:30"}, every_s=2)
        begin_s = served.clock.monotonic_s()
        for number in range(2, 6):
            served.source.price_factor += 0.01
            reply = await client.next()
            assert "data" not in reply
            assert reply["revision"] == [first["revision"][0], number]
        assert served.clock.monotonic_s() - begin_s >= 7.9
        there = (await served.get("/api/boards/sum", slot="03:30"))["data"]
        client.trees[7]["now_ms"] = there["now_ms"]
        assert client.trees[7] == there


@in_virtual_time
async def test_a_query_is_that_of_the_route() -> None:
    """Numbers as numbers or texts, and the route's own words for what can't be used."""
    async with endpoint() as served, stream(served) as client:
        for limit in (1, "1"):
            reply = await client.ask(subscribe="spreads", id=1, query={"limit": limit})
            assert len(reply["data"]["rows"]) == 1
            await client.send(unsubscribe=1)
            while "unsubscribed" not in await client.next():
                pass
        for name, query in (
            ("spreads", {"limit": "x"}),
            ("spreads", {"limt": "1"}),
            ("sum", {"day": "2026-02-30"}),
            ("coin", {"coin": "NOPE"}),
        ):
            status, error = await served.refused(f"{boards.PREFIX}{name}", **query)
            reply = await client.ask(subscribe=name, id=2, query=query)
            assert reply == {"id": 2, "code": status, **error}


@in_virtual_time
async def test_a_break_leaves_no_gap() -> None:
    """Who comes back with a revision gets the changes since, or is told how many went by."""
    async with endpoint() as served, stream(served) as other:
        async with stream(served) as client:
            first = await client.ask(subscribe="sum", id=1)
        await other.ask(subscribe="sum", id=1, every_s=0.5)
        for _ in range(3):
            served.source.price_factor += 0.01
            await other.next()
        async with stream(served) as back:
            back.trees[1] = client.trees[1]
            reply = await back.ask(subscribe="sum", id=1, since=first["revision"])
            assert len(reply["changes"]) >= 3
            await served.clock.sleep(2 * FRESH_S)
            newest = await back.next()
            there = (await served.get("/api/boards/sum"))["data"]
            assert back.trees[1]["nodes"] == there["nodes"]
        for _ in range(CHANGES_KEPT + 5):
            await other.next()
        async with stream(served) as late:
            reply = await late.ask(subscribe="sum", id=1, since=first["revision"])
            assert reply["missed"] > CHANGES_KEPT
            assert reply["data"]["nodes"] == there["nodes"]
            await late.send(subscribe="sum", id=2, since=["never", 4])
            while "data" not in (reply := await late.next()):
                pass
            assert reply["missed"] is None
        assert newest["revision"][0] == first["revision"][0]


@in_virtual_time
async def test_what_is_no_message_is_refused_and_the_stream_goes_on() -> None:
    """Each in the shape of every error, with the id where there was one."""
    async with endpoint() as served, stream(served) as client:
        await client.ask(subscribe="coverage", id="mine", every_s=60)
        for text, code, number in (
            ("{", 400, None),
            ("[1]", 400, None),
            ("[" * 5_000, 400, None),
            ("{}", 400, None),
            ('{"subscribe": "nothing", "id": 1}', 404, 1),
            ('{"subscribe": "sum"}', 400, None),
            ('{"subscribe": "sum", "id": 1, "every_s": 0.1}', 400, 1),
            ('{"subscribe": "sum", "id": 1, "every_s": 61}', 400, 1),
            ('{"subscribe": "sum", "id": 1, "since": "x"}', 400, 1),
            ('{"subscribe": "sum", "id": 1, "token": "x"}', 400, 1),
            ('{"subscribe": "sum", "id": "mine"}', 400, "mine"),
            ('{"unsubscribe": 5}', 400, 5),
        ):
            await client.socket.send(text)
            reply = await client.next()
            assert list(reply) == ["id", "code", "success", "status", "error", "hint"], text
            assert (reply["id"], reply["code"]) == (number, code), text
            assert reply["hint"], text
        await client.socket.send('{"subscribe": "sum", "id": 1, "since": [9, 9]}')
        wanted = "since must be a list of text and a whole number, not [9,9]"
        assert (await client.next())["error"] == wanted
        assert (await client.ask(unsubscribe="mine")) == {"id": "mine", "unsubscribed": True}


@in_virtual_time
async def test_a_failure_is_told_once_and_is_over_when_it_is() -> None:
    """A locked database ends nobody's subscription; a bug does, and the log has it."""
    async with endpoint() as served, stream(served) as client:
        await client.ask(subscribe="sum", id=1)
        served.source.failure = StoreError("the database is locked")
        while "code" not in (reply := await client.next()):
            pass
        assert (reply["code"], reply["error"]) == (503, "the database is locked")
        await served.clock.sleep(10)
        served.source.failure = None
        assert "changes" in await client.next()
        served.source.failure = ZeroDivisionError("secret")
        while "code" not in (reply := await client.next()):
            pass
        assert reply["code"] == 500
        assert "secret" not in str(reply)
        served.source.failure = None
        assert (await client.ask(unsubscribe=1))["code"] == 400


@in_virtual_time
async def test_an_answer_that_never_comes_is_given_up() -> None:
    """Others on the same stream are not held up by it."""
    async with endpoint() as served, stream(served) as client:
        await client.ask(subscribe="spreads", id=1)
        served.source.gate = asyncio.Event()
        await client.send(subscribe="sum", id=2)
        others = 0
        while (reply := await client.next())["id"] != 2:
            others += 1
        assert reply["code"] == 503
        assert others >= 5
        served.source.gate.set()
        while (reply := await client.next())["id"] != 2:
            pass
        assert reply["data"]["board"] == "sum"


@in_virtual_time
async def test_subscriptions_and_streams_are_bounded() -> None:
    """Eight of one, so many of all; REST is answered all the same."""
    async with endpoint(limits=Limits(streams=2, connections=4)) as served:
        async with stream(served) as client, stream(served):
            for number in range(8):
                await client.send(subscribe="coverage", id=number, query={"first": None})
            await client.send(subscribe="coverage", id=8)
            while (reply := await client.next())["id"] != 8:
                pass
            assert reply["code"] == 429
            with pytest.raises(InvalidStatus) as refused:
                async with stream(served):
                    pass
            assert refused.value.response.status_code == 503
            assert refused.value.response.headers["retry-after"] == "1"
            assert json.loads(refused.value.response.body)["success"] is False
            await served.get("/api/health")
        async with stream(served):
            pass


@in_virtual_time
async def test_who_subscribes_to_nothing_is_closed_after_a_minute() -> None:
    """And who does stays."""
    async with endpoint() as served, stream(served) as idle, stream(served) as busy:
        await busy.send(subscribe="coverage", id=1, every_s=60)
        begin_s = served.clock.monotonic_s()
        with pytest.raises(ConnectionClosed) as closed:
            await idle.next()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1000
        assert 59 <= served.clock.monotonic_s() - begin_s < 62
        await served.clock.sleep(300)
        for _ in range(3):
            await busy.next()


@in_virtual_time
async def test_bytes_and_large_messages_end_the_stream() -> None:
    """Neither is a question."""
    async with endpoint() as served:
        for sent, code in ((b"{}", 1003), ("x" * 20_000, 1009)):
            async with stream(served) as client:
                await client.socket.send(sent)
                with pytest.raises(ConnectionClosed) as closed:
                    await client.next()
                assert closed.value.rcvd is not None
                assert closed.value.rcvd.code == code
        await served.get("/api/health")


HANDSHAKE = (
    "GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


def frame(text: str) -> bytes:
    """A client's text frame, masked with zeros."""
    body = text.encode()
    return bytes([0x81, 0x80 | len(body)]) + bytes(4) + body


async def a_deaf_stream(served: Served) -> socket.socket:
    """It subscribes to far more than the kernel buffers, and reads nothing."""
    served.source.first_day = served.source.first_day.replace(month=1)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, ("127.0.0.1", served.port))
    await loop.sock_sendall(client, HANDSHAKE.format(port=served.port).encode())
    await served.clock.sleep(0.5)
    for number in range(4):
        days = f'"first":"2026-08-{number + 11:02}","last":"2026-11-13"'
        asked = f'{{"subscribe":"sum","id":{number},"query":{{{days}}}}}'
        await loop.sock_sendall(client, frame(asked))
    return client


@in_virtual_time
async def test_nothing_is_made_for_who_does_not_read() -> None:
    """While his answers wait nobody is asked for more; then he is cut off, pings or not."""
    async with endpoint(limits=Limits(streams=1, ping_s=1_000.0)) as served:
        with await a_deaf_stream(served) as client:
            await served.clock.until(lambda: served.source.asked >= 4, within_s=30)
            await served.clock.sleep(2)
            asked = served.source.asked
            await served.clock.sleep(6)
            assert served.source.asked == asked
            await served.clock.sleep(60)
            assert served.source.asked == asked
            loop = asyncio.get_running_loop()
            received = 0
            try:
                while part := await loop.sock_recv(client, 1_000_000):
                    received += len(part)
            except ConnectionResetError:
                pass
            assert received < 2_000_000
        async with stream(served) as other:
            assert "data" in await other.ask(subscribe="coverage", id=1)


def frames(received: bytes) -> list[dict[str, Any]]:
    """The whole messages behind a handshake's answer."""
    _, _, rest = received.partition(b"\r\n\r\n")
    found: list[dict[str, Any]] = []
    while len(rest) >= 10:
        short = rest[1] & 0x7F
        head = {126: 4, 127: 10}.get(short, 2)
        size = int.from_bytes(rest[2:head]) if head > 2 else short
        if len(rest) < head + size:
            break
        if rest[0] & 0x0F == 1:
            found.append(json.loads(rest[head : head + size]))
        rest = rest[head + size :]
    return found


@in_virtual_time
async def test_who_reads_slowly_gets_the_newest() -> None:
    """What waited while he slept is made when he reads: it is no older than that."""
    async with endpoint() as served:
        with await a_deaf_stream(served) as client:
            await served.clock.until(lambda: served.source.asked >= 4, within_s=30)
            await served.clock.sleep(8)
            awake_ms = served.clock.now_ms()
            loop = asyncio.get_running_loop()
            received = b""
            async with asyncio.timeout(120):
                while len(found := frames(received)) < 4:
                    received += await loop.sock_recv(client, 10_000_000)
            assert [one["id"] for one in found[:4]] == [0, 1, 2, 3]
            assert found[0]["data"]["now_ms"] < awake_ms - 7_000
            for one in found[1:4]:
                assert one["data"]["now_ms"] >= awake_ms


@in_virtual_time
async def test_who_answers_no_ping_is_cut_off() -> None:
    """A client that is gone without a word does not hold its place."""
    async with endpoint(limits=Limits(streams=1)) as served:
        with socket.socket() as client:
            client.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(client, ("127.0.0.1", served.port))
            await loop.sock_sendall(client, HANDSHAKE.format(port=served.port).encode())
            await loop.sock_sendall(client, frame('{"subscribe":"coverage","id":1,"every_s":60}'))
            await served.clock.sleep(45)
            async with stream(served) as other:
                assert "data" in await other.ask(subscribe="coverage", id=1)


@in_virtual_time
async def test_the_end_of_serving_closes_streams(caplog: pytest.LogCaptureFixture) -> None:
    """At once, with a word to the client, without a traceback."""
    async with endpoint() as served:
        busy = await connect(f"ws://127.0.0.1:{served.port}/api/stream", proxy=None)
        served.source.gate = asyncio.Event()
        await busy.send('{"subscribe": "sum", "id": 1}')
        await served.clock.until(lambda: served.source.asked > 0, within_s=30)
    with pytest.raises(ConnectionClosed) as closed:
        await busy.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert not [line for line in caplog.records if line.levelno >= logging.ERROR]


@in_virtual_time
async def test_a_broken_handshake_is_answered_as_plain_http(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The guard sees it, then the route, which says what it is; no log repeats its address."""
    caplog.set_level(logging.DEBUG)
    good = HANDSHAKE
    async with endpoint() as served:
        for broken, status in (
            (good.replace("Version: 13", "Version: 12"), 426),
            (good.replace("AAAAAAAAAAAAAAAAAAAAAA==", "AAAA"), 426),
            (good.replace("AAAAAAAAAAAAAAAAAAAAAA==", "~"), 426),
            (good.replace("Upgrade: websocket", "Upgrade: h2c"), 426),
            (good.replace("GET", "POST"), 405),
            (good.replace("GET", "DELETE"), 405),
            (good.replace("Version: 13", "Version: 13\r\nContent-Length: 2"), 400),
            (good.replace("127.0.0.1:{port}", "evil.example"), 403),
            (good.replace("/api/stream", "/api/stream?token=x"), 400),
            (good.replace("/api/stream", "/api/streams"), 404),
            (good.replace("/api/stream", "/api/health"), 404),
            (good.replace("Version: 13", "Version: 13" + "\r\nX: y" * 200), 400),
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(broken.format(port=served.port).encode())
            async with asyncio.timeout(60):
                answer = await reader.read()
            writer.close()
            assert int(answer.split()[1]) == status, broken
            assert b"x-content-type-options: nosniff" in answer.lower(), answer
            assert b'"success":false' in answer
        assert "token=x" not in caplog.text
        assert not [line for line in caplog.records if line.levelno >= logging.ERROR]
