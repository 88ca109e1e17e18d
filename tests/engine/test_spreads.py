"""Spreads, signals and the quarantine over the whole simulated market, in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.engines import ASKS_LITTLE
from tests.support.sim import SAMPLE
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor import config
from tui_monitor.boards.legs import Leg
from tui_monitor.boards.same_coin import Doubt
from tui_monitor.boards.signals import Ending
from tui_monitor.boards.signals.runs import key_of
from tui_monitor.boards.spreads import Filter, Kind, SpreadRow, SpreadsBoard
from tui_monitor.clock import MINUTE_MS
from tui_monitor.engine import Engine, opened_engine
from tui_monitor.model import Exchange, Market, SpreadKind
from tui_monitor.simulator import Simulator
from tui_monitor.source.local import LocalSource
from tui_monitor.store import open_reader

HOUR_MS = 3_600_000
# What the exchanges take of a fill, in %: perpetuals and spot.
FEES_PCT = {
    Exchange.BINANCE: (0.05, 0.1),
    Exchange.OKX: (0.05, 0.1),
    Exchange.BYBIT: (0.055, 0.1),
    Exchange.BITGET: (0.06, 0.1),
}
# Tickers that mean another token where the simulator lists them.
PLANTED = {
    (Exchange.BINANCE, Market.SPOT, "ACTUSDT"),
    (Exchange.BITGET, Market.PERP, "ACTUSDT"),
    (Exchange.BITGET, Market.SPOT, "ACTUSDT"),
    (Exchange.BINANCE, Market.PERP, "LAYERUSDT"),
    (Exchange.BINANCE, Market.SPOT, "LAYERUSDT"),
    (Exchange.BYBIT, Market.PERP, "MEUSDT"),
    (Exchange.BYBIT, Market.SPOT, "MEUSDT"),
    (Exchange.BITGET, Market.PERP, "WUSDT"),
    (Exchange.BITGET, Market.SPOT, "WUSDT"),
}
# Coins of every exchange and market, those of the planted tickers, and doubtful multiples.
COINS = (
    *SAMPLE,
    "ACT",
    "LAYER",
    "ME",
    "W",
    "BONK",
    "FLOKI",
    "ADA",
    "AVAX",
    "DOT",
    "SUI",
    "UNI",
    "BCH",
    "NEAR",
    "AAVE",
    "FIL",
    "ARB",
    "OP",
    "APT",
    "ETC",
    "WLD",
)
# The planted tickers, and some coins of every exchange beside them.
PLANTED_AND_SOME = (*SAMPLE[:8], "ACT", "LAYER", "ME", "W")
SPREADS_ONLY = {"sum_curve.coins": ["BTC"], "sum_curve.min_coins": 1, "sum_curve.fill_days": 0}
_Place = tuple[Exchange, Market]


class Watched(NamedTuple):
    """A running engine over the simulator, all of it live."""

    engine: Engine
    source: LocalSource
    sim: Simulator
    clock: VirtualClock

    async def board(self, kind: Kind = Kind.ALL) -> SpreadsBoard:
        return await self.source.spreads_board(kind, Filter.ALL)

    def truth(self, leg: Leg, group: str) -> dict[str, Any] | None:
        """What the market really was at the time of a group of a leg's values."""
        row = self.engine.market.row((leg.exchange, leg.market, leg.symbol))
        stamp = getattr(row, group)
        if stamp is None or stamp.exchange_ms is None:
            return None
        exchange = self.sim.exchanges[leg.exchange.value]
        return exchange.truth(leg.market.value, leg.symbol, stamp.exchange_ms)


@asynccontextmanager
async def watched(
    folder: Path,
    clock: VirtualClock | None = None,
    *,
    rate: float = 0.5,
    coins: Collection[str] = COINS,
    after_s: float = 10.0,
) -> AsyncIterator[Watched]:
    """Four exchanges with these coins (none: all there are), so long after the start."""
    clock = clock or VirtualClock()
    async with Simulator(seed=1, clock=clock, rate=rate, coins=coins).running() as sim:
        flags = config.with_simulator(sim.url) | ASKS_LITTLE | SPREADS_ONLY
        settings = config.load(Path("/dev/null"), {}, flags).settings
        opened = opened_engine(settings, folder, clock, kind="simulator", info={})
        async with opened as (engine, _), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(engine.run())
            await clock.sleep(after_s)
            yield Watched(engine, LocalSource(engine, folder / "exports"), sim, clock)
            running.cancel()


