"""OKX rows to the model: our words, our units.

A mapper raises Malformed for an item that can't be used, with the reason a person may read.
Facts about units: SWAP sizes are contracts, `volCcy24h` is coins on SWAP and quote on SPOT,
`oiCcy` is coins (docs-v5 "Get tickers", "Get open interest").
"""

import functools

from tui_monitor.errors import Malformed
from tui_monitor.feeds.candles import candle_of
from tui_monitor.feeds.numbers import (
    Loose,
    epoch_ms,
    is_absent,
    number,
    per,
    per_coin,
    price,
    rate,
    scaled,
    size,
)
from tui_monitor.feeds.okx import wire
from tui_monitor.feeds.past_interest import account_ratio as ratio_of_accounts
from tui_monitor.feeds.reading import shown
from tui_monitor.feeds.symbols import instrument_of, unit_of
from tui_monitor.model import (
    AccountRatio,
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
    Ticker,
)
from tui_monitor.printable import printable

HOUR_MS = 3_600_000
# OKX writes hours with a capital; of days and months we use its own words.
OUR_BARS = {"1H": "1h", "2H": "2h", "4H": "4h"}
THEIR_BARS = {ours: theirs for theirs, ours in OUR_BARS.items()}
SWAP = "-SWAP"
USDT_SWAP = "-USDT-SWAP"
# What the boards take as USD.
_USD = frozenset({"USD", "USDT", "USDC", "USDG", "FDUSD", "DAI"})
_STATUS = {
    "live": Status.LIVE,
    "preopen": Status.PREOPEN,
    "suspend": Status.HALTED,
    "post_only": Status.HALTED,
    "rebase": Status.HALTED,
    "expired": Status.DELISTED,
}
_PERP = Market.PERP  # an enum member by attribute costs as much as the mapping of two numbers
_MARKETS = {"SPOT": Market.SPOT, "SWAP": Market.PERP}


def why_foreign(symbol: str, inst_type: str = "") -> str | None:
    """Why a row is of none of our markets, or None if it is of one."""
    if inst_type and inst_type not in _MARKETS:
        return f"{printable(inst_type, 12)} is neither spot nor a perpetual"
    parts = symbol.split("-")
    if len(parts) == 2 and all(parts):
        return None
    if len(parts) == 3 and all(parts) and parts[2] == "SWAP":
        if parts[1] == "USDT":
            return None
        return f"{printable(symbol)} is not settled in USDT"
    return f"{printable(symbol) or 'an empty instId'} is neither spot nor a USDT perpetual"


def guess(symbol: str) -> Instrument | None:
    """What an instId alone says; None for what is of none of our markets."""
    if why_foreign(symbol) is not None:
        return None
    base, quote = symbol.split("-")[:2]
    market = Market.PERP if symbol.endswith(SWAP) else Market.SPOT
    return instrument_of(Exchange.OKX, market, symbol, base, quote)


@functools.lru_cache(maxsize=1024)
def index_instrument(index: str, market: Market) -> Instrument:
    """An index that is none of our instruments' (`LTC-USD`), as an instrument of its own."""
    base, _, quote = index.partition("-")
    return instrument_of(Exchange.OKX, market, index, base, quote)


def quick_ticker(row: wire.QuickTicker, instrument: Instrument) -> Ticker:
    """A ticker of an instrument that is quoted by one coin; the decoder checked the numbers."""
    if instrument.market is _PERP:
        volume = row.vol_ccy_24h
        turnover: float | None = volume * row.last
        per_size = instrument.contract_size
    else:
        volume = row.vol24h
        turnover = row.vol_ccy_24h if instrument.quote in _USD else None
        per_size = 1.0
    return Ticker(
        instrument=instrument,
        exchange_ms=row.ts,
        last=row.last,
        bid=row.bid_px,
        ask=row.ask_px,
        bid_coins=None if per_size is None else row.bid_sz * per_size,
        ask_coins=None if per_size is None else row.ask_sz * per_size,
        open_24h=row.open24h,
        high_24h=row.high24h,
        low_24h=row.low24h,
        volume_24h_coins=volume,
        turnover_24h_usd=turnover,
        day_open=row.sod_utc8,
        book_complete=True,
    )


def ticker(row: wire.TickerRow, instrument: Instrument) -> Ticker:
    """The same for a row that may lack things; a nonsensical last price spoils the row."""
    if not is_absent(row.last) and price(row.last) is None:
        raise Malformed(f"last price {shown(row.last)}")
    unit = instrument.multiplier
    found = Ticker(
        instrument=instrument,
        exchange_ms=epoch_ms(row.ts),
        last=per(price(row.last), unit),
        bid=per(price(row.bid_px), unit),
        ask=per(price(row.ask_px), unit),
        bid_coins=_coins(row.bid_sz, instrument),
        ask_coins=_coins(row.ask_sz, instrument),
        open_24h=per(price(row.open24h), unit),
        high_24h=per(price(row.high24h), unit),
        low_24h=per(price(row.low24h), unit),
        day_open=per(price(row.sod_utc8), unit),
        book_complete=True,
    )
    if found.last is None and found.bid is None and found.ask is None:
        raise Malformed("a ticker without any price")
    _add_volume(found, row)
    return found


