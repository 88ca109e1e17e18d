"""The sum board's texts: headline, statistics, chart, help. Pure."""

from datetime import date, timedelta

from tui_monitor.boards.status import EngineStatus
from tui_monitor.boards.sum_curve import Node, SumBoard, is_drawn
from tui_monitor.clock import SLOT_MS, BoardZone
from tui_monitor.model import Exchange, FeedState
from tui_monitor.screens.boards.read_words import of_nodes
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import ABSENT, ShownZone, age, ago, duration, share, signed
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.curve import Chart, Point
from tui_monitor.screens.widgets.line import Piece
from tui_monitor.words import counted, t

CoinPct = tuple[str | None, float | None]
STALE_MS = 60_000
# With a feed in trouble the live value is greyed from this age on.
AGING_MS = 10_000
# From this width on the headline says which way the prices come.
ROOMY = 98
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

HELP = (
    "The sum curve adds up, at every half hour of the board day, how far each of the chosen coins "
    "has moved since 00:00.",
    "change = (price - base) / base x 100. The base is the open of the bar that begins at 00:00 "
    "in the board's zone; a node's price is the open of the bar that begins at the slot. Never a "
    "close, never a live price for a past slot, never a guess: what is missing is left out of the "
    "sum and said with its reason, and a node with too few coins is a gap in the curve.",
    "sum = all valid changes added; per coin = sum / valid coins. The mean over the day is that of "
    "the sums of all drawn nodes.",
    "Over several days every day begins anew at its own 00:00: the curve is broken at midnight. "
    "Of each node the best and the worst coin are known for one day only.",
    "live = last trades now; a coin whose price is older than 60 s is not part of it. It is grey "
    "and called last while the stream is down and its oldest price is older than 10 s.",
    "~ marks a provisional node: last trades near the slot, until the bars are asked for.",
    "Source: OKX USDT perpetuals; live by its public stream, or by REST while that is silent; "
    "history by its 30-minute bars. 1 USDT is taken as 1 USD.",
)


def is_stale(board: SumBoard) -> bool:
    """Today is shown, but nothing live: what is stored is greyed."""
    if board.last_day != board.today:
        return False
    return board.live is None or board.live_age_ms is None or board.live_age_ms > STALE_MS


def is_aging(board: SumBoard, status: EngineStatus | None) -> bool:
    """A live point whose prices grow old because their stream gives none."""
    if board.live is None or status is None:
        return False
    lights = [feed for feed in status.lights if feed.exchange is Exchange.OKX]
    troubled = any(feed.state not in (FeedState.LIVE, FeedState.OFF) for feed in lights)
    return troubled and (board.live_age_ms is None or board.live_age_ms > AGING_MS)


def live_word(*, aging: bool) -> str:
    """What the newest prices are called: those of a dead feed are not live."""
    return t("last", "prices") if aging else t("live", "prices")


def is_filling(status: EngineStatus | None) -> bool:
    """Whether what is missing today is being asked for right now."""
    if status is None:
        return False
    starting = any(feed.state is FeedState.STARTING for feed in status.lights)
    return status.catching_up or starting


def title(board: SumBoard) -> str:
    """The days shown."""
    if board.first_day != board.last_day:
        days = (date.fromisoformat(board.last_day) - date.fromisoformat(board.first_day)).days + 1
        first, last = board.first_day, board.last_day
        return t("{first} to {last} ({days} days)", first=first, last=last, days=days)
    weekday = t(WEEKDAYS[date.fromisoformat(board.first_day).weekday()])
    today = f" {t('today')}" if board.first_day == board.today else ""
    return f"{board.first_day} {weekday}{today}"


def headline(
    board: SumBoard, status: EngineStatus | None, zone: ShownZone, looks: Looks, width: int
) -> list[list[Piece]]:
    """The days, then the live point or the newest node, in groups, the most important first."""
    stale = is_stale(board) or is_aging(board, status)
    node = board.live
    if node is None:
        node = next((one for one in reversed(board.nodes) if is_drawn(one)), None)
    groups: list[list[Piece]] = [[(title(board), looks.title)]]
    if node is None:
        return [*groups, [(_no_data(board, status, zone), looks.warn)]]
    style = looks.dim if stale else looks.signed(node.sum_pct)
    name = zone.when(node.slot_ms, board.now_ms)
    if board.live is not None:
        name = live_word(aging=stale)
    groups.append([(f"{name} ", looks.faint), (f"{signed(node.sum_pct)} %", style + looks.title)])
    whole = node.valid == node.expected
    valid = looks.text if whole else looks.warn
    groups.append(
        [(f"{node.valid}/{node.expected}", valid), (f" {t('coins', 'headline')}", looks.faint)]
    )
    groups.append([(up(node), looks.up), (" ", looks.text), (down(node), looks.down)])
    text = _freshness(board, zone) if width >= ROOMY else _freshness_in_short(board)
    groups.append([(text, looks.warn if stale else looks.dim)])
    groups.append([(f"{t('per coin')} ", looks.faint), (f"{signed(node.mean_pct, 3)} %", style)])
    for word, (coin, pct) in zip(("best", "worst"), extremes(node), strict=True):
        if coin is not None:
            groups.append([(f"{t(word)} {coin} ", looks.faint), (signed(pct), looks.signed(pct))])
    return groups


def extremes(node: Node) -> tuple[CoinPct, CoinPct]:
    """The best and the worst coin; at the day's base, where all are at 0, there is neither."""
    if node.best_pct == 0 == node.worst_pct:
        return (None, None), (None, None)
    return (node.best_coin, node.best_pct), (node.worst_coin, node.worst_pct)


