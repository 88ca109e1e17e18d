"""Bybit's tickers and best levels: one message is up to four events.

The stream sends a snapshot and then what has changed. What a delta does not say is unchanged, so
a part of the book is completed from the last known top of it; the rest is merged in the market.
"""

from collections.abc import Callable

from tui_monitor.errors import Malformed
from tui_monitor.feeds.bybit import wire
from tui_monitor.feeds.bybit.mapper import USD, time_ms
from tui_monitor.feeds.bybit.tops import Top
from tui_monitor.feeds.numbers import in_coins, is_absent, number, per_coin, price, rate, size
from tui_monitor.feeds.reading import shown
from tui_monitor.model import (
    Funding,
    Instrument,
    MarketEvent,
    MarkPrice,
    OpenInterest,
    Ticker,
)


def tolerant(row: wire.TickerRow) -> wire.Figures:
    """What can be used of a row; a nonsensical last price spoils it."""
    if not is_absent(row.last_price) and price(row.last_price) is None:
        raise Malformed(f"last price {shown(row.last_price)}")
    hours = number(row.interval_h)
    return wire.Figures(
        symbol=row.symbol,
        last_price=price(row.last_price),
        open_24h=price(row.open_24h),
        high_24h=price(row.high_24h),
        low_24h=price(row.low_24h),
        volume_24h=size(row.volume_24h),
        turnover_24h=size(row.turnover_24h),
        bid_price=price(row.bid_price),
        bid_size=size(row.bid_size),
        ask_price=price(row.ask_price),
        ask_size=size(row.ask_size),
        mark_price=price(row.mark_price),
        index_price=price(row.index_price),
        rate=rate(row.rate),
        interval_h=hours if hours is not None and 0 < hours <= wire.MAX_INTERVAL_H else None,
        next_funding_ms=time_ms(row.next_funding_ms),
        interest=size(row.interest),
        interest_value=size(row.interest_value),
        single=size(row.single),
        single_value=size(row.single_value),
    )


def empty_sides(row: wire.TickerRow, top: Top) -> bool:
    """Empty the sides that a row says are empty (`""`); whether there is such a side."""
    no_bid = row.bid_price is not None and price(row.bid_price) is None
    no_ask = row.ask_price is not None and price(row.ask_price) is None
    if no_bid:
        top.bid = top.bid_coins = None
    if no_ask:
        top.ask = top.ask_coins = None
    return no_bid or no_ask


def events_of(
    found: wire.Figures,
    instrument: Instrument,
    ts_ms: int | None,
    top: Top,
    *,
    side_emptied: bool = False,
) -> list[MarketEvent]:
    """The events of one ticker; none where it says nothing that is used. `top` is updated."""
    unit = instrument.multiplier
    if unit != 1.0:
        _per_coin(found, unit)
    events: list[MarketEvent] = []
    with_book = _take_book(found, top) or side_emptied
    if with_book or found.last_price is not None or _has_trade(found):
        events.append(_ticker(found, instrument, ts_ms, top if with_book else None))
    if found.mark_price is not None or found.index_price is not None:
        events.append(
            MarkPrice(
                instrument=instrument,
                exchange_ms=ts_ms,
                mark_price=found.mark_price,
                index_price=found.index_price,
            )
        )
    if found.rate is not None or found.next_funding_ms is not None or found.interval_h is not None:
        events.append(
            Funding(
                instrument=instrument,
                exchange_ms=ts_ms,
                rate=found.rate,
                interval_h=found.interval_h,
                next_settlement_ms=found.next_funding_ms,
            )
        )
    if (
        found.interest is not None
        or found.single is not None
        or found.interest_value is not None
        or found.single_value is not None
    ):
        events.append(_interest(found, instrument, ts_ms))
    return events


def _per_coin(found: wire.Figures, unit: float) -> None:
    for name in _PRICES:
        value = getattr(found, name)
        if value is not None:
            setattr(found, name, per_coin(value, unit))
    for name in _SIZES:
        value = getattr(found, name)
        if value is not None:
            setattr(found, name, in_coins(value, unit))


