"""Binance rows to the model: our words, our units.

A mapper raises Malformed for an item that can't be used, with the reason a person may read.
Facts about units: prices and sizes are in quoted units (`1000PEPE`), so prices are divided by
the multiplier and sizes, volumes and open interest multiplied; quote volumes are USDT already.
Open interest is of one side.
"""

from tui_monitor.errors import Malformed
from tui_monitor.feeds.adapter import Event, Ignored
from tui_monitor.feeds.binance import quick, wire
from tui_monitor.feeds.candles import candle_of
from tui_monitor.feeds.numbers import (
    Loose,
    epoch_ms,
    in_coins,
    is_absent,
    number,
    per,
    per_coin,
    price,
    rate,
    scaled,
    size,
)
from tui_monitor.feeds.past_interest import account_ratio as ratio_of_accounts
from tui_monitor.feeds.reading import shown
from tui_monitor.model import (
    AccountRatio,
    Candle,
    Funding,
    Instrument,
    Liquidation,
    MarkPrice,
    OpenInterest,
    Side,
    Ticker,
)
from tui_monitor.printable import printable

MINUTE_MS = 60_000
# Spot and futures klines have 12 columns; other exchanges' have five to nine.
_COLUMNS = 11
_BARS = {
    minutes * MINUTE_MS: name
    for minutes, name in (
        (1, "1m"), (3, "3m"), (5, "5m"), (15, "15m"), (30, "30m"), (60, "1h"), (120, "2h"),
        (240, "4h"), (360, "6h"), (480, "8h"), (720, "12h"), (1_440, "1d"), (4_320, "3d"),
        (10_080, "1w"), (40_320, "1M"), (41_760, "1M"), (43_200, "1M"), (44_640, "1M"),
    )
}  # fmt: skip
# The side of the order that closed the position.
_SIDES = {"SELL": Side.LONG, "BUY": Side.SHORT}


def add_quick_ticker(row: quick.QuickTicker, instrument: Instrument, events: list[Event]) -> None:
    """A 24 h ticker; the decoder checked the numbers."""
    unit = instrument.multiplier
    bid, ask = row.bid, row.ask
    ticker = Ticker(
        instrument=instrument,
        exchange_ms=row.ts,
        last=per_coin(row.last, unit),
        open_24h=per_coin(row.open_24h, unit),
        high_24h=per_coin(row.high_24h, unit),
        low_24h=per_coin(row.low_24h, unit),
        volume_24h_coins=in_coins(row.volume, unit),
        turnover_24h_usd=row.quote_volume,
    )
    if bid is not None or ask is not None:
        ticker.bid, ticker.bid_coins = per(bid, unit), scaled(row.bid_size, unit)
        ticker.ask, ticker.ask_coins = per(ask, unit), scaled(row.ask_size, unit)
        ticker.book_complete = bid is not None and ask is not None
    events.append(ticker)


def add_quick_book(row: quick.QuickBook, instrument: Instrument, events: list[Event]) -> None:
    """The whole top of a perpetual's book."""
    unit = instrument.multiplier
    events.append(
        Ticker(
            instrument=instrument,
            exchange_ms=row.ts,
            bid=per_coin(row.bid, unit),
            ask=per_coin(row.ask, unit),
            bid_coins=in_coins(row.bid_size, unit),
            ask_coins=in_coins(row.ask_size, unit),
            book_complete=True,
        )
    )


def quick_spot_book(row: quick.QuickSpotBook, instrument: Instrument) -> Ticker:
    """The whole top of a spot book, which has no time."""
    unit = instrument.multiplier
    return Ticker(
        instrument=instrument,
        exchange_ms=None,
        bid=per_coin(row.bid, unit),
        ask=per_coin(row.ask, unit),
        bid_coins=in_coins(row.bid_size, unit),
        ask_coins=in_coins(row.ask_size, unit),
        book_complete=True,
    )


def add_quick_mark(row: quick.QuickMark, instrument: Instrument, events: list[Event]) -> None:
    """Mark and index, and the rate that settles next, where one will.

    The interval is known from fundingInfo or not at all.
    """
    unit = instrument.multiplier
    events.append(
        MarkPrice(
            instrument=instrument,
            exchange_ms=row.ts,
            mark_price=per_coin(row.mark, unit),
            index_price=per_coin(row.index, unit),
        )
    )
    if row.next_ms:
        events.append(
            Funding(
                instrument=instrument,
                exchange_ms=row.ts,
                rate=row.rate,
                interval_h=instrument.funding_interval_h,
                next_settlement_ms=row.next_ms,
            )
        )


