"""What each exchange's REST client makes of a refusal, and that it then keeps away.

After a refusal that asks us to wait the server sees nothing of us until the time is over, not
even of a program that was started again; after any other refusal the next question goes out.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.feeds.servers import answers, http, tcp_server
from tests.feeds.simulated import Settings
from tests.support.sim import SAMPLE
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import Clock
from tui_monitor.errors import FeedError, Malformed, RateLimited, Rejected, Unreachable
from tui_monitor.feeds.bans import KEPT_FROM_S, Bans
from tui_monitor.feeds.binance.rest import BinanceRest
from tui_monitor.feeds.bitget.rest import BitgetRest
from tui_monitor.feeds.bybit.rest import BybitRest
from tui_monitor.feeds.okx.rest import OkxRest
from tui_monitor.simulator import Simulator


class Rest(Protocol):
    """What the four clients have in common."""

    @property
    def paused_s(self) -> float:
        """How long the exchange wants to be left alone still."""

    async def server_time_ms(self) -> int:
        """The cheapest question."""

    async def aclose(self) -> None:
        """Close the connections."""


CLIENTS: dict[str, Callable[[Settings, Clock, Bans | None], Rest]] = {
    "binance": lambda settings, clock, bans: BinanceRest(settings, clock, bans=bans),
    "okx": lambda settings, clock, bans: OkxRest(settings, clock, bans=bans),
    "bybit": lambda settings, clock, bans: BybitRest(settings, clock, bans=bans),
    "bitget": lambda settings, clock, bans: BitgetRest(settings, clock, bans=bans),
}
FINE = {
    "binance": b'{"serverTime":1795132800000}',
    "okx": b'{"code":"0","msg":"","data":[{"ts":"1795132800000"}]}',
    "bybit": b'{"retCode":0,"retMsg":"OK","result":{},"time":1795132800000}',
    "bitget": b'{"code":"00000","requestTime":1795132800000,"data":{"serverTime":"1795132800000"}}',
}
PAGE = b"<!DOCTYPE html><html><title>\x1b[2JAttention Required!</title></html>"

# For every exchange: the answer, what it is, and how long it asks us to wait.
EVERYWHERE: list[tuple[bytes, type[FeedError], float]] = [
    (http("429 Too Many Requests", PAGE, "Retry-After: 45"), RateLimited, 45),
    (http("418 I'm a teapot", PAGE, "Retry-After: 300"), RateLimited, 300),
    (http("418 I'm a teapot", PAGE), RateLimited, 120),
    (http("403 Forbidden", b"", "Retry-After: 200"), RateLimited, 200),
    (http("451 Unavailable For Legal Reasons", PAGE), Rejected, 0),
    (http("200 OK", PAGE), Malformed, 0),
    (http("404 Not Found", PAGE), Rejected, 0),
    (http("503 Service Unavailable", PAGE), Unreachable, 0),
    (http("302 Found", b"", "Location: https://example.com/"), Unreachable, 0),
]
BAN_END = f"Way too much request weight used; IP banned until {START_MS + 150_000}."
OWN: list[tuple[str, bytes, type[FeedError], float]] = [
    ("binance", http("429 Too Many", PAGE), RateLimited, 10),
    ("binance", http("403 Forbidden", PAGE), RateLimited, 120),
    # The next clock minute is a new window.
    ("binance", http("429 Too Many", b'{"code":-1003,"msg":"Too many requests"}'), RateLimited, 61),
    (
        "binance", http("418 Banned", b'{"code":-1003,"msg":"%s"}' % BAN_END.encode()),
        RateLimited, 151,
    ),
    ("binance", http("200 OK", b'{"code":-1003,"msg":"Too many requests"}'), RateLimited, 61),
    ("binance", http("503 Oh", b'{"code":-1008,"msg":"Server is overloaded"}'), Unreachable, 0),
    ("okx", http("429 Too Many", PAGE), RateLimited, 10),
    ("okx", http("403 Forbidden", PAGE), RateLimited, 120),
    ("okx", http("200 OK", b'{"code":"50011","msg":"Too Many Requests"}'), RateLimited, 2),
    ("okx", http("429 Too Many", b'{"code":"50011","msg":"Too Many Requests"}'), RateLimited, 2),
    ("okx", http("418 Banned", b'{"code":"50011","msg":"Too Many Requests"}'), RateLimited, 120),
    ("okx", http("503 Oh", b'{"code":"50001","msg":"Unavailable"}'), Unreachable, 0),
    ("bybit", http("429 Too Many", PAGE), RateLimited, 10),
    ("bybit", http("200 OK", b'{"retCode":10006,"retMsg":"Too many visits!"}'), RateLimited, 5),
    # "terminate all HTTP sessions and wait at least 10 minutes"
    ("bybit", http("403 Forbidden", b"<html>403, access too frequent</html>"), RateLimited, 660),
    ("bybit", http("403 Forbidden", PAGE), RateLimited, 660),
    (
        "bybit",
        http("403 Forbidden", b"<html>CloudFront is configured to block your country.</html>"),
        Rejected, 0,
    ),
    ("bybit", http("200 OK", b'{"retCode":10016,"retMsg":"Server error."}'), Unreachable, 0),
    ("bitget", http("429 Too Many", PAGE), RateLimited, 300),
    ("bitget", http("403 Forbidden", PAGE), RateLimited, 120),
    ("bitget", http("429 Too Many", b'{"code":"429","msg":"Too Many Requests"}'), RateLimited, 300),
    ("bitget", http("200 OK", b'{"code":"30007","msg":"request over limit"}'), RateLimited, 300),
    ("bitget", http("200 OK", b'{"code":"40725","msg":"service error"}'), Unreachable, 0),
]  # fmt: skip
CASES = [
    *((name, answer, kind, wait_s) for name in CLIENTS for answer, kind, wait_s in EVERYWHERE),
    *OWN,
]


def _name(value: object) -> str | None:
    if isinstance(value, bytes):
        head, _, body = value.partition(b"\r\n\r\n")
        status = head.split(b"\r\n")[0].decode().removeprefix("HTTP/1.1 ")
        after = " after" if b"Retry-After" in head else ""
        return f"{status}{after} {'page' if body == PAGE else body[:40].decode()}"
    return None


@pytest.mark.parametrize(("name", "answer", "kind", "wait_s"), CASES, ids=_name)
def test_after_a_refusal_the_server_sees_nothing_of_us_for_as_long_as_it_says(
    name: str, answer: bytes, kind: type[FeedError], wait_s: float
) -> None:
    """Its line can be shown as it is; then comes the first request that is answered."""

    @in_virtual_time
    async def run() -> None:
        clock = VirtualClock()
        asked_s: list[float] = []

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked_s.append(clock.monotonic_s())
            fine = http("200 OK", FINE[name])
            await answers(answer if len(asked_s) == 1 else fine)(reader, writer)

        async with tcp_server(talk) as address:
            rest = CLIENTS[name](Settings(f"http://{address}"), clock, None)
            with pytest.raises(FeedError) as caught:
                await rest.server_time_ms()
            assert type(caught.value) is kind, caught.value
            assert caught.value.line().isprintable()
            assert rest.paused_s == pytest.approx(wait_s, abs=0.1)
            if isinstance(caught.value, RateLimited):
                assert caught.value.retry_after_s == pytest.approx(wait_s, abs=0.1)
            await ask_until_answered(rest, clock)
            await rest.aclose()
        assert len(asked_s) == 2
        assert wait_s - 0.1 <= asked_s[1] - asked_s[0] <= wait_s + 2

    run()


async def ask_until_answered(rest: Rest, clock: VirtualClock) -> None:
    """As someone who is impatient."""
    while True:
        try:
            await rest.server_time_ms()
        except RateLimited:
            await clock.sleep(1)
        else:
            return


@pytest.mark.parametrize("status", ["451 Unavailable", "403 Forbidden"])
@in_virtual_time
async def test_a_place_that_is_not_served_is_told_so(status: str) -> None:
    """Whatever form an exchange gives it: what to do about it stands in the line."""
    body = b"<html>CloudFront is configured to block access from your country</html>"
    async with tcp_server(answers(http(status, body))) as address:
        rest = BybitRest(Settings(f"http://{address}"), VirtualClock())
        with pytest.raises(Rejected) as caught:
            await rest.server_time_ms()
        assert "does not serve the place" in caught.value.line()
        await rest.aclose()


def requests_of(sim: Simulator, root: str) -> int:
    """How many requests the simulator has got for an exchange."""
    counted: dict[str, Any] = sim.stats()[root]["requests"]
    return sum(int(count) for count in counted.values())


ROOTS = {"binance": "binance-futures", "okx": "okx", "bybit": "bybit", "bitget": "bitget"}


@pytest.mark.parametrize("kind", ["http_429", "http_418"])
@pytest.mark.parametrize("name", CLIENTS)
def test_a_ban_of_the_simulated_exchange_is_kept_over_a_restart(
    name: str, kind: str, tmp_path: Path
) -> None:
    """The simulator counts: no request in the whole window, before and after; then it goes on."""

    @in_virtual_time
    async def run() -> None:
        clock = VirtualClock()
        async with Simulator(seed=1, clock=clock, coins=SAMPLE).running() as sim:
            root = ROOTS[name]
            settings = Settings(f"{sim.url}/{root}")
            sim.fault(exchange=name, kind=kind, seconds=1)
            first = CLIENTS[name](settings, clock, Bans(tmp_path, clock))
            with pytest.raises(RateLimited):
                await first.server_time_ms()
            begin_s, asked = clock.monotonic_s(), requests_of(sim, root)
            banned_s, rest = first.paused_s, first
            if banned_s > KEPT_FROM_S:
                await knock(first, clock, banned_s / 2)
                rest = CLIENTS[name](settings, clock, Bans(tmp_path, clock))
                assert rest.paused_s == pytest.approx(banned_s / 2, abs=2)
            await ask_until_answered(rest, clock)
            assert clock.monotonic_s() - begin_s >= banned_s - 0.1
            assert requests_of(sim, root) == asked + 1
            assert sim.stats()[root]["violations_total"] == 0
            for each in {first, rest}:
                await each.aclose()

    run()


async def knock(rest: Rest, clock: VirtualClock, seconds: float) -> None:
    """Ask again and again for so long, in vain."""
    end_s = clock.monotonic_s() + seconds
    while clock.monotonic_s() < end_s:
        with pytest.raises(RateLimited):
            await rest.server_time_ms()
        await clock.sleep(min(1.0, end_s - clock.monotonic_s()))
