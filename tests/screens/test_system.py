"""The system board: worst first, what is behind a row, what takes turns, no days."""

import pytest
from msgspec.structs import replace

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import NOW_MS, ZONE, MemorySource
from tests.support.system_boards import (
    a_channel,
    a_database,
    a_health,
    a_limit,
    a_list,
    a_process,
    a_system_board,
)
from tui_monitor.boards.system import SystemBoard
from tui_monitor.clock import SystemClock
from tui_monitor.engine.lights import Lights
from tui_monitor.model import Exchange, FeedState, Market
from tui_monitor.screens.boards.system.board import SystemView
from tui_monitor.screens.boards.system.connections import CONNECTION_COLUMNS, connection_rows
from tui_monitor.screens.boards.system.exchanges import EXCHANGE_COLUMNS, ExchangeRow
from tui_monitor.screens.boards.system.limits import share_bar
from tui_monitor.screens.dialogs.questions import TextDialog
from tui_monitor.screens.filters.filter import parse_filter
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import STANDARD

SHOWN = ShownZone(ZONE)


def with_channels(**changes: object) -> SystemBoard:
    """A board with one exchange and one connection, changed."""
    health = a_health(Exchange.OKX, channels=[a_channel(**changes)])  # type: ignore[arg-type]
    return a_system_board([health])


def cell(board: SystemBoard, column_key: str) -> str:
    """What a column says of the only connection."""
    (row,) = connection_rows(board, SHOWN)
    column = next(one for one in CONNECTION_COLUMNS if one.key == column_key)
    return column.paint(row, STANDARD, column.width).text


def test_every_state_is_a_glyph_and_a_word() -> None:
    """Whoever sees no colours reads it."""
    for state in FeedState:
        glyph, word = cell(with_channels(state=state), "state").split()
        assert len(glyph) == 1
        assert word == state.value


def test_a_reason_is_there_while_something_is_wrong_and_grey_when_it_was() -> None:
    """With the end of what ends by itself."""
    wrong = with_channels(
        state=FeedState.BANNED, reason="HTTP 418", last_error="earlier", until_ms=NOW_MS + 60_000
    )
    assert cell(wrong, "reason") == "HTTP 418, until 14:44:07"
    assert cell(with_channels(state=FeedState.DOWN, last_error="refused"), "reason") == "refused"
    (row,) = connection_rows(with_channels(last_error="refused"), SHOWN)
    assert row.past
    assert row.reason == "last: refused"


def test_an_age_that_is_not_known_is_a_dash_and_never_nothing() -> None:
    """The same for a rate."""
    board = with_channels(age_ms=None, state=FeedState.STARTING)
    assert cell(board, "age") == "–"
    assert cell(board, "rate") == "–"
    assert cell(with_channels(age_ms=900), "age") == "<1s"
    assert cell(with_channels(age_ms=61_900), "age") == "01:01"


def test_a_row_does_not_change_with_what_nobody_sees() -> None:
    """Else every row would be painted anew every second."""
    before, after = (
        connection_rows(with_channels(age_ms=age_ms, messages=messages), SHOWN)
        for age_ms, messages in ((120, 1_000), (840, 2_000))
    )
    assert before == after


@pytest.mark.parametrize("used_pct", [None, 0.0, 1.0, 50.0, 79.9, 99.9, 100.0, 250.0])
def test_a_bar_is_as_wide_as_its_column_and_full_only_when_it_is(used_pct: float | None) -> None:
    """Its percentage stands beside it."""
    found = share_bar(used_pct, 16, STANDARD)
    if used_pct is None:
        assert found.text == "–"
        return
    assert len(found.text) == 16
    assert (found.text.count("█") == 10) == (used_pct >= 100)
    assert f"{used_pct:.0f} %" in found.text


async def test_the_worst_connections_stand_first() -> None:
    """Banned, silent, bridged; then those that live."""
    app = an_app(board="system")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        view = app.desk.view
        assert isinstance(view, SystemView)
        states = [row.state for row in view.connection_table.rows]
        assert states[:4] == [
            FeedState.BANNED, FeedState.SILENT, FeedState.BRIDGED, FeedState.LIVE,
        ]  # fmt: skip
        await pilot.press("slash", *"bybit", "enter")
        await pulled(pilot, app)
        assert {row.exchange for row in view.connection_table.rows} == {"bybit"}
        assert "4 of 16" in screen_text(app)


