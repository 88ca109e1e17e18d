"""The signals board: spreads that stayed over the threshold for several samples.

The words alone; `detector` finds them.
"""

from enum import StrEnum

from msgspec import Struct

from tui_monitor.model import Exchange, Market


class Basis(StrEnum):
    """What is compared. EXECUTABLE: the bid of one leg with the ask of the other.

    LAST: last prices of perpetuals, the originals' rule.
    """

    EXECUTABLE = "executable"
    LAST = "last"


class Ending(StrEnum):
    """Why a spread is no longer over the threshold; UNKNOWN_PRICE: a leg has none, or has left.

    LOST: nobody saw its end, the program had ended before.
    """

    NARROWED = "under the threshold"
    TURNED = "the direction turned"
    STALE = "a leg went stale"
    QUARANTINED = "a leg is in quarantine"
    UNKNOWN_PRICE = "a leg has no price"
    GAP = "no sample for too long"
    LOST = "the program ended"


class Sample(Struct, frozen=True):
    """One look at a pair. `price_long` is the ask that is bought, `price_short` the bid sold;
    with the basis LAST both are last prices."""

    at_ms: int
    price_long: float
    price_short: float
    spread_pct: float


class Signal(Struct, frozen=True, kw_only=True):
    """Sell short at one exchange, buy at the other. `spread_pct` is that of the newest sample.

    `began_ms` is the first sample over the threshold of the run that it came from, `at_ms` that
    which made it a signal. While the run goes on `ended_ms` is None; then it is the time of the
    first sample that is no longer over it, `lasted_ms` the time between, and `ending` says why
    (after a GAP: of the last sample before it). Coin, legs and `at_ms` together name a signal;
    those of one run have `began_ms` in common.
    """

    coin: str
    short_exchange: Exchange
    short_market: Market
    long_exchange: Exchange
    long_market: Market
    price_short: float
    price_long: float
    spread_pct: float
    basis: Basis
    threshold_pct: float
    at_ms: int
    began_ms: int
    samples: list[Sample]
    ended_ms: int | None = None
    lasted_ms: int | None = None
    ending: Ending | None = None


class Run(Struct, frozen=True, kw_only=True):
    """A directed pair's stay over the threshold: `signals` of them, one after every cooldown.

    `newest` is the last of them, `observed_ms` the time of the first; `began_ms`, `ended_ms`,
    `lasted_ms` and `ending` are what its signals have in common. Of runs that were stored before
    the start only so many signals are counted as were read back.
    """

    newest: Signal
    signals: int
    began_ms: int
    observed_ms: int
    ended_ms: int | None
    lasted_ms: int | None
    ending: Ending | None

    @property
    def is_over(self) -> bool:
        """Whether it has ended, seen or unseen."""
        return self.ending is not None


class SignalsBoard(Struct, frozen=True, kw_only=True):
    """Signals newest first, and the runs that they are of, newest first by their first signal.

    Both hold `keep` at most: one long run can fill `signals`, never `runs`. `open_runs`
    pairs are over the threshold now, signal or not yet.

    `live` is False, with the `reason`, where the signals are stored ones and nobody looks for new.
    """

    board: str
    now_ms: int
    basis: Basis
    pairs: str
    threshold_pct: float
    samples: int
    every_s: float
    cooldown_s: float
    keep: int
    open_runs: int
    last_sample_ms: int | None
    signals: list[Signal]
    runs: list[Run] = []
    live: bool = True
    reason: str = ""
