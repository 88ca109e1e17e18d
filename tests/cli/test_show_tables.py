"""The tables of all boards: what stays on a narrow terminal, and what programs read."""

import csv
import io
import re
from typing import Any

import pytest

from tests.support.boards import ZONE, a_coverage_board, a_sum_board
from tests.support.coin_pages import a_coin_page
from tests.support.funding_boards import a_funding_board
from tests.support.interest_boards import an_interest_board
from tests.support.judged_boards import a_picks_board, an_anomalies_board
from tests.support.liquidation_boards import a_liquidations_board
from tests.support.spread_boards import a_signals_board, a_spreads_board
from tests.support.system_boards import a_system_board
from tui_monitor.cli.show import TABLES
from tui_monitor.cli.tables import csv_text, eye_text

BOARDS: dict[str, Any] = {
    "sum": a_sum_board(),
    "liquidations": a_liquidations_board(),
    "anomalies": an_anomalies_board(),
    "picks": a_picks_board(),
    "oi": an_interest_board(),
    "spreads": a_spreads_board(),
    "signals": a_signals_board(),
    "funding": a_funding_board(),
    "coverage": a_coverage_board(),
    "system": a_system_board(),
    "coin": a_coin_page(),
}
# What each board is for.
POINTS = {
    "sum": ["time", "sum_pct", "valid", "state"],
    "liquidations": ["time", "total_usd", "long_usd", "short_usd"],
    "anomalies": ["symbol", "state", "score", "reasons", "return_pct"],
    "picks": ["rank", "symbol", "score", "increase_pct"],
    "oi": ["coin", "oi_usd", "coins_24h_pct", "change_24h_usd"],
    "spreads": ["coin", "buy", "sell", "executable_pct", "net_pct", "size_usd"],
    "signals": ["time", "coin", "long", "short", "spread_pct"],
    "funding": ["coin", "exchange", "rate", "rate_8h", "apr"],
    "coverage": ["day", "nodes", "missing", "complete_pct"],
    "system": ["exchange", "market", "channel", "state", "age_ms"],
    "coin": ["part", "exchange", "what", "value"],
}
# Two values in a cell, a rounded mark, a sign that only people read.
TWO_VALUES = re.compile(r"\d+/\d+|[A-Z0-9]+ [+-]\d.*|.*[≥~].*|\d+ %|[a-z]+\+[a-z+]+")
WORDS = {"reason", "note", "last_error"}


def test_every_board_has_a_table() -> None:
    """And each is looked at here."""
    assert TABLES.keys() == BOARDS.keys() == POINTS.keys()


@pytest.mark.parametrize("board", POINTS)
def test_what_a_board_is_for_stays_at_80_columns(board: str) -> None:
    """Ages, reasons and the like leave first; no line is longer than the terminal."""
    lines = eye_text(TABLES[board](BOARDS[board], ZONE), 80).splitlines()
    heads = [line.split() for line in lines if POINTS[board][0] in line.split()]
    assert set(POINTS[board]) <= set(heads[-1]), heads[-1]
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize("board", POINTS)
def test_a_cell_of_csv_is_one_value(board: str) -> None:
    """What the eye has together, as 26/27 or a coin with its change, programs have apart."""
    text = csv_text(TABLES[board](BOARDS[board], ZONE))
    head, *rows = list(csv.reader(io.StringIO(text)))
    assert rows
    assert len(set(head)) == len(head)
    for row in rows:
        for name, cell in zip(head, row, strict=True):
            assert name in WORDS or not TWO_VALUES.fullmatch(cell), (name, cell)


def test_tables_above_the_rows_are_fitted_too() -> None:
    """Who was heard keeps exchange, state and sum; no row is cut."""
    lines = eye_text(TABLES["liquidations"](BOARDS["liquidations"], ZONE), 60).splitlines()
    heads = [line.split() for line in lines if "exchange" in line.split()]
    assert heads[0][:3] == ["exchange", "state", "total_usd"]
    (begin,) = (place for place, line in enumerate(lines) if line.split()[:1] == ["exchange"])
    assert not [line for line in lines[begin:] if line.endswith("…")]


def test_csv_has_the_boards_own_numbers() -> None:
    """Not those that were rounded for the eye."""
    board = a_sum_board()
    rows = list(csv.DictReader(io.StringIO(csv_text(TABLES["sum"](board, ZONE)))))
    assert [float(row["sum_pct"]) for row in rows[:3]] == [one.sum_pct for one in board.nodes[:3]]
    assert (rows[0]["best_coin"], float(rows[0]["best_pct"])) == (
        *(board.nodes[0].best_coin, board.nodes[0].best_pct),
    )
    assert [row["live"] for row in rows[-2:]] == ["false", "true"]
