"""An open-interest board in memory: two coins on two exchanges, and one that has just come."""

from msgspec.structs import replace

from tui_monitor.boards.open_interest import (
    WINDOWS_H,
    InterestPast,
    InterestPoint,
    OpenInterestBoard,
    RankedBy,
)
from tui_monitor.boards.open_interest.build import InterestInput, interest_board, start_ms
from tui_monitor.boards.open_interest.now import NOT_TOLD, Leg
from tui_monitor.model import AccountRatio, Exchange, InterestSample, InterestSource

NOW_MS = 1_800_000_000_000
COINS = {"BTC": (90_000.0, 66_000.0), "ETH": (1_100_000.0, 2_300.0), "DOGE": (3e9, 0.12)}
"""Coins of open interest on Binance, and what one costs."""
JUMPS = (Exchange.BYBIT, "ETHUSDT")


def a_leg(
    coin: str = "BTC",
    exchange: Exchange = Exchange.BINANCE,
    coins: float | None = 1000.0,
    price: float | None = 100.0,
    *,
    age_ms: int = 4_000,
    suspicion: str = "",
) -> Leg:
    """One live perpetual."""
    return Leg(
        exchange=exchange,
        symbol=f"{coin}USDT",
        coin=coin,
        coins=coins,
        price=price,
        age_ms=age_ms,
        stale=False,
        reason="" if coins is not None else NOT_TOLD,
        suspicion=suspicion,
    )


def a_sample(leg: Leg, at_ms: int, factor: float = 1.0, price: float = 1.0) -> InterestSample:
    """What was kept of a leg: `factor` of its coins at `price` of its price."""
    return InterestSample(
        exchange=leg.exchange,
        symbol=leg.symbol,
        coin=leg.coin,
        at_ms=at_ms,
        coins=(leg.coins or 0.0) * factor,
        price=None if leg.price is None else leg.price * price,
        source=InterestSource.OURS,
    )


def an_interest_board(
    now_ms: int = NOW_MS,
    hours: int = 24,
    by: RankedBy = RankedBy.CHANGE,
    only: Exchange | None = None,
    *,
    jumped: bool = False,
) -> OpenInterestBoard:
    """DOGE came since the windows began, ETH fell, BTC grew; `jumped`: ETH on Bybit doubled."""
    legs = [
        a_leg(coin, exchange, coins * part, price)
        for coin, (coins, price) in COINS.items()
        for exchange, part in ((Exchange.BINANCE, 1.0), (Exchange.BYBIT, 0.5))
    ]
    lasts = {leg.perp: a_sample(leg, now_ms - 60_000, 1.0) for leg in legs} if jumped else {}
    if jumped:
        lasts = {
            perp: replace(one, coins=one.coins / (2 if perp == JUMPS else 1))
            for perp, one in lasts.items()
        }
    factors = {"BTC": 0.9, "ETH": 1.2}
    thens = {
        window: {
            leg.perp: a_sample(leg, start_ms(now_ms, window), factors[leg.coin] ** (window / 24))
            for leg in legs
            if leg.coin in factors
        }
        for window in WINDOWS_H
    }
    ratios = [
        AccountRatio(
            exchange=leg.exchange,
            symbol=leg.symbol,
            coin=leg.coin,
            at_ms=now_ms - 300_000,
            long_share=0.6,
        )
        for leg in legs
        if leg.exchange is Exchange.BINANCE
    ]
    past = InterestPast(
        exchange=Exchange.BYBIT,
        listed=True,
        perps=3,
        wanted=3,
        asked=3,
        reading=0,
        read=0,
        wait_s=0.0,
        waits_for="",
        ratios=0,
        note="",
        error="",
    )
    given = InterestInput(
        at_ms=now_ms,
        exchanges=[Exchange.BINANCE, Exchange.BYBIT],
        legs=legs,
        thens=thens,
        lasts=lasts,
        steps=[],
        ratios={(one.exchange, one.symbol): one for one in ratios},
        past=[past],
        sampled_ms=now_ms - 100_000,
    )
    return interest_board(given, now_ms, hours, by, only)


class MemoryInterest:
    """The part of a source in memory that tells of open interest: always the same.

    `interest` is told instead where a test has set it.
    """

    interest: OpenInterestBoard | None = None

    async def interest_board(
        self,
        hours: int | None = None,
        by: RankedBy = RankedBy.CHANGE,
        exchange: Exchange | None = None,
    ) -> OpenInterestBoard:
        return self.interest or an_interest_board(hours=hours or 24, by=by, only=exchange)

    async def interest_history(self, coin: str, first_ms: int) -> list[InterestPoint]:
        del coin, first_ms
        return []
