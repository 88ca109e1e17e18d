"""The terminal interface: the boards, over an engine in this process or in another."""

from tui_monitor import logs, paths, ticks
from tui_monitor.app import MonitorApp
from tui_monitor.attach.live import live
from tui_monitor.attach.place import Place, Watched
from tui_monitor.boards.registry import BOARDS
from tui_monitor.cli.common import Context, holder_info, kind_of
from tui_monitor.cli.demo import simulated
from tui_monitor.clock import SystemClock
from tui_monitor.errors import BadInput
from tui_monitor.screens.layouts import Layouts
from tui_monitor.screens.terminal import require_terminal


def open_terminal(context: Context, *, demo: bool, board: str | None) -> int:
    """Show the boards of this data folder's engine: one in this process, unless there is one."""
    names = [info.name for info in BOARDS]
    if board is not None and board not in names:
        raise BadInput(f"there is no board {board!r}", f"boards: {', '.join(names)}")
    context.load()
    require_terminal()
    with simulated(context, demo=demo) as pointed:
        loaded = pointed.load()
        settings = loaded.settings
        folder = paths.prepare_data_dir(pointed.folder(settings, demo=demo))
        logs.setup(settings.general.log_level, paths.log_file(folder), stderr=False)
        kind = kind_of(settings, pointed, demo=demo)
        place = Place(
            settings=settings,
            folder=folder,
            clock=SystemClock(),
            kind=kind,
            info=holder_info("terminal"),
            watched=Watched(loaded.file, lambda: pointed.load().settings),
        )
        return ticks.run(_show(place, board))


async def _show(place: Place, board: str | None) -> int:
    async with live(place) as engine:
        ui, language = place.settings.ui, place.settings.general.language
        app = MonitorApp(engine.source, engine.run, ui, board=board, language=language)
        app.layouts = Layouts(paths.layouts_file())
        engine.on_settings.append(lambda settings: app.use(settings.ui, settings.general.language))
        return await app.run_here()
