"""The most traded perpetuals' bars: streamed, filled up where they lack, kept, shown together."""

import asyncio
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from tests.engine.bars import BINANCE, FEW, PERP, ROOTS, Rig, a_rig, assert_true
from tests.support.virtual_time import START_MS, in_virtual_time
from tui_monitor.clock import MINUTE_MS
from tui_monitor.engine.candles import LINGER_S
from tui_monitor.engine.candles_series import LATE_MS, PATIENCE_S
from tui_monitor.errors import BadInput
from tui_monitor.model import BAR_MS, Exchange

QUARTER_MS = BAR_MS["15m"]
FIRST_MS = START_MS + 7 * MINUTE_MS


async def assert_whole(rig: Rig, bars: int) -> None:
    """Every perpetual's newest bars are stored, once, without a hole, and true."""
    for symbol in rig.symbols():
        stored = await rig.stored(symbol)
        opens = [row.open_ms for row in stored]
        assert len(opens) >= bars
        assert all(later - sooner == QUARTER_MS for sooner, later in pairwise(opens)), symbol
        assert opens[-1] == rig.clock.now_ms() // QUARTER_MS * QUARTER_MS - QUARTER_MS
        for row in stored:
            assert_true(rig.sim, row)


@in_virtual_time
async def test_at_the_start_history_is_asked_for_once_the_most_traded_first(
    tmp_path: Path,
) -> None:
    """One request a perpetual brings all the bars that boards look at, none of them forming."""
    async with a_rig(tmp_path) as rig:
        await rig.complete()
        assert rig.asked() == FEW.top == len(rig.symbols())
        found = [rig.market.row((BINANCE, PERP, symbol)) for symbol in rig.symbols()]
        turnovers = [one.turnover_24h_usd or 0.0 for one in found if one is not None]
        assert turnovers == sorted(turnovers, reverse=True)
        await assert_whole(rig, FEW.bars)
        bars = rig.candles.window(BINANCE, "15m", FEW.bars)
        assert bars is not None
        assert np.isfinite(bars.close).all()
        assert bars.close.shape == (FEW.top, FEW.bars)
        assert bars.newest_close_ms == FIRST_MS - FIRST_MS % QUARTER_MS
        for row in await rig.stored(rig.symbols()[2]):
            (column,) = np.flatnonzero(bars.open_ms == row.open_ms)
            assert bars.close[2, column] == row.close
            assert bars.volume_coins[2, column] == row.volume_coins


@in_virtual_time
async def test_what_is_stored_is_not_asked_for_again(tmp_path: Path) -> None:
    """A restart needs no request; after hours off one a perpetual closes the hole."""
    async with a_rig(tmp_path) as rig:
        await rig.complete()
    async with a_rig(tmp_path, start_ms=FIRST_MS + MINUTE_MS) as rig:
        await rig.complete()
        assert rig.asked() == 0
        bars = rig.candles.window(BINANCE, "15m", FEW.bars)
        assert bars is not None
        assert np.isfinite(bars.close).all()
    async with a_rig(tmp_path, start_ms=FIRST_MS + 12 * QUARTER_MS) as rig:
        await rig.complete()
        assert rig.asked() == FEW.top
        await assert_whole(rig, FEW.bars + 12)


async def stays_known_until_it_is_shown(rig: Rig, open_ms: int) -> None:
    """The forming bar, though streams go on to the next one before all have closed it."""
    end_ms, looks_after = open_ms + QUARTER_MS, 0
    while rig.clock.now_ms() < end_ms + 60_000:
        forming = rig.candles.forming(BINANCE, "15m")
        assert forming is not None
        if forming.open_ms != open_ms:
            break
        assert np.isfinite(forming.close).all()
        looks_after += rig.clock.now_ms() >= end_ms
        await rig.clock.sleep(0.05)
    assert looks_after


