"""Bars that closed while nobody judged them are judged after the start, each once, with no hole."""

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.engine.bars import BINANCE, PERP
from tests.engine.test_anomalies import FIRST_MS, JUDGED, NEXT_MS, QUARTER_MS, Watched, watching
from tests.support.virtual_time import in_virtual_time
from tui_monitor.boards.anomalies import State
from tui_monitor.boards.anomalies.detect import STATES, detect
from tui_monitor.boards.anomalies.rules import Rules
from tui_monitor.boards.bars import bars_of
from tui_monitor.clock import MINUTE_MS
from tui_monitor.engine.anomalies_owed import Debt, Owed
from tui_monitor.engine.anomalies_past import CATCH_UP
from tui_monitor.model import BAR_MS, CandleRow

AWAY_BARS = 20
LATER_MS = NEXT_MS + AWAY_BARS * QUARTER_MS + MINUTE_MS
MARK = "judged binance 15m"


def told(watched: Watched) -> list[str]:
    """What the event log says of earlier bars."""
    return [text for _, source, text in watched.bars.events if source == "anomalies"]


async def marked(watched: Watched, newest_ms: int) -> None:
    """Wait until nothing is owed up to a bar, and that is put down."""

    async def mark_ms() -> int:
        return int(await watched.bars.store.board_head(MARK) or 0)

    for _ in range(60):
        if await mark_ms() >= newest_ms:
            return
        await watched.bars.clock.sleep(5)
    raise AssertionError(f"only up to {await mark_ms()}, not {newest_ms}")


async def recomputed(watched: Watched, settings: Any = JUDGED) -> dict[tuple[str, int], float]:
    """The anomalies of all stored bars, each judged by the bars before it that are stored."""
    found: dict[tuple[str, int], float] = {}
    universe = watched.bars.candles.universe(BINANCE)
    assert universe is not None
    bars = watched.bars.candles.window(BINANCE, settings.bar)
    assert bars is not None
    length_ms = BAR_MS[settings.bar]
    rows = await watched.bars.store.candle_window(BINANCE, PERP, settings.bar, 0, 2**53)
    for open_ms in sorted({row.open_ms for row in rows}):
        window = bars_of(
            BINANCE,
            settings.bar,
            universe.instruments,
            rows,
            newest_open_ms=open_ms,
            count=settings.bars,
        )
        judged = detect(window, Rules.of(settings))
        for place, state in enumerate(judged.states):
            if STATES[state] is State.ANOMALY:
                coin = universe.instruments[place].coin
                found[coin, open_ms] = float(judged.score[place])
    assert length_ms == bars.bar_ms
    return found


@in_virtual_time
async def test_every_bar_of_a_long_absence_is_judged(tmp_path: Path) -> None:
    """Five hours away, with a jump early in them: what is stored is what all bars say.

    A second start owes nothing, and says nothing of earlier bars.
    """
    plants = [{"kind": "jump", "coin": "PEPE", "at": NEXT_MS + QUARTER_MS, "size": 0.04}]
    async with watching(tmp_path, plants=plants) as watched:
        before_ms = NEXT_MS - 2 * QUARTER_MS
        await marked(watched, before_ms)
        (first,) = told(watched)
        assert "earlier bars of the last " in first
        # The oldest have too few bars before them.
        assert "insufficient" in first
    assert AWAY_BARS > CATCH_UP
    async with watching(tmp_path, plants=plants, start_ms=LATER_MS) as watched:
        newest_ms = LATER_MS - LATER_MS % QUARTER_MS - QUARTER_MS
        await marked(watched, newest_ms)
        kept = await watched.kept()
        assert kept[("PEPE", NEXT_MS + QUARTER_MS)] > 2
        expected = await recomputed(watched)
        assert {place: round(score, 9) for place, score in kept.items()} == {
            place: round(score, 9) for place, score in expected.items()
        }
        (said,) = told(watched)
        assert f": {AWAY_BARS} earlier bars of the last " in said
    async with watching(tmp_path, plants=plants, start_ms=LATER_MS + 3 * MINUTE_MS) as watched:
        await watched.bars.clock.sleep(90)
        assert told(watched) == []
        assert await watched.kept() == kept


