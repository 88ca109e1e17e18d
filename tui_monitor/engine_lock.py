"""Who runs the engine: an advisory lock on a file of its own, with a line about the holder.

The kernel gives the lock back when its holder dies, however it dies. The line is written in
place, since renaming another file over it would leave the lock on the old one.
"""

import fcntl
import logging
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from tui_monitor import paths
from tui_monitor.clock import Clock
from tui_monitor.errors import MAKE_ROOM, EngineHeld, FolderUnusable, has_no_room
from tui_monitor.printable import printable

_LINE_BYTES = 4_096
# One that is about to end may hold it for a moment more.
_TRIES = 4
# Whoever asks for the holder shares the lock for some microseconds, or for as long as a busy
# machine leaves him standing in between: ten seconds of that are waited out.
_TRIES_BESIDE_ASKERS = 1_000
_PAUSE_S = 0.01
_TELL_AGAIN_S = 15.0
log = logging.getLogger(__name__)


class EngineLock:
    """The right to run the engine on one data folder; a context manager once acquired."""

    def __init__(self, data_dir: Path) -> None:
        self.path = paths.lock_file(data_dir)
        self._handle: int | None = None
        self._untold: bytes | None = None

    def acquire(self, info: Mapping[str, Any]) -> "EngineLock":
        """Take the lock and write `info` (pid, url) down; EngineHeld names the holder."""
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            hint = MAKE_ROOM if has_no_room(error) else ""
            raise FolderUnusable(f"{self.path}: {error.strerror or error}", hint) from error
        if not _lock(handle):
            holder = _parse(os.pread(handle, _LINE_BYTES, 0))
            os.close(handle)
            raise _held(self.path, holder)
        self._handle = handle
        self.update(info)
        return self

    def update(self, info: Mapping[str, Any]) -> None:
        """Replace the line about us. A reader sees the old line or the new one.

        On a full disk the lock holds without a line; `keep_telling` writes it once there is room.
        """
        if self._handle is None:
            raise RuntimeError("the engine lock is not held")
        line = msgspec.json.encode(dict(info)) + b"\n"
        if len(line) > _LINE_BYTES:
            raise ValueError("the engine lock's line is too long")
        try:
            self._write(self._handle, line)
        except OSError as error:
            if not has_no_room(error):
                raise
            log.info("%s can't be written yet: %s", self.path, error.strerror)
            self._untold = line

    async def keep_telling(self, clock: Clock) -> None:
        """For ever: write the line that a full disk had no room for."""
        while True:
            await clock.sleep(_TELL_AGAIN_S)
            if self._untold is not None and self._handle is not None:
                with suppress(OSError):  # the store's failure is shown meanwhile
                    self._write(self._handle, self._untold)

    def _write(self, handle: int, line: bytes) -> None:
        # One write first, the rest of a longer old line cut after it: readers stop at the
        # first line's end.
        os.pwrite(handle, line, 0)
        os.ftruncate(handle, len(line))
        self._untold = None

    def release(self) -> None:
        """Give the lock back. The file stays: unlinking it would let two lock two files."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> "EngineLock":
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def read_holder(data_dir: Path) -> dict[str, Any] | None:
    """What the holder wrote about itself (empty if unreadable); None if nobody holds it."""
    try:
        handle = os.open(paths.lock_file(data_dir), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FolderUnusable(f"{data_dir}: {error.strerror or error}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _parse(os.pread(handle, _LINE_BYTES, 0))
    else:
        return None
    finally:
        os.close(handle)


def _pause() -> None:
    threading.Event().wait(_PAUSE_S)


def _lock(handle: int, pause: Callable[[], None] = _pause) -> bool:
    held = asked = 0
    while held < _TRIES and asked < _TRIES_BESIDE_ASKERS:
        if _taken(handle, fcntl.LOCK_EX):
            return True
        if _taken(handle, fcntl.LOCK_SH):
            fcntl.flock(handle, fcntl.LOCK_UN)
            asked += 1
        else:
            held += 1
        pause()
    return False


def _taken(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _parse(content: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(content.partition(b"\n")[0], type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {}


def _held(path: Path, holder: Mapping[str, Any]) -> EngineHeld:
    who = f"process {printable(str(holder['pid']))}" if "pid" in holder else "another process"
    where = f" at {printable(str(holder['url']), 80)}" if holder.get("url") else ""
    return EngineHeld(
        f"the engine already runs on {path.parent}: {who}{where}",
        "stop it, or give another folder with --data-dir",
    )