class Book(NamedTuple):
    """One leg as the simulator tells it."""

    bid: float
    ask: float


def books_of(it: Watched, legs: Iterable[Leg]) -> dict[_Place, Book]:
    """The books that can rank; where a feed tells no time of them, what it said."""
    found = {}
    for leg in legs:
        if leg.stale or (leg.exchange, leg.market, leg.symbol) in PLANTED:
            continue
        told = it.truth(leg, "book") or {"bid": leg.bid, "ask": leg.ask}
        if told["bid"] and told["ask"]:
            found[leg.exchange, leg.market] = Book(told["bid"], told["ask"])
    return found


def best_pct(books: dict[_Place, Book]) -> float:
    return max(
        (books[sell].bid - books[buy].ask) / books[buy].ask * 100
        for buy, sell in permutations(books, 2)
    )


def fee_pct(exchange: Exchange, market: Market) -> float:
    return FEES_PCT[exchange][market is Market.SPOT]


def funding_pct(it: Watched, row: SpreadRow, legs: list[Leg], now_ms: int) -> float | None:
    """What both legs settle until each has settled, added up one settlement at a time."""
    sides = []
    for exchange, market, sign in (
        (row.buy_exchange, row.buy_market, -1),
        (row.sell_exchange, row.sell_market, 1),
    ):
        if market is Market.PERP:
            leg = next(one for one in legs if (one.exchange, one.market) == (exchange, market))
            told = it.truth(leg, "funding")
            if told is None:
                return None
            sides.append((told, sign))
    end_ms = max((told["next_settlement_ms"] for told, _ in sides), default=now_ms)
    total = 0.0
    for told, sign in sides:
        at_ms = told["next_settlement_ms"]
        while at_ms <= end_ms:
            total += sign * told["funding_rate"] * 100
            at_ms += told["funding_interval_h"] * HOUR_MS
    return total


def held_by(board: SpreadsBoard) -> set[tuple[Exchange, Market, str]]:
    """What is in quarantine."""
    return {(one.exchange, one.market, one.symbol) for one in board.quarantine}


async def assert_held(it: Watched) -> None:
    """Look-alikes of another price are in it; twins of another multiplier are not, and rank."""
    board = await it.board()
    assert held_by(board) == PLANTED
    assert {one.doubt for one in board.quarantine} == {Doubt.ANOTHER_COIN}
    ranked = {
        (exchange, market, symbol)
        for row in board.rows
        for exchange, market, symbol in (
            (row.buy_exchange, row.buy_market, row.buy_symbol),
            (row.sell_exchange, row.sell_market, row.sell_symbol),
        )
    }
    assert not ranked & PLANTED
    multiplied = {
        row.instrument.coin
        for row in it.engine.market.rows()
        if row.instrument.multiplier != 1 and row.instrument.market is Market.PERP
    }
    plain = {row.coin for row in board.rows if row.ranked}
    assert {"PEPE", "BONK", "FLOKI"} <= multiplied & plain
    told = [line.text for line in it.source.events() if line.area == "quarantine"]
    assert any("ACT" in text for text in told)


@in_virtual_time
async def test_every_number_is_what_the_market_was_and_only_the_planted_are_held(
    tmp_path: Path,
) -> None:
    """Executable, net and funding of every coin, recomputed from the simulator's own quotes; in
    quarantine is what is another coin.
    """
    async with watched(tmp_path, coins=()) as it:
        await assert_held(it)
        compared = funded = 0
        for kind in (Kind.ALL, Kind.PERP_PERP):
            board = await it.board(kind)
            assert board.ranked > 50
            assert held_by(board) == PLANTED
            for row in board.rows:
                legs = it.engine.spreads.legs(row.coin)
                if kind is Kind.PERP_PERP:
                    legs = [leg for leg in legs if leg.market is Market.PERP]
                books = books_of(it, legs)
                if not row.ranked:
                    assert len(books) < 2
                    continue
                assert row.executable_pct == pytest.approx(best_pct(books), abs=1e-9), row.coin
                fees = 2 * (
                    fee_pct(row.buy_exchange, row.buy_market)
                    + fee_pct(row.sell_exchange, row.sell_market)
                )
                assert row.net_pct == pytest.approx(row.executable_pct - fees, abs=1e-9)
                paid = funding_pct(it, row, legs, board.now_ms)
                if paid is not None and row.net_funding_pct is not None:
                    assert row.net_funding_pct == pytest.approx(row.net_pct + paid, abs=1e-9)
                    funded += 1
                compared += 1
        assert compared > 150
        assert funded > 100


