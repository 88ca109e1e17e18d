"""What comes and goes all the time is recorded each time, and told of a few times."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.feeds.faults.broken import broken
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.engine.outages import OutageBook
from tui_monitor.feeds.plans import Channel, FeedPlan
from tui_monitor.feeds.vitals import Vitals, Way
from tui_monitor.model import Exchange, FeedState, Liquidation, Market, Outage
from tui_monitor.model.health import channel_words
from tui_monitor.store import open_store
from tui_monitor.words import CHINESE, speaking, told

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


def streams_alone(plan: FeedPlan) -> FeedPlan:
    """Without what is polled, to which nothing happens here."""
    return replace(plan, polls=())


@in_virtual_time
async def test_a_stream_that_flaps_does_not_fill_the_log() -> None:
    """Ten minutes, a drop each twenty seconds: a line or two, and it is well again after all."""
    async with broken(Exchange.OKX, ("perp",), shape=streams_alone) as it:
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
async def test_what_a_quiet_channel_tells_ends_its_outage() -> None:
    """It is not away again at once, nor from before what it told, whatever its companion does."""
    clock = VirtualClock()
    noted: list[Outage] = []
    way = Way(host="127.0.0.1")
    kinds = frozenset({Liquidation})
    channel = Channel(name="liquidations", market=Market.PERP, kinds=kinds, silent_after_s=None)
    vitals = Vitals(Exchange.OKX, channel, clock, on_outage=noted.append, way=way)
    vitals.linked(True, alive=True)
    companion_ms = clock.now_ms()
    await clock.sleep(5)
    vitals.data(own_ms := clock.now_ms(), clock.monotonic_s())
    await clock.sleep(5)
    vitals.linked(False, alive=False, heard_ms=companion_ms)
    await clock.sleep(3)
    assert vitals.away_due_s() <= 0
    vitals.open_outage()
    vitals.data(clock.now_ms(), clock.monotonic_s())
    assert vitals.away_due_s() > 0
    assert [(one.begin_ms, one.end_ms) for one in noted] == [
        (own_ms, None),
        (own_ms, clock.now_ms()),
    ]


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


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("perp tickers+marks+liquidations: nothing new", "永续 行情+标记价+爆仓：没有新内容"),
        (
            "outage of spot tickers#2: timed out during opening handshake",
            "现货 行情#2 中断：连接握手超时",
        ),
        ("outage of perp heartbeat 15m: no data", "永续 心跳 15m 中断：无数据"),
        ("outage of spot chosen coins#2 over after 12 s", "现货 所选币种#2 中断 12 秒后恢复"),
        (
            "2 legs: LAYER (binance perp LAYERUSDT), ME (bybit spot MEUSDT)",
            "2 条腿：LAYER（binance 永续 LAYERUSDT），ME（bybit 现货 MEUSDT）",
        ),
        ("the engine that was attached to has gone", "所连接的引擎已断开"),
    ],
)
def test_the_logs_lines_are_said_in_chinese(text: str, chinese: str) -> None:
    """With channels, markets and legs in them."""
    with speaking(CHINESE):
        assert told(text) == chinese


def test_channels_have_the_names_that_a_reader_knows() -> None:
    """What a socket is for, not what it is called inside."""
    assert channel_words("watched#2") == "chosen coins#2"
    assert channel_words("pulse 15m") == "heartbeat 15m"
    assert channel_words("tickers") == "tickers"
