"""Makes the funding board of the market's rows and the stored settlements."""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import NamedTuple

from tui_monitor.boards.funding import (
    STALE_AFTER_S,
    FundingBoard,
    FundingCell,
    FundingPast,
    FundingRow,
    PaidSum,
)
from tui_monitor.boards.funding.intervals import (
    HOUR_MS,
    IntervalChange,
    interval_of,
    is_live_perp,
    last_settlement_ms,
)
from tui_monitor.boards.legs import Now
from tui_monitor.clock import DAY_MS
from tui_monitor.market import Key, Row
from tui_monitor.model import Exchange, PaidFunding
from tui_monitor.model.place import Alias
from tui_monitor.steps import Steps, at_once, gathered

WINDOWS_DAYS = (1, 7, 30)
UNKNOWN_SUMS = [
    PaidSum(days=days, rate=None, settlements=None, due=None, whole=False) for days in WINDOWS_DAYS
]
_HOURS_A_YEAR = 24 * 365
# Each takes some twentieth of a millisecond.
_COINS_AT_A_TIME = 60
_ORDER = {exchange: place for place, exchange in enumerate(Exchange)}


class FundingInput(NamedTuple):
    """What the board is made of, besides the rows.

    `paid` is from the store, `suspects` are the legs in quarantine with the reason, `changes`
    from `IntervalWatch`, `past` from whoever reads settled history. `aliases` are other names of
    coins.
    """

    exchanges: Sequence[Exchange]
    paid: Mapping[Key, PaidFunding] = {}
    suspects: Mapping[Key, str] = {}
    changes: Mapping[Key, IntervalChange] = {}
    past: Sequence[FundingPast] = ()
    aliases: Sequence[Alias] = ()


def funding_board(
    rows: Iterable[Row], given: FundingInput, now: Now, *, coin: str | None = None
) -> FundingBoard:
    """The board of all coins, or of one."""
    return at_once(funding_steps(rows, given, now, coin=coin))


def funding_steps(
    rows: Iterable[Row], given: FundingInput, now: Now, *, coin: str | None = None
) -> Steps[FundingBoard]:
    """The same, some coins at a time: a row that changes meanwhile counts as it is then."""
    yield
    legs = _legs(rows, given)
    yield
    all_rows = (
        _row(name, by_exchange, given, now)
        for name, by_exchange in legs.items()
        if coin is None or name == coin
    )
    made = yield from gathered(all_rows, _COINS_AT_A_TIME)
    ranked = sorted(
        (row for row in made if row.ranked), key=lambda row: (-(row.difference_apr or 0), row.coin)
    )
    rest = sorted((row for row in made if not row.ranked), key=lambda row: row.coin)
    return FundingBoard(
        board="funding",
        now_ms=now.ms,
        exchanges=list(given.exchanges),
        coins=len(legs),
        ranked=len(ranked),
        rows=[*(_with_rank(row, rank) for rank, row in enumerate(ranked, 1)), *rest],
        past=list(given.past),
    )


def rate_8h(rate: float | None, interval_h: float | None) -> float | None:
    """The rate as if it were settled every 8 hours."""
    return None if rate is None or interval_h is None else rate * 8 / interval_h


def apr(rate: float | None, interval_h: float | None) -> float | None:
    """What a year of it comes to, as a fraction; not compounded."""
    return None if rate is None or interval_h is None else rate * _HOURS_A_YEAR / interval_h


def paid_sums(paid: PaidFunding, row: Row, now_ms: int) -> list[PaidSum]:
    """The sums of 1, 7 and 30 days, each with how many settlements it has and should have."""
    late = _not_here_yet(paid, row, now_ms)
    found = []
    for days, (total, count) in zip(WINDOWS_DAYS, paid.sums, strict=True):
        asked = paid.first_ms is not None and paid.first_ms <= now_ms - days * DAY_MS
        due = count + late if asked and late is not None else None
        known = count > 0 or due == 0
        found.append(
            PaidSum(
                days=days,
                rate=total if known else None,
                settlements=count if known else None,
                due=due,
                whole=due == count,
            )
        )
    return found


def _not_here_yet(paid: PaidFunding, row: Row, now_ms: int) -> int | None:
    """Settlements that have happened since the last stored one; None if it can't be told."""
    interval_h, newest_ms = interval_of(row), last_settlement_ms(row, now_ms)
    if paid.last_ms is None or interval_h is None or newest_ms is None:
        return None
    return max(0, ceil((newest_ms - paid.last_ms) / (interval_h * HOUR_MS)))


