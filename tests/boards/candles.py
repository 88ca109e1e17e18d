"""Bars for the tests of boards: random walks from a seed, and candles by hand."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tui_monitor.boards.bars import Bars, bar_ms_of
from tui_monitor.model import Candle, Exchange, Instrument, Market, Status

NEWEST_MS = 1_795_132_800_000 - 1_795_132_800_000 % 3_600_000
BAR_MS = 900_000

Floats = NDArray[np.float64]


def a_perp(coin: str, exchange: Exchange = Exchange.BINANCE) -> Instrument:
    """A live perpetual."""
    return Instrument(
        exchange=exchange,
        market=Market.PERP,
        symbol=f"{coin}USDT",
        coin=coin,
        status=Status.LIVE,
    )


def perps(count: int) -> tuple[Instrument, ...]:
    """C0, C1, …"""
    return tuple(a_perp(f"C{number}") for number in range(count))


def a_candle(
    instrument: Instrument,
    open_ms: int,
    *,
    opens: float = 100.0,
    high: float | None = None,
    low: float | None = None,
    close: float | None = None,
    turnover_usd: float | None = 1_000.0,
    bar: str = "15m",
    closed: bool | None = True,
) -> Candle:
    """One candle; high and low as narrow as they can be."""
    end = opens if close is None else close
    return Candle(
        instrument=instrument,
        bar=bar,
        open_ms=open_ms,
        open=opens,
        high=max(opens, end) if high is None else high,
        low=min(opens, end) if low is None else low,
        close=end,
        volume_coins=None if turnover_usd is None else turnover_usd / end,
        turnover_usd=turnover_usd,
        closed=closed,
    )


def random_bars(
    coins: int,
    count: int,
    *,
    seed: int = 7,
    bar: str = "15m",
    newest_ms: int = NEWEST_MS,
    instruments: Sequence[Instrument] | None = None,
) -> Bars:
    """Walks of about 0.4 % a bar with turnover that varies; every number is there."""
    random = np.random.default_rng(seed)
    steps = random.standard_t(4, (coins, count)) * 0.003
    close = random.uniform(0.01, 5_000, (coins, 1)) * np.cumprod(1 + steps, axis=1)
    open_ = np.concatenate((close[:, :1], close[:, :-1]), axis=1)
    high = np.maximum(open_, close) * (1 + random.exponential(0.001, (coins, count)))
    low = np.minimum(open_, close) * (1 - random.exponential(0.001, (coins, count)))
    turnover_usd = random.lognormal(12, 0.5, (coins, count))
    return bars_from(
        (open_, high, low, close, turnover_usd),
        bar=bar,
        newest_ms=newest_ms,
        instruments=instruments,
    )


def bars_from(
    columns: tuple[Floats, Floats, Floats, Floats, Floats],
    *,
    bar: str = "15m",
    newest_ms: int = NEWEST_MS,
    instruments: Sequence[Instrument] | None = None,
) -> Bars:
    """Bars of open, high, low, close and turnover."""
    open_, high, low, close, turnover_usd = columns
    coins, count = close.shape
    length_ms = bar_ms_of(bar)
    return Bars(
        exchange=Exchange.BINANCE,
        bar=bar,
        bar_ms=length_ms,
        instruments=perps(coins) if instruments is None else tuple(instruments),
        open_ms=newest_ms + np.arange(1 - count, 1, dtype=np.int64) * length_ms,
        open=open_,
        high=high,
        low=low,
        close=close,
        volume_coins=turnover_usd / close,
        turnover_usd=turnover_usd,
    )
