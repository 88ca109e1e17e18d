"""The best pair of each coin and what it costs: numbers in arrays, one entry a coin.

All ordered pairs of slots are compared at once: 56 of them for four exchanges and two markets.
"""

from typing import NamedTuple

import numpy as np
from msgspec import Struct

from tui_monitor.boards.legs import SLOTS, Now
from tui_monitor.boards.legs.table import Bools, Column, Floats, Ints, LegTable
from tui_monitor.boards.spreads import Kind
from tui_monitor.config import Exchanges, Settings
from tui_monitor.model import Market

HOUR_MS = 3_600_000
NONE = -1
_PERCENT = 100.0

_IS_PERP = np.array([market is Market.PERP for _, market in SLOTS])
_ALL_SLOTS = np.arange(len(SLOTS))


class Pairs(NamedTuple):
    """The ordered pairs of slots of one kind: where to buy, where to sell."""

    buy: Ints
    sell: Ints


def pairs_of(kind: Kind) -> Pairs:
    """All pairs of two different slots of a kind."""
    buy, sell = np.divmod(np.arange(len(SLOTS) ** 2), len(SLOTS))
    perps = _IS_PERP[buy].astype(int) + _IS_PERP[sell]
    wanted = buy != sell
    if kind is not Kind.ALL:
        wanted &= perps == {Kind.PERP_PERP: 2, Kind.SPOT_PERP: 1, Kind.SPOT_SPOT: 0}[kind]
    return Pairs(buy[wanted], sell[wanted])


# More than anybody sets fees to.
_FEE_DIGITS = 9
_PAIRS = {kind: pairs_of(kind) for kind in Kind}


class Rules(Struct, frozen=True):
    """What the board needs of the settings. `fees_pct` are taker fees per slot."""

    fees_pct: tuple[float, ...]
    max_age_s: float
    majors: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> "Rules":
        """From the settings of the exchanges and of [spreads]."""
        fees = fees_pct(settings.exchanges)
        return cls(fees, settings.spreads.max_age_s, settings.spreads.majors)


def fees_pct(exchanges: Exchanges) -> tuple[float, ...]:
    """The taker fee of each slot."""
    sections = [(getattr(exchanges, exchange), market) for exchange, market in SLOTS]
    return tuple(
        section.taker_fee_pct if market is Market.PERP else section.spot_taker_fee_pct
        for section, market in sections
    )


class Legs(NamedTuple):
    """The part of the table that one computation is over, and which of its legs count.

    `trusted` are not in quarantine; `usable` are those that have a book, if only one side of it;
    `fresh` those of them that are young enough.
    """

    table: LegTable
    coins: Ints
    age_s: Floats
    trusted: Bools
    usable: Bools
    fresh: Bools

    def of(self, column: Column, slot: Ints) -> Floats:
        """A column at one slot per coin (NaN where the slot is NONE)."""
        found: Floats = self.table.column(column)[self.coins, slot]
        return np.where(slot == NONE, np.nan, found)


class Best(NamedTuple):
    """Per coin of `coins` (indices into the table): the best pair, NONE and NaN without one."""

    legs: Legs
    buy: Ints
    sell: Ints
    is_ranked: Bools
    executable_pct: Floats
    indicative_pct: Floats
    pair_indicative_pct: Floats
    fees_pct: Floats
    net_pct: Floats
    funding: "PairFunding"


class PairFunding(NamedTuple):
    """What the pair settles until both legs have settled; NaN where a leg's is not known.

    `reason` is a place in FUNDING_REASONS.
    """

    pct: Floats
    net_pct: Floats
    hold_h: Floats
    buy_settlements: Floats
    sell_settlements: Floats
    breakeven_h: Floats
    reason: Ints


FUNDING_REASONS = ("", "rate unknown", "next settlement unknown or past", "interval unknown")


def look(table: LegTable, barred: Bools, rules: Rules, now: Now, coins: Ints | None = None) -> Legs:
    """Which legs count now; of all coins, or of some."""
    if coins is None:
        coins = np.arange(len(table.coins))
    age_s = table.book_age_s(now.s)[coins]
    trusted = ~barred[coins]
    usable = trusted & np.isfinite(age_s)
    return Legs(table, coins, age_s, trusted, usable, usable & (age_s <= rules.max_age_s))


def best(legs: Legs, kind: Kind, rules: Rules, now: Now) -> Best:
    """The pair of the largest executable spread, of fresh legs where there are two."""
    pairs = _PAIRS[kind]
    buy, sell = _choose(legs, legs.fresh, pairs)
    is_ranked = buy != NONE
    lacking = np.flatnonzero(~is_ranked)
    if lacking.size:
        rest = legs._replace(coins=legs.coins[lacking])
        buy[lacking], sell[lacking] = _choose(rest, legs.usable[lacking], pairs)
    ask, bid = legs.of(Column.ASK, buy), legs.of(Column.BID, sell)
    executable = (bid - ask) / ask * _PERCENT
    fees = np.array(rules.fees_pct)
    # A sum of settings: 0.23, not 0.22999999999999998.
    paid = np.round(2 * (fees[buy] + fees[sell]), _FEE_DIGITS)
    fees_in_and_out = np.where(buy == NONE, np.nan, paid)
    net = executable - fees_in_and_out
    lasts = lasts_that_count(legs, rules, now)
    return Best(
        legs,
        buy,
        sell,
        is_ranked,
        executable,
        _indicative(lasts),
        _pair_indicative(lasts, buy, sell),
        fees_in_and_out,
        net,
        _funding(legs, buy, sell, net, now),
    )


