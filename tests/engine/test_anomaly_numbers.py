"""A running judge against the formulas worked out by hand, of bars asked of the exchange itself."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import httpx
import numpy as np
import pytest
from msgspec.structs import replace

from tests.engine.bars import BINANCE, PERP
from tests.engine.test_anomalies import JUDGED, NEXT_MS, Watched, watching
from tests.support.plain import PLAIN
from tests.support.virtual_time import in_virtual_time
from tui_monitor.boards.anomalies import AnomalyRow, Reason, State
from tui_monitor.config import Anomalies

PLANTS = (
    {"kind": "jump", "coin": "PEPE", "at": NEXT_MS, "size": 0.05},
    {"kind": "volume_burst", "coin": "SOL", "at": NEXT_MS},
    {"kind": "wide_bar", "coin": "LINK", "at": NEXT_MS},
)


class Told(NamedTuple):
    """A bar as the exchange tells it."""

    open_ms: int
    high: float
    low: float
    close: float
    turnover_usd: float


class ByHand(NamedTuple):
    """What the formulas make of the last of some bars."""

    returned: float
    price: float
    percentile: float
    volume: float
    volatility: float
    robust: tuple[float, float, float]


async def asked(watched: Watched, symbol: str) -> list[Told]:
    """The exchange's answer, the open bar last."""
    url = f"{watched.bars.sim.url}/binance-futures/fapi/v1/klines"
    async with httpx.AsyncClient(trust_env=False, verify=PLAIN) as client:
        answer = await client.get(url, params={"symbol": symbol, "interval": "15m", "limit": "200"})
    return [
        Told(int(row[0]), float(row[2]), float(row[3]), float(row[4]), float(row[7]))
        for row in answer.json()
    ]


def z(values: Sequence[float]) -> float:
    """The last against the others: from their mean, in deviations (ddof 0)."""
    deviation = float(np.std(values[:-1]))
    return (values[-1] - float(np.mean(values[:-1]))) / deviation if deviation else 0.0


def robust_z(values: Sequence[float]) -> float:
    """The last against the others: from their median, in 1.4826 × the median distance from it."""
    median = float(np.median(values[:-1]))
    distances = [abs(value - median) for value in values[:-1]]
    return (values[-1] - median) / (1.4826 * float(np.median(distances)))


def by_hand(bars: Sequence[Told]) -> ByHand:
    """Step by step, a bar at a time."""
    returns = [(after.close - before.close) / before.close for before, after in pairwise(bars)]
    sizes = [abs(one) for one in returns]
    turnovers = [one.turnover_usd for one in bars]
    ranges = [(one.high - one.low) / one.close * 100 for one in bars]
    smaller = sum(one < sizes[-1] for one in sizes[:-1])
    return ByHand(
        returned=returns[-1],
        price=z(sizes),
        percentile=100 * smaller / len(sizes[:-1]),
        volume=z(turnovers),
        volatility=z(ranges),
        robust=(robust_z(sizes), robust_z(turnovers), robust_z(ranges)),
    )


def assert_same(row: AnomalyRow, hand: ByHand, settings: Anomalies) -> None:
    """Every number, the reasons, and what becomes of the bar."""
    assert row.return_pct == pytest.approx(hand.returned * 100, rel=1e-9, abs=1e-9)
    found = (row.price_z, row.price_percentile, row.volume_z, row.volatility_z)
    expected = (hand.price, hand.percentile, hand.volume, hand.volatility)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-6), row.coin
    robust = (row.price_robust_z, row.volume_robust_z, row.volatility_robust_z)
    assert robust == pytest.approx(hand.robust, rel=1e-6, abs=1e-6), row.coin
    if abs(hand.returned) < settings.min_return:
        assert (row.state, row.score) == (State.SMALL_MOVE, None)
        return
    volume = abs(hand.volume) if settings.mode == "original" else hand.volume
    price_score = max(hand.price - 2.5, 0) + max(hand.percentile - 92, 0) / 10
    score = (
        0.4 * price_score
        + 0.3 * max(volume - settings.volume_z, 0)
        + 0.3 * max(hand.volatility - 2, 0)
    )
    assert row.score == pytest.approx(score, rel=1e-6, abs=1e-6), row.coin
    reached = {
        Reason.PRICE: hand.price >= 2.5 or hand.percentile >= 92,
        Reason.VOLUME: volume >= settings.volume_z,
        Reason.VOLATILITY: hand.volatility >= 2,
    }
    assert row.reasons == [reason for reason, is_reached in reached.items() if is_reached]
    assert (row.state is State.ANOMALY) is bool(row.reasons)


