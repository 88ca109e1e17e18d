"""Coverage: what history has, lacks and can't get, by day and coin; backfill jobs; the queue."""

from msgspec import Struct

from tui_monitor.model import Hole, Job


class DayCoverage(Struct, frozen=True, kw_only=True):
    """One day. Counts are coin-slots but for `nodes` (slots with at least `min_coins` valid).

    due = have + unobtainable + failed + missing.
    """

    day: str
    due: int
    have: int
    unobtainable: int
    failed: int
    missing: int
    nodes: int
    nodes_due: int
    complete_pct: float | None


class CoinCoverage(Struct, frozen=True, kw_only=True):
    """One coin over the shown days."""

    coin: str
    due: int
    have: int
    unobtainable: int
    failed: int
    missing: int
    complete_pct: float | None


class CoverageBoard(Struct, frozen=True, kw_only=True):
    """`cells`: per day (row) and coin (column) the share of due slots present, 0..1 or None."""

    board: str
    now_ms: int
    timezone: str
    first_day: str
    last_day: str
    series: str
    days: list[DayCoverage]
    coins: list[CoinCoverage]
    cells: list[list[float | None]]
    queue: list[Hole]
    holes: list[Hole]
    jobs: list[Job]
    running: "Progress | None"


class Progress(Struct, frozen=True, kw_only=True):
    """A backfill that runs now. `eta_s` is None until one page has come."""

    job: Job
    done_pct: float
    pages_per_s: float
    eta_s: float | None
