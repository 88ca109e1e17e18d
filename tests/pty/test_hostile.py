"""Names, reasons and errors from outside can't control the terminal: every board, in a pty."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.hostile_source import WIDE
from tests.support.terminal import ESCAPE, Terminal
from tui_monitor.words import CHINESE, ENGLISH, speaking, t

# Everything that may control the terminal; what else is below is text.
_CONTROL = re.compile(
    r"\x1b\[[0-9;?<>=]*[A-Za-z]|\x1b\[\?20(?:26|48)\$p|\x1b\]22;default\x07"
    r"|\x1b\]52;c;[A-Za-z0-9+/=]*\x07"
)
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
# What those may do: move, clear, colour, modes, keys; ask for modes, the clipboard, the pointer.
_KNOWN = re.compile(r"\x1b\[(?:[0-9;]*[HCJKm]|\?[0-9;]+[hl]|[<>]?[0-9]*u|\?[0-9]+\$p)|\x1b\].*\x07")


@dataclass(frozen=True)
class Look:
    """A board: its key, the title of a table, a column that is to stand under its own title.

    `row` has Enter where that shows something else, from which Esc leads back.
    """

    key: str
    title: str
    column: tuple[str, str]
    row: str = "\r"

    def is_there(self, terminal: Terminal) -> bool:
        """Whether it and its rows have come."""
        text = terminal.text()
        return f"─ {t(self.title)} " in text and t("loading…") not in text

    def stands(self, terminal: Terminal) -> bool:
        """Whether the column does."""
        return columns_stand(terminal, t(*self.column))


BOARDS = (
    Look("1", "Nodes", ("per coin", "mean"), row=""),
    Look("2", "Largest", ("price", "price"), row=""),
    Look("3", "Anomalies", ("return %", "return")),
    Look("4", "Picks", ("rise %", "rise")),
    Look("5", "Open interest", ("told", "told")),
    Look("6", "Spreads", ("net fund", "after")),
    Look("7", "Signals", ("lasted", "lasted")),
    Look("8", "Funding", ("diff 8h", "diff8")),
    Look("9", "Days", ("complete", "complete"), row=""),
    Look("0", "Connections", ("msg/s", "messages")),
)


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_no_hostile_byte_reaches_the_terminal_from_any_board(language: str, tmp_path: Path) -> None:
    """Boards, their help and rows, dialogs, toasts, events; columns stand where they should."""
    homes = {"XDG_CACHE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    options = ("hostile", "refresh=0.5", f"language={language}")
    with (
        speaking(language),
        Terminal.of_the_app(*options, environment=homes, columns=160, rows=50) as terminal,
    ):
        for board in BOARDS:
            terminal.press(board.key)
            terminal.until(board.is_there)
            terminal.until(board.stands)
            look_around(terminal, board)
        say_everything(terminal, tmp_path)
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored
        # Only now: what has come so far may end within a character.
        assert terminal.raw.decode().count(WIDE) > len(BOARDS)
        assert_no_control_from_outside(terminal)


def look_around(terminal: Terminal, board: Look) -> None:
    """The explanation of the board, its columns, a filter, what is behind a row; each time back."""
    for key in ("\x1b[11~", "C", "/", *board.row):
        opens_and_closes(terminal, key)


def opens_and_closes(terminal: Terminal, key: str) -> None:
    """The top line says where a key leads to, or the filter its keys; after Esc no more."""
    terminal.press(key)
    terminal.until(lambda one: is_elsewhere(one) and t("loading…") not in one.text())
    terminal.press(ESCAPE)
    terminal.until(lambda one: not is_elsewhere(one))


def is_elsewhere(terminal: Terminal) -> bool:
    """Whether Esc leads back to the board."""
    top, _, rest = terminal.text().partition("\n")
    signs = ("╭", t("keep the filter"), t("How the score came to be"))
    return " › " in top or any(sign in rest for sign in signs)


def say_everything(terminal: Terminal, folder: Path) -> None:
    """A copy, the event log, all keys, the palette with names it offers, toasts of what failed."""
    terminal.press("y")
    terminal.until(lambda one: b"\x1b]52;c;" in one.raw)
    for keys in ("!", "?", ":coin "):
        opens_and_closes(terminal, keys)
    for keys, shown in (("1", f"─ {t('Nodes')} "), ("e", "parquet")):
        terminal.press(keys)
        terminal.until(shown)
    terminal.press("\r")
    terminal.until(lambda one: any(folder.glob("tui-monitor/exports/*")) and "╭" not in one.text())
    for keys, shown in (("b", f"─ {t('Backfill')} "), ("\r", "refused")):
        terminal.press(keys)
        terminal.until(shown)


def cells_of(terminal: Terminal) -> list[list[str]]:
    """The screen by cells; a wide character has an empty one behind it."""
    screen = terminal.screen
    return [[screen.buffer[y][x].data for x in range(screen.columns)] for y in range(screen.lines)]


def columns_stand(terminal: Terminal, title: str) -> bool:
    """Whatever stands before it, a number ends where its column's title does, in every row."""
    rows = cells_of(terminal)
    wanted = [cell for char in title for cell in (char, "")[: 1 + (char > "\u2e80")]]
    size = len(wanted)
    for y, row in enumerate(rows):
        if rows[y - 1][1] != "─":
            continue  # not below a table's own title
        for x in range(1, len(row) - size):
            if row[x : x + size] == wanted and row[x - 1] == " " and row[x + size] in " ▾▴":
                return all_end(rows[y + 1 : -2], x + size)
    return False


def all_end(rows: list[list[str]], end: int) -> bool:
    """Whether there are rows that reach up to a cell, and none of them beyond it."""
    blank = (n for n, row in enumerate(rows) if row[end - 1] in " ─")
    reaching = rows[: next(blank, len(rows))]
    return bool(reaching) and all(row[end] in " )~" for row in reaching)


def assert_no_control_from_outside(terminal: Terminal) -> None:
    """Of what was written, only the program's own sequences control anything."""
    sent = terminal.raw.decode()
    assert not _FORBIDDEN.findall(_CONTROL.sub("", sent))
    assert {one for one in _CONTROL.findall(sent) if not _KNOWN.fullmatch(one)} == set()
