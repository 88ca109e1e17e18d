"""A table as somebody sees it, in a file: its rows are not of the database."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec

from tui_monitor.errors import BadInput
from tui_monitor.store.exports import FILE_FORMATS, Exported, a_sink, free_name, write_rows
from tui_monitor.store.formats import number_cell, text_cell

Value = float | str | None
_BLOCK = 1_000


async def export_table(
    columns: Sequence[tuple[str, str]],
    rows: Sequence[Sequence[Value]],
    file_format: str,
    *,
    folder: Path,
    stem: str,
) -> Exported:
    """Write rows under columns of a name and a kind, `number`, `time` (ms) or `text`.

    In CSV an absent value is an empty cell and no text is a formula.
    """
    if file_format not in FILE_FORMATS:
        raise BadInput(f"no format {file_format!r}", f"there is {', '.join(FILE_FORMATS)}")
    names = [name for name, _ in columns]
    header = ",".join(map(_cell, names)) if file_format == "csv" else ""
    typed = " ".join(f"{name}:{kind}" for name, kind in columns)
    return await write_rows(
        _lines(names, rows, is_csv=bool(header)),
        lambda path: a_sink(path, stem, file_format, header, typed),
        free_name(folder, stem, file_format),
        overwrite=False,
    )


async def _lines(
    names: Sequence[str], rows: Sequence[Sequence[Value]], *, is_csv: bool
) -> AsyncIterator[list[str]]:
    for begin in range(0, len(rows), _BLOCK):
        block = rows[begin : begin + _BLOCK]
        if is_csv:
            yield [",".join(map(_cell, row)) for row in block]
        else:
            made = (dict(zip(names, row, strict=True)) for row in block)
            yield [msgspec.json.encode(row).decode() for row in made]


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return number_cell(value)
    text = text_cell(value).replace('"', '""')
    return f'"{text}"' if any(sign in text for sign in ',"') else text
