"""The dialogs: a day, an export, a backfill, a question, columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui_monitor.errors import BadInput
from tui_monitor.screens.days import parse_one, parse_range, parse_shown
from tui_monitor.screens.widgets.dialog import Dialog
from tui_monitor.words import t

FORMATS = ("csv", "jsonl", "parquet")


class DateDialog(Dialog[tuple[date, date]]):
    """A day or a range of days."""

    STEPS = ("[", "]")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("[", "step(-1)", "Day before", show=False, priority=True),
        Binding("]", "step(1)", "Day after", show=False, priority=True),
    ]

    def __init__(self, shown: tuple[date, date], today: date) -> None:
        first, last = shown
        text = str(first) if first == last else f"{first} {last}"
        super().__init__(
            "Day or days",
            [("day, or first and last", text)],
            "2026-01-04 · today · yesterday · -7d · 7d (the last seven)\n"
            "2026-01-03 2026-01-16 · [ and ] step a day · Enter shows it",
        )
        self._today = today

    def result(self, values: Sequence[str]) -> tuple[date, date]:
        """First and last day."""
        return parse_shown(values[0], self._today)

    def action_step(self, days: int) -> None:
        """The day before or after the typed one."""
        field = self.query_one(Input)
        try:
            first, last = (
                min(day + timedelta(days=days), self._today)
                for day in parse_range(field.value, self._today)
            )
        except BadInput:
            first = last = self._today
        field.value = str(first) if first == last else f"{first} {last}"


@dataclass(frozen=True)
class ExportChoice:
    """What to write."""

    what: str
    file_format: str
    first: date
    last: date


class ExportDialog(Dialog[ExportChoice]):
    """What, in which format, which days."""

    def __init__(self, kinds: Sequence[str], shown: tuple[date, date], today: date) -> None:
        super().__init__(
            "Export",
            [
                (t("what ({kinds})", kinds=", ".join(kinds)), kinds[0]),
                (t("format ({formats})", formats=", ".join(FORMATS)), FORMATS[0]),
                ("days, first and last", f"{shown[0]} {shown[1]}"),
            ],
            "Tab goes on · Enter writes the file, its path is shown",
        )
        self._kinds = kinds
        self._today = today

    def result(self, values: Sequence[str]) -> ExportChoice:
        """The choice."""
        what, file_format = values[0].strip().lower(), values[1].strip().lower()
        if what not in self._kinds:
            raise BadInput(f"can't export {what!r}", f"there is {', '.join(self._kinds)}")
        if file_format not in FORMATS:
            raise BadInput(f"no format {file_format!r}", f"there is {', '.join(FORMATS)}")
        first, last = parse_range(values[2], self._today)
        return ExportChoice(what, file_format, first, last)


class BackfillDialog(Dialog[tuple[date, date]]):
    """First and last day to fill."""

    def __init__(self, shown: tuple[date, date], today: date) -> None:
        super().__init__(
            "Backfill",
            [("first day", str(shown[0])), ("last day", str(shown[1]))],
            "Fills what is missing from the exchange's 30-minute bars.\n"
            "x stops it; the same days again go on from there.",
        )
        self._today = today

    def result(self, values: Sequence[str]) -> tuple[date, date]:
        """First and last day."""
        first, last = (parse_one(value, self._today) for value in values)
        return parse_range(f"{first} {last}", self._today)


class ConfirmDialog(Dialog[bool]):
    """A question that Enter or y answers with yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "accept", "Yes", show=False),
        Binding("n", "leave_dialog", "No", show=False),
    ]

    def __init__(self, question: str) -> None:
        super().__init__(question, [], "Enter or y: yes · Esc or n: no")

    def result(self, values: Sequence[str]) -> bool:
        """Yes: there is nothing to type."""
        return not values


class CoinDialog(Dialog[str]):
    """A coin, or a symbol of an exchange."""

    def __init__(self, question: str, coin: str) -> None:
        super().__init__(question, [("coin or symbol", coin)], "BTC · BTCUSDT · Esc leaves")

    def result(self, values: Sequence[str]) -> str:
        """The name as it was typed."""
        coin = values[0].strip()
        if not coin:
            raise BadInput("which coin?", "for instance BTC")
        return coin


class TextDialog(Dialog[bool]):
    """A text that is too long for its row, in one line or more."""

    def __init__(self, title: str, *lines: str) -> None:
        super().__init__(title, [], "Enter or Esc leaves", lines=lines)

    def result(self, values: Sequence[str]) -> bool:
        """It was read."""
        return not values
