"""Exports for viewers elsewhere: bounded, read in parts, gone afterwards."""

from pathlib import Path

import pytest

from tests.support.engines import a_monitor, until_settled
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.attach.spool import BEGIN, PART, Spool
from tui_monitor.clock import DAY_MS
from tui_monitor.errors import BadInput, MonitorError
from tui_monitor.simulator import Simulator

SUM = {
    "what": "sum",
    "first_ms": START_MS - DAY_MS,
    "last_ms": START_MS,
    "file_format": "csv",
}


@in_virtual_time
async def test_an_export_waits_for_its_reader_and_is_gone_with_him(tmp_path: Path) -> None:
    """Part by part; nothing is left of it; what is too large for the wire never waits."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, rate=0.2, coins=("BTC", "ETH")).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=("BTC", "ETH"), min_coins=2) as monitor,
    ):
        await until_settled(monitor, clock)
        spool = Spool(monitor.source)
        with pytest.raises(BadInput, match="no export has begun"):
            await spool.ask(PART, {"offset": 0})
        begun = await spool.ask(BEGIN, SUM)
        content = await spool.ask(PART, {"offset": 0})
        assert len(content) == begun.size_bytes
        assert len(content.splitlines()) == begun.rows + 1
        assert await spool.ask(PART, {"offset": 10}) == content[10:]
        assert await spool.ask(PART, {"offset": begun.size_bytes}) == b""
        waiting = spool._path
        assert waiting is not None
        spool.close()
        assert not waiting.parent.exists()
        for refused in ({"offset": -1}, {"offset": 0, "path": "/x"}, {}):
            with pytest.raises(BadInput):
                await spool.ask(PART, refused)
        small = Spool(monitor.source, most_bytes=len(content) - 1)
        with pytest.raises(MonitorError, match="over the wire go") as raised:
            await small.ask(BEGIN, SUM)
        assert "where the daemon runs" in raised.value.hint
        assert small._folder is None
