"""The open-interest board's columns, headline and the lines about the row under the cursor."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment

from tui_monitor.boards.open_interest import (
    WINDOWS_H,
    InterestChange,
    InterestLeg,
    InterestRow,
    OpenInterestBoard,
    RankedBy,
)
from tui_monitor.model import Exchange
from tui_monitor.screens.format import ABSENT, ShownZone, age, count, fit, signed
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


def money_change(change: InterestChange) -> str:
    """The change of USD with its sign, short."""
    value = change.change_usd
    return f"+{count(value)}" if value is not None and value > 0 else count(value)


def _money_change(change: InterestChange, looks: Looks) -> Cell:
    value = change.change_usd
    return Cell(money_change(change), looks.faint if value is None else looks.signed(value))


def _shares(row: InterestRow, looks: Looks, width: int) -> Cell:
    if not row.shares:
        return Cell(ABSENT, looks.faint)
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
    parts.append(Segment(" " * (width - done), looks.dim))
    text = " ".join(f"{one.exchange} {one.pct:.0f} %" for one in shares)
    return Cell(text, segments=tuple(parts))


def _coin(row: InterestRow, looks: Looks, width: int) -> Cell:
    """The coin; a change of method is marked where the note has no room, too."""
    if not row.jumps:
        return Cell(row.coin, looks.bright)
    return Cell(f"{fit(row.coin, width - 2).rstrip()} !", looks.warn)


def _note(row: InterestRow, hours: int) -> str:
    return "; ".join(row.remarks(hours))


def _age(row: InterestRow, looks: Looks, _: int) -> Cell:
    return Cell(age(row.age_ms), looks.dim)


def _pct_column(hours: int) -> Column[InterestRow]:
    return Column(
        key=f"pct_{hours}h",
        title=f"OI {hours}h %",
        width=9,
        priority=2 if hours == 1 else 1 if hours == 4 else 0,
        unit="%",
        word=f"oi-{hours}h",
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
            title=f"price {hours}h %",
            width=11,
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
    """The perpetuals of the row, the window's ends, and what is left out of it and why."""
    if row is None:
        return ()
    change = row.change(hours)
    told = [text for text in row.remarks(hours) if text != change.reason]
    remarks = fit("; ".join(told), max(width - 1, 1)).rstrip()
    return (
        fitting([[(f"{row.coin} ", looks.bright)], *_legs(row, looks, width)], "  ", width),
        fitting([[(f"{hours} h ", looks.faint), (_was(change), looks.text)]], "  ", width),
        [(remarks, looks.warn if row.jumps else looks.dim)],
    )


def _legs(row: InterestRow, looks: Looks, width: int) -> list[list[Piece]]:
    """The perpetuals: of each as much as lets all of them stay."""
    legs: list[list[Piece]] = []
    for words in (_leg_whole, _leg_value, _leg_share):
        legs = [_leg(leg, words(leg), looks) for leg in row.legs]
        texts = ["".join(text for text, _ in leg) for leg in legs]
        if cell_len("  ".join([f" {row.coin} ", *texts])) < width:
            break
    return legs


def _leg(leg: InterestLeg, said: str, looks: Looks) -> list[Piece]:
    why = leg.suspicion or leg.reason
    if leg.usd is None:
        return [(f"{leg.exchange} ", looks.faint), (why or ABSENT, looks.warn)]
    return [
        (f"{leg.exchange} ", looks.faint),
        (said, looks.text),
        (f" {why}" if why else "", looks.warn),
    ]


def _leg_whole(leg: InterestLeg) -> str:
    ratio = "" if leg.long_accounts_pct is None else f" acc {leg.long_accounts_pct:.0f} %"
    return f"{_leg_value(leg)}{ratio}{' stale' if leg.stale else ''}"


def _leg_value(leg: InterestLeg) -> str:
    share = "" if leg.share_pct is None else f" {leg.share_pct:.0f} %"
    return f"{count(leg.usd)} ${share}"


def _leg_share(leg: InterestLeg) -> str:
    return ABSENT if leg.share_pct is None else f"{leg.share_pct:.0f} %"


def _was(change: InterestChange) -> str:
    if change.coins_then is None or change.coins_now is None:
        return change.reason or "not known"
    names = ", ".join(change.exchanges)
    return (
        f"{amount(change.coins_then)} to {amount(change.coins_now)} coins "
        f"({signed(change.change_pct)} %) of {names}"
    )
