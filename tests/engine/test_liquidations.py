"""Liquidations into the store: once, in their minutes, with what was heard, whatever fails."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiosqlite
from msgspec.structs import replace

from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor import config, paths
from tui_monitor.boards.liquidations import VenueState
from tui_monitor.clock import MINUTE_MS, SECOND_MS
from tui_monitor.engine.liquidations import BACKLOG, Liquidations, tells
from tui_monitor.feeds.plans import FeedPlan, Given
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.market import MarketState
from tui_monitor.model import (
    ChannelHealth,
    Exchange,
    FeedState,
    Heard,
    Instrument,
    Liquidation,
    LiquidationMinute,
    Market,
    OpenInterest,
    Outage,
    Side,
    Source,
)
from tui_monitor.model.liquidations import STREAMS
from tui_monitor.store import Store, open_store

BTC = Instrument(exchange=Exchange.OKX, market=Market.PERP, symbol="BTC-USDT-SWAP", coin="BTC")


def a_plan(exchange: Exchange, clock: VirtualClock, *markets: str) -> FeedPlan:
    """The real one, of some markets."""
    asked = {f"exchanges.{exchange.value}.markets": list(markets)}
    settings = config.load(Path("/dev/null"), {}, asked).settings
    make = ENTRIES[exchange].plan
    assert make is not None
    return make(settings.exchanges, Given(clock, ("BTC",), MarketState(), seed=1))


@dataclass
class Pulse:
    """An exchange that says of itself what a test wants."""

    clock: VirtualClock
    exchange: Exchange
    plan: FeedPlan
    state: FeedState = FeedState.LIVE
    since_ms: int = 0
    sockets: tuple[str, ...] = ("liquidations",)
    left_out: int = 0

    def health(self) -> list[ChannelHealth]:
        """One entry a socket."""
        return [
            ChannelHealth(
                exchange=self.exchange,
                market=Market.PERP,
                channel=name,
                state=self.state,
                source=Source.STREAM,
                since_ms=self.since_ms,
                age_ms=0,
                reason="" if self.state is FeedState.LIVE else "no socket",
                messages=0,
                reconnects=0,
                last_error="",
                quiet=True,
            )
            for name in self.sockets
        ]


@dataclass
class Rig:
    """A collector over a real store and a real market."""

    folder: Path
    clock: VirtualClock
    store: Store
    pulse: Pulse
    market: MarketState
    told: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.it = self.collector()

    def collector(self) -> Liquidations:
        """A new one, as after a restart."""
        note = self.told.append
        made = Liquidations(
            [self.pulse],
            self.store,
            self.market,
            self.clock,
            lambda level, area, text: note((level, area, text)),
        )
        made.begin()
        return made

    def tell(self, exchange_ms: int, usd: float | None = 100.0, side: Side = Side.LONG) -> None:
        """The stream tells of one."""
        coins = None if usd is None else usd / 50.0
        event = Liquidation(
            instrument=BTC, exchange_ms=exchange_ms, side=side, price=50.0, coins=coins, usd=usd
        )
        now_ms, now_s = self.clock.now_ms(), self.clock.monotonic_s()
        self.market.apply(event, now_ms, now_s, Source.STREAM)

    async def look(self, seconds: float = 0.0) -> bool:
        """Let time pass by quarters of a second, with a look at each; then write."""
        for _ in range(round(seconds * 4)):
            await self.clock.sleep(0.25)
            self.it.look()
        self.it.look()
        return await self.it.flush()

    async def minutes(self) -> list[LiquidationMinute]:
        """What is stored."""
        return await self.store.liquidation_minutes(0, self.clock.now_ms() + MINUTE_MS)

    async def stored(self) -> int:
        """How many events are."""
        return len(await self.store.liquidations(0, 2**60, limit=100_000))


@asynccontextmanager
async def a_rig(folder: Path) -> AsyncIterator[Rig]:
    """OKX alone; it begins on a minute."""
    clock = VirtualClock()
    await clock.sleep((-clock.now_ms() % MINUTE_MS) / SECOND_MS)
    plan = a_plan(Exchange.OKX, clock, "perp")
    pulse = Pulse(clock, Exchange.OKX, plan, since_ms=clock.now_ms())
    async with open_store(folder, clock, kind="simulator") as store:
        yield Rig(folder, clock, store, pulse, MarketState())
    await plan.aclose()


@in_virtual_time
async def test_an_event_is_stored_once_and_counted_in_its_own_minute(tmp_path: Path) -> None:
    """By the exchange's time, however late it comes, and with its arrival."""
    async with a_rig(tmp_path) as rig:
        begin_ms = rig.clock.now_ms()
        rig.tell(begin_ms + 100, 100.0)
        rig.tell(begin_ms + 100, 100.0)
        rig.tell(begin_ms + 2_000, 30.0, Side.SHORT)
        assert await rig.look(61)
        rig.tell(begin_ms + 59_900, 7.0)
        assert await rig.look(1)
        first, second = await rig.minutes()
        assert (first.long_usd, first.short_usd, first.long_count) == (107.0, 30.0, 2)
        assert (first.covered_ms, first.capped_s) == (MINUTE_MS, 3)
        assert (second.long_usd, second.long_count) == (0.0, 0)
        assert 0 < second.covered_ms <= 2_000
        late, *_ = await rig.store.liquidations(0, 2**60, limit=1)
        assert late.received_ms == begin_ms + 61_000


