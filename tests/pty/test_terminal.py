"""Start, keys, sizes, signals, bytes: the program in a real pty, read back by pyte."""

import fcntl
import os
import pty
import random
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

from tests.support.moving_spreads import Load, names
from tests.support.terminal import ESCAPE, Terminal
from tests.support.terminal_app import STEPS
from tui_monitor.clock import SystemClock

READY = "mean +19.94"


def test_it_starts_answers_keys_and_gives_the_terminal_back() -> None:
    """Boards by number, the day before, quit: the shell finds its terminal as it was.

    An exported size from before a resize does not count.
    """
    with Terminal.of_the_app(environment={"COLUMNS": "30", "LINES": "9"}) as terminal:
        terminal.until(READY)
        terminal.press("9")
        terminal.until("Backfills")
        terminal.press("1")
        terminal.until(READY)
        terminal.press("[")
        terminal.until("2026-01-15 Thu")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored
        assert terminal.settings() == terminal.before


def test_keys_that_come_in_a_burst_go_where_they_belong() -> None:
    """Over a slow link a filter and its slash arrive together; t must not change the zone."""
    with Terminal.of_the_app() as terminal:
        terminal.until(READY)
        terminal.press("/missing\r")
        # Not the footer of the field, where Esc clears.
        terminal.until("  c clear")
        terminal.until("1 of 31")
        assert "UTC+8" in terminal.text()
        terminal.press("c/no such row\rcb")
        terminal.until("last day")
        terminal.quiet()
        terminal.press("2026-01-03\t2026-01-05\r")
        terminal.until("backfill 2026-01-03 to 2026-01-05")


def test_a_day_and_another_board_in_one_burst_leave_it_running() -> None:
    """What the day wants must not be asked for again and again while the board is on its way."""
    with Terminal.of_the_app() as terminal:
        terminal.until(READY)
        for keys, shown in (("[9", "Backfills"), ("[0", "Connections"), ("1", "2026-01-15 Thu")):
            terminal.press(keys)
            terminal.until(shown)


def test_a_filter_right_behind_a_board_s_number_is_of_that_board() -> None:
    """Nothing of it is lost, or done to the board before."""
    with Terminal.of_the_app() as terminal:
        terminal.until(READY)
        terminal.press("5/no such coin\r")
        terminal.until("0 of 3")
        terminal.press("1/missing\r")
        terminal.until("1 of 31")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    """The usual ways to end a process leave no raw terminal behind."""
    with Terminal.of_the_app() as terminal:
        terminal.until(READY)
        terminal.kill(number)
        assert terminal.wait() == 0
        assert terminal.restored
        assert terminal.settings() == terminal.before


def test_ctrl_c_ends_it() -> None:
    """Ctrl+C does what a shell user expects, in a dialog too."""
    with Terminal.of_the_app() as terminal:
        terminal.until(READY)
        terminal.press("?")
        terminal.until("type to filter")
        terminal.press("\x03")
        assert terminal.wait() == 0
        assert terminal.restored


def test_a_command_that_comes_in_one_burst_is_a_command() -> None:
    """As over a slow link: none of its letters is taken for a key of the board."""
    with Terminal.of_the_app("refresh=0.5") as terminal:
        terminal.until(READY)
        terminal.press("3")
        terminal.until("PEPE")
        terminal.press(":why BTC\r")
        terminal.until("moved 0.114 %")
        terminal.press("\x1b")
        terminal.until("judged unusual")
        terminal.press("wETH\r")
        terminal.until("ETHUSDT")


def test_without_a_shell_that_could_continue_it_ctrl_z_does_not_stop_it() -> None:
    """As tmux's or ssh's own command it would be frozen for good."""
    with Terminal.of_the_app() as terminal:
        terminal.until(READY)
        terminal.press("\x1a")
        terminal.until("no shell here")
        terminal.press("q")
        assert terminal.wait() == 0


