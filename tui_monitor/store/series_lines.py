"""Our own exports of bars, funding, open interest, spreads, signals and outages, read back.

CSV rows and JSON lines come down to the same fields under the model's names. What can't be is
refused; what an export reckons from other columns (USD, seconds) is left out and reckoned anew.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from tui_monitor.clock import MINUTE_MS
from tui_monitor.errors import BadInput
from tui_monitor.model import (
    BAR_MS,
    MARK_MS,
    AggregateRow,
    CandleRow,
    InterestSample,
    Outage,
    Settlement,
    SignalRecord,
    SignalSample,
    SpreadMinute,
)
from tui_monitor.printable import printable
from tui_monitor.store import formats
from tui_monitor.store.csvs import CsvLines
from tui_monitor.store.export_aggregates import AGGREGATES_HEADER
from tui_monitor.store.export_anomalies import ANOMALIES_HEADER
from tui_monitor.store.export_candles import CANDLES_HEADER
from tui_monitor.store.export_interest import INTEREST_HEADER, SOURCES
from tui_monitor.store.import_times import TimeJudge
from tui_monitor.store.records import PRICE_LIMIT, SIZE_LIMIT, Batch
from tui_monitor.store.spreads import PLACES

_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z")
_ECHOED = 40
_NAME_LENGTH = 60
_TEXT_LENGTH = 400
_MOST_COUNT = 10**12
_NO_SAMPLES = "signals as CSV lack what their samples were made of; their JSON lines have it"
_JUDGED = "anomalies are judged again from bars, which can be imported; their export is for others"
EXPORT_ONLY = {formats.SIGNALS_HEADER: _NO_SAMPLES, ANOMALIES_HEADER: _JUDGED}
"""Our own headers that are not taken in, and why."""

_NUMBERS = frozenset(
    ("open", "high", "low", "close", "volume_coins", "turnover_usd", "rate", "coins", "price")
) | {"max_pct", "min_pct", "over_s"}
_AGGREGATED = ("usd_1h", "usd_24h", "people_24h", "position_usd", "panic_index")
_FLAGS = frozenset({"bridged", "imported", "corrected"})
_COUNTS = frozenset({"rises", "samples"})
_KINDS_OF_PAIRS = {name: int(kind) for kind, name in formats.PAIRS.items()}
_SOURCES = {name: int(source) for source, name in SOURCES.items()}

_Fields = dict[str, Any]
_Row = CandleRow | Settlement | InterestSample | SpreadMinute | SignalRecord | Outage | AggregateRow


class _Series(Struct, frozen=True, kw_only=True):
    """One export. `columns` are the model's names of its CSV's columns, "" what is left out.

    `marks` are keys that its JSON lines have and no others. `prepare` makes the model's fields of
    what stands there otherwise. `faults` gives what is wrong with a row.
    """

    name: str
    kind: Any
    marks: frozenset[str]
    faults: Callable[[Any], Iterable[str]]
    header: str = ""
    columns: Sequence[str] = ()
    prepare: Callable[[_Fields], None] = lambda _: None


def _named(key: str, numbers: Mapping[str, int]) -> Callable[[_Fields], None]:
    """A number that stands there by its name."""

    def prepare(fields: _Fields) -> None:
        value = fields.get(key)
        if not isinstance(value, str) or value not in numbers:
            raise BadInput(f"{key} is none of {' '.join(numbers)}")
        fields[key] = numbers[value]

    return prepare


def _as_arrays(fields: _Fields) -> None:
    """Samples stand there with the names of their fields, and are kept without."""
    samples = fields.get("samples")
    if isinstance(samples, list):
        names = SignalSample.__struct_fields__
        fields["samples"] = [
            [one.get(name) for name in names] if isinstance(one, dict) else one for one in samples
        ]


class SeriesLines:
    """Puts rows of any of them into a batch."""

    def __init__(self, judge: TimeJudge) -> None:
        self._judge = judge

    def knows(self, document: Any) -> bool:
        """Whether a JSON line is of one of these exports, or of anomalies."""
        return isinstance(document, dict) and (_of(document) is not None or _is_anomaly(document))

    def add(self, line: int, document: Mapping[str, Any], batch: Batch) -> None:
        """Read a JSON line; what can't be read is refused with the reason."""
        series = _of(document)
        try:
            if series is None:
                raise BadInput(_JUDGED)
            self._take(series, dict(document), batch)
        except BadInput as error:
            batch.refused.append((line, error.message))

    def rows_under(self, header: str) -> CsvLines | None:
        """The reader of a CSV with this header; None where it is none of these."""
        series = next((one for one in SERIES if one.header and one.header == header), None)
        if series is None:
            return None

        def read(_: int, cells: list[str], batch: Batch) -> None:
            named = zip(series.columns, cells, strict=True)
            self._take(series, {key: _value(key, cell) for key, cell in named if key}, batch)

        return CsvLines(f"{series.name} CSV", len(series.columns), read)

    def _take(self, series: _Series, fields: _Fields, batch: Batch) -> None:
        series.prepare(fields)
        try:
            row: _Row = msgspec.convert(fields, series.kind)
        except msgspec.ValidationError as error:
            raise BadInput(printable(str(error), _TEXT_LENGTH)) from error
        for fault in (*self._usual_faults(row), *series.faults(row)):
            raise BadInput(fault)
        batch.rows.setdefault(series.name, []).append(row)
        batch.taken += 1

    def _usual_faults(self, row: _Row) -> Iterable[str]:
        for key in row.__struct_fields__:
            value = getattr(row, key)
            if key.endswith("_ms") and value is not None and not self._judge.is_possible(value):
                yield f"{key} is an impossible time"
            elif isinstance(value, float) and not abs(value) < _limit(key):
                yield f"{key} is no number that can be"
            elif isinstance(value, str) and printable(value, _longest(key)) != value:
                yield f"{key} is no text that can be shown"
            elif key in ("symbol", "coin", "channel", "basis") and not value:
                yield f"{key} is empty"


