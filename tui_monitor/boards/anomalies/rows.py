"""Makes the anomalies board of what was detected."""

import importlib
from collections import Counter
from collections.abc import Callable, Mapping
from math import isnan
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from tui_monitor.boards.anomalies import (
    MEASURES,
    AnomaliesBoard,
    AnomalyRow,
    FormingView,
    Indicators,
    Kind,
    Reason,
    State,
)
from tui_monitor.boards.anomalies.detect import STATES, Detected
from tui_monitor.boards.anomalies.kinds import kinds_of
from tui_monitor.boards.anomalies.notes import note_of
from tui_monitor.boards.bars import Floats
from tui_monitor.errors import BadInput
from tui_monitor.market import Key

Indicate = Callable[[Floats], tuple[Indicators, list[Reason]]]
"""Closes of one perpetual, oldest first and NaN where there is none -> what they show."""


def load_indicators() -> Indicate:
    """What reads the indicators; BadInput where their library is not installed."""
    try:
        module = importlib.import_module("tui_monitor.boards.anomalies.indicators")
    except ModuleNotFoundError as error:
        raise BadInput(
            f"anomalies.indicators needs TA-Lib: {error}", "pip install 'tui-monitor[indicators]'"
        ) from error
    indicate: Indicate = module.indicate
    return indicate


class BoardInput(NamedTuple):
    """What the board is made of, besides what was detected.

    `turnover_24h_usd` is of each instrument; `no_data` is why one has no bars, where that is
    known. `indicate` comes from `load_indicators` where the indicators are asked for.
    """

    now_ms: int
    evaluated_ms: int
    turnover_24h_usd: Mapping[Key, float | None] = {}
    no_data: Mapping[Key, str] = {}
    indicate: Indicate | None = None


def board(detected: Detected, given: BoardInput, forming: Detected | None = None) -> AnomaliesBoard:
    """The board of one exchange and length of bars, with the forming bar beside the closed one."""
    bars, rules = detected.bars, detected.rules
    rows = rows_of(detected, given)
    counts = Counter(row.state for row in rows)
    # Where there is no bar at all, nothing was evaluated.
    is_evaluated = len(rows) > counts[State.NO_DATA]
    return AnomaliesBoard(
        board="anomalies",
        now_ms=given.now_ms,
        exchange=bars.exchange,
        mode=rules.mode,
        bar=bars.bar,
        bar_ms=bars.bar_ms,
        evaluated_ms=given.evaluated_ms if is_evaluated else None,
        open_ms=bars.newest_open_ms,
        close_ms=bars.newest_close_ms,
        universe=len(rows),
        window_bars=len(bars.open_ms),
        thresholds=rules.thresholds,
        counts={state: counts[state] for state in State if state is not State.NOT_WATCHED},
        rows=rows,
        forming=None if forming is None else forming_view(forming, given),
    )


def forming_view(forming: Detected, given: BoardInput) -> FormingView:
    """The bar that is not over, with all instruments."""
    return FormingView(
        evaluated_ms=given.evaluated_ms,
        open_ms=forming.bars.newest_open_ms,
        close_ms=forming.bars.newest_close_ms,
        elapsed=forming.elapsed or 0.0,
        rows=rows_of(forming, given),
    )


def rows_of(detected: Detected, given: BoardInput) -> list[AnomalyRow]:
    """All instruments: by score, then those that are not judged."""
    columns = _columns(detected)
    made = [_row(detected, given, place, columns) for place in range(len(detected.states))]
    made.sort(key=_order)
    for rank, row in enumerate(made, 1):
        if row.state is not State.ANOMALY:
            break
        made[rank - 1] = replace(row, rank=rank)
    return made


def _order(row: AnomalyRow) -> tuple[bool, float, bool, int, float, str]:
    """By score, then time, then what trades most; an anomaly before what is none."""
    return (
        row.score is None,
        -(row.score or 0.0),
        row.state is not State.ANOMALY,
        -row.open_ms,
        -(row.turnover_24h_usd or 0.0),
        row.symbol,
    )


