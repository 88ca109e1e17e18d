"""The boards that streams share: made once, numbered, and let go when nobody asks."""

import pytest

from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.api.channels import CHANGES_BYTES, FRESH_S, MOST_CHANNELS, UNASKED_S, Channels
from tui_monitor.deltas import Tree
from tui_monitor.errors import StoreError


class Board:
    """Counts how often it is made."""

    def __init__(self) -> None:
        self.made = 0
        self.tree: Tree = {"rows": []}
        self.failure: StoreError | None = None

    async def make(self) -> Tree:
        self.made += 1
        if self.failure is not None:
            raise self.failure
        return self.tree


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
    assert behind["data"] == board.tree


@in_virtual_time
async def test_a_failure_is_not_kept() -> None:
    """Whoever asks next asks again."""
    board = Board()
    channels = Channels(VirtualClock())
    board.failure = StoreError("the database is locked")
    with pytest.raises(StoreError):
        await channels.reply(b"x", board.make, None)
    board.failure = None
    assert (await channels.reply(b"x", board.make, None))["data"] == board.tree


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
    assert (late["data"], late["missed"]) == (board.tree, None)
    await clock.sleep(UNASKED_S)
    await channels.reply(b"last", board.make, None)
    gone = await channels.reply(b"first", board.make, late["revision"])
    assert gone["missed"] is None
