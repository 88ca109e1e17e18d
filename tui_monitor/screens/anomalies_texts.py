"""The anomalies board's texts: headline, the lines above an explanation, its chart. Pure."""

from collections.abc import Sequence
from textwrap import wrap

from tui_monitor.boards.anomalies import AnomaliesBoard, AnomalyRow, State
from tui_monitor.boards.anomalies.explanation import Explained, Explanation
from tui_monitor.boards.klines import Klines
from tui_monitor.printable import printable
from tui_monitor.screens.anomalies_columns import reasons_text, z_text
from tui_monitor.screens.anomalies_parts import PERCENTILE, part_rows
from tui_monitor.screens.format import ABSENT, ShownZone, ago, count, price, signed
from tui_monitor.screens.looks import Looks
from tui_monitor.screens.widgets.candles import Candles
from tui_monitor.screens.widgets.line import Piece, fitting

# Bars that a chart is asked for, and the fewest places that it has.
CHART_BARS = 192
_LEAST_PLACES = 48
FACTS_LINES = 5

HELP = (
    "A bar of each of the exchange's perpetuals with most turnover stands against the bars before "
    "it: the size of its return, its turnover in USD, its range in % of the close.",
    "z = (value − mean) / deviation, the deviation with ddof 0, both of the bars before; a "
    "deviation of 0 gives z 0. percentile = how many % of the earlier returns were smaller.",
    "price score = max(z − 2.5, 0) + max(percentile − 92, 0) / 10; volume score = max(z − 2, 0); "
    "volatility score = max(z − 2, 0). score = 0.4 × price + 0.3 × volume + 0.3 × volatility, "
    "without a cap. All of these numbers are settings ([anomalies]).",
    "A measure at or above its limit is a reason, and a bar with a reason is an anomaly. A move of "
    "less than 1 % (min_return) is a small move and not judged; fewer than 16 bars are "
    "insufficient and no 0; after a hole there is no return.",
    "Robust z: the median and 1.4826 × the median distance from it in place of mean and deviation. "
    "It stands beside the score and is not in it.",
    "Closed bars are judged when they close and every minute. u shows the bar that is forming, "
    "judged as if it ended now, its turnover scaled to the whole of its time.",
    "Enter shows how a score came to be, beside the candles with the bar marked; w, or why BTC in "
    "the palette, does so for any coin and says why it is not here. i changes the length of the "
    "bars, v the exchange, a shows those without a reason too. The bars are counted in the chart "
    "as thin (rising) and full (falling) bodies; below them is the turnover.",
    "Sources: each exchange's candle streams, REST for older bars and gaps.",
)


def span(row_open_ms: int, bar_ms: int, zone: ShownZone) -> str:
    """`14:30–14:45`."""
    return f"{zone.format(row_open_ms)}–{zone.format(row_open_ms + bar_ms)}"


def headline(
    board: AnomaliesBoard, *, forming: bool, zone: ShownZone, looks: Looks, width: int
) -> list[Piece]:
    """Which bars, how many of them are unusual, what became of the others."""
    rows = shown_rows(board, forming=forming, everyone=True)
    unusual = sum(row.state is State.ANOMALY for row in rows)
    groups: list[list[Piece]] = [
        [(f" {board.exchange.value} {board.bar} ", looks.banner)],
        [_bar_piece(board, forming=forming, zone=zone, looks=looks)],
    ]
    if board.reason:
        groups.append([(printable(board.reason, 200), looks.warn)])
    if board.mode == "original":
        groups.append([("mode original: the open bar", looks.warn)])
    groups.append([(f"{unusual} of {board.universe}", looks.text), (" unusual", looks.faint)])
    others = others_text(rows)
    if others:
        groups.append([(others, looks.dim)])
    groups.append([(f"judged {ago(board.evaluated_ms, board.now_ms)}", looks.faint)])
    return fitting(groups, "  ", width)


def _bar_piece(board: AnomaliesBoard, *, forming: bool, zone: ShownZone, looks: Looks) -> Piece:
    view = board.forming
    if not forming:
        return (f"closed bar {span(board.open_ms, board.bar_ms, zone)}", looks.text)
    if view is None:
        return ("no forming bar is known yet", looks.warn)
    text = f"forming bar {span(view.open_ms, board.bar_ms, zone)}, {view.elapsed * 100:.0f} % over"
    return (text, looks.warn)


def others_text(rows: Sequence[AnomalyRow]) -> str:
    """`small move 120, insufficient 2`: the states of those that are no anomalies."""
    found = [(state, sum(row.state is state for row in rows)) for state in State]
    return ", ".join(
        f"{state.value} {number}"
        for state, number in found
        if number and state is not State.ANOMALY
    )


def shown_rows(board: AnomaliesBoard, *, forming: bool, everyone: bool) -> list[AnomalyRow]:
    """The rows of the closed or of the forming bar."""
    view = board.forming if forming else board
    rows = [] if view is None else view.rows
    return [row for row in rows if everyone or row.state is State.ANOMALY]


