"""The funding board: differences first, no APR without an interval, who pays whom, sums."""

import pytest
from msgspec.structs import replace

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import NOW_MS, ZONE, MemorySource, a_light, a_status
from tests.support.funding_boards import (
    a_funding_board,
    a_funding_cell,
    a_funding_row,
    a_lone_row,
    a_paid,
)
from tui_monitor.app import MonitorApp
from tui_monitor.boards.funding import FundingCell, FundingRow
from tui_monitor.model import Exchange, FeedState
from tui_monitor.screens.boards.funding.board import FundingView
from tui_monitor.screens.boards.funding.columns import funding_columns
from tui_monitor.screens.boards.funding.perps import PERP_COLUMNS, perp_rows
from tui_monitor.screens.filters.filter import parse_filter
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import STANDARD
from tui_monitor.screens.widgets.columns import sort_rows

SHOWN = ShownZone(ZONE)
COLUMNS = funding_columns(tuple(Exchange))


def cell(row: FundingRow, key: str) -> str:
    """What a column says of a coin."""
    column = next(one for one in COLUMNS if one.key == key)
    return column.paint(row, STANDARD, column.width).text


def perp(found: FundingCell, key: str) -> str:
    """What a column says of a perpetual."""
    (row,) = perp_rows(a_funding_row(cells=[found]), a_funding_board(), SHOWN)
    column = next(one for one in PERP_COLUMNS if one.key == key)
    return column.paint(row, STANDARD, column.width).text.strip()


def view_of(app: MonitorApp) -> FundingView:
    """The view."""
    view = app.desk.view
    assert isinstance(view, FundingView)
    return view


def test_an_unknown_interval_is_no_apr_and_says_so() -> None:
    """A dash, never 0 and never eight hours."""
    row = a_funding_row()
    assert [cell(row, f"bitget_{key}") for key in ("apr", "8h", "interval")] == ["–", "–", "–"]
    assert cell(row, "bitget_rate") == "+0.0120"
    unknown = a_funding_cell(Exchange.BITGET)
    assert [perp(unknown, key) for key in ("apr", "rate_8h", "interval")] == ["–", "–", "–"]
    assert perp(unknown, "note") == "interval not known, so no APR"


def test_rates_are_of_their_own_interval() -> None:
    """8 h, 4 h and 1 h side by side."""
    row = a_funding_row()
    assert cell(row, "binance_apr") == "+10.95"
    assert cell(row, "okx_8h") == "-0.0062"
    assert (cell(row, "bybit_interval"), cell(row, "bybit_8h")) == ("1h", "+0.0100")


@pytest.mark.parametrize(
    ("rate", "who"), [(0.0001, "longs"), (-0.0001, "shorts"), (0.0, "nobody"), (None, "–")]
)
def test_who_pays_follows_from_the_sign(rate: float | None, who: str) -> None:
    """Nobody for 0, nothing said where the rate is not known."""
    assert perp(a_funding_cell(rate=rate), "pays") == who


def test_an_interval_that_changed_is_told_with_its_time() -> None:
    """What it was, and since when it is another."""
    found = a_funding_cell(
        Exchange.BYBIT, interval_was_h=8.0, interval_changed_ms=NOW_MS - 1_200_000
    )
    assert perp(found, "note") == "every 1 h since 14:23, was 8 h"


def test_sums_of_what_is_not_all_stored_are_marked() -> None:
    """And there is none before anything was asked for."""
    found = a_funding_cell(paid=[a_paid(1, 0.000312), a_paid(7, 0.00213, whole=False)])
    assert perp(found, "paid_1d") == "+0.0312"
    assert perp(found, "paid_7d") == "+0.2130~"
    assert perp(found, "paid_30d") == "–"
    nothing = replace(a_paid(1, 0.0, whole=False), settlements=0)
    assert perp(a_funding_cell(paid=[nothing]), "paid_1d") == "–"


def test_old_rates_and_suspects_are_in_brackets_with_the_reason() -> None:
    """They are compared with nothing."""
    lone = a_lone_row()
    assert cell(lone, "okx_apr") == "(+4,380)"
    assert cell(lone, "difference_apr") == "–"
    assert cell(lone, "binance_apr") == ""
    suspect = a_funding_cell(suspicion="another coin", others=["X"])
    assert perp(suspect, "note") == "quarantine: another coin; also X"
    assert perp(suspect, "apr") == "(+10.95)"
    column = next(one for one in COLUMNS if one.key == "difference_apr")
    for descending in (True, False):
        assert sort_rows([lone, a_funding_row()], column, descending)[-1] is lone


