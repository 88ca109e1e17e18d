"""What may be typed next in the palette: commands, then the words that a command takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui_monitor.errors import BadInput
from tui_monitor.screens.palette.commands import BY_ACTION, BY_WORD, COMMANDS, COVERED, Commanded
from tui_monitor.words import t


@dataclass(frozen=True)
class Suggestion:
    """`text` is the whole line if it is taken; `shown` and `help` are what a user reads.

    `action` is the id of the action that does the same by a key.
    """

    text: str
    shown: str
    help: str = ""
    action: str = ""


def suggestions(text: str, desk: Commanded) -> list[Suggestion]:
    """What fits what is typed so far, the best first."""
    typed = text.lstrip(" :")
    word, blank, rest = typed.partition(" ")
    command = BY_WORD.get(word.lower())
    if not blank or command is None:
        return _commands(typed.strip().lower())
    *before, last = rest.split(" ")
    try:
        offered = command.offers(desk, [one for one in before if one])
        found = _matching(list(dict.fromkeys(offered)), last)
    except BadInput:
        found = []
    head = " ".join([word, *before, ""])
    return [Suggestion(head + one, one) for one in found] or [
        Suggestion("", f"{command.word} {command.arguments}", command.help)
    ]


def _matching(offered: Sequence[str], typed: str) -> list[str]:
    wanted = typed.casefold()
    begin = [one for one in offered if one.casefold().startswith(wanted)]
    return begin + [one for one in offered if one not in begin and wanted in one.casefold()]


def _commands(typed: str) -> list[Suggestion]:
    called = {one.help for one in COMMANDS if typed and any(typed in word for word in one.also)}
    lines = [
        Suggestion(
            f"{one.word} " if one.arguments else one.word,
            f"{one.word} {one.arguments}".strip(),
            one.help,
        )
        for one in COMMANDS
    ]
    lines += [
        Suggestion(action.id.replace("_", "-"), action.id.replace("_", "-"), action.help, action.id)
        for action in BY_ACTION.values()
        if action.id not in COVERED
    ]
    starting = [one for one in lines if one.shown.startswith(typed)]
    inside = [
        one
        for one in lines
        if one not in starting
        and (one.help in called or typed in f"{one.shown} {one.help} {t(one.help)}".lower())
    ]
    return starting + inside