@in_virtual_time
async def test_closed_bars_have_the_numbers_that_the_exchange_s_bars_give(tmp_path: Path) -> None:
    """Plain and robust z, percentile, score and reasons of every perpetual."""
    async with watching(tmp_path, plants=PLANTS) as watched:
        await watched.judged(NEXT_MS)
        await watched.bars.clock.until(
            lambda: {"PEPE", "SOL", "LINK"} <= watched.anomalies().keys(), 120
        )
        for row in watched.board().rows:
            told = [one for one in await asked(watched, row.symbol) if one.open_ms <= NEXT_MS]
            assert_same(row, by_hand(told[-JUDGED.bars :]), JUDGED)


@in_virtual_time
async def test_as_the_originals_did_the_open_bar_has_their_numbers(tmp_path: Path) -> None:
    """Little turnover counts like much, nothing is scaled; closed bars are the exchange's own."""
    # So much less than usual is traded at the begin of a bar.
    settings = replace(JUDGED, mode="original", volume_z=1.0)
    # So steep that the first minutes move enough to be judged, when little has been traded.
    plants = [*PLANTS, {"kind": "jump", "coin": "ETH", "at": NEXT_MS, "size": 0.6}]
    async with watching(tmp_path, settings, plants=plants) as watched:
        clock = watched.bars.clock
        await clock.sleep((NEXT_MS + 30_000 - clock.now_ms()) / 1000)
        checked: list[AnomalyRow] = []
        for _ in range(13):
            before_ms = watched.evaluated_ms()
            await clock.until(lambda at=before_ms: watched.evaluated_ms() > at, 90)  # type: ignore[misc]
            board = watched.board()
            assert (board.mode, board.open_ms) == ("original", NEXT_MS)
            opened = {row.coin: bar for row in board.rows if (bar := open_bar(watched, row))}
            for row in board.rows:
                if row.coin in opened:
                    told = await asked(watched, row.symbol)
                    closed = [one for one in told if one.open_ms < NEXT_MS]
                    window = [*closed[1 - settings.bars :], opened[row.coin]]
                    assert_same(row, by_hand(window), settings)
                    checked.append(row)
        assert {"PEPE", "SOL", "ETH"} <= {row.coin for row in checked}
        little = [row for row in checked if (row.volume_z or 0.0) <= -1 and row.score is not None]
        assert little
        assert all(Reason.VOLUME in row.reasons for row in little)


def open_bar(watched: Watched, row: AnomalyRow) -> Told | None:
    """The open bar that a row was judged by; None if it has gone on since."""
    market = watched.bars.market.row((BINANCE, PERP, row.symbol))
    candle = None if market is None else market.bars.get("15m")
    if candle is None or candle.open_ms != NEXT_MS:
        return None
    if (candle.close, candle.turnover_usd) != (row.close, row.turnover_usd):
        return None
    range_pct = (candle.high - candle.low) / candle.close * 100
    if candle.turnover_usd is None or range_pct != pytest.approx(row.range_pct):
        return None
    scale = market.instrument.multiplier if market is not None else 1
    high, low, close = (price * scale for price in (candle.high, candle.low, candle.close))
    return Told(candle.open_ms, high, low, close, candle.turnover_usd)
