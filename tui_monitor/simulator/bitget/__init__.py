"""Bitget (v2 and v3) as of 2026, below `/bitget`."""

from tui_monitor.simulator.bitget.exchange import Bitget

__all__ = ["Bitget"]
