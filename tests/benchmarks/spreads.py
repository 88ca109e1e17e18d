"""Spreads of 1,000 coins on 8 markets: columns of numbers, a loop over dicts, and pandas.

Every way gives the same pairs and nets, checked before anything is timed.
"""

import importlib
import importlib.util
import statistics
import sys
from collections.abc import Callable
from math import isclose
from random import Random
from typing import Any

import numpy as np

from tui_monitor.boards.legs import SLOTS, Now
from tui_monitor.boards.legs.table import LegTable
from tui_monitor.boards.same_coin.identity import SameCoin
from tui_monitor.boards.signals.detector import SignalDetector
from tui_monitor.boards.spreads import Kind
from tui_monitor.boards.spreads.best import Best, Rules, best, look
from tui_monitor.boards.spreads.rows import Wanted, board
from tui_monitor.clock import SystemClock
from tui_monitor.config import Settings
from tui_monitor.market import MarketState
from tui_monitor.model import Funding, Instrument, Market, MarkPrice, Source, Status, Ticker

_COINS = 1_000
_NOW = Now(1_795_132_800_000, 1_000.0)
_HOUR_MS = 3_600_000
_REPEATS = 30
_VISIBLE = 60
_TICKS = 400
_SECONDS = 6


class _World:
    """The market, its table, and the rules."""

    def __init__(self) -> None:
        self.random = Random(4)
        self.market = MarketState()
        self.table = LegTable()
        self.same = SameCoin()
        self.rules = Rules.of(Settings())
        self.instruments = [
            Instrument(
                exchange=exchange,
                market=market,
                symbol=f"C{coin}USDT",
                coin=f"C{coin}",
                status=Status.LIVE,
            )
            for coin in range(_COINS)
            for exchange, market in SLOTS
        ]
        for instrument in self.instruments:
            self.tick(instrument, _NOW)
            if instrument.market is Market.PERP:
                self._fund(instrument)
        self.table.update(self.market.rows(), _NOW.s)
        self.same.judge(self.table, _NOW)

    def tick(self, instrument: Instrument, now: Now) -> None:
        """A new book and last price, near the coin's."""
        price = (int(instrument.coin[1:]) % 97 + 1) * self.random.uniform(0.998, 1.002)
        ticker = Ticker(
            instrument=instrument,
            exchange_ms=now.ms - 20,
            last=price,
            bid=price * 0.9995,
            ask=price * 1.0005,
            bid_coins=5.0,
            ask_coins=6.0,
            turnover_24h_usd=1e6,
            book_complete=True,
        )
        self.market.apply(ticker, now.ms, now.s, Source.STREAM)

    def _fund(self, instrument: Instrument) -> None:
        funding = Funding(
            instrument=instrument,
            exchange_ms=_NOW.ms,
            rate=self.random.uniform(-1e-4, 3e-4),
            interval_h=self.random.choice([1.0, 4.0, 8.0]),
            next_settlement_ms=_NOW.ms + self.random.choice([1, 4, 8]) * _HOUR_MS,
        )
        price = float(int(instrument.coin[1:]) % 97 + 1)
        mark = MarkPrice(
            instrument=instrument, exchange_ms=_NOW.ms, mark_price=price, index_price=price
        )
        for event in (funding, mark):
            self.market.apply(event, _NOW.ms, _NOW.s, Source.STREAM)

    def computed(self, now: Now = _NOW) -> Best:
        """All coins anew."""
        legs = look(self.table, self.same.barred(self.table), self.rules, now)
        return best(legs, Kind.ALL, self.rules, now)

    def as_dicts(self) -> dict[str, list[dict[str, Any]]]:
        """What a plain program would hold: a list of dicts a coin."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.market.rows():
            place = SLOTS.index((row.instrument.exchange, row.instrument.market))
            found.setdefault(row.instrument.coin, []).append(
                {
                    "slot": place,
                    "fee": self.rules.fees_pct[place],
                    "bid": row.bid,
                    "ask": row.ask,
                    "seen_s": row.book_seen_s,
                    "is_perp": row.instrument.market is Market.PERP,
                    "rate": row.rate,
                    "interval_ms": (row.interval_h or 0) * _HOUR_MS,
                    "next_ms": row.next_settlement_ms,
                }
            )
        return found


def _loop(coins: dict[str, list[dict[str, Any]]], max_age_s: float) -> list[tuple[float, float]]:
    """The plain way: net and net after funding of each coin's best pair."""
    found = []
    for legs in coins.values():
        fresh = [leg for leg in legs if _NOW.s - leg["seen_s"] <= max_age_s]
        ratio, bought, sold = 0.0, fresh[0], fresh[0]
        for buy in fresh:
            for sell in fresh:
                if buy is not sell and sell["bid"] / buy["ask"] > ratio:
                    ratio, bought, sold = sell["bid"] / buy["ask"], buy, sell
        net = (sold["bid"] - bought["ask"]) / bought["ask"] * 100
        net -= 2 * (bought["fee"] + sold["fee"])
        found.append((net, net + _settled_pct(bought, sold)))
    return found


