"""The events of Binance's streams. Each says what the market is at its own time."""

from tui_monitor.simulator.binance.bars import Kline
from tui_monitor.simulator.binance.catalog import CM, Pair
from tui_monitor.simulator.binance.rows import Row, bought_part, day_ticker, funding, trades_in
from tui_monitor.simulator.derivatives import INDEX_EXTRA_PLACES, Liquidation, Perpetual
from tui_monitor.simulator.noise import bits

_BOOK_GRID_MS = 100
_UPDATES_A_STEP = 1_009


def marks(pair: Pair) -> Row:
    """What futures' rows end with since the two universes are one."""
    return {} if pair.is_spot else {"st": 2 if pair.line.category == CM else 1}


def _owner(pair: Pair) -> Row:
    """The underlying pair, beside the symbol on futures."""
    return {} if pair.is_spot else {"ps": pair.symbol.partition("_")[0]}


def ticker_event(pair: Pair, ms: int, event: str = "24hrTicker") -> Row:
    """The 24 h ticker of a stream; bid and ask on spot only."""
    row = day_ticker(pair, ms)
    book = {}
    if pair.is_spot and event == "24hrTicker":
        book = {short: row[name] for short, name in _BOOK.items()}
    return {
        "e": event,
        "E": ms,
        "s": pair.symbol,
        **_owner(pair),
        "p": row["priceChange"],
        "P": row["priceChangePercent"],
        "w": row["weightedAvgPrice"],
        **({"x": row["prevClosePrice"]} if book else {}),
        "c": row["lastPrice"],
        "Q": row["lastQty"],
        **book,
        "o": row["openPrice"],
        "h": row["highPrice"],
        "l": row["lowPrice"],
        "v": row["volume"],
        "q": row["quoteVolume"],
        "O": row["openTime"],
        "C": row["closeTime"],
        "F": row["firstId"],
        "L": row["lastId"],
        "n": row["count"],
        **marks(pair),
    }


_BOOK = {"b": "bidPrice", "B": "bidQty", "a": "askPrice", "A": "askQty"}


def mini_event(pair: Pair, ms: int) -> Row:
    """The 24 h figures alone."""
    bar = pair.series.day(ms)
    return {
        "e": "24hrMiniTicker",
        "E": ms,
        "s": pair.symbol,
        "c": pair.price(bar.close),
        "o": pair.price(bar.open),
        "h": pair.price(bar.high),
        "l": pair.price(bar.low),
        "v": pair.size(bar.lots),
        "q": pair.money(bar.turnover),
        **_owner(pair),
        **marks(pair),
    }


def book_event(pair: Pair, ms: int) -> Row:
    """The top of the book. Spot's has neither a type nor a time."""
    quote = pair.series.quote(ms)
    update = ms // _BOOK_GRID_MS * _UPDATES_A_STEP
    row = {
        "s": pair.symbol,
        **_owner(pair),
        "b": pair.price(quote.bid),
        "B": pair.size(quote.bid_lots),
        "a": pair.price(quote.ask),
        "A": pair.size(quote.ask_lots),
    }
    if pair.is_spot:
        return {"u": update, **row}
    return {"e": "bookTicker", "u": update, **row, "T": ms, "E": ms, **marks(pair)}


def mark_event(pair: Pair, derived: Perpetual, ms: int) -> Row:
    """Mark, index, funding. No `ps` here; what is settled has rate and time zero."""
    rate, next_ms = funding(pair, derived, ms)
    mark = pair.mark(derived.mark(ms))
    return {
        "e": "markPriceUpdate",
        "E": ms,
        "s": pair.symbol,
        "p": mark,
        "ap": mark,
        "P": mark,
        "i": pair.mark(derived.index.price(ms), INDEX_EXTRA_PLACES),
        "r": rate,
        "T": next_ms,
        **marks(pair),
    }


def kline_event(pair: Pair, name: str, kline: Kline, ms: int) -> Row:
    """A bar of a stream: neither `st` nor `ps`."""
    bar, bought = kline.bar, bought_part(pair, kline)
    first, last, count = trades_in(pair, kline)
    return {
        "e": "kline",
        "E": ms,
        "s": pair.symbol,
        "k": {
            "t": kline.open_ms,
            "T": kline.close_ms,
            "s": pair.symbol,
            "i": name,
            "f": first,
            "L": last,
            "o": pair.price(bar.open),
            "c": pair.price(bar.close),
            "h": pair.price(bar.high),
            "l": pair.price(bar.low),
            "v": pair.size(bar.lots),
            "n": count,
            "x": kline.is_closed,
            "q": pair.money(bar.turnover),
            "V": pair.size(bought.lots),
            "Q": pair.money(bought.turnover),
            "B": "0",
        },
    }


def liquidation_event(pair: Pair, made: Liquidation, ms: int) -> Row:
    """A forced order: `S` is the order's side, `ap` the price it got, `p` the bankruptcy price.

    `ps` and `st` stand within `o`; now and then beside it, as another description has it.
    """
    extra = {**_owner(pair), **marks(pair)}
    is_outside = bits(pair.series.book_seed + 8, made.ms) % 8 == 0
    size = pair.size(made.lots)
    order = {
        "s": pair.symbol,
        "S": "SELL" if made.of_long else "BUY",
        "o": "LIMIT",
        "f": "IOC",
        "q": size,
        "p": pair.price(made.ticks),
        "ap": pair.price(filled(made).ticks),
        "X": "FILLED",
        "l": pair.size(max(1, made.lots * 3 // 4)),
        "z": size,
        "T": made.ms,
        **({} if is_outside else extra),
    }
    return {"e": "forceOrder", "E": ms, "o": order, **(extra if is_outside else {})}


def filled(made: Liquidation) -> Liquidation:
    """A forced order at its average price, the market's; not at the bankruptcy price."""
    return made._replace(beyond=0)


def contract_event(pair: Pair, status: str, ms: int) -> Row:
    """A contract that was listed or settled."""
    return {
        "e": "contractInfo",
        "E": ms,
        "s": pair.symbol,
        **_owner(pair),
        "ct": pair.kind(ms),
        "dt": pair.line.settles_ms or 4_133_404_800_000,
        "ot": pair.contract.listed_ms,
        "cs": status,
        **marks(pair),
    }
