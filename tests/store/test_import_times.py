"""Which of two times is true."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.store.builders import DAY, DAY_MS, NOW_MS, ZONE
from tui_monitor.clock import DAY_MS as LENGTH_MS
from tui_monitor.clock import SLOT_MS, BoardZone
from tui_monitor.errors import BadInput
from tui_monitor.store.import_times import TimeJudge

JUDGE = TimeJudge(ZONE, NOW_MS)
NOON_MS = DAY_MS + 24 * SLOT_MS


@pytest.mark.parametrize(
    ("ahead_s", "true_ahead_s", "words"),
    [
        (0, 0, ""),
        (1, 1, ""),
        (-360, 0, "360 s behind (local mean time)"),
        (28_800, 0, "28800 s ahead (local read as UTC)"),
        (365 * 86_400, 0, "impossible"),
        (-365 * 86_400, 0, "of another year"),
        (747, 747, "747 s ahead: the written time was moved to the slot"),
        (-189, -189, "189 s behind: the written time was moved"),
        (-900, -900, "900 s behind: the written time was moved"),
    ],
)
def test_each_known_cause_has_its_true_time(ahead_s: int, true_ahead_s: int, words: str) -> None:
    """And is told, unless the two agree."""
    judged = JUDGE.judge(NOON_MS, NOON_MS + ahead_s * 1000, base_date=DAY)
    assert judged.observed_ms == NOON_MS + true_ahead_s * 1000
    assert words in judged.remark
    assert bool(words) == bool(judged.remark)


@pytest.mark.parametrize("ahead_s", [2, 901, -901, 3_600, -28_800, 86_400])
def test_an_unknown_cause_is_refused(ahead_s: int) -> None:
    """Neither time can be believed. Away from a slot the text was not moved to one."""
    label_ms = NOON_MS if abs(ahead_s) > 900 else NOON_MS + 95_000
    with pytest.raises(BadInput, match="for no known cause"):
        JUDGE.judge(label_ms, label_ms + ahead_s * 1000, base_date=DAY)


def test_a_timestamp_on_another_day_than_the_base_gives_way() -> None:
    """A price of the evening before can't be measured against today's base."""
    judged = JUDGE.judge(DAY_MS, DAY_MS - 800_000, base_date=DAY)
    assert (judged.observed_ms, "another day" in judged.remark) == (DAY_MS, True)


def test_text_in_minutes_agrees_with_any_second_of_it() -> None:
    """The sum file writes HH:MM."""
    assert JUDGE.judge(NOON_MS, NOON_MS + 59_000, step_ms=60_000).observed_ms == NOON_MS + 59_000


def test_one_time_is_enough_and_none_is_not() -> None:
    """As long as it is possible."""
    assert JUDGE.judge(None, NOON_MS).observed_ms == NOON_MS
    assert JUDGE.judge(NOON_MS, None).observed_ms == NOON_MS
    for stamp_ms in (0, -5, 10**18, NOW_MS + 2 * LENGTH_MS):
        with pytest.raises(BadInput, match="impossible"):
            JUDGE.judge(None, stamp_ms)
    with pytest.raises(BadInput, match="no time"):
        JUDGE.judge(None, None)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59"]
)
def test_text_that_is_no_possible_time_is_refused(text: str) -> None:
    """Without a traceback."""
    with pytest.raises(BadInput):
        JUDGE.label_ms(text)


@given(st.integers(min_value=0, max_value=366 * 86_400))
@example(305 * 86_400 + 5_400)  # 01:30 for the second time, 2025-11-02
def test_what_we_write_ourselves_always_agrees(second: int) -> None:
    """Also in the hour that a clock set back shows twice."""
    zone = BoardZone("America/New_York")
    judge = TimeJudge(zone, NOW_MS)
    at_ms = zone.day_start_ms(date(2025, 1, 1)) + second * 1000
    judged = judge.judge(judge.label_ms(zone.format(at_ms)), at_ms)
    assert (judged.observed_ms, judged.remark) == (at_ms, "")
