"""The originals' records of the aggregate source, each made one row of a minute.

Three shapes (amounts in 10,000 USD, people in 10,000, position in 100 million USD):

* `liquidation_1h`: `{"timestamp", "datetime", "hour_1_amount", "panic_index", "hour_24_amount",
  "total_position"}`; amounts and position have two decimals, the index four, no people;
* panic rows: `record_time`, the same amounts with all digits, `hour_24_people`, and `raw_data`, a
  JSON text with what the source said in USD and persons;
* panic rows of 2026-03: `{"timestamp" in ms, "beijing_time", "panic_index", "liquidation_data":
  {"liquidation_1h", "liquidation_24h", "liquidation_count_24h", "open_interest", "update_time"},
  "data_source"}`, all with two decimals. Without `data_source` they were estimated from prices.

Written times are UTC+8. `timestamp`, `datetime` and `record_time` are when the originals asked;
the source's own time is in `update_time` alone.

What is known to be wrong in them, and put right: amounts a hundredth of what they were (USD taken
for cents) before 2026-01-16 17:05:13; a panic index in percent from 2026-02-07 10:03 on; zeros
that stand for "the source said nothing". An index is computed anew where its parts are known.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct, field

from tui_monitor.clock import MINUTE_MS, BoardZone, epoch_ms
from tui_monitor.errors import BadInput
from tui_monitor.model import AggregateRow
from tui_monitor.store.import_times import TimeJudge
from tui_monitor.store.records import Batch, as_number

AMOUNT_USD = 1e4
PEOPLE = 1e4
POSITION_USD = 1e8
# 2026-01-16 17:05:13 and 2026-02-07 10:03 in UTC+8.
CENTS_UNTIL_MS = 1_768_554_313_000
PERCENT_FROM_MS = 1_770_429_780_000
# No index was ever near one (0.05 to 0.53 are recorded), so what is over it is no ratio.
_HIGHEST_RATIO = 1.5
# What is liquidated in a day is 1 to 4 % of the position; a hundredth of that is the known fault.
_LEAST_DAY_SHARE = 1e-3
# The originals' own limits; beyond them is what they put in where the source failed.
_MOST_PEOPLE = 1e6
_MOST_POSITION_USD = 2e10
_ROUNDING = 0.0051
_NESTED = "liquidation_data"

HUNDREDTH_BY_RAW = "amounts were a hundredth of the raw USD; the raw USD is taken"
HUNDREDTH_BY_TIME = "amounts from before 2026-01-16 17:05:13 were a hundredth; multiplied by 100"
IN_PERCENT = "panic_index was in percent; divided by 100"
ZEROS = "0 stands for unknown: "


class _Told(Struct, kw_only=True):
    """A record in USD and persons, before it is judged; zeros are None, named in `zeros`."""

    received_ms: int
    source_ms: int | None = None
    usd_1h: float | None
    usd_24h: float | None
    people_24h: float | None
    position_usd: float | None
    panic_index: float | None
    zeros: list[str]
    corrections: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    index_rounding: float = 1e-9


def is_aggregate(document: Any) -> bool:
    """Whether a line is one of the three shapes."""
    return isinstance(document, dict) and ("hour_1_amount" in document or _NESTED in document)


class AggregateLines:
    """Makes rows of records, with a remark for everything that is not as it should be."""

    def __init__(self, now_ms: int) -> None:
        self._judge = TimeJudge(BoardZone(), now_ms)
        self._line_of_minute: dict[int, int] = {}

    def add(self, line: int, document: Mapping[str, Any], batch: Batch) -> None:
        """Put a record's row into the batch, or why there is none."""
        try:
            told = self._read(document)
            _check(told)
        except BadInput as error:
            batch.refused.append((line, error.message))
            return
        index = _index(told)
        if told.zeros:
            told.corrections.append(f"{ZEROS}{' '.join(told.zeros)}")
        minute_ms = told.received_ms - told.received_ms % MINUTE_MS
        first = self._line_of_minute.setdefault(minute_ms, line)
        if first != line:
            told.doubts.append(f"a second record for the minute of line {first}; a minute has one")
        batch.corrected += [(line, text) for text in told.corrections]
        batch.doubtful += [(line, text) for text in told.doubts]
        batch.taken += 1
        batch.aggregates.append(_row(told, index, minute_ms))

    def _read(self, document: Mapping[str, Any]) -> _Told:
        if _NESTED in document:
            return self._nested(document)
        if "record_time" in document:
            return self._panic(document)
        return self._hourly(document)

    def _hourly(self, document: Mapping[str, Any]) -> _Told:
        told = self._plain(document, "datetime", people_key=None)
        told.index_rounding = _ROUNDING
        _multiply_hundredths(told)
        return told

    def _panic(self, document: Mapping[str, Any]) -> _Told:
        told = self._plain(document, "record_time", people_key="hour_24_people")
        raw = _raw(document.get("raw_data"))
        if raw is None:
            _multiply_hundredths(told)
        else:
            _take_raw(told, raw)
        return told

    def _plain(self, document: Mapping[str, Any], time_key: str, people_key: str | None) -> _Told:
        taken = _Taker(document)
        return self._timed(
            document,
            time_key,
            _Told(
                received_ms=0,
                usd_1h=taken.amount("hour_1_amount", AMOUNT_USD),
                usd_24h=taken.amount("hour_24_amount", AMOUNT_USD),
                people_24h=None if people_key is None else taken.amount(people_key, PEOPLE),
                position_usd=taken.amount("total_position", POSITION_USD),
                panic_index=as_number(document.get("panic_index")),
                zeros=taken.zeros,
            ),
        )

    def _nested(self, document: Mapping[str, Any]) -> _Told:
        inner = document[_NESTED]
        if not isinstance(inner, dict):
            raise BadInput(f"{_NESTED} is no record")
        if not document.get("data_source"):
            raise BadInput("no data_source: such records were estimated from prices, not measured")
        taken = _Taker(inner)
        told = self._timed(
            document,
            "beijing_time",
            _Told(
                received_ms=0,
                usd_1h=taken.amount("liquidation_1h", AMOUNT_USD),
                usd_24h=taken.amount("liquidation_24h", AMOUNT_USD),
                people_24h=taken.amount("liquidation_count_24h", PEOPLE),
                position_usd=taken.amount("open_interest", POSITION_USD),
                panic_index=as_number(document.get("panic_index")),
                zeros=taken.zeros,
                index_rounding=_ROUNDING,
            ),
        )
        told.source_ms = self._source_ms(inner.get("update_time"))
        return told

    def _timed(self, document: Mapping[str, Any], key: str, told: _Told) -> _Told:
        text, stamp = document.get(key), document.get("timestamp")
        judged = self._judge.judge(
            self._judge.label_ms(text) if isinstance(text, str) else None, _stamp_ms(stamp)
        )
        told.received_ms = judged.observed_ms
        if judged.remark:
            told.doubts.append(judged.remark)
        return told

    def _source_ms(self, value: Any) -> int | None:
        """The source's own time; None where it is none that could be."""
        try:
            ms = self._judge.label_ms(value) if isinstance(value, str) else _stamp_ms(value)
        except BadInput:
            return None
        return ms if ms is not None and self._judge.is_possible(ms) else None


