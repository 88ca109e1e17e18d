"""A source that sums up liquidations of all exchanges, by a third party."""

from tui_monitor.simulator.aggregate.source import Aggregate

__all__ = ["Aggregate"]
