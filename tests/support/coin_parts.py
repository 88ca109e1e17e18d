"""The parts of a coin's page that are made of stored rows, with sane defaults, or empty."""

import math

from tests.support.anomaly_boards import an_anomaly, an_explanation
from tests.support.interest_boards import an_interest_board
from tests.support.liquidation_boards import (
    a_minute,
    a_venue,
    a_window,
    an_order,
    some_indices,
)
from tui_monitor.boards.anomalies.records import record_of
from tui_monitor.boards.coin_parts import (
    CoinAnomalies,
    CoinInterest,
    CoinLiquidations,
    CoinParts,
    coin_anomalies,
    coin_interest,
    coin_liquidations,
)
from tui_monitor.boards.liquidations.build import Stored, liquidations_board
from tui_monitor.boards.open_interest import InterestPoint
from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.model import (
    BAR_MS,
    MARK_MS,
    Exchange,
    Heard,
    InterestSource,
    LiquidationRow,
    Side,
)

LISTED = frozenset({Exchange.BINANCE, Exchange.OKX, Exchange.BYBIT})


def some_events(coin: str, now_ms: int) -> list[LiquidationRow]:
    """Seven in the hour, newest first: four sampled shorts, two of Bybit, one that REST told."""
    binance = [
        an_order(
            now_ms - place * 40_000 - 700,
            250_000.0 * (place + 1),
            exchange=Exchange.BINANCE,
            symbol=f"{coin}USDT",
            coin=coin,
            side=Side.SHORT,
        )
        for place in range(4)
    ]
    others = [
        an_order(now_ms - ago_ms, usd, exchange=exchange, symbol=symbol, coin=coin, heard=heard)
        for ago_ms, usd, exchange, symbol, heard in (
            (9 * MINUTE_MS, 1.5e6, Exchange.BYBIT, f"{coin}USDT", Heard.STREAM),
            (22 * MINUTE_MS, None, Exchange.BYBIT, f"{coin}USDT", Heard.STREAM),
            (31 * MINUTE_MS, 80_000.0, Exchange.OKX, f"{coin}-USDT-SWAP", Heard.REST),
        )
    ]
    return [*binance, *others]


def some_liquidations(
    coin: str, now_ms: int, events: list[LiquidationRow] | None = None
) -> CoinLiquidations:
    """Binance and Bybit were heard all the while, OKX for the half; an older one was told, too."""
    events = some_events(coin, now_ms) if events is None else events
    window = a_window(now_ms)
    heard_ms = window.passed_ms
    venues = [
        a_venue(exchange, a_minute(window.first_ms, covered_ms=covered_ms))
        for exchange, covered_ms in (
            (Exchange.BINANCE, heard_ms),
            (Exchange.OKX, heard_ms // 2),
            (Exchange.BYBIT, heard_ms),
            (Exchange.BITGET, heard_ms),
        )
    ]
    nothing = Stored(minutes=[], steps=[], largest=[], interests=[], aggregates=[])
    board = liquidations_board(window, venues, nothing, some_indices(None, now_ms))
    older = an_order(now_ms - 5 * 3_600_000, 4e5, coin=coin)
    return coin_liquidations(coin, board, events, [*events, older] if events else [], LISTED)


def some_anomalies(coin: str, now_ms: int, count: int = 5) -> CoinAnomalies:
    """One a quarter of an hour on Binance, the newest the highest."""
    quarter_ms = BAR_MS["15m"]
    newest_ms = now_ms - now_ms % quarter_ms - quarter_ms
    rows = [
        an_anomaly(coin, 3.2 / (place + 1), newest_ms - place * quarter_ms)
        for place in range(count)
    ]
    records = [record_of(an_explanation(row), row.close_ms + 1_200) for row in rows]
    why = f"no anomaly of {coin} in 24 h · binance 15m: small move 0.3 %, under 1 %"
    return coin_anomalies(records, now_ms - DAY_MS, why)


def some_points(coin: str, now_ms: int) -> list[InterestPoint]:
    """A wave on Binance for a day, on Bybit for a third of it; one mark is missing."""
    last = now_ms - now_ms % MARK_MS
    marks = [last - back * MARK_MS for back in range(289, -1, -1) if back != 40]
    return [
        InterestPoint(
            exchange=exchange,
            symbol=f"{coin}USDT",
            at_ms=at_ms,
            coins=(coins := part * (90_000 + 4_000 * math.sin(at_ms / 7e6))),
            usd=coins * 66_000,
            source=InterestSource.OURS,
        )
        for at_ms in marks
        for exchange, part in ((Exchange.BINANCE, 1.0), (Exchange.BYBIT, 0.5))
        if exchange is Exchange.BINANCE or last - at_ms < DAY_MS // 3
    ]


def some_interest(coin: str, now_ms: int) -> CoinInterest:
    """Of two exchanges; what the board says of the coin, and its samples."""
    span_ms = (now_ms - DAY_MS, now_ms + 1)
    return coin_interest(coin, an_interest_board(now_ms), some_points(coin, now_ms), span_ms)


def some_parts(coin: str, now_ms: int) -> CoinParts:
    """All of them."""
    return CoinParts(
        liquidations=some_liquidations(coin, now_ms),
        anomalies=some_anomalies(coin, now_ms),
        interest=some_interest(coin, now_ms),
    )


def no_parts(coin: str, now_ms: int) -> CoinParts:
    """Of a coin that nothing happened to."""
    span_ms = (now_ms - DAY_MS, now_ms + 1)
    return CoinParts(
        liquidations=some_liquidations(coin, now_ms, []),
        anomalies=some_anomalies(coin, now_ms, 0),
        interest=coin_interest("NONE", an_interest_board(now_ms), [], span_ms),
    )
