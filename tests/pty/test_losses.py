"""Terminals that are something else than they seem, and terminals that go away."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.terminal import NeverShown, Terminal
from tui_monitor.clock import SystemClock

READY = "mean +19.94"
APP = (sys.executable, "-m", "tests.support.terminal_app")
# What an end may cost, in times of the start; a process that spins takes this in a moment.
END_OF_STARTS = 3.0


def cpu_s(pid: int) -> float:
    """What a process has used, user and system."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended; nobody may wait for it in a container."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="CPU time is read from /proc")
@pytest.mark.parametrize("ignored", [None, signal.SIGHUP], ids=["as usual", "hangups ignored"])
def test_a_lost_terminal_ends_it_without_a_spin(ignored: signal.Signals | None) -> None:
    """However the hangup is told, nothing may read an ended input again and again."""
    with Terminal.of_the_app("ticking", ignore=ignored) as terminal:
        terminal.until(READY)
        begun_s = cpu_s(terminal.pid)
        most_s = (1 + END_OF_STARTS) * begun_s
        terminal.close()
        # Not waited for: the figures of what has ended are there until then.
        while os.waitid(os.P_PID, terminal.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
            assert cpu_s(terminal.pid) < most_s, "it spins"
            signal.sigtimedwait([], 0.05)
        assert terminal.wait() in (0, 1)


def test_who_was_stopped_from_outside_goes_on_where_it_was() -> None:
    """kill -STOP and kill -CONT, time and again: one reader of the keys, the modes of before."""
    with Terminal.of_the_app() as terminal:
        terminal.until(READY)
        tasks = Path(f"/proc/{terminal.pid}/task")
        threads = len(list(tasks.iterdir()))
        for _ in range(3):
            terminal.kill(signal.SIGSTOP)
            os.waitid(os.P_PID, terminal.pid, os.WSTOPPED)
            begun = len(terminal.raw)
            terminal.kill(signal.SIGCONT)
            # What somebody else may have written there is painted over.
            terminal.until(lambda one, begun=begun: b"\x1b[2J" in one.raw[begun:])  # type: ignore[misc]
        terminal.until(lambda _: len(list(tasks.iterdir())) == threads)
        terminal.press("/missing\r")
        terminal.until("1 of 31")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored
        assert terminal.settings() == terminal.before


@pytest.mark.parametrize("given", ["nothing", "a pipe", "a closed stdin"])
def test_without_a_terminal_on_stdin_it_refuses_at_once(given: str) -> None:
    """Another's output, cron or a unit file: the message names what works there."""
    redirect = {"nothing": "</dev/null", "a pipe": "< <(sleep 60)", "a closed stdin": "<&-"}[given]
    command = f"{' '.join(APP)} {redirect}"
    with Terminal("bash", "-c", command, columns=160) as terminal:
        terminal.until("no terminal on stdin")
        terminal.until("daemon")
        assert terminal.wait() == 1
        assert b"\x1b[?1049h" not in terminal.raw


def test_a_terminal_that_can_t_move_its_cursor_is_refused() -> None:
    """TERM=dumb, as in Emacs' shell and in many a log."""
    with Terminal.of_the_app(environment={"TERM": "dumb"}, columns=160) as terminal:
        terminal.until("TERM=dumb")
        assert terminal.wait() == 1
        assert b"\x1b[" not in terminal.raw


class Multiplexer:
    """A tmux of its own, with the program in it and nobody attached."""

    def __init__(self, folder: Path) -> None:
        self._socket = str(folder / "tmux")
        self._cache = folder
        self._clock = SystemClock()

    def start(self) -> None:
        """The program as the session's own command."""
        variables = {"XDG_CACHE_HOME": str(self._cache), "COLORTERM": ""}
        given = [part for item in variables.items() for part in ("-e", "=".join(item))]
        self.say("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", *given, *APP)
        self.say("set-option", "-g", "set-clipboard", "on")

    def say(self, *words: str) -> str:
        """Run one tmux command; what it prints."""
        command = ("tmux", "-S", self._socket, *words)
        environment = {key: value for key, value in os.environ.items() if key != "TMUX"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        return done.stdout

    def until(self, shown: str, *words: str) -> None:
        """Ask again and again until tmux says something, by default what is on the screen."""
        asked = words or ("capture-pane", "-p")
        self.until_true(lambda: shown in self.say(*asked), shown)

    def until_ended(self) -> None:
        """The program was its only session."""
        self.until_true(lambda: not self.say("list-sessions"), "the end")

    def until_true(self, test: Callable[[], bool], what: str) -> None:
        """The same of a condition."""
        deadline_s = self._clock.monotonic_s() + 60
        while not test():
            if self._clock.monotonic_s() > deadline_s:
                raise NeverShown(
                    f"{what!r} never came; the pane:\n{self.say('capture-pane', '-p')}"
                )
            signal.sigtimedwait([], 0.05)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Multiplexer]:
    """Started, and ended whatever happens."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    made = Multiplexer(tmp_path)
    try:
        yield made
    finally:
        made.say("kill-server")


def test_in_tmux_it_draws_copies_and_leaves(tmux: Multiplexer, tmp_path: Path) -> None:
    """What y sends reaches tmux's own buffer, and the file; wide characters keep their columns."""
    tmux.start()
    tmux.until(READY)
    tmux.say("send-keys", "y")
    # A toast says so, too; it may be gone before tmux is asked again.
    copied = tmp_path / "tui-monitor" / "copied.txt"
    tmux.until_true(lambda: copied.exists() and bool(copied.read_text()), "a copy")
    tmux.until(copied.read_text().rstrip("\n"), "show-buffer")
    tmux.say("send-keys", "3")
    tmux.until("judged unusual")
    tmux.until_true(lambda: columns_of(tmux.say("capture-pane", "-p"), "龙虾", "SOL"), "columns")
    tmux.say("send-keys", "q")
    tmux.until_ended()


def columns_of(screen: str, wide: str, narrow: str) -> bool:
    """Whether the number behind a name of two wide characters ends where another one does."""
    lines = {name: line for line in screen.split("\n") for name in (wide, narrow) if name in line}
    # tmux prints a wide character once: the line is shorter by as many as there are.
    ends = {name: line.find(".") for name, line in lines.items()}
    return len(ends) == 2 and -1 not in ends.values() and ends[wide] + len(wide) == ends[narrow]


def test_a_tmux_that_is_killed_takes_the_program_with_it(tmux: Multiplexer) -> None:
    """Nothing stays behind that would go on recording without a screen."""
    tmux.start()
    tmux.until(READY)
    pid = int(tmux.say("list-panes", "-F", "#{pane_pid}"))
    tmux.say("kill-server")
    deadline_s = SystemClock().monotonic_s() + 60
    while is_running(pid):
        assert SystemClock().monotonic_s() < deadline_s, "it goes on"
        signal.sigtimedwait([], 0.05)
