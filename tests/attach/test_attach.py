"""A source over a Unix socket says what the source itself says, and survives what sockets do."""

import asyncio
import json
import stat
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.asyncio.server import ServerConnection, unix_serve
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.support.boards import MemorySource, a_status, some_events
from tests.support.virtual_time import in_virtual_time
from tui_monitor.attach.answers import FRESH_S, MOST_ANSWERS, UNASKED_S
from tui_monitor.attach.calls import CALLS, json_of, json_steps
from tui_monitor.attach.client import SILENT_S, Attached, attached
from tui_monitor.attach.hello import PROTOCOL, Hello
from tui_monitor.attach.server import MOST_VIEWERS, viewers_served
from tui_monitor.boards.open_interest import RankedBy
from tui_monitor.boards.spreads import Filter
from tui_monitor.errors import (
    AlreadyRuns,
    BadInput,
    EngineGone,
    FolderUnusable,
    MonitorError,
    UnknownCoin,
)
from tui_monitor.model import Exchange
from tui_monitor.source import Query, Source
from tui_monitor.steps import at_once

DAY = date(2026, 1, 14)


class Own:
    """A clock that a test moves; waiting moves only the loop's."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def now_ms(self) -> int:
        return int(self.at_s * 1000)

    def monotonic_s(self) -> float:
        return self.at_s

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@pytest.fixture
def path() -> Iterator[Path]:
    """Short: a socket's name has a hundred characters at most."""
    with tempfile.TemporaryDirectory(prefix="tm") as folder:
        yield Path(folder) / "engine" / "s"


@asynccontextmanager
async def viewer(path: Path, clock: Own | None = None) -> AsyncIterator[Attached]:
    """One that is attached while the block runs."""
    async with attached(path, clock or Own()) as one:
        run = asyncio.create_task(one.run())
        try:
            yield one
        finally:
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)


async def until(true: Callable[[], object]) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.005)


Ask = Callable[[Source], Coroutine[Any, Any, Any]]
QUESTIONS: dict[str, Ask] = {
    "sum_board": lambda one: one.sum_board(Query()),
    "sum_board of days": lambda one: one.sum_board(Query(first_day=DAY, last_day=DAY)),
    "records": lambda one: one.records(0, 9, 5),
    "coverage_board": lambda one: one.coverage_board(Query()),
    "system_board": lambda one: one.system_board(),
    "markets": lambda one: one.markets(),
    "spreads_board": lambda one: one.spreads_board(None, Filter.ALL),
    "signals_board": lambda one: one.signals_board(),
    "funding_board": lambda one: one.funding_board(),
    "interest_board": lambda one: one.interest_board(4, RankedBy.SIZE),
    "interest_history": lambda one: one.interest_history("BTC", 0),
    "liquidations_board": lambda one: one.liquidations_board(6, Query()),
    "liquidation_records": lambda one: one.liquidation_records(0, 9, 5),
    "liquidation_indices": lambda one: one.liquidation_indices(),
    "aggregates": lambda one: one.aggregates(0, 9, 5),
    "anomalies_board": lambda one: one.anomalies_board(Exchange.BINANCE, "15m"),
    "anomaly_explained": lambda one: one.anomaly_explained("BTC"),
    "stored_anomalies": lambda one: one.stored_anomalies(0, 9, min_score=1.0),
    "picks_board": lambda one: one.picks_board(),
    "klines": lambda one: one.klines("BTC", Exchange.OKX),
    "upkeep": lambda one: one.upkeep(),
    "coin_page": lambda one: one.coin_page("BTC"),
    "prices": lambda one: one.prices(),
    "price_points": lambda one: one.price_points("BTC"),
    "spread_minutes": lambda one: one.spread_minutes("BTC", 0),
    "price_minutes": lambda one: one.price_minutes("BTC", 0, 9),
    "start_backfill": lambda one: one.start_backfill(DAY, DAY),
    "stop_backfill": lambda one: one.stop_backfill(),
    "job_log": lambda one: one.job_log(5),
    "store_info": lambda one: one.store_info(),
    "database_stats": lambda one: one.database_stats(),
    "maintain": lambda one: one.maintain(),
    "export": lambda one: one.export("prices", 0, 9, "csv", Path("x.csv")),
}
NOT_ASKED = {"status", "events", "watch_bars"}


