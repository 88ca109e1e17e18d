"""The spreads board's lines: what is paired and filtered, and all of the row under the cursor."""

from rich.cells import cell_len

from tui_monitor.boards.spreads import OVER_PCT, Filter, Kind, SpreadRow, SpreadsBoard
from tui_monitor.boards.status import EngineStatus
from tui_monitor.model import Market
from tui_monitor.printable import printable
from tui_monitor.screens.format import ABSENT, ShownZone, count, fit, price, signed
from tui_monitor.screens.looks import Looks
from tui_monitor.screens.spreads_cells import amount, hours, leg, rate, short_age, why_nothing
from tui_monitor.screens.widgets.line import Piece, fitting

FILTER_WORDS = {
    Filter.ALL: "all",
    Filter.OVER: f"≥ {OVER_PCT:g} %",
    Filter.SEVERAL: "several exchanges",
    Filter.FUNDING: "with funding",
    Filter.MAJORS: "majors",
}
# Lines of the row under the cursor.
DETAIL_LINES = 3
_GAP = "   "


def shown_coins(board: SpreadsBoard) -> str:
    """Which coins are shown, in words."""
    words = FILTER_WORDS[board.filter]
    if board.coin is None:
        return words
    only = f"only {printable(board.coin, 30)}"
    return only if board.filter is Filter.ALL else f"{only}, {words}"


def headline(board: SpreadsBoard, looks: Looks, width: int) -> list[Piece]:
    """What is paired, which coins, how many there are and rank."""
    groups: list[list[Piece]] = [
        [("p ", looks.key), ("pairs ", looks.faint), *_kinds(board.kind, looks, width)],
        [("f ", looks.key), ("coins ", looks.faint), (shown_coins(board), looks.title)],
        [(f"{board.matching:,}", looks.text), (" shown", looks.faint)],
        [(f"{board.ranked:,} of {board.coins:,}", looks.text), (" rank", looks.faint)],
        [(f"legs beyond {board.max_age_s:g} s rank nowhere", looks.faint)],
        [("taker fees ", looks.faint), (_fees(board), looks.dim)],
    ]
    if not board.live:
        groups.insert(0, [(board.reason, looks.warn)])
    return fitting(groups, _GAP, width)


def _kinds(kind: Kind, looks: Looks, width: int) -> list[Piece]:
    if width < 130:
        return [(kind.value, looks.title)]
    return [(f" {one.value} ", looks.banner if one is kind else looks.dim) for one in Kind]


def _fees(board: SpreadsBoard) -> str:
    """`binance 0.05/0.1 %`: of perpetuals and of spot."""
    fees = dict(zip(board.slots, board.fees_pct, strict=True))
    names = list(dict.fromkeys(slot.partition(" ")[0] for slot in board.slots))
    shown = [
        f"{name} {fees[f'{name} {Market.PERP}']:g}/{fees[f'{name} {Market.SPOT}']:g}"
        for name in names
    ]
    return ", ".join(shown) + " %"


def why_empty(board: SpreadsBoard, status: EngineStatus | None) -> str:
    """Why no pair is shown, and what helps."""
    if not board.live:
        return board.reason
    if board.coins == 0:
        kind = "" if board.kind is Kind.ALL else f" of {board.kind}"
        return f"no coin has two legs{kind}; {why_nothing(status)}"
    what = "o shows all of them" if board.coin is not None else "f shows others"
    return f"none of {board.coins:,} coins: {shown_coins(board)}; {what}"


def detail(
    row: SpreadRow | None, now_ms: int, zone: ShownZone, looks: Looks, width: int
) -> list[list[Piece]]:
    """Both legs and the sum of costs, in three lines."""
    if row is None:
        return [[] for _ in range(DETAIL_LINES)]
    buy = _leg_groups(row, "buy", now_ms, zone, looks)
    sell = _leg_groups(row, "sell", now_ms, zone, looks)
    _align(buy, sell)
    return [
        fitting(buy, "  ", width),
        fitting(sell, "  ", width),
        fitting(_sum_groups(row, now_ms, zone, looks), _GAP, width),
    ]


