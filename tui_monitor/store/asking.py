"""What all questions to the store share, and all writes."""

from collections.abc import Iterable

import aiosqlite
import msgspec

from tui_monitor.errors import BadInput
from tui_monitor.store.session import Parameters, Row, Session

# More than this in one answer is a mistake of the asker; exports ask day by day.
MAX_ROWS = 500_000
_COIN = "INSERT OR IGNORE INTO coin (name) VALUES (?)"
_INSTRUMENT = """
    INSERT INTO instrument (exchange, market, symbol, coin) VALUES (?, ?, ?, ?)
    ON CONFLICT (exchange, market, symbol) DO UPDATE SET coin = excluded.coin
    WHERE coin <> excluded.coin
"""


class Asking:
    """Something that reads through a session."""

    def __init__(self, session: Session) -> None:
        self._session = session


class Writing(Asking):
    """Something that writes, too. Each write is one transaction."""

    async def _run(self, sql: str, parameters: Parameters) -> int:
        async def work(database: aiosqlite.Connection) -> int:
            return (await database.execute(sql, parameters)).rowcount

        return await self._session.write(work)

    async def _insert(self, sql: str, parameters: Parameters) -> int:
        async def work(database: aiosqlite.Connection) -> int:
            row_id = (await database.execute(sql, parameters)).lastrowid
            if row_id is None:
                raise RuntimeError("an INSERT gave no row id")
            return row_id

        return await self._session.write(work)


async def name_coins(database: aiosqlite.Connection, coins: Iterable[str]) -> None:
    """Give every coin its number."""
    await database.executemany(_COIN, [(coin,) for coin in sorted(set(coins))])


async def name_instruments(
    database: aiosqlite.Connection, instruments: Iterable[tuple[str, str, str, str]]
) -> None:
    """Give every instrument its number: exchange, market, symbol, and the coin it is of now."""
    await database.executemany(_INSTRUMENT, sorted(set(instruments)))


def as_json(value: Iterable[object]) -> str:
    """A list for `json_each`."""
    return msgspec.json.encode(list(value)).decode()


def bounded(rows: list[Row]) -> list[Row]:
    """The rows; BadInput if they are more than one answer may have."""
    if len(rows) > MAX_ROWS:
        raise BadInput(f"more than {MAX_ROWS} rows", "ask for a shorter range")
    return rows
