"""Errors in the reader's language: they are made where nobody knows the reader."""

from tui_monitor.errors import MonitorError
from tui_monitor.words import told


def problem(error: MonitorError) -> str:
    """One line: what is wrong, then what to do about it."""
    return f"{told(error.message)} ({told(error.hint)})" if error.hint else told(error.message)