def _of(document: Mapping[str, Any]) -> _Series | None:
    keys = document.keys()
    return next((one for one in SERIES if one.marks <= keys), None)


def _is_anomaly(document: Mapping[str, Any]) -> bool:
    return {"open_ms", "judged_ms", "score"} <= document.keys()


def _limit(key: str) -> float:
    is_price = key in ("open", "high", "low", "close") or key.endswith("price")
    return PRICE_LIMIT if is_price else SIZE_LIMIT


def _longest(key: str) -> int:
    return _TEXT_LENGTH if key in ("reason", "ending") else _NAME_LENGTH


def _value(key: str, cell: str) -> object:
    """A cell as JSON would have it."""
    if key.endswith("_ms"):
        return _utc_ms(cell) if cell else None
    if key in _NUMBERS or key in _AGGREGATED:
        return formats.number_or_none(cell)
    if key in _COUNTS:
        return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 16 else cell
    if key in _FLAGS:
        return {"yes": True, "no": False}.get(cell, cell)
    return formats.text_of_cell(cell)


def _utc_ms(cell: str) -> int:
    if _UTC.fullmatch(cell) is None:
        raise BadInput(f"{printable(cell, _ECHOED)!r} is not a time in UTC")
    return round(datetime.fromisoformat(cell).timestamp() * 1000)


def _candle_faults(row: CandleRow) -> Iterable[str]:
    if row.bar not in BAR_MS or row.open_ms % BAR_MS[row.bar]:
        yield f"no bar of {printable(row.bar, _ECHOED)!r} begins then"
    if not 0 < row.low <= min(row.open, row.close) <= max(row.open, row.close) <= row.high:
        yield "its prices do not lie between its low and its high"
    if min(row.volume_coins or 0, row.turnover_usd or 0) < 0:
        yield "a volume is negative"


def _funding_faults(row: Settlement) -> Iterable[str]:
    if abs(row.rate) >= 10:
        yield "rate is no rate"


def _interest_faults(row: InterestSample) -> Iterable[str]:
    if row.at_ms % MARK_MS:
        yield "at_ms is no mark of five minutes"
    if row.coins < 0 or (row.price is not None and row.price <= 0):
        yield "a number is negative, or a price 0"


