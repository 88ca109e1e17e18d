"""Why a socket's life ended, and what to do about it: one pure function."""

from enum import StrEnum

from msgspec import Struct

from tui_monitor.feeds.pacing import backoff_s

STABLE_S = 60.0
POLITE_S = 0.25
# Without a Retry-After: what others wait after these (RFC 9110 names no time).
BAN_S = {403: 120.0, 418: 120.0, 429: 10.0, 451: 600.0}


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

    `banned`: the exchange told us to stay away until then.
    """

    delay_s: float
    attempt: int
    banned: bool = False


def verdict(ended: Ended, attempt: int, draw: float) -> Verdict:
    """What follows. `attempt` counts failures in a row before this end, `draw` is in 0 to 1."""
    failures = 0 if ended.stable else attempt
    if ended.status in BAN_S:
        asked_s = ended.retry_after_s
        wait_s = asked_s if asked_s is not None else BAN_S[ended.status]
        return Verdict(delay_s=wait_s + draw, attempt=failures + 1, banned=True)
    if ended.end is End.SUSPENDED or ended.stable:
        # Jitter: an upgrade sends every client away at the same moment.
        return Verdict(delay_s=POLITE_S + (1 - POLITE_S) * draw, attempt=failures)
    return Verdict(delay_s=backoff_s(failures, draw), attempt=failures + 1)
