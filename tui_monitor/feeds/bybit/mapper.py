"""Bybit rows to the model: our words, our units.

A mapper raises Malformed for an item that can't be used, with the reason a person may read.
Facts about units: linear and spot sizes, volumes and open interest are base coins of the symbol
(thousands of coins for 1000PEPEUSDT), turnover is quote, `price24hPcnt` a fraction, and
`openInterest` counts both sides (docs v5/market/tickers).
"""

from tui_monitor.errors import Malformed
from tui_monitor.feeds.bybit import wire
from tui_monitor.feeds.candles import candle_of
from tui_monitor.feeds.numbers import (
    Loose,
    epoch_ms,
    in_coins,
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
from tui_monitor.feeds.symbols import USDT, guesses, unit_of, why_no_pair
from tui_monitor.model import (
    AccountRatio,
    Candle,
    Exchange,
    Funding,
    Instrument,
    Liquidation,
    Market,
    OpenInterest,
    Side,
    Status,
)

MARKETS = {"linear": Market.PERP, "spot": Market.SPOT}
CATEGORY = {market: category for category, market in MARKETS.items()}
# Bybit's bars of 6 hours and more open at 00:00 UTC: they have that in their names here.
BARS = {
    "1": "1m", "3": "3m", "5": "5m", "15": "15m", "30": "30m", "60": "1H", "120": "2H",
    "240": "4H", "360": "6Hutc", "720": "12Hutc", "D": "1Dutc", "W": "1Wutc", "M": "1Mutc",
}  # fmt: skip
# What the boards take as USD.
USD = frozenset({"USD", "USDT", "USDC", "USDE", "DAI", "FDUSD"})
_STATUS = {
    "Trading": Status.LIVE,
    "PreLaunch": Status.PREOPEN,
    "Delivering": Status.HALTED,
    "Closed": Status.DELISTED,
}
# "" is ordinary crypto and "innovation" a tier of it; stock, commodity, forex, ETF and whatever
# comes next are none of it. On spot only tokenised stocks are told apart.
_CRYPTO_PERPS = frozenset({"", "innovation"})
_NO_CRYPTO_SPOT = frozenset({"xstocks"})


GUESS = guesses(Exchange.BYBIT, why_no_pair)


def settled_funding(row: wire.FundingRow, instrument: Instrument) -> Funding:
    """funding/history."""
    settled, settled_ms = rate(row.funding_rate), time_ms(row.funding_rate_timestamp)
    if settled is None or settled_ms is None:
        raise Malformed(f"settled rate {shown(row.funding_rate)}")
    return Funding(
        instrument=instrument, exchange_ms=settled_ms, settled_rate=settled, settled_ms=settled_ms
    )


def open_interest(row: wire.InterestRow, instrument: Instrument) -> OpenInterest:
    """open-interest: coins only; the single-sided figure, else half of the both-sided one."""
    coins = size(row.single_open_interest)
    if coins is None:
        coins = scaled(size(row.open_interest), 0.5)
    if coins is None:
        raise Malformed(f"open interest {shown(row.open_interest)}")
    return OpenInterest(
        instrument=instrument,
        exchange_ms=time_ms(row.timestamp),
        open_interest_coins=in_coins(coins, instrument.multiplier),
    )


def account_ratio(row: wire.AccountRatioRow, instrument: Instrument) -> AccountRatio:
    """account-ratio."""
    return ratio_of_accounts(instrument, time_ms(row.timestamp), number(row.buy_ratio))


def liquidation(row: wire.LiquidationRow, instrument: Instrument) -> Liquidation:
    """allLiquidation: `S` is the side of the position, the opposite letter of Binance's."""
    at, units, at_ms = price(row.p), size(row.size), time_ms(row.at)
    if at is None or not units or at_ms is None:
        raise Malformed(f"liquidation of {shown(row.size)} at {shown(row.p)}")
    side = {"Buy": Side.LONG, "Sell": Side.SHORT}.get(row.side)
    if side is None:
        raise Malformed(f"liquidation side {shown(row.side)}")
    return Liquidation(
        instrument=instrument,
        exchange_ms=at_ms,
        side=side,
        price=per_coin(at, instrument.multiplier),
        coins=in_coins(units, instrument.multiplier),
        usd=units * at,
    )


def candle(row: wire.CandleRow, bar: str, instrument: Instrument) -> Candle:
    """One bar of topic kline."""
    return candle_of(
        instrument,
        bar,
        time_ms(row.start),
        (row.open, row.high, row.low, row.close),
        volume=size(row.volume),
        turnover_usd=size(row.turnover) if instrument.quote in USD else None,
        closed=row.confirm,
    )


def kline(row: wire.Kline, bar: str, instrument: Instrument) -> Candle:
    """One row of REST kline; it does not say whether the bar is closed."""
    if len(row) < 7:
        raise Malformed(f"a candle of {len(row)} columns")
    start, at_open, high, low, close, volume, turnover = row[:7]
    named = wire.CandleRow(
        start=start,
        open=at_open,
        high=high,
        low=low,
        close=close,
        volume=volume,
        turnover=turnover,
    )
    return candle(named, bar, instrument)


def instrument(row: wire.InstrumentRow, market: Market) -> Instrument | None:
    """A definition; None for what is none of a market's (delivery, USDC, inverse).

    LIVE only for crypto that is quoted in USDT and trades: stocks, commodities and types that
    Bybit newly invents are UNKNOWN, pre-market contracts PREOPEN.
    """
    if not row.symbol or not row.base_coin or not row.quote_coin:
        raise Malformed(f"an instrument without a name: {shown(row.symbol)}")
    if market is Market.PERP and not _is_perpetual(row):
        return None
    unit = unit_of(row.base_coin)
    tick = row.price_filter.tick_size if row.price_filter else None
    minutes = size(row.funding_interval)
    return Instrument(
        exchange=Exchange.BYBIT,
        market=market,
        symbol=row.symbol,
        coin=unit.coin,
        quote=row.quote_coin,
        multiplier=unit.multiplier,
        tick_size=per(price(tick), unit.multiplier),
        status=_status(row, market),
        funding_interval_h=minutes / 60 if minutes else None,
        listed_ms=time_ms(row.launch_time),
    )


def _is_perpetual(row: wire.InstrumentRow) -> bool:
    return (
        row.contract_type == "LinearPerpetual"
        and row.quote_coin == USDT
        and (row.settle_coin or "") == USDT
        and why_no_pair(row.symbol, Market.PERP) is None
    )


def _status(row: wire.InstrumentRow, market: Market) -> Status:
    status = _STATUS.get(row.status or "", Status.UNKNOWN)
    kind = row.symbol_type or ""
    crypto = kind in _CRYPTO_PERPS if market is Market.PERP else kind not in _NO_CRYPTO_SPOT
    if status is Status.LIVE and not (crypto and row.quote_coin == USDT):
        return Status.UNKNOWN
    return Status.PREOPEN if status is Status.LIVE and row.is_pre_listing else status


def time_ms(value: Loose) -> int | None:
    """A time that Bybit can have written."""
    found = epoch_ms(value)
    return found if found is not None and found >= wire.OLDEST_MS else None
