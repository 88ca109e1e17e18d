"""The rows of OKX's answers and pushes: REST and socket have the same."""

from typing import Any

from tui_monitor.clock import DAY_MS
from tui_monitor.simulator.bars import Bar
from tui_monitor.simulator.contracts import Contract
from tui_monitor.simulator.decimals import plain
from tui_monitor.simulator.derivatives import (
    FUNDING_GRID_MS,
    MARK_GRID_MS,
    MAX_RATE,
    OPEN_INTEREST_GRID_MS,
    RATE_PLACES,
    Liquidation,
    Perpetual,
)
from tui_monitor.simulator.market import GRID_MS, Series
from tui_monitor.simulator.okx.catalog import SPOT, Listing
from tui_monitor.simulator.updates import last_update

Row = dict[str, Any]
_UTC_8_MS = DAY_MS // 3


def coins(listing: Listing, bar: Bar) -> str:
    """A bar's volume in coins."""
    contract = listing.contract
    if contract.inverse:
        return plain(bar.turnover, 8)
    return plain(bar.lots, contract.lot_places - contract.size_exponent)


def quoted(listing: Listing, bar: Bar) -> str:
    """A bar's volume in the quote currency (inverse: in USD)."""
    contract = listing.contract
    places = contract.lot_places - contract.size_exponent
    if contract.inverse:
        return plain(bar.lots, places)
    # Turnover counts twice the price; five tenths of it is exact.
    return plain(bar.turnover * 5, places + contract.tick_places + 1)


def ticker(listing: Listing, ms: int, rate: float) -> Row:
    """The ticker as of the newest change: the same for all who ask until the next one."""
    at_ms = last_update(listing.series, ms, rate)
    if listing.newest is None or listing.newest[0] != at_ms:
        listing.newest = (at_ms, _ticker_at(listing, at_ms))
    return listing.newest[1]


def _ticker_at(listing: Listing, at_ms: int) -> Row:
    """SPOT counts volCcy24h in quote, SWAP in coins."""
    series, contract = listing.series, listing.contract
    quote, day = series.quote(at_ms), series.day(at_ms)
    ticks, lots = contract.tick_places, contract.lot_places
    is_spot = listing.inst_type == SPOT
    opens = (series.day_open(at_ms, 0), series.day_open(at_ms, _UTC_8_MS))
    # These seldom change; the texts are most of a ticker's work.
    bounds = (day.open, day.high, day.low, *opens)
    if listing.bounds is None or listing.bounds[0] != bounds:
        listing.bounds = (bounds, tuple(plain(bound, ticks) for bound in bounds))
    open_24h, high_24h, low_24h, open_utc_0, open_utc_8 = listing.bounds[1]
    return {
        "instType": listing.inst_type,
        "instId": listing.inst_id,
        "last": plain(quote.last, ticks),
        "lastSz": plain(quote.last_lots, lots),
        "askPx": plain(quote.ask, ticks),
        "askSz": plain(quote.ask_lots, lots),
        "bidPx": plain(quote.bid, ticks),
        "bidSz": plain(quote.bid_lots, lots),
        "open24h": open_24h,
        "high24h": high_24h,
        "low24h": low_24h,
        "volCcy24h": quoted(listing, day) if is_spot else coins(listing, day),
        "vol24h": plain(day.lots, lots),
        "ts": str(at_ms),
        "sodUtc0": open_utc_0,
        "sodUtc8": open_utc_8,
    }


def candle(listing: Listing, open_ms: int, bar: Bar, *, closed: bool) -> list[str]:
    """[ts, o, h, l, c, vol, volCcy, volCcyQuote, confirm]."""
    ticks = listing.contract.tick_places
    is_spot = listing.inst_type == SPOT
    return [
        str(open_ms),
        plain(bar.open, ticks),
        plain(bar.high, ticks),
        plain(bar.low, ticks),
        plain(bar.close, ticks),
        plain(bar.lots, listing.contract.lot_places),
        quoted(listing, bar) if is_spot else coins(listing, bar),
        quoted(listing, bar),
        "1" if closed else "0",
    ]


def mark_price(listing: Listing, derived: Perpetual, ms: int) -> Row:
    """The mark price, on its own grid of time."""
    return {
        "instType": listing.inst_type,
        "instId": listing.inst_id,
        "markPx": plain(derived.mark(ms), listing.contract.tick_places),
        "ts": str(ms - ms % MARK_GRID_MS),
    }


