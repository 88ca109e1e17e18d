"""REST with bounds: whatever a server does, it is one of four errors, in time."""

import asyncio
import gzip
import tracemalloc
import zlib
from contextlib import aclosing

import pytest

from tests.feeds.servers import Talk, answers, http, nobody_there, tcp_server
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.errors import FeedError, Malformed, RateLimited, Rejected, Unreachable
from tui_monitor.feeds.http import Http, retry_after_s
from tui_monitor.feeds.okx.rest import explain
from tui_monitor.feeds.pacing import Pacer

_OK = b'{"code":"0","msg":"","data":[]}'
_HTML = b"<html>\x1b[2JJust a moment...</html>"


async def hold_open(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Accept and say nothing."""
    while await reader.read(65_536):
        pass


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One byte a second: never a time-out between two bytes."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(1)


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A body without an end."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b" " * 1_000_000)
        await writer.drain()


CASES = [
    pytest.param(answers(http("200 OK", _HTML)), Malformed, id="a page with 200"),
    pytest.param(answers(http("200 OK", b"")), Malformed, id="nothing with 200"),
    pytest.param(answers(http("204 No Content")), Malformed, id="204"),
    pytest.param(answers(http("429 Too Many Requests", _OK)), RateLimited, id="429"),
    pytest.param(answers(http("418 I'm a teapot")), RateLimited, id="418"),
    pytest.param(answers(http("403 Forbidden", _HTML)), RateLimited, id="403"),
    pytest.param(answers(http("451 Unavailable", _HTML)), Rejected, id="451"),
    pytest.param(answers(http("404 Not Found", _HTML)), Rejected, id="404"),
    pytest.param(answers(http("500 Oh no", _HTML)), Unreachable, id="500"),
    pytest.param(answers(http("503 Oh no", b'{"code":"50001","msg":"x"}')), Unreachable, id="503"),
    pytest.param(
        answers(http("302 Found", b"", "Location: http://127.0.0.1:9/")), Unreachable, id="302"
    ),
    pytest.param(
        answers(http("200 OK", b'{"code":"50011","msg":"Too Many Requests"}')),
        RateLimited, id="50011 with 200",
    ),
    pytest.param(
        answers(http("200 OK", b'{"code":"51001","msg":"no such","data":[]}')),
        Rejected, id="51001 with 200",
    ),
    pytest.param(
        answers(http("200 OK", b"no gzip", "Content-Encoding: gzip")), Malformed, id="no gzip"
    ),
    pytest.param(
        answers(http("200 OK", b"x", "Content-Encoding: br")), Malformed, id="unasked encoding"
    ),
    pytest.param(answers(b"\x00\xff\r\n\r\n"), Unreachable, id="garbage"),
    pytest.param(answers(b""), Unreachable, id="an end"),
    pytest.param(answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), Unreachable, id="cut"),
    pytest.param(hold_open, Unreachable, id="nothing"),
    pytest.param(drip, Unreachable, id="a drip"),
    pytest.param(endless, Malformed, id="no end"),
]  # fmt: skip


@pytest.mark.parametrize(("talk", "kind"), CASES)
def test_a_bad_answer_is_a_named_error(talk: Talk, kind: type[FeedError]) -> None:
    """Within 15 s, and its line is printable."""

    @in_virtual_time
    async def run() -> None:
        clock = VirtualClock()
        async with (
            tcp_server(talk) as address,
            aclosing(Http(f"http://{address}", clock, explain)) as rest,
        ):
            begin_s = clock.monotonic_s()
            with pytest.raises(FeedError) as caught:
                await rest.get("/x")
            assert type(caught.value) is kind, caught.value
            assert clock.monotonic_s() - begin_s <= 15.5
            assert caught.value.line().isprintable()

    run()


@in_virtual_time
async def test_a_closed_port_is_unreachable() -> None:
    """It can be tried again."""
    with nobody_there() as address:
        async with aclosing(Http(f"http://{address}", VirtualClock(), explain)) as rest:
            with pytest.raises(Unreachable):
                await rest.get("/x")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_compressed_answers_are_read(encoding: str) -> None:
    """gzip as asked for, and deflate."""
    packed = gzip.compress(_OK) if encoding == "gzip" else zlib.compress(_OK)

    @in_virtual_time
    async def run() -> None:
        talk = answers(http("200 OK", packed, f"Content-Encoding: {encoding}"))
        async with (
            tcp_server(talk) as address,
            aclosing(Http(f"http://{address}", VirtualClock(), explain)) as rest,
        ):
            assert await rest.get("/x") == _OK

    run()


@in_virtual_time
async def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """100 MB in 100 kB: refused at 16 MiB, and never more than that in memory."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b" " * 1_000_000) for _ in range(100)) + packer.flush()
    talk = answers(http("200 OK", bomb, "Content-Encoding: gzip"))
    async with (
        tcp_server(talk) as address,
        aclosing(Http(f"http://{address}", VirtualClock(), explain)) as rest,
    ):
        tracemalloc.start()
        with pytest.raises(Malformed):
            await rest.get("/x")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 40_000_000


@in_virtual_time
async def test_after_a_429_nobody_asks_until_the_time_is_over() -> None:
    """A short rest is waited out, a long one is told to the caller without a request."""
    asked: list[float] = []
    clock = VirtualClock()
    say_429 = answers(http("429 Too Many", b"", "Retry-After: 60"))

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(clock.monotonic_s())
        await (say_429 if len(asked) == 1 else answers(http("200 OK", _OK)))(reader, writer)

    async with (
        tcp_server(talk) as address,
        aclosing(Http(f"http://{address}", clock, explain)) as rest,
    ):
        with pytest.raises(RateLimited):
            await rest.get("/x")
        await clock.sleep(20)
        with pytest.raises(RateLimited) as caught:
            await rest.get("/y")
        assert 39 <= caught.value.retry_after_s <= 40
        await clock.sleep(37)
        assert await rest.get("/y") == _OK
    assert len(asked) == 2
    assert asked[1] - asked[0] >= 60


@in_virtual_time
async def test_those_that_wait_for_their_turn_find_out_that_there_is_a_pause() -> None:
    """They had begun before the exchange said no; none of them goes out all the same."""
    asked = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await answers(http("429 Too Many", b"", "Retry-After: 60"))(reader, writer)

    clock = VirtualClock()
    pacer = Pacer(clock, 10, 10.0)
    async with (
        tcp_server(talk) as address,
        aclosing(Http(f"http://{address}", clock, explain)) as rest,
    ):
        tasks = [asyncio.create_task(rest.get("/x", pacer=pacer)) for _ in range(5)]
        refused = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in refused] == [RateLimited] * 5
    assert asked == 1


