"""The rows of Binance's REST answers. Each says what the market is at its own time."""

from typing import Any, NamedTuple

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.simulator.accounts import ALL, longs
from tui_monitor.simulator.bars import Bar, Quote
from tui_monitor.simulator.binance.bars import Kline
from tui_monitor.simulator.binance.catalog import Pair, wide
from tui_monitor.simulator.decimals import fixed
from tui_monitor.simulator.derivatives import INDEX_EXTRA_PLACES, Perpetual
from tui_monitor.simulator.noise import bits, seed_of
from tui_monitor.simulator.updates import interval_ms

Row = dict[str, Any]


class Day(NamedTuple):
    """The last 24 hours of a symbol, with the trades' numbers."""

    bar: Bar
    open_ms: int
    first_id: int
    last_id: int

    @property
    def trades(self) -> int:
        """How many."""
        return self.last_id - self.first_id + 1


def day_of(pair: Pair, ms: int) -> Day:
    """The rolling day: 1,440 whole minutes and the running one."""
    open_ms = max(ms - ms % MINUTE_MS - DAY_MS, pair.contract.listed_ms)
    return Day(pair.series.day(ms), open_ms, _trade(pair, open_ms), _trade(pair, ms))


def _trade(pair: Pair, ms: int) -> int:
    """The number of the last trade until a time."""
    return ms // interval_ms(pair.series, 2.0)


def _change(pair: Pair, bar: Bar) -> tuple[str, str]:
    """The change of a day as a price and in percent."""
    change = bar.close - bar.open
    return pair.price(change), fixed(round(change * 100_000 / bar.open), 3)


