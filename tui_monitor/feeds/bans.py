"""How long hosts want to be left alone: known to all who ask them, and after a restart.

A ban that is forgotten is a ban that is broken: Binance's grow from 2 minutes to 3 days for those
who ask on.
"""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from tui_monitor.clock import DAY_MS, Clock
from tui_monitor.config import is_loopback
from tui_monitor.feeds.kept import KeptFile, Note, warn
from tui_monitor.feeds.pacing import Pause

FILE = "bans.json"
LONGEST_MS = 3 * DAY_MS
KEPT_FROM_S = 30.0
"""A shorter pause is over before the program is back."""
_MAX_BYTES = 64 * 1024

_Millis = Annotated[int, Meta(ge=0, lt=4_102_444_800_000)]


class _Span(Struct, frozen=True):
    since_ms: _Millis
    until_ms: _Millis


class _Contents(Struct, frozen=True):
    version: Literal[1]
    bans: Annotated[dict[Annotated[str, Meta(max_length=300)], _Span], Meta(max_length=64)]


def host_of(url: str) -> str:
    """What a ban is for: the host without its port.

    On this machine one port may stand for several exchanges, told apart by the first part of
    the path.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not is_loopback(host):
        return host
    return f"{parts.netloc.rpartition('@')[2]}/{parts.path.lstrip('/').partition('/')[0]}"


class Bans:
    """One `Pause` a host; those of 30 s and more stand in a file of the folder.

    What lasts is measured on the monotonic clock; the file says it in wall time, so a clock that
    was set while nothing ran may shorten a ban, or prolong it by no more than its whole length.
    """

    def __init__(self, folder: Path, clock: Clock, note: Note = warn) -> None:
        self._clock = clock
        self._pauses: dict[str, Pause] = {}
        self._file = KeptFile(folder / FILE, _Contents, max_bytes=_MAX_BYTES, note=note)
        self._load()

    def pause(self, host: str) -> Pause:
        """The host's, the same for everybody who asks it."""
        if host not in self._pauses:
            self._pauses[host] = Pause(self._clock)
        return self._pauses[host]

    def remaining_s(self, host: str) -> float:
        """Seconds for which nothing may go to the host; 0: it may be asked."""
        return self.pause(host).remaining_s()

    def ban(self, host: str, seconds: float, why: str = "") -> None:
        """Leave the host alone from now on, at least for so long."""
        self.pause(host).extend(min(seconds, LONGEST_MS / 1000), why)
        if seconds >= KEPT_FROM_S:
            self._save()

    def _load(self) -> None:
        contents = self._file.load()
        if contents is None:
            return
        now_ms = self._clock.now_ms()
        for host, span in contents.bans.items():
            whole_ms = min(LONGEST_MS, span.until_ms - span.since_ms)
            left_ms = min(whole_ms, span.until_ms - now_ms)
            if left_ms > 0:
                self.pause(host).extend(left_ms / 1000, "it was told to us before the start")
        # Forgets what is over; and what a clock set back would prolong ends at a time now known.
        self._save()

    def _save(self) -> None:
        now_ms = self._clock.now_ms()
        left_ms = {host: round(self.remaining_s(host) * 1000) for host in self._pauses}
        spans = {host: _Span(now_ms, now_ms + ms) for host, ms in left_ms.items() if ms > 0}
        self._file.save(_Contents(1, spans))
