"""Open interest beside the simulator: its changes are the planted ones, on all four exchanges."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor import config
from tui_monitor.boards.open_interest import InterestRow, OpenInterestBoard, RankedBy
from tui_monitor.clock import MINUTE_MS
from tui_monitor.engine import Engine, opened_engine
from tui_monitor.errors import BadInput
from tui_monitor.model import Exchange, InterestSource
from tui_monitor.simulator import Simulator
from tui_monitor.source.interest import StoredInterest
from tui_monitor.source.local import LocalSource
from tui_monitor.store import open_reader

HOUR_MS = 60 * MINUTE_MS
COINS = ("BTC", "ETH", "PEPE")
RECORDING = {Exchange.BINANCE, Exchange.OKX, Exchange.BYBIT}
GAINED_COINS = 7_000.0
# A minute before a mark, so that the first sample of ours is soon.
BEGIN_MS = START_MS + 4 * MINUTE_MS


class Watched(NamedTuple):
    """A running engine and its world."""

    engine: Engine
    source: LocalSource
    sim: Simulator
    clock: VirtualClock

    def truth(self, exchange: Exchange, symbol: str, ms: int) -> float:
        """The open interest that really was, in coins of one side, as it was counted then."""
        told = self.sim.exchanges[exchange.value].truth("perp", symbol, ms)
        return float(told["open_interest_coins"])

    def true_sum(self, symbols: Mapping[Exchange, str], ms: int) -> float:
        """Of some exchanges together."""
        return sum(self.truth(exchange, symbol, ms) for exchange, symbol in symbols.items())

    def filled(self) -> bool:
        """Whether all records were asked for."""
        past = [one for one in self.engine.interest.past() if not one.note]
        return all(one.asked == one.wanted > 0 for one in past)


@asynccontextmanager
async def watched(folder: Path, sim: Simulator, clock: VirtualClock) -> AsyncIterator[Watched]:
    """The perpetuals of all four."""
    asked = config.with_simulator(sim.url)
    asked |= {f"exchanges.{name.value}.markets": ["perp"] for name in Exchange}
    asked |= {"sum_curve.coins": ["BTC", "ETH"], "sum_curve.min_coins": 1}
    settings = config.load(Path("/dev/null"), {}, asked).settings
    async with (
        opened_engine(settings, folder, clock, kind="simulator", info={}) as (engine, _),
        asyncio.TaskGroup() as tasks,
    ):
        running = tasks.create_task(engine.run())
        yield Watched(engine, LocalSource(engine, folder / "exports"), sim, clock)
        running.cancel()


def row_of(board: OpenInterestBoard, coin: str) -> InterestRow:
    """A coin's row."""
    return next(row for row in board.rows if row.coin == coin)


def symbols_of(row: InterestRow, among: set[Exchange]) -> dict[Exchange, str]:
    """Of a coin's legs on some exchanges."""
    return {leg.exchange: leg.symbol for leg in row.legs if leg.exchange in among}


def assert_planted(it: Watched, btc: InterestRow) -> None:
    """Each exchange that has a record gained as many coins; Bitget has none, and it is said."""
    change = btc.change(1)
    assert set(change.exchanges) == RECORDING
    assert [(one.exchange, one.reason) for one in change.left_out] == [
        (Exchange.BITGET, "no value of 1 h ago")
    ]
    symbols = symbols_of(btc, RECORDING)
    true_then = it.true_sum(symbols, change.from_ms)
    true_now = it.true_sum(symbols, it.clock.now_ms())
    assert change.coins_then == pytest.approx(true_then, rel=1e-6)
    # Binance's is of its last round.
    assert change.coins_now == pytest.approx(true_now, rel=2e-3)
    assert change.change_coins is not None
    assert change.change_coins == pytest.approx(true_now - true_then, abs=0.02 * GAINED_COINS)
    assert change.change_coins > 2.5 * GAINED_COINS
    assert change.change_usd is not None
    assert btc.rank == 1


def assert_marked(eth: InterestRow) -> None:
    """Bybit's double is a change of method: marked, and in no change."""
    (jump,) = eth.jumps
    assert (jump.exchange, jump.at_ms) == (Exchange.BYBIT, BEGIN_MS + MINUTE_MS - 30 * MINUTE_MS)
    assert jump.factor == pytest.approx(2, rel=0.03)
    change = eth.change(1)
    assert set(change.exchanges) == RECORDING - {Exchange.BYBIT}
    assert change.change_pct is not None
    assert abs(change.change_pct) < 10
    assert any("another way of counting" in one.reason for one in change.left_out)


@in_virtual_time
async def test_the_change_is_the_planted_one_and_a_change_of_method_is_none(
    tmp_path: Path,
) -> None:
    """Bybit tells both sides, OKX contracts, Binance thousands of PEPE: all of it is coins."""
    clock = VirtualClock(BEGIN_MS)
    sim = Simulator(seed=1, clock=clock, rate=0.2, coins=COINS)
    sim.plant(kind="oi_change", coin="BTC", at=BEGIN_MS - 40 * MINUTE_MS, coins=GAINED_COINS)
    sim.plant(
        kind="oi_method", coin="ETH", at=BEGIN_MS - 30 * MINUTE_MS, size=2.0, exchange="bybit"
    )
    async with sim.running(), watched(tmp_path, sim, clock) as it:
        await clock.until(it.filled, within_s=120, every_s=1)
        await clock.sleep(60)
        board = await it.source.interest_board(1)
        assert board.live
        assert_planted(it, row_of(board, "BTC"))
        assert_marked(row_of(board, "ETH"))
        for row in board.rows:
            assert bool(row.jumps) is (row.coin == "ETH")
            assert sum(share.pct for share in row.shares) == pytest.approx(100)
            for leg in row.legs:
                told = it.truth(leg.exchange, leg.symbol, clock.now_ms())
                assert leg.coins == pytest.approx(told, rel=2e-3), leg.symbol
        await assert_asked_for(it.source)
    await assert_stored(tmp_path, clock)


async def assert_asked_for(source: LocalSource) -> None:
    """Other windows, ranks and coins, by the same source."""
    with pytest.raises(BadInput):
        await source.interest_board(2)
    by_size = await source.interest_board(24, RankedBy.SIZE)
    values = [row.usd or 0 for row in by_size.rows]
    assert values == sorted(values, reverse=True)
    history = await source.interest_history("PEPE", 0)
    assert {one.source for one in history} == set(InterestSource)
    assert {one.exchange for one in history} == set(Exchange)
    assert all(one.usd for one in history if one.source is InterestSource.OURS)
    btc = row_of(by_size, "BTC")
    assert btc.long_accounts_pct is not None
    assert {leg.exchange for leg in btc.legs if leg.long_accounts_pct} == RECORDING


async def assert_stored(folder: Path, clock: VirtualClock) -> None:
    """When the engine has gone, the newest samples stand for now."""
    async with open_reader(folder) as reader:
        board = await StoredInterest(reader, clock, config.OpenInterest()).board(1)
    assert not board.live
    assert board.reason
    assert board.sampled_ms is not None
    assert {row.coin for row in board.rows} == set(COINS)
    assert_marked(row_of(board, "ETH"))
    assert row_of(board, "BTC").rank == 1
