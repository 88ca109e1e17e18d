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
        clock = texts.clock(status, zone, looks)
        banners = texts.banners(status, frozen_behind, looks)
        needed = _width(joined([*banners, clock], " ", looks.text)) + 2
        left = next(
            (
                one
                for one in self._choices(board)
                if _width(one) + needed <= self.size.width or not self.size.width
            ),
            self._numbers(board),
        )
        room = self.size.width - _width(left) - 2
        right = joined(_fitted(banners, clock, room), " ", looks.text)
        self.set_lines(_justify(left, right, self.size.width, looks.text))

    def show_boards(self, board: str) -> None:
        """Only where we are: nothing is known of the engine."""
        width = self.app.size.width
        fit_in = (one for one in self._choices(board) if _width(one) < width)
        self.set_lines(next(fit_in, self._numbers(board)))

    def _choices(self, current: str) -> list[list[Piece]]:
        """The boards' names in full, in short, closer together, then only the current one's."""
        short = [info.short for info in BOARDS]
        return [
            self._boards(current, [info.title for info in BOARDS]),
            self._boards(current, short),
            self._boards(current, short, gap=""),
            self._numbers(current),
        ]

    def _numbers(self, current: str) -> list[Piece]:
        names = [info.short if info.name == current else "" for info in BOARDS]
        return self._boards(current, names, gap="")

    def _boards(self, current: str, names: Sequence[str], gap: str = " ") -> list[Piece]:
        looks = looks_of(self)
        pieces: list[Piece] = [(gap, looks.text)] if gap else []
        for info, name in zip(BOARDS, names, strict=True):
            if info.name == current:
                pieces.append((f" {info.key} {name} ", looks.banner))
            elif name:
                pieces += [(f" {info.key} ", looks.key), (f"{name}{gap}", looks.dim)]
            else:
                pieces.append((f" {info.key}{gap}", looks.key))
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

    def say(self, text: str) -> None:
        """Words instead of lights."""
        self.set_lines([(f" {text}", looks_of(self).warn)])

    def _lights(self, status: EngineStatus, taken: int) -> list[Piece]:
        """The lights, each with its reason in the room that the first figures leave."""
        looks = looks_of(self)
        lights = self._short_lights(status)
        room = self.size.width - 2 - taken - _width(joined(lights, _GAP, looks.text))
        for feed, light in zip(status.lights, lights, strict=True):
            why = printable(texts.reason(feed), 120)
            shown = min(cell_len(why) + 2, room)
            if why and shown >= _WORDS:
                light.append((fit(f": {why}", shown), looks.warn))
                room -= shown
        return joined(lights, _GAP, looks.text)

    def _short_lights(self, status: EngineStatus) -> list[list[Piece]]:
        """The lights as long as there is room for all of them."""
        looks = looks_of(self)
        lights: list[list[Piece]] = []
        for shorter in (0, 1, 2):
            lights = [texts.light(feed, looks, shorter) for feed in status.lights]
            if _width(joined(lights, _GAP, looks.text)) + 2 <= self.size.width:
                break
        return lights


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
            needed = _width(words[action]) + len(_GAP)
            if needed <= room + len(_GAP):
                kept.append(action)
                room -= needed
        shown = [words[action] for action in here if action in kept]
        self.set_lines([(" ", looks.text), *joined(shown, _GAP, looks.text)])

    def say(self, *words: tuple[str, str]) -> None:
        """Show these keys, whatever else works."""
        looks = looks_of(self)
        shown = [[(f"{key} ", looks.key), (word, looks.dim)] for key, word in words]
        self.set_lines([(" ", looks.text), *joined(shown, _GAP, looks.text)])


def _fitted(banners: Sequence[list[Piece]], clock: list[Piece], room: int) -> list[list[Piece]]:
    """Banners and clock in so much room: the clock leaves first, then long reasons are cut."""
    needed = sum(_width(one) + 1 for one in banners)
    for time in (clock, clock[:1]):
        if needed + _width(time) <= room:
            return [*banners, time]
    kept = [list(one) for one in banners]
    for banner in sorted(kept, key=_width, reverse=True):
        over = sum(_width(one) + 1 for one in kept) - 1 - room
        wide = _width(banner)
        if over > 0 and wide > _WORDS:
            text, style = banner[0]
            banner[0] = (fit(text.rstrip(), max(_WORDS, wide - over) - 1) + " ", style)
    return kept


def _width(pieces: Sequence[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def _justify(
    left: Sequence[Piece], right: Sequence[Piece], width: int, style: Style
) -> list[Piece]:
    gap = max(1, width - _width(left) - _width(right) - 1)
    return [*left, (" " * gap, style), *right]
