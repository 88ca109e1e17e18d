"""The desk: keys, panels, dialogs, freezing, failures."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import ContentSwitcher, Input

from tests.screens.support import an_app, pulled, screen_text, settled, shows, styles_of
from tests.support.boards import (
    NOW_MS,
    ZONE,
    MemorySource,
    a_light,
    a_progress,
    a_status,
    a_sum_board,
    an_empty_sum_board,
)
from tui_monitor.app import MonitorApp
from tui_monitor.boards.registry import BOARDS
from tui_monitor.boards.sum_curve import SumBoard
from tui_monitor.clock import SLOT_MS, slot_of
from tui_monitor.config import Ui
from tui_monitor.errors import BadInput, EngineGone, StoreFull
from tui_monitor.model import FeedState
from tui_monitor.screens.boards.sum_curve import texts as sum_texts
from tui_monitor.screens.boards.sum_curve.board import SumView
from tui_monitor.screens.desk.gap import LONGEST_MS
from tui_monitor.screens.dialogs.event_log import EventLog
from tui_monitor.screens.dialogs.help import KeyHelp
from tui_monitor.screens.dialogs.questions import TextDialog
from tui_monitor.screens.filters.values import painted
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import STANDARD
from tui_monitor.screens.terminal.clipboard import copied_file
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.source import Query

LARGE = (160, 50)


def asked(source: MemorySource) -> Query:
    """The newest question for the sum board."""
    return next(call[1] for call in reversed(source.calls) if call[0] == "sum")  # type: ignore[return-value]


async def pressed(pilot: Pilot[int], app: MonitorApp, *keys: str) -> None:
    """Keys, and the pull that they ask for."""
    await pilot.press(*keys)
    await settled(pilot)
    if app.screen is app.desk:
        await pulled(pilot, app)


async def test_the_cursor_chooses_the_node_whose_coins_are_shown() -> None:
    """Down one row: that slot's coins; Esc: the live point's again."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        assert asked(source).slot_ms is None
        assert "Coins live" in screen_text(app)
        await pressed(pilot, app, "j", "j")
        assert asked(source).slot_ms == slot_of(NOW_MS) - SLOT_MS
        assert "Coins at 14:00" in screen_text(app)
        await pressed(pilot, app, "escape")
        assert asked(source).slot_ms is None


async def test_enter_opens_the_coins_and_escape_leads_back() -> None:
    """On a narrow terminal they take the place of the nodes."""
    app = an_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        assert "─ Nodes" in screen_text(app)
        await pressed(pilot, app, "enter")
        assert "─ Coins live" in screen_text(app)
        assert "─ Nodes" not in screen_text(app)
        await pressed(pilot, app, "escape")
        assert "─ Nodes" in screen_text(app)


async def test_days_are_walked_picked_and_stretched() -> None:
    """[ and ] by a day, d by typing, + and = by range; there is no tomorrow."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=LARGE, notifications=True) as pilot:
        await pulled(pilot, app)
        await pressed(pilot, app, "[")
        assert asked(source).first_day == asked(source).last_day == date(2026, 1, 15)
        await pressed(pilot, app, "]")
        assert asked(source).first_day is None
        await pressed(pilot, app, "]")
        assert "today is the last day" in screen_text(app)
        await pressed(pilot, app, "+", "+")
        assert asked(source).first_day == date(2026, 1, 13)
        assert "(4 days)" in screen_text(app)
        await pressed(pilot, app, "=")
        assert asked(source).first_day is None
        await pilot.press("d")
        await settled(pilot)
        app.screen.query_one(Input).value = "2026-01-03 2026-01-04"
        await pressed(pilot, app, "enter")
        await pulled(pilot, app)
        assert asked(source).last_day == date(2026, 1, 4)


async def test_a_mistyped_date_keeps_the_dialog_open_and_says_why() -> None:
    """Nothing is lost by a slip."""
    app = an_app()
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        await pilot.press("d")
        await settled(pilot)
        app.screen.query_one(Input).value = "2026-02-30"
        await pilot.press("enter")
        await settled(pilot, shows(app, "is not a day"))
        await pilot.press("escape")
        await settled(pilot, lambda: app.screen is app.desk)


async def test_brackets_step_a_day_in_the_date_dialog() -> None:
    """As they do outside."""
    app = an_app()
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        await pilot.press("d")
        await settled(pilot)
        await pilot.press("[", "[", "]")
        await settled(pilot)
        assert app.screen.query_one(Input).value == "2026-01-15"


async def test_freezing_holds_the_display_and_counts_what_waits() -> None:
    """Sorting, scrolling and looking at nodes go on; Space again shows the newest."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        before = app.desk.view
        assert isinstance(before, SumView)
        shown = before.shown
        await pilot.press("space")
        for _ in range(3):
            source.now_ms += 1_000
            await pulled(pilot, app)
        assert "FROZEN, 3 behind" in screen_text(app)
        assert before.shown is shown
        await pilot.press(">", "I")
        assert before.nodes.sort_key == "sum"
        await pressed(pilot, app, "space")
        assert "FROZEN" not in screen_text(app)
        assert before.shown is not shown


