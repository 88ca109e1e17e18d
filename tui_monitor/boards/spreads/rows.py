"""The board made of the numbers: filtered, in order, with words where a number is missing."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tui_monitor.boards.legs import EXCHANGES, SLOTS, Now
from tui_monitor.boards.legs.table import Bools, Column, Floats, Ints
from tui_monitor.boards.same_coin import Suspect
from tui_monitor.boards.spreads import OVER_PCT, Filter, Kind, SpreadRow, SpreadsBoard
from tui_monitor.boards.spreads.best import FUNDING_REASONS, NONE, Best, Rules
from tui_monitor.model import Market

_EXCHANGES = np.array([exchange for exchange, _ in SLOTS], dtype=object)
_MARKETS = np.array([market for _, market in SLOTS], dtype=object)
_PERPS = np.array([market is Market.PERP for _, market in SLOTS], dtype=int)
# By how many of a pair's legs are perpetuals.
_KINDS = np.array([Kind.SPOT_SPOT, Kind.SPOT_PERP, Kind.PERP_PERP], dtype=object)
# 100 → 100.1 is 0.0999… in floats.
_ROUNDING = 1e-9
SLOT_NAMES = [f"{exchange} {market}" for exchange, market in SLOTS]


class Wanted(NamedTuple):
    """What to show: a kind of pairs, a filter, one coin or all, the first rows or all."""

    kind: Kind = Kind.ALL
    filter: Filter = Filter.ALL
    coin: str | None = None
    limit: int | None = None


def board(
    best: Best, wanted: Wanted, rules: Rules, now: Now, quarantine: Sequence[Suspect] = ()
) -> SpreadsBoard:
    """The board of pairs that were computed for `wanted.kind`."""
    has_pair = best.buy != NONE
    order = _order(best)
    ranks = np.zeros(len(order), dtype=int)
    ranks[order] = np.arange(1, len(order) + 1)
    matching = order[_passes(best, wanted, rules)[order]]
    return SpreadsBoard(
        board="spreads",
        now_ms=now.ms,
        kind=wanted.kind,
        filter=wanted.filter,
        coin=wanted.coin,
        max_age_s=rules.max_age_s,
        slots=SLOT_NAMES,
        fees_pct=list(rules.fees_pct),
        coins=int(has_pair.sum()),
        ranked=int(best.is_ranked.sum()),
        matching=len(matching),
        rows=rows(best, matching[: wanted.limit], ranks, now),
        quarantine=list(quarantine),
    )


def _order(best: Best) -> Ints:
    """Those that rank first, by executable spread; then the others with a pair; then the rest."""
    return np.lexsort((-best.executable_pct, ~best.is_ranked, best.buy == NONE))


def _passes(best: Best, wanted: Wanted, rules: Rules) -> Bools:
    names = best.legs.table.coins
    passes: Bools = best.buy != NONE
    if wanted.coin is not None:
        passes &= best.legs.coins == best.legs.table.index.get(wanted.coin, NONE)
    if wanted.filter is Filter.OVER:
        passes &= best.executable_pct >= OVER_PCT - _ROUNDING
    elif wanted.filter is Filter.SEVERAL:
        passes &= exchanges(best) >= 2
    elif wanted.filter is Filter.FUNDING:
        passes &= (best.funding.hold_h > 0) & np.isfinite(best.funding.pct)
    elif wanted.filter is Filter.MAJORS:
        majors = set(rules.majors)
        passes &= np.array([names[coin] in majors for coin in best.legs.coins.tolist()], bool)
    return passes


def exchanges(best: Best) -> Ints:
    """On how many exchanges each coin has a leg."""
    legs = _listed(best).reshape(-1, len(SLOTS) // EXCHANGES, EXCHANGES)
    found: Ints = legs.any(axis=1).sum(axis=1)
    return found


def _listed(best: Best) -> Bools:
    """Which slots of each coin say anything at all."""
    last = best.legs.table.column(Column.LAST)[best.legs.coins]
    return np.isfinite(best.legs.age_s) | np.isfinite(last)


def rows(best: Best, places: Ints, ranks: Ints, now: Now) -> list[SpreadRow]:
    """Rows of the coins at these places of `best`, in this order."""
    if not len(places):
        return []
    columns = _who(best, places, ranks) | _money(best, places) | _ages(best, places, now)
    columns |= _funding(best, places) | _around(best, places)
    columns["reason"] = _reasons(best, places)
    return list(map(SpreadRow, *(columns[name] for name in SpreadRow.__struct_fields__)))


def _who(best: Best, places: Ints, ranks: Ints) -> dict[str, list[Any]]:
    table = best.legs.table
    coins = best.legs.coins[places]
    buy, sell = best.buy[places], best.sell[places]
    ranked = best.is_ranked[places]
    found: dict[str, list[Any]] = {
        "coin": [table.coins[coin] for coin in coins.tolist()],
        "kind": _KINDS[_PERPS[buy] + _PERPS[sell]].tolist(),
        "ranked": ranked.tolist(),
        "rank": _whole(np.where(ranked, ranks[places], np.nan)),
    }
    for side, slots in (("buy", buy), ("sell", sell)):
        found[f"{side}_exchange"] = _EXCHANGES[slots].tolist()
        found[f"{side}_market"] = _MARKETS[slots].tolist()
        found[f"{side}_symbol"] = table.symbols(coins, slots)
    return found


def _money(best: Best, places: Ints) -> dict[str, list[Any]]:
    def at(column: Column, slots: Ints) -> Floats:
        return best.legs.of(column, slots)[places]

    ask, ask_coins = at(Column.ASK, best.buy), at(Column.ASK_COINS, best.buy)
    bid, bid_coins = at(Column.BID, best.sell), at(Column.BID_COINS, best.sell)
    size = np.minimum(ask_coins, bid_coins)
    return {
        "ask": ask.tolist(),
        "ask_coins": _plain(ask_coins),
        "bid": bid.tolist(),
        "bid_coins": _plain(bid_coins),
        "executable_pct": best.executable_pct[places].tolist(),
        "indicative_pct": _plain(best.indicative_pct[places]),
        "pair_indicative_pct": _plain(best.pair_indicative_pct[places]),
        "fees_pct": best.fees_pct[places].tolist(),
        "net_pct": best.net_pct[places].tolist(),
        "size_coins": _plain(size),
        "size_usd": _plain(size * ask),
    }


def _ages(best: Best, places: Ints, now: Now) -> dict[str, list[Any]]:
    exchange_ages = best.legs.table.exchange_age_ms(now.ms)[best.legs.coins[places]]
    at = np.arange(len(places))
    ages_ms = best.legs.age_s[places] * 1000
    buy, sell = best.buy[places], best.sell[places]
    buy_ms, sell_ms = np.rint(ages_ms[at, buy]), np.rint(ages_ms[at, sell])
    return {
        "buy_age_ms": _whole(buy_ms),
        "sell_age_ms": _whole(sell_ms),
        "skew_ms": _whole(np.abs(buy_ms - sell_ms)),
        "buy_exchange_age_ms": _whole(exchange_ages[at, buy]),
        "sell_exchange_age_ms": _whole(exchange_ages[at, sell]),
    }


def _funding(best: Best, places: Ints) -> dict[str, list[Any]]:
    funding = best.funding
    found: dict[str, list[Any]] = {
        "funding_pct": _plain(funding.pct[places]),
        "net_funding_pct": _plain(funding.net_pct[places]),
        "funding_reason": [FUNDING_REASONS[reason] for reason in funding.reason[places].tolist()],
        "hold_h": _plain(funding.hold_h[places]),
        "buy_settlements": _whole(funding.buy_settlements[places]),
        "sell_settlements": _whole(funding.sell_settlements[places]),
        "breakeven_h": _plain(funding.breakeven_h[places]),
    }
    for side, slots in (("buy", best.buy), ("sell", best.sell)):
        next_ms = best.legs.of(Column.NEXT_SETTLEMENT_MS, slots)[places]
        found[f"{side}_rate"] = _plain(best.legs.of(Column.RATE, slots)[places])
        found[f"{side}_interval_h"] = _plain(best.legs.of(Column.INTERVAL_H, slots)[places])
        found[f"{side}_next_settlement_ms"] = _whole(next_ms)
    return found


def _around(best: Best, places: Ints) -> dict[str, list[Any]]:
    legs = best.legs
    coins = legs.coins[places]
    turnover = legs.table.column(Column.TURNOVER_USD)[coins]
    is_known = np.isfinite(turnover).any(axis=1)
    listed = _listed(best)[places]
    return {
        "legs": listed.sum(axis=1).tolist(),
        "fresh_legs": legs.fresh[places].sum(axis=1).tolist(),
        "exchanges": exchanges(best)[places].tolist(),
        "suspects": (~legs.trusted[places]).sum(axis=1).tolist(),
        "turnover_24h_usd": _plain(np.where(is_known, np.nansum(turnover, axis=1), np.nan)),
        "lasts": _plain(legs.table.column(Column.LAST)[coins]),
    }


def _reasons(best: Best, places: Ints) -> list[str]:
    """Why a pair does not rank: which of its legs is too old."""
    return [
        "" if ranked else _reason(best, place)
        for place, ranked in zip(places.tolist(), best.is_ranked[places].tolist(), strict=True)
    ]


def _reason(best: Best, place: int) -> str:
    slots = (int(best.buy[place]), int(best.sell[place]))
    old = [
        f"{SLOT_NAMES[slot]} is {best.legs.age_s[place, slot]:.1f} s old"
        for slot in slots
        if not best.legs.fresh[place, slot]
    ]
    return ", ".join(old)


def _plain(numbers: Floats) -> list[Any]:
    """Floats, or lists of them; None for NaN."""
    found = numbers.astype(object)
    found[np.isnan(numbers)] = None
    plain: list[Any] = found.tolist()
    return plain


def _whole(numbers: Floats) -> list[int | None]:
    """Whole numbers, None for NaN."""
    found = np.full(numbers.shape, None, dtype=object)
    known = np.isfinite(numbers)
    found[known] = np.rint(numbers[known]).astype(np.int64)
    plain: list[int | None] = found.tolist()
    return plain
