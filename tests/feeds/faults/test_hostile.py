"""Whatever an exchange might answer or push: every reader of every plan has a name for it."""

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx
import pytest

from tests.feeds.rig import settings_of
from tests.feeds.servers import tcp_server
from tests.feeds.test_adapters import SAMPLES, assert_true_numbers, decoded
from tests.support.hostile import FRAMES, VALUES
from tests.support.plain import PLAIN
from tests.support.sim import SAMPLE
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.errors import FeedError
from tui_monitor.feeds.adapter import Adapter
from tui_monitor.feeds.plans import FeedPlan, Given
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.market import MarketState
from tui_monitor.model import Exchange, Market
from tui_monitor.simulator import Simulator

BOTH = ("perp", "spot")
Damage = Callable[[bytes], bytes]
_NUMBER = re.compile(rb'(?<=[:\[,])("?)-?\d[\d.]*\1(?=[,}\]])')


class Question(NamedTuple):
    """A request that the program makes somewhere."""

    name: str
    ask: Callable[[], Awaitable[object]]


def made(exchange: Exchange, clock: VirtualClock, url: str) -> FeedPlan:
    """The exchange's plan for both markets, its requests as quick as can be."""
    settings = settings_of(url, exchange, markets=BOTH, paced=False)
    plan = ENTRIES[exchange].plan
    assert plan is not None
    return plan(settings, Given(clock, ("BTC",), MarketState(), seed=1))


def questions(plan: FeedPlan, exchange: Exchange) -> Iterator[Question]:
    """All of them: lists, first rows, bridges, audits, polls, the time, old bars."""
    for one in plan.lists:
        yield Question(f"{one.market} list", one.fetch)
        yield from (Question(f"{one.market} first", fetch) for fetch in one.first)
    for stream in plan.streams:
        for name, bridge in stream.bridges.items():
            yield Question(f"{stream.market} {name} bridge", bridge.fetch)
            if bridge.audit is not None:
                yield Question(f"{stream.market} {name} audit", bridge.audit)
    yield from (Question(f"{one.channel.name} poll", one.fetch) for one in plan.polls)
    yield Question("time", plan.server_time_ms)
    book = next(one.book for one in plan.lists if one.market is Market.PERP)
    btc = book.find(plan.perp_symbol("BTC"))
    assert btc is not None, exchange
    yield Question("bars", lambda: plan.history.candles(btc, "30m"))


async def outcome(question: Question) -> list[object]:
    """What came of it. A FeedError is a name; anything else would end the feed."""
    try:
        found = await question.ask()
    except FeedError as error:
        said = error.line()
    else:
        return list(found) if isinstance(found, Iterable) else [found]
    assert said.isprintable(), question.name
    return []


def answer(body: bytes) -> bytes:
    """One that keeps its connection: a new one costs more than what is asked."""
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nContent-Type: application/json"
    return head.encode() + b"\r\n\r\n" + body


def assert_lawful(found: Sequence[object], question: Question) -> None:
    """Numbers that are numbers, whatever the answer was made of."""
    for event in found:
        if not isinstance(event, int) and not question.name.endswith("list"):
            assert_true_numbers(event)


@asynccontextmanager
async def tampering(sim: Simulator) -> AsyncIterator[tuple[str, list[Damage]]]:
    """The simulator behind a proxy that does to every body what the list's only entry does."""
    damages: list[Damage] = [bytes]
    said: dict[str, bytes] = {}
    async with httpx.AsyncClient(base_url=sim.url, trust_env=False, verify=PLAIN) as client:

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                if path not in said:
                    said[path] = (await client.get(path)).content
                writer.write(answer(damages[0](said[path])))
                await writer.drain()

        async with tcp_server(talk) as address:
            yield f"http://{address}", damages


