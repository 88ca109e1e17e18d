"""Scores the picks of one exchange."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from tui_monitor.boards.bars import Bars, Floats
from tui_monitor.boards.picks import KEPT, LeftOut, PickRow, PicksBoard
from tui_monitor.market import Key
from tui_monitor.model import Instrument

WINDOW_BARS = 16
MIN_BARS = 10
CANDIDATES = 30
MIN_TURNOVER_USD = 5_000.0
MAX_SCORE = 100.0
_ENDS = 5


class DayFigures(NamedTuple):
    """What an exchange tells of 24 hours; None is unknown."""

    change_pct: float | None
    turnover_usd: float | None


class Scores(NamedTuple):
    """What the next evaluation must know of a perpetual."""

    last: float
    highest: float


class Picked(NamedTuple):
    """The board, and the scores to give to the next evaluation as `before`."""

    board: PicksBoard
    scores: dict[Key, Scores]


class _Window(NamedTuple):
    """The bars of one candidate that are there, oldest first, and what 24 hours say of it."""

    instrument: Instrument
    first_ms: int
    high: Floats
    close: Floats
    returns: Floats
    volume_coins: Floats
    change_pct: float
    turnover_usd: float


def picks(
    bars: Bars,
    day: Mapping[Key, DayFigures],
    now_ms: int,
    before: Mapping[Key, Scores] | None = None,
) -> Picked:
    """Score the candidates, keep the first. `before` is what the last evaluation returned."""
    known = dict(before or {})
    recent = bars.tail(WINDOW_BARS)
    rows: list[PickRow] = []
    left_out: list[LeftOut] = []
    candidates = _candidates(bars, day)
    for place in candidates:
        instrument = bars.instruments[place]
        window = _window(recent, place, day[instrument.key])
        if isinstance(window, str):
            left_out.append(_left_out(instrument, window))
            continue
        row = _scored(window, known.get(instrument.key))
        known[instrument.key] = Scores(row.score, row.max_score)
        rows.append(row)
    rows.sort(key=lambda row: (-row.score, -row.turnover_24h_usd, row.symbol))
    board = PicksBoard(
        board="picks",
        now_ms=now_ms,
        exchange=bars.exchange,
        bar=bars.bar,
        evaluated_ms=now_ms,
        close_ms=bars.newest_close_ms,
        candidates=len(candidates),
        kept=KEPT,
        rows=[replace(row, rank=rank) for rank, row in enumerate(rows[:KEPT], 1)],
        left_out=left_out,
    )
    return Picked(board, known)


def _candidates(bars: Bars, day: Mapping[Key, DayFigures]) -> list[int]:
    """The places of those with most turnover."""
    turnover = {
        place: figures.turnover_usd
        for place, one in enumerate(bars.instruments)
        if (figures := day.get(one.key)) is not None and figures.turnover_usd is not None
    }
    able = [place for place, usd in turnover.items() if usd > MIN_TURNOVER_USD]
    return sorted(able, key=lambda place: -turnover[place])[:CANDIDATES]


def _window(bars: Bars, place: int, day: DayFigures) -> _Window | str:
    """What is scored, or why it can't be."""
    closes = bars.close[place]
    there = np.flatnonzero(~np.isnan(closes))
    if len(there) < MIN_BARS:
        return f"insufficient n={len(there)}"
    if np.isnan(closes[-1]):
        return "the newest bar is missing"
    if day.change_pct is None or day.turnover_usd is None:
        return "24 h change not known"
    returns = np.diff(closes) / closes[:-1]  # NaN over a hole
    return _Window(
        instrument=bars.instruments[place],
        first_ms=int(bars.open_ms[there[0]]),
        high=bars.high[place, there],
        close=closes[there],
        returns=returns[~np.isnan(returns)],
        volume_coins=bars.volume_coins[place, there],
        change_pct=day.change_pct,
        turnover_usd=day.turnover_usd,
    )


def _left_out(instrument: Instrument, reason: str) -> LeftOut:
    return LeftOut(
        exchange=instrument.exchange,
        symbol=instrument.symbol,
        coin=instrument.coin,
        reason=reason,
    )


def _scored(window: _Window, before: Scores | None) -> PickRow:
    deviation = float(np.std(window.returns)) if window.returns.size else 0.0
    growth = _growth(window.volume_coins)
    change_points = 0.3 * abs(window.change_pct)
    turnover_points = 0.25 * min(window.turnover_usd / 1e6, 100.0)
    volatility_points = 0.25 * min(1000 * deviation, 50.0)
    growth_points = 0.2 * min(100 * abs(growth), 20.0) if growth is not None else 0.0
    points = change_points + turnover_points + volatility_points + growth_points
    score = min(points, MAX_SCORE)
    start_price, current_price = float(window.close[0]), float(window.close[-1])
    return PickRow(
        rank=0,
        exchange=window.instrument.exchange,
        symbol=window.instrument.symbol,
        coin=window.instrument.coin,
        score=score,
        last_score=before.last if before is not None else None,
        max_score=max(score, before.highest) if before is not None else score,
        change_points=change_points,
        turnover_points=turnover_points,
        volatility_points=volatility_points,
        growth_points=growth_points,
        change_24h_pct=window.change_pct,
        turnover_24h_usd=window.turnover_usd,
        deviation_pct=deviation * 100,
        growth_pct=growth * 100 if growth is not None else None,
        start_ms=window.first_ms,
        start_price=start_price,
        current_price=current_price,
        max_price=float(np.max(window.high)),
        increase_pct=(current_price - start_price) / start_price * 100,
        n=len(window.close),
    )


def _growth(volume_coins: Floats) -> float | None:
    """How much more is traded in the last bars than in the first; None if it can't be told."""
    first, last = float(np.mean(volume_coins[:_ENDS])), float(np.mean(volume_coins[-_ENDS:]))
    return (last - first) / first if first > 0 and not np.isnan(last) else None
