"""What this process takes of its machine, asked of the system without a library."""

import contextlib
import os
import resource
import stat
import sys
import threading
from pathlib import Path

from tui_monitor.boards.system import ProcessFigures
from tui_monitor.clock import Clock
from tui_monitor.engine.loop_lag import LoopLag

# CPU time is counted in ticks of 10 ms: over less the share would be noise.
_CPU_OVER_S = 0.5


class ProcessProbe:
    """Looks at the process; `since` is when it was made."""

    def __init__(self, clock: Clock, loop_lag: LoopLag) -> None:
        self._clock = clock
        self._loop_lag = loop_lag
        self._started_ms = clock.now_ms()
        self._started_s = clock.monotonic_s()
        self._looked = (self._started_s, _cpu_s())
        self._cpu_pct: float | None = None

    def look(self) -> ProcessFigures:
        """The figures of now."""
        memory = memory_bytes()
        return ProcessFigures(
            started_ms=self._started_ms,
            uptime_s=self._clock.monotonic_s() - self._started_s,
            memory_bytes=memory,
            # The kernel's two counts lag behind each other.
            memory_peak_bytes=max(memory or 0, _memory_peak_bytes()),
            cpu_pct=self._cpu(),
            threads=threading.active_count(),
            sockets=_sockets(),
            loop_lag_ms=self._loop_lag.usual_ms,
            loop_lag_worst_ms=self._loop_lag.worst_ms,
        )

    def _cpu(self) -> float | None:
        now_s, used_s = self._clock.monotonic_s(), _cpu_s()
        before_s, before_used_s = self._looked
        if now_s - before_s >= _CPU_OVER_S:
            self._cpu_pct = 100 * (used_s - before_used_s) / (now_s - before_s)
            self._looked = (now_s, used_s)
        return self._cpu_pct


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system


def memory_bytes() -> int | None:
    """The resident set; None where the system does not tell without help, as only Linux does."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return None
    return pages * resource.getpagesize()


def _memory_peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _sockets() -> int | None:
    """Open sockets of every kind; None where descriptors can't be listed."""
    try:
        names = [int(name) for name in os.listdir("/dev/fd")]  # noqa: PTH208 - numbers, not paths
    except OSError:
        return None
    found = 0
    for number in names:
        # The listing itself had one, which is closed by now.
        with contextlib.suppress(OSError):
            found += stat.S_ISSOCK(os.fstat(number).st_mode)
    return found
