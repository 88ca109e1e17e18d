"""What a source promises, whoever stands behind it: this process's engine, another process's by
its Unix socket, another machine's by its URL."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.engines import Monitor, a_monitor, until_settled
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.api.address import Address, bind
from tui_monitor.api.app import build_app
from tui_monitor.api.limits import Limits
from tui_monitor.api.serving import serving
from tui_monitor.attach.calls import CALLS
from tui_monitor.attach.client import attached
from tui_monitor.attach.elsewhere import elsewhere
from tui_monitor.attach.remote import remote
from tui_monitor.attach.server import viewers_served
from tui_monitor.boards.open_interest import RankedBy
from tui_monitor.boards.spreads import Filter
from tui_monitor.clock import DAY_MS, SLOT_MS, BoardZone
from tui_monitor.errors import AlreadyRuns, BadInput, MonitorError, UnknownCoin
from tui_monitor.model import Exchange
from tui_monitor.simulator import Simulator
from tui_monitor.source import Query, Source

ZONE = BoardZone()
TODAY = ZONE.day_of(START_MS)
COINS = ("BTC", "ETH", "SOL", "DOGE")
HOUR_MS = 3_600_000
TOKEN = "of-this-test-alone"  # noqa: S105
MODES = {"local": "host", "unix": "attached", "url": "attached"}


class World(NamedTuple):
    """A source to be judged, and what stands behind it."""

    source: Source
    kind: str
    clock: VirtualClock
    monitor: Monitor
    folder: Path


# The three ways


@asynccontextmanager
async def by_socket(monitor: Monitor, clock: VirtualClock) -> AsyncIterator[Source]:
    """As a second terminal on the same machine."""
    # Short: a socket's name has a hundred characters at most.
    with tempfile.TemporaryDirectory(prefix="tm") as folder:
        path = Path(folder) / "engine" / "s"
        async with (
            viewers_served(monitor.source, clock, path),
            attached(path, clock) as there,
            followed(there.run),
        ):
            yield there.source


@asynccontextmanager
async def by_url(monitor: Monitor, clock: VirtualClock, folder: Path) -> AsyncIterator[Source]:
    """As a terminal on another machine."""
    limits = Limits()
    listener = await bind(Address("127.0.0.1", 0))
    address = Address("127.0.0.1", listener.getsockname()[1])
    app = build_app(monitor.source, clock, ZONE, address=address, token=TOKEN, limits=limits)
    token_file = folder / "token"
    token_file.write_text(TOKEN + "\n")
    token_file.chmod(0o600)
    daemon = elsewhere(address.url, token_file)
    with listener:
        async with (
            serving(app, listener, limits),
            remote(daemon, clock, folder / "ours") as there,
            followed(there.run),
        ):
            yield there.source


@asynccontextmanager
async def followed(run: Callable[[], Awaitable[Any]]) -> AsyncIterator[None]:
    """What keeps a viewer attached, for as long as the block runs."""
    task = asyncio.ensure_future(run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def a_world(kind: str, folder: Path) -> AsyncIterator[World]:
    """A settled engine over four coins, seen in one of the three ways."""
    clock = VirtualClock()
    async with AsyncExitStack() as stack:
        sim = await stack.enter_async_context(
            Simulator(clock=clock, rate=0.2, coins=COINS).running()
        )
        monitor = await stack.enter_async_context(
            a_monitor(folder, sim, clock, coins=COINS, min_coins=2)
        )
        await until_settled(monitor, clock)
        ways: dict[str, Callable[[], Any]] = {
            "unix": lambda: by_socket(monitor, clock),
            "url": lambda: by_url(monitor, clock, folder),
        }
        source: Source = monitor.source
        if kind in ways:
            source = await stack.enter_async_context(ways[kind]())
        yield World(source, kind, clock, monitor, folder)


# What each method promises


async def refuses(kind: type[MonitorError], asked: Awaitable[Any]) -> None:
    """A question is refused in one line, with the same kind of error everywhere."""
    with pytest.raises(kind) as raised:
        await asked
    assert "\n" not in raised.value.line()


async def status(world: World) -> None:
    """Soon there, from memory; it says how its engine is reached."""
    while True:
        try:
            found = world.source.status()
        except MonitorError:
            await world.clock.sleep(0.2)
        else:
            break
    assert (found.mode, found.kind) == (MODES[world.kind], "simulator")
    assert found.coins_expected == len(COINS)
    assert found.at == "" or world.kind == "url"


async def events(world: World) -> None:
    """Oldest first; only those after an id."""
    world.monitor.engine.events.add("info", "test", "first")
    world.monitor.engine.events.add("info", "test", "second")
    while [line.text for line in world.source.events()][-2:] != ["first", "second"]:
        await world.clock.sleep(0.5)
    first = world.source.events()[-2]
    assert [line.text for line in world.source.events(first.id)] == ["second"]


async def sum_board(world: World) -> None:
    """A day's nodes with the live point; no day of the future."""
    board = await world.source.sum_board(Query())
    assert len(board.nodes) == 48
    assert board.live is not None
    assert board.first_day == board.today == TODAY.isoformat()
    asked = world.source.sum_board(Query(first_day=TODAY + timedelta(days=1)))
    await refuses(BadInput, asked)


