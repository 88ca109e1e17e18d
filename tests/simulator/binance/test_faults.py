"""Every kind of fault that Binance has its own answer to."""

import asyncio
import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.simulator.binance.harness import (
    BTC,
    DATA,
    FAPI,
    MARKET_STREAM,
    PUBLIC_STREAM,
    SPOT,
    SPOT_STREAM,
    binance_of,
    talk_to,
)
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator

TICKERS, MARKS, BOOK = "!ticker@arr", "!markPrice@arr@1s", "btcusdt@bookTicker"
NO_PRICES = {"NaN", "Infinity", "", "-Infinity"}


def names_in(rows: list[dict[str, Any]]) -> set[str]:
    """The symbols of an array."""
    return {row["s"] for row in rows}


@in_virtual_time
async def test_silence_of_a_channel_and_market_leaves_the_others() -> None:
    """Acks and other streams go on, the spot market too; it ends."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim:
        sim.fault(exchange="binance", kind="silence", market="perp", channel="tickers", seconds=9)
        async with (
            talk_to(sim, MARKET_STREAM, f"{TICKERS}/{MARKS}") as talk,
            talk_to(sim, PUBLIC_STREAM, BOOK) as book,
            talk_to(sim, SPOT_STREAM, "!miniTicker@arr") as spot,
        ):
            heard = {(await talk.next())["stream"] for _ in range(8)}
            assert heard == {MARKS}
            assert (await talk.ask("LIST_SUBSCRIPTIONS"))["result"] == [TICKERS, MARKS]
            assert await spot.push("!miniTicker@arr")
            assert clock.now_ms() < START_MS + 9_000
            assert (await talk.push(TICKERS))[0]["E"] >= START_MS + 9_000
            assert (await book.next())["data"]["E"] >= START_MS + 9_000


@pytest.mark.parametrize("channel", ["mark", "index", "funding", "!markPrice*"])
@in_virtual_time
async def test_mark_prices_go_by_all_that_they_carry(channel: str) -> None:
    """One stream, three words of ours."""
    async with Simulator(clock=VirtualClock()).running() as sim:
        sim.fault(exchange="binance", kind="silence", channel=channel)
        async with talk_to(sim, MARKET_STREAM, MARKS) as talk:
            assert await talk.silent_for(5)


@in_virtual_time
async def test_silence_of_one_symbol_takes_its_row_from_the_arrays() -> None:
    """And its own streams; the rest of the array is told."""
    async with Simulator(clock=VirtualClock()).running() as sim:
        sim.fault(exchange="binance", kind="silence", symbol=BTC)
        async with (
            talk_to(sim, MARKET_STREAM, MARKS) as talk,
            talk_to(sim, MARKET_STREAM, "btcusdt@markPrice@1s") as own,
        ):
            names = names_in(await talk.push(MARKS))
            assert "ETHUSDT" in names
            assert BTC not in names
            assert await own.silent_for(5)


@in_virtual_time
async def test_drop_and_refuse_know_markets_and_channels() -> None:
    """Sockets of the other market, and those that don't serve the channel, are spared."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock).running() as sim,
        talk_to(sim, MARKET_STREAM) as futures,
        talk_to(sim, SPOT_STREAM) as spot,
    ):
        sim.fault(exchange="binance", kind="drop", market="perp", seconds=5)
        with pytest.raises(ConnectionClosed):
            await futures.next()
        await spot.subscribe("btcusdt@ticker")
        await clock.sleep(5)
        sim.fault(exchange="binance", kind="refuse", market="perp", channel="mark", seconds=5)
        with pytest.raises(InvalidStatus):
            async with talk_to(sim, MARKET_STREAM):
                raise AssertionError
        for path in (PUBLIC_STREAM, SPOT_STREAM):
            async with talk_to(sim, path) as talk:
                await talk.subscribe(BOOK)


async def test_statuses_have_binances_bodies(sim: Simulator) -> None:
    """JSON with a code each; Retry-After if asked for; the ban tells its end."""
    async with binance_of(sim) as binance:
        for kind, status, code in (
            ("http_429", 429, -1003), ("http_418", 418, -1003), ("http_451", 451, 0),
            ("http_500", 500, -1000),
        ):  # fmt: skip
            await binance.break_it(kind, market="perp", retry_after_s=60)
            response = await binance.get(f"{FAPI}/time")
            assert (response.status_code, response.headers["retry-after"]) == (status, "60")
            assert response.json()["code"] == code
            assert (await binance.get(f"{SPOT}/time")).status_code == 200
            if kind == "http_418":
                assert "IP banned until 1" in response.json()["msg"]
            await binance.http.post("/control/reset")


