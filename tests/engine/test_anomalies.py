"""Planted moves are found as their bars close, and nothing else is; what is found is kept."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from tests.engine.bars import BINANCE, PERP, Rig, a_rig
from tests.support.virtual_time import START_MS, in_virtual_time
from tui_monitor.boards.anomalies import AnomaliesBoard, AnomalyRow, Reason, State
from tui_monitor.boards.anomalies.records import anomaly_of, head_name
from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.config import Anomalies
from tui_monitor.engine.anomalies import AnomalyWatch
from tui_monitor.model import BAR_MS

QUARTER_MS = BAR_MS["15m"]
FIRST_MS = START_MS + 7 * MINUTE_MS
NEXT_MS = FIRST_MS - FIRST_MS % QUARTER_MS + QUARTER_MS
# The settings as they are, but for fewer perpetuals.
JUDGED = Anomalies(top=12)
COINS = ("BTC", "ETH", "SOL", "XRP", "DOGE", "PEPE", "LINK", "AVAX", "CALM")
PASS_S = 61.0
# The stragglers of a moment are waited for; the minute has just been judged.
AT_ONCE_S = 40.0


class Watched(NamedTuple):
    """Bars, and who judges them."""

    bars: Rig
    watch: AnomalyWatch

    def board(self) -> AnomaliesBoard:
        found = self.watch.board(BINANCE, "15m")
        assert not isinstance(found, str), found
        return found

    def evaluated_ms(self) -> int:
        """When the board was made."""
        found = self.board().evaluated_ms
        assert found is not None
        return found

    def row(self, coin: str) -> AnomalyRow:
        (found,) = [row for row in self.board().rows if row.coin == coin]
        return found

    def anomalies(self) -> dict[str, AnomalyRow]:
        """Those of the newest judged bar, by coin."""
        return {row.coin: row for row in self.board().rows if row.state is State.ANOMALY}

    async def judged(self, open_ms: int, within_s: float = PASS_S) -> float:
        """Wait until a bar is judged; gives how long after its end that was."""
        left_s = (open_ms + QUARTER_MS - self.bars.clock.now_ms()) / 1000
        await self.bars.clock.sleep(max(0.0, left_s))
        await self.bars.clock.until(lambda: self.board().open_ms >= open_ms, within_s)
        return (self.bars.clock.now_ms() - open_ms - QUARTER_MS) / 1000

    async def kept(self) -> dict[tuple[str, int], float]:
        """The scores that are stored, by coin and by the bar's begin."""
        found = await self.bars.store.anomalies(0, 2**53, limit=1_000)
        return {(one.coin, one.open_ms): one.score or 0.0 for one in found}

    def odd(self) -> set[tuple[str, int]]:
        """Every coin and bar that something is planted in, by the seed or by a test."""
        plan = self.bars.sim.shared.world.plan
        planted = plan.between(FIRST_MS - 9 * DAY_MS, FIRST_MS + DAY_MS)
        return {(one.coin, one.bar * QUARTER_MS) for one in planted}


@asynccontextmanager
async def watching(
    folder: Path,
    settings: Anomalies = JUDGED,
    *,
    plants: Sequence[Mapping[str, Any]] = (),
    start_ms: int = FIRST_MS,
) -> AsyncIterator[Watched]:
    """Bars that are complete, and judged while the block runs."""
    rig = a_rig(folder, settings, coins=COINS, plants=plants, start_ms=start_ms)
    async with rig as bars, asyncio.TaskGroup() as tasks:
        watch = AnomalyWatch(
            bars.candles, bars.store, bars.clock, settings, lambda *one: bars.events.append(one)
        )
        running = tasks.create_task(watch.run())
        await bars.complete()
        yield Watched(bars, watch)
        running.cancel()


PLANTS = (
    {"kind": "jump", "coin": "PEPE", "at": NEXT_MS, "size": 0.03},
    {"kind": "volume_burst", "coin": "SOL", "at": NEXT_MS},
    {"kind": "wide_bar", "coin": "LINK", "at": NEXT_MS},
    {"kind": "new_listing", "coin": "AVAX", "size": 10},
)


