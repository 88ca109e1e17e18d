"""The anomaly monitor's bars, as the originals' README has them. Asking has nothing streamed."""

from typing import Annotated

from msgspec import Struct

from tui_monitor.api.anomalies import OneBar, made
from tui_monitor.api.answers import Answer, encode_rows
from tui_monitor.api.boards import known_coin
from tui_monitor.api.coins import Symbol, coin_of
from tui_monitor.api.endpoints import Endpoint, Rows, World, described
from tui_monitor.api.own_keys import BarsKeys
from tui_monitor.boards.klines import Klines
from tui_monitor.clock import BoardZone
from tui_monitor.model import CandleRow, Exchange, Market
from tui_monitor.source.units import coin_named, multiplier_of


class KlinesQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose bars."""

    symbol: Symbol
    limit: Rows = 100
    interval: OneBar = None
    exchange: Annotated[
        Exchange | None, described("Without it the first that the settings judge.")
    ] = None
    market: Annotated[Market, described("The market; bars are kept of perp alone.")] = Market.PERP


class Kline(Struct, frozen=True, kw_only=True):
    """One bar; `timestamp` is when it began, in ms. Prices are per coin, `volume` is in coins."""

    timestamp: int
    datetime: str
    open: float
    high: float
    low: float
    close: float
    volume: float | None
    quote_volume: float | None
    closed: bool


async def klines(world: World, asked: KlinesQuery) -> Answer:
    """Kept bars, oldest first, with the one that is forming.

    Prices are per `coin`, of which one unit of `symbol` has `multiplier`.
    """
    found = await _klines(world, asked.symbol, asked)
    coin = coin_of(asked.symbol)
    # As its exchange writes it, as a coin, and as the coin of which it has a thousand.
    for name in list(dict.fromkeys((asked.symbol, coin, coin_named(coin))))[1:]:
        if not found.rows:
            found = await _klines(world, name, asked)
    if not found.coin:
        await known_coin(world, asked.symbol)
    rows = await made(found.rows, lambda row, _: _kline(row, world.zone, closed=True))
    if found.forming is not None:
        rows.append(_kline(found.forming, world.zone, closed=False))
    own: BarsKeys = {
        "symbol": found.symbol,
        "coin": found.coin,
        "multiplier": multiplier_of(found.symbol),
        "exchange": found.exchange,
        "interval": found.bar,
        "reason": found.reason,
    }
    shown = rows[-asked.limit :]
    return Answer(data=await encode_rows(shown), count=len(shown), own=own)


async def _klines(world: World, symbol: str, asked: KlinesQuery) -> Klines:
    return await world.source.klines(
        symbol, asked.exchange, asked.market, asked.interval, asked.limit
    )


def _kline(row: CandleRow, zone: BoardZone, *, closed: bool) -> Kline:
    return Kline(
        timestamp=row.open_ms,
        datetime=zone.format(row.open_ms),
        open=row.open,
        high=row.high,
        low=row.low,
        close=row.close,
        volume=row.volume_coins,
        quote_volume=row.turnover_usd,
        closed=closed,
    )


ENDPOINTS = (
    Endpoint(
        path="/api/symbols/{symbol}/klines",
        summary="Kept bars of a symbol or a coin, oldest first.",
        reply=klines,
        asks=KlinesQuery,
        gives=list[Kline],
        own=BarsKeys,
    ),
)
