"""Explains one perpetual: how its score came to be, or why it is not on the board."""

from collections.abc import Iterable
from math import isnan

import numpy as np

from tui_monitor.boards.anomalies import MEASURES, AnomalyRow, Reason, State, Thresholds
from tui_monitor.boards.anomalies.detect import Detected
from tui_monitor.boards.anomalies.explanation import Explanation, PartExplained
from tui_monitor.boards.anomalies.measures import Measure
from tui_monitor.boards.anomalies.rows import BoardInput, rows_of
from tui_monitor.boards.anomalies.universe import Listed, Universe
from tui_monitor.printable import printable


def explain(
    name: str, detected: Detected, universe: Universe, given: BoardInput
) -> list[Explanation]:
    """Each perpetual of a coin, or the one of a symbol; empty where the exchange has none.

    `unlisted` is the sentence for that.
    """
    places = {one.key: place for place, one in enumerate(detected.bars.instruments)}
    rows = {(row.exchange, row.symbol): row for row in rows_of(detected, given)}
    found = []
    for one in universe.named(name):
        instrument = one.instrument
        place = places.get(instrument.key)
        row = rows.get((instrument.exchange, instrument.symbol)) if place is not None else None
        found.append(_explanation(one, universe, detected, place, row))
    return found


def explain_anomalies(
    detected: Detected, universe: Universe, rows: Iterable[AnomalyRow]
) -> list[Explanation]:
    """Each of the rows that is an anomaly."""
    places = {one.symbol: place for place, one in enumerate(detected.bars.instruments)}
    found = []
    for row in rows:
        if row.state is State.ANOMALY:
            place = places[row.symbol]
            instrument = detected.bars.instruments[place]
            one = universe.listed.get(instrument.key) or Listed(instrument, None, None)
            found.append(_explanation(one, universe, detected, place, row))
    return found


def unlisted(name: str, universe: Universe) -> str:
    """Why there is nothing to explain."""
    return f"{universe.exchange.value} lists no perpetual of {printable(name)}"


def _explanation(
    one: Listed, universe: Universe, detected: Detected, place: int | None, row: AnomalyRow | None
) -> Explanation:
    bars = detected.bars
    parts = [] if place is None else _parts(detected, place)
    there = [] if place is None else np.flatnonzero(~np.isnan(bars.close[place])).tolist()
    return Explanation(
        exchange=one.instrument.exchange,
        symbol=one.instrument.symbol,
        coin=one.instrument.coin,
        why=_not_watched(one, universe) if row is None else _why(row, parts),
        rank_24h=one.rank,
        top=universe.top,
        turnover_24h_usd=one.turnover_24h_usd,
        min_turnover_usd=universe.min_turnover_usd,
        mode=detected.rules.mode,
        bar=bars.bar,
        bar_ms=bars.bar_ms,
        window_bars=len(bars.open_ms),
        window_open_ms=int(bars.open_ms[0]),
        newest_bar_ms=int(bars.open_ms[there[-1]]) if there else None,
        elapsed=detected.elapsed,
        thresholds=detected.rules.thresholds,
        row=row,
        parts=parts,
    )


def _not_watched(one: Listed, universe: Universe) -> str:
    symbol = printable(one.instrument.symbol)
    return universe.why_not(one) or f"{symbol} was chosen after the last evaluation"


def _why(row: AnomalyRow, parts: list[PartExplained]) -> str:
    """One sentence; of a bar without reasons with each z and what it would have needed."""
    if row.state is State.ANOMALY:
        measures = [_beside(part) for part in parts if part.flagged]
        others = [reason.value for reason in row.reasons if reason not in MEASURES]
        return f"score {_short(row.score or 0.0)}: {', '.join([*measures, *others])}"
    if row.state is State.NORMAL:
        return f"score 0: {', '.join(_beside(part) for part in parts)}"
    return row.note


def _beside(part: PartExplained) -> str:
    """A z beside its threshold."""
    if part.z is None:
        return f"{part.measure.value}: {part.missing}"
    sign = ">=" if part.over > 0 or _reaches(part) else "<"
    text = f"{part.measure.value} z {_short(part.z)} {sign} {part.threshold:g}"
    if part.percentile is None or part.percentile_threshold is None:
        return text
    sign = ">=" if part.percentile >= part.percentile_threshold else "<"
    return f"{text}, percentile {part.percentile:.3g} {sign} {part.percentile_threshold:g}"


def _short(number: float) -> str:
    return f"{number:.3g}" if abs(number) < 999.5 else f"{number:,.0f}"


def _reaches(part: PartExplained) -> bool:
    z = part.z or 0.0
    return (abs(z) if part.both_ways else z) >= part.threshold


def _parts(detected: Detected, place: int) -> list[PartExplained]:
    found, limits = detected.measures, detected.rules.thresholds
    return [
        _part(detected, place, number, measure, *_limits(reason, limits))
        for number, (reason, measure) in enumerate(
            zip(MEASURES, (found.price, found.volume, found.volatility), strict=True)
        )
    ]


def _limits(reason: Reason, limits: Thresholds) -> tuple[float, float]:
    """Threshold and weight."""
    return (
        getattr(limits, f"{reason.value}_z"),
        getattr(limits, f"{reason.value}_weight"),
    )


def _part(
    detected: Detected, place: int, number: int, measure: Measure, threshold: float, weight: float
) -> PartExplained:
    reason = MEASURES[number]
    both_ways = reason is Reason.VOLUME and detected.rules.original
    z = _known(measure.z[place])
    percentile = _known(detected.measures.percentile[place]) if number == 0 else None
    limit = detected.rules.thresholds.price_percentile if number == 0 else None
    judged = not isnan(detected.score[place])
    return PartExplained(
        measure=reason,
        value=_known(measure.value[place]),
        mean=_known(measure.mean[place]),
        deviation=_known(measure.deviation[place]),
        n=int(measure.n[place]),
        z=z,
        threshold=threshold,
        over=max((abs(z) if both_ways else z) - threshold, 0.0) if z is not None else 0.0,
        percentile=percentile,
        percentile_threshold=limit,
        percentile_over=max((percentile or 0.0) - (limit or 0.0), 0.0),
        weight=weight,
        contribution=weight * float(detected.parts[number, place]) if judged else None,
        flagged=judged and bool(detected.flags[number, place]),
        both_ways=both_ways,
        median=_known(measure.median[place]),
        mad=_known(measure.mad[place]),
        robust_z=_known(measure.robust_z[place]),
        missing="" if z is not None else _missing(measure, place),
    )


def _missing(measure: Measure, place: int) -> str:
    if isnan(measure.value[place]):
        return "the bar has no value"
    return f"only {measure.n[place]} earlier values"


def _known(number: float) -> float | None:
    return None if isnan(number) else float(number)
