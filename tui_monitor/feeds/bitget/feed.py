"""Bitget: all tickers by REST every second, the watch list and liquidations by stream.

One answer holds a whole market with its marks, rates and open interest. Streamed, the same 600
tickers of a market would be some 6000 messages a second, unchanged ones too.
"""

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from functools import partial

from tui_monitor.config import Bitget
from tui_monitor.feeds.adapter import Adapter, Subscription
from tui_monitor.feeds.bitget.adapter import CHANNELS_A_SOCKET, PATH, BitgetAdapter, sockets
from tui_monitor.feeds.bitget.bars import BarsAdapter
from tui_monitor.feeds.bitget.history import MINUTES, BitgetHistory, bitgets_name
from tui_monitor.feeds.bitget.rest import MAX_FUNDINGS, BitgetRest
from tui_monitor.feeds.bitget.terms import FundingTerms
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
from tui_monitor.feeds.settled import by_number
from tui_monitor.feeds.symbols import symbol_of
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

EVERY_S = 1.0
FUNDING_EVERY_S = 30.0
FUNDING_SILENT_S = 120.0
AUDIT_S = 15.0
# There is no stream of lists, and no page that tells of maintenance: only a list's status.
LIST_EVERY_S = 600.0
TICKER = "ticker"
LIQUIDATION = Subscription("liquidation")
WATCHED = "watched"
# Whose tickers never rest.
COMPANION = "BTCUSDT"
# Pages of past liquidations that are read for one gap.
MAX_PAGES = 300
# A bar without trades comes once a bar, and not on the second.
BAR_LATE_S = 60.0
_PERP, _SPOT = Market.PERP, Market.SPOT


def plan(settings: Bitget, given: Given) -> FeedPlan:
    """The whole exchange as set."""
    rest = BitgetRest(settings, given.clock, bans=given.bans)
    terms = FundingTerms(rest)
    snapshots: dict[Market, Fetch] = {_PERP: terms.snapshot, _SPOT: partial(rest.snapshot, _SPOT)}
    markets = [Market(name) for name in settings.markets]
    coins = frozenset(given.coins)
    polls = [_tickers(settings, market, snapshots[market]) for market in markets]
    if _PERP in markets:
        polls.append(_funding(settings, terms))
    return FeedPlan(
        exchange=Exchange.BITGET,
        host=settings.rest_url,
        lists=tuple(_list(rest, terms, market, snapshots[market]) for market in markets),
        streams=tuple(
            _watched(settings, rest, market, coins, snapshots[market]) for market in markets
        ),
        polls=tuple(polls),
        bars=partial(_bars, settings, rest),
        server_time_ms=rest.server_time_ms,
        paused_s=lambda: rest.paused_s,
        limits=rest.limits,
        aclose=rest.aclose,
        history=BitgetHistory(rest, given.clock),
        settled=partial(_settled, rest),
        perp_symbol=partial(symbol_of, rest.books[_PERP]),
        liquidations=STREAMS[Exchange.BITGET],
        past_liquidations=partial(_past_liquidations, rest),
    )


def _settled(
    rest: BitgetRest, instrument: Instrument, start_ms: int, end_ms: int
) -> AsyncGenerator[list[Funding], None]:
    return by_number(
        partial(rest.funding_history, instrument), instrument, start_ms, end_ms, MAX_FUNDINGS
    )


async def _past_liquidations(
    rest: BitgetRest, _: Sequence[Instrument], start_ms: int, end_ms: int
) -> AsyncGenerator[list[Liquidation], None]:
    """All contracts' pages, newest first: from now, for there is no other place to begin."""
    cursor = ""
    for _page in range(MAX_PAGES):
        page, following = await rest.liquidations(cursor)
        yield [one for one in page if start_ms <= one.exchange_ms <= end_ms]
        oldest_ms = min((one.exchange_ms for one in page), default=0)
        if following in ("", cursor) or oldest_ms < start_ms:
            return
        cursor = following


def _list(rest: BitgetRest, terms: FundingTerms, market: Market, snapshot: Fetch) -> ListPlan:
    return ListPlan(
        market=market,
        book=rest.books[market],
        fetch=partial(rest.instruments, market),
        first=(terms.ask, snapshot) if market is _PERP else (snapshot,),
        by_name=partial(symbol_of, rest.books[market]),
        every_s=LIST_EVERY_S,
    )


