"""What a chart's cursor says of the point that it is on. Pure."""

from collections.abc import Callable

from tui_monitor.boards.coin_parts import CoinInterest
from tui_monitor.boards.liquidations import LiquidationsBoard, Point
from tui_monitor.boards.sum_curve import Node, NodeState, SumBoard
from tui_monitor.clock import MINUTE_MS
from tui_monitor.screens.looks.format import ABSENT, count, share, signed
from tui_monitor.words import counted, t, told

Telling = Callable[[int, float | None], str]


def of_nodes(board: SumBoard) -> Telling:
    """The sum at a node, how many coins it is of; why it is not drawn."""
    nodes = {node.slot_ms: node for node in board.nodes}

    def telling(at_ms: int, value: float | None) -> str:
        live = board.live
        if live is not None and live.slot_ms == at_ms:
            return f"{t('live')}  {_node(live)}"
        node = nodes.get(at_ms)
        if node is None:
            return t("no node")
        return _node(node) if value is not None else _missing(node)

    return telling


def _node(node: Node) -> str:
    parts = [
        f"{signed(node.sum_pct)} %",
        t("{valid} of {expected} coins", valid=node.valid, expected=node.expected),
        t("{up} up, {down} down", up=node.up, down=node.down),
    ]
    for coin, pct in ((node.best_coin, node.best_pct), (node.worst_coin, node.worst_pct)):
        if coin is not None:
            parts.append(f"{coin} {signed(pct)}")
    if node.provisional:
        parts.append(t("provisional"))
    elif node.state is not NodeState.OK and node.reason:
        parts.append(told(node.reason))
    return "  ".join(parts)


def _missing(node: Node) -> str:
    """Why a node is no part of the curve."""
    why = told(node.reason) if node.reason else t("no prices are stored")
    held = t("{valid} of {expected} coins", valid=node.valid, expected=node.expected)
    return f"{t(node.state.value)}  {held}  {why}"


def of_minutes(board: LiquidationsBoard, *, bound: str) -> Telling:
    """An hour's sum (or a longer step's), what came in the step itself, how much was heard."""
    points = {one.at_ms: one for one in board.points}
    by_hour = board.step_ms == MINUTE_MS

    def telling(at_ms: int, value: float | None) -> str:
        point = points.get(at_ms)
        if point is None:
            return t("{usd} USD, told by the aggregate source", usd=count(value))
        if value is None and point.total_usd is None:
            return t("nobody was heard: a gap, not zero")
        name = t("1 h") if by_hour else t("{minutes} min", minutes=board.step_ms // MINUTE_MS)
        parts = [f"{name} {bound if value is not None else ''}{count(value)} USD"]
        if by_hour:
            parts.append(t("the minute {usd}", usd=bound + count(point.total_usd)))
        return "  ".join([*parts, *_sides(point)])

    return telling


def _sides(point: Point) -> list[str]:
    """Longs and shorts of a step, how many, and how much of its time was heard."""
    return [
        f"▾{count(point.long_usd)} ▴{count(point.short_usd)}",
        counted(point.count, "{n} liquidation", "{n} liquidations"),
        t("heard {share}", share=share(point.covered * 100)),
    ]


def minute_title(time: str) -> str:
    """Of the step that begins then."""
    return t("Liquidations at {time}", time=time)


def minute_lines(board: LiquidationsBoard, at_ms: int, clock: Callable[[int], str]) -> list[str]:
    """A step in full, with those of the largest orders that fall into it."""
    point = next((one for one in board.points if one.at_ms == at_ms), None)
    if point is None:
        return [t("only the aggregate source told of this time")]
    lines = ["  ".join([t("total {usd} USD", usd=count(point.total_usd)), *_sides(point)])]
    if point.total_1h_usd is not None:
        lines.append(
            t(
                "the hour that ends with it: {usd} USD, ▾{long} ▴{short}, heard {share}",
                usd=count(point.total_1h_usd),
                long=count(point.long_1h_usd),
                short=count(point.short_1h_usd),
                share=ABSENT if point.covered_1h is None else share(point.covered_1h * 100),
            )
        )
    end_ms = at_ms + board.step_ms
    largest = [one for one in board.largest if at_ms <= one.exchange_ms < end_ms]
    lines += [
        f"{clock(one.exchange_ms)}  {one.coin}  {one.side} {count(one.usd)} USD  {one.exchange}"
        for one in largest
    ]
    if not largest:
        lines.append(t("none of the window's largest orders falls into it"))
    return lines


def of_samples(found: CoinInterest, unit: str, size: float) -> Telling:
    """Coins at a sample; that none was stored."""

    def telling(_: int, value: float | None) -> str:
        if value is None:
            return t("no sample is stored: some exchange was not heard, or nothing ran")
        text = t("{amount} coins", amount=f"{value:,.3f} {unit}".rstrip())
        newest = None if found.total is None else found.total.coins
        if newest is None or value <= 0:
            return text
        since = t("since then {change} %", change=signed((newest / (value * size) - 1) * 100))
        return f"{text}  {since}"

    return telling