def up(node: Node) -> str:
    """`16 up`."""
    return t("{n} up", "coins", n=node.up)


def down(node: Node) -> str:
    """`10 down`."""
    return t("{n} down", "coins", n=node.down)


def _percent(value: float | None) -> str:
    return ABSENT if value is None else f"{signed(value)} %"


def _freshness(board: SumBoard, zone: ShownZone) -> str:
    if board.live is not None:
        old, way = age(board.live_age_ms), board.live_source
        return (
            t("{age} old by {way}", age=old, way=t(way, "source"))
            if way
            else t("{age} old", age=old)
        )
    if board.as_of_ms is None:
        return t("stored")
    when = zone.when(board.as_of_ms, board.now_ms)
    if board.last_day != board.today:
        return t("stored, as of {when}", when=when)
    return t("stored, as of {when}, {ago}", when=when, ago=ago(board.as_of_ms, board.now_ms))


def _freshness_in_short(board: SumBoard) -> str:
    if board.live is not None:
        return t("{age} old", age=age(board.live_age_ms))
    if board.as_of_ms is None or board.last_day != board.today:
        return t("stored")
    return ago(board.as_of_ms, board.now_ms)


def _no_data(board: SumBoard, status: EngineStatus | None, zone: ShownZone) -> str:
    due = board.statistics.due
    if board.last_day != board.today:
        return t(
            "no prices stored for these days; {key} fills them from the exchange",
            key=key("start_backfill"),
        )
    if due == 0:
        return t("no node is due yet; the live point comes with the first prices")
    if is_filling(status):
        return t("filling today's nodes…")
    at = zone.format(board.nodes[0].slot_ms)
    return counted(
        due,
        "no prices since {at}: one node missing, filled once the exchange answers",
        "no prices since {at}: {n} nodes missing, filled once the exchange answers",
        at=at,
    )


def statistics(board: SumBoard, zone: ShownZone, looks: Looks) -> list[tuple[str, Piece]]:
    """Names and values of the statistics panel."""
    stats, now_ms = board.statistics, board.now_ms
    mean_name = "mean over the day" + ("s" if board.first_day != board.last_day else "")

    def extreme(value: float | None, slot_ms: int | None) -> Piece:
        if value is None or slot_ms is None:
            return (ABSENT, looks.faint)
        return (f"{signed(value)} % {zone.when(slot_ms, now_ms)}", looks.signed(value))

    whole = stats.records == stats.due
    span = (
        t(
            "{first} to {last}",
            first=zone.when(stats.first_ms, now_ms),
            last=zone.when(stats.last_ms, now_ms),
        )
        if stats.first_ms is not None and stats.last_ms is not None
        else ABSENT
    )
    named: list[tuple[str, Piece]] = [
        ("nodes", (f"{stats.records}/{stats.due}", looks.text if whole else looks.warn)),
        ("complete", (share(stats.completeness_pct), looks.text)),
        ("high", extreme(stats.max_sum_pct, stats.max_slot_ms)),
        ("low", extreme(stats.min_sum_pct, stats.min_slot_ms)),
        (mean_name, (_percent(stats.mean_sum_pct), looks.mean)),
        ("above zero", (f"{stats.up_nodes}", looks.up)),
        ("below zero", (f"{stats.down_nodes}", looks.down)),
        ("range", (span, looks.dim)),
        (
            "every",
            (
                _interval(stats.mean_interval_s),
                looks.dim,
            ),
        ),
    ]
    return [(t(name, "sum"), piece) for name, piece in named]


def _interval(seconds: float | None) -> str:
    """`30 min` where it is whole minutes."""
    if seconds is None:
        return ABSENT
    minutes, rest = divmod(round(seconds), 60)
    return duration(seconds) if rest or not minutes else t("{minutes} min", minutes=minutes)


def _points(board: SumBoard, days: BoardZone) -> list[Point]:
    """The nodes so far. Each midnight breaks the line: a new base is no move of the market."""
    points: list[Point] = []
    first, last = date.fromisoformat(board.first_day), date.fromisoformat(board.last_day)
    count = (last - first).days
    midnights = {days.day_start_ms(first + timedelta(days=n)) for n in range(1, count + 1)}
    for node in board.nodes:
        if node.slot_ms > board.now_ms:
            break
        if node.slot_ms in midnights:
            points.append((node.slot_ms, None))
        points.append((node.slot_ms, node.sum_pct if is_drawn(node) else None))
    return points


def chart(
    board: SumBoard, status: EngineStatus | None, zone: ShownZone, cursor_ms: int | None
) -> Chart:
    """The curve of the shown days: gaps as gaps, the live point marked."""
    days = BoardZone(board.timezone)
    points = _points(board, days)
    live = None
    if board.live is not None and board.live.sum_pct is not None:
        live = (board.live.slot_ms, board.live.sum_pct)
    return Chart(
        version=tuple(points),
        first_ms=days.day_start_ms(date.fromisoformat(board.first_day)),
        last_ms=days.day_end_ms(date.fromisoformat(board.last_day)),
        points=points,
        zone=zone,
        live=live,
        mean=board.statistics.mean_sum_pct,
        cursor_ms=cursor_ms,
        stale=is_stale(board),
        joins_ms=SLOT_MS + SLOT_MS // 10,
        aging=is_aging(board, status),
        empty=_no_data(board, status, zone),
        telling=of_nodes(board),
    )
