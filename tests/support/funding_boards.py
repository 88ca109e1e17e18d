"""Funding boards with sane defaults: intervals of 1, 4 and 8 h, one unknown, one that changed."""

from msgspec.structs import replace

from tests.support.boards import NOW_MS
from tests.support.spread_boards import HOUR_MS, MINUTE_MS, NEXT_MS
from tui_monitor.boards.coin import apr, rate_8h
from tui_monitor.boards.funding import (
    FundingBoard,
    FundingCell,
    FundingPast,
    FundingRow,
    PaidSum,
)
from tui_monitor.model import Exchange

INTERVALS_H: dict[Exchange, float | None] = {
    Exchange.BINANCE: 8.0,
    Exchange.OKX: 4.0,
    Exchange.BYBIT: 1.0,
    Exchange.BITGET: None,
}


def a_paid(days: int, rate: float, *, whole: bool = True) -> PaidSum:
    """Three settlements a day."""
    return PaidSum(days=days, rate=rate, settlements=3 * days, due=3 * days, whole=whole)


def a_funding_cell(
    exchange: Exchange = Exchange.BINANCE, rate: float | None = 0.0001, **changes: object
) -> FundingCell:
    """A perpetual that settles at 16:00."""
    interval_h = INTERVALS_H[exchange]
    built = FundingCell(
        exchange=exchange,
        symbol="BTC-USDT-SWAP" if exchange is Exchange.OKX else "BTCUSDT",
        rate=rate,
        interval_h=interval_h,
        interval_was_h=None,
        interval_changed_ms=None,
        next_settlement_ms=NEXT_MS,
        rate_8h=rate_8h(rate, interval_h),
        apr=apr(rate, interval_h),
        settled_rate=0.000087,
        settled_ms=NEXT_MS - 8 * HOUR_MS,
        paid=[a_paid(1, 0.000312), a_paid(7, 0.00213), a_paid(30, 0.0087, whole=False)],
        paid_since_ms=NOW_MS - 40 * 24 * HOUR_MS,
        age_ms=2_400,
        stale=False,
        suspicion="",
        others=[],
    )
    return replace(built, **changes)


def a_funding_row(coin: str = "BTC", scale: float = 1.0, **changes: object) -> FundingRow:
    """Four exchanges; Bitget's interval is not known, Bybit's changed."""
    cells = [
        a_funding_cell(Exchange.BINANCE, 0.0001 * scale),
        a_funding_cell(Exchange.OKX, -0.000031 * scale),
        a_funding_cell(
            Exchange.BYBIT,
            0.0000125 * scale,
            interval_was_h=8.0,
            interval_changed_ms=NOW_MS - 20 * MINUTE_MS,
        ),
        a_funding_cell(Exchange.BITGET, 0.00012 * scale, paid=[], settled_rate=None),
    ]
    known = {cell.exchange: cell.apr for cell in cells if cell.apr is not None}
    high, low = max(known, key=known.__getitem__), min(known, key=known.__getitem__)
    by_exchange = {cell.exchange: cell for cell in cells}
    built = FundingRow(
        coin=coin,
        rank=1,
        ranked=True,
        reason="",
        difference_8h=(by_exchange[high].rate_8h or 0) - (by_exchange[low].rate_8h or 0),
        difference_apr=known[high] - known[low],
        short_exchange=high,
        long_exchange=low,
        cells=cells,
    )
    return replace(built, **changes)


def a_lone_row(coin: str = "LONE") -> FundingRow:
    """On one exchange only, and old."""
    return FundingRow(
        coin=coin,
        rank=None,
        ranked=False,
        reason="on one exchange only",
        difference_8h=None,
        difference_apr=None,
        short_exchange=None,
        long_exchange=None,
        cells=[a_funding_cell(Exchange.OKX, 0.02, stale=True, age_ms=300_000)],
    )


def a_funding_board(now_ms: int = NOW_MS, **changes: object) -> FundingBoard:
    """Thirty coins that differ less and less, one that is compared with nothing."""
    rows = [a_funding_row("BTC", 4.0, rank=1)] + [
        a_funding_row(f"COIN{place}", 3 - place * 0.1, rank=place) for place in range(2, 30)
    ]
    built = FundingBoard(
        board="funding",
        now_ms=now_ms,
        exchanges=list(Exchange),
        coins=len(rows) + 1,
        ranked=len(rows),
        rows=[*rows, a_lone_row()],
        past=[
            FundingPast(exchange=Exchange.BINANCE, perps=512, asked=512, due=0, error=""),
            FundingPast(exchange=Exchange.OKX, perps=240, asked=31, due=12, error=""),
            FundingPast(exchange=Exchange.BYBIT, perps=480, asked=12, due=9, error="HTTP 403"),
        ],
    )
    return replace(built, **changes)
