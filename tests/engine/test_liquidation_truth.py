"""Liquidations beside the simulator, which knows each that it made and what its streams told."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from math import fsum
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests.support.engines import ASKS_LITTLE
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor import config
from tui_monitor.boards.liquidations import VenueState
from tui_monitor.clock import DAY_MS, MINUTE_MS, SECOND_MS, BoardZone
from tui_monitor.engine import Engine, opened_engine
from tui_monitor.model import (
    Exchange,
    Heard,
    LiquidationMinute,
    LiquidationRow,
    Outage,
    Side,
    Told,
)
from tui_monitor.model.liquidations import STREAMS
from tui_monitor.simulator import Simulator
from tui_monitor.source import Query
from tui_monitor.source.local import LocalSource
from tui_monitor.store import Store, open_store

COINS = ("BTC", "ETH", "SOL", "PEPE")
# A stream tells up to a second later, and what it cuts off then is of before the cut.
EDGE_MS = 1_500


class Watched(NamedTuple):
    """A running engine and its world."""

    engine: Engine
    source: LocalSource
    sim: Simulator
    clock: VirtualClock


@asynccontextmanager
async def watched(
    folder: Path, sim: Simulator, clock: VirtualClock, **flags: object
) -> AsyncIterator[Watched]:
    """The perpetuals of all four."""
    asked = config.with_simulator(sim.url) | ASKS_LITTLE
    asked |= {f"exchanges.{name.value}.markets": ["perp"] for name in Exchange} | flags
    asked |= {"sum_curve.coins": ["BTC", "ETH"], "sum_curve.min_coins": 1}
    settings = config.load(Path("/dev/null"), {}, asked).settings
    async with (
        opened_engine(settings, folder, clock, kind="simulator", info={}) as (engine, _),
        asyncio.TaskGroup() as tasks,
    ):
        running = tasks.create_task(engine.run())
        yield Watched(engine, LocalSource(engine, folder / "exports"), sim, clock)
        running.cancel()


def all_heard(engine: Engine) -> bool:
    """Whether every venue is."""
    return all(one.state is VenueState.HEARD for one in engine.liquidations.venues())


def assert_true(found: LiquidationMinute, told: Iterable[dict[str, Any]]) -> None:
    """Sums, counts, the largest and the seconds at the cap."""
    events = list(told)
    of = {side: [one["usd"] for one in events if one["side"] == side.value] for side in Side}
    assert (found.long_count, found.short_count) == (len(of[Side.LONG]), len(of[Side.SHORT]))
    assert found.long_usd == pytest.approx(fsum(of[Side.LONG]), rel=1e-12)
    assert found.short_usd == pytest.approx(fsum(of[Side.SHORT]), rel=1e-12)
    assert found.unsized == 0
    if events:
        assert found.largest_usd == pytest.approx(max(one["usd"] for one in events), rel=1e-12)


def name_of(row: LiquidationRow) -> tuple[str, int, str, float]:
    """As the simulator can tell it too; sizes are compared in the sums."""
    return (row.symbol, row.exchange_ms, row.side.value, round(row.price, 12))


def true_name(told: dict[str, Any]) -> tuple[str, int, str, float]:
    """The same of the truth."""
    return (told["symbol"], told["ts"], told["side"], round(told["price"], 12))


class Spell(NamedTuple):
    """When one run heard a venue first, and when the run ended."""

    exchange: Exchange
    since_ms: int
    until_ms: int


def silent_times(outages: Iterable[Outage], exchange: Exchange) -> list[tuple[int, int]]:
    """Begin and end of each outage of a venue; one that lasts has no end."""
    return [
        (one.begin_ms, one.end_ms if one.end_ms is not None else 2**62)
        for one in outages
        if one.exchange is exchange
    ]


def covered_ms(minute_ms: int, runs: Iterable[Spell], silences: Iterable[tuple[int, int]]) -> int:
    """Counted ms by ms: no cleverness that ours could share."""
    heard = np.zeros(MINUTE_MS, dtype=bool)
    for run in runs:
        heard[max(0, run.since_ms - minute_ms) : max(0, run.until_ms - minute_ms)] = True
    for begin_ms, end_ms in silences:
        heard[max(0, begin_ms - minute_ms) : max(0, min(MINUTE_MS, end_ms - minute_ms))] = False
    return int(heard.sum())


async def drop_all(engine: Engine, sim: Simulator, clock: VirtualClock) -> None:
    """Cut each venue's streams off until it is away: who is back at once has no outage."""
    left = set(Exchange)
    for _ in range(600):
        for name in left:
            sim.fault(kind="drop", seconds=0.2, exchange=name.value)
        await clock.sleep(0.1)
        left -= {
            one.exchange
            for one in engine.liquidations.venues()
            if one.state is not VenueState.HEARD
        }
        if not left:
            return
    raise AssertionError(f"no drop reaches {left}")


