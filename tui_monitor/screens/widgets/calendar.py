"""A month of days: where the cursor is, which days are picked, what is stored of each."""

import calendar
from collections.abc import Mapping
from datetime import date, timedelta

from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_monitor.screens.looks.format import fit
from tui_monitor.screens.looks.looks import Looks, looks_of
from tui_monitor.words import t

_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_CELL = 5
WIDTH = _CELL * 7
# The month's name, the weekdays, six weeks.
HEIGHT = 8
_FIRST_WEEK = 2
FULL_PCT = 99.995


def weeks_of(day: date) -> list[list[date]]:
    """Six weeks, from Monday on, with the whole month of a day in them."""
    first = day.replace(day=1)
    monday = first - timedelta(days=first.weekday())
    return [[monday + timedelta(days=7 * week + day) for day in range(7)] for week in range(6)]


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last of a month that is too short for it."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


class Calendar(Widget):
    """The month around the cursor. Days after `last` can't be reached, nor those before `first`.

    `stored` has the share of what is stored of a day in percent; a day that it lacks has no mark.
    """

    DEFAULT_CSS = f"Calendar {{ width: {WIDTH}; height: {HEIGHT}; margin-bottom: 1; }}"

    class Moved(Message):
        """A click put the cursor elsewhere."""

    class Chosen(Message):
        """A day was clicked twice."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__()
        self._ends = (first, last)
        self.cursor = last
        self.begin: date | None = None
        self._stored: Mapping[date, float] = {}

    def set_stored(self, stored: Mapping[date, float]) -> None:
        """What is known of the days of this month."""
        self._stored = {**self._stored, **stored}
        self.refresh()

    @property
    def picked(self) -> tuple[date, date]:
        """The first and the last day."""
        begin = self.begin or self.cursor
        return min(begin, self.cursor), max(begin, self.cursor)

    def show(self, cursor: date, begin: date | None) -> None:
        """Another day, as far as there are days."""
        self.cursor, self.begin = self._within(cursor), begin
        self.refresh()

    def move(self, days: int = 0, months: int = 0) -> None:
        """By days or months, as far as there are days."""
        moved = months_later(self.cursor, months) if months else self.cursor
        self.show(moved + timedelta(days=days), self.begin)

    def mark(self) -> None:
        """A range begins at the cursor; again: no range."""
        self.show(self.cursor, self.cursor if self.begin is None else None)

    def _within(self, day: date) -> date:
        first, last = self._ends
        return max(first, min(day, last))

    # Painting

    def render_line(self, y: int) -> Strip:
        """The month's name, the weekdays, or a week."""
        looks, ground = looks_of(self), self.rich_style
        if y == 0:
            segments = [Segment(fit(f"  {self._title()}", WIDTH), looks.title)]
        elif y == 1:
            names = "".join(fit(t(name), _CELL - 1, "right") + " " for name in _WEEKDAYS)
            segments = [Segment(names, looks.dim)]
        else:
            weeks = weeks_of(self.cursor)
            week = weeks[y - _FIRST_WEEK] if y - _FIRST_WEEK < len(weeks) else []
            segments = [Segment(text, style) for day in week for text, style in self._day(day)]
        return Strip(segments).extend_cell_length(WIDTH).apply_style(ground)

    def _title(self) -> str:
        month = t(_MONTHS[self.cursor.month - 1])
        return t("{month} {year}", month=month, year=self.cursor.year)

    def _day(self, day: date) -> list[tuple[str, Style]]:
        looks = looks_of(self)
        first, last = self.picked
        is_there = self._ends[0] <= day <= self._ends[1]
        style = looks.text if day.month == self.cursor.month and is_there else looks.faint
        if day == self._ends[1]:
            style = looks.accent
        if first <= day <= last:
            style += looks.banner if day == self.cursor else looks.cursor_row
        mark, look = self._mark(day, looks)
        return [(" ", Style()), (f"{day.day:>3}", style), (mark, look)]

    def _mark(self, day: date, looks: Looks) -> tuple[str, Style]:
        pct = self._stored.get(day)
        if pct is None or day > self._ends[1]:
            return " ", Style()
        if pct >= FULL_PCT:
            return "●", looks.good
        return ("◐", looks.warn) if pct > 0 else ("·", looks.dim)

    # The mouse, where it is on

    def on_click(self, event: Click) -> None:
        """A click picks a day, a second one shows it."""
        weeks, row, column = weeks_of(self.cursor), event.y - _FIRST_WEEK, event.x // _CELL
        if not (0 <= row < len(weeks) and 0 <= column < len(weeks[row])):
            return
        day = weeks[row][column]
        if day == self.cursor:
            self.post_message(self.Chosen())
        else:
            self.show(day, self.begin)
            self.post_message(self.Moved())


def legend() -> str:
    """What the marks behind the days mean."""
    return t("● all stored  ◐ a part  · nothing")
