"""Everything that can go wrong, classed by what to do about it.

    MonitorError                one clear line: what, where, what to do
    ├── BadInput                the user can mend it: a date, a file, a name (exit 2, HTTP 400)
    │   ├── UnknownCoin         nobody lists it (HTTP 404)
    │   └── AlreadyRuns         one is under way; wait or stop it (HTTP 409)
    ├── SettingsError           the same for the configuration; names file and key (exit 2)
    ├── EngineHeld              another process runs the engine on this data folder (exit 1)
    ├── EngineGone              the engine that we were attached to (tried again; exit 1)
    ├── FolderUnusable          a folder or port that can't be had (exit 1)
    ├── StoreError
    │   ├── StoreUnusable       not our database, damaged, or from a newer version
    │   └── StoreFull           recording pauses, monitoring goes on
    ├── FeedError               never leaves feeds/ (a one-shot command may report it)
    │   ├── Malformed           count it, keep a sample, go on
    │   ├── Rejected            the exchange refused this request or subscription
    │   ├── Unreachable         network, time-out, 5xx: try again later
    │   └── RateLimited         wait until `until_s`; every request of that exchange waits
    └── SimulatorError          the built-in exchanges can't start

A broad `except` anywhere either changes a state that somebody can see or raises again.
"""

import errno
from collections.abc import Sequence

# What a write fails with where there is no room for it.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# What helps where not even a small file can be made or written.
MAKE_ROOM = "free some disk space, or give another folder with --data-dir"


def has_no_room(error: OSError) -> bool:
    """Whether a file could not be made or written because the disk (quota, limit) is full."""
    return error.errno in NO_ROOM


class MonitorError(Exception):
    """Base of all expected failures. `hint` says what to do; it may be empty."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def line(self) -> str:
        """One line for stderr: the message, then the hint."""
        return f"{self.message} ({self.hint})" if self.hint else self.message


class BadInput(MonitorError):
    """Something the user gave can't be used."""

    exit_code = 2


class UnknownCoin(BadInput):
    """No exchange lists a coin of that name."""


class NotListedYet(UnknownCoin):
    """An engine that has just begun: no exchange has told yet what it lists."""

    exit_code = 1


class AlreadyRuns(BadInput):
    """What was asked to begin is under way."""


class SettingsError(MonitorError):
    """A setting is unknown, of the wrong type or out of range. `others`: what is wrong besides."""

    exit_code = 2

    def __init__(
        self, message: str, hint: str = "", others: Sequence["SettingsError"] = ()
    ) -> None:
        super().__init__(message, hint)
        self.others = others

    def line(self) -> str:
        """The first of them, and how many more there are."""
        if not self.others:
            return super().line()
        return f"{super().line()}; and {len(self.others)} more: tui-monitor config check lists them"


class EngineHeld(MonitorError):
    """Another process holds `engine.lock` of this data folder."""


class EngineGone(MonitorError):
    """The engine in another process no longer answers, or none does. `silent`: it is there."""

    def __init__(self, message: str, hint: str = "", *, silent: bool = False) -> None:
        super().__init__(message, hint)
        self.silent = silent


class FolderUnusable(MonitorError):
    """A folder can't be written, or a port can't be bound."""


class StoreError(MonitorError):
    """The database can't do what was asked."""


class StoreUnusable(StoreError):
    """The file is foreign, damaged or from a newer version."""


class StoreFull(StoreError):
    """The disk or the size cap is reached; nothing more can be recorded for now."""


class FeedError(MonitorError):
    """Something between us and an exchange."""


class Malformed(FeedError):
    """Bytes that are not what the protocol page describes."""


class Rejected(FeedError):
    """The exchange understood and refused. `code` is the exchange's own."""

    def __init__(self, message: str, code: str = "", hint: str = "") -> None:
        super().__init__(message, hint)
        self.code = code


class Unreachable(FeedError):
    """No answer, or an answer that says "not now"."""


class RateLimited(FeedError):
    """Too many requests; `retry_after_s` is what the exchange asks us to wait."""

    def __init__(self, message: str, retry_after_s: float, hint: str = "") -> None:
        super().__init__(message, hint)
        self.retry_after_s = retry_after_s


class SimulatorError(MonitorError):
    """The simulator can't start."""
