"""The command palette's words: each is parsed to a call on the desk, or BadInput says why not."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tui_monitor.boards.registry import BOARDS
from tui_monitor.boards.spreads import Filter, Kind
from tui_monitor.errors import BadInput
from tui_monitor.model import BAR_MS, Exchange
from tui_monitor.screens.actions import ACTIONS
from tui_monitor.screens.days import parse_range, parse_shown
from tui_monitor.screens.dialogs import FORMATS, ExportChoice
from tui_monitor.screens.themes import THEMES


class Commanded(Protocol):
    """What commands act on."""

    @property
    def today(self) -> date:
        """The board's day."""

    def show_board(self, name: str) -> None:
        """Another board."""

    def show_coin(self, coin: str) -> None:
        """The page of a coin."""

    def explain(self, coin: str) -> None:
        """Why a coin is among the anomalies, or why it is not."""

    def show_days(self, first: date, last: date) -> None:
        """Other days on this board."""

    def shown_days(self) -> tuple[date, date]:
        """The days of this board."""

    def export_kinds(self) -> Sequence[str]:
        """What this board can export."""

    def begin_backfill(self, first: date, last: date) -> None:
        """Start a backfill."""

    def stop_backfill(self) -> None:
        """Stop the running one."""

    def begin_export(self, choice: ExportChoice) -> None:
        """Write an export."""

    def set_filter(self, text: str) -> None:
        """Filter the table that has the keys."""

    def set_pair(self, name: str) -> None:
        """Other colours for rises and falls."""

    def choose(self, what: str, word: str) -> None:
        """Another part of the board, by name."""

    def act(self, action_id: str) -> None:
        """Run an action as if its key was pressed."""


@dataclass(frozen=True)
class Command:
    """`arguments` is what a user reads; `run` gets the desk and the typed arguments."""

    word: str
    arguments: str
    help: str
    run: Callable[[Commanded, list[str]], None]


def _board(desk: Commanded, words: list[str]) -> None:
    names = {info.name: info.name for info in BOARDS} | {info.key: info.name for info in BOARDS}
    wanted = words[0].lower() if words else ""
    if wanted not in names:
        raise BadInput(f"no board {wanted!r}", f"there is {', '.join(i.name for i in BOARDS)}")
    desk.show_board(names[wanted])


def _days(desk: Commanded, words: list[str]) -> None:
    desk.show_days(*parse_shown(" ".join(words) or "today", desk.today))


def _backfill(desk: Commanded, words: list[str]) -> None:
    if not words:
        desk.act("start_backfill")
        return
    desk.begin_backfill(*parse_range(" ".join(words), desk.today))


def _export(desk: Commanded, words: list[str]) -> None:
    if not words:
        desk.act("export")
        return
    kinds = desk.export_kinds()
    what = next((word for word in words if word in kinds), kinds[0])
    file_format = next((word for word in words if word in FORMATS), FORMATS[0])
    rest = [word for word in words if word not in (what, file_format)]
    first, last = parse_range(" ".join(rest), desk.today) if rest else desk.shown_days()
    desk.begin_export(ExportChoice(what, file_format, first, last))


def _theme(desk: Commanded, words: list[str]) -> None:
    if not words or words[0] not in THEMES:
        raise BadInput("which colours?", f"there is {', '.join(THEMES)}")
    desk.set_pair(words[0])


def _filter(desk: Commanded, words: list[str]) -> None:
    desk.set_filter(" ".join(words))


def _pairs(desk: Commanded, words: list[str]) -> None:
    desk.choose("pairs", words[0].lower() if words else "")


def _coins(desk: Commanded, words: list[str]) -> None:
    desk.choose("coins", words[0].lower() if words else "")


def _bar(desk: Commanded, words: list[str]) -> None:
    desk.choose("bar", words[0].lower() if words else "")


def _venue(desk: Commanded, words: list[str]) -> None:
    desk.choose("venue", words[0].lower() if words else "")


def _why(desk: Commanded, words: list[str]) -> None:
    if not words:
        raise BadInput("why is which coin here, or not?", "why BTC")
    desk.explain(words[0])


def _coin(desk: Commanded, words: list[str]) -> None:
    if not words:
        raise BadInput("which coin?", "coin BTC opens its page; filter BTC filters the table")
    desk.show_coin(words[0])


COMMANDS = (
    Command("board", "NAME", "Another board", _board),
    Command("day", "DAY", "A day: 2026-01-04, today, yesterday, -7d", _days),
    Command("days", "FIRST LAST", "A range of days, or 7d for the last seven", _days),
    Command("coin", "COIN", "The page of a coin: its prices everywhere", _coin),
    Command("filter", "TEXT", "Filter the table", _filter),
    Command("pairs", " | ".join(Kind), "Which markets the spreads pair", _pairs),
    Command("coins", " | ".join(Filter), "Which coins the spreads show", _coins),
    Command("why", "COIN", "Why a coin is among the anomalies, or why not", _why),
    Command("bar", " | ".join(BAR_MS), "The length of the anomalies' bars", _bar),
    Command("venue", " | ".join(Exchange), "Whose perpetuals the anomalies are of", _venue),
    Command("backfill", "FIRST LAST", "Fill days from the exchange", _backfill),
    Command("stop", "", "Stop the running backfill", lambda desk, _: desk.stop_backfill()),
    Command("export", "[WHAT] [FORMAT] [FIRST LAST]", "Write a file of what is shown", _export),
    Command("theme", " | ".join(THEMES), "Colours of the screens", _theme),
    Command("quit", "", "Leave", lambda desk, _: desk.act("quit")),
)
_BY_WORD = {command.word: command for command in COMMANDS}
# Keys that need no argument can be typed by name as well.
_TYPED = ("desk", "days", "work", "spreads", "anomalies")
_BY_ACTION = {
    action.id: action for action in ACTIONS if action.where in _TYPED and action.id not in _BY_WORD
}
# Said by a command already: by its own word, which takes arguments as well.
_COVERED = {"start_backfill", "stop_backfill"}


def run(text: str, desk: Commanded) -> None:
    """Do what was typed; BadInput if it can't be read."""
    words = text.strip().lstrip(":").split()
    if not words:
        return
    word = words[0].lower()
    if word in _BY_WORD:
        _BY_WORD[word].run(desk, words[1:])
    elif word.replace("-", "_") in _BY_ACTION:
        desk.act(word.replace("-", "_"))
    elif any(info.name == word for info in BOARDS):
        desk.show_board(word)
    else:
        near = difflib.get_close_matches(word, [*_BY_WORD, *_BY_ACTION], n=1)
        hint = f"did you mean {near[0]}?" if near else "type to see what there is"
        raise BadInput(f"no command {word!r}", hint)


def suggestions(text: str) -> list[tuple[str, str]]:
    """Commands and actions that fit what is typed so far, with their help."""
    typed = text.strip().lstrip(":").lower()
    word = typed.split()[0] if typed else ""
    lines = [(f"{one.word} {one.arguments}".strip(), one.help) for one in COMMANDS]
    lines += [
        (action.id.replace("_", "-"), action.help)
        for action in _BY_ACTION.values()
        if action.id not in _COVERED
    ]
    starting = [line for line in lines if line[0].startswith(word)]
    inside = [
        line for line in lines if line not in starting and word in f"{line[0]} {line[1]}".lower()
    ]
    return starting + inside
