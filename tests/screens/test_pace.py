"""When frames are written: what data, a key, and a key that is held bring."""

from tui_monitor.screens.terminal.pace import Pace

ROW_BYTES, PAGE_BYTES = 850, 4_000
REPEAT_S = 1 / 30


def written(frame_bytes: int, seconds: float, repeat_s: float = REPEAT_S) -> list[float]:
    """When frames are written while a key is held that wants one at each repetition."""
    pace, frames, now_s = Pace(4.0), [], 0.0
    wanted = False
    next_key_s = 0.0
    while now_s < seconds:
        if now_s >= next_key_s:
            pace.press("down", now_s)
            wanted, next_key_s = True, next_key_s + repeat_s
        if wanted and pace.due_s(now_s) <= now_s:
            pace.painted(frame_bytes, now_s)
            frames.append(now_s)
            wanted = False
        now_s += 0.001
    return frames


def test_a_key_that_is_held_leaves_a_third_of_a_slow_link() -> None:
    """Rows one by one or whole pages: no more than 20 kB/s of 30, and it keeps moving."""
    for frame_bytes, fewest in ((ROW_BYTES, 15), (PAGE_BYTES, 4)):
        frames = written(frame_bytes, 4.0)
        assert frames[0] == 0.0
        assert len(frames) * frame_bytes / 4.0 <= 20_000
        assert len(frames) / 4.0 >= fewest


def test_what_a_held_key_did_last_is_due_soon() -> None:
    """Nothing that was pressed is left unwritten, and nothing waits longer than data would."""
    pace = Pace(4.0)
    for count in range(30):
        pace.press("down", count * REPEAT_S)
        pace.painted(PAGE_BYTES, count * REPEAT_S)
    last_s = 29 * REPEAT_S
    assert last_s < pace.due_s(last_s) <= last_s + 0.25


def test_fingers_are_answered_at_once() -> None:
    """Eight presses a second are not a held key, and another key never waits."""
    assert len(written(PAGE_BYTES, 2.0, repeat_s=1 / 8)) == 16
    pace = Pace(4.0)
    for count in range(5):
        pace.press("down", count * REPEAT_S)
        pace.painted(PAGE_BYTES, count * REPEAT_S)
    assert pace.due_s(0.15) > 0.15
    pace.press("up", 0.15)
    assert pace.due_s(0.15) <= 0.15


def test_data_waits_for_its_turn() -> None:
    """Four frames a second; what is asked for comes at once."""
    pace = Pace(4.0)
    pace.painted(100, 10.0)
    assert pace.due_s(10.1) == 10.25
    pace.answer(10.1)
    assert pace.due_s(10.1) <= 10.1