@in_virtual_time
async def test_what_is_stored_is_known_after_a_restart(tmp_path: Path) -> None:
    """What a new subscription replays is no new event; a minute goes on where it was."""
    async with a_rig(tmp_path) as rig:
        begin_ms = rig.clock.now_ms()
        rig.tell(begin_ms + 100, 100.0)
        await rig.look(10)
        rig.market = MarketState()
        rig.it = rig.collector()
        await rig.clock.sleep(20)
        rig.pulse.since_ms = rig.clock.now_ms()
        rig.tell(begin_ms + 100, 100.0)
        rig.tell(begin_ms + 31_000, 5.0)
        await rig.look(10)
        (minute,) = await rig.minutes()
        assert (minute.long_usd, minute.long_count) == (105.0, 2)
        assert minute.covered_ms == 20_000
        assert await rig.stored() == 2


@in_virtual_time
async def test_a_minute_without_news_has_its_whole_heard_time(tmp_path: Path) -> None:
    """It is written now and then while it lasts, and once more when it is over."""
    async with a_rig(tmp_path) as rig:
        for _ in range(66):
            await rig.look(1)
        first, second = await rig.minutes()
        assert first.covered_ms == MINUTE_MS
        assert 0 < second.covered_ms <= 6_000


@in_virtual_time
async def test_a_minute_that_a_crash_left_without_its_last_events_is_mended(tmp_path: Path) -> None:
    """They had been written before it."""
    async with a_rig(tmp_path) as rig:
        begin_ms = rig.clock.now_ms()
        rig.tell(begin_ms + 100, 100.0)
        await rig.look(10)
        (row,) = await rig.store.liquidations(0, 2**60, limit=9)
        await rig.store.record_liquidations([replace(row, exchange_ms=begin_ms + 9_000)])
        await rig.clock.sleep(300)
        rig.market = MarketState()
        rig.it = rig.collector()
        rig.pulse.since_ms = rig.clock.now_ms()
        await rig.look(1)
        first = (await rig.minutes())[0]
        assert (first.long_usd, first.long_count, first.covered_ms) == (200.0, 2, 10_000)


@in_virtual_time
async def test_a_late_event_of_a_minute_long_gone_corrects_it(tmp_path: Path) -> None:
    """It is made again of what is stored; what it was heard for stays."""
    async with a_rig(tmp_path) as rig:
        begin_ms = rig.clock.now_ms()
        rig.tell(begin_ms + 100, 100.0)
        for _ in range(20):
            await rig.look(60)
        rig.tell(begin_ms + 200, 11.0)
        await rig.look(1)
        first, *_ = await rig.minutes()
        assert (first.long_usd, first.long_count, first.covered_ms) == (111.0, 2, MINUTE_MS)
        assert len(await rig.minutes()) == 21


