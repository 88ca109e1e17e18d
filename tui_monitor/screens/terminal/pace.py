"""When the next frame is written: data at a bounded rate, the answer to a key at once.

A key that is held repeats thirty times a second. Were each repetition answered at once, it would
fill a link of 30 kB/s, and whatever is pressed next would wait behind what nobody can read.
"""

from typing import ClassVar


class Pace:
    """Times are those of the event loop, in seconds."""

    # How long after a key frames are written at once: its answer may come in several.
    ECHO_S: ClassVar[float] = 0.15
    # The same key again within this is held: fingers are slower, keyboards and links quicker.
    HELD_GAP_S: ClassVar[float] = 0.1
    # What the answers to a held key may write, so that two thirds of a slow link is the most.
    HELD_BYTES_PER_S: ClassVar[float] = 18_000.0

    def __init__(self, frames_per_s: float) -> None:
        self.set(frames_per_s)
        self._next_s = 0.0
        self._echo_until_s = 0.0
        self._last_key, self._last_key_s = "", 0.0
        self._is_held = False
        self._held_next_s = 0.0

    def set(self, frames_per_s: float) -> None:
        """So many frames a second at most, while no key asks for one."""
        self.gap_s = 1 / frames_per_s

    def answer(self, now_s: float) -> None:
        """What somebody waits for comes now."""
        self._echo_until_s = now_s + self.ECHO_S

    def press(self, key: str, now_s: float) -> None:
        """A key came, or something as urgent that has no name."""
        is_same = bool(key) and key == self._last_key
        self._is_held = is_same and now_s - self._last_key_s < self.HELD_GAP_S
        self._last_key, self._last_key_s = key, now_s
        self.answer(now_s)

    def due_s(self, now_s: float) -> float:
        """When the next frame may be written; not later than `now_s`: now."""
        if now_s >= self._echo_until_s:
            return self._next_s
        return self._held_next_s if self._is_held else now_s

    def painted(self, size: int, now_s: float) -> None:
        """A frame of so many bytes was written."""
        self._next_s = now_s + self.gap_s
        # An answer of several frames takes the time of all, and data's gap is the longest wait.
        held_s = max(self._held_next_s, now_s) + size / self.HELD_BYTES_PER_S
        self._held_next_s = min(held_s, self._next_s)
