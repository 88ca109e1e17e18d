"""The terminal interface: the engine and the boards in one process."""

from pathlib import Path

from tui_monitor import logs, paths, ticks
from tui_monitor.app import MonitorApp
from tui_monitor.boards.registry import BOARDS
from tui_monitor.cli.common import Context, holder_info, kind_of
from tui_monitor.cli.demo import simulated
from tui_monitor.clock import SystemClock
from tui_monitor.config import Settings
from tui_monitor.engine import opened_engine
from tui_monitor.errors import BadInput
from tui_monitor.screens.terminal import require_terminal
from tui_monitor.source.local import LocalSource


def open_terminal(context: Context, *, demo: bool, board: str) -> int:
    """Host the engine in this process and show the boards."""
    names = [info.name for info in BOARDS]
    if board not in names:
        raise BadInput(f"there is no board {board!r}", f"boards: {', '.join(names)}")
    context.load()
    require_terminal()
    with simulated(context, demo=demo) as pointed:
        settings = pointed.load().settings
        folder = paths.prepare_data_dir(pointed.folder(settings, demo=demo))
        logs.setup(settings.general.log_level, paths.log_file(folder), stderr=False)
        kind = kind_of(settings, pointed, demo=demo)
        return ticks.run(_host(settings, folder, kind, board))


async def _host(settings: Settings, folder: Path, kind: str, board: str) -> int:
    clock = SystemClock()
    info = holder_info("terminal")
    async with opened_engine(settings, folder, clock, kind=kind, info=info) as (engine, _):
        source = LocalSource(engine, paths.export_dir(folder))
        app = MonitorApp(source, engine.run, settings.ui, board=board)
        return await app.run_here()
