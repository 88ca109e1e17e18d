"""The frame around every board: the top line, the status line, the footer."""

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len
from rich.style import Style

from tui_monitor.boards.registry import BOARDS, BoardInfo
from tui_monitor.boards.status import EngineStatus
from tui_monitor.printable import printable
from tui_monitor.screens import status as texts
from tui_monitor.screens.keys.actions import ACTIONS
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import ShownZone, because, fit
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.terminal.terminal import PaintedApp
from tui_monitor.screens.widgets.clicks import KeyLines
from tui_monitor.screens.widgets.line import Lines, Piece, joined
from tui_monitor.words import t

_GAP = "  "
# How lights and figures are painted in less and less room: see `texts.lights` and
# `texts.kept_figures`, and the gap between them.
_TIGHTER = (
    (0, 0, _GAP),
    (0, 1, " "),
    (1, 1, " "),
    (2, 1, " "),
    (1, 2, _GAP),
    (2, 2, _GAP),
    (2, 2, " "),
)
# The cells below which a reason says nothing.
_WORDS = 14
# Of a board's name where there is little room.
_LETTERS = 3


class TopLine(KeyLines):
    """The boards with their number keys; banners; the clock."""

    def show(
        self,
        where: Sequence[str],
        status: EngineStatus,
        zone: ShownZone,
        frozen_behind: int | None,
    ) -> None:
        """Show where we are, a board's name and the steps from there, and what must be seen."""
        looks = looks_of(self)
        clocks = [texts.clock(status, zone, looks, seconds=one) for one in (True, False)]
        calm = texts.recording(status, looks)
        told = [*texts.banners(status, frozen_behind, looks), *([calm] if calm else [])]
        width = _width_of(self)
        left, right = self._fitting(where, told, clocks, width)
        self.set_lines(_justify(left, joined(right, " ", looks.text), width, looks.text))

    def show_boards(self, where: Sequence[str]) -> None:
        """Only where we are: nothing is known of the engine."""
        self.set_lines(self._fitting(where, [], [[], []], self.app.size.width)[0])

    def _fitting(
        self, where: Sequence[str], told: list[list[Piece]], clocks: list[list[Piece]], width: int
    ) -> tuple[list[Piece], list[list[Piece]]]:
        """What stands on the left and on the right: what must be seen goes before the clock, and
        both before the boards' names. At last long reasons are cut.
        """
        for left, time in self._choices(where, *clocks):
            right = [*told, time]
            if _width(left) + _width(joined(right, " ", Style())) + 1 <= width:
                return left, right
        left = self._here(where[:1])
        return left, _cut(told, width - _width(left) - 1)

    def _choices(
        self, where: Sequence[str], clock: list[Piece], shorter: list[Piece]
    ) -> Iterator[tuple[list[Piece], list[Piece]]]:
        """The boards' names in full, in short, closer together, shortest, then fewer of these.

        Then the clock's seconds go, the other boards' numbers, the last steps, and the clock. It
        has its zone as long as it is there: a time without one may be another.
        """
        short, shortest = [t(info.short) for info in BOARDS], [_shortest(info) for info in BOARDS]
        yield self._boards(where, [t(info.title) for info in BOARDS]), clock
        yield self._boards(where, short), clock
        yield self._boards(where, short, gap=""), clock
        for named in range(len(BOARDS), -1, -1):
            names = [*shortest[:named], *("" for _ in shortest[named:])]
            yield self._close(where, names), clock
        yield self._close(where, [""] * len(BOARDS)), shorter
        for steps in range(len(where), 0, -1):
            yield self._here(where[:steps]), clock
            yield self._here(where[:steps]), shorter
        yield self._here(where[:1]), []

    def _here(self, where: Sequence[str]) -> list[Piece]:
        """The current board and the steps from there, without the others."""
        info = next((one for one in BOARDS if one.name == where[0]), None)
        if info is None:
            return [(f" {' › '.join(where[1:])} ", looks_of(self).banner)]
        return [self._current(info, t(info.short), where[1:])]

    def _current(self, info: BoardInfo, name: str, steps: Sequence[str]) -> Piece:
        return f" {key(info.name)} {' › '.join([name, *steps])} ", looks_of(self).banner

    def _close(self, where: Sequence[str], names: Sequence[str]) -> list[Piece]:
        """The names right behind their numbers."""
        looks = looks_of(self)
        pieces: list[Piece] = []
        for info, name in zip(BOARDS, names, strict=True):
            if info.name == where[0]:
                pieces += self._here(where)
            else:
                pieces += [(f" {key(info.name)}", looks.key), (name, looks.dim)]
        return pieces

    def _boards(self, where: Sequence[str], names: Sequence[str], gap: str = " ") -> list[Piece]:
        looks = looks_of(self)
        pieces: list[Piece] = [(gap, looks.text)] if gap else []
        for info, name in zip(BOARDS, names, strict=True):
            if info.name == where[0]:
                pieces.append(self._current(info, name, where[1:]))
            else:
                pieces += [(f" {key(info.name)} ", looks.key), (f"{name}{gap}", looks.dim)]
        return pieces


