"""The open-interest board: where positions grow and shrink, measured, over all exchanges.

Open interest is single-sided everywhere: a contract between two parties counts once.

* `coins` and `usd` of a coin are the sums over its perpetuals; `usd = coins x mark price`. Whoever
  lists the coin and has not told its part is in `missing`: the sum is a part then, and says so.
* A window's change compares now with our sample, or the exchange's own record, at its start. Only
  perpetuals that have a value at both ends count; the others are named with the reason.
* `change_coins` and `change_pct` are of coins, so that a price move alone does not change them;
  `change_usd` is the value now minus the value then.
* A step that is a change of how an exchange counts, not of positions, is a `MethodJump`; the
  windows that contain it leave its perpetual out. The sum now still has it, and says so.
* The account ratio is the share of *accounts* that are long, not of positions.

The words alone: `build` makes the board, `jumps` tells method from positions.
"""

from collections.abc import Sequence
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
    `suspicion` is why it may be another coin, "" for none: then it is in no sum. `recounted` is how
    it is counted another way since less than a day, "" for none: the sum has it nevertheless.
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
    recounted: str
    long_accounts_pct: float | None
    ratio_ms: int | None


class Share(Struct, frozen=True, kw_only=True, gc=False):
    """An exchange's part of a coin's open interest."""

    exchange: Exchange
    usd: float
    pct: float


class LeftOut(Struct, frozen=True, kw_only=True, gc=False):
    """A perpetual that is not in a sum or does not count in a window, and why.

    `symbol` is "" where not even the exchange's list is known.
    """

    exchange: Exchange
    symbol: str
    reason: str


class InterestChange(Struct, frozen=True, kw_only=True, gc=False):
    """What a window of `hours` changed. None is unknown, and `reason` says why.

    `from_ms` is the time that is compared with. `coins_then`, `coins_now`, `usd_then` and
    `usd_now` are of the perpetuals that count: they need not be the row's. `price_then` and
    `price_now` are the mark prices of the largest of them at both ends, or of the largest elsewhere
    where none of them had a price; `price_exchange` is that one's. What had no price is valued as
    if its price had moved the same way.
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
    price_then: float | None
    price_now: float | None
    price_change_pct: float | None
    price_exchange: Exchange | None
    reason: str

    @property
    def borrowed(self) -> str:
        """Whose price it is where it is of none of those that count; "" else."""
        if self.price_exchange is None or self.price_exchange in self.exchanges:
            return ""
        return f"price of {self.hours} h ago: as {self.price_exchange}'s moved"


class MethodJump(Struct, frozen=True, kw_only=True, gc=False):
    """A step that is none of positions: from `coins_then` of `from_ms` to `coins_now` of `at_ms`.

    `factor` is the one divided by the other.
    """

    exchange: Exchange
    symbol: str
    from_ms: int
    at_ms: int
    coins_then: float
    coins_now: float
    factor: float
    text: str


class InterestRow(Struct, frozen=True, kw_only=True, gc=False):
    """One coin. `rank` begins at 1; None where the window has no change, and `reason` says why.

    `exchanges` are those in the sums; `missing` are the perpetuals that may have some and have told
    none, so that `coins`, `usd`, the shares and a rank by size are of a part; `stale` are those in
    the sums whose value is old, or of before the start. `changes` are those of `WINDOWS_H`, in that
    order. `age_ms` is that of the oldest value in the sums. `long_accounts_pct` weighs each
    exchange's ratio with its open interest there; `net_long_coins` and `net_short_coins` are
    `coins` divided by it.
    """

    rank: int | None
    coin: str
    coins: float | None
    usd: float | None
    age_ms: int | None
    exchanges: list[Exchange]
    missing: list[LeftOut]
    stale: list[LeftOut]
    shares: list[Share]
    legs: list[InterestLeg]
    changes: list[InterestChange]
    jumps: list[MethodJump]
    long_accounts_pct: float | None
    net_long_coins: float | None
    net_short_coins: float | None
    reason: str

    @property
    def is_partial(self) -> bool:
        """Whether somebody's part is not in the sums."""
        return bool(self.missing)

    @property
    def is_rough(self) -> bool:
        """Whether somebody's part is not in the sums, or not the one of now."""
        return bool(self.missing or self.stale)

    @property
    def told(self) -> str:
        """`3/4`: how many of the exchanges that may have some are in the sums."""
        return f"{len(self.exchanges)}/{self.told_of}"

    @property
    def told_of(self) -> int:
        """How many exchanges may have some."""
        return len({*self.exchanges, *(one.exchange for one in self.missing)})

    def change(self, hours: int) -> InterestChange:
        """That of a window."""
        return next(one for one in self.changes if one.hours == hours)

    def remarks(self, hours: int) -> list[str]:
        """What a reader must know: changes of method, who is in no sum or change, and why."""
        jumps = [f"{self.where_is(one, hours)}: {one.text}" for one in self.jumps]
        return [*jumps, *self.gaps(hours)] or [self.reason] * bool(self.reason)

    def where_is(self, jump: MethodJump, hours: int) -> str:
        """Which figures a perpetual that is counted another way since is in."""
        out = {(one.exchange, one.symbol) for one in self.change(hours).left_out}
        if (jump.exchange, jump.symbol) not in out:
            return jump.exchange.value
        return f"sum with {jump.exchange}, change without it"

    def gaps(self, hours: int) -> list[str]:
        """Who is in no sum, or in no change of a window, and why; without changes of method."""
        change = self.change(hours)
        told = {one.reason for one in (*self.missing, *self.stale)}
        told |= {jump.text for jump in self.jumps}
        left = [one for one in change.left_out if one.reason not in told]
        return [
            *_grouped("sum without", self.missing),
            *_grouped("sum with an old value of", self.stale),
            *([] if change.reason else _grouped("change without", left)),
            *([change.reason] if change.reason and change.reason not in told else []),
            *([change.borrowed] if change.borrowed else []),
        ]


