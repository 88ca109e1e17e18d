"""A screen that appears as a whole: while it comes together nothing of it is composed.

Another board is a layout, then its sizes' texts, then its data, then the lights around it. Each
of them would be composed by itself, most of the lines three times over, for a frame that is
replaced before anybody has seen it.
"""

# ruff: noqa: SLF001 - as in terminal.py
import asyncio
from typing import Any

from textual.events import Resize
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from tui_monitor.screens.terminal.size import drop_stale

# A key's answer goes from widget to widget, each a few turns of the event loop after the other;
# when nothing came for so many it is all there.
_QUIET_TURNS = 12
# The longest that is waited for this.
_GATHERED_S = 0.02
# How soon a batch of Textual's may be over.
_BATCH_S = 0.005
# As often a layout is waited for: it is a few turns away, though each takes long on a busy machine.
_PATIENCE = 400


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
        self.gathered_s = _GATHERED_S
        self._patience = _PATIENCE

    async def _on_resize(self, event: Resize) -> None:
        drop_stale(self, event)

    @property
    def is_held(self) -> bool:
        """Whether nothing is composed just now."""
        return self._hold is not None

    def hold(self, seconds: float) -> asyncio.TimerHandle:
        """Compose nothing for so long at most, from now on."""
        if self._hold is not None:
            self._hold.cancel()
        self._hold = asyncio.get_running_loop().call_later(seconds, self._run_out)
        return self._hold

    def _run_out(self) -> None:
        if self._hold is not None and not self.is_late():
            self.release()

    def is_late(self) -> bool:
        """The time is up and not all has come; whether something is said of it, on another hold."""
        return False

    @property
    def lacks_layout(self) -> bool:
        """Whether what is to be seen has no place yet: composed now, it would be as before."""
        return False

    def gather(self, seconds: float) -> None:
        """Compose what a key changes once it is all there, but not for so long at least."""
        if self._hold is not None or not self.is_current:
            return
        if seconds > 0:
            self.hold(seconds)
            return
        self._watch(self.hold(self.gathered_s), self._waiting(), _QUIET_TURNS)

    def _watch(self, hold: asyncio.TimerHandle, before: tuple[int, ...], turns: int) -> None:
        if self._hold is not hold:
            return
        waiting = self._waiting()
        turns = turns - 1 if waiting == before else _QUIET_TURNS
        if turns:
            asyncio.get_running_loop().call_soon(self._watch, hold, waiting, turns)
        else:
            self.release()

    def _waiting(self) -> tuple[int, ...]:
        """How much is to be composed; it differs where something came."""
        regions = self._compositor._dirty_regions
        return len(self._dirty_widgets), len(regions), self._layout_required

    def release_soon(self) -> None:
        """All of it is there, once what was asked for by now is done."""
        if self._hold is not None:
            self.call_after_refresh(self.release)

    def release(self) -> None:
        """Compose what has changed since."""
        if self._hold is None:
            return
        self._hold.cancel()
        is_patient = self._patience > 0 and self.lacks_layout
        if self.app._batch_count or is_patient:
            # What is composed now would be dropped, or be of two boards.
            self._patience -= is_patient
            self._hold = asyncio.get_running_loop().call_later(_BATCH_S, self.release)
            return
        self._hold, self._patience = None, _PATIENCE
        # What needs a layout is composed after it.
        if self.is_running and self.is_current and any(waiting := self._waiting()):
            self._compositor.update_widgets(self._dirty_widgets)
            if not waiting[-1]:
                self._compositor_refresh()

    def _compositor_refresh(self) -> None:
        if self._hold is not None and self.is_current:
            self._compositor.update_widgets(self._dirty_widgets)
            self._dirty_widgets.clear()
            return
        super()._compositor_refresh()
