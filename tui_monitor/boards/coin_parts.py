"""The coin page's parts that are recomputable from stored rows alone: what was force-closed of the
coin, when it was an anomaly, and how its open interest went.
"""

from collections.abc import Collection, Mapping, Sequence
from math import fsum

from msgspec import Struct
from msgspec.structs import replace

from tui_monitor.boards.anomalies import AnomalyRow
from tui_monitor.boards.anomalies.records import anomaly_of
from tui_monitor.boards.liquidations import (
    LiquidationsBoard,
    Order,
    Total,
    VenueShare,
    VenueState,
)
from tui_monitor.boards.liquidations.build import NO_ENGINE, order_of
from tui_monitor.boards.open_interest import (
    InterestChange,
    InterestLeg,
    InterestPoint,
    InterestRow,
    LeftOut,
    OpenInterestBoard,
)
from tui_monitor.boards.open_interest.build import NEAR_MS
from tui_monitor.model import MARK_MS, AnomalyRecord, Exchange, Heard, LiquidationRow, Told

Perp = tuple[Exchange, str]


class CoinLiquidations(Struct, frozen=True, kw_only=True):
    """What the streams told of the coin from `first_ms` to before `end_ms`, an hour.

    `venues` are the exchanges that have a perpetual of it. Of a venue, `covered` is the share of
    the hour in which it was heard at all, `saturation` the share of the heard seconds in which a
    sampled one told a liquidation of this coin; `last_ms` is the coin's last one there, as far as
    `events` reach. `events` are the newest ones of the last 24 h, newest first; what REST told is
    among them and in no sum. `reason` says why there is nothing in the hour, "" where there is.
    """

    first_ms: int
    end_ms: int
    live: bool
    total: Total
    venues: list[VenueShare]
    events: list[Order]
    reason: str


class CoinAnomaly(Struct, frozen=True, kw_only=True):
    """One stored anomaly as it was judged last, at `judged_ms` (ours). `why` says it in words."""

    bar: str
    mode: str
    judged_ms: int
    why: str
    row: AnomalyRow


class CoinAnomalies(Struct, frozen=True, kw_only=True):
    """The newest of bars since `first_ms`, newest first; `reason` says why there is none."""

    first_ms: int
    newest: list[CoinAnomaly]
    reason: str


class InterestMark(Struct, frozen=True, kw_only=True, gc=False):
    """The sums of the perpetuals at a stored mark. None where one of those that are drawn has no
    sample there: a sum without it would look like a fall. `perps` have one.
    """

    at_ms: int
    coins: float | None
    usd: float | None
    perps: int


class LegChange(Struct, frozen=True, kw_only=True, gc=False):
    """What `hours` changed of one perpetual. None is unknown, and `reason` says why."""

    hours: int
    change_coins: float | None
    change_pct: float | None
    change_usd: float | None
    reason: str


class LegInterest(Struct, frozen=True, kw_only=True):
    """One perpetual's part, with its own changes over the same windows as the total's."""

    leg: InterestLeg
    changes: list[LegChange]


class CoinInterest(Struct, frozen=True, kw_only=True):
    """Open interest now, with the changes over 1, 4 and 24 h, and its stored samples.

    `total` is the coin's row of the open-interest board, None where there is none; then, or where
    the values are not of now, `reason` says why. `points` are each perpetual's
    samples from `first_ms` to before `end_ms`, `marks` their sums; both are oldest first.
    `left_out` are in no mark's sum: they have samples for too little of the time, or may be another
    coin.
    """

    live: bool
    first_ms: int
    end_ms: int
    total: InterestRow | None
    legs: list[LegInterest]
    points: list[InterestPoint]
    marks: list[InterestMark]
    left_out: list[LeftOut]
    reason: str


class CoinParts(Struct, frozen=True, kw_only=True):
    """All of them."""

    liquidations: CoinLiquidations
    anomalies: CoinAnomalies
    interest: CoinInterest


# --- liquidations ---------------------------------------------------------------------------


def coin_liquidations(
    coin: str,
    board: LiquidationsBoard,
    hour: Sequence[LiquidationRow],
    newest: Sequence[LiquidationRow],
    listed: frozenset[Exchange],
) -> CoinLiquidations:
    """`board` is of the same hour and says who was heard; `hour` are the coin's events in it.

    `newest` reach farther back. `listed` have a perpetual of the coin.
    """
    told = {row.exchange for row in hour}
    known = [one for one in board.venues if one.exchange in listed | told]
    sums = [fsum(row.usd or 0.0 for row in _streamed(hour, one.exchange)) for one in known]
    venues = [
        _venue(one, [row for row in hour if row.exchange is one.exchange], newest, fsum(sums))
        for one in known
    ]
    return CoinLiquidations(
        first_ms=board.first_ms,
        end_ms=board.end_ms,
        live=board.live,
        total=_total(venues, board),
        venues=venues,
        events=[order_of(row) for row in newest],
        reason="" if hour else _why_none(coin, venues, board),
    )