def _settled_pct(bought: dict[str, Any], sold: dict[str, Any]) -> float:
    perps = [(leg, sign) for leg, sign in ((bought, -1), (sold, 1)) if leg["is_perp"]]
    end_ms = max((leg["next_ms"] for leg, _ in perps), default=0)
    total = 0.0
    for leg, sign in perps:
        times = (end_ms - leg["next_ms"]) // leg["interval_ms"] + 1
        total += sign * leg["rate"] * 100 * times
    return total


def _with_pandas(world: _World) -> tuple[Callable[[], Any], Any]:
    """The frame's way, of the executable spread and the net alone: one row a pair of legs."""
    pd = importlib.import_module("pandas")

    rows = [{"coin": coin, **leg} for coin, legs in world.as_dicts().items() for leg in legs]
    frame = pd.DataFrame(rows)[["coin", "slot", "fee", "bid", "ask", "seen_s"]]

    def nets() -> Any:
        fresh = frame[_NOW.s - frame.seen_s <= world.rules.max_age_s]
        pairs = fresh.merge(fresh, on="coin", suffixes=("_buy", "_sell"))
        pairs = pairs[pairs.slot_buy != pairs.slot_sell]
        pairs["pct"] = (pairs.bid_sell - pairs.ask_buy) / pairs.ask_buy * 100
        winners = pairs.loc[pairs.groupby("coin", sort=False).pct.idxmax()]
        return winners.pct - 2 * (winners.fee_buy + winners.fee_sell)

    return nets, nets()


def main() -> None:
    """Print what each way takes, median of runs taken in turn."""
    world = _World()
    dicts = world.as_dicts()
    found = world.computed()
    plain = _loop(dicts, world.rules.max_age_s)
    for number, (net, after) in enumerate(plain):
        assert isclose(net, found.net_pct[number], abs_tol=1e-9)
        assert isclose(after, found.funding.net_pct[number], abs_tol=1e-9)
    wanted = Wanted(limit=_VISIBLE)
    detector = SignalDetector(Settings().signals, 3.0)
    barred = world.same.barred(world.table)
    ways: dict[str, Callable[[], Any]] = {
        "all coins, columns": world.computed,
        "all coins, a loop over dicts (no indicative, no ages)": lambda: _loop(dicts, 3.0),
        f"the board of them, {_VISIBLE} rows": lambda: board(found, wanted, world.rules, _NOW),
        "the board of them, every row": lambda: board(found, Wanted(), world.rules, _NOW),
        "the quarantine": lambda: world.same.judge(world.table, _NOW),
        "a sample of the signals": lambda: detector.sample(world.table, barred, _later(detector)),
    }
    if importlib.util.find_spec("pandas") is None:
        sys.stdout.write("spreads: pandas: not installed, not compared\n")
    else:
        ways["all coins, pandas (nets alone)"], nets = _with_pandas(world)
        assert np.allclose(np.asarray(nets), found.net_pct)
    for name, taken_s in _medians(ways).items():
        sys.stdout.write(f"spreads: {name}: {taken_s * 1e3:.2f} ms\n")
    _ticks(world)


def _later(detector: SignalDetector) -> Now:
    """The detector's next regular time."""
    last_ms = detector.board(0).last_sample_ms or _NOW.ms
    return Now(last_ms + 2_000, _NOW.s + (last_ms + 2_000 - _NOW.ms) / 1000)


def _medians(ways: dict[str, Callable[[], Any]]) -> dict[str, float]:
    clock = SystemClock()
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(_REPEATS):
        for name, way in ways.items():
            begun_s = clock.monotonic_s()
            way()
            taken[name].append(clock.monotonic_s() - begun_s)
    return {name: statistics.median(times) for name, times in taken.items()}


def _ticks(world: _World) -> None:
    """What a tick costs at 4,000 a second: ten updates of the table, then all coins anew."""
    clock = SystemClock()
    update: list[float] = []
    compute: list[float] = []
    for number in range(10 * _SECONDS):
        now = Now(_NOW.ms + number * 100, _NOW.s + number / 10)
        cursor = world.market.revision
        for instrument in world.random.sample(world.instruments, _TICKS):
            world.tick(instrument, now)
        rows = world.market.changed_since(cursor)
        begun_s = clock.monotonic_s()
        world.table.update(rows, now.s)
        update.append(clock.monotonic_s() - begun_s)
        if number % 10 == 9:
            begun_s = clock.monotonic_s()
            world.computed(now)
            compute.append(clock.monotonic_s() - begun_s)
    into_table = statistics.median(update) / _TICKS * 1e6
    shared = statistics.median(compute) / (10 * _TICKS) * 1e6
    sys.stdout.write(
        f"spreads: a tick of 4,000 a second: {into_table:.2f} µs into the table, "
        f"{shared:.2f} µs its share of all coins anew once a second\n"
    )


if __name__ == "__main__":
    main()
