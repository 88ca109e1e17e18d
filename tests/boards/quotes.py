"""A market with a hand on its clock, and the legs that stand on it."""

from functools import cache
from typing import Any

from tui_monitor.boards.legs import Now
from tui_monitor.boards.legs.table import LegTable
from tui_monitor.boards.same_coin.identity import SameCoin
from tui_monitor.boards.spreads import Filter, Kind, SpreadRow, SpreadsBoard
from tui_monitor.boards.spreads.best import Rules, best, look
from tui_monitor.boards.spreads.rows import Wanted, board
from tui_monitor.config import Settings
from tui_monitor.market import MarketState, Row
from tui_monitor.model import (
    Exchange,
    Funding,
    Instrument,
    Market,
    MarketEvent,
    MarkPrice,
    Source,
    Status,
    Ticker,
)

START_MS = 1_795_132_800_000
HOUR_MS = 3_600_000
BINANCE, OKX, BYBIT, BITGET = Exchange
SPOT, PERP = Market


class Quotes:
    """Instruments by exchange, market and coin; what happens, happens at `now`."""

    def __init__(self, table: LegTable | None = None, same: SameCoin | None = None) -> None:
        self.market = MarketState()
        self.table = LegTable() if table is None else table
        self.same = SameCoin() if same is None else same
        self.rules = Rules.of(Settings())
        self.now = Now(START_MS, 100.0)
        self._read = 0

    def wait(self, seconds: float) -> None:
        self.now = Now(self.now.ms + round(seconds * 1000), self.now.s + seconds)

    def tell(self, event: MarketEvent, source: Source = Source.STREAM) -> None:
        self.market.apply(event, self.now.ms, self.now.s, source)

    def book(
        self,
        of: Instrument,
        bid: float | None,
        ask: float | None,
        *,
        late_ms: int | None = 0,
        source: Source = Source.STREAM,
        **more: Any,
    ) -> None:
        """A whole top of the book, as the exchange says now or said `late_ms` ago."""
        exchange_ms = None if late_ms is None else self.now.ms - late_ms
        fields = {"bid_coins": 10.0, "ask_coins": 10.0} | more
        ticker = Ticker(
            instrument=of, exchange_ms=exchange_ms, bid=bid, ask=ask, book_complete=True, **fields
        )
        self.tell(ticker, source)

    def last(self, of: Instrument, last: float, **more: Any) -> None:
        self.tell(Ticker(instrument=of, exchange_ms=self.now.ms, last=last, **more))

    def index(self, of: Instrument, price: float) -> None:
        self.tell(MarkPrice(instrument=of, exchange_ms=self.now.ms, index_price=price))

    def funding(
        self, of: Instrument, rate: float | None, every_h: float | None, in_h: float | None
    ) -> None:
        next_ms = None if in_h is None else self.now.ms + round(in_h * HOUR_MS)
        self.tell(
            Funding(
                instrument=of,
                exchange_ms=self.now.ms,
                rate=rate,
                interval_h=every_h,
                next_settlement_ms=next_ms,
            )
        )

    def row(self, of: Instrument) -> Row:
        row = self.market.row(of.key)
        assert row is not None
        return row

    def refresh(self) -> None:
        """What an engine does before it asks for a board."""
        rows = self.market.changed_since(self._read)
        self._read = self.market.revision
        self.table.update(rows, self.now.s)
        self.same.judge(self.table, self.now)

    def board(
        self, kind: Kind = Kind.ALL, filter_: Filter = Filter.ALL, coin: str | None = None
    ) -> SpreadsBoard:
        self.refresh()
        legs = look(self.table, self.same.barred(self.table), self.rules, self.now)
        found = best(legs, kind, self.rules, self.now)
        wanted = Wanted(kind, filter_, coin)
        return board(found, wanted, self.rules, self.now, self.same.suspects())

    def only(self, kind: Kind = Kind.ALL) -> SpreadRow:
        (row,) = self.board(kind).rows
        return row


@cache  # a feed has one object for each of its instruments
def an_instrument(
    exchange: Exchange = BINANCE,
    market: Market = PERP,
    coin: str = "LINK",
    *,
    symbol: str = "",
    multiplier: float = 1.0,
    status: Status = Status.LIVE,
) -> Instrument:
    return Instrument(
        exchange=exchange,
        market=market,
        symbol=symbol or f"{coin}USDT",
        coin=coin,
        multiplier=multiplier,
        status=status,
    )
