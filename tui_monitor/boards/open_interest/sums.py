"""Who is in a coin's sum, who ought to be, and how much of each exchange is known."""

from collections.abc import Iterable, Mapping, Sequence

from tui_monitor.boards.open_interest import InterestPast, InterestRow, LeftOut, Told
from tui_monitor.boards.open_interest.now import Leg
from tui_monitor.model import Exchange

NOT_LISTED = "its list of perpetuals is not known yet"
_NO_PERPS = "no perpetuals are watched: exchanges.*.markets names none"


def missing(legs: Iterable[Leg], unlisted: Iterable[Exchange]) -> list[LeftOut]:
    """The perpetuals that have told nothing, and the exchanges of which nothing is known.

    What may be another coin is in no sum, so that it lacks nothing.
    """
    some = list(legs)
    silent = [_left_out(leg) for leg in some if leg.coins is None and not leg.suspicion]
    kept = {leg.exchange for leg in some if leg.kept}
    unknown = [
        LeftOut(exchange=one, symbol="", reason=NOT_LISTED) for one in unlisted if one not in kept
    ]
    return [*silent, *unknown]


def stale(legs: Iterable[Leg]) -> list[LeftOut]:
    """The perpetuals whose value is old, or of before the start, and in the sum nevertheless."""
    return [
        _left_out(leg)
        for leg in legs
        if _is_old(leg) and leg.coins is not None and not leg.suspicion
    ]


def _is_old(leg: Leg) -> bool:
    return leg.stale or bool(leg.kept)


def _left_out(leg: Leg) -> LeftOut:
    return LeftOut(exchange=leg.exchange, symbol=leg.symbol, reason=leg.kept or leg.reason)


def unlisted(past: Iterable[InterestPast]) -> list[Exchange]:
    """The exchanges of which it is not known what they list."""
    return [one.exchange for one in past if not one.listed]


def told(
    legs: Iterable[Leg], exchanges: Sequence[Exchange], unknown: Iterable[Exchange]
) -> list[Told]:
    """How much of each exchange is known."""
    by_exchange: dict[Exchange, list[Leg]] = {one: [] for one in exchanges}
    for leg in legs:
        if leg.symbol:
            by_exchange.setdefault(leg.exchange, []).append(leg)
    nameless = frozenset(unknown)
    return [
        Told(
            exchange=exchange,
            perps=len(some),
            told=sum(leg.coins is not None and not leg.kept for leg in some),
            stale=sum(map(_is_old, some)),
            reason=NOT_LISTED if exchange in nameless else "",
        )
        for exchange, some in by_exchange.items()
    ]


def why_no_rows(some: Sequence[Told]) -> str:
    """Why there is no coin at all."""
    waited_for = [one.exchange.value for one in some if one.reason]
    if not waited_for:
        return _NO_PERPS
    return f"no perpetual is known yet: waiting for the list of {', '.join(waited_for)}"


def has_jumped(row: InterestRow) -> bool:
    """Whether a perpetual that is counted another way since is in the row's sum."""
    return any(leg.recounted and leg.coins is not None and not leg.suspicion for leg in row.legs)


def by_coin(legs: Iterable[Leg]) -> Mapping[str, list[Leg]]:
    """The perpetuals of each coin."""
    found: dict[str, list[Leg]] = {}
    for leg in legs:
        found.setdefault(leg.coin, []).append(leg)
    return found
