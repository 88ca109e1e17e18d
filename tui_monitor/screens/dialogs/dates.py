"""The dialog for days: typed, or picked in a calendar that shows what is stored."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Center
from textual.widget import Widget
from textual.widgets import Input

from tui_monitor.errors import BadInput, MonitorError
from tui_monitor.screens.days import parse_range, parse_shown
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.calendar import Calendar, legend, weeks_of
from tui_monitor.screens.widgets.dialog import Dialog
from tui_monitor.screens.widgets.line import Lines
from tui_monitor.words import t

# Percent of what is due that is stored, by day, of a range of days.
Stored = Callable[[date, date], Awaitable[Mapping[date, float]]]
# No exchange of ours is older.
EARLIEST = date(2015, 1, 1)


class DateDialog(Dialog[tuple[date, date]]):
    """A day or a range of days. `stored` None: nothing is known of single days."""

    STEPS = ("[", "]")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("[", "step(-1)", "Day before", show=False, priority=True),
        Binding("]", "step(1)", "Day after", show=False, priority=True),
        Binding("left", "move(-1)", "Day before", show=False, priority=True),
        Binding("right", "move(1)", "Day after", show=False, priority=True),
        Binding("up", "move(-7)", "Week before", show=False, priority=True),
        Binding("down", "move(7)", "Week after", show=False, priority=True),
        Binding("pageup", "month(-1)", "Month before", show=False, priority=True),
        Binding("pagedown", "month(1)", "Month after", show=False, priority=True),
        Binding("space", "mark", "First day of a range", show=False, priority=True),
    ]

    def __init__(self, shown: tuple[date, date], today: date, stored: Stored | None = None) -> None:
        super().__init__(
            "Day or days",
            [("day, or first and last", _text(*shown))],
            "← ↑ ↓ → PgUp PgDn move · Space begins a range · or type\n"
            "2026-01-04 · 01-04 · today · -7d · 7d · 01-03 01-16",
        )
        self._today = today
        self._stored = stored
        self._asked: set[date] = set()
        self._is_typed, self._written = False, _text(*shown)
        self._calendar = Calendar(EARLIEST, today)
        self._legend = Lines()
        self._calendar.show(shown[1], None if shown[0] == shown[1] else shown[0])

    def parts(self) -> Iterator[Widget]:
        """The calendar below the field."""
        yield Center(self._calendar)
        if self._stored is not None:
            yield self._legend

    def on_mount(self) -> None:
        """What is stored comes when it is known."""
        self._legend.set_lines([(legend(), looks_of(self).dim)])
        self._ask_stored()

    def leaves(self, character: str) -> bool:
        """Between two days that are typed stands a blank; else it begins a range."""
        return super().leaves(character) or (character == " " and not self._is_typed)

    def result(self, values: Sequence[str]) -> tuple[date, date]:
        """First and last day."""
        return parse_shown(values[0], self._today)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        """The calendar follows what can be read."""
        # As it is now: the calendar may have written more since.
        text = event.input.value
        self._is_typed |= text != self._written
        try:
            first, last = parse_range(text, self._today)
        except BadInput:
            return
        if self._is_typed and text.strip():
            self._calendar.show(last, None if first == last else first)
            self._ask_stored()

    @on(Calendar.Moved)
    def _write(self) -> None:
        """The field says what the calendar shows."""
        self._is_typed, self._written = False, _text(*self._calendar.picked)
        field = self.query_one(Input)
        field.value = self._written
        field.cursor_position = len(field.value)
        self._ask_stored()

    @on(Calendar.Chosen)
    def _chosen(self) -> None:
        self.action_accept()

    def action_move(self, days: int) -> None:
        self._calendar.move(days=days)
        self._write()

    def action_month(self, months: int) -> None:
        self._calendar.move(months=months)
        self._write()

    def action_mark(self) -> None:
        self._calendar.mark()
        self._write()

    def action_step(self, days: int) -> None:
        """The day before or after, or the whole range by a day."""
        first, last = self._calendar.picked
        if last + timedelta(days=days) > self._today:
            return
        first, last = (day + timedelta(days=days) for day in (first, last))
        self._calendar.show(last, None if first == last else first)
        self._write()

    def _ask_stored(self) -> None:
        month = self._calendar.cursor.replace(day=1)
        if self._stored is not None and month not in self._asked:
            self._asked.add(month)
            self.run_worker(self._fetch(self._stored, month), exit_on_error=False)

    async def _fetch(self, stored: Stored, month: date) -> None:
        weeks = weeks_of(month)
        try:
            self._calendar.set_stored(await stored(weeks[0][0], min(weeks[-1][-1], self._today)))
        except MonitorError as error:
            said = t("what is stored is not known: {why}", why=error.message)
            self._legend.set_lines([(said, looks_of(self).warn)])


def _text(first: date, last: date) -> str:
    return str(first) if first == last else f"{first} {last}"
