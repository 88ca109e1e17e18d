"""The terminal interface: the boards, over an engine in this process or in another."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path

from msgspec import structs

from tui_monitor import logs, paths, ticks
from tui_monitor.app import MonitorApp
from tui_monitor.attach.elsewhere import Elsewhere
from tui_monitor.attach.live import live
from tui_monitor.attach.own_settings import OwnSettings
from tui_monitor.attach.place import Place, Watched
from tui_monitor.boards.registry import BOARDS
from tui_monitor.cli.common import (
    Context,
    holder_info,
    info_of_demo,
    kind_of,
    only_looking,
    require_engine,
)
from tui_monitor.cli.demo import check_demo, simulated
from tui_monitor.clock import SystemClock
from tui_monitor.config import Settings
from tui_monitor.errors import BadInput, SettingsError
from tui_monitor.loading import load
from tui_monitor.screens.tables.layouts import Layouts
from tui_monitor.screens.terminal.terminal import require_terminal
from tui_monitor.words import told

_SHOWN_S = 10.0


def open_terminal(context: Context, *, demo: bool, board: str | None) -> int:
    """Show the boards of this data folder's engine: one in this process, unless there is one."""
    _check(board)
    check_demo(context, demo=demo)
    loaded, wrong = context.usable()
    settings = loaded.settings
    folder = context.folder(settings, demo=demo)
    if wrong is not None:
        require_engine(folder, None, wrong)
    require_terminal()
    paths.prepare_data_dir(folder)
    logs.setup(settings.general.log_level, paths.log_file(folder), stderr=False)
    place = Place(
        settings=settings,
        folder=folder,
        clock=SystemClock(),
        kind=kind_of(settings, context, demo=demo),
        info=holder_info("terminal"),
        watched=Watched(loaded.file, lambda: context.load().settings),
        needs=_needs(context, wrong, demo=demo),
    )
    return ticks.run(_show(place, board, wrong))


def _needs(
    context: Context, wrong: SettingsError | None, *, demo: bool
) -> Callable[[Place], AbstractContextManager[Place]] | None:
    if wrong is not None:
        return partial(_once_mended, context, demo=demo)
    return partial(_with_simulator, context) if demo else None


@contextmanager
def _once_mended(context: Context, place: Place, *, demo: bool) -> Iterator[Place]:
    """The place for an engine of ours; SettingsError while the settings are as wrong as before."""
    settings = context.load().settings
    kind = kind_of(settings, context, demo=demo)
    place = structs.replace(place, settings=settings, kind=kind)
    with _with_simulator(context, place) if demo else nullcontext(place) as one:
        yield one


@contextmanager
def _with_simulator(context: Context, place: Place) -> Iterator[Place]:
    """The demo's place, once an engine of ours is to run there."""
    with simulated(context, demo=True) as pointed:

        def read() -> Settings:
            return pointed.load().settings

        file = pointed.load().file
        info = info_of_demo(place.info, pointed)
        yield structs.replace(place, settings=read(), watched=Watched(file, read), info=info)


def open_viewer(context: Context, daemon: Elsewhere, *, board: str | None) -> int:
    """Show the boards of a daemon elsewhere. Written here is what is exported, and no log."""
    _check(board)
    loaded, wrong = context.usable()
    settings = loaded.settings
    require_terminal()
    logs.setup(settings.general.log_level, None, stderr=False)
    exports = paths.export_dir(context.folder(settings))
    watched = Watched(loaded.file, lambda: context.load().settings)
    return ticks.run(_show_remote(daemon, exports, settings, watched, board, wrong))


def _check(board: str | None) -> None:
    names = [info.name for info in BOARDS]
    if board is not None and board not in names:
        raise BadInput(f"there is no board {board!r}", f"boards: {', '.join(names)}")


async def _show_remote(
    daemon: Elsewhere,
    exports: Path,
    settings: Settings,
    watched: Watched,
    board: str | None,
    wrong: SettingsError | None,
) -> int:
    # Whose engine is here needs nothing that speaks to another's.
    remote = load("tui_monitor.attach.remote").remote
    async with remote(daemon, SystemClock(), exports) as there:
        ui, language = settings.ui, settings.general.language
        app = MonitorApp(there.source, there.run, ui, board=board, language=language)
        app.layouts, app.exports_dir = Layouts(paths.layouts_file()), exports
        there.on_news.append(_says(app))
        own = OwnSettings(settings, watched, _takes_up(app), _says(app))
        _warn(app, wrong)
        async with own.followed(SystemClock()):
            return await app.run_here()


def _says(app: MonitorApp) -> Callable[[str], None]:
    return lambda text: app.notify(told(text), timeout=_SHOWN_S)


def _warn(app: MonitorApp, wrong: SettingsError | None) -> None:
    if wrong is not None:
        app.notify(told(only_looking(wrong)), severity="warning", timeout=_SHOWN_S)


def _takes_up(app: MonitorApp) -> Callable[[Settings], None]:
    return lambda settings: app.use(settings.ui, settings.general.language)


async def _show(place: Place, board: str | None, wrong: SettingsError | None) -> int:
    async with live(place) as engine:
        ui, language = place.settings.ui, place.settings.general.language
        app = MonitorApp(engine.source, engine.run, ui, board=board, language=language)
        app.layouts = Layouts(paths.layouts_file())
        app.exports_dir = paths.export_dir(place.folder)
        app.ends_recording = engine.ends_recording
        engine.on_settings.append(_takes_up(app))
        engine.on_news.append(_says(app))
        _warn(app, wrong)
        return await app.run_here()