def flipped(seed: int) -> Damage:
    """Some bytes are others."""

    def damage(body: bytes) -> bytes:
        draw, spoilt = random.Random(seed), bytearray(body)
        for _ in range(1 + len(body) // 2_000):
            spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
        return bytes(spoilt)

    return damage


def replaced(value: str) -> Damage:
    """Every third number, in quotes or not, is something else."""

    def damage(body: bytes) -> bytes:
        count = 0

        def other(found: re.Match[bytes]) -> bytes:
            nonlocal count
            count += 1
            return value.encode("utf-8", "surrogatepass") if count % 3 == 0 else found[0]

        return _NUMBER.sub(other, body)

    return damage


def without(key: int) -> Damage:
    """The outermost members lack one, or the list its rows."""

    def damage(body: bytes) -> bytes:
        whole: Any = json.loads(body)
        if isinstance(whole, dict) and whole:
            del whole[list(whole)[key % len(whole)]]
        elif isinstance(whole, list):
            whole = whole[:0]
        return json.dumps(whole).encode()

    return damage


TAMPERED: list[Damage] = [
    *map(flipped, range(4)),
    *map(replaced, VALUES[::3]),
    *map(without, range(4)),
    lambda body: body[: len(body) // 2],
    lambda body: body.replace(b'"', b""),
    lambda body: body.replace(b"{", b"[").replace(b"}", b"]"),
    lambda body: b"[" + body + b"]",
]


@pytest.mark.parametrize("exchange", list(Exchange))
@in_virtual_time
async def test_no_answer_ends_a_feed(exchange: Exchange) -> None:
    """Each question of the plan, each hostile body: events with lawful numbers, or a FeedError."""
    clock = VirtualClock()
    bodies: list[bytes] = [b""]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(answer(bodies[0]))
            await writer.drain()

    asked = 0
    async with tcp_server(talk) as address:
        plan = made(exchange, clock, f"http://{address}")
        for frame in FRAMES[:22] + FRAMES[22::3]:
            bodies[0] = frame
            for question in questions(plan, exchange):
                await clock.sleep(plan.paused_s())
                assert_lawful(await outcome(question), question)
                asked += 1
        await plan.aclose()
    assert asked > 250


@pytest.mark.parametrize("exchange", list(Exchange))
@in_virtual_time
async def test_no_damage_to_a_true_answer_ends_a_feed(exchange: Exchange) -> None:
    """What the simulated exchange says, with flipped bytes, other values, parts that lack."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock, limits=False, coins=SAMPLE).running() as sim,
        tampering(sim) as (url, damages),
    ):
        for damage in TAMPERED:
            plan = made(exchange, clock, url)
            damages[0] = damage
            for question in questions(plan, exchange):
                await clock.sleep(plan.paused_s())
                assert_lawful(await outcome(question), question)
            await plan.aclose()
        plan = made(exchange, clock, url)
        damages[0] = bytes
        found = [await outcome(question) for question in questions(plan, exchange)]
        assert sum(map(bool, found)) > len(found) / 2
        await plan.aclose()


def adapters(exchange: Exchange) -> list[Adapter]:
    """One of each kind that the plan makes, for both markets and for bars."""

    @in_virtual_time
    async def make() -> list[Adapter]:
        plan = made(exchange, VirtualClock(), "http://127.0.0.1:9")
        streams = [*plan.streams, *(plan.bars(market, "30m") for market in Market)]
        found = [stream.adapter() for stream in streams]
        await plan.aclose()
        return found

    return make()


@pytest.mark.parametrize("exchange", list(Exchange))
def test_no_frame_ends_a_socket_of_either_market(exchange: Exchange) -> None:
    """Hostile frames, and lawful ones with flipped bytes or other values, to every adapter."""
    draw = random.Random(1)
    lawful = SAMPLES[exchange].frames
    hostile = [*FRAMES, *(replaced(value)(frame) for value in VALUES for frame in lawful)]
    hostile += [flipped(draw.randrange(1 << 30))(frame) for frame in lawful for _ in range(20)]
    for adapter in adapters(exchange):
        for frame in hostile:
            for event in decoded(adapter, frame):
                assert_true_numbers(event)