def _streamed(rows: Sequence[LiquidationRow], exchange: Exchange) -> list[LiquidationRow]:
    return [row for row in rows if row.exchange is exchange and row.heard is Heard.STREAM]


def _venue(
    board: VenueShare,
    rows: Sequence[LiquidationRow],
    newest: Sequence[LiquidationRow],
    total_usd: float,
) -> VenueShare:
    """The venue as it is, with the coin's own sums."""
    told = _streamed(rows, board.exchange)
    by_rest = [row for row in rows if row.heard is Heard.REST]
    longs, shorts = (
        fsum(row.usd or 0.0 for row in told if row.side.value == side) for side in ("long", "short")
    )
    is_known = board.covered > 0 or bool(told)
    last = max((row.exchange_ms for row in newest if row.exchange is board.exchange), default=None)
    return replace(
        board,
        long_usd=longs if is_known else None,
        short_usd=shorts if is_known else None,
        long_count=sum(row.side.value == "long" for row in told),
        short_count=sum(row.side.value == "short" for row in told),
        unsized=sum(row.usd is None for row in told),
        largest_usd=max((row.usd for row in told if row.usd is not None), default=None),
        share=(longs + shorts) / total_usd if total_usd and is_known else None,
        saturation=_saturation(board, told),
        last_ms=last,
        rest_count=len(by_rest),
        rest_usd=fsum(row.usd or 0.0 for row in by_rest),
    )


