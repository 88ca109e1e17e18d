"""What `db info` and `db check` look at."""

import os
from collections.abc import Iterable
from pathlib import Path

from tui_monitor.clock import DAY_MS, utc_text
from tui_monitor.errors import StoreUnusable
from tui_monitor.store.session import Parameters, Row, Session

CHECK_DEADLINE_S = 120.0

# The oldest of each instrument is one look into the key; of all rows at once it is a long search.
_COUNT_SETTLEMENTS = """
    SELECT (SELECT count(*) FROM funding_settlement), min((
        SELECT min(settled_ms) FROM funding_settlement WHERE instrument_id = instrument.id
    )) FROM instrument
"""
# Asked apart, the smallest index is counted and the oldest is one look.
_COUNT_LIQUIDATIONS = """
    SELECT (SELECT count(*) FROM liquidation), (SELECT min(exchange_ms) FROM liquidation)
"""
# The hours know how many minutes they have: counting those of years would take seconds.
_COUNT_LIQUIDATION_MINUTES = """
    SELECT (SELECT ifnull(sum(minutes), 0) FROM liquidation_hour WHERE exchange = ''),
           (SELECT min(minute_ms) FROM liquidation_minute)
"""
_CONTENTS = (
    ("slot_prices", "SELECT count(*), min(slot_ms) FROM slot_price"),
    ("off_slot_prices", "SELECT count(*), min(observed_ms) FROM off_slot_price"),
    ("imported_sums", "SELECT count(*), min(slot_ms) FROM imported_sum"),
    ("holes", "SELECT count(*), min(slot_ms) FROM hole"),
    ("outages", "SELECT count(*), min(begin_ms) FROM outage"),
    ("jobs", "SELECT count(*), min(created_ms) FROM job"),
    ("job_lines", "SELECT count(*), min(ts_ms) FROM job_log"),
    ("coins", "SELECT count(*), NULL FROM coin"),
    ("instruments", "SELECT count(*), NULL FROM instrument"),
    ("settlements", _COUNT_SETTLEMENTS),
    ("spread_minutes", "SELECT ifnull(sum(found), 0), min(minute_ms) FROM spread_tally"),
    ("signals", "SELECT count(*), min(observed_ms) FROM signal"),
    ("candles", "SELECT count(*), min(open_ms) FROM candle"),
    ("anomalies", "SELECT count(*), min(open_ms) FROM anomaly"),
    ("interest_samples", "SELECT count(*), min(at_ms) FROM interest_sample"),
    ("interest_hours", "SELECT count(*), min(at_ms) FROM interest_hour"),
    ("account_ratios", "SELECT count(*), min(at_ms) FROM account_ratio"),
    ("price_minutes", "SELECT count(*), min(minute_ms) FROM price_minute"),
    ("liquidations", _COUNT_LIQUIDATIONS),
    ("liquidation_minutes", _COUNT_LIQUIDATION_MINUTES),
    ("interest_minutes", "SELECT count(*), min(minute_ms) FROM interest_minute"),
    ("aggregates", "SELECT count(*), min(minute_ms) FROM aggregate"),
)
_INTEGRITY = "SELECT integrity_check FROM pragma_integrity_check(20)"
_QUICK = "SELECT quick_check FROM pragma_quick_check(20)"
_FOREIGN_KEYS = """SELECT "table", rowid, parent FROM pragma_foreign_key_check LIMIT 20"""
# The schema refuses all of these; a file that was damaged or edited may still have them.
_ODD_SLOTS = """
    SELECT 'slot_price', slot_ms FROM slot_price
    WHERE slot_ms % 1800000 <> 0 OR typeof(slot_ms) <> 'integer'
    UNION ALL SELECT 'hole', slot_ms FROM hole WHERE slot_ms % 1800000 <> 0
    UNION ALL SELECT 'imported_sum', slot_ms FROM imported_sum WHERE slot_ms % 1800000 <> 0
    LIMIT 20
"""
_ODD_PRICES = """
    SELECT 'slot_price', slot_ms, coin_id, price FROM slot_price
    WHERE typeof(price) <> 'real' OR NOT (price > 0 AND price < 1e15)
       OR (own_base IS NOT NULL AND NOT (own_base > 0 AND own_base < 1e15))
    UNION ALL
    SELECT 'off_slot_price', observed_ms, coin_id, price FROM off_slot_price
    WHERE typeof(price) <> 'real' OR NOT (price > 0 AND price < 1e15)
       OR (own_base IS NOT NULL AND NOT (own_base > 0 AND own_base < 1e15))
    LIMIT 20
"""
_ORPHANS = """
    SELECT DISTINCT 'slot_price', coin_id FROM slot_price
    WHERE coin_id NOT IN (SELECT id FROM coin)
    UNION ALL
    SELECT DISTINCT 'off_slot_price', coin_id FROM off_slot_price
    WHERE coin_id NOT IN (SELECT id FROM coin)
    UNION ALL
    SELECT DISTINCT 'hole', coin_id FROM hole WHERE coin_id NOT IN (SELECT id FROM coin)
    LIMIT 20
"""
_HOLES_WITH_PRICES = """
    SELECT h.slot_ms, h.coin_id FROM hole AS h
    JOIN slot_price AS p ON p.slot_ms = h.slot_ms AND p.coin_id = h.coin_id
    LIMIT 20
"""
_ODD_SIGNALS = """
    SELECT id FROM signal
    WHERE NOT (json_valid(samples) AND json_type(samples) = 'array' AND json_array_length(samples))
    LIMIT 20
"""
_ODD_TALLIES = """
    SELECT minute_ms, found FROM spread_tally AS t
    WHERE found <> (SELECT count(*) FROM spread_minute WHERE minute_ms = t.minute_ms)
    LIMIT 20
"""
# Sums are added up in another order there, so that only their last digits may differ.
_ODD_HOURS = """
    WITH told AS (
        SELECT minute_ms - minute_ms % 3600000 AS hour_ms, exchange, count(*) AS minutes,
               total(long_usd) + total(short_usd) AS usd
        FROM liquidation_minute GROUP BY 1, 2
    )
    SELECT told.hour_ms, told.exchange FROM told
    LEFT JOIN liquidation_hour AS h ON h.exchange = told.exchange AND h.hour_ms = told.hour_ms
    WHERE h.minutes IS NOT told.minutes
       OR abs(h.long_usd + h.short_usd - told.usd) > 1e-6 + told.usd * 1e-9
    UNION ALL
    SELECT h.hour_ms, h.exchange FROM liquidation_hour AS h
    WHERE h.exchange <> '' AND NOT EXISTS (
        SELECT 1 FROM told WHERE told.exchange = h.exchange AND told.hour_ms = h.hour_ms
    )
    UNION ALL
    SELECT h.hour_ms, 'all' FROM liquidation_hour AS h
    WHERE h.exchange = '' AND h.minutes IS NOT (
        SELECT sum(minutes) FROM told WHERE told.hour_ms = h.hour_ms
    )
    LIMIT 20
"""
_MINGLED = "SELECT id, pid FROM writer WHERE commits <> last_commit - first_commit + 1 LIMIT 20"
_FUTURE = "SELECT DISTINCT slot_ms FROM slot_price WHERE slot_ms > ? LIMIT 20"