async def run_once(folder: Path, sim: Simulator, clock: VirtualClock, drops: int) -> list[Spell]:
    """A run with some forced reconnects on all four exchanges, and a whole minute after them."""
    async with watched(folder, sim, clock) as it:
        await clock.until(lambda: all_heard(it.engine), 20)
        since = {name: it.engine.liquidations.heard_since(name) for name in Exchange}
        for _ in range(drops):
            await clock.sleep(20)
            # What is dropped while it is away begins no outage of its own.
            await clock.until(lambda: all_heard(it.engine), 300)
            await drop_all(it.engine, sim, clock)
        await clock.until(lambda: all_heard(it.engine), 300)
        to_next_s = (-clock.now_ms() % MINUTE_MS) / 1_000
        await clock.sleep(to_next_s + 65 if drops else 30)
        until_ms = clock.now_ms()
    return [Spell(name, since[name] or 0, until_ms) for name in Exchange]


@pytest.mark.timeout(400)
@in_virtual_time
async def test_sums_are_what_the_streams_let_through_across_reconnects_and_a_restart(
    tmp_path: Path,
) -> None:
    """No event twice, none lost but in an outage or while we were off; heard time to the ms."""
    clock = VirtualClock()
    async with Simulator(seed=1, clock=clock, rate=0.1, coins=COINS).running() as sim:
        runs = await run_once(tmp_path, sim, clock, drops=3)
        await clock.sleep(25)
        runs += await run_once(tmp_path, sim, clock, drops=0)
        async with open_store(tmp_path, clock, kind="simulator") as store:
            it = Kept(store, sim, clock, runs)
            for exchange in Exchange:
                await it.check(exchange)
        broken = {name: told["violations"] for name, told in sim.stats().items()}
        assert not any(broken.values()), broken


class Kept(NamedTuple):
    """What is stored after all runs, and their world."""

    store: Store
    sim: Simulator
    clock: VirtualClock
    runs: list[Spell]

    async def check(self, exchange: Exchange) -> None:
        """One venue's events, minutes and heard time."""
        end_ms = self.clock.now_ms() + DAY_MS
        outages = await self.store.outages(0, end_ms)
        silences = silent_times(
            (one for one in outages if one.channel.startswith("liquidations")), exchange
        )
        runs = [run for run in self.runs if run.exchange is exchange]
        assert len(silences) >= 3
        await self._check_events(exchange, runs, silences)
        minutes = await self.store.liquidation_minutes(0, end_ms)
        ours = [one for one in minutes if one.exchange is exchange]
        told = {
            one.minute_ms: one
            for one in await self.store.liquidation_sums(ours[0].minute_ms, self.clock.now_ms())
            if one.exchange is exchange
        }
        whole = 0
        for minute in ours:
            # At a restart the heard time ends with the last write, at most a second before.
            true_ms = covered_ms(minute.minute_ms, runs, silences)
            assert minute.covered_ms == pytest.approx(true_ms, abs=1)
            sums = told.get(minute.minute_ms)
            if sums is not None:
                assert minute.long_usd == sums.long_usd
                assert minute.short_usd == sums.short_usd
                sampled = STREAMS[exchange].told is Told.SAMPLED
                assert minute.capped_s == (sums.told_s if sampled else 0)
            if self._is_whole(minute.minute_ms, runs, silences):
                whole += 1
                assert_true(minute, self._truth(exchange, minute.minute_ms, MINUTE_MS))
        assert whole >= 1

    async def _check_events(
        self, exchange: Exchange, runs: list[Spell], silences: list[tuple[int, int]]
    ) -> None:
        rows = await self.store.liquidations(
            0, self.clock.now_ms() + DAY_MS, limit=100_000, exchange=exchange
        )
        streamed = [name_of(row) for row in rows if row.heard is Heard.STREAM]
        assert len(set(streamed)) == len(streamed)
        first_ms, last_ms = runs[0].since_ms - 2 * MINUTE_MS, runs[-1].until_ms
        true = self._truth(exchange, first_ms, last_ms - first_ms)
        assert set(streamed) <= {true_name(one) for one in true}
        due = {
            true_name(one)
            for one in true
            if any(run.since_ms + EDGE_MS < one["ts"] < run.until_ms - EDGE_MS for run in runs)
            and not any(at - EDGE_MS <= one["ts"] <= end + EDGE_MS for at, end in silences)
        }
        assert due <= set(streamed)
        assert len(due) > 5

    def _truth(self, exchange: Exchange, first_ms: int, span_ms: int) -> list[dict[str, Any]]:
        last_ms = first_ms + span_ms - 1
        made = self.sim.exchanges[exchange.value].liquidations("perp", None, first_ms, last_ms)
        return [one for one in made if one["streamed"]]

    def _is_whole(self, minute_ms: int, runs: list[Spell], silences: list[tuple[int, int]]) -> bool:
        """Whether nothing of a minute can be missing."""
        end_ms = minute_ms + MINUTE_MS
        return any(
            run.since_ms + EDGE_MS < minute_ms and end_ms + EDGE_MS < run.until_ms for run in runs
        ) and not any(
            begin_ms - EDGE_MS < end_ms and minute_ms < silent_end_ms + EDGE_MS
            for begin_ms, silent_end_ms in silences
        )


