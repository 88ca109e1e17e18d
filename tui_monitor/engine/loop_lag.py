"""How late the event loop's timers fire: what a slow callback does to everything else."""

from collections import deque
from statistics import median

from tui_monitor.clock import Clock

SAMPLE_S = 0.5
SAMPLES = 120


class LoopLag:
    """Measures while `run()` does; what is told is of the last minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lags_s: deque[float] = deque(maxlen=SAMPLES)

    async def run(self) -> None:
        """For ever, until cancelled: sleep a while and see how much longer it took."""
        while True:
            due_s = self._clock.monotonic_s() + SAMPLE_S
            await self._clock.sleep(SAMPLE_S)
            self._lags_s.append(max(0.0, self._clock.monotonic_s() - due_s))

    @property
    def usual_ms(self) -> float | None:
        """The middle one; None before the first sample."""
        return median(self._lags_s) * 1000 if self._lags_s else None

    @property
    def worst_ms(self) -> float | None:
        """The longest; None before the first sample."""
        return max(self._lags_s) * 1000 if self._lags_s else None
