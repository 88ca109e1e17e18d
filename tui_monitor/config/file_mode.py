"""Who else can read or replace the file that has the token."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from tui_monitor.config.exchanges import is_loopback
from tui_monitor.config.sections import Settings
from tui_monitor.errors import SettingsError

_OTHERS = 0o077


def token_exposed(settings: Settings, origins: Mapping[str, str], file: Path) -> str:
    """That a token stands in a file that others own, read or write, and its mode; "" if not."""
    if not settings.api.token or origins.get("api.token") != str(file):
        return ""
    try:
        found = file.stat()
    except OSError:
        return ""  # gone since it was read
    if not stat.S_ISREG(found.st_mode):
        return ""
    # Those who own a file change its mode and all that is in it.
    if found.st_uid != os.getuid():
        return f"api.token is in a file of another user (uid {found.st_uid})"
    if not found.st_mode & _OTHERS:
        return ""
    mode = stat.S_IMODE(found.st_mode)
    return f"api.token is in a file that is not yours alone (mode {mode:04o})"


def chmod_hint(file: Path) -> str:
    """What mends it."""
    try:
        is_ours = file.stat().st_uid == os.getuid()
    except OSError:
        is_ours = True
    return f"chmod 600 {file}" if is_ours else f"chown {os.getuid()} {file}; chmod 600 {file}"


def check_mode(settings: Settings, origins: Mapping[str, str], file: Path) -> SettingsError | None:
    """What forbids listening to other machines with a token that is no secret on this one."""
    host, _, port = settings.api.listen.rpartition(":")
    if not host or not port.isdigit():
        return None  # No address: that is said of it.
    text = "" if is_loopback(host.strip("[]")) else token_exposed(settings, origins, file)
    if not text:
        return None
    where = f"{file}: {text}, and api.listen {settings.api.listen} is open to other machines"
    return SettingsError(where, chmod_hint(file))
