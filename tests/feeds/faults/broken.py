"""A feed on a simulated exchange that is broken on purpose, and everything that it shows."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest

from tests.feeds.rig import Rig, Shape, running_feed, settings_of
from tests.feeds.simulated import truth
from tests.feeds.witnessed import Witness, chosen
from tests.support.sim import HANDFUL
from tests.support.virtual_time import VirtualClock
from tui_monitor.market import MarketState, Row, Stamp
from tui_monitor.model import (
    ChannelHealth,
    Exchange,
    FeedState,
    Funding,
    Market,
    MarketEvent,
    MarkPrice,
    OpenInterest,
    Ticker,
)
from tui_monitor.simulator import Simulator

COINS = ("BTC", "ETH", "SOL", "XRP", "DOGE", "LTC")
ROOTS = {Exchange.BINANCE: ("binance-futures", "binance-spot")}
# The parts of a row, each with a time of its own. USD of open interest may be reckoned by us.
_PARTS = {
    "trade": {"last": "last"},
    "book": {name: name for name in ("bid", "ask", "bid_coins", "ask_coins")},
    "mark": {"mark_price": "mark_price"},
    "index": {"index_price": "index_price"},
    "funding": {"rate": "funding_rate", "next_settlement_ms": "next_settlement_ms"},
    "interest": {"open_interest_coins": "open_interest_coins"},
}
_VALUES: dict[type[MarketEvent], dict[str, str]] = {
    Ticker: {name: name for name in ("last", "bid", "ask", "bid_coins", "ask_coins")},
    MarkPrice: {"mark_price": "mark_price", "index_price": "index_price"},
    Funding: {"rate": "funding_rate", "next_settlement_ms": "next_settlement_ms"},
    OpenInterest: {"open_interest_coins": "open_interest_coins"},
}


class Sign(NamedTuple):
    """Something that a person can see: whose it is, and what it says."""

    where: str
    text: str


class Broken(Rig):
    """A feed that runs, and what it showed."""

    def make_market(self) -> MarketState:
        """One that remembers."""
        self.witness = Witness()
        return self.witness

    # --- what is to be seen -------------------------------------------------------------

    def signs(self) -> set[Sign]:
        """All of it: events, lights with their reasons, lists, the ban."""
        found = {Sign(f"event {level}", text) for level, _, text in self.events}
        report = self.feed.report()
        for one in report.channels:
            name = f"{one.market} {one.channel}"
            found |= {Sign(f"{name} error", one.last_error), Sign(f"{name} reason", one.reason)}
        found |= {Sign(f"{one.market} list", one.error) for one in report.markets}
        return {sign for sign in found if sign.text}

    def away(self) -> list[ChannelHealth]:
        """The channels that are not live."""
        return [one for one in self.feed.health() if one.state is not FeedState.LIVE]

    @property
    def all_live(self) -> bool:
        """Every channel gives data in its regular way, and every list is fresh and whole."""
        lists = self.feed.report().markets
        return (
            bool(self.feed.health())
            and not self.away()
            and all(one.instruments == len(COINS) and not one.stale for one in lists)
        )

    @property
    def violations(self) -> list[Any]:
        """Documented limits that the feed broke."""
        stats = self.sim.stats()
        roots = ROOTS.get(self.exchange, (self.exchange.value,))
        return [broken for root in roots for broken in stats[root]["violations"]]

    def rows(self) -> list[Row]:
        """Those of the instruments that are listed."""
        listed = (one for market in Market for one in self.feed.instruments(market))
        found = (self.market.row(one.key) for one in listed)
        return [row for row in found if row is not None]

    def falsehoods(self) -> list[str]:
        """Whatever became news and was not true at its own time."""
        return [wrong for event, _, _ in self.witness.told for wrong in self._wrongs(event)]

    def untrue_rows(self) -> list[str]:
        """Whatever stands in the rows and was not true at its part's time."""
        return [
            wrong
            for row in self.rows()
            for part, values in _PARTS.items()
            for wrong in self._differences(row, values, _time_of(row, part))
        ]

    def _wrongs(self, event: MarketEvent) -> list[str]:
        values = _VALUES.get(type(event))
        return (
            self._differences(event, values, getattr(event, "exchange_ms", None)) if values else []
        )

    def _differences(self, said: Any, values: dict[str, str], at_ms: int | None) -> list[str]:
        """Where an event or row is not as the market was. What has no time can't be compared."""
        if at_ms is None:
            return []
        told = truth(self.sim, said.instrument, at_ms)
        pairs = [(name, getattr(said, name), told.get(values[name])) for name in values]
        return [
            f"{said.instrument.symbol} {name}: {value} is not {true} at {at_ms}"
            for name, value, true in pairs
            if value is not None and value != pytest.approx(true, rel=1e-6)
        ]


def _time_of(row: Row, part: str) -> int | None:
    stamp: Stamp | None = getattr(row, part)
    return stamp.exchange_ms if stamp is not None else None


def few(lists_every_s: float | None, coins: Sequence[str] = COINS) -> Shape:
    """A plan for which all but a few coins do not trade; its lists are read so often."""
    return chosen(lambda one: one.coin in coins, lists_every_s)


@asynccontextmanager
async def broken(
    exchange: Exchange,
    markets: Sequence[str],
    *,
    lists_every_s: float | None = None,
    rate: float = 0.2,
    shape: Shape = lambda whole: whole,
    **changes: Any,
) -> AsyncIterator[Broken]:
    """A running feed of a few coins, all live; leaving the block cancels it."""
    clock = VirtualClock()
    async with Simulator(seed=1, clock=clock, rate=rate, coins=HANDFUL).running() as sim:
        settings = settings_of(sim.url, exchange, markets=tuple(markets), **changes)
        narrowed = few(lists_every_s)
        it = Broken(sim, clock, settings, COINS, exchange, lambda whole: shape(narrowed(whole)))
        async with running_feed(it.feed) as task:
            await clock.until(lambda: it.all_live, 20)
            yield it
            assert not task.done(), "the feed's run ended"