def _mean(pair: Pair, bar: Bar) -> str:
    """The price weighted by volume, with two more places."""
    if pair.contract.inverse:
        return pair.price((bar.open + bar.close) // 2)
    places = pair.price_places + 2
    mean = bar.turnover * 100 // (2 * bar.lots)
    return wide(mean, places) if pair.is_spot else fixed(mean, places)


def day_ticker(pair: Pair, ms: int, *, is_mini: bool = False) -> Row:
    """The 24 h row. Futures have no bid and ask in it, spot has."""
    day, quote = day_of(pair, ms), pair.series.quote(ms)
    change, percent = _change(pair, day.bar)
    book = _book(pair, quote, ms) if pair.is_spot else {}
    row = {
        "symbol": pair.symbol,
        "priceChange": change,
        "priceChangePercent": percent,
        "weightedAvgPrice": _mean(pair, day.bar),
        **({"prevClosePrice": pair.price(day.bar.open)} if pair.is_spot else {}),
        "lastPrice": pair.price(quote.last),
        "lastQty": pair.size(quote.last_lots),
        **book,
        "openPrice": pair.price(day.bar.open),
        "highPrice": pair.price(day.bar.high),
        "lowPrice": pair.price(day.bar.low),
        "volume": pair.size(day.bar.lots),
        "quoteVolume": pair.money(day.bar.turnover),
        "openTime": day.open_ms,
        "closeTime": ms,
        "firstId": day.first_id,
        "lastId": day.last_id,
        "count": day.trades,
    }
    return {name: row[name] for name in _MINI.split()} if is_mini else row


_MINI = """
symbol openPrice highPrice lowPrice lastPrice volume quoteVolume openTime closeTime firstId lastId
count
"""


def _book(pair: Pair, quote: Quote, ms: int) -> Row:
    """Best prices and sizes; all zero where a spot pair doesn't trade."""
    is_open = pair.status(ms) == "TRADING"
    return {
        "bidPrice": pair.price(quote.bid * is_open),
        "bidQty": pair.size(quote.bid_lots * is_open),
        "askPrice": pair.price(quote.ask * is_open),
        "askQty": pair.size(quote.ask_lots * is_open),
    }


def book_ticker(pair: Pair, ms: int) -> Row:
    """The top of the book. Spot's has no time."""
    row = {"symbol": pair.symbol, **_book(pair, pair.series.quote(ms), ms)}
    return row if pair.is_spot else {**row, "time": ms}


def price_ticker(pair: Pair, ms: int) -> Row:
    """The last price alone."""
    row = {"symbol": pair.symbol, "price": pair.price(pair.series.price(ms))}
    return row if pair.is_spot else {**row, "time": ms}


def kline_row(pair: Pair, kline: Kline) -> list[Any]:
    """Twelve members, the times and the count are numbers."""
    bar, bought = kline.bar, bought_part(pair, kline)
    return [
        kline.open_ms,
        pair.price(bar.open),
        pair.price(bar.high),
        pair.price(bar.low),
        pair.price(bar.close),
        pair.size(bar.lots),
        kline.close_ms,
        pair.money(bar.turnover),
        trades_in(pair, kline)[2],
        pair.size(bought.lots),
        pair.money(bought.turnover),
        "0",
    ]


def bought_part(pair: Pair, kline: Kline) -> Bar:
    """The part of a bar that takers bought: two to three fifths."""
    share = 400 + bits(pair.series.book_seed + 3, kline.open_ms) % 200
    bar = kline.bar
    return bar._replace(lots=bar.lots * share // 1000, turnover=bar.turnover * share // 1000)


def trades_in(pair: Pair, kline: Kline) -> tuple[int, int, int]:
    """First and last trade of a bar, and how many."""
    first, last = _trade(pair, kline.open_ms), _trade(pair, kline.until_ms)
    return first, max(first, last - 1), max(1, last - first)


def premium_index(pair: Pair, derived: Perpetual, ms: int) -> Row:
    """Mark, index and the predicted rate; what is settled has no next funding."""
    rate, next_ms = funding(pair, derived, ms)
    mark = derived.mark(ms)
    return {
        "symbol": pair.symbol,
        "markPrice": pair.mark(mark),
        "indexPrice": pair.mark(derived.index.price(ms), INDEX_EXTRA_PLACES),
        "estimatedSettlePrice": pair.mark(mark),
        "lastFundingRate": rate,
        "interestRate": "0.00010000",
        "nextFundingTime": next_ms,
        "time": ms,
    }


def funding(pair: Pair, derived: Perpetual, ms: int) -> tuple[str, int]:
    """The rate as printed, and when it settles: 0 where nothing settles any more."""
    if pair.line.settles_ms is not None or not pair.trades(ms):
        return "0.00000000", 0
    rate = derived.rate(ms)
    return rate_text(pair, rate.predicted), rate.settles_ms


def rate_text(pair: Pair, units: int) -> str:
    """A rate of 10^-16 with its eight places."""
    return f"{pair.rate_value(units):.8f}"


def funding_info(pair: Pair, derived: Perpetual) -> Row:
    """The interval of a contract; a few have no time of change."""
    chance = seed_of("funding info", pair.symbol)
    return {
        "symbol": pair.symbol,
        "adjustedFundingRateCap": "0.02000000",
        "adjustedFundingRateFloor": "-0.02000000",
        "fundingIntervalHours": derived.interval_ms // 3_600_000,
        "disclaimer": False,
        "updateTime": None if chance % 14 == 0 else 1_760_000_000_000 + chance % 30_000_000_000,
    }


def settled_rate(pair: Pair, derived: Perpetual, period: int) -> Row:
    """One settlement; its time comes a few milliseconds late, old ones have no mark price."""
    ms = period * derived.interval_ms
    is_old = ms < 1_700_000_000_000
    return {
        "symbol": pair.symbol,
        "fundingTime": ms + bits(pair.series.book_seed + 5, period) % 16,
        "fundingRate": rate_text(pair, derived.settled(period)),
        "markPrice": "" if is_old else pair.mark(derived.mark(ms)),
        "rateType": "Regular",
    }


def open_interest(pair: Pair, derived: Perpetual, ms: int) -> Row:
    """In what the symbol counts; one side."""
    return {
        "openInterest": pair.size(derived.open_interest_lots(ms)),
        "symbol": pair.symbol,
        "time": ms,
    }


def open_interest_then(pair: Pair, derived: Perpetual, ms: int) -> Row:
    """A row of its history, with the value in USDT."""
    lots, places = derived.open_interest_lots(ms), pair.contract.lot_places
    return {
        "symbol": pair.symbol,
        "sumOpenInterest": wide(lots, places),
        "sumOpenInterestValue": wide(lots * derived.mark(ms), places + pair.price_places),
        "CMCCirculatingSupply": wide(seed_of(pair.coin) % 10**10, 2),
        "timestamp": ms,
    }


def account_ratio(pair: Pair, ms: int) -> Row:
    """The share of accounts that are long and short."""
    long = longs(pair.series, ms)
    shorts = ALL - long
    return {
        "symbol": pair.symbol,
        "longAccount": fixed(long, 4),
        "longShortRatio": fixed(long * ALL // shorts, 4),
        "shortAccount": fixed(shorts, 4),
        "timestamp": ms,
    }


def taker_ratio(pair: Pair, kline: Kline) -> Row:
    """What takers bought and sold in a period."""
    bought = bought_part(pair, kline).lots
    sold = max(1, kline.bar.lots - bought)
    return {
        "buySellRatio": fixed(bought * ALL // sold, 4),
        "sellVol": pair.size(sold),
        "buyVol": pair.size(bought),
        "timestamp": kline.open_ms,
    }
