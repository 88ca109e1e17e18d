"""What follows the end of a socket, as a table."""

import pytest

from tui_monitor.feeds.verdict import End, Ended, verdict


def test_a_stable_link_is_opened_again_within_a_second() -> None:
    """A minute with data resets the backoff, however many failures there were."""
    ended = Ended(end=End.DROPPED, lived_s=61, had_data=True)
    assert verdict(ended, 9, 0.5).delay_s == 0.625
    assert verdict(ended, 9, 1.0).delay_s == 1.0
    assert verdict(ended, 9, 0.5).attempt == 0


@pytest.mark.parametrize(
    "ended",
    [
        Ended(end=End.DROPPED, lived_s=61, had_data=False),
        Ended(end=End.DROPPED, lived_s=59, had_data=True),
        Ended(end=End.UNREACHABLE),
        Ended(end=End.REFUSED, status=200),
        Ended(end=End.REFUSED, status=503),
        Ended(end=End.SILENT, lived_s=10),
    ],
)
def test_what_is_not_stable_waits_longer_each_time(ended: Ended) -> None:
    """Opening alone proves nothing."""
    delays = [verdict(ended, attempt, 1.0).delay_s for attempt in range(7)]
    assert delays == [5, 10, 20, 40, 80, 120, 120]
    assert verdict(ended, 3, 1.0).attempt == 4


@pytest.mark.parametrize(
    ("status", "asked_s", "delay_s"),
    [
        (429, 600.0, 600), (429, None, 10), (418, None, 120), (403, None, 120), (451, None, 600),
    ],
)  # fmt: skip
def test_told_to_stay_away_it_stays_away(
    status: int, asked_s: float | None, delay_s: float
) -> None:
    """At least for as long as asked, and it is called a ban."""
    ended = Ended(end=End.REFUSED, status=status, retry_after_s=asked_s)
    decided = verdict(ended, 0, 0.25)
    assert decided.banned
    assert delay_s <= decided.delay_s <= delay_s + 1


def test_after_a_suspend_nothing_waits() -> None:
    """It was nobody's failure."""
    decided = verdict(Ended(end=End.SUSPENDED), 2, 1.0)
    assert decided.delay_s <= 1
    assert decided.attempt == 2
