"""Each kind of fault on each exchange: seen, explained, survived, healed."""

from collections.abc import Callable

import pytest

from tests.feeds.faults.broken import broken
from tests.feeds.faults.cases import AWAY_S, BRIDGED, KINDS, case_of
from tests.feeds.faults.story import Story
from tests.feeds.faults.summary import PROPERTY
from tests.support.virtual_time import in_virtual_time
from tui_monitor.model import Exchange
from tui_monitor.simulator.faults import KINDS as SIMULATED

Record = Callable[[str, object], None]


def test_every_kind_is_in_the_table() -> None:
    """A new fault of the simulator needs an answer here."""
    assert set(KINDS) == set(SIMULATED)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [exchange.value for exchange in Exchange])
@in_virtual_time
async def test_a_fault_is_seen_explained_survived_and_healed(
    name: str, kind: str, record_property: Record
) -> None:
    """No value that was never true, no reason that is empty, no limit broken, no task lost."""
    case = case_of(Exchange(name), kind)
    about = broken(case.exchange, case.markets, lists_every_s=case.lists_every_s, **case.settings)
    async with about as it:
        await it.clock.sleep(1.5)
        story = Story(it, case)
        await story.unfold()
        _assert_seen(story)
        _assert_bridged(story)
        assert story.untidy() == []
        assert it.falsehoods() == []
        assert it.untrue_rows() == []
        assert it.violations == []
        stood_in = "R" if story.bridged else "-"
        shown = f"{story.detected_s:.1f} / {stood_in} / {story.healed_s:.1f}"
        record_property(PROPERTY, [name, kind, shown])


def _assert_seen(story: Story) -> None:
    case = story.case
    assert set(story.told_s) == set(case.told), sorted(story.it.signs())
    assert min(story.told_s.values()) <= case.by_s
    if case.away is not None:
        assert (story.away_s is not None) is case.away
    if story.away_s is not None:
        assert story.away_s <= max(AWAY_S, case.by_s)
    assert story.unexplained == set()
    assert story.unprintable == set()


def _assert_bridged(story: Story) -> None:
    if not story.case.bridged:
        return
    expected = BRIDGED[story.case.exchange]
    assert expected <= story.bridged
    closed = {(one.market, one.channel) for one in story.it.outages if one.end_ms and one.bridged}
    assert expected <= closed
