"""Many messages, large answers, and clients that don't keep up."""

import asyncio
import json
import socket

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.frames import Frame, Opcode

from tests.simulator.clients import WITHIN_S
from tests.simulator.harness import BTC, talk_to
from tests.support.plain import PLAIN
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator
from tui_monitor.simulator.bodies import Bodies
from tui_monitor.simulator.wires import head_of

TICKERS = "/binance-futures/fapi/v1/ticker/24hr"


@in_virtual_time
async def test_a_client_that_does_not_read_is_cut_off() -> None:
    """Not at once; what it leaves unread doesn't pile up, and the counts tell of it."""
    clock = VirtualClock()
    async with Simulator(clock=clock, rate=25).running() as sim:
        address = f"{sim.url.replace('http', 'ws', 1)}/okx/ws/v5/public"
        small = socket.create_connection(("127.0.0.1", int(sim.url.rpartition(":")[2])))
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        async with connect(
            address, sock=small, ping_interval=None, compression=None, max_queue=1, close_timeout=1
        ) as client:
            symbols = sim.exchanges["okx"].symbols("perp")
            args = [{"channel": "tickers", "instId": symbol} for symbol in symbols]
            await client.send(json.dumps({"op": "subscribe", "args": args}))
            told = sim.stats
            await clock.until(lambda: told()["okx"]["slow_clients_dropped"] == 1, 600, every_s=5)
            await clock.until(lambda: told()["okx"]["connections"]["open"] == 0, 5)


@in_virtual_time
async def test_a_client_that_reads_late_gets_what_there_is_then() -> None:
    """A frame larger than the connection's buffers waits for its reader; then it goes on."""
    async with Simulator(clock=VirtualClock()).running() as sim, talk_to(sim) as talk:
        sim.fault(exchange="okx", kind="huge_frame", channel="tickers", megabytes=8, seconds=60)
        await talk.subscribe("tickers")
        async with asyncio.timeout(WITHIN_S):
            huge = await talk.socket.recv()
        assert len(huge) > 8_000_000
        sim.faults.clear()
        assert await talk.push("tickers")
        assert sim.stats()["okx"]["slow_clients_dropped"] == 0


@in_virtual_time
async def test_large_answers_of_one_moment_are_the_same_bytes() -> None:
    """A tenth of a second later they are new; a fault is in them at once."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock).running() as sim,
        httpx.AsyncClient(
            base_url=sim.url, timeout=WITHIN_S, trust_env=False, verify=PLAIN
        ) as http,
    ):
        first = (await http.get(TICKERS)).content
        begin_ms = clock.now_ms()
        again = (await http.get(TICKERS)).content
        assert (again == first) is (clock.now_ms() // 100 == begin_ms // 100)
        await clock.sleep(0.3)
        later = (await http.get(TICKERS)).content
        assert later != first
        sim.fault(exchange="binance", kind="delist", market="perp", symbol="BTCUSDT", seconds=60)
        assert b'"BTCUSDT"' not in (await http.get(TICKERS)).content


def test_answers_are_kept_for_a_tenth_of_a_second() -> None:
    """Only large ones, only so many, and nothing across the border of two tenths."""
    bodies = Bodies()
    large = b"x" * 30_000
    bodies.keep("/large", large, 1_000_040)
    bodies.keep("/small", b"x", 1_000_040)
    assert bodies.find("/large", 1_000_099) == large
    assert bodies.find("/small", 1_000_099) is None
    assert bodies.find("/large", 1_000_100) is None
    for number in range(100):
        bodies.keep(f"/{number}", large, 1_000_100)
    assert sum(bodies.find(f"/{number}", 1_000_100) is not None for number in range(100)) < 50


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 70_000])
def test_frames_are_those_of_the_protocol(length: int) -> None:
    """At each border of the lengths, the same bytes as a library of the protocol writes."""
    text = b"x" * length
    assert head_of(text) + text == Frame(Opcode.TEXT, text).serialize(mask=False)


@in_virtual_time
async def test_a_frame_that_is_cut_within_a_character_is_text_all_the_same() -> None:
    """Or else the client's library would close the connection instead of giving it out."""
    async with Simulator(clock=VirtualClock()).running() as sim, talk_to(sim) as talk:
        sim.fault(exchange="okx", kind="truncate", channel="tickers", seconds=60)
        ends = []
        for pad in ("", "a", "aa"):
            arg = {"channel": "tickers", "instId": BTC, "note": pad + "币" * 300}
            await talk.say("subscribe", arg)
            # The acknowledgement, and what is left of the first push.
            texts = [await talk.socket.recv(), await talk.socket.recv()]
            ends.append(str(texts[1])[-1])
            await talk.say("unsubscribe", arg)
            await talk.until(lambda said: said.get("event") == "unsubscribe")
        assert "\N{REPLACEMENT CHARACTER}" in ends
