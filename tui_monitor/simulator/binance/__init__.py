"""Binance as of 2026, below `/binance-futures` and `/binance-spot`."""

from tui_monitor.simulator.binance.exchange import Binance

__all__ = ["Binance"]
