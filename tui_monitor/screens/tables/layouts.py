"""How somebody arranged the tables, and how far back boards look.

Kept in a file of the user's, or for the run alone.
"""

import logging
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct, field
from textual.widget import Widget

from tui_monitor.paths import write_whole

log = logging.getLogger(__name__)

_ASIDE = ".unreadable"


class Layout(Struct, frozen=True):
    """One table's columns by key. What is None or empty is as the board has it."""

    order: tuple[str, ...] = ()
    hidden: tuple[str, ...] | None = None
    sort: str | None = None
    descending: bool = True


class _File(Struct):
    """What is written; `ranges` are in the board's own steps, days or hours."""

    tables: dict[str, Layout] = field(default_factory=dict)
    ranges: dict[str, int] = field(default_factory=dict)


class Layouts:
    """Layouts by table, ranges by board.

    Without a file, or where it can't be written, they last as long as this. `problem`
    says once what was wrong with the file.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self.problem = ""
        self._kept = self._read()

    def of(self, table: str) -> Layout:
        """How a table is to be; as the board has it where nobody changed it."""
        return self._kept.tables.get(table, Layout())

    def keep(self, table: str, layout: Layout) -> None:
        """A table was arranged anew."""
        if layout != self.of(table):
            self._change(lambda kept: kept.tables.__setitem__(table, layout))

    def range_of(self, board: str) -> int | None:
        """How far back somebody had a board look; None where it looks as far as it does."""
        return self._kept.ranges.get(board)

    def keep_range(self, board: str, steps: int | None) -> None:
        """A board looks so far back from now on; None: as far as it does."""
        if steps == self.range_of(board):
            return
        if steps is None:
            self._change(lambda kept: kept.ranges.pop(board, None))
        else:
            self._change(lambda kept: kept.ranges.__setitem__(board, steps))

    def _change(self, change: Callable[[_File], object]) -> None:
        change(self._kept)
        if self._file is not None:
            try:
                self._write(self._file, change)
            except OSError as error:
                self._complain(f"the tables' layout can't be kept: {error.strerror or error}")
                self._file = None

    def _write(self, file: Path, change: Callable[[_File], object]) -> None:
        # Another terminal may have changed something else meanwhile.
        newest = self._read()
        change(newest)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(file, msgspec.json.format(msgspec.json.encode(newest)) + b"\n")

    def _read(self) -> _File:
        if self._file is None:
            return _File()
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_File)
        except FileNotFoundError:
            return _File()
        except OSError as error:
            self._complain(f"the tables' layout can't be read: {error.strerror or error}")
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._set_aside(self._file)
        return _File()

    def _set_aside(self, file: Path) -> None:
        """What somebody may want to mend is not overwritten."""
        aside = file.with_name(file.name + _ASIDE)
        try:
            file.replace(aside)
        except OSError as error:
            self._complain(f"the tables' layout can't be read: {error.strerror or error}")
            self._file = None
        else:
            self._complain(f"the tables' layout was unreadable; it is {aside} now")

    def _complain(self, text: str) -> None:
        log.warning("%s", text)
        self.problem = text

    def take_problem(self) -> str:
        """What there is to say, once."""
        said, self.problem = self.problem, ""
        return said


_PASSING = Layouts()


def layouts_of(widget: Widget) -> Layouts:
    """Those of the app that a widget lives in."""
    found = getattr(widget.app, "layouts", None)
    return found if isinstance(found, Layouts) else _PASSING
