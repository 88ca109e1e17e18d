"""Minutes of prices put together to rows of an exchange, spot beside perpetual.

The field names are those of the originals' table `price_data_1min`.
"""

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from msgspec import Struct

from tui_monitor.model import Exchange, Market, PriceMinute

_DIGITS = 4


class PriceSpan(Struct, frozen=True, kw_only=True):
    """A coin on one exchange from `timestamp` (UTC ms) on.

    The prices are last prices per coin: the open is the first that was seen, the close the last.
    `funding_rate_avg` is the mean of the minutes' rates, `premium_percent_avg` that of
    (perpetual − spot) / spot × 100 at the closes of minutes that have both; None without any.
    `data_points` is how often the prices were looked at.
    """

    timestamp: int
    symbol: str
    exchange: Exchange
    spot_price_open: float | None
    spot_price_high: float | None
    spot_price_low: float | None
    spot_price_close: float | None
    futures_price_open: float | None
    futures_price_high: float | None
    futures_price_low: float | None
    futures_price_close: float | None
    funding_rate_avg: float | None
    premium_percent_avg: float | None
    data_points: int


class _Bar(NamedTuple):
    """The four prices of some minutes of one market; all None without any."""

    open: float | None = None
    high: float | None = None
    low: float | None = None
    close: float | None = None


def price_spans(minutes: Sequence[PriceMinute], length_ms: int) -> list[PriceSpan]:
    """Rows by time and exchange, from minutes that are oldest first."""
    parts: dict[tuple[int, Exchange], list[PriceMinute]] = {}
    for one in minutes:
        start_ms = one.minute_ms - one.minute_ms % length_ms
        parts.setdefault((start_ms, one.exchange), []).append(one)
    order = list(Exchange)
    keys = sorted(parts, key=lambda key: (key[0], order.index(key[1])))
    return [_span(*key, parts[key]) for key in keys]


def _span(start_ms: int, exchange: Exchange, part: Sequence[PriceMinute]) -> PriceSpan:
    spot = _bar([one for one in part if one.market is Market.SPOT])
    perp = _bar([one for one in part if one.market is Market.PERP])
    rates = [one.rate for one in part if one.rate is not None]
    premiums = _premiums_pct(part)
    return PriceSpan(
        timestamp=start_ms,
        symbol=part[0].coin,
        exchange=exchange,
        spot_price_open=spot.open,
        spot_price_high=spot.high,
        spot_price_low=spot.low,
        spot_price_close=spot.close,
        futures_price_open=perp.open,
        futures_price_high=perp.high,
        futures_price_low=perp.low,
        futures_price_close=perp.close,
        funding_rate_avg=fmean(rates) if rates else None,
        premium_percent_avg=round(fmean(premiums), _DIGITS) if premiums else None,
        data_points=sum(one.samples for one in part),
    )


def _bar(minutes: Sequence[PriceMinute]) -> _Bar:
    if not minutes:
        return _Bar()
    high, low = max(one.high for one in minutes), min(one.low for one in minutes)
    return _Bar(minutes[0].open, high, low, minutes[-1].close)


def _premiums_pct(part: Sequence[PriceMinute]) -> list[float]:
    spots = {one.minute_ms: one.close for one in part if one.market is Market.SPOT}
    return [
        (one.close - spots[one.minute_ms]) / spots[one.minute_ms] * 100
        for one in part
        if one.market is Market.PERP and one.minute_ms in spots
    ]
