"""Binance's feed when it is refused, and what it asks for by itself: lists, intervals, interest."""

import asyncio
from contextlib import aclosing

import msgspec
import pytest
from msgspec.structs import replace

from tests.feeds.binance.running import FEW, running
from tests.feeds.rig import settings_of
from tests.feeds.servers import answers, http, tcp_server
from tests.feeds.witnessed import only
from tests.support.sim import HANDFUL, SAMPLE
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.errors import Unreachable
from tui_monitor.feeds.binance.feed import plan
from tui_monitor.feeds.binance.interest import InterestSweep
from tui_monitor.feeds.binance.rest import BinanceRest
from tui_monitor.feeds.binance.snapshots import Snapshots
from tui_monitor.feeds.binance.streams import Endpoints
from tui_monitor.feeds.feed import Feed
from tui_monitor.feeds.plans import FeedPlan, Given, ListPlan, StreamPlan
from tui_monitor.market import MarketState
from tui_monitor.model import Exchange, FeedState, Instrument, Market, Outage, Source, Status
from tui_monitor.simulator import Simulator

PERP, SPOT = Market.PERP, Market.SPOT
STOCKS = {"NVDABUSDT", "TSLABUSDT"}


@pytest.mark.parametrize("kind", ["http_429", "http_418"])
def test_no_request_is_made_while_the_futures_want_to_be_left_alone(kind: str) -> None:
    """The health says so and until when; the streams live on, and so does spot."""

    @in_virtual_time
    async def run() -> None:
        async with running(only(*FEW)) as it:
            await it.all_live()
            it.fault(kind, 5, market="perp", retry_after_s=40)
            await it.lit(PERP, "books by REST", FeedState.BANNED, 15)
            light = it.channel(PERP, "books by REST")
            assert light.until_ms is not None
            left_s = (light.until_ms - it.clock.now_ms()) / 1000
            assert 20 < left_s <= 40
            assert it.feed.report().banned_until_ms is not None
            asked, asked_spot = it.asked(PERP), it.asked(SPOT)
            await it.clock.sleep(left_s - 1)
            assert it.asked(PERP) == asked
            assert it.asked(SPOT) > asked_spot + 10
            lights = {(one.market, one.channel): one.state for one in it.feed.health()}
            assert lights.pop((PERP, "books by REST")) is FeedState.BANNED
            assert set(lights.values()) == {FeedState.LIVE}
            await it.clock.sleep(6)
            assert it.channel(PERP, "books by REST").state is FeedState.LIVE

    run()


@in_virtual_time
async def test_with_all_streams_away_eighty_percent_of_each_limit_is_enough() -> None:
    """All polls, all bridges, the first round of open interest: two clock minutes of it."""
    async with running(listed=()) as it:
        await it.clock.sleep(1)
        it.fault("refuse", 200)
        it.fault("drop", 0.1)
        worst: dict[str, float] = {}
        oldest_ms = 0
        for second in range(125):
            await it.clock.sleep(1)
            book = it.row_of("BTCUSDT").book
            assert book is not None
            oldest_ms = max(oldest_ms, it.clock.now_ms() - book.received_ms if second > 3 else 0)
            for use in it.feed.report().limits:
                share = use.used / use.documented
                worst[use.name] = max(worst.get(use.name, 0.0), share)
        assert {one.state for one in it.feed.health() if not one.quiet} == {
            FeedState.BRIDGED,
            FeedState.LIVE,
        }
        assert all(share < 0.8 for share in worst.values()), worst
        assert worst["perp weight by Binance's count"] > 0.2
        # The dear ones seldom, the books always.
        assert [it.asked(market, "ticker/24hr") < 10 for market in Market] == [True, True]
        assert oldest_ms < 2_500


@in_virtual_time
async def test_before_any_list_only_the_coins_that_are_waited_for_have_rows() -> None:
    """All-market streams tell of everything: stocks, deliveries, COIN-M."""
    async with running(markets=("perp",), coins=("BTC", "ETH"), listed=SAMPLE) as it:
        it.fault("http_500", 20)
        await it.clock.sleep(12)
        assert not it.feed.listed
        assert {row.instrument.symbol for row in it.market.rows()} == {"BTCUSDT", "ETHUSDT"}
        assert it.row_of("BTCUSDT").last is not None
        await it.clock.until(lambda: it.feed.listed, 200)
        await it.clock.sleep(8)
        assert len(it.market.rows()) == len(it.live(PERP))