_PRICES = (
    "last_price", "open_24h", "high_24h", "low_24h", "bid_price", "ask_price", "mark_price",
    "index_price",
)  # fmt: skip
_SIZES = ("volume_24h", "bid_size", "ask_size", "interest", "single")


def _take_book(found: wire.Figures, top: Top) -> bool:
    said = False
    if found.bid_price is not None:
        top.bid, said = found.bid_price, True
    if found.ask_price is not None:
        top.ask, said = found.ask_price, True
    # A size of a side that is empty is none; of one that is only unknown it is news.
    if found.bid_size is not None and (top.bid is not None or not top.whole):
        top.bid_coins, said = found.bid_size, True
    if found.ask_size is not None and (top.ask is not None or not top.whole):
        top.ask_coins, said = found.ask_size, True
    return said


def _has_trade(found: wire.Figures) -> bool:
    return (
        found.last_price is not None
        or found.volume_24h is not None
        or found.turnover_24h is not None
        or found.open_24h is not None
        or found.high_24h is not None
        or found.low_24h is not None
    )


def _ticker(
    found: wire.Figures, instrument: Instrument, ts_ms: int | None, top: Top | None
) -> Ticker:
    turnover = found.turnover_24h if instrument.quote in USD else None
    if top is None:
        return Ticker(
            instrument=instrument,
            exchange_ms=ts_ms,
            last=found.last_price,
            open_24h=found.open_24h,
            high_24h=found.high_24h,
            low_24h=found.low_24h,
            volume_24h_coins=found.volume_24h,
            turnover_24h_usd=turnover,
        )
    return Ticker(
        instrument=instrument,
        exchange_ms=ts_ms,
        last=found.last_price,
        bid=top.bid,
        ask=top.ask,
        bid_coins=top.bid_coins,
        ask_coins=top.ask_coins,
        open_24h=found.open_24h,
        high_24h=found.high_24h,
        low_24h=found.low_24h,
        volume_24h_coins=found.volume_24h,
        turnover_24h_usd=turnover,
        book_complete=top.whole,
    )


def _interest(found: wire.Figures, instrument: Instrument, ts_ms: int | None) -> OpenInterest:
    """The single-sided figures, else half of the both-sided ones."""
    coins, usd = found.single, found.single_value
    if coins is None and found.interest is not None:
        coins = found.interest / 2
    if usd is None and found.interest_value is not None:
        usd = found.interest_value / 2
    return OpenInterest(
        instrument=instrument,
        exchange_ms=ts_ms,
        open_interest_coins=coins,
        open_interest_usd=usd,
    )


def take_levels(bids: list[wire.Level], asks: list[wire.Level], unit: float, top: Top) -> None:
    """Bring a top up to date; a level of size 0 is gone, a side without levels is unchanged."""
    if bids:
        top.bid, top.bid_coins = _best(bids, max, unit, top.bid, top.bid_coins)
    if asks:
        top.ask, top.ask_coins = _best(asks, min, unit, top.ask, top.ask_coins)


def _best(
    levels: list[wire.Level],
    choose: Callable[[list[wire.Level]], wire.Level],
    unit: float,
    at: float | None,
    coins: float | None,
) -> tuple[float | None, float | None]:
    """The level that is best now, out of the one that was and those that have changed."""
    best = levels[0]
    if len(levels) > 1 or best[1] == 0:
        left = [level for level in levels if level[1] > 0]
        if not left:
            gone = any(per_coin(level[0], unit) == at for level in levels)
            return (None, None) if gone else (at, coins)
        best = choose(left)
    return per_coin(best[0], unit), in_coins(best[1], unit)


def book_event(instrument: Instrument, ts_ms: int | None, top: Top) -> Ticker:
    """A book's top as it stands now."""
    return Ticker(
        instrument=instrument,
        exchange_ms=ts_ms,
        bid=top.bid,
        ask=top.ask,
        bid_coins=top.bid_coins,
        ask_coins=top.ask_coins,
        book_complete=top.whole,
    )
