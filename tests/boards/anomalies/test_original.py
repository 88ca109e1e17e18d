"""The original's mode: the same numbers as the system that this one replaces."""

import json
from itertools import pairwise
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.boards.anomalies.judging import NOW, rules
from tests.boards.candles import bars_from, random_bars
from tui_monitor.boards.anomalies import AnomalyRow, Reason, State, original_reasons
from tui_monitor.boards.anomalies.detect import Detected, detect, detect_forming
from tui_monitor.boards.anomalies.rows import rows_of
from tui_monitor.boards.bars import Bars, Forming

COLUMNS = ("open_price", "high_price", "low_price", "close_price", "quote_volume")
SAME = {
    "price_zscore": "price_z",
    "price_percentile": "price_percentile",
    "volume_zscore": "volume_z",
    "volatility_zscore": "volatility_z",
    "price_score": "price_score",
    "volume_score": "volume_score",
    "volatility_score": "volatility_score",
    "anomaly_score": "score",
    "cur_volatility": "range_pct",
}


def opened(columns: list[np.ndarray[Any, np.dtype[np.float64]]], elapsed: float) -> Detected:
    """The last bar of each column is the open one, as the original took it."""
    closed = bars_from(tuple(column[:, :-1] for column in columns))  # type: ignore[arg-type]
    opens, high, low, close, turnover = (column[:, -1] for column in columns)
    begun_ms = closed.newest_close_ms
    forming = Forming(begun_ms, elapsed, opens, high, low, close, turnover / close, turnover)
    settings: dict[str, Any] = {"mode": "original", "min_return": 0.005, "bars": 150}
    return detect_forming(closed, forming, rules(**settings))


def originals(folder: Path) -> dict[str, Any]:
    cases: dict[str, Any] = json.loads((folder / "originals/anomaly_vectors.json").read_text())
    return cases["cases"]  # type: ignore[no-any-return]


def row_of_case(case: dict[str, Any]) -> AnomalyRow:
    columns = [np.array([[bar[name] for bar in case["klines"]]]) for name in COLUMNS]
    return rows_of(opened(columns, 0.3), NOW)[0]


def test_the_vectors_of_the_original_agree_to_the_last_digits(shared_data: Path) -> None:
    """Every number of every case within 1e-12, and the reasons as it wrote them."""
    cases = originals(shared_data)
    assert len(cases) >= 5
    for name, case in cases.items():
        row, expected = row_of_case(case), case["expected"]
        for theirs, ours in SAME.items():
            assert abs(getattr(row, ours) - expected[theirs]) < 1e-12, (name, theirs)
        assert isclose(row.return_pct or 0, expected["cur_return"] * 100, abs_tol=1e-12)
        assert original_reasons(row.reasons) == expected["anomaly_reasons"]
        assert (row.state is State.ANOMALY) is expected["is_anomaly"]
        assert row.forming


def test_our_own_mode_does_not_call_low_turnover_an_anomaly(shared_data: Path) -> None:
    """The open bar of a case with a volume z of −6.6 was one only for being young."""
    case = originals(shared_data)["low_volume_flag_partial_bar"]
    columns = [np.array([[bar[name] for bar in case["klines"]]]) for name in COLUMNS]
    found = detect(bars_from(tuple(columns)), rules(min_return=0.005))  # type: ignore[arg-type]
    row = rows_of(found, NOW)[0]
    assert row.volume_z == pytest.approx(case["expected"]["volume_zscore"], abs=1e-12)
    assert (row.state, row.score) == (State.NORMAL, 0)


def reference(bars: Bars, place: int) -> tuple[float, float, float, float, float]:
    """The original's steps as it took them, a bar at a time, on plain lists."""
    close, turnover = bars.close[place].tolist(), bars.turnover_usd[place].tolist()
    returns = [(b - a) / a for a, b in pairwise(close)]
    ranges = [
        (high - low) / end * 100
        for high, low, end in zip(
            bars.high[place].tolist(), bars.low[place].tolist(), close, strict=True
        )
    ]

    def z(value: float, history: list[float]) -> float:
        deviation = float(np.std(history))
        return float((value - np.mean(history)) / deviation) if deviation > 0 else 0.0

    sizes = [abs(one) for one in returns[:-1]]
    price, volume = z(abs(returns[-1]), sizes), z(turnover[-1], turnover[:-1])
    volatility = z(ranges[-1], ranges[:-1])
    percentile = 100 * sum(one < abs(returns[-1]) for one in sizes) / len(sizes)
    score = (
        0.4 * (max(price - 2.5, 0) + max(percentile - 92, 0) / 10)
        + 0.3 * max(abs(volume) - 2, 0)
        + 0.3 * max(volatility - 2, 0)
    )
    return price, percentile, volume, volatility, score


def test_the_original_s_steps_one_by_one_give_the_same() -> None:
    """On two hundred walks, whatever the elapsed part of the bar."""
    bars = random_bars(200, 60, seed=11)
    columns = [bars.open, bars.high, bars.low, bars.close, bars.turnover_usd]
    found = opened(columns, 0.01)
    for place in range(200):
        measures = found.measures
        ours = (measures.price.z, measures.percentile, measures.volume.z, measures.volatility.z)
        expected = reference(bars, place)
        assert [one[place] for one in ours] == pytest.approx(expected[:4], abs=1e-12, rel=1e-12)
        if abs(measures.returns[place]) >= 0.005:
            assert found.score[place] == pytest.approx(expected[4], abs=1e-12, rel=1e-12)


def test_reasons_are_joined_as_the_original_wrote_them() -> None:
    """Its own names, and 正常 for none; what it did not know is left out."""
    assert (
        original_reasons([Reason.PRICE, Reason.VOLUME, Reason.VOLATILITY]) == "价格+成交量+波动率"
    )
    assert original_reasons([Reason.VOLUME, Reason.RSI]) == "成交量"
    assert original_reasons([Reason.MACD]) == "正常"
