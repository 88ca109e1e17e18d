"""Whether each exchange is there, asked of the simulated ones, well and in every trouble."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from tests.feeds.rig import settings_of
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.clock import Clock
from tui_monitor.config import Exchanges
from tui_monitor.feeds.bans import Bans
from tui_monitor.feeds.checkup import (
    ALL_S,
    CROWD_S,
    Check,
    Outcome,
    check_exchange,
    check_exchanges,
)
from tui_monitor.model import Exchange
from tui_monitor.simulator import Simulator


@asynccontextmanager
async def a_simulator(clock: Clock) -> AsyncIterator[Simulator]:
    """Slow pushes: one price is enough."""
    async with Simulator(seed=1, clock=clock, rate=0.2).running() as sim:
        yield sim


async def checked(
    sim: Simulator, clock: Clock, exchange: Exchange = Exchange.OKX, bans: Bans | None = None
) -> dict[str, Check]:
    """One exchange's checks by what follows its name."""
    settings = settings_of(sim.url, exchange)
    found = await check_exchange(exchange, settings, clock, bans)
    return {check.check.removeprefix(f"{exchange} "): check for check in found}


NAMES = ("clock", "perp REST", "perp stream", "spot REST", "spot stream")


def outcomes(found: dict[str, Check]) -> list[str]:
    """ok, warn or fail, in the order of `NAMES`."""
    assert tuple(found) == NAMES
    return [check.result.value for check in found.values()]


@in_virtual_time
async def test_every_exchange_that_is_well_is_found_so() -> None:
    """Time, both lists with a count and an example, a price of each stream; nothing is broken."""
    clock = VirtualClock()
    async with a_simulator(clock) as sim:
        begin_s = clock.monotonic_s()
        found = await check_exchanges(settings_of(sim.url), clock)
        assert clock.monotonic_s() - begin_s < ALL_S
        assert list(found) == list(Exchange)
        for name, checks in found.items():
            assert [check.check for check in checks] == [f"{name} {one}" for one in NAMES]
            assert {check.result for check in checks} == {Outcome.OK}, checks
            clock_check, perps, stream, *_ = checks
            assert "round trip" in clock_check.what
            assert "live, as BTC" in perps.what
            assert stream.what.startswith("BTC")
        stats = sim.stats()
        assert all(not root["violations"] for root in stats.values())
        assert all(sum(root["requests"].values()) <= 8 for root in stats.values())


@in_virtual_time
async def test_what_is_asked_is_not_left_open() -> None:
    """No socket stays behind."""
    clock = VirtualClock()
    async with a_simulator(clock) as sim:
        await checked(sim, clock)
        await clock.until(lambda: sim.stats()["okx"]["connections"]["open"] == 0, 5)


@pytest.mark.parametrize(
    ("kind", "expected", "hint"),
    [
        ("http_451", ["fail", "fail", "ok", "fail", "ok"], "not served"),
        ("http_500", ["fail", "fail", "ok", "fail", "ok"], "look at the network"),
        ("html", ["fail", "fail", "fail", "fail", "fail"], "answers in its place"),
        ("refuse", ["ok", "ok", "fail", "ok", "fail"], "look at the network"),
        ("drop", ["ok", "ok", "fail", "ok", "fail"], "look at the network"),
        ("silence", ["ok", "ok", "fail", "ok", "fail"], "REST stands in"),
        ("unknown_status", ["ok", "fail", "ok", "fail", "ok"], "in maintenance"),
    ],
)
@pytest.mark.parametrize("exchange", [Exchange.OKX, Exchange.BYBIT])
@in_virtual_time
async def test_a_fault_fails_what_it_hits_and_nothing_else(
    exchange: Exchange, kind: str, expected: list[str], hint: str
) -> None:
    """With a hint that fits, and always in time."""
    clock = VirtualClock()
    async with a_simulator(clock) as sim:
        sim.fault(exchange=exchange.value, kind=kind, seconds=60)
        begin_s = clock.monotonic_s()
        found = await checked(sim, clock, exchange)
        assert clock.monotonic_s() - begin_s < 10
        assert outcomes(found) == expected
        failed = [check for check in found.values() if check.result is Outcome.FAIL]
        assert any(hint in check.hint for check in failed), failed
        assert all(check.hint for check in failed)


@in_virtual_time
async def test_a_stream_that_tells_of_all_is_judged_without_any_list() -> None:
    """Binance's streams tell of a whole market; what is in no list would be dropped."""
    clock = VirtualClock()
    async with a_simulator(clock) as sim:
        sim.fault(exchange="binance", kind="http_451", seconds=60)
        found = await checked(sim, clock, Exchange.BINANCE)
        assert outcomes(found) == ["fail", "fail", "ok", "fail", "ok"]


