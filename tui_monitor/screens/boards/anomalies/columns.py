"""The anomalies board's columns: what is unusual about a bar, and how unusual."""

from rich.cells import cell_len

from tui_monitor.boards.anomalies import AnomalyRow, Reason, State
from tui_monitor.screens.boards.spreads.cells import compact_price, money_cell, pct_cell
from tui_monitor.screens.looks.format import ABSENT, ShownZone, count
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import t, told

_SHORT = {Reason.VOLUME: "vol", Reason.VOLATILITY: "vola", Reason.BOLLINGER: "boll"}
_JUDGED = (State.ANOMALY, State.NORMAL)


def reasons_text(row: AnomalyRow, width: int = 200) -> str:
    """`price+volume`, shorter where it must be; what became of a bar without a reason."""
    if not row.reasons:
        return t(row.state.value, "bar")
    whole = "+".join(t(one.value) for one in row.reasons)
    if cell_len(whole) <= width:
        return whole
    return "+".join(t(_SHORT.get(one, one.value)) for one in row.reasons)


def bar_state(row: AnomalyRow) -> str:
    """Whether the bar is over."""
    return t("forming") if row.forming else t("closed")


def _coin(row: AnomalyRow, looks: Looks, _: int) -> Cell:
    judged = row.state in _JUDGED
    return Cell(row.coin, looks.bright if judged else looks.dim)


def _z(value: float | None, looks: Looks, *, flagged: bool = False) -> Cell:
    if value is None:
        return Cell(ABSENT, looks.faint)
    return Cell(z_text(value), looks.accent if flagged else looks.text)


def z_text(value: float, width: int = 6, *, sign: str = "", decimals: int = 2) -> str:
    """As many decimals as fit: a number that is cut is another number."""
    for places in range(decimals, -1, -1):
        text = f"{value:{sign},.{places}f}"
        if len(text) <= width:
            return text
    for size, letter in ((1e3, "k"), (1e6, "M"), (1e9, "B")):
        text = f"{value / size:{sign}.0f}{letter}"
        if len(text) <= width:
            return text
    return f"{value:{sign}.0e}"


def _score(row: AnomalyRow, looks: Looks, _: int) -> Cell:
    if row.score is None:
        return Cell(ABSENT, looks.faint)
    return Cell(z_text(row.score), looks.bright if row.state is State.ANOMALY else looks.dim)


def _plain(text: str | None, looks: Looks) -> Cell:
    return Cell(ABSENT, looks.faint) if text is None else Cell(text, looks.text)


def _reasons(row: AnomalyRow, looks: Looks, width: int) -> Cell:
    style = looks.warn if row.state is State.ANOMALY else looks.dim
    return Cell(reasons_text(row, width), style)


def anomaly_columns(zone: ShownZone) -> tuple[Column[AnomalyRow], ...]:
    """All of them; times in the shown zone."""
    return (*_MEASURES, *_ROBUST, *_DETAILS, *_times(zone), _NOTE)


_MEASURES: tuple[Column[AnomalyRow], ...] = (
    Column(
        key="coin",
        title="coin",
        width=10,
        align="left",
        paint=_coin,
        value=lambda row: row.coin,
        help="Enter shows how its score came to be.",
    ),
    Column(
        key="return",
        title="return %",
        width=8,
        unit="%",
        paint=lambda row, looks, width: pct_cell(row.return_pct, looks, width),
        value=lambda row: row.return_pct,
        help="From the close of the bar before to the close of this one.",
    ),
    Column(
        key="score",
        title="score",
        width=6,
        paint=_score,
        value=lambda row: row.score,
        help="0.4 × price + 0.3 × volume + 0.3 × volatility as the settings weigh them, without a "
        "cap; – for small moves, and where the bar is not judged.",
    ),
    Column(
        key="price_z",
        title="price z",
        also=("z",),
        width=7,
        paint=lambda row, looks, _: _z(row.price_z, looks, flagged=Reason.PRICE in row.reasons),
        value=lambda row: row.price_z,
        help="By how many deviations the size of the return is above the mean of the bars before.",
    ),
    Column(
        key="volume_z",
        title="vol z",
        width=6,
        paint=lambda row, looks, _: _z(row.volume_z, looks, flagged=Reason.VOLUME in row.reasons),
        value=lambda row: row.volume_z,
        help="The same of the turnover in USD; of a forming bar scaled to the whole of its time.",
    ),
    Column(
        key="volatility_z",
        title="vola z",
        width=6,
        paint=lambda row, looks, _: _z(
            row.volatility_z, looks, flagged=Reason.VOLATILITY in row.reasons
        ),
        value=lambda row: row.volatility_z,
        help="The same of the range: (high − low) / close.",
    ),
    Column(
        key="reasons",
        title="reasons",
        width=14,
        align="left",
        paint=_reasons,
        value=reasons_text,
        help="Which measures reached their thresholds; of a bar without any, what became of it.",
    ),
    Column(
        key="turnover_24h",
        title="24 h $",
        width=7,
        priority=1,
        unit="USD",
        word="turnover",
        paint=lambda row, looks, _: money_cell(row.turnover_24h_usd, looks),
        value=lambda row: row.turnover_24h_usd,
        help="The perpetual's turnover of 24 hours, as the exchange tells it.",
    ),
)


