"""OKX's sockets: acknowledgements, errors, pushes, and the rules they enforce."""

import json
from itertools import pairwise
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.simulator.harness import BTC, okx_of, talk_to
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import SLOT_MS
from tui_monitor.simulator import Simulator


async def test_each_argument_is_acknowledged_by_itself(sim: Simulator) -> None:
    """The id comes back, the connection has a name, and data follows its acknowledgement."""
    args = [{"channel": "tickers", "instId": f"{coin}-USDT-SWAP"} for coin in ("BTC", "ETH")]
    async with talk_to(sim) as talk:
        await talk.say("subscribe", *args, id="1512")
        said = [await talk.next() for _ in range(4)]
    acks = [one for one in said if "event" in one]
    assert [ack["arg"] for ack in acks] == args
    assert {ack["id"] for ack in acks} == {"1512"}
    assert len({ack["connId"] for ack in acks}) == 1
    assert len(acks[0]["connId"]) == 8
    assert [list(one) for one in (said[1], said[3])] == [["arg", "data"]] * 2


@in_virtual_time
async def test_without_an_id_none_comes_back() -> None:
    """The acknowledgement has only what the recorded ones have; unsubscribed is silent."""
    async with Simulator(clock=VirtualClock()).running() as sim, talk_to(sim) as talk:
        ack = await talk.subscribe("tickers")
        assert set(ack) == {"event", "arg", "connId"}
        await talk.say("unsubscribe", {"channel": "tickers", "instId": BTC})
        gone = await talk.until(lambda said: said.get("event") == "unsubscribe")
        assert gone["arg"] == {"channel": "tickers", "instId": BTC}
        assert await talk.silent_for(10)


async def test_a_text_ping_gets_a_text_pong(sim: Simulator) -> None:
    """Not JSON, either of them."""
    async with talk_to(sim) as talk:
        await talk.socket.send("ping")
        assert await talk.next() == "pong"


async def test_one_bad_argument_does_not_take_the_others_along(sim: Simulator) -> None:
    """The error names channel and instrument in its text only."""
    async with talk_to(sim) as talk:
        await talk.say(
            "subscribe",
            {"channel": "index-tickers", "instId": "NEAR-USDT-SWAP"},
            {"channel": "tickers", "instId": BTC},
        )
        error = await talk.next()
        assert error["code"] == "60018"
        assert error["msg"].startswith(
            "Wrong URL or channel:index-tickers, instId:NEAR-USDT-SWAP doesn't exist."
        )
        assert "arg" not in error
        assert (await talk.next())["event"] == "subscribe"


@pytest.mark.parametrize(
    ("url", "message", "code"),
    [
        ("public", "what", "60012"),
        ("public", '{"op":"login","args":[{}]}', "60012"),
        ("public", '{"op":"subscribe"}', "60013"),
        ("public", '{"op":"subscribe","args":[]}', "60013"),
        ("public", '{"op":"subscribe","args":["tickers"]}', "60013"),
        ("public", '{"op":"subscribe","args":[{"channel":"nothing"}]}', "60018"),
        ("public", '{"op":"subscribe","args":[{"channel":"tickers","instId":"BTC"}]}', "60018"),
        (
            "public",
            '{"op":"subscribe","args":[{"channel":"candle1m","instId":"BTC-USDT"}]}',
            "64001",
        ),
        (
            "business",
            '{"op":"subscribe","args":[{"channel":"tickers","instId":"BTC-USDT"}]}',
            "64002",
        ),
        (
            "business",
            '{"op":"subscribe","args":[{"channel":"candle1h","instId":"BTC-USDT"}]}',
            "60018",
        ),
        (
            "public",
            '{"op":"subscribe","args":[{"channel":"liquidation-orders","uly":"BTC-USDT"}]}',
            "64000",
        ),
    ],
)
async def test_a_wrong_request_gets_its_code(
    sim: Simulator, url: str, message: str, code: str
) -> None:
    """The connection stays open."""
    async with talk_to(sim, url) as talk:
        await talk.socket.send(message)
        assert (await talk.next())["code"] == code
        await talk.socket.send("ping")
        assert await talk.next() == "pong"


