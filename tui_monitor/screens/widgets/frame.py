"""The frame around every board: the top line, the status line, the footer."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style

from tui_monitor.boards.registry import BOARDS
from tui_monitor.boards.status import EngineStatus
from tui_monitor.printable import printable
from tui_monitor.screens import status as texts
from tui_monitor.screens.actions import ACTIONS
from tui_monitor.screens.format import ShownZone, fit
from tui_monitor.screens.looks import looks_of
from tui_monitor.screens.widgets.line import Lines, Piece, joined

_GAP = "  "
# Figures that a reason may not push out, and the cells below which a reason says nothing.
_KEPT = 2
_WORDS = 14


class TopLine(Lines):
    """The boards with their number keys; banners; the clock."""

    def show(
        self, board: str, status: EngineStatus, zone: ShownZone, frozen_behind: int | None
    ) -> None:
        """Show the current board and what must not be overlooked."""
        looks = looks_of(self)
        right = joined(
            [*texts.banners(status, frozen_behind, looks), texts.clock(status, zone, looks)],
            " ",
            looks.text,
        )
        left = self._boards(board, len(BOARDS) * 16 + _width(right) > self.size.width)
        self.set_lines(_justify(left, right, self.size.width, looks.text))

    def _boards(self, current: str, narrow: bool) -> list[Piece]:
        looks = looks_of(self)
        pieces: list[Piece] = [(" ", looks.text)]
        for info in BOARDS:
            title = info.short if narrow else info.title
            if info.name == current:
                pieces.append((f" {info.key} {title} ", looks.banner))
            else:
                pieces += [(f" {info.key} ", looks.key), (f"{title} ", looks.dim)]
        return pieces


class StatusLine(Lines):
    """One light an exchange, then the figures as far as there is room."""

    def show(self, status: EngineStatus) -> None:
        """Show how the engine does."""
        looks = looks_of(self)
        groups: list[list[Piece]] = []
        figures = texts.figures(status, looks)
        lights = self._lights(status, sum(_width(one) + len(_GAP) for one in figures[:_KEPT]))
        room = self.size.width - _width(lights) - 2
        for group in figures:
            needed = _width(group) + len(_GAP)
            if needed <= room:
                groups.append(group)
                room -= needed
        right = joined(groups, _GAP, looks.text)
        left = [(" ", looks.text), *lights]
        self.set_lines(_justify(left, right, self.size.width, looks.text))

    def _lights(self, status: EngineStatus, taken: int) -> list[Piece]:
        """The lights, each with its reason in the room that the first figures leave."""
        looks = looks_of(self)
        lights = [texts.light(feed, looks) for feed in status.lights]
        room = self.size.width - 2 - taken - _width(joined(lights, _GAP, looks.text))
        for feed, light in zip(status.lights, lights, strict=True):
            why = printable(texts.reason(feed), 120)
            shown = min(cell_len(why) + 2, room)
            if why and shown >= _WORDS:
                light.append((fit(f": {why}", shown), looks.warn))
                room -= shown
        return joined(lights, _GAP, looks.text)


class Footer(Lines):
    """The keys that work here and now."""

    def show(self, action_ids: Sequence[str]) -> None:
        """Show the footer's words of these actions, as many as fit."""
        looks = looks_of(self)
        here = [action for action in ACTIONS if action.footer and action.id in action_ids]
        words = {
            action: [(f"{action.label} ", looks.key), (action.short, looks.dim)] for action in here
        }
        room = self.size.width - 1
        kept = []
        for action in sorted(here, key=lambda action: action.footer):
            room -= _width(words[action]) + len(_GAP)
            if room >= -len(_GAP):
                kept.append(action)
        shown = [words[action] for action in here if action in kept]
        self.set_lines([(" ", looks.text), *joined(shown, _GAP, looks.text)])

    def say(self, *words: tuple[str, str]) -> None:
        """Show these keys, whatever else works."""
        looks = looks_of(self)
        shown = [[(f"{key} ", looks.key), (word, looks.dim)] for key, word in words]
        self.set_lines([(" ", looks.text), *joined(shown, _GAP, looks.text)])


def _width(pieces: Sequence[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def _justify(
    left: Sequence[Piece], right: Sequence[Piece], width: int, style: Style
) -> list[Piece]:
    gap = max(1, width - _width(left) - _width(right) - 1)
    return [*left, (" " * gap, style), *right]
