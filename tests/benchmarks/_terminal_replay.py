"""What a recorded terminal showed when, by pyte, after the fact: it costs the measured nothing."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import pyte

from tests.benchmarks._terminal_pty import Chunk, Press
from tests.support.terminal import without_queries

# How much of a screen must be there for it to count as shown: clocks go on.
_MOST = 0.9


class Replay:
    """Chunks drawn one after the other."""

    def __init__(self, chunks: Sequence[Chunk], columns: int, rows: int) -> None:
        self._left = list(reversed(chunks))
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    def lines(self) -> list[str]:
        """What the screen shows now."""
        return [str(line).rstrip() for line in self._screen.display]

    def until(self, at_s: float) -> None:
        """Draw what came before."""
        while self._left and self._left[-1].at_s < at_s:
            self._draw()

    def first(self, shown: Callable[[list[str]], bool], before_s: float) -> float | None:
        """When the screen first showed something; None if it did not until then."""
        while self._left and self._left[-1].at_s < before_s:
            at_s = self._draw()
            if shown(self.lines()):
                return at_s
        return None

    def _draw(self) -> float:
        chunk = self._left.pop()
        self._stream.feed(without_queries(chunk.data))
        return chunk.at_s


def answers_ms(
    chunks: Sequence[Chunk], presses: Sequence[Press], texts: Sequence[str], size: tuple[int, int]
) -> list[float | None]:
    """How long after each key its text, or that of a later key, was on the screen; None: never."""
    replay = Replay(chunks, *size)
    taken: list[float | None] = [None] * len(presses)
    waiting = 0
    while waiting < len(presses):
        replay.until(presses[waiting].at_s)
        left = texts[waiting:]
        at_s = replay.first(partial(_stands, texts=left), float("inf"))
        if at_s is None:
            break
        answered = waiting + (_which(replay.lines(), left) or 0)
        for index in range(waiting, answered + 1):
            taken[index] = (at_s - presses[index].at_s) * 1000
        waiting = answered + 1
    return taken


def _stands(lines: list[str], texts: Sequence[str]) -> bool:
    return _which(lines, texts) is not None


def _which(lines: Sequence[str], texts: Sequence[str]) -> int | None:
    """Which of these is on the screen."""
    shown = "\n".join(f" {line} " for line in lines)
    return next((index for index, text in enumerate(texts) if text in shown), None)


def switches_ms(
    chunks: Sequence[Chunk], presses: Sequence[Press], size: tuple[int, int]
) -> list[float]:
    """How long after each key the screen was, but for figures that move, what it came to be."""
    ends = [press.at_s for press in presses[1:]] + [float("inf")]
    settled, replay = [], Replay(chunks, *size)
    for end_s in ends:
        replay.until(end_s)
        settled.append(replay.lines())
    taken, replay = [], Replay(chunks, *size)
    for press, end_s, wanted in zip(presses, ends, settled, strict=True):
        replay.until(press.at_s)
        at_s = replay.first(partial(_is_shown, wanted=wanted), end_s)
        if at_s is not None:
            taken.append((at_s - press.at_s) * 1000)
    return taken


def _is_shown(lines: list[str], wanted: list[str]) -> bool:
    body = [(one, other) for one, other in zip(lines, wanted, strict=True) if other][1:]
    return sum(one == other for one, other in body) >= _MOST * len(body)


def over_link(chunks: Sequence[Chunk], bytes_per_s: float, way_s: float) -> list[Chunk]:
    """When the same bytes would have come over a slow link that keeps all it can't send yet."""
    free_s, late = 0.0, []
    for chunk in chunks:
        free_s = max(free_s, chunk.at_s) + len(chunk.data) / bytes_per_s
        late.append(Chunk(free_s + way_s, chunk.data))
    return late


def middle_and_tail(values: Iterable[float | None]) -> tuple[float, float]:
    """Median and 95th percentile; what never came counts as infinite."""
    known = sorted(float("inf") if value is None else value for value in values)
    return statistics.median_low(known), known[min(len(known) - 1, int(len(known) * 0.95))]
