"""Bitget's sockets: v2's channels and v3's topics, and the rules they enforce."""

import json
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.simulator.clients import Talk, client_of, socket_to
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import MINUTE_MS
from tui_monitor.simulator import Simulator

USDT, UNIFIED = "USDT-FUTURES", "usdt-futures"
LIQUIDATIONS = {"instType": UNIFIED, "topic": "liquidation"}


def classic(sim: Simulator) -> AbstractAsyncContextManager[Talk]:
    """A socket of v2."""
    return socket_to(sim, "/bitget/v2/ws/public")


def unified(sim: Simulator) -> AbstractAsyncContextManager[Talk]:
    """A socket of v3."""
    return socket_to(sim, "/bitget/v3/ws/public")


def v2(symbol: str = "BTCUSDT", channel: str = "ticker", kind: str = USDT) -> dict[str, str]:
    """An argument of v2."""
    return {"instType": kind, "channel": channel, "instId": symbol}


def v3(
    symbol: str = "BTCUSDT", topic: str = "ticker", kind: str = UNIFIED, **more: str
) -> dict[str, str]:
    """An argument of v3."""
    return {"instType": kind, "topic": topic, "symbol": symbol, **more}


async def reply(talk: Talk, *args: dict[str, str], op: str = "subscribe") -> dict[str, Any]:
    """The first event that answers a request."""
    await talk.say(op, *args)
    return await talk.until(lambda said: "event" in said)


async def push(talk: Talk, within_s: float = 20) -> dict[str, Any]:
    """The next push."""
    return await talk.until(lambda said: "data" in said, within_s)


async def test_acks_and_errors_differ_by_generation(sim: Simulator) -> None:
    """v2 echoes the argument; v3's error only has it in its text; codes are numbers."""
    async with classic(sim) as old, unified(sim) as new:
        assert await reply(old, v2()) == {"event": "subscribe", "arg": v2()}
        ack = await reply(new, v3())
        assert (ack["event"], ack["arg"], set(ack)) == (
            "subscribe",
            v3(),
            {"event", "arg", "connId"},
        )
        error = await reply(old, v2("NOPEUSDT"))
        assert (error["code"], error["arg"], error["op"]) == (30001, v2("NOPEUSDT"), "subscribe")
        assert error["msg"].endswith("instId:NOPEUSDT,precision:null doesn't exist")
        error = await reply(new, v3("NOPEUSDT"))
        assert (error["code"], "arg" in error) == (30001, False)
        named = json.loads(error["msg"].removesuffix(" doesn't exist"))
        assert named == v3("NOPEUSDT")
        assert (await reply(old, v2(channel="mark-price")))["code"] == 30016
        assert (await reply(old, v2("BTCUSDT_UMCBL")))["code"] == 30001
        assert (await reply(new, v3(topic="moon")))["code"] == 30016
        assert (await reply(old, {"instType": USDT, "channel": "liquidation"}))["code"] == 30016
        await old.socket.send('{"op":"ping"}')
        assert (await old.until(lambda said: "event" in said))["code"] == 30002
        for talk in (old, new):
            await talk.socket.send("ping")
            while await talk.next() != "pong":
                pass


@in_virtual_time
async def test_a_symbol_of_another_product_is_acknowledged_and_silent() -> None:
    """Nothing tells it from a quiet one."""
    async with Simulator(clock=VirtualClock()).running() as sim, classic(sim) as talk:
        assert (await reply(talk, v2("BTCPERP")))["event"] == "subscribe"
        assert (await reply(talk, v2("TSLAUSDT", kind="SPOT")))["event"] == "subscribe"
        assert await talk.silent_for(30)
        assert (await reply(talk, v2("BTCPERP", kind="USDC-FUTURES")))["event"] == "subscribe"
        assert (await push(talk))["data"][0]["symbol"] == "BTCPERP"


