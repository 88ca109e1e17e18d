"""Healths of the four exchanges and system boards, with sane defaults.

OKX is well but for an old list of its spot market, Binance has its banned spot REST, Bybit's
perpetual tickers come by REST, Bitget's spot stream is silent.
"""

from msgspec.structs import replace

from tests.support.boards import NOW_MS, a_status
from tui_monitor.boards.markets import MarketReport, market_report
from tui_monitor.boards.system import (
    DatabaseFigures,
    ProcessFigures,
    SystemBoard,
    channel_key,
    system_board,
)
from tui_monitor.model import (
    ChannelHealth,
    Exchange,
    ExchangeHealth,
    FeedState,
    LimitUse,
    Market,
    MarketList,
    Source,
)

HOSTS = {
    Exchange.BINANCE: "fapi.binance.com",
    Exchange.OKX: "www.okx.com",
    Exchange.BYBIT: "api.bybit.com",
    Exchange.BITGET: "api.bitget.com",
}
MINUTE_MS = 60_000


def a_channel(
    exchange: Exchange = Exchange.OKX,
    market: Market = Market.PERP,
    channel: str = "tickers",
    **changes: object,
) -> ChannelHealth:
    """A live stream since half an hour."""
    built = ChannelHealth(
        exchange=exchange,
        market=market,
        channel=channel,
        state=FeedState.LIVE,
        source=Source.STREAM,
        since_ms=NOW_MS - 30 * MINUTE_MS,
        age_ms=180,
        reason="",
        messages=123_456,
        reconnects=0,
        last_error="",
        host=f"stream.{exchange}.example",
        topics=384,
    )
    return replace(built, **changes)


def a_poll(exchange: Exchange, channel: str, every_s: float, **changes: object) -> ChannelHealth:
    """A channel whose regular way is REST."""
    built = a_channel(
        exchange,
        channel=channel,
        source=Source.REST,
        polled=True,
        every_s=every_s,
        topics=0,
        age_ms=round(every_s * 400),
        host=HOSTS[exchange],
    )
    return replace(built, **changes)


def a_list(market: Market = Market.PERP, **changes: object) -> MarketList:
    """Some hundred instruments, read ten minutes ago."""
    built = MarketList(
        market=market,
        instruments=512 if market is Market.PERP else 431,
        rows=512 if market is Market.PERP else 428,
        read_ms=NOW_MS - 10 * MINUTE_MS,
        stale=False,
        example="BTC-USDT-SWAP" if market is Market.PERP else "BTC-USDT",
    )
    return replace(built, **changes)


def a_limit(name: str = "request weight", used: float = 460.0, **changes: object) -> LimitUse:
    """A fifth of what we allow ourselves."""
    built = LimitUse(name=name, used=used, allowed=1_920.0, documented=2_400.0, window_s=60.0)
    return replace(built, **changes)


def a_health(exchange: Exchange, **changes: object) -> ExchangeHealth:
    """An exchange with two streams, a poll, two lists and a limit, all well."""
    built = ExchangeHealth(
        exchange=exchange,
        enabled=True,
        host=HOSTS[exchange],
        round_trip_ms=84.0,
        clock_skew_ms=-12.0,
        banned_until_ms=None,
        markets=[a_list(), a_list(Market.SPOT)],
        channels=[
            a_channel(exchange),
            a_channel(exchange, channel="liquidations", quiet=True, age_ms=41_000, topics=1),
            a_channel(exchange, Market.SPOT, age_ms=240),
            a_poll(exchange, "interest", 5.0),
        ],
        limits=[a_limit()],
    )
    return replace(built, **changes)