async def test_what_repaints_a_frozen_sum_shows_no_newer_node() -> None:
    """Another zone, another size, the coins of another node: the nodes stay as they were."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        view = app.desk.view
        assert isinstance(view, SumView)
        await pilot.press("space")
        kept = list(view.nodes.rows)
        source.now_ms += SLOT_MS
        await pulled(pilot, app)
        await pilot.resize_terminal(120, 40)
        await pressed(pilot, app, "j", "j", "enter")
        assert asked(source).slot_ms == slot_of(NOW_MS) - SLOT_MS
        assert "Coins at 14:00" in screen_text(app)
        assert [row.key for row in view.nodes.rows] == [row.key for row in kept]
        await pressed(pilot, app, "t")
        assert [row.key for row in view.nodes.rows] == [row.key for row in kept]
        await pressed(pilot, app, "space")
        await pulled(pilot, app)
        assert len(view.nodes.rows) == len(kept) + 1


async def test_a_frozen_ranking_is_sorted_filtered_and_copied_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No row moves under the cursor, whatever the market does meanwhile."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    source = MemorySource()
    source.funding = await source.funding_board()
    app = an_app(source, "funding")
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        table = app.desk.view.panels()[0]
        await pilot.press("j", "space")
        coin, rows = table.cursor_key, list(table.rows)
        # A later time alone is no update.
        source.funding = replace(source.funding, now_ms=source.funding.now_ms + 1_000)
        await pulled(pilot, app)
        for left in (2, 1):
            source.funding = replace(source.funding, rows=source.funding.rows[:left])
            await pulled(pilot, app)
        await pilot.resize_terminal(120, 40)
        assert "FROZEN, 2 behind" in screen_text(app)
        assert table.rows == rows
        assert table.cursor_key == coin
        await pilot.press("I", "slash", *str(coin).lower(), "enter")
        await pulled(pilot, app)
        assert table.cursor_key == coin
        await pressed(pilot, app, "c", "y")
        assert f"\t{coin}\t" in copied_file().read_text()
        await pressed(pilot, app, "space")
        assert len(table.rows) == 1


async def test_live_data_takes_the_place_of_stored_data_under_an_idle_cursor() -> None:
    """Who looks at the newest row looks at the live point when it comes."""
    source = MemorySource()
    source.live = False
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        assert "stored, as of 14:30" in screen_text(app)
        source.live = True
        await pulled(pilot, app)
        await pulled(pilot, app)
        assert "Coins live" in screen_text(app)
        assert "stored" not in screen_text(app)


async def test_a_failing_source_is_said_and_forgotten_when_it_answers_again() -> None:
    """The board stays, under a red line."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        source.failure = StoreFull("the disk is full", "free some space")
        await pulled(pilot, app)
        assert "the disk is full (free some space)" in screen_text(app)
        assert "Nodes" in screen_text(app)
        source.failure = ValueError("a bug")
        await pulled(pilot, app)
        assert "the sum board failed: ValueError: a bug" in screen_text(app)
        source.failure = None
        await pulled(pilot, app)
        assert "a bug" not in screen_text(app)


