"""OKX as of 2026, below `/okx`."""

from tui_monitor.simulator.okx.exchange import Okx

__all__ = ["Okx"]