class _Taker:
    """Takes numbers out of a record; a zero is None and noted."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self.zeros: list[str] = []

    def amount(self, key: str, unit: float) -> float | None:
        """A number in single USD or persons, a whole one where it was a whole one."""
        value = as_number(self._document.get(key))
        if value is None:
            if self._document.get(key) is not None:
                raise BadInput(f"{key} is no number")
            return None
        if value < 0:
            raise BadInput(f"{key} is negative")
        if value == 0:
            self.zeros.append(key)
            return None
        return round(value * unit, 6)


def _raw(text: Any) -> Mapping[str, Any] | None:
    """What the source said, flat; None where the record does not have it."""
    if not isinstance(text, str) or not text:
        return None
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadInput("raw_data is not JSON, or cut off") from error
    blast = raw.get("blast_24h") if isinstance(raw, dict) else None
    if not isinstance(blast, dict):
        raise BadInput("raw_data without blast_24h")
    return {**raw, **blast}


def _take_raw(told: _Told, raw: Mapping[str, Any]) -> None:
    """The raw USD instead of the record's amounts, which are only compared with it."""
    taken = _Exact(raw)
    usd_1h, usd_24h = taken.amount("hour_1_amount", 1), taken.amount("hour_24_amount", 1)
    shares = [
        stored / true
        for stored, true in ((told.usd_1h, usd_1h), (told.usd_24h, usd_24h))
        if stored is not None and true is not None
    ]
    if shares and all(_is_near(share, 0.01) for share in shares):
        told.corrections.append(HUNDREDTH_BY_RAW)
    elif not all(_is_near(share, 1) for share in shares):
        told.doubts.append("amounts are not the raw USD's; the raw USD is taken")
    told.usd_1h, told.usd_24h = usd_1h, usd_24h
    told.people_24h = taken.amount("hour_24_people", 1)
    told.position_usd = taken.amount("total_position", 1)
    told.zeros = taken.zeros


