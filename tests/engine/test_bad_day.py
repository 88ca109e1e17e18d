"""Half an hour in which everything breaks that can: at its end all is as it was before."""

from pathlib import Path

import pytest

from tests.feeds.faults.engines import FewEngine, endless_tasks, few_engine
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.engine.events import LINES
from tui_monitor.model import Exchange, FeedState, Market
from tui_monitor.simulator import Simulator, load_script

# Those that the script makes trouble of, and one that it leaves alone.
COINS = ("BTC", "SOL", "CRO", "STX", "CFX", "LDO")
# What the exchanges list besides: LINK is of the tenth that OKX takes away.
LISTED = (*COINS, "ETH", "LINK", "SATS", "TSLA", "币安人生")
DAY_S = 1_800.0
# After a ban, or many failures, the next attempt may be so long away.
HEALING_S = 150.0


def keys_of(engine: FewEngine) -> set[tuple[Exchange, Market, str]]:
    """Whose rows there are."""
    return {row.instrument.key for row in engine.market.rows()}


def trouble(engine: FewEngine) -> list[str]:
    """The channels that are not as they should be."""
    return [
        f"{name} {one.channel}: {one.state} {one.reason}"
        for name, channels in engine.channels().items()
        for one in channels
        if one.state is not FeedState.LIVE
    ]


@pytest.mark.timeout(600)
@pytest.mark.xdist_group("bad day")
@in_virtual_time
async def test_after_a_bad_day_all_is_well(tmp_path: Path) -> None:
    """Every light green, no limit broken, no task lost, every outage closed, nothing grown."""
    clock = VirtualClock()
    script = load_script("bad-day")
    async with (
        Simulator(seed=1, clock=clock, rate=0.2, script=script, coins=LISTED).running() as sim,
        few_engine(tmp_path, sim, clock, COINS, ("perp",)) as engine,
    ):
        await clock.until(lambda: engine.all_well, 19)
        tasks, listed, rows = endless_tasks(), engine.listed(), keys_of(engine)
        worst = 0
        began_s = clock.monotonic_s()
        while clock.monotonic_s() < began_s + DAY_S:
            await clock.sleep(5)
            worst = max(worst, len(trouble(engine)))
            assert engine.status().failed_workers == []
        assert worst >= 8
        await clock.until(lambda: engine.all_well, HEALING_S)
        await clock.sleep(30)
        assert trouble(engine) == []
        assert engine.listed() == listed
        # OKX took a tenth of its perpetuals away and told of each as it came back.
        assert {(name, market) for name, market, _ in keys_of(engine) - rows} <= {
            (Exchange.OKX, Market.PERP)
        }
        assert len(keys_of(engine) - rows) < 40
        assert endless_tasks() == tasks
        assert {
            root: told["violations_total"] for root, told in sim.stats().items()
        } == dict.fromkeys(sim.stats(), 0)
        outages = await engine.store.outages(0, clock.now_ms())
        assert len(outages) > 50
        assert [one for one in outages if one.end_ms is None] == []
        assert len(engine.events.after(0)) <= LINES
