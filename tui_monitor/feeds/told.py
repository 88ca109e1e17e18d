"""Whom a feed tells."""

from collections.abc import Callable

from tui_monitor.model import Outage

OnOutage = Callable[[Outage], None]
"""Gets an outage when it opens (`end_ms` None) and once more when it closes."""
OnEvent = Callable[[str, str, str], None]
"""Gets level, area and text of what a person may want to know."""