@pytest.mark.parametrize("by", ["make", "sh", "itself"])
def test_ctrl_z_stops_the_whole_job_so_that_the_shell_has_its_prompt(
    by: str, tmp_path: Path
) -> None:
    """The shell waits for make or a script, not for us; fg brings both back."""
    program = f"{sys.executable} -m tests.support.terminal_app"
    script = tmp_path / "script"
    script.write_text(f"run:\n\t@{program}; true\n" if by == "make" else f"{program}; true\n")
    jobs = {"make": f"make -f {script} run", "sh": f"sh {script}", "itself": program}
    job = jobs[by]
    shell = ("bash", "--norc", "--noprofile", "--noediting", "-i")
    with Terminal(*shell, environment={"PS1": "ready> "}) as terminal:
        terminal.until("ready>")
        terminal.press(f"{job}\n")
        terminal.until(READY)
        terminal.press("\x1a")
        terminal.until("Stopped")
        terminal.press("echo al''ive\n")
        terminal.until("alive")
        assert terminal.restored
        terminal.screen.reset()
        terminal.press("fg\n")
        terminal.until(READY)
        terminal.press("q")
        terminal.until("ready>")
        terminal.press("exit\n")
        assert terminal.wait() == 0


def test_without_a_terminal_it_says_so_and_names_what_works() -> None:
    """Textual would spin on an input that has ended."""
    command = [sys.executable, "-m", "tests.support.terminal_app"]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "no terminal on stdin and stdout and stderr" in done.stderr
    assert "daemon" in done.stderr
    assert "show" in done.stderr


@pytest.mark.parametrize("where", ["| cat", ">/dev/null"])
def test_a_redirected_stdout_is_refused_in_one_line(where: str) -> None:
    """What is piped is a picture nobody sees; it must not paint, nor go on for ever."""
    command = f"set -o pipefail; {sys.executable} -m tests.support.terminal_app {where}"
    with Terminal("bash", "-c", command, columns=160) as terminal:
        terminal.until("no terminal on stdout")
        assert terminal.wait() == 1
        assert b"\x1b[?1049h" not in terminal.raw
        assert terminal.raw.count(b"\n") == 1


def test_its_size_is_that_of_what_it_paints_to() -> None:
    """Another terminal on stdout has another size; what lays out for both would never rest."""
    other, its_end = pty.openpty()
    fcntl.ioctl(its_end, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 70, 0, 0))
    command = f"exec {sys.executable} -m tests.support.terminal_app >{os.ttyname(its_end)}"
    try:
        with Terminal("bash", "-c", command, columns=120, rows=30) as terminal:
            terminal.until(READY)
            terminal.until(lambda one: one.text().endswith("q quit"))
            terminal.press("q")
            assert terminal.wait() == 0
    finally:
        os.close(other)
        os.close(its_end)


def test_a_signal_ends_it_though_the_event_loop_stands_still() -> None:
    """A loop that never yields hears no signal by itself."""
    with Terminal.of_the_app("stuck", "patience=0.5") as terminal:
        terminal.until(lambda one: b"stuck" in one.raw)
        terminal.kill(signal.SIGTERM)
        assert terminal.wait() == 1
        assert terminal.settings() == terminal.before


def test_sizes_from_huge_to_nothing_and_back_leave_a_right_screen() -> None:
    """After a storm of sizes the screen is what a full repaint gives."""
    with Terminal.of_the_app(columns=120, rows=40) as terminal:
        terminal.until(READY)
        for columns, rows in ((20, 5), (5, 2), (240, 70), (59, 40), (1, 1), (100, 30)):
            terminal.resize(columns, rows)
            terminal.read(0.05)
        terminal.until("Nodes")
        terminal.quiet(0.8)
        assert_same_as_full_repaint(terminal)


def test_differences_add_up_to_the_full_screen() -> None:
    """Random keys, dialogs and seconds: what was patched together equals a full repaint."""
    keys = ["j", "k", "\t", "G", "g", "<", ">", "I", "9", "1", "[", "]", "+", "=", "t", "?", ESCAPE]
    choice = random.Random(7)
    with Terminal.of_the_app("ticking", columns=110, rows=34) as terminal:
        terminal.until(READY)
        for _ in range(60):
            terminal.press(choice.choice(keys))
            terminal.read(0.03)
        terminal.press(ESCAPE)
        terminal.quiet()
        terminal.press(" ")
        terminal.until("FROZEN")
        assert_same_as_full_repaint(terminal)