async def test_the_picture_of_an_engine_that_is_gone_stays_and_is_greyed() -> None:
    """With what is known of it in red; the event log stays open; then all is as before."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        plain = styles_of(app, "Coins live")
        await pressed(pilot, app, "exclamation_mark")
        source.failure = EngineGone("away for 12 s: nothing answers", "it is looked for")
        await app.desk.pull()
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot, shows(app, "away for 12 s: nothing answers (it is looked for)"))
        assert "Coins live" in screen_text(app)
        assert [style.color for style in styles_of(app, "Coins live")] != [
            style.color for style in plain
        ]
        assert "NO ENGINE" in screen_text(app)
        assert "? okx" in screen_text(app)
        assert not any(word in screen_text(app) for word in ("● REC", "● okx", "msg/s"))
        source.failure = None
        await app.desk.pull()
        await settled(pilot)
        assert styles_of(app, "Coins live") == plain
        assert all(word in screen_text(app) for word in ("● REC", "● okx", "msg/s"))
        assert not any(word in screen_text(app) for word in ("away for", "NO ENGINE", "? okx"))


async def test_the_picture_before_stays_until_the_next_engine_has_as_much() -> None:
    """Greyed, with its age, while its exchanges connect; a key has what there is, time ends it."""
    source = MemorySource()
    app = an_app(source, board="spreads")
    async with app.run_test(size=LARGE) as pilot:
        desk = await pulled(pilot, app)
        gone = EngineGone("away")

        async def next_engine(after_ms: int, state: FeedState) -> None:
            lights = [a_light(state)]
            source.current_status = a_status(source.now_ms + after_ms, lights=lights)
            await desk.pull()
            await settled(pilot)

        for ends_early in (True, False):
            source.failure = gone
            await desk.pull()
            source.failure, before = None, len(source.calls)
            await next_engine(4_000, FeedState.STARTING)
            said = "what is shown is 4 s old: of 1 exchanges 0 are live again"
            await settled(pilot, shows(app, said))
            assert ("◐ okx" in screen_text(app), "NO ENGINE" in screen_text(app)) == (1, 0)
            assert len(source.calls) == before
            if ends_early:
                await next_engine(6_000, FeedState.LIVE)
            else:
                await next_engine(4_000 + LONGEST_MS, FeedState.STARTING)
            assert "live again" not in screen_text(app)
            assert len(source.calls) > before
            source.current_status = None
            await desk.pull()


async def test_how_the_engine_does_is_shown_though_a_board_takes_long() -> None:
    """An engine that begins has other work; its lights are of now, not of before its board."""
    source, there = MemorySource(), asyncio.Event()
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        desk = await pulled(pilot, app)
        desk.refresh_every(0.01)
        take = source.sum_board

        async def late(query: Query) -> SumBoard:
            await there.wait()
            return await take(query)

        source.sum_board = late  # type: ignore[method-assign]
        pulling = asyncio.create_task(desk.pull())
        await settled(pilot)
        source.current_status = a_status(lights=[a_light(FeedState.SILENT)])
        await settled(pilot, shows(app, "○ okx"))
        assert not pulling.done()
        there.set()
        await pulling


async def test_an_engine_that_fails_leaves_the_boards_under_a_red_line() -> None:
    """A bug in the engine is neither a crash of the screen nor silence."""

    async def fails() -> None:
        raise BadInput("port taken", "give another")

    app = MonitorApp(MemorySource(), fails, refresh_s=None)
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        await app._engine()
        await settled(pilot, shows(app, "the engine stopped: port taken (give another)"))
        await pulled(pilot, app)
        assert "the engine stopped" in screen_text(app)
        assert "? okx" in screen_text(app)
        assert "● REC" not in screen_text(app)
        assert app.engine_failed


async def test_filters_are_typed_kept_and_cleared() -> None:
    """They stay visible while they hold; half a comparison says what it lacks."""
    app = an_app()
    async with app.run_test(size=LARGE) as pilot:
        desk = await pulled(pilot, app)
        view = desk.view
        assert isinstance(view, SumView)
        await pilot.press("slash", *"n<27")
        await settled(pilot)
        assert len(view.nodes.rows) == 3
        await pressed(pilot, app, "enter")
        assert "3 of 31" in screen_text(app)
        assert "c clear" in screen_text(app)
        await pressed(pilot, app, "c")
        assert len(view.nodes.rows) == 31
        await pilot.press("slash", *"zz>1")
        await settled(pilot, shows(app, "no column zz to compare (there are "))
        await pilot.press("enter")
        await pulled(pilot, app)
        assert screen_text(app).count("no column zz") == 1
        assert len(view.nodes.rows) == 31
        await pressed(pilot, app, "escape")
        assert "no column zz" not in screen_text(app)
        assert view.nodes.has_focus
        assert len(view.nodes.rows) == 31


async def test_the_palette_runs_commands_and_explains_mistakes() -> None:
    """Typed words, Tab completes, Esc leaves."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        await pilot.press("colon", *"bac", "tab")
        await settled(pilot)
        field = app.screen.query_one(Input)
        assert field.value == "backfill "
        field.value = "backfil 2026-01-03"
        await pilot.press("enter")
        await settled(pilot, shows(app, "did you mean backfill?"))
        field = app.screen.query_one(Input)
        field.value = "backfill 2026-01-03 2026-01-16"
        await pilot.press("enter")
        await settled(pilot, lambda: ("start", date(2026, 1, 3), date(2026, 1, 16)) in source.calls)


