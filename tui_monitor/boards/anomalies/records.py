"""Anomalies as they are kept: each with its whole explanation."""

import logging

import msgspec
from msgspec import Struct

from tui_monitor.boards.anomalies import AnomaliesBoard, AnomalyRow
from tui_monitor.boards.anomalies.explanation import Explanation
from tui_monitor.model import AnomalyRecord, Exchange

_log = logging.getLogger(__name__)
_explanations = msgspec.json.Decoder(Explanation)


class StoredAnomaly(Struct, frozen=True, kw_only=True):
    """An anomaly as it was judged last. `judged_ms` is our time then."""

    judged_ms: int
    row: AnomalyRow
    explanation: Explanation


class FoundAnomalies(Struct, frozen=True, kw_only=True):
    """An answer of the store: `rows` by score, of bars of one length of some exchanges.

    `evaluated_ms` is of the newest evaluation of any of them, None where nothing was judged.
    `reason` is why there are no rows, or what the rows may lack; "" otherwise.
    """

    rows: list[StoredAnomaly]
    exchanges: list[Exchange]
    bar: str
    evaluated_ms: int | None
    reason: str


def head_name(exchange: Exchange, bar: str) -> str:
    """The name that a board without its rows is kept under."""
    return f"anomalies {exchange.value} {bar}"


def open_ms_of(head: str | None) -> int | None:
    """The bar of a kept board, by when it began; None where nothing readable is kept."""
    if head is None:
        return None
    try:
        return msgspec.json.decode(head, type=AnomaliesBoard).open_ms
    except msgspec.MsgspecError as error:
        _log.warning("what is kept of a board can't be read: %s", error)
        return None


def record_of(explanation: Explanation, judged_ms: int) -> AnomalyRecord:
    """What is written of an anomaly; ValueError if it was not judged."""
    row = explanation.row
    if row is None:
        raise ValueError(f"{explanation.symbol} was not judged")
    return AnomalyRecord(
        exchange=row.exchange,
        symbol=row.symbol,
        coin=row.coin,
        bar=explanation.bar,
        open_ms=row.open_ms,
        mode=explanation.mode,
        judged_ms=judged_ms,
        state=row.state.value,
        score=row.score,
        parts=msgspec.json.encode(explanation).decode(),
    )


def anomaly_of(record: AnomalyRecord) -> StoredAnomaly | None:
    """None where the parts are damaged: nobody could say why it is one."""
    try:
        explanation = _explanations.decode(record.parts)
    except msgspec.MsgspecError as error:
        name = f"{record.exchange} {record.symbol} of {record.open_ms}"
        _log.warning("the anomaly %s can't be read: %s", name, error)
        return None
    if explanation.row is None:
        return None
    return StoredAnomaly(judged_ms=record.judged_ms, row=explanation.row, explanation=explanation)