async def test_the_cursor_stays_on_the_worst_until_it_is_moved() -> None:
    """What goes wrong meanwhile is in sight; a row that was chosen stays under it."""
    source = MemorySource()
    source.system = a_system_board([a_health(name) for name in Exchange])
    app = an_app(source, "system")
    async with app.run_test(size=(120, 24)) as pilot:
        await pulled(pilot, app)
        view = app.desk.view
        assert isinstance(view, SystemView)
        table = view.connection_table
        assert table.cursor_key == "binance perp tickers"
        source.system = a_system_board()
        await pulled(pilot, app)
        assert table.cursor_key == "binance perp interest"
        assert table.scroll_offset.y == 0
        await pilot.press("j")
        source.system = a_system_board([a_health(name) for name in Exchange])
        await pulled(pilot, app)
        assert table.cursor_key == "bitget spot tickers"


async def test_a_board_without_days_offers_none_and_its_dead_keys_say_why() -> None:
    """Each once; neither keys nor commands do harm. Under a dialog its keys are named."""
    app = an_app(board="system")
    async with app.run_test(size=(160, 50), notifications=True) as pilot:
        await pulled(pilot, app)
        footer = screen_text(app).splitlines()[-1]
        assert "day" not in footer
        assert "date" not in footer
        assert "e export" in footer
        await pilot.press("d", "left_square_bracket", "plus", "b", "p")
        await settled(pilot)
        assert app.screen is app.desk
        assert screen_text(app).count("System has no days") == 1
        assert "nothing to fill here" in screen_text(app)
        assert "p: only on Spreads" in screen_text(app)
        await pilot.press("colon", *"day 2026-01-04", "enter")
        await settled(pilot, shows(app, "has no days"))
        await pilot.press("escape", "escape", "e")
        await settled(pilot, lambda: "Enter accept" in screen_text(app).splitlines()[-1])
        assert "export" not in screen_text(app).splitlines()[-1]
        await pilot.press("escape")
        await pilot.press("1")
        await settled(pilot, lambda: app.desk.view.NAME == "sum" and app.desk.view.is_attached)
        await pulled(pilot, app)
        assert "[ ] day" in screen_text(app)


async def test_enter_shows_all_that_is_known_of_a_row() -> None:
    """Of a connection, a list, a limit, an event, an exchange."""
    source = MemorySource()
    source.system = a_system_board(
        [
            a_health(
                Exchange.OKX,
                channels=[a_channel(state=FeedState.DOWN, reason="a long reason " * 9 + "end")],
                markets=[a_list(Market.SPOT, stale=True, error="nobody answers")],
                limits=[a_limit()],
            )
        ]
    )
    app = an_app(source, "system")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        for texts in (
            ("reason end", "opened again"),
            ("old: nobody answers", "given "),
            ("2,400 is what the exchange documents", "% of what we allow"),
            (source.event_lines[-1].text,),
            ("0 of 1 connections live", "round trip", "its clock minus ours"),
        ):
            await pilot.press("enter")
            await settled(pilot, lambda: isinstance(app.screen, TextDialog))
            shown = " ".join(screen_text(app).replace("│", " ").split())
            for text in texts:
                assert text in shown
            await pilot.press("enter")
            await settled(pilot, lambda: app.screen is app.desk)
            await pilot.press("tab")


async def test_on_a_small_terminal_the_other_tables_take_turns() -> None:
    """For want of width or of height; nothing is lost."""
    for size in ((80, 24), (120, 24)):
        app = an_app(board="system")
        async with app.run_test(size=size) as pilot:
            await pulled(pilot, app)
            seen = []
            for _ in range(7):
                text = screen_text(app)
                assert "─ Connections" in text
                titles = ("─ Exchanges", "─ Lists", "─ Limits", "─ Event log")
                seen.append([title for title in titles if title in text])
                await pilot.press("tab")
                await settled(pilot)
            assert [one for (one,) in seen] == [
                *["─ Exchanges"] * 2, "─ Lists", "─ Limits", "─ Event log", *["─ Exchanges"] * 2,
            ]  # fmt: skip