@in_virtual_time
async def test_who_is_refused_in_a_pause_takes_nothing_of_the_limit() -> None:
    """What never went out is not counted as used."""
    clock = VirtualClock()
    pacer = Pacer(clock, 10, 10.0)
    talk = answers(http("429 Too Many", b"", "Retry-After: 60"))
    async with (
        tcp_server(talk) as address,
        aclosing(Http(f"http://{address}", clock, explain)) as rest,
    ):
        for _ in range(20):
            with pytest.raises(RateLimited):
                await rest.get("/x", pacer=pacer)
    assert pacer.used() == 1


@in_virtual_time
async def test_headers_are_shown_to_whoever_wants_them() -> None:
    """Of any answer that came, also of a refusal; in any case of letters."""
    seen: list[str | None] = []
    clock = VirtualClock()
    talk = answers(http("503 Oh no", b"", "X-MBX-Used-Weight-1m: 7"))
    async with (
        tcp_server(talk) as address,
        aclosing(
            Http(
                f"http://{address}",
                clock,
                explain,
                on_headers=lambda headers: seen.append(headers.get("x-mbx-used-weight-1M")),
            )
        ) as rest,
    ):
        with pytest.raises(Unreachable):
            await rest.get("/x")
    assert seen == ["7"]


@in_virtual_time
async def test_a_kept_connection_that_was_closed_meanwhile_costs_no_answer() -> None:
    """Closing and asking may cross on the way: it is asked once more, and once only."""
    asked = 0

    async def once_each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        answer = http("200 OK", _OK).replace(b"Connection: close", b"Connection: keep-alive")
        while asked < 4:
            await reader.readuntil(b"\r\n\r\n")
            asked += 1
            if asked not in {1, 3}:
                return
            writer.write(answer)
            await writer.drain()
        await reader.readuntil(b"\r\n\r\n")
        asked += 1

    async with (
        tcp_server(once_each) as address,
        aclosing(Http(f"http://{address}", VirtualClock(), explain)) as rest,
    ):
        assert await rest.get("/x") == _OK
        assert await rest.get("/x") == _OK
        assert asked == 3
        with pytest.raises(Unreachable):
            await rest.get("/x")
        assert asked == 5


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        ("0", 1.0),
        ("999999999", 3 * 86_400.0),
        ("Fri, 20 Nov 2026 00:02:00 GMT", 120.0),
        ("Fri, 20 Nov 2020 00:02:00 GMT", 1.0),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("٣", None),
        ("\x1b[2J", None),
    ],
)
def test_retry_after_is_a_number_or_a_date_within_bounds(
    value: str | None, seconds: float | None
) -> None:
    """1 s to 3 days; nonsense is no wish."""
    assert retry_after_s(value, 1_795_132_800_000) == seconds
