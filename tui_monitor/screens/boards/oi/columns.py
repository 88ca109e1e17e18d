"""The open-interest board's columns."""

from functools import partial

from rich.segment import Segment

from tui_monitor.boards.open_interest import (
    WINDOWS_H,
    InterestChange,
    InterestRow,
    RankedBy,
)
from tui_monitor.model import Exchange
from tui_monitor.screens.boards.spreads.cells import amount, money_cell, pct_cell
from tui_monitor.screens.looks.format import ABSENT, age, count, fit
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import joined, told

# A share's glyph tells the exchange without its colour.
GLYPHS = {
    Exchange.BINANCE: "█",
    Exchange.OKX: "▓",
    Exchange.BYBIT: "▒",
    Exchange.BITGET: "░",
}

# Before a figure that some exchange's part is missing in.
PARTIAL = "~"


def money_change(change: InterestChange) -> str:
    """The change of USD with its sign, short."""
    value = change.change_usd
    return f"+{count(value)}" if value is not None and value > 0 else count(value)


def _money_change(change: InterestChange, looks: Looks) -> Cell:
    value = change.change_usd
    return Cell(money_change(change), looks.faint if value is None else looks.signed(value))


def part(text: str, row: InterestRow) -> str:
    """A figure that is of some of the exchanges only, or partly old, is marked."""
    return f"{PARTIAL}{text}" if row.is_rough and text != ABSENT else text


def _sum(text: str, row: InterestRow, looks: Looks) -> Cell:
    if text == ABSENT:
        return Cell(text, looks.faint)
    return Cell(part(text, row), looks.warn if row.is_rough else looks.text)


def _rank(row: InterestRow, by: RankedBy, looks: Looks) -> Cell:
    """By size, the rank of a part is marked like the part."""
    text = ABSENT if row.rank is None else f"{row.rank}"
    return Cell(part(text, row) if by is RankedBy.SIZE else text, looks.dim)


def _told(row: InterestRow, looks: Looks) -> Cell:
    return Cell(row.told, looks.warn if row.is_rough else looks.dim)


def _shares(row: InterestRow, looks: Looks, width: int) -> Cell:
    if not row.shares:
        return Cell(ABSENT, looks.faint)
    bar = _bar(row, looks, width - row.is_rough)
    text = " ".join(f"{one.exchange} {one.pct:.0f} %" for one in row.shares)
    mark = (Segment(PARTIAL, looks.warn),) * row.is_rough
    return Cell(part(text, row), segments=(*mark, *bar))


def _bar(row: InterestRow, looks: Looks, width: int) -> list[Segment]:
    styles = {Exchange.BINANCE: looks.accent, Exchange.OKX: looks.text}
    parts, done, total = [], 0, 0.0
    # In the same order in every row, so that rows can be compared.
    shares = sorted(row.shares, key=lambda one: list(GLYPHS).index(one.exchange))
    for one in shares:
        total += one.pct
        end = min(width, round(total / 100 * width))
        glyph = GLYPHS[one.exchange] * (end - done)
        parts.append(Segment(glyph, styles.get(one.exchange, looks.dim)))
        done = end
    return [*parts, Segment(" " * (width - done), looks.dim)]


def _share(exchange: Exchange, row: InterestRow) -> float | None:
    return next((one.pct for one in row.shares if one.exchange is exchange), None)


def _coin(row: InterestRow, looks: Looks, width: int) -> Cell:
    """The coin; a change of method is marked where the note has no room, too."""
    if not row.jumps:
        return Cell(row.coin, looks.bright)
    return Cell(f"{fit(row.coin, width - 2).rstrip()} !", looks.warn)


def _note(row: InterestRow, hours: int) -> str:
    return joined(told(one) for one in row.remarks(hours))


def _age(row: InterestRow, looks: Looks, _: int) -> Cell:
    return Cell(age(row.age_ms), looks.dim)


def _pct_column(hours: int, *, chosen: bool) -> Column[InterestRow]:
    return Column(
        key=f"pct_{hours}h",
        title=f"OI {hours}h %",
        width=9,
        priority=2 if hours == 1 else 1 if hours == 4 else 0,
        unit="%",
        word=f"oi-{hours}h",
        also=(f"change-{hours}h", *(("change",) if chosen else ())),
        paint=lambda row, looks, width: pct_cell(row.change(hours).change_pct, looks, width),
        value=lambda row: row.change(hours).change_pct,
        files=((f"change_{hours}h_pct", lambda row: row.change(hours).change_pct),),
        help=f"Change of open interest over {hours} h in coins, so that a price can't fake it.",
    )