def index_ticker(inst_id: str, index: Series, ms: int) -> Row:
    """The index price with its day."""
    at_ms = ms - ms % GRID_MS
    ticks, day = index.contract.tick_places, index.day(at_ms)
    return {
        "instId": inst_id,
        "idxPx": plain(index.price(at_ms), ticks),
        "high24h": plain(day.high, ticks),
        "sodUtc0": plain(index.day_open(at_ms, 0), ticks),
        "open24h": plain(day.open, ticks),
        "low24h": plain(day.low, ticks),
        "sodUtc8": plain(index.day_open(at_ms, _UTC_8_MS), ticks),
        "ts": str(at_ms),
    }


def funding_rate(listing: Listing, derived: Perpetual, ms: int) -> Row:
    """The predicted rate. `fundingTime` settles next, `nextFundingTime` is the one after it."""
    rate = derived.rate(ms)
    bound = plain(round(MAX_RATE * 10**6), 6)
    return {
        "formulaType": "withRate",
        "fundingRate": _fixed(rate.predicted),
        "fundingTime": str(rate.settles_ms),
        "impactValue": "20000.0000000000000000",
        "instId": listing.inst_id,
        "instType": listing.inst_type,
        "interestRate": "0.0001000000000000",
        "maxFundingRate": bound,
        "method": "current_period",
        "minFundingRate": f"-{bound}",
        "nextFundingRate": "",
        "nextFundingTime": str(rate.next_ms),
        "premium": _fixed(rate.premium),
        "prevFundingTime": str(rate.previous_ms),
        "settFundingRate": _fixed(rate.settled),
        "settState": "settled",
        "ts": str(ms - ms % FUNDING_GRID_MS),
    }


def settled_rate(listing: Listing, derived: Perpetual, period: int) -> Row:
    """One row of the funding history."""
    rate = _fixed(derived.settled(period))
    return {
        "formulaType": "withRate",
        "fundingRate": rate,
        "fundingTime": str(period * derived.interval_ms),
        "instId": listing.inst_id,
        "instType": listing.inst_type,
        "method": "current_period",
        "realizedRate": rate,
    }


def _fixed(units: int) -> str:
    sign = "-" if units < 0 else ""
    digits = str(abs(units)).rjust(RATE_PLACES + 1, "0")
    return f"{sign}{digits[:-RATE_PLACES]}.{digits[-RATE_PLACES:]}"


def open_interest(listing: Listing, derived: Perpetual, ms: int) -> Row:
    """Contracts, coins and USD; all single-sided."""
    contract = listing.contract
    lots, mark = derived.open_interest_lots(ms), derived.mark(ms - ms % OPEN_INTEREST_GRID_MS)
    in_coins, in_usd = interest(contract, lots, mark)
    return {
        "instId": listing.inst_id,
        "instType": listing.inst_type,
        "oi": plain(lots, contract.lot_places),
        "oiCcy": in_coins,
        "oiUsd": in_usd,
        "ts": str(ms - ms % OPEN_INTEREST_GRID_MS),
    }


def interest(contract: Contract, lots: int, mark: int) -> tuple[str, str]:
    """Lots as coins and as USD at a mark price in ticks."""
    places = contract.lot_places - contract.size_exponent
    if contract.inverse:
        # USD ÷ price, with ten places.
        exponent = contract.tick_places + 10 - places
        scaled = lots * 10**exponent if exponent >= 0 else lots // 10**-exponent
        return plain(scaled // mark, 10), plain(lots, places)
    return plain(lots, places), plain(lots * mark, places + contract.tick_places)


def liquidation(made: Liquidation) -> Row:
    """One forced close, as the socket has it."""
    return {"details": [liquidation_detail(made)], **liquidated(made.series.contract)}


def liquidation_detail(made: Liquidation) -> Row:
    """`posSide` is the position's, `side` the closing order's."""
    contract = made.series.contract
    return {
        "bkLoss": "0",
        "bkPx": plain(made.ticks, contract.tick_places),
        "ccy": "",
        "posSide": "long" if made.of_long else "short",
        "side": "sell" if made.of_long else "buy",
        "sz": plain(made.lots, contract.lot_places),
        "ts": str(made.ms),
    }


def liquidated(contract: Contract) -> Row:
    """Whose the details are."""
    family = contract.key.removesuffix("-SWAP")
    return {"instFamily": family, "instId": contract.key, "instType": "SWAP", "uly": family}
