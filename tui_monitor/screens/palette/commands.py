"""The command palette's words: each is parsed to a call on the desk, or BadInput says why not."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tui_monitor.boards.registry import BOARDS
from tui_monitor.boards.spreads import Filter, Kind
from tui_monitor.errors import BadInput
from tui_monitor.model import BAR_MS, Exchange
from tui_monitor.screens.days import is_day, parse_range, parse_shown
from tui_monitor.screens.dialogs.questions import FORMATS, ExportChoice
from tui_monitor.screens.keys.actions import ACTIONS
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.looks import GLYPHS
from tui_monitor.screens.looks.themes import THEMES
from tui_monitor.screens.palette.coin_names import coin_of
from tui_monitor.screens.tables.shown import VIEW
from tui_monitor.words import CHINESE, ENGLISH, LANGUAGES


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

    def sort_table(self, name: str, *, descending: bool) -> None:
        """Sort the table that has the keys."""

    def set_glyphs(self, name: str) -> None:
        """Other characters for curves: one of GLYPHS."""

    def set_theme(self, name: str) -> None:
        """Other colours."""

    def set_language(self, name: str) -> None:
        """Another language."""

    def choose(self, what: str, word: str) -> None:
        """Another part of the board, by name."""

    def act(self, action_id: str) -> None:
        """Run an action as if its key was pressed."""

    def known_coins(self) -> Sequence[str]:
        """Coins that can be named."""

    def check_coin(self, coin: str) -> str:
        """A coin as it is listed; BadInput where nobody lists it, as far as that is known."""

    def column_names(self) -> Sequence[str]:
        """Columns that can be named."""


@dataclass(frozen=True)
class Command:
    """`arguments` is what a user reads; `run` gets the desk and the typed arguments.

    `offers` gives the words that may come next, after those that are typed; `also` are other
    words that it is looked for by.
    """

    word: str
    arguments: str
    help: str
    run: Callable[[Commanded, list[str]], None]
    offers: Callable[[Commanded, list[str]], Iterable[str]] = lambda _desk, _words: ()
    also: tuple[str, ...] = ()


def _board(desk: Commanded, words: list[str]) -> None:
    boards = [info.name for info in BOARDS]
    names = {name: name for name in boards} | {key(name): name for name in boards}
    wanted = words[0] if words and words[0] in names else "".join(words[:1]).lower()
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
    strange = next((word for word in rest if not is_day(word, desk.today)), None)
    if strange is not None:
        raise BadInput(
            f"export takes no {strange!r}",
            f"what: {', '.join(kinds)}; format: {', '.join(FORMATS)}; first and last day",
        )
    if rest and what not in words:
        what = next((kind for kind in kinds if kind != VIEW), what)
    first, last = parse_range(" ".join(rest), desk.today) if rest else desk.shown_days()
    desk.begin_export(ExportChoice(what, file_format, first, last))


def _theme(desk: Commanded, words: list[str]) -> None:
    if not words:
        raise BadInput("which colours?", f"there is {', '.join(THEMES)}")
    if words[0] not in THEMES:
        # The likest first: it is what was meant.
        near = difflib.get_close_matches(words[0], THEMES, n=1, cutoff=0.0)
        names = dict.fromkeys([*near, *THEMES])
        raise BadInput(f"no theme {words[0]!r}", f"there is {', '.join(names)}")
    desk.set_theme(words[0])


def _chart(desk: Commanded, words: list[str]) -> None:
    if not words or words[0] not in GLYPHS:
        raise BadInput("curves of what?", f"there is {', '.join(GLYPHS)}")
    desk.set_glyphs(words[0])


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
    desk.check_coin(coin_of(words[0]))
    desk.explain(words[0])


def _coin(desk: Commanded, words: list[str]) -> None:
    if not words:
        raise BadInput("which coin?", "coin BTC opens its page; filter BTC filters the table")
    desk.show_coin(desk.check_coin(words[0]))


def _sort(desk: Commanded, words: list[str]) -> None:
    has_order = len(words) > 1 and words[-1].lower() in _ORDERS
    order, name = (words[-1].lower(), words[:-1]) if has_order else ("desc", words)
    if not name:
        raise BadInput("sort by which column, and how?", "sort COLUMN [asc|desc]")
    # A title as it is shown may have several words.
    desk.sort_table(" ".join(name), descending=order == "desc")


def _language(desk: Commanded, words: list[str]) -> None:
    names = ("auto", *LANGUAGES)
    wanted = SPOKEN.get(words[0].casefold(), words[0]) if words else ""
    if wanted not in names:
        raise BadInput("which language?", f"there is {', '.join(names)}")
    desk.set_language(wanted)


_ORDERS = ("asc", "desc")
# What people call a language who do not know its name here.
SPOKEN = {
    "chinese": CHINESE, "中文": CHINESE, "简体": CHINESE, "简体中文": CHINESE, "汉语": CHINESE,
    "english": ENGLISH, "英文": ENGLISH, "英语": ENGLISH,
}  # fmt: skip


def _once(*names: str) -> Callable[[Commanded, list[str]], Iterable[str]]:
    """One of these words, and no second one."""
    return lambda _, words: () if words else names


def _day_offers(desk: Commanded, words: list[str]) -> Iterable[str]:
    return () if words else ("today", "yesterday", "-7d", str(desk.shown_days()[1]))


def _range_offers(desk: Commanded, words: list[str]) -> Iterable[str]:
    first, last = desk.shown_days()
    if not words:
        return "7d", "14d", "30d", str(first), "-7d"
    return (str(last), "today") if len(words) == 1 else ()


def _export_offers(desk: Commanded, words: list[str]) -> Iterable[str]:
    kinds = desk.export_kinds()
    if not any(word in kinds for word in words):
        yield from kinds
    if not any(word in FORMATS for word in words):
        yield from FORMATS
    if words:
        yield from _range_offers(desk, [])


def _coin_offers(desk: Commanded, words: list[str]) -> Iterable[str]:
    return () if words else desk.known_coins()


def _sort_offers(desk: Commanded, words: list[str]) -> Iterable[str]:
    return desk.column_names() if not words else _ORDERS if len(words) == 1 else ()


# fmt: off
COMMANDS = (
    Command("board", "NAME", "Another board", _board, _once(*(info.name for info in BOARDS))),
    Command("day", "DAY", "A day: 2026-01-04, 01-04, today, yesterday, -7d", _days, _day_offers),
    Command("days", "FIRST LAST", "A range of days, or 7d for the last seven", _days,
            _range_offers),
    Command("coin", "COIN", "The page of a coin: its prices everywhere", _coin, _coin_offers),
    Command("filter", "TEXT", "Filter the table", _filter,
            lambda desk, _: desk.column_names()),
    Command("sort", "COLUMN [asc|desc]", "Sort the table", _sort, _sort_offers),
    Command("pairs", " | ".join(Kind), "Which markets the spreads pair", _pairs, _once(*Kind)),
    Command("coins", " | ".join(Filter), "Which coins the spreads show", _coins, _once(*Filter)),
    Command("why", "COIN", "Why a coin is among the anomalies, or why not", _why, _coin_offers),
    Command("bar", " | ".join(BAR_MS), "The length of the anomalies' bars", _bar, _once(*BAR_MS)),
    Command("venue", " | ".join(Exchange), "Whose perpetuals the anomalies are of", _venue,
            _once(*Exchange)),
    Command("backfill", "FIRST LAST", "Fill days from the exchange", _backfill, _range_offers),
    Command("stop", "", "Stop the running backfill", lambda desk, _: desk.stop_backfill()),
    Command("export", "[WHAT] [FORMAT] [FIRST LAST]", "Write a file of what is shown", _export,
            _export_offers),
    Command("theme", " | ".join(THEMES), "Colours of the screens", _theme, _once(*THEMES)),
    Command("chart", " | ".join(GLYPHS), "Glyphs of the curves", _chart, _once(*GLYPHS)),
    Command("language", "auto | en | zh", "Another language, until the end", _language,
            _once("auto", *LANGUAGES), tuple(SPOKEN)),
    Command("quit", "", "Leave", lambda desk, _: desk.act("quit")),
)
# fmt: on
BY_WORD = {command.word: command for command in COMMANDS}
# Keys that need no argument can be typed by name as well.
_TYPED = ("desk", "days", "work", "spreads", "anomalies", "oi", "charts", "panel", "app")
BY_ACTION = {
    action.id: action for action in ACTIONS if action.where in _TYPED and action.id not in BY_WORD
}
# Said by a command already: by its own word, which takes arguments as well.
COVERED = {"start_backfill", "stop_backfill"}


def run(text: str, desk: Commanded) -> None:
    """Do what was typed; BadInput if it can't be read."""
    words = text.strip().lstrip(":").split()
    if not words:
        return
    word = words[0].lower()
    if len(words) > 1 and _stands_alone(word):
        raise BadInput(f"{word} takes no more words", f"there is {words[1]!r} behind it")
    if word in SPOKEN:
        desk.set_language(SPOKEN[word])
    elif word in BY_WORD:
        BY_WORD[word].run(desk, words[1:])
    elif word.replace("-", "_") in BY_ACTION:
        desk.act(word.replace("-", "_"))
    elif any(info.name == word for info in BOARDS):
        desk.show_board(word)
    else:
        near = difflib.get_close_matches(word, [*BY_WORD, *BY_ACTION], n=1)
        hint = f"did you mean {near[0]}?" if near else "type to see what there is"
        raise BadInput(f"no command {word!r}", hint)


def _stands_alone(word: str) -> bool:
    if word in BY_WORD:
        return not BY_WORD[word].arguments
    return (
        word in SPOKEN
        or word.replace("-", "_") in BY_ACTION
        or any(info.name == word for info in BOARDS)
    )
