"""Bybit v5 as of 2026, below `/bybit`."""

from tui_monitor.simulator.bybit.exchange import Bybit

__all__ = ["Bybit"]