def _legs(rows: Iterable[Row], given: FundingInput) -> dict[str, dict[Exchange, list[Row]]]:
    """The live perpetuals of each coin and exchange, those with most turnover first."""
    watched = frozenset(given.exchanges)
    found: dict[str, dict[Exchange, list[Row]]] = {}
    for row in rows:
        instrument = row.instrument
        if instrument.exchange not in watched or not is_live_perp(row):
            continue
        coin = instrument.coin
        if given.aliases:
            coin = next((one.coin for one in given.aliases if one.place.has(instrument)), coin)
        found.setdefault(coin, {}).setdefault(instrument.exchange, []).append(row)
    for by_exchange in found.values():
        for listed in by_exchange.values():
            if len(listed) > 1:
                # A suspect is shown only where there is nothing else.
                listed.sort(key=lambda row: (row.instrument.key in given.suspects, -_turnover(row)))
    return found


def _turnover(row: Row) -> float:
    return row.turnover_24h_usd or 0.0


def _row(
    coin: str, by_exchange: Mapping[Exchange, list[Row]], given: FundingInput, now: Now
) -> FundingRow:
    cells = [
        _cell(listed, given, now)
        for _, listed in sorted(by_exchange.items(), key=lambda item: _ORDER[item[0]])
    ]
    able = [cell for cell in cells if cell.apr is not None and not _why_out(cell)]
    if len(able) < 2:
        return _unranked(coin, cells)
    highest = max(able, key=_apr)
    lowest = min(able, key=_apr)
    return FundingRow(
        coin=coin,
        rank=None,
        ranked=True,
        reason="",
        difference_8h=(highest.rate_8h or 0.0) - (lowest.rate_8h or 0.0),
        difference_apr=_apr(highest) - _apr(lowest),
        short_exchange=highest.exchange,
        long_exchange=lowest.exchange,
        cells=cells,
    )


def _apr(cell: FundingCell) -> float:
    return cell.apr or 0.0


def _why_out(cell: FundingCell) -> str:
    """Why a cell can't be compared; "" if it can."""
    if cell.suspicion:
        return f"{cell.exchange.value} is in quarantine"
    if cell.rate is None:
        return f"{cell.exchange.value} has told no rate"
    if cell.interval_h is None:
        return f"{cell.exchange.value}'s interval is unknown"
    return f"{cell.exchange.value}'s rate is old" if cell.stale else ""


def _unranked(coin: str, cells: list[FundingCell]) -> FundingRow:
    reasons = [reason for reason in map(_why_out, cells) if reason]
    one = "only one exchange has it"
    return FundingRow(
        coin=coin,
        rank=None,
        ranked=False,
        reason=", ".join(reasons) if reasons and len(cells) > 1 else one,
        difference_8h=None,
        difference_apr=None,
        short_exchange=None,
        long_exchange=None,
        cells=cells,
    )


def _cell(listed: Sequence[Row], given: FundingInput, now: Now) -> FundingCell:
    row = listed[0]
    key = row.instrument.key
    interval_h = interval_of(row)
    paid, change, stamp = given.paid.get(key), given.changes.get(key), row.funding
    settled_rate, settled_ms = _settled(row, paid)
    age_ms = None if stamp is None else max(0, round((now.s - stamp.received_s) * 1000))
    return FundingCell(
        exchange=row.instrument.exchange,
        symbol=row.instrument.symbol,
        rate=row.rate,
        interval_h=interval_h,
        interval_was_h=change.was_h if change else None,
        interval_changed_ms=change.seen_ms if change else None,
        next_settlement_ms=row.next_settlement_ms,
        rate_8h=rate_8h(row.rate, interval_h),
        apr=apr(row.rate, interval_h),
        settled_rate=settled_rate,
        settled_ms=settled_ms,
        paid=paid_sums(paid, row, now.ms) if paid else UNKNOWN_SUMS,
        paid_since_ms=paid.oldest_ms if paid else None,
        age_ms=age_ms,
        stale=age_ms is None or age_ms > STALE_AFTER_S * 1000,
        suspicion=given.suspects.get(key, ""),
        others=[other.instrument.symbol for other in listed[1:]],
    )


def _settled(row: Row, paid: PaidFunding | None) -> tuple[float | None, int | None]:
    """The newest settlement that anybody told of."""
    if paid is None or paid.newest_ms is None:
        return row.settled_rate, row.settled_ms
    if row.settled_rate is None or (row.settled_ms or 0) < paid.newest_ms:
        return paid.newest_rate, paid.newest_ms
    return row.settled_rate, row.settled_ms


def _with_rank(row: FundingRow, rank: int) -> FundingRow:
    return FundingRow(
        coin=row.coin,
        rank=rank,
        ranked=True,
        reason="",
        difference_8h=row.difference_8h,
        difference_apr=row.difference_apr,
        short_exchange=row.short_exchange,
        long_exchange=row.long_exchange,
        cells=row.cells,
    )