class StatusLine(Lines):
    """One light an exchange, then the figures as far as there is room."""

    def show(self, status: EngineStatus) -> None:
        """Show how the engine does."""
        looks = looks_of(self)
        lights, kept, gap = self._fitting(status)
        room = _width_of(self) - 2 - _room_of(lights, gap) - _room_of(kept, gap)
        room -= self._explain(status, lights, room)
        for group in texts.other_figures(status, looks):
            needed = _width(group) + len(gap)
            if needed <= room:
                kept.append(group)
                room -= needed
        left = [(" ", looks.text), *joined(lights, gap, looks.text)]
        right = joined(kept, gap, looks.text)
        self.set_lines(_justify(left, right, _width_of(self), looks.text))

    def _bytes_per_s(self) -> float | None:
        """What goes to the terminal, where somebody wants to know."""
        app = self.app
        return app.bytes_per_s() if isinstance(app, PaintedApp) and app.shows_bytes else None

    def say(self, text: str) -> None:
        """Words instead of lights."""
        self.set_lines([(f" {text}", looks_of(self).warn)])

    def _fitting(self, status: EngineStatus) -> tuple[list[list[Piece]], list[list[Piece]], str]:
        """Lights, figures and the gap between them, as long as there is room for all.

        The gaps become narrow first, then lights short; a bare number says little. Then the first
        figures leave.
        """
        looks, bytes_per_s, width = looks_of(self), self._bytes_per_s(), _width_of(self)
        for light, figure, gap in _TIGHTER:
            lights = texts.lights(status, looks, light)
            kept = texts.kept_figures(status, looks, shorter=figure, bytes_per_s=bytes_per_s)
            if _room_of(lights, gap) + _room_of(kept, gap) + _margin(gap) <= width:
                return lights, kept, gap
        while kept and _room_of(lights, gap) + _room_of(kept, gap) > width:
            kept.pop(0)
        return lights, kept, gap

    def _explain(self, status: EngineStatus, lights: list[list[Piece]], room: int) -> int:
        """Give each light its reason in the room that is left; the cells that it took."""
        if status.mode == texts.GONE:
            return 0
        taken = 0
        for feed, light in zip(status.lights, lights, strict=True):
            why = printable(texts.reason(feed), 120)
            after = because("", why)
            shown = min(cell_len(after), room - taken)
            if why and shown >= _WORDS:
                light.append((fit(after, shown), looks_of(self).warn))
                taken += shown
        return taken


class Footer(KeyLines):
    """The keys that work here and now."""

    def show(self, action_ids: Sequence[str], words: Mapping[str, str] | None = None) -> None:
        """Show the footer's words of these actions, as many as fit.

        Other `words` for some say what state the program is in: these go before the rest.
        """
        looks = looks_of(self)
        here = [action for action in ACTIONS if action.footer and action.id in action_ids]
        said = {one: t((words or {}).get(one.id, one.short), "key") for one in here}
        groups = {
            action: [(f"{action.label} ", looks.key), (said[action], looks.dim)] for action in here
        }
        room = _width_of(self) - 1
        kept = []
        ranks = {action: 0 if action.id in (words or ()) else action.footer for action in here}
        for action in sorted(here, key=ranks.__getitem__):
            needed = _width(groups[action]) + len(_GAP)
            if needed <= room + len(_GAP):
                kept.append(action)
                room -= needed
        shown = [groups[action] for action in here if action in kept]
        self.set_lines([(" ", looks.text), *joined(shown, _GAP, looks.text)])

    def say(self, *words: tuple[str, str]) -> None:
        """Show these keys, whatever else works."""
        looks = looks_of(self)
        shown = [[(f"{key} ", looks.key), (word, looks.dim)] for key, word in words]
        self.set_lines([(" ", looks.text), *joined(shown, _GAP, looks.text)])


def _width_of(line: Lines) -> int:
    """Its width; before the first layout that of the terminal, which it will have."""
    return line.size.width or line.app.size.width


def _shortest(info: BoardInfo) -> str:
    """A board's name in three letters; two wide ones are as short."""
    name = t(info.short)
    return name[:_LETTERS] if cell_len(name) == len(name) else name


def _cut(banners: Sequence[list[Piece]], room: int) -> list[list[Piece]]:
    """Banners in so much room: the longest reasons are cut first."""
    kept = [list(one) for one in banners]
    for banner in sorted(kept, key=_width, reverse=True):
        over = sum(_width(one) + 1 for one in kept) - room
        wide = _width(banner)
        if over > 0 and wide > _WORDS:
            text, style = banner[0]
            banner[0] = (fit(text.rstrip(), max(_WORDS, wide - over) - 1) + " ", style)
    return kept


def _margin(gap: str) -> int:
    """The blank at the end of the line, which there is no room for where all stands close."""
    return len(gap) - 1


def _room_of(groups: Sequence[Sequence[Piece]], gap: str) -> int:
    """The cells of groups with a gap after each."""
    return sum(_width(group) + len(gap) for group in groups)


def _width(pieces: Sequence[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def _justify(
    left: Sequence[Piece], right: Sequence[Piece], width: int, style: Style
) -> list[Piece]:
    gap = max(1, width - _width(left) - _width(right) - 1)
    return [*left, (" " * gap, style), *right]
