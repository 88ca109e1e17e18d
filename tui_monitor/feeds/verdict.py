"""Why a socket's life ended, and what to do about it: one pure function."""

from enum import StrEnum

from msgspec import Struct

from tui_monitor.feeds.pacing import backoff_s

STABLE_S = 60.0
POLITE_S = 0.25
# Without a Retry-After: what others wait after these (RFC 9110 names no time).
BAN_S = {403: 120.0, 418: 120.0, 429: 10.0, 451: 600.0}
# The longest wait while REST works: the exchange can be reached, so soon the stream can too.
LONGEST_BRIDGED_S = 15.0


class End(StrEnum):
    """The ways to end."""

    DROPPED = "the exchange closed the stream"
    UNREACHABLE = "the stream can't be reached"
    REFUSED = "the stream was refused"
    SILENT = "no data"
    NO_PONG = "no answer to a ping"
    UNACKNOWLEDGED = "subscriptions were never confirmed"
    MALFORMED = "too many damaged messages"
    SUSPENDED = "the machine slept"
    UNWANTED = "nothing is asked for any more"


class Ended(Struct, frozen=True, kw_only=True):
    """One socket's life. `status` is the HTTP status of a refused handshake."""

    end: End
    detail: str = ""
    lived_s: float = 0.0
    had_data: bool = False
    status: int | None = None
    retry_after_s: float | None = None

    @property
    def stable(self) -> bool:
        """Whether the link proved itself: a minute, and data. Only that resets the backoff."""
        return self.lived_s >= STABLE_S and self.had_data

    @property
    def text(self) -> str:
        """For a person."""
        return f"{self.end.value}: {self.detail}" if self.detail else self.end.value


class Verdict(Struct, frozen=True, kw_only=True):
    """When to try again, and how many failures in a row that makes.

    `bridged_delay_s` is for as long as REST stands in, never the longer of the two.
    `banned`: the exchange told us to stay away until then.
    """

    delay_s: float
    bridged_delay_s: float
    attempt: int
    banned: bool = False


def verdict(ended: Ended, attempt: int, draw: float) -> Verdict:
    """What follows. `attempt` counts failures in a row before this end, `draw` is in 0 to 1."""
    failures = 0 if ended.stable else attempt
    if ended.status in BAN_S:
        asked_s = ended.retry_after_s
        wait_s = asked_s if asked_s is not None else BAN_S[ended.status]
        delay_s = wait_s + draw
        return Verdict(delay_s=delay_s, bridged_delay_s=delay_s, attempt=failures + 1, banned=True)
    if ended.end is End.SUSPENDED or ended.stable:
        # Jitter: an upgrade sends every client away at the same moment.
        delay_s = POLITE_S + (1 - POLITE_S) * draw
        return Verdict(delay_s=delay_s, bridged_delay_s=delay_s, attempt=failures)
    delay_s = backoff_s(failures, draw)
    # From its upper half: an exchange that accepts and drops is not asked faster than this.
    bridged_s = LONGEST_BRIDGED_S * (1 + draw) / 2
    return Verdict(delay_s=delay_s, bridged_delay_s=min(delay_s, bridged_s), attempt=failures + 1)