def _grouped(prefix: str, left: Sequence[LeftOut]) -> list[str]:
    """Those with one reason together: `sum without okx, bybit: why`."""
    names: dict[str, dict[str, None]] = {}
    for one in left:
        names.setdefault(one.reason, {})[one.exchange.value] = None
    return [f"{prefix} {', '.join(some)}: {reason}" for reason, some in names.items()]


class Told(Struct, frozen=True, kw_only=True, gc=False):
    """How many of an exchange's live perpetuals have told their open interest since the start.

    `stale` values are old, or of before the start. `reason` says why not even their number is
    known, "" where it is.
    """

    exchange: Exchange
    perps: int
    told: int
    stale: int
    reason: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.reason and self.told == self.perps

    @property
    def text(self) -> str:
        """`binance 34 of 541`."""
        return f"{self.exchange}: {self.reason}" if self.reason else self._numbers

    @property
    def _numbers(self) -> str:
        return f"{self.exchange} {self.told} of {self.perps}"


class InterestPast(Struct, frozen=True, kw_only=True):
    """How an exchange's own record of the last 24 h is read.

    Of `wanted` perpetuals `asked` are here as far as can be had. Just now `reading` histories are
    asked for, of which `read` have come; 0 where there is nothing to ask. `wait_s` is for how long
    the exchange is left alone first, and `waits_for` why.
    `note` says why it is not asked, `error` why the last request failed; "" for neither.
    `ratios` is how many account ratios are known. `listed`: its list of perpetuals is known.
    """

    exchange: Exchange
    listed: bool
    perps: int
    wanted: int
    asked: int
    reading: int
    read: int
    wait_s: float
    waits_for: str
    ratios: int
    note: str
    error: str

    @property
    def text(self) -> str:
        """What is being asked now, in words; "" where nothing is."""
        if not self.reading:
            return ""
        text = f"reading {self.read} of {self.reading} histories from {self.exchange}"
        return f"{text}, waits {self.wait_s:.0f} s: {self.waits_for}" if self.wait_s > 0 else text


class OpenInterestBoard(Struct, frozen=True, kw_only=True):
    """The whole board: rows that rank first, then the others by size.

    `hours` and `by` are what the rank is of. `usd` is the sum of the rows' USD: of `partial` of
    them somebody's part is missing, and `jumped` have a value that is counted another way since.
    `told` says of each exchange how much of it is known. `sampled_ms` is the newest stored sample.
    `live`: the values are of now, else of `sampled_ms`, and `reason` says why; it also says why
    there are no rows.
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
    partial: int
    jumped: int
    told: list[Told]
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
