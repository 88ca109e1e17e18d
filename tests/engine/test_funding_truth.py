"""The funding board beside what is true in the simulated market: every rate, APR and sum."""

import math
from pathlib import Path
from typing import Any

import pytest

from tests.engine.perps import HOUR_MS, AskedPerps, Rig, a_rig, asked_perps
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.boards.funding import FundingBoard, FundingCell
from tui_monitor.boards.funding.build import FundingInput, funding_board
from tui_monitor.boards.legs import Now
from tui_monitor.clock import DAY_MS
from tui_monitor.market import MarketState
from tui_monitor.model import Exchange, Instrument, Market
from tui_monitor.simulator import Simulator

# Where Binance's list of intervals is silent, nobody knows one.
UNTOLD = {(Exchange.BINANCE, f"{coin}USDT") for coin in ("XTZ", "QTUM", "ONT")}


def truth(sim: Simulator, exchange: Exchange, symbol: str, ms: int) -> dict[str, Any]:
    """The simulator's own word."""
    told: dict[str, Any] = sim.exchanges[exchange.value].truth("perp", symbol, ms)
    return told


def true_settlements(
    sim: Simulator, one: Instrument, first_ms: int, last_ms: int
) -> dict[int, float]:
    """Walked from one settlement to the next, as the simulator tells it."""
    found: dict[int, float] = {}
    at_ms = first_ms
    while True:
        told = truth(sim, one.exchange, one.symbol, at_ms)
        at_ms = told["next_settlement_ms"]
        if at_ms > last_ms:
            return found
        found[at_ms] = truth(sim, one.exchange, one.symbol, at_ms)["settled_rate"]


def assert_true(sim: Simulator, market: MarketState, cell: FundingCell, now_ms: int) -> None:
    """Rate, interval, next settlement, 8 h rate and APR."""
    row = market.row((cell.exchange, Market.PERP, cell.symbol))
    assert row is not None
    told_ms = row.funding.exchange_ms if row.funding else None
    told = truth(sim, cell.exchange, cell.symbol, told_ms or now_ms)
    rate, hours = told["funding_rate"], told["funding_interval_h"]
    assert cell.rate == pytest.approx(rate, abs=1e-16)
    assert cell.next_settlement_ms == told["next_settlement_ms"]
    if (cell.exchange, cell.symbol) in UNTOLD:
        assert (cell.interval_h, cell.rate_8h, cell.apr) == (None, None, None)
        return
    assert cell.interval_h == hours
    assert cell.rate_8h == pytest.approx(rate * 8 / hours, rel=1e-12, abs=1e-16)
    assert cell.apr == pytest.approx(rate * 24 / hours * 365, rel=1e-12, abs=1e-13)


def cells(board: FundingBoard) -> list[FundingCell]:
    """All of them."""
    return [cell for row in board.rows for cell in row.cells]


async def a_board(rig: Rig) -> FundingBoard:
    """With everything that the worker knows."""
    given = FundingInput(
        tuple(Exchange),
        paid=await rig.fundings.paid(),
        changes=rig.fundings.intervals.changes,
        past=rig.fundings.past(),
    )
    return funding_board(rig.market.rows(), given, Now(rig.clock.now_ms(), rig.clock.monotonic_s()))


@pytest.mark.parametrize("hours", [0.0, 13.01, 16.75])
@in_virtual_time
async def test_every_figure_of_every_perpetual_is_true(hours: float) -> None:
    """At any time of day, also while one settles every hour."""
    clock, market = VirtualClock(START_MS + round(hours * HOUR_MS)), MarketState()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        asked_perps(sim, market, clock) as perps,
    ):
        now = Now(clock.now_ms(), clock.monotonic_s())
        board = funding_board(market.rows(), FundingInput(tuple(Exchange)), now)
        assert len(cells(board)) > 650
        assert sum(count_of(one) for one in perps.values()) == len(cells(board)) + sum(
            len(cell.others) for cell in cells(board)
        )
        for cell in cells(board):
            assert_true(sim, market, cell, now.ms)
        for row in board.rows:
            yearly = [cell.apr for cell in row.cells if cell.apr is not None]
            assert row.ranked == (len(yearly) > 1)
            if row.ranked:
                assert row.difference_apr == pytest.approx(max(yearly) - min(yearly), rel=1e-12)


def count_of(perps: AskedPerps) -> int:
    """How many perpetuals are live."""
    return len(perps.instruments(Market.PERP))


@in_virtual_time
async def test_every_sum_equals_what_was_really_settled(tmp_path: Path) -> None:
    """Over 1, 7 and 30 days, counted and whole."""
    clock = VirtualClock(START_MS + 5 * HOUR_MS)
    async with a_rig(tmp_path, "BTC", "CHIP", "ASTER", "MUBARAK", "PEPE", clock=clock) as rig:
        await rig.clock.until(rig.done, within_s=600, every_s=10)
        board = await a_board(rig)
        found = cells(board)
        assert {cell.interval_h for cell in found} >= {1.0, 4.0, 8.0}
        for cell in found:
            (one,) = [
                one
                for one in rig.perps[cell.exchange].instruments(Market.PERP)
                if one.symbol == cell.symbol
            ]
            for paid in cell.paid:
                begin_ms = board.now_ms - paid.days * DAY_MS
                rates = true_settlements(rig.sim, one, begin_ms, board.now_ms)
                assert (paid.settlements, paid.due, paid.whole) == (len(rates), len(rates), True)
                assert paid.rate == pytest.approx(math.fsum(rates.values()), rel=1e-12, abs=1e-15)
            newest_ms = max(rates)
            assert cell.settled_ms == newest_ms
            assert cell.settled_rate == pytest.approx(rates[newest_ms], abs=1e-16)


@in_virtual_time
async def test_an_interval_that_switches_is_noticed_and_its_settlements_are_kept(
    tmp_path: Path,
) -> None:
    """From 8 h to 1 h and back, as the simulated exchange does it at 16:00 and 24:00."""
    clock = VirtualClock(START_MS + 15 * HOUR_MS + 45 * 60_000)
    async with a_rig(tmp_path, "ASTER", clock=clock, of=[Exchange.BYBIT]) as rig:
        await rig.clock.until(rig.done, within_s=600, every_s=10)
        for _ in range(9 * 4):
            await rig.clock.sleep(900)
            await rig.perps[Exchange.BYBIT].ask(rig.clock)
            (cell,) = [one for one in cells(await a_board(rig)) if one.exchange is Exchange.BYBIT]
            assert_true(rig.sim, rig.market, cell, rig.clock.now_ms())
        texts = [text for _, area, text in rig.events if "every" in text]
        assert texts == [
            "ASTERUSDT settles funding every 1 h now, it was 8 h",
            "ASTERUSDT settles funding every 8 h now, it was 1 h",
        ]
        assert (cell.interval_h, cell.interval_was_h) == (8.0, 1.0)
        (one,) = rig.perps[Exchange.BYBIT].instruments(Market.PERP)
        await rig.clock.until(rig.done, within_s=600, every_s=10)
        stored = await rig.store.settlements(START_MS + 9 * HOUR_MS, rig.clock.now_ms())
        mine = {row.settled_ms: row.rate for row in stored if row.exchange is Exchange.BYBIT}
        assert [(ms - START_MS) / HOUR_MS for ms in mine] == [*range(16, 25)]
        assert mine == true_settlements(rig.sim, one, START_MS + 9 * HOUR_MS, rig.clock.now_ms())
