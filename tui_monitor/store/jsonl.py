"""The originals' JSONL: a record a line, in the shapes that have been seen.

* `{"timestamp", "collect_time", "base_date", "coins" or "day_changes": {SYM: {"base_price",
  "current_price", "change_pct"}}, "total_change", …}` in any order of keys, timestamp in s or ms;
* one-minute records: `{"timestamp": ISO 8601, "timestamp_unix", "changes": {"BTC-USDT-SWAP":
  {"baseline_price", "current_price", "change_pct"}}, "total_change", …}`, changes with two
  decimals;
* what the aggregate source of liquidations said: see `aggregate_lines`;
* our own liquidations and their minutes: see `liquidation_lines`;
* our own series: see `series_lines`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import msgspec

from tui_monitor.clock import epoch_ms, parse_day
from tui_monitor.errors import BadInput
from tui_monitor.store.aggregate_lines import AggregateLines, is_aggregate
from tui_monitor.store.import_times import Judged, TimeJudge
from tui_monitor.store.records import Batch, Quote, Record, RecordCheck, coin_of
from tui_monitor.store.settling import slot_within_reach

_TWO_DECIMALS = 0.0051


class OwnLines(Protocol):
    """Knows lines that our own exports wrote, and reads them."""

    def knows(self, document: Any) -> bool: ...

    def add(self, line: int, document: Any, batch: Batch) -> None: ...


class JsonLines:
    """Reads JSONL records. `shape` is for the report."""

    shape = "JSONL records"

    def __init__(
        self,
        check: RecordCheck,
        judge: TimeJudge,
        aggregates: AggregateLines,
        own: Sequence[OwnLines],
    ) -> None:
        self._check = check
        self._judge = judge
        self._aggregates = aggregates
        self._own = own
        self._line_of_slot: dict[int, int] = {}

    def feed(self, line: int, text: str, batch: Batch) -> None:
        """Read one line; what can't be read is refused with the reason."""
        if not text.strip():
            return
        try:
            document = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            batch.refused.append((line, "not JSON, or cut off"))
            return
        if is_aggregate(document):
            self._aggregates.add(line, document, batch)
            return
        for own in self._own:
            if own.knows(document):
                own.add(line, document, batch)
                return
        try:
            record, judged, minutes = self._record(line, document)
        except BadInput as error:
            batch.refused.append((line, error.message))
            return
        if judged.remark:
            batch.doubtful.append((line, judged.remark))
        if not minutes:
            self._look_for_second(record, batch)
        batch.taken += self._check.add(record, batch) > 0

    def finish(self, batch: Batch) -> None:
        """Nothing is held back between lines."""

    def _record(self, line: int, document: Any) -> tuple[Record, Judged, bool]:
        if not isinstance(document, dict):
            raise BadInput("not a record")
        minutes = isinstance(document.get("changes"), dict)
        coins = document.get("changes") if minutes else _either(document, "day_changes", "coins")
        if not isinstance(coins, dict) or not coins:
            raise BadInput("unknown shape: no day_changes, coins or changes")
        judged = self._minute_time(document) if minutes else self._record_time(document)
        record = Record(
            line=line,
            observed_ms=judged.observed_ms,
            quotes=_quotes(coins, "baseline_price" if minutes else "base_price"),
            total_pct=document.get("total_change"),
            change_tolerance_pct=_TWO_DECIMALS if minutes else 1e-4,
            total_tolerance_pct=_TWO_DECIMALS * (len(coins) + 1) if minutes else None,
        )
        return record, judged, minutes

    def _record_time(self, document: Mapping[str, Any]) -> Judged:
        label = document.get("collect_time")
        stamp = document.get("timestamp")
        return self._judge.judge(
            self._judge.label_ms(label) if isinstance(label, str) else None,
            _epoch_or_none(stamp),
            base_date=_day_or_none(document.get("base_date")),
        )

    def _minute_time(self, document: Mapping[str, Any]) -> Judged:
        text = document.get("timestamp")
        return self._judge.judge(
            self._judge.label_ms(text) if isinstance(text, str) else None,
            _epoch_or_none(document.get("timestamp_unix")) if not isinstance(text, str) else None,
        )

    def _look_for_second(self, record: Record, batch: Batch) -> None:
        slot_ms = slot_within_reach(record.observed_ms)
        if slot_ms is None:
            return
        first = self._line_of_slot.setdefault(slot_ms, record.line)
        if first != record.line:
            batch.doubtful.append((record.line, f"a second record for the slot of line {first}"))


def _quotes(coins: Mapping[str, Any], base_key: str) -> dict[str, Quote]:
    quotes: dict[str, Quote] = {}
    for name, values in coins.items():
        if not isinstance(values, dict):
            quotes[coin_of(name)] = Quote(None, None, None)
            continue
        quotes[coin_of(name)] = Quote(
            values.get(base_key), values.get("current_price"), values.get("change_pct")
        )
    return quotes


def _either(document: Mapping[str, Any], first: str, second: str) -> Any:
    return document[first] if first in document else document.get(second)


def _epoch_or_none(value: Any) -> int | None:
    """Epoch seconds or milliseconds, whole or not; None where there is no number at all."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return epoch_ms(value)
    if abs(value) < 1e11:
        return round(value * 1000)
    return round(value) if abs(value) < 1e18 else None


def _day_or_none(value: Any) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return parse_day(value)
    except BadInput:
        return None