async def test_a_very_small_terminal_has_a_line_an_exchange() -> None:
    """With how many of its connections live."""
    app = an_app(board="system")
    async with app.run_test(size=(40, 5)) as pilot:
        await pulled(pilot, app)
        assert "◐ bybit bridged 3/4" in screen_text(app)


async def test_what_the_machine_does_not_tell_is_a_dash() -> None:
    """And trouble with the database is said in its words."""
    source = MemorySource()
    source.system = a_system_board(
        process=a_process(
            memory_bytes=None, cpu_pct=None, sockets=None, loop_lag_ms=None, loop_lag_worst_ms=None
        ),
        failed_workers=["okx: KeyError"],
    )
    app = an_app(source, "system")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        text = screen_text(app)
        assert "FAILED okx: KeyError" in text
        assert "cpu –   loop –" in text
        lost = a_database(backlog_rows=27, dropped_rows=4, committed_ms=None)
        source.system = a_system_board(database=lost, recording=False)
        await pulled(pilot, app)
        text = screen_text(app)
        assert "REC paused" in text
        assert "commit never   backlog 27   lost 4 rows" in text
        source.system = replace(
            source.system, database=None, database_error="locked by another program"
        )
        await pulled(pilot, app)
        assert "database locked by another program" in screen_text(app)


async def test_the_help_explains_every_column_with_its_unit() -> None:
    """F1."""
    app = an_app(board="system")
    async with app.run_test(size=(120, 50)) as pilot:
        await pulled(pilot, app)
        await pilot.press("f1")
        await settled(pilot, shows(app, "How the program itself does"))
        view = app.desk.view
        assert all(column.help for table in view.panels() for column in table.columns)
        assert len(view.panels()) == 5


def test_a_column_can_be_compared_by_its_word() -> None:
    """A slash begins a filter and can't be typed in one."""
    row = connection_rows(with_channels(), SHOWN)[0]
    for columns in (CONNECTION_COLUMNS, EXCHANGE_COLUMNS):
        assert "msgs" in [column.name for column in columns]
    test = parse_filter("msgs>0", CONNECTION_COLUMNS)
    assert test is not None
    assert test(row) == ((row.rate or 0) > 0)


def test_no_clock_is_minus_nothing_behind() -> None:
    """What rounds to zero has no sign."""
    skew = next(column for column in EXCHANGE_COLUMNS if column.key == "skew")
    line = a_system_board().exchanges[0]
    row = ExchangeRow(replace(line, clock_skew_ms=-0.4), "")
    assert skew.paint(row, STANDARD, skew.width).text == "0"


def test_the_light_and_the_board_judge_an_exchange_alike() -> None:
    """One socket away, whichever: both say the same."""
    lights = Lights(SystemClock())
    away = [FeedState.DOWN, FeedState.BRIDGED, FeedState.SILENT]
    for state in away:
        for quiet in (False, True):
            channels = [a_channel(), a_channel(state=state, quiet=quiet)]
            health = a_health(Exchange.OKX, channels=channels)
            (line,) = a_system_board([health]).exchanges
            (light,) = lights.of(channels)
            assert line.state is light.state is state
    both = [a_channel(state=FeedState.BRIDGED), a_channel(state=FeedState.DOWN, quiet=True)]
    (line,) = a_system_board([a_health(Exchange.OKX, channels=both)]).exchanges
    (light,) = lights.of(both)
    assert line.state is light.state is FeedState.BRIDGED


async def test_the_newest_events_stand_below_unless_the_display_is_frozen() -> None:
    """What the workers did, the newest first, as in the event log."""
    source = MemorySource()
    app = an_app(source, "system")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        assert source.event_lines[-1].text in screen_text(app)
        last = source.event_lines[-1]
        newer = replace(last, id=last.id + 1, last_ms=last.last_ms + 1_000, text="okx: reconnected")
        await pilot.press("space")
        source.event_lines.append(newer)
        await pulled(pilot, app)
        assert "okx: reconnected" not in screen_text(app)
        await pilot.press("space")
        await pulled(pilot, app)
        assert "okx: reconnected" in screen_text(app)