@in_virtual_time
async def test_what_is_planted_is_found_as_its_bar_closes_and_nothing_else_scores_two(
    tmp_path: Path,
) -> None:
    """A jump, a burst of volume and a wide bar, each for its own reason; a new listing waits."""
    async with watching(tmp_path, plants=PLANTS) as watched:
        await watched.judged(NEXT_MS)
        await watched.bars.clock.until(
            lambda: {"PEPE", "SOL", "LINK"} <= watched.anomalies().keys(), PASS_S
        )
        assert watched.bars.clock.now_ms() - NEXT_MS - QUARTER_MS < PASS_S * 1000
        found = watched.anomalies()
        assert all((found[coin].score or 0.0) > 2 for coin in ("PEPE", "SOL", "LINK"))
        assert Reason.PRICE in found["PEPE"].reasons
        assert Reason.VOLUME in found["SOL"].reasons
        assert Reason.VOLATILITY in found["LINK"].reasons
        listed, calm = watched.row("AVAX"), watched.row("CALM")
        assert (listed.state, listed.score) == (State.INSUFFICIENT, None)
        assert listed.note == f"insufficient n={listed.n}"
        assert 10 <= listed.n < 16
        assert calm.state is State.SMALL_MOVE
        await watched.bars.clock.sleep(60)
        kept = await watched.kept()
        high = {place for place, score in kept.items() if score > 2}
        assert {("PEPE", NEXT_MS), ("SOL", NEXT_MS), ("LINK", NEXT_MS)} <= high
        assert high <= watched.odd()


@in_virtual_time
async def test_bars_are_judged_each_minute_and_the_forming_one_beside_them(tmp_path: Path) -> None:
    """On the minute, by our clock; the jump shows while its bar is forming."""
    plants = [{"kind": "jump", "coin": "PEPE", "at": FIRST_MS, "size": 0.05}]
    async with watching(tmp_path, plants=plants) as watched:
        clock = watched.bars.clock
        await clock.until(lambda: watched.evaluated_ms() % MINUTE_MS < 100, PASS_S)
        passes = watched.watch.passes
        await clock.sleep(240)
        assert watched.watch.passes == passes + 4
        board = watched.board()
        assert watched.evaluated_ms() % MINUTE_MS < 100
        assert board.now_ms - watched.evaluated_ms() < MINUTE_MS
        assert board.forming is not None
        assert board.forming.open_ms == board.close_ms
        (pepe,) = [row for row in board.forming.rows if row.coin == "PEPE"]
        assert (pepe.forming, pepe.state) == (True, State.ANOMALY)
        assert ("PEPE", board.forming.open_ms) not in await watched.kept()
        await forming_is_of_now(watched)


async def forming_is_of_now(watched: Watched) -> None:
    """Between two passes it is judged anew when it is looked at, once a second at most."""
    first = watched.board()
    assert first.forming is not None
    assert watched.board().forming is first.forming
    await watched.bars.clock.sleep(20)
    later = watched.board()
    assert later.evaluated_ms == first.evaluated_ms
    assert later.forming is not None
    assert later.forming.evaluated_ms - first.forming.evaluated_ms >= 20_000
    gone_on = (later.forming.elapsed - first.forming.elapsed) * QUARTER_MS
    assert gone_on == pytest.approx(20_000, abs=1_000)
    explained = watched.watch.explained("PEPE", BINANCE, "15m", forming=True)
    assert not isinstance(explained, str)
    (shown,) = [row for row in later.forming.rows if row.coin == "PEPE"]
    assert explained[0].row == shown
    assert explained[0].elapsed == later.forming.elapsed


