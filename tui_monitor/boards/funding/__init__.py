"""The funding board: what each exchange's perpetual of a coin pays, and where they differ.

Every rate is a fraction (0.0001 is 0.01 %): paid by longs to shorts where it is positive, by
shorts to longs where it is negative, at each settlement on the position's value.

* `rate` is predicted: it settles at `next_settlement_ms` and may change until then.
* `settled_rate` was paid at `settled_ms`.
* `rate_8h = rate × 8 / interval_h`, `apr = rate × 24 / interval_h × 365` (simple, not compounded).
  Where the interval is not known there is neither.
* `difference_8h` and `difference_apr` are the highest minus the lowest of a coin: whoever is
  short at `short_exchange` and long at `long_exchange` receives it while the rates last.

The words alone: `build` makes the board, `intervals` notices intervals that change.
"""

from msgspec import Struct

from tui_monitor.model import Exchange

STALE_AFTER_S = 180.0


class PaidSum(Struct, frozen=True, kw_only=True, gc=False):
    """What was settled in the last `days`: the sum of `settlements` rates.

    Both are None while none of them is stored, unless it is known that nothing was settled.
    `due` is how many there are to be: None where it can't be told, because the interval is
    unknown or not all of the time has been asked for. `whole`: all of them are in the sum.
    """

    days: int
    rate: float | None
    settlements: int | None
    due: int | None
    whole: bool


class FundingCell(Struct, frozen=True, kw_only=True, gc=False):
    """One perpetual. None is unknown.

    `interval_was_h` is the interval before the last change that was seen, `interval_changed_ms`
    when that was seen. `age_ms` is since the rate was last told, `stale`: too long ago. `paid` has
    one sum for each of 1, 7 and 30 days; `paid_since_ms` is the first settlement that is stored.
    `suspicion` is why it may be another coin, "" for none. `others` are further symbols of the
    coin on the exchange, with less turnover.
    """

    exchange: Exchange
    symbol: str
    rate: float | None
    interval_h: float | None
    interval_was_h: float | None
    interval_changed_ms: int | None
    next_settlement_ms: int | None
    rate_8h: float | None
    apr: float | None
    settled_rate: float | None
    settled_ms: int | None
    paid: list[PaidSum]
    paid_since_ms: int | None
    age_ms: int | None
    stale: bool
    suspicion: str
    others: list[str]


class FundingRow(Struct, frozen=True, kw_only=True, gc=False):
    """One coin, its perpetuals in the exchanges' order.

    `ranked`: two exchanges or more can be compared. Otherwise `reason` says why not, and `rank`
    is None. `rank` begins at 1 and is by `difference_apr`.
    """

    coin: str
    rank: int | None
    ranked: bool
    reason: str
    difference_8h: float | None
    difference_apr: float | None
    short_exchange: Exchange | None
    long_exchange: Exchange | None
    cells: list[FundingCell]


class FundingPast(Struct, frozen=True, kw_only=True):
    """How far the settled history of an exchange is: `asked` of its `perps` were, `due` are next.

    `error` is why the last request failed, "" after one that did not.
    """

    exchange: Exchange
    perps: int
    asked: int
    due: int
    error: str


class FundingBoard(Struct, frozen=True, kw_only=True):
    """The whole board: rows that rank first, by the difference of APRs, then the others by name.

    `exchanges` are those that are watched; `coins` have a live perpetual, `ranked` of them rank.
    """

    board: str
    now_ms: int
    exchanges: list[Exchange]
    coins: int
    ranked: int
    rows: list[FundingRow]
    past: list[FundingPast]
