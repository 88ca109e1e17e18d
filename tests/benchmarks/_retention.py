"""How long removing holds up the one writer: rows by age, pages given back, the log folded in."""

import statistics
from collections.abc import Callable
from pathlib import Path

from tui_monitor.clock import MINUTE_MS, SystemClock
from tui_monitor.engine.retention import MOST_LOG_BYTES
from tui_monitor.model import (
    BAR_MS,
    CandleRow,
    Exchange,
    Market,
    SpreadKind,
    SpreadMinute,
)
from tui_monitor.store import Store, open_store
from tui_monitor.store.retention import KEPT

Say = Callable[[str, str], None]

BUDGET_S = 0.050
MINUTES = 60
COINS = 1_000
PERPS = 600
BARS = 100
_START_MS = 1_795_132_800_000


async def measure(folder: Path, say: Say) -> None:
    """Fill a file as four exchanges would, then remove all of it in slices, each one timed."""
    clock = SystemClock()
    async with open_store(folder, clock, kind="demo") as store:
        for number in range(MINUTES):
            await store.record_spreads(_minute(_START_MS + number * MINUTE_MS))
        for exchange in Exchange:
            for number in range(BARS):
                await store.record_candles(_bars(exchange, _START_MS + number * BAR_MS["15m"]))
        await store.checkpoint()
        room = await store.room()
        say("filled for removal", f"{room.total_bytes / 1e6:.0f} MB")
        for name in ("spread_minutes", "candles"):
            await _prune(store, clock, name, say)
        await _give_back(store, clock, say)
        left = (await store.room()).total_bytes
        say("file after it", f"{left / room.total_bytes:.2f} of before")


async def _prune(store: Store, clock: SystemClock, name: str, say: Say) -> None:
    times: list[float] = []
    folds: list[float] = []
    rows: list[int] = []
    for kept in (one for one in KEPT if one.name == name):
        while True:
            begun_s = clock.monotonic_s()
            removed = await store.prune(kept, 2**60)
            if not removed:
                break
            times.append(clock.monotonic_s() - begun_s)
            rows.append(removed)
            await _fold(store, clock, folds)
    _say_times("fold the log in meanwhile", folds, say)
    _say_times(f"remove {name}, at most {max(rows):,} rows a slice", times, say)


async def _give_back(store: Store, clock: SystemClock, say: Say) -> None:
    times: list[float] = []
    folds: list[float] = []
    left = 1
    while left:
        begun_s = clock.monotonic_s()
        left = await store.vacuum_step()
        times.append(clock.monotonic_s() - begun_s)
        await _fold(store, clock, folds)
    _say_times("give 200 pages back", times, say)
    _say_times("fold the log in meanwhile", folds, say)
    await store.checkpoint()


async def _fold(store: Store, clock: SystemClock, times: list[float]) -> None:
    """As the engine does it: whenever there is much of it."""
    if store.wal_bytes > MOST_LOG_BYTES:
        begun_s = clock.monotonic_s()
        await store.fold_log()
        times.append(clock.monotonic_s() - begun_s)


def _say_times(what: str, times: list[float], say: Say) -> None:
    if not times:
        return
    ordered = sorted(times)
    high = ordered[int(0.99 * (len(ordered) - 1))]
    say(
        what,
        f"{len(times)} times, median {statistics.median(times) * 1e3:.1f} ms, "
        f"p99 {high * 1e3:.1f} ms, longest {ordered[-1] * 1e3:.1f} ms, "
        f"{ordered[-1] / BUDGET_S:.2f} of the budget",
    )


def _minute(minute_ms: int) -> list[SpreadMinute]:
    return [
        SpreadMinute(
            minute_ms=minute_ms,
            coin=f"COIN{coin}",
            kind=kind,
            max_pct=0.25 + coin / 7_919,
            min_pct=-0.125,
            buy_exchange=Exchange.OKX,
            buy_market=Market.PERP,
            sell_exchange=Exchange.BYBIT,
            sell_market=Market.PERP,
            over_s=0.0,
            rises=0,
            samples=60,
        )
        for coin in range(COINS)
        for kind in (SpreadKind.ALL, SpreadKind.PERP_PERP, SpreadKind.SPOT_PERP)
    ]


def _bars(exchange: Exchange, open_ms: int) -> list[CandleRow]:
    return [
        CandleRow(
            exchange=exchange,
            market=Market.PERP,
            symbol=f"COIN{coin}USDT",
            coin=f"COIN{coin}",
            bar="15m",
            open_ms=open_ms,
            open=100.0 + coin / 7,
            high=103.0 + coin / 7,
            low=99.0,
            close=101.0 + coin / 7,
            volume_coins=1e6 / (coin + 3),
            turnover_usd=1e8 / (coin + 3),
        )
        for coin in range(PERPS)
    ]
