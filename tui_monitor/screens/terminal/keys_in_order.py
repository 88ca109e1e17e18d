"""Keys do what they do one after the other, in the order they were typed."""

from typing import Any

from textual.app import App
from textual.events import Key
from textual.widgets import Input


async def take_key(app: App[Any], event: Key) -> bool:
    """Do what a key does before the next one is looked at: whether it did anything.

    Textual sends it from widget to widget first, but some keys (`/`, `:`) it does at once: that of
    a burst `5/btc` would come before the `5`. Where text is typed, and in dialogs, widgets see
    their keys first.
    """
    is_board = len(app.screen_stack) == 1 and not isinstance(app.focused, Input)
    if event.is_forwarded or not app.app_focus or not is_board:
        return False
    # Textual has no other way to ask for what a key is bound to.
    found = app._check_bindings  # noqa: SLF001
    return await found(event.key, priority=True) or await found(event.key)