async def records(world: World) -> None:
    """The newest, oldest first, with their coins."""
    found = await world.source.records(0, START_MS, 3)
    assert [one.node.slot_ms for one in found] == [START_MS - n * SLOT_MS for n in (2, 1, 0)]
    assert [row.coin for row in found[0].coins] == list(COINS)


async def coverage_board(world: World) -> None:
    """Days, of which today is one."""
    board = await world.source.coverage_board(Query())
    assert TODAY.isoformat() in [day.day for day in board.days]


async def system_board(world: World) -> None:
    """An engine runs, with its database."""
    board = await world.source.system_board()
    assert board.running
    assert board.database is not None


async def markets(world: World) -> None:
    """The lists of the exchanges that are watched."""
    report = await world.source.markets()
    assert "BTC" in str(report)


async def spreads_board(world: World) -> None:
    """One exchange alone has no pairs; a limit is kept to."""
    board = await world.source.spreads_board(None, Filter.ALL, limit=1)
    assert len(board.rows) <= 1


async def signals_board(world: World) -> None:
    assert (await world.source.signals_board()).signals == []


async def funding_board(world: World) -> None:
    board = await world.source.funding_board()
    assert board.now_ms >= START_MS


async def interest_board(world: World) -> None:
    """A window that there is."""
    board = await world.source.interest_board(4, RankedBy.SIZE, Exchange.OKX)
    assert board.now_ms >= START_MS
    await refuses(BadInput, world.source.interest_board(5))


async def interest_history(world: World) -> None:
    assert isinstance(await world.source.interest_history("BTC", 0), list)


async def liquidations_board(world: World) -> None:
    """Hours that there are."""
    board = await world.source.liquidations_board(6, Query())
    assert board.now_ms >= START_MS
    await refuses(BadInput, world.source.liquidations_board(7, Query()))


async def liquidation_records(world: World) -> None:
    found = await world.source.liquidation_records(0, world.clock.now_ms(), 3)
    assert len(found) <= 3


async def liquidation_indices(world: World) -> None:
    """No aggregate is set up: it has said nothing."""
    assert await world.source.liquidation_indices() is not None


async def aggregates(world: World) -> None:
    assert await world.source.aggregates(0, world.clock.now_ms(), 3) == []


async def anomalies_board(world: World) -> None:
    """Bars that there are."""
    board = await world.source.anomalies_board(Exchange.OKX, "15m")
    assert board.bar == "15m"
    await refuses(BadInput, world.source.anomalies_board(None, "7m"))


async def watch_bars(world: World) -> None:
    """Taken up without an answer; BadInput comes at once."""
    world.source.watch_bars(Exchange.OKX, "5m")
    with pytest.raises(BadInput):
        world.source.watch_bars(None, "7m")


async def anomaly_explained(world: World) -> None:
    """Also of one that is not on the board: with the reason."""
    found = await world.source.anomaly_explained("BTC", Exchange.OKX, forming=True)
    assert found.found or found.reason
    await refuses(BadInput, world.source.anomaly_explained("BTC", bar="7m"))


async def stored_anomalies(world: World) -> None:
    """Nothing was stored yet."""
    found = await world.source.stored_anomalies(0, world.clock.now_ms(), min_score=1.0, limit=5)
    assert found.rows == []


async def picks_board(world: World) -> None:
    assert (await world.source.picks_board(Exchange.OKX)).now_ms >= START_MS


async def klines(world: World) -> None:
    found = await world.source.klines("BTC", Exchange.OKX, limit=5)
    assert len(found.rows) <= 5
    await refuses(BadInput, world.source.klines("BTC", Exchange.OKX, bar="7m"))


