"""The spread monitor's routes on prices, in the originals' shape.

A symbol is a coin without its quote; `BTCUSDT`, `BTC-USDT` and `BTC-USDT-SWAP` mean BTC. What the
originals held as one process-wide "current symbol" is each caller's own: a parameter, or else the
cookie that `/api/switch_symbol` gives.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import Response

from tui_monitor.api.answers import JSON, Answer, encode
from tui_monitor.api.endpoints import Endpoint, Nothing, Rows, World, described
from tui_monitor.api.limits import MAX_ROWS
from tui_monitor.api.own_keys import (
    AllCoinsKeys,
    CoinKeys,
    ExchangePrices,
    FundingNow,
    FuturesPrice,
    ListedKeys,
    PremiumNow,
    PriceNow,
    SignalNow,
    SignalsKeys,
    SpotPrice,
    SymbolKeys,
)
from tui_monitor.boards.coin import Against, CoinPage, Premium
from tui_monitor.boards.prices import LegPrice
from tui_monitor.boards.signals import Signal
from tui_monitor.clock import utc_text
from tui_monitor.errors import BadInput, UnknownCoin
from tui_monitor.model import Exchange, Market

COOKIE = "tui_monitor_symbol"
DEFAULT_SYMBOL = "BTC"
LONGEST_SYMBOL = 40
# All prices of all coins: a few megabytes.
_ALL_S = 1.0
_COINS_AT_ONCE = 25
_QUOTE = re.compile(r"(?<=.)[-_/]?USDT(-SWAP)?$", re.IGNORECASE)
_NOT_LISTED = "not listed"
_NO_ENGINE = "no prices: no engine runs"

Symbol = Annotated[str, described("A coin: BTC.", min_length=1, max_length=LONGEST_SYMBOL)]


class OneSymbol(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose prices."""

    symbol: Symbol = DEFAULT_SYMBOL


class NewestSignals(Struct, frozen=True, forbid_unknown_fields=True):
    """How many."""

    limit: Rows = MAX_ROWS


class Switch(Struct, frozen=True, forbid_unknown_fields=True):
    """The coin that the caller watches from now on."""

    symbol: Symbol


class Watched(Struct, frozen=True, kw_only=True):
    """A coin, and where it trades."""

    symbol: str
    exchanges: dict[Exchange, list[Market]]


async def data(world: World, asked: OneSymbol) -> Answer:
    """One coin on every exchange, with its premium."""
    page = await world.source.coin_page(coin_of(asked.symbol))
    prices = await world.source.prices(page.coin) if page.live else []
    own: CoinKeys = {
        "symbol": page.coin,
        "realtime_data": by_exchange(prices[0].legs if prices else []),
        "premium_data": {one.exchange.value: premium_of(one) for one in page.premiums},
        "reason": page.reason,
    }
    return Answer(data=page, own=own)


async def aggregated(world: World, _asked: Nothing) -> Response:
    """Every coin on every exchange; `data` are their names."""
    coins, content = await world.shared.once("aggregated", _ALL_S, lambda: _aggregated(world))
    own: ListedKeys = {"supported_symbols": coins}
    if not coins:
        own["reason"] = _NO_ENGINE
    whole = Answer(data=coins, count=len(coins), own=own).content(world.clock.now_ms(), world.kind)
    return Response(whole[:-1] + b',"aggregated_data":{' + content + b"}}", media_type=JSON)


async def _aggregated(world: World) -> tuple[list[str], bytes]:
    """The coins, and what stands between the braces, written some coins at a time."""
    found = await world.source.prices()
    parts = []
    for begin in range(0, len(found), _COINS_AT_ONCE):
        chunk = found[begin : begin + _COINS_AT_ONCE]
        parts.append(encode({one.coin: by_exchange(one.legs) for one in chunk})[1:-1])
        await asyncio.sleep(0)
    return [one.coin for one in found], b",".join(parts)


async def signals(world: World, asked: NewestSignals) -> Answer:
    """The newest signals as the originals write them; `data` has all of each."""
    board = await world.source.signals_board()
    chosen = board.signals[: asked.limit]
    own: SignalsKeys = {"signals": [_signal(one) for one in chosen], "reason": board.reason}
    return Answer(data=chosen, count=len(chosen), own=own)


async def switch(world: World, asked: Switch) -> Response:
    """Tell whether a coin can be watched, and let the caller's cookie name it."""
    coin = coin_of(asked.symbol)
    page = await world.source.coin_page(coin)
    if not page.legs:
        raise UnknownCoin(f"{asked.symbol!r} can't be watched", page.reason)
    where: dict[Exchange, list[Market]] = {}
    for one in page.legs:
        where.setdefault(one.leg.exchange, []).append(one.leg.market)
    answer = Answer(
        data=Watched(symbol=page.coin, exchanges=where), own=SymbolKeys(symbol=page.coin)
    )
    cookie = f"{COOKIE}={quote(page.coin, safe='')}; Path=/api; SameSite=Strict; HttpOnly"
    content = answer.content(world.clock.now_ms(), world.kind)
    return Response(content, media_type=JSON, headers={"set-cookie": cookie})


