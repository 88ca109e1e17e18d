"""What can be broken on purpose, and what is broken now."""

import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct, field

from tui_monitor.clock import Clock
from tui_monitor.errors import BadInput
from tui_monitor.simulator.noise import seed_of

KINDS: Mapping[str, str] = {
    "silence": "sockets: matching channels send no data; acks and pongs go on",
    "drop": "sockets: matching ones are closed at once, new ones right after they open",
    "refuse": "sockets: new connections get HTTP 503",
    "slow": "REST: answers come delay_s later (default 3)",
    "http_429": "REST: HTTP 429; retry_after_s adds the header",
    "http_418": "REST: HTTP 418; retry_after_s adds the header",
    "http_451": "REST: HTTP 451",
    "http_500": "REST: HTTP 500",
    "html": "REST and frames: an HTML page instead of JSON; status (default 200)",
    "garbage": "REST and frames: bytes that are no JSON, with terminal escapes",
    "truncate": "REST and frames: JSON cut in the middle",
    "nan": 'REST and frames: prices are "NaN", "Infinity" or ""',
    "huge_frame": "REST and frames: one of `megabytes` (default 20)",
    "late_ts": "REST and frames: time stamps late_s old (default 60)",
    "unknown_status": "instruments have a state nobody knows",
    "delist": "the symbol (or a tenth of all) is gone from lists, tickers and streams",
    "maintenance_notice": "public sockets: the notice of an upgrade now, closed after delay_s "
    "(default 60)",
    "no_pong": "sockets: application pings are not answered",
    "partial_list": "REST: lists lack one half of their rows",
}
# The source that sums up all exchanges: what else it does, and which of the above it can.
AGGREGATE = "aggregate"
AGGREGATE_KINDS: Mapping[str, str] = {
    "stale": "figures and their time stand still",
    "zeros": "all figures are 0",
    "crowd": "more than a million people are liquidated",
    **{
        kind: KINDS[kind]
        for kind in (
            *("slow", "http_429", "http_418", "http_451", "http_500"),
            *("html", "garbage", "truncate", "nan", "huge_frame", "late_ts"),
        )
    },
}
# Which of them spoil a request, and which a frame of data.
_STATUSES = {"http_429": 429, "http_418": 418, "http_451": 451, "http_500": 500}
SPOILING = ("html", "garbage", "truncate", "nan", "huge_frame", "late_ts")

_LONGEST_S = 86_400

_GARBAGE = b'\x1b]0;owned\x07\x1b[2J{"data":[[[[\xe2\x80\xae\x00,,}'
_PAGE = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
    b"<body><h1>Checking your browser</h1></body></html>"
)
_NO_PRICES = ("NaN", "Infinity", "", "-Infinity")


class Fault(Struct, kw_only=True, forbid_unknown_fields=True):
    """One fault as a client asks for it. What is not given doesn't narrow it.

    `channel` is a channel's name or pattern (`candle*`) or our word for it (`candles`): kinds
    that spoil frames then leave REST alone, and kinds of REST only hit the paths of that data.
    `path` is a part of a REST or socket path; kinds of REST that name a socket's hit its
    handshake. `code` makes http_429 and http_500 an HTTP 200 with that error code, as some
    exchanges say it.
    """

    exchange: str
    kind: str
    seconds: float = 30.0
    market: str | None = None
    channel: str | None = None
    symbol: str | None = None
    path: str | None = None
    delay_s: float | None = None
    late_s: float = 60.0
    megabytes: int = 20
    retry_after_s: float | None = None
    status: int = 200
    code: int | None = None
    id: int = field(default=0)


class Target(Struct, frozen=True, kw_only=True):
    """What a fault might hit. `family` is the channel in our words, `channel` in theirs.

    `also` are more words of ours, where one channel carries several kinds of data.
    """

    market: str | None = None
    channel: str | None = None
    family: str | None = None
    also: tuple[str, ...] = ()
    symbol: str | None = None
    path: str | None = None


class Dialect(Struct, frozen=True, kw_only=True):
    """Where an exchange's JSON has prices and times. Group 1 is what stays before the value."""

    prices: re.Pattern[bytes]
    times: re.Pattern[bytes]