def assert_same_as_full_repaint(terminal: Terminal) -> None:
    """Cells and colours before and after Ctrl+L are the same."""
    terminal.quiet()
    patched = _cells(terminal)
    begun = len(terminal.raw)
    terminal.press("\x0c")
    terminal.until(lambda one: b"\x1b[2J" in one.raw[begun:])
    terminal.quiet()
    assert patched == _cells(terminal)


def _cells(terminal: Terminal) -> list[list[tuple[str, str, str, bool]]]:
    """Every cell but the clock's line, which goes on."""
    screen = terminal.screen
    return [
        [_look(screen.buffer[y][x]) for x in range(screen.columns)]
        for y in range(1, screen.lines - 2)
    ]


def _look(cell: Any) -> tuple[str, str, str, bool]:
    """What a user sees: not the foreground of a blank."""
    if cell.data == " " and not cell.reverse and not cell.underscore:
        return (" ", "", cell.bg, False)
    return (cell.data, cell.fg, cell.bg, cell.bold)


def walk(terminal: Terminal) -> None:
    """Through help, a dialog and both boards."""
    for keys, shown, goes in (
        ("?", "type to filter", False), (ESCAPE, "type to filter", True), ("9", "Backfills", False),
        ("d", "Day or days", False), (ESCAPE, "Day or days", True),
    ):  # fmt: skip
        terminal.press(keys)
        terminal.until(lambda one, shown=shown, goes=goes: (shown in one.text()) != goes)  # type: ignore[misc]
        terminal.quiet(0.1)


