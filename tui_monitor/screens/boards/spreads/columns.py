"""The spreads board's columns."""

from collections.abc import Callable

from tui_monitor.boards.spreads import SpreadRow, SpreadsBoard
from tui_monitor.model import Market, SpreadKind
from tui_monitor.screens.boards.spreads.cells import (
    age_cell,
    compact_price,
    hours,
    leg,
    money_cell,
    pct_cell,
    price_cell,
    short_age,
    text_cell,
)
from tui_monitor.screens.looks.format import ABSENT
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column, SortValue
from tui_monitor.words import t

# Before the first board says it.
_USUAL_LIMIT_MS = 3_000.0

_RANKS_NOWHERE = "beyond {limit} s (marked !) the pair ranks nowhere."
_LONG_AGE = f"Age of the long leg's ask; {_RANKS_NOWHERE}"
_SHORT_AGE = f"Age of the short leg's bid; {_RANKS_NOWHERE}"

Number = Callable[[SpreadRow], float | None]


def spread_columns(board: SpreadsBoard | None = None) -> tuple[Column[SpreadRow], ...]:
    """The columns; last prices of all slots are for a terminal that has room for them."""
    if board is None:
        return (*_WHO, *_prices(), *_RESULTS, *_ages(_USUAL_LIMIT_MS))
    return (
        *_WHO,
        *_prices(),
        *_RESULTS,
        *_ages(board.max_age_s * 1000),
        *_MORE,
        *_past(board),
        *(_last(index, name) for index, name in enumerate(board.slots)),
    )


def _ranking(value: Number) -> Callable[[SpreadRow], SortValue]:
    """What sorts and filters: a pair that does not rank has no value, and stands last."""
    return lambda row: value(row) if row.ranked else None


def _pct(
    key: str, title: str, value: Number, text: str, *, width: int = 7, priority: int = 0
) -> Column[SpreadRow]:
    return Column(
        key=key,
        title=title,
        width=width,
        priority=priority,
        paint=lambda row, looks, wide: pct_cell(value(row), looks, wide, grey=not row.ranked),
        value=_ranking(value),
        files=((key if key.endswith("_pct") else f"{key}_pct", value),),
        unit="%",
        help=text,
        searched=False,
    )


_WHO: tuple[Column[SpreadRow], ...] = (
    Column(
        key="rank",
        title="#",
        width=4,
        priority=6,
        paint=lambda row, looks, _: Cell(
            ABSENT if row.rank is None else str(row.rank), looks.faint
        ),
        value=lambda row: row.rank,
        help="Its place by executable spread among all that rank, whatever is filtered.",
        searched=False,
    ),
    Column(
        key="coin",
        title="coin",
        width=8,
        align="left",
        paint=lambda row, looks, _: text_cell(row.coin, looks, looks.bright, grey=not row.ranked),
        value=lambda row: row.coin,
        help="The coin, whatever the exchanges call it; prices are per coin.",
    ),
    Column(
        key="buy",
        title="long at",
        width=12,
        align="left",
        paint=lambda row, looks, _: text_cell(
            leg(row.buy_exchange, row.buy_market), looks, grey=not row.ranked
        ),
        value=lambda row: leg(row.buy_exchange, row.buy_market),
        help="Exchange and market of the long leg: it is bought, at its ask.",
    ),
    Column(
        key="sell",
        title="short at",
        width=12,
        align="left",
        paint=lambda row, looks, _: text_cell(
            leg(row.sell_exchange, row.sell_market), looks, grey=not row.ranked
        ),
        value=lambda row: leg(row.sell_exchange, row.sell_market),
        help="Exchange and market of the short leg: it is sold, at its bid.",
    ),
)


def _prices() -> tuple[Column[SpreadRow], ...]:
    def column(key: str, value: Number, text: str) -> Column[SpreadRow]:
        return Column(
            key=key,
            title=key,
            width=11,
            priority=2,
            pair="prices",
            paint=lambda row, looks, width: price_cell(
                value(row), looks, grey=not row.ranked, width=width
            ),
            value=value,
            unit="USDT a coin",
            help=text,
            searched=False,
        )

    return (
        column("ask", lambda row: row.ask, "Best ask of the long leg."),
        column("bid", lambda row: row.bid, "Best bid of the short leg."),
    )


_RESULTS: tuple[Column[SpreadRow], ...] = (
    _pct(
        "exec",
        "exec %",
        lambda row: row.executable_pct,
        "(bid of short − ask of long) / ask of long × 100, the better way round. In brackets, and "
        "without a place: a leg is too old.",
    ),
    _pct(
        "net",
        "net %",
        lambda row: row.net_pct,
        "exec % less the taker fees of four fills: in and out again on both legs.",
    ),
    _pct(
        "net_funding",
        "net fund",
        lambda row: row.net_funding_pct,
        "net % with what both legs settle until each has settled once, at the rates of now. A "
        "dash: a rate or an interval is not known.",
        width=8,
        priority=1,
    ),
    Column(
        key="size",
        title="size $",
        width=7,
        priority=3,
        paint=lambda row, looks, _: money_cell(row.size_usd, looks, grey=not row.ranked),
        value=_ranking(lambda row: row.size_usd),
        files=(("size_usdt", lambda row: row.size_usd),),
        unit="USDT",
        help="What both tops of the book have, at the ask.",
        searched=False,
    ),
)


