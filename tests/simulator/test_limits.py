"""Documented limits that take many connections or subscriptions: counted, noted, enforced."""

import json
from collections import Counter
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.simulator.clients import socket_to
from tests.simulator.harness import BTC, talk_to
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator
from tui_monitor.simulator.binance.socket import NEW_SOCKETS as BINANCE
from tui_monitor.simulator.bitget.socket import NEW_SOCKETS as BITGET
from tui_monitor.simulator.bybit.socket import MAX_SOCKETS
from tui_monitor.simulator.bybit.socket import NEW_SOCKETS as BYBIT
from tui_monitor.simulator.limits import Limit
from tui_monitor.simulator.okx.socket import NEW_SOCKETS as OKX

LINEAR = "/bybit/v5/public/linear"


def noted(sim: Simulator, root: str) -> list[str]:
    """What was noted against a client."""
    return [one["what"] for one in sim.stats()[root]["violations"]]


@pytest.mark.parametrize(
    ("exchange", "path", "limit", "documented"),
    [
        ("okx", "/okx/ws/v5/public", OKX, (3, 1)),
        ("okx", "/okx/ws/v5/business", OKX, (3, 1)),
        ("bybit", LINEAR, BYBIT, (500, 300)),
        ("bybit", "/bybit/v5/public/spot", BYBIT, (500, 300)),
        ("bitget", "/bitget/v2/ws/public", BITGET, (300, 300)),
        ("bitget", "/bitget/v3/ws/public", BITGET, (300, 300)),
        ("binance", "/binance-futures/market/stream", BINANCE, (300, 300)),
    ],
)
@in_virtual_time
async def test_new_connections_are_limited(
    exchange: str, path: str, limit: Limit, documented: tuple[int, float]
) -> None:
    """One too many in the window is refused and noted; after it, welcome."""
    clock = VirtualClock()
    assert (limit.at_most, limit.window_s) == documented
    async with Simulator(clock=clock).running() as sim:
        root = sim.exchanges[exchange].roots[0]
        for _ in range(limit.at_most - 1):
            assert root.windows.allow(("127.0.0.1", "sockets"), limit, clock.monotonic_s())
        async with socket_to(sim, path):
            pass
        with pytest.raises(InvalidStatus):
            async with socket_to(sim, path):
                raise AssertionError
        assert ["new connections" in what for what in noted(sim, root.path[1:])] == [True]
        await clock.sleep(limit.window_s + 1)
        async with socket_to(sim, path):
            pass


@in_virtual_time
async def test_okx_notes_arguments_beyond_480_an_hour() -> None:
    """They are served all the same: the page leaves open what is counted. Per connection."""
    async with Simulator(clock=VirtualClock()).running() as sim, talk_to(sim) as talk:
        args = [{"channel": "tickers", "instId": f"COIN{place}-USDT"} for place in range(240)]
        for _ in range(2):
            await talk.say("unsubscribe", *args)
        async with talk_to(sim) as other:
            await other.say("unsubscribe", *args)
            await other.until(lambda said: "event" in said)
        assert noted(sim, "okx") == []
        await talk.say("unsubscribe", args[0])
        await talk.say("subscribe", {"channel": "tickers", "instId": BTC})
        await talk.push("tickers")
        assert set(noted(sim, "okx")) == {"socket: more than 480 arguments an hour"}


@in_virtual_time
async def test_bybit_has_a_thousand_connections_of_a_category() -> None:
    """The next is refused; the other category has its own thousand."""
    async with Simulator(clock=VirtualClock()).running() as sim:
        root = sim.exchanges["bybit"].roots[0]
        async with socket_to(sim, LINEAR):
            assert root.stats.open_by_path == Counter({LINEAR: 1})
            root.stats.open_by_path[LINEAR] = MAX_SOCKETS
            with pytest.raises(InvalidStatus):
                async with socket_to(sim, LINEAR):
                    raise AssertionError
            async with socket_to(sim, "/bybit/v5/public/spot"):
                pass
        assert noted(sim, "bybit") == [f"{LINEAR}: more than 1000 connections"]


@in_virtual_time
async def test_bitget_has_a_hundred_connections() -> None:
    """Of both generations together."""
    async with Simulator(clock=VirtualClock()).running() as sim:
        root = sim.exchanges["bitget"].roots[0]
        root.stats.open = 100
        with pytest.raises(InvalidStatus):
            async with socket_to(sim, "/bitget/v3/ws/public"):
                raise AssertionError
        root.stats.open = 0
        async with socket_to(sim, "/bitget/v3/ws/public"):
            pass
        assert noted(sim, "bitget") == ["/bitget/v3/ws/public: more than 100 connections"]


@in_virtual_time
async def test_bitget_has_a_thousand_channels_a_connection() -> None:
    """The thousand and first is refused; a request of 25 arguments cuts the connection."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock).running() as sim,
        socket_to(sim, "/bitget/v3/ws/public") as talk,
    ):
        # Real symbols of another product: acknowledged, and silent.
        args = [
            {"instType": kind, "topic": topic, "symbol": symbol}
            for symbol in sim.exchanges["bitget"].symbols("spot")
            for kind in ("coin-futures", "usdc-futures")
            for topic in ("ticker", "books1", "kline")
            if symbol not in ("BTCUSDT", "ETHUSDT", "XRPUSDT", "SOLUSDT")
        ]
        said: Counter[Any] = Counter()
        for begin in range(0, 1_008, 24):
            await talk.say("subscribe", *args[begin : begin + 24])
            for _ in range(24):
                answer = await talk.until(lambda said: "event" in said)
                said[answer.get("code", "ok")] += 1
            await clock.sleep(0.2)
        assert said == Counter({"ok": 1_000, 30006: 8})
        assert set(noted(sim, "bitget")) == {"socket: more than 1000 channels"}
        await talk.say("subscribe", *args[:25])
        with pytest.raises(ConnectionClosed):
            await talk.next()
        assert noted(sim, "bitget")[-1] == "socket: a request of more than 24 args"


@in_virtual_time
async def test_binance_spot_counts_a_clients_pongs() -> None:
    """Five messages a second, whatever they are."""
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        socket_to(sim, "/binance-spot/stream") as talk,
    ):
        await talk.socket.send(json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": 1}))
        for _ in range(5):
            await talk.socket.pong()
        with pytest.raises(ConnectionClosed):
            await talk.until(lambda _: False)
        assert talk.socket.close_code == 1008
        assert noted(sim, "binance-spot") == ["socket: more than 5/1s messages"]