class Faults:
    """The faults that are active now, for all exchanges."""

    def __init__(self, clock: Clock, exchanges: tuple[str, ...]) -> None:
        self._clock = clock
        self._exchanges = exchanges
        self._active: list[tuple[float, Fault]] = []
        self._made = 0
        self._listeners: list[Callable[[Fault], None]] = []

    def listen(self, listener: Callable[[Fault], None]) -> None:
        """Be told of every new fault, at once."""
        self._listeners.append(listener)

    def unlisten(self, listener: Callable[[Fault], None]) -> None:
        """Stop being told."""
        self._listeners.remove(listener)

    def add(self, body: bytes) -> Fault:
        """Begin the fault that a JSON body asks for; BadInput says what is wrong with it."""
        try:
            fault = msgspec.json.decode(body, type=Fault)
        except msgspec.DecodeError as error:
            raise BadInput(
                f"not a fault: {error}", "GET /control/faults lists the kinds"
            ) from error
        self.begin(fault)
        return fault

    def begin(self, fault: Fault) -> None:
        """Begin a fault; BadInput says what is wrong with it."""
        wrong = problem(fault, self._exchanges)
        if wrong is not None:
            raise BadInput(wrong.message, wrong.hint)
        self._made += 1
        fault.id = self._made
        self._active.append((self._clock.monotonic_s() + fault.seconds, fault))
        for listener in tuple(self._listeners):
            listener(fault)

    def clear(self) -> None:
        """End all."""
        self._active.clear()

    def active(self) -> list[tuple[float, Fault]]:
        """What is active, with the seconds left."""
        now_s = self._clock.monotonic_s()
        return [(until_s - now_s, fault) for until_s, fault in self._pruned()]

    def _pruned(self) -> list[tuple[float, Fault]]:
        """What is active, with the ends; asked for every row and frame of a broken exchange."""
        now_s = self._clock.monotonic_s()
        for until_s, _ in self._active:
            if until_s <= now_s:
                self._active = [entry for entry in self._active if entry[0] > now_s]
                break
        return self._active

    def any(self) -> bool:
        """Whether anything is active (cheap: asked for every frame)."""
        return bool(self._active)

    def of_kind(self, exchange: str, kinds: tuple[str, ...]) -> list[Fault]:
        """The active faults of these kinds, whatever they hit."""
        if not self._active:
            return []
        return [
            fault
            for _, fault in self._pruned()
            if fault.exchange == exchange and fault.kind in kinds
        ]

    def find(self, exchange: str, kinds: tuple[str, ...], target: Target) -> Fault | None:
        """The first active fault of these kinds that hits the target."""
        for fault in self.of_kind(exchange, kinds):
            if hits(fault, target):
                return fault
        return None

    def lists(self, exchange: str, market: str | None, symbol: str) -> bool:
        """Whether a symbol is in lists now (`delist`, `partial_list`)."""
        if not self.of_kind(exchange, ("delist", "partial_list")):
            return True
        return not self.delisted(exchange, market, symbol) and not (
            self.find(exchange, ("partial_list",), Target(market=market, symbol=symbol))
            and seed_of("partial", symbol) & 1
        )

    def delisted(self, exchange: str, market: str | None, symbol: str) -> bool:
        """Whether a symbol is gone now."""
        if not self.of_kind(exchange, ("delist",)):
            return False
        fault = self.find(exchange, ("delist",), Target(market=market, symbol=symbol))
        if fault is None:
            return False
        return fault.symbol is not None or seed_of("delist", symbol) % 10 == 0


class Problem(NamedTuple):
    """Why a fault can't be: the field, what is wrong with it, what would be right."""

    key: str
    message: str
    hint: str


def problem(fault: Fault, exchanges: tuple[str, ...]) -> Problem | None:
    """What is wrong with a fault."""
    if fault.exchange not in (*exchanges, AGGREGATE):
        known = ", ".join((*exchanges, AGGREGATE))
        return Problem("exchange", f"no exchange {fault.exchange!r} here", f"one of {known}")
    kinds = AGGREGATE_KINDS if fault.exchange == AGGREGATE else KINDS
    if fault.kind not in kinds:
        known = ", ".join(kinds)
        return Problem("kind", f"no fault of kind {fault.kind!r}", f"one of {known}")
    if fault.market not in (None, "spot", "perp"):
        return Problem("market", f"no market {fault.market!r}", "spot or perp")
    if not 0 < fault.seconds <= _LONGEST_S:
        message = f"seconds {fault.seconds:g} is out of range"
        return Problem("seconds", message, f"0 to {_LONGEST_S}")
    ranges: tuple[tuple[str, float | None, int, int], ...] = (
        ("megabytes", fault.megabytes, 1, 200),
        ("status", fault.status, 200, 599),
        ("delay_s", fault.delay_s, 0, _LONGEST_S),
        ("late_s", fault.late_s, 0, _LONGEST_S),
        ("retry_after_s", fault.retry_after_s, 0, _LONGEST_S),
    )
    for name, value, least, most in ranges:
        if value is not None and not least <= value <= most:
            return Problem(name, f"{name} {value:g} is out of range", f"{least} to {most}")
    return None


def hits(fault: Fault, target: Target) -> bool:
    """Whether all that narrows the fault agrees with the target."""
    if fault.market is not None and fault.market != target.market:
        return False
    if fault.symbol is not None and fault.symbol != target.symbol:
        return False
    if fault.path is not None and (target.path is None or fault.path not in target.path):
        return False
    if fault.channel is None:
        return True
    return fault.channel in (target.family, *target.also) or (
        target.channel is not None and fnmatchcase(target.channel, fault.channel)
    )


def status_of(fault: Fault) -> int:
    """The HTTP status that a fault answers with."""
    return _STATUSES.get(fault.kind, fault.status)


def spoilt(fault: Fault, body: bytes, dialect: Dialect) -> bytes:
    """A body or frame as the fault leaves it."""
    match fault.kind:
        case "html":
            return _PAGE
        case "garbage":
            return _GARBAGE
        case "truncate":
            return body[: max(1, len(body) // 2)]
        case "huge_frame":
            return b'{"data":"' + b"x" * (fault.megabytes * 1_000_000) + b'"}'
        case "nan":
            return _without_prices(body, dialect)
        case "late_ts":
            late_ms = int(fault.late_s * 1000)
            return dialect.times.sub(
                lambda found: found[1] + str(int(found[2]) - late_ms).encode(), body
            )
    return body


def _without_prices(body: bytes, dialect: Dialect) -> bytes:
    count = 0

    def replace(found: re.Match[bytes]) -> bytes:
        nonlocal count
        count += 1
        return found[1] + _NO_PRICES[count % len(_NO_PRICES)].encode()

    return dialect.prices.sub(replace, body)


def described(faults: Faults) -> dict[str, Any]:
    """The body of `GET /control/faults`."""
    return {
        "kinds": list(KINDS),
        "descriptions": dict(KINDS),
        "aggregate_kinds": dict(AGGREGATE_KINDS),
        "active": [
            {**msgspec.to_builtins(fault), "seconds_left": round(left_s, 3)}
            for left_s, fault in faults.active()
        ],
    }
