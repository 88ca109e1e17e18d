"""One engine a data folder; the kernel gives the lock back whatever happens."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tui_monitor import paths
from tui_monitor.engine_lock import EngineLock, _lock, read_holder
from tui_monitor.errors import EngineHeld

HOLD = """
import sys
from pathlib import Path
from tui_monitor.engine_lock import EngineLock
import os
lock = EngineLock(Path(sys.argv[1])).acquire({"pid": os.getpid(), "url": "http://127.0.0.1:5000"})
print("held", flush=True)
sys.stdin.read()
"""


def a_holder(folder: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_engine_is_told_who_runs_the_first(tmp_path: Path) -> None:
    """By process and address; after kill -9 the next one may start at once."""
    with a_holder(tmp_path) as process:
        with pytest.raises(EngineHeld, match=f"process {process.pid} at http://127.0.0.1:5000"):
            EngineLock(tmp_path).acquire({"pid": os.getpid()})
        assert read_holder(tmp_path) == {"pid": process.pid, "url": "http://127.0.0.1:5000"}
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert read_holder(tmp_path) is None
    with EngineLock(tmp_path).acquire({"pid": 1}):
        assert read_holder(tmp_path) == {"pid": 1}


def test_nobody_holds_a_folder_that_was_never_used(tmp_path: Path) -> None:
    """Asking makes no file."""
    assert read_holder(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_the_holder_can_say_more_about_itself_later(tmp_path: Path) -> None:
    """A shorter line leaves nothing of a longer one."""
    with EngineLock(tmp_path).acquire({"pid": 1, "url": "x" * 500}) as lock:
        lock.update({"pid": 1, "url": "http://127.0.0.1:1"})
        assert read_holder(tmp_path) == {"pid": 1, "url": "http://127.0.0.1:1"}
        assert paths.lock_file(tmp_path).stat().st_mode & 0o777 == 0o600


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    """The file stays, so that two can't lock two files."""
    with EngineLock(tmp_path).acquire({"pid": 1}):
        pass
    assert paths.lock_file(tmp_path).exists()
    with EngineLock(tmp_path).acquire({"pid": 2}):
        assert read_holder(tmp_path) == {"pid": 2}


@pytest.mark.parametrize("content", [b"", b"\0" * 50, b'{"pid": 1', b"[1]\n", b"\xff\xfe\n"])
def test_an_unreadable_line_is_still_a_holder(tmp_path: Path, content: bytes) -> None:
    """The lock counts, not the text."""
    with EngineLock(tmp_path).acquire({"pid": 1}):
        paths.lock_file(tmp_path).write_bytes(content)
        assert read_holder(tmp_path) == {}
        with pytest.raises(EngineHeld, match="another process"):
            EngineLock(tmp_path).acquire({"pid": 2})


def test_a_hostile_line_can_not_control_the_terminal(tmp_path: Path) -> None:
    """What another process wrote goes through printable()."""
    with EngineLock(tmp_path).acquire({"pid": "\x1b]52;c;x\x07", "url": "\x1b[2J"}):
        with pytest.raises(EngineHeld) as refused:
            EngineLock(tmp_path).acquire({"pid": 2})
        assert "\x1b" not in refused.value.message


class Pauses:
    """Counts the waits between two tries; after so many the other lock is given back."""

    def __init__(self, handle: int, most: int) -> None:
        self.handle = handle
        self.most = most
        self.count = 0

    def __call__(self) -> None:
        self.count += 1
        if self.count == self.most:
            fcntl.flock(self.handle, fcntl.LOCK_UN)


@pytest.mark.parametrize("most", [1, 500])
def test_a_question_that_is_over_after_a_while_is_waited_out(tmp_path: Path, most: int) -> None:
    """Whoever asks may be left standing by a busy machine; one who never ends is a holder."""
    file = tmp_path / "engine.lock"
    file.touch()
    with file.open("rb") as asking, file.open("rb") as starting:
        fcntl.flock(asking, fcntl.LOCK_SH)
        assert not _lock(starting.fileno(), pause=lambda: None)
        assert _lock(starting.fileno(), pause=Pauses(asking.fileno(), most))


def test_a_holder_is_known_after_a_few_looks(tmp_path: Path) -> None:
    """Whoever is refused is told at once; one that ends in a moment is waited out."""
    file = tmp_path / "engine.lock"
    file.touch()
    with file.open("rb") as running, file.open("rb") as starting:
        fcntl.flock(running, fcntl.LOCK_EX)
        pauses = Pauses(running.fileno(), 100)
        assert not _lock(starting.fileno(), pause=pauses)
        assert pauses.count < 6
        assert _lock(starting.fileno(), pause=Pauses(running.fileno(), 2))


def test_asking_for_the_holder_never_keeps_an_engine_from_starting(tmp_path: Path) -> None:
    """The question holds the lock for a moment; whoever starts waits that out."""
    EngineLock(tmp_path).acquire({"pid": 1}).release()
    asking = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys\nfrom pathlib import Path\n"
            "from tui_monitor.engine_lock import read_holder\n"
            "print('asking', flush=True)\n"
            "while True: read_holder(Path(sys.argv[1]))",
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with asking:
        assert asking.stdout is not None
        try:
            asking.stdout.readline()
            for _ in range(100):
                EngineLock(tmp_path).acquire({"pid": 1}).release()
        finally:
            asking.kill()
