"""What a database file says of itself, as the system board shows it."""

from tui_monitor.boards.system import DatabaseFigures
from tui_monitor.model import StoreInfo


def database_figures(info: StoreInfo, now_ms: int) -> DatabaseFigures:
    """What the file says of itself, counted now; without its path."""
    return DatabaseFigures(
        size_bytes=info.size_bytes,
        wal_bytes=info.wal_bytes,
        kind=info.kind,
        schema_version=info.schema_version,
        sqlite_version=info.sqlite_version,
        rows=info.rows,
        oldest_ms=info.oldest_ms,
        counted_ms=now_ms,
    )
