"""Bars open where OKX says they do."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.simulator.okx.bars import BARS


def ms(text: str) -> int:
    """A UTC time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("bar", "moment", "opens"),
    [
        ("1m", "2026-11-21T06:44:52", "2026-11-21T06:44"),
        ("30m", "2026-11-21T06:44:52", "2026-11-21T06:30"),
        ("4H", "2026-11-21T06:44:52", "2026-11-21T04:00"),
        ("6H", "2026-11-21T06:44:52", "2026-11-21T04:00"),
        ("6Hutc", "2026-11-21T06:44:52", "2026-11-21T06:00"),
        ("12H", "2026-11-21T06:44:52", "2026-11-21T04:00"),
        # The documentation's example of a day.
        ("1D", "2021-08-27T12:00:00", "2021-08-26T16:00"),
        ("1D", "2026-11-21T15:59:59", "2026-11-20T16:00"),
        ("1D", "2026-11-21T16:00:00", "2026-11-21T16:00"),
        ("1Dutc", "2026-11-21T15:59:59", "2026-11-21T00:00"),
        # 2026-11-21 is a Saturday; weeks open on Mondays.
        ("1W", "2026-11-21T06:44:52", "2026-11-15T16:00"),
        ("1Wutc", "2026-11-21T06:44:52", "2026-11-16T00:00"),
        ("1M", "2026-11-30T16:00:00", "2026-11-30T16:00"),
        ("1M", "2026-11-30T15:59:59", "2026-10-31T16:00"),
        ("1Mutc", "2026-11-30T16:00:00", "2026-11-01T00:00"),
        ("3Mutc", "2026-11-30T16:00:00", "2026-10-01T00:00"),
    ],
)
def test_a_bar_opens_on_its_boundary(bar: str, moment: str, opens: str) -> None:
    """Bars without a suffix follow UTC+8 from six hours on, months follow the calendar."""
    assert BARS[bar].open_of(ms(moment)) == ms(opens)


@given(st.sampled_from(sorted(BARS)), st.integers(ms("2019-12-26"), ms("2035-01-01")))
def test_bars_lie_side_by_side(bar: str, moment: int) -> None:
    """Every moment is in exactly one bar, and going there and back ends where it began."""
    timeframe = BARS[bar]
    open_ms = timeframe.open_of(moment)
    end_ms = timeframe.after(open_ms)
    assert open_ms <= moment < end_ms
    assert timeframe.open_of(open_ms) == open_ms
    assert timeframe.before(end_ms) == open_ms
    assert open_ms % 60_000 == 0
