"""The open-interest board: where positions grow and shrink, measured, over all exchanges.

Open interest is single-sided everywhere: a contract between two parties counts once.

* `coins` and `usd` of a coin are the sums over its perpetuals; `usd = coins x mark price`.
* A window's change compares now with our sample, or the exchange's own record, at its start. Only
  perpetuals that have a value at both ends count; the others are named with the reason.
* `change_coins` and `change_pct` are of coins, so that a price move alone does not change them;
  `change_usd` is the value now minus the value then.
* A step that is a change of how an exchange counts, not of positions, is a `MethodJump`; the
  windows that contain it leave its perpetual out.
* The account ratio is the share of *accounts* that are long, not of positions.

The words alone: `build` makes the board, `jumps` tells method from positions.
"""

from enum import StrEnum

from msgspec import Struct

from tui_monitor.model import Exchange, InterestSource

WINDOWS_H = (1, 4, 24)
"""The lengths of the windows, in hours."""


class RankedBy(StrEnum):
    """What the first row has most of: the absolute change of USD in the window, or USD."""

    CHANGE = "change"
    SIZE = "size"


class InterestLeg(Struct, frozen=True, kw_only=True, gc=False):
    """One perpetual now. None is unknown, and `reason` says why there is no value.

    `share_pct` is of the coin's USD. `stale`: too old to be compared, but still in the sum.
    `suspicion` is why it may be another coin, "" for none: then it is in no sum.
    `long_accounts_pct` is the account ratio as a share, of `ratio_ms`.
    """

    exchange: Exchange
    symbol: str
    coins: float | None
    usd: float | None
    share_pct: float | None
    age_ms: int | None
    stale: bool
    reason: str
    suspicion: str
    long_accounts_pct: float | None
    ratio_ms: int | None


class Share(Struct, frozen=True, kw_only=True, gc=False):
    """An exchange's part of a coin's open interest."""

    exchange: Exchange
    usd: float
    pct: float


class LeftOut(Struct, frozen=True, kw_only=True, gc=False):
    """A perpetual that does not count in a window, and why."""

    exchange: Exchange
    symbol: str
    reason: str


class InterestChange(Struct, frozen=True, kw_only=True, gc=False):
    """What a window of `hours` changed. None is unknown, and `reason` says why.

    `from_ms` is the time that is compared with. `coins_then`, `coins_now`, `usd_then` and
    `usd_now` are of the perpetuals that count: they need not be the row's. `price_change_pct` is
    over the same time, of the largest of them.
    """

    hours: int
    from_ms: int
    exchanges: list[Exchange]
    left_out: list[LeftOut]
    coins_then: float | None
    coins_now: float | None
    change_coins: float | None
    change_pct: float | None
    usd_then: float | None
    usd_now: float | None
    change_usd: float | None
    price_change_pct: float | None
    reason: str


class MethodJump(Struct, frozen=True, kw_only=True, gc=False):
    """A step between two samples that is none of positions: by `factor`, at `at_ms`."""

    exchange: Exchange
    symbol: str
    at_ms: int
    factor: float
    text: str


class InterestRow(Struct, frozen=True, kw_only=True, gc=False):
    """One coin. `rank` begins at 1; None where the window has no change, and `reason` says why.

    `changes` are those of `WINDOWS_H`, in that order. `age_ms` is that of the oldest value in the
    sums. `long_accounts_pct` weighs each exchange's ratio with its open interest there;
    `net_long_coins` and `net_short_coins` are `coins` divided by it.
    """

    rank: int | None
    coin: str
    coins: float | None
    usd: float | None
    age_ms: int | None
    shares: list[Share]
    legs: list[InterestLeg]
    changes: list[InterestChange]
    jumps: list[MethodJump]
    long_accounts_pct: float | None
    net_long_coins: float | None
    net_short_coins: float | None
    reason: str

    def change(self, hours: int) -> InterestChange:
        """That of a window."""
        return next(one for one in self.changes if one.hours == hours)

    def remarks(self, hours: int) -> list[str]:
        """What a reader of a window must know: changes of method, who is left out, why no rank."""
        change = self.change(hours)
        if change.reason:
            told = {change.reason}
            left = [change.reason]
        else:
            told = {out.reason for out in change.left_out}
            left = [f"without {out.exchange}: {out.reason}" for out in change.left_out]
        jumps = [f"{jump.exchange} {jump.text}" for jump in self.jumps if jump.text not in told]
        return [*jumps, *left] or [self.reason] * bool(self.reason)


class InterestPast(Struct, frozen=True, kw_only=True):
    """How far an exchange's own record of the last 24 h is: `asked` of `wanted` perpetuals.

    `note` says why it is not asked, `error` why the last request failed; "" for neither.
    `ratios` is how many account ratios are known.
    """

    exchange: Exchange
    perps: int
    wanted: int
    asked: int
    ratios: int
    note: str
    error: str


class OpenInterestBoard(Struct, frozen=True, kw_only=True):
    """The whole board: rows that rank first, then the others by size.

    `hours` and `by` are what the rank is of. `usd` is the sum of all rows; `sampled_ms` is the
    newest stored sample. `live`: the values are of now, else of `sampled_ms`, and `reason` says
    why.
    """

    board: str
    now_ms: int
    live: bool
    reason: str
    hours: int
    by: RankedBy
    exchanges: list[Exchange]
    coins: int
    ranked: int
    usd: float | None
    sampled_ms: int | None
    rows: list[InterestRow]
    past: list[InterestPast]


class InterestPoint(Struct, frozen=True, kw_only=True, gc=False):
    """One stored sample of a coin's perpetual, for the coin page."""

    exchange: Exchange
    symbol: str
    at_ms: int
    coins: float
    usd: float | None
    source: InterestSource
