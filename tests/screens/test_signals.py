"""The signals board: the newest with their samples, how long each lasted, what ended it."""

import pytest
from msgspec.structs import replace

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import NOW_MS, ZONE, MemorySource
from tests.support.spread_boards import a_sample, a_signal, a_signals_board
from tui_monitor.app import MonitorApp
from tui_monitor.boards.signals import Basis, Ending, Signal
from tui_monitor.screens.boards.signals.board import SignalsView
from tui_monitor.screens.boards.signals.rows import (
    NEWEST_COLUMNS,
    RUN_COLUMNS,
    SIGNAL_COLUMNS,
    detail,
    headline,
    in_one_word,
    signal_rows,
    why_empty,
)
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import STANDARD
from tui_monitor.screens.widgets.columns import place

SHOWN = ShownZone(ZONE)


def cell(signal: Signal, key: str, width: int = 24) -> str:
    """What a column of some width says of a signal."""
    (row,) = signal_rows([signal], NOW_MS, SHOWN)
    column = next(one for one in (*SIGNAL_COLUMNS, *NEWEST_COLUMNS) if one.key == key)
    return column.paint(row, STANDARD, width).text


def view_of(app: MonitorApp) -> SignalsView:
    """The view."""
    view = app.desk.view
    assert isinstance(view, SignalsView)
    return view


def test_what_goes_on_counts_and_is_marked() -> None:
    """In whole seconds, so that a row that says the same is not painted again."""
    going = a_signal(ago_s=31, ended_ms=None, lasted_ms=None, ending=None)
    assert (cell(going, "lasted"), cell(going, "ending")) == ("35s+", "goes on")
    before, after = (signal_rows([going], NOW_MS + more, SHOWN) for more in (0, 900))
    assert before == after


@pytest.mark.parametrize("ending", list(Ending))
def test_every_ending_has_its_words(ending: Ending) -> None:
    """And the time that it lasted."""
    ended = a_signal(ending=ending)
    assert (cell(ended, "lasted"), cell(ended, "ending")) == ("12s", ending.value)
    assert 0 < len(cell(ended, "ending", 8)) <= 8


@pytest.mark.parametrize("width", [80, 100, 120, 131, 153, 156, 200])
def test_one_signal_ends_in_one_word_in_both_tables(width: int) -> None:
    """The newest have more room; whole words stand only where both have it."""
    (row,) = signal_rows([a_signal(ending=Ending.NARROWED)], NOW_MS, SHOWN)
    shown = {
        one.column.paint(row, STANDARD, one.width).text
        for columns in (NEWEST_COLUMNS, RUN_COLUMNS)
        for one in place(in_one_word(columns, width), width - 2)
        if one.column.key == "ending"
    }
    assert shown == {"narrowed" if width < 154 else "under the threshold"}


def test_an_end_that_nobody_saw_is_a_dash() -> None:
    """The program ended meanwhile: how long it lasted is not known."""
    lost = a_signal(ended_ms=None, lasted_ms=None, ending=Ending.LOST)
    assert (cell(lost, "lasted"), cell(lost, "ending")) == ("–", "the program ended")


def test_a_signal_of_another_day_shows_the_day() -> None:
    """Those of today the second."""
    assert cell(a_signal(ago_s=40), "time") == "14:42:27"
    assert cell(a_signal(ago_s=86_400), "time") == "01-15"


def test_the_last_three_samples_have_their_places() -> None:
    """However many made the signal."""
    signal = a_signal(samples=[a_sample(NOW_MS, value) for value in (0.6, 0.7, 0.8, 0.9)])
    assert [cell(signal, f"sample{place}") for place in (1, 2, 3)] == ["+0.70", "+0.80", "+0.90"]
    two = replace(signal, samples=signal.samples[:2])
    assert [cell(two, f"sample{place}") for place in (1, 2, 3)] == ["–", "+0.60", "+0.70"]
    (row,) = signal_rows([signal], NOW_MS, SHOWN)
    lines = ["".join(text for text, _ in line) for line in detail(row, SHOWN, STANDARD, 120)]
    assert [line[:7] for line in lines] == ["BTC 1/3", "BTC 2/3", "BTC 3/3"]
    assert "okx perp" in lines[0]
    assert "long binance perp   95,123.4" in lines[0]


def test_the_head_says_the_rule() -> None:
    """Threshold, samples, cooldown; what is stored only says so first."""
    said = "".join(text for text, _ in headline(a_signals_board(), STANDARD, 200))
    assert "≥ 0.6 %   3 samples 2 s apart   cooldown 30 s   over it now 2" in said
    assert "perp-perp, bid and ask" in said
    assert "last sample 0.9s ago" in said
    stored = a_signals_board(live=False, reason="no engine runs", basis=Basis.LAST)
    said = "".join(text for text, _ in headline(stored, STANDARD, 200))
    assert said.startswith("stored: no engine runs")
    assert "last prices" in said