def why_empty(board: AnomaliesBoard, *, forming: bool, zone: ShownZone) -> str:
    """Why there is no row."""
    if forming and board.forming is None:
        return "no forming bar is known yet; u: the closed one"
    rows = shown_rows(board, forming=forming, everyone=True)
    if not rows:
        return board.reason or f"no bar of {board.exchange.value} was judged yet"
    which = "forming" if forming else "closed"
    others = others_text(rows)
    at = span(rows[0].open_ms, board.bar_ms, zone)
    said = f"nothing unusual in the {which} bar {at}: {others}; a shows them, w tells why"
    return f"{board.reason}; {said}" if board.reason else said


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
        where: list[Piece] = [(f"{explained.exchange.value} {explained.bar}", looks.text)]
        why = printable(explained.reason, 300) or "nothing is known of it"
        said = [[(line, looks.warn)] for line in wrap(why, max(20, width))]
        return [fitting([head, where], "  ", width), *said][:FACTS_LINES]
    style = looks.warn if _is_anomaly(one) else looks.text
    why_lines: list[list[Piece]] = [
        [(line, style)] for line in wrap(printable(one.why, 400), max(20, width))
    ]
    lines = [_who(one, explained, looks, width), *why_lines, _which_bar(one, zone, looks, width)]
    if forming is not None:
        lines.append(_forming_line(forming, zone, looks, width))
    return [*lines, _sum(one, looks)][:FACTS_LINES]


def _forming_line(row: AnomalyRow, zone: ShownZone, looks: Looks, width: int) -> list[Piece]:
    """What the bar that is not over would be, if it ended now."""
    score = "not judged" if row.score is None else f"score {z_text(row.score)}"
    groups: list[list[Piece]] = [
        [(f"forming since {zone.format(row.open_ms)}", looks.dim)],
        [(f"{score}, {reasons_text(row)}", looks.text if row.reasons else looks.dim)],
    ]
    if row.return_pct is not None:
        moved = (f"{signed(row.return_pct)} %", looks.signed(row.return_pct))
        groups.insert(1, [moved])
    return fitting(groups, "  ", width)


def _is_anomaly(one: Explanation) -> bool:
    return one.row is not None and one.row.state is State.ANOMALY


def _who(one: Explanation, explained: Explained, looks: Looks, width: int) -> list[Piece]:
    rank = f"rank {one.rank_24h}" if one.rank_24h is not None else "no rank"
    watched = f"{rank}, {one.top} are watched"
    groups: list[list[Piece]] = [
        [(f" {printable(one.coin, 30)} ", looks.banner)],
        [(f"{one.exchange.value} {printable(one.symbol, 30)} {one.bar}", looks.text)],
    ]
    if not explained.live:
        groups.append([("stored, no engine runs", looks.warn)])
    groups += [
        [("24 h ", looks.faint), (f"{count(one.turnover_24h_usd)} USD", looks.text)],
        [(watched, looks.dim)],
    ]
    if one.mode == "original":
        groups.append([("mode original", looks.warn)])
    return fitting(groups, "  ", width)


def _which_bar(one: Explanation, zone: ShownZone, looks: Looks, width: int) -> list[Piece]:
    window = f"window {one.window_bars} bars since {zone.format(one.window_open_ms, '%m-%d %H:%M')}"
    if one.row is None:
        return [("no bar of it is judged", looks.dim)]
    row = one.row
    state = "closed" if one.elapsed is None else f"forming, {one.elapsed * 100:.0f} % over"
    groups: list[list[Piece]] = [
        [(f"bar {span(row.open_ms, one.bar_ms, zone)} {state}", looks.text)],
        [(f"{window}, n={row.n}", looks.dim)],
    ]
    if row.return_pct is not None:
        groups.append([(f"{signed(row.return_pct)} %", looks.signed(row.return_pct))])
    if row.close is not None:
        groups.append([("close ", looks.faint), (price(row.close), looks.text)])
    return fitting(groups, "  ", width)


def _sum(one: Explanation, looks: Looks) -> list[Piece]:
    row = one.row
    if row is None or row.score is None:
        return [("score ", looks.faint), (f"{ABSENT} not judged", looks.dim)]
    line: list[Piece] = [("score ", looks.faint), (z_text(row.score), looks.bright)]
    terms = [
        (f"{part.weight:g} × {part.over:.2f}", "pctile" if part.name == PERCENTILE else part.name)
        for part in part_rows(one)
        if part.over
    ]
    line.append((" = " if terms else ", nothing is over its limit", looks.faint))
    for place, (text, name) in enumerate(terms):
        line += [(" + " if place else "", looks.faint), (text, looks.text), (f" {name}", looks.dim)]
    return line


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
        empty=printable(klines.reason, 200) or waiting,
    )