def _choose(legs: Legs, counts: Bools, pairs: Pairs) -> tuple[Ints, Ints]:
    """Slots of the best pair among the legs that count; NONE where there is no pair."""
    bid = legs.table.column(Column.BID)[legs.coins]
    ask = legs.table.column(Column.ASK)[legs.coins]
    bid = np.where(counts & (bid > 0), bid, 0.0)
    ask = np.where(counts & (ask > 0), ask, np.inf)
    ratio = bid.T[pairs.sell] / ask.T[pairs.buy]  # 0 where a leg does not count
    winner = ratio.argmax(axis=0)
    found = ratio[winner, np.arange(winner.size)] > 0
    return np.where(found, pairs.buy[winner], NONE), np.where(found, pairs.sell[winner], NONE)


def lasts_that_count(legs: Legs, rules: Rules, now: Now) -> Floats:
    """Last prices of legs that are no suspects and not silent; NaN for the others.

    A quiet coin's last price is true while its book is fresh.
    """
    lasts = legs.table.column(Column.LAST)[legs.coins]
    is_young = legs.table.last_age_s(now.s)[legs.coins] <= rules.max_age_s
    return np.where(legs.trusted & (is_young | legs.fresh), lasts, np.nan)


def _indicative(lasts: Floats) -> Floats:
    """(max − min) / min of two prices or more, in %."""
    highest = np.fmax.reduce(lasts, axis=1)
    lowest = np.fmin.reduce(lasts, axis=1)
    spread = (highest - lowest) / lowest * _PERCENT
    return np.where(np.isfinite(lasts).sum(axis=1) >= 2, spread, np.nan)


def _pair_indicative(lasts: Floats, buy: Ints, sell: Ints) -> Floats:
    rows = np.arange(len(lasts))
    bought = np.where(buy == NONE, np.nan, lasts[rows, buy])
    sold = np.where(buy == NONE, np.nan, lasts[rows, sell])
    spread: Floats = (sold - bought) / bought * _PERCENT
    return spread


class _Side(NamedTuple):
    """The funding of one leg per coin. A spot leg settles nothing, at no time."""

    is_perp: Bools
    rate: Floats
    interval_ms: Floats
    next_ms: Floats
    reason: Ints

    def settlements(self, end_ms: Floats) -> Floats:
        """How often it settles until `end_ms`, which is not before its next settlement."""
        # A minute's grace: two exchanges' eight o'clock may differ by milliseconds.
        further = np.floor((end_ms - self.next_ms + 60_000) / self.interval_ms)
        return np.where(self.is_perp, further + 1, 0.0)

    def per_h(self) -> Floats:
        """The rate of one hour, as a fraction."""
        return np.where(self.is_perp, self.rate / self.interval_ms * HOUR_MS, 0.0)


def _side(legs: Legs, slot: Ints, now: Now) -> _Side:
    is_perp = _IS_PERP[slot] & (slot != NONE)
    rate = legs.of(Column.RATE, slot)
    next_ms = legs.of(Column.NEXT_SETTLEMENT_MS, slot)
    interval_ms = legs.of(Column.INTERVAL_H, slot) * HOUR_MS
    next_ms = np.where(next_ms > now.ms, next_ms, np.nan)
    interval_ms = np.where(interval_ms > 0, interval_ms, np.nan)
    unknown = [np.isnan(rate), np.isnan(next_ms), np.isnan(interval_ms)]
    reason = np.where(is_perp, np.select(unknown, [1, 2, 3], 0), 0)
    return _Side(is_perp, rate, interval_ms, next_ms, reason)


def _funding(legs: Legs, buy: Ints, sell: Ints, net: Floats, now: Now) -> PairFunding:
    bought, sold = _side(legs, buy, now), _side(legs, sell, now)
    reason = np.where(bought.reason != 0, bought.reason, sold.reason)
    unknown = reason != 0
    end_ms = np.fmax(
        np.where(bought.is_perp, bought.next_ms, np.nan),
        np.where(sold.is_perp, sold.next_ms, np.nan),
    )
    buy_times, sell_times = bought.settlements(end_ms), sold.settlements(end_ms)
    paid = np.where(bought.is_perp, buy_times * bought.rate, 0.0)
    received = np.where(sold.is_perp, sell_times * sold.rate, 0.0)
    pct = np.where(unknown | (buy == NONE), np.nan, (received - paid) * _PERCENT)
    carry_pct = np.where(unknown, np.nan, (sold.per_h() - bought.per_h()) * _PERCENT)
    return PairFunding(
        pct=pct,
        net_pct=net + pct,
        hold_h=np.where(unknown, np.nan, (end_ms - now.ms) / HOUR_MS),
        buy_settlements=np.where(unknown, np.nan, buy_times),
        sell_settlements=np.where(unknown, np.nan, sell_times),
        breakeven_h=_breakeven_h(net, carry_pct),
        reason=reason,
    )


def _breakeven_h(net_pct: Floats, carry_pct: Floats) -> Floats:
    """Hours until the funding difference has paid the fees that the spread does not."""
    hours = np.divide(-net_pct, carry_pct, out=np.full_like(net_pct, np.nan), where=carry_pct > 0)
    return np.where(net_pct >= 0, 0.0, hours)
