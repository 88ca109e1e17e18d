"""The schema, as numbered steps forward. `SCHEMA.md` says what the tables mean.

Each step is one transaction that also raises `user_version`, so a killed program leaves the
version before or the version after. A step that has been released never changes.
"""

from collections.abc import Sequence

import aiosqlite

APPLICATION_ID = 0x7475696D  # "tuim"

_FIRST = (
    "PRAGMA application_id = 0x7475696D",
    "PRAGMA user_version = 1",
    "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE coin (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE CHECK (name <> ''))",
    """CREATE TABLE slot_price (
        slot_ms INTEGER NOT NULL CHECK (slot_ms % 1800000 = 0),
        coin_id INTEGER NOT NULL REFERENCES coin (id),
        price REAL NOT NULL CHECK (price > 0 AND price < 1e15),
        source INTEGER NOT NULL CHECK (source BETWEEN 1 AND 4),
        observed_ms INTEGER NOT NULL,
        own_base REAL CHECK (own_base > 0 AND own_base < 1e15),
        PRIMARY KEY (slot_ms, coin_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE off_slot_price (
        observed_ms INTEGER NOT NULL,
        coin_id INTEGER NOT NULL REFERENCES coin (id),
        price REAL NOT NULL CHECK (price > 0 AND price < 1e15),
        own_base REAL CHECK (own_base > 0 AND own_base < 1e15),
        PRIMARY KEY (observed_ms, coin_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE imported_sum (
        slot_ms INTEGER PRIMARY KEY CHECK (slot_ms % 1800000 = 0),
        sum_pct REAL NOT NULL CHECK (abs(sum_pct) < 1e15)
    )""",
    """CREATE TABLE hole (
        slot_ms INTEGER NOT NULL CHECK (slot_ms % 1800000 = 0),
        coin_id INTEGER NOT NULL REFERENCES coin (id),
        state TEXT NOT NULL CHECK (state IN ('missing', 'failed', 'unobtainable')),
        reason TEXT NOT NULL,
        tries INTEGER NOT NULL CHECK (tries >= 0),
        first_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL,
        next_try_ms INTEGER,
        PRIMARY KEY (slot_ms, coin_id)
    ) WITHOUT ROWID""",
    "CREATE INDEX hole_queue ON hole (slot_ms, coin_id) WHERE state = 'failed'",
    """CREATE TABLE outage (
        id INTEGER PRIMARY KEY,
        exchange TEXT NOT NULL,
        market TEXT NOT NULL,
        channel TEXT NOT NULL,
        reason TEXT NOT NULL,
        begin_ms INTEGER NOT NULL,
        end_ms INTEGER,
        bridged INTEGER NOT NULL CHECK (bridged IN (0, 1))
    )""",
    "CREATE INDEX outage_begin ON outage (begin_ms)",
    "CREATE INDEX outage_open ON outage (id) WHERE end_ms IS NULL",
    """CREATE TABLE job (
        id INTEGER PRIMARY KEY,
        exchange TEXT NOT NULL,
        first_day TEXT NOT NULL,
        last_day TEXT NOT NULL,
        state TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        updated_ms INTEGER NOT NULL,
        total INTEGER NOT NULL,
        had INTEGER NOT NULL,
        filled INTEGER NOT NULL,
        unobtainable INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        pages INTEGER NOT NULL,
        pages_total INTEGER NOT NULL,
        message TEXT NOT NULL
    )""",
    """CREATE TABLE job_log (
        id INTEGER PRIMARY KEY,
        job_id INTEGER NOT NULL REFERENCES job (id),
        ts_ms INTEGER NOT NULL,
        level TEXT NOT NULL,
        text TEXT NOT NULL
    )""",
    "CREATE INDEX job_log_time ON job_log (ts_ms)",
)