def _ages(limit_ms: float) -> tuple[Column[SpreadRow], ...]:
    def column(
        key: str, title: str, value: Callable[[SpreadRow], int], text: str, priority: int
    ) -> Column[SpreadRow]:
        return Column(
            key=key,
            title=title,
            width=5,
            priority=priority,
            pair="ages" if priority == 1 else "",
            paint=lambda row, looks, _: age_cell(
                value(row), looks, limit_ms if priority == 1 else float("inf"), grey=not row.ranked
            ),
            value=lambda row: value(row) / 1000,
            unit="s",
            help=text,
            searched=False,
        )

    limit = f"{limit_ms / 1000:g}"
    return (
        column("buy_age", "l.age", lambda row: row.buy_age_ms, t(_LONG_AGE, limit=limit), 1),
        column(
            "sell_age",
            "s.age",
            lambda row: row.sell_age_ms,
            t(_SHORT_AGE, limit=limit),
            1,
        ),
        column("skew", "skew", lambda row: row.skew_ms, "How far the two ages are apart.", 4),
    )


def _legs(row: SpreadRow, looks: Looks, _: int) -> Cell:
    style = looks.dim if row.fresh_legs == row.legs else looks.warn
    return Cell(f"{row.fresh_legs}/{row.legs}", style)


_MORE: tuple[Column[SpreadRow], ...] = (
    _pct(
        "indicative",
        "indic %",
        lambda row: row.indicative_pct,
        "(highest − lowest) / lowest of all its last prices: nobody may trade there.",
        priority=5,
    ),
    Column(
        key="breakeven",
        title="even h",
        width=6,
        priority=5,
        paint=lambda row, looks, _: Cell(
            hours(row.breakeven_h), looks.text if row.ranked else looks.faint
        ),
        value=_ranking(lambda row: row.breakeven_h),
        files=(("breakeven_h", lambda row: row.breakeven_h),),
        unit="h",
        help="Hours until the funding difference has paid the fees that the spread does not: "
        "−net % / (rate an hour of short − of long). A dash: never, or not known.",
        searched=False,
    ),
    Column(
        key="turnover",
        title="24 h $",
        width=7,
        priority=11,
        paint=lambda row, looks, _: money_cell(row.turnover_24h_usd, looks, grey=not row.ranked),
        value=lambda row: row.turnover_24h_usd,
        unit="USDT",
        help="Turnover of the last 24 hours, all legs together.",
        searched=False,
    ),
    Column(
        key="legs",
        title="legs",
        width=4,
        priority=10,
        paint=_legs,
        value=lambda row: row.fresh_legs,
        says=lambda row: f"{row.fresh_legs}/{row.legs}",
        files=(("legs_fresh", lambda row: row.fresh_legs), ("legs", lambda row: row.legs)),
        help="Legs that can rank, of all that the coin has.",
        searched=False,
    ),
)


_OVER = (
    "How long it was at {limit} or over it in the last 24 hours ({minutes} minutes of them were "
    "watched)."
)


def _past(board: SpreadsBoard) -> tuple[Column[SpreadRow], ...]:
    """How long and how often over the threshold in 24 h; None where nobody looked."""
    kind = SpreadKind[board.kind.name]
    times = {one.coin: one for one in board.over_24h if one.kind is kind}
    watched = board.watched_24h_min

    def over_s(row: SpreadRow) -> float | None:
        found = times.get(row.coin)
        return found.over_s if found else 0.0 if watched else None

    def rises(row: SpreadRow) -> float | None:
        found = times.get(row.coin)
        return float(found.rises) if found else 0.0 if watched else None

    limit = t("the threshold") if board.threshold_pct is None else f"{board.threshold_pct:g} %"
    return (
        Column(
            key="over_24h",
            title="24h",
            width=6,
            priority=7,
            pair="past",
            paint=lambda row, looks, _: _time_cell(over_s(row), looks),
            value=over_s,
            unit="s",
            help=t(_OVER, limit=limit, minutes=f"{watched or 0:,}"),
            searched=False,
        ),
        Column(
            key="rises_24h",
            title="24h n",
            width=5,
            priority=7,
            pair="past",
            paint=lambda row, looks, _: _count_cell(rises(row), looks),
            value=rises,
            help=t("How often it came to {limit} from below in the last 24 hours.", limit=limit),
            searched=False,
        ),
    )


def _time_cell(seconds: float | None, looks: Looks) -> Cell:
    if not seconds:
        return Cell(ABSENT if seconds is None else "0", looks.faint)
    return Cell(short_age(round(seconds * 1000)), looks.text)


def _count_cell(value: float | None, looks: Looks) -> Cell:
    if not value:
        return Cell(ABSENT if value is None else "0", looks.faint)
    return Cell(f"{value:,.0f}", looks.text)


def _last(index: int, slot: str) -> Column[SpreadRow]:
    exchange, _, market = slot.partition(" ")
    return Column(
        key=slot.replace(" ", "_"),
        title=f"{exchange} {market[:1]}",
        width=10,
        priority=8 if market == Market.PERP else 9,
        pair=f"last {market}",
        paint=lambda row, looks, width: Cell(compact_price(row.lasts[index], width), looks.dim),
        value=lambda row: row.lasts[index],
        unit="USDT a coin",
        help=t("Last price on {leg}, whatever its age.", leg=f"{exchange} {t(market)}"),
        searched=False,
    )
