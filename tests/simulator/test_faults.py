"""Every kind of fault, as a client meets it."""

import json

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.simulator.harness import BTC, Okx, OkxTalk, okx_of, talk_to
from tests.support.plain import PLAIN
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator

SWAPS = {"instType": "SWAP"}
KINDS = (
    "silence drop refuse slow http_429 http_418 http_451 http_500 html garbage truncate nan "
    "huge_frame late_ts unknown_status delist maintenance_notice no_pong partial_list"
)


@in_virtual_time
async def test_silence_leaves_everything_alive_but_the_data() -> None:
    """Acks and pongs go on, other channels too; new connections are silent as well; it ends."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, talk_to(sim) as talk, okx_of(sim) as okx:
        await talk.subscribe("tickers")
        await talk.push("tickers")
        await okx.break_it("silence", market="perp", channel="tickers", seconds=40)
        assert await talk.silent_for(15)
        await talk.socket.send("ping")
        assert await talk.next() == "pong"
        await talk.subscribe("mark-price")
        assert await talk.push("mark-price")
        async with talk_to(sim) as other:
            assert (await other.subscribe("tickers", "ETH-USDT-SWAP"))["event"] == "subscribe"
            assert await other.silent_for(10)
            await other.subscribe("tickers", "BTC-USDT")
            assert await other.push("tickers")
        begin_ms = clock.now_ms()
        rows = await talk.push("tickers")
        assert 10_000 < clock.now_ms() - begin_ms < 20_000
        assert clock.now_ms() - int(rows[0]["ts"]) < 1_000


@in_virtual_time
async def test_silence_of_one_symbol() -> None:
    """Only that instrument freezes."""
    async with Simulator(clock=VirtualClock()).running() as sim, talk_to(sim) as talk:
        sim.fault(exchange="okx", kind="silence", symbol=BTC)
        await talk.subscribe("tickers")
        assert await talk.silent_for(5)
        await talk.subscribe("tickers", "ETH-USDT-SWAP")
        assert await talk.push("tickers")


@in_virtual_time
async def test_drop_closes_sockets_now_and_new_ones_at_once() -> None:
    """Until the fault is over."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, talk_to(sim) as talk:
        await talk.subscribe("tickers")
        sim.fault(exchange="okx", kind="drop", seconds=10)
        with pytest.raises(ConnectionClosed):
            await talk.until(lambda _: False)
        async with talk_to(sim) as other:
            with pytest.raises(ConnectionClosed):
                await other.next()
        await clock.sleep(10)
        async with talk_to(sim) as third:
            await third.subscribe("tickers")


@in_virtual_time
async def test_drop_of_a_channel_spares_the_other_sockets() -> None:
    """Whoever subscribed to it is closed, also later."""
    simulator = Simulator(clock=VirtualClock())
    async with simulator.running() as sim, talk_to(sim) as hit, talk_to(sim) as spared:
        await hit.subscribe("tickers")
        await spared.subscribe("mark-price")
        sim.fault(exchange="okx", kind="drop", channel="tickers", seconds=10)
        with pytest.raises(ConnectionClosed):
            await hit.until(lambda _: False)
        assert await spared.push("mark-price")
        await spared.say("subscribe", {"channel": "tickers", "instId": BTC})
        with pytest.raises(ConnectionClosed):
            await spared.until(lambda _: False)