async def test_a_second_backfill_is_refused_in_a_toast() -> None:
    """And the reason is the engine's."""
    source = MemorySource()
    source.running = a_progress()
    app = an_app(source)
    async with app.run_test(size=LARGE, notifications=True) as pilot:
        await pulled(pilot, app)
        await pilot.press("b")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot, shows(app, "a backfill runs already"))


async def test_leaving_asks_first_while_a_backfill_runs() -> None:
    """Esc stays, Enter leaves."""
    source = MemorySource()
    source.current_status = a_status(backfill_pct=43.2)
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        assert "x stop" in screen_text(app)
        await pilot.press("q")
        await settled(pilot, shows(app, "A backfill runs"))
        await pilot.press("escape")
        await settled(pilot, lambda: app.screen is app.desk)
        await pilot.press("q", "enter")
        await settled(pilot, lambda: app.return_code == 0 and not app.is_running)


@pytest.mark.parametrize("confirm", [True, False])
async def test_where_recording_ends_it_takes_two(confirm: bool) -> None:
    """The first press says what ends; a while later it says so again. A setting spares it."""
    app = an_app(MemorySource())
    app.use(Ui(confirm_quit=confirm))
    app.ends_recording = lambda: True
    async with app.run_test(size=LARGE, notifications=True) as pilot:
        await pulled(pilot, app)
        for _ in range(2 if confirm else 0):
            await pilot.press("q")
            await settled(pilot, shows(app, "recording ends here too: q again to quit"))
            assert app.is_running
            app.clear_notifications()
            app.desk._forget_quit()
        await pilot.press(*("q", "q")[: 1 + confirm])
        await settled(pilot, lambda: app.return_code == 0 and not app.is_running)


async def test_exports_are_chosen_and_their_path_is_shown(tmp_path: Path) -> None:
    """What is shown, and whole days of what is stored, in the board's zone."""
    source = MemorySource()
    app = an_app(source)
    app.exports_dir = tmp_path
    async with app.run_test(size=LARGE, notifications=True) as pilot:
        await pulled(pilot, app)
        await pressed(pilot, app, "slash", *"n<27", "enter", "e")
        assert "view: 3 rows of Nodes, as shown" in screen_text(app)
        await pilot.press("enter")
        await settled(pilot, lambda: any(tmp_path.glob("view_sum_nodes_20260116_*.csv")))
        # The path may take several lines.
        await settled(pilot, lambda: screen_text(app).count("3 rows") == 1)
        await pressed(pilot, app, "e")
        what, file_format, days = app.screen.query(Input)
        what.value, file_format.value, days.value = "prices", "jsonl", "2026-01-03 2026-01-04"
        await pilot.press("enter")
        await settled(pilot, shows(app, "48 rows in exports/prices.jsonl"))
        call = next(call for call in source.calls if call[0] == "export")
        assert call[2:4] == (1_767_369_600_000, 1_767_369_600_000 + 2 * 86_400_000 - 1)


async def test_the_key_help_lists_every_key_and_filters_as_typed() -> None:
    """From the one table of actions."""
    app = an_app()
    async with app.run_test(size=(120, 70)) as pilot:
        await pulled(pilot, app)
        await pilot.press("question_mark")
        await settled(pilot, lambda: isinstance(app.screen, KeyHelp))
        assert "Half a page down" in screen_text(app)
        await pilot.press(*"freeze")
        await settled(pilot)
        assert "Freeze the display" in screen_text(app)
        assert "Half a page down" not in screen_text(app)
        await pilot.press("escape")
        await settled(pilot, lambda: app.screen is app.desk)


