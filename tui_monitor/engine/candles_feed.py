"""The part of an exchange's feed that bars need."""

from collections.abc import Iterable
from typing import Protocol

from tui_monitor.feeds.plans import FeedPlan
from tui_monitor.model import ChannelHealth, Exchange, Instrument, Market


class BarFeed(Protocol):
    """What `feeds.feed.Feed` is to us."""

    exchange: Exchange
    plan: FeedPlan

    @property
    def listed(self) -> bool:
        """Whether its lists of instruments are known."""

    def instruments(self, market: Market) -> list[Instrument]:
        """The live ones of a market."""

    def want_bars(self, market: Market, bar: str, symbols: Iterable[str]) -> None:
        """Stream these bars from now on, and no others of that length."""

    def bars_health(self, market: Market, bar: str) -> list[ChannelHealth]:
        """How the stream of these bars does."""

    def exchange_now_ms(self) -> int | None:
        """The exchange's time; None before it has told it."""