@pytest.mark.parametrize("markets", [("perp", "spot"), ("spot",)])
def test_tokenised_stocks_are_no_coins(markets: tuple[str, ...]) -> None:
    """Only the futures' list tells them apart; it is read for that even if nobody watches it."""

    @in_virtual_time
    async def run() -> None:
        async with running(silent, markets=markets, listed=()) as it:
            await it.clock.until(lambda: it.feed.listed, 5)
            symbols = {one.symbol for one in it.live(SPOT)}
            assert not STOCKS & symbols
            assert "BNBUSDT" in symbols
            assert it.asked(PERP, "exchangeInfo") == 1
            assert it.asked(SPOT, "exchangeInfo") == 1

    run()


@in_virtual_time
async def test_a_spot_list_that_could_not_know_the_stocks_is_read_again() -> None:
    """Better than none; five minutes later they are out."""
    async with running(silent, listed=()) as it:
        it.fault("http_500", 5, market="perp")
        await it.clock.until(lambda: bool(it.feed.instruments(SPOT)), 5)
        assert {one.symbol for one in it.live(SPOT)} >= STOCKS
        await it.clock.sleep(310)
        assert not STOCKS & {one.symbol for one in it.live(SPOT)}


def silent(whole: FeedPlan) -> FeedPlan:
    """Lists and nothing else."""
    lists = tuple(replace(one, first=()) for one in whole.lists)
    return replace(whole, lists=lists, streams=(), polls=())


@in_virtual_time
async def test_funding_intervals_that_come_late_reach_every_row() -> None:
    """Until then they are unknown, and that is shown; the rate is there from the start."""
    async with running(only(*FEW), markets=("perp",)) as it:
        it.fault("http_500", 12, path="fundingInfo")
        await it.clock.sleep(10)
        row = it.row_of("BTCUSDT")
        assert row.rate is not None
        assert row.interval_h is None
        assert "unknown error" in it.channel(PERP, "intervals").reason
        await it.lit(PERP, "intervals", FeedState.LIVE, 12)
        await it.clock.sleep(3)
        again = it.row_of("BTCUSDT")
        assert again.interval_h == 8
        assert again.funding is not None
        assert again.funding.source is Source.STREAM


@in_virtual_time
async def test_intervals_that_are_known_before_the_list_are_not_forgotten() -> None:
    """And a list that is read again keeps them."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(futures(sim, clock)) as rest,
    ):
        assert (await rest.funding_intervals())["BTCUSDT"] == 8
        for _ in range(2):
            found = {one.symbol: one for one in await rest.instruments()}
            assert found["BTCUSDT"].funding_interval_h == 8
            assert found["XTZUSDT"].funding_interval_h is None


def futures(sim: Simulator, clock: VirtualClock) -> BinanceRest:
    """The futures' REST of a simulator."""
    root = f"{sim.url}/binance-futures"
    return BinanceRest(Endpoints(rest_url=root, stream_url=root), clock)


