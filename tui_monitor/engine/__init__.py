"""The engine: owns the workers and wires feeds, market, store and boards."""

from tui_monitor.engine.engine import Engine, opened_engine

__all__ = ["Engine", "opened_engine"]
