"""Binance: streams that carry a whole market each; books and open interest by REST as well.

The futures' `/market` tells of all tickers that changed, all marks with their funding, all
liquidations, and changes of the list, each second on one socket. Books are what spreads are made
of, and must not be older than 3 s; but `/public` pushes those of all symbols only every 5 s, and
spot has no such stream at all. So REST brings them each second ("books by REST", 5 of 2400
weight; spot 4 of 6000), and the stream of the futures' books runs beside it: whichever is later
by the exchange's own time stands in the row, and when REST is banned the books go on at 5 s.

Open interest goes round symbol by symbol (`interest.py`). Funding intervals, which no stream
tells, are asked for every ten minutes: Binance shortens them at short notice.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import partial

from tui_monitor.config import Binance
from tui_monitor.feeds.adapter import Subscription
from tui_monitor.feeds.binance import listing
from tui_monitor.feeds.binance.adapter import BinanceAdapter
from tui_monitor.feeds.binance.history import BinanceHistory
from tui_monitor.feeds.binance.interest import TURN_S, InterestSweep
from tui_monitor.feeds.binance.lists import Lists
from tui_monitor.feeds.binance.rest import (
    MAX_FUNDING_ROWS,
    MAX_INTEREST_ROWS,
    BinanceRest,
)
from tui_monitor.feeds.binance.snapshots import Snapshots
from tui_monitor.feeds.binance.streams import endpoints, route_of, sockets
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.past_interest import newest_first
from tui_monitor.feeds.plans import (
    Bridge,
    Channel,
    Divide,
    FeedPlan,
    Fetch,
    Given,
    ListPlan,
    PollPlan,
    StreamPlan,
)
from tui_monitor.feeds.settled import forwards
from tui_monitor.feeds.symbols import symbol_of
from tui_monitor.model import (
    MARK_MS,
    Candle,
    Exchange,
    Funding,
    Instrument,
    Liquidation,
    Market,
    MarkPrice,
    OpenInterest,
    Status,
    Ticker,
)
from tui_monitor.model.liquidations import STREAMS

TICKERS = {Market.PERP: "!ticker@arr", Market.SPOT: "!miniTicker@arr"}
MARKS = "!markPrice@arr@1s"
LIQUIDATIONS = "!forceOrder@arr"
LISTINGS = "!contractInfo"
BOOKS = "!bookTicker"
BARS = ("1m", "5m", "15m", "30m", "1h")

BOOKS_EVERY_S = 1.0
# The stream of all books speaks every 5 s. In its place REST need not be quicker: it is asked
# each second anyway.
BOOKS_SILENT_AFTER_S = 15.0
BOOKS_BRIDGE_EVERY_S = 5.0
INTERVALS_EVERY_S = 600.0
# On spot only the 24 h figures have a time to compare with, and they cost 80.
AUDIT_S = {Market.PERP: 15.0, Market.SPOT: 60.0}


def plan(settings: Binance, given: Given) -> FeedPlan:
    """The whole exchange as set."""
    sites = {market: _Site(settings, given, market) for market in Market}
    rests = {market: site.rest for market, site in sites.items()}
    watched = [sites[Market(name)] for name in settings.markets]
    futures = sites[Market.PERP]
    with_futures = futures in watched
    lists = Lists(rests[Market.PERP], rests[Market.SPOT], both=with_futures)
    streams = [_tickers(site) for site in watched]
    polls = [_books_by_rest(site) for site in watched]
    if with_futures:
        streams.append(_books(futures))
        polls += [_interest(futures, given), _intervals(futures)]
    return FeedPlan(
        exchange=Exchange.BINANCE,
        host=settings.futures_rest_url,
        lists=tuple(_list(site, lists) for site in watched),
        streams=tuple(streams),
        polls=tuple(polls),
        bars=partial(_bars, sites),
        server_time_ms=(rests[watched[0].market] if watched else futures.rest).server_time_ms,
        paused_s=lambda: max(rest.paused_s for rest in rests.values()),
        limits=lambda: [use for rest in rests.values() for use in rest.limits()],
        aclose=partial(_close, rests),
        history=BinanceHistory(rests),
        settled=partial(_settled, futures.rest),
        perp_symbol=futures.symbol,
        liquidations=STREAMS[Exchange.BINANCE],
        past_interest=partial(_past_interest, futures.rest),
        account_ratio=futures.rest.account_ratio,
    )


def _settled(
    rest: BinanceRest, instrument: Instrument, start_ms: int, end_ms: int
) -> AsyncGenerator[list[Funding], None]:
    async def page(since_ms: int) -> list[Funding]:
        return await rest.settled_funding(instrument, start_ms=since_ms)

    return forwards(page, instrument, start_ms, end_ms, MAX_FUNDING_ROWS)


def _past_interest(
    rest: BinanceRest, instrument: Instrument, start_ms: int, end_ms: int
) -> AsyncGenerator[list[OpenInterest], None]:
    async def page(until_ms: int) -> list[OpenInterest]:
        # Of a longer span than a page it is not said which part comes.
        since_ms = max(start_ms, until_ms - (MAX_INTEREST_ROWS - 1) * MARK_MS)
        return await rest.open_interest_history(instrument, span_ms=(since_ms, until_ms))

    return newest_first(page, start_ms, end_ms)


async def _close(rests: Mapping[Market, BinanceRest]) -> None:
    for rest in rests.values():
        await rest.aclose()


class _Site:
    """One market: where it is, how it is asked, and which of its instruments are wanted."""

    def __init__(self, settings: Binance, given: Given, market: Market) -> None:
        self.market = market
        self.settings = settings
        self.where = endpoints(settings, market)
        self.book = InstrumentBook(listing.GUESS[market])
        self.rest = BinanceRest(self.where, given.clock, market, self.book, bans=given.bans)
        self.snapshots = Snapshots(self.rest, given.clock, self.keep)
        # Before a list is known, only what somebody waits for.
        self._watched = frozenset(map(self.symbol, given.coins if market is Market.PERP else ()))

    def symbol(self, coin: str) -> str:
        """A coin's symbol as it is listed, else as its name tells."""
        return symbol_of(self.book, coin)

    def keep(self, instrument: Instrument) -> bool:
        """Whether an instrument is any of ours; all-market answers tell of everything."""
        return instrument.status is Status.LIVE or instrument.symbol in self._watched

    def channel(
        self, name: str, kinds: set[type], silent_after_s: float | None, topic: str = ""
    ) -> Channel:
        """A channel of one topic, or a polled one."""
        return Channel(
            market=self.market,
            name=name,
            kinds=frozenset(kinds),
            silent_after_s=silent_after_s,
            topics=frozenset({topic} if topic else ()),
        )

    def stream(
        self, channels: tuple[Channel, ...], divide: Divide, bridges: Mapping[str, Bridge]
    ) -> StreamPlan:
        """Sockets of the one route that serves all of the channels."""
        topics = [name for channel in channels for name in channel.topics]
        (route,) = {route_of(self.market, _example(topic)) for topic in topics}
        return StreamPlan(
            market=self.market,
            url=self.where.socket_url(route),
            proxy=self.settings.proxy,
            adapter=partial(BinanceAdapter, self.book, self.market, self.keep),
            channels=channels,
            divide=divide,
            bridges=bridges,
        )

    def poll(self, channel: Channel, fetch: Fetch, every_s: float) -> PollPlan:
        """A channel by REST."""
        return PollPlan(channel=channel, fetch=fetch, every_s=every_s, host=self.where.rest_url)


