"""The spreads board's lines: what is paired and filtered, and all of the row under the cursor."""

from rich.cells import cell_len

from tui_monitor.boards.spreads import OVER_PCT, Filter, Kind, SpreadRow, SpreadsBoard
from tui_monitor.boards.status import EngineStatus
from tui_monitor.model import Market
from tui_monitor.printable import printable
from tui_monitor.screens.boards.spreads.cells import (
    amount,
    hours,
    leg,
    rate,
    short_age,
    why_nothing,
)
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import ABSENT, ShownZone, count, fit, price, signed
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.line import Piece, fitting
from tui_monitor.words import counted, t, told

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
    words = t(FILTER_WORDS[board.filter])
    if board.coin is None:
        return words
    only = t("only {coin}", coin=printable(board.coin, 30))
    return only if board.filter is Filter.ALL else f"{only}, {words}"


def headline(board: SpreadsBoard, looks: Looks, width: int) -> list[Piece]:
    """What is paired, which coins, how many there are and rank."""
    groups: list[list[Piece]] = [
        [
            (f"{key('pairs')} ", looks.key),
            (f"{t('pairs')} ", looks.faint),
            *_kinds(board.kind, looks, width),
        ],
        [
            (f"{key('coins')} ", looks.key),
            (f"{t('coins', 'shown')} ", looks.faint),
            (shown_coins(board), looks.title),
        ],
        [(f"{board.matching:,}", looks.text), (f" {t('shown', 'rows')}", looks.faint)],
        [(_ranked(board), looks.text), (f" {t('rank')}", looks.faint)],
        [(t("legs beyond {age} s rank nowhere", age=f"{board.max_age_s:g}"), looks.faint)],
    ]
    if board.fees_pct:
        groups.append([(f"{t('taker fees')} ", looks.faint), (_fees(board), looks.dim)])
    if not board.live:
        groups.insert(0, [(told(board.reason), looks.warn)])
    return fitting(groups, _GAP, width)


def _ranked(board: SpreadsBoard) -> str:
    return t("{n} of {all}", n=f"{board.ranked:,}", all=f"{board.coins:,}")


def _kinds(kind: Kind, looks: Looks, width: int) -> list[Piece]:
    if width < 130:
        return [(t(kind.value), looks.title)]
    return [(f" {t(one.value)} ", looks.banner if one is kind else looks.dim) for one in Kind]


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
        return told(board.reason)
    if board.coins == 0:
        none = t("no coin has two legs")
        if board.kind is not Kind.ALL:
            none = t("no coin has two legs of {kind}", kind=t(board.kind.value))
        return f"{none}; {why_nothing(status)}"
    none = counted(
        board.coins,
        "not the one coin: {coins}",
        "none of {n} coins: {coins}",
        coins=shown_coins(board),
    )
    return f"{none}; {_others(board)}"


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
        [
            (fit(t("long" if bought else "short", "leg"), 6), looks.faint),
            (leg(exchange, market), looks.text),
        ],
        [(f"{t('ask' if bought else 'bid')} ", looks.faint), (price(value), looks.bright)],
        [("× ", looks.faint), (amount(coins), looks.text)],
        [(short_age(age_ms), looks.text), (f" {t('old', 'age')}", looks.faint)],
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
        return [(t("no funding"), looks.faint)]
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
    groups: list[list[Piece]] = [] if row.ranked else [[(told(row.reason), looks.warn)]]
    groups.append(
        [
            (signed(row.executable_pct, 3), looks.signed(row.executable_pct)),
            (f" − {t('fees')} ", looks.faint),
            (f"{row.fees_pct:.3f}", looks.text),
            (" = ", looks.faint),
            (signed(row.net_pct, 3), looks.signed(row.net_pct)),
        ]
    )
    groups.append(_after_funding(row, now_ms, zone, looks))
    if row.net_funding_pct is not None or row.breakeven_h is not None:
        groups.append(_even(row, looks))
    size = f"{count(row.size_usd)} USDT"
    groups.append([(f"{t('size', 'book')} ", looks.faint), (size, looks.text)])
    indicative = signed(row.pair_indicative_pct, 3)
    groups.append([(f"{t('last prices')} ", looks.faint), (indicative, looks.dim)])
    groups.append([(f"{t('skew')} ", looks.faint), (short_age(row.skew_ms), looks.dim)])
    if row.suspects:
        groups.append([(t("{n} in quarantine", n=row.suspects), looks.warn)])
    return groups


def _even(row: SpreadRow, looks: Looks) -> list[Piece]:
    """After how many hours funding has paid the fees, or that it never will."""
    if row.breakeven_h is not None:
        even = f"{hours(row.breakeven_h)} {t('h')}"
        return [(f"{t('even after')} ", looks.faint), (even, looks.text)]
    return [(t("never breaks even at this funding"), looks.dim)]


def _after_funding(row: SpreadRow, now_ms: int, zone: ShownZone, looks: Looks) -> list[Piece]:
    if row.net_funding_pct is None:
        why = f"{ABSENT} {told(row.funding_reason)}".rstrip()
        return [(f"{t('funding')} ", looks.faint), (why, looks.warn)]
    until = ""
    if row.hold_h:
        end = zone.when(now_ms + round(row.hold_h * 3_600_000), now_ms)
        until = f" {t('till {time}', time=end)}"
    return [
        (f"{t('funding')} ", looks.faint),
        (signed(row.funding_pct, 3), looks.text),
        (f"{until} = ", looks.faint),
        (signed(row.net_funding_pct, 3), looks.signed(row.net_funding_pct)),
    ]


def _others(board: SpreadsBoard) -> str:
    if board.coin is not None:
        return t("{key} shows all of them", key=key("one_coin"))
    return t("{key} shows others", key=key("coins"))