@in_virtual_time
async def test_what_rest_tells_is_in_no_sum_until_a_stream_tells_it(tmp_path: Path) -> None:
    """It is stored, and marked."""
    async with a_rig(tmp_path) as rig:
        begin_ms = rig.clock.now_ms()
        event = Liquidation(
            instrument=BTC, exchange_ms=begin_ms, side=Side.LONG, price=50.0, coins=2.0, usd=100.0
        )
        rig.it.add(event, begin_ms, Heard.REST)
        await rig.look(1)
        assert (await rig.minutes())[0].long_count == 0
        (row,) = await rig.store.liquidations(0, 2**60, limit=9)
        assert row.heard is Heard.REST
        rig.tell(begin_ms, 100.0)
        await rig.look(1)
        assert (await rig.minutes())[0].long_usd == 100.0
        (row,) = await rig.store.liquidations(0, 2**60, limit=9)
        assert row.heard is Heard.STREAM


@in_virtual_time
async def test_an_outage_is_taken_out_from_the_last_proof_of_life(tmp_path: Path) -> None:
    """Also what had been counted before it was found out about; a gap tells its end at once."""
    async with a_rig(tmp_path) as rig:
        begin_ms = rig.clock.now_ms()
        await rig.look(30)
        assert (await rig.minutes())[0].covered_ms == 30_000
        outage = Outage(
            exchange=Exchange.OKX,
            market=Market.PERP,
            channel="liquidations",
            reason="x",
            begin_ms=begin_ms + 18_000,
        )
        rig.pulse.state = FeedState.DOWN
        rig.it.note(outage)
        await rig.look(5)
        assert (await rig.minutes())[0].covered_ms == 18_000
        (venue,) = rig.it.venues()
        assert (venue.state, venue.since_ms) == (VenueState.SILENT, begin_ms + 18_000)
        assert venue.reason == "no socket"
        rig.pulse.state = FeedState.LIVE
        rig.it.note(ended(outage, begin_ms + 40_000))
        await rig.look(10)
        assert (await rig.minutes())[0].covered_ms == 18_000 + 5_000
        rig.it.note(ended(outage, begin_ms + 44_000, begin_ms + 43_000))
        await rig.look(30)
        first, _ = await rig.minutes()
        assert first.covered_ms == 18_000 + 20_000 - 1_000


def ended(outage: Outage, end_ms: int, begin_ms: int | None = None) -> Outage:
    """The same, over."""
    return Outage(
        exchange=outage.exchange,
        market=outage.market,
        channel=outage.channel,
        reason=outage.reason,
        begin_ms=outage.begin_ms if begin_ms is None else begin_ms,
        end_ms=end_ms,
    )


@in_virtual_time
async def test_a_venue_that_was_never_heard_has_minutes_of_nothing(tmp_path: Path) -> None:
    """So that its silence counts in every coverage."""
    async with a_rig(tmp_path) as rig:
        rig.pulse.state = FeedState.STARTING
        await rig.look(61)
        await rig.look(1)
        rig.pulse.sockets = ()
        await rig.look(60)
        assert [one.covered_ms for one in await rig.minutes()] == [0, 0]
        assert rig.it.venues()[0].reason == "nothing is streamed"


@in_virtual_time
async def test_of_several_sockets_all_must_be_heard(tmp_path: Path) -> None:
    """Half of the contracts is not the venue."""
    async with a_rig(tmp_path) as rig:
        begin_ms = rig.clock.now_ms()
        rig.pulse.sockets = ("liquidations", "liquidations#2")
        await rig.look(5)
        rig.it.note(
            Outage(
                exchange=Exchange.OKX,
                market=Market.PERP,
                channel="liquidations#2",
                reason="x",
                begin_ms=begin_ms + 3_000,
            )
        )
        await rig.look(5)
        assert (await rig.minutes())[0].covered_ms == 3_000


@in_virtual_time
async def test_a_machine_that_slept_heard_nothing(tmp_path: Path) -> None:
    """Since the last look before it, whatever the streams will find out about it later."""
    async with a_rig(tmp_path) as rig:
        await rig.look(10)
        rig.clock.jump_wall(30)
        await rig.look(5)
        assert (await rig.minutes())[0].covered_ms == 14_750


@in_virtual_time
async def test_events_that_were_overwritten_are_counted_said_and_not_heard(tmp_path: Path) -> None:
    """The ring holds so many; what it lost is no silence of the exchange's."""
    async with a_rig(tmp_path) as rig:
        rig.market = MarketState(ring_events=5)
        rig.it = rig.collector()
        await rig.look(10)
        begin_ms = rig.clock.now_ms()
        await rig.clock.sleep(2)
        for number in range(8):
            rig.tell(begin_ms + number, 1.0 + number)
        await rig.look(0)
        assert rig.it.missed == 3
        assert any("3 events were overwritten" in text for _, _, text in rig.told)
        assert (await rig.minutes())[0].covered_ms == 10_000
        assert await rig.stored() == 5


