"""The rows of Bitget's answers and pushes. Sizes are in what the symbol quotes, never contracts."""

from typing import Any

from tui_monitor.simulator.accounts import ALL, SHARE_PLACES, longs
from tui_monitor.simulator.bars import Bar
from tui_monitor.simulator.bitget.catalog import SPOT, symbol_in
from tui_monitor.simulator.decimals import plain
from tui_monitor.simulator.derivatives import MAX_RATE, Liquidation, Perpetual
from tui_monitor.simulator.listings import Listing, change

Row = dict[str, Any]
_CHANGE_PLACES = 5


def _price(listing: Listing, ticks: int) -> str:
    # Without the zeros at the end, unlike other exchanges.
    return plain(ticks, listing.price_places)


def ticker_v2(listing: Listing, ms: int) -> Row:
    """A row of v2's REST; the open of 24 hours is called `open` on spot."""
    series = listing.series
    quote, day = series.quote(ms), series.day(ms)
    utc_open = series.day_open(ms, 0)
    is_spot = listing.line.category == SPOT
    turnover = listing.turnover(day)
    row: Row = {
        "symbol": listing.symbol,
        "lastPr": _price(listing, quote.last),
        "askPr": _price(listing, quote.ask),
        "bidPr": _price(listing, quote.bid),
        "bidSz": listing.size(quote.bid_lots),
        "askSz": listing.size(quote.ask_lots),
        "high24h": _price(listing, day.high),
        "low24h": _price(listing, day.low),
        "open" if is_spot else "open24h": _price(listing, day.open),
        "ts": str(ms),
        "change24h": change(day, _CHANGE_PLACES),
        "baseVolume": listing.size(day.lots),
        "quoteVolume": turnover,
        "usdtVolume": turnover,
        "openUtc": _price(listing, utc_open),
        "changeUtc24h": _change(utc_open, quote.last),
    }
    derived = listing.derived
    if derived is None:
        return row
    settles_ms = listing.line.settles_ms
    return {
        **row,
        **_derived_v2(listing, derived, ms),
        "deliveryStartTime": None if settles_ms is None else str(listing.line.listed_ms),
        "deliveryTime": None if settles_ms is None else str(settles_ms),
        "deliveryStatus": "" if settles_ms is None else "delivery_normal",
    }


