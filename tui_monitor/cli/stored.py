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
    require_database(folder)
    async with open_reader(folder) as reader:
        yield reader


def require_database(folder: Path) -> None:
    """StoreUnusable where there is none; its hint says what makes one."""
    if paths.database_file(folder).is_file():
        return
    hint = f"start {_program_of(folder)} once"
    if beside := databases_beside(folder):
        hint += f", or give {' or '.join(beside)}: there is one"
    raise StoreUnusable(f"there is no database in {folder}", hint)


def _program_of(folder: Path) -> str:
    """What makes the database of a folder."""
    options = {paths.DEMO_FOLDER: " --demo", paths.SIMULATOR_FOLDER: " --simulator URL"}
    is_ours = folder.parent == paths.default_data_dir()
    return "tui-monitor" + (options.get(folder.name, "") if is_ours else "")


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
