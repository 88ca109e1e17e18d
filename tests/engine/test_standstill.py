"""A process that stood still: its outages are nobody else's doing."""

import asyncio
from pathlib import Path

from tests.support.virtual_time import VirtualClock, VirtualLoop, in_virtual_time
from tui_monitor.engine.loop_lag import AFTERMATH_S, LoopLag
from tui_monitor.engine.outages import OutageBook
from tui_monitor.model import Exchange, Market, Outage
from tui_monitor.store import open_store


def stand_still(seconds: float) -> None:
    """Let time go on without anything running."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop._jump(seconds)


def an_outage(channel: str, begin_ms: int) -> Outage:
    return Outage(
        exchange=Exchange.OKX,
        market=Market.PERP,
        channel=channel,
        reason="no data",
        begin_ms=begin_ms,
    )


@in_virtual_time
async def test_a_standstill_is_known_to_whoever_runs_first_after_it() -> None:
    """Before the measuring timer itself has fired, and for a while after."""
    clock = VirtualClock()
    lag = LoopLag(clock)
    running = asyncio.create_task(lag.run())
    await clock.sleep(2)
    assert lag.stood_still_s() is None
    stand_still(12)
    still_s = lag.stood_still_s()
    assert still_s is not None
    assert 11 <= still_s <= 12
    await clock.sleep(2)
    assert lag.stood_still_s() == still_s
    await clock.sleep(AFTERMATH_S)
    assert lag.stood_still_s() is None
    running.cancel()


@in_virtual_time
async def test_what_fell_silent_meanwhile_has_one_reason(tmp_path: Path) -> None:
    """Polled or streamed; what begins afterwards has its own again."""
    clock = VirtualClock()
    told: list[str] = []
    async with open_store(tmp_path, clock, kind="simulator") as store:
        lag = LoopLag(clock)
        book = OutageBook(
            store,
            clock,
            lambda _level, _area, text: told.append(text),
            stood_still_s=lag.stood_still_s,
        )
        running = asyncio.create_task(lag.run())
        await clock.sleep(1)
        last_ms = clock.now_ms()
        stand_still(20)
        for channel in ("mark", "tickers"):
            book.note(an_outage(channel, last_ms))
        await clock.sleep(3)
        book.note(an_outage("index", clock.now_ms() - 2_000))
        running.cancel()
    assert told == [
        "outage of perp mark: this machine stood still 20 s",
        "outage of perp tickers: this machine stood still 20 s",
        "outage of perp index: no data",
    ]
