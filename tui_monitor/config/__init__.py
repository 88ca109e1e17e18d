"""Settings: defaults, then the file, then the environment, then flags.

Each section is a frozen struct; each field's description is the README's and `--help`'s
sentence. A part of the program gets its section, never the whole.
"""

from tui_monitor.config.addresses import without_secrets
from tui_monitor.config.confidential import is_secret
from tui_monitor.config.exchanges import (
    Binance,
    Bitget,
    Bybit,
    Exchange,
    Exchanges,
    Okx,
    is_local,
    is_loopback,
    with_simulator,
)
from tui_monitor.config.file_mode import chmod_hint, token_exposed
from tui_monitor.config.hosts import normal_host
from tui_monitor.config.reading import ENV_PREFIX, Loaded, load, usable
from tui_monitor.config.sections import (
    COINS,
    PRESETS,
    SMALLEST_CAP_MB,
    Anomalies,
    Api,
    General,
    Liquidations,
    OpenInterest,
    PairKind,
    Retention,
    Settings,
    Signals,
    Spreads,
    SumCurve,
    Ui,
)
from tui_monitor.config.sense import check_together, warnings
from tui_monitor.config.template import Setting, describe, template, toml

__all__ = [
    "COINS",
    "ENV_PREFIX",
    "PRESETS",
    "SMALLEST_CAP_MB",
    "Anomalies",
    "Api",
    "Binance",
    "Bitget",
    "Bybit",
    "Exchange",
    "Exchanges",
    "General",
    "Liquidations",
    "Loaded",
    "Okx",
    "OpenInterest",
    "PairKind",
    "Retention",
    "Setting",
    "Settings",
    "Signals",
    "Spreads",
    "SumCurve",
    "Ui",
    "check_together",
    "chmod_hint",
    "describe",
    "is_local",
    "is_loopback",
    "is_secret",
    "load",
    "normal_host",
    "template",
    "token_exposed",
    "toml",
    "usable",
    "warnings",
    "with_simulator",
    "without_secrets",
]
