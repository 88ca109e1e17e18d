"""Our own exports of liquidations and of their minutes, read back: CSV rows and JSON lines.

Both come down to the same fields under the model's names, checked here: what can't be is refused.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tui_monitor.clock import MINUTE_MS
from tui_monitor.errors import BadInput
from tui_monitor.model import Exchange, Heard, LiquidationMinute, LiquidationRow, Side
from tui_monitor.printable import printable
from tui_monitor.store import formats
from tui_monitor.store.csvs import CsvLines
from tui_monitor.store.import_times import TimeJudge
from tui_monitor.store.records import PRICE_LIMIT, SIZE_LIMIT, Batch, as_number

Fields = Mapping[str, Any]

_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z")
_NAME_LENGTH = 60
_MOST_COUNT = 1_000_000_000
_EVENT_KEYS = ("exchange_ms", "exchange", "symbol", "coin", "side", "price", "coins", "usd")
_MINUTE_KEYS = (
    *("minute_ms", "exchange", "long_usd", "short_usd", "long_count", "short_count"),
    *("largest_usd", "unsized", "capped_s", "covered_ms"),
)
_HEARD_KEYS = ("long_count", "short_count", "covered_ms")


class LiquidationLines:
    """Puts both into a batch."""

    def __init__(self, judge: TimeJudge) -> None:
        self._judge = judge

    def knows(self, document: Any) -> bool:
        """Whether a JSON line is one of the two."""
        return isinstance(document, dict) and ("covered_ms" in document or "heard" in document)

    def add(self, line: int, document: Fields, batch: Batch) -> None:
        """Read a JSON line; what can't be read is refused with the reason."""
        try:
            if "covered_ms" in document:
                self.add_minute(document, batch)
            else:
                self.add_event(document, batch)
        except BadInput as error:
            batch.refused.append((line, error.message))

    def add_event(self, fields: Fields, batch: Batch) -> None:
        """One liquidation."""
        batch.liquidations.append(
            LiquidationRow(
                exchange=_one_of(fields, "exchange", Exchange),
                symbol=_name(fields, "symbol"),
                coin=_name(fields, "coin"),
                exchange_ms=self._time(fields, "exchange_ms"),
                side=_one_of(fields, "side", Side),
                price=_positive(fields, "price"),
                coins=_positive_or_none(fields, "coins"),
                usd=_positive_or_none(fields, "usd"),
                received_ms=self._time(fields, "received_ms"),
                heard=_heard(fields),
            )
        )
        batch.taken += 1

    def add_minute(self, fields: Fields, batch: Batch) -> None:
        """One venue's minute."""
        minute_ms = self._time(fields, "minute_ms")
        if minute_ms % MINUTE_MS:
            raise BadInput("minute_ms is no minute")
        batch.liquidation_minutes.append(
            LiquidationMinute(
                minute_ms=minute_ms,
                exchange=_one_of(fields, "exchange", Exchange),
                long_usd=_sum(fields, "long_usd"),
                short_usd=_sum(fields, "short_usd"),
                long_count=_count(fields, "long_count"),
                short_count=_count(fields, "short_count"),
                largest_usd=_positive_or_none(fields, "largest_usd"),
                unsized=_count(fields, "unsized"),
                capped_s=_count(fields, "capped_s", 60),
                covered_ms=_count(fields, "covered_ms", MINUTE_MS),
            )
        )
        batch.taken += 1

    def _time(self, fields: Fields, key: str) -> int:
        value = fields.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadInput(f"{key} is not a time")
        if not self._judge.is_possible(value):
            raise BadInput(f"{key} is an impossible time")
        return value


def event_rows(lines: LiquidationLines) -> CsvLines:
    """The CSV of events."""
    keys = (*_EVENT_KEYS, "received_ms", "heard")
    return _csv("liquidations CSV", keys, lines.add_event)


def minute_rows(lines: LiquidationLines) -> CsvLines:
    """The CSV of minutes."""
    return _csv("liquidation minutes CSV", _MINUTE_KEYS, lines.add_minute)


def _csv(shape: str, keys: Sequence[str], add: Callable[[Fields, Batch], None]) -> CsvLines:
    def read(_: int, cells: list[str], batch: Batch) -> None:
        add({key: _cell(key, cell) for key, cell in zip(keys, cells, strict=True)}, batch)

    return CsvLines(shape, len(keys), read)


def _cell(key: str, cell: str) -> object:
    """A cell as JSON would have it."""
    if key in ("exchange_ms", "received_ms", "minute_ms"):
        return _utc_ms(cell)
    if key in ("exchange", "symbol", "coin", "side", "heard"):
        return formats.text_of_cell(cell)
    if key in ("long_count", "short_count", "unsized", "capped_s", "covered_ms"):
        return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 16 else cell
    return formats.number_or_none(cell)


def _utc_ms(cell: str) -> int:
    if _UTC.fullmatch(cell) is None:
        raise BadInput(f"{printable(cell, _NAME_LENGTH)!r} is not a time in UTC")
    return round(datetime.fromisoformat(cell).timestamp() * 1000)


def _one_of(fields: Fields, key: str, kinds: Any) -> Any:
    value = fields.get(key)
    if value not in [kind.value for kind in kinds]:
        raise BadInput(f"{key} is none of {' '.join(kind.value for kind in kinds)}")
    return kinds(value)


def _heard(fields: Fields) -> Heard:
    value = fields.get("heard")
    known = {kind.name.lower(): kind for kind in Heard}
    if not isinstance(value, str) or value not in known:
        raise BadInput(f"heard is none of {' '.join(known)}")
    return known[value]


def _name(fields: Fields, key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or not value or printable(value, _NAME_LENGTH) != value:
        raise BadInput(f"{key} is no name")
    return value


def _positive(fields: Fields, key: str) -> float:
    value = as_number(fields.get(key))
    if value is None or not 0 < value < (PRICE_LIMIT if key == "price" else SIZE_LIMIT):
        raise BadInput(f"{key} is no positive number")
    return value


def _positive_or_none(fields: Fields, key: str) -> float | None:
    return None if fields.get(key) is None else _positive(fields, key)


def _sum(fields: Fields, key: str) -> float:
    """None is the sum of a minute that nobody heard, and of no other."""
    if fields.get(key) is None and not any(fields.get(name) for name in _HEARD_KEYS):
        return 0.0
    value = as_number(fields.get(key))
    if value is None or not 0 <= value < SIZE_LIMIT:
        raise BadInput(f"{key} is no sum")
    return value


def _count(fields: Fields, key: str, most: int = _MOST_COUNT) -> int:
    value = fields.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise BadInput(f"{key} is no count")
    return value