def _saturation(board: VenueShare, told: Sequence[LiquidationRow]) -> float | None:
    """The board's counts any coin: its own seconds tell how many seconds were heard."""
    heard_s = board.covered * 3_600
    if board.told is Told.FULL or not heard_s:
        return None
    return min(1.0, len({row.exchange_ms // 1_000 for row in told}) / heard_s)


def _total(venues: Sequence[VenueShare], board: LiquidationsBoard) -> Total:
    known = [one for one in venues if one.long_usd is not None]
    longs = fsum(one.long_usd or 0.0 for one in known)
    shorts = fsum(one.short_usd or 0.0 for one in known)
    covered = fsum(one.covered for one in venues) / len(venues) if venues else 0.0
    return Total(
        hours=board.window.hours,
        long_usd=longs if known else None,
        short_usd=shorts if known else None,
        total_usd=longs + shorts if known else None,
        count=sum(one.long_count + one.short_count for one in venues),
        unsized=sum(one.unsized for one in venues),
        largest_usd=max((one.largest_usd for one in venues if one.largest_usd), default=None),
        ratio=longs / shorts if shorts else None,
        covered=covered,
        is_lower_bound=covered < 1 or any(one.told is Told.SAMPLED for one in venues),
    )


def _why_none(coin: str, venues: Sequence[VenueShare], board: LiquidationsBoard) -> str:
    """In words that hold whatever the time: the page says when the last one was."""
    minutes = (board.end_ms - board.first_ms) // 60_000
    if not venues:
        found = f"no exchange that tells of liquidations has a perpetual of {coin}"
        return found if board.live else f"nothing was heard of {coin} · {NO_ENGINE}"
    is_deaf = not any(one.covered for one in venues)
    said = [f"{'nobody was heard' if is_deaf else f'no liquidation of {coin}'} in {minutes} min"]
    said += [f"{one.exchange} silent" for one in venues if one.state is VenueState.SILENT]
    said += [
        f"{one.exchange} sampled"
        for one in venues
        if one.told is Told.SAMPLED and one.state is not VenueState.SILENT
    ]
    return " · ".join([*said, *([] if board.live else [NO_ENGINE])])


# --- anomalies ------------------------------------------------------------------------------


def coin_anomalies(records: Sequence[AnomalyRecord], first_ms: int, why_none: str) -> CoinAnomalies:
    """`records` newest first; `why_none` is said where there are none."""
    found = []
    for record in records:
        kept = anomaly_of(record)
        if kept is not None:
            one = kept.explanation
            found.append(
                CoinAnomaly(
                    bar=one.bar,
                    mode=one.mode,
                    judged_ms=kept.judged_ms,
                    why=one.why,
                    row=kept.row,
                )
            )
    lost = len(records) - len(found)
    why = f"{lost} {'is' if lost == 1 else 'are'} stored and can't be read" if lost else why_none
    return CoinAnomalies(first_ms=first_ms, newest=found, reason="" if found else why)


# --- open interest --------------------------------------------------------------------------


def coin_interest(
    coin: str, board: OpenInterestBoard, points: Sequence[InterestPoint], span_ms: tuple[int, int]
) -> CoinInterest:
    """`points` are the coin's samples, which may begin before the span so that windows do."""
    total = next((row for row in board.rows if row.coin == coin), None)
    legs = [] if total is None else total.legs
    shown = [one for one in points if span_ms[0] <= one.at_ms < span_ms[1]]
    perps = {(leg.exchange, leg.symbol): leg.suspicion for leg in legs}
    marks, left_out = interest_marks(shown, perps or dict.fromkeys(_perps(shown), ""))
    said = ["" if total else f"no exchange tells an open interest of {coin} now", board.reason]
    return CoinInterest(
        live=board.live,
        first_ms=span_ms[0],
        end_ms=span_ms[1],
        total=total,
        legs=[_leg(one, total.changes, points) for one in legs] if total else [],
        points=shown,
        marks=marks,
        left_out=left_out,
        reason=" · ".join(one for one in said if one),
    )


def _perps(points: Sequence[InterestPoint]) -> list[Perp]:
    """Those that are stored, where nobody tells of any now."""
    return sorted({(one.exchange, one.symbol) for one in points})


def _leg(
    leg: InterestLeg, changes: Sequence[InterestChange], points: Sequence[InterestPoint]
) -> LegInterest:
    own = [one for one in points if (one.exchange, one.symbol) == (leg.exchange, leg.symbol)]
    return LegInterest(leg=leg, changes=[_leg_change(leg, change, own) for change in changes])


def _leg_change(
    leg: InterestLeg, change: InterestChange, points: Sequence[InterestPoint]
) -> LegChange:
    """As the total's: a perpetual that does not count there has no change here."""
    out = [one.reason for one in change.left_out if _is_of(one, leg)]
    near = [one for one in points if abs(one.at_ms - change.from_ms) <= NEAR_MS]
    then = min(near, key=lambda one: abs(one.at_ms - change.from_ms), default=None)
    if out or then is None or leg.coins is None:
        reason = next(iter(out), "") or leg.reason or "no sample at its start"
        return _no_change(change.hours, reason)
    is_priced = leg.usd is not None and then.usd is not None
    return LegChange(
        hours=change.hours,
        change_coins=leg.coins - then.coins,
        change_pct=(leg.coins - then.coins) / then.coins * 100 if then.coins else None,
        change_usd=(leg.usd or 0.0) - (then.usd or 0.0) if is_priced else None,
        reason="" if then.coins else "it was 0",
    )


def _is_of(one: LeftOut, leg: InterestLeg) -> bool:
    return (one.exchange, one.symbol) == (leg.exchange, leg.symbol)


def _no_change(hours: int, reason: str) -> LegChange:
    return LegChange(
        hours=hours, change_coins=None, change_pct=None, change_usd=None, reason=reason
    )


def interest_marks(
    points: Sequence[InterestPoint], perps: Mapping[Perp, str]
) -> tuple[list[InterestMark], list[LeftOut]]:
    """The sums at each mark, oldest first, and who is in none of them.

    `perps` are those of now, each with the reason why it may be another coin, "" for none. One
    that came lately would hide what the others did before: it is left out as long as it has
    samples for less than half of the time, unless all have.
    """
    by_mark: dict[int, dict[Perp, InterestPoint]] = {}
    for one in points:
        by_mark.setdefault(one.at_ms, {})[one.exchange, one.symbol] = one
    marks = sorted(by_mark)
    sampled = {perp: sum(perp in by_mark[at_ms] for at_ms in marks) for perp in perps}
    able = [perp for perp, suspicion in perps.items() if not suspicion and sampled[perp]]
    long = [perp for perp in able if sampled[perp] * 2 >= len(marks)]
    wanted = long or able
    out = [
        LeftOut(exchange=perp[0], symbol=perp[1], reason=why or _why_short(sampled[perp]))
        for perp, why in perps.items()
        if perp not in wanted
    ]
    return [_mark(at_ms, by_mark[at_ms], wanted) for at_ms in marks] if wanted else [], out


def _why_short(samples: int) -> str:
    hours = samples * MARK_MS / 3_600_000
    return f"sampled for {hours:.1f} h of it" if samples else "no sample of it is stored"


def _mark(
    at_ms: int, found: Mapping[Perp, InterestPoint], wanted: Collection[Perp]
) -> InterestMark:
    there = [found[perp] for perp in wanted if perp in found]
    is_whole = len(there) == len(wanted)
    values = [one.usd for one in there if one.usd is not None]
    return InterestMark(
        at_ms=at_ms,
        coins=fsum(one.coins for one in there) if is_whole else None,
        usd=fsum(values) if is_whole and len(values) == len(there) else None,
        perps=len(there),
    )