def some_healths() -> list[ExchangeHealth]:
    """The four as the module's first lines say."""
    binance = a_health(
        Exchange.BINANCE,
        clock_skew_ms=640.0,
        banned_until_ms=NOW_MS + 95_000,
        limits=[
            a_limit("futures weight", 1_790.0),
            a_limit("spot weight", 4_800.0, allowed=4_800.0, documented=6_000.0),
            a_limit("stream attempts", 12, allowed=240, documented=300, window_s=300.0),
        ],
    )
    banned = a_poll(
        Exchange.BINANCE, "interest", 5.0,
        state=FeedState.BANNED, reason="HTTP 418", last_error="HTTP 418: way too many requests",
        until_ms=NOW_MS + 95_000,
    )  # fmt: skip
    okx = a_health(
        Exchange.OKX,
        markets=[a_list(), a_list(Market.SPOT, stale=True, error="time-out after 10 s")],
        limits=[a_limit("tickers", 3, allowed=16, documented=20, window_s=2.0)],
    )
    bybit = a_health(Exchange.BYBIT, round_trip_ms=None, clock_skew_ms=None)
    bridged = a_channel(
        Exchange.BYBIT,
        state=FeedState.BRIDGED, source=Source.REST, age_ms=1_400, reconnects=3,
        since_ms=NOW_MS - 42_000, reason="stream unreachable: connection refused",
        last_error="connection refused",
    )  # fmt: skip
    bitget = a_health(Exchange.BITGET, limits=[])
    silent = a_channel(
        Exchange.BITGET, Market.SPOT,
        state=FeedState.SILENT, age_ms=130_000, since_ms=NOW_MS - 130_000, source=None,
        reason="no data for 02:10", last_error="closed by the exchange (1006)", reconnects=12,
    )  # fmt: skip
    return [
        replace(binance, channels=[*binance.channels[:3], banned]),
        okx,
        replace(bybit, channels=[bridged, *bybit.channels[1:]]),
        replace(bitget, channels=[*bitget.channels[:2], silent, bitget.channels[3]]),
    ]


def a_process(**changes: object) -> ProcessFigures:
    """A process that began at 08:00 and is not busy."""
    built = ProcessFigures(
        started_ms=NOW_MS - 24_187_000,
        uptime_s=24_187.0,
        memory_bytes=93_400_000,
        memory_peak_bytes=101_000_000,
        cpu_pct=7.4,
        threads=4,
        sockets=19,
        loop_lag_ms=0.6,
        loop_lag_worst_ms=23.0,
    )
    return replace(built, **changes)


def a_database(**changes: object) -> DatabaseFigures:
    """Some weeks of history."""
    built = DatabaseFigures(
        size_bytes=48_300_000,
        wal_bytes=1_100_000,
        kind="real",
        schema_version=1,
        sqlite_version="3.45.1",
        rows={"slot_prices": 81_234, "holes": 412},
        oldest_ms={"slot_prices": NOW_MS - 40 * 86_400_000, "holes": None},
        counted_ms=NOW_MS - 9_000,
        committed_ms=NOW_MS - 12_000,
    )
    return replace(built, **changes)


def a_system_board(
    healths: list[ExchangeHealth] | None = None, now_ms: int = NOW_MS, **changes: object
) -> SystemBoard:
    """The four exchanges' board; each channel has as many messages as its name has letters."""
    found = some_healths() if healths is None else healths
    rates = {
        channel_key(line): 11.5 * len(line.channel) * (not line.polled) + 0.2
        for one in found
        for line in one.channels
        if line.state is FeedState.LIVE
    }
    board = system_board(a_status(now_ms), found, rates, a_process(), a_database())
    return replace(board, **changes)


def a_market_report() -> MarketReport:
    """BTC everywhere, ETH in half of the markets, NEW in one of eight."""
    both = (Market.SPOT, Market.PERP)
    listed = {(name, market): {"BTC"} for name in Exchange for market in both}
    for name in (Exchange.BINANCE, Exchange.OKX):
        for market in both:
            listed[name, market].add("ETH")
    listed[Exchange.BITGET, Market.PERP].add("NEW")
    return market_report(listed)
