"""Who else can read the file that has the token."""

import stat
from collections.abc import Mapping
from pathlib import Path

from tui_monitor.config.exchanges import is_loopback
from tui_monitor.config.sections import Settings
from tui_monitor.errors import SettingsError

_OTHERS = 0o077


def token_exposed(origins: Mapping[str, str], file: Path) -> str:
    """That a token stands in a file that others may read or write, and its mode; "" if not."""
    if origins.get("api.token") != str(file):
        return ""
    try:
        mode = file.stat().st_mode
    except OSError:
        return ""  # gone since it was read
    if not stat.S_ISREG(mode) or not mode & _OTHERS:
        return ""
    return f"api.token is in a file that is not yours alone (mode {stat.S_IMODE(mode):04o})"


def chmod_hint(file: Path) -> str:
    """What mends it."""
    return f"chmod 600 {file}"


def check_mode(settings: Settings, origins: Mapping[str, str], file: Path) -> SettingsError | None:
    """What forbids listening to other machines with a token that is no secret on this one."""
    host = settings.api.listen.rpartition(":")[0].strip("[]")
    text = "" if is_loopback(host) or not settings.api.token else token_exposed(origins, file)
    if not text:
        return None
    where = f"{file}: {text}, and api.listen {settings.api.listen} is open to other machines"
    return SettingsError(where, chmod_hint(file))
