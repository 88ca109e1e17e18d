"""Who wrote a database, read when nobody has it open for writing any more."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tui_monitor import paths


class Writer(NamedTuple):
    """A row of the table."""

    id: int
    pid: int
    begin_ms: int
    end_ms: int | None
    last_ms: int | None
    first_commit: int
    last_commit: int
    commits: int


def writers_of(folder: Path) -> list[Writer]:
    """All of them, the oldest first."""
    with closing(sqlite3.connect(paths.database_file(folder))) as database:
        return [Writer(*row) for row in database.execute("SELECT * FROM writer ORDER BY id")]


def follow_each_other(writers: Sequence[Writer]) -> bool:
    """Whether every commit is of one writer after the other, without a gap between them."""
    last = writers[0].first_commit - 1
    for one in writers:
        if one.first_commit != last + 1 or one.last_commit - last != one.commits:
            return False
        last = one.last_commit
    return True
