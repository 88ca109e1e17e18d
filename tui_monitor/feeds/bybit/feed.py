"""Bybit: tickers and liquidations by stream; the books of spot, which no ticker has, by REST.

A ticker of a perpetual carries its book, mark, index, funding and open interest, so one channel
stands for them all. What a delta does not say is unchanged; should one of these kinds stop while
tickers go on, the audit brings it every 15 s, and each kind's own age on the row tells how old
it is. A channel each would tell no more: they come, and go, with one socket.
"""

from collections.abc import AsyncGenerator, Sequence
from functools import partial

from msgspec.structs import replace

from tui_monitor.config import Bybit
from tui_monitor.feeds.adapter import Subscription
from tui_monitor.feeds.books import CONFIRM_EVERY_S, book_poll
from tui_monitor.feeds.bybit import asking
from tui_monitor.feeds.bybit.adapter import PATHS, BybitAdapter
from tui_monitor.feeds.bybit.bars import BarsAdapter, BybitHistory, minutes_of
from tui_monitor.feeds.bybit.rest import MAX_FUNDINGS, BybitRest
from tui_monitor.feeds.past_interest import newest_first
from tui_monitor.feeds.plans import (
    Bridge,
    Channel,
    Divide,
    FeedPlan,
    Given,
    ListPlan,
    PollPlan,
    StreamPlan,
)
from tui_monitor.feeds.settled import backwards
from tui_monitor.feeds.symbols import symbol_of
from tui_monitor.model import (
    Candle,
    Exchange,
    Funding,
    Instrument,
    Liquidation,
    Market,
    OpenInterest,
    Ticker,
)
from tui_monitor.model.liquidations import STREAMS

# No stream tells of new and ended listings.
LIST_EVERY_S = 900.0
AUDIT_S = 15.0
# Spot's tickers, which Bybit pushes every 50 ms, have no books; a quiet perpetual's is confirmed.
BOOKS_EVERY_S = {Market.SPOT: 1.0, Market.PERP: CONFIRM_EVERY_S}
LIQUIDATIONS = "allLiquidation"
# Whose tickers never rest: with two of them, trouble of one coin is no trouble of the socket.
COMPANIONS = ("BTCUSDT", "ETHUSDT")
# A bar of a coin without trades is pushed once a minute.
BARS_SILENT_AFTER_S = 90.0


def plan(settings: Bybit, given: Given) -> FeedPlan:
    """The whole exchange as set."""
    rest = BybitRest(settings, given.clock, bans=given.bans)
    markets = [Market(name) for name in settings.markets]
    streams = [_tickers(settings, rest, market) for market in markets]
    if Market.PERP in markets:
        streams.append(_liquidations(settings, rest))
    return FeedPlan(
        exchange=Exchange.BYBIT,
        host=settings.rest_url,
        lists=tuple(_list(rest, market) for market in markets),
        streams=tuple(streams),
        polls=tuple(_books(settings, rest, market) for market in markets),
        bars=partial(_bars, settings, rest),
        server_time_ms=rest.server_time_ms,
        paused_s=lambda: rest.paused_s,
        limits=rest.limits,
        aclose=rest.aclose,
        history=BybitHistory(rest, given.clock),
        settled=partial(_settled, rest),
        perp_symbol=partial(symbol_of, rest.books[Market.PERP]),
        liquidations=STREAMS[Exchange.BYBIT],
        past_interest=partial(_past_interest, rest),
        account_ratio=rest.account_ratio,
    )


def _settled(
    rest: BybitRest, instrument: Instrument, start_ms: int, end_ms: int
) -> AsyncGenerator[list[Funding], None]:
    async def page(until_ms: int) -> list[Funding]:
        return await rest.funding_history(instrument, start_ms=start_ms, end_ms=until_ms)

    return backwards(page, instrument, start_ms, end_ms, MAX_FUNDINGS)