def _stream(
    settings: Bitget,
    channels: tuple[Channel, ...],
    adapter: Callable[[], Adapter],
    divide: Divide,
    bridges: dict[str, Bridge],
) -> StreamPlan:
    return StreamPlan(
        market=channels[0].market,
        url=f"{settings.ws_url}{PATH}",
        proxy=settings.proxy,
        adapter=adapter,
        channels=channels,
        divide=divide,
        bridges=bridges,
    )


def _watched(
    settings: Bitget, rest: BitgetRest, market: Market, coins: Collection[str], snapshot: Fetch
) -> StreamPlan:
    """The watch list; liquidations are quiet by nature, and its tickers show that they live."""
    watched = _ticker_channel(settings, market, WATCHED)
    liquidations = Channel(
        market=market,
        name="liquidations",
        topics=frozenset({LIQUIDATION.channel}),
        kinds=frozenset({Liquidation}),
        silent_after_s=None,
    )
    bridge = Bridge(
        fetch=snapshot,
        every_s=settings.bridge_every_s,
        audit_every_s=AUDIT_S,
        beside_poll=True,
    )
    is_perp = market is _PERP
    return _stream(
        settings,
        (watched, liquidations) if is_perp else (watched,),
        lambda: BitgetAdapter(rest.books, market),
        partial(_divide_perps if is_perp else _divide, coins),
        {WATCHED: bridge},
    )


def _ticker_channel(settings: Bitget, market: Market, name: str) -> Channel:
    return Channel(
        market=market,
        name=name,
        topics=frozenset({TICKER}),
        kinds=frozenset({Ticker}),
        silent_after_s=settings.silent_after_s,
    )


def _divide(
    coins: Collection[str], instruments: Sequence[Instrument]
) -> list[tuple[Subscription, ...]]:
    return sockets([Subscription(TICKER, one.symbol) for one in instruments if one.coin in coins])


def _divide_perps(
    coins: Collection[str], instruments: Sequence[Instrument]
) -> list[tuple[Subscription, ...]]:
    """Liquidations go with the first tickers; where nothing is watched, with a busy one."""
    topics = [Subscription(TICKER, one.symbol) for one in instruments if one.coin in coins]
    return sockets([LIQUIDATION, *(topics or _companion(instruments))]) if instruments else []


def _companion(instruments: Sequence[Instrument]) -> list[Subscription]:
    symbols = [one.symbol for one in instruments]
    found = [COMPANION] if COMPANION in symbols else symbols[:1]
    return [Subscription(TICKER, symbol) for symbol in found]


def _bars(settings: Bitget, rest: BitgetRest, market: Market, bar: str) -> StreamPlan:
    """A coin without trades has one push a bar: `pulse`, a busy ticker, shows that all lives."""
    topic = f"kline.{bitgets_name(bar)}"
    bars = Channel(
        market=market,
        name=f"bars {bar}",
        topics=frozenset({topic}),
        kinds=frozenset({Candle}),
        silent_after_s=MINUTES[bar] * 60 + BAR_LATE_S,
    )
    return _stream(
        settings,
        (bars, _ticker_channel(settings, market, f"pulse {bar}")),
        lambda: BarsAdapter(rest.books, market, bar),
        partial(_divide_bars, topic),
        {},
    )


def _divide_bars(topic: str, instruments: Sequence[Instrument]) -> list[tuple[Subscription, ...]]:
    companion = _companion(instruments)
    each = CHANNELS_A_SOCKET - len(companion)
    topics = [Subscription(topic, one.symbol) for one in instruments]
    return [(*companion, *topics[begin : begin + each]) for begin in range(0, len(topics), each)]


def _tickers(settings: Bitget, market: Market, snapshot: Fetch) -> PollPlan:
    tickers = Channel(
        market=market,
        name="tickers",
        kinds=frozenset({Ticker, MarkPrice, Funding, OpenInterest}),
        silent_after_s=settings.silent_after_s,
    )
    return PollPlan(channel=tickers, fetch=snapshot, every_s=EVERY_S, host=settings.rest_url)


def _funding(settings: Bitget, terms: FundingTerms) -> PollPlan:
    funding = Channel(
        market=_PERP,
        name="funding",
        kinds=frozenset({Funding}),
        silent_after_s=max(FUNDING_SILENT_S, settings.silent_after_s),
    )
    return PollPlan(
        channel=funding, fetch=terms.ask, every_s=FUNDING_EVERY_S, host=settings.rest_url
    )
