"""Bitget's feed on a simulated Bitget in virtual time, and what is true of its rows."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from tests.feeds.rig import COINS, Rig, Shape, rig
from tests.feeds.simulated import truth
from tui_monitor.feeds.plans import FeedPlan
from tui_monitor.market import Row
from tui_monitor.market.row import Stamp
from tui_monitor.model import Exchange, FeedState, Instrument, Market, Status
from tui_monitor.simulator import Simulator
from tui_monitor.simulator.bitget.catalog import SPOT as SPOT_CATEGORY
from tui_monitor.simulator.bitget.catalog import USDT, catalog_of

PERP, SPOT = Market.PERP, Market.SPOT
BOTH = ("perp", "spot")

PRICES = ("last", "bid", "ask", "bid_coins", "ask_coins")
DAY = ("open_24h", "high_24h", "low_24h", "volume_24h_coins", "turnover_24h_usd")
OF_PERPS = (
    "mark_price", "index_price", "rate", "interval_h", "next_settlement_ms",
    "open_interest_coins", "open_interest_usd",
)  # fmt: skip


@asynccontextmanager
async def bitget(
    coins: Sequence[str] = COINS,
    rate: float = 0.2,
    markets: Sequence[str] = BOTH,
    shape: Shape = lambda whole: whole,
    **changes: Any,
) -> AsyncIterator[Rig]:
    """A running feed that must not break a single documented limit."""
    async with rig(coins, rate, Exchange.BITGET, markets, shape, **changes) as it:
        yield it
        assert it.stats["violations"] == []


def seldom(every_s: float, lists_s: float | None = None) -> Shape:
    """What a test doesn't need is polled less often: each answer costs 10 ms to make."""

    def shape(plan: FeedPlan) -> FeedPlan:
        polls = tuple(replace(poll, every_s=max(every_s, poll.every_s)) for poll in plan.polls)
        if lists_s is None:
            return replace(plan, polls=polls)
        lists = tuple(replace(one, every_s=lists_s) for one in plan.lists)
        return replace(plan, polls=polls, lists=lists)

    return shape


def streams_alone(plan: FeedPlan) -> FeedPlan:
    """Nothing is asked of REST but lists, seldom, and what bridges."""
    streams = tuple(
        replace(
            stream,
            bridges={
                name: replace(bridge, audit_every_s=None) for name, bridge in stream.bridges.items()
            },
        )
        for stream in plan.streams
    )
    lists = tuple(replace(one, every_s=6 * 3600.0) for one in plan.lists)
    return replace(plan, lists=lists, polls=(), streams=streams)


async def all_live(it: Rig, within_s: float = 15.0) -> None:
    """Wait until every light is green."""

    def lights() -> list[FeedState]:
        return [one.state for one in it.feed.health()]

    await it.clock.until(lambda: bool(lights()) and set(lights()) == {FeedState.LIVE}, within_s)


def row_of(it: Rig, symbol: str, market: Market = PERP) -> Row:
    """A row that must be there."""
    found = it.market.row((Exchange.BITGET, market, symbol))
    assert found is not None, symbol
    return found


def live(it: Rig, market: Market) -> list[Instrument]:
    """What the feed knows to trade."""
    return [one for one in it.feed.instruments(market) if one.status is Status.LIVE]


def assert_row_is_true(sim: Simulator, row: Row) -> None:
    """Each value as it was at the time that its group names."""
    _assert_same(sim, row, row.trade, {"last": "last"})
    _assert_same(sim, row, row.book, {name: name for name in PRICES[1:]})
    _assert_day(row)
    if row.instrument.market is SPOT:
        return
    _assert_same(sim, row, row.mark, {"mark_price": "mark_price"})
    _assert_same(sim, row, row.index, {"index_price": "index_price"})
    _assert_same(sim, row, row.interest, {name: name for name in OF_PERPS[-2:]})
    terms = {
        "rate": "funding_rate", "interval_h": "funding_interval_h",
        "next_settlement_ms": "next_settlement_ms",
    }  # fmt: skip
    _assert_same(sim, row, row.funding, terms)


def _assert_same(sim: Simulator, row: Row, stamp: Stamp | None, pairs: dict[str, str]) -> None:
    assert stamp is not None
    told = truth(sim, row.instrument, stamp.exchange_ms)
    for ours, theirs in pairs.items():
        assert getattr(row, ours) == pytest.approx(told[theirs], rel=1e-9), (row.instrument, ours)


def _assert_day(row: Row) -> None:
    at_ms = row.exchange_ms
    assert at_ms is not None
    category = USDT if row.instrument.market is PERP else SPOT_CATEGORY
    listing = catalog_of(1).find(category, row.instrument.symbol, at_ms)
    assert listing is not None
    day = listing.series.day(at_ms)
    prices = [listing.coin_price(ticks) for ticks in (day.open, day.high, day.low)]
    told = [*prices, listing.coins(day.lots), float(listing.turnover(day))]
    assert [getattr(row, name) for name in DAY] == pytest.approx(told, rel=1e-9)


def topics_of(it: Rig, channel: str, market: Market = PERP) -> int:
    """How many topics a channel has, on all its sockets."""
    return sum(
        one.topics
        for one in it.feed.health()
        if one.market is market and one.channel.startswith(channel)
    )


def noted(it: Rig, said: str) -> Callable[[], bool]:
    """Whether something was told to people."""
    return lambda: any(said in text for _, _, text in it.events)
