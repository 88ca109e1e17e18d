"""Small files that survive a crash, a full disk and damage: the new one, the last one, or none."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from tui_monitor.feeds.reading import UNREADABLE
from tui_monitor.paths import write_whole
from tui_monitor.printable import printable

T = TypeVar("T")
Note = Callable[[str], None]
"""Gets a line about something that is wrong with a file."""

warn: Note = logging.getLogger(__name__).warning


class KeptFile(Generic[T]):
    """One value as JSON, of a type that says all that must be true of it."""

    def __init__(self, path: Path, kind: type[T], *, max_bytes: int, note: Note) -> None:
        self.path = path
        self.previous = path.with_name(f"{path.name}.old")
        self._decoder = msgspec.json.Decoder(kind)
        self._max_bytes = max_bytes
        self._note = note

    def load(self) -> T | None:
        """What was saved last; damaged, what was saved before; None with a note if both are."""
        for path in (self.path, self.previous):
            value, problem = self._read(path)
            if value is not None:
                return value
            if problem:
                self._note(f"{path.name} is ignored: {problem}")
        return None

    def save(self, value: T) -> None:
        """Replace it and keep the one before. A disk that refuses is worth a note, no more."""
        try:
            if self._read(self.path)[0] is not None:
                self.path.replace(self.previous)
            write_whole(self.path, msgspec.json.encode(value))
        except OSError as error:
            self._note(f"{self.path.name} can't be written: {error.strerror or error}")

    def _read(self, path: Path) -> tuple[T | None, str]:
        """The value and what is wrong; a file that is not there is neither."""
        try:
            with path.open("rb") as file:
                content = file.read(self._max_bytes + 1)
        except FileNotFoundError:
            return None, ""
        except OSError as error:
            return None, error.strerror or type(error).__name__
        if len(content) > self._max_bytes:
            return None, f"more than {self._max_bytes} bytes"
        try:
            return self._decoder.decode(content), ""
        except UNREADABLE as error:
            return None, printable(str(error) or type(error).__name__, 120)