@in_virtual_time
async def test_from_the_first_board_on_nothing_that_is_planted_ranks(tmp_path: Path) -> None:
    """Looked at twenty times a second from the start on: who is not judged yet ranks nowhere, and
    what funding and open interest are told of is the same.
    """
    async with watched(tmp_path, after_s=0.0) as it:
        ranked = 0
        for _ in range(50):
            await it.clock.sleep(0.05)
            board = await it.board()
            rows = [row for row in board.rows if row.ranked]
            pairs = {(row.buy_exchange, row.buy_market, row.buy_symbol) for row in rows}
            pairs |= {(row.sell_exchange, row.sell_market, row.sell_symbol) for row in rows}
            assert not pairs & PLANTED
            assert all(abs(row.executable_pct or 0) < 20 for row in rows)
            ranked = max(ranked, len(rows))
            for coin in {coin for _, _, coin in PLANTED}:
                assert_no_two_prices(it, coin.removesuffix("USDT"))
        assert ranked > 20
        assert held_by(await it.board()) == PLANTED
        assert not (await it.source.signals_board()).signals


def assert_no_two_prices(it: Watched, coin: str) -> None:
    """Of a coin that two prices are told of, somebody is suspected."""
    if coin not in it.engine.spreads.coins():
        return
    legs = it.engine.spreads.legs(coin)
    trusted = [leg.last for leg in legs if leg.last is not None and not leg.suspicion]
    assert not trusted or max(trusted) < min(trusted) * 1.2
    told = it.engine.spreads.suspicions()
    assert all(
        ((leg.exchange, leg.market, leg.symbol) in told) == bool(leg.suspicion) for leg in legs
    )


def ranks(board: SpreadsBoard, exchange: Exchange) -> int:
    """How many ranked pairs have a leg there."""
    return sum(
        exchange in (row.buy_exchange, row.sell_exchange) for row in board.rows if row.ranked
    )


@in_virtual_time
async def test_a_frozen_exchange_leaves_within_three_seconds_and_comes_back(tmp_path: Path) -> None:
    """Silent streams and dead REST: none of its legs ranks or makes a signal until it is back."""
    async with watched(tmp_path) as it:
        assert ranks(await it.board(), Exchange.OKX) > 10
        spreads = it.engine.spreads
        legs = [leg for coin in spreads.coins() for leg in spreads.legs(coin)]
        # A coin of which nothing was heard for a while is quiet, not silent: REST confirms it.
        stale = [leg for leg in legs if leg.stale and leg.age_ms is not None]
        assert len(legs) > 300
        assert stale == []
        it.sim.fault(exchange="okx", kind="silence", seconds=14)
        it.sim.fault(exchange="okx", kind="http_500", seconds=14)
        frozen_ms = it.clock.now_ms()
        await it.clock.sleep(3.1)
        for _ in range(10):
            board = await it.board()
            assert ranks(board, Exchange.OKX) == 0
            assert board.ranked > 30
            await it.clock.sleep(1)
        for leg in it.engine.spreads.prices("BTC")[0].legs:
            assert leg.stale is (leg.exchange is Exchange.OKX)
        page = await it.source.coin_page("BTC")
        (okx,) = [one for one in page.premiums if one.exchange is Exchange.OKX]
        assert (okx.premium_pct, okx.against_price, okx.basis_pct) == (None, None, None)
        signals = (await it.source.signals_board()).signals
        assert not [
            one
            for one in signals
            if one.at_ms > frozen_ms + 3_100
            and Exchange.OKX in (one.short_exchange, one.long_exchange)
        ]
        await it.clock.sleep(20)
        assert ranks(await it.board(), Exchange.OKX) > 10