async def test_a_fault_of_a_channel_hits_the_paths_of_its_data(sim: Simulator) -> None:
    """Open interest only where it is read; candles by their interval, too."""
    async with binance_of(sim) as binance:
        await binance.break_it("http_500", channel="open_interest")
        await binance.break_it("http_500", channel="kline_5m")
        asked: dict[str, Any] = {"symbol": BTC, "limit": 1}
        for path, params, status in (
            (f"{FAPI}/openInterest", {}, 500),
            (f"{DATA}/openInterestHist", {"period": "5m"}, 500),
            (f"{FAPI}/klines", {"interval": "5m"}, 500),
            (f"{SPOT}/klines", {"interval": "5m"}, 500),
            (f"{FAPI}/klines", {"interval": "15m"}, 200),
            (f"{FAPI}/premiumIndex", {}, 200),
        ):
            assert (await binance.get(path, **asked, **params)).status_code == status, path


async def test_nan_replaces_prices_everywhere(sim: Simulator) -> None:
    """In rows and events; intervals, words and times stay."""
    async with binance_of(sim) as binance:
        await binance.break_it("nan")
        ticker = await binance.data(f"{FAPI}/ticker/24hr", symbol=BTC)
        assert ticker["lastPrice"] in NO_PRICES
        assert float(ticker["volume"]) > 0
        bars = await binance.data(f"{SPOT}/klines", symbol=BTC, interval="5m", limit=2)
        assert {bar[1] for bar in bars} <= NO_PRICES
        mark = await binance.data(f"{FAPI}/premiumIndex", symbol=BTC)
        assert {mark["markPrice"], mark["lastFundingRate"]} <= NO_PRICES
        async with talk_to(sim, PUBLIC_STREAM, BOOK) as talk:
            book = await talk.push(BOOK)
        assert {book["b"], book["a"]} <= NO_PRICES
        assert book["s"] == BTC


@in_virtual_time
async def test_nan_of_one_symbol_spoils_its_row_alone() -> None:
    """In an array; the interval of a bar is no price."""
    async with Simulator(clock=VirtualClock()).running() as sim:
        sim.fault(exchange="binance", kind="nan", symbol=BTC)
        names = f"{MARKS}/btcusdt@kline_1m"
        async with talk_to(sim, MARKET_STREAM, names) as talk:
            rows = {row["s"]: row for row in await talk.push(MARKS)}
            bar = (await talk.push("btcusdt@kline_1m"))["k"]
    assert rows[BTC]["p"] in NO_PRICES
    assert float(rows["ETHUSDT"]["p"]) > 0
    assert (bar["i"], bar["c"] in NO_PRICES) == ("1m", True)


