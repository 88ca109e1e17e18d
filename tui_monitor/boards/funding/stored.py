"""The funding board of what is stored alone: what was paid, without the rates of now."""

from collections.abc import Iterable, Sequence

from tui_monitor.boards.funding import FundingBoard, FundingCell, FundingRow, PaidSum
from tui_monitor.model import Exchange, PaidFunding

WINDOWS_DAYS = (1, 7, 30)
NO_RATES = "no engine runs: no rates of now"
_ORDER = {exchange: place for place, exchange in enumerate(Exchange)}


def stored_board(paid: Iterable[PaidFunding], now_ms: int) -> FundingBoard:
    """Coins by name; none ranks."""
    by_coin: dict[str, list[PaidFunding]] = {}
    for one in paid:
        if one.newest_ms is not None:
            by_coin.setdefault(one.coin, []).append(one)
    rows = [_row(coin, by_coin[coin]) for coin in sorted(by_coin)]
    exchanges = {one.exchange for listed in by_coin.values() for one in listed}
    return FundingBoard(
        board="funding",
        now_ms=now_ms,
        exchanges=sorted(exchanges, key=_ORDER.__getitem__),
        coins=len(rows),
        ranked=0,
        rows=rows,
        past=[],
    )


def _row(coin: str, listed: Sequence[PaidFunding]) -> FundingRow:
    # Of several symbols of an exchange that which settled last: the others have been delisted.
    newest = sorted(listed, key=lambda one: one.newest_ms or 0)
    by_exchange = {one.exchange: one for one in newest}
    cells = [
        _cell(by_exchange[exchange]) for exchange in sorted(by_exchange, key=_ORDER.__getitem__)
    ]
    return FundingRow(
        coin=coin,
        rank=None,
        ranked=False,
        reason=NO_RATES,
        difference_8h=None,
        difference_apr=None,
        short_exchange=None,
        long_exchange=None,
        cells=cells,
    )


def _cell(paid: PaidFunding) -> FundingCell:
    return FundingCell(
        exchange=paid.exchange,
        symbol=paid.symbol,
        rate=None,
        interval_h=None,
        interval_was_h=None,
        interval_changed_ms=None,
        next_settlement_ms=None,
        rate_8h=None,
        apr=None,
        settled_rate=paid.newest_rate,
        settled_ms=paid.newest_ms,
        paid=[
            PaidSum(days=days, rate=rate, settlements=count, due=None, whole=False)
            if count
            else PaidSum(days=days, rate=None, settlements=None, due=None, whole=False)
            for days, (rate, count) in zip(WINDOWS_DAYS, paid.sums, strict=True)
        ],
        paid_since_ms=paid.oldest_ms,
        age_ms=None,
        stale=True,
        suspicion="",
        others=[],
    )
