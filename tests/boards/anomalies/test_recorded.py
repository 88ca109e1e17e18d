"""Five days of every perpetual of an exchange: each number again by other means."""

import csv
import gzip
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import pairwise
from math import fsum, isnan, sqrt
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from tests.boards.anomalies.judging import rules
from tests.boards.candles import a_perp
from tui_monitor.boards.anomalies.detect import Detected, detect
from tui_monitor.boards.bars import Bars, bars_of
from tui_monitor.clock import utc_text
from tui_monitor.model import CandleRow, Exchange, Market

# The file is read once.
pytestmark = pytest.mark.xdist_group("recorded candles")

BAR_MS = 900_000
BARS = 480
FIRST_MS = 1_758_931_200_000  # 2025-09-27 00:00 UTC
WINDOW = 96


@pytest.fixture
def recorded(shared_data: Path) -> Bars:
    """All of it; the turnover is the volume times the typical price."""
    return _read(shared_data / "binance/um_candles15m_all_windowA.csv.gz")


@cache
def _read(file: Path) -> Bars:
    with gzip.open(file, "rt") as lines:
        reader = csv.reader(lines)
        assert next(reader) == ["symbol", "time", "open", "high", "low", "close", "volume"]
        rows = [_candle(symbol, time, *map(float, rest)) for symbol, time, *rest in reader]
    coins = sorted({row.coin for row in rows})
    newest_ms = FIRST_MS + (BARS - 1) * BAR_MS
    instruments = [a_perp(coin) for coin in coins]
    return bars_of(Exchange.BINANCE, "15m", instruments, rows, newest_open_ms=newest_ms, count=BARS)


def _candle(
    symbol: str, time: str, opens: float, high: float, low: float, close: float, volume: float
) -> CandleRow:
    return CandleRow(
        exchange=Exchange.BINANCE,
        market=Market.PERP,
        symbol=symbol,
        coin=symbol.removesuffix("USDT"),
        bar="15m",
        open_ms=_ms(time),
        open=opens,
        high=high,
        low=low,
        close=close,
        volume_coins=volume,
        turnover_usd=volume * (high + low + close) / 3,
    )


@cache
def _ms(time: str) -> int:
    return int(datetime.fromisoformat(f"{time}+00:00").timestamp() * 1000)


def evaluations(recorded: Bars, every: int) -> Iterator[Detected]:
    """As the bars close, one after the other."""
    for newest in range(16, BARS + 1, every):
        first = max(0, newest - WINDOW)
        columns = {
            name: getattr(recorded, name)[:, first:newest]
            for name in ("open", "high", "low", "close", "volume_coins", "turnover_usd")
        }
        yield detect(
            Bars(
                exchange=recorded.exchange,
                bar="15m",
                bar_ms=BAR_MS,
                instruments=recorded.instruments,
                open_ms=recorded.open_ms[first:newest],
                **columns,
            ),
            rules(),
        )


def again(values: list[float]) -> tuple[float, float]:
    """The z and the robust z of the last against the others, in exact sums of plain floats."""
    *earlier, value = values
    history = [one for one in earlier if not isnan(one)]
    mean = fsum(history) / len(history)
    deviation = sqrt(fsum((one - mean) ** 2 for one in history) / len(history))
    middle = median(history)
    mad = 1.4826 * median(abs(one - middle) for one in history)
    flat = max(history) == min(history)
    return (
        0.0 if flat else (value - mean) / deviation,
        (value - middle) / mad if mad > 0 else float("nan"),
    )


def test_every_z_of_five_days_is_found_again_by_other_means(recorded: Bars) -> None:
    """Plain and robust, of 504 perpetuals, within 1e-9."""
    assert len(recorded.instruments) > 500
    compared = 0
    for found in evaluations(recorded, every=29):
        bars, measures = found.bars, found.measures
        for place in range(len(bars.instruments)):
            close = bars.close[place].tolist()
            if isnan(close[-1]) or measures.n[place] < 16:
                continue
            high, low = bars.high[place].tolist(), bars.low[place].tolist()
            moves = [abs((end - start) / start) for start, end in pairwise(close)]
            wide = [
                (top - least) / end * 100 for top, least, end in zip(high, low, close, strict=True)
            ]
            given = (
                (moves, measures.price),
                (bars.turnover_usd[place].tolist(), measures.volume),
                (wide, measures.volatility),
            )
            for values, measure in given:
                z, robust = again(values)
                assert abs(measure.z[place] - z) <= 1e-9 * max(1.0, abs(z))
                assert robust == pytest.approx(measure.robust_z[place], rel=1e-9, nan_ok=True)
                compared += 1
    assert compared > 20_000


def test_the_ten_strongest_anomalies_of_five_days(recorded: Bars) -> None:
    """What the board would have shown first, with nothing but closed bars."""
    strongest: list[tuple[float, str, str, float]] = []
    for found in evaluations(recorded, every=1):
        begun = utc_text(found.bars.newest_open_ms)
        for place in np.flatnonzero(found.score > 40).tolist():
            moved_pct = round(float(found.measures.returns[place]) * 100, 2)
            score = round(float(found.score[place]), 2)
            strongest.append((score, found.bars.instruments[place].coin, begun, moved_pct))
    strongest.sort(reverse=True)
    assert strongest[:10] == [
        (329.11, "SUPER", "2025-09-29T08:45:00.000Z", 33.82),
        (126.69, "PUNDIX", "2025-09-27T18:45:00.000Z", 2.31),
        (108.56, "PENDLE", "2025-09-30T16:30:00.000Z", -3.74),
        (52.17, "RLC", "2025-09-28T05:30:00.000Z", 10.19),
        (51.74, "SOMI", "2025-10-01T04:15:00.000Z", 30.76),
        (49.72, "ALCH", "2025-09-28T17:00:00.000Z", -4.99),
        (48.82, "DEXE", "2025-09-29T17:00:00.000Z", 18.29),
        (46.78, "BAN", "2025-09-27T12:00:00.000Z", 12.88),
        (43.27, "FXS", "2025-09-30T07:00:00.000Z", 10.55),
        (42.41, "M", "2025-09-29T17:45:00.000Z", -7.12),
    ]
