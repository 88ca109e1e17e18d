"""The originals' three CSV files, row by row."""

import csv
from collections.abc import Callable, Collection

from tui_monitor.clock import MINUTE_MS, SLOT_MS, BoardZone, epoch_ms, parse_day
from tui_monitor.errors import BadInput
from tui_monitor.model import ImportedSum
from tui_monitor.store import formats
from tui_monitor.store.import_times import Judged, TimeJudge
from tui_monitor.store.records import Batch, Quote, Record, RecordCheck, coin_of, imported_hole
from tui_monitor.store.settling import SLOT_REACH_MS, slot_within_reach

_Reader = Callable[[int, list[str], Batch], None]


class CsvLines:
    """Reads rows under a known header. `shape` is for the report."""

    def __init__(self, shape: str, columns: int, read: _Reader) -> None:
        self.shape = shape
        self._columns = columns
        self._read = read

    def feed(self, line: int, text: str, batch: Batch) -> None:
        """Read one row; what can't be read is refused with the reason."""
        if not text.strip():
            return
        try:
            cells = next(csv.reader([text], strict=True))
        except csv.Error as error:
            batch.refused.append((line, f"not a CSV row: {error}"))
            return
        if len(cells) != self._columns:
            batch.refused.append((line, f"{len(cells)} columns instead of {self._columns}"))
            return
        try:
            self._read(line, cells, batch)
        except (BadInput, ValueError) as error:
            batch.refused.append((line, str(error)))

    def finish(self, batch: Batch) -> None:
        """Rows stand alone."""


class PriceRows(CsvLines):
    """The full file: consecutive rows of one time are one record."""

    def __init__(self, check: RecordCheck, judge: TimeJudge) -> None:
        super().__init__("prices CSV", 7, self._row)
        self._check = check
        self._judge = judge
        self._time: tuple[str, ...] = ()
        self._line = 0
        self._judged: Judged | None = None
        self._quotes: dict[str, Quote] = {}

    def finish(self, batch: Batch) -> None:
        """The last record has no row after it that would end it."""
        if self._judged is not None and self._quotes:
            record = Record(
                line=self._line, observed_ms=self._judged.observed_ms, quotes=self._quotes
            )
            batch.taken += self._check.add(record, batch)
        self._time, self._judged, self._quotes = (), None, {}

    def _row(self, line: int, cells: list[str], batch: Batch) -> None:
        day, clock_time, stamp, coin, base, price, change = cells
        name = coin_of(formats.text_of_cell(coin))
        quote = Quote(
            formats.number_or_none(base),
            formats.number_or_none(price),
            formats.number_or_none(change),
        )
        moment = (day, clock_time, stamp)
        if moment != self._time or name in self._quotes:
            self.finish(batch)
            self._judged = self._judge_row(moment)
            self._time = moment
            self._line = line
            if self._judged.remark:
                batch.doubtful.append((line, self._judged.remark))
        self._quotes[name] = quote

    def _judge_row(self, moment: tuple[str, str, str]) -> Judged:
        day, clock_time, stamp = moment
        return self._judge.judge(
            self._judge.label_ms(f"{day} {clock_time}"),
            epoch_ms(round(formats.number(stamp))),
            base_date=parse_day(day),
        )


def sum_rows(judge: TimeJudge, zone: BoardZone) -> CsvLines:
    """The sum file: a sum at its slot."""
    line_of_slot: dict[int, int] = {}

    def read(line: int, cells: list[str], batch: Batch) -> None:
        day, clock_time, stamp, value = cells
        sum_pct = formats.number(value)
        judged = judge.judge(
            judge.label_ms(f"{day} {clock_time}"),
            epoch_ms(round(formats.number(stamp))),
            step_ms=MINUTE_MS,
        )
        slot_ms = slot_within_reach(judged.observed_ms)
        if slot_ms is None:
            raise BadInput("no slot within 120 s; a sum elsewhere can't be kept")
        first = line_of_slot.setdefault(slot_ms, line)
        if first != line:
            raise BadInput(f"a second sum for the slot of line {first}; the first is kept")
        if judged.remark:
            batch.doubtful.append((line, judged.remark))
        if sum_pct == 0 and slot_ms != zone.day_start_ms(zone.day_of(slot_ms)):
            batch.doubtful.append((line, "the sum is exactly 0 away from midnight"))
        batch.taken += 1
        batch.sums.append((line, ImportedSum(slot_ms=slot_ms, sum_pct=sum_pct)))

    return CsvLines("sum CSV", 4, read)


def missing_rows(judge: TimeJudge, coins: Collection[str], now_ms: int) -> CsvLines:
    """The missing file: holes that somebody else found."""

    def read(_: int, cells: list[str], batch: Batch) -> None:
        day, clock_time, coin, reason = cells
        name = coin_of(formats.text_of_cell(coin))
        slot_ms = judge.label_ms(f"{day} {clock_time}")
        if slot_ms % SLOT_MS:
            raise BadInput(f"{clock_time} is no slot")
        if slot_ms + SLOT_REACH_MS >= now_ms:
            raise BadInput("the slot is not due yet")
        if name not in coins:
            raise BadInput(f"not among the chosen coins: {name}")
        batch.taken += 1
        text = formats.reason_of(formats.text_of_cell(reason))
        batch.holes.append(imported_hole(slot_ms, name, text, now_ms))

    return CsvLines("missing CSV", 4, read)