@in_virtual_time
async def test_tickers_come_a_few_times_a_second_and_are_true() -> None:
    """Each push is what the market was at its time; none is nearer than 100 ms to the last."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, talk_to(sim) as talk, okx_of(sim) as okx:
        await talk.subscribe("tickers")
        rows = [(await talk.push("tickers"))[0] for _ in range(40)]
        times = [int(row["ts"]) for row in rows]
        gaps = [after - before for before, after in pairwise(times)]
        assert min(gaps) >= 100
        assert 1 <= 39_000 / (times[-1] - times[0]) <= 4
        for row in rows[::8]:
            told = await okx.truth(BTC, int(row["ts"]))
            for key, name in (("last", "last"), ("bidPx", "bid"), ("askPx", "ask")):
                assert float(row[key]) == told[name]
            assert float(row["bidSz"]) * 0.01 == pytest.approx(told["bid_coins"])


@in_virtual_time
async def test_rate_scales_the_pushes() -> None:
    """Five times as many for rate 5."""
    counts = {}
    for rate in (1.0, 5.0):
        clock = VirtualClock()
        simulator = Simulator(clock=clock, rate=rate)
        async with simulator.running() as sim, talk_to(sim) as talk:
            await talk.subscribe("tickers", "LINK-USDT-SWAP")
            first = int((await talk.push("tickers"))[0]["ts"])
            for _ in range(20):
                last = int((await talk.push("tickers"))[0]["ts"])
            counts[rate] = 20_000 / (last - first)
    assert counts[5.0] / counts[1.0] == pytest.approx(5, rel=0.3)


@in_virtual_time
async def test_every_channel_says_what_rest_says() -> None:
    """Mark, index, funding and open interest have the rows of REST; status stays quiet."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, talk_to(sim) as talk, okx_of(sim) as okx:
        for channel, path in (
            ("mark-price", "public/mark-price"),
            ("funding-rate", "public/funding-rate"),
            ("open-interest", "public/open-interest"),
        ):
            await talk.subscribe(channel)
            pushed = (await talk.push(channel))[0]
            row = (await okx.data(path, instType="SWAP", instId=BTC))[0]
            assert set(pushed) == set(row)
            told = await okx.truth(BTC, int(pushed["ts"]))
            for key, name in (
                ("markPx", "mark_price"),
                ("fundingRate", "funding_rate"),
                ("oiCcy", "open_interest_coins"),
            ):
                assert key not in pushed or float(pushed[key]) == told[name]
        await talk.subscribe("index-tickers", "BTC-USDT")
        pushed = (await talk.push("index-tickers"))[0]
        assert float(pushed["idxPx"]) == (await okx.truth(BTC, int(pushed["ts"])))["index_price"]
        await talk.say(
            "subscribe", {"channel": "status"}, {"channel": "instruments", "instType": "SWAP"}
        )
        acks = [await talk.until(lambda said: "event" in said) for _ in range(2)]
        assert [ack["event"] for ack in acks] == ["subscribe"] * 2


@in_virtual_time
async def test_a_bar_is_confirmed_once_when_it_closes() -> None:
    """At most one push a second; then the closed bar as REST has it, then the next bar."""
    clock = VirtualClock(START_MS + SLOT_MS - 4_000)
    async with (
        Simulator(clock=clock).running() as sim,
        talk_to(sim, "business") as talk,
        okx_of(sim) as okx,
    ):
        await talk.subscribe("candle30m")
        rows: list[Any] = []
        while not rows or int(rows[-1][0]) < START_MS + SLOT_MS:
            rows.append((await talk.push("candle30m"))[0])
        assert [row[8] for row in rows] == ["0"] * (len(rows) - 2) + ["1", "0"]
        assert 5 <= len(rows) <= 8
        await clock.sleep(1)
        page = await okx.data("market/candles", instId=BTC, bar="30m", limit=2)
        assert page[1] == rows[-2]
        assert page[0][1] == rows[-1][1]
        told = await okx.truth(BTC, START_MS + SLOT_MS)
        assert told["last"] == float(rows[-1][1])