def add_quick_candle(row: quick.QuickKline, instrument: Instrument, events: list[Event]) -> None:
    """One bar."""
    unit, bar = instrument.multiplier, row.k
    events.append(
        Candle(
            instrument=instrument,
            bar=bar.bar,
            open_ms=bar.open_ms,
            open=per_coin(bar.open, unit),
            high=per_coin(bar.high, unit),
            low=per_coin(bar.low, unit),
            close=per_coin(bar.close, unit),
            volume_coins=in_coins(bar.volume, unit),
            turnover_usd=bar.quote_volume,
            closed=bar.closed,
        )
    )


def is_zero(value: Loose) -> bool:
    """A price that is written as 0 says that there is none: never traded, an empty side."""
    return number(value) == 0


def ticker(row: wire.TickerRow, instrument: Instrument) -> Ticker | None:
    """A 24 h ticker that may lack things; None if nothing was ever traded or offered.

    A nonsensical last price spoils the row.
    """
    last = _price_or_none(row.last, "last price", instrument)
    unit = instrument.multiplier
    found = Ticker(
        instrument=instrument,
        exchange_ms=epoch_ms(row.ts),
        last=last,
        bid=per(price(row.bid), unit),
        ask=per(price(row.ask), unit),
        bid_coins=scaled(size(row.bid_size), unit),
        ask_coins=scaled(size(row.ask_size), unit),
        open_24h=per(price(row.open_24h), unit),
        high_24h=per(price(row.high_24h), unit),
        low_24h=per(price(row.low_24h), unit),
        volume_24h_coins=scaled(size(row.volume), unit),
        turnover_24h_usd=size(row.quote_volume),
        book_complete=not is_absent(row.bid) and not is_absent(row.ask),
    )
    if found.last is None and found.bid is None and found.ask is None:
        if is_zero(row.last):
            return None
        raise Malformed("a ticker without any price")
    return found


def book(row: wire.BookRow, instrument: Instrument) -> Ticker | None:
    """The top of the book; a side at 0 is empty. None if both are."""
    bid = _price_or_none(row.bid, "bid", instrument)
    ask = _price_or_none(row.ask, "ask", instrument)
    if bid is None and ask is None:
        if is_zero(row.bid) and is_zero(row.ask):
            return None
        raise Malformed("a book without any price")
    unit = instrument.multiplier
    return Ticker(
        instrument=instrument,
        exchange_ms=epoch_ms(row.ts),
        bid=bid,
        ask=ask,
        bid_coins=scaled(size(row.bid_size), unit) if bid is not None else None,
        ask_coins=scaled(size(row.ask_size), unit) if ask is not None else None,
        book_complete=not is_absent(row.bid) and not is_absent(row.ask),
    )


def mark_price(row: wire.MarkRow, instrument: Instrument) -> MarkPrice:
    """Mark and index; contracts without an index have none."""
    at = price(row.mark)
    if at is None:
        raise Malformed(f"mark price {shown(row.mark)}")
    return MarkPrice(
        instrument=instrument,
        exchange_ms=epoch_ms(row.ts),
        mark_price=per_coin(at, instrument.multiplier),
        index_price=per(price(row.index), instrument.multiplier),
    )


def funding(row: wire.MarkRow, instrument: Instrument) -> Funding | None:
    """The rate that settles next; None where none will (settled contracts say 0)."""
    if is_zero(row.next_ms) or is_absent(row.rate):
        return None
    found = rate(row.rate)
    if found is None:
        raise Malformed(f"funding rate {shown(row.rate)}")
    return Funding(
        instrument=instrument,
        exchange_ms=epoch_ms(row.ts),
        rate=found,
        interval_h=instrument.funding_interval_h,
        next_settlement_ms=epoch_ms(row.next_ms),
    )


def interval_h(row: wire.FundingInfoRow) -> float:
    """Hours between two settlements."""
    hours = number(row.funding_interval_hours)
    if hours is None or not 0 < hours <= 168:
        raise Malformed(f"funding interval {shown(row.funding_interval_hours)}")
    return hours


def funding_interval(row: wire.FundingInfoRow, instrument: Instrument) -> Funding:
    """The interval alone. `updateTime` is when it was last changed, not the time of a rate."""
    return Funding(instrument=instrument, exchange_ms=None, interval_h=interval_h(row))


