"""A table's rows as they are shown: filtered, sorted, found by their key."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic

from tui_monitor.errors import BadInput
from tui_monitor.screens.filters.filter import Predicate, parse_filter
from tui_monitor.screens.widgets.columns import Column, R, sort_rows


class Rows(Generic[R]):
    """All rows of a table, and those that are shown, in their order.

    `key_of` gives a row's identity; `arrange()` follows every change of rows, columns or order.
    """

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key_of: Callable[[R], str],
        sort_key: str | None,
        *,
        descending: bool,
    ) -> None:
        self.columns = tuple(columns)
        self.key_of = key_of
        self.sort_key = self.usual_sort = sort_key
        self.descending = descending
        self.filter_text = ""
        self.all: list[R] = []
        self.shown: list[R] = []
        self._index: dict[str, int] = {}
        self._test: Predicate[R] | None = None

    def __contains__(self, key: str | None) -> bool:
        return key is not None and key in self._index

    def index(self, key: str | None) -> int | None:
        """The place of a row among those that are shown."""
        return None if key is None else self._index.get(key)

    def found(self, key: str | None) -> R | None:
        """A row that is shown."""
        index = self.index(key)
        return None if index is None else self.shown[index]

    def key_at(self, index: int) -> str:
        """The key of a row that is shown."""
        return self.key_of(self.shown[index])

    def read_filter(self, text: str) -> None:
        """Another filter; BadInput leaves the one before."""
        self._test = parse_filter(text, self.columns)
        self.filter_text = text

    def set_columns(self, columns: tuple[Column[R], ...]) -> None:
        """Other columns: what is filtered by them is what they paint now, in another zone, say."""
        self.columns = columns
        # A column that the filter names may not be there on other days: it means what it meant.
        with suppress(BadInput):
            self.read_filter(self.filter_text)

    def sort_by(self, key: str) -> None:
        """Another column, the highest first; the same one again inverts."""
        self.descending = not self.descending if key == self.sort_key else True
        self.sort_key = key

    def arrange(self) -> list[R]:
        """Filter and sort anew; what was shown before."""
        # The test as it was read: a column that it names may not be there on other days.
        test = self._test
        chosen = [row for row in self.all if test(row)] if test else self.all
        column = next((one for one in self.columns if one.key == self.sort_key), None)
        before, self.shown = self.shown, sort_rows(chosen, column, self.descending)
        self._index = {self.key_of(row): index for index, row in enumerate(self.shown)}
        return before
