"""The cursor: what Enter opens is what was seen, and where a list begins."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec.structs import replace
from textual.pilot import Pilot

from tests.screens.support import an_app, pulled, screen_text, settled
from tests.screens.test_board import Row, Small
from tests.support.boards import MemorySource
from tests.support.spread_boards import a_spread, a_spreads_board
from tui_monitor.app import MonitorApp
from tui_monitor.boards.spreads import Kind, SpreadsBoard
from tui_monitor.screens.boards.coin.page import CoinView
from tui_monitor.screens.boards.spreads.board import SpreadsView

COUNT = 60


def coins(*first: str) -> SpreadsBoard:
    """Many coins, these before all others."""
    names = [*first, *(name for name in (f"C{n:02}" for n in range(COUNT)) if name not in first)]
    rows = [
        a_spread(name, rank=place + 1, executable_pct=9.0 - place / 10)
        for place, name in enumerate(names)
    ]
    return replace(a_spreads_board(), rows=rows)


def view_of(app: MonitorApp) -> SpreadsView:
    """The spreads."""
    view = app.desk._view("spreads")
    assert isinstance(view, SpreadsView)
    return view


def opened(app: MonitorApp) -> str | None:
    """The coin whose page is open."""
    view = app.desk.view
    return view.coin if isinstance(view, CoinView) else None


def has_seen(view: CoinView) -> bool:
    """Whether there is a leg that Enter would open."""
    return view.legs.seen_row is not None


async def enters(pilot: Pilot[int], app: MonitorApp) -> str | None:
    """The coin that Enter opens."""
    app.desk.view.panels()[0].action_open()
    await settled(pilot, lambda: opened(app) is not None)
    return opened(app)


@asynccontextmanager
async def spreads_of(*first: str) -> AsyncIterator[tuple[Pilot[int], MonitorApp, MemorySource]]:
    """The spreads of many coins in a terminal, these before all others, pulled once."""
    source = MemorySource()
    source.spreads = coins(*first)
    app = an_app(source, "spreads")
    async with app.run_test(size=(120, 30)) as pilot:
        await pulled(pilot, app)
        yield pilot, app, source


def unpainted(view: SpreadsView, board: SpreadsBoard) -> None:
    """Newer data is there, and no frame has shown it yet."""
    view.board = board
    view.paint()


async def test_enter_opens_the_row_that_was_seen_though_another_one_leads_now() -> None:
    """The untouched cursor follows the best; the hand is slower than the market."""
    async with spreads_of("C03") as (pilot, app, _):
        unpainted(view_of(app), coins("C07"))
        assert view_of(app).table.cursor_key == "C07"
        assert await enters(pilot, app) == "C03"


async def test_enter_opens_the_new_leader_once_it_was_seen() -> None:
    """What is on screen is what is meant."""
    async with spreads_of("C03") as (pilot, app, source):
        source.spreads = coins("C07")
        await pulled(pilot, app)
        assert await enters(pilot, app) == "C07"


async def test_enter_right_after_a_key_opens_where_the_key_led() -> None:
    """A burst over a slow link: the row is not on any frame yet."""
    async with spreads_of() as (pilot, app, _):
        table = view_of(app).table
        table.action_cursor_down()
        table.action_cursor_down()
        assert await enters(pilot, app) == "C02"


async def test_a_row_that_leaves_hands_the_cursor_to_the_one_on_its_line() -> None:
    """Not to the top; and a pending Enter still opens the one that left."""
    async with spreads_of() as (pilot, app, _):
        await pilot.press("j", "j", "j", "j", "j")
        await settled(pilot)
        board = coins()
        left = replace(board, rows=[row for row in board.rows if row.coin != "C05"])
        unpainted(view_of(app), left)
        assert view_of(app).table.cursor_key == "C06"
        assert await enters(pilot, app) == "C05"


async def test_one_coin_is_a_choice_of_that_coin() -> None:
    """Whoever leads meanwhile, and however soon Enter comes."""
    async with spreads_of("C03") as (pilot, app, _):
        unpainted(view_of(app), coins("C07"))
        view_of(app).action_one_coin()
        unpainted(view_of(app), coins("C09"))
        assert view_of(app).coin == view_of(app).table.cursor_key == "C03"
        assert await enters(pilot, app) == "C03"


async def test_other_pairs_begin_at_their_top() -> None:
    """The best ones are in sight; the cursor's coin keeps it where it is among these."""
    async with spreads_of() as (pilot, app, source):
        table = view_of(app).table
        await pilot.press("j", "j")
        perps = [replace(row, kind=Kind.PERP_PERP) for row in coins("C05", "C06", "C07").rows]
        source.spreads = replace(coins(), rows=perps)
        await pilot.press("p")
        await pulled(pilot, app)
        assert (table.cursor_key, table.scroll_offset.y) == ("C02", 0)
        behind = [f"C{n:02}" for n in range(20, COUNT)]
        source.spreads = replace(
            coins(), rows=[replace(row, kind=Kind.SPOT_PERP) for row in coins(*behind).rows]
        )
        await pilot.press("p")
        await pulled(pilot, app)
        assert (table.cursor_key, table.scroll_offset.y) == ("C20", 0)


async def test_back_from_one_coin_the_best_are_in_sight_again() -> None:
    """The row stayed on its line and hid all that is above it."""
    async with spreads_of() as (pilot, app, source):
        table = view_of(app).table
        await pilot.press("j", "o")
        await pulled(pilot, app)
        assert [row.coin for row in table.rows] == ["C01"]
        source.spreads = coins("C08", "C09")
        await pilot.press("o")
        await pulled(pilot, app)
        assert (table.cursor_key, table.scroll_offset.y) == ("C01", 0)
        assert " C08 " in screen_text(app)


async def test_back_from_one_coin_who_scrolled_to_it_is_there_again() -> None:
    """Far down the list the coin counts, not the top."""
    async with spreads_of() as (pilot, app, _):
        table = view_of(app).table
        await pilot.press("G", "o")
        await pulled(pilot, app)
        await pilot.press("o")
        await pulled(pilot, app)
        assert table.cursor_key == f"C{COUNT - 1}"
        assert table.scroll_offset.y > 0
        assert f" C{COUNT - 1} " in screen_text(app)


async def test_a_filter_counts_at_once() -> None:
    """Enter after it opens what it left, not what was seen before."""
    app = Small()
    async with app.run_test(size=(60, 8)) as pilot:
        app.board.set_rows([Row("A", 3.0), Row("B", 2.0)])
        app.board.focus()
        await pilot.pause()
        app.board.frame_shown()
        app.board.set_filter("b")
        seen = app.board.seen_row
        assert seen is not None
        assert seen.coin == "B"


async def test_the_page_of_another_coin_forgets_what_was_seen_of_the_last() -> None:
    """Its legs are not there yet: Enter has nothing to open."""
    app = an_app(board="spreads")
    async with app.run_test(size=(120, 30)) as pilot:
        await pulled(pilot, app)
        app.desk.show_coin("BTC")
        await settled(pilot, lambda: opened(app) == "BTC" and app.desk.view.is_attached)
        await pulled(pilot, app)
        view = app.desk.view
        assert isinstance(view, CoinView)
        assert has_seen(view)
        view.open_coin("ETH")
        assert not has_seen(view)
        await settled(pilot)
        assert "loading…" in screen_text(app)