def test_an_empty_board_says_why() -> None:
    """Nobody looked yet, nothing was over it, nothing is stored."""
    board = a_signals_board(signals=[])
    assert why_empty(board) == ("none: no pair was at 0.6 % for 3 samples, 2 pairs are over it now")
    assert "no sample has been taken" in why_empty(replace(board, last_sample_ms=None))
    assert why_empty(replace(board, live=False, reason="no engine runs")) == (
        "none is stored; no engine runs"
    )


async def test_the_five_newest_stand_on_top() -> None:
    """The table below has all, and the keys."""
    app = an_app(board="signals")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        view = view_of(app)
        assert [row.signal.coin for row in view.newest.rows] == [
            "BTC", "COIN0", "COIN1", "COIN2", "COIN3",
        ]  # fmt: skip
        assert len(view.table.rows) == 12
        assert app.focused is view.table
        await pilot.press("j", "j")
        await settled(pilot, shows(app, "COIN1 1/3"))
        await pilot.press("tab")
        await settled(pilot, shows(app, "BTC 1/3"))


async def test_the_cursor_follows_the_newest_until_it_is_moved() -> None:
    """A new signal comes into sight; a chosen one stays."""
    source = MemorySource()
    app = an_app(source, "signals")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        table = view_of(app).table
        board = a_signals_board()
        source.signals = a_signals_board(signals=[a_signal("NEW", 1), *board.signals])
        await pulled(pilot, app)
        assert table.cursor_row is not None
        assert table.cursor_row.signal.coin == "NEW"
        await pilot.press("j")
        source.signals = a_signals_board(signals=[a_signal("NEWER", 0), *board.signals])
        await pulled(pilot, app)
        assert table.cursor_row is not None
        assert table.cursor_row.signal.coin == "BTC"


async def test_stored_signals_are_grey_and_a_board_that_is_not_there_yet_waits() -> None:
    """With the reason."""
    source = MemorySource()
    source.signals = a_signals_board(live=False, reason="no engine runs")
    app = an_app(source, "signals")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        assert view_of(app).table.stale
        assert "stored: no engine runs" in screen_text(app)
    app = an_app(board="signals")
    async with app.run_test(size=(40, 5)) as pilot:
        await pulled(pilot, app)
        assert "14:42 BTC +0.71 binance→okx" in screen_text(app)


async def test_the_help_explains_every_column() -> None:
    """Every one can be sorted by."""
    app = an_app(board="signals")
    async with app.run_test(size=(120, 50)) as pilot:
        await pulled(pilot, app)
        view = view_of(app)
        columns = [column for table in view.panels() for column in table.columns]
        assert all(column.help and column.value for column in columns)
        await pilot.press("f1")
        await settled(pilot, shows(app, "A signal is a pair of legs"))


async def test_a_long_run_has_one_row_in_both_tables() -> None:
    """With how many signals it gave, the time of its first and the spread of its newest."""
    source = MemorySource()
    many = [a_signal("LONG", 40 + 30 * place, began_ms=NOW_MS - 300_000) for place in range(9)]
    source.signals = a_signals_board(signals=[*many, a_signal("SHORT", 400)])
    app = an_app(source, "signals")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        view = view_of(app)
        for table in (view.newest, view.table):
            assert [(row.signal.coin, row.signals) for row in table.rows] == [
                ("LONG", 9), ("SHORT", 1),
            ]  # fmt: skip
        assert (view.table.rows[0].signal, view.table.rows[0].time) == (many[0], "14:38:27")
        lines = [line for line in screen_text(app).splitlines() if "LONG" in line]
        assert all("×9" in line and "narrowed" in line for line in lines[:2])
        await pilot.press("/", *"signals>5", "enter")
        await settled(pilot, lambda: [row.signal.coin for row in view.table.rows] == ["LONG"])


@pytest.mark.parametrize(("width", "height"), [(60, 15), (60, 24), (80, 24)])
async def test_no_cell_is_cut_on_a_small_terminal(width: int, height: int) -> None:
    """What has no room leaves; at 80 columns what ended it stays, in short."""
    app = an_app(board="signals")
    async with app.run_test(size=(width, height)) as pilot:
        await pulled(pilot, app)
        table = "\n".join(screen_text(app).splitlines()[2 : height - 5])
        assert table.count("binance perp") >= 3
        assert "COIN0 " in table.partition("Signals")[2]
        assert "BTC " in table.partition("Signals")[2]
        assert "…" not in table
        assert table.count("ended by") == 2 * (width == 80)
