"""The files' formats, the originals' and ours: headers, cells, reasons."""

import re
from decimal import Decimal
from math import ulp

from tui_monitor.model import ORIGINAL_REASONS, Reason, SpreadKind
from tui_monitor.printable import printable

BOM = b"\xef\xbb\xbf"
PRICES_HEADER = "日期,时间,时间戳,币种,基准价格(00:00),当前价格,涨跌幅(%)"
SUM_HEADER = "日期,时间,时间戳,27币涨跌幅总和(%)"
MISSING_HEADER = "日期,时间,币种,原因"
OUTAGES_HEADER = "exchange,market,channel,begin_utc,end_utc,seconds,bridged,reason"
FUNDING_HEADER = "settled_utc,exchange,market,symbol,coin,rate"
SPREADS_HEADER = (
    "minute_utc,coin,pairs,max_pct,min_pct,buy_exchange,buy_market,sell_exchange,sell_market,"
    "over_s,rises,samples"
)
SIGNALS_HEADER = (
    "observed_utc,coin,basis,buy_exchange,buy_market,sell_exchange,sell_market,buy_price,"
    "sell_price,spread_pct,threshold_pct,run_first_utc,ended_utc,lasted_s,ending,samples_pct"
)
LIQUIDATIONS_HEADER = (
    "liquidated_utc,exchange,symbol,coin,side,price_per_coin,coins,usd,received_utc,heard"
)
LIQUIDATION_MINUTES_HEADER = (
    "minute_utc,exchange,long_usd,short_usd,long_count,short_count,largest_usd,unsized_count,"
    "capped_s,covered_ms"
)
PAIRS = {
    SpreadKind.ALL: "all",
    SpreadKind.PERP_PERP: "perp-perp",
    SpreadKind.SPOT_PERP: "spot-perp",
    SpreadKind.SPOT_SPOT: "spot-spot",
}

# A change from the smallest price to the largest has 22 digits; a small number of coins has its
# 17 digits behind many zeros.
_NUMBER = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,40})?")
# A spreadsheet takes a cell that begins like this for a formula; the last four are full width.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_REASON_OF = {text: reason for reason, text in ORIGINAL_REASONS.items()}
_TEXT_LIMIT = 200
# Of the digits of a number that was reckoned.
_SHORT = 13
_LAST_BITS = 4
_PERCENT_PLACES, _PERCENT_NOISE = 9, 1e-12


def number(text: str) -> float:
    """A plain decimal number; ValueError for anything else that `float` would take."""
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(f"{printable(text)!r} is not a number")
    return float(text)


def number_or_none(text: str) -> float | None:
    """The same, None for an empty cell."""
    return number(text) if text else None


def number_cell(value: float) -> str:
    """All digits of a number and no more, without an exponent; the same number on reading."""
    return format(Decimal(repr(value)), "f")


def reckoned(value: float) -> float:
    """A product, quotient or sum without what binary arithmetic added: 0.3 for 0.30000000000000004.

    A double keeps 15 digits of any decimal number; only what is a short number but for its last
    few bits is taken for it. All else stays what it is, with all its digits.
    """
    short = float(f"{value:.15g}")
    if abs(short - value) > _LAST_BITS * ulp(value):
        return value
    return short if len(Decimal(repr(short)).normalize().as_tuple().digits) <= _SHORT else value


def percent(value: float) -> float:
    """(a - b) / b x 100, or a sum of such, the same way: 0.6 for 0.5999999999999943.

    The difference of two neighbouring doubles keeps fewer digits than each of them has.
    """
    short = round(value, _PERCENT_PLACES) + 0.0
    return short if abs(short - value) <= _PERCENT_NOISE else value


def product(one: float, other: float) -> float:
    """Of two decimal numbers, as if it were done on paper: 1.1 x 1.1 is 1.21."""
    return float(Decimal(repr(one)) * Decimal(repr(other)))


def reckoned_cell(value: float | None) -> str:
    """The cell of a number that was reckoned; of an unknown one an empty cell."""
    return "" if value is None else number_cell(reckoned(value))


def percent_cell(value: float) -> str:
    """The cell of a percentage."""
    return number_cell(percent(value))


def text_cell(text: str) -> str:
    """Text that no spreadsheet runs: printable, and with ' before what begins a formula."""
    clean = printable(text, _TEXT_LIMIT)
    return f"'{clean}" if clean.startswith(_FORMULA_STARTS) else clean


def text_of_cell(cell: str) -> str:
    """The text that `text_cell` made a cell of."""
    if cell.startswith("'") and cell[1:].startswith(_FORMULA_STARTS):
        return cell[1:]
    return printable(cell, _TEXT_LIMIT)


def reason_text(reason: str) -> str:
    """The originals' words for a reason of theirs, else the reason itself."""
    known = next((ours for ours in Reason if ours.value == reason), None)
    return ORIGINAL_REASONS.get(known, reason) if known is not None else reason


def reason_of(text: str) -> str:
    """The reason that `reason_text` wrote."""
    known = _REASON_OF.get(text)
    return known.value if known is not None else text