def _add_volume(found: Ticker, row: wire.TickerRow) -> None:
    instrument = found.instrument
    in_currency = size(row.vol_ccy_24h)
    if instrument.market is Market.PERP:
        found.volume_24h_coins = scaled(in_currency, instrument.multiplier)
        if found.volume_24h_coins is not None and found.last is not None:
            found.turnover_24h_usd = found.volume_24h_coins * found.last
        return
    found.volume_24h_coins = scaled(size(row.vol24h), instrument.multiplier)
    found.turnover_24h_usd = in_currency if instrument.quote in _USD else None


def book(row: wire.BookRow, instrument: Instrument) -> Ticker:
    """bbo-tbt: the best level of each side; an empty side is empty."""
    bid, bid_coins = _level(row.bids, instrument)
    ask, ask_coins = _level(row.asks, instrument)
    if bid is None and ask is None:
        raise Malformed("a book without any price")
    return Ticker(
        instrument=instrument,
        exchange_ms=epoch_ms(row.ts),
        bid=bid,
        ask=ask,
        bid_coins=bid_coins,
        ask_coins=ask_coins,
        book_complete=True,
    )


def _level(levels: list[list[Loose]], instrument: Instrument) -> tuple[float | None, float | None]:
    if not levels or len(levels[0]) < 2:
        return None, None
    at = price(levels[0][0])
    if at is None:
        raise Malformed(f"book price {shown(levels[0][0])}")
    return per_coin(at, instrument.multiplier), _coins(levels[0][1], instrument)


def mark_price(row: wire.MarkRow, instrument: Instrument) -> MarkPrice:
    """mark-price."""
    at = price(row.mark_px)
    if at is None:
        raise Malformed(f"mark price {shown(row.mark_px)}")
    return MarkPrice(
        instrument=instrument,
        exchange_ms=epoch_ms(row.ts),
        mark_price=per_coin(at, instrument.multiplier),
    )


def index_price(row: wire.IndexRow, instrument: Instrument) -> MarkPrice:
    """index-tickers."""
    at = price(row.idx_px)
    if at is None:
        raise Malformed(f"index price {shown(row.idx_px)}")
    return MarkPrice(
        instrument=instrument,
        exchange_ms=epoch_ms(row.ts),
        index_price=per_coin(at, instrument.multiplier),
    )


def funding(row: wire.FundingRow, instrument: Instrument) -> Funding:
    """funding-rate: `fundingTime` is the next settlement, `nextFundingTime` the one after.

    A fresh listing may lack the rate; rows of 2022 lack the times. Where OKX is settling right
    now (`settState` "processing") there is no settled rate yet.
    """
    if not is_absent(row.funding_rate) and rate(row.funding_rate) is None:
        raise Malformed(f"funding rate {shown(row.funding_rate)}")
    next_ms = epoch_ms(row.funding_time)
    after_ms = epoch_ms(row.next_funding_time)
    interval_h = None
    if next_ms is not None and after_ms is not None and after_ms > next_ms:
        interval_h = (after_ms - next_ms) / HOUR_MS
    settled = rate(row.sett_funding_rate) if row.sett_state == "settled" else None
    return Funding(
        instrument=instrument,
        exchange_ms=epoch_ms(row.ts),
        rate=rate(row.funding_rate),
        interval_h=interval_h,
        next_settlement_ms=next_ms,
        settled_rate=settled,
        settled_ms=epoch_ms(row.prev_funding_time) if settled is not None else None,
    )


def settled_funding(row: wire.FundingRow, instrument: Instrument) -> Funding:
    """funding-rate-history: `fundingTime` is when `realizedRate` was settled."""
    settled = rate(row.realized_rate)
    settled_ms = epoch_ms(row.funding_time)
    if settled is None or settled_ms is None:
        raise Malformed(f"settled rate {shown(row.realized_rate)} at {shown(row.funding_time)}")
    return Funding(
        instrument=instrument, exchange_ms=settled_ms, settled_rate=settled, settled_ms=settled_ms
    )


def open_interest(row: wire.InterestRow, instrument: Instrument) -> OpenInterest:
    """open-interest: `oiCcy` coins and `oiUsd` (not in payloads before 2025)."""
    coins = scaled(size(row.oi_ccy), instrument.multiplier)
    if coins is None:
        coins = _coins(row.oi, instrument)
    usd = size(row.oi_usd)
    if coins is None and usd is None:
        raise Malformed(f"open interest {shown(row.oi_ccy)}")
    return OpenInterest(
        instrument=instrument,
        exchange_ms=epoch_ms(row.ts),
        open_interest_coins=coins,
        open_interest_usd=usd,
    )


