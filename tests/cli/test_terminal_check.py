"""What is said of the terminal: size, colours, encoding, widths; asked in a real pty."""

import os
import subprocess
import sys

import pytest

from tests.support.terminal import Terminal
from tui_monitor.cli.terminal_check import (
    PROBES,
    check_colours,
    check_encoding,
    check_size,
    check_terminal,
    check_widths,
    colours,
)
from tui_monitor.clock import SystemClock
from tui_monitor.feeds.checkup import Check, Outcome

PROGRAM = """
import os, sys
from tui_monitor.cli.terminal_check import check_terminal
from tui_monitor.clock import SystemClock
for check in check_terminal(SystemClock(), os.environ, float(sys.argv[1])):
    print(check.check, "is", check.result.value, "=", check.what)
print("done")
"""


def result(check: Check) -> str:
    return check.result.value


@pytest.mark.parametrize(
    ("columns", "rows", "expected"),
    [(80, 24, "ok"), (60, 15, "ok"), (59, 15, "warn"), (240, 14, "warn")],
)
def test_a_size_at_which_no_board_fits_is_told(columns: int, rows: int, expected: str) -> None:
    """The same bounds as the screens'."""
    assert result(check_size(columns, rows)) == expected


@pytest.mark.parametrize(
    ("environment", "count"),
    [
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 2**24),
        ({"TERM": "xterm-direct"}, 2**24),
    ],
)
def test_the_colours_are_those_that_the_terminal_says(
    environment: dict[str, str], count: int
) -> None:
    """Its variables come first."""
    assert colours(environment) == count
    assert result(check_colours(count, environment)) == ("ok" if count else "warn")


@pytest.mark.parametrize(("term", "count"), [("xterm", 8), ("vt100", 0), ("nobody-knows-it", 0)])
def test_else_the_systems_list_of_terminals_is_asked(term: str, count: int) -> None:
    """In a process of its own: curses reads one entry a process."""
    program = (
        f"from tui_monitor.cli.terminal_check import colours; print(colours({{'TERM': {term!r}}}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert int(done.stdout) == count


def test_no_color_is_told() -> None:
    """Whoever wonders where the colours are reads it."""
    assert "NO_COLOR" in check_colours(256, {"TERM": "xterm", "NO_COLOR": "1"}).what


def test_without_utf_8_it_says_what_is_drawn_instead() -> None:
    """On the linux console that is no fault."""
    assert result(check_encoding("utf-8", {"TERM": "xterm"})) == "ok"
    assert result(check_encoding("ANSI_X3.4-1968", {"TERM": "xterm"})) == "warn"
    assert "ASCII" in check_encoding("utf-8", {"TERM": "linux"}).what


def test_characters_of_another_width_are_named() -> None:
    """With both widths."""
    right = [width for _, width in PROBES]
    assert result(check_widths(right, utf8=True)) == "ok"
    wide = check_widths([6, *right[1:]], utf8=True)
    assert result(wide) == "warn"
    assert "takes 6 cells, not 3" in wide.what
    assert result(check_widths(None, utf8=True)) == "warn"
    assert result(check_widths(None, utf8=False)) == "ok"


def test_without_a_terminal_there_is_nothing_to_ask() -> None:
    """As under a service manager; that is no fault."""
    if sys.__stdin__ is not None and sys.__stdin__.isatty():
        pytest.skip("the tests were started from a terminal")
    (check,) = check_terminal(SystemClock(), {"TERM": "xterm"})
    assert check.result is Outcome.OK
    assert "daemon" in check.what


def answering(terminal: Terminal, more: int = 0) -> None:
    """Let pyte answer questions for the cursor, `more` cells too far to the right."""

    def answer(data: str) -> None:
        row, _, column = data.removeprefix("\x1b[").removesuffix("R").partition(";")
        os.write(terminal.fd, f"\x1b[{row};{int(column) + more}R".encode())

    terminal.screen.write_process_input = answer


def asked(more: int | None) -> Terminal:
    """The checks in a pty whose terminal answers, when it gets to it (None: does not)."""
    patience_s = "0.2" if more is None else "60"
    command = (sys.executable, "-c", PROGRAM, patience_s)
    terminal = Terminal(*command, columns=100, environment={"PYTHONIOENCODING": "utf-8"})
    if more is not None:
        answering(terminal, more)
    return terminal


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (0, "character widths is ok"),
        (3, "takes 6 cells, not 3"),
        (None, "does not tell where its cursor is"),
    ],
)
def test_a_real_terminal_is_measured_and_left_as_it_was(more: int | None, said: str) -> None:
    """By where its cursor stands after a text; one that does not answer is not waited for."""
    with asked(more) as terminal:
        terminal.until("done")
        text = terminal.text()
        assert "terminal size is ok = 100x24" in text
        assert "colours is ok = 16 million" in text
        assert said in text
        # The probes are gone again.
        assert not text.startswith("●")
        assert terminal.wait() == 0
        assert terminal.settings() == terminal.before


def test_a_dumb_terminal_fails() -> None:
    """It can't show a screen at all."""
    command = (sys.executable, "-c", PROGRAM, "60")
    with Terminal(*command, environment={"TERM": "dumb"}) as terminal:
        terminal.until("terminal is fail")
        assert terminal.wait() == 0
