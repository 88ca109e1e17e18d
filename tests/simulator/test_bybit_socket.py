"""Bybit's sockets: grants and refusals of whole requests, pushes, and the rules they enforce."""

import json
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.simulator.clients import Talk, client_of, socket_to
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import SLOT_MS
from tui_monitor.simulator import Simulator

BTC = "tickers.BTCUSDT"


def linear(sim: Simulator) -> AbstractAsyncContextManager[Talk]:
    """A socket for contracts."""
    return socket_to(sim, "/bybit/v5/public/linear")


def spot(sim: Simulator) -> AbstractAsyncContextManager[Talk]:
    """A socket for spot pairs."""
    return socket_to(sim, "/bybit/v5/public/spot")


async def reply(talk: Talk, op: str, *topics: str, req_id: str = "1") -> dict[str, Any]:
    """The reply to a request."""
    await talk.say(op, *topics, req_id=req_id)
    return await talk.until(lambda said: said.get("req_id") == req_id)


async def push(talk: Talk, topic: str) -> dict[str, Any]:
    """The next push of a topic."""
    return await talk.until(lambda said: said.get("topic") == topic)


async def test_replies_name_the_request_and_no_topic(sim: Simulator) -> None:
    """The categories differ in `ret_msg`; a pong's op is ping; ids come back."""
    async with linear(sim) as talk, spot(sim) as other:
        ack = await reply(talk, "subscribe", BTC, "tickers.ETHUSDT", req_id="a7")
        assert (ack["success"], ack["ret_msg"], ack["op"]) == (True, "", "subscribe")
        assert set(ack) == {"success", "ret_msg", "conn_id", "req_id", "op"}
        assert (await reply(other, "subscribe", BTC))["ret_msg"] == "subscribe"
        for one in (talk, other):
            await one.socket.send('{"op":"ping"}')
            pong = await one.until(lambda said: said.get("op") == "ping")
            assert (pong["success"], pong["ret_msg"], pong["req_id"]) == (True, "pong", "")
        assert (await reply(talk, "unsubscribe", BTC, req_id="z"))["success"]
        assert (await reply(talk, "moo", BTC, req_id="m"))["success"] is False


@in_virtual_time
async def test_a_batch_is_refused_as_a_whole() -> None:
    """Because of one unknown topic, or one that is subscribed already; without it, all is well."""
    async with Simulator(clock=VirtualClock()).running() as sim, linear(sim) as talk:
        for topic in ("tickers.NOPEUSDT", "liquidation.BTCUSDT", "moon", "tickers.DOGSUSDT"):
            refused = await reply(talk, "subscribe", BTC, topic)
            assert refused["success"] is False
            assert refused["ret_msg"] == f"error:handler not found,topic:{topic}"
        assert await talk.silent_for(5)
        await reply(talk, "subscribe", BTC)
        refused = await reply(talk, "subscribe", "tickers.ETHUSDT", BTC, req_id="2")
        assert refused["ret_msg"] == f"error:already subscribed,topic:{BTC}"
        ack = await reply(talk, "subscribe", "tickers.ETHUSDT", req_id="3")
        assert ack["success"]
        assert sim.stats()["bybit"]["subscriptions"]["active"] == 2
        assert (await push(talk, "tickers.ETHUSDT"))["type"] == "snapshot"


