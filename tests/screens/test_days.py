"""Picking days: in the calendar, by typing, both at once."""

from datetime import date

import pytest
from textual.widgets import Input

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import TODAY, MemorySource
from tui_monitor.errors import StoreError
from tui_monitor.screens.dialogs.dates import DateDialog
from tui_monitor.screens.widgets.calendar import Calendar, months_later, weeks_of
from tui_monitor.source import Query


def test_a_month_is_six_weeks_from_monday() -> None:
    """The whole month is in them, whatever day it begins with."""
    weeks = weeks_of(date(2026, 2, 14))
    assert [len(week) for week in weeks] == [7] * 6
    assert weeks[0][0] == date(2026, 1, 26)
    assert date(2026, 2, 28) in weeks[4]
    assert all(week[0].weekday() == 0 for week in weeks)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 5), -1, date(2025, 12, 5)),
    ],
)
def test_a_month_later_is_the_same_day_if_there_is_one(
    day: date, months: int, expected: date
) -> None:
    """Else the last of the month."""
    assert months_later(day, months) == expected


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_days_are_picked_in_the_calendar(size: tuple[int, int]) -> None:
    """Arrows by day and week, PgUp by month, Space begins a range; nothing after today."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=size) as pilot:
        await pulled(pilot, app)
        await pilot.press("d")
        await settled(pilot, shows(app, "January 2026"))
        field, days = app.screen.query_one(Input), app.screen.query_one(Calendar)
        await pilot.press("down", "right")
        await settled(pilot)
        assert days.cursor == TODAY
        await pilot.press("up", "left", "space", "right", "right")
        await settled(pilot)
        assert field.value == "2026-01-08 2026-01-10"
        await pilot.press("pageup")
        await settled(pilot, shows(app, "December 2025"))
        assert field.value == "2025-12-10 2026-01-08"
        await pilot.press("space", "enter")
        await settled(pilot, lambda: app.screen is app.desk)
        await pulled(pilot, app)
        assert app.desk.shown_days() == (date(2025, 12, 10), date(2025, 12, 10))


async def test_what_is_typed_moves_the_calendar() -> None:
    """A blank between two typed days is a blank; words are understood as before."""
    app = an_app()
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        await pilot.press("d")
        await settled(pilot, lambda: isinstance(app.screen, DateDialog))
        days = app.screen.query_one(Calendar)
        await pilot.press(*"2025-11-03", "space", *"2025-11-09")
        await settled(pilot, shows(app, "November 2025"))
        assert days.picked == (date(2025, 11, 3), date(2025, 11, 9))
        field = app.screen.query_one(Input)
        field.value = ""
        await pilot.press(*"-7d")
        await settled(pilot, lambda: days.cursor == date(2026, 1, 9))
        await pilot.press("[")
        await settled(pilot)
        assert field.value == "2026-01-08"
        await pilot.press("enter")
        await settled(pilot, lambda: app.screen is app.desk)


async def test_the_calendar_marks_what_is_stored_and_says_when_it_cannot_know() -> None:
    """A board without history of its own has no marks."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        await pilot.press("d")
        await settled(pilot, shows(app, " 7◐"))
        assert " 6●" in screen_text(app)
        asked = next(call[1] for call in source.calls if call[0] == "coverage")
        assert asked == Query(first_day=date(2025, 12, 29), last_day=TODAY)
        source.failure = StoreError("the database is locked")
        await pilot.press("pageup")
        await settled(pilot, shows(app, "the database is locked"))
        source.failure = None
        await pilot.press("escape")
        await settled(pilot, lambda: app.screen is app.desk)
        await pilot.press("2")
        await pulled(pilot, app)
        await pilot.press("d")
        await settled(pilot, shows(app, "January 2026"))
        assert "●" not in "".join(screen_text(app).splitlines()[6:16])


async def test_a_click_picks_a_day_and_a_second_one_shows_it() -> None:
    """With the mouse on."""
    app = an_app()
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        await pilot.press("d")
        await settled(pilot, shows(app, "January 2026"))
        for _ in range(2):
            await pilot.click(Calendar, offset=(2, 3))
            await settled(pilot)
        await settled(pilot, lambda: app.screen is app.desk)
        await pulled(pilot, app)
        assert app.desk.shown_days() == (date(2026, 1, 5), date(2026, 1, 5))