@in_virtual_time
async def test_v2_tickers_come_ten_times_a_second_and_are_true() -> None:
    """Always whole, changed or not; the row's time is a little before the frame's."""
    async with Simulator(clock=VirtualClock()).running() as sim, classic(sim) as talk:
        truth = sim.exchanges["bitget"].truth
        await reply(talk, v2("1000BONKUSDT"), v2(kind="SPOT"))
        frames = [await push(talk) for _ in range(80)]
        seconds = (frames[-1]["ts"] - frames[0]["ts"]) / 1000
        assert len(frames) / seconds == pytest.approx(19, rel=0.1)
        for said in frames[::5]:
            row, is_spot = said["data"][0], said["arg"]["instType"] == "SPOT"
            told = truth("spot" if is_spot else "perp", row["instId"], int(row["ts"]))
            many = told["multiplier"]
            assert said["action"] == "snapshot"
            assert float(row["lastPr"]) / many == pytest.approx(told["last"], rel=1e-12)
            assert float(row["bidSz"]) * many == pytest.approx(told["bid_coins"])
            assert "open24h" in row
            if is_spot:
                assert "symbol" not in row
                continue
            assert float(row["holdingAmount"]) * many == pytest.approx(told["open_interest_coins"])
            assert int(row["nextFundingTime"]) == told["next_settlement_ms"]
            assert float(row["fundingRate"]) == told["funding_rate"]


@in_virtual_time
async def test_v3_rows_have_neither_symbol_nor_time() -> None:
    """Both stand around the row; the book has its own topic."""
    async with Simulator(clock=VirtualClock()).running() as sim, unified(sim) as talk:
        truth = sim.exchanges["bitget"].truth
        await reply(
            talk, v3("龙虾USDT"), v3("龙虾USDT", "books1"), v3("BTCUSD_CM", kind="coin-futures")
        )
        seen = set()
        for _ in range(40):
            said = await push(talk)
            symbol, row = said["arg"]["symbol"], said["data"][0]
            seen.add((symbol, said["arg"]["topic"]))
            if symbol != "龙虾USDT":
                continue
            told = truth("perp", symbol, said["ts"])
            if said["arg"]["topic"] == "books1":
                assert list(map(float, row["a"][0])) == [told["ask"], told["ask_coins"]]
            else:
                assert not {"symbol", "ts"} & set(row)
                assert float(row["bid1Price"]) == told["bid"]
                assert float(row["openInterest"]) == told["open_interest_coins"]
                assert float(row["markPrice"]) == told["mark_price"]
        assert len(seen) == 3


@in_virtual_time
async def test_bars_begin_with_history_and_nothing_confirms_them() -> None:
    """v2: eight columns, first frame without a time; v3: objects; the last of a bar is REST's."""
    clock = VirtualClock(START_MS + MINUTE_MS - 3_000)
    async with (
        Simulator(clock=clock).running() as sim,
        classic(sim) as old,
        unified(sim) as new,
        client_of(sim, "bitget", "/bitget/api") as bitget,
    ):
        await reply(old, v2(channel="candle1m"))
        await reply(new, v3(topic="kline", interval="1m"))
        first = await push(old)
        assert (first["action"], "ts" in first, len(first["data"])) == ("snapshot", False, 100)
        assert [len(row) for row in first["data"]] == [8] * 100
        bars: list[Any] = []
        while not bars or bars[-1][0] != str(START_MS + MINUTE_MS):
            said = await push(old)
            assert (said["action"], len(said["data"])) == ("update", 1)
            bars += said["data"]
        asked = {"productType": USDT, "symbol": "BTCUSDT", "granularity": "1m", "limit": 2}
        page = (await bitget.body("v2/mix/market/candles", **asked))["data"]
        assert page[0] == bars[-2][:7]
        starts: list[str] = []
        while not starts or starts[-1] != str(START_MS + MINUTE_MS):
            starts += [row["start"] for row in (await push(new))["data"]]
        assert starts[98:100] == [str(START_MS - MINUTE_MS), str(START_MS)]