def oi_columns(hours: int, by: RankedBy = RankedBy.CHANGE) -> tuple[Column[InterestRow], ...]:
    """The columns; money and price change are of the chosen window, and `change` in a filter."""
    return (
        Column(
            key="rank",
            title="#",
            width=4,
            word="rank",
            paint=lambda row, looks, _: _rank(row, by, looks),
            value=lambda row: row.rank,
            help="By the absolute change of USD in the window, or by size (z); ~ of a part.",
        ),
        Column(
            key="coin",
            title="coin",
            width=12,
            align="left",
            paint=_coin,
            value=lambda row: row.coin,
            help="Enter opens its page. ! marks a change of how an exchange counts.",
        ),
        Column(
            key="usd",
            title="OI $",
            width=8,
            word="oi_usd",
            unit="USD",
            paint=lambda row, looks, _: _sum(money_cell(row.usd, looks).text, row, looks),
            value=lambda row: row.usd,
            files=(("oi_usd", lambda row: row.usd),),
            help=(
                "Open interest of all exchanges' perpetuals, single-sided, coins x mark price; "
                "~ while an exchange that lists it has told none, or none of late."
            ),
        ),
        Column(
            key="coins",
            title="coins",
            width=9,
            priority=6,
            paint=lambda row, looks, _: _sum(amount(row.coins), row, looks),
            value=lambda row: row.coins,
            help="The same in coins.",
        ),
        Column(
            key="told",
            title="told",
            width=4,
            priority=4,
            paint=lambda row, looks, _: _told(row, looks),
            value=lambda row: len(row.exchanges),
            says=lambda row: row.told,
            files=(("told", lambda row: len(row.exchanges)), ("told_of", lambda row: row.told_of)),
            help="How many of the exchanges that list it are in the sum; below: who is not, why.",
        ),
        Column(
            key="shares",
            title="shares",
            width=14,
            align="left",
            priority=4,
            paint=_shares,
            value=lambda row: max((one.pct for one in row.shares), default=None),
            files=tuple((f"share_{one}_pct", partial(_share, one)) for one in Exchange),
            help="Each exchange's part: █ binance, ▓ okx, ▒ bybit, ░ bitget; ~ of those that told.",
        ),
        *(_pct_column(one, chosen=one == hours) for one in WINDOWS_H),
        Column(
            key="change_usd",
            title=f"USD {hours}h",
            width=9,
            word="usd-change",
            unit="USD",
            paint=lambda row, looks, _: _money_change(row.change(hours), looks),
            value=lambda row: row.change(hours).change_usd,
            files=((f"change_{hours}h_usd", lambda row: row.change(hours).change_usd),),
            help="Value now minus value at the window's start, of the perpetuals that count.",
        ),
        Column(
            key="price",
            title=f"price {hours}h %",
            width=11,
            priority=3,
            unit="%",
            word="price-change",
            paint=lambda row, looks, width: pct_cell(
                row.change(hours).price_change_pct, looks, width
            ),
            value=lambda row: row.change(hours).price_change_pct,
            files=((f"price_change_{hours}h_pct", lambda row: row.change(hours).price_change_pct),),
            help="Change of the mark price over the same time.",
        ),
        Column(
            key="accounts",
            title="acc long",
            width=8,
            priority=3,
            unit="%",
            word="accounts",
            paint=lambda row, looks, _: Cell(
                ABSENT if row.long_accounts_pct is None else f"{row.long_accounts_pct:.1f} %",
                looks.faint if row.long_accounts_pct is None else looks.text,
            ),
            value=lambda row: row.long_accounts_pct,
            help="Share of accounts (not of positions) that are long, where exchanges tell it.",
        ),
        Column(
            key="age",
            title="age",
            width=6,
            priority=5,
            paint=_age,
            value=lambda row: None if row.age_ms is None else row.age_ms / 1000,
            unit="s",
            files=(("age_ms", lambda row: row.age_ms),),
            help="Of the oldest value in the sums.",
        ),
        Column(
            key="note",
            title="note",
            width=12,
            align="left",
            priority=7,
            grows=True,
            paint=lambda row, looks, _: Cell(
                _note(row, hours), looks.warn if row.jumps else looks.dim
            ),
            value=lambda row: _note(row, hours),
            help="A change of method instead of positions, or who is left out and why.",
        ),
    )
