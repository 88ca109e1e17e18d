"""Charts that are read: a cursor on a point, moved by keys or by the mouse, and its words."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.binding import BindingType
from textual.events import Blur, Click, Focus, Leave, MouseMove
from textual.message import Message
from textual.widget import Widget

from tui_monitor.screens.keys.actions import bindings, bindings_of


class Place(NamedTuple):
    """A point of a chart: its time and the column of the widget that it is in."""

    at_ms: int
    column: int


class ReadChart(Widget):
    """A chart with a cursor. It takes the keys only while it is read, so that no accident of
    focus leads there. A subclass tells its points by `places()` and draws `read_ms`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("chart"), *bindings_of("back")]

    class Opened(Message):
        """Enter on a point."""

        def __init__(self, chart: "ReadChart", at_ms: int) -> None:
            super().__init__()
            self.chart = chart
            self.at_ms = at_ms

    class Left(Message):
        """It is read no more."""

    def __init__(self, *, id: str | None = None, opens: bool = False) -> None:  # noqa: A002
        super().__init__(id=id)
        # Whether Enter leads anywhere.
        self._opens = opens
        self._hovered = False
        # Of the point that is read; None: the newest one, whichever that is.
        self._at_ms: int | None = None

    def places(self) -> Sequence[Place]:
        """The points, from the oldest to the newest; gaps have theirs, too."""
        raise NotImplementedError

    def repaint(self) -> None:
        """The cursor moved."""
        self.refresh()

    @property
    def is_read(self) -> bool:
        """Whether its cursor is shown."""
        return self.has_focus or self._hovered

    @property
    def read_ms(self) -> int | None:
        """The time of the point under the cursor; None while nobody reads."""
        places = self.places() if self.is_read else ()
        return places[self._index(places)].at_ms if places else None

    @property
    def can_be_read(self) -> bool:
        """Whether it is on screen and has points."""
        return self.region.area > 0 and bool(self.places())

    def read(self) -> None:
        """Take the keys."""
        self.can_focus = True
        self.screen.set_focus(self)

    def _index(self, places: Sequence[Place]) -> int:
        """Where the cursor is: on its point, or the nearest one where that has gone."""
        if self._at_ms is None:
            return len(places) - 1
        at_ms = self._at_ms
        return min(range(len(places)), key=lambda index: abs(places[index].at_ms - at_ms))

    def _go(self, index: int) -> None:
        places = self.places()
        if places:
            index = max(0, min(index, len(places) - 1))
            self._at_ms = None if index == len(places) - 1 else places[index].at_ms
            self.repaint()

    def _go_columns(self, by: int) -> None:
        """To the nearest point that many columns on; where points are wider apart, the next."""
        places = self.places()
        if not places:
            return
        sign, index = (1 if by > 0 else -1), self._index(places)
        wanted = places[index].column + by
        index += sign
        while 0 <= index < len(places) - 1 and (wanted - places[index].column) * sign > 0:
            index += sign
        self._go(index)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter works where it leads somewhere."""
        return self._opens if action == "read_open" else super().check_action(action, parameters)

    def action_read_earlier(self) -> None:
        self._go_columns(-1)

    def action_read_later(self) -> None:
        self._go_columns(1)

    def action_read_before(self) -> None:
        self._go(self._index(self.places()) - 1)

    def action_read_after(self) -> None:
        self._go(self._index(self.places()) + 1)

    def action_read_far_back(self) -> None:
        self._go_columns(-max(1, self.size.width // 8))

    def action_read_far_on(self) -> None:
        self._go_columns(max(1, self.size.width // 8))

    def action_read_oldest(self) -> None:
        self._go(0)

    def action_read_newest(self) -> None:
        self._go(len(self.places()) - 1)

    def action_read_open(self) -> None:
        at_ms = self.read_ms
        if at_ms is not None:
            self.post_message(self.Opened(self, at_ms))

    def action_back(self) -> None:
        self.post_message(self.Left())

    def on_focus(self, _: Focus) -> None:
        """The cursor appears."""
        self.repaint()

    def on_blur(self, _: Blur) -> None:
        """And goes; what leads here next begins at the newest point."""
        self.can_focus, self._at_ms = False, None
        self.repaint()

    # The mouse, where it is on

    def on_mouse_move(self, event: MouseMove) -> None:
        """What is under the mouse is read; while keys read, only a click moves the cursor."""
        if not self.has_focus:
            self._hovered = True
            self._point_at(event.x)

    def on_leave(self, _: Leave) -> None:
        """The mouse is elsewhere."""
        self._hovered = False
        self.repaint()

    def on_click(self, event: Click) -> None:
        """A click takes the keys there; a second one on the same point opens it."""
        before = self._at_ms
        was_read = self.has_focus
        self._point_at(event.x)
        if was_read and before == self._at_ms and self._opens:
            self.action_read_open()
        self.read()

    def _point_at(self, x: int) -> None:
        places = self.places()
        if places:
            self._go(min(range(len(places)), key=lambda index: abs(places[index].column - x)))
