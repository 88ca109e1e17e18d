"""The page of a coin with sane defaults: eight legs, one old, one in quarantine."""

import math

from msgspec.structs import replace

from tests.support.boards import NOW_MS
from tests.support.coin_parts import some_parts
from tests.support.spread_boards import HOUR_MS, MINUTE_MS, NEXT_MS, a_signal, a_spread, a_suspect
from tui_monitor.boards.coin import (
    CoinLeg,
    CoinPage,
    apr,
    premiums,
    rate_8h,
)
from tui_monitor.boards.legs import SLOTS, Leg
from tui_monitor.boards.spreads import Kind
from tui_monitor.model import (
    Exchange,
    Market,
    Settlement,
    Source,
    SpreadKind,
    SpreadMinute,
)

BTC = 95_123.4
INTERVALS_H = {Exchange.BINANCE: 8.0, Exchange.OKX: 4.0, Exchange.BYBIT: 1.0}


def a_leg(place: int = 0, **changes: object) -> CoinLeg:
    """BTC in one of the eight slots, fresh; Bitget's interval is not known."""
    exchange, market = SLOTS[place]
    last = BTC * (1 + place * 0.0009)
    perp = market is Market.PERP
    interval_h = INTERVALS_H.get(exchange) if perp else None
    value = 0.0001 * (place + 1) if perp else None
    built = Leg(
        exchange=exchange,
        market=market,
        symbol="BTC-USDT-SWAP" if exchange is Exchange.OKX else "BTCUSDT",
        coin="BTC",
        multiplier=1.0,
        bid=last - 0.1,
        ask=last + 0.1,
        bid_coins=1.2 + place,
        ask_coins=0.417 * (place + 1),
        last=last,
        mark_price=last + 3 if perp else None,
        index_price=last - 20 if perp else None,
        rate=value,
        interval_h=interval_h,
        next_settlement_ms=NEXT_MS if perp else None,
        turnover_24h_usd=1.23e10 / (place + 1),
        age_ms=180 + place * 40,
        exchange_age_ms=220 + place * 40,
        last_age_ms=410,
        stale=False,
        suspicion="",
        others=[],
    )
    leg = replace(built, **changes)
    return CoinLeg(
        leg=leg,
        rate_8h=rate_8h(leg.rate, leg.interval_h),
        apr=apr(leg.rate, leg.interval_h),
        open_interest_coins=81_234.5 if perp else None,
        open_interest_usd=81_234.5 * BTC if perp else None,
        book_source=Source.STREAM if place != 2 else Source.REST,
        last_source=Source.STREAM,
        mark_age_ms=900 if perp else None,
        index_age_ms=900 if perp else None,
        funding_age_ms=3_100 if perp else None,
        open_interest_age_ms=4_900 if perp else None,
    )


def some_legs() -> list[CoinLeg]:
    """All eight; Bybit's spot is old, Bitget's spot may be another coin."""
    legs = [a_leg(place) for place in range(len(SLOTS))]
    legs[6] = a_leg(6, stale=True, age_ms=41_000)
    legs[7] = a_leg(7, suspicion="another coin: 0.618 × 4 others' median", others=["BTCXUSDT"])
    return legs


def some_minutes(now_ms: int = NOW_MS) -> list[SpreadMinute]:
    """24 h, but for an hour that nobody watched."""
    first_ms = now_ms - now_ms % MINUTE_MS - 24 * HOUR_MS
    return [
        SpreadMinute(
            minute_ms=first_ms + place * MINUTE_MS,
            coin="BTC",
            kind=SpreadKind.ALL,
            max_pct=(found := 0.35 + 0.32 * math.sin(place / 140) + 0.1 * math.sin(place / 11)),
            min_pct=found - 0.2,
            buy_exchange=Exchange.BINANCE,
            buy_market=Market.PERP,
            sell_exchange=Exchange.OKX,
            sell_market=Market.PERP,
            over_s=12.0,
            rises=1,
            samples=58,
        )
        for place in range(24 * 60)
        if not 600 <= place < 660
    ]


def some_settlements(now_ms: int = NOW_MS) -> list[Settlement]:
    """Eight hours apart, newest first, three exchanges."""
    last_ms = now_ms - now_ms % (8 * HOUR_MS)
    return [
        Settlement(
            exchange=exchange,
            market=Market.PERP,
            symbol="BTCUSDT",
            coin="BTC",
            settled_ms=last_ms - place * 8 * HOUR_MS,
            rate=0.0001 * (3 - place % 7),
        )
        for place in range(20)
        for exchange in (Exchange.BINANCE, Exchange.OKX, Exchange.BYBIT)
    ]


def a_coin_page(coin: str = "BTC", now_ms: int = NOW_MS, **changes: object) -> CoinPage:
    """BTC's page."""
    legs = some_legs()
    best = a_spread(coin)
    spot = replace(
        best,
        kind=Kind.SPOT_PERP,
        buy_market=Market.SPOT,
        executable_pct=0.55,
        net_pct=0.25,
        net_funding_pct=None,
    )
    old = replace(
        spot,
        kind=Kind.SPOT_SPOT,
        sell_market=Market.SPOT,
        sell_exchange=Exchange.BYBIT,
        ranked=False,
        rank=None,
        reason="bybit spot is 41.0 s old",
    )
    parts = some_parts(coin, now_ms)
    built = CoinPage(
        board="coin",
        now_ms=now_ms,
        coin=coin,
        live=True,
        reason="",
        max_age_s=3.0,
        threshold_pct=0.6,
        legs=legs,
        premiums=premiums(legs, 3.0),
        spreads=[best, best, spot, old],
        minutes_kind=SpreadKind.ALL,
        minutes=some_minutes(now_ms),
        over_24h_s=754.0,
        rises_24h=31,
        settlements=some_settlements(now_ms),
        signals=[a_signal(coin, 40 + place * 900) for place in range(7)],
        quarantine=[
            a_suspect(
                coin,
                market=Market.SPOT,
                symbol="BTCUSDT",
                text="another coin: 0.618 × 5 others' median",
            )
        ],
        liquidations=parts.liquidations,
        anomalies=parts.anomalies,
        interest=parts.interest,
    )
    return replace(built, **changes)
