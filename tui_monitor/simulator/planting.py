"""Planting on request: what a body may ask for, when it happens, and how it is taken back."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct

from tui_monitor.errors import BadInput
from tui_monitor.simulator.plants import BAR_MS, BURST, CHANGE, JUMP, METHOD, WIDE, Interest, Move
from tui_monitor.simulator.shared import Exchange, Shared

LISTING = "new_listing"
_MOST_COINS = 1e15
_MOST = 500


class Kind(NamedTuple):
    """What `size` means, and its least, greatest and usual value."""

    text: str
    least: float
    most: float
    usual: float


KINDS: Mapping[str, Kind] = {
    JUMP: Kind("the price moves by this fraction within a bar", -0.5, 1.0, 0.03),
    BURST: Kind("a bar trades so many times the usual, and moves by 1.5 %", 0.0, 100.0, 8.0),
    WIDE: Kind("a bar's range is this fraction, and it moves by 1.5 %", 0.0, 0.5, 0.04),
    CHANGE: Kind("open interest changes by so many `coins`, not by a size", 0.0, 0.0, 0.0),
    METHOD: Kind("open interest is counted so many times at once", 0.0, 100.0, 2.0),
    LISTING: Kind("listed so many bars ago; nothing is known from before", 0.0, 1_000.0, 10.0),
}


class Asked(Struct, kw_only=True, forbid_unknown_fields=True):
    """The body of `POST /control/plant`. `at` is in ms; a bar's kinds take the bar around it."""

    kind: str
    coin: str
    at: int | Literal["next bar"] = "next bar"
    size: float | None = None
    coins: float | None = None
    exchange: str | None = None


class Listed(NamedTuple):
    """A coin that was listed anew, and how to undo that."""

    coin: str
    at_ms: int
    bars: float
    before: Mapping[str, int]


class Garden:
    """What was planted through one simulator. The market is the seed's: others of the same seed
    in the same process see it, too, until it is taken back.
    """

    def __init__(self, shared: Shared, exchanges: Mapping[str, Exchange]) -> None:
        self._shared = shared
        self._exchanges = exchanges
        self._planted: list[Move | Interest | Listed] = []

    def plant(self, body: bytes) -> dict[str, Any]:
        """Plant what a body asks for; BadInput says what is wrong with it."""
        try:
            asked = msgspec.json.decode(body, type=Asked)
        except msgspec.DecodeError as error:
            raise BadInput(f"not a plant: {error}", "GET /control/plant lists the kinds") from error
        if len(self._planted) >= _MOST:
            raise BadInput("too much is planted", "DELETE /control/plant takes all back")
        self._check(asked)
        made = self._made(asked)
        if isinstance(made, Move | Interest):
            self._shared.world.plant(made)
        self._planted.append(made)
        return _row(made)

    def clear(self) -> None:
        """Take all back."""
        moves = [one for one in self._planted if not isinstance(one, Listed)]
        self._shared.world.uproot(moves)
        for one in reversed(self._planted):
            if isinstance(one, Listed):
                for name, listed_ms in one.before.items():
                    self._exchanges[name].relist(one.coin, listed_ms)
                self._shared.world.forget(one.coin)
        self._planted.clear()

    def told(self, first_ms: int, last_ms: int) -> dict[str, Any]:
        """The kinds, and what is planted between two times, by the seed or on request."""
        moves = [_row(move) for move in self._shared.world.plan.between(first_ms, last_ms)]
        others = [
            _row(one)
            for one in self._planted
            if not isinstance(one, Move) and first_ms <= one.at_ms <= last_ms
        ]
        kinds = {name: kind._asdict() for name, kind in KINDS.items()}
        return {"from": first_ms, "to": last_ms, "kinds": kinds, "planted": moves + others}

    # --- what is asked for --------------------------------------------------------------

    def _check(self, asked: Asked) -> None:
        kind = KINDS.get(asked.kind)
        if kind is None:
            raise BadInput(f"no kind {asked.kind!r}", f"one of {', '.join(KINDS)}")
        if not self._shared.world.knows(asked.coin):
            raise BadInput(f"no coin {asked.coin!r} here", "a coin, not a symbol: PEPE")
        if asked.exchange is not None and asked.kind not in (CHANGE, METHOD):
            raise BadInput(f"{asked.kind} is of all exchanges", "leave exchange out")
        if asked.exchange not in (None, *self._exchanges):
            known = ", ".join(self._exchanges)
            raise BadInput(f"no exchange {asked.exchange!r} here", f"one of {known}")
        size = kind.usual if asked.size is None else asked.size
        if not kind.least <= size <= kind.most:
            raise BadInput(f"size {size:g} is out of range", f"{kind.least:g} to {kind.most:g}")
        has_coins = asked.coins is not None and 0 < abs(asked.coins) <= _MOST_COINS
        if has_coins is not (asked.kind == CHANGE):
            raise BadInput("coins belong to oi_change", "how many a contract gains, or loses")

    def _made(self, asked: Asked) -> Move | Interest | Listed:
        now_ms = self._shared.clock.now_ms()
        at_ms = now_ms - now_ms % BAR_MS + BAR_MS if isinstance(asked.at, str) else asked.at
        if not abs(at_ms - now_ms) <= 40 * 86_400_000:
            raise BadInput("at is more than 40 days away", "epoch milliseconds")
        size = KINDS[asked.kind].usual if asked.size is None else asked.size
        if asked.kind == LISTING:
            return self._listed(asked.coin, now_ms - now_ms % BAR_MS - int(size) * BAR_MS, size)
        if asked.kind == CHANGE:
            return Interest(CHANGE, asked.coin, at_ms, asked.coins or 0.0, asked.exchange)
        if asked.kind == METHOD:
            return Interest(METHOD, asked.coin, at_ms, size, asked.exchange)
        return Move(asked.kind, asked.coin, at_ms // BAR_MS, size, "request")

    def _listed(self, coin: str, at_ms: int, bars: float) -> Listed:
        before = {name: one.relist(coin, at_ms) for name, one in self._exchanges.items()}
        self._shared.world.forget(coin)
        known = {name: listed_ms for name, listed_ms in before.items() if listed_ms is not None}
        return Listed(coin, at_ms, bars, known)


def _row(planted: Move | Interest | Listed) -> dict[str, Any]:
    if isinstance(planted, Move):
        open_ms = planted.bar * BAR_MS
        return {
            "kind": planted.kind,
            "coin": planted.coin,
            "size": planted.size,
            "change": planted.change,
            "open": open_ms,
            "close": open_ms + BAR_MS,
            "by": planted.by,
        }
    if isinstance(planted, Interest):
        row = {**planted._asdict(), "by": "request"}
        row["at"] = row.pop("at_ms")
        return row
    return {
        "kind": LISTING,
        "coin": planted.coin,
        "at": planted.at_ms,
        "size": planted.bars,
        "by": "request",
    }
