"""Copying: OSC 52 to the terminal's own machine, and a file for terminals that ignore it."""

import base64
import os
from pathlib import Path
from typing import Any

import platformdirs
from textual.app import App

from tui_monitor.paths import APP, write_whole
from tui_monitor.screens.terminal.terminal import PaintedApp
from tui_monitor.words import t, told

# Terminals cut or drop longer sequences; the file has it all.
OSC_LIMIT = 74_000
# As long as a path takes to be read.
_READ_S = 8.0
_ONLY_IN_FILE = "the {what} are too much for the terminal's clipboard; they are in {file}"
_NOWHERE = "the {what} are too much for the terminal's clipboard, and there is no file: {why}"


def copied_file() -> Path:
    """Where the text that was copied last is kept."""
    return Path(platformdirs.user_cache_dir(APP)) / "copied.txt"


def osc52(text: str) -> str:
    """The sequence that sets the clipboard, wrapped for tmux where we run in one."""
    encoded = base64.b64encode(text.encode()).decode()
    if len(encoded) > OSC_LIMIT:
        return ""
    plain = f"\x1b]52;c;{encoded}\a"
    if not os.environ.get("TMUX"):
        return plain
    # tmux takes the plain one if set-clipboard is on, the wrapped one if allow-passthrough is.
    return plain + f"\x1bPtmux;\x1b{plain}\x1b\\"


def copy(app: App[Any], text: str, what: str) -> None:
    """Copy both ways and say where it went."""
    sequence = osc52(text)
    if isinstance(app, PaintedApp):
        app.write_sequence(sequence)
    file = copied_file()
    try:
        keep(text, file)
    except OSError as error:
        why = error.strerror or error
        said = "copied the {what}; no file: {why}" if sequence else _NOWHERE
        app.notify(t(said, what=told(what), why=why), severity="warning")
        return
    if sequence:
        app.notify(t("copied the {what}; also in {file}", what=told(what), file=file))
    else:
        said = t(_ONLY_IN_FILE, what=told(what), file=file)
        app.notify(said, severity="warning", timeout=_READ_S)


def keep(text: str, file: Path) -> None:
    """Write the fallback file."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(file, text.encode())
