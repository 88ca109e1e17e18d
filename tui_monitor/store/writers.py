"""Who has written: a row for each time that the database was open for writing.

Commits are numbered by the database itself, so that the numbers of a writer have no gap unless
another one wrote in between: no clock is asked.
"""

import os

import aiosqlite

WRITERS_KEPT = 1_000

_BEGIN = """
    INSERT INTO writer (pid, begin_ms, first_commit, last_commit, commits)
    SELECT ?, ?, coalesce(max(last_commit), 0) + 1, coalesce(max(last_commit), 0), 0 FROM writer
"""
_FORGET = "DELETE FROM writer WHERE id <= (SELECT max(id) FROM writer) - ?"
_COMMITS = """
    UPDATE writer SET
        commits = commits + 1, last_commit = (SELECT max(last_commit) FROM writer) + 1, last_ms = ?
    WHERE id = ?
"""
_END = "UPDATE writer SET end_ms = ? WHERE id = ?"


async def begin(database: aiosqlite.Connection, now_ms: int) -> int:
    """This process writes from now on; gives the writer's id."""
    cursor = await database.execute(_BEGIN, (os.getpid(), now_ms))
    number = cursor.lastrowid
    await database.execute(_FORGET, (WRITERS_KEPT,))
    if number is None:
        raise LookupError("the database gave no id")
    return number


async def commits(database: aiosqlite.Connection, writer_id: int, now_ms: int) -> None:
    """Number the transaction that is about to be committed."""
    await database.execute(_COMMITS, (now_ms, writer_id))


async def end(database: aiosqlite.Connection, writer_id: int, now_ms: int) -> None:
    """It has closed the database; a killed one never says so."""
    await database.execute(_END, (now_ms, writer_id))