class _Columns(NamedTuple):
    """What rows take as it is; None for NaN."""

    score: list[float | None]
    price_score: list[float | None]
    volume_score: list[float | None]
    volatility_score: list[float | None]
    return_pct: list[float | None]
    close: list[float | None]
    turnover_usd: list[float | None]
    range_pct: list[float | None]
    price_z: list[float | None]
    price_percentile: list[float | None]
    volume_z: list[float | None]
    volatility_z: list[float | None]
    price_robust_z: list[float | None]
    volume_robust_z: list[float | None]
    volatility_robust_z: list[float | None]
    n: list[int]
    flags: list[list[bool]]
    kinds: list[list[Kind]] | None


def _columns(detected: Detected) -> _Columns:
    bars, found = detected.bars, detected.measures
    price, volume, volatility = np.where(np.isnan(detected.score), np.nan, detected.parts)
    return _Columns(
        score=_known(detected.score),
        price_score=_known(price),
        volume_score=_known(volume),
        volatility_score=_known(volatility),
        return_pct=_known(found.returns * 100),
        close=_known(bars.close[:, -1]),
        turnover_usd=_known(found.volume.value),
        range_pct=_known(found.volatility.value),
        price_z=_known(found.price.z),
        price_percentile=_known(found.percentile),
        volume_z=_known(found.volume.z),
        volatility_z=_known(found.volatility.z),
        price_robust_z=_known(found.price.robust_z),
        volume_robust_z=_known(found.volume.robust_z),
        volatility_robust_z=_known(found.volatility.robust_z),
        n=np.where(found.there > 0, found.n, 0).tolist(),
        flags=detected.flags.T.tolist(),
        kinds=kinds_of(detected) if detected.rules.indicators else None,
    )


def _known(numbers: Floats) -> list[float | None]:
    return [None if isnan(number) else number for number in numbers.tolist()]


def _row(detected: Detected, given: BoardInput, place: int, columns: _Columns) -> AnomalyRow:
    bars = detected.bars
    instrument = bars.instruments[place]
    state = STATES[detected.states[place]]
    judged = state in (State.ANOMALY, State.NORMAL)
    reasons = [reason for reason, flag in zip(MEASURES, columns.flags[place], strict=True) if flag]
    indicators = None
    if judged and given.indicate is not None:
        indicators, more = given.indicate(bars.close[place])
        reasons += more
        state = State.ANOMALY if reasons else state
    return AnomalyRow(
        rank=None,
        exchange=instrument.exchange,
        symbol=instrument.symbol,
        coin=instrument.coin,
        state=state,
        note=note_of(detected, place, given.no_data.get(instrument.key, "")),
        score=columns.score[place],
        price_score=columns.price_score[place],
        volume_score=columns.volume_score[place],
        volatility_score=columns.volatility_score[place],
        return_pct=columns.return_pct[place],
        close=columns.close[place],
        turnover_usd=columns.turnover_usd[place],
        range_pct=columns.range_pct[place],
        turnover_24h_usd=given.turnover_24h_usd.get(instrument.key),
        price_z=columns.price_z[place],
        price_percentile=columns.price_percentile[place],
        volume_z=columns.volume_z[place],
        volatility_z=columns.volatility_z[place],
        price_robust_z=columns.price_robust_z[place],
        volume_robust_z=columns.volume_robust_z[place],
        volatility_robust_z=columns.volatility_robust_z[place],
        reasons=reasons if judged else [],
        kinds=columns.kinds[place] if judged and columns.kinds is not None else [],
        indicators=indicators,
        n=columns.n[place],
        open_ms=bars.newest_open_ms,
        close_ms=bars.newest_close_ms,
        forming=detected.elapsed is not None,
    )
