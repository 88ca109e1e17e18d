"""Raw payload lines in, normalised events out: what `tui-monitor decode` prints.

Every line that comes in is either decoded, ignored with a reason, or an error with its number;
nothing raises.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from tui_monitor.errors import FeedError
from tui_monitor.feeds.adapter import (
    Ack,
    AskAgain,
    Control,
    Damaged,
    Event,
    GoingAway,
    Ignored,
    Listed,
    Notice,
    Pong,
    Rejected,
)
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.model import (
    Candle,
    Exchange,
    Funding,
    Instrument,
    Liquidation,
    Market,
    MarketEvent,
    MarkPrice,
    OpenInterest,
    Ticker,
)

Line = dict[str, Any]
"""One JSON object of output."""

_TYPES: dict[type, str] = {
    Ticker: "ticker",
    Funding: "funding",
    MarkPrice: "mark",
    OpenInterest: "open_interest",
    Candle: "candle",
    Liquidation: "liquidation",
}
# What every line has under another name, and what is ours alone.
_COMMON = frozenset({"instrument", "exchange_ms", "book_complete"})


def decode_lines(
    exchange: Exchange,
    market: Market,
    lines: Iterable[bytes],
    instruments: Iterable[Instrument] = (),
) -> Iterator[Line]:
    """One object an event. `market` is for lines that don't say theirs; blank lines are skipped.

    `instruments` give the contract sizes without which liquidations and sizes are null. An
    object with `line` is an input line (or a row of one) that could not be decoded.
    """
    reader = ENTRIES[exchange].lines(market, instruments)
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if not line:
            continue
        try:
            events = reader.read(line)
        except FeedError as error:
            yield _line("error", exchange, market) | {"line": number, "reason": error.message}
            continue
        for event, written in events:
            yield _object(event, written, number, exchange, market)


def instruments_in(exchange: Exchange, market: Market, lines: Iterable[bytes]) -> list[Instrument]:
    """The definitions in an instruments payload; what else is in it is passed over."""
    reader = ENTRIES[exchange].lines(market, ())
    found: list[Instrument] = []
    for line in lines:
        try:
            events = reader.read(line.strip()) if line.strip() else ()
        except FeedError:
            continue  # its line says so when it is decoded; here only definitions count
        found += [event.instrument for event, _ in events if isinstance(event, Listed)]
    return found


def _object(
    event: Event, written: str | None, number: int, exchange: Exchange, market: Market
) -> Line:
    if isinstance(event, MarketEvent):
        return _market_line(event, written)
    if isinstance(event, Listed):
        instrument = event.instrument
        named = _named("instrument", instrument, event.exchange_ms)
        return named | _fields(instrument, _INSTRUMENT)
    return _line("", exchange, market) | _said(event, number)


def _said(event: Control, number: int) -> Line:
    """What a control event says; `number` is the input line's."""
    match event:
        case Ack(subscription=topic, ended=ended):
            asked = {"symbol": topic.symbol or None, "channel": topic.channel} if topic else {}
            return {"type": "ack", "ended": ended} | asked
        case Rejected(code=code, reason=reason, subscription=topic):
            symbol = (topic.symbol or None) if topic else None
            return {"type": "error", "symbol": symbol, "code": code, "reason": reason}
        case AskAgain(subscriptions=topics):
            reason = f"{len(topics)} topics were refused with the one at fault"
            return {"type": "ignored", "reason": reason}
        case GoingAway(reason=reason):
            return {"type": "notice", "text": reason}
        case Notice(text=text, exchange_ms=ts):
            return {"type": "notice", "ts": ts, "text": text}
        case Pong():
            return {"type": "ack", "channel": "pong"}
        case Ignored(reason=reason, symbol=symbol, exchange_ms=ts):
            return {"type": "ignored", "symbol": symbol, "ts": ts, "reason": reason}
        case Damaged(reason=reason, symbol=symbol):
            return {"type": "error", "symbol": symbol, "line": number, "reason": reason}
    raise TypeError(f"an event of an unknown kind: {event!r}")


_INSTRUMENT = (
    "quote",
    "contract_size",
    "tick_size",
    "status",
    "funding_interval_h",
    "listed_ms",
)


def _market_line(event: MarketEvent, written: str | None) -> Line:
    ts = event.open_ms if isinstance(event, Candle) else event.exchange_ms
    names = [name for name in msgspec.structs.asdict(event) if name not in _COMMON]
    named = _named(_TYPES[type(event)], event.instrument, ts)
    if written is not None:
        named["symbol"] = written
    return named | _fields(event, names)


def _fields(source: object, names: Iterable[str]) -> Line:
    return {name: getattr(source, name) for name in names}


def _named(kind: str, instrument: Instrument, ts: int | None) -> Line:
    return _line(kind, instrument.exchange, instrument.market) | {
        "symbol": instrument.symbol or None,
        "coin": instrument.coin or None,
        "multiplier": instrument.multiplier,
        "ts": ts,
    }


def _line(kind: str, exchange: Exchange, market: Market) -> Line:
    return {
        "type": kind,
        "exchange": exchange,
        "market": market,
        "symbol": None,
        "coin": None,
        "multiplier": None,
        "ts": None,
    }