@in_virtual_time
async def test_bars_that_close_are_shown_together_and_at_once(tmp_path: Path) -> None:
    """Within seconds of the end, whole; the stream alone tells of them."""
    async with a_rig(tmp_path) as rig:
        await rig.complete()
        number, asked = rig.candles.closings, rig.asked()
        waiting = asyncio.ensure_future(rig.candles.closed(number))
        end_ms = FIRST_MS - FIRST_MS % QUARTER_MS + QUARTER_MS
        await rig.clock.sleep((end_ms - rig.clock.now_ms()) / 1000 - 1)
        assert not waiting.done()
        forming = rig.candles.forming(BINANCE, "15m")
        assert forming is not None
        assert (forming.open_ms, round(forming.elapsed, 2)) == (end_ms - QUARTER_MS, 1.0)
        await stays_known_until_it_is_shown(rig, forming.open_ms)
        assert await waiting == number + 1
        assert rig.clock.now_ms() - end_ms < 5_000
        (closing,) = rig.candles.closed_after(number)
        assert (closing.came, closing.expected, closing.is_new) == (FEW.top, FEW.top, True)
        bars = rig.candles.window(BINANCE, "15m", 1)
        assert bars is not None
        assert bars.newest_open_ms == closing.open_ms == end_ms - QUARTER_MS
        assert np.isfinite(bars.close).all()
        await rig.clock.sleep(60)
        assert rig.asked() == asked
        assert rig.candles.closings == number + 1
        await assert_whole(rig, FEW.bars + 1)


@in_virtual_time
async def test_forty_minutes_without_the_stream_leave_no_hole_and_no_double(
    tmp_path: Path,
) -> None:
    """REST tells of each bar meanwhile, once; the forming bar is not shown from memory."""
    async with a_rig(tmp_path) as rig:
        await rig.complete()
        asked = rig.asked()
        rig.cut(40 * 60)
        await rig.clock.sleep(60)
        assert rig.candles.forming(BINANCE, "15m") is None
        assert rig.candles.trouble(BINANCE, "15m") != ""
        await rig.clock.sleep(39 * 60)
        closed = (rig.clock.now_ms() - LATE_MS) // QUARTER_MS - FIRST_MS // QUARTER_MS
        assert rig.asked() - asked == closed * FEW.top
        await rig.clock.sleep(180)
        assert rig.candles.forming(BINANCE, "15m") is not None
        asked = rig.asked()
        await rig.clock.sleep(15 * 60)
        await assert_whole(rig, FEW.bars + closed + 1)
        assert rig.asked() == asked
        bars = rig.candles.window(BINANCE, "15m", FEW.bars)
        assert bars is not None
        assert np.isfinite(bars.close).all()
        assert rig.sim.stats()["binance-futures"]["violations"] == []


@in_virtual_time
async def test_without_stream_and_rest_bars_come_when_either_is_back(tmp_path: Path) -> None:
    """What could not be had is a hole that is shown as one, said once, and filled."""
    async with a_rig(tmp_path) as rig:
        await rig.complete()
        rig.sim.fault(exchange="binance", kind="refuse", seconds=40 * 60)
        rig.sim.fault(exchange="binance", kind="drop", seconds=40 * 60)
        rig.sim.fault(exchange="binance", kind="http_500", seconds=40 * 60)
        number = rig.candles.closings
        await rig.clock.sleep(30 * 60)
        bars = rig.candles.window(BINANCE, "15m", 2)
        assert bars is not None
        assert bars.newest_close_ms == rig.clock.now_ms() // QUARTER_MS * QUARTER_MS
        assert np.isnan(bars.close).all()
        (first, *_) = rig.candles.closed_after(number)
        assert (first.came, first.is_new) == (0, True)
        assert sum("bars: " in text for _, _, text in rig.events) == 1
        assert rig.candles.progress()[0].error
        await rig.clock.sleep(15 * 60)
        await assert_whole(rig, FEW.bars + 3)


