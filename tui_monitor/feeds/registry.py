"""The exchanges. A new one is a package beside `okx/` and an entry here."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from tui_monitor.feeds.adapter import Adapter, Event, Subscription
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.okx import mapper as okx
from tui_monitor.feeds.okx.adapter import OkxAdapter
from tui_monitor.feeds.okx.lines import OkxLines
from tui_monitor.model import Exchange, Instrument, Market


class LineReader(Protocol):
    """Reads recorded payloads of one exchange."""

    def read(self, line: bytes) -> Sequence[tuple[Event, str | None]]:
        """A line's events, each with the symbol as written where that is not the instrument's.

        Raises Malformed for what is none of this exchange's payloads.
        """


class Entry(Struct, frozen=True, kw_only=True):
    """How to get an exchange's parts, and a subscription that it certainly has."""

    exchange: Exchange
    adapter: Callable[[], Adapter]
    lines: Callable[[Market, Iterable[Instrument]], LineReader]
    example: Subscription


ENTRIES = {
    entry.exchange: entry
    for entry in (
        Entry(
            exchange=Exchange.OKX,
            adapter=lambda: OkxAdapter(InstrumentBook(okx.guess)),
            lines=OkxLines,
            example=Subscription("tickers", "BTC-USDT-SWAP"),
        ),
    )
}