@in_virtual_time
async def test_deltas_are_short_and_what_they_say_is_the_truth() -> None:
    """After the whole snapshot, each field in a delta is what it was at the frame's time."""
    names = {
        "lastPrice": "last",
        "bid1Price": "bid",
        "ask1Price": "ask",
        "markPrice": "mark_price",
        "indexPrice": "index_price",
        "singleOpenInterest": "open_interest_coins",
        "fundingRate": "funding_rate",
    }
    topic = "tickers.1000PEPEUSDT"
    async with Simulator(clock=VirtualClock()).running() as sim, linear(sim) as talk:
        truth = sim.exchanges["bybit"].truth
        await reply(talk, "subscribe", topic)
        first = await push(talk, topic)
        deltas = [await push(talk, topic) for _ in range(60)]
        if first["type"] == "delta":
            first = deltas.pop(0)
        assert (first["type"], len(first["data"])) == ("snapshot", 27)
        assert {one["type"] for one in deltas} == {"delta"}
        lengths = sorted(len(one["data"]) for one in deltas)
        assert lengths[len(lengths) // 2] <= 8
        known = dict(first["data"])
        for delta in deltas:
            fresh = {key: value for key, value in delta["data"].items() if key != "symbol"}
            assert fresh
            assert not [key for key, value in fresh.items() if known[key] == value]
            known |= fresh
        seen: set[str] = set()
        for frame in (first, *deltas):
            told = truth("perp", "1000PEPEUSDT", frame["ts"])
            for key, name in names.items():
                if key in frame["data"]:
                    seen.add(key)
                    ours = float(frame["data"][key])
                    if key == "singleOpenInterest":
                        ours *= 1000
                    elif key != "fundingRate":
                        ours /= 1000
                    assert ours == pytest.approx(told[name], rel=1e-12), key
        assert seen == set(names)
        assert all(one["data"]["symbol"] == "1000PEPEUSDT" for one in deltas)
        rare = [one for one in deltas if "fundingRate" in one["data"]]
        assert len(rare) < 5
        assert first["cs"] < deltas[-1]["cs"]


@in_virtual_time
async def test_a_delta_can_come_before_its_snapshot() -> None:
    """For some topics of each connection."""
    async with Simulator(clock=VirtualClock()).running() as sim, linear(sim) as talk:
        symbols = sim.exchanges["bybit"].symbols("perp")[:60]
        await talk.say("subscribe", *(f"tickers.{symbol}" for symbol in symbols))
        first: dict[str, str] = {}
        while len(first) < len(symbols):
            said = await talk.until(lambda said: "topic" in said)
            first.setdefault(said["topic"], said["type"])
        early = list(first.values()).count("delta")
        assert 1 <= early <= 20


@in_virtual_time
async def test_spot_tickers_are_whole_and_lack_the_book() -> None:
    """The book comes by a topic of its own: snapshots, and deltas where only sizes moved."""
    topic = "orderbook.1.BTCUSDT"
    async with Simulator(clock=VirtualClock()).running() as sim, spot(sim) as talk:
        truth = sim.exchanges["bybit"].truth
        await reply(talk, "subscribe", BTC, topic)
        for _ in range(5):
            said = await push(talk, BTC)
            assert said["type"] == "snapshot"
            assert not [key for key in said["data"] if "bid" in key or "ask" in key]
            told = truth("spot", "BTCUSDT", said["ts"])
            assert float(said["data"]["lastPrice"]) == told["last"]
        kinds = set()
        for _ in range(60):
            said = await push(talk, topic)
            kinds.add(said["type"])
            told = truth("spot", "BTCUSDT", said["ts"])
            for side, price, size in (("b", "bid", "bid_coins"), ("a", "ask", "ask_coins")):
                for level in said["data"][side]:
                    assert list(map(float, level)) == [told[price], told[size]]
            assert said["type"] == "delta" or (said["data"]["b"] and said["data"]["a"])
        assert kinds == {"snapshot", "delta"}


@in_virtual_time
async def test_a_bar_is_confirmed_once_when_it_closes() -> None:
    """As REST has it then."""
    clock = VirtualClock(START_MS + SLOT_MS - 4_000)
    topic = "kline.30.BTCUSDT"
    async with (
        Simulator(clock=clock).running() as sim,
        linear(sim) as talk,
        client_of(sim, "bybit", "/bybit/v5") as bybit,
    ):
        await reply(talk, "subscribe", topic)
        bars: list[Any] = []
        while not bars or bars[-1]["start"] < START_MS + SLOT_MS:
            bars += (await push(talk, topic))["data"]
        assert [bar["confirm"] for bar in bars] == [False] * (len(bars) - 2) + [True, False]
        assert bars[-2]["end"] == START_MS + SLOT_MS - 1
        body = await bybit.body(
            "market/kline", category="linear", symbol="BTCUSDT", interval="30", limit=2
        )
        keys = ("open", "high", "low", "close", "volume", "turnover")
        assert body["result"]["list"][1] == [str(START_MS), *(bars[-2][key] for key in keys)]


@in_virtual_time
async def test_liquidations_are_all_there_by_symbol() -> None:
    """Buy is a long; its bankruptcy price lies below the market; several come in one message."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock).running() as sim,
        linear(sim) as talk,
        client_of(sim, "bybit", "/bybit/v5") as bybit,
    ):
        symbols = sim.exchanges["bybit"].symbols("perp")
        await reply(talk, "subscribe", *(f"allLiquidation.{symbol}" for symbol in symbols))
        begin_ms = clock.now_ms()
        frames = [await talk.until(lambda said: "topic" in said, 600) for _ in range(30)]
        rows = [row for frame in frames for row in frame["data"]]
        told = await bybit.liquidations(begin_ms + 1, max(row["T"] for row in rows))
        assert [row["T"] for row in rows] == [one["ts"] for one in told]
        assert max(len(frame["data"]) for frame in frames) > 1
        multiples = {one: (await bybit.truth(one, begin_ms))["multiplier"] for one in symbols}
        for row, one in zip(rows, told, strict=True):
            assert (row["s"], row["S"]) == (one["symbol"], _SIDES[one["side"]])
            many = multiples[row["s"]]
            assert float(row["p"]) / many == pytest.approx(one["price"])
            assert float(row["v"]) * many == pytest.approx(one["coins"])
            last = (await bybit.truth(row["s"], row["T"]))["last"]
            assert (one["price"] < last) is (row["S"] == "Buy")


_SIDES = {"long": "Buy", "short": "Sell"}


async def test_limits_of_requests_and_connections(sim: Simulator) -> None:
    """Ten args on spot, 21,000 characters in all, no giants; each is noted or cut."""
    async with linear(sim) as talk, spot(sim) as other:
        many = [f"tickers.{symbol}" for symbol in sim.exchanges["bybit"].symbols("spot")[:11]]
        assert (await reply(other, "subscribe", *many))["ret_msg"] == "args size >10"
        assert (await reply(other, "subscribe", *many[:10], req_id="2"))["success"]
        symbols = sim.exchanges["bybit"].symbols("perp")
        kinds = ("tickers", "allLiquidation", "kline.1", "kline.5", "kline.15", "kline.30")
        said = []
        for place, kind in enumerate(kinds):
            topics = [f"{kind}.{symbol}" for symbol in symbols]
            said.append((await reply(talk, "subscribe", *topics, req_id=f"r{place}"))["success"])
        assert said[0]
        assert not said[-1]
    async with linear(sim) as talk:
        await talk.say("subscribe", *(f"tickers.A{place}USDT" for place in range(501)))
        with pytest.raises(ConnectionClosed) as closed:
            await talk.next()
        assert closed.value.rcvd is None
    what = {one["what"] for one in sim.stats()["bybit"]["violations"]}
    assert what == {
        "socket: more than 10 args in a request of spot",
        "socket: args longer than 21,000 characters",
    }


@in_virtual_time
async def test_an_idle_connection_is_cut_after_10_minutes() -> None:
    """A ping keeps it."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, linear(sim) as idle, linear(sim) as kept:
        for _ in range(35):
            await kept.socket.send('{"op":"ping"}')
            await kept.next()
            await clock.sleep(20)
        with pytest.raises(ConnectionClosed):
            await idle.next()
        assert sim.stats()["bybit"]["connections"]["open"] == 1


@in_virtual_time
async def test_faults_hit_the_socket_of_their_market() -> None:
    """Silence, refusal, drop, no pong, an upgrade without notice."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, linear(sim) as talk, spot(sim) as other:
        await reply(talk, "subscribe", BTC)
        await reply(other, "subscribe", BTC)
        while (await push(talk, BTC))["type"] != "snapshot":
            pass
        sim.fault(exchange="bybit", kind="silence", market="perp", channel="tickers", seconds=9)
        sim.fault(exchange="bybit", kind="refuse", market="perp", seconds=9)
        sim.fault(exchange="bybit", kind="no_pong", market="spot", seconds=9)
        await other.socket.send('{"op":"ping"}')
        begin_ms = clock.now_ms()
        assert (await push(talk, BTC))["ts"] - begin_ms > 8_900
        sim.fault(exchange="bybit", kind="refuse", market="perp", seconds=9)
        with pytest.raises(InvalidStatus):
            async with linear(sim):
                raise AssertionError
        async with spot(sim) as third:
            await reply(third, "subscribe", BTC)
            sim.fault(exchange="bybit", kind="drop", market="spot", seconds=9)
            with pytest.raises(ConnectionClosed):
                await third.until(lambda _: False)
        heard = [json.loads(one) async for one in other.socket]
        assert not [one for one in heard if one.get("op") == "ping"]
        sim.fault(exchange="bybit", kind="maintenance_notice", delay_s=5)
        with pytest.raises(ConnectionClosed) as closed:
            await talk.until(lambda said: "topic" not in said)
        assert closed.value.rcvd is None


@in_virtual_time
async def test_data_without_a_topic_is_hit_by_its_own_word() -> None:
    """Open interest comes with the tickers of contracts: silence of it silences them."""
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        linear(sim) as talk,
        spot(sim) as other,
    ):
        sim.fault(exchange="bybit", kind="silence", channel="open_interest")
        await reply(talk, "subscribe", BTC)
        await reply(other, "subscribe", BTC)
        assert await talk.silent_for(5)
        assert await push(other, BTC)


@in_virtual_time
async def test_maintenance_is_told_on_the_status_socket() -> None:
    """Which stays open."""
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        socket_to(sim, "/bybit/v5/public/misc/status") as talk,
    ):
        assert (await reply(talk, "subscribe", "system.status"))["success"]
        sim.fault(exchange="bybit", kind="maintenance_notice", delay_s=5)
        said = await push(talk, "system.status")
        assert said["data"][0]["state"] == "ongoing"
        assert await talk.silent_for(30)


@in_virtual_time
async def test_a_wall_clock_that_is_set_back_does_not_silence_the_feeds() -> None:
    """Pushes go on in the new time."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, linear(sim) as talk:
        await reply(talk, "subscribe", BTC)
        await push(talk, BTC)
        clock.jump_wall(-10_800)
        said = [await push(talk, BTC) for _ in range(10)]
        assert said[-1]["ts"] < START_MS - 10_000_000
