"""What goes to the terminal, counted: for the status line of who pays for every byte."""

from collections import deque
from typing import ClassVar


class Written:
    """How many bytes were written lately."""

    # Long enough that a line once a second is a steady figure.
    WINDOW_S: ClassVar[float] = 5.0

    def __init__(self) -> None:
        self.total = 0
        self._before: deque[tuple[float, int]] = deque()

    def add(self, size: int, now_s: float) -> None:
        """So many more, now."""
        self._before.append((now_s, size))
        self.total += size
        self._forget(now_s)

    def per_s(self, now_s: float) -> float:
        """The mean of the window."""
        self._forget(now_s)
        return sum(size for _, size in self._before) / self.WINDOW_S

    def _forget(self, now_s: float) -> None:
        while self._before and self._before[0][0] <= now_s - self.WINDOW_S:
            self._before.popleft()