@in_virtual_time
async def test_the_universe_is_chosen_anew_at_the_full_hour(tmp_path: Path) -> None:
    """Who comes is streamed and filled up; who goes is not, but what was stored of it stays."""
    async with a_rig(tmp_path, start_ms=START_MS + 50 * MINUTE_MS) as rig:
        await rig.complete()
        before = rig.symbols()
        gone = before[-1]
        universe = rig.candles.universe(BINANCE)
        assert universe is not None
        (other, *_) = (
            one.instrument.symbol
            for one in universe.listed.values()
            if one.instrument.symbol not in before and one.rank
        )
        rig.trade(other, 1e12)
        rig.trade(gone, 6_000.0)
        await rig.clock.sleep(8 * 60)
        assert rig.symbols() == before
        await rig.clock.sleep(3 * 60)
        assert rig.symbols() == [other, *before[:-1]]
        await rig.complete()
        bars = rig.candles.window(BINANCE, "15m", FEW.bars)
        assert bars is not None
        assert [one.symbol for one in bars.instruments] == rig.symbols()
        assert np.isfinite(bars.close).all()
        # The bar that ended with the hour is the exchange's to tell a moment later.
        asked = rig.asked()
        assert FEW.top < asked <= FEW.top + 2
        left = await rig.stored(gone)
        await rig.clock.sleep(15 * 60)
        assert await rig.stored(gone) == left
        assert len(left) >= FEW.bars
        await assert_whole(rig, FEW.bars)
        assert rig.asked() == asked
        assert any("1 new, 1 gone" in text for _, _, text in rig.events)
        (health,) = rig.feeds[BINANCE].bars_health(PERP, "15m")
        assert health.topics == FEW.top


@in_virtual_time
async def test_too_little_turnover_is_not_watched(tmp_path: Path) -> None:
    """Even where there is room; without any the window is empty, and nothing fails."""
    none = replace(FEW, min_turnover_usd=1e15)
    async with a_rig(tmp_path, none) as rig:
        await rig.clock.until(lambda: rig.candles.universe(BINANCE) is not None, 30)
        await rig.clock.sleep(30)
        assert rig.symbols() == []
        bars = rig.candles.window(BINANCE, "15m")
        assert bars is not None
        assert bars.close.shape[0] == 0
        assert rig.asked() == 0


@in_virtual_time
async def test_other_lengths_are_watched_while_somebody_looks(tmp_path: Path) -> None:
    """And some minutes more, so that a glance elsewhere costs nothing."""
    async with a_rig(tmp_path) as rig:
        await rig.complete()
        asked = rig.asked()
        assert rig.candles.window(BINANCE, "1m") is None
        rig.candles.use(BINANCE, "1m")
        await rig.complete(2)
        assert rig.asked() == asked + FEW.top
        bars = rig.candles.window(BINANCE, "1m", FEW.bars)
        assert bars is not None
        assert np.isfinite(bars.close).all()
        await rig.clock.sleep(130)
        later = rig.candles.window(BINANCE, "1m", FEW.bars)
        assert later is not None
        assert later.newest_open_ms >= bars.newest_open_ms + 2 * MINUTE_MS
        assert np.isfinite(later.close).all()
        assert rig.asked() == asked + FEW.top
        rig.candles.use(BINANCE, "1m")
        await rig.clock.sleep(LINGER_S - 20)
        assert rig.candles.in_use() == [(BINANCE, "15m"), (BINANCE, "1m")]
        await rig.clock.sleep(30)
        assert rig.candles.in_use() == [(BINANCE, "15m")]
        assert rig.feeds[BINANCE].bars_health(PERP, "1m") == []
        assert rig.candles.window(BINANCE, "1m") is None
        stored = len(await rig.stored("BTCUSDT", "1m"))
        await rig.clock.sleep(180)
        assert len(await rig.stored("BTCUSDT", "1m")) == stored >= FEW.bars


