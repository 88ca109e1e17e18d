"""The demo: a simulator of our own, for as long as its engine runs here."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import structs

from tui_monitor.cli.common import Context
from tui_monitor.errors import BadInput, SimulatorError


def check_demo(context: Context, *, demo: bool) -> None:
    """BadInput where a simulator is given beside the demo's own."""
    if demo and context.simulator:
        raise BadInput("--demo and --simulator exclude each other", "--demo starts its own")


@contextmanager
def simulated(context: Context, *, demo: bool) -> Iterator[Context]:
    """The context as it is or, for --demo, pointed at a simulator that ends with the block.

    For who holds the lock of the demo's folder: whoever looks at his engine needs no other.
    """
    if not demo:
        yield context
        return
    command = [sys.executable, "-m", "tui_monitor", "simulate", "--until-eof"]
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl+C in the terminal is ours to handle
        text=True,
    )
    try:
        line = child.stdout.readline() if child.stdout else ""
        word, _, url = line.strip().partition(" ")
        if word != "ready":
            raise SimulatorError("the demo's simulator did not start")
        yield structs.replace(context, simulator=url)
    finally:
        if child.stdin:
            child.stdin.close()
        if child.stdout:
            child.stdout.close()
        # It keeps nothing, and while it begins it would be slow to end by itself.
        child.kill()
        child.wait()