def _example(topic: str) -> Subscription:
    return Subscription(topic, "" if topic.startswith("!") else "BTCUSDT")


def _list(site: _Site, lists: Lists) -> ListPlan:
    shots, is_spot = site.snapshots, site.market is Market.SPOT
    # What costs most comes last: after it the pace makes all others wait.
    first = (shots.days,) if is_spot else (shots.marks, shots.books, shots.days)
    return ListPlan(
        market=site.market,
        book=site.book,
        fetch=lists.spot if is_spot else lists.futures,
        first=first,
        by_name=site.symbol,
        lacking=lists.lacks_stocks if is_spot else bool,
    )


def _tickers(site: _Site) -> StreamPlan:
    """What all instruments tell of each second; on futures with marks, liquidations, listings."""
    settings, shots, silent_s = site.settings, site.snapshots, site.settings.silent_after_s
    name = TICKERS[site.market]
    channels = [site.channel("tickers", {Ticker}, silent_s, name)]
    bridges = {
        "tickers": Bridge(
            fetch=shots.tickers,
            every_s=settings.bridge_every_s,
            audit_every_s=AUDIT_S[site.market],
            audit=shots.days if site.market is Market.SPOT else shots.prices,
        )
    }
    topics = [name]
    if site.market is Market.PERP:
        channels += [
            site.channel("marks", {MarkPrice, Funding}, silent_s, MARKS),
            site.channel("liquidations", {Liquidation}, None, LIQUIDATIONS),
        ]
        bridges["marks"] = Bridge(fetch=shots.marks, every_s=settings.bridge_every_s)
        topics += [MARKS, LIQUIDATIONS, LISTINGS]
    return site.stream(tuple(channels), _for_all(*topics), bridges)


def _books(site: _Site) -> StreamPlan:
    settings = site.settings
    silent_after_s = max(BOOKS_SILENT_AFTER_S, settings.silent_after_s)
    bridge = Bridge(
        fetch=site.snapshots.books, every_s=max(BOOKS_BRIDGE_EVERY_S, settings.bridge_every_s)
    )
    return site.stream(
        (site.channel("books", {Ticker}, silent_after_s, BOOKS),),
        _for_all(BOOKS),
        {"books": bridge},
    )


def _for_all(*topics: str) -> Divide:
    """Streams that tell of all instruments; none where there is nobody to tell of."""
    wanted = [Subscription(topic) for topic in topics]
    return lambda instruments: [wanted] if instruments else []


def _books_by_rest(site: _Site) -> PollPlan:
    channel = site.channel("books by REST", {Ticker}, site.settings.silent_after_s)
    return site.poll(channel, site.snapshots.books, BOOKS_EVERY_S)


def _interest(site: _Site, given: Given) -> PollPlan:
    channel = site.channel("interest", {OpenInterest}, max(60.0, site.settings.silent_after_s))
    return site.poll(
        channel, InterestSweep(site.rest, given.market, given.interest_every_s).portion, TURN_S
    )


def _intervals(site: _Site) -> PollPlan:
    channel = site.channel("intervals", {Funding}, 3 * INTERVALS_EVERY_S)
    return site.poll(channel, site.snapshots.intervals, INTERVALS_EVERY_S)


def _bars(sites: Mapping[Market, _Site], market: Market, bar: str) -> StreamPlan:
    if bar not in BARS:
        raise ValueError(f"no bars of {bar!r} here: {', '.join(BARS)}")
    site, topic = sites[market], f"kline_{bar}"
    silent_after_s = max(30.0, site.settings.silent_after_s)

    def divide(instruments: Sequence[Instrument]) -> list[tuple[Subscription, ...]]:
        wanted = [Subscription(topic, one.symbol) for one in instruments]
        return [socket.topics for socket in sockets(market, wanted)]

    channel = site.channel(f"bars {bar}", {Candle}, silent_after_s, topic)
    return site.stream((channel,), divide, {})
