"""Open interest beside the simulator: its changes are the planted ones, on all four exchanges."""

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.simulator.clients import WITHIN_S
from tests.support.plain import PLAIN
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor import config
from tui_monitor.boards.open_interest import InterestRow, OpenInterestBoard, RankedBy
from tui_monitor.boards.open_interest.now import NOT_TOLD
from tui_monitor.clock import MINUTE_MS
from tui_monitor.engine import Engine, opened_engine
from tui_monitor.errors import BadInput
from tui_monitor.model import MARK_MS, Exchange, InterestSource, Market
from tui_monitor.simulator import Simulator
from tui_monitor.source.interest import StoredInterest
from tui_monitor.source.live_interest import SAME_FOR_S
from tui_monitor.source.local import LocalSource
from tui_monitor.source.stored import Own, StoredSource
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
    asked |= {"open_interest.window": "4h"}
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


async def assert_parts_are_no_wholes(it: Watched) -> None:
    """Whenever it is asked: who has not told yet is missed by name."""
    it.sim.fault(kind="http_500", exchange="binance", path="fapi/v1/openInterest", seconds=900)
    first = await it.source.interest_board(24, RankedBy.SIZE)
    assert first.rows or first.reason.startswith("no perpetual is known yet: waiting for")
    assert first.partial == len(first.rows)
    await it.clock.sleep(30)
    board = await it.source.interest_board(4, RankedBy.SIZE)
    assert board.partial == len(board.rows) == len(COINS)
    for row in board.rows:
        assert row.told == "3/4"
        (silent,) = row.missing
        assert (silent.exchange, silent.reason) == (Exchange.BINANCE, NOT_TOLD)
        assert {share.exchange for share in row.shares} == set(row.exchanges)
    assert [one.text for one in board.told if not one.is_whole] == ["binance 0 of 3"]
    it.sim.faults.clear()
    await it.clock.until(lambda: all_told(it), within_s=600, every_s=5)
    assert (await it.source.interest_board(1)).partial == 0


def all_told(it: Watched) -> bool:
    """Whether each perpetual has told its open interest."""
    rows = [row for row in it.engine.market.rows() if row.instrument.market is Market.PERP]
    return all(row.open_interest_coins is not None for row in rows)


async def assert_as_the_wire_says(it: Watched) -> None:
    """Beside what each exchange itself answers: both sides, contracts, thousands."""
    async with httpx.AsyncClient(
        base_url=it.sim.url, timeout=WITHIN_S, trust_env=False, verify=PLAIN
    ) as http:
        told = {
            Exchange.BYBIT: ("BTC", await bybit_coins(http)),
            Exchange.OKX: ("BTC", await okx_coins(http)),
            Exchange.BINANCE: ("PEPE", await binance_coins(http)),
        }
    for exchange, (coin, coins) in told.items():
        board = await it.source.interest_board(1, RankedBy.CHANGE, exchange)
        change = row_of(board, coin).change(1)
        assert change.exchanges == [exchange]
        then, now = coins[change.from_ms], coins[max(coins)]
        assert change.coins_then == pytest.approx(then, rel=1e-9), exchange
        assert change.change_coins == pytest.approx(now - then, abs=2e-3 * now), exchange
        if coin == "BTC":
            assert now - then == pytest.approx(GAINED_COINS, rel=0.5)


async def assert_boards_of_before_are_let_go(it: Watched) -> None:
    """Each holds a whole market."""
    old_ms = (await it.source.interest_board(24)).now_ms
    await it.clock.sleep(SAME_FOR_S)
    new_ms = (await it.source.interest_board(1)).now_ms
    kept = [one for one in gc.get_objects() if type(one) is OpenInterestBoard]
    times_ms = [one.now_ms for one in kept]
    assert new_ms in times_ms
    assert old_ms not in times_ms


async def bybit_coins(http: httpx.AsyncClient) -> dict[int, float]:
    """BTC at each mark: Bybit counts the buyer and the seller."""
    asked: dict[str, str | int] = {"category": "linear", "symbol": "BTCUSDT", "limit": 200}
    asked["intervalTime"] = "5min"
    answer = (await http.get("/bybit/v5/market/open-interest", params=asked)).json()
    rows = answer["result"]["list"]
    return {int(row["timestamp"]): float(row["openInterest"]) / 2 for row in rows}


async def okx_coins(http: httpx.AsyncClient) -> dict[int, float]:
    """BTC at each mark: OKX counts contracts of so many coins."""
    symbol = "BTC-USDT-SWAP"
    asked = {"instType": "SWAP", "instId": symbol}
    answer = (await http.get("/okx/api/v5/public/instruments", params=asked)).json()
    (size,) = (float(row["ctVal"]) for row in answer["data"] if row["instId"] == symbol)
    assert size != 1
    path = "/okx/api/v5/rubik/stat/contracts/open-interest-history"
    answer = (await http.get(path, params={"instId": symbol, "period": "5m"})).json()
    return {int(row[0]): float(row[1]) * size for row in answer["data"]}


async def binance_coins(http: httpx.AsyncClient) -> dict[int, float]:
    """PEPE at each mark: Binance counts thousands."""
    asked: dict[str, str | int] = {"symbol": "1000PEPEUSDT", "period": "5m", "limit": 100}
    path = "/binance-futures/futures/data/openInterestHist"
    rows = (await http.get(path, params=asked)).json()
    return {int(row["timestamp"]): float(row["sumOpenInterest"]) * 1000 for row in rows}


async def assert_the_store_alone_has_the_same(it: Watched, folder: Path) -> None:
    """By the user's settings, just after a mark: the same rows, whoever is asked."""
    await it.clock.sleep((MARK_MS - it.clock.now_ms() % MARK_MS) / 1000 + 2)
    live = await it.source.interest_board()
    assert live.hours == 4
    settings = it.engine.settings
    async with open_reader(folder) as reader:
        own = Own(settings.liquidations, settings.open_interest, it.engine.spreads.aliases)
        stored = await StoredSource(
            *(reader, it.engine.zone, it.clock, settings.sum_curve, folder), own=own
        ).interest_board()
    assert (stored.hours, stored.by, stored.sampled_ms) == (live.hours, live.by, live.sampled_ms)
    assert (stored.ranked, stored.partial, stored.jumped) == (live.ranked, live.partial, 1)
    assert stored.told == live.told
    assert stored.usd == pytest.approx(live.usd, rel=5e-3)
    for row, same in zip(stored.rows, live.rows, strict=True):
        assert (row.rank, row.coin, row.told) == (same.rank, same.coin, same.told)
        assert (row.jumps, row.reason, row.missing) == (same.jumps, same.reason, same.missing)
        assert row.coins == pytest.approx(same.coins, rel=2e-3)
        assert row.long_accounts_pct == pytest.approx(same.long_accounts_pct, rel=2e-3)
        for change, other in zip(row.changes, same.changes, strict=True):
            assert (change.from_ms, change.exchanges) == (other.from_ms, other.exchanges)
            assert (change.left_out, change.reason) == (other.left_out, other.reason)
            assert (change.coins_then, change.price_then) == (other.coins_then, other.price_then)
            assert change.coins_now == pytest.approx(other.coins_now, rel=2e-3)


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
        await assert_parts_are_no_wholes(it)
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
        await assert_as_the_wire_says(it)
        await assert_the_store_alone_has_the_same(it, tmp_path)
        await assert_boards_of_before_are_let_go(it)
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
