"""The coverage board: the heat strip, the jobs, start and stop."""

from msgspec.structs import replace

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import MemorySource, a_coverage_board, a_progress, a_status
from tui_monitor.screens.boards.coverage.board import CoverageView
from tui_monitor.screens.boards.coverage.rows import day_columns, heat, progress, strip
from tui_monitor.screens.dialogs.questions import TextDialog
from tui_monitor.screens.looks.looks import STANDARD


def test_the_heat_of_a_share_is_full_only_when_it_is_whole() -> None:
    """And blank only when there is nothing."""
    assert [heat(value) for value in (None, 0.0, 0.01, 0.5, 0.999, 1.0)] == list("· ▁▄▇█")
    assert [heat(value, blocks=False) for value in (0.0, 0.5, 0.999, 1.0)] == list(" 59█")


def test_the_strip_is_exactly_as_wide_as_its_column() -> None:
    """One to three cells a coin, as there is room."""
    for width in (0, 5, 27, 54, 81, 108, 140):
        cell = strip([1.0, 0.0, None] * 9, width, STANDARD)
        assert cell.segments is not None
        assert sum(len(part.text) for part in cell.segments) == width


def test_the_strip_names_its_coins_where_there_is_room() -> None:
    """At 160 columns it does, at 80 it can't."""
    coins = [coin.coin for coin in a_coverage_board().coins]
    assert day_columns(coins, 158)[-1].title.startswith("BTC ETH XRP")
    assert "coins" in day_columns(coins, 78)[-1].title


def test_a_running_backfill_fills_its_line_exactly_or_less() -> None:
    """Bar, share, pages, speed, time left, at every width."""
    for width in (78, 120, 238):
        text = "".join(part for part, _ in progress(a_progress(), width, STANDARD))
        assert " 43.2 %" in text
        assert "35/81 pages" in text
        assert "ETA 5.7s" in text
        if width > 118:
            assert len(text) <= width


async def test_a_backfill_is_started_watched_and_stopped() -> None:
    """b asks for the days, the bar runs, x stops it."""
    source = MemorySource()
    app = an_app(source, "coverage")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        assert "x stop" not in screen_text(app)
        await pilot.press("b")
        await settled(pilot, shows(app, "last day"))
        await pilot.press("enter")
        await settled(pilot, lambda: source.running is not None)
        source.current_status = a_status(backfill_pct=43.2)
        await pulled(pilot, app)
        assert "8.1 pages/s" in screen_text(app)
        assert "x stop" in screen_text(app)
        await pilot.press("x")
        await settled(pilot, lambda: source.running is None)
        source.current_status = None
        await pulled(pilot, app)
        assert "pages/s" not in screen_text(app)


async def test_the_log_streams_its_newest_line_on_top() -> None:
    """While nobody has moved in it."""
    source = MemorySource()
    app = an_app(source, "coverage")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        line = source.lines[0]
        text = "a page failed: time-out"
        source.lines = [*source.lines, replace(line, level="error", text=text, id=9)]
        await pulled(pilot, app)
        lines = screen_text(app).splitlines()
        title = next(n for n, row in enumerate(lines) if "─ Log" in row)
        assert text in lines[title + 2]


async def test_the_log_follows_its_newest_line_until_the_cursor_is_moved_off_it() -> None:
    """With the keys in it too; back on top it follows again."""
    source = MemorySource()
    app = an_app(source, "coverage")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        view = app.desk.view
        assert isinstance(view, CoverageView)
        await pilot.press("tab", "tab")
        assert view.log_table.has_focus

        async def comes(number: int) -> None:
            line = replace(source.lines[0], text=f"line {number}", id=number)
            source.lines = [*source.lines, line]
            await pulled(pilot, app)

        await comes(10)
        assert view.log_table.cursor_key == "10"
        await pilot.press("j")
        await comes(11)
        assert view.log_table.cursor_key == "2"
        await pilot.press("k", "k", "k")
        await comes(12)
        assert view.log_table.cursor_key == "12"


async def test_enter_on_a_day_shows_its_curve() -> None:
    """The other board, on that day."""
    source = MemorySource()
    app = an_app(source, "coverage")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        await pilot.press("j", "j", "enter")
        await settled(pilot, lambda: app.desk.view.NAME == "sum" and app.desk.view.is_attached)
        await pulled(pilot, app)
        assert "2026-01-14 Wed" in screen_text(app)
        await pilot.press("9")
        await settled(pilot, shows(app, "Backfills"))
        await pilot.press("g", "enter")
        await settled(pilot, lambda: app.desk.view.NAME == "sum")
        await pulled(pilot, app)
        assert "2026-01-16 Fri today" in screen_text(app)
        assert app.desk.view.days.first is None


async def test_enter_on_a_line_shows_the_whole_of_it() -> None:
    """Of the log, the backfills, the queue and the event log."""
    source = MemorySource()
    long = "a long story, " * 20 + "the end"
    source.lines = [replace(source.lines[0], text=long)]
    source.event_lines = [replace(source.event_lines[0], text=long)]
    app = an_app(source, "coverage")
    async with app.run_test(size=(120, 50)) as pilot:
        await pulled(pilot, app)
        for keys, text in (
            (("tab",), "Backfill 2026-01-03"), (("tab",), "the end"), (("tab",), "fetch failed"),
            (("exclamation_mark",), "the end"),
        ):  # fmt: skip
            await pilot.press(*keys)
            await settled(pilot)
            below = app.screen
            await pilot.press("enter")
            await settled(pilot, lambda: isinstance(app.screen, TextDialog))
            assert text in screen_text(app)
            await pilot.press("enter")
            await settled(pilot, lambda below=below: app.screen is below)  # type: ignore[misc]


async def test_a_narrow_terminal_shows_the_lower_tables_in_turn() -> None:
    """Tab leads through all of them and back to the days."""
    app = an_app(board="coverage")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        seen = []
        for _ in range(5):
            text = screen_text(app)
            seen.append(next(word for word in ("Backfills", "Log", "Queue") if f"─ {word}" in text))
            await pilot.press("tab")
            await settled(pilot)
        assert set(seen) == {"Backfills", "Log", "Queue"}