async def upkeep(world: World) -> None:
    assert await world.source.upkeep() is not None


async def coin_page(world: World) -> None:
    """All of a coin; who is unknown is named."""
    page = await world.source.coin_page("BTC")
    assert page.coin == "BTC"
    assert page.legs
    await refuses(UnknownCoin, world.source.coin_page("NOSUCH"))


async def prices(world: World) -> None:
    """What the engine sees now, of all coins or one."""
    assert "BTC" in {one.coin for one in await world.source.prices()}
    assert [one.coin for one in await world.source.prices("ETH")] == ["ETH"]


async def price_points(world: World) -> None:
    points = await world.source.price_points("BTC")
    assert [one.at_ms for one in points] == sorted(one.at_ms for one in points)


async def spread_minutes(world: World) -> None:
    assert await world.source.spread_minutes("BTC", START_MS - HOUR_MS) == []


async def price_minutes(world: World) -> None:
    found = await world.source.price_minutes("BTC", START_MS - HOUR_MS, START_MS)
    assert isinstance(found, list)


async def start_backfill(world: World) -> None:
    """One at a time, of days that were."""
    day = TODAY - timedelta(days=40)
    await refuses(BadInput, world.source.start_backfill(TODAY, day))
    job = await world.source.start_backfill(day, day)
    assert job.first_day == job.last_day == day.isoformat()
    await refuses(AlreadyRuns, world.source.start_backfill(day, day))


async def stop_backfill(world: World) -> None:
    """What was started above; then none runs."""
    assert await world.source.stop_backfill()
    assert not await world.source.stop_backfill()


async def job_log(world: World) -> None:
    """Of what was done above, oldest first."""
    lines = await world.source.job_log(3)
    assert 0 < len(lines) <= 3
    assert [one.ts_ms for one in lines] == sorted(one.ts_ms for one in lines)


async def store_info(world: World) -> None:
    assert (await world.source.store_info()).size_bytes > 0


async def database_stats(world: World) -> None:
    stats = await world.source.database_stats()
    assert stats.size_bytes > 0


async def maintain(world: World) -> None:
    done = await world.source.maintain()
    assert done.bytes_after > 0


async def export(world: World) -> None:
    """A file of the asker's, under his name or one of its own; never over another one."""
    path = world.folder / "prices.csv"
    span = (START_MS - DAY_MS, START_MS)
    done = await world.source.export("prices", *span, "csv", path)
    assert done.path == path
    assert done.rows > 0
    assert len(path.read_text().splitlines()) == done.rows + 1
    before = path.read_bytes()
    await refuses(BadInput, world.source.export("prices", *span, "csv", path))
    await refuses(BadInput, world.source.export("nosuch", *span, "csv", world.folder / "none"))
    assert path.read_bytes() == before
    assert not (world.folder / "none").exists()
    own = await world.source.export("sum", *span, "csv", None)
    assert own.path.name.endswith(".csv")
    assert len(own.path.read_text().splitlines()) == own.rows + 1
    # A viewer elsewhere has it in a folder of its own.
    assert own.path.parent.name == ("ours" if world.kind == "url" else "exports")


PROMISES: tuple[Callable[[World], Awaitable[None]], ...] = (
    *(status, events, sum_board, records, coverage_board, system_board, markets, spreads_board),
    *(signals_board, funding_board, interest_board, interest_history, liquidations_board),
    *(liquidation_records, liquidation_indices, aggregates, anomalies_board, watch_bars),
    *(anomaly_explained, stored_anomalies, picks_board, klines, upkeep, coin_page, prices),
    *(price_points, spread_minutes, price_minutes, start_backfill, stop_backfill, job_log),
    *(store_info, database_stats, maintain, export),
)


def test_every_method_of_a_source_has_a_promise() -> None:
    """Who adds one says here what it does, wherever it is asked."""
    assert sorted(one.__name__ for one in PROMISES) == sorted(CALLS)


@pytest.mark.parametrize("kind", list(MODES))
@in_virtual_time
async def test_the_promises_are_kept_however_the_engine_is_reached(
    kind: str, tmp_path: Path
) -> None:
    """By all methods, with real prices of a simulated exchange and a real database."""
    async with a_world(kind, tmp_path) as world:
        for promise in PROMISES:
            try:
                async with asyncio.timeout(120):
                    await promise(world)
            except Exception as error:
                error.add_note(f"{promise.__name__}, {kind}")
                raise
