"""The command line.

Each command is a function in one of the modules beside this one. Whatever is slow to import
is imported by the command that needs it: `--version` and `--help` load none of it.
"""

import os
import sys
from contextlib import suppress

from tui_monitor import __version__


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code.

    0 done · 1 it failed · 2 wrong usage · 3 done in part.
    """
    _open_closed_streams()
    given = sys.argv[1:] if arguments is None else arguments
    if given == ["--version"]:
        # Where it can't be written, what runs the commands says so.
        with suppress(OSError):
            sys.stdout.write(f"tui-monitor {__version__}\n")
            sys.stdout.flush()
            return 0
    from tui_monitor.cli.commands import run

    return run(given)


def _open_closed_streams() -> None:
    """What is written to a stream that was closed before the start goes nowhere.

    Its number is taken with that: a database under it would get what is meant to be read.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
