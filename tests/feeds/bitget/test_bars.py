"""Bitget's bars: as they form, closed by their successors, and of the past."""

from contextlib import aclosing
from itertools import pairwise

import msgspec
import pytest

from tests.feeds.bitget import rows
from tests.feeds.bitget.running import (
    PERP,
    SPOT,
    all_live,
    bitget,
    row_of,
    streams_alone,
    topics_of,
)
from tests.feeds.rig import Rig
from tests.feeds.servers import answers, http, tcp_server
from tests.feeds.simulated import Settings
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.feeds.bitget.bars import KEPT, BarsAdapter
from tui_monitor.feeds.bitget.history import MINUTES, NAMES, BitgetHistory
from tui_monitor.feeds.bitget.mapper import GUESS
from tui_monitor.feeds.bitget.rest import BitgetRest
from tui_monitor.feeds.instruments import books_of
from tui_monitor.model import Candle, FeedState, Instrument, Market

MINUTE_MS = 60_000
DAY_MS = 1440 * MINUTE_MS


def closed_of(it: Rig) -> list[Candle]:
    """The closed bars that were told."""
    return [one for one in it.market.events_since(0).events if isinstance(one, Candle)]


def assert_same(one: Candle, other: Candle) -> None:
    """All that two sources say of a bar."""
    assert (one.instrument, one.bar) == (other.instrument, other.bar)
    for name in ("open_ms", "open", "high", "low", "close", "volume_coins", "turnover_usd"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9), name


@pytest.mark.parametrize("market", Market)
def test_bars_form_and_close_for_those_that_are_asked_for(market: Market) -> None:
    """A closed bar comes once, and is what the exchange says of it afterwards."""

    @in_virtual_time
    async def run() -> None:
        async with bitget((), shape=streams_alone, listed=()) as it:
            await all_live(it)
            symbols = ("BTCUSDT", "1000BONKUSDT" if market is PERP else "BONKUSDT")
            it.feed.want_bars(market, "1m", symbols)
            await it.clock.sleep(130)
            assert topics_of(it, "bars 1m", market) == 2
            assert it.channel(market, "bars 1m").state is FeedState.LIVE
            for symbol in symbols:
                row = row_of(it, symbol, market)
                assert row.bars["1m"].closed is False
                assert it.clock.now_ms() - row.bars["1m"].open_ms < MINUTE_MS
                closed = [one for one in closed_of(it) if one.instrument.symbol == symbol]
                assert all(b.open_ms - a.open_ms == MINUTE_MS for a, b in pairwise(closed))
                assert all(one.closed for one in closed)
                assert len(closed) == KEPT - 1 + 2
                history = it.feed.plan.history
                told = await history.candles(row.instrument, "1m", limit=len(closed) + 1)
                assert [one.closed for one in told] == [False] + [True] * len(closed)
                for one, other in zip(closed, reversed(told[1:]), strict=True):
                    assert_same(one, other)

    run()


@in_virtual_time
async def test_a_new_socket_tells_no_bar_twice() -> None:
    """And those that closed meanwhile are told."""
    async with bitget((), markets=("perp",), shape=streams_alone) as it:
        await all_live(it)
        it.feed.want_bars(PERP, "1m", ("BTCUSDT",))
        await it.clock.sleep(80)
        it.fault("refuse", 70)
        it.fault("drop", 0.1)
        await it.clock.sleep(200)
        opens = [one.open_ms for one in closed_of(it)]
        assert len(set(opens)) == len(opens)
        assert opens == list(range(opens[0], opens[-1] + 1, MINUTE_MS))


@in_virtual_time
async def test_a_bar_that_forms_without_a_trade_is_no_silence() -> None:
    """What lives is shown by a busy ticker beside the bars; silence of both is found at once."""
    async with bitget((), markets=("perp",), shape=streams_alone) as it:
        await all_live(it)
        it.feed.want_bars(PERP, "15m", ("XRPUSDT",))
        await it.clock.until(lambda: topics_of(it, "bars 15m") == 1, 5)
        await all_live(it)
        opened = it.stats["connections"]["total"]
        it.fault("silence", 200, channel="candles")
        await it.clock.sleep(180)
        assert it.stats["connections"]["total"] == opened
        it.fault("silence", 30)
        await it.clock.sleep(25)
        assert it.channel(PERP, "pulse 15m").state is not FeedState.LIVE
        assert it.stats["connections"]["total"] > opened
        await all_live(it, 100)


