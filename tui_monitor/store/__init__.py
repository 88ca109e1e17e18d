"""What is kept: SQLite through aiosqlite, exports and imports.

A part is loaded when it is first asked for: who only looks at boards imports and archives nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui_monitor.store.database import Kind, open_cramped, open_reader, open_store
    from tui_monitor.store.export_rows import Scope
    from tui_monitor.store.exports import FILE_FORMATS, LIQUIDATION_MINUTES, WHATS, Exported, export
    from tui_monitor.store.imports import ImportReport, import_file
    from tui_monitor.store.reader import Reader
    from tui_monitor.store.session import WriteFault
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
    "Reader",
    "Scope",
    "Store",
    "WriteFault",
    "export",
    "import_file",
    "open_cramped",
    "open_reader",
    "open_store",
    "slot_within_reach",
]

_PLACES = {
    "Kind": "database",
    "open_cramped": "database",
    "open_reader": "database",
    "open_store": "database",
    "Scope": "export_rows",
    "FILE_FORMATS": "exports",
    "LIQUIDATION_MINUTES": "exports",
    "WHATS": "exports",
    "Exported": "exports",
    "export": "exports",
    "ImportReport": "imports",
    "import_file": "imports",
    "Reader": "reader",
    "WriteFault": "session",
    "slot_within_reach": "settling",
    "Cleaned": "writer",
    "Store": "writer",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(name)
    found = getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = found
    return found