async def test_the_board_help_explains_columns_units_and_sources() -> None:
    """F1 on the board itself."""
    app = an_app()
    async with app.run_test(size=(120, 70)) as pilot:
        await pulled(pilot, app)
        await pilot.press("f1")
        await settled(pilot, shows(app, "Source: OKX USDT perpetuals"))
        assert "known for one day only" in screen_text(app)
        for text in (
            "price at the day's first slot, 00:00",
            "[USDT]",
            "what the coin adds to the sum",
            "Nodes: Columns",
        ):
            assert text in screen_text(app)
        assert screen_text(app).count(": Columns ") == 2


async def test_the_event_log_counts_repeats() -> None:
    """Newest first."""
    app = an_app()
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        await pilot.press("exclamation_mark")
        await settled(pilot, shows(app, "keepalive ping timeout"))
        lines = screen_text(app).splitlines()
        newest = next(n for n, line in enumerate(lines) if "over after 12 s" in line)
        assert "keepalive ping timeout" in lines[newest + 1]
        assert " 4 " in lines[newest + 1]


@pytest.mark.parametrize("freezes", [False, True])
async def test_the_event_log_stands_still_with_the_display(freezes: bool) -> None:
    """Frozen, it shows what there was when it was opened."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        await pressed(pilot, app, *(["space"] if freezes else []), "exclamation_mark")
        shown = app.screen
        assert isinstance(shown, EventLog)
        before = len(shown.table.rows)
        source.event_lines = source.event_lines[:1]
        shown.go_on()
        assert (len(shown.table.rows) == before) == freezes


async def test_the_event_log_is_filtered_and_read_whole() -> None:
    """By words and by count; Enter shows what is cut, Esc leads back step by step."""
    source = MemorySource()
    long = "connection lost: " + " ".join(["again"] * 60)
    source.event_lines.append(replace(source.event_lines[1], id=4, text=long, count=9))
    app = an_app(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        await pilot.press("exclamation_mark", "slash", *"times>4 & lost", "enter")
        await settled(pilot, shows(app, "1 of 4"))
        assert "node 08:00" not in screen_text(app)
        await pilot.press("enter")
        await settled(pilot, lambda: isinstance(app.screen, TextDialog))
        assert screen_text(app).count("again") >= 60
        await pilot.press("escape", "c")
        await settled(pilot, shows(app, "node 08:00"))
        await pilot.press("escape")
        await settled(pilot, lambda: app.screen is app.desk)


async def test_the_mouse_sorts_moves_opens_and_scrolls() -> None:
    """A header, a row, the same row again; the wheel."""
    app = an_app()
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        view = app.desk.view
        assert isinstance(view, SumView)
        table = view.nodes
        header = table.render_line(0).text
        await pilot.click(table, offset=(header.index("sum"), 0))
        await settled(pilot)
        assert (table.sort_key, table.descending) == ("sum", True)
        await pilot.click(table, offset=(4, 3))
        await settled(pilot)
        clicked = int(table.scroll_offset.y) + 2
        assert table.cursor_row == table.rows[clicked]
        await pilot.click(table, offset=(4, 3))
        await settled(pilot, lambda: view.coins.has_focus)
        table.on_mouse_scroll_down()
        assert table.cursor_row == table.rows[clicked + 3]


async def test_times_are_shown_in_three_zones() -> None:
    """The day stays the board's."""
    app = an_app()
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        await pilot.press("t")
        await settled(pilot, shows(app, "06:43:07 UTC"))
        assert "2026-01-16 Fri today" in screen_text(app)
        assert "01-16 06:30 " in screen_text(app)
        nodes = app.desk.view.panels()[0]
        nodes.move_to(nodes.rows[-1].key)
        await pulled(pilot, app)
        assert " 01-15 16:00 " in screen_text(app)
        nodes.set_filter("time=16:00")
        assert [painted(nodes.columns[0], row) for row in nodes.rows] == ["01-15 16:00"]
        await pilot.press("t", "t")
        await settled(pilot, shows(app, "14:43:07 UTC+8"))
        assert "01-16 14:30 " not in screen_text(app)
        assert [painted(nodes.columns[0], row) for row in nodes.rows] == []
        nodes.set_filter("time=08:00")
        assert [painted(nodes.columns[0], row) for row in nodes.rows] == ["08:00"]


async def test_a_small_terminal_shows_the_sum_in_a_few_lines() -> None:
    """Below 60×15, down to one cell and back."""
    app = an_app()
    async with app.run_test(size=(50, 5)) as pilot:
        await pulled(pilot, app)
        assert screen_text(app).startswith("sum -26.83 %\n27/27 coins  live\n")
        for width, height in ((1, 1), (20, 5), (60, 15), (100, 30)):
            await pilot.resize_terminal(width, height)
            await settled(pilot)
        assert "Nodes" in screen_text(app)


