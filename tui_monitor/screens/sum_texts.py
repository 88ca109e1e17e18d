"""The sum board's texts: headline, statistics, chart, help. Pure."""

from datetime import date

from tui_monitor.boards.sum_curve import Statistics, SumBoard, is_drawn
from tui_monitor.clock import SLOT_MS, BoardZone
from tui_monitor.screens.format import ABSENT, ShownZone, age, ago, duration, share, signed
from tui_monitor.screens.looks import Looks
from tui_monitor.screens.widgets.curve import Chart
from tui_monitor.screens.widgets.line import Piece

STALE_MS = 60_000

HELP = (
    "The sum curve adds up, at every half hour of the board day, how far each of the chosen coins "
    "has moved since 00:00.",
    "change = (price - base) / base x 100. The base is the open of the bar that begins at 00:00 "
    "in the board's zone; a node's price is the open of the bar that begins at the slot. Never a "
    "close, never a live price for a past slot, never a guess: what is missing is left out of the "
    "sum and said with its reason, and a node with too few coins is a gap in the curve.",
    "sum = all valid changes added; mean = sum / valid coins.",
    "live = last trades now; a coin whose price is older than 60 s is not part of it.",
    "~ marks a provisional node: last trades near the slot, until the bars are asked for.",
    "Source: OKX USDT perpetuals; live by its public stream, or by REST while that is silent; "
    "history by its 30-minute bars. 1 USDT is taken as 1 USD.",
)


def is_stale(board: SumBoard) -> bool:
    """Today is shown, but nothing live: what is stored is greyed."""
    if board.last_day != board.today:
        return False
    return board.live is None or board.live_age_ms is None or board.live_age_ms > STALE_MS


def title(board: SumBoard) -> str:
    """The days shown."""
    if board.first_day != board.last_day:
        days = (date.fromisoformat(board.last_day) - date.fromisoformat(board.first_day)).days + 1
        return f"{board.first_day} to {board.last_day} ({days} days)"
    weekday = date.fromisoformat(board.first_day).strftime("%a")
    return f"{board.first_day} {weekday}" + (" today" if board.first_day == board.today else "")


def headline(board: SumBoard, zone: ShownZone, looks: Looks) -> list[list[Piece]]:
    """The days, then the live point or the newest node, in groups; the last may be cut."""
    stale = is_stale(board)
    node = board.live
    if node is None:
        node = next((one for one in reversed(board.nodes) if is_drawn(one)), None)
    groups: list[list[Piece]] = [[(title(board), looks.title)]]
    if node is None:
        return [*groups, [(_no_data(board, zone), looks.warn)]]
    style = looks.dim if stale else looks.signed(node.sum_pct)
    name = "live" if board.live else zone.when(node.slot_ms, board.now_ms)
    groups.append([(f"{name} ", looks.faint), (f"{signed(node.sum_pct)} %", style + looks.title)])
    groups.append([("mean ", looks.faint), (f"{signed(node.mean_pct, 3)} %", style)])
    whole = node.valid == node.expected
    valid = looks.text if whole else looks.warn
    groups.append([(f"{node.valid}/{node.expected}", valid), (" coins", looks.faint)])
    groups.append(
        [(f"{node.up} up", looks.up), (" ", looks.text), (f"{node.down} down", looks.down)]
    )
    groups.append([_freshness(board, zone, looks)])
    for word, coin, pct in (
        ("best", node.best_coin, node.best_pct),
        ("worst", node.worst_coin, node.worst_pct),
    ):
        if coin is not None:
            groups.append([(f"{word} {coin} ", looks.faint), (signed(pct), looks.signed(pct))])
    return groups


def _percent(value: float | None) -> str:
    return ABSENT if value is None else f"{signed(value)} %"


def _freshness(board: SumBoard, zone: ShownZone, looks: Looks) -> Piece:
    if board.live is not None:
        way = f" by {board.live_source}" if board.live_source else ""
        return (f"{age(board.live_age_ms)} old{way}", looks.warn if is_stale(board) else looks.dim)
    if board.as_of_ms is None:
        return ("stored", looks.dim)
    stored = f"stored, as of {zone.when(board.as_of_ms, board.now_ms)}"
    if board.last_day == board.today:
        return (f"{stored}, {ago(board.as_of_ms, board.now_ms)}", looks.warn)
    return (stored, looks.dim)


def _no_data(board: SumBoard, zone: ShownZone) -> str:
    due = board.statistics.due
    if board.last_day != board.today:
        return "no prices stored for these days; b fills them from the exchange"
    if due == 0:
        return "no node is due yet; the live point comes with the first prices"
    at = zone.format(board.nodes[0].slot_ms)
    return f"no prices since {at}: {due} nodes missing, filled once the exchange answers"


def statistics(
    stats: Statistics, zone: ShownZone, now_ms: int, looks: Looks
) -> list[tuple[str, Piece]]:
    """Names and values of the statistics panel."""

    def extreme(value: float | None, slot_ms: int | None) -> Piece:
        if value is None or slot_ms is None:
            return (ABSENT, looks.faint)
        return (f"{signed(value)} % {zone.when(slot_ms, now_ms)}", looks.signed(value))

    whole = stats.records == stats.due
    span = (
        f"{zone.when(stats.first_ms, now_ms)} to {zone.when(stats.last_ms, now_ms)}"
        if stats.first_ms is not None and stats.last_ms is not None
        else ABSENT
    )
    return [
        ("nodes", (f"{stats.records}/{stats.due}", looks.text if whole else looks.warn)),
        ("complete", (share(stats.completeness_pct), looks.text)),
        ("high", extreme(stats.max_sum_pct, stats.max_slot_ms)),
        ("low", extreme(stats.min_sum_pct, stats.min_slot_ms)),
        ("mean", (_percent(stats.mean_sum_pct), looks.mean)),
        ("above zero", (f"{stats.up_nodes}", looks.up)),
        ("below zero", (f"{stats.down_nodes}", looks.down)),
        ("range", (span, looks.dim)),
        (
            "every",
            (
                duration(stats.mean_interval_s) if stats.mean_interval_s is not None else ABSENT,
                looks.dim,
            ),
        ),
    ]


def chart(board: SumBoard, zone: ShownZone, cursor_ms: int | None) -> Chart:
    """The curve of the shown days: gaps as gaps, the live point marked."""
    days = BoardZone(board.timezone)
    points = [
        (node.slot_ms, node.sum_pct if is_drawn(node) else None)
        for node in board.nodes
        if node.slot_ms <= board.now_ms
    ]
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
        empty=_no_data(board, zone),
    )
