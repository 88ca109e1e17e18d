"""Work in steps: what comes out is what comes out at once, and others have their turn meanwhile."""

import asyncio

from tui_monitor.steps import STEPS_A_ROUND, Steps, at_once, gathered, in_steps


def squares(count: int) -> Steps[list[int]]:
    """Ten in a step."""
    return gathered((number**2 for number in range(count)), 10)


async def test_what_is_done_in_steps_is_what_is_done_at_once() -> None:
    """However many steps that are."""
    for count in (0, 1, 9, 10, 11, 100):
        assert await in_steps(squares(count)) == at_once(squares(count))
    assert at_once(squares(4)) == [0, 1, 4, 9]


async def test_between_two_steps_others_have_their_turn() -> None:
    """One turn for each ten."""
    work = asyncio.ensure_future(in_steps(squares(1_000)))
    turns = 0
    while not work.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns >= 100


async def test_of_several_works_few_steps_are_done_between_two_turns_of_others() -> None:
    """Many viewers' steps together would hold the loop as one large one does."""
    done: list[str] = []

    def noted(name: str) -> Steps[None]:
        for _ in range(20):
            done.append(name)
            yield

    works = [asyncio.ensure_future(in_steps(noted(name))) for name in "abcdef"]
    while not all(work.done() for work in works):
        before = len(done)
        await asyncio.sleep(0)
        assert len(done) - before <= STEPS_A_ROUND
    assert sorted(done[:12]) == [*"aabbccddeeff"]  # each has its turn


async def test_a_work_that_is_given_up_holds_up_no_other() -> None:
    """Whoever asked for it may have left."""
    works = [asyncio.ensure_future(in_steps(squares(1_000))) for _ in range(5)]
    await asyncio.sleep(0)
    for work in works[:4]:
        work.cancel()
    assert await works[4] == at_once(squares(1_000))
