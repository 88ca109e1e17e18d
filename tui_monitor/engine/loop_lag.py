"""How late the event loop's timers fire: what a slow callback does to everything else."""

from collections import deque
from math import inf
from statistics import median

from tui_monitor.clock import Clock

SAMPLE_S = 0.5
SAMPLES = 120
# Nothing of ours runs so long at once: the process or the machine was stopped.
STOOD_STILL_S = 3.0
# What it did to the feeds shows in that time.
AFTERMATH_S = 15.0


class LoopLag:
    """Measures while `run()` does; what is told is of the last minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lags_s: deque[float] = deque(maxlen=SAMPLES)
        self._due_s: float | None = None
        self._still_s = 0.0
        self._went_on_s = -inf

    async def run(self) -> None:
        """For ever, until cancelled: sleep a while and see how much longer it took."""
        while True:
            self._due_s = due_s = self._clock.monotonic_s() + SAMPLE_S
            await self._clock.sleep(SAMPLE_S)
            self._lags_s.append(max(0.0, self._clock.monotonic_s() - due_s))
            self.stood_still_s()

    def stood_still_s(self) -> float | None:
        """For how long nothing ran here, now or a moment ago; None where all went on.

        Whoever runs first after a standstill may ask, whichever timer that is.
        """
        now_s = self._clock.monotonic_s()
        late_s = 0.0 if self._due_s is None else now_s - self._due_s
        if late_s >= STOOD_STILL_S:
            self._still_s, self._went_on_s = late_s, now_s
        return self._still_s if now_s - self._went_on_s < AFTERMATH_S else None

    @property
    def usual_ms(self) -> float | None:
        """The middle one; None before the first sample."""
        return median(self._lags_s) * 1000 if self._lags_s else None

    @property
    def worst_ms(self) -> float | None:
        """The longest; None before the first sample."""
        return max(self._lags_s) * 1000 if self._lags_s else None
