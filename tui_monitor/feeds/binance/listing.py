"""Which of Binance's symbols are ours, and what their definitions say.

Selection (futures): PERPETUAL, quoted in USDT, TRADING, underlying COIN: no stocks, metals or
other TradFi contracts, no pre-market ones, no baskets (INDEX), no deliveries, nothing of COIN-M.
All of these share lists and streams with ours.
"""

from collections.abc import Container, Iterator

import msgspec

from tui_monitor.errors import Malformed
from tui_monitor.feeds.binance import wire
from tui_monitor.feeds.numbers import epoch_ms, per, price
from tui_monitor.feeds.reading import UNREADABLE
from tui_monitor.feeds.symbols import USDT, guesses, unit_of
from tui_monitor.model import Exchange, Instrument, Market, Status
from tui_monitor.printable import printable

_STATUS = {
    "TRADING": Status.LIVE,
    "PENDING_TRADING": Status.PREOPEN,
    "TRADING_HALT": Status.HALTED,
    "TRADING_CANCEL_ONLY": Status.HALTED,
    # A delisted perpetual stays in the list as SETTLING for good.
    "PRE_DELIVERING": Status.DELISTED,
    "DELIVERING": Status.DELISTED,
    "DELIVERED": Status.DELISTED,
    "PRE_SETTLE": Status.DELISTED,
    "SETTLING": Status.DELISTED,
    "CLOSE": Status.DELISTED,
    # Spot. Delisted pairs stay as BREAK, and so do those that pause.
    "END_OF_DAY": Status.HALTED,
    "HALT": Status.HALTED,
    "BREAK": Status.HALTED,
    "CANCEL_ONLY": Status.HALTED,
}
_FILTER = msgspec.json.Decoder(wire.Filter)
_SYMBOL = msgspec.json.Decoder(wire.SymbolRow)


def why_foreign(symbol: str) -> str | None:
    """Why a symbol is of none of our markets, or None if its name is that of one."""
    base = symbol.removesuffix(USDT)
    if base and base != symbol and "_" not in base and printable(symbol) == symbol:
        return None
    shown = printable(symbol) or "an empty symbol"
    pair, _, kind = symbol.partition("_")
    if kind:
        family = "a COIN-M contract" if pair.endswith("USD") else "a delivery contract"
        return f"{shown} is {family}"
    return f"{shown} is not quoted in {USDT}"


GUESS = guesses(Exchange.BINANCE, lambda symbol, _: why_foreign(symbol))


def market_of(row: wire.SymbolRow) -> Market:
    """Futures say their contract type; spot has none."""
    return Market.SPOT if row.contract_type is None else Market.PERP


def instrument(row: wire.SymbolRow, stocks: Container[str] = ()) -> Instrument:
    """A definition. LIVE only for what is selected and trades; raises Malformed for a foreign one.

    `stocks` are base assets of the futures' stock contracts: spot lists tokenised stocks as their
    ticker and a B (`NVDAB`), and says nowhere what they are. Binance counts in units of the
    quoted name, so the multiplier is all there is and `contract_size` is None.
    """
    foreign = why_foreign(row.symbol)
    if foreign is None and row.quote_asset != USDT:
        foreign = f"{printable(row.symbol)} is quoted in {printable(row.quote_asset, 12)}"
    if foreign is None and not row.base_asset:
        foreign = f"{printable(row.symbol)} has no base asset"
    if foreign is not None:
        raise Malformed(foreign)
    market = market_of(row)
    unit = unit_of(printable(row.base_asset))
    tick = _tick_size(row)
    status = _STATUS.get(row.status or "", Status.UNKNOWN)
    if status is Status.LIVE and not _selected(row, market, stocks):
        status = Status.UNKNOWN
    return Instrument(
        exchange=Exchange.BINANCE,
        market=market,
        symbol=row.symbol,
        coin=unit.coin,
        quote=USDT,
        multiplier=unit.multiplier,
        tick_size=per(tick, unit.multiplier),
        status=status,
        listed_ms=epoch_ms(row.onboard_date),
    )


def _selected(row: wire.SymbolRow, market: Market, stocks: Container[str]) -> bool:
    if market is Market.PERP:
        return row.contract_type == "PERPETUAL" and row.underlying_type == "COIN"
    is_stock = row.base_asset.endswith("B") and row.base_asset[:-1] in stocks
    return row.is_spot_trading_allowed is not False and not is_stock


def _tick_size(row: wire.SymbolRow) -> float | None:
    for item in row.filters:
        try:
            found = _FILTER.decode(item)
        except UNREADABLE:
            continue  # a filter of a new shape; the symbol is as good as before
        if found.filter_type == "PRICE_FILTER":
            return price(found.tick_size)
    return None


def changed(row: wire.ContractInfo, known: Instrument | None) -> Instrument:
    """What contractInfo tells of a symbol: its new status.

    It does not say what the underlying is, so TRADING makes nothing live that was not.
    """
    found = known or GUESS[Market.PERP](row.s)
    if found is None:
        raise Malformed(why_foreign(row.s) or f"{printable(row.s)} is not known")
    status = _STATUS.get(row.cs or "", Status.UNKNOWN)
    if status is Status.LIVE:
        status = found.status if found.status is Status.LIVE else Status.UNKNOWN
    return msgspec.structs.replace(
        found, status=status, listed_ms=epoch_ms(row.ot) or found.listed_ms
    )


def stocks_in(rows: Iterator[wire.SymbolRow]) -> frozenset[str]:
    """Base assets of the futures whose underlying is a share of some country."""
    return frozenset(
        row.base_asset for row in rows if (row.underlying_type or "").endswith("EQUITY")
    )


def read_symbol(item: msgspec.Raw) -> wire.SymbolRow:
    """One row of exchangeInfo. Raises what msgspec raises."""
    return _SYMBOL.decode(item)
