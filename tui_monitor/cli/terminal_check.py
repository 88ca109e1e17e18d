"""Is this terminal fit? Its size, colours and encoding, and whether it measures as we do."""

import curses
import os
import re
import select
import sys
import termios
import tty
from collections.abc import Mapping
from typing import TextIO

from tui_monitor.clock import Clock
from tui_monitor.feeds.checkup import Check, Outcome

SMALLEST = (60, 15)
USUAL = (80, 24)
# Texts and their widths in cells: what the screens draw with, and a coin that Binance lists.
PROBES = (("●◐○", 3), ("▁█▌", 3), ("币安人生", 8))
# Over a satellite, an answer takes a second.
ANSWER_S = 2.0
_TRUECOLOUR = 2**24
_POSITION = re.compile(rb"\x1b\[\d+;(\d+)R")


def check_terminal(
    clock: Clock, environment: Mapping[str, str], answer_s: float = ANSWER_S
) -> list[Check]:
    """What the screens will find; one line where there is no terminal.

    `answer_s` is how long the terminal may take to answer a question.
    """
    stdin, stderr = sys.__stdin__, sys.__stderr__
    if stdin is None or stderr is None or not (stdin.isatty() and stderr.isatty()):
        what = "none here; `tui-monitor daemon` and `tui-monitor show` need none"
        return [Check(check="terminal", result=Outcome.OK, what=what)]
    if environment.get("TERM", "dumb") == "dumb":
        hint = "set TERM to what your terminal is, as xterm-256color"
        what = f"TERM={environment.get('TERM', '')} can't move a cursor"
        return [Check(check="terminal", result=Outcome.FAIL, what=what, hint=hint)]
    return [
        check_size(*os.get_terminal_size(stderr.fileno())),
        check_colours(colours(environment), environment),
        check_encoding(stderr.encoding, environment),
        check_widths(
            measure(stdin, stderr, clock, answer_s), utf8="utf" in stderr.encoding.lower()
        ),
    ]


def check_size(columns: int, rows: int) -> Check:
    """Whether the boards have room."""
    name, what = "terminal size", f"{columns}x{rows}"
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        text = f"{what}: too small for whole boards: fewer columns, tables without charts"
        hint = f"make it {USUAL[0]}x{USUAL[1]} or larger"
        return Check(check=name, result=Outcome.WARN, what=text, hint=hint)
    return Check(check=name, result=Outcome.OK, what=what)


def colours(environment: Mapping[str, str]) -> int:
    """How many the terminal says that it has."""
    term = environment.get("TERM", "")
    if environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return _TRUECOLOUR
    if term.endswith("-direct"):
        return _TRUECOLOUR
    if "256color" in term:
        return 256
    try:
        curses.setupterm(term, 2)
    except curses.error:
        return 0
    return max(0, curses.tigetnum("colors"))


def check_colours(count: int, environment: Mapping[str, str]) -> Check:
    """Fewer are no fault; the screens are readable with none."""
    said = "16 million" if count >= _TRUECOLOUR else str(count) if count else "none known"
    what = f"{said} (TERM={environment.get('TERM', '')})"
    if environment.get("NO_COLOR"):
        what += ", none are used: NO_COLOR is set"
    if 0 < count < 16 or count >= 16:
        return Check(check="colours", result=Outcome.OK, what=what)
    hint = "set TERM to what your terminal is, as xterm-256color"
    return Check(check="colours", result=Outcome.WARN, what=what, hint=hint)


def check_encoding(encoding: str, environment: Mapping[str, str]) -> Check:
    """Whether more than ASCII can be shown."""
    if environment.get("TERM") == "linux":
        what = "the console's font has few glyphs: lines and charts are drawn in ASCII"
        return Check(check="encoding", result=Outcome.OK, what=what)
    if "utf" in encoding.lower():
        return Check(check="encoding", result=Outcome.OK, what=encoding)
    what = f"{encoding}: lines and charts are drawn in ASCII"
    hint = "set a UTF-8 locale, as LANG=C.UTF-8"
    return Check(check="encoding", result=Outcome.WARN, what=what, hint=hint)


def check_widths(measured: list[int] | None, *, utf8: bool) -> Check:
    """Whether columns stay straight: the terminal and we must give a character as many cells."""
    name = "character widths"
    if not utf8:
        return Check(check=name, result=Outcome.OK, what="only ASCII is shown")
    if measured is None:
        what = "the terminal does not tell where its cursor is"
        return Check(check=name, result=Outcome.WARN, what=what, hint="try another if lines break")
    wrong = [
        f"{text} takes {width} cells, not {ours}"
        for (text, ours), width in zip(PROBES, measured, strict=True)
        if width != ours
    ]
    if wrong:
        hint = "turn off the terminal's setting that makes ambiguous characters wide"
        return Check(check=name, result=Outcome.WARN, what="; ".join(wrong), hint=hint)
    return Check(check=name, result=Outcome.OK, what="as the screens expect")


def measure(stdin: TextIO, stderr: TextIO, clock: Clock, answer_s: float) -> list[int] | None:
    """The cells that each probe takes, by asking for the cursor; None without an answer.

    What the user has typed meanwhile is lost.
    """
    if "utf" not in stderr.encoding.lower():
        return None
    source = stdin.fileno()
    before = termios.tcgetattr(source)
    try:
        tty.setcbreak(source, termios.TCSAFLUSH)
        found: list[int] = []
        for text, _ in PROBES:
            stderr.write(f"\r{text}\x1b[6n")
            stderr.flush()
            column = _column(source, clock, answer_s)
            if column is None:
                return None
            found.append(column - 1)
        return found
    finally:
        stderr.write("\r\x1b[K")
        stderr.flush()
        termios.tcsetattr(source, termios.TCSAFLUSH, before)


def _column(source: int, clock: Clock, within_s: float) -> int | None:
    answer = b""
    until_s = clock.monotonic_s() + within_s
    while (left_s := until_s - clock.monotonic_s()) > 0:
        if not select.select([source], [], [], left_s)[0]:
            return None
        answer += os.read(source, 64)
        if match := _POSITION.search(answer):
            return int(match[1])
    return None