# Spread minutes are keyed by time first: a minute is written, and later removed, as one run of
# pages. By coin first it would be a page a coin.
_SECOND = (
    "PRAGMA user_version = 2",
    """CREATE TABLE instrument (
        id INTEGER PRIMARY KEY,
        exchange TEXT NOT NULL,
        market TEXT NOT NULL,
        symbol TEXT NOT NULL CHECK (symbol <> ''),
        coin TEXT NOT NULL CHECK (coin <> ''),
        UNIQUE (exchange, market, symbol)
    )""",
    "CREATE INDEX instrument_coin ON instrument (coin)",
    """CREATE TABLE funding_settlement (
        instrument_id INTEGER NOT NULL REFERENCES instrument (id),
        settled_ms INTEGER NOT NULL,
        rate REAL NOT NULL CHECK (abs(rate) < 10),
        PRIMARY KEY (instrument_id, settled_ms)
    ) WITHOUT ROWID""",
    """CREATE TABLE funding_span (
        instrument_id INTEGER PRIMARY KEY REFERENCES instrument (id),
        first_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL CHECK (last_ms >= first_ms)
    )""",
    """CREATE TABLE spread_minute (
        minute_ms INTEGER NOT NULL CHECK (minute_ms % 60000 = 0),
        coin_id INTEGER NOT NULL REFERENCES coin (id),
        kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),
        max_pct REAL NOT NULL CHECK (max_pct >= min_pct),
        min_pct REAL NOT NULL CHECK (min_pct >= -100),
        buy INTEGER NOT NULL,
        sell INTEGER NOT NULL,
        over_s REAL NOT NULL CHECK (over_s >= 0),
        rises INTEGER NOT NULL CHECK (rises >= 0),
        samples INTEGER NOT NULL CHECK (samples > 0),
        PRIMARY KEY (minute_ms, coin_id, kind)
    ) WITHOUT ROWID""",
    """CREATE INDEX spread_over ON spread_minute (minute_ms, coin_id, kind, over_s, rises)
        WHERE over_s > 0 OR rises > 0""",
    """CREATE TABLE spread_tally (
        minute_ms INTEGER PRIMARY KEY CHECK (minute_ms % 60000 = 0),
        found INTEGER NOT NULL CHECK (found > 0)
    )""",
    """CREATE TABLE signal (
        id INTEGER PRIMARY KEY,
        coin_id INTEGER NOT NULL REFERENCES coin (id),
        basis TEXT NOT NULL,
        buy_exchange TEXT NOT NULL,
        buy_market TEXT NOT NULL,
        sell_exchange TEXT NOT NULL,
        sell_market TEXT NOT NULL,
        first_ms INTEGER NOT NULL,
        observed_ms INTEGER NOT NULL CHECK (observed_ms >= first_ms),
        ended_ms INTEGER,
        ending TEXT,
        threshold_pct REAL NOT NULL,
        samples TEXT NOT NULL CHECK (samples <> ''),
        UNIQUE (observed_ms, coin_id, basis, buy_exchange, buy_market, sell_exchange, sell_market)
    )""",
    "CREATE INDEX signal_lasting ON signal (id) WHERE ending IS NULL",
)

# Liquidations are named by all that an exchange tells of them; none gives an id.
_THIRD = (
    "PRAGMA user_version = 3",
    """CREATE TABLE price_minute (
        minute_ms INTEGER NOT NULL CHECK (minute_ms % 60000 = 0),
        instrument_id INTEGER NOT NULL REFERENCES instrument (id),
        open REAL NOT NULL CHECK (open > 0),
        high REAL NOT NULL CHECK (high >= open),
        low REAL NOT NULL CHECK (low > 0 AND low <= open),
        close REAL NOT NULL CHECK (close BETWEEN low AND high),
        rate REAL,
        samples INTEGER NOT NULL CHECK (samples > 0),
        PRIMARY KEY (minute_ms, instrument_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE liquidation (
        exchange_ms INTEGER NOT NULL,
        instrument_id INTEGER NOT NULL REFERENCES instrument (id),
        side INTEGER NOT NULL CHECK (side IN (1, 2)),
        price REAL NOT NULL CHECK (price > 0),
        coins REAL CHECK (coins > 0),
        usd REAL CHECK (usd > 0),
        received_ms INTEGER NOT NULL,
        heard INTEGER NOT NULL CHECK (heard IN (1, 2))
    )""",
    """CREATE UNIQUE INDEX liquidation_name
        ON liquidation (exchange_ms, instrument_id, side, price, coalesce(coins, -1))""",
    """CREATE TABLE liquidation_minute (
        minute_ms INTEGER NOT NULL CHECK (minute_ms % 60000 = 0),
        exchange TEXT NOT NULL,
        long_usd REAL NOT NULL CHECK (long_usd >= 0),
        short_usd REAL NOT NULL CHECK (short_usd >= 0),
        long_count INTEGER NOT NULL CHECK (long_count >= 0),
        short_count INTEGER NOT NULL CHECK (short_count >= 0),
        largest_usd REAL,
        unsized INTEGER NOT NULL CHECK (unsized >= 0),
        capped_s INTEGER NOT NULL CHECK (capped_s BETWEEN 0 AND 60),
        covered_ms INTEGER NOT NULL CHECK (covered_ms BETWEEN 0 AND 60000),
        PRIMARY KEY (minute_ms, exchange)
    ) WITHOUT ROWID""",
    """CREATE TABLE liquidation_hour (
        hour_ms INTEGER NOT NULL CHECK (hour_ms % 3600000 = 0),
        exchange TEXT NOT NULL,
        long_usd REAL NOT NULL,
        short_usd REAL NOT NULL,
        long_count INTEGER NOT NULL,
        short_count INTEGER NOT NULL,
        largest_usd REAL,
        highest_minute_usd REAL NOT NULL,
        unsized INTEGER NOT NULL,
        capped_s INTEGER NOT NULL,
        covered_ms INTEGER NOT NULL CHECK (covered_ms >= 0),
        minutes INTEGER NOT NULL CHECK (minutes > 0),
        PRIMARY KEY (exchange, hour_ms)
    ) WITHOUT ROWID""",
    """CREATE TABLE interest_minute (
        minute_ms INTEGER PRIMARY KEY CHECK (minute_ms % 60000 = 0),
        open_interest_usd REAL CHECK (open_interest_usd > 0),
        exchanges INTEGER NOT NULL CHECK (exchanges BETWEEN 0 AND 4)
    )""",
    """CREATE TABLE aggregate (
        minute_ms INTEGER PRIMARY KEY CHECK (minute_ms % 60000 = 0),
        source_ms INTEGER,
        received_ms INTEGER NOT NULL,
        usd_1h REAL,
        usd_24h REAL,
        people_24h REAL,
        position_usd REAL,
        panic_index REAL,
        imported INTEGER NOT NULL CHECK (imported IN (0, 1)),
        corrected INTEGER NOT NULL CHECK (corrected IN (0, 1))
    )""",
)