class _Exact(_Taker):
    """The same without rounding: the source's own digits."""

    def amount(self, key: str, unit: float) -> float | None:
        value = super().amount(key, unit)
        return None if value is None else float(self._document[key])


def _is_near(share: float, expected: float) -> bool:
    return abs(share / expected - 1) < 1e-3


def _multiply_hundredths(told: _Told) -> None:
    """Without raw USD the fault shows in the share of the position that a day is."""
    if told.received_ms >= CENTS_UNTIL_MS or told.usd_24h is None:
        return
    if told.position_usd is None:
        told.usd_1h = told.usd_24h = None
        told.doubts.append("without a position nobody can tell the unit of the amounts; unknown")
    elif told.usd_24h / told.position_usd < _LEAST_DAY_SHARE:
        told.usd_1h = None if told.usd_1h is None else round(told.usd_1h * 100, 6)
        told.usd_24h = round(told.usd_24h * 100, 6)
        told.corrections.append(HUNDREDTH_BY_TIME)


def _check(told: _Told) -> None:
    """BadInput for what nobody can have measured."""
    if told.people_24h is not None and told.people_24h > _MOST_PEOPLE:
        raise BadInput("more than a million people in a day")
    if told.position_usd is not None and told.position_usd > _MOST_POSITION_USD:
        raise BadInput("a position over 20 billion USD: what stood in for an unknown one")


def _index(told: _Told) -> float | None:
    """From its parts where they are known, else the record's, as a ratio; None without a position.

    The record's is compared, as finely as it was rounded.
    """
    if told.panic_index == 0:
        told.panic_index = None
        told.zeros.append("panic_index")
    if told.position_usd is None:
        return None
    stored = _ratio(told)
    if told.people_24h is None:
        return stored
    index = (told.people_24h / PEOPLE) / (told.position_usd / POSITION_USD)
    if stored is not None and abs(stored - index) > told.index_rounding:
        told.doubts.append("panic_index is not what people and position give; computed anew")
    return index


def _ratio(told: _Told) -> float | None:
    stored = told.panic_index
    if stored is None or stored <= _HIGHEST_RATIO:
        return stored
    if told.received_ms >= PERCENT_FROM_MS:
        told.corrections.append(IN_PERCENT)
        told.index_rounding = max(told.index_rounding / 100, 1e-9)
        return stored / 100
    told.doubts.append(f"panic_index {stored:g} is no ratio; unknown")
    return None


def _row(told: _Told, index: float | None, minute_ms: int) -> AggregateRow:
    hundredth = HUNDREDTH_BY_RAW in told.corrections or HUNDREDTH_BY_TIME in told.corrections
    return AggregateRow(
        minute_ms=minute_ms,
        source_ms=told.source_ms,
        received_ms=told.received_ms,
        usd_1h=told.usd_1h,
        usd_24h=told.usd_24h,
        people_24h=told.people_24h,
        position_usd=told.position_usd,
        panic_index=index,
        imported=True,
        corrected=hundredth,
    )


def _stamp_ms(value: Any) -> int | None:
    number = as_number(value)
    if number is None or not abs(number) < 1e17:
        return None
    return epoch_ms(round(number))
