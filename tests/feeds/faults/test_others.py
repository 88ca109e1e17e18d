"""Some exchanges in trouble: the others do not notice."""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.feeds.faults.cases import KINDS, SYMBOLS, case_of
from tests.feeds.faults.engines import FewEngine, few_engine
from tests.support.sim import HANDFUL
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.model import Exchange, FeedState
from tui_monitor.simulator import Simulator

COINS = ("BTC", "ETH", "SOL", "XRP", "DOGE", "LTC")
LOOK_S = 0.5
LONGEST_S = 14.0
# Sockets are succeeded a moment after a list has changed.
SETTLE_S = 8.0


class Calm(NamedTuple):
    """What does not change while nothing happens to an exchange."""

    states: set[FeedState]
    reconnects: int
    outages: int
    instruments: int


def calm_of(engine: FewEngine, name: Exchange) -> Calm:
    """An exchange now."""
    channels = engine.feeds[name].health()
    return Calm(
        states={one.state for one in channels},
        reconnects=sum(one.reconnects for one in channels),
        outages=sum(one.exchange is name for one in engine.noted),
        instruments=sum(one[0] is name for one in engine.listed()),
    )


def begin(sim: Simulator, name: Exchange, kind: str) -> float:
    """Break one exchange as the table says; for how long."""
    case = case_of(name, kind)
    seconds = min(case.seconds, LONGEST_S)
    named = {"symbol": SYMBOLS[name]} if case.symbol else {}
    for other, lasts_s in case.beside:
        sim.fault(exchange=name.value, kind=other, seconds=min(lasts_s, seconds))
    sim.fault(exchange=name.value, kind=kind, seconds=seconds, **case.narrowed, **named)
    return seconds


def turns() -> Iterator[dict[Exchange, str]]:
    """Which exchanges break at once and how: every kind once, every two of them beside the rest."""
    kinds, exchanges = list(KINDS), list(Exchange)
    half = -(-len(kinds) // 2)
    for turn, pair in enumerate(zip_longest(kinds[:half], kinds[half:])):
        apart = 1 + turn // len(exchanges) % (len(exchanges) - 1)
        places = (turn % len(exchanges), (turn + apart) % len(exchanges))
        yield {exchanges[place]: kind for place, kind in zip(places, pair, strict=True) if kind}


@pytest.mark.timeout(600)
@pytest.mark.xdist_group("four exchanges")
@in_virtual_time
async def test_the_others_do_not_notice(tmp_path: Path) -> None:
    """Each kind of fault on one exchange, two at a time: no light, socket, outage or list of the
    others.
    """
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock, rate=0.2, coins=HANDFUL).running() as sim,
        few_engine(tmp_path, sim, clock, COINS, ("perp",)) as engine,
    ):
        await clock.until(lambda: engine.all_well, 30)
        await clock.sleep(30)
        listed = engine.listed()
        for broken in turns():
            others = [name for name in Exchange if name not in broken]
            before = {name: calm_of(engine, name) for name in others}
            assert all(one.states == {FeedState.LIVE} for one in before.values())
            lasts_s = max(begin(sim, name, kind) for name, kind in broken.items())
            over_s = clock.monotonic_s() + lasts_s
            while clock.monotonic_s() < over_s or not (
                all(map(engine.well, broken)) and engine.listed() == listed
            ):
                await clock.sleep(LOOK_S)
                assert {name: calm_of(engine, name) for name in others} == before, broken
                assert clock.monotonic_s() < over_s + 200, broken
            await clock.sleep(SETTLE_S)
        assert engine.status().failed_workers == []
        assert not any(told["violations"] for told in sim.stats().values())