async def schema_version(session: Session) -> int:
    """`user_version`."""
    rows = await session.read("PRAGMA user_version")
    return int(rows[0][0])


async def kind(session: Session) -> str | None:
    """What the history is of: real, simulator or demo; None while unmarked."""
    rows = await session.read("SELECT value FROM meta WHERE key = 'kind'")
    return str(rows[0][0]) if rows else None


async def contents(session: Session) -> tuple[dict[str, int], dict[str, int | None]]:
    """Rows, and the oldest time, of each kind of row."""
    rows: dict[str, int] = {}
    oldest_ms: dict[str, int | None] = {}
    for name, sql in _CONTENTS:
        count, oldest = (await session.read(sql))[0]
        rows[name] = count
        oldest_ms[name] = oldest
    return rows, oldest_ms


def sizes(path: Path) -> tuple[int, int]:
    """Bytes of the database and of its WAL, by `stat`: opening them would drop locks."""
    return _size(path), _size(Path(f"{path}-wal"))


def exists(path: Path) -> bool:
    """Whether the file is there."""
    return path.exists()


def has_room(path: Path) -> bool:
    """Whether the file system of a file has room for another, as far as it tells."""
    found = os.statvfs(path.parent)
    # Some count no files at all.
    return found.f_bavail > 0 and (found.f_favail > 0 or not found.f_files)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


async def problems(session: Session) -> list[str]:
    """One line a problem, at most twenty of a kind."""
    found: list[str] = []
    try:
        lines = found_lines(await _ask(session, _INTEGRITY))
        found += [f"integrity: {line}" for line in lines]
        found += await _odd_rows(session)
    except StoreUnusable as error:
        # So broken that it can't even be looked through.
        found.append(error.message)
    return found


async def damage(session: Session, deadline_s: float) -> list[str]:
    """What SQLite's quick check finds; StoreError if it takes longer than the deadline."""
    return found_lines(await session.read(_QUICK, deadline_s=deadline_s))


def found_lines(rows: Iterable[Iterable[object]]) -> list[str]:
    """What SQLite's checks found, a line each: a row of theirs may have several, and a title."""
    lines = (line for row in rows for cell in row for line in str(cell).splitlines())
    return [line for line in lines if line != "ok" and not line.startswith("***")]


async def _odd_rows(session: Session) -> list[str]:
    found = [
        f"{table}: row {rowid} points at no {parent}"
        for table, rowid, parent in await _ask(session, _FOREIGN_KEYS)
    ]
    for table, coin_id in await _ask(session, _ORPHANS):
        found.append(f"{table}: coin {coin_id} has no name")
    for table, slot_ms in await _ask(session, _ODD_SLOTS):
        found.append(f"{table}: {slot_ms} is not on the half hour")
    for table, at_ms, coin_id, price in await _ask(session, _ODD_PRICES):
        found.append(f"{table}: price {price!r} of coin {coin_id} at {at_ms} is not a price")
    for slot_ms, coin_id in await _ask(session, _HOLES_WITH_PRICES):
        found.append(f"hole: coin {coin_id} at {utc_text(slot_ms)} has a price all the same")
    for (number,) in await _ask(session, _ODD_SIGNALS):
        found.append(f"signal: the samples of {number} can't be read")
    for minute_ms, told in await _ask(session, _ODD_TALLIES):
        found.append(f"spread_tally: {utc_text(minute_ms)} does not have {told} rows")
    for hour_ms, exchange in await _ask(session, _ODD_HOURS):
        found.append(f"liquidation_hour: {exchange} {utc_text(hour_ms)} is not its minutes")
    for number, pid in await _ask(session, _MINGLED):
        found.append(f"writer: while {number} (process {pid}) wrote, another did too")
    for (slot_ms,) in await _ask(session, _FUTURE, (session.clock.now_ms() + DAY_MS,)):
        found.append(f"slot_price: {utc_text(slot_ms)} lies in the future")
    return found


async def _ask(session: Session, sql: str, parameters: Parameters = ()) -> list[Row]:
    return await session.read(sql, parameters, deadline_s=CHECK_DEADLINE_S)
