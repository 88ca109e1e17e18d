"""What is kept: SQLite through aiosqlite, exports and imports."""

from tui_monitor.store.archive import Month, archive
from tui_monitor.store.backup import backup
from tui_monitor.store.database import Kind, open_reader, open_store
from tui_monitor.store.export_rows import Scope
from tui_monitor.store.exports import FILE_FORMATS, LIQUIDATION_MINUTES, WHATS, Exported, export
from tui_monitor.store.imports import ImportReport, import_file
from tui_monitor.store.reader import Reader
from tui_monitor.store.settling import slot_within_reach
from tui_monitor.store.writer import Cleaned, Store

__all__ = [
    "FILE_FORMATS",
    "LIQUIDATION_MINUTES",
    "WHATS",
    "Cleaned",
    "Exported",
    "ImportReport",
    "Kind",
    "Month",
    "Reader",
    "Scope",
    "Store",
    "archive",
    "backup",
    "export",
    "import_file",
    "open_reader",
    "open_store",
    "slot_within_reach",
]
