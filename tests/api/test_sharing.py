"""Shared answers: one question to the source however many ask, and never an old answer."""

import asyncio
import weakref

import pytest

from tests.api.harness import endpoint
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.api.sharing import Shared
from tui_monitor.errors import StoreError


class Counter:
    """A question whose answer is how often it was asked; it takes a second."""

    def __init__(self) -> None:
        self.asked = 0
        self.failure: Exception | None = None

    async def ask(self) -> int:
        self.asked += 1
        mine = self.asked
        await asyncio.sleep(1)
        if self.failure is not None:
            raise self.failure
        return mine


@in_virtual_time
async def test_who_asks_together_shares_one_answer() -> None:
    """Ten at once are one question."""
    shared, counter = Shared(VirtualClock()), Counter()
    answers = await asyncio.gather(*(shared.once("key", 5, counter.ask) for _ in range(10)))
    assert answers == [1] * 10


@in_virtual_time
async def test_an_answer_is_told_for_its_time_only() -> None:
    """Then the source is asked again; each key has its own."""
    shared, counter = Shared(VirtualClock()), Counter()
    assert await shared.once("key", 5, counter.ask) == 1
    await asyncio.sleep(4.9)
    assert await shared.once("key", 5, counter.ask) == 1
    await asyncio.sleep(0.2)
    assert await shared.once("key", 5, counter.ask) == 2
    assert await shared.once("other", 5, counter.ask) == 3


@in_virtual_time
async def test_what_is_not_told_any_more_is_let_go() -> None:
    """A board of a whole market has megabytes."""
    shared = Shared(VirtualClock())

    async def board() -> Counter:
        return Counter()

    old = weakref.ref(await shared.once("old", 5, board))
    await asyncio.sleep(3)
    new = weakref.ref(await shared.once("new", 5, board))
    assert old() is not None
    await asyncio.sleep(3)
    await shared.once("newest", 5, board)
    assert old() is None
    assert new() is not None


@in_virtual_time
async def test_a_failure_is_not_kept() -> None:
    """The next one asks for itself."""
    shared, counter = Shared(VirtualClock()), Counter()
    counter.failure = StoreError("busy")
    with pytest.raises(StoreError):
        await shared.once("key", 5, counter.ask)
    counter.failure = None
    assert await shared.once("key", 5, counter.ask) == 2


@in_virtual_time
async def test_who_is_cut_off_leaves_the_question_to_the_next() -> None:
    """A cancelled asker must not block the others."""
    shared, counter = Shared(VirtualClock()), Counter()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await shared.once("key", 5, counter.ask)
    assert await shared.once("key", 5, counter.ask) == 2


@in_virtual_time
async def test_an_answer_from_before_a_change_is_not_kept() -> None:
    """It was under way when the change came."""
    shared, counter = Shared(VirtualClock()), Counter()
    asker = asyncio.ensure_future(shared.once("key", 5, counter.ask))
    await asyncio.sleep(0.5)
    shared.forget()
    assert await asker == 1
    assert await shared.once("key", 5, counter.ask) == 2


@in_virtual_time
async def test_questions_are_bounded() -> None:
    """Whatever a client thinks of asking."""
    shared, counter = Shared(VirtualClock()), Counter()
    for number in range(300):
        await shared.once(number, 1e9, counter.ask)
    assert len(shared._answers) <= 66
    assert len(shared._asking) <= 66


@in_virtual_time
async def test_coverage_shows_a_backfill_that_was_just_begun_or_stopped() -> None:
    """A shared answer is forgotten when something is changed through the endpoint."""
    async with endpoint() as served:
        assert (await served.get("/api/boards/coverage"))["data"]["running"] is None
        days = {"start": "2026-11-14", "end": "2026-11-16"}
        await served.http.post("/api/backfill-monitor/start", json=days)
        assert (await served.get("/api/boards/coverage"))["data"]["running"] is not None
        asked = served.source.asked
        await served.get("/api/boards/coverage")
        assert served.source.asked == asked
        await served.http.post("/api/backfill-monitor/stop")
        assert (await served.get("/api/boards/coverage"))["data"]["running"] is None