def _change(before: int, after: int) -> str:
    unit = 10**_CHANGE_PLACES
    return plain((after - before) * unit // before, _CHANGE_PLACES)


def _derived_v2(listing: Listing, derived: Perpetual, ms: int) -> Row:
    return {
        "indexPrice": listing.fine_price(derived.index.price(ms)),
        "fundingRate": listing.rate(derived.rate(ms).predicted),
        "holdingAmount": listing.size(derived.open_interest_lots(ms)),
        "markPrice": _price(listing, derived.mark(ms)),
    }


def pushed_v2(listing: Listing, ms: int) -> Row:
    """A row of v2's channel: `open24h` in both markets, and the next settlement."""
    row = ticker_v2(listing, ms)
    pushed = {"instId": listing.symbol}
    if listing.derived is None:
        del row["symbol"], row["usdtVolume"]
        row["open24h"] = row.pop("open")
        return pushed | row
    for name in (
        "usdtVolume",
        "changeUtc24h",
        "deliveryStartTime",
        "deliveryTime",
        "deliveryStatus",
    ):
        del row[name]
    is_dated = listing.line.settles_ms is not None
    return pushed | {
        **row,
        "nextFundingTime": "0" if is_dated else str(listing.derived.rate(ms).settles_ms),
        "symbolType": "2" if is_dated else "1",
        "deliveryPrice": "0",
    }


def pushed_v3(listing: Listing, ms: int) -> Row:
    """A row of v3's topic: neither symbol nor time stands in it."""
    series = listing.series
    quote, day = series.quote(ms), series.day(ms)
    row: Row = {
        "highPrice24h": _price(listing, day.high),
        "lowPrice24h": _price(listing, day.low),
        "openPrice24h": _price(listing, day.open),
        "lastPrice": _price(listing, quote.last),
        "turnover24h": listing.turnover(day),
        "volume24h": listing.size(day.lots),
        "bid1Price": _price(listing, quote.bid),
        "ask1Price": _price(listing, quote.ask),
        "bid1Size": listing.size(quote.bid_lots),
        "ask1Size": listing.size(quote.ask_lots),
        "price24hPcnt": change(day, _CHANGE_PLACES),
    }
    derived = listing.derived
    if derived is None:
        return row
    settles_ms = listing.line.settles_ms
    return {
        **row,
        "indexPrice": listing.fine_price(derived.index.price(ms)),
        "markPrice": _price(listing, derived.mark(ms)),
        "fundingRate": listing.rate(derived.rate(ms).predicted),
        "openInterest": listing.size(derived.open_interest_lots(ms)),
        "deliveryTime": "" if settles_ms is None else str(settles_ms),
        "deliveryStartTime": "" if settles_ms is None else str(listing.line.listed_ms),
        "deliveryStatus": "" if settles_ms is None else "delivery_normal",
        "nextFundingTime": "0" if settles_ms else str(derived.rate(ms).settles_ms),
    }


def ticker_v3(listing: Listing, ms: int) -> Row:
    """A row of v3's REST."""
    row = pushed_v3(listing, ms)
    row.pop("nextFundingTime", None)
    head = {"category": listing.line.category, "symbol": symbol_in(listing, 3), "ts": str(ms)}
    return head | row


def funding(listing: Listing, derived: Perpetual, ms: int, version: int) -> Row:
    """The present rate; `nextUpdate` is the next settlement."""
    rate, is_dated = derived.rate(ms), listing.line.settles_ms is not None
    row: Row = {
        "symbol": symbol_in(listing, version),
        "fundingRate": listing.rate(rate.predicted),
        "fundingRateInterval": str(derived.interval_ms // 3_600_000),
        "nextUpdate": "0" if is_dated else str(rate.settles_ms),
        "minFundingRate": f"-{MAX_RATE:g}",
        "maxFundingRate": f"{MAX_RATE:g}",
    }
    if version == 3:
        row |= {"cashDividend": "", "cashDividendTime": ""}
    return row


def ghost(symbol: str) -> Row:
    """A row of the funding list that belongs to nothing."""
    return {
        "symbol": symbol,
        "fundingRate": "0",
        "fundingRateInterval": "8",
        "nextUpdate": "0",
        "minFundingRate": None,
        "maxFundingRate": None,
    }


def candle(listing: Listing, open_ms: int, bar: Bar, columns: int) -> list[str]:
    """[ts, o, h, l, c, base, quote] and, where there are eight, the volume in USDT."""
    turnover = listing.turnover(bar)
    prices = (bar.open, bar.high, bar.low, bar.close)
    row = [str(open_ms), *(_price(listing, price) for price in prices)]
    return [*row, listing.size(bar.lots), turnover, turnover][:columns]


def kline(listing: Listing, open_ms: int, bar: Bar) -> Row:
    """v3's bar on the socket; nothing says whether it is closed."""
    names = ("start", "open", "high", "low", "close", "volume", "turnover")
    return dict(zip(names, candle(listing, open_ms, bar, 7), strict=True))


def liquidation(listing: Listing, made: Liquidation) -> Row:
    """`side` is the position's: buy is a long; `amount` is in the quote currency."""
    return {
        "symbol": listing.symbol,
        "side": "buy" if made.of_long else "sell",
        "price": _price(listing, made.ticks),
        "amount": listing.notional(made.lots, made.ticks),
        "ts": str(made.ms),
    }


def account_ratio(listing: Listing, ms: int) -> Row:
    """The shares of accounts, and one by the other."""
    long = longs(listing.series, ms)
    return {
        "longAccountRatio": plain(long, SHARE_PLACES),
        "shortAccountRatio": plain(ALL - long, SHARE_PLACES),
        "longShortAccountRatio": plain(long * ALL // (ALL - long), SHARE_PLACES),
        "ts": str(ms),
    }


def sides(listing: Listing, ms: int) -> tuple[list[str], list[str]]:
    """The best ask and the best bid, with their sizes."""
    quote = listing.series.quote(ms)
    ask = [_price(listing, quote.ask), listing.size(quote.ask_lots)]
    return ask, [_price(listing, quote.bid), listing.size(quote.bid_lots)]
