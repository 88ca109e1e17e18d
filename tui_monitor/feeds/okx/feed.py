"""OKX: tickers and liquidations by stream; mark, index, funding and open interest in bulk by REST.

One REST answer holds a whole market, so polling what changes slowly, or comes in floods
(`mark-price` pushes five times a second and instrument), costs next to nothing of the limits.
"""

from collections.abc import AsyncGenerator, Sequence
from functools import partial

from tui_monitor.config import Okx
from tui_monitor.feeds.adapter import Subscription
from tui_monitor.feeds.books import book_poll
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.okx import mapper
from tui_monitor.feeds.okx.adapter import OkxAdapter
from tui_monitor.feeds.okx.rest import INST_TYPE, MAX_FUNDINGS, OkxRest
from tui_monitor.feeds.past_interest import newest_first
from tui_monitor.feeds.plans import (
    Bridge,
    Channel,
    FeedPlan,
    Given,
    ListPlan,
    PollPlan,
    StreamPlan,
)
from tui_monitor.feeds.settled import backwards
from tui_monitor.model import (
    Candle,
    Exchange,
    Funding,
    Instrument,
    Liquidation,
    Market,
    MarkPrice,
    OpenInterest,
    Ticker,
)
from tui_monitor.model.liquidations import STREAMS

# 80 % of 480 subscriptions an hour and connection, should each arg of a frame be counted.
ARGS_A_SOCKET = 384
AUDIT_S = 15.0
BARS = ("1m", "5m", "15m", "30m", "1h")
LIQUIDATIONS = "liquidation-orders"
INSTRUMENTS = "instruments"
STATUS = Subscription("status")


def plan(settings: Okx, given: Given) -> FeedPlan:
    """The whole exchange as set."""
    book = InstrumentBook(mapper.guess)
    rest = OkxRest(settings, given.clock, book, bans=given.bans)
    markets = [Market(name) for name in settings.markets]
    return FeedPlan(
        exchange=Exchange.OKX,
        host=settings.rest_url,
        lists=tuple(
            ListPlan(
                market=market,
                book=book,
                fetch=partial(rest.instruments, market),
                first=(partial(rest.tickers, market),),
                by_name=_SYMBOL[market],
            )
            for market in markets
        ),
        streams=tuple(_tickers(settings, rest, book, market) for market in markets),
        polls=(
            *(_polls(settings, rest) if Market.PERP in markets else ()),
            *(_books(settings, rest, market) for market in markets),
        ),
        bars=partial(_bars, settings, book),
        server_time_ms=rest.server_time_ms,
        paused_s=lambda: rest.paused_s,
        limits=rest.limits,
        aclose=rest.aclose,
        history=rest,
        settled=partial(_settled, rest),
        perp_symbol=_SYMBOL[Market.PERP],
        liquidations=STREAMS[Exchange.OKX],
        past_liquidations=partial(_past_liquidations, rest),
        past_interest=partial(_past_interest, rest),
        account_ratio=rest.account_ratio,
    )


def _settled(
    rest: OkxRest, instrument: Instrument, start_ms: int, end_ms: int
) -> AsyncGenerator[list[Funding], None]:
    async def page(until_ms: int) -> list[Funding]:
        return await rest.funding_history(instrument, after_ms=until_ms + 1)

    return backwards(page, instrument, start_ms, end_ms, MAX_FUNDINGS)


def _past_interest(
    rest: OkxRest, instrument: Instrument, start_ms: int, end_ms: int
) -> AsyncGenerator[list[OpenInterest], None]:
    async def page(until_ms: int) -> list[OpenInterest]:
        return await rest.open_interest_history(instrument, start_ms, until_ms)

    return newest_first(page, start_ms, end_ms)


async def _past_liquidations(
    rest: OkxRest, instruments: Sequence[Instrument], start_ms: int, end_ms: int
) -> AsyncGenerator[list[Liquidation], None]:
    for instrument in instruments:
        found = await rest.liquidations(instrument)
        yield [one for one in found if start_ms <= one.exchange_ms <= end_ms]