def test_every_method_of_a_source_is_asked_here() -> None:
    """Who adds one adds it to this table."""
    assert {name.partition(" ")[0] for name in QUESTIONS} | NOT_ASKED == set(CALLS)


async def outcome(ask: Ask, source: Source) -> Any:
    """What comes, or what is raised."""
    try:
        return await ask(source)
    except MonitorError as error:
        return type(error), error.line()
    except (NotImplementedError, AttributeError):
        return "not in memory"


async def test_an_answer_written_in_steps_is_the_same() -> None:
    """To the last byte, however few rows are written at once."""
    here, written = MemorySource(), 0
    for name, ask in QUESTIONS.items():
        found = await outcome(ask, here)
        if isinstance(found, tuple) or found == "not in memory":
            continue
        for rows in (1, 2, 1_000):
            assert at_once(json_steps(found, rows)) == json_of(found), name
        written += 1
    assert written > len(QUESTIONS) // 2


@in_virtual_time
async def test_every_answer_is_the_engines_own(path: Path) -> None:
    """To the last digit; asked twice, so that what is kept is replaced."""
    here, twin, clock = MemorySource(), MemorySource(), Own()
    answered = 0
    async with viewers_served(here, clock, path), viewer(path) as there:
        for name, ask in QUESTIONS.items():
            expected = await outcome(ask, twin)
            if expected == "not in memory":
                continue
            assert await outcome(ask, there.source) == expected, name
            here.now_ms = twin.now_ms = here.now_ms + 1_000
            clock.at_s += FRESH_S
            assert await outcome(ask, there.source) == await outcome(ask, twin), name
            answered += 1
    assert answered > 20


@in_virtual_time
async def test_the_status_is_there_from_memory_and_says_that_it_is_attached(path: Path) -> None:
    """With the engine's event log beside it, both a second old at most."""
    here = MemorySource()
    here.current_status = a_status(here.now_ms)
    clock = Own()
    async with viewers_served(here, clock, path), viewer(path) as there:
        with pytest.raises(MonitorError, match="not answered yet"):
            there.status()
        await until(lambda: there.events() == here.event_lines)
        assert there.status() == replace(here.current_status, mode="attached")
        assert there.events(some_events()[0].id) == here.events(some_events()[0].id)
        here.event_lines = here.event_lines[:1]
        here.current_status = replace(here.current_status, events_total=77)
        clock.at_s += FRESH_S
        await until(lambda: len(there.events()) == 1)
        assert there.status().events_total == 77


@in_virtual_time
async def test_an_engine_that_stands_still_is_told_of(path: Path) -> None:
    """A stopped process has its sockets still: what is on screen would look like now."""
    clock = Own()

    async def answer_once(socket: ServerConnection) -> None:
        assert json.loads(await socket.recv())["call"] == "hello"
        await socket.send(msgspec.json.encode({"id": 0, "data": Hello()}))
        asked = json.loads(await socket.recv())
        assert asked["call"] == "status"
        reply = {"id": asked["id"], "revision": "1", "data": a_status(0)}
        await socket.send(msgspec.json.encode(reply))
        await socket.wait_closed()

    path.parent.mkdir()
    async with unix_serve(answer_once, str(path)), viewer(path, clock) as there:
        await until(lambda: there._status is not None)
        assert there.status().mode == "attached"
        clock.at_s += SILENT_S + 3
        with pytest.raises(MonitorError, match="has not answered for 7 s"):
            there.status()


@in_virtual_time
async def test_an_engine_of_another_version_is_named(path: Path) -> None:
    """One that knows no greeting yet, and one of a protocol to come; neither is asked more."""
    asked: list[str] = []
    replies = iter(
        [
            {"id": 0, "error": {"kind": "BadInput", "message": "unknown call 'hello'"}},
            {"id": 0, "data": Hello(protocol=PROTOCOL + 1, version="99.1")},
        ]
    )

    async def another(socket: ServerConnection) -> None:
        async for message in socket:
            asked.append(json.loads(message)["call"])
            await socket.send(msgspec.json.encode(next(replies)))

    path.parent.mkdir()
    async with unix_serve(another, str(path)):
        for words in ("an older version of tui-monitor", "version 99.1 of tui-monitor"):
            with pytest.raises(MonitorError, match=words) as raised:
                async with attached(path, Own()):
                    pass
            assert not isinstance(raised.value, EngineGone)
            assert "same version on both sides" in raised.value.hint
    assert asked == ["hello", "hello"]


