"""Large answers, kept while the market stands still: those who ask together get the same bytes."""

_QUANTUM_MS = 100
_LARGE_BYTES = 20_000
_MOST = 24


class Bodies:
    """Encoded answers of one root by path and query, for a tenth of a second each."""

    def __init__(self) -> None:
        self._quantum = -1
        self._kept: dict[str, bytes] = {}

    def find(self, asked: str, now_ms: int) -> bytes | None:
        """The answer that somebody got within this tenth of a second."""
        self._turn(now_ms)
        return self._kept.get(asked)

    def keep(self, asked: str, body: bytes, now_ms: int) -> None:
        """Remember an answer that was made for a time, if it is large."""
        self._turn(now_ms)
        if len(body) >= _LARGE_BYTES and len(self._kept) < _MOST:
            self._kept[asked] = body

    def _turn(self, now_ms: int) -> None:
        if now_ms // _QUANTUM_MS != self._quantum:
            self._quantum = now_ms // _QUANTUM_MS
            self._kept.clear()