_SYMBOL = {
    Market.PERP: lambda coin: f"{coin}-USDT-SWAP",
    Market.SPOT: lambda coin: f"{coin}-USDT",
}


def _tickers(settings: Okx, rest: OkxRest, book: InstrumentBook, market: Market) -> StreamPlan:
    tickers = Channel(
        market=market,
        name="tickers",
        topics=frozenset({"tickers"}),
        kinds=frozenset({Ticker}),
        silent_after_s=settings.silent_after_s,
    )
    liquidations = Channel(
        market=market,
        name="liquidations",
        topics=frozenset({LIQUIDATIONS}),
        kinds=frozenset({Liquidation}),
        silent_after_s=None,
    )
    return StreamPlan(
        market=market,
        url=settings.ws_public_url,
        proxy=settings.proxy,
        adapter=lambda: OkxAdapter(book, market),
        channels=(tickers, liquidations) if market is Market.PERP else (tickers,),
        divide=partial(_divide, market),
        bridges={
            "tickers": Bridge(
                fetch=partial(rest.tickers, market),
                every_s=settings.bridge_every_s,
                audit_every_s=AUDIT_S,
            )
        },
    )


def _divide(market: Market, instruments: Sequence[Instrument]) -> list[list[Subscription]]:
    """What all instruments share goes with the first of them, on a socket that is never still."""
    shared = [Subscription(INSTRUMENTS, INST_TYPE[market])]
    if market is Market.PERP:
        shared += [Subscription(LIQUIDATIONS, INST_TYPE[market]), STATUS]
    topics = [Subscription("tickers", one.symbol) for one in instruments]
    return _sockets(shared + topics) if topics else []


def _sockets(topics: list[Subscription]) -> list[list[Subscription]]:
    return [topics[at : at + ARGS_A_SOCKET] for at in range(0, len(topics), ARGS_A_SOCKET)]


def _bars(settings: Okx, book: InstrumentBook, market: Market, bar: str) -> StreamPlan:
    if bar not in BARS:
        raise ValueError(f"OKX's bars of {bar} are not streamed")
    channel = f"candle{mapper.THEIR_BARS.get(bar, bar)}"
    return StreamPlan(
        market=market,
        url=settings.ws_business_url,
        proxy=settings.proxy,
        adapter=lambda: OkxAdapter(book, market),
        channels=(
            Channel(
                market=market,
                name=f"bars {bar}",
                topics=frozenset({channel}),
                kinds=frozenset({Candle}),
                silent_after_s=max(30.0, settings.silent_after_s),
            ),
        ),
        divide=lambda found: _sockets([Subscription(channel, one.symbol) for one in found]),
        bridges={},
    )


def _polls(settings: Okx, rest: OkxRest) -> tuple[PollPlan, ...]:
    """name, kinds, seconds between, silence that is trouble, question."""
    rows = (
        ("mark", MarkPrice, 2.0, 10.0, rest.mark_prices),
        ("index", MarkPrice, 3.0, 15.0, rest.index_prices),
        ("funding", Funding, 30.0, 120.0, rest.funding_rates),
        ("interest", OpenInterest, 5.0, 60.0, rest.open_interest),
    )
    return tuple(
        PollPlan(
            channel=Channel(
                market=Market.PERP,
                name=name,
                kinds=frozenset({kind}),
                silent_after_s=max(silent_after_s, settings.silent_after_s),
            ),
            fetch=fetch,
            every_s=every_s,
            host=settings.rest_url,
        )
        for name, kind, every_s, silent_after_s, fetch in rows
    )


def _books(settings: Okx, rest: OkxRest, market: Market) -> PollPlan:
    return book_poll(
        market,
        partial(rest.tickers, market),
        host=settings.rest_url,
        silent_after_s=settings.silent_after_s,
    )