def coin_of(symbol: str) -> str:
    """The coin that a symbol names; BadInput where there is nothing left of it."""
    coin = _QUOTE.sub("", symbol.strip())
    if not coin:
        raise BadInput(f"{symbol!r} names no coin", "write a coin like BTC")
    return coin


def by_exchange(legs: Sequence[LegPrice]) -> dict[str, ExchangePrices]:
    """{exchange: {spot, futures, funding_rate}}, each null-filled with its reason if unknown."""
    found = {(leg.exchange, leg.market): leg for leg in legs}
    exchanges = [name for name in Exchange if any(name is one for one, _ in found)]
    return {
        name.value: {
            "spot": _spot(found.get((name, Market.SPOT))),
            "futures": _futures(found.get((name, Market.PERP))),
            "funding_rate": _funding(found.get((name, Market.PERP))),
        }
        for name in exchanges
    }


def _spot(leg: LegPrice | None) -> SpotPrice:
    if leg is None:
        return {"price": None, "timestamp": None, "symbol": None, "reason": _NOT_LISTED}
    return {**_price(leg), "volume": leg.volume_24h_coins}


def _futures(leg: LegPrice | None) -> FuturesPrice:
    if leg is None:
        return {"price": None, "timestamp": None, "symbol": None, "reason": _NOT_LISTED}
    return {
        **_price(leg),
        "funding_rate": leg.rate,
        "next_funding_time": leg.next_settlement_ms,
        "mark_price": leg.mark_price,
        "index_price": leg.index_price,
    }


def _price(leg: LegPrice) -> PriceNow:
    found: PriceNow = {
        "price": leg.last,
        "timestamp": leg.exchange_ms,
        "symbol": leg.symbol,
        "age_ms": leg.age_ms,
        "stale": leg.stale,
    }
    if reason := _doubt(leg):
        found["reason"] = reason
    return found


def _doubt(leg: LegPrice) -> str:
    """Why a price is none to go by; empty where it is."""
    if leg.suspicion or leg.last is None:
        return leg.suspicion or "no trade was told yet"
    if leg.stale and leg.age_ms is not None:
        return f"nothing was told for {leg.age_ms / 1000:.1f} s"
    return ""


def _funding(leg: LegPrice | None) -> FundingNow:
    if leg is None:
        return {}
    return {
        "funding_rate": leg.rate,
        "interval_h": leg.interval_h,
        "next_funding_time": leg.next_settlement_ms,
    }


def premium_of(one: Premium) -> PremiumNow:
    """In the originals' words; `spot_price` is the exchange's own spot or nothing."""
    percent = None if one.premium_pct is None else round(one.premium_pct, 4)
    found: PremiumNow = {
        "premium_percent": percent,
        "spot_price": one.against_price if one.against is Against.SPOT else None,
        "futures_price": one.perp_price,
        "against": one.against,
        "against_price": one.against_price,
        "basis_percent": one.basis_pct,
    }
    if one.reason:
        found["reason"] = one.reason
    return found


def _signal(one: Signal) -> SignalNow:
    return {
        "symbol": one.coin,
        "short_exchange": one.short_exchange,
        "long_exchange": one.long_exchange,
        "spread_percent": one.spread_pct,
        "price_short": one.price_short,
        "price_long": one.price_long,
        "observed_at": utc_text(one.at_ms),
    }


ENDPOINTS = (
    Endpoint(
        path="/api/data",
        summary="One coin on every exchange, with its premium.",
        reply=data,
        asks=OneSymbol,
        gives=CoinPage,
        own=CoinKeys,
        cookies={"symbol": COOKIE},
    ),
    Endpoint(
        path="/api/aggregated_data",
        summary="Every coin on every exchange.",
        reply=aggregated,
        gives=list[str],
        own=AllCoinsKeys,
    ),
    Endpoint(
        path="/api/arbitrage/signals",
        summary="The newest signals.",
        reply=signals,
        asks=NewestSignals,
        gives=list[Signal],
        own=SignalsKeys,
    ),
    Endpoint(
        path="/api/switch_symbol",
        summary="Choose the coin that /api/data gives this caller: a cookie, no state here.",
        reply=switch,
        asks=Switch,
        gives=Watched,
        own=SymbolKeys,
        method="POST",
    ),
)
