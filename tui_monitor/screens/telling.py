"""Errors in the reader's language: they are made where nobody knows the reader."""

from tui_monitor.errors import BadInput, MonitorError
from tui_monitor.words import told


class Said(BadInput):
    """An error in the reader's language already; what was typed stands in it as it was typed."""


def problem(error: MonitorError) -> str:
    """One line: what is wrong, then what to do about it."""
    if isinstance(error, Said):
        return error.line()
    return f"{told(error.message)} ({told(error.hint)})" if error.hint else told(error.message)