def past_interest(row: wire.PastRow, instrument: Instrument) -> OpenInterest:
    """open-interest-history: time, contracts, coins, USD."""
    if len(row) < 4:
        raise Malformed(f"open interest of {len(row)} fields")
    ts, contracts, coins, usd = row[:4]
    told = wire.InterestRow(
        inst_id=instrument.symbol, oi=contracts, oi_ccy=coins, oi_usd=usd, ts=ts
    )
    return open_interest(told, instrument)


def account_ratio(row: wire.PastRow, instrument: Instrument) -> AccountRatio:
    """long-short-account-ratio-contract: time, and accounts that are long by those short."""
    ratio = size(row[1]) if len(row) > 1 else None
    long_share = None if ratio is None else ratio / (1 + ratio)
    return ratio_of_accounts(instrument, epoch_ms(row[0]) if row else None, long_share)


def liquidation(fill: wire.Fill, instrument: Instrument) -> Liquidation:
    """One fill. `posSide` is the position; for `net` a closing sell was a long."""
    at = price(fill.bk_px)
    contracts = size(fill.sz)
    at_ms = epoch_ms(fill.ts)
    if at is None or not contracts or at_ms is None:
        raise Malformed(f"liquidation of {shown(fill.sz)} at {shown(fill.bk_px)}")
    coins = _coins(fill.sz, instrument)
    unit_price = per_coin(at, instrument.multiplier)
    return Liquidation(
        instrument=instrument,
        exchange_ms=at_ms,
        side=_side(fill),
        price=unit_price,
        coins=coins,
        usd=coins * unit_price if coins is not None else None,
    )


def _side(fill: wire.Fill) -> Side:
    if fill.pos_side in ("long", "short"):
        return Side(fill.pos_side)
    by_order = {"sell": Side.LONG, "buy": Side.SHORT}
    if fill.side in by_order:
        return by_order[fill.side]
    raise Malformed(f"liquidation side {shown(fill.side)}")


def candle(row: wire.CandleRow, bar: str, instrument: Instrument) -> Candle:
    """One bar: `[ts, o, h, l, c, vol, volCcy, volCcyQuote, confirm]`."""
    if len(row) < 6:
        raise Malformed(f"a candle of {len(row)} columns")
    # SWAP: contracts, coins, quote. SPOT: coins, quote, quote.
    coins_column = 6 if instrument.market is Market.PERP else 5
    quote_column = 7 if instrument.market is Market.PERP else 6
    return candle_of(
        instrument,
        bar,
        epoch_ms(row[0]),
        row[1:5],
        volume=_column(row, coins_column),
        turnover_usd=_column(row, quote_column) if instrument.quote in _USD else None,
        closed={"1": True, "0": False}.get(str(row[8])) if len(row) > 8 else None,
    )


def _column(row: wire.CandleRow, index: int) -> float | None:
    return size(row[index]) if len(row) > index else None


def instrument(row: wire.InstrumentRow) -> Instrument:
    """A definition. LIVE only for normal crypto that is quoted or settled in USDT and trades.

    Stock and commodity perpetuals (`instCategory` other than 1), pre-market rules and states
    that OKX newly invents are UNKNOWN: not live.
    """
    foreign = why_foreign(row.inst_id, row.inst_type)
    if foreign is not None:
        raise Malformed(foreign)
    market = Market.PERP if row.inst_id.endswith(SWAP) else Market.SPOT
    base, quote = row.inst_id.split("-")[:2]
    unit = unit_of(base)
    return Instrument(
        exchange=Exchange.OKX,
        market=market,
        symbol=row.inst_id,
        coin=unit.coin,
        quote=quote,
        multiplier=unit.multiplier,
        contract_size=_contract_size(row, unit.multiplier) if market is Market.PERP else None,
        tick_size=per(price(row.tick_sz), unit.multiplier),
        status=_status(row, quote),
        listed_ms=epoch_ms(row.list_time),
    )


def _contract_size(row: wire.InstrumentRow, multiplier: float) -> float | None:
    value, factor = number(row.ct_val), number(row.ct_mult)
    if value is None or factor is None or row.ct_type not in ("linear", ""):
        return None
    contract = value * factor * multiplier
    return contract if contract > 0 else None


def _status(row: wire.InstrumentRow, quote: str) -> Status:
    status = _STATUS.get(row.state or "", Status.UNKNOWN)
    ordinary = (
        quote == "USDT"
        and (is_absent(row.inst_category) or str(row.inst_category) == "1")
        and (row.rule_type or "normal") == "normal"
    )
    return status if ordinary or status is not Status.LIVE else Status.UNKNOWN


def _coins(contracts: Loose, instrument: Instrument) -> float | None:
    """A wire size in coins: contracts on SWAP (None if their size is unknown), else coins."""
    if instrument.market is Market.PERP:
        return scaled(size(contracts), instrument.contract_size)
    return scaled(size(contracts), instrument.multiplier)