async def test_an_empty_day_says_since_when_and_what_helps() -> None:
    """Never a bare 'no data'."""
    source = MemorySource()
    source.board = an_empty_sum_board()
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        assert "no prices since 00:00: 30 nodes missing" in screen_text(app)


async def test_a_day_that_is_being_filled_is_not_called_missing() -> None:
    """The first seconds after a start, until the missed slots are asked for."""
    source = MemorySource()
    source.board = an_empty_sum_board()
    filling = (a_status(catching_up=True), a_status(lights=[a_light(FeedState.STARTING)]))
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        for source.current_status in filling:
            await pulled(pilot, app)
            assert "filling today's nodes…" in screen_text(app)
            assert "no prices since" not in screen_text(app)
        source.current_status = a_status()
        await pulled(pilot, app)
        assert "no prices since 00:00: 30 nodes missing" in screen_text(app)


@pytest.mark.parametrize("columns", [80, 120, 200])
async def test_a_stream_that_is_not_live_says_why_under_the_board(columns: int) -> None:
    """Not only in the event log; and the first figures stay."""
    source = MemorySource()
    why = "no data for 12 s"
    source.current_status = a_status(lights=[a_light(FeedState.BRIDGED, "REST 2.1s", reason=why)])
    app = an_app(source)
    async with app.run_test(size=(columns, 30)) as pilot:
        await pulled(pilot, app)
        line = screen_text(app).splitlines()[-2]
        assert "okx REST 2.1s: no data for 12 s, R" in line
        assert "coins 27/27" in line
        assert "nodes 28/30" in line


async def test_the_live_value_is_grey_while_its_stream_is_down_and_its_prices_age() -> None:
    """From 10 s on; not while the stream is live, when a quiet coin may be as old."""
    source = MemorySource()
    app = an_app(source)
    silent = a_status(lights=[a_light(FeedState.SILENT, "silent 00:12")])
    async with app.run_test(size=LARGE) as pilot:
        for status, age_ms, is_grey in (
            (a_status(), 15_000, False), (silent, 9_000, False), (silent, 15_000, True)
        ):  # fmt: skip
            source.current_status = status
            source.board = replace(a_sum_board(), live_age_ms=age_ms)
            await pulled(pilot, app)
            await pulled(pilot, app)
            dim = STANDARD.dim.color
            for text in ("-26.83 %", "-26.83 ", " -26.83 % "):
                colours = {style.color for style in styles_of(app, text)}
                assert (dim in colours) == is_grey
            assert "-24.90" in screen_text(app)


