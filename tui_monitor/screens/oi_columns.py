"""The open-interest board's columns, headline and the lines about the row under the cursor."""

from collections.abc import Sequence

from rich.segment import Segment

from tui_monitor.boards.open_interest import (
    WINDOWS_H,
    InterestChange,
    InterestRow,
    OpenInterestBoard,
    RankedBy,
)
from tui_monitor.model import Exchange
from tui_monitor.screens.format import ABSENT, ShownZone, age, count, signed
from tui_monitor.screens.looks import Looks
from tui_monitor.screens.spreads_cells import amount, money_cell, pct_cell
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.screens.widgets.line import Piece, fitting

# A share's glyph tells the exchange without its colour.
GLYPHS = {
    Exchange.BINANCE: "█",
    Exchange.OKX: "▓",
    Exchange.BYBIT: "▒",
    Exchange.BITGET: "░",
}


def _money_change(change: InterestChange, looks: Looks) -> Cell:
    value = change.change_usd
    if value is None:
        return Cell(ABSENT, looks.faint)
    sign = "+" if value > 0 else "-" if value < 0 else ""
    return Cell(f"{sign}{count(abs(value))}", looks.signed(value))


def _shares(row: InterestRow, looks: Looks, width: int) -> Cell:
    if not row.shares:
        return Cell(ABSENT, looks.faint)
    styles = {Exchange.BINANCE: looks.accent, Exchange.OKX: looks.text}
    parts, done, total = [], 0, 0.0
    for one in row.shares:
        total += one.pct
        end = min(width, round(total / 100 * width))
        glyph = GLYPHS[one.exchange] * (end - done)
        parts.append(Segment(glyph, styles.get(one.exchange, looks.dim)))
        done = end
    parts.append(Segment(" " * (width - done), looks.dim))
    text = " ".join(f"{one.exchange} {one.pct:.0f} %" for one in row.shares)
    return Cell(text, segments=tuple(parts))


def _note(row: InterestRow, hours: int) -> str:
    if row.jumps:
        return row.jumps[-1].text
    change = row.change(hours)
    if change.reason:
        return change.reason
    if change.left_out:
        out = change.left_out[0]
        more = f" and {len(change.left_out) - 1} more" if len(change.left_out) > 1 else ""
        return f"without {out.exchange}{more}: {out.reason}"
    return row.reason


def _age(row: InterestRow, looks: Looks, _: int) -> Cell:
    return Cell(age(row.age_ms), looks.dim)


def _pct_column(hours: int) -> Column[InterestRow]:
    return Column(
        key=f"pct_{hours}h",
        title=f"coins {hours}h",
        width=9,
        priority=2 if hours == 1 else 1 if hours == 4 else 0,
        unit="%",
        word=f"coins-{hours}h",
        paint=lambda row, looks, width: pct_cell(row.change(hours).change_pct, looks, width),
        value=lambda row: row.change(hours).change_pct,
        help=f"Change of open interest over {hours} h in coins, so that a price can't fake it.",
    )


