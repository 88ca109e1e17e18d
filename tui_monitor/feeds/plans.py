"""What an exchange's feed consists of, said as data: lists, streams with bridges, polls.

An exchange's package says this in its `feed.py`; `feed.py` here makes it run.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from tui_monitor.clock import Clock
from tui_monitor.feeds.adapter import Adapter, RequestLimit, Subscription
from tui_monitor.feeds.bans import Bans
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.market import MarketState
from tui_monitor.model import (
    AccountRatio,
    Candle,
    Exchange,
    Funding,
    Instrument,
    LimitUse,
    Liquidation,
    Market,
    MarketEvent,
    OpenInterest,
)
from tui_monitor.model.liquidations import LiquidationStream

Fetch = Callable[[], Awaitable[Iterable[MarketEvent]]]
"""One REST snapshot."""
Settled = Callable[[Instrument, int, int], AsyncGenerator[list[Funding], None]]
"""What a perpetual settled between two times, both included, a page a request (`settled.py`)."""
PastLiquidations = Callable[
    [Sequence[Instrument], int, int], AsyncGenerator[list[Liquidation], None]
]
"""What REST tells of liquidations between two times, both included, a page a request. Where one
contract is asked about at a time, only about these; else about all.
"""
PastInterest = Callable[[Instrument, int, int], AsyncGenerator[list[OpenInterest], None]]
"""A perpetual's open interest at each five minutes between two times, both included, by the
exchange's own record: a page a request, in any order, and pages may overlap.
"""
AccountRatios = Callable[[Instrument], Awaitable[AccountRatio | None]]
"""The newest account ratio of a perpetual; None where there is none."""
Divide = Callable[[Sequence[Instrument]], Sequence[Sequence[Subscription]]]
"""The topics that a market's live instruments need, one sequence a socket."""


class CandleSource(Protocol):
    """The part of an exchange's REST client that fills history."""

    async def candles(
        self,
        instrument: Instrument,
        bar: str,
        *,
        after_ms: int | None = None,
        limit: int = 300,
        history: bool = False,
    ) -> list[Candle]:
        """Bars strictly older than `after_ms`, newest first."""


class Channel(Struct, frozen=True, kw_only=True):
    """One kind of data of one market, and after how long its silence is trouble.

    `kinds` are the types of events that count as its data; `topics` are the exchange's names of
    what is subscribed to for it. `silent_after_s` None: it is quiet by nature; then it must
    share its socket with a busy channel, whose life proves the socket's.
    """

    market: Market
    name: str
    kinds: frozenset[type]
    silent_after_s: float | None
    topics: frozenset[str] = frozenset()


class Bridge(Struct, frozen=True, kw_only=True):
    """What stands in for a channel while its stream is away.

    `audit_every_s`: also asked now and then while the stream is there, to find the instruments
    that it has lost (None: never). `beside_poll`: the same is polled anyway, so the rows don't
    show what the stream has lost; what it said is remembered apart from them. `audit`: what is
    asked then, where it is not the same.
    """

    fetch: Fetch
    every_s: float
    audit_every_s: float | None = None
    audit: Fetch | None = None
    beside_poll: bool = False


class Given(NamedTuple):
    """What an exchange's plan may need besides its settings: `coins` are those that a board
    watches closely, `market` the latest truth (to read a price, never to write). Without `bans`
    none outlives the program; with a `seed` all jitter is the same each time. `interest_every_s`
    is the length of a round where open interest is asked for one by one.
    """

    clock: Clock
    coins: Sequence[str]
    market: MarketState
    bans: Bans | None = None
    seed: int | None = None
    interest_every_s: float = 180.0


class StreamPlan(Struct, frozen=True, kw_only=True):
    """Sockets of one kind. `bridges` are by the channel's name.

    `adapter` makes one for each socket: what it remembers of a stream ends with the socket.
    """

    market: Market
    url: str
    adapter: Callable[[], Adapter]
    channels: tuple[Channel, ...]
    divide: Divide
    bridges: Mapping[str, Bridge]
    proxy: str = ""


class PollPlan(Struct, frozen=True, kw_only=True):
    """A channel whose regular way is REST."""

    channel: Channel
    fetch: Fetch
    every_s: float
    host: str


class ListPlan(Struct, frozen=True, kw_only=True):
    """A market's list of instruments. `fetch` teaches `book` what it reads.

    `first`: what is asked for once as soon as the list is known, so that rows stand at once.
    `by_name` makes a symbol of a coin, for the time before any list is known. `every_s`: how
    often it is read again; seldom will do where a stream tells its changes. `lacking`: whether
    something that it needs could not be had; then it is read again sooner.
    """

    market: Market
    book: InstrumentBook
    fetch: Callable[[], Awaitable[Sequence[Instrument]]]
    first: Sequence[Fetch]
    by_name: Callable[[str], str]
    every_s: float = 3600.0
    lacking: Callable[[], bool] = bool


class FeedPlan(Struct, frozen=True, kw_only=True):
    """A whole exchange. `bars` makes the stream of a bar length for those that ask.

    `paused_s` is how long the exchange's REST wants to be left alone still; `opening` is how
    many sockets may be opened in how many seconds; `history` gives old bars, `settled` old funding;
    `perp_symbol` makes a coin's name the symbol of its perpetual. `liquidations` says how much
    its stream tells of them, `past_liquidations` asks REST for what a gap has cost.
    `past_interest` and `account_ratio` are None where an exchange tells no such thing.
    """

    exchange: Exchange
    host: str
    lists: tuple[ListPlan, ...]
    streams: tuple[StreamPlan, ...]
    polls: tuple[PollPlan, ...]
    bars: Callable[[Market, str], StreamPlan]
    server_time_ms: Callable[[], Awaitable[int]]
    paused_s: Callable[[], float]
    limits: Callable[[], Sequence[LimitUse]]
    aclose: Callable[[], Awaitable[None]]
    history: CandleSource
    settled: Settled
    liquidations: LiquidationStream
    past_liquidations: PastLiquidations | None = None
    past_interest: PastInterest | None = None
    account_ratio: AccountRatios | None = None
    opening: RequestLimit = RequestLimit(2, 1.0)
    perp_symbol: Callable[[str], str]
