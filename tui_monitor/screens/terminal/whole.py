"""A screen that appears as a whole: while it comes together nothing of it is composed.

Another board is a layout, then its sizes' texts, then its data, then the lights around it. Each
of them would be composed by itself, most of the lines three times over, for a frame that is
replaced before anybody has seen it.
"""

import asyncio
from typing import Any

from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget


class WholeScreen(Screen[None]):
    """Textual's screen, which composes only when it is not held.

    Layouts are done meanwhile, so widgets learn their sizes; what became dirty stays it.
    `tests/screens/test_terminal_contract.py` holds Textual to what this needs of it.
    """

    # Textual composes all of the screen for it; who gets or loses the keys paints itself anew.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._hold: asyncio.TimerHandle | None = None

    @property
    def is_held(self) -> bool:
        """Whether nothing is composed just now."""
        return self._hold is not None

    def hold(self, seconds: float) -> None:
        """Compose nothing for so long at most, from now on."""
        if self._hold is not None:
            self._hold.cancel()
        self._hold = asyncio.get_running_loop().call_later(seconds, self.release)

    def release_soon(self) -> None:
        """All of it is there, once what was asked for by now is done."""
        if self._hold is not None:
            self.call_after_refresh(self.release)

    def release(self) -> None:
        """Compose what has changed since."""
        if self._hold is None:
            return
        self._hold.cancel()
        self._hold = None
        if self.is_running and self.is_current:
            self._compositor.update_widgets(self._dirty_widgets)
            self._compositor_refresh()

    def _compositor_refresh(self) -> None:
        if self._hold is not None and self.is_current:
            # Their regions are the compositor's by now.
            self._dirty_widgets.clear()
            return
        super()._compositor_refresh()
