"""The boards that streams share: made once, numbered, and let go when nobody asks."""

import asyncio

import msgspec
import pytest

from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.api.change_steps import STEP_BYTES
from tui_monitor.api.channels import (
    CHANGES_BYTES,
    FRESH_S,
    MOST_CHANNELS,
    UNASKED_S,
    Channels,
    Reply,
)
from tui_monitor.deltas import Tree
from tui_monitor.errors import StoreError


def tree_of(reply: Reply) -> Tree:
    """The whole board that a reply has."""
    return msgspec.json.decode(reply["data"])


class Board:
    """Counts how often it is made."""

    def __init__(self) -> None:
        self.made = 0
        self.tree: Tree = {"rows": []}
        self.failure: StoreError | None = None

    async def make(self) -> bytes:
        self.made += 1
        if self.failure is not None:
            raise self.failure
        return msgspec.json.encode(self.tree)


@in_virtual_time
async def test_a_board_that_is_the_same_is_no_new_revision() -> None:
    """And is made once for all who ask within a quarter of a second."""
    clock, board = VirtualClock(), Board()
    channels = Channels(clock)
    first = await channels.reply(b"x", board.make, None)
    assert await channels.reply(b"x", board.make, None) == first
    assert board.made == 1
    await clock.sleep(FRESH_S)
    same = await channels.reply(b"x", board.make, first["revision"])
    assert same == {"revision": first["revision"], "changes": []}
    assert board.made == 2
    board.tree = {"rows": [{"id": 1}]}
    await clock.sleep(FRESH_S)
    other = await channels.reply(b"x", board.make, first["revision"])
    assert other["revision"].number == 2
    assert len(other["changes"]) == 1


@in_virtual_time
async def test_of_a_board_that_changes_by_megabytes_only_the_newest_change_is_kept() -> None:
    """Thirty of those would be gigabytes; whoever is one behind gets it, others hear of it."""
    clock, board = VirtualClock(), Board()
    channels = Channels(clock)
    revisions = []
    for number in range(5):
        board.tree = {"rows": [{"id": 1, "text": str(number) * (CHANGES_BYTES // 2)}]}
        revisions.append((await channels.reply(b"x", board.make, None))["revision"])
        await clock.sleep(FRESH_S)
    assert len(channels._channels[b"x"].changes) == 1
    assert len((await channels.reply(b"x", board.make, revisions[3]))["changes"]) == 1
    behind = await channels.reply(b"x", board.make, revisions[1])
    assert behind["missed"] == 3
    assert tree_of(behind) == board.tree


@in_virtual_time
async def test_a_failure_is_not_kept() -> None:
    """Whoever asks next asks again."""
    board = Board()
    channels = Channels(VirtualClock())
    board.failure = StoreError("the database is locked")
    with pytest.raises(StoreError):
        await channels.reply(b"x", board.make, None)
    board.failure = None
    assert tree_of(await channels.reply(b"x", board.make, None)) == board.tree


@in_virtual_time
async def test_what_nobody_asks_for_is_let_go() -> None:
    """The oldest of too many, and all after a minute; who comes back gets it whole, and knows."""
    clock, board = VirtualClock(), Board()
    channels = Channels(clock)
    first = await channels.reply(b"first", board.make, None)
    for number in range(MOST_CHANNELS - 1):
        await channels.reply(b"%d" % number, board.make, None)
    assert "changes" in await channels.reply(b"first", board.make, first["revision"])
    for number in range(MOST_CHANNELS):
        await channels.reply(b"other %d" % number, board.make, None)
    late = await channels.reply(b"first", board.make, first["revision"])
    assert (tree_of(late), late["missed"]) == (board.tree, None)
    await clock.sleep(UNASKED_S)
    await channels.reply(b"last", board.make, None)
    gone = await channels.reply(b"first", board.make, late["revision"])
    assert gone["missed"] is None


@in_virtual_time
async def test_while_a_large_board_is_compared_others_have_their_turn() -> None:
    """A feed waits for some rows, not for all of them."""
    clock, board = VirtualClock(), Board()
    channels = Channels(clock)
    board.tree = {"rows": [{"id": number, "text": "x" * 100} for number in range(3_000)]}
    await channels.reply(b"x", board.make, None)
    await clock.sleep(FRESH_S)
    board.tree = {"rows": [{"id": number, "text": "y" * 100} for number in range(3_000)]}
    asked = asyncio.ensure_future(channels.reply(b"x", board.make, None))
    turns = 0
    while not asked.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > len(msgspec.json.encode(board.tree)) / STEP_BYTES
