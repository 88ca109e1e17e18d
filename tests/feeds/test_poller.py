"""When the answers of a poll count as data."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.feeds.plans import Channel, PollPlan
from tui_monitor.feeds.poller import Poller
from tui_monitor.market import MarketState
from tui_monitor.model import Exchange, FeedState, Instrument, Market, Outage, Source, Ticker

BTC = Instrument(exchange=Exchange.BITGET, market=Market.SPOT, symbol="BTCUSDT", coin="BTC")
SILENT_AFTER_S = 10.0


class Polled:
    """A poll whose answers have these ages, of a market that a stream keeps up to date."""

    def __init__(self, ages_ms: Iterator[int]) -> None:
        self.clock = VirtualClock()
        self.market = MarketState()
        self.outages: list[Outage] = []
        self._ages_ms = ages_ms
        channel = Channel(
            market=Market.SPOT,
            name="tickers",
            kinds=frozenset({Ticker}),
            silent_after_s=SILENT_AFTER_S,
        )
        self.poller = Poller(
            Exchange.BITGET,
            PollPlan(channel=channel, fetch=self.fetch, every_s=1.0, host="localhost"),
            self.clock,
            apply_rest=self.apply,
            note=lambda level, text: None,
            on_outage=self.outages.append,
        )

    async def fetch(self) -> list[Ticker]:
        """The next answer."""
        at_ms = self.clock.now_ms() - next(self._ages_ms)
        return [Ticker(instrument=BTC, exchange_ms=at_ms, last=2.0)]

    def apply(self, events: object) -> bool:
        """The stream has said all of it, and later."""
        now_ms, now_s = self.clock.now_ms(), self.clock.monotonic_s()
        newest = Ticker(instrument=BTC, exchange_ms=now_ms, last=2.0)
        self.market.apply(newest, now_ms, now_s, Source.STREAM)
        assert isinstance(events, list)
        return any(self.market.apply(event, now_ms, now_s, Source.REST) for event in events)

    async def run(self, seconds: float) -> FeedState:
        """Its light after a time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.poller.run()
        return self.poller.vitals.state()


def steadily(age_ms: int, grows_ms: int = 0) -> Iterator[int]:
    """Ages of answers, a second apart."""
    while True:
        yield age_ms
        age_ms += grows_ms


@in_virtual_time
async def test_a_poll_lives_though_a_stream_says_everything_sooner() -> None:
    """No answer is news, but each is later than the one before."""
    polled = Polled(steadily(100))
    assert await polled.run(60) is FeedState.LIVE
    assert polled.outages == []


@in_virtual_time
async def test_an_answer_that_is_the_same_for_ever_is_silence() -> None:
    """A cache that nobody fills any more."""
    polled = Polled(steadily(100, grows_ms=1000))
    assert await polled.run(60) is FeedState.SILENT
    assert len(polled.outages) == 1


@pytest.mark.parametrize("age_ms", [-3_600_000, 3_600_000])
def test_one_answer_from_the_future_does_not_make_the_others_old(age_ms: int) -> None:
    """Nor does one from the past."""

    @in_virtual_time
    async def run() -> None:
        ages = steadily(100)
        polled = Polled(age_ms if n == 5 else next(ages) for n in range(1000))
        assert await polled.run(60) is FeedState.LIVE
        assert polled.outages == []

    run()
