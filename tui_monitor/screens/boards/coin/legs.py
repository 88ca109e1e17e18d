"""The coin page's legs: rows, columns, the text behind one."""

from collections.abc import Callable
from dataclasses import dataclass

from tui_monitor.boards.coin import CoinLeg, CoinPage
from tui_monitor.screens.boards.spreads.cells import (
    amount,
    countdown,
    fraction,
    leg,
    money_cell,
    percent,
    price_cell,
    rate,
    short_age,
)
from tui_monitor.screens.looks.format import ABSENT, ShownZone, count, price
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import t, told


@dataclass(frozen=True)
class LegRow:
    """A leg with the time until it settles."""

    found: CoinLeg
    due: str

    @property
    def key(self) -> str:
        """What identifies a leg."""
        return f"{self.found.leg.exchange} {self.found.leg.market}"

    @property
    def is_grey(self) -> bool:
        """Whether it ranks nowhere."""
        return self.found.leg.stale or bool(self.found.leg.suspicion)

    @property
    def note(self) -> str:
        """Why it ranks nowhere, or what else there is."""
        one = self.found.leg
        if one.suspicion:
            return t("quarantine: {why}", why=told(one.suspicion))
        if one.stale:
            return t("no book yet" if one.age_ms is None else "its book is old")
        return t("also {symbols}", symbols=", ".join(one.others)) if one.others else ""


def leg_rows(page: CoinPage) -> list[LegRow]:
    """The legs in their order."""
    return [LegRow(one, countdown(one.leg.next_settlement_ms, page.now_ms)) for one in page.legs]


def leg_text(row: LegRow, zone: ShownZone, now_ms: int) -> list[str]:
    """All that is known of a leg, in lines."""
    found, one = row.found, row.found.leg
    settles = one.next_settlement_ms
    settled = ABSENT if settles is None else zone.when(settles, now_ms)
    lines = [
        *_prices(found),
        _funding(found),
        t("settles {time}", time=settled),
        t(
            "open interest {usd} USDT, {coins} coins ({age})",
            usd=count(found.open_interest_usd),
            coins=count(found.open_interest_coins),
            age=_age(found.open_interest_age_ms),
        ),
        t(
            "24 h turnover {usd} USDT, multiplier {multiplier}",
            usd=count(one.turnover_24h_usd),
            multiplier=f"{one.multiplier:g}",
        ),
    ]
    return [*lines, row.note] if row.note else lines


def _prices(found: CoinLeg) -> list[str]:
    """The book, the last price, mark and index, a line each."""
    one = found.leg
    return [
        t(
            "bid {bid} × {bid_coins}, ask {ask} × {ask_coins}, {age} old, by {source}",
            bid=price(one.bid),
            bid_coins=amount(one.bid_coins),
            ask=price(one.ask),
            ask_coins=amount(one.ask_coins),
            age=_age(one.age_ms),
            source=t(found.book_source or "nobody", "way"),
        ),
        t(
            "last {price}, {age} old, by {source}",
            price=price(one.last),
            age=_age(one.last_age_ms),
            source=t(found.last_source or "nobody", "way"),
        ),
        t(
            "mark {mark} ({mark_age}), index {index} ({index_age})",
            mark=price(one.mark_price),
            mark_age=_age(found.mark_age_ms),
            index=price(one.index_price),
            index_age=_age(found.index_age_ms),
        ),
    ]


def _funding(found: CoinLeg) -> str:
    one = found.leg
    known = one.interval_h is not None
    return t(
        "rate {rate} % ({age}), interval {interval}, 8 h {rate_8h} %, APR {apr}",
        rate=rate(one.rate),
        age=_age(found.funding_age_ms),
        interval=f"{one.interval_h:g} {t('h')}" if known else t("not known: no APR"),
        rate_8h=rate(found.rate_8h),
        apr=_percent(found.apr),
    )


def _percent(fraction: float | None) -> str:
    return ABSENT if fraction is None else f"{fraction * 100:+.2f} %"


def _age(age_ms: int | None) -> str:
    return ABSENT if age_ms is None else short_age(age_ms)


def _price(
    key: str, value: Callable[[CoinLeg], float | None], text: str, priority: int = 0
) -> Column[LegRow]:
    return Column(
        key=key,
        title=key,
        width=11,
        priority=priority,
        paint=lambda row, looks, width: price_cell(
            value(row.found), looks, grey=row.is_grey, width=width
        ),
        value=lambda row: value(row.found),
        unit="USDT a coin",
        help=text,
    )


def _size(key: str, title: str, value: Callable[[CoinLeg], float | None]) -> Column[LegRow]:
    return Column(
        key=key,
        title=title,
        width=7,
        priority=6,
        pair="sizes",
        paint=lambda row, looks, _: Cell(amount(value(row.found)), looks.dim),
        value=lambda row: value(row.found),
        unit="coins",
        help=f"What stands at the {title.split(maxsplit=1)[0]}.",
    )


def _money(
    key: str, title: str, value: Callable[[CoinLeg], float | None], text: str, priority: int
) -> Column[LegRow]:
    return Column(
        key=key,
        title=title,
        width=7,
        priority=priority,
        paint=lambda row, looks, _: money_cell(value(row.found), looks),
        value=lambda row: value(row.found),
        unit="USDT",
        help=text,
    )


