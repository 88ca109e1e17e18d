"""How a score came to be, as a table: each measure against its history, and what it gave."""

from dataclasses import dataclass

from tui_monitor.boards.anomalies import Reason
from tui_monitor.boards.anomalies.explanation import Explanation, PartExplained
from tui_monitor.screens.boards.anomalies.columns import z_text
from tui_monitor.screens.looks.format import ABSENT, count
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import t, told

PERCENTILE = "percentile"
_AMOUNT, _OVER, _GAVE = 8, 6, 6
# Above its threshold a percentile counts a tenth.
_TENTH = 10


@dataclass(frozen=True, kw_only=True)
class PartRow:
    """One line of the sum: a z, or the price's percentile. Texts are in the measure's unit.

    `over` is what is weighed. `contribution` is None where nothing is judged.
    """

    name: str
    value: str
    mean: str
    deviation: str
    median: str
    mad: str
    n: int
    z: float | None
    threshold: float
    over: float
    weight: float
    contribution: float | None
    robust_z: float | None
    reached: bool
    note: str


def part_rows(explanation: Explanation) -> list[PartRow]:
    """The lines that add up to the score; the percentile has one of its own."""
    rows: list[PartRow] = []
    for part in explanation.parts:
        rows.append(_z_row(part))
        if part.percentile is not None and part.percentile_threshold is not None:
            rows.append(_percentile_row(part, part.percentile, part.percentile_threshold))
    return rows


def scaled_text(explanation: Explanation) -> str:
    """How the turnover of a bar that is not over is compared; "" for a closed one."""
    elapsed = explanation.elapsed
    if elapsed is None:
        return ""
    if explanation.mode == "original":
        return t("turnover as it is so far")
    volume = next((part for part in explanation.parts if part.measure is Reason.VOLUME), None)
    if volume is not None and volume.value is None:
        return t("turnover not scaled yet: too little of it is over")
    return t("turnover scaled up from {pct} % of its time", pct=f"{elapsed * 100:.0f}")


def amount_text(measure: Reason, value: float | None) -> str:
    """A measure's number in its unit: % of the price, USD of the turnover."""
    if value is None:
        return ABSENT
    if measure is Reason.VOLUME:
        return count(value)
    shown_pct = value * 100 if measure is Reason.PRICE else value
    return f"{z_text(shown_pct, _AMOUNT - 1, decimals=3)}%"


def _z_row(part: PartExplained) -> PartRow:
    z, measure = part.z, part.measure
    size = None if z is None else abs(z) if part.both_ways else z
    return PartRow(
        name=measure.value,
        value=amount_text(measure, part.value),
        mean=amount_text(measure, part.mean),
        deviation=amount_text(measure, part.deviation),
        median=amount_text(measure, part.median),
        mad=amount_text(measure, part.mad),
        n=part.n,
        z=z,
        threshold=part.threshold,
        over=part.over,
        weight=part.weight,
        contribution=None if part.contribution is None else part.weight * part.over,
        robust_z=part.robust_z,
        reached=size is not None and size >= part.threshold,
        note=part.missing or ("little counts like much" if part.both_ways else ""),
    )


def _percentile_row(part: PartExplained, percentile: float, threshold: float) -> PartRow:
    over = part.percentile_over / _TENTH
    return PartRow(
        name=PERCENTILE,
        value=f"{percentile:.1f}%",
        mean="",
        deviation="",
        median="",
        mad="",
        n=part.n,
        z=None,
        threshold=threshold,
        over=over,
        weight=part.weight,
        contribution=None if part.contribution is None else part.weight * over,
        robust_z=None,
        reached=percentile >= threshold,
        note="of earlier returns smaller; over: a tenth",
    )


def _reach(row: PartRow, looks: Looks, _: int) -> Cell:
    sign = "≥" if row.reached else "<"
    return Cell(f"{sign} {row.threshold:g}", looks.warn if row.reached else looks.dim)


def _number(value: float | None, looks: Looks) -> Cell:
    return Cell(ABSENT, looks.faint) if value is None else Cell(z_text(value), looks.text)


