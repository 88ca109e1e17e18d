"""The rows of Bybit's answers and pushes. Sizes are in what the symbol quotes: 1000PEPE."""

from typing import Any

from tui_monitor.clock import MINUTE_MS
from tui_monitor.simulator.bars import Bar
from tui_monitor.simulator.derivatives import Liquidation, Perpetual
from tui_monitor.simulator.listings import Listing, change

Row = dict[str, Any]
_HOUR_MINUTES = 60
_BOTH_SIDES = 2


def book(listing: Listing, ms: int) -> Row:
    """The last trade and the top of the book."""
    quote = listing.series.quote(ms)
    return {
        "lastPrice": listing.price(quote.last),
        "bid1Price": listing.price(quote.bid),
        "bid1Size": listing.size(quote.bid_lots),
        "ask1Price": listing.price(quote.ask),
        "ask1Size": listing.size(quote.ask_lots),
    }


def day(listing: Listing, ms: int) -> Row:
    """The figures of 24 hours; the change is a fraction."""
    bar = listing.series.day(ms)
    return {
        "prevPrice24h": listing.price(bar.open),
        "price24hPcnt": change(bar),
        "highPrice24h": listing.price(bar.high),
        "lowPrice24h": listing.price(bar.low),
        "turnover24h": listing.turnover(bar),
        "volume24h": listing.size(bar.lots),
    }


def hour_ago(listing: Listing, ms: int) -> Row:
    """The price at the begin of the minute an hour ago."""
    minute = listing.series.clamp(ms) // MINUTE_MS - _HOUR_MINUTES
    return {"prevPrice1h": listing.price(listing.series.span(minute, minute + 1).open)}


def mark(listing: Listing, derived: Perpetual, ms: int) -> Row:
    """Mark and index."""
    return {
        "markPrice": listing.price(derived.mark(ms)),
        "indexPrice": listing.fine_price(derived.index.price(ms)),
    }


def interest(listing: Listing, derived: Perpetual, ms: int) -> Row:
    """Open interest: of both sides, and (since June 2026) of one."""
    lots, price = derived.open_interest_lots(ms), derived.mark(ms)
    return {
        "openInterest": listing.size(_BOTH_SIDES * lots),
        "openInterestValue": listing.value(_BOTH_SIDES * lots, price),
        "singleOpenInterest": listing.size(lots),
        "singleOpenInterestValue": listing.value(lots, price),
    }


def funding(listing: Listing, derived: Perpetual, ms: int) -> Row:
    """The rate of the upcoming settlement; dated contracts have none."""
    if listing.line.settles_ms is not None:
        return {
            "fundingRate": "",
            "nextFundingTime": "",
            "fundingIntervalHour": "",
            "fundingCap": "",
        }
    rate = derived.rate(ms)
    return {
        "fundingRate": listing.rate(rate.predicted),
        "nextFundingTime": str(rate.settles_ms),
        "fundingIntervalHour": str(derived.interval_ms_at(ms) // 3_600_000),
        "fundingCap": "0.0075",
    }


def linear_ticker(listing: Listing, derived: Perpetual, ms: int) -> Row:
    """A row of REST: all of it as of the time that the envelope names."""
    settles_ms = listing.line.settles_ms
    return {
        "symbol": listing.symbol,
        **book(listing, ms),
        **mark(listing, derived, ms),
        **day(listing, ms),
        **hour_ago(listing, ms),
        **interest(listing, derived, ms),
        **funding(listing, derived, ms),
        "predictedDeliveryPrice": "",
        "basisRate": "" if settles_ms is None else "0.00391",
        "basisRateYear": "" if settles_ms is None else "0.0141",
        "basis": "" if settles_ms is None else "360.1",
        "deliveryFeeRate": "" if settles_ms is None else "0.0005",
        "deliveryTime": str(settles_ms or 0),
        "preOpenPrice": "",
        "preQty": "",
        "curPreListingPhase": early_phase(listing),
    }


def early_phase(listing: Listing) -> str:
    """The phase of a contract that is traded before its coin is."""
    return "ContinuousTrading" if listing.line.coin.name in ("OPENAI", "ANTHROPIC") else ""


def spot_ticker(listing: Listing, ms: int) -> Row:
    """A row of REST for spot: with the book."""
    return {
        "symbol": listing.symbol,
        **book(listing, ms),
        **day(listing, ms),
        "usdIndexPrice": listing.price(listing.series.price(ms)),
    }


def kline(listing: Listing, open_ms: int, bar: Bar) -> list[str]:
    """[start, open, high, low, close, volume, turnover]."""
    prices = (bar.open, bar.high, bar.low, bar.close)
    return [
        str(open_ms),
        *(listing.price(price) for price in prices),
        listing.size(bar.lots),
        listing.turnover(bar),
    ]


def liquidation(listing: Listing, made: Liquidation) -> Row:
    """`S` is the position's side: Buy is a long; `p` is the bankruptcy price."""
    return {
        "T": made.ms,
        "s": listing.symbol,
        "S": "Buy" if made.of_long else "Sell",
        "v": listing.size(made.lots),
        "p": listing.price(made.ticks),
    }