@in_virtual_time
async def test_a_delisted_coin_leaves(tmp_path: Path) -> None:
    """Gone from streams and lists: its leg ranks nowhere three seconds later."""
    async with watched(tmp_path, coins=SAMPLE) as it:
        assert any(leg.exchange is Exchange.BYBIT for leg in it.engine.spreads.legs("DOGE"))
        for market in ("perp", "spot"):
            it.sim.fault(
                exchange="bybit", market=market, symbol="DOGEUSDT", kind="delist", seconds=600
            )
        await it.clock.sleep(5)
        legs = {
            leg.market: leg
            for leg in it.engine.spreads.legs("DOGE")
            if leg.exchange is Exchange.BYBIT
        }
        assert all(leg.stale for leg in legs.values())
        row = (await it.source.spreads_board(Kind.ALL, Filter.ALL, "DOGE")).rows[0]
        assert row.ranked
        assert Exchange.BYBIT not in (row.buy_exchange, row.sell_exchange)


async def assert_whole(it: Watched) -> None:
    """The coin's page has something of every part."""
    page = await it.source.coin_page("btc")
    assert page.premiums
    assert {one.exchange for one in page.premiums} == set(Exchange)
    assert (page.liquidations.live, page.interest.live) == (True, True)
    assert {one.exchange for one in page.liquidations.venues} == set(Exchange)
    assert {one.coin for one in page.liquidations.events} <= {"BTC"}
    assert bool(page.liquidations.events) is not bool(page.liquidations.reason)
    assert page.anomalies.reason.startswith("no anomaly of BTC in 24 h")


async def assert_prices_kept(it: Watched) -> None:
    """The first minute of each of the coin's legs, and nothing of what is in quarantine."""
    told = it.engine.spreads.prices("BTC")[0].legs
    found = await it.source.price_minutes("BTC", START_MS, START_MS + MINUTE_MS)
    assert {(one.exchange, one.market) for one in found} == {
        (leg.exchange, leg.market) for leg in told
    }
    for bar in found:
        assert bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high
        assert (bar.rate is not None) is (bar.market is Market.PERP)
        assert 40 <= bar.samples <= 60
        near = next(leg.last for leg in told if leg.exchange is bar.exchange)
        assert bar.close == pytest.approx(near, rel=0.01)
    assert await it.source.price_minutes("ACT", START_MS, START_MS + MINUTE_MS) == []


def since_ms(board: SpreadsBoard) -> dict[tuple[Exchange, Market, str], int]:
    """Since when each leg is in quarantine."""
    return {(one.exchange, one.market, one.symbol): one.since_ms for one in board.quarantine}


@in_virtual_time
async def test_minutes_and_signals_outlive_the_program(tmp_path: Path) -> None:
    """Written each minute and at the end, as are prices and since when legs are in quarantine; the
    next start remembers all of it.
    """
    clock = VirtualClock()
    async with watched(tmp_path, clock, rate=0.2) as it:
        await it.clock.sleep(52)
        board = await it.board()
        assert board.watched_24h_min == 1
        seen = await it.source.signals_board()
        kept = seen.signals
        assert kept
        assert {key_of(run.newest) for run in seen.runs} == set(map(key_of, kept))
        before_ms = clock.now_ms()
        held_ms = since_ms(board)
        assert held_ms.keys() == PLANTED
        assert max(held_ms.values()) < START_MS + 52_000
    async with open_reader(tmp_path) as reader:
        stored = await reader.signals(0, clock.now_ms() + 1, 100)
        assert {Ending.LOST.value} <= {one.ending for one in stored}
        assert all(one.ending is not None for one in stored)
    async with watched(tmp_path, clock, rate=0.2, coins=PLANTED_AND_SOME) as it:
        again = await it.source.signals_board()
        assert {(one.coin, one.at_ms) for one in kept} <= {
            (one.coin, one.at_ms) for one in again.signals
        }
        assert {key_of(one) for one in kept} <= {key_of(run.newest) for run in again.runs}
        lost = [one for one in again.signals if one.ending is Ending.LOST]
        assert all(one.at_ms <= before_ms and one.ended_ms is None for one in lost)
        assert (await it.board()).watched_24h_min == 2
        assert since_ms(await it.board()) == held_ms
        store, first_ms = it.engine.store, START_MS
        minutes = await store.coin_spreads("BTC", SpreadKind.ALL, first_ms, clock.now_ms())
        assert [one.minute_ms for one in minutes] == [first_ms, first_ms + MINUTE_MS]
        assert all(one.min_pct <= one.max_pct for one in minutes)
        assert 40 <= minutes[0].samples <= 60
        assert (await it.source.coin_page("btc")).minutes == minutes
        await assert_whole(it)
        await assert_prices_kept(it)
