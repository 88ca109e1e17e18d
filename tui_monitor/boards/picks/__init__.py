"""The picks: what moved, traded, swung and grew most of the perpetuals with most turnover.

A fixed formula of four parts, each a number of points, together at most 100:

    change      0.3  × |24 h change in %|
    turnover    0.25 × min(24 h turnover in millions of USD, 100)
    volatility  0.25 × min(1000 × deviation of the returns (ddof 0), 50)
    growth      0.2  × min(100 × |g|, 20)

over the last 16 closed bars; g is by how much the mean volume of the last five is above that of
the first five, in coins, so that a price that moves is no growth. What rises and what falls
score alike.

The words alone, so that whoever only shows the board loads no numpy; `score` has the numbers.
"""

from msgspec import Struct

from tui_monitor.model import Exchange

KEPT = 20
PICKS_BAR = "15m"
"""The formula's numbers are made for these."""


class PickRow(Struct, frozen=True, kw_only=True, gc=False):
    """One perpetual. The first four `…_points` add up to the score, before its cap.

    `start_price` is the close of the first of the `n` bars that are there, `max_price` their
    highest high, `increase_pct` from the first close to the last. `last_score` is that of the
    evaluation before, None for the first; `max_score` the highest so far. `growth_pct` is None
    where nothing was traded in the first bars, or volumes are not known.
    """

    rank: int
    exchange: Exchange
    symbol: str
    coin: str
    score: float
    last_score: float | None
    max_score: float
    change_points: float
    turnover_points: float
    volatility_points: float
    growth_points: float
    change_24h_pct: float
    turnover_24h_usd: float
    deviation_pct: float
    growth_pct: float | None
    start_ms: int
    start_price: float
    current_price: float
    max_price: float
    increase_pct: float
    n: int


class LeftOut(Struct, frozen=True, kw_only=True):
    """A candidate that can't be scored."""

    exchange: Exchange
    symbol: str
    coin: str
    reason: str


class PicksBoard(Struct, frozen=True, kw_only=True):
    """The picks by score. `candidates` are those with most turnover, of which `kept` are shown.

    `close_ms` is when the newest bar ended that counts: its close is each row's current price.
    `evaluated_ms` is None where nothing was scored. `live` is False where no engine scores: then
    the rows are of the last evaluation. `reason` is why there are none, or why they are not of now.
    """

    board: str
    now_ms: int
    exchange: Exchange
    bar: str
    evaluated_ms: int | None
    close_ms: int
    candidates: int
    kept: int
    rows: list[PickRow]
    left_out: list[LeftOut]
    live: bool = True
    reason: str = ""


def kept_name(exchange: Exchange) -> str:
    """The name that an exchange's picks are kept under."""
    return f"picks {exchange.value}"


class KeptScore(Struct, frozen=True, kw_only=True, gc=False):
    """What the next evaluation must know of a perpetual."""

    symbol: str
    last: float
    highest: float


class PicksKept(Struct, frozen=True, kw_only=True):
    """A board as it is kept, with every score so far: a restart goes on with them."""

    board: PicksBoard
    scores: list[KeptScore]
