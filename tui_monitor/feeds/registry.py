"""The exchanges. A new one is a package beside `okx/` and an entry here."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from tui_monitor.config import Exchanges
from tui_monitor.feeds.adapter import Adapter, Event, Subscription
from tui_monitor.feeds.binance import feed as binance_feed
from tui_monitor.feeds.binance import listing as binance
from tui_monitor.feeds.binance.adapter import BinanceAdapter
from tui_monitor.feeds.binance.lines import BinanceLines
from tui_monitor.feeds.bitget import feed as bitget_feed
from tui_monitor.feeds.bitget import mapper as bitget
from tui_monitor.feeds.bitget.adapter import BitgetAdapter
from tui_monitor.feeds.bitget.lines import BitgetLines
from tui_monitor.feeds.bybit import feed as bybit_feed
from tui_monitor.feeds.bybit import mapper as bybit
from tui_monitor.feeds.bybit.adapter import BybitAdapter
from tui_monitor.feeds.bybit.lines import BybitLines
from tui_monitor.feeds.instruments import InstrumentBook, books_of
from tui_monitor.feeds.okx import feed as okx_feed
from tui_monitor.feeds.okx import mapper as okx
from tui_monitor.feeds.okx.adapter import OkxAdapter
from tui_monitor.feeds.okx.lines import OkxLines
from tui_monitor.feeds.plans import FeedPlan, Given
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
    plan: Callable[[Exchanges, Given], FeedPlan] | None = None
    """What is watched, and how; from all exchanges' settings it takes its own."""


ENTRIES = {
    entry.exchange: entry
    for entry in (
        Entry(
            exchange=Exchange.BINANCE,
            plan=lambda settings, given: binance_feed.plan(settings.binance, given),
            adapter=lambda: BinanceAdapter(InstrumentBook(binance.GUESS[Market.PERP])),
            lines=BinanceLines,
            example=Subscription("bookTicker", "BTCUSDT"),
        ),
        Entry(
            exchange=Exchange.OKX,
            plan=lambda settings, given: okx_feed.plan(settings.okx, given),
            adapter=lambda: OkxAdapter(InstrumentBook(okx.guess)),
            lines=OkxLines,
            example=Subscription("tickers", "BTC-USDT-SWAP"),
        ),
        Entry(
            exchange=Exchange.BYBIT,
            plan=lambda settings, given: bybit_feed.plan(settings.bybit, given),
            adapter=lambda: BybitAdapter(InstrumentBook(bybit.GUESS[Market.PERP]), Market.PERP),
            lines=BybitLines,
            example=Subscription("tickers", "BTCUSDT"),
        ),
        Entry(
            exchange=Exchange.BITGET,
            plan=lambda settings, given: bitget_feed.plan(settings.bitget, given),
            adapter=lambda: BitgetAdapter(books_of(bitget.GUESS), Market.PERP),
            lines=BitgetLines,
            example=Subscription("ticker", "BTCUSDT"),
        ),
    )
}
