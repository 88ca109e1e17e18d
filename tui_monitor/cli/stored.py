"""The commands' way to a stored database, and where else there is one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tui_monitor import paths
from tui_monitor.errors import StoreUnusable
from tui_monitor.store import Reader, open_reader


@asynccontextmanager
async def stored_in(folder: Path) -> AsyncIterator[Reader]:
    """Questions to a folder's database; StoreUnusable names others beside it where it has none."""
    database = paths.database_file(folder)
    if not database.is_file() and (beside := databases_beside(folder)):
        hint = f"start tui-monitor once, or give {' or '.join(beside)}: there is one"
        raise StoreUnusable(f"there is no database in {folder}", hint)
    async with open_reader(folder) as reader:
        yield reader


def databases_beside(folder: Path) -> list[str]:
    """The options that lead to simulated data which are kept under this folder."""
    found = []
    for name in (paths.SIMULATOR_FOLDER, paths.DEMO_FOLDER):
        if not paths.database_file(folder / name).is_file():
            continue
        if name == paths.SIMULATOR_FOLDER and folder == paths.default_data_dir():
            found.append("--simulator URL")
        found.append(f"--data-dir {folder / name}")
    return found