def test_columns_of_one_title_have_names_of_their_own() -> None:
    """For filters and for the choice of columns."""
    names = [column.name for column in COLUMNS]
    assert len(set(names)) == len(names)
    test = parse_filter("okx-apr<0 & binance-interval=8", COLUMNS)
    assert test is not None
    assert test(a_funding_row())
    assert not test(a_lone_row())


async def test_apr_alone_is_the_highest_of_the_coin() -> None:
    """For filters; the column is hidden until somebody wants it."""
    test = parse_filter("apr>10.9", COLUMNS)
    assert test is not None
    cells = [a_funding_cell(apr=value) for value in (-0.2, 0.11, None)]
    assert test(replace(a_funding_row(), cells=cells))
    assert not test(replace(a_funding_row(), cells=cells[::2]))
    assert not test(replace(a_funding_row(), cells=cells[2:]))
    app = an_app(board="funding")
    async with app.run_test(size=(240, 40)) as pilot:
        await pulled(pilot, app)
        view = view_of(app)
        before = len(view.table.rows)
        assert "apr" in view.table.hidden
        await pilot.press("/", *"apr>50", "enter")
        await settled(pilot, lambda: 0 < len(view.table.rows) < before)
        assert all(max(one.apr or 0 for one in row.cells) > 0.5 for row in view.table.rows)


async def test_the_largest_difference_stands_first_and_its_perpetuals_below() -> None:
    """The table below follows the cursor."""
    app = an_app(board="funding")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        view = view_of(app)
        differences = [row.difference_apr for row in view.table.rows if row.difference_apr]
        assert differences == sorted(differences, reverse=True)
        assert view.table.rows[-1].coin == "LONE"
        assert "─ BTC  bybit: every 1 h since 14:23, was 8 h · bitget: interval not" in (
            screen_text(app)
        )
        await pilot.press("G")
        await settled(pilot, shows(app, "─ LONE  on one exchange only"))
        assert [row.cell.exchange for row in view.perps.rows] == [Exchange.OKX]


async def test_only_the_watched_exchanges_have_columns() -> None:
    """In the board's order."""
    source = MemorySource()
    source.funding = a_funding_board(exchanges=[Exchange.OKX, Exchange.BYBIT])
    app = an_app(source, "funding")
    async with app.run_test(size=(240, 70)) as pilot:
        await pulled(pilot, app)
        keys = [column.key for column in view_of(app).table.columns]
        assert "okx_apr" in keys
        assert "binance_apr" not in keys


async def test_an_empty_board_says_which_exchange_is_waited_for() -> None:
    """And a very small terminal has the three largest differences."""
    source = MemorySource()
    source.funding = a_funding_board(rows=[], coins=0, ranked=0)
    source.current_status = a_status(lights=[a_light(FeedState.SILENT, "silent 00:42")])
    app = an_app(source, "funding")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        assert "no perpetual has a rate; waiting for prices: okx silent 00:42" in screen_text(app)
    app = an_app(board="funding")
    async with app.run_test(size=(40, 8)) as pilot:
        await pulled(pilot, app)
        assert "BTC         +70.96  binance   okx" in screen_text(app)


async def test_names_from_outside_move_nothing() -> None:
    """Control characters and markup stay text."""
    source = MemorySource()
    bad = a_funding_cell(suspicion="\x1b[2J[bold]", others=["\x1b]0;x\x07"], symbol="[/]")
    source.funding = a_funding_board(
        rows=[a_funding_row("[red]\x1bX", cells=[bad], reason="\x1b[1m[x]")]
    )
    app = an_app(source, "funding")
    async with app.run_test(size=(240, 70)) as pilot:
        await pulled(pilot, app)
        assert "\x1b" not in screen_text(app)
        assert "[bold]" in screen_text(app)


async def test_the_help_explains_every_column() -> None:
    """With unit and formula."""
    app = an_app(board="funding")
    async with app.run_test(size=(120, 50)) as pilot:
        await pulled(pilot, app)
        columns = [column for table in view_of(app).panels() for column in table.columns]
        assert all(column.help and column.value for column in columns)
        await pilot.press("f1")
        await settled(pilot, shows(app, "A perpetual's funding is paid"))