@pytest.mark.parametrize(
    "error",
    [
        BadInput("no", "yes"),
        UnknownCoin("none"),
        AlreadyRuns("one"),
        FolderUnusable("/x"),
        MonitorError("plain", "hint"),
    ],
)
@in_virtual_time
async def test_what_the_engine_refuses_is_refused_in_its_words(
    path: Path, error: MonitorError
) -> None:
    """The kind of the error decides over exit codes and colours here as there."""
    here = MemorySource()
    here.failure = error
    async with viewers_served(here, Own(), path), viewer(path) as there:
        with pytest.raises(MonitorError) as raised:
            await there.source.sum_board(Query())
    assert type(raised.value) is type(error)
    assert raised.value.line() == error.line()


@in_virtual_time
async def test_a_bug_in_a_board_leaves_the_viewer_attached(path: Path) -> None:
    """It is said, the log has the traceback, the next board comes."""
    here = MemorySource()
    here.failure = RuntimeError("boom")
    async with viewers_served(here, Own(), path), viewer(path) as there:
        with pytest.raises(MonitorError, match="sum_board failed: RuntimeError"):
            await there.source.sum_board(Query())
        here.failure = None
        assert (await there.source.sum_board(Query())).nodes


@in_virtual_time
async def test_an_engine_that_goes_away_is_gone_for_all_that_waits(path: Path) -> None:
    """Also for what is asked afterwards; `run` ends with it."""
    async with viewers_served(MemorySource(), Own(), path):
        opened = attached(path, Own())
        there = await opened.__aenter__()
        run = asyncio.create_task(there.run())
        await until(lambda: there._status is not None)
    with pytest.raises(EngineGone):
        await run
    with pytest.raises(EngineGone):
        await there.source.sum_board(Query())
    await opened.__aexit__(None, None, None)
    with pytest.raises(EngineGone, match="no engine answers"):
        async with attached(path, Own()):
            pass


def left_over(path: Path) -> None:
    """As after an engine that was killed."""
    path.parent.mkdir(mode=0o700)
    path.write_text("dead")


def mode_of(path: Path) -> int | None:
    """Kind and rights of a file."""
    return path.stat().st_mode if path.exists() else None


@in_virtual_time
async def test_the_socket_is_ours_alone(path: Path) -> None:
    """Mode 0600 in a folder of 0700; a dead engine's is replaced; a folder where others write
    isn't used."""
    left_over(path)
    async with viewers_served(MemorySource(), Own(), path):
        assert mode_of(path) == stat.S_IFSOCK | 0o600
    assert mode_of(path) is None
    path.parent.chmod(0o720)
    with pytest.raises(FolderUnusable, match="others may write"):
        async with viewers_served(MemorySource(), Own(), path):
            pass


# What goes over the wire


async def asked(socket: ClientConnection, call: str, since: Any = None) -> dict[str, Any]:
    """One question in plain JSON."""
    await socket.send(json.dumps({"id": 1, "call": call, "args": {"query": {}}, "since": since}))
    reply: dict[str, Any] = json.loads(await socket.recv())
    return reply


@asynccontextmanager
async def plain(path: Path) -> AsyncIterator[ClientConnection]:
    """A viewer that speaks for itself."""
    async with unix_connect(
        str(path), "ws://localhost/", max_size=None, close_timeout=0.1
    ) as socket:
        yield socket


@in_virtual_time
async def test_what_has_not_changed_does_not_come_again(path: Path) -> None:
    """Its revision alone does; a changed answer has another one and comes whole."""
    here, clock = MemorySource(), Own()
    async with viewers_served(here, clock, path), plain(path) as socket:
        first = await asked(socket, "sum_board")
        assert first["data"]["nodes"]
        clock.at_s += FRESH_S
        assert await asked(socket, "sum_board", first["revision"]) == {
            "id": 1,
            "revision": first["revision"],
        }
        here.now_ms += 1_000
        clock.at_s += FRESH_S
        second = await asked(socket, "sum_board", first["revision"])
        assert second["revision"] != first["revision"]
        assert second["data"]["now_ms"] == here.now_ms
        assert (await asked(socket, "sum_board", "another"))["data"] == second["data"]


