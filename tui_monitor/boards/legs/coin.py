"""All legs of one coin, in full: what the coin page and the routes of one coin show."""

from collections.abc import Callable

import numpy as np

from tui_monitor.boards.legs import SLOTS, Leg, Now
from tui_monitor.boards.legs.table import Column, LegTable
from tui_monitor.market import Row


def legs_of(
    table: LegTable, coin: str, now: Now, max_age_s: float, suspicion: Callable[[Row], str]
) -> list[Leg]:
    """The coin's legs in the order of the slots; empty for a coin that nobody lists."""
    place = table.index.get(coin)
    if place is None:
        return []
    ages_s = np.stack((table.book_age_s(now.s)[place], table.last_age_s(now.s)[place]))
    exchange_ms = table.exchange_age_ms(now.ms)[place]
    found = []
    for slot in range(len(SLOTS)):
        row = table.row(place, slot)
        if row is None:
            continue
        book_s, last_s = ages_s[:, slot].tolist()
        interval_h = table.column(Column.INTERVAL_H)[place, slot]
        found.append(
            Leg(
                exchange=row.instrument.exchange,
                market=row.instrument.market,
                symbol=row.instrument.symbol,
                coin=coin,
                multiplier=row.instrument.multiplier,
                bid=row.bid,
                ask=row.ask,
                bid_coins=row.bid_coins,
                ask_coins=row.ask_coins,
                last=row.last,
                mark_price=row.mark_price,
                index_price=row.index_price,
                rate=row.rate,
                interval_h=None if np.isnan(interval_h) else float(interval_h),
                next_settlement_ms=row.next_settlement_ms,
                turnover_24h_usd=row.turnover_24h_usd,
                age_ms=_ms(book_s * 1000),
                exchange_age_ms=_ms(float(exchange_ms[slot])),
                last_age_ms=_ms(last_s * 1000),
                stale=not book_s <= max_age_s,
                suspicion=suspicion(row),
                others=[other.instrument.symbol for other in table.others(place, slot)],
            )
        )
    return found


def _ms(number: float) -> int | None:
    return None if np.isnan(number) else round(number)
