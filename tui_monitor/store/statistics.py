"""How far the rows of each kind reach, and how many prices of a coin came lately."""

from tui_monitor.model import BAR_MS, Exchange
from tui_monitor.store.asking import Asking, as_json

# As `inspection` names them. Each is a look or a few at the end of an index.
_NEWEST = {
    "slot_prices": "SELECT max(slot_ms) FROM slot_price",
    "off_slot_prices": "SELECT max(observed_ms) FROM off_slot_price",
    "imported_sums": "SELECT max(slot_ms) FROM imported_sum",
    "holes": "SELECT max(slot_ms) FROM hole",
    "outages": "SELECT max(begin_ms) FROM outage",
    "jobs": "SELECT max(created_ms) FROM job",
    "job_lines": "SELECT max(ts_ms) FROM job_log",
    "settlements": """
        SELECT max((
            SELECT max(settled_ms) FROM funding_settlement WHERE instrument_id = instrument.id
        )) FROM instrument
    """,
    "spread_minutes": "SELECT max(minute_ms) FROM spread_tally",
    "signals": "SELECT max(observed_ms) FROM signal",
    "interest_samples": "SELECT max(at_ms) FROM interest_sample",
    "interest_hours": "SELECT max(at_ms) FROM interest_hour",
    "account_ratios": "SELECT max(at_ms) FROM account_ratio",
    "price_minutes": "SELECT max(minute_ms) FROM price_minute",
    "liquidations": "SELECT max(exchange_ms) FROM liquidation",
    "liquidation_minutes": "SELECT max(minute_ms) FROM liquidation_minute",
    "interest_minutes": "SELECT max(minute_ms) FROM interest_minute",
    "aggregates": "SELECT max(minute_ms) FROM aggregate",
}
_NEWEST_OF_BARS = {
    "candles": """
        SELECT max((SELECT max(open_ms) FROM candle WHERE bar_ms = value)) FROM json_each(?)
    """,
    "anomalies": """
        SELECT max((SELECT max(open_ms) FROM anomaly WHERE bar_ms = value)) FROM json_each(?)
    """,
}
_RECENT = """
    SELECT i.coin, i.exchange, count(*)
    FROM price_minute AS p CROSS JOIN instrument AS i ON i.id = p.instrument_id
    WHERE p.minute_ms >= ?
    GROUP BY i.coin, i.exchange ORDER BY i.coin, i.exchange
"""


class StatisticsQuestions(Asking):
    """What can be asked about all rows."""

    async def newest_times(self) -> dict[str, int | None]:
        """The newest time of each kind that has times; None where there is no row."""
        bars = (as_json(BAR_MS.values()),)
        asked = [(name, sql, ()) for name, sql in _NEWEST.items()]
        of_bars = [(name, sql, bars) for name, sql in _NEWEST_OF_BARS.items()]
        return {
            name: (await self._session.read(sql, values))[0][0]
            for name, sql, values in (*asked, *of_bars)
        }

    async def recent_prices(self, since_ms: int) -> list[tuple[str, Exchange, int]]:
        """Coin, exchange and how many minutes of prices there are since a time."""
        rows = await self._session.read(_RECENT, (since_ms,))
        return [(coin, Exchange(exchange), count) for coin, exchange, count in rows]
