"""The engine in this process. Who only looks at another's never loads this."""

import logging
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from msgspec.structs import replace

from tui_monitor import paths
from tui_monitor.attach.place import Place
from tui_monitor.attach.server import viewers_served
from tui_monitor.config.change import OF_TERMINALS, SettingsWatch, change
from tui_monitor.engine import Engine, engine_of
from tui_monitor.engine.settings_reload import LIVE, SettingsReload
from tui_monitor.errors import FolderUnusable, SettingsError
from tui_monitor.source import Source
from tui_monitor.source.local import LocalSource

log = logging.getLogger(__name__)


class Hosted(NamedTuple):
    """The engine in this process, its source, and who looks at it."""

    engine: Engine
    source: Source
    viewers: Collection[object] = ()


@asynccontextmanager
async def hosted(place: Place) -> AsyncIterator[Hosted]:
    """The engine in this process, with its socket for viewers, for who holds the folder's lock."""
    async with (
        engine_of(place.settings, place.folder, place.clock, kind=place.kind) as engine,
        AsyncExitStack() as stack,
    ):
        source = LocalSource(engine, paths.export_dir(place.folder))
        path = paths.socket_file(place.folder)
        viewers: Collection[object] = ()
        try:
            viewers = await stack.enter_async_context(viewers_served(source, place.clock, path))
        except FolderUnusable as error:
            engine.events.add("warning", "engine", f"nobody can attach: {error.line()}")
        if place.watched is not None:
            reload = SettingsReload(engine, place.watched.read, has_terminal=True)
            engine.beside["settings"] = SettingsWatch(place.watched.file, reload, place.clock).run
        yield Hosted(engine, source, viewers)


def as_set_now(place: Place) -> Place:
    """Who was attached takes up now what has changed for engines in its file."""
    if place.watched is None:
        return place
    try:
        found = change(place.settings, place.watched.read(), LIVE | OF_TERMINALS)
    except SettingsError as error:
        log.warning("the settings stay as they were: %s", error.line())
        return place
    return replace(place, settings=found.settings)
