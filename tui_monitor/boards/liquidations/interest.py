"""The open interest of all perpetuals together."""

from collections.abc import Iterable
from math import fsum

from tui_monitor.market import Row
from tui_monitor.model import Exchange, Market

# Binance is asked symbol by symbol, a round of some minutes; what is older is not of now.
STALE_AFTER_S = 1_800.0


def total_interest(rows: Iterable[Row], now_s: float) -> tuple[float | None, int]:
    """Single-sided USD, and of how many exchanges; None where nothing is known or fresh."""
    exchanges: set[Exchange] = set()
    found: list[float] = []
    for row in rows:
        usd = _usd(row, now_s)
        if usd is not None:
            found.append(usd)
            exchanges.add(row.instrument.exchange)
    return (fsum(found) if found else None), len(exchanges)


def _usd(row: Row, now_s: float) -> float | None:
    stamp = row.interest
    if row.instrument.market is not Market.PERP or stamp is None:
        return None
    if now_s - stamp.received_s > STALE_AFTER_S:
        return None
    if row.open_interest_usd is not None:
        return row.open_interest_usd
    if row.open_interest_coins is None or row.mark_price is None:
        return None
    return row.open_interest_coins * row.mark_price