@pytest.mark.parametrize(
    "environment",
    [
        {"TERM": "linux", "COLORTERM": ""},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_terminals_without_the_glyphs_get_ascii_only(environment: dict[str, str]) -> None:
    """The linux console's font has few; a locale that is not UTF-8 has fewer. Everywhere."""
    with Terminal.of_the_app(environment=environment, columns=120, rows=40) as terminal:
        terminal.until(READY)
        walk(terminal)
        assert terminal.raw.isascii()
        assert "o okx 0.2s" in terminal.text()
        assert "# # # #" in terminal.text()
        assert terminal.text().count("?") == terminal.text().count("? keys")


# Foregrounds and backgrounds among the parameters of a look.
_COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


def test_no_color_sends_no_colour_at_all() -> None:
    """Attributes say what colours would; the signs do anyway."""
    with Terminal.of_the_app(environment={"NO_COLOR": "1"}) as terminal:
        terminal.until(READY)
        walk(terminal)
        assert not _COLOUR.findall(bytes(terminal.raw))
        assert b"\x1b[7m" in terminal.raw
    with Terminal.of_the_app() as terminal:
        terminal.until(READY)
        assert _COLOUR.findall(bytes(terminal.raw))


def test_the_mouse_is_off_until_asked_for() -> None:
    """Off, the terminal can select text, and moving the mouse costs nothing."""
    with Terminal.of_the_app() as terminal:
        terminal.until(READY)
        assert b"\x1b[?1003h" not in terminal.raw
        terminal.press("m")
        terminal.until("mouse on")
        assert b"\x1b[?1003h" in terminal.raw
        terminal.press("m")
        terminal.until("mouse off")
        assert terminal.raw.rfind(b"\x1b[?1003l") > terminal.raw.rfind(b"\x1b[?1003h")


def test_copying_sends_the_row_to_the_clipboard_and_to_a_file(tmp_path: Path) -> None:
    """y is OSC 52; the file is for terminals that ignore it."""
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    with Terminal.of_the_app(environment=environment) as terminal:
        terminal.until(READY)
        terminal.press("y")
        terminal.until("copied the row")
        assert b"\x1b]52;c;" in terminal.raw
    kept = (tmp_path / "tui-monitor" / "copied.txt").read_text()
    assert "live" in kept


def number_in(file: Path) -> int:
    """How often a program has done what it counts in a file."""
    return int(file.read_text()) if file.exists() else 0


def shown_s(terminal: Terminal) -> int:
    """The clock of the top line, in seconds since 14:43; -1 before there is one."""
    found = re.search(r"14:(4\d):(\d\d) UTC", terminal.text())
    return -1 if found is None else (int(found[1]) - 43) * 60 + int(found[2])


@pytest.mark.parametrize(("options", "most"), [(("ticking",), 4_500), (("ticking", "stored"), 600)])
def test_few_bytes_are_written(options: tuple[str, ...], most: int) -> None:
    """At 120×40: the first paint, then seconds in which every live price or none moves."""
    how: dict[str, Any] = {"columns": 120, "rows": 40, "in_frames": False}
    with Terminal.of_the_app(*options, "refresh=0.3", **how) as terminal:
        terminal.until(READY)
        first_paint = len(terminal.raw)
        terminal.until(lambda one: shown_s(one) >= 10)
        begun, begun_s = len(terminal.raw), shown_s(terminal)
        terminal.until(lambda one: shown_s(one) >= begun_s + 4)
        assert first_paint < 30_000
        assert (len(terminal.raw) - begun) / (shown_s(terminal) - begun_s) < most


# What a step of the board of a thousand spreads writes at 120x40, and a tenth more: 300 cells move,
# all of them on screen, or anywhere, or none and only the clock goes on. The first paint is of an
# empty board, and of its data.
STEP_BYTES = {Load.HOT: 2_700, Load.UNIFORM: 250, Load.STILL: 60}
FIRST_PAINT_BYTES = 14_700


def looked(terminal: Terminal, looks: Path, more: int = 4) -> None:
    """Wait until the program has asked for data some times more: what it had before is written."""
    upto = number_in(looks) + more
    terminal.until(lambda _: number_in(looks) >= upto)
    terminal.read()


@pytest.mark.parametrize("load", STEP_BYTES)
def test_a_board_of_a_thousand_rows_costs_the_bytes_of_what_moves(
    load: Load, tmp_path: Path
) -> None:
    """The same bytes in every run: each step is a frame of its own, and no more come than asked."""
    looks = tmp_path / "looks"
    options = (f"moving={load.value}", "board=spreads", "refresh=0.3", "step=1", f"gated={looks}")
    how: dict[str, Any] = {"columns": 120, "rows": 40, "in_frames": False}
    with Terminal.of_the_app(*options, **how) as terminal:
        terminal.until("legs beyond")
        terminal.until(names(1)[0])
        looked(terminal, looks)
        first_paint = len(terminal.raw)
        begun_s = shown_s(terminal)
        terminal.kill(signal.SIGUSR1)
        terminal.until(lambda one: shown_s(one) == begun_s + STEPS)
        looked(terminal, looks)
        taken = (len(terminal.raw) - first_paint) / STEPS
        assert STEP_BYTES[load] / 2 < taken < STEP_BYTES[load]
        assert first_paint < FIRST_PAINT_BYTES


def test_a_terminal_that_takes_nothing_does_not_stop_the_event_loop(tmp_path: Path) -> None:
    """Feeds and the writer live in the same loop: a stalled ssh must not stall them."""
    beats = tmp_path / "beats"
    options = ("ticking", "refresh=0.01", f"beats={beats}")
    with Terminal.of_the_app(*options, columns=160, rows=50) as terminal:
        terminal.until(READY)
        begun = number_in(beats)
        clock = SystemClock()
        deadline = clock.monotonic_s() + 90
        # Nobody reads from here on; a blocked loop would stop beating within a second.
        while number_in(beats) < begun + 150:
            assert clock.monotonic_s() < deadline, "the event loop stands still"
            signal.sigtimedwait([], 0.05)
        terminal.press("q")
        assert terminal.wait() == 0


def test_a_terminal_that_takes_nothing_does_not_keep_it_alive(tmp_path: Path) -> None:
    """A stalled ssh at the end: after its patience the process ends, by force."""
    beats = tmp_path / "beats"
    options = ("ticking", "refresh=0.01", "patience=0.5", f"beats={beats}")
    with Terminal.of_the_app(*options, columns=240, rows=70) as terminal:
        terminal.until(READY)
        begun = number_in(beats)
        for _ in range(500):
            # Whole frames, long after no more fit into the terminal's buffer.
            terminal.press("\x0c")
            signal.sigtimedwait([], 0.02)
            if number_in(beats) >= begun + 150:
                break
        terminal.kill(signal.SIGTERM)
        # 0 if the forced end lets the writer give up in time, and the shutdown with it.
        assert terminal.wait(reading=False) in (0, 1)
        assert terminal.settings() == terminal.before
