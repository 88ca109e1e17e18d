"""The picks board's columns: the score, its four parts, the prices."""

from collections.abc import Callable

from tui_monitor.boards.picks import LeftOut, PickRow
from tui_monitor.screens.boards.spreads.cells import compact_price, money_cell, pct_cell
from tui_monitor.screens.looks.format import ABSENT, signed
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import t, told


def _points(key: str, title: str, help_text: str, *, word: str = "") -> Column[PickRow]:
    name = f"{key}_points"

    def value(row: PickRow) -> float:
        found: float = getattr(row, name)
        return found

    return Column(
        key=key,
        title=title,
        width=6,
        word=word,
        paint=lambda row, looks, _: Cell(
            f"{value(row):.2f}", looks.text if value(row) else looks.dim
        ),
        value=value,
        help=help_text,
    )


def _price(
    key: str, title: str, priority: int, of: Callable[[PickRow], float], help_text: str
) -> Column[PickRow]:
    return Column(
        key=key,
        title=title,
        width=10,
        priority=priority,
        word=f"{key}-price",
        paint=lambda row, looks, width: Cell(compact_price(of(row), width), looks.text),
        value=of,
        help=help_text,
    )


def _moved(row: PickRow, looks: Looks, _: int) -> Cell:
    """How the score stands to the one of the evaluation before."""
    if row.last_score is None:
        return Cell(t("new"), looks.accent)
    change = row.score - row.last_score
    return Cell(signed(change), looks.signed(round(change, 2)))


PICK_COLUMNS: tuple[Column[PickRow], ...] = (
    Column(
        key="rank",
        title="#",
        width=2,
        word="rank",
        paint=lambda row, looks, _: Cell(f"{row.rank}", looks.dim),
        value=lambda row: row.rank,
        help="By score, then by turnover.",
    ),
    Column(
        key="coin",
        title="coin",
        width=9,
        align="left",
        paint=lambda row, looks, _: Cell(row.coin, looks.bright),
        value=lambda row: row.coin,
        help="Enter opens its page.",
    ),
    Column(
        key="score",
        title="score",
        width=6,
        paint=lambda row, looks, _: Cell(f"{row.score:.2f}", looks.bright),
        value=lambda row: row.score,
        help="The sum of the four parts, at most 100.",
    ),
    _points("change", "change", "0.3 × the size of the 24 h change in %."),
    _points(
        "turnover",
        "turnov",
        "0.25 × the 24 h turnover in millions of USD, at most 25.",
        word="turnover",
    ),
    _points(
        "volatility",
        "volat",
        "0.25 × 1000 × the deviation (ddof 0) of the returns of the last 16 closed bars, at most "
        "12.5.",
        word="volatility",
    ),
    _points(
        "growth",
        "growth",
        "0.2 × the size of the change in % of the mean volume from the first five to the last "
        "five bars, in coins, at most 4; 0 where volumes are not known.",
    ),
    Column(
        key="max_score",
        title="max",
        width=6,
        word="max-score",
        priority=1,
        paint=lambda row, looks, _: Cell(f"{row.max_score:.2f}", looks.dim),
        value=lambda row: row.max_score,
        help="The highest score of it so far, over restarts.",
    ),
    Column(
        key="moved",
        title="moved",
        width=6,
        priority=5,
        paint=_moved,
        value=lambda row: None if row.last_score is None else row.score - row.last_score,
        help="By how much the score changed since the evaluation before.",
    ),
    Column(
        key="increase",
        title="rise %",
        width=7,
        unit="%",
        paint=lambda row, looks, width: pct_cell(row.increase_pct, looks, width),
        value=lambda row: row.increase_pct,
        help="From the start price to the price of now.",
    ),
    _price("start", "start", 4, lambda row: row.start_price, "The close of the first of 16 bars."),
    _price("now", "now", 3, lambda row: row.current_price, "The close of the newest bar."),
    _price("max", "highest", 4, lambda row: row.max_price, "The highest high of the bars."),
    Column(
        key="change_24h",
        title="24 h %",
        width=7,
        priority=6,
        unit="%",
        word="change-24h",
        paint=lambda row, looks, width: pct_cell(row.change_24h_pct, looks, width),
        value=lambda row: row.change_24h_pct,
        help="The price's change over 24 hours, as the exchange tells it.",
    ),
    Column(
        key="turnover_24h",
        title="24 h $",
        width=7,
        priority=2,
        unit="USD",
        word="turnover-24h",
        paint=lambda row, looks, _: money_cell(row.turnover_24h_usd, looks),
        value=lambda row: row.turnover_24h_usd,
        help="The perpetual's turnover of 24 hours.",
    ),
    Column(
        key="deviation",
        title="dev %",
        width=6,
        priority=7,
        unit="%",
        word="deviation",
        paint=lambda row, looks, _: Cell(f"{row.deviation_pct:.3f}", looks.dim),
        value=lambda row: row.deviation_pct,
        help="The deviation of the bars' returns.",
    ),
    Column(
        key="growth_pct",
        title="grew %",
        width=7,
        priority=8,
        unit="%",
        word="growth-pct",
        paint=lambda row, looks, width: pct_cell(row.growth_pct, looks, width),
        value=lambda row: row.growth_pct,
        help="By how much the volume grew; – where nothing was traded first, or volumes are not "
        "known.",
    ),
    Column(
        key="bars",
        title="n",
        width=2,
        priority=9,
        word="bars",
        paint=lambda row, looks, _: Cell(f"{row.n}", looks.dim),
        value=lambda row: row.n,
        help="How many of the 16 bars are there.",
    ),
)

LEFT_COLUMNS: tuple[Column[LeftOut], ...] = (
    Column(
        key="coin",
        title="coin",
        width=12,
        align="left",
        paint=lambda row, looks, _: Cell(row.coin, looks.bright),
        value=lambda row: row.coin,
        help="One of those with most turnover that can't be scored.",
    ),
    Column(
        key="symbol",
        title="symbol",
        width=18,
        align="left",
        priority=1,
        paint=lambda row, looks, _: Cell(row.symbol, looks.dim),
        value=lambda row: row.symbol,
        help="Its perpetual.",
    ),
    Column(
        key="reason",
        title="why",
        width=30,
        align="left",
        grows=True,
        paint=lambda row, looks, _: Cell(told(row.reason) or ABSENT, looks.text),
        value=lambda row: row.reason,
        help="Why it is not scored.",
    ),
)