def _spread_faults(row: SpreadMinute) -> Iterable[str]:
    places = (row.buy_exchange, row.buy_market), (row.sell_exchange, row.sell_market)
    if row.minute_ms % MINUTE_MS:
        yield "minute_ms is no minute"
    if not -100 <= row.min_pct <= row.max_pct:
        yield "min_pct and max_pct can't be"
    if row.over_s < 0 or not 0 <= row.rises < _MOST_COUNT or not 0 < row.samples < _MOST_COUNT:
        yield "a count can't be"
    if not all(place in PLACES for place in places):
        yield "a market that is not watched"


def _signal_faults(row: SignalRecord) -> Iterable[str]:
    if not row.samples or row.observed_ms < row.first_ms:
        yield "no samples, or observed before the first of them"
    numbers = ((one.buy_price, one.sell_price, one.spread_pct) for one in row.samples)
    if not all(math.isfinite(number) for sample in numbers for number in sample):
        yield "a sample's number can't be"


def _aggregate_faults(row: AggregateRow) -> Iterable[str]:
    if row.minute_ms % MINUTE_MS:
        yield "minute_ms is no minute"
    if any((getattr(row, key) or 0) < 0 for key in _AGGREGATED):
        yield "a number is negative"


def _outage_faults(row: Outage) -> Iterable[str]:
    if row.end_ms is not None and row.end_ms < row.begin_ms:
        yield "it ended before it began"
    if not 0 <= row.id < _MOST_COUNT:
        yield "id is no number of a row"


SERIES = (
    _Series(
        name="candles",
        kind=CandleRow,
        marks=frozenset({"bar", "open_ms", "high", "volume_coins"}),
        faults=_candle_faults,
        header=CANDLES_HEADER,
        columns=(
            *("open_ms", "bar", "exchange", "market", "symbol", "coin", "open", "high", "low"),
            *("close", "volume_coins", "turnover_usd"),
        ),
    ),
    _Series(
        name="funding",
        kind=Settlement,
        marks=frozenset({"settled_ms", "rate"}),
        faults=_funding_faults,
        header=formats.FUNDING_HEADER,
        columns=("settled_ms", "exchange", "market", "symbol", "coin", "rate"),
    ),
    _Series(
        name="open-interest",
        kind=InterestSample,
        marks=frozenset({"at_ms", "coins", "source"}),
        faults=_interest_faults,
        header=INTEREST_HEADER,
        columns=("at_ms", "exchange", "symbol", "coin", "coins", "", "price", "source"),
        prepare=_named("source", _SOURCES),
    ),
    _Series(
        name="spreads",
        kind=SpreadMinute,
        marks=frozenset({"minute_ms", "max_pct", "over_s"}),
        faults=_spread_faults,
        header=formats.SPREADS_HEADER,
        columns=(
            *("minute_ms", "coin", "kind", "max_pct", "min_pct", "buy_exchange", "buy_market"),
            *("sell_exchange", "sell_market", "over_s", "rises", "samples"),
        ),
        prepare=_named("kind", _KINDS_OF_PAIRS),
    ),
    _Series(
        name="signals",
        kind=SignalRecord,
        marks=frozenset({"observed_ms", "basis", "samples"}),
        faults=_signal_faults,
        prepare=_as_arrays,
    ),
    _Series(
        name="aggregates",
        kind=AggregateRow,
        marks=frozenset({"minute_ms", "received_ms", "people_24h"}),
        faults=_aggregate_faults,
        header=AGGREGATES_HEADER,
        columns=("minute_ms", "source_ms", "received_ms", *_AGGREGATED, "imported", "corrected"),
    ),
    _Series(
        name="outages",
        kind=Outage,
        marks=frozenset({"begin_ms", "channel", "bridged"}),
        faults=_outage_faults,
        header=formats.OUTAGES_HEADER,
        columns=(
            *("exchange", "market", "channel", "begin_ms", "end_ms", "", "bridged", "reason"),
        ),
    ),
)
