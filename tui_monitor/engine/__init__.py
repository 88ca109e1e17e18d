"""The engine: owns the workers and wires feeds, market, store and boards."""

from tui_monitor.engine.engine import Engine, engine_of, opened_engine

__all__ = ["Engine", "engine_of", "opened_engine"]
