"""The command line.

Each command is a function in one of the modules beside this one. Whatever is slow to import
is imported by the command that needs it: `--version` and `--help` load none of it.
"""

import sys
from contextlib import suppress

from tui_monitor import __version__


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code.

    0 done · 1 it failed · 2 wrong usage · 3 done in part.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if given == ["--version"]:
        # Where it can't be written, what runs the commands says so.
        with suppress(OSError):
            sys.stdout.write(f"tui-monitor {__version__}\n")
            sys.stdout.flush()
            return 0
    from tui_monitor.cli.commands import run

    return run(given)
