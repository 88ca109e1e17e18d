"""What a column compares, sorts and puts into files is what it shows."""

import re
from typing import Any

import pytest

from tests.screens.support import an_app, pulled
from tests.support.interest_boards import a_leg
from tui_monitor.boards.open_interest import RankedBy
from tui_monitor.boards.open_interest.build import InterestInput, interest_board
from tui_monitor.model import Exchange
from tui_monitor.screens.boards.oi.columns import oi_columns
from tui_monitor.screens.boards.registry import VIEWS
from tui_monitor.screens.filters.filter import parse_filter
from tui_monitor.screens.filters.values import moment_of, painted, seconds_of, shown_amount
from tui_monitor.screens.tables.shown import shown_table
from tui_monitor.screens.widgets.columns import Column, SortValue

_OF = re.compile(r"(\d+)/(\d+)")
_FIRST_MS = 1e11
# Bounds, what is partial or grey, and bars.
_MARKS = "≥~×<(█░ "
# Where a table says in a word that there is nothing.
_NOTHING = {"", "–", "new"}


def fault(column: Column[Any], row: Any) -> str:
    """What is other behind a cell than in it; "" where it is the same."""
    value, shown = column.value and column.value(row), painted(column, row)
    if column.value is None or isinstance(value, str):
        return ""
    if value is None:
        return "" if shown in _NOTHING or column.files or column.says else "nothing"
    if of := _OF.fullmatch(shown):
        same = (float(value), said(column, row)) == (float(of[1]), shown)
        return "" if same and len(column.files) == 2 else "another count"
    if column.unit != "s" and (moment_of(shown) or shown == "live"):
        times_ms = [of(row) for name, of in column.files if name.endswith("_ms")] or [value]
        return (
            ""
            if all(isinstance(one, int | float) and one > _FIRST_MS for one in times_ms)
            else "id"
        )
    return number_fault(column, float(value), shown)


def said(column: Column[Any], row: Any) -> SortValue:
    """What `=` compares with."""
    assert column.says is not None, column.key
    return column.says(row)


def number_fault(column: Column[Any], value: float, shown: str) -> str:
    """The same for a length of time or a number, as exactly as it is shown."""
    seconds, amount = seconds_of(shown.strip("<+!~")), shown_amount(shown.lstrip(_MARKS))
    if seconds is not None and column.files:
        return ""
    if seconds is not None:
        factor = 3_600 if column.unit == "h" else 1
        near = abs(seconds - value * factor) <= max(60.0 if seconds >= 60 else 1.0, seconds * 0.02)
        return "" if near and column.unit in ("s", "h") else "another time"
    if amount is not None:
        digits = len(shown.split(".")[1].rstrip("kMBT%~ )")) if "." in shown else 0
        near = abs(amount - value) <= max(0.51 * 10**-digits, abs(value) * 0.006)
        return "" if near else "another number"
    return "" if column.says or column.files or (value == 0 and shown == "–") else "a word"


@pytest.mark.parametrize("name", list(VIEWS))
async def test_every_column_compares_what_it_shows(name: str) -> None:
    """Numbers and times in the unit that is read, counts by the first of `n/m`; where a value only
    orders, files and `=` have the word.
    """
    app = an_app(board=name)
    async with app.run_test(size=(200, 50)) as pilot:
        view = (await pulled(pilot, app)).view
        found = {
            (column.key, fault(column, row)): painted(column, row)
            for board in view.panels()
            for column in board.columns
            for row in board.rows
            if fault(column, row)
        }
        assert not found
        for board in view.panels():
            named = [one for one, _ in shown_table(board).columns]
            assert len(named) == len(set(named))


def test_how_many_told_is_counted_by_those_that_did() -> None:
    """`told<2`, `told=1/2`, and both numbers in files; one share an exchange, the age in ms."""
    told, silent = a_leg("BTC", age_ms=67_237), a_leg("BTC", Exchange.OKX, coins=None)
    legs = [told, silent, a_leg("ETH"), a_leg("ETH", Exchange.OKX, coins=3_000.0)]
    given = InterestInput(0, list(Exchange), legs, {}, {}, [], {})
    rows = interest_board(given, 0, 24, RankedBy.SIZE).rows
    columns = oi_columns(24)
    for text, coins in {
        "told<2": ["BTC"],
        "told=1/2": ["BTC"],
        "told!=1/2": ["ETH"],
        "told>=2": ["ETH"],
        "told=2": ["ETH"],
        "age>60": ["BTC"],
        "age>1m": ["BTC"],
    }.items():
        holds = parse_filter(text, columns)
        assert holds is not None
        assert [row.coin for row in rows if holds(row)] == coins, text
    files = {name: of for column in columns for name, of in column.files}
    btc, eth = sorted(rows, key=lambda row: row.coin)
    windows = [name for name in files if name.startswith(("change_", "price_change_"))]
    assert windows == [
        *("change_1h_pct", "change_4h_pct", "change_24h_pct"),
        *("change_24h_usd", "price_change_24h_pct"),
    ]
    assert {name: of(btc) for name, of in files.items() if name not in windows} == {
        "oi_usd": btc.usd,
        "told": 1,
        "told_of": 2,
        "share_binance_pct": 100.0,
        "share_okx_pct": None,
        "share_bybit_pct": None,
        "share_bitget_pct": None,
        "age_ms": 67_237,
    }
    assert files["share_okx_pct"](eth) == 75.0