def settlement(row: wire.FundingRateRow, instrument: Instrument) -> Funding | Ignored:
    """fundingRate: `fundingTime` is a whole minute and some ms of jitter.

    Special rates are dividends of stock contracts.
    """
    if row.rate_type not in (None, "", "Regular"):
        reason = f"a payment of type {printable(row.rate_type, 20)}, no funding"
        at = epoch_ms(row.funding_time)
        return Ignored(reason=reason, symbol=instrument.symbol, exchange_ms=at)
    settled = rate(row.funding_rate)
    at_ms = epoch_ms(row.funding_time)
    if settled is None or at_ms is None:
        raise Malformed(f"settled rate {shown(row.funding_rate)} at {shown(row.funding_time)}")
    whole_ms = (at_ms + MINUTE_MS // 2) // MINUTE_MS * MINUTE_MS
    return Funding(
        instrument=instrument, exchange_ms=whole_ms, settled_rate=settled, settled_ms=whole_ms
    )


def open_interest(row: wire.InterestRow, instrument: Instrument) -> OpenInterest:
    """openInterest (coins alone) or a row of openInterestHist (coins and USD)."""
    written = row.open_interest if row.open_interest is not None else row.sum_open_interest
    coins = scaled(size(written), instrument.multiplier)
    if coins is None:
        raise Malformed(f"open interest {shown(written)}")
    return OpenInterest(
        instrument=instrument,
        exchange_ms=epoch_ms(row.time if row.time is not None else row.timestamp),
        open_interest_coins=coins,
        open_interest_usd=size(row.sum_open_interest_value),
    )


def account_ratio(row: wire.AccountRatioRow, instrument: Instrument) -> AccountRatio:
    """A row of globalLongShortAccountRatio."""
    long_share = number(row.long_account)
    return ratio_of_accounts(instrument, epoch_ms(row.timestamp), long_share)


def liquidation(order: wire.Order, instrument: Instrument) -> Liquidation:
    """What was filled (`z`) at its mean price (`ap`); a SELL closed a long."""
    filled = _first_positive(order.z, order.q)
    mean = _first_positive(order.ap, order.p)
    at_ms = epoch_ms(order.T)
    if filled is None or mean is None or price(mean) is None or at_ms is None:
        raise Malformed(f"liquidation of {shown(order.z)} at {shown(order.ap)}")
    side = _SIDES.get(order.S)
    if side is None:
        raise Malformed(f"liquidation side {shown(order.S)}")
    return Liquidation(
        instrument=instrument,
        exchange_ms=at_ms,
        side=side,
        price=per_coin(mean, instrument.multiplier),
        coins=in_coins(filled, instrument.multiplier),
        usd=filled * mean,
    )


def _first_positive(*values: Loose) -> float | None:
    """The first that is above 0. Nonsense before it spoils the row."""
    for value in values:
        found = size(value)
        if found is None and not is_absent(value):
            return None
        if found:
            return found
    return None


def kline_bar(row: wire.KlineRow) -> wire.Bar:
    """A row of a klines body, with the name of its length. Raises Malformed for another shape."""
    if len(row) < _COLUMNS:
        raise Malformed(f"a candle of {len(row)} columns; Binance's have 12")
    open_ms, close_ms = epoch_ms(row[0]), epoch_ms(row[6])
    if open_ms is None or close_ms is None or close_ms <= open_ms:
        raise Malformed(f"a candle from {shown(row[0])} to {shown(row[6])}")
    return wire.Bar(
        open_ms=open_ms,
        close_ms=close_ms,
        bar=_BARS.get(close_ms - open_ms + 1, ""),
        open=row[1],
        high=row[2],
        low=row[3],
        close=row[4],
        volume=row[5],
        quote_volume=row[7],
    )


def candle(bar: wire.Bar, instrument: Instrument) -> Candle:
    """One bar; `closed` is None where nothing tells."""
    return candle_of(
        instrument,
        printable(bar.bar, 8),
        epoch_ms(bar.open_ms),
        (bar.open, bar.high, bar.low, bar.close),
        volume=size(bar.volume),
        turnover_usd=size(bar.quote_volume),
        closed=bar.closed,
    )


def _price_or_none(value: Loose, what: str, instrument: Instrument) -> float | None:
    """A price of one coin, None where there is none (absent, or 0). Nonsense spoils the row."""
    if is_absent(value) or is_zero(value):
        return None
    found = price(value)
    if found is None:
        raise Malformed(f"{what} {shown(value)}")
    return per_coin(found, instrument.multiplier)
