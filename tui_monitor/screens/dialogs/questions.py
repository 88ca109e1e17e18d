"""The dialogs: an export, a backfill, a question, a coin, a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui_monitor.errors import BadInput
from tui_monitor.screens.days import parse_one, parse_range
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.widgets.dialog import Dialog
from tui_monitor.words import counted, t

FORMATS = ("csv", "jsonl", "parquet")


@dataclass(frozen=True)
class ExportChoice:
    """What to write."""

    what: str
    file_format: str
    first: date
    last: date


class ExportDialog(Dialog[ExportChoice]):
    """What, in which format, which days."""

    def __init__(
        self, kinds: Sequence[str], shown: tuple[date, date], today: date, rows: int, table: str
    ) -> None:
        super().__init__(
            "Export",
            [
                (t("what ({kinds})", kinds=", ".join(kinds)), kinds[0]),
                (t("format ({formats})", formats=", ".join(FORMATS)), FORMATS[0]),
                ("days, first and last", f"{shown[0]} {shown[1]}"),
            ],
            "Tab goes on · Enter writes the file, its path is shown",
            [
                counted(
                    rows,
                    "view: one row of {table}, as shown",
                    "view: {n} rows of {table}, as shown",
                    table=t(table),
                ),
                *(t("{kind}: what is stored of the days", kind=kind) for kind in kinds[1:]),
            ],
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
            t(
                "Fills what is missing from the exchange's 30-minute bars.\n"
                "{stop} stops it; the same days again go on from there.",
                stop=key("stop_backfill"),
            ),
        )
        self._today = today

    def result(self, values: Sequence[str]) -> tuple[date, date]:
        """First and last day."""
        first, last = (parse_one(value, self._today) for value in values)
        return parse_range(f"{first} {last}", self._today)


class ConfirmDialog(Dialog[bool]):
    """A question that Enter or y answers with yes."""

    FOOTER = (("Enter y", "yes"), ("Esc n", "no"))
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

    FOOTER = (("Enter Esc", "leave"),)

    def __init__(self, title: str, *lines: str) -> None:
        super().__init__(title, [], "Enter or Esc leaves", lines=lines)

    def result(self, values: Sequence[str]) -> bool:
        """It was read."""
        return not values
