"""What a viewer's table shows, written to a file on the viewer's machine."""

from collections.abc import Sequence
from pathlib import Path

from tui_monitor.source import Exported
from tui_monitor.store.export_table import export_table


async def write_shown(
    columns: Sequence[tuple[str, str]],
    rows: Sequence[Sequence[float | str | None]],
    file_format: str,
    folder: Path,
    stem: str,
) -> Exported:
    """Write a table under a name of its own; see `export_table`."""
    done = await export_table(columns, rows, file_format, folder=folder, stem=stem)
    return Exported(path=done.path, rows=done.rows)
