"""Keys do what they do one after the other, in the order they were typed.

Textual sends a key from widget to widget, each with a queue of its own, and then does what it is
bound to, behind whatever came meanwhile; letters are typed on the way, and some keys (`/`, Tab) act
before it begins. Of a burst, as keys come over a slow link, `a`, Backspace, `b` would be `a`, `b`,
Backspace, and what follows the key of a dialog would come before the dialog. Here a key is done
with, and what it opens stands, before the next one is looked at.
"""

# ruff: noqa: SLF001 - as in terminal.py
import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.dom import DOMNode
from textual.events import Key
from textual.message_pump import MessagePump
from textual.widget import Widget

# What takes longer to appear has the keys later: the program must not stand still.
KEYS_WAIT_S = 5.0
# A dialog that opens, its field; more often the keys don't move for one key.
_MOVES = 5
# Who ends meanwhile never says that it is done. And looks are what is counted: a pause of the whole
# process is one of them, however long, since nothing could appear meanwhile.
_LOOK_S = 0.02


async def take_key(app: App[Any], event: Key) -> bool:
    """Do what a key is bound to, or type it where text is typed; whether it was one of these."""
    if event.is_forwarded:
        return False
    app.app_focus = True
    # Textual leaves out what a field takes as text, but can't name the character of some (`-` `/`):
    # it would do what they are bound to.
    focused = app.focused
    if focused is not None and focused.check_consume_key(event.key, event.character):
        focused._forward_event(event)
        return True
    # Textual has no other way to ask for what a key is bound to.
    found = app._check_bindings
    return await found(event.key, priority=True) or await found(event.key)


async def all_done(app: App[Any]) -> None:
    """Wait until what a key set going is done, and what it opened stands and has the keys."""
    before: DOMNode | None = None
    node = _has_keys(app)
    for _ in range(_MOVES):
        if node is before:
            return
        await _settled(app, node)
        # What a dialog was asked for: Textual would come to it when no key waits any more.
        await app._flush_next_callbacks()
        before, node = node, _has_keys(app)


def _has_keys(app: App[Any]) -> DOMNode:
    return app.focused or app.screen


async def comes(event: asyncio.Event, is_in_vain: Callable[[], bool] = bool) -> bool:
    """Wait for what keys are for, as long as one may; whether it came."""
    for _ in range(round(KEYS_WAIT_S / _LOOK_S)):
        if event.is_set() or is_in_vain():
            break
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_S):
                await event.wait()
    return event.is_set()


async def _settled(app: App[Any], node: DOMNode) -> None:
    """Wait until messages have gone up from somebody to the screen."""
    if not await comes(app.screen._mounted_event):
        return
    for one in node.ancestors_with_self:
        if isinstance(one, Widget) and not await _idle(one):
            return


async def _idle(node: MessagePump) -> bool:
    """Wait until somebody has dealt with what was sent there by now; False if it took too long."""
    done = asyncio.Event()
    if not node.call_later(done.set):
        return True
    return await comes(done, lambda: not node.is_running) or not node.is_running
