"""What comes and goes all the time is recorded each time, and told of a few times."""

from pathlib import Path

from tests.feeds.faults.broken import broken
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.engine.outages import OutageBook
from tui_monitor.model import Exchange, FeedState, Market, Outage
from tui_monitor.store import open_store

EVERY_S = 20.0


def an_outage(begin_ms: int, end_ms: int | None = None, *, never_up: bool = False) -> Outage:
    """Of one channel."""
    return Outage(
        exchange=Exchange.OKX,
        market=Market.PERP,
        channel="tickers",
        reason="the exchange closed the stream",
        begin_ms=begin_ms,
        end_ms=end_ms,
        never_up=never_up,
    )


@in_virtual_time
async def test_a_stream_that_flaps_does_not_fill_the_log() -> None:
    """Ten minutes, a drop each twenty seconds: a line or two, and it is well again after all."""
    async with broken(Exchange.OKX, ("perp",)) as it:
        for _ in range(30):
            it.fault("drop", 3)
            await it.clock.sleep(EVERY_S)
        assert 0 < len(it.events) <= 4
        assert max(one.reconnects for one in it.feed.health()) > 10
        await it.clock.until(lambda: it.all_live, 150)
        assert it.violations == []


@in_virtual_time
async def test_damaged_frames_are_told_of_once() -> None:
    """By each socket: a thousand of them are a line, and so are the ends that they bring."""
    async with broken(Exchange.BINANCE, ("perp",)) as it:
        it.fault("nan", 40)
        it.fault("truncate", 40, path="/public")
        await it.clock.sleep(40)
        sockets = [text.split(":")[0] for _, _, text in it.events if "damaged message: " in text]
        assert set(sockets) == {"perp tickers+marks+liquidations", "perp books"}
        assert len(sockets) == 2
        assert sum("too many damaged messages" in text for _, _, text in it.events) <= 1


@in_virtual_time
async def test_outages_of_one_channel_are_told_three_times_in_ten_minutes(tmp_path: Path) -> None:
    """All of them are stored; a long one is told whatever came before it."""
    clock = VirtualClock()
    told: list[str] = []
    async with open_store(tmp_path, clock, kind="simulator") as store:
        book = OutageBook(store, clock, lambda _level, _area, text: told.append(text))
        for _ in range(20):
            begin_ms = clock.now_ms()
            book.note(an_outage(begin_ms))
            await clock.sleep(5)
            book.note(an_outage(begin_ms, clock.now_ms()))
            await clock.sleep(15)
        assert len(told) == 6
        begin_ms = clock.now_ms()
        book.note(an_outage(begin_ms))
        await clock.sleep(90)
        book.note(an_outage(begin_ms, clock.now_ms()))
        assert told[6:] == ["outage of perp tickers over after 90 s"]
        await clock.sleep(600)
        book.note(an_outage(clock.now_ms()))
        assert len(told) == 8


@in_virtual_time
async def test_a_quiet_channel_is_away_as_long_as_its_companion() -> None:
    """From the last sign of life on the socket to the next: one outage, not one a socket."""
    async with broken(Exchange.BYBIT, ("perp",)) as it:
        await it.clock.sleep(5)
        it.fault("silence", 25)
        await it.clock.sleep(25)
        quiet = it.channel(Market.PERP, "liquidations")
        assert quiet.state in (FeedState.SILENT, FeedState.DOWN)
        await it.clock.until(lambda: it.all_live, 60)
        spans = {one.channel: (one.begin_ms, one.end_ms) for one in it.outages if one.end_ms}
        assert len([one for one in it.outages if one.channel == "liquidations"]) == 2
        (begin_ms, end_ms), (pulse_ms, pulse_end_ms) = spans["liquidations"], spans["pulse"]
        assert begin_ms == pulse_ms
        assert end_ms is not None
        assert pulse_end_ms is not None
        assert abs(end_ms - pulse_end_ms) < 1000


@in_virtual_time
async def test_what_was_never_up_is_no_outage_in_the_log(tmp_path: Path) -> None:
    """It could not connect yet, which is no warning; then it is connected."""
    clock = VirtualClock()
    told: list[tuple[str, str]] = []
    async with open_store(tmp_path, clock, kind="simulator") as store:
        book = OutageBook(store, clock, lambda level, _area, text: told.append((level, text)))
        begin_ms = clock.now_ms()
        book.note(an_outage(begin_ms, never_up=True))
        await clock.sleep(12)
        book.note(an_outage(begin_ms, clock.now_ms(), never_up=True))
    assert told == [
        ("info", "perp tickers could not connect yet: the exchange closed the stream"),
        ("info", "perp tickers connected after 12 s"),
    ]