def _z_cell(row: PartRow, looks: Looks, _: int) -> Cell:
    if row.z is None:
        return Cell("" if row.name == PERCENTILE else ABSENT, looks.faint)
    return Cell(z_text(row.z), looks.accent if row.reached else looks.text)


def _gave(row: PartRow, looks: Looks, _: int) -> Cell:
    if row.contribution is None:
        return Cell(ABSENT, looks.faint)
    return Cell(
        z_text(row.contribution, _GAVE, sign="+"), looks.bright if row.contribution else looks.dim
    )


PART_COLUMNS: tuple[Column[PartRow], ...] = (
    Column(
        key="part",
        title="part",
        width=10,
        align="left",
        paint=lambda row, looks, _: Cell(t(row.name), looks.bright if row.reached else looks.text),
        value=lambda row: row.name,
        help="price: the size of the return; percentile: its place among the earlier ones; volume: "
        "the turnover in USD; volatility: the range in % of the close.",
    ),
    Column(
        key="value",
        title="value",
        width=8,
        paint=lambda row, looks, _: Cell(row.value, looks.text),
        value=lambda row: row.value,
        help="Of the judged bar.",
    ),
    Column(
        key="mean",
        title="mean",
        width=8,
        paint=lambda row, looks, _: Cell(row.mean, looks.dim),
        value=lambda row: row.mean,
        help="Of the bars before it in the window.",
    ),
    Column(
        key="deviation",
        title="deviat.",
        width=8,
        word="deviation",
        paint=lambda row, looks, _: Cell(row.deviation, looks.dim),
        value=lambda row: row.deviation,
        help="Their standard deviation (ddof 0).",
    ),
    Column(
        key="n",
        title="n",
        width=3,
        priority=1,
        paint=lambda row, looks, _: Cell(f"{row.n}", looks.dim),
        value=lambda row: row.n,
        help="How many numbers the mean is of.",
    ),
    Column(
        key="z",
        title="z",
        width=6,
        paint=_z_cell,
        value=lambda row: row.z,
        help="(value − mean) / deviation; 0 where the deviation is 0.",
    ),
    Column(
        key="threshold",
        title="limit",
        width=6,
        align="left",
        paint=_reach,
        value=lambda row: row.threshold,
        help="≥: reached, which is a reason; <: not reached.",
    ),
    Column(
        key="over",
        title="over",
        width=_OVER,
        priority=2,
        paint=lambda row, looks, _: Cell(
            z_text(row.over, _OVER), looks.text if row.over else looks.dim
        ),
        value=lambda row: row.over,
        help="How far above the limit; of the percentile a tenth.",
    ),
    Column(
        key="weight",
        title="× w",
        width=4,
        priority=3,
        word="weight",
        paint=lambda row, looks, _: Cell(f"{row.weight:g}", looks.dim),
        value=lambda row: row.weight,
        help="The part's weight in the score.",
    ),
    Column(
        key="gave",
        title="score",
        width=_GAVE,
        paint=_gave,
        value=lambda row: row.contribution,
        help="over × weight: what the score has of it; – where there is no score.",
    ),
    Column(
        key="robust",
        title="robust z",
        width=8,
        priority=4,
        paint=lambda row, looks, _: (
            Cell("") if row.name == PERCENTILE else _number(row.robust_z, looks)
        ),
        value=lambda row: row.robust_z,
        help="(value − median) / spread of the medians; beside the score, not in it.",
    ),
    Column(
        key="median",
        title="median",
        width=8,
        priority=5,
        pair="median",
        paint=lambda row, looks, _: Cell(row.median, looks.dim),
        value=lambda row: row.median,
        help="Of the bars before it.",
    ),
    Column(
        key="mad",
        title="MAD×1.48",
        word="mad",
        width=_AMOUNT,
        priority=5,
        pair="median",
        paint=lambda row, looks, _: Cell(row.mad, looks.dim),
        value=lambda row: row.mad,
        help="1.4826 × the median distance from the median.",
    ),
    Column(
        key="note",
        title="note",
        width=16,
        align="left",
        priority=6,
        grows=True,
        paint=lambda row, looks, _: Cell(told(row.note), looks.dim),
        value=lambda row: row.note or None,
        help="Why there is no z, or how it counts.",
    ),
)