@in_virtual_time
async def test_while_the_store_takes_none_events_wait(tmp_path: Path) -> None:
    """They are written, each once, when it does again."""
    async with a_rig(tmp_path) as rig:
        begin_ms = rig.clock.now_ms()
        await rig.look(1)
        # Ten seconds of patience would be ten of this test's.
        await rig.store._session._writing.execute_fetchall("PRAGMA busy_timeout = 20")
        async with aiosqlite.connect(paths.database_file(tmp_path)) as other:
            await other.execute("BEGIN IMMEDIATE")
            rig.tell(begin_ms + 10, 5.0)
            assert not await rig.look(1)
            rig.tell(begin_ms + 20, 6.0)
            assert not await rig.look(1)
            assert (rig.it.backlog_rows, (await rig.minutes())[0].long_count) == (2, 0)
            await other.rollback()
        assert await rig.look(1)
        assert (rig.it.backlog_rows, (await rig.minutes())[0].long_usd) == (0, 11.0)
        for number in range(BACKLOG + 2):
            event = Liquidation(
                instrument=BTC, exchange_ms=begin_ms - number, side=Side.LONG, price=1.0,
                coins=1.0, usd=1.0,
            )  # fmt: skip
            rig.it.add(event, begin_ms, Heard.REST)
        assert (rig.it.dropped, rig.it.backlog_rows) == (2, BACKLOG)
        assert rig.told[-1][1] == "store"


@in_virtual_time
async def test_times_that_can_not_be_are_left_out(tmp_path: Path) -> None:
    """Of the far future, and of what is not kept any more."""
    async with a_rig(tmp_path) as rig:
        now_ms = rig.clock.now_ms()
        rig.tell(now_ms + 10 * MINUTE_MS)
        rig.tell(now_ms - 40 * 86_400_000)
        await rig.look(1)
        assert await rig.stored() == 0


@in_virtual_time
async def test_a_minute_of_which_events_are_gone_keeps_its_sums(tmp_path: Path) -> None:
    """Retention takes events; what came late for it is stored, and changes nothing."""
    async with a_rig(tmp_path) as rig:
        old_ms = rig.clock.now_ms() - 3 * 3_600_000
        kept = LiquidationMinute(
            minute_ms=old_ms,
            exchange=Exchange.OKX,
            long_usd=900.0,
            short_usd=0.0,
            long_count=9,
            short_count=0,
            largest_usd=500.0,
            unsized=0,
            capped_s=5,
            covered_ms=MINUTE_MS,
        )
        await rig.store.record_liquidation_minutes([kept])
        rig.tell(old_ms + 5, 1.0)
        await rig.look(1)
        assert (await rig.minutes())[0] == kept
        assert await rig.stored() == 1


@in_virtual_time
async def test_the_record_of_a_minute_has_the_open_interest_of_its_end(tmp_path: Path) -> None:
    """Within two seconds of it; none of the minute in which we began."""
    async with a_rig(tmp_path) as rig:
        begin_ms = rig.clock.now_ms()
        await rig.look(1)
        interest = OpenInterest(
            instrument=BTC, exchange_ms=None, open_interest_coins=2.0, open_interest_usd=100.0
        )
        rig.market.apply(interest, begin_ms, rig.clock.monotonic_s(), Source.REST)
        await rig.look(59.5)
        assert await rig.store.interest_minutes(0, 2**60) == []
        await rig.look(1.5)
        (found,) = await rig.store.interest_minutes(0, 2**60)
        assert (found.minute_ms, found.open_interest_usd, found.exchanges) == (begin_ms, 100.0, 1)


@in_virtual_time
async def test_only_perpetuals_streams_tell_of_liquidations() -> None:
    """Of spot there are none; each plan says as the table how much it tells."""
    clock = VirtualClock()
    for exchange in Exchange:
        perps, spots = (a_plan(exchange, clock, market) for market in ("perp", "spot"))
        assert tells(perps)
        assert not tells(spots)
        assert perps.liquidations is STREAMS[exchange]
        await perps.aclose()
        await spots.aclose()