@pytest.mark.parametrize("board", ["anomalies", "picks", "oi", "spreads", "signals", "funding"])
@pytest.mark.parametrize("columns", [80, 240])
async def test_a_toast_covers_a_rule_and_no_words_of_a_row(board: str, columns: int) -> None:
    """Two short ones stand on the first rule and the titles, a long one takes a line more."""
    app = an_app(board=board)
    async with app.run_test(size=(columns, 24), notifications=True) as pilot:
        await pulled(pilot, app)
        await pulled(pilot, app)
        before = screen_text(app).splitlines()
        app.notify("copied the row")
        await settled(pilot, shows(app, "copied the row"))
        after = screen_text(app).splitlines()
        changed = [
            n for n, pair in enumerate(zip(before, after, strict=True)) if len(set(pair)) > 1
        ]
        assert changed == [2]
        assert after[2].startswith(before[2][: columns // 2])
        app.notify("a long message " * 9)
        await settled(pilot, shows(app, "a long message"))
        assert screen_text(app).splitlines()[6:] == before[6:]


async def test_a_range_too_long_is_refused_in_the_dialog() -> None:
    """Like any other slip; nothing is lost."""
    app = an_app()
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        await pilot.press("d")
        await settled(pilot)
        app.screen.query_one(Input).value = "2020-01-01 today"
        await pilot.press("enter")
        await settled(pilot, shows(app, "is too long (1100 days at most)"))


async def test_a_narrow_terminal_keeps_what_matters_most() -> None:
    """80×24: the counts and the age in the headline, the price, the keys of the day's work."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        lines = screen_text(app).splitlines()
        for word in ("1 up 26 down", "0.4s old"):
            assert word in lines[1]
        for word in ("keys", "panel", "filter", "day", "backfill", "export", "quit"):
            assert word in lines[-1]
        assert "   up  down  " in screen_text(app)
        await pilot.press("tab")
        await pulled(pilot, app)
        assert "price  change" in screen_text(app)
        assert "note" not in screen_text(app)
        board = a_sum_board()
        coins = [replace(board.coins[0], change_pct=None, reason="no bar"), *board.coins[1:]]
        source.board = replace(board, coins=coins)
        await pulled(pilot, app)
        assert "  note" in screen_text(app)
        source.board = board
        await pulled(pilot, app)
        assert "  note" in screen_text(app)


def test_the_curve_is_broken_at_midnight() -> None:
    """A new base is no move of the market."""
    board = a_sum_board(Query(first_day=date(2026, 1, 14), last_day=date(2026, 1, 16)))
    shown = sum_texts.chart(board, None, ShownZone(ZONE), None)
    midnights = [ZONE.day_start_ms(date(2026, 1, day)) for day in (15, 16)]
    for ms in midnights:
        at = [value for point, value in shown.points if point == ms]
        assert at[0] is None
        assert at[1] is not None
    first = ZONE.day_start_ms(date(2026, 1, 14))
    assert [value for ms, value in shown.points if ms == first] != [None]


async def test_boards_are_switched_by_number_and_keep_their_place() -> None:
    """Away and back: the same day, the same row."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        await pressed(pilot, app, "[", "j")
        await pressed(pilot, app, "9")
        await settled(pilot, shows(app, "Backfills"))
        await pressed(pilot, app, "1")
        await settled(pilot, shows(app, "2026-01-15 Thu"))
        assert asked(source).first_day == date(2026, 1, 15)


@pytest.mark.parametrize("keys", ["1234567890", "[9[0[1[9", "4p3", "2-12+2"])
async def test_keys_in_one_burst_end_on_the_last_board(keys: str) -> None:
    """Views that are not made yet, data that is wanted meanwhile: the loop goes on."""
    app = an_app()
    async with app.run_test(size=(100, 30)) as pilot:
        for one in keys:
            app.simulate_key({"[": "left_square_bracket", "-": "minus", "+": "plus"}.get(one, one))
        last = next(info for info in BOARDS if info.key == keys[-1])
        shown = app.desk.query_one(ContentSwitcher)
        await settled(pilot, lambda: shown.current == f"board-{last.name}")


async def test_keys_right_behind_a_board_s_number_are_that_board_s() -> None:
    """A filter, then another board and its columns: none of it reaches the board before."""
    app = an_app()
    async with app.run_test(size=(100, 30)) as pilot:
        for one in ("5", "slash", *"1t", "enter", "6", "C"):
            app.simulate_key(one)
        await settled(pilot, shows(app, "6 Sprd › Columns"))
        await pilot.press("escape")
        await settled(pilot, lambda: app.screen is app.desk)
        texts = {panel.layout_name: panel.board.filter_text for panel in app.desk.query(Panel)}
        assert {name for name, text in texts.items() if text} == {"oi/interest"}
        assert texts["oi/interest"] == "1t"


async def test_a_toast_from_outside_is_text() -> None:
    """No markup, no control characters: a toast may carry an exchange's words."""
    app = an_app()
    async with app.run_test(size=LARGE, notifications=True) as pilot:
        await pulled(pilot, app)
        app.notify("[/]\x1b[2J[@click=app.quit]x[/]")
        await settled(pilot, shows(app, "[/]\ufffd[2J[@click=app.quit]x[/]"))


async def test_pulls_follow_one_another_and_never_overlap() -> None:
    """A slow source is asked again when it has answered; keys do not pile up questions."""
    gate = asyncio.Event()
    running: list[int] = [0, 0]

    class Slow(MemorySource):
        async def sum_board(self, query: Query) -> Any:
            running[0] += 1
            running[1] = max(running)
            await gate.wait()
            running[0] -= 1
            return a_sum_board(query)

    app = MonitorApp(Slow(), refresh_s=0.01)
    async with app.run_test(size=LARGE) as pilot:
        await settled(pilot, lambda: running[0] == 1)
        await pilot.press("[", "]", "[", "]")
        assert running[1] == 1
        gate.set()
        await settled(pilot, lambda: app.desk.pulls > 3)
        assert running[1] == 1