def _age_column(
    key: str, title: str, value: Callable[[CoinLeg], int | None], text: str, priority: int
) -> Column[LegRow]:
    marks = key == "age"

    def paint(row: LegRow, looks: Looks, _: int) -> Cell:
        found = value(row.found)
        if found is None:
            return Cell(ABSENT, looks.faint)
        if marks and row.found.leg.stale:
            return Cell(f"{short_age(found)}!", looks.warn)
        return Cell(short_age(found), looks.dim)

    return Column(
        key=key,
        title=title,
        width=5,
        priority=priority,
        paint=paint,
        value=value_of(value),
        unit="s",
        help=text,
    )


def value_of(age_ms: Callable[[CoinLeg], int | None]) -> Callable[[LegRow], float | None]:
    """An age in seconds, to sort by."""

    def seconds(row: LegRow) -> float | None:
        found = age_ms(row.found)
        return None if found is None else found / 1000

    return seconds


def _interval(row: LegRow, looks: Looks, _: int) -> Cell:
    found = row.found.leg.interval_h
    return Cell(ABSENT, looks.faint) if found is None else Cell(f"{found:g}h", looks.dim)


def _leg(row: LegRow, looks: Looks, _: int) -> Cell:
    where = leg(row.found.leg.exchange, row.found.leg.market)
    if row.found.leg.suspicion:
        return Cell(f"{where}?", looks.warn)
    return Cell(where, looks.faint if row.is_grey else looks.text)


LEG_COLUMNS: tuple[Column[LegRow], ...] = (
    Column(
        key="leg",
        title="leg",
        width=13,
        align="left",
        paint=_leg,
        value=lambda row: row.key,
        help="Exchange and market; ? : in quarantine, it may be another coin.",
    ),
    _price("last", lambda one: one.leg.last, "Last trade."),
    _price("bid", lambda one: one.leg.bid, "Best bid."),
    _price("ask", lambda one: one.leg.ask, "Best ask."),
    _size("bid_coins", "bid size", lambda one: one.leg.bid_coins),
    _size("ask_coins", "ask size", lambda one: one.leg.ask_coins),
    _age_column("age", "age", lambda one: one.leg.age_ms, "Of the book; ! : ranks nowhere.", 0),
    _age_column("last_age", "p.age", lambda one: one.leg.last_age_ms, "Of the last price.", 7),
    _price("mark", lambda one: one.leg.mark_price, "Mark price.", 4),
    _price("index", lambda one: one.leg.index_price, "Index price.", 5),
    Column(
        key="rate",
        title="rate %",
        width=8,
        paint=lambda row, looks, wide: fraction(row.found.leg.rate, looks, wide, 4),
        value=lambda row: percent(row.found.leg.rate),
        unit="% an interval",
        help="The rate that settles next; positive: longs pay shorts.",
    ),
    Column(
        key="interval",
        title="int",
        width=4,
        priority=1,
        paint=_interval,
        value=lambda row: row.found.leg.interval_h,
        unit="h",
        help="Hours between settlements; a dash: not known, so no APR.",
    ),
    Column(
        key="next",
        title="next",
        width=5,
        paint=lambda row, looks, _: Cell(row.due, looks.dim),
        value=lambda row: row.found.leg.next_settlement_ms,
        files=(("next_ms", lambda row: row.found.leg.next_settlement_ms),),
        help="Until the next settlement.",
    ),
    Column(
        key="rate_8h",
        title="8 h %",
        width=8,
        priority=8,
        paint=lambda row, looks, wide: fraction(row.found.rate_8h, looks, wide, 4),
        value=lambda row: percent(row.found.rate_8h),
        unit="%",
        help="rate × 8 / interval.",
    ),
    Column(
        key="apr",
        title="apr %",
        width=8,
        priority=2,
        paint=lambda row, looks, wide: fraction(row.found.apr, looks, wide, 2),
        value=lambda row: percent(row.found.apr),
        unit="% a year",
        help="rate × 24 / interval × 365, not compounded.",
    ),
    _money(
        "interest",
        "OI $",
        lambda one: one.open_interest_usd,
        "Open interest, counted once (one side).",
        3,
    ),
    _money("turnover", "24h $", lambda one: one.leg.turnover_24h_usd, "Turnover of 24 h.", 9),
    Column(
        key="source",
        title="by",
        width=6,
        align="left",
        priority=5,
        paint=lambda row, looks, _: Cell(t(row.found.book_source or ABSENT, "way"), looks.dim),
        value=lambda row: row.found.book_source and str(row.found.book_source),
        help="Which way the book came: stream, or rest.",
    ),
    Column(
        key="symbol",
        title="symbol",
        width=16,
        align="left",
        priority=10,
        paint=lambda row, looks, _: Cell(row.found.leg.symbol, looks.dim),
        value=lambda row: row.found.leg.symbol,
        help="As the exchange writes it.",
    ),
    Column(
        key="note",
        title="note",
        width=14,
        align="left",
        priority=4,
        grows=True,
        paint=lambda row, looks, _: Cell(row.note, looks.warn),
        value=lambda row: row.note or None,
        help="Why it ranks nowhere; further symbols of the coin there.",
    ),
)
