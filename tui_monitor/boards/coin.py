"""One coin in full: what it costs everywhere, its premium, and the history of its spreads,
its funding, its signals, its liquidations, its anomalies and its open interest.
"""

from collections.abc import Sequence
from enum import StrEnum
from statistics import fmean

from msgspec import Struct

from tui_monitor.boards.coin_parts import CoinAnomalies, CoinInterest, CoinLiquidations
from tui_monitor.boards.legs import Leg
from tui_monitor.boards.same_coin import Suspect
from tui_monitor.boards.signals import Signal
from tui_monitor.boards.spreads import Kind, SpreadRow
from tui_monitor.market import Row, Stamp
from tui_monitor.model import (
    Exchange,
    Market,
    Settlement,
    Source,
    SpreadKind,
    SpreadMinute,
)

HOURS_A_YEAR = 24 * 365
# A stream that tells changes alone is silent of a mark that stands still, but not for so long.
MARK_MAX_AGE_MS = 60_000


class Against(StrEnum):
    """What a perpetual is compared with."""

    SPOT = "spot of the exchange"
    PERPS = "mean of the other perpetuals"


class CoinLeg(Struct, frozen=True, kw_only=True):
    """A leg, and what only this page shows of it.

    `rate_8h` and `apr` are fractions, None where rate or interval is unknown. Ages are since
    arrival; `…_source` says which way the value came.
    """

    leg: Leg
    rate_8h: float | None
    apr: float | None
    open_interest_coins: float | None
    open_interest_usd: float | None
    book_source: Source | None
    last_source: Source | None
    mark_age_ms: int | None
    index_age_ms: int | None
    funding_age_ms: int | None
    open_interest_age_ms: int | None


class Premium(Struct, frozen=True, kw_only=True):
    """An exchange's perpetual beside its spot, by last prices.

    `premium_pct = (perp − against_price) / against_price × 100`; without a spot price of the
    exchange the mean of the other perpetuals stands in. `basis_pct` is that of the exchange's own
    mark and index while they are young: (mark − index) / index × 100. `reason` says why there is
    no premium; then there is nothing that it would be against. Prices
    that are too old or in quarantine don't count.
    """

    exchange: Exchange
    symbol: str
    perp_price: float | None
    against: Against | None
    against_price: float | None
    premium_pct: float | None
    basis_pct: float | None
    reason: str


class CoinPage(Struct, frozen=True, kw_only=True):
    """The page. `live` is False and `legs` empty, with the `reason`, where no engine runs.

    `spreads` are the best pairs of now, one for each kind that has one, that of all pairs first.
    `minutes` are those of the pairs of `minutes_kind` in the last 24 h, oldest first;
    `over_24h_s` is for how long the spread was at `threshold_pct` or over it in them, `rises_24h`
    how often it came to it; None where nothing is stored. Settlements and signals newest first.
    `signal_pairs` is which legs signals are watched for, of which `minutes_kind` may have more.
    """

    board: str
    now_ms: int
    coin: str
    live: bool
    reason: str
    max_age_s: float
    threshold_pct: float
    legs: list[CoinLeg]
    premiums: list[Premium]
    spreads: list[SpreadRow]
    minutes_kind: SpreadKind
    minutes: list[SpreadMinute]
    over_24h_s: float | None
    rises_24h: int | None
    settlements: list[Settlement]
    signals: list[Signal]
    quarantine: list[Suspect]
    liquidations: CoinLiquidations
    anomalies: CoinAnomalies
    interest: CoinInterest
    signal_pairs: Kind = Kind.PERP_PERP


def coin_leg(leg: Leg, row: Row, now_s: float) -> CoinLeg:
    """A leg with the rest of what its row knows; `now_s` is monotonic."""
    return CoinLeg(
        leg=leg,
        rate_8h=rate_8h(leg.rate, leg.interval_h),
        apr=apr(leg.rate, leg.interval_h),
        open_interest_coins=row.open_interest_coins,
        open_interest_usd=row.open_interest_usd,
        book_source=row.book.source if row.book else None,
        last_source=row.source,
        mark_age_ms=_age_ms(row.mark, now_s),
        index_age_ms=_age_ms(row.index, now_s),
        funding_age_ms=_age_ms(row.funding, now_s),
        open_interest_age_ms=_age_ms(row.interest, now_s),
    )


def _age_ms(stamp: Stamp | None, now_s: float) -> int | None:
    return None if stamp is None else max(0, round((now_s - stamp.received_s) * 1000))


def premiums(legs: Sequence[CoinLeg], max_age_s: float) -> list[Premium]:
    """One for each exchange that has a perpetual of the coin."""
    prices = {
        (one.leg.exchange, one.leg.market): one.leg.last
        for one in legs
        if one.leg.last is not None and _counts(one.leg, max_age_s)
    }
    return [_premium(one, prices) for one in legs if one.leg.market is Market.PERP]


def _counts(leg: Leg, max_age_s: float) -> bool:
    """A quiet coin's last price is true while its book is fresh."""
    is_young = leg.last_age_ms is not None and leg.last_age_ms <= max_age_s * 1000
    return not leg.suspicion and (is_young or not leg.stale)


def _premium(one: CoinLeg, prices: dict[tuple[Exchange, Market], float]) -> Premium:
    leg = one.leg
    perp = prices.get((leg.exchange, Market.PERP))
    spot = prices.get((leg.exchange, Market.SPOT))
    others = [
        price
        for (exchange, market), price in prices.items()
        if market is Market.PERP and exchange is not leg.exchange
    ]
    against, price = (None, None) if perp is None else _against(spot, others)
    return Premium(
        exchange=leg.exchange,
        symbol=leg.symbol,
        perp_price=perp,
        against=against,
        against_price=price,
        premium_pct=_percent(perp, price),
        basis_pct=_basis_pct(one),
        reason=_why_none(leg, perp, price),
    )


def _basis_pct(one: CoinLeg) -> float | None:
    ages_ms = (one.mark_age_ms, one.index_age_ms)
    if one.leg.stale or any(age_ms is None or age_ms > MARK_MAX_AGE_MS for age_ms in ages_ms):
        return None
    return _percent(one.leg.mark_price, one.leg.index_price)


def _against(spot: float | None, others: Sequence[float]) -> tuple[Against | None, float | None]:
    if spot is not None:
        return Against.SPOT, spot
    return (Against.PERPS, fmean(others)) if others else (None, None)


def _why_none(leg: Leg, perp: float | None, price: float | None) -> str:
    if leg.suspicion:
        return leg.suspicion
    if perp is None:
        return "no fresh price"
    return "" if price is not None else "nothing to compare it with"


def _percent(price: float | None, base: float | None) -> float | None:
    return None if price is None or not base else (price - base) / base * 100


def rate_8h(rate: float | None, interval_h: float | None) -> float | None:
    """What a rate would be for eight hours; None where the interval is unknown."""
    return None if rate is None or not interval_h else rate * 8 / interval_h


def apr(rate: float | None, interval_h: float | None) -> float | None:
    """A rate as a fraction of a year, not compounded; None where the interval is unknown."""
    return None if rate is None or not interval_h else rate / interval_h * HOURS_A_YEAR
