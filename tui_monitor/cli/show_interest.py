"""The table of open interest, for CSV and for the eye."""

from tui_monitor.boards.open_interest import (
    WINDOWS_H,
    InterestRow,
    OpenInterestBoard,
    RankedBy,
)
from tui_monitor.cli.tables import Column, Table, digits, exact, own
from tui_monitor.clock import BoardZone
from tui_monitor.model import Exchange
from tui_monitor.printable import printable

_PCT = digits(2)
_NOTE = 300


def interest_table(board: OpenInterestBoard, zone: BoardZone) -> Table:
    """One row a coin, those that rank first; what is unknown is empty."""
    hours = board.hours
    columns = (
        own("rank", leaves=3),
        own("coin"),
        Column("oi_usd", lambda row: row.usd, digits(0)),
        Column("oi_coins", lambda row: row.coins, exact, leaves=5),
        own("told", leaves=6, only="eye"),
        Column("told", lambda row: _told(row)[0], only="csv"),
        Column("told_of", lambda row: _told(row)[1], only="csv"),
        Column("shares", _shares, leaves=8, only="eye"),
        *(_share(exchange) for exchange in Exchange),
        *(_change(window, chosen=window == hours) for window in WINDOWS_H),
        Column(f"change_{hours}h_usd", lambda row: row.change(hours).change_usd, digits(0)),
        Column(f"price_{hours}h_pct", lambda row: row.change(hours).price_change_pct, _PCT, 4),
        own("long_accounts_pct", digits(1), leaves=7),
        own("age_ms", leaves=9),
        Column("note", lambda row: printable("; ".join(row.remarks(hours)), _NOTE), leaves=10),
    )
    return Table(columns, board.rows, _summary(board, zone))


def _change(window: int, *, chosen: bool) -> Column:
    name = f"coins_{window}h_pct"
    return Column(name, lambda row: row.change(window).change_pct, _PCT, 0 if chosen else 2)


def _told(row: InterestRow) -> list[int]:
    """How many exchanges are in the sums, and of how many."""
    return [int(part) for part in row.told.split("/")]


def _shares(row: InterestRow) -> str:
    return " ".join(f"{one.exchange.value} {one.pct:.0f} %" for one in row.shares)


def _share(exchange: Exchange) -> Column:
    def pct(row: InterestRow) -> float | None:
        return next((one.pct for one in row.shares if one.exchange is exchange), None)

    return Column(f"share_{exchange.value}_pct", pct, only="csv")


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