@in_virtual_time
async def test_late_stamps_move_events_but_neither_bars_nor_settlements() -> None:
    """`E`, and `T` where it is the trade's; the next funding stays in the future."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, binance_of(sim) as binance:
        await binance.break_it("late_ts", late_s=3_600, seconds=600)
        async with talk_to(sim, MARKET_STREAM, f"{MARKS}/btcusdt@kline_1m/!forceOrder@arr") as talk:
            row = (await talk.push(MARKS))[0]
            bar = await talk.push("btcusdt@kline_1m")
            forced = await talk.push("!forceOrder@arr", within_s=300)
        async with talk_to(sim, PUBLIC_STREAM, BOOK) as talk:
            book = await talk.push(BOOK)
        now_ms = clock.now_ms()
        for late_ms in (row["E"], bar["E"], book["E"], book["T"], forced["E"], forced["o"]["T"]):
            assert 3_500_000 < now_ms - late_ms < 3_900_000
        assert row["T"] == START_MS + 8 * 3_600_000
        assert (bar["k"]["t"], bar["k"]["T"]) == (START_MS, START_MS + 59_999)
        mark = await binance.data(f"{FAPI}/premiumIndex", symbol=BTC)
        assert now_ms - mark["time"] > 3_500_000
        assert mark["nextFundingTime"] > now_ms


async def test_html_garbage_and_cut_json_reach_both_ways(sim: Simulator) -> None:
    """None of them is JSON."""
    async with binance_of(sim) as binance:
        for kind, begins in (("html", "<!DOCTYPE"), ("garbage", "\x1b]0;"), ("truncate", '{"str')):
            await binance.break_it(kind)
            body = (await binance.get(f"{FAPI}/exchangeInfo")).text
            assert body.startswith(begins[:2])
            async with talk_to(sim, PUBLIC_STREAM, BOOK) as talk:
                frame = await talk.socket.recv()
            assert isinstance(frame, str)
            assert frame.startswith(begins)
            for text in (body, frame):
                with pytest.raises(ValueError, match=r"."):
                    json.loads(text)
            await binance.http.post("/control/reset")


@in_virtual_time
async def test_a_delisted_symbol_is_gone_everywhere() -> None:
    """Lists, rows, arrays, own streams; contractInfo says it is settling; spot is untouched."""
    names = f"{TICKERS}/{MARKS}/btcusdt@ticker/!contractInfo"
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        binance_of(sim) as binance,
        talk_to(sim, MARKET_STREAM, names) as talk,
    ):
        await talk.push("btcusdt@ticker")
        await binance.break_it("delist", symbol=BTC, market="perp")
        said = await talk.push("!contractInfo")
        assert (said["s"], said["cs"], said["ct"]) == (BTC, "SETTLING", "PERPETUAL")
        for name in (TICKERS, MARKS):
            assert BTC not in names_in(await talk.push(name))
        for path in ("ticker/24hr", "ticker/bookTicker", "premiumIndex", "fundingInfo"):
            rows = await binance.data(f"{FAPI}/{path}")
            assert BTC not in {row["symbol"] for row in rows}
        info = await binance.data(f"{FAPI}/exchangeInfo")
        assert BTC not in {row["symbol"] for row in info["symbols"]}
        assert await binance.refusal(f"{FAPI}/openInterest", symbol=BTC) == (400, -1121)
        assert await binance.data(f"{SPOT}/ticker/24hr", symbol=BTC)


async def test_partial_lists_and_unknown_states(sim: Simulator) -> None:
    """Half of a list, the same one each time; one row with a status that nobody knows."""
    async with binance_of(sim) as binance:
        whole = await binance.data(f"{SPOT}/ticker/bookTicker")
        await binance.break_it("partial_list", market="spot")
        halves = [await binance.data(f"{SPOT}/ticker/bookTicker") for _ in range(2)]
        assert [row["symbol"] for row in halves[0]] == [row["symbol"] for row in halves[1]]
        assert 0.3 * len(whole) < len(halves[0]) < 0.7 * len(whole)
        assert await binance.data(f"{SPOT}/ticker/bookTicker", symbol=BTC)
        await binance.break_it("unknown_status", symbol=BTC, market="perp")
        info = await binance.data(f"{FAPI}/exchangeInfo")
        odd = [row["symbol"] for row in info["symbols"] if row["status"] == "LUNAR_PAUSE"]
        assert odd == [BTC]


@in_virtual_time
async def test_spot_tells_before_it_shuts_down_and_futures_do_not() -> None:
    """Both close after the delay."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock).running() as sim,
        talk_to(sim, SPOT_STREAM) as combined,
        talk_to(sim, "binance-spot/ws") as raw,
        talk_to(sim, MARKET_STREAM) as futures,
    ):
        sim.fault(exchange="binance", kind="maintenance_notice", market="perp", delay_s=5)
        with pytest.raises(ConnectionClosed):
            await futures.next(60)
        assert (clock.now_ms() - START_MS) / 1000 == pytest.approx(5, abs=1)
        await raw.subscribe("nothing@ticker")
        sim.fault(exchange="binance", kind="maintenance_notice", market="spot", delay_s=15)
        said = await combined.next()
        assert said["stream"] == "!serverShutdown"
        assert said["data"]["e"] == "serverShutdown"
        assert (await raw.next())["e"] == "serverShutdown"
        for talk in (combined, raw):
            with pytest.raises(ConnectionClosed):
                await talk.next(60)
        assert (clock.now_ms() - START_MS) / 1000 == pytest.approx(20, abs=1)


@in_virtual_time
async def test_no_pong_leaves_a_clients_pings_unanswered() -> None:
    """Data goes on; the other market answers."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock).running() as sim,
        talk_to(sim, MARKET_STREAM, TICKERS) as futures,
        talk_to(sim, SPOT_STREAM) as spot,
    ):
        sim.fault(exchange="binance", kind="no_pong", market="perp", seconds=10)
        waiter = asyncio.ensure_future(await futures.socket.ping())
        await (await spot.socket.ping())
        for _ in range(5):
            await futures.push(TICKERS)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiter), 1)
        await clock.sleep(10)
        await (await futures.socket.ping())
