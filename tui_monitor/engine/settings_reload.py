"""Other settings while the engine runs: what can change does, and what can't is named."""

from collections.abc import Callable

from tui_monitor import config, logs
from tui_monitor.boards.anomalies import Thresholds
from tui_monitor.config import Settings
from tui_monitor.config.change import OF_STARTS, OF_TERMINALS, change
from tui_monitor.engine.engine import Engine
from tui_monitor.errors import SettingsError

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
Read = Callable[[], Settings]


class SettingsReload:
    """Reads the settings again when called, and says in the event log what came of it."""

    def __init__(self, engine: Engine, read: Read, *, has_terminal: bool) -> None:
        self._engine = engine
        self._read = read
        self._live = LIVE | OF_TERMINALS - OF_STARTS if has_terminal else LIVE

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
            if name in OF_TERMINALS - OF_STARTS:
                self._say("info", f"{name} is for terminals: those that read this file take it up")
                continue
            whose = "each terminal's" if name in OF_STARTS else "the"
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