@in_virtual_time
async def test_only_so_many_answers_are_kept(path: Path) -> None:
    """Those that were asked for last; what is forgotten is made anew."""
    here = MemorySource()
    async with viewers_served(here, Own(), path), viewer(path) as there:
        for hour in range(MOST_ANSWERS + 1):
            await there.source.sum_board(Query(slot_ms=hour))
        await there.source.sum_board(Query(slot_ms=MOST_ANSWERS))
        await there.source.sum_board(Query(slot_ms=0))
    assert len(here.calls) == MOST_ANSWERS + 2


@in_virtual_time
async def test_an_answer_that_nobody_asks_for_is_let_go(path: Path) -> None:
    """One of a whole market has megabytes: who comes back later takes all of it again."""
    here, clock = MemorySource(), Own()
    async with viewers_served(here, clock, path), plain(path) as socket:
        first = await asked(socket, "sum_board")
        for _ in range(2):
            clock.at_s += UNASKED_S * 0.6
            again = await asked(socket, "sum_board", first["revision"])
            assert again["revision"] == first["revision"]
        clock.at_s += UNASKED_S
        await asked(socket, "signals_board")
        again = await asked(socket, "sum_board", first["revision"])
    assert again["revision"] != first["revision"]
    assert again["data"] == first["data"]


@in_virtual_time
async def test_many_viewers_cost_the_engine_one_question(path: Path) -> None:
    """Within the time that an answer counts as fresh."""
    here, clock = MemorySource(), Own()
    async with viewers_served(here, clock, path), plain(path) as one, plain(path) as other:
        answers = [await asked(socket, "sum_board") for socket in (one, other, one)]
    assert len(here.calls) == 1
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    "message",
    [
        "", "nonsense", "[]", b"\xff\xfe", '{"id": 1}', '{"id": 1, "call": "nothing"}',
        '{"id": 1, "call": "__init__"}', '{"id": 1, "call": "sum_board", "args": {"x": 1}}',
        '{"id": 1, "call": "sum_board", "args": {"query": {"first_day": "tomorrow"}}}',
        '{"id": 1, "call": "sum_board", "args": {"query": {}}, "since": [1]}',
        '{"id": 1, "call": "sum_board", "more": 1}', "[" * 10_000,
    ],
)  # fmt: skip
@in_virtual_time
async def test_what_is_no_question_is_refused_in_a_line(path: Path, message: str | bytes) -> None:
    """And the next one is answered."""
    async with viewers_served(MemorySource(), Own(), path), plain(path) as socket:
        await socket.send(message, text=isinstance(message, str))
        refused = json.loads(await socket.recv())
        assert refused["error"]["kind"] == "BadInput"
        assert "\n" not in refused["error"]["message"]
        assert "data" in await asked(socket, "sum_board")


@in_virtual_time
async def test_a_viewer_that_does_not_read_holds_up_nobody(path: Path) -> None:
    """He gets as much as he takes; the others go on."""
    here, clock = MemorySource(), Own()
    async with viewers_served(here, clock, path), plain(path) as slow, plain(path) as quick:
        slow.transport.pause_reading()
        for number in range(200):
            await slow.send(json.dumps({"id": number, "call": "sum_board", "args": {"query": {}}}))
        for _ in range(3):
            assert "data" in await asked(quick, "sum_board")
        slow.transport.resume_reading()
        assert json.loads(await slow.recv())["id"] == 0


@in_virtual_time
async def test_a_page_of_a_browser_and_too_many_viewers_are_turned_away(path: Path) -> None:
    """An Origin header is a browser's; 32 viewers are enough for one engine."""
    async with viewers_served(MemorySource(), Own(), path):
        with pytest.raises(InvalidStatus):
            async with unix_connect(str(path), "ws://localhost/", origin=Origin("https://x.y")):
                pass
        viewers = [await unix_connect(str(path), "ws://localhost/") for _ in range(MOST_VIEWERS)]
        with pytest.raises(InvalidStatus, match="503"):
            await unix_connect(str(path), "ws://localhost/")
        for one in viewers:
            await one.close()
