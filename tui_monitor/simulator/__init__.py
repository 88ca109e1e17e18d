"""The exchanges on loopback, for the demo and the tests.

Written from the exchanges' documentation alone: nothing of `feeds` is used here, so that a
misread field can't agree with itself.
"""

from tui_monitor.simulator.more_coins import FULL_SIZE, MOST_COINS
from tui_monitor.simulator.script import load_script
from tui_monitor.simulator.server import Simulator

__all__ = ["FULL_SIZE", "MOST_COINS", "Simulator", "load_script"]
