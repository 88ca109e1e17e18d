"""A table as it is shown, as raw values: its filter, its order, its columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tui_monitor.screens.filters.values import moment_of, painted
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.columns import Column, SortValue

VIEW = "view"
_UNITS = {"%": "pct", "1/s": "per_s"}
_NO_NAME = re.compile(r"[^a-z0-9]+")
# A number behind a painted time that is not since 1970 is not one of ms.
_FIRST_MS = 1e11


@dataclass(frozen=True)
class ShownTable:
    """Columns of a name and a kind (`number`, `time`, `text`), and the rows below them."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[SortValue, ...], ...]


def shown_table(board: Board[Any]) -> ShownTable:
    """What a table shows now; a column without values of its own is what is painted."""
    columns = [one for one in board.columns if one.key not in board.hidden]
    made = [one for column in columns for one in _made(column, board.rows)]
    exact = [
        [_whole(one) for one in values] if kind == "time" else values for _, kind, values in made
    ]
    named = tuple((name, kind) for name, kind, _ in made)
    return ShownTable(named, tuple(zip(*exact, strict=True)))


def _made(column: Column[Any], rows: Sequence[Any]) -> list[tuple[str, str, list[SortValue]]]:
    """Names, kinds and values of what stands for a column; nothing: bars and curves are no text."""
    if column.files:
        parts = [(name, [of(row) for row in rows]) for name, of in column.files]
        return [(name, _kind(name, values), values) for name, values in parts]
    values = _values(column, rows)
    if column.value is None and not any(values):
        return []
    return [(*_named(column, rows, values), values)]


def _kind(name: str, values: Sequence[SortValue]) -> str:
    numbers = [value for value in values if isinstance(value, int | float)]
    if any(isinstance(value, str) for value in values):
        return "text"
    is_time = name.endswith("_ms") and numbers and min(numbers) > _FIRST_MS
    return "time" if is_time else "number"


def _values(column: Column[Any], rows: Sequence[Any]) -> list[SortValue]:
    said = column.says or column.value
    if said is None:
        return [painted(column, row) or None for row in rows]
    values = [said(row) for row in rows]
    is_text = any(isinstance(value, str) for value in values)
    return [str(value) if is_text and value is not None else value for value in values]


def _named(
    column: Column[Any], rows: Sequence[Any], values: Sequence[SortValue]
) -> tuple[str, str]:
    """Its key with its unit, `change_pct`; times are in ms since 1970."""
    known = [(value, row) for value, row in zip(values, rows, strict=True) if value is not None]
    if any(isinstance(value, str) for value, _ in known):
        return column.key, "text"
    is_time = known and all(not isinstance(value, str) and value > _FIRST_MS for value, _ in known)
    if is_time and any(moment_of(painted(column, row)) for _, row in known):
        return _with_unit(column.key, "ms"), "time"
    words = [_UNITS.get(word, word) for word in column.unit.lower().split()]
    return _with_unit(column.key, _NO_NAME.sub("_", "_".join(words)).strip("_")), "number"


def _with_unit(key: str, unit: str) -> str:
    return key if not unit or key == unit or key.endswith(f"_{unit}") else f"{key}_{unit}"


def _whole(value: SortValue) -> SortValue:
    return int(value) if isinstance(value, int | float) else value
