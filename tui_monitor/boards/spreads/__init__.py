"""The spreads board: where a coin is cheap, where it is dear, and what is left after costs.

For a pair of legs, one bought at its ask and one sold at its bid:

* `executable_pct = (bid_sell − ask_buy) / ask_buy × 100`
* `fees_pct = 2 × (taker fee of the buy leg + taker fee of the sell leg)`: in and out again
* `net_pct = executable_pct − fees_pct`
* `funding_pct`: what both legs settle while the pair is held until each has settled at least
  once (`hold_h`). A bought perpetual pays its rate, a sold one receives it; a leg of a shorter
  interval settles more than once (`buy_settlements`, `sell_settlements`), at the rate of now.
* `net_funding_pct = net_pct + funding_pct`
* `breakeven_h`: hours until the funding difference has paid what of the fees the spread does
  not: `−net_pct / (per-hour rate of the sell leg − that of the buy leg)`. 0 where the spread pays
  them alone, None where the difference is against us or unknown.

Of all pairs the one with the largest `executable_pct` is shown. The words alone: `best` has the
numbers, `rows` makes the board.
"""

from enum import StrEnum

from msgspec import Struct

from tui_monitor.boards.same_coin import Suspect
from tui_monitor.model import Exchange, Market, SpreadTime

OVER_PCT = 0.1


class Kind(StrEnum):
    """Which legs are paired. SPOT_PERP also pairs the two markets of one exchange."""

    ALL = "all"
    PERP_PERP = "perp-perp"
    SPOT_PERP = "spot-perp"
    SPOT_SPOT = "spot-spot"


class Filter(StrEnum):
    """Which coins are shown.

    OVER: executable at least 0.1 %. SEVERAL: legs on two exchanges or more. FUNDING: a perpetual
    is in the pair and what it settles is known. MAJORS: those of `spreads.majors`.
    """

    ALL = "all"
    OVER = "over"
    SEVERAL = "several"
    FUNDING = "funding"
    MAJORS = "majors"


class SpreadRow(Struct, frozen=True):
    """The best pair of one coin. None is unknown.

    `ranked`: both legs are fresh. Otherwise `reason` says why not, `rank` is None, and the pair
    is the best of what is there, to be shown grey. `rank` begins at 1 and is by `executable_pct`.

    `indicative_pct` is from last prices: (max − min) / min over all of the coin's legs;
    `pair_indicative_pct` the same of this pair, (last_sell − last_buy) / last_buy. None without
    two last prices, and legs that are silent don't count. `funding_reason` says why
    `net_funding_pct` is None, `funding_pct` is 0 between two spot legs.

    `size_coins` is what both tops of the book have, `size_usd` its cost at the ask.

    Ages are of the books, since arrival or confirmation; `skew_ms` is the difference of the two.
    `…_exchange_age_ms` is since the exchange's own time. `lasts` are the last prices per slot, in
    the order of the board's `slots`, whatever their age. `legs` are all that the coin has,
    `fresh_legs` can rank, `suspects` are in quarantine, `exchanges` says on how many exchanges it
    has one.
    """

    coin: str
    rank: int | None
    kind: Kind
    buy_exchange: Exchange
    buy_market: Market
    buy_symbol: str
    ask: float
    ask_coins: float | None
    sell_exchange: Exchange
    sell_market: Market
    sell_symbol: str
    bid: float
    bid_coins: float | None
    executable_pct: float
    indicative_pct: float | None
    pair_indicative_pct: float | None
    fees_pct: float
    net_pct: float
    funding_pct: float | None
    net_funding_pct: float | None
    funding_reason: str
    hold_h: float | None
    buy_settlements: int | None
    sell_settlements: int | None
    breakeven_h: float | None
    buy_rate: float | None
    buy_interval_h: float | None
    buy_next_settlement_ms: int | None
    sell_rate: float | None
    sell_interval_h: float | None
    sell_next_settlement_ms: int | None
    size_coins: float | None
    size_usd: float | None
    buy_age_ms: int
    sell_age_ms: int
    skew_ms: int
    buy_exchange_age_ms: int | None
    sell_exchange_age_ms: int | None
    ranked: bool
    reason: str
    legs: int
    fresh_legs: int
    exchanges: int
    suspects: int
    turnover_24h_usd: float | None
    lasts: list[float | None]


class SpreadsBoard(Struct, frozen=True, kw_only=True):
    """The whole board: rows that rank first, by executable spread, then the grey ones.

    `slots` are "binance perp" and so on, in the order of `lasts`. `fees_pct` are the taker fees
    in that order. `coins` have two legs or more of this kind, `ranked` of them rank, before any
    filter; `matching` pass the filter, of which `rows` may hold the first ones only.

    `over_24h` tells of how long and how often coins stood at `threshold_pct` or over it in the
    last 24 h; who isn't in it never did, in the `watched_24h_min` minutes that were looked at.
    `reason` says why there are no rows where nobody watches the market.
    """

    board: str
    now_ms: int
    kind: Kind
    filter: Filter
    coin: str | None
    max_age_s: float
    slots: list[str]
    fees_pct: list[float]
    coins: int
    ranked: int
    matching: int
    rows: list[SpreadRow]
    quarantine: list[Suspect]
    threshold_pct: float | None = None
    over_24h: list[SpreadTime] = []
    watched_24h_min: int | None = None
    live: bool = True
    reason: str = ""
