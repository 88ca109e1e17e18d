"""A rig that remembers what was news, so that all of it can be held against what was true."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tests.feeds.rig import Rig, Shape
from tui_monitor.feeds.plans import ListPlan
from tui_monitor.market import MarketState, Row
from tui_monitor.model import (
    ChannelHealth,
    FeedState,
    Instrument,
    Market,
    MarketEvent,
    Outage,
    Source,
    Status,
    Ticker,
)
from tui_monitor.simulator.listings import Listing


class Witness(MarketState):
    """A market that remembers the events that were news to it, when and by which way they came."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[MarketEvent, int, Source]] = []

    def apply(
        self, event: MarketEvent, received_ms: int, received_s: float, source: Source
    ) -> bool:
        """Merge it; remember it if it was news."""
        news = super().apply(event, received_ms, received_s, source)
        if news:
            self.told.append((event, received_ms, source))
        return news


class Witnessed(Rig):
    """A feed that runs, and what it said."""

    def make_market(self) -> MarketState:
        """One that remembers."""
        self.witness = Witness()
        return self.witness

    async def lit(self, market: Market, name: str, state: FeedState, within_s: float) -> float:
        """Wait for a channel's light; how long it took."""
        wanted = (market, name, state)
        return await self.clock.until(
            lambda: wanted in {(one.market, one.channel, one.state) for one in self.lights()},
            within_s,
        )

    async def all_live(self, within_s: float = 15.0) -> None:
        """Wait until every channel is."""
        await self.clock.until(
            lambda: {one.state for one in self.lights()} == {FeedState.LIVE}, within_s
        )

    def lights(self) -> list[ChannelHealth]:
        """Every channel's health."""
        return list(self.feed.health())

    def row_of(self, symbol: str, market: Market = Market.PERP) -> Row:
        """A symbol's row."""
        found = self.market.row((self.exchange, market, symbol))
        assert found is not None, symbol
        return found

    def streamed(self) -> list[MarketEvent]:
        """What was news from a stream."""
        return [event for event, _, source in self.witness.told if source is Source.STREAM]

    def noted(self, text: str) -> int:
        """How many notes have this in them."""
        return sum(text in note for _, _, note in self.events)

    def outages_at(self, market: Market, name: str) -> list[Outage]:
        """What was written down of one channel."""
        return [one for one in self.outages if (one.market, one.channel) == (market, name)]

    def live(self, market: Market) -> list[Instrument]:
        """The instruments that must have rows: as many as are listed, more than a few."""
        found = self.feed.instruments(market)
        assert len(found) >= 15
        return found


def assert_day(listing: Listing, ticker: Ticker, turnover_usd: float) -> None:
    """Whatever a ticker says of its 24 hours is what they were at its time."""
    assert ticker.exchange_ms is not None
    day = listing.series.day(ticker.exchange_ms)
    told = {
        "open_24h": listing.coin_price(day.open),
        "high_24h": listing.coin_price(day.high),
        "low_24h": listing.coin_price(day.low),
        "volume_24h_coins": listing.coins(day.lots),
        "turnover_24h_usd": turnover_usd,
    }
    for name, value in told.items():
        said = getattr(ticker, name)
        assert said is None or said == pytest.approx(value, rel=1e-6), (ticker, name)


def chosen(keeps: Callable[[Instrument], bool], lists_every_s: float | None = None) -> Shape:
    """A plan for which all the others do not trade, which is quicker.

    `lists_every_s`: its lists are read so often instead of what the plan says.
    """

    def narrowed(one: ListPlan) -> ListPlan:
        async def fetch() -> list[Instrument]:
            found = [
                instrument if keeps(instrument) else replace(instrument, status=Status.HALTED)
                for instrument in await one.fetch()
            ]
            one.book.learn(found)
            return found

        return replace(one, fetch=fetch, every_s=lists_every_s or one.every_s)

    return lambda whole: replace(whole, lists=tuple(map(narrowed, whole.lists)))


def only(*symbols: str, lists_every_s: float | None = None) -> Shape:
    """A plan for which all but these symbols of both markets do not trade."""
    return chosen(lambda one: one.symbol in symbols, lists_every_s)