@pytest.mark.timeout(400)
@in_virtual_time
async def test_a_silent_venue_is_never_zero(tmp_path: Path) -> None:
    """Minutes that nobody was heard in are no points; the board says who is silent, and since."""
    clock = VirtualClock()
    others = {f"exchanges.{name.value}.enabled": False for name in Exchange if name != "okx"}
    async with (
        Simulator(seed=1, clock=clock, rate=0.1, coins=COINS).running() as sim,
        watched(tmp_path, sim, clock, **others) as it,
    ):
        await clock.until(lambda: all_heard(it.engine), 20)
        await clock.sleep(20)
        began_ms = clock.now_ms()
        sim.fault(kind="silence", seconds=135, exchange="okx", market="perp")
        await clock.sleep(130)
        board = await it.source.liquidations_board(1, Query())
        (venue,) = board.venues
        assert venue.state is VenueState.SILENT
        assert venue.since_ms is not None
        assert began_ms - 2 * SECOND_MS <= venue.since_ms <= began_ms
        assert venue.reason
        await clock.until(lambda: all_heard(it.engine), 200)
        await clock.sleep(20)
        board = await it.source.liquidations_board(1, Query())
        # Nothing came before the end of the fault, whenever we noticed that it was over.
        ended_ms = began_ms + 135 * SECOND_MS
        inside = [
            one
            for one in board.points
            if one.at_ms >= began_ms and one.at_ms + MINUTE_MS <= ended_ms
        ]
        assert inside
        assert {(one.total_usd, one.covered) for one in inside} == {(None, 0.0)}
        partly = [one for one in board.points if 0 < one.covered < 1]
        assert partly
        assert all(one.total_usd is not None for one in partly)
        over = [one for one in board.points if one.at_ms + MINUTE_MS <= board.now_ms]
        assert board.step.points == len([one for one in over if one.total_usd is not None])
        assert board.window.is_lower_bound
        assert 0 < board.window.covered < 0.1


@in_virtual_time
async def test_contracts_that_are_not_watched_are_counted_and_left_out(tmp_path: Path) -> None:
    """Gold is streamed beside the coins: no event of it is stored, and the board says how many."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock, rate=0.1, coins=("BTC", "XAU")).running() as sim,
        watched(tmp_path, sim, clock) as it,
    ):
        await clock.until(lambda: it.engine.liquidations.left_out > 0, 600)
        await clock.sleep(5)
        board = await it.source.liquidations_board(1, Query())
        assert board.left_out == it.engine.liquidations.left_out
        rows = await it.engine.store.liquidations(0, clock.now_ms(), limit=100_000)
        assert {row.coin for row in rows} <= {"BTC"}


@in_virtual_time
async def test_a_past_day_knows_nothing_of_who_is_silent_now(tmp_path: Path) -> None:
    """The engine runs today: yesterday has neither its venues nor its indices."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock, coins=("BTC", "ETH")).running() as sim,
        watched(tmp_path, sim, clock) as it,
    ):
        await clock.until(lambda: all_heard(it.engine), 20)
        day = BoardZone().day_of(clock.now_ms() - DAY_MS)
        board = await it.source.liquidations_board(1, Query(first_day=day, last_day=day))
        assert (board.live, board.venues, board.reason) == (True, [], "nobody was heard in 24 h")
        assert board.indices.now_ms == board.end_ms
        assert (await it.source.liquidations_board(1, Query())).venues