@in_virtual_time
async def test_liquidations_replay_an_old_one_then_come_as_they_happen() -> None:
    """The first push is older than the subscription; side is the opposite of posSide."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, talk_to(sim) as talk, okx_of(sim) as okx:
        await talk.say("subscribe", {"channel": "liquidation-orders", "instType": "SWAP"})
        subscribed_ms = clock.now_ms()
        pushed: list[dict[str, Any]] = []
        while len(pushed) < 7:
            pushed += await talk.push("liquidation-orders")
        times = [int(one["details"][0]["ts"]) for one in pushed]
        assert times[0] <= subscribed_ms < times[1]
        sides = {(one["details"][0]["posSide"], one["details"][0]["side"]) for one in pushed}
        assert sides <= {("long", "sell"), ("short", "buy")}
        params: dict[str, Any] = {
            "exchange": "okx",
            "market": "perp",
            "from": times[1],
            "to": times[-1],
        }
        told = (await okx.http.get("/control/truth", params=params)).json()["liquidations"]
        assert [(one["symbol"], one["ts"], one["side"]) for one in told if one["streamed"]] == [
            (one["instId"], int(one["details"][0]["ts"]), one["details"][0]["posSide"])
            for one in pushed[1:]
            if one["instId"].endswith("-USDT-SWAP")
        ]


@in_virtual_time
async def test_an_idle_connection_is_cut_after_30_s_and_a_ping_keeps_it() -> None:
    """Neither subscribed nor pinged: closed. Pinged every 20 s: alive after five minutes."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, talk_to(sim) as idle, talk_to(sim) as kept:
        for _ in range(15):
            await kept.socket.send("ping")
            assert await kept.next() == "pong"
            await clock.sleep(20)
        with pytest.raises(ConnectionClosed) as closed:
            await idle.next()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4004
        assert sim.stats()["okx"]["connections"] == {"open": 1, "total": 2}


@in_virtual_time
async def test_a_quiet_subscription_is_cut_too() -> None:
    """Acknowledged, but nothing is pushed for 30 s and nothing said: closed."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, talk_to(sim) as talk:
        await talk.say("subscribe", {"channel": "instruments", "instType": "SWAP"})
        await talk.next()
        with pytest.raises(ConnectionClosed):
            await talk.next(60)


@in_virtual_time
async def test_a_fourth_connection_within_a_second_is_refused() -> None:
    """It is noted as a violation; a second later it is welcome."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock).running() as sim,
        talk_to(sim),
        talk_to(sim),
        talk_to(sim),
    ):
        with pytest.raises(InvalidStatus):
            async with talk_to(sim):
                raise AssertionError
        assert "new connections" in sim.stats()["okx"]["violations"][0]["what"]
        await clock.sleep(1.1)
        async with talk_to(sim) as talk:
            await talk.subscribe("tickers")


async def test_requests_are_limited_an_hour_and_in_length(sim: Simulator) -> None:
    """480 frames pass, the next is 60014; more than 64 KB of arguments is refused."""
    async with talk_to(sim) as talk:
        frame = json.dumps(
            {"op": "unsubscribe", "args": [{"channel": "tickers", "instId": "BTC-USDT"}]}
        )
        for _ in range(481):
            await talk.socket.send(frame)
        said = [await talk.next() for _ in range(481)]
        assert [one.get("code") for one in said] == [None] * 480 + ["60014"]
        many = [
            {"channel": "tickers", "instId": f"COIN{place}-USDT-SWAP"} for place in range(1_400)
        ]
        await talk.say("subscribe", *many)
        assert (await talk.next())["code"] == "60013"
    assert [one["what"] for one in sim.stats()["okx"]["violations"]] == [
        "socket: more than 480 requests an hour",
        "socket: arguments longer than 64 KB",
    ]


async def test_hundreds_of_subscriptions_are_served(quick_sim: Simulator) -> None:
    """One connection, every perpetual: each of them is heard within seconds."""
    async with okx_of(quick_sim) as okx:
        rows = await okx.data("market/tickers", instType="SWAP")
    now_ms = quick_sim.clock.now_ms()
    wanted = {row["instId"] for row in rows if now_ms - int(row["ts"]) < 60_000}
    async with talk_to(quick_sim) as talk:
        await talk.say("subscribe", *({"channel": "tickers", "instId": one} for one in wanted))
        heard: dict[str, int] = {}
        while len(heard) < len(wanted) or min(heard.values()) < 2:
            said = await talk.next()
            if "data" in said:
                heard[said["arg"]["instId"]] = heard.get(said["arg"]["instId"], 0) + 1
    assert len(wanted) > 180


@in_virtual_time
async def test_a_wall_clock_that_is_set_back_does_not_silence_the_feeds() -> None:
    """Pushes go on in the new time."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, talk_to(sim) as talk:
        await talk.subscribe("tickers")
        await talk.push("tickers")
        clock.jump_wall(-10_800)
        rows = [(await talk.push("tickers"))[0] for _ in range(10)]
        assert int(rows[-1]["ts"]) < START_MS - 10_000_000