@in_virtual_time
async def test_refuse_denies_the_handshake_only() -> None:
    """An open socket lives on; REST answers."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, talk_to(sim) as talk, okx_of(sim) as okx:
        sim.fault(exchange="okx", kind="refuse", seconds=5)
        with pytest.raises(InvalidStatus) as refused:
            async with talk_to(sim):
                raise AssertionError
        assert refused.value.response.status_code == 503
        await talk.subscribe("tickers")
        assert await okx.data("public/time")


@pytest.mark.parametrize(
    ("kind", "status"), [("http_429", 429), ("http_418", 418), ("http_451", 451), ("http_500", 500)]
)
async def test_http_faults_answer_with_their_status(sim: Simulator, kind: str, status: int) -> None:
    """With Retry-After if asked for; only below the path that is named."""
    async with okx_of(sim) as okx:
        await okx.break_it(kind, path="/market/", retry_after_s=7)
        response = await okx.get("market/ticker", instId=BTC)
        assert (response.status_code, response.headers["retry-after"]) == (status, "7")
        assert (await okx.get("public/time")).status_code == 200


async def test_a_fault_of_one_market_spares_the_other(sim: Simulator) -> None:
    """A request belongs to the market of its instType or instId."""
    async with okx_of(sim) as okx:
        await okx.break_it("http_500", market="perp")
        assert (await okx.get("market/tickers", **SWAPS)).status_code == 500
        assert (await okx.get("market/ticker", instId=BTC)).status_code == 500
        assert (await okx.get("market/ticker", instId="BTC-USDT")).status_code == 200
        assert (await okx.get("public/time")).status_code == 200


async def test_a_fault_of_a_channel_hits_the_rest_paths_of_its_data(sim: Simulator) -> None:
    """Statuses only: what spoils frames leaves REST alone, so that it can stand in."""
    async with okx_of(sim) as okx, talk_to(sim) as talk:
        await okx.break_it("http_500", market="perp", channel="tickers")
        assert (await okx.get("market/tickers", **SWAPS)).status_code == 500
        assert (await okx.get("public/funding-rate", instId="ANY")).status_code == 200
        await okx.break_it("http_418", market="perp", channel="candles")
        assert (await okx.get("market/history-candles", instId=BTC)).status_code == 418
        await okx.http.post("/control/reset")
        for kind in ("garbage", "html", "nan"):
            await okx.break_it(kind, market="perp", channel="tickers")
        ticker = (await okx.data("market/ticker", instId=BTC))[0]
        assert float(ticker["last"]) > 0
        await talk.subscribe("tickers")
        with pytest.raises(ValueError, match=r"."):
            json.loads(await talk.socket.recv())


async def test_a_socket_path_narrows_to_its_frames(sim: Simulator) -> None:
    """REST and the other socket are untouched."""
    async with okx_of(sim) as okx, talk_to(sim) as talk, talk_to(sim, "business") as other:
        await okx.break_it("nan", path="/ws/v5/public")
        await talk.subscribe("tickers")
        assert (await talk.push("tickers"))[0]["last"] in ("NaN", "Infinity", "", "-Infinity")
        assert float((await okx.data("market/ticker", instId=BTC))[0]["last"]) > 0
        await other.subscribe("candle1m")
        assert float((await other.push("candle1m"))[0][1]) > 0


async def test_refuse_of_a_channel_hits_the_socket_that_serves_it(sim: Simulator) -> None:
    """Markets share a socket, so a market doesn't narrow it."""
    async with okx_of(sim) as okx:
        await okx.break_it("refuse", market="perp", channel="tickers")
        with pytest.raises(InvalidStatus):
            async with talk_to(sim):
                raise AssertionError
        async with talk_to(sim, "business") as talk:
            await talk.subscribe("candle1m")


async def test_a_handshake_fails_with_the_fault_that_names_its_path(sim: Simulator) -> None:
    """451 as in a blocked region, or a page instead of a socket."""
    async with okx_of(sim) as okx:
        for kind, status in (("http_451", 451), ("html", 200)):
            await okx.break_it(kind, path="/ws/v5/public")
            with pytest.raises(InvalidStatus) as refused:
                async with talk_to(sim):
                    raise AssertionError
            assert refused.value.response.status_code == status
            async with talk_to(sim, "business") as talk:
                await talk.subscribe("candle1m")
            await okx.http.post("/control/reset")