def _leg_groups(
    row: SpreadRow, side: str, now_ms: int, zone: ShownZone, looks: Looks
) -> list[list[Piece]]:
    bought = side == "buy"
    exchange, market, symbol, age_ms = (
        (row.buy_exchange, row.buy_market, row.buy_symbol, row.buy_age_ms)
        if bought
        else (row.sell_exchange, row.sell_market, row.sell_symbol, row.sell_age_ms)
    )
    value, coins = (row.ask, row.ask_coins) if bought else (row.bid, row.bid_coins)
    return [
        [(f"{'long' if bought else 'short':<6}", looks.faint), (leg(exchange, market), looks.text)],
        [("ask " if bought else "bid ", looks.faint), (price(value), looks.bright)],
        [("× ", looks.faint), (amount(coins), looks.text)],
        [(short_age(age_ms), looks.text), (" old", looks.faint)],
        _funding(row, side, now_ms, zone, looks),
        [(printable(symbol, 30), looks.dim)],
    ]


def _funding(row: SpreadRow, side: str, now_ms: int, zone: ShownZone, looks: Looks) -> list[Piece]:
    market, found, interval_h, next_ms = (
        (row.buy_market, row.buy_rate, row.buy_interval_h, row.buy_next_settlement_ms)
        if side == "buy"
        else (row.sell_market, row.sell_rate, row.sell_interval_h, row.sell_next_settlement_ms)
    )
    if market is Market.SPOT:
        return [("no funding", looks.faint)]
    each = "? h" if interval_h is None else f"{interval_h:g} h"
    at = "" if next_ms is None else f" {zone.when(next_ms, now_ms)}"
    return [(f"{rate(found)} %", looks.text), (f"/{each}{at}", looks.faint)]


def _align(above: list[list[Piece]], below: list[list[Piece]]) -> None:
    """Both lines' groups begin under each other."""
    for first, second in zip(above, below, strict=True):
        wide = max(_cells(first), _cells(second))
        for group in (first, second):
            text, style = group[-1]
            group[-1] = (fit(text, cell_len(text) + wide - _cells(group)), style)


def _cells(group: list[Piece]) -> int:
    return sum(cell_len(text) for text, _ in group)


def _sum_groups(row: SpreadRow, now_ms: int, zone: ShownZone, looks: Looks) -> list[list[Piece]]:
    groups: list[list[Piece]] = [] if row.ranked else [[(row.reason, looks.warn)]]
    groups.append(
        [
            (signed(row.executable_pct, 3), looks.signed(row.executable_pct)),
            (" − fees ", looks.faint),
            (f"{row.fees_pct:.3f}", looks.text),
            (" = ", looks.faint),
            (signed(row.net_pct, 3), looks.signed(row.net_pct)),
        ]
    )
    groups.append(_after_funding(row, now_ms, zone, looks))
    groups.append([("even after ", looks.faint), (f"{hours(row.breakeven_h)} h", looks.text)])
    groups.append([("size ", looks.faint), (f"{count(row.size_usd)} USDT", looks.text)])
    indicative = signed(row.pair_indicative_pct, 3)
    groups.append([("last prices ", looks.faint), (indicative, looks.dim)])
    groups.append([("skew ", looks.faint), (short_age(row.skew_ms), looks.dim)])
    if row.suspects:
        groups.append([(f"{row.suspects} in quarantine", looks.warn)])
    return groups


def _after_funding(row: SpreadRow, now_ms: int, zone: ShownZone, looks: Looks) -> list[Piece]:
    if row.net_funding_pct is None:
        return [("funding ", looks.faint), (f"{ABSENT} {row.funding_reason}".rstrip(), looks.warn)]
    until = ""
    if row.hold_h:
        until = f" till {zone.when(now_ms + round(row.hold_h * 3_600_000), now_ms)}"
    return [
        ("funding ", looks.faint),
        (signed(row.funding_pct, 3), looks.text),
        (f"{until} = ", looks.faint),
        (signed(row.net_funding_pct, 3), looks.signed(row.net_funding_pct)),
    ]
