"""What the engine sees of an exchange, whichever it is."""

from collections.abc import Callable
from typing import Protocol

from tui_monitor.model import ChannelHealth, Exchange, Instrument, Outage

OnOutage = Callable[[Outage], None]
"""Gets an outage when it opens (`end_ms` None) and once more when it closes."""
OnEvent = Callable[[str, str, str], None]
"""Gets level, area and text of what a person may want to know."""


class Feed(Protocol):
    """One exchange: its streams into the market, its health, its instruments."""

    exchange: Exchange
    listed: bool
    """Whether the exchange's list of instruments is known."""

    async def run(self) -> None:
        """For ever, until cancelled. Raises only for bugs."""

    def health(self) -> list[ChannelHealth]:
        """One entry a supervised stream."""

    def instrument(self, coin: str) -> Instrument | None:
        """The coin's perpetual: provisional before the list is known, None if it is not in it."""