@in_virtual_time
async def test_bars_of_a_whole_market_keep_to_forty_nine_channels_a_socket() -> None:
    """The busy companion of each socket counted."""
    async with bitget((), markets=("spot",), shape=streams_alone, listed=()) as it:
        await it.clock.until(lambda: it.feed.listed, 5)
        symbols = [one.symbol for one in it.feed.instruments(SPOT)]
        it.feed.want_bars(SPOT, "1h", symbols)
        await it.clock.sleep(12)
        assert topics_of(it, "bars 1h", SPOT) == len(symbols)
        assert it.stats["connections"]["open"] == -(-len(symbols) // 48)
        assert it.stats["subscriptions"]["active"] == len(symbols) + it.stats["connections"]["open"]
        assert row_of(it, symbols[-1], SPOT).bars["1h"].open_ms % (60 * MINUTE_MS) == 0


@in_virtual_time
async def test_there_are_no_bars_of_other_lengths() -> None:
    """Ours are five; another is a mistake of the caller."""
    async with bitget((), markets=("spot",)) as it:
        assert set(NAMES) == set(MINUTES)
        for bar in NAMES:
            assert it.feed.plan.bars(SPOT, bar).channels[0].name == f"bars {bar}"
        with pytest.raises(ValueError, match="no bars of '2h'"):
            it.feed.plan.bars(SPOT, "2h")


@pytest.mark.parametrize("market", Market)
def test_history_is_strictly_older_newest_first_and_of_any_age(market: Market) -> None:
    """Recent pages, old pages of 200, and the seam between the two endpoints."""

    @in_virtual_time
    async def run() -> None:
        async with bitget((), markets=(market.value,)) as it:
            await it.clock.until(lambda: it.feed.listed, 5)
            (btc,) = (one for one in it.feed.instruments(market) if one.symbol == "BTCUSDT")
            history, now_ms = it.feed.plan.history, it.clock.now_ms()
            newest = await history.candles(btc, "30m", limit=3)
            assert [one.closed for one in newest] == [False, True, True]
            for days, is_old in ((1, False), (61, True), (70, True), (200, True)):
                after_ms = (now_ms - days * DAY_MS) // (30 * MINUTE_MS) * 30 * MINUTE_MS
                page = await history.candles(
                    btc, "30m", after_ms=after_ms, limit=300, history=is_old
                )
                assert len(page) == 300
                assert page[0].open_ms == after_ms - 30 * MINUTE_MS
                assert all(a.open_ms - b.open_ms == 30 * MINUTE_MS for a, b in pairwise(page))
                assert {one.bar for one in page} == {"30m"}
                assert all(one.closed for one in page)
                told = it.sim.exchanges["bitget"].truth(market.value, "BTCUSDT", page[-1].open_ms)
                assert page[-1].open == pytest.approx(told["last"], rel=1e-9)
            midnight_ms = now_ms // DAY_MS * DAY_MS
            odd = await history.candles(btc, "1h", after_ms=midnight_ms + 1, limit=2)
            assert [one.open_ms for one in odd] == [midnight_ms, midnight_ms - 60 * MINUTE_MS]

    run()


@in_virtual_time
async def test_an_end_that_is_included_is_left_out() -> None:
    """Whether it is, Bitget does not say; a bar too many is asked for, and none given."""
    opens = [n * 30 * MINUTE_MS for n in (100, 101, 102)]
    page = rows.body([[str(at_ms), *rows.CANDLE[1:]] for at_ms in opens])
    async with tcp_server(answers(http("200 OK", page))) as where:
        clock = VirtualClock()
        async with aclosing(BitgetRest(Settings(f"http://{where}"), clock)) as rest:
            _, found = adapter()
            history = BitgetHistory(rest, clock)
            old = await history.candles(found, "30m", after_ms=opens[-1], limit=2)
            assert [one.open_ms for one in old] == [opens[1], opens[0]]


def adapter() -> tuple[BarsAdapter, Instrument]:
    """An adapter that knows one instrument."""
    known = books_of(GUESS)
    found = known[PERP].find("AAAUSDT")
    assert found is not None
    return BarsAdapter(known, PERP, "30m"), found


def push(*opens: int, close: str = "2.5") -> bytes:
    """A frame of bars that begin at these half-hours."""
    bars = [rows.KLINE | {"start": str(n * 30 * MINUTE_MS), "close": close} for n in opens]
    return rows.push("kline", bars, symbol="AAAUSDT", interval="30m")


def test_a_successor_closes_its_predecessor_with_what_was_said_of_it_last() -> None:
    """Forming, forming, then closed and the next one forming."""
    link, _ = adapter()
    told = [*link.decode(push(9)), *link.decode(push(9, close="2.7")), *link.decode(push(10))]
    bars = [(one.open_ms, one.close, one.closed) for one in told if isinstance(one, Candle)]
    half_hour = 30 * MINUTE_MS
    assert bars == [
        (9 * half_hour, 2.5, False), (9 * half_hour, 2.7, False),
        (9 * half_hour, 2.7, True), (10 * half_hour, 2.5, False),
    ]  # fmt: skip


def test_of_a_long_snapshot_in_any_order_the_newest_bars_are_told() -> None:
    """All but the last are closed; a push for an older one is closed too."""
    link, _ = adapter()
    told = link.decode(push(*range(100, 0, -1)))
    newest: dict[int, bool | None] = {}
    for one in told:
        assert isinstance(one, Candle)
        newest[one.open_ms // (30 * MINUTE_MS)] = one.closed
    assert newest == {97: True, 98: True, 99: True, 100: False}
    (late,) = link.decode(push(98))
    assert isinstance(late, Candle)
    assert late.closed


def test_what_is_no_bar_passes_as_it_is() -> None:
    """Tickers of the companion, acknowledgements, pongs."""
    link, _ = adapter()
    plain = msgspec.json.encode({"event": "subscribe", "arg": {"topic": "kline"}})
    assert len(link.decode(plain)) == 1
    assert len(link.decode(b"pong")) == 1
    assert len(link.decode(rows.ticker())) > 1
