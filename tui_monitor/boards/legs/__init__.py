"""The legs of a coin: what it costs on each exchange and market, side by side.

The words alone, so that whoever only shows a board loads no numpy; `table` has the numbers.
"""

from typing import NamedTuple

from msgspec import Struct

from tui_monitor.model import Exchange, Market

# Perpetuals first: what compares them takes a prefix. A slot is a place in this tuple.
SLOTS = tuple((exchange, market) for market in (Market.PERP, Market.SPOT) for exchange in Exchange)
EXCHANGES = len(Exchange)


class Now(NamedTuple):
    """One moment: wall time, and the monotonic time that ages are counted by."""

    ms: int
    s: float


class Leg(Struct, frozen=True, kw_only=True):
    """One coin on one exchange and market, now. Prices are per coin, sizes in coins.

    `age_ms` is of the book: since it arrived, or since a REST answer last confirmed it, plus
    what the exchange's time says that it was late by on arrival. `exchange_age_ms` is since the
    exchange's time of it, however often confirmed since. `last_age_ms` is of the last price.
    `stale` legs rank nowhere, and neither do those with a `suspicion`: the reason why it may not
    be the same coin. `others` are further symbols of the coin there, with less turnover.
    """

    exchange: Exchange
    market: Market
    symbol: str
    coin: str
    multiplier: float
    bid: float | None
    ask: float | None
    bid_coins: float | None
    ask_coins: float | None
    last: float | None
    mark_price: float | None
    index_price: float | None
    rate: float | None
    interval_h: float | None
    next_settlement_ms: int | None
    turnover_24h_usd: float | None
    age_ms: int | None
    exchange_age_ms: int | None
    last_age_ms: int | None
    stale: bool
    suspicion: str
    others: list[str]
