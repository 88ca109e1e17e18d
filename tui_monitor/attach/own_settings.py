"""What a terminal takes up of its settings while it looks at another's engine: the interface's."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tui_monitor.attach.place import Watched
from tui_monitor.clock import Clock
from tui_monitor.config import Settings
from tui_monitor.config.change import OF_STARTS, OF_TERMINALS, SettingsWatch, change
from tui_monitor.errors import SettingsError

log = logging.getLogger(__name__)


class OwnSettings:
    """Calls `tell` with what follows from another file, and `say` where that can't be read.

    What is the engine's stays as it is here: its own process takes that up.
    """

    def __init__(
        self,
        settings: Settings,
        watched: Watched,
        tell: Callable[[Settings], None],
        say: Callable[[str], None],
    ) -> None:
        self.settings = settings
        self._watched = watched
        self._tell = tell
        self._say = say

    def reload(self) -> None:
        """What is wrong changes nothing."""
        try:
            found = change(self.settings, self._watched.read(), OF_TERMINALS - OF_STARTS)
        except SettingsError as error:
            log.warning("the settings stay as they were: %s", error.line())
            self._say(f"nothing has changed: {error.line()}")
            return
        self.settings = found.settings
        if found.applied:
            self._tell(found.settings)

    @asynccontextmanager
    async def followed(self, clock: Clock) -> AsyncIterator[None]:
        """The file is looked at while the block runs."""
        watch = SettingsWatch(self._watched.file, self.reload, clock)
        looking = asyncio.create_task(watch.run())
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
