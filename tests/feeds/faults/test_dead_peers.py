"""Trouble that no exchange makes: a peer that is gone without a word, a machine that slept."""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import Sequence
from functools import partial

import pytest
from msgspec.structs import replace

from tests.feeds.faults.broken import ROOTS, Broken, broken, few
from tests.feeds.rig import settings_of
from tests.feeds.servers import tcp_server
from tests.feeds.wire import hooks, line
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.feeds.adapter import Subscription
from tui_monitor.feeds.connection import Connection
from tui_monitor.feeds.plans import Divide, FeedPlan
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.feeds.verdict import End
from tui_monitor.model import Exchange, FeedState, Instrument, Source
from tui_monitor.simulator import Simulator

BOTH = ("perp", "spot")
HOUR_S = 3600.0
# Of these there is something every few seconds, however slow the market is.
_BUSY = ("instruments", "liquidation-orders")
_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


async def goes_mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Shakes hands as RFC 6455 says; then neither reads nor writes, as behind a cut cable."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = dict(one.split(b": ", 1) for one in head.split(b"\r\n")[1:] if b": " in one)
    key = next(value for name, value in lines.items() if name.lower() == b"sec-websocket-key")
    accept = b64encode(hashlib.sha1(key + _MAGIC, usedforsecurity=False).digest())
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    await writer.drain()
    await asyncio.sleep(600)


@pytest.mark.parametrize("exchange", list(Exchange))
@in_virtual_time
async def test_a_peer_that_is_gone_without_a_word_is_found_by_pings(exchange: Exchange) -> None:
    """Whatever its data might be: the exchange's ping, or the protocol's, goes unanswered."""
    clock, entry = VirtualClock(), ENTRIES[exchange]
    async with tcp_server(goes_mute) as address:
        link = Connection(
            entry.adapter(),
            line(f"ws://{address}", silent_after_s=300),
            [entry.example],
            clock,
            hooks(lambda _event, _ms, _s: True),
        )
        began_s = clock.monotonic_s()
        await link.run()
        assert clock.monotonic_s() - began_s <= 45
        assert link.ended is not None
        assert link.ended.end in (End.NO_PONG, End.UNACKNOWLEDGED, End.DROPPED)
        assert link.ended.text.isprintable()
        assert not link.connected


@pytest.mark.parametrize("seconds", [HOUR_S, -HOUR_S])
@pytest.mark.parametrize("exchange", list(Exchange))
@in_virtual_time
async def test_after_a_sleep_every_socket_is_a_new_one(exchange: Exchange, seconds: float) -> None:
    """What came before is as old as the wall clock says; a clock set back makes no negative age."""
    async with broken(exchange, BOTH) as it:
        await it.clock.sleep(20)
        began_ms, known = it.clock.now_ms(), len(it.outages)
        before = _streams(it)
        it.clock.jump_wall(seconds)
        await it.clock.until(lambda: any("the clock jumped" in text for *_, text in it.events), 6)
        assert all(one.age_ms is None or one.age_ms >= 0 for one in it.feed.health())
        await it.clock.sleep(1)
        after = _streams(it)
        assert all(after[name] > count for name, count in before.items()), (before, after)
        await it.clock.until(lambda: it.all_live, 60)
        streams = [one for one in it.outages[known:] if one.end_ms is None]
        if seconds > 0:
            assert streams
            assert all(one.begin_ms <= began_ms + 1000 for one in streams)
        assert all((one.end_ms or one.begin_ms) >= one.begin_ms for one in it.outages)
        assert all(0 <= (one.age_ms or 0) < 60_000 for one in it.feed.health() if not one.quiet)
        await it.clock.until(lambda: _listed_now(it), 60)
        assert it.untrue_rows() == []
        assert it.violations == []


def _listed_now(it: Broken) -> bool:
    """Whether all lists were read after the sleep."""
    times = [one.read_ms for one in it.feed.report().markets]
    return all(ms is not None and abs(it.clock.now_ms() - ms) < 70_000 for ms in times)


def _streams(it: Broken) -> dict[str, int]:
    return {
        f"{one.market} {one.channel}": one.reconnects for one in it.feed.health() if not one.polled
    }


def _without_busy(
    divide: Divide, instruments: Sequence[Instrument]
) -> Sequence[Sequence[Subscription]]:
    return [
        [topic for topic in topics if topic.channel not in _BUSY] for topics in divide(instruments)
    ]


def streams_alone(plan: FeedPlan) -> FeedPlan:
    """One coin's tickers alone, no polls, audits or news of lists: long times pass quickly."""
    plan = few(None, ("BTC",))(plan)
    streams = tuple(
        replace(
            stream,
            divide=partial(_without_busy, stream.divide),
            bridges={
                name: replace(bridge, audit_every_s=None) for name, bridge in stream.bridges.items()
            },
            channels=tuple(
                replace(channel, silent_after_s=3000.0)
                for channel in stream.channels
                if channel.silent_after_s
            ),
        )
        for stream in plan.streams[:1]
    )
    return replace(plan, polls=(), streams=streams)


@in_virtual_time
async def test_in_twenty_five_hours_each_socket_is_succeeded_once() -> None:
    """Before OKX ends it; both speak at once for a moment, and nothing is lost. The others' own
    feeds have the same day.
    """
    clock, exchange = VirtualClock(), Exchange.OKX
    async with Simulator(seed=1, clock=clock, rate=0.001, coins=("BTC", "ETH")).running() as sim:
        settings = settings_of(sim.url, exchange, markets=("perp",))
        it = Broken(sim, clock, settings, ("BTC",), exchange, streams_alone)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(it.feed.run())
            await clock.sleep(900)
            # At this pace a quiet channel waits long for the first proof of its socket's life.
            sockets, known = _open(it), len(it.outages)
            most = 0
            for _ in range(25 * 4):
                await clock.sleep(900)
                most = max(most, _open(it))
                assert {one.state for one in it.feed.health()} == {FeedState.LIVE}
                assert {one.source for one in it.feed.health()} == {Source.STREAM}
            assert len(it.outages) == known
            assert not any(level == "warning" for level, *_ in it.events), it.events
            assert most <= 2 * sockets
            assert _open(it) == sockets
            assert _total(it) == 2 * sockets
            running.cancel()
        await it.feed.aclose()
        assert it.violations == []


def _open(it: Broken) -> int:
    return sum(_connections(it, "open"))


def _total(it: Broken) -> int:
    return sum(_connections(it, "total"))


def _connections(it: Broken, which: str) -> list[int]:
    stats = it.sim.stats()
    roots = ROOTS.get(it.exchange, (it.exchange.value,))
    return [stats[root]["connections"][which] for root in roots]