@in_virtual_time
async def test_slow_answers_late() -> None:
    """By as many seconds as asked for."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, okx_of(sim) as okx:
        sim.fault(exchange="okx", kind="slow", delay_s=4)
        begin_s = clock.monotonic_s()
        await okx.data("public/time")
        assert clock.monotonic_s() - begin_s == pytest.approx(4, abs=0.1)


async def spoilt_both_ways(okx: Okx, talk: OkxTalk, kind: str, **asked: float) -> tuple[str, str]:
    """A REST body and a ticker frame under a fault."""
    await okx.break_it(kind, **asked)
    body = (await okx.get("market/ticker", instId=BTC)).text
    await talk.subscribe("tickers")
    frame = await talk.socket.recv()
    assert isinstance(frame, str)
    return body, frame


async def test_html_garbage_and_cut_json_reach_both_ways(sim: Simulator) -> None:
    """None of them is JSON; acks and pongs are untouched."""
    for kind, begins in (("html", "<!DOCTYPE"), ("garbage", "\x1b]0;"), ("truncate", "{")):
        async with okx_of(sim) as okx, talk_to(sim) as talk:
            for text in await spoilt_both_ways(okx, talk, kind):
                assert text.startswith(begins)
                with pytest.raises(ValueError, match=r"."):
                    json.loads(text)
            await okx.http.post("/control/reset")


async def test_nan_replaces_prices_everywhere(sim: Simulator) -> None:
    """Tickers, candles' opens, marks and funding; the JSON stays valid."""
    no_prices = {"NaN", "Infinity", "", "-Infinity"}
    async with okx_of(sim) as okx, talk_to(sim) as talk:
        body, frame = await spoilt_both_ways(okx, talk, "nan")
        for text in (body, frame):
            row = json.loads(text)["data"][0]
            assert {row[key] for key in ("last", "askPx", "bidPx", "sodUtc8")} <= no_prices
            assert row["instId"] == BTC
        candles = await okx.data("market/candles", instId=BTC)
        assert {row[1] for row in candles} <= no_prices
        rates = await okx.data("public/funding-rate", instId=BTC)
        assert rates[0]["fundingRate"] in no_prices


@in_virtual_time
async def test_late_stamps_are_as_old_as_asked_for() -> None:
    """Only `ts` is moved; a bar keeps its open time."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, okx_of(sim) as okx, talk_to(sim) as talk:
        body, frame = await spoilt_both_ways(okx, talk, "late_ts", late_s=3_600)
        for text in (body, frame):
            age_ms = clock.now_ms() - int(json.loads(text)["data"][0]["ts"])
            assert 3_600_000 <= age_ms < 3_602_000
        assert (await okx.data("market/candles", instId=BTC, bar="30m"))[0][0] == str(START_MS)


async def test_a_huge_frame_and_a_huge_body(sim: Simulator) -> None:
    """As many megabytes as asked for; a socket gets one of them only."""
    async with okx_of(sim) as okx, talk_to(sim) as talk:
        body, frame = await spoilt_both_ways(okx, talk, "huge_frame", megabytes=2)
        assert len(body) > 2_000_000
        assert len(frame) > 2_000_000
        assert (await talk.push("tickers"))[0]["instId"] == BTC


async def test_an_unknown_status_is_in_the_list(sim: Simulator) -> None:
    """For one symbol, or for all."""
    async with okx_of(sim) as okx:
        await okx.break_it("unknown_status", symbol=BTC)
        rows = await okx.data("public/instruments", **SWAPS)
        odd = [row["instId"] for row in rows if row["state"] == "lunar_pause"]
        assert odd == [BTC]


@in_virtual_time
async def test_a_delisted_symbol_is_gone_everywhere() -> None:
    """Lists, ticker, candles, streams; the instruments channel says expired."""
    symbol = "LINK-USDT-SWAP"
    clock = VirtualClock()
    async with (
        Simulator(clock=clock).running() as sim,
        okx_of(sim) as okx,
        talk_to(sim) as talk,
        talk_to(sim) as watcher,
    ):
        await talk.subscribe("tickers", symbol)
        await talk.push("tickers")
        await watcher.say("subscribe", {"channel": "instruments", "instType": "SWAP"})
        await okx.break_it("delist", symbol=symbol)
        changes = await watcher.push("instruments")
        assert [(row["instId"], row["state"]) for row in changes] == [(symbol, "expired")]
        assert await talk.silent_for(5)
        for path in ("public/instruments", "market/tickers", "public/open-interest"):
            listed = {row["instId"] for row in await okx.data(path, **SWAPS)}
            assert symbol not in listed
            assert BTC in listed
        for path in ("market/ticker", "market/candles", "public/funding-rate"):
            assert (await okx.get(path, instId=symbol)).json()["code"] == "51001"
        assert (await talk.subscribe("mark-price", symbol))["code"] == "60018"


async def test_a_partial_list_lacks_the_same_half_every_time(sim: Simulator) -> None:
    """Bulk answers only: a single instrument is answered as before."""
    async with okx_of(sim) as okx:
        whole = len(await okx.data("market/tickers", **SWAPS))
        await okx.break_it("partial_list")
        halves = [await okx.data("market/tickers", **SWAPS) for _ in range(2)]
        names = [[row["instId"] for row in half] for half in halves]
        assert names[0] == names[1]
        assert 0.3 * whole < len(names[0]) < 0.7 * whole
        assert await okx.data("market/ticker", instId=BTC)
        assert len(await okx.data("market/candles", instId=BTC)) == 100


@in_virtual_time
async def test_a_maintenance_notice_comes_before_the_close() -> None:
    """On /public, with the documented 60 s; /business is not told and not closed."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, okx_of(sim) as okx:
        async with talk_to(sim) as talk, talk_to(sim, "business") as business:
            await talk.subscribe("tickers")
            await business.subscribe("candle1m")
            await okx.break_it("maintenance_notice", seconds=90)
            notice = await talk.until(lambda said: said.get("event") == "notice")
            assert notice["code"] == "64008"
            assert (await okx.data("system/status"))[0]["state"] == "ongoing"
            begin_s = clock.monotonic_s()
            with pytest.raises(ConnectionClosed):
                await talk.until(lambda _: False, within_s=100)
            assert clock.monotonic_s() - begin_s == pytest.approx(60, abs=2)
            await clock.sleep(5)
            await business.socket.send("ping")
            heard = [await business.next() for _ in range(50)]
            assert not any("notice" in str(said) for said in heard)
        async with talk_to(sim) as talk:
            await talk.subscribe("tickers")


