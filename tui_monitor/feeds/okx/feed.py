"""OKX as the engine sees it: the tickers of the wanted coins on one public socket."""

import asyncio
from collections.abc import Iterable, Sequence
from random import Random

import msgspec

from tui_monitor.clock import Clock
from tui_monitor.config import Okx
from tui_monitor.errors import FeedError, RateLimited
from tui_monitor.feeds.adapter import Subscription
from tui_monitor.feeds.feed import OnEvent, OnOutage
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.okx import mapper
from tui_monitor.feeds.okx.adapter import OkxAdapter
from tui_monitor.feeds.okx.rest import OkxRest
from tui_monitor.feeds.pacing import backoff_s
from tui_monitor.feeds.supervisor import Plan, Supervisor
from tui_monitor.feeds.vitals import Vitals
from tui_monitor.market import MarketState
from tui_monitor.model import ChannelHealth, Exchange, Instrument, Market, Source, Status, Ticker

AREA = "okx"
CHANNEL = "tickers"
REFRESH_S = 3600.0
# A coin that the list lacks may have been left out by mistake: ask again sooner.
REFRESH_INCOMPLETE_S = 300.0
# The stream does not wait longer than this for the list of instruments.
LIST_PATIENCE_S = 3.0
# A list that has lost more than this part of its instruments is a damaged list.
_SHRUNK = 0.8


class OkxFeed:
    """Implements `feeds.feed.Feed`. `market` gets every ticker; `rest` is for whoever asks."""

    exchange = Exchange.OKX

    def __init__(
        self,
        settings: Okx,
        clock: Clock,
        market: MarketState,
        coins: Sequence[str],
        *,
        on_outage: OnOutage,
        on_event: OnEvent,
    ) -> None:
        self.listed = False
        self._book = InstrumentBook(mapper.guess)
        self.rest = OkxRest(settings, clock, self._book)
        self._coins = tuple(coins)
        self._clock = clock
        self._market = market
        self._on_event = on_event
        self._asked_list = asyncio.Event()
        self._symbols = {symbol_of(coin) for coin in coins}
        vitals = Vitals(
            Exchange.OKX,
            Market.PERP,
            CHANNEL,
            clock,
            silent_after_s=settings.silent_after_s,
            bridge_every_s=settings.bridge_every_s,
            on_outage=on_outage,
        )
        plan = Plan(
            url=settings.ws_public_url,
            proxy=settings.proxy,
            silent_after_s=settings.silent_after_s,
            bridge_every_s=settings.bridge_every_s,
        )
        self._supervisor = Supervisor(
            OkxAdapter(self._book), plan, market, clock, vitals, self._snapshot, self._note
        )

    async def run(self) -> None:
        """For ever, until cancelled; closes the REST connections at the end."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_listed())
                tasks.create_task(self._stream())
        finally:
            await self.rest.aclose()

    def health(self) -> list[ChannelHealth]:
        """The ticker stream."""
        return [self._supervisor.vitals.health()]

    def instrument(self, coin: str) -> Instrument | None:
        """The coin's USDT perpetual; see `Feed`."""
        symbol = symbol_of(coin)
        if not self.listed:
            return self._book.find(symbol)
        known = self._book.known(symbol)
        return known if known is not None and known.status is not Status.DELISTED else None

    def by_name(self, coin: str) -> Instrument:
        """The coin's perpetual as listed, else as its name tells: history outlives a listing."""
        found = self.instrument(coin) or self._book.find(symbol_of(coin))
        return found or Instrument(
            exchange=Exchange.OKX, market=Market.PERP, symbol=symbol_of(coin), coin=coin
        )

    async def _stream(self) -> None:
        try:
            async with asyncio.timeout(LIST_PATIENCE_S):
                await self._asked_list.wait()
        except TimeoutError:
            self._note("warning", "no list of instruments yet; streaming by name")
        self._want()
        await self._supervisor.run()

    def _want(self) -> None:
        found = (self.instrument(coin) for coin in self._coins)
        self._supervisor.want(
            [Subscription(CHANNEL, instrument.symbol) for instrument in found if instrument]
        )

    async def _keep_listed(self) -> None:
        """The list of instruments, at start and every hour; a failure leaves the old one."""
        random = Random()
        failures = 0
        while True:
            try:
                await self._refresh()
            except FeedError as error:
                self._note("warning", f"list of instruments: {error.line()}")
                wait_s = backoff_s(failures, random.random())
                if isinstance(error, RateLimited):
                    wait_s = max(wait_s, error.retry_after_s)
                failures += 1
            else:
                failures = 0
                whole = all(self.instrument(coin) for coin in self._coins)
                wait_s = REFRESH_S if whole else REFRESH_INCOMPLETE_S
            self._asked_list.set()
            await self._clock.sleep(wait_s)

    async def _refresh(self) -> None:
        before = {symbol for symbol in self._symbols if self._book.known(symbol)}
        count_before = self._book.count
        listed = {one.symbol for one in await self.rest.instruments(Market.PERP)}
        if len(listed) < _SHRUNK * count_before:
            self._note(
                "warning", f"list of instruments shrank from {count_before} to {len(listed)}"
            )
            return
        for symbol in before - listed:
            self._delist(symbol)
        first, self.listed = not self.listed, True
        if first:
            self._apply(await self.rest.tickers(Market.PERP))
        if self._asked_list.is_set():
            self._want()

    def _delist(self, symbol: str) -> None:
        known = self._book.known(symbol)
        if known is not None and known.status is not Status.DELISTED:
            self._book.learn([msgspec.structs.replace(known, status=Status.DELISTED)])
            self._note("warning", f"{symbol} is no longer listed")

    def _apply(self, tickers: Iterable[Ticker]) -> None:
        now_ms, now_s = self._clock.now_ms(), self._clock.monotonic_s()
        news = [
            self._market.apply(ticker, now_ms, now_s, Source.REST)
            for ticker in tickers
            if ticker.instrument.symbol in self._symbols
        ]
        if any(news):
            self._supervisor.vitals.rest_data()

    async def _snapshot(self) -> list[Ticker]:
        tickers = await self.rest.tickers(Market.PERP)
        return [ticker for ticker in tickers if ticker.instrument.symbol in self._symbols]

    def _note(self, level: str, text: str) -> None:
        self._on_event(level, AREA, text)


def symbol_of(coin: str) -> str:
    """The USDT perpetual of a coin; OKX has no `1000…` symbols."""
    return f"{coin}{mapper.USDT_SWAP}"