def _robust(key: str, title: str, of: str) -> Column[AnomalyRow]:
    name = f"{key}_robust_z"

    def value(row: AnomalyRow) -> float | None:
        found: float | None = getattr(row, name)
        return found

    return Column(
        key=name,
        title=title,
        width=6,
        priority=4,
        pair="robust",
        word=f"robust-{key}",
        paint=lambda row, looks, _: _z(value(row), looks),
        value=value,
        help=f"The robust z of the {of}: from the median, in units of 1.4826 × the median distance "
        "from it. Not in the score; – where that distance is 0.",
    )


_ROBUST = (
    _robust("price", "rob p", "return's size"),
    _robust("volume", "rob v", "turnover"),
    _robust("volatility", "rob r", "range"),
)

_DETAILS: tuple[Column[AnomalyRow], ...] = (
    Column(
        key="percentile",
        title="pctile",
        width=6,
        priority=5,
        unit="%",
        paint=lambda row, looks, _: _plain(
            None if row.price_percentile is None else f"{row.price_percentile:.1f}", looks
        ),
        value=lambda row: row.price_percentile,
        help="How many % of the earlier returns were smaller.",
    ),
    Column(
        key="range",
        title="range %",
        width=7,
        priority=6,
        unit="%",
        paint=lambda row, looks, _: _plain(
            None if row.range_pct is None else f"{row.range_pct:.2f}", looks
        ),
        value=lambda row: row.range_pct,
        help="(high − low) / close × 100 of the bar.",
    ),
    Column(
        key="bar_turnover",
        title="bar $",
        width=7,
        priority=7,
        unit="USD",
        word="bar-turnover",
        paint=lambda row, looks, _: _plain(
            None if row.turnover_usd is None else count(row.turnover_usd), looks
        ),
        value=lambda row: row.turnover_usd,
        help="The bar's turnover; of a forming bar scaled to the whole of its time.",
    ),
    Column(
        key="close",
        title="close",
        width=10,
        priority=8,
        paint=lambda row, looks, width: _plain(
            None if row.close is None else compact_price(row.close, width), looks
        ),
        value=lambda row: row.close,
        help="The bar's last price, per coin.",
    ),
    Column(
        key="kinds",
        title="looks like",
        width=14,
        align="left",
        priority=9,
        paint=lambda row, looks, _: Cell(", ".join(t(one, "kind") for one in row.kinds), looks.dim),
        value=lambda row: ", ".join(row.kinds) or None,
        help="breakout, volume burst, range; only with anomalies.indicators.",
    ),
)


def _times(zone: ShownZone) -> tuple[Column[AnomalyRow], ...]:
    return (
        Column(
            key="bar",
            title="bar",
            width=5,
            priority=2,
            paint=lambda row, looks, _: Cell(zone.format(row.open_ms), looks.dim),
            value=lambda row: row.open_ms,
            help="When the bar began.",
        ),
        Column(
            key="state",
            title="is",
            width=7,
            align="left",
            priority=3,
            paint=lambda row, looks, _: Cell(
                bar_state(row), looks.warn if row.forming else looks.dim
            ),
            value=bar_state,
            help="closed, or forming: judged as if it ended now.",
        ),
    )


_NOTE: Column[AnomalyRow] = Column(
    key="note",
    title="why not",
    width=32,
    align="left",
    priority=1,
    grows=True,
    paint=lambda row, looks, _: Cell(told(row.note), looks.dim),
    value=lambda row: row.note or None,
    help="Why the bar is not judged, or not in full.",
)
