"""Other settings in the file of a program that runs: which there are, and when they came."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tui_monitor.clock import Clock
from tui_monitor.config.reading import Loaded
from tui_monitor.config.sections import Settings, Ui
from tui_monitor.config.sense import check_together
from tui_monitor.config.template import describe

LOOK_EVERY_S = 2.0
OF_TERMINALS = frozenset({"general.language", *(f"ui.{key}" for key in Ui.__struct_fields__)})
# A terminal that is on has begun.
OF_STARTS = frozenset({"ui.start_board"})


class Change(NamedTuple):
    """The settings that follow, which of them are others now, and which stay what they were."""

    settings: Settings
    applied: dict[str, Any]
    kept: list[str]


def change(now: Settings, wanted: Settings, live: frozenset[str]) -> Change:
    """What becomes of a wish; SettingsError where only all of it together would be right."""
    old, new = _values(now), _values(wanted)
    others = {name: value for name, value in new.items() if value != old[name]}
    applied = {name: value for name, value in others.items() if name in live}
    document = msgspec.to_builtins(now)
    for name, value in applied.items():
        *sections, key = name.split(".")
        table = document
        for section in sections:
            table = table[section]
        table[key] = value
    settings = msgspec.convert(document, Settings)
    check_together(settings)
    return Change(settings, applied, [name for name in others if name not in live])


def _values(settings: Settings) -> dict[str, Any]:
    return {one.name: one.value for one in describe(Loaded(settings, {}, Path()))}


class SettingsWatch:
    """Calls `reload` when the file is another one, and stays that for a look."""

    def __init__(self, file: Path, reload: Callable[[], None], clock: Clock) -> None:
        self._file = file
        self._reload = reload
        self._clock = clock

    async def run(self) -> None:
        """For ever."""
        known = before = await asyncio.to_thread(_stamp, self._file)
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            now = await asyncio.to_thread(_stamp, self._file)
            # A file that changes again at once is being written.
            if now == before != known:
                known = now
                self._reload()
            before = now


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """Another one for another content; None while there is no file."""
    try:
        found = file.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
