"""Coverage: what history has, lacks and can't get, by day and coin; backfill jobs; the queue."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from tui_monitor.model import CoverageRow, Hole, Job


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


class Day(Struct, frozen=True, kw_only=True):
    """A day to look at: how many of its slots are due and how many nodes it has."""

    name: str
    start_ms: int
    slots_due: int
    nodes: int


def days_coverage(
    days: Sequence[Day], coins: Sequence[str], rows: Sequence[CoverageRow]
) -> list[DayCoverage]:
    """Each day over all coins."""
    counts = _sum_by(rows, lambda row: row.day_start_ms)
    return [_day(day, len(coins), counts.get(day.start_ms, (0, 0, 0))) for day in days]


def coins_coverage(
    days: Sequence[Day], coins: Sequence[str], rows: Sequence[CoverageRow]
) -> list[CoinCoverage]:
    """Each coin over all days."""
    due = sum(day.slots_due for day in days)
    counts = _sum_by(rows, lambda row: row.coin)
    return [_coin(coin, due, counts.get(coin, (0, 0, 0))) for coin in coins]


def cells(
    days: Sequence[Day], coins: Sequence[str], rows: Sequence[CoverageRow]
) -> list[list[float | None]]:
    """Share of due slots present, a row a day and a column a coin; None where nothing is due."""
    have = {(row.day_start_ms, row.coin): row.have for row in rows}
    return [
        [
            have.get((day.start_ms, coin), 0) / day.slots_due if day.slots_due else None
            for coin in coins
        ]
        for day in days
    ]


def _sum_by(
    rows: Sequence[CoverageRow], key: Callable[[CoverageRow], str | int]
) -> dict[str | int, tuple[int, int, int]]:
    sums: dict[str | int, tuple[int, int, int]] = {}
    for row in rows:
        have, unobtainable, failed = sums.get(key(row), (0, 0, 0))
        sums[key(row)] = (have + row.have, unobtainable + row.unobtainable, failed + row.failed)
    return sums


def _day(day: Day, coins: int, counts: tuple[int, int, int]) -> DayCoverage:
    have, unobtainable, failed = counts
    due = day.slots_due * coins
    return DayCoverage(
        day=day.name,
        due=due,
        have=have,
        unobtainable=unobtainable,
        failed=failed,
        missing=max(0, due - have - unobtainable - failed),
        nodes=day.nodes,
        nodes_due=day.slots_due,
        complete_pct=have / due * 100 if due else None,
    )


def _coin(coin: str, due: int, counts: tuple[int, int, int]) -> CoinCoverage:
    have, unobtainable, failed = counts
    return CoinCoverage(
        coin=coin,
        due=due,
        have=have,
        unobtainable=unobtainable,
        failed=failed,
        missing=max(0, due - have - unobtainable - failed),
        complete_pct=have / due * 100 if due else None,
    )
