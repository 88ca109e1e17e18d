"""The terminal program over a source in memory, as a process of its own for the pty tests."""

import asyncio
import sys

from tests.support.boards import MemorySource
from tui_monitor.app import run_app
from tui_monitor.config import Ui


def main(*options: str) -> int:
    """Run until left; `stored` has no live point."""
    source = MemorySource()
    source.live = "stored" not in options
    return asyncio.run(run_app(source, None, Ui()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
