"""Other settings while the engine runs: what can change does, and what can't is named."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tui_monitor import config, logs
from tui_monitor.boards.anomalies import Thresholds
from tui_monitor.clock import Clock
from tui_monitor.config import Settings
from tui_monitor.engine.engine import Engine
from tui_monitor.errors import SettingsError

LOOK_EVERY_S = 2.0

_OF_SECTIONS = {
    "general": ("log_level",),
    "spreads": ("pairs", "max_age_s", "majors"),
    "signals": ("threshold_pct", "samples", "gap_s", "cooldown_s"),
    "liquidations": (
        *("aggregate_stale_s", "medium_panic_pct", "high_panic_pct", "lines_musd", "largest"),
    ),
    "anomalies": Thresholds.__struct_fields__,
    "open_interest": ("window",),
    "retention": config.Retention.__struct_fields__,
    **{
        f"exchanges.{name}": ("taker_fee_pct", "spot_taker_fee_pct")
        for name in config.Exchanges.__struct_fields__
    },
}
LIVE = frozenset(f"{section}.{key}" for section, keys in _OF_SECTIONS.items() for key in keys)
"""What the engine can be told while it runs."""
OF_TERMINALS = frozenset(
    {"general.language", *(f"ui.{key}" for key in config.Ui.__struct_fields__)}
)
# A terminal that is on has begun.
_OF_STARTS = frozenset({"ui.start_board"})

Read = Callable[[], Settings]


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
    config.check_together(settings)
    return Change(settings, applied, [name for name in others if name not in live])


def _values(settings: Settings) -> dict[str, Any]:
    loaded = config.Loaded(settings, {}, Path())
    return {one.name: one.value for one in config.describe(loaded)}


class SettingsReload:
    """Reads the settings again when called, and says in the event log what came of it."""

    def __init__(self, engine: Engine, read: Read, *, has_terminal: bool) -> None:
        self._engine = engine
        self._read = read
        self._live = LIVE | OF_TERMINALS - _OF_STARTS if has_terminal else LIVE

    def __call__(self) -> None:
        """What is wrong changes nothing."""
        engine = self._engine
        try:
            found = change(engine.settings, self._read(), self._live)
        except SettingsError as error:
            self._say("error", f"nothing has changed: {error.line()}")
            return
        apply(engine, found.settings)
        for name, value in found.applied.items():
            self._say("info", f"{name} is {config.toml(value)} now")
        for name in found.kept:
            whose = "each terminal's" if name in OF_TERMINALS else "the"
            self._say("warning", f"{name} stays as it was until {whose} next start")
        if not found.applied and not found.kept:
            self._say("info", "read again, nothing is other than it was")

    def _say(self, level: str, text: str) -> None:
        self._engine.events.add(level, "settings", text)


def apply(engine: Engine, settings: Settings) -> None:
    """Give each part its own. Only what is `LIVE` may differ from what the engine has."""
    engine.settings = settings
    logs.set_level(settings.general.log_level)
    engine.spreads.apply(settings)
    engine.anomalies.apply(settings.anomalies, settings.retention.anomalies_h)
    engine.retention.settings = settings.retention
    for tell in engine.on_settings:
        tell(settings)


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