def oi_columns(hours: int) -> tuple[Column[InterestRow], ...]:
    """The columns; money and price change are of the chosen window."""
    return (
        Column(
            key="rank",
            title="#",
            width=4,
            word="rank",
            paint=lambda row, looks, _: Cell(
                ABSENT if row.rank is None else f"{row.rank}", looks.dim
            ),
            value=lambda row: row.rank,
            help="By the absolute change of USD in the window, or by size (z).",
        ),
        Column(
            key="coin",
            title="coin",
            width=12,
            align="left",
            paint=lambda row, looks, _: Cell(row.coin, looks.bright),
            value=lambda row: row.coin,
            help="Enter opens its page.",
        ),
        Column(
            key="usd",
            title="OI $",
            width=8,
            word="oi_usd",
            unit="USD",
            paint=lambda row, looks, _: money_cell(row.usd, looks),
            value=lambda row: row.usd,
            help="Open interest of all exchanges' perpetuals, single-sided, coins x mark price.",
        ),
        Column(
            key="coins",
            title="coins",
            width=8,
            priority=6,
            paint=lambda row, looks, _: Cell(amount(row.coins), looks.text),
            value=lambda row: row.coins,
            help="The same in coins.",
        ),
        Column(
            key="shares",
            title="shares",
            width=14,
            align="left",
            priority=4,
            paint=_shares,
            value=lambda row: max((one.pct for one in row.shares), default=None),
            help="Each exchange's part: █ binance, ▓ okx, ▒ bybit, ░ bitget.",
        ),
        *(_pct_column(one) for one in WINDOWS_H),
        Column(
            key="change_usd",
            title=f"USD {hours}h",
            width=9,
            word="usd-change",
            unit="USD",
            paint=lambda row, looks, _: _money_change(row.change(hours), looks),
            value=lambda row: row.change(hours).change_usd,
            help="Value now minus value at the window's start, of the perpetuals that count.",
        ),
        Column(
            key="price",
            title=f"price {hours}h",
            width=9,
            priority=3,
            unit="%",
            word="price-change",
            paint=lambda row, looks, width: pct_cell(
                row.change(hours).price_change_pct, looks, width
            ),
            value=lambda row: row.change(hours).price_change_pct,
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
            value=lambda row: row.age_ms,
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


def headline(board: OpenInterestBoard, zone: ShownZone, looks: Looks, width: int) -> list[Piece]:
    """What it is ranked by, the sum, and how much of the past is known."""
    what = "by |USD change|" if board.by is RankedBy.CHANGE else "by size"
    groups: list[list[Piece]] = [
        [(f"{board.hours} h {what}", looks.title)],
        [("total ", looks.faint), (f"{count(board.usd)} $", looks.text)],
        [(f"{board.ranked} of {board.coins} coins ranked", looks.dim)],
    ]
    if not board.live:
        groups.insert(1, [(f"stored: {board.reason}", looks.warn)])
    if board.sampled_ms is not None:
        sampled = zone.when(board.sampled_ms, board.now_ms)
        groups.append([("sampled ", looks.faint), (sampled, looks.dim)])
    pasts = [f"{one.exchange} {one.asked}/{one.wanted}" for one in board.past if one.wanted]
    if pasts:
        groups.append([("past of ", looks.faint), (", ".join(pasts), looks.dim)])
    groups.append([("█ binance ▓ okx ▒ bybit ░ bitget", looks.faint)])
    return fitting(groups, "  ", width)


def why_empty(board: OpenInterestBoard) -> str:
    """Why there are no rows."""
    return board.reason or "no open interest is known yet: the first round takes some seconds"


def detail(row: InterestRow | None, hours: int, looks: Looks, width: int) -> Sequence[list[Piece]]:
    """The perpetuals of the row, then what is left out of the window."""
    if row is None:
        return ()
    legs: list[list[Piece]] = []
    for leg in row.legs:
        why = leg.suspicion or leg.reason
        if leg.usd is None:
            legs.append([(f"{leg.exchange} ", looks.faint), (why or ABSENT, looks.warn)])
            continue
        share = "" if leg.share_pct is None else f" {leg.share_pct:.0f} %"
        stale = " stale" if leg.stale else ""
        ratio = "" if leg.long_accounts_pct is None else f" acc {leg.long_accounts_pct:.0f} %"
        legs.append(
            [
                (f"{leg.exchange} ", looks.faint),
                (f"{count(leg.usd)} $", looks.text),
                (f"{share}{ratio}{stale}", looks.dim),
                (f" {why}" if why else "", looks.warn),
            ]
        )
    change = row.change(hours)
    second: list[list[Piece]] = [
        [(f"{hours} h ", looks.faint), (_was(change), looks.text)],
        *([[(jump.text, looks.warn)] for jump in row.jumps]),
        *([[(f"without {out.exchange}: {out.reason}", looks.dim)] for out in change.left_out]),
    ]
    return (
        fitting([[(f"{row.coin} ", looks.bright)], *legs], "  ", width),
        fitting(second, "  ", width),
    )


def _was(change: InterestChange) -> str:
    if change.coins_then is None or change.coins_now is None:
        return change.reason or "not known"
    names = ", ".join(change.exchanges)
    return (
        f"{amount(change.coins_then)} to {amount(change.coins_now)} coins "
        f"({signed(change.change_pct)} %) of {names}"
    )
