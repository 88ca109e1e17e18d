"""Days, slots and times as people write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.clock import (
    DAY_MS,
    SLOT_MS,
    BoardZone,
    day_alone,
    epoch_ms,
    nearest_slot,
    parse_day,
    slot_of,
    utc_text,
)
from tui_monitor.errors import BadInput

ZONE = BoardZone()
MIDNIGHT_MS = 1_767_456_000_000  # 2026-01-04 00:00 +08:00


def test_the_board_day_begins_at_midnight_of_a_fixed_utc_plus_8() -> None:
    """Also for the years in which Shanghai had summer time."""
    assert ZONE.day_start_ms(date(2026, 1, 4)) == MIDNIGHT_MS
    assert ZONE.day_of(MIDNIGHT_MS) == date(2026, 1, 4)
    assert ZONE.day_of(MIDNIGHT_MS - 1) == date(2026, 1, 3)
    assert ZONE.format(MIDNIGHT_MS) == "2026-01-04 00:00:00"
    summer_1988 = datetime(1988, 7, 1, tzinfo=UTC)
    assert ZONE.format(int(summer_1988.timestamp() * 1000)) == "1988-07-01 08:00:00"


def test_a_day_has_48_slots_but_when_a_clock_is_set() -> None:
    """New York loses two slots in March and gains two in November."""
    assert len(ZONE.slots(date(2026, 1, 4))) == 48
    new_york = BoardZone("America/New_York")
    assert len(new_york.slots(date(2026, 3, 8))) == 46
    assert len(new_york.slots(date(2026, 11, 1))) == 50


@pytest.mark.parametrize("name", ["Asia/Kathmandu", "Mars/Base", "../etc/passwd", ""])
def test_a_zone_that_slots_do_not_fit_or_that_is_none_is_refused(name: str) -> None:
    """Kathmandu's +05:45 would put slots inside the bars."""
    with pytest.raises(BadInput):
        BoardZone(name)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-04 00:00:00",
        "2026-01-04",
        "2026-01-04T00:00",
        "2026-01-03T16:00:00Z",
        "2026-01-03T16:00:00+00:00",
        "1767456000",
        "1767456000000",
    ],
)
def test_a_time_may_be_local_iso_or_epoch(text: str) -> None:
    """All of these are the same moment."""
    assert ZONE.parse(text) == MIDNIGHT_MS


@pytest.mark.parametrize("text", ["2026-01-04", "20260104", " 20260104 "])
def test_eight_digits_that_are_a_day_are_that_day(text: str) -> None:
    """As `parse_day` has it; as the end of a span it is included whole."""
    assert day_alone(text) == date(2026, 1, 4) == parse_day(text)
    assert ZONE.parse(text) == MIDNIGHT_MS
    assert ZONE.parse_last(text) == MIDNIGHT_MS + 86_400_000 - 1
    assert ZONE.parse_last("1767456000") == MIDNIGHT_MS


def test_a_number_of_few_digits_is_no_time() -> None:
    """It would be one in the seventies; 0 is the beginning."""
    assert ZONE.parse("0") == 0
    for text in ("5", "20261345", "999999999", "0.5"):
        with pytest.raises(BadInput, match="not a time") as caught:
            ZONE.parse(text)
        assert "ten digits" in caught.value.hint


@given(st.integers(0, 4_102_444_799_999))
def test_no_millisecond_is_lost_on_the_way_through_text(ms: int) -> None:
    """What is written with milliseconds reads as the same ones."""
    assert ZONE.parse(utc_text(ms)) == ms


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "2026-01-04 25:00", "١٢٣"])
def test_what_is_no_time_is_named(text: str) -> None:
    """One line that repeats the text."""
    with pytest.raises(BadInput, match="is not a"):
        ZONE.parse(text)
    with pytest.raises(BadInput, match="is not a day"):
        parse_day(text)


def test_the_nearest_slot_prefers_the_earlier_one_on_a_tie() -> None:
    """A quarter past belongs to the slot before it."""
    assert nearest_slot(MIDNIGHT_MS + SLOT_MS // 2) == MIDNIGHT_MS
    assert nearest_slot(MIDNIGHT_MS + SLOT_MS // 2 + 1) == MIDNIGHT_MS + SLOT_MS


@given(st.integers(0, 4_000_000_000_000))
def test_slots_and_days_agree_with_the_zone_database(ms: int) -> None:
    """Another implementation of the same calendar gives the same day and the same slot."""
    other = datetime.fromtimestamp(ms / 1000, ZoneInfo("Etc/GMT-8"))
    assert ZONE.day_of(ms) == other.date()
    assert slot_of(ms) in ZONE.slots(other.date())
    assert 0 <= ms - ZONE.day_start_ms(other.date()) < DAY_MS


def test_seconds_and_milliseconds_are_told_apart() -> None:
    """By size: no board shows 1973 or the year 5000."""
    assert epoch_ms(1_767_456_000) == epoch_ms(1_767_456_000_000) == MIDNIGHT_MS
    for ms in (641, 999, 1, 57):
        assert utc_text(MIDNIGHT_MS + ms) == f"2026-01-03T16:00:00.{ms:03d}Z"
    assert utc_text(MIDNIGHT_MS) == "2026-01-03T16:00:00.000Z"
