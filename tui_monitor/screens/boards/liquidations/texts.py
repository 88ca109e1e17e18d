"""The liquidations board's texts: headline, trend, statistics, charts, help. Pure."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.style import Style

from tui_monitor.boards.liquidations import (
    Indices,
    Level,
    LiquidationsBoard,
    Statistics,
    Total,
)
from tui_monitor.boards.liquidations.statistics import statistics as figures
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import Told
from tui_monitor.screens.boards.liquidations.rows import silence
from tui_monitor.screens.boards.read_words import of_minutes
from tui_monitor.screens.looks.format import ABSENT, ShownZone, ago, count, round_amount
from tui_monitor.screens.looks.format import share as percent
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.bars import Bar, Bars
from tui_monitor.screens.widgets.curve import Chart
from tui_monitor.screens.widgets.line import Piece
from tui_monitor.screens.widgets.spark import sparkline
from tui_monitor.words import t, told

GUTTER = 7
# Above this much of the highest value a threshold is no help.
_IN_RANGE = 1.1
_LEAST_SPARK = 6
_MARKS = ("▵", "◆", "✹")

HELP = (
    "The curve is what was liquidated in the hour that ends with each minute, in USD; the bars "
    "below are single steps: shorts bought back above the line, longs sold below it. Over days "
    "whose steps are longer than a minute the curve is of the steps themselves.",
    "Side is the position's: a liquidated long is a forced sale.",
    "A venue is full (Bybit tells all) or sampled (Binance: the latest of an instrument in a "
    "second; Bitget: the largest of each side; OKX may leave some out). A sum with a sampled venue "
    "in it, or with time in which one was not heard, is a lower bound and says ≥.",
    "Nobody heard is a gap, not zero: the curve breaks, and the line between the bars ends. It is "
    "dashed where only some venues were heard. What REST tells of a gap afterwards is among the "
    "orders and in no sum.",
    "A past window in which nobody was heard, but of which the aggregate source told (imported "
    "records, too), has its hourly sums as the curve, and says so.",
    "wash index = 24 h USD / open interest USD x 100, with the single-sided open interest of all "
    "four exchanges' perpetuals.",
    "panic index = liquidated people (10,000) / open positions (100 million USD), of the aggregate "
    "source alone ([liquidations] aggregate_url); x 100 it is low under 5, medium under 10, else "
    "high. Exchanges publish no head-count, and none is made up.",
    "mean, max, min, deviation (population) and variation (deviation / mean) are of what is drawn.",
    "+ and - choose 1, 3, 6, 12 or 24 hours, = the last hour; [ ] and d lead to past days.",
    "Sources: Binance !forceOrder@arr, OKX liquidation-orders, Bybit allLiquidation, Bitget v3 "
    "liquidation. 1 USDT is taken as 1 USD.",
)


def title(board: LiquidationsBoard) -> str:
    """The window shown."""
    if board.hours is not None:
        return t("last {hours} h", hours=board.hours)
    if board.first_day == board.last_day:
        return board.first_day
    return t("{first} to {last}", first=board.first_day, last=board.last_day)


def of_hours(total: Total) -> str:
    """`24 h `, before a sum."""
    return t("{hours} h ", hours=total.hours)


def money(total: Total) -> str:
    """`≥12.3M`."""
    return ("≥" if total.is_lower_bound and total.total_usd is not None else "") + count(
        total.total_usd
    )


def headline(board: LiquidationsBoard, looks: Looks) -> list[list[Piece]]:
    """The totals, then the indices, the most important first."""
    groups: list[list[Piece]] = [[(title(board), looks.title)]]
    quiet = silence(board.venues, board.now_ms)
    if not board.live and board.hours is not None:
        groups.append([(t("stored, no engine runs"), looks.warn)])
    if board.hours is None:
        groups.append([(t("total "), looks.faint), (money(board.window), looks.liquidation)])
    else:
        groups += [
            [(of_hours(total), looks.faint), (money(total), looks.liquidation)]
            for total in board.totals
        ]
    if quiet:
        groups.append([(quiet, looks.bad)])
    if is_told(board):
        said = t("1 h sums of the aggregate source, none our own")
        groups.append([(said, looks.warn)])
        return groups
    groups.append(_sides(board.window, looks))
    groups.append(_heard(board.window, looks))
    if board.hours is not None:
        groups.append(_interest(board.indices, looks))
    return groups


def _sides(total: Total, looks: Looks) -> list[Piece]:
    pieces = [
        (t("long "), looks.faint),
        (f"▾{count(total.long_usd)}", looks.down),
        (t(" short "), looks.faint),
        (f"▴{count(total.short_usd)}", looks.up),
    ]
    if total.ratio is not None:
        pieces.append((t(" ratio {ratio}", ratio=f"{total.ratio:.2f}"), looks.dim))
    return pieces


def _heard(total: Total, looks: Looks) -> list[Piece]:
    style = looks.text if total.covered >= 1 else looks.warn
    return [(t("heard "), looks.faint), (percent(total.covered * 100), style)]


def _interest(indices: Indices, looks: Looks) -> list[Piece]:
    record = indices.record
    interest = None if record is None else record.open_interest_usd
    return [(t("OI "), looks.faint), (count(interest), looks.text)]


def _age(age_ms: int | None) -> str:
    if age_ms is None:
        return t("of unknown age")
    return t("{minutes} min old", minutes=age_ms // 60_000)


# Less is no different from nothing; from a hundred on no digit after the point says anything.
_LEAST_PCT = 0.001
_A_HUNDRED_PCT = 100


def _pct(value: float | None) -> str:
    """A share without sign; what is not nothing is never 0."""
    if value is None:
        return ABSENT
    if 0 < value < _LEAST_PCT:
        return f"<{_LEAST_PCT} %"
    return f"{value:,.0f} %" if value >= _A_HUNDRED_PCT else f"{value:.3g} %"


def trend(board: LiquidationsBoard, looks: Looks, width: int) -> list[Piece]:
    """The indices: their newest values, and sparklines over the time of the curve."""
    heads = [_wash(board, looks)]
    rows = [[(one.at_ms, one.wash_index_pct) for one in board.trend]]
    panic = [(one.at_ms, one.panic_index) for one in board.trend]
    if board.indices.aggregate.is_on or any(value is not None for _, value in panic):
        heads.append(_panic(board, looks))
        rows.append(panic)
    taken = sum(cell_len(text) for head in heads for text, _ in head)
    # No more parts than there are minutes: a part without one would look like a gap.
    room = min((width - taken - 4 * len(heads)) // len(heads), len(board.points))
    line: list[Piece] = []
    for head, row in zip(heads, rows, strict=True):
        line += [*([("   ", looks.text)] if line else []), *head]
        if room >= _LEAST_SPARK and any(value is not None for _, value in row):
            spark = sparkline(row, board.first_ms, board.end_ms, room)
            line += [(" ", looks.text), (spark, looks.liquidation)]
    return line


def _newest(values: Iterable[float | None]) -> float | None:
    return next((value for value in reversed(list(values)) if value is not None), None)


def _wash(board: LiquidationsBoard, looks: Looks) -> list[Piece]:
    value = _newest(one.wash_index_pct for one in board.trend)
    if board.hours is not None and board.indices.record is not None:
        value = board.indices.record.wash_index_pct
    if value is None:
        # The curve's place says already why there is nothing at all.
        reason = board.indices.reason or "not known"
        why = ABSENT if reason in board.reason else told(reason)
        return [(t("wash "), looks.faint), (why, looks.dim)]
    return [(t("wash "), looks.faint), (_pct(value), looks.text)]


def _panic(board: LiquidationsBoard, looks: Looks) -> list[Piece]:
    """The index of now with its level and its faults, or the last one of past days."""
    name: Piece = (t("panic "), looks.faint)
    if board.hours is None:
        past = _newest(one.panic_index for one in board.trend)
        return [name, (ABSENT if past is None else f"{past:.4f}", looks.text)]
    source = board.indices.aggregate
    value = None if source.row is None else source.row.panic_index
    if value is None:
        return [name, (told(source.error or source.reason or ABSENT), looks.warn)]
    style = _levels(looks).get(source.level or Level.HIGH, looks.bad)
    level = t(source.level.value, "level") if source.level else ABSENT
    pieces = [name, (f"{value:.4f} {level}", looks.dim if source.stale else style)]
    if source.error:
        pieces.append((t(" source fails"), looks.bad))
    if source.stale:
        pieces.append((t(" stale, {age}", age=_age(source.age_ms)), looks.warn))
    return pieces


def _levels(looks: Looks) -> dict[Level, Style]:
    return {Level.LOW: looks.good, Level.MEDIUM: looks.warn, Level.HIGH: looks.bad}


def statistics(board: LiquidationsBoard, zone: ShownZone, looks: Looks) -> list[list[Piece]]:
    """Of the points of the curve."""
    stats = curve_statistics(board)
    bound = _bound(board)

    def one(name: str, value: float | None, at_ms: int | None = None) -> list[Piece]:
        text = count(value) if value is None or name == "deviation" else bound + count(value)
        pieces = [(f"{t(name)} ", looks.faint), (text, looks.text)]
        if value is not None and at_ms is not None:
            pieces.append((f" {zone.when(at_ms, board.now_ms)}", looks.dim))
        return pieces

    variation = ABSENT if stats.variation is None else f"{stats.variation:.2f}"
    return [
        one("mean", stats.mean),
        one("max", stats.max, stats.max_ms),
        one("min", stats.min, stats.min_ms),
        one("deviation", stats.stdev),
        [(f"{t('variation')} ", looks.faint), (variation, looks.text)],
        [(f"{t('points')} ", looks.faint), (f"{stats.points}/{len(board.points)}", looks.text)],
        [(f"{t('liquidations', 'count')} ", looks.faint), (f"{board.window.count}", looks.text)],
        *_lost(board, looks),
    ]


def _lost(board: LiquidationsBoard, looks: Looks) -> list[list[Piece]]:
    """What is in no sum."""
    groups: list[list[Piece]] = []
    if board.missed:
        groups.append([(t("{n} lost unread", n=board.missed), looks.bad)])
    if board.window.unsized:
        groups.append([(t("{n} of unknown size", n=board.window.unsized), looks.warn)])
    return groups


def _bound(board: LiquidationsBoard) -> str:
    return "≥" if board.window.is_lower_bound and not is_told(board) else ""


def is_told(board: LiquidationsBoard) -> bool:
    """Whether the aggregate source stands in for a window in which nobody was heard ourselves."""
    heard = any(one.total_usd is not None for one in board.points)
    return not heard and any(one.usd_1h is not None for one in board.aggregate)


def curve_points(board: LiquidationsBoard) -> list[tuple[int, float | None]]:
    """What the curve shows: hours that end with each minute, or longer steps."""
    if is_told(board):
        # Its points are those that it told; what is between them is a gap all the same.
        return [(one.at_ms, one.usd_1h) for one in board.aggregate]
    by_hour = board.step_ms == MINUTE_MS
    return [(one.at_ms, one.total_1h_usd if by_hour else one.total_usd) for one in board.points]


def curve_statistics(board: LiquidationsBoard) -> Statistics:
    """Of what the curve shows."""
    if is_told(board):
        return figures(curve_points(board))
    return board.hour if board.step_ms == MINUTE_MS else board.step


def chart(board: LiquidationsBoard, zone: ShownZone) -> Chart:
    """The curve: hours that end with each minute, amber, with its mean and its maximum."""
    points = curve_points(board)
    stats = curve_statistics(board)
    peaks: list[tuple[int, float, str]] = []
    if stats.max is not None and stats.max_ms is not None and stats.max > 0:
        label = f"{_bound(board)}{count(stats.max)} {zone.when(stats.max_ms, board.now_ms)}"
        peaks.append((stats.max_ms, stats.max, label))
    return Chart(
        version=(board.step_ms, tuple(points)),
        first_ms=board.first_ms,
        last_ms=board.end_ms,
        points=points,
        zone=zone,
        mean=stats.mean,
        thresholds=thresholds(board, stats),
        peaks=peaks,
        amounts=True,
        gutter=GUTTER,
        unit="",
        stale=board.hours is not None and not board.live,
        joins_ms=board.step_ms * 3 // 2,
        telling=of_minutes(board, bound=_bound(board)),
        empty=empty(board, zone),
    )


def thresholds(board: LiquidationsBoard, stats: Statistics) -> list[tuple[float, str]]:
    """The lines that are near enough to the highest value, with their marks."""
    if stats.max is None:
        return []
    return [
        (line, f"{_MARKS[min(index, 2)]} {round_amount(line)}")
        for index, line in enumerate(board.lines_usd)
        if line <= _IN_RANGE * stats.max
    ]


def bars(board: LiquidationsBoard) -> Bars:
    """Single steps: shorts above, longs below."""
    found = [Bar(one.short_usd, one.long_usd, one.covered >= 1) for one in board.points]
    return Bars(
        version=(board.first_ms, board.end_ms, tuple(found)),
        bars=found,
        gutter=GUTTER,
        names=(t("short"), t("long")),
        stale=board.hours is not None and not board.live,
    )


def empty(board: LiquidationsBoard, zone: ShownZone) -> str:
    """Why there is nothing to draw."""
    if board.reason:
        return told(board.reason)
    first = zone.when(board.first_ms, board.now_ms)
    return t("nobody was heard since {first}: the hour begins with what is heard now", first=first)


def sampled(board: LiquidationsBoard) -> str:
    """`sampled: binance, okx`, for the title of the venues."""
    names = [one.exchange.value for one in board.venues if one.told is Told.SAMPLED]
    return t("≥ sampled: {names}", names=", ".join(names)) if names else ""


def last_word(board: LiquidationsBoard) -> str:
    """When the last liquidation was."""
    times = [one.last_ms for one in board.venues if one.last_ms is not None]
    return t("last {ago}", "liquidation", ago=ago(max(times), board.now_ms)) if times else ""
