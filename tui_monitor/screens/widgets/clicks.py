"""Lines that name keys: with the mouse on, a click on a key's name presses it."""

from rich.cells import cell_len
from textual.events import Click

from tui_monitor.screens.keys.keymap import key_named
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.line import Lines


class KeyLines(Lines):
    """Fixed lines, in which a piece with a key's look, and the word behind it, is that key."""

    def on_click(self, event: Click) -> None:
        """Press it."""
        name = self.key_at(event.x, event.y)
        if name is not None:
            self.app.simulate_key(name)

    def key_at(self, x: int, y: int = 0) -> str | None:
        """Textual's name of the key that stands at a cell."""
        looks, end, found = looks_of(self), 0, None
        for text, style in self._at(y):
            if style in (looks.key, looks.banner) and text.strip():
                found = key_named(text.split()[0])
            elif not text.strip():
                found = None
            end += cell_len(text)
            if x < end:
                return found
        return None
