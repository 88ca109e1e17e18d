"""Bitget's tickers and best levels: one row is up to four events."""

from typing import NamedTuple

from tui_monitor.errors import Malformed
from tui_monitor.feeds.bitget import wire
from tui_monitor.feeds.bitget.mapper import USD
from tui_monitor.feeds.numbers import (
    Loose,
    epoch_ms,
    in_coins,
    is_absent,
    per_coin,
    price,
    rate,
    size,
)
from tui_monitor.feeds.reading import shown
from tui_monitor.model import (
    Funding,
    Instrument,
    Market,
    MarketEvent,
    MarkPrice,
    OpenInterest,
    Ticker,
)

_PERP = Market.PERP


_Found = wire.Figures | wire.QuickTickerV2


class Tolerated(NamedTuple):
    """What can be used of a row. `whole`: it speaks of both sides of the book."""

    found: _Found
    whole: bool


def checked(row: wire.QuickTickerV2) -> Tolerated:
    """A row whose numbers the decoder has checked, as it stands."""
    if row.open_24h is None:
        row.open_24h = row.open_spot
    if row.turnover_usdt is not None:
        row.turnover_24h = row.turnover_usdt
    return Tolerated(row, row.bid is not None and row.ask is not None)


def tolerant(row: wire.TickerV2 | wire.TickerV3) -> Tolerated:
    """What can be used of a row; a nonsensical last, bid or ask spoils it.

    Where it has no last price, its 24 h figures are not told: they would make an old price new.
    """
    for name in ("last", "bid", "ask"):
        said = getattr(row, name)
        if not is_absent(said) and price(said) is None:
            raise Malformed(f"{name} price {shown(said)}")
    open_24h, turnover = row.open_24h, row.turnover_24h
    if isinstance(row, wire.TickerV2):
        open_24h = row.open_24h if row.open_24h is not None else row.open_spot
        turnover = row.turnover_usdt if row.turnover_usdt is not None else row.turnover_24h
    found = wire.Figures(
        last=price(row.last),
        bid=price(row.bid),
        bid_size=size(row.bid_size),
        ask=price(row.ask),
        ask_size=size(row.ask_size),
        mark=price(row.mark),
        index=price(row.index),
        rate=rate(row.rate),
        next_funding_ms=epoch_ms(row.next_funding_ms),
        interest=size(row.interest),
    )
    if found.last is not None or _is_delta(row):
        found.open_24h = price(open_24h)
        found.high_24h = price(row.high_24h)
        found.low_24h = price(row.low_24h)
        found.volume_24h = size(row.volume_24h)
        found.turnover_24h = size(turnover)
    return Tolerated(found, row.bid is not None and row.ask is not None)


def _is_delta(row: wire.TickerV2 | wire.TickerV3) -> bool:
    """Whether a row need not repeat the last price: only v3 has such rows."""
    return row.last is None and isinstance(row, wire.TickerV3)


def events_of(
    found: _Found, instrument: Instrument, ts_ms: int | None, *, whole: bool
) -> list[MarketEvent]:
    """The events of one ticker; none where it says nothing that is used."""
    if instrument.multiplier != 1.0:
        _per_coin(found, instrument.multiplier)
    events: list[MarketEvent] = []
    if _has_ticker(found):
        events.append(_ticker(found, instrument, ts_ms, whole=whole))
    if instrument.market is not _PERP:
        return events
    if found.mark is not None or found.index is not None:
        events.append(
            MarkPrice(
                instrument=instrument,
                exchange_ms=ts_ms,
                mark_price=found.mark,
                index_price=found.index,
            )
        )
    if found.rate is not None or found.next_funding_ms is not None:
        events.append(
            Funding(
                instrument=instrument,
                exchange_ms=ts_ms,
                rate=found.rate,
                interval_h=instrument.funding_interval_h,
                next_settlement_ms=found.next_funding_ms,
            )
        )
    if found.interest is not None:
        # The value is not published; coins and mark price stand in one row.
        usd = found.interest * found.mark if found.mark is not None else None
        events.append(
            OpenInterest(
                instrument=instrument,
                exchange_ms=ts_ms,
                open_interest_coins=found.interest,
                open_interest_usd=usd,
            )
        )
    return events


_PRICES = ("last", "bid", "ask", "open_24h", "high_24h", "low_24h", "mark", "index")
_SIZES = ("bid_size", "ask_size", "volume_24h", "interest")


def _per_coin(found: _Found, unit: float) -> None:
    for name in _PRICES:
        value = getattr(found, name)
        if value is not None:
            setattr(found, name, per_coin(value, unit))
    for name in _SIZES:
        value = getattr(found, name)
        if value is not None:
            setattr(found, name, in_coins(value, unit))


def _has_ticker(found: _Found) -> bool:
    return (
        found.last is not None
        or found.bid is not None
        or found.ask is not None
        or found.volume_24h is not None
        or found.open_24h is not None
    )


def _ticker(found: _Found, instrument: Instrument, ts_ms: int | None, *, whole: bool) -> Ticker:
    return Ticker(
        instrument=instrument,
        exchange_ms=ts_ms,
        last=found.last,
        bid=found.bid,
        ask=found.ask,
        bid_coins=found.bid_size if found.bid is not None or not whole else None,
        ask_coins=found.ask_size if found.ask is not None or not whole else None,
        open_24h=found.open_24h,
        high_24h=found.high_24h,
        low_24h=found.low_24h,
        volume_24h_coins=found.volume_24h,
        turnover_24h_usd=found.turnover_24h if instrument.quote in USD else None,
        book_complete=whole,
    )


def book(row: wire.BookRow, instrument: Instrument, ts_ms: int | None) -> Ticker:
    """books1: a side without levels is empty, one that is not there is unchanged."""
    bids = row.b if row.b is not None else row.bids
    asks = row.a if row.a is not None else row.asks
    bid, bid_coins = _level(bids, instrument)
    ask, ask_coins = _level(asks, instrument)
    if bid is None and ask is None:
        raise Malformed("a book without any price")
    return Ticker(
        instrument=instrument,
        exchange_ms=epoch_ms(row.ts) or ts_ms,
        bid=bid,
        ask=ask,
        bid_coins=bid_coins,
        ask_coins=ask_coins,
        book_complete=bids is not None and asks is not None,
    )


def _level(
    levels: list[list[Loose]] | None, instrument: Instrument
) -> tuple[float | None, float | None]:
    if not levels or len(levels[0]) < 2:
        return None, None
    at, units = price(levels[0][0]), size(levels[0][1])
    if at is None:
        raise Malformed(f"book price {shown(levels[0][0])}")
    unit = instrument.multiplier
    return per_coin(at, unit), in_coins(units, unit) if units is not None else None