@in_virtual_time
async def test_no_pong_leaves_pings_unanswered() -> None:
    """Data goes on."""
    async with Simulator(clock=VirtualClock()).running() as sim, talk_to(sim) as talk:
        sim.fault(exchange="okx", kind="no_pong", seconds=10)
        await talk.socket.send("ping")
        assert await talk.silent_for(5)
        await talk.subscribe("tickers")
        assert await talk.push("tickers")


@in_virtual_time
async def test_faults_end_by_themselves_and_by_reset() -> None:
    """The list shows what is active and for how long."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, okx_of(sim) as okx:
        await okx.break_it("http_500", seconds=10)
        await okx.break_it("silence", seconds=50)
        listed = (await okx.http.get("/control/faults")).json()
        assert listed["kinds"] == KINDS.split()
        assert [fault["kind"] for fault in listed["active"]] == ["http_500", "silence"]
        await clock.sleep(10.1)
        assert (await okx.get("public/time")).status_code == 200
        listed = (await okx.http.get("/control/faults")).json()
        assert [round(fault["seconds_left"]) for fault in listed["active"]] == [40]
        await okx.http.post("/control/reset")
        assert (await okx.http.get("/control/faults")).json()["active"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"exchange":"okx"}',
        b'{"exchange":"mars","kind":"drop"}',
        b'{"exchange":"okx","kind":"earthquake"}',
        b'{"exchange":"okx","kind":"drop","seconds":-1}',
        b'{"exchange":"okx","kind":"drop","seconds":"soon"}',
        b'{"exchange":"okx","kind":"drop","market":"moon"}',
        b'{"exchange":"okx","kind":"drop","surprise":1}',
        b'{"exchange":"okx","kind":"huge_frame","megabytes":100000}',
        b'{"exchange":"okx","kind":"html","status":7}',
        b"[" * 100_000,
    ],
)
async def test_a_bad_fault_is_refused_with_one_clear_error(sim: Simulator, body: bytes) -> None:
    """HTTP 400, nothing begins."""
    async with httpx.AsyncClient(base_url=sim.url, trust_env=False, verify=PLAIN) as http:
        response = await http.post("/control/faults", content=body)
        assert response.status_code == 400
        said = response.json()
        assert said["success"] is False
        assert said["error"]
        assert (await http.get("/control/faults")).json()["active"] == []
