"""The sum board's rows: nodes, and the coins of one node."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from tui_monitor.boards.sum_curve import CoinChange, Node, NodeState, Record, SumBoard
from tui_monitor.clock import BoardZone
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.widgets.spark import sparkline

LIVE_KEY = "live"
TOP = 5
# Two hours a block.
DAY_WIDTH = 12


@dataclass(frozen=True)
class NodeRow:
    """A due node, or the live point. `aging`: its prices are old, it is shown in grey."""

    node: Node
    is_live: bool
    aging: bool = False

    @property
    def key(self) -> str:
        """The cursor's identity."""
        return LIVE_KEY if self.is_live else str(self.node.slot_ms)


@dataclass(frozen=True)
class CoinRow:
    """One coin of a node. `rank` +1..+5: the largest rises; -1..-5: the largest falls.

    `scale_pct` is the largest change of all, the length of a whole bar; `age_ms` is None at a
    stored node. `day` is the coin's day as blocks, "" where it is not known.
    """

    change: CoinChange
    rank: int
    scale_pct: float
    age_ms: int | None
    day: str = ""


def node_rows(board: SumBoard, *, aging: bool = False) -> list[NodeRow]:
    """What the nodes table shows: every slot that has come, and the live point."""
    rows = [NodeRow(node, False) for node in board.nodes if node.state is not NodeState.FUTURE]
    if board.live is not None:
        rows.append(NodeRow(board.live, True, aging))
    return rows


def coin_days(board: SumBoard, records: Sequence[Record], days: BoardZone) -> dict[str, str]:
    """Each coin's changes at the nodes of the shown day, as blocks; the day to come is blank."""
    day = date.fromisoformat(board.first_day)
    moves: dict[str, list[tuple[int, float | None]]] = {}
    for record in records:
        for coin in record.coins:
            moves.setdefault(coin.coin, []).append((record.node.slot_ms, coin.change_pct))
    span_ms = (days.day_start_ms(day), days.day_end_ms(day))
    return {coin: sparkline(points, *span_ms, DAY_WIDTH) for coin, points in moves.items()}


def coin_rows(board: SumBoard, days: Mapping[str, str] = MappingProxyType({})) -> list[CoinRow]:
    """The coins of the shown node with their ranks; `days` as blocks, by coin."""
    valid = sorted(
        (coin for coin in board.coins if coin.change_pct is not None),
        key=lambda coin: coin.change_pct or 0.0,
    )
    ranks: dict[str, int] = {}
    for place, coin in enumerate(valid[:TOP], 1):
        if (coin.change_pct or 0) < 0:
            ranks[coin.coin] = -place
    for place, coin in enumerate(reversed(valid[-TOP:]), 1):
        if (coin.change_pct or 0) > 0:
            ranks[coin.coin] = place
    scale = max((abs(coin.change_pct or 0) for coin in valid), default=0.0)
    live = board.live is not None and board.shown_ms == board.live.slot_ms
    return [
        CoinRow(
            coin,
            ranks.get(coin.coin, 0),
            scale,
            _age(coin, board.now_ms) if live else None,
            days.get(coin.coin, ""),
        )
        for coin in board.coins
    ]


def _age(coin: CoinChange, now_ms: int) -> int | None:
    # In steps, so that an age that grows does not paint every row every second.
    return None if coin.observed_ms is None else max(0, now_ms - coin.observed_ms) // 1000 * 1000


def is_dated(board: SumBoard, zone: ShownZone) -> bool:
    """Whether some of the nodes are of another date in this zone than the board's day."""
    ends = (board.nodes[0], board.nodes[-1]) if board.nodes else ()
    days = {zone.moment(one.slot_ms).date().isoformat() for one in ends}
    return not days <= {board.first_day}