def _past_interest(
    rest: BybitRest, instrument: Instrument, start_ms: int, end_ms: int
) -> AsyncGenerator[list[OpenInterest], None]:
    async def page(until_ms: int) -> list[OpenInterest]:
        return await rest.open_interest_history(instrument, start_ms=start_ms, end_ms=until_ms)

    return newest_first(page, start_ms, end_ms)


def _list(rest: BybitRest, market: Market) -> ListPlan:
    return ListPlan(
        market=market,
        book=rest.books[market],
        fetch=partial(rest.instruments, market),
        first=(partial(rest.snapshot, market),),
        by_name=partial(symbol_of, rest.books[market]),
        every_s=LIST_EVERY_S,
    )


def _stream(
    settings: Bybit,
    rest: BybitRest,
    channels: tuple[Channel, ...],
    divide: Divide,
    bridges: dict[str, Bridge],
) -> StreamPlan:
    market = channels[0].market
    return StreamPlan(
        market=market,
        url=f"{settings.ws_url}{PATHS[market]}",
        proxy=settings.proxy,
        adapter=lambda: BybitAdapter(rest.books[market], market),
        channels=channels,
        divide=divide,
        bridges=bridges,
    )


def _tickers(settings: Bybit, rest: BybitRest, market: Market) -> StreamPlan:
    bridge = Bridge(
        fetch=partial(rest.snapshot, market),
        every_s=settings.bridge_every_s,
        audit_every_s=AUDIT_S,
    )
    return _stream(
        settings,
        rest,
        (_ticker_channel(settings, market, "tickers"),),
        _all_of("tickers"),
        {"tickers": bridge},
    )


def _ticker_channel(settings: Bybit, market: Market, name: str) -> Channel:
    return Channel(
        market=market,
        name=name,
        topics=frozenset({"tickers"}),
        kinds=frozenset({Ticker}),
        silent_after_s=settings.silent_after_s,
    )


def _all_of(channel: str) -> Divide:
    return lambda found: asking.sockets([Subscription(channel, one.symbol) for one in found])


def _liquidations(settings: Bybit, rest: BybitRest) -> StreamPlan:
    """Quiet by nature; `pulse` is a busy ticker on the same socket, which shows that it lives."""
    liquidations = Channel(
        market=Market.PERP,
        name="liquidations",
        topics=frozenset({LIQUIDATIONS}),
        kinds=frozenset({Liquidation}),
        silent_after_s=None,
    )
    pulse = _ticker_channel(settings, Market.PERP, "pulse")
    return _stream(settings, rest, (liquidations, pulse), _with_companions, {})


def _with_companions(instruments: Sequence[Instrument]) -> list[tuple[Subscription, ...]]:
    symbols = [one.symbol for one in instruments]
    busy = [one for one in COMPANIONS if one in symbols] or symbols[: len(COMPANIONS)]
    return asking.sockets(
        [Subscription(LIQUIDATIONS, symbol) for symbol in symbols],
        on_each=[Subscription("tickers", symbol) for symbol in busy],
    )


def _bars(settings: Bybit, rest: BybitRest, market: Market, bar: str) -> StreamPlan:
    topic = f"kline.{minutes_of(bar)}"
    bars = Channel(
        market=market,
        name=f"bars {bar}",
        topics=frozenset({topic}),
        kinds=frozenset({Candle}),
        silent_after_s=max(BARS_SILENT_AFTER_S, settings.silent_after_s),
    )
    stream = _stream(settings, rest, (bars,), _all_of(topic), {})
    return replace(stream, adapter=lambda: BarsAdapter(rest.books[market], market, bar))


def _books(settings: Bybit, rest: BybitRest, market: Market) -> PollPlan:
    return book_poll(
        market,
        partial(rest.tickers, market),
        host=settings.rest_url,
        silent_after_s=settings.silent_after_s,
        every_s=BOOKS_EVERY_S[market],
    )
