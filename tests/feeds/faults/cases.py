"""The table: what each kind of fault is on each exchange, and how it must show."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tui_monitor.model import Exchange, Market

OKX, BYBIT, BITGET, BINANCE = Exchange.OKX, Exchange.BYBIT, Exchange.BITGET, Exchange.BINANCE
BOTH = ("perp", "spot")
PERP = ("perp",)

# A busy channel without data is called so after this time.
AWAY_S = 15.0


class Case(Struct, frozen=True, kw_only=True):
    """One kind of fault on one exchange.

    `told`: patterns, each of which a person must read before the fault is over. `by_s`: when
    the first of them at the latest. `away`: whether a light changes (None: it may). `bridged`:
    the channels that REST stands in for. `beside`: other faults at the same time, with their
    seconds. `symbol`: a coin's symbol is put into the fault.
    """

    exchange: Exchange = OKX
    kind: str
    told: tuple[str, ...]
    seconds: float = 15.0
    by_s: float = AWAY_S
    markets: tuple[str, ...] = PERP
    narrowed: Mapping[str, Any] = {}
    beside: tuple[tuple[str, float], ...] = ()
    away: bool | None = True
    bridged: bool = False
    symbol: bool = False
    lists_every_s: float | None = None
    settings: Mapping[str, Any] = {}


BRIDGED = {
    OKX: {(Market.PERP, "tickers")},
    BYBIT: {(Market.PERP, "tickers")},
    BITGET: {(Market.PERP, "watched")},
    BINANCE: {(Market.PERP, "tickers"), (Market.PERP, "marks")},
}
SYMBOLS = {OKX: "SOL-USDT-SWAP", BYBIT: "SOLUSDT", BITGET: "SOLUSDT", BINANCE: "SOLUSDT"}
# By stream alone, Bybit's perpetuals hardly notice what REST does; the books of spot do.
REST_SHOWS = {BYBIT: ("spot",)}
_REST = ("http_429", "http_418", "http_451", "http_500", "slow")

_GONE = r"SOL\S* (is (unknown|delisted) now|is no longer listed)"
_WAIT = {"retry_after_s": 12}
KINDS = {
    one.kind: one
    for one in (
        Case(kind="silence", told=("no data",), seconds=20, markets=BOTH, bridged=True),
        Case(kind="drop", told=("the exchange closed the stream",), seconds=8, bridged=True),
        Case(
            kind="refuse",
            told=("the stream was refused: HTTP 503",),
            seconds=10,
            beside=(("drop", 0.5),),
            bridged=True,
        ),
        Case(
            kind="slow",
            told=("no answer within 15 s",),
            seconds=20,
            by_s=18,
            narrowed={"delay_s": 16},
        ),
        Case(kind="http_429", told=("HTTP 429",), narrowed=_WAIT),
        Case(kind="http_418", told=("HTTP 418",), narrowed=_WAIT),
        Case(kind="http_451", told=("HTTP 451|from a restricted location",)),
        Case(kind="http_500", told=(r"50026 System|10016 Inter|40015 System|-1000 An unknown",)),
        Case(
            kind="html",
            told=(r"damaged message: .*<!DOCTYPE", r"no JSON: HTTP 200 <!DOCTYPE"),
            markets=BOTH,
        ),
        Case(kind="garbage", told=("damaged message: JSON", "no JSON: HTTP 200"), markets=BOTH),
        Case(
            kind="truncate",
            told=("damaged message: Input data was trunc", r"[^e]: Input data was trunc"),
            markets=BOTH,
        ),
        Case(
            kind="nan",
            told=(r"damaged message: .* '(NaN|-?Infinity|)'", "no data"),
            seconds=20,
            markets=BOTH,
        ),
        Case(
            kind="huge_frame",
            told=(r"1009 \(message too big\)", "an answer of more than 16 MiB"),
            narrowed={"megabytes": 17},
        ),
        Case(kind="late_ts", told=(r"data come, but \d+ s old",), seconds=20, markets=BOTH),
        Case(
            kind="unknown_status", told=(_GONE,), away=False, symbol=True, lists_every_s=10
        ),
        Case(kind="delist", told=(_GONE,), away=False, symbol=True, lists_every_s=10),
        Case(
            kind="maintenance_notice",
            told=("the exchange closed the stream",),
            narrowed={"delay_s": 5},
            away=None,
        ),
        Case(
            kind="no_pong",
            told=("no answer to a ping",),
            seconds=45,
            by_s=40,
            beside=(("silence", 45),),
            bridged=True,
            settings={"silent_after_s": 40},
        ),
        Case(
            kind="partial_list",
            told=("shrank from 6 to [1-4] instruments; the old one is kept",),
            away=False,
            lists_every_s=10,
        ),
    )
}  # fmt: skip
_OWN: dict[tuple[Exchange, str], dict[str, Any]] = {
    (OKX, "maintenance_notice"): {
        "told": ("maintenance ongoing", "the exchange asks for a new stream"), "away": False,
    },
    (BINANCE, "maintenance_notice"): {
        "told": ("the exchange asks for a new stream", "the exchange closed the stream"),
        "markets": BOTH,
    },
    # The audit is sooner than Bitget's slow pings.
    (BITGET, "no_pong"): {"told": ("the stream has lost .*: a new socket",)},
    # Binance pings; what it does not answer is the ping of our library, data or no data.
    (BINANCE, "no_pong"): {
        "told": ("keepalive ping timeout",), "beside": (), "settings": {}, "bridged": False,
    },
}  # fmt: skip


def case_of(exchange: Exchange, kind: str) -> Case:
    """One cell of the table."""
    case = replace(KINDS[kind], exchange=exchange, **_OWN.get((exchange, kind), {}))
    if kind in _REST:
        case = replace(case, markets=REST_SHOWS.get(exchange, PERP))
    return case