@in_virtual_time
async def test_a_length_that_nobody_has_is_refused(tmp_path: Path) -> None:
    """By its name; an exchange that is not watched has no bars, and says so."""
    async with a_rig(tmp_path) as rig:
        with pytest.raises(BadInput, match="7m"):
            rig.candles.use(BINANCE, "7m")
        rig.candles.use(Exchange.OKX, "15m")
        await rig.clock.sleep(5)
        assert rig.candles.window(Exchange.OKX, "15m") is None
        assert rig.candles.trouble(Exchange.OKX, "15m") == "okx is not watched"
        assert rig.candles.universe(Exchange.OKX) is None


@pytest.mark.parametrize("exchange", [Exchange.OKX, Exchange.BYBIT, Exchange.BITGET])
def test_the_other_exchanges_have_their_own_universe(exchange: Exchange, tmp_path: Path) -> None:
    """Bars of five minutes and of an hour, from history and, those that close, from the stream."""

    @in_virtual_time
    async def run() -> None:
        settings = replace(FEW, exchanges=(exchange.value,), bar="5m", top=3)
        start_ms = START_MS + 56 * MINUTE_MS
        async with a_rig(tmp_path, settings, of=(exchange,), start_ms=start_ms, rate=0.2) as rig:
            rig.candles.use(exchange, "1h")
            await rig.complete(2)
            assert rig.asked(exchange) == 2 * settings.top
            await rig.clock.sleep(4 * 60 + 30)
            for bar in ("5m", "1h"):
                bars = rig.candles.window(exchange, bar, FEW.bars)
                assert bars is not None
                assert bars.newest_close_ms == START_MS + 60 * MINUTE_MS
                assert np.isfinite(bars.close).all()
                assert {one.exchange for one in bars.instruments} == {exchange}
                for one in bars.instruments:
                    for row in (await rig.store.candles(exchange, PERP, one.symbol, bar))[-3:]:
                        assert_true(rig.sim, row)
            assert rig.asked(exchange) == 2 * settings.top
            assert rig.sim.stats()[ROOTS[exchange][0]]["violations"] == []

    run()


@in_virtual_time
async def test_a_few_that_are_late_do_not_hold_up_the_others(tmp_path: Path) -> None:
    """Most are shown after a while; the last one's bar is shown when it has come."""
    async with a_rig(tmp_path) as rig:
        await rig.complete()
        late = rig.symbols()[-1]
        rig.cut(10 * 60, symbol=late)
        number = rig.candles.closings
        end_ms = FIRST_MS - FIRST_MS % QUARTER_MS + QUARTER_MS
        await rig.clock.sleep((end_ms - rig.clock.now_ms()) / 1000 + PATIENCE_S + 3)
        (closing,) = rig.candles.closed_after(number)
        assert (closing.came, closing.expected, closing.is_new) == (FEW.top - 1, FEW.top, True)
        bars = rig.candles.window(BINANCE, "15m", 1)
        assert bars is not None
        assert np.isnan(bars.close[-1, 0])
        await rig.clock.sleep(30)
        (_, closing) = rig.candles.closed_after(number)
        assert (closing.came, closing.is_new) == (FEW.top, False)
        await assert_whole(rig, FEW.bars + 1)


@in_virtual_time
async def test_the_exchanges_clock_counts_not_ours(tmp_path: Path) -> None:
    """A machine that is two minutes fast takes no forming bar for a closed one."""
    async with a_rig(tmp_path) as rig:
        await rig.complete()
        rig.clock.jump_wall(120)
        now_ms = rig.feeds[BINANCE].exchange_now_ms()
        assert now_ms is not None
        assert abs(rig.clock.now_ms() - now_ms - 120_000) < 1_000
        await rig.clock.sleep(3)
        assert abs(rig.clock.now_ms() - now_ms - 123_000) < 1_000