@in_virtual_time
async def test_who_looks_sees_the_shown_bar_though_its_pass_has_still_to_come(
    tmp_path: Path,
) -> None:
    """The closed bar and the forming one after it: here nobody judges them but who looks."""
    async with a_rig(tmp_path, JUDGED, coins=COINS, start_ms=FIRST_MS) as rig:
        watch = AnomalyWatch(
            rig.candles, rig.store, rig.clock, JUDGED, lambda *one: rig.events.append(one)
        )
        await rig.complete()
        for open_ms in (NEXT_MS - QUARTER_MS, NEXT_MS):
            await rig.clock.sleep(max(0, open_ms + QUARTER_MS - rig.clock.now_ms()) / 1000 + 30)
            board = watch.board(BINANCE, "15m")
            assert not isinstance(board, str)
            assert board.open_ms == open_ms
            assert board.forming is not None
            assert board.forming.open_ms == board.close_ms


@in_virtual_time
async def test_forty_minutes_without_the_stream_leave_no_false_anomaly(tmp_path: Path) -> None:
    """What is found meanwhile and afterwards is what is planted; each bar is judged."""
    burst_ms = NEXT_MS + QUARTER_MS
    plants = [{"kind": "jump", "coin": "PEPE", "at": burst_ms, "size": 0.03}]
    async with watching(tmp_path, plants=plants) as watched:
        before = await watched.kept()
        watched.bars.cut(40 * 60)
        await watched.judged(burst_ms, within_s=120)
        await watched.bars.clock.sleep(45 * 60)
        kept = await watched.kept()
        assert kept[("PEPE", burst_ms)] > 2
        later = {place for place, score in kept.items() if score > 2} - before.keys()
        assert later <= watched.odd()
        assert watched.board().reason == ""
        now_ms = watched.bars.clock.now_ms()
        assert watched.board().close_ms == now_ms - now_ms % QUARTER_MS
        assert all(row.state not in (State.GAP, State.NO_BAR) for row in watched.board().rows)


@in_virtual_time
async def test_bars_that_came_late_are_judged_when_they_come(tmp_path: Path) -> None:
    """A bar that closed while nothing ran is found in history after the start."""
    plants = [{"kind": "jump", "coin": "PEPE", "at": NEXT_MS, "size": 0.04}]
    async with watching(tmp_path, plants=plants):
        pass
    later_ms = NEXT_MS + 3 * QUARTER_MS + MINUTE_MS
    async with watching(tmp_path, plants=plants, start_ms=later_ms) as watched:
        await watched.bars.clock.sleep(30)
        assert (await watched.kept())[("PEPE", NEXT_MS)] > 2
        assert watched.board().open_ms == NEXT_MS + 2 * QUARTER_MS


@in_virtual_time
async def test_a_bar_that_is_no_anomaly_any_more_is_taken_back(tmp_path: Path) -> None:
    """Its candle was corrected: the last evaluation counts."""
    plants = [
        {"kind": "jump", "coin": "PEPE", "at": NEXT_MS, "size": 0.03},
        {"kind": "jump", "coin": "SOL", "at": NEXT_MS, "size": 0.03},
    ]
    places = {("PEPE", NEXT_MS), ("SOL", NEXT_MS)}
    async with watching(tmp_path, plants=plants) as watched:
        await watched.judged(NEXT_MS)
        await watched.bars.clock.sleep(60)
        assert places <= (await watched.kept()).keys()
        before, wrong = (await watched.bars.stored(watched.row("PEPE").symbol))[-2:]
        assert wrong.open_ms == NEXT_MS
        flat = dict.fromkeys(("open", "high", "low", "close"), before.close)
        await watched.bars.store.record_candles([replace(wrong, **flat)])
    later_ms = NEXT_MS + QUARTER_MS + 2 * MINUTE_MS
    async with watching(tmp_path, plants=plants, start_ms=later_ms) as watched:
        await watched.bars.clock.sleep(61)
        assert watched.row("PEPE").state is State.SMALL_MOVE
        assert places & (await watched.kept()).keys() == {("SOL", NEXT_MS)}


