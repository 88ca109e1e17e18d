"""Slow, silent, many, greedy and broken clients, in virtual time over real sockets."""

import asyncio
import logging
import socket

import pytest

from tests.api.harness import Served, endpoint, reply, request, talk
from tests.support.virtual_time import in_virtual_time
from tui_monitor.api.limits import Limits

KEEP_ALIVE = "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"


async def connected(served: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", served.port)


async def one_answer(reader: asyncio.StreamReader) -> bytes:
    """A response on a connection that stays."""
    head = await reader.readuntil(b"\r\n\r\n")
    size = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length"))
    return await reader.readexactly(int(size.split(b":")[1]))


@in_virtual_time
async def test_a_header_that_drips_is_cut_after_five_seconds() -> None:
    """Slowloris: a byte now and then is no progress."""
    async with endpoint() as served:
        reader, writer = await connected(served)
        begin_s = served.clock.monotonic_s()
        writer.write(b"GET / HTTP/1.1\r\n")
        answer = asyncio.ensure_future(reply(reader))
        while not answer.done():
            writer.write(b"x: y\r\n")
            await asyncio.sleep(0.5)
        assert (await answer).status == 408
        assert 5 <= served.clock.monotonic_s() - begin_s < 7
        writer.close()


@in_virtual_time
async def test_a_silent_connection_is_closed_without_a_word() -> None:
    """Browsers open connections ahead; they want no error for that."""
    async with endpoint() as served:
        reader, writer = await connected(served)
        begin_s = served.clock.monotonic_s()
        assert (await reply(reader)).status == 0
        assert 5 <= served.clock.monotonic_s() - begin_s < 6
        writer.close()


@in_virtual_time
async def test_the_second_header_has_five_seconds_too() -> None:
    """A good first request buys no patience; one byte must not stop the clock."""
    async with endpoint() as served:
        reader, writer = await connected(served)
        writer.write(KEEP_ALIVE.format(port=served.port).encode())
        assert b"healthy" in await one_answer(reader)
        begin_s = served.clock.monotonic_s()
        answer = asyncio.ensure_future(reply(reader))
        while not answer.done():
            writer.write(b"G")
            await asyncio.sleep(1)
        assert (await answer).status == 408
        assert 5 <= served.clock.monotonic_s() - begin_s < 7
        writer.close()


@in_virtual_time
async def test_a_kept_connection_is_closed_when_idle() -> None:
    """Five seconds after its last answer."""
    async with endpoint() as served:
        reader, writer = await connected(served)
        writer.write(KEEP_ALIVE.format(port=served.port).encode())
        await one_answer(reader)
        assert (await reply(reader)).status == 0
        writer.close()


@in_virtual_time
async def test_a_slow_client_within_its_time_is_served() -> None:
    """A header in pieces over four seconds is not an attack."""
    async with endpoint() as served:
        reader, writer = await connected(served)
        for piece in request(served.port).split(b" "):
            writer.write(piece + b" ")
            await asyncio.sleep(0.5)
        answer = reply(reader)
        writer.write(b"\r\n\r\n")
        assert (await answer).status in (200, 400)
        writer.close()


@in_virtual_time
async def test_requests_in_one_packet_are_answered_in_turn() -> None:
    """Pipelining works and each header's time begins with it."""
    async with endpoint() as served:
        reader, writer = await connected(served)
        writer.write(KEEP_ALIVE.format(port=served.port).encode() * 3)
        for _ in range(3):
            assert b"healthy" in await one_answer(reader)
        writer.close()


@in_virtual_time
async def test_the_thirty_third_connection_is_refused() -> None:
    """With a 503 that says so; one that closes makes room."""
    async with endpoint() as served:
        held = [await connected(served) for _ in range(32)]
        refused = await talk(served.port, request(served.port))
        assert refused.status == 503
        assert refused.headers["retry-after"] == "1"
        assert "32 connections" in refused.data["error"]
        held[0][1].close()
        await held[0][1].wait_closed()
        await asyncio.sleep(0.1)
        assert (await talk(served.port, request(served.port))).status == 200
        for _, writer in held:
            writer.close()


@in_virtual_time
async def test_a_flood_of_connections_is_not_held() -> None:
    """Beyond twice the limit nobody is even told."""
    async with endpoint(limits=Limits(connections=2)) as served:
        clients = [await connected(served) for _ in range(10)]
        statuses = []
        for reader, writer in clients[2:]:
            try:
                statuses.append((await reply(reader)).status)
            except ConnectionResetError:
                statuses.append(0)
            writer.close()
        assert statuses.count(503) == 2
        assert statuses.count(0) == 6
        for _, writer in clients[:2]:
            writer.close()


@in_virtual_time
async def test_a_body_that_never_ends_is_given_up() -> None:
    """Ten seconds for a request in all; the answer says which part was slow."""
    async with endpoint() as served:
        sent = request(
            served.port,
            "/api/backfill-monitor/start",
            method="POST",
            headers=("Content-Type: application/json", "Content-Length: 100"),
            body="{",
        )
        begin_s = served.clock.monotonic_s()
        assert (await talk(served.port, sent)).status == 408
        assert 10 <= served.clock.monotonic_s() - begin_s < 12


@in_virtual_time
async def test_a_source_that_does_not_answer_is_given_up() -> None:
    """503 after ten seconds, and the endpoint goes on."""
    async with endpoint() as served:
        served.source.gate = asyncio.Event()
        begin_s = served.clock.monotonic_s()
        late = await talk(served.port, request(served.port))
        assert late.status == 503
        assert "10 s" in late.data["error"]
        assert 10 <= served.clock.monotonic_s() - begin_s < 11
        served.source.gate = None
        assert (await talk(served.port, request(served.port))).status == 200


@in_virtual_time
async def test_an_answer_that_nobody_reads_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    """Megabytes must not wait in memory for a client that has gone quiet."""
    async with endpoint(limits=Limits(connections=1)) as served:
        client = await a_deaf_client(served)
        await asyncio.sleep(30)
        assert served.source.asked < 20
        assert (await talk(served.port, request(served.port))).status == 200
        assert not [line for line in caplog.records if line.levelno >= logging.ERROR]
        client.close()


@in_virtual_time
async def test_a_slow_reader_gets_its_answer() -> None:
    """Only who reads nothing at all in ten seconds is dropped: this one takes two minutes."""
    async with endpoint() as served:
        client = await a_deaf_client(served, requests=2)
        loop = asyncio.get_running_loop()
        received = b""
        for _ in range(12):
            await asyncio.sleep(8)
            enough = len(received) + 200_000
            while len(received) < enough:
                received += await loop.sock_recv(client, 200_000)
        received += await everything(client)
        assert len(received) == 2 * size_of_one(received)
        client.close()


@in_virtual_time
async def test_who_is_refused_and_stays_is_put_out() -> None:
    """It gets a second to read why; then its place is free."""
    async with endpoint(limits=Limits(connections=1)) as served:
        reader, writer = await connected(served)
        writer.write(b"garbage\r\n\r\n")
        assert (await reply(reader)).status == 400
        assert (await talk(served.port, request(served.port))).status == 503
        await asyncio.sleep(1.1)
        assert (await talk(served.port, request(served.port))).status == 200
        writer.close()


@in_virtual_time
async def test_who_is_refused_and_sends_on_is_put_out() -> None:
    """What comes after a refusal is read only so that the refusal arrives: a megabyte."""
    async with endpoint() as served:
        _, writer = await connected(served)
        writer.write(b"garbage\r\n\r\n")
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            await send_bytes(writer, 20_000_000)
        writer.close()


async def send_bytes(writer: asyncio.StreamWriter, count: int) -> None:
    for _ in range(count // 100_000):
        writer.write(b"x" * 100_000)
        await writer.drain()
        await asyncio.sleep(0)


def size_of_one(received: bytes) -> int:
    """Bytes of the first of several answers of one size."""
    head, _, _ = received.partition(b"\r\n\r\n")
    size = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length"))
    return len(head) + 4 + int(size.split(b":")[1])


async def a_deaf_client(served: Served, requests: int = 10) -> socket.socket:
    """It has asked for more than the kernel buffers, and reads nothing."""
    served.source.first_day = served.source.first_day.replace(month=7)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, ("127.0.0.1", served.port))
    asked = KEEP_ALIVE.replace("health", "coin-price-tracker/history?all=true")
    await loop.sock_sendall(client, asked.format(port=served.port).encode() * requests)
    await served.clock.until(lambda: served.source.asked > 1, within_s=5)
    await asyncio.sleep(1)
    return client


async def everything(client: socket.socket) -> bytes:
    """What can still be read until the connection ends, in order or not."""
    received = b""
    try:
        while part := await asyncio.get_running_loop().sock_recv(client, 1_000_000):
            received += part
    except ConnectionResetError:
        pass
    return received


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n bad: fold\r\nx\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: \x00\r\n\r\n",
        b"POST /api/backfill-monitor/stop HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    ],
)
@in_virtual_time
async def test_what_is_not_http_gets_one_400(sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """In our words, without a traceback in the log, and the endpoint goes on."""
    async with endpoint() as served:
        answer = await talk(served.port, sent)
        assert answer.status == 400
        assert answer.data["success"] is False
        assert not [line for line in caplog.records if line.levelno >= logging.ERROR]
        assert (await talk(served.port, request(served.port))).status == 200


@in_virtual_time
async def test_garbage_behind_a_request_does_not_disturb_its_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The parser stops while a request is answered; what follows is refused in its turn."""
    async with endpoint() as served:
        reader, writer = await connected(served)
        writer.write(KEEP_ALIVE.format(port=served.port).encode() + b"garbage\r\n\r\n")
        assert b"healthy" in await one_answer(reader)
        assert (await reply(reader)).status == 400
        assert not [line for line in caplog.records if line.levelno >= logging.ERROR]
        writer.close()


@in_virtual_time
async def test_a_client_that_leaves_in_the_middle_is_no_bug(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In its header, its body, and while the source works."""
    async with endpoint() as served:
        served.source.gate = asyncio.Event()
        head = request(
            served.port,
            "/api/backfill-monitor/start",
            method="POST",
            headers=("Content-Type: application/json", "Content-Length: 100"),
        )
        for sent in (b"GET / HT", head + b"{", request(served.port)):
            _, writer = await connected(served)
            writer.write(sent)
            await writer.drain()
            await asyncio.sleep(0.1)
            writer.close()
            await writer.wait_closed()
        served.source.gate.set()
        await asyncio.sleep(1)
        assert not [line for line in caplog.records if line.levelno >= logging.ERROR]
        assert (await talk(served.port, request(served.port))).status == 200


@in_virtual_time
async def test_closing_takes_a_second_whoever_is_connected(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Silent, half a header, waiting for an answer that never comes, not reading one."""
    caplog.set_level(logging.WARNING)
    async with endpoint() as served:
        clock = served.clock
        deaf = await a_deaf_client(served)
        served.source.gate = asyncio.Event()
        clients = [await connected(served) for _ in range(3)]
        clients[1][1].write(b"GET / HT")
        clients[2][1].write(request(served.port))
        await asyncio.sleep(0.5)
        begin_s = clock.monotonic_s()
    assert clock.monotonic_s() - begin_s < 1.2
    assert not caplog.records
    assert asyncio.all_tasks() == {asyncio.current_task()}
    # Cut off in the middle of an answer: nothing goes on sending behind our back.
    received = await everything(deaf)
    assert len(received) % size_of_one(received) != 0
    deaf.close()
    for _, writer in clients:
        writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", served.port)


@in_virtual_time
async def test_closing_is_immediate_when_nothing_is_under_way() -> None:
    """Idle connections are asked to go, and go."""
    async with endpoint() as served:
        clock = served.clock
        clients = [await connected(served) for _ in range(3)]
        clients[1][1].write(b"GET / HT")
        clients[2][1].write(KEEP_ALIVE.format(port=served.port).encode())
        await one_answer(clients[2][0])
        begin_s = clock.monotonic_s()
    assert clock.monotonic_s() - begin_s < 0.1
    for _, writer in clients:
        writer.close()


@in_virtual_time
async def test_an_answer_under_way_is_finished_before_closing() -> None:
    """If it comes within half a second."""
    async with endpoint() as served:
        gate = served.source.gate = asyncio.Event()
        reader, writer = await connected(served)
        writer.write(KEEP_ALIVE.format(port=served.port).encode())
        await served.clock.until(lambda: served.source.asked == 1, within_s=1, every_s=0.01)
        asyncio.get_running_loop().call_later(0.3, gate.set)
    assert (await reply(reader)).status == 200
    writer.close()