@in_virtual_time
async def test_as_the_originals_did_closed_bars_are_judged_after_an_absence(tmp_path: Path) -> None:
    """Each by the whole of it, as the last evaluation of an open bar would be."""
    plants = [{"kind": "jump", "coin": "PEPE", "at": NEXT_MS + QUARTER_MS, "size": 0.04}]
    settings = replace(JUDGED, mode="original")
    async with watching(tmp_path, settings, plants=plants) as watched:
        await marked(watched, NEXT_MS - 2 * QUARTER_MS)
    async with watching(tmp_path, settings, plants=plants, start_ms=LATER_MS) as watched:
        newest_ms = LATER_MS - LATER_MS % QUARTER_MS - QUARTER_MS
        await marked(watched, newest_ms)
        kept = await watched.kept()
        assert kept["PEPE", NEXT_MS + QUARTER_MS] > 2
        closed = {place: score for place, score in kept.items() if place[1] <= newest_ms}
        expected = await recomputed(watched, settings)
        assert {place: round(score, 9) for place, score in closed.items()} == {
            place: round(score, 9) for place, score in expected.items()
        }


@in_virtual_time
async def test_an_outage_that_history_fills_leaves_no_hole(tmp_path: Path) -> None:
    """Streams and REST are away for three hours; the bars of then are judged when they come."""
    plants = [{"kind": "jump", "coin": "PEPE", "at": NEXT_MS + QUARTER_MS, "size": 0.04}]
    async with watching(tmp_path, plants=plants) as watched:
        clock, sim = watched.bars.clock, watched.bars.sim
        await marked(watched, NEXT_MS - 2 * QUARTER_MS)
        away_s = 3 * 3_600
        watched.bars.cut(away_s)
        sim.fault(exchange="binance", kind="http_500", seconds=away_s)
        await clock.sleep(away_s + 60)
        await marked(watched, NEXT_MS + 9 * QUARTER_MS)
        assert (await watched.kept())[("PEPE", NEXT_MS + QUARTER_MS)] > 2


@in_virtual_time
async def test_bars_older_than_the_window_are_read_from_the_store(tmp_path: Path) -> None:
    """Minutes of many hours ago that were stored and never judged; but none from before retention.

    What was judged by more history than is left is not judged again.
    """
    settings = replace(JUDGED, bar="1m", top=3, bars=30)
    async with watching(tmp_path, settings) as watched:
        (symbol, *_) = watched.bars.symbols()
        window = watched.bars.candles.window(BINANCE, "1m")
        assert window is not None
        (coin,) = [one.coin for one in window.instruments if one.symbol == symbol]
        newest_ms = window.newest_open_ms
        ago = [26 * 60, 23 * 60, 10 * 60]
        rows = [
            a_minute(symbol, coin, newest_ms - (minutes + back) * MINUTE_MS, leap=back == 0)
            for minutes in ago
            for back in range(29, -1, -1)
        ]
        await watched.bars.store.record_candles(rows)
        await watched.bars.store.keep_board_head(
            "judged binance 1m", str(newest_ms - 27 * 60 * MINUTE_MS)
        )
    async with watching(tmp_path, settings, start_ms=FIRST_MS + 5 * MINUTE_MS) as watched:
        await watched.bars.clock.until(lambda: bool(told(watched)), 240)
        kept = await watched.kept()
        found = {open_ms for _, open_ms in kept if open_ms < newest_ms - 5 * 3_600_000}
        assert found == {newest_ms - minutes * MINUTE_MS for minutes in ago[1:]}
        assert "no data" in told(watched)[0] or "no bar" in told(watched)[0]


def a_minute(symbol: str, coin: str, open_ms: int, *, leap: bool) -> CandleRow:
    """A bar that hardly moves, or leaps by 5 %."""
    close = 105.0 if leap else 100.0 + open_ms // MINUTE_MS % 2 * 0.01
    return CandleRow(
        exchange=BINANCE,
        market=PERP,
        symbol=symbol,
        coin=coin,
        bar="1m",
        open_ms=open_ms,
        open=100.0,
        high=max(100.02, close),
        low=99.99,
        close=close,
        volume_coins=10.0,
        turnover_usd=1_000.0,
    )


def test_what_is_owed_is_paid_off_from_the_oldest() -> None:
    """A range of everybody's bars, single ones of some; what comes meanwhile is owed on."""
    owed = Owed(bar_ms=10, from_ms=100, until_ms=130)
    owed.add({90: {"A"}, 110: {"B"}, 150: {"A", "B"}}, 7.0)
    assert owed.since_s == 7.0
    assert owed.times == [90, 100, 110, 120, 150]
    first, *rest = owed.next(2)
    assert (first, rest) == (Debt(90, frozenset({"A"})), [Debt(100, None)])
    owed.add({90: {"C"}}, 8.0)
    owed.done(first)
    assert owed.next(1) == [Debt(90, frozenset({"C"}))]
    for one in owed.next(4):
        owed.done(one)
    assert owed.next(9) == [Debt(150, frozenset({"A", "B"}))]
    owed.forget_before(151)
    assert owed.times == []