@in_virtual_time
async def test_liquidations_are_the_largest_of_each_side_and_second() -> None:
    """No symbol is asked for; the amount is in USDT; REST has those that are left out."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock).running() as sim,
        unified(sim) as talk,
        client_of(sim, "bitget", "/bitget/api") as bitget,
    ):
        await reply(talk, LIQUIDATIONS)
        begin_ms = clock.now_ms()
        rows: list[Any] = []
        while len(rows) < 60:
            await talk.socket.send("ping")
            rows += (await push(talk, 600))["data"]
        told = await bitget.liquidations(begin_ms + 1, max(int(row["ts"]) for row in rows))
    by_key = {(one["symbol"], one["ts"]): one for one in told}
    keys = set()
    for row in rows:
        one = by_key[row["symbol"], int(row["ts"])]
        assert row["side"] == {"long": "buy", "short": "sell"}[one["side"]]
        assert float(row["amount"]) == pytest.approx(one["usd"])
        keys.add((row["symbol"], row["side"], int(row["ts"]) // 1000))
    assert len(keys) == len(rows) < len(told)
    assert len({(one["symbol"], one["side"], one["ts"] // 1000) for one in told}) == len(keys)


@in_virtual_time
async def test_only_pings_keep_a_connection() -> None:
    """Without one it is cut after two minutes, though data flows; with them, after a day."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim:
        async with unified(sim) as talk:
            await reply(talk, v3())
            begin_s = clock.monotonic_s()
            with pytest.raises(ConnectionClosed) as closed:
                await talk.until(lambda _: False, 200)
            assert closed.value.rcvd is None
            assert 120 <= clock.monotonic_s() - begin_s <= 142
        async with unified(sim) as talk:
            begin_s = clock.monotonic_s()
            with pytest.raises(ConnectionClosed):
                await pinged_for_ever(talk, clock)
            assert clock.monotonic_s() - begin_s == pytest.approx(86_400, abs=200)


async def pinged_for_ever(talk: Talk, clock: VirtualClock) -> None:
    """A ping every 110 s until the connection ends."""
    while True:
        await talk.socket.send("ping")
        assert await talk.next() == "pong"
        await clock.sleep(110)


@in_virtual_time
async def test_limits_of_messages_frames_and_channels() -> None:
    """Ten messages a second, 24 args of v3, 4,096 bytes of v2, 240 requests an hour."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim:
        async with classic(sim) as talk:
            for _ in range(11):
                await talk.socket.send("ping")
            with pytest.raises(ConnectionClosed):
                await talk.until(lambda _: False)
        async with unified(sim) as talk:
            await talk.say("subscribe", *(v3(f"C{place}USDT") for place in range(25)))
            with pytest.raises(ConnectionClosed):
                await talk.next()
        async with classic(sim) as talk:
            await talk.say("subscribe", *(v2(f"C{place}USDT") for place in range(70)))
            with pytest.raises(ConnectionClosed):
                await talk.next()
        async with classic(sim) as talk:
            codes = []
            for place in range(241):
                codes.append((await reply(talk, v2("NOPE")))["code"])
                if place % 10 == 9:
                    await clock.sleep(1.1)
            assert codes == [30001] * 240 + [30006]
        what = [one["what"] for one in sim.stats()["bitget"]["violations"]]
    assert [one.rpartition(" ")[2] for one in what] == ["messages", "args", "bytes", "requests"]


@in_virtual_time
async def test_faults_narrow_to_market_and_channel() -> None:
    """Silence of one market's tickers; drop of liquidations; refusal; a cut without notice."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, unified(sim) as talk, classic(sim) as old:
        sim.fault(exchange="bitget", kind="silence", market="perp", channel="tickers", seconds=9)
        await reply(talk, v3())
        assert await talk.silent_for(5)
        await reply(talk, v3(kind="spot"))
        assert (await push(talk))["arg"]["instType"] == "spot"
        sim.fault(exchange="bitget", kind="drop", channel="liquidations", seconds=9)
        await talk.say("subscribe", LIQUIDATIONS)
        with pytest.raises(ConnectionClosed):
            await talk.until(lambda _: False)
        sim.fault(exchange="bitget", kind="refuse", channel="liquidations", seconds=9)
        with pytest.raises(InvalidStatus):
            async with unified(sim):
                raise AssertionError
        async with classic(sim) as other:
            sim.fault(exchange="bitget", kind="no_pong", seconds=9)
            await other.socket.send("ping")
            assert await other.silent_for(5)
        sim.fault(exchange="bitget", kind="maintenance_notice", delay_s=5)
        begin_s = clock.monotonic_s()
        with pytest.raises(ConnectionClosed):
            await old.next(30)
        assert clock.monotonic_s() - begin_s == pytest.approx(5, abs=1)
