"""A stream of changes of which one came to us damaged: what it said is lost for good."""

from collections.abc import Sequence

import pytest

from tests.feeds.bybit import rows
from tui_monitor.errors import Malformed
from tui_monitor.feeds.adapter import Damaged, Event, Ignored
from tui_monitor.feeds.bybit.adapter import BybitAdapter
from tui_monitor.feeds.bybit.mapper import GUESS
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.model import Market, Ticker

DELTA = rows.ticker("delta", ask1Price="2.7")
SPOILT = rows.ticker("delta", lastPrice="NaN", bid1Price="2.5")


def decode(adapter: BybitAdapter, frame: bytes) -> Sequence[Event]:
    """A frame's events; none of one that is no message."""
    try:
        return adapter.decode(frame)
    except Malformed:
        return ()


@pytest.mark.parametrize("damage", [SPOILT, SPOILT[: len(SPOILT) // 2], b"<html>"])
def test_after_a_lost_change_nothing_counts_until_the_next_snapshot(damage: bytes) -> None:
    """A bid that has changed in a damaged message must not be repeated as one of now."""
    adapter = BybitAdapter(InstrumentBook(GUESS[Market.PERP]), Market.PERP)
    decode(adapter, rows.ticker())
    (whole, *_) = decode(adapter, DELTA)
    assert isinstance(whole, Ticker)
    assert (whole.bid, whole.ask) == (2.4, 2.7)
    assert all(isinstance(event, Damaged) for event in decode(adapter, damage))
    (held,) = decode(adapter, DELTA)
    assert isinstance(held, Ignored)
    assert "before its snapshot" in held.reason
    decode(adapter, rows.ticker(bid1Price="2.5"))
    (again, *_) = decode(adapter, DELTA)
    assert isinstance(again, Ticker)
    assert (again.bid, again.ask) == (2.5, 2.7)