@in_virtual_time
async def test_open_interest_that_fails_is_asked_for_again_in_the_same_round() -> None:
    """A portion without answers is not put off for the three minutes of the next round."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(futures(sim, clock)) as rest,
    ):
        await rest.instruments()
        sweep = InterestSweep(rest, MarketState())
        for _ in range(4):
            await sweep.portion()
        sim.fault(exchange="binance", kind="http_500", seconds=3, path="openInterest")
        with pytest.raises(Unreachable):
            await sweep.portion()
        await clock.sleep(3)
        live = rest.book.live()
        seen = [one for _ in range(0, len(live), 20) for one in await sweep.portion()]
        assert {one.instrument.symbol for one in seen} == {one.symbol for one in live}


@in_virtual_time
async def test_a_contract_that_settles_is_left_out_of_the_round() -> None:
    """Binance refuses it (-4108) for good; nothing else is asked of it, and nobody complains."""
    async with running(settling, markets=("perp",), listed=SAMPLE) as it:
        await it.all_live()
        await it.clock.sleep(5)
        assert it.row_of("BTCUSDT").open_interest_usd is not None
        assert it.row_of("DOGSUSDT").open_interest_usd is None
        assert it.channel(PERP, "interest").last_error == ""
        assert it.noted("interest") == 0


def settling(whole: FeedPlan) -> FeedPlan:
    """A plan whose list calls a contract live that the exchange settles."""

    def mistaken(one: ListPlan) -> ListPlan:
        async def fetch() -> list[Instrument]:
            found = [
                replace(instrument, status=Status.LIVE)
                if instrument.symbol == "DOGSUSDT"
                else instrument
                for instrument in await one.fetch()
            ]
            one.book.learn(found)
            return found

        return replace(one, fetch=fetch)

    few = only("BTCUSDT", "DOGSUSDT")(whole)
    return replace(few, lists=tuple(map(mistaken, few.lists)))


@in_virtual_time
async def test_open_interest_waits_a_moment_for_marks_and_then_goes_without() -> None:
    """Without a mark price there are coins; USD is unknown, not 0."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(futures(sim, clock)) as rest,
    ):
        await rest.instruments()
        sweep = InterestSweep(rest, MarketState())
        turns = [await sweep.portion() for _ in range(5)]
        assert [len(turn) for turn in turns] == [0, 0, 0, 0, 20]
        assert all(one.open_interest_coins for one in turns[-1])
        assert {one.open_interest_usd for one in turns[-1]} == {None}
        # The first round goes fast, those after it take three minutes.
        seen = {one.instrument.symbol for one in turns[-1]}
        while len(seen) < len(rest.book.live()):
            seen |= {one.instrument.symbol for one in await sweep.portion()}
        assert len(await sweep.portion()) == 2


@in_virtual_time
async def test_an_answer_that_repeats_itself_whole_is_no_news() -> None:
    """Spot's books have no time: a cache that hangs would look new for ever."""
    clock = VirtualClock()
    sides = {"bidPrice": "1.0", "bidQty": "2", "askPrice": "1.1", "askQty": "3"}
    body = msgspec.json.encode([{"symbol": "BTCUSDT", **sides}])
    async with tcp_server(answers(http("200 OK", body))) as place:
        where = Endpoints(rest_url=f"http://{place}", stream_url="")
        async with aclosing(BinanceRest(where, clock, SPOT)) as rest:
            shots = Snapshots(rest, clock, lambda _: True)
            assert [len(await shots.books()) for _ in range(3)] == [1, 0, 0]


@in_virtual_time
async def test_in_twenty_five_hours_each_socket_is_succeeded_once_and_nothing_is_lost() -> None:
    """A day and an hour: pings are answered, and the successor comes before the exchange's end."""
    clock = VirtualClock()
    outages: list[Outage] = []
    said: list[tuple[str, ...]] = []

    def notes(*event: str) -> None:
        said.append(event)

    async with Simulator(seed=1, clock=clock, rate=0.0005, coins=HANDFUL).running() as sim:
        given = Given(clock, ("BTC",), MarketState())
        made = patient(plan(settings_of(sim.url, Exchange.BINANCE).binance, given))
        feed = Feed(made, given, on_outage=outages.append, on_event=notes)
        for one in made.lists:
            await one.fetch()
        try:
            async with asyncio.TaskGroup() as tasks:
                groups = [tasks.create_task(group.run()) for group in feed._groups]
                for group in feed._groups:
                    books = (one.book for one in made.lists if one.market is group.plan.market)
                    group.want([one for book in books for one in book.live()])
                await clock.sleep(25 * 3600.0)
                stats = sim.stats()
                states = {one.state for one in feed.health()}
                for task in groups:
                    task.cancel()
        finally:
            await feed.aclose()
        assert stats["binance-futures"]["connections"] == {"open": 1, "total": 2}
        assert stats["binance-futures"]["violations_total"] == 0
        assert states == {FeedState.LIVE}
        assert (outages, said) == ([], [])


def patient(whole: FeedPlan) -> FeedPlan:
    """The stream with the fewest frames, for a market that sleeps."""

    def stream(one: StreamPlan) -> StreamPlan:
        channels = tuple(replace(channel, silent_after_s=9_000.0) for channel in one.channels)
        return replace(one, channels=channels, bridges={})

    few = [one for one in whole.streams if (one.market, len(one.channels)) == (PERP, 1)]
    return replace(whole, streams=tuple(map(stream, few)), polls=())
