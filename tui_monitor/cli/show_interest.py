"""The table of open interest, for CSV and for the eye."""

from tui_monitor.boards.open_interest import (
    WINDOWS_H,
    InterestRow,
    OpenInterestBoard,
    RankedBy,
)
from tui_monitor.cli.tables import Row, Table, number
from tui_monitor.clock import BoardZone
from tui_monitor.printable import printable

_PCT = 2
_NOTE = 300


def interest_table(board: OpenInterestBoard, zone: BoardZone) -> Table:
    """One row a coin, those that rank first; what is unknown is empty."""
    columns = (
        *("rank", "coin", "oi_usd", "oi_coins", "told", "shares"),
        *(f"coins_{hours}h_pct" for hours in WINDOWS_H),
        *(f"change_{board.hours}h_usd", f"price_{board.hours}h_pct"),
        *("long_accounts_pct", "age_ms", "note"),
    )
    return Table(columns, [_row(row, board.hours) for row in board.rows], _summary(board, zone))


def _row(row: InterestRow, hours: int) -> Row:
    change = row.change(hours)
    return (
        "" if row.rank is None else row.rank,
        printable(row.coin),
        number(row.usd, 0),
        "" if row.coins is None else f"{row.coins:.10g}",
        row.told,
        " ".join(f"{one.exchange.value} {one.pct:.0f} %" for one in row.shares),
        *(number(row.change(window).change_pct, _PCT) for window in WINDOWS_H),
        number(change.change_usd, 0),
        number(change.price_change_pct, _PCT),
        number(row.long_accounts_pct, 1),
        "" if row.age_ms is None else row.age_ms,
        printable("; ".join(row.remarks(hours)), _NOTE),
    )


def _summary(board: OpenInterestBoard, zone: BoardZone) -> str:
    what = "absolute change of USD" if board.by is RankedBy.CHANGE else "size"
    text = (
        f"open interest at {zone.format(board.now_ms)} ({zone.name}), single-sided,"
        f" {board.ranked} of {board.coins} coins rank by {what} in {board.hours} h"
    )
    if board.sampled_ms is not None:
        text += f", sampled {zone.format(board.sampled_ms)}"
    notes = [board.reason, _partial(board), _jumped(board), *(one.text for one in board.past)]
    return "\n".join([text, *filter(None, notes)])


def _partial(board: OpenInterestBoard) -> str:
    if not board.partial:
        return ""
    late = ", ".join(one.text for one in board.told if not one.is_whole)
    many = f"the sums of {board.partial} of {board.coins} coins are partial (see told and note)"
    return f"{many}: {late}" if late else many


def _jumped(board: OpenInterestBoard) -> str:
    if not board.jumped:
        return ""
    coins = "coin has" if board.jumped == 1 else "coins have"
    return f"{board.jumped} {coins} a part that is counted another way since (see note)"