# Keyed by time first, like all that comes for many instruments at once and leaves by age.
_FOURTH = (
    "PRAGMA user_version = 4",
    """CREATE TABLE candle (
        bar_ms INTEGER NOT NULL CHECK (bar_ms > 0),
        open_ms INTEGER NOT NULL CHECK (open_ms % bar_ms = 0),
        instrument_id INTEGER NOT NULL REFERENCES instrument (id),
        open REAL NOT NULL CHECK (open > 0),
        high REAL NOT NULL CHECK (high >= open AND high >= close),
        low REAL NOT NULL CHECK (low > 0 AND low <= open AND low <= close),
        close REAL NOT NULL CHECK (close > 0),
        volume_coins REAL CHECK (volume_coins >= 0),
        turnover_usd REAL CHECK (turnover_usd >= 0),
        PRIMARY KEY (bar_ms, open_ms, instrument_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE interest_sample (
        at_ms INTEGER NOT NULL CHECK (at_ms % 300000 = 0),
        instrument_id INTEGER NOT NULL REFERENCES instrument (id),
        coins REAL NOT NULL CHECK (coins >= 0),
        price REAL CHECK (price > 0),
        source INTEGER NOT NULL CHECK (source IN (1, 2)),
        PRIMARY KEY (at_ms, instrument_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE interest_hour (
        at_ms INTEGER NOT NULL CHECK (at_ms % 3600000 = 0),
        instrument_id INTEGER NOT NULL REFERENCES instrument (id),
        coins REAL NOT NULL CHECK (coins >= 0),
        price REAL CHECK (price > 0),
        source INTEGER NOT NULL CHECK (source IN (1, 2)),
        PRIMARY KEY (at_ms, instrument_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE interest_step (
        at_ms INTEGER NOT NULL CHECK (at_ms % 300000 = 0),
        instrument_id INTEGER NOT NULL REFERENCES instrument (id),
        from_ms INTEGER NOT NULL CHECK (from_ms < at_ms),
        PRIMARY KEY (at_ms, instrument_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE account_ratio (
        at_ms INTEGER NOT NULL,
        instrument_id INTEGER NOT NULL REFERENCES instrument (id),
        long_share REAL NOT NULL CHECK (long_share BETWEEN 0 AND 1),
        PRIMARY KEY (at_ms, instrument_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE anomaly (
        bar_ms INTEGER NOT NULL,
        open_ms INTEGER NOT NULL,
        instrument_id INTEGER NOT NULL REFERENCES instrument (id),
        mode TEXT NOT NULL,
        judged_ms INTEGER NOT NULL,
        state TEXT NOT NULL,
        score REAL,
        parts TEXT NOT NULL,
        PRIMARY KEY (bar_ms, open_ms, instrument_id)
    ) WITHOUT ROWID""",
)

_FIFTH = (
    "PRAGMA user_version = 5",
    """CREATE TABLE writer (
        id INTEGER PRIMARY KEY,
        pid INTEGER NOT NULL,
        begin_ms INTEGER NOT NULL,
        end_ms INTEGER,
        last_ms INTEGER,
        first_commit INTEGER NOT NULL,
        last_commit INTEGER NOT NULL,
        commits INTEGER NOT NULL
    )""",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH)
SCHEMA_VERSION = len(MIGRATIONS)


async def migrate(
    database: aiosqlite.Connection,
    version: int,
    steps: Sequence[Sequence[str]] = MIGRATIONS,
) -> None:
    """Bring a database from `version` (0: empty) to the newest, one transaction a step."""
    for step in steps[version:]:
        await database.execute("BEGIN IMMEDIATE")
        for statement in step:
            await database.execute(statement)
        await database.execute("COMMIT")
