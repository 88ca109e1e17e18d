"""Which candle pages to ask for, so that the fewest requests cover the wanted slots. Pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from tui_monitor.clock import SLOT_MS

# OKX v5, GET /market/candles and /market/history-candles: limit at most 300.
BARS_PER_PAGE = 300
# OKX v5, GET /market/candles reaches the latest 1,440 bars; a margin for bars that close meanwhile.
RECENT_BARS = 1_430


class Page(Struct, frozen=True, kw_only=True):
    """One request: `limit` bars that end with the one of `newest_ms`. `wanted` are its slots."""

    coin: str
    newest_ms: int
    limit: int
    wanted: tuple[int, ...]
    history: bool

    @property
    def after_ms(self) -> int:
        """The exchange returns bars strictly older than this."""
        return self.newest_ms + SLOT_MS


def plan_pages(wanted: Mapping[str, Iterable[int]], now_ms: int) -> list[Page]:
    """Pages for each coin's wanted slots, newest first within a coin.

    14 whole days are 672 slots: 3 pages a coin.
    """
    oldest_recent_ms = now_ms - RECENT_BARS * SLOT_MS
    return [
        page
        for coin, slots in wanted.items()
        for page in _coin_pages(coin, slots, oldest_recent_ms)
    ]


def _coin_pages(coin: str, slots: Iterable[int], oldest_recent_ms: int) -> Iterable[Page]:
    left = sorted(set(slots), reverse=True)
    while left:
        newest = left[0]
        floor = newest - (BARS_PER_PAGE - 1) * SLOT_MS
        inside = tuple(slot for slot in left if slot >= floor)
        left = left[len(inside) :]
        oldest = inside[-1]
        yield Page(
            coin=coin,
            newest_ms=newest,
            limit=(newest - oldest) // SLOT_MS + 1,
            wanted=inside,
            history=oldest < oldest_recent_ms,
        )
