"""Bitget rows to the model: our words, our units.

A mapper raises Malformed for an item that can't be used, with the reason a person may read.
Facts about units: on USDT-M one contract is one base coin of the symbol (thousands of coins for
1000BONKUSDT), `holdingAmount` and `openInterest` are such units, `amount` of a liquidation is
USDT (docs v2 "Get All Tickers", v3 "Liquidation Channel").
"""

from tui_monitor.errors import Malformed
from tui_monitor.feeds.bitget import wire
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
    size,
)
from tui_monitor.feeds.reading import shown
from tui_monitor.feeds.symbols import USDT, guesses, unit_of, why_no_pair
from tui_monitor.model import (
    Candle,
    Exchange,
    Funding,
    Instrument,
    Liquidation,
    Market,
    MarkPrice,
    OpenInterest,
    Side,
    Status,
)
from tui_monitor.printable import printable

MARKETS = {"usdt-futures": Market.PERP, "spot": Market.SPOT}
CATEGORY = {market: name for name, market in MARKETS.items()}
"""As v3 streams write it; v2 and REST use capitals."""
# What the boards take as USD.
USD = frozenset({"USD", "USDT", "USDC", "USDE", "DAI", "FDUSD"})
# v1 was switched off; its types and the ends of its symbols.
V1_TYPES = frozenset({"sp", "mc"})
_V1_ENDS = ("_UMCBL", "_DMCBL", "_CMCBL", "_SPBL", "_SUMCBL", "_SDMCBL", "_SCMCBL")
_STATUS = {
    # v2 futures
    "normal": Status.LIVE,
    "maintain": Status.HALTED,
    "off": Status.DELISTED,
    # v2 spot
    "gray": Status.PREOPEN,
    "halt": Status.HALTED,
    # shared, and v3
    "listed": Status.PREOPEN,
    "online": Status.LIVE,
    "limit_open": Status.HALTED,
    "limit_close": Status.HALTED,
    "restrictedAPI": Status.HALTED,
    "offline": Status.DELISTED,
}


def why_foreign(symbol: str, market: Market) -> str | None:
    """Why a symbol is none of a market's, or None if it may be one.

    Raises Malformed for the symbols of v1.
    """
    if symbol.endswith(_V1_ENDS):
        raise Malformed(f"{printable(symbol)} is a symbol of v1, which Bitget has switched off")
    return why_no_pair(symbol, market)


GUESS = guesses(Exchange.BITGET, why_foreign)


def mark_price(row: wire.PriceRow, instrument: Instrument) -> MarkPrice:
    """symbol-price."""
    mark, index = price(row.mark_price), price(row.index_price)
    if mark is None and index is None:
        raise Malformed(f"mark price {shown(row.mark_price)}")
    return MarkPrice(
        instrument=instrument,
        exchange_ms=epoch_ms(row.ts),
        mark_price=per(mark, instrument.multiplier),
        index_price=per(index, instrument.multiplier),
    )


def funding(row: wire.FundingRow, instrument: Instrument, ts_ms: int | None) -> Funding:
    """A settled rate where the row has a time of settlement, else the one that settles next."""
    settled_ms = epoch_ms(row.funding_time) or epoch_ms(row.funding_rate_timestamp)
    found = rate(row.funding_rate)
    if settled_ms is not None:
        if found is None:
            raise Malformed(f"settled rate {shown(row.funding_rate)}")
        return Funding(
            instrument=instrument, exchange_ms=settled_ms, settled_rate=found, settled_ms=settled_ms
        )
    hours = number(row.funding_rate_interval) or number(row.rate_period)
    next_ms = epoch_ms(row.next_update) or epoch_ms(row.next_funding_time)
    if found is None and next_ms is None:
        raise Malformed(f"funding rate {shown(row.funding_rate)}")
    return Funding(
        instrument=instrument,
        exchange_ms=ts_ms,
        rate=found,
        interval_h=hours if hours and hours > 0 else None,
        next_settlement_ms=next_ms,
    )


def open_interest(row: wire.InterestRow, instrument: Instrument, ts_ms: int | None) -> OpenInterest:
    """open-interest: coins; there is no price beside them for a value."""
    units = size(row.size) if row.size is not None else size(row.open_interest)
    if units is None:
        raise Malformed(f"open interest {shown(row.size)}")
    return OpenInterest(
        instrument=instrument,
        exchange_ms=ts_ms,
        open_interest_coins=in_coins(units, instrument.multiplier),
    )