@in_virtual_time
async def test_what_is_kept_of_an_anomaly_explains_it(tmp_path: Path) -> None:
    """Judged as it closed; all parts, as they were; and the head of the board beside them."""
    plants = [{"kind": "jump", "coin": "PEPE", "at": NEXT_MS, "size": 0.03}]
    async with watching(tmp_path, plants=plants) as watched:
        assert await watched.judged(NEXT_MS) < AT_ONCE_S
        await watched.bars.clock.sleep(61)
        (record,) = [
            one
            for one in await watched.bars.store.anomalies(0, 2**53, limit=100)
            if (one.coin, one.open_ms) == ("PEPE", NEXT_MS)
        ]
        kept = anomaly_of(record)
        explained = watched.watch.explained("PEPE", BINANCE, "15m")
        assert kept is not None
        assert not isinstance(explained, str)
        (live,) = explained
        assert kept.explanation.parts == live.parts
        assert sum(part.contribution or 0.0 for part in live.parts) == pytest.approx(kept.row.score)
        assert kept.row.symbol == live.symbol
        assert await watched.bars.store.board_head(head_name(BINANCE, "15m")) is not None
        assert watched.watch.explained("NONE", BINANCE, "15m") == (
            "binance lists no perpetual of NONE"
        )
        assert (await watched.bars.store.instrument_named(BINANCE, PERP, "pepe")) == (
            live.symbol,
            "PEPE",
        )


@in_virtual_time
async def test_bars_that_somebody_looks_at_are_judged_within_a_minute(tmp_path: Path) -> None:
    """Another length than the settings': first the reason why there is nothing, then the board."""
    async with watching(tmp_path) as watched:
        first = watched.watch.board(BINANCE, "5m")
        assert isinstance(first, str)
        assert first
        await watched.bars.clock.sleep(65)
        # Asking alone has nothing watched.
        assert watched.bars.candles.in_use() == [(BINANCE, "15m")]
        assert not watched.bars.candles.is_wanted(BINANCE, "5m")
        watched.bars.candles.use(BINANCE, "5m")
        assert watched.bars.candles.is_wanted(BINANCE, "5m")

        def is_judged() -> bool:
            found = watched.watch.board(BINANCE, "5m")
            return not isinstance(found, str) and found.bar == "5m" and found.reason == ""

        await watched.bars.clock.until(is_judged, 2 * PASS_S)


@in_virtual_time
async def test_as_the_originals_did_the_open_bar_is_judged(tmp_path: Path) -> None:
    """Each minute; its row is the bar's last evaluation, and nothing stands beside it."""
    plants = [{"kind": "jump", "coin": "PEPE", "at": NEXT_MS, "size": 0.05}]
    settings = replace(JUDGED, mode="original")
    async with watching(tmp_path, settings, plants=plants) as watched:
        clock = watched.bars.clock
        await clock.sleep((NEXT_MS + 10 * MINUTE_MS - clock.now_ms()) / 1000 + 5)
        board = watched.board()
        assert (board.mode, board.open_ms, board.forming) == ("original", NEXT_MS, None)
        assert watched.row("PEPE").state is State.ANOMALY
        early = (await watched.kept())[("PEPE", NEXT_MS)]
        await clock.sleep(4 * 60)
        late = (await watched.kept())[("PEPE", NEXT_MS)]
        assert early != late == watched.row("PEPE").score


@in_virtual_time
async def test_indicators_that_are_asked_for_stand_in_the_rows(tmp_path: Path) -> None:
    """Of what is judged; they are off by default."""
    pytest.importorskip("talib")
    plants = [{"kind": "jump", "coin": "PEPE", "at": NEXT_MS, "size": 0.05}]
    async with watching(tmp_path, replace(JUDGED, indicators=True), plants=plants) as watched:
        await watched.judged(NEXT_MS)
        await watched.bars.clock.until(lambda: "PEPE" in watched.anomalies(), PASS_S)
        found = watched.row("PEPE")
        assert found.indicators is not None
        assert found.kinds
        assert watched.row("CALM").indicators is None