@in_virtual_time
async def test_a_fault_of_one_market_leaves_the_other_well() -> None:
    """The reports are told apart."""
    clock = VirtualClock()
    async with a_simulator(clock) as sim:
        sim.fault(exchange="bybit", kind="silence", seconds=60, market="spot")
        found = await checked(sim, clock, Exchange.BYBIT)
        assert outcomes(found) == ["ok", "ok", "ok", "ok", "fail"]
        assert "no price of BTCUSDT in 5 s" in found["spot stream"].what


@in_virtual_time
async def test_an_answer_that_takes_too_long_is_none() -> None:
    """The report comes in time all the same."""
    clock = VirtualClock()
    async with a_simulator(clock) as sim:
        sim.fault(exchange="okx", kind="slow", seconds=60, delay_s=30)
        begin_s = clock.monotonic_s()
        found = await checked(sim, clock)
        assert clock.monotonic_s() - begin_s < 10
        assert outcomes(found) == ["fail", "fail", "ok", "fail", "ok"]
        assert found["clock"].what == "no answer within 4 s"


@in_virtual_time
async def test_a_clock_that_is_wrong_is_told_with_its_sign() -> None:
    """Theirs minus ours; a difference within the round trip is none."""
    theirs = VirtualClock()
    async with a_simulator(theirs) as sim:
        for ahead_ms, result in ((0, Outcome.OK), (400, Outcome.OK), (-900, Outcome.WARN)):
            ours = VirtualClock(theirs.now_ms() - ahead_ms)
            found = (await checked(sim, ours))["clock"]
            assert found.result is result
            told_ms, trip_ms = (float(text) for text in re.findall(r"([-+\d.]+) ms", found.what))
            assert abs(told_ms - ahead_ms) <= trip_ms / 2 + 1


@in_virtual_time
async def test_a_ban_is_told_and_heeded_and_kept(tmp_path: Path) -> None:
    """One question brings it; the next report asks nothing."""
    clock = VirtualClock()
    async with a_simulator(clock) as sim:
        bans = Bans(tmp_path, clock)
        sim.fault(exchange="bybit", kind="http_418", seconds=60, retry_after_s=300)
        found = await checked(sim, clock, Exchange.BYBIT, bans)
        assert found["clock"].result is Outcome.FAIL
        assert "wait 300 s" in found["clock"].what
        assert found["clock"].hint.startswith("wait")
        asked = sum(sim.stats()["bybit"]["requests"].values())
        await checked(sim, clock, Exchange.BYBIT, Bans(tmp_path, clock))
        assert sum(sim.stats()["bybit"]["requests"].values()) == asked == 1


@in_virtual_time
async def test_sockets_that_others_open_at_the_same_moment_are_no_fault() -> None:
    """OKX takes three new ones a second of an address; a running engine may need them all."""
    clock = VirtualClock()
    async with a_simulator(clock) as sim:
        url = f"{sim.url.replace('http', 'ws')}/okx/ws/v5/public"
        async with connect(url, proxy=None), connect(url, proxy=None), connect(url, proxy=None):
            found = await checked(sim, clock)
        assert outcomes(found) == ["ok"] * 5
        assert sim.stats()["okx"]["violations"]


@pytest.mark.parametrize(("asked_s", "again"), [(None, True), (30, False)])
@in_virtual_time
async def test_who_is_told_how_long_to_stay_away_does_not_try_again(
    asked_s: float | None, again: bool
) -> None:
    """Without a word of it, once; what stays refused is told, with what to do."""
    clock = VirtualClock()
    async with a_simulator(clock) as sim:
        path = "/okx/ws"
        sim.fault(exchange="okx", kind="http_429", seconds=60, path=path, retry_after_s=asked_s)
        begin_s = clock.monotonic_s()
        found = await checked(sim, clock)
        assert outcomes(found) == ["ok", "ok", "fail", "ok", "fail"]
        assert "HTTP 429" in found["perp stream"].what
        assert found["perp stream"].hint.startswith("wait")
        assert (clock.monotonic_s() - begin_s >= CROWD_S) is again


@in_virtual_time
async def test_what_is_off_is_not_asked() -> None:
    """A market that is not watched is not either."""
    clock = VirtualClock()
    async with a_simulator(clock) as sim:
        settings = settings_of(sim.url, Exchange.OKX, enabled=False)
        (check,) = await check_exchange(Exchange.OKX, settings, clock)
        assert (check.result, check.what) == (Outcome.OK, "off in the settings")
        assert not sim.stats()["okx"]["requests"]
        settings = settings_of(sim.url, Exchange.OKX, markets=("spot",))
        found = await check_exchange(Exchange.OKX, settings, clock)
        assert [check.check for check in found] == ["okx clock", "okx spot REST", "okx spot stream"]


@in_virtual_time
async def test_where_nobody_listens_is_unreachable() -> None:
    """Every check says so, at once."""
    clock = VirtualClock()
    settings: Exchanges = settings_of("http://127.0.0.1:9")
    found = await check_exchanges(settings, clock)
    for checks in found.values():
        assert {check.result for check in checks} == {Outcome.FAIL}
        assert all("look at the network" in check.hint for check in checks)