def liquidation(row: wire.LiquidationRow, instrument: Instrument) -> Liquidation:
    """v3 liquidation: `side` is the position's, `amount` its notional in USDT."""
    at, usd, at_ms = price(row.price), size(row.amount), epoch_ms(row.ts)
    if at is None or not usd or at_ms is None:
        raise Malformed(f"liquidation of {shown(row.amount)} at {shown(row.price)}")
    side = {"buy": Side.LONG, "sell": Side.SHORT}.get(row.side)
    if side is None:
        raise Malformed(f"liquidation side {shown(row.side)}")
    return Liquidation(
        instrument=instrument,
        exchange_ms=at_ms,
        side=side,
        price=per_coin(at, instrument.multiplier),
        coins=size(usd / at * instrument.multiplier),
        usd=usd,
    )


def candle(row: wire.CandleRow, bar: str, instrument: Instrument) -> Candle:
    """One bar of v2 or of REST; nothing says whether it is closed."""
    if len(row) < 7:
        raise Malformed(f"a candle of {len(row)} columns")
    usdt = row[7] if len(row) > 7 else None
    named = wire.KlineRow(
        start=row[0],
        open=row[1],
        high=row[2],
        low=row[3],
        close=row[4],
        volume=row[5],
        turnover=usdt if usdt is not None else _in_usd(row[6], instrument),
    )
    return _candle(named, bar, instrument)


def kline(row: wire.KlineRow, bar: str, instrument: Instrument) -> Candle:
    """One bar of topic kline (v3)."""
    row.turnover = _in_usd(row.turnover, instrument)
    return _candle(row, bar, instrument)


def _in_usd(turnover: Loose, instrument: Instrument) -> Loose:
    return turnover if instrument.quote in USD else None


def _candle(row: wire.KlineRow, bar: str, instrument: Instrument) -> Candle:
    return candle_of(
        instrument,
        bar,
        epoch_ms(row.start),
        (row.open, row.high, row.low, row.close),
        volume=size(row.volume),
        turnover_usd=size(row.turnover),
    )


def instrument(row: wire.InstrumentRow, market: Market) -> Instrument | None:
    """A definition; None for what is none of a market's (delivery, USDC-M, coin-M).

    LIVE only for crypto that is quoted in USDT and trades: RWA (stocks, metals, pre-IPO) and
    statuses that Bitget newly invents are UNKNOWN.
    """
    foreign = why_foreign(row.symbol, market)
    if not row.base_coin or not row.quote_coin:
        raise Malformed(f"{printable(row.symbol)} without base and quote")
    if market is Market.PERP and (foreign is not None or not _is_perpetual(row)):
        return None
    unit = unit_of(row.base_coin)
    return Instrument(
        exchange=Exchange.BITGET,
        market=market,
        symbol=row.symbol,
        coin=unit.coin,
        quote=row.quote_coin,
        multiplier=unit.multiplier,
        tick_size=per(_tick_size(row), unit.multiplier),
        status=_status(row),
        funding_interval_h=_hours(row) if market is Market.PERP else None,
        listed_ms=epoch_ms(row.launch_time),
    )


def _is_perpetual(row: wire.InstrumentRow) -> bool:
    """`type` on v3, `symbolType` on v2."""
    return row.quote_coin == USDT and (row.type or row.symbol_type) == "perpetual"


def _tick_size(row: wire.InstrumentRow) -> float | None:
    """v3 futures name it; v2 futures give steps of a decimal place, spot the place alone."""
    named = price(row.price_multiplier)
    if named is not None:
        return named
    place = number(row.price_place if row.price_place is not None else row.price_precision)
    steps = price(row.price_end_step) if row.price_end_step is not None else 1.0
    if place is None or steps is None or not 0 <= place <= 20:
        return None
    return float(f"{steps:g}e-{place:.0f}")


def _hours(row: wire.InstrumentRow) -> float | None:
    hours = number(row.fund_interval)
    return hours if hours is not None and hours > 0 else None


def _status(row: wire.InstrumentRow) -> Status:
    said = row.symbol_status if row.symbol_status is not None else row.status
    status = _STATUS.get(said or "", Status.UNKNOWN)
    crypto = row.quote_coin == USDT and (row.is_rwa or "NO") == "NO"
    if row.type and row.symbol_type not in ("crypto", "", None):
        crypto = False
    return status if crypto or status is not Status.LIVE else Status.UNKNOWN
