"""The names of streams: which of them exist, and on which path."""

from typing import NamedTuple

from tui_monitor.simulator.binance.bars import INTERVALS, SPOT_INTERVALS

PUBLIC, MARKET, LEGACY, PRIVATE, SPOT_PATH = "public", "market", "legacy", "private", "spot"

# The stream's type, and our words for what it carries.
WORDS: dict[str, tuple[str, ...]] = {
    "ticker": ("tickers",),
    "miniTicker": ("tickers",),
    "bookTicker": ("tickers",),
    "markPrice": ("mark", "index", "funding"),
    "forceOrder": ("liquidations",),
    "kline": ("candles",),
    "contractInfo": ("instruments",),
}
_FUTURES_ALL = {
    "!ticker@arr": "ticker",
    "!miniTicker@arr": "miniTicker",
    "!markPrice@arr": "markPrice",
    "!markPrice@arr@1s": "markPrice",
    "!forceOrder@arr": "forceOrder",
    "!contractInfo": "contractInfo",
    "!bookTicker": "bookTicker",
}
# Spot's array of whole tickers is retired; it never had one of books.
_SPOT_ALL = {"!miniTicker@arr": "miniTicker"}
_FUTURES_OWN = ("ticker", "miniTicker", "bookTicker", "markPrice", "markPrice@1s", "forceOrder")
_SPOT_OWN = ("ticker", "miniTicker", "bookTicker")


class Stream(NamedTuple):
    """A stream that exists. `symbol` is None for all; `option` is an interval or a speed."""

    name: str
    kind: str
    symbol: str | None = None
    option: str = ""

    @property
    def channel(self) -> str:
        """The name without its symbol."""
        if self.symbol is None:
            return self.name
        return f"kline_{self.option}" if self.kind == "kline" else self.kind


def stream_of(name: str, path: str) -> Stream | None:
    """The stream that a name means on a path; None is acknowledged and silent."""
    is_spot = path == SPOT_PATH
    found = _all_of(name, is_spot=is_spot) or _own_of(name, is_spot=is_spot)
    if found is None or is_spot:
        return found
    return found if serves(path, found.kind) else None


def serves(path: str, kind: str) -> bool:
    """Whether a type is on a path of the futures: the legacy one has what /public has."""
    if path == PRIVATE:
        return False
    return (kind == "bookTicker") is (path in (PUBLIC, LEGACY))


def _all_of(name: str, *, is_spot: bool) -> Stream | None:
    kind = (_SPOT_ALL if is_spot else _FUTURES_ALL).get(name)
    if kind is None:
        return None
    return Stream(name, kind, None, "1s" if name.endswith("@1s") else "")


def _own_of(name: str, *, is_spot: bool) -> Stream | None:
    symbol, _, kind = name.partition("@")
    # Upper case is acknowledged, and silent.
    if not symbol or symbol != symbol.lower():
        return None
    base, _, interval = kind.partition("_")
    if base == "kline" and interval in (SPOT_INTERVALS if is_spot else INTERVALS):
        return Stream(name, "kline", symbol.upper(), interval)
    if kind not in (_SPOT_OWN if is_spot else _FUTURES_OWN):
        return None
    base, _, speed = kind.partition("@")
    return Stream(name, base, symbol.upper(), speed)
