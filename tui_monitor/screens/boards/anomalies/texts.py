"""The anomalies board's texts: headline, the lines above an explanation, its chart. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from rich.cells import cell_len

from tui_monitor.boards.anomalies import KNOWN, AnomaliesBoard, AnomalyRow, State
from tui_monitor.boards.anomalies.explanation import Explained, Explanation
from tui_monitor.boards.klines import Klines
from tui_monitor.model import BAR_MS
from tui_monitor.printable import printable
from tui_monitor.screens.boards.anomalies.columns import reasons_text, z_text
from tui_monitor.screens.boards.anomalies.parts import PERCENTILE, part_rows, scaled_text
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import (
    ABSENT,
    ShownZone,
    ago,
    because,
    count,
    price,
    signed,
    wrapped,
)
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.candles import Candles
from tui_monitor.screens.widgets.line import Piece, fitting
from tui_monitor.words import t, told

# Bars that a chart is asked for, and the fewest places that it has.
CHART_BARS = 192
_LEAST_PLACES = 48

_NO_FORMING = "no forming bar is known yet"

HELP = (
    "A bar of each of the exchange's perpetuals with most turnover stands against the bars before "
    "it: the size of its return, its turnover in USD, its range in % of the close.",
    "z = (value − mean) / deviation, the deviation with ddof 0, both of the bars before; a "
    "deviation of 0 gives z 0. percentile = how many % of the earlier returns were smaller.",
    "price score = max(z − 2.5, 0) + max(percentile − 92, 0) / 10; volume score = max(z − 2, 0); "
    "volatility score = max(z − 2, 0). score = 0.4 × price + 0.3 × volume + 0.3 × volatility, "
    "without a cap. All of these numbers are settings ([anomalies]).",
    "A measure at or above its limit is a reason, and a bar with a reason is an anomaly. A move of "
    "less than 1 % (min_return) is a small move and has no score; fewer than 16 bars are "
    "insufficient and no 0; after a hole there is no return. The headline counts those of whom "
    "that much is known; the others are not judged.",
    "Robust z: the median and 1.4826 × the median distance from it in place of mean and deviation. "
    "It stands beside the score and is not in it.",
    "Closed bars are judged when they close and every minute; those that closed while nothing ran "
    "are judged after a start, as far back as anomalies are kept. u shows the bar that is forming, "
    "judged anew every second as if it ended now, its turnover scaled to the whole of its time; "
    "Enter shows the parts of the bar that is shown.",
    'anomalies.mode = "original" judges the open bar, as the originals did, and u has nothing to '
    "add. Its rows are equal to theirs only with anomalies.bars = 150.",
    "Enter shows how a score came to be, beside the candles with the bar marked; w, or why BTC in "
    "the palette, does so for any coin and says why it is not here. i changes the length of the "
    "bars, v the exchange (other bars than the settings' are streamed while they are shown and "
    "five minutes more), a shows those without a reason too. In the chart rising bars are thin and "
    "falling ones full; below them is the turnover.",
    "Sources: each exchange's candle streams, REST for older bars and gaps.",
)


def span(row_open_ms: int, bar_ms: int, zone: ShownZone, now_ms: int) -> str:
    """`14:30–14:45`, with the day where it is not near."""
    return f"{zone.when(row_open_ms, now_ms)}–{zone.format(row_open_ms + bar_ms)}"


def headline(
    board: AnomaliesBoard, *, forming: bool, zone: ShownZone, looks: Looks, width: int
) -> list[list[Piece]]:
    """Which bars, how many of them are unusual, what became of the others.

    A reason that has no room beside them has lines of its own.
    """
    head: list[list[Piece]] = [
        [(f" {board.exchange.value} {board.bar} ", looks.banner)],
        [_bar_piece(board, forming=forming, zone=zone, looks=looks)],
    ]
    rest = _counted(board, forming=forming, looks=looks)
    return with_reason(head, rest, board.reason, looks, width)


def _counted(board: AnomaliesBoard, *, forming: bool, looks: Looks) -> list[list[Piece]]:
    groups: list[list[Piece]] = []
    if board.mode == "original":
        groups.append([(t("mode original: the open bar"), looks.warn)])
    if board.evaluated_ms is None:
        return groups
    of_forming = forming and board.mode != "original"
    view = board.forming if of_forming else None
    if of_forming and view is None:
        return groups
    counts = board.counts if view is None else _states(view.rows)
    judged = sum(counts.get(state, 0) for state in KNOWN)
    what = t(" unusual") if judged == board.universe else t(" judged unusual")
    unusual = t("{n} of {all}", n=counts.get(State.ANOMALY, 0), all=judged)
    groups.append([(unusual, looks.text), (what, looks.faint)])
    unknown, usual = (
        {state: many for state, many in counts.items() if (state in KNOWN) is known}
        for known in (False, True)
    )
    groups += [[(text, looks.dim)] for text in [others_text(unknown)] if text]
    judged_ms = board.evaluated_ms if view is None else view.evaluated_ms
    groups.append([(t("judged {ago}", ago=ago(judged_ms, board.now_ms)), looks.faint)])
    groups += [[(text, looks.faint)] for text in [others_text(usual)] if text]
    return groups


def with_reason(
    head: list[list[Piece]], rest: list[list[Piece]], reason: str, looks: Looks, width: int
) -> list[list[Piece]]:
    """One line of groups, the reason among them if it fits there; else it has its own lines."""
    if not reason:
        return [fitting([*head, *rest], "  ", width)]
    said = told(printable(reason, 400))
    room = width - sum(cell_len(text) for group in head for text, _ in group) - 2 * len(head)
    if cell_len(said) <= room:
        return [fitting([*head, [(said, looks.warn)], *rest], "  ", width)]
    lines: list[list[Piece]] = [[(line, looks.warn)] for line in wrapped(said, max(20, width))]
    return [fitting([*head, *rest], "  ", width), *lines]


def _bar_piece(board: AnomaliesBoard, *, forming: bool, zone: ShownZone, looks: Looks) -> Piece:
    view = board.forming
    if board.evaluated_ms is None:
        return (t("nothing is judged yet"), looks.warn)
    if board.mode == "original":
        is_open = any(row.forming for row in board.rows)
        which = "open bar {span}" if is_open else "closed bar {span}"
        return (t(which, span=_span_of(board, board.open_ms, zone)), looks.text)
    if not forming:
        return (t("closed bar {span}", span=_span_of(board, board.open_ms, zone)), looks.text)
    if view is None:
        return (t(_NO_FORMING), looks.warn)
    text = t(
        "forming bar {span}, {pct} % over",
        span=_span_of(board, view.open_ms, zone),
        pct=f"{view.elapsed * 100:.0f}",
    )
    return (text, looks.warn)


def _span_of(board: AnomaliesBoard, open_ms: int, zone: ShownZone) -> str:
    return span(open_ms, board.bar_ms, zone, board.now_ms)


def _states(rows: Sequence[AnomalyRow]) -> Mapping[State, int]:
    return Counter(row.state for row in rows)


def others_text(counts: Mapping[State, int]) -> str:
    """`small move 120, insufficient 2`: the states of those that are no anomalies."""
    return ", ".join(
        f"{t(state.value, 'bar')} {counts[state]}"
        for state in State
        if counts.get(state) and state is not State.ANOMALY
    )


def shown_rows(board: AnomaliesBoard, *, forming: bool, everyone: bool) -> list[AnomalyRow]:
    """The rows of the closed or of the forming bar; as the originals did there is one alone."""
    view = board.forming if forming and board.mode != "original" else board
    rows = [] if view is None else view.rows
    return [row for row in rows if everyone or row.state is State.ANOMALY]


def why_empty(board: AnomaliesBoard, *, forming: bool, zone: ShownZone) -> str:
    """Why there is no row."""
    if board.evaluated_ms is None:
        nothing = t(
            "no {bar} bar of {exchange} is judged yet",
            bar=board.bar,
            exchange=board.exchange.value,
        )
        return because(nothing, board.reason) if board.reason else nothing
    if not board.live and not board.rows:
        # Of a stored board only anomalies are kept.
        none = t("there were none")
        return because(told(board.reason), none) if board.reason else none
    if forming and board.forming is None and board.mode != "original":
        said = t("no forming bar is known yet; u: the closed one")
    else:
        said = _nothing_unusual(board, forming=forming, zone=zone)
    return (
        t("{what}; {more}", "reason", what=told(board.reason), more=said) if board.reason else said
    )


def _nothing_unusual(board: AnomaliesBoard, *, forming: bool, zone: ShownZone) -> str:
    rows = shown_rows(board, forming=forming, everyone=True)
    if not rows:
        exchange = board.exchange.value
        return t("no perpetual of {exchange} has turnover enough to be judged", exchange=exchange)
    at = t(
        "the forming bar {span}" if rows[0].forming else "the closed bar {span}",
        span=_span_of(board, rows[0].open_ms, zone),
    )
    others = t(
        "{states}; {all} shows them, {why} tells why",
        states=others_text(_states(rows)),
        all=key("everyone"),
        why=key("why"),
    )
    if not any(row.state in KNOWN for row in rows):
        return t("nothing of {bar} can be judged: {others}", bar=at, others=others)
    return t("nothing unusual in {bar}: {others}", bar=at, others=others)


def just_asked(board: AnomaliesBoard) -> AnomaliesBoard:
    """The screen has watched what it shows: an engine that does not yet was told just now."""
    if not board.unasked:
        return board
    reason = f"{board.bar} bars of {board.exchange.value} were asked for just now"
    if board.evaluated_ms is not None:
        reason += "; these are the anomalies of the last judged bar"
    return replace(board, reason=reason)


# An explanation


def facts(
    explained: Explained,
    one: Explanation | None,
    forming: AnomalyRow | None,
    zone: ShownZone,
    looks: Looks,
    width: int,
) -> list[list[Piece]]:
    """Who, why, which bar, what the forming bar shows, and the sum.

    `one` None: nothing to explain, and why.
    """
    if one is None:
        head = [(f" {printable(explained.name, 30)} ", looks.banner)]
        of = f"{explained.exchange.value} {explained.bar}"
        if explained.open_ms is not None:
            bar_ms = BAR_MS[explained.bar]
            shown = span(explained.open_ms, bar_ms, zone, explained.now_ms)
            of += f"  {t('bar {span}', 'span', span=shown)}"
        where: list[Piece] = [(of, looks.text)]
        why = told(printable(explained.reason, 300) or "nothing is known of it")
        said = [[(line, looks.warn)] for line in wrapped(why, max(20, width))]
        return [fitting([head, where], "  ", width), *said]
    style = looks.warn if _is_anomaly(one) else looks.text
    why_lines: list[list[Piece]] = [
        [(line, style)] for line in wrapped(told(printable(one.why, 400)), max(20, width))
    ]
    which = _which_bar(one, explained.now_ms, zone, looks, width)
    lines = [_who(one, explained, looks, width), *why_lines, which]
    if forming is not None:
        lines.append(_forming_line(forming, zone, looks, width))
    if one.elapsed is not None and one.row is not None:
        lines.append(_as_if_line(one, looks, width))
    return [*lines, *_sum(one, looks, width)]


def _as_if_line(one: Explanation, looks: Looks, width: int) -> list[Piece]:
    """What a bar that is not over is judged by."""
    if one.mode == "original":
        said = t("the open bar as it is so far, its turnover, too")
        return fitting([[(said, looks.warn)]], "", width)
    closed: list[Piece] = [(t("u: the closed bar"), looks.faint)]
    if one.row is None or one.row.state not in KNOWN:
        return [(f"{t('the forming bar is not judged')}  ", looks.warn), *closed]
    text = t("forming: judged as if it ended now; {scaled}", scaled=scaled_text(one))
    return fitting([[(text, looks.warn)], closed], "  ", width)


def _forming_line(row: AnomalyRow, zone: ShownZone, looks: Looks, width: int) -> list[Piece]:
    """What the bar that is not over would be, if it ended now."""
    said = reasons_text(row)
    if row.score is not None:
        said = t("score {score}, {reasons}", "forming", score=z_text(row.score), reasons=said)
    elif row.state not in KNOWN:
        said = t("not judged, {state}", "forming", state=said)
    groups: list[list[Piece]] = [
        [(t("forming since {time}", time=zone.format(row.open_ms)), looks.dim)],
        [(said, looks.text if row.reasons else looks.dim)],
    ]
    if row.return_pct is not None:
        moved = (f"{signed(row.return_pct)} %", looks.signed(row.return_pct))
        groups.insert(1, [moved])
    return fitting(groups, "  ", width)


def _no_score(row: AnomalyRow) -> str:
    small = row.state is State.SMALL_MOVE
    return t("small moves have none") if small else t("not judged")


def _is_anomaly(one: Explanation) -> bool:
    return one.row is not None and one.row.state is State.ANOMALY


def _who(one: Explanation, explained: Explained, looks: Looks, width: int) -> list[Piece]:
    rank = t("no rank") if one.rank_24h is None else t("rank {n}", "rank", n=one.rank_24h)
    watched = t("{rank}, {n} are watched", "rank", rank=rank, n=one.top)
    groups: list[list[Piece]] = [
        [(f" {printable(one.coin, 30)} ", looks.banner)],
        [(f"{one.exchange.value} {printable(one.symbol, 30)} {one.bar}", looks.text)],
    ]
    if not explained.live:
        groups.append([(t("stored, not of now"), looks.warn)])
    groups += [
        [(t("24 h "), looks.faint), (f"{count(one.turnover_24h_usd)} USD", looks.text)],
        [(watched, looks.dim)],
    ]
    if one.mode == "original":
        groups.append([(t("mode original"), looks.warn)])
    return fitting(groups, "  ", width)


def _which_bar(
    one: Explanation, now_ms: int, zone: ShownZone, looks: Looks, width: int
) -> list[Piece]:
    if one.row is None:
        return [(t("no bar of it is judged"), looks.dim)]
    row = one.row
    state = t("closed")
    if one.elapsed is not None:
        state = t("forming, {pct} % over", pct=f"{one.elapsed * 100:.0f}")
    shown = t("bar {span}", "span", span=span(row.open_ms, one.bar_ms, zone, now_ms))
    window = t(
        "window {bars} bars since {when}, n={n}",
        bars=one.window_bars,
        when=zone.format(one.window_open_ms, "%m-%d %H:%M"),
        n=row.n,
    )
    groups: list[list[Piece]] = [
        [(f"{shown} {state}", looks.text)],
        [(window, looks.dim)],
    ]
    if row.state is State.NO_BAR and one.newest_bar_ms is not None:
        newest = span(one.newest_bar_ms, one.bar_ms, zone, now_ms)
        groups.insert(1, [(t("its newest is {span}", span=newest), looks.text)])
    if row.return_pct is not None:
        groups.append([(f"{signed(row.return_pct)} %", looks.signed(row.return_pct))])
    if row.close is not None:
        groups.append([(f"{t('close')} ", looks.faint), (price(row.close), looks.text)])
    return fitting(groups, "  ", width)


def _sum(one: Explanation, looks: Looks, width: int) -> list[list[Piece]]:
    """The parts that add up to the score, on as many lines as they need."""
    row = one.row
    if row is None or row.score is None:
        why = t("not judged") if row is None else _no_score(row)
        return [[(f"{t('score')} ", looks.faint), (f"{ABSENT} {why}", looks.dim)]]
    line: list[Piece] = [(f"{t('score')} ", looks.faint), (z_text(row.score), looks.bright)]
    terms = [
        (f"{part.weight:g} × {part.over:.2f}", "pctile" if part.name == PERCENTILE else part.name)
        for part in part_rows(one)
        if part.over
    ]
    if not terms:
        return [[*line, (t(", nothing is over its limit"), looks.faint)]]
    lines, sign = [line], " = "
    for text, name in terms:
        term: list[Piece] = [(sign, looks.faint), (text, looks.text), (f" {t(name)}", looks.dim)]
        if sum(cell_len(piece) for piece, _ in [*lines[-1], *term]) > width:
            lines.append([(" " * 5, looks.dim)])
        lines[-1] += term
        sign = " + "
    return lines


def chart(
    one: Explanation | None, klines: Klines | None, zone: ShownZone, waiting: str
) -> Candles | None:
    """The coin's candles with the judged bar marked; None before they are there."""
    if klines is None:
        return None
    row = None if one is None else one.row
    mark = "" if row is None else zone.format(row.open_ms)
    if row is not None and row.return_pct is not None:
        mark += f" {signed(row.return_pct)} %"
    return candles(klines, zone, waiting, row.open_ms if row else None, mark)


def candles(
    klines: Klines, zone: ShownZone, waiting: str, marked_ms: int | None = None, mark: str = ""
) -> Candles:
    """A chart of bars, up to the newest one or the marked one."""
    bars = [*klines.rows, *([klines.forming] if klines.forming is not None else [])]
    ends = [one.open_ms for one in bars[-1:]] + ([] if marked_ms is None else [marked_ms])
    newest_ms = max(ends, default=klines.now_ms - klines.now_ms % klines.bar_ms)
    first_ms = bars[0].open_ms if bars else newest_ms
    places = (newest_ms - first_ms) // klines.bar_ms + 1
    last = bars[-1] if bars else None
    return Candles(
        version=(klines.exchange, klines.symbol, klines.bar, len(bars), last),
        bars=bars,
        bar_ms=klines.bar_ms,
        newest_ms=newest_ms,
        count=max(_LEAST_PLACES, min(CHART_BARS, places)),
        zone=zone,
        marked_ms=marked_ms,
        mark=mark,
        forming_ms=None if klines.forming is None else klines.forming.open_ms,
        empty=told(printable(klines.reason, 200)) or waiting,
    )
