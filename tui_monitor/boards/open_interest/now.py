"""The perpetuals and their open interest now: from the market's rows, or from stored samples."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tui_monitor.boards.legs import Now
from tui_monitor.boards.same_coin.judge import judge
from tui_monitor.market import Key, Row
from tui_monitor.model import (
    Exchange,
    Instrument,
    InterestSample,
    InterestSource,
    Market,
    Status,
)
from tui_monitor.model.place import Alias
from tui_monitor.steps import Steps

# Binance is asked about one perpetual at a time, a round of some minutes; what is older than
# this is not compared with anything.
STALE_AFTER_S = 900.0
NOT_TOLD = "the exchange has not told it yet"
RECORDS_ALONE = "not sampled yet: only records of exchanges are stored"

# Of all markets; a perpetual takes some microseconds.
_ROWS_AT_A_TIME = 400

Perp = tuple[Exchange, str]
"""Exchange and symbol."""


class Leg(NamedTuple):
    """One perpetual. `coins` and `price` (per coin) are None where they are unknown.

    `reason` says why it can't be compared with anything, "" where it can. `kept` is when its value
    was told where that was before the start, "" where it was since.
    """

    exchange: Exchange
    symbol: str
    coin: str
    coins: float | None
    price: float | None
    age_ms: int | None
    stale: bool
    reason: str
    suspicion: str
    kept: str = ""

    @property
    def perp(self) -> Perp:
        """Exchange and symbol."""
        return (self.exchange, self.symbol)

    @property
    def usd(self) -> float | None:
        """Its value at its price."""
        return None if self.coins is None or self.price is None else self.coins * self.price


def live_legs(
    rows: Iterable[Row],
    watched: Iterable[Exchange],
    now: Now,
    *,
    suspects: Mapping[Key, str] | None = None,
    aliases: Sequence[Alias] = (),
    listed: Iterable[Instrument] = (),
) -> Steps[list[Leg]]:
    """All live perpetuals of the watched exchanges; of `listed`, also those that nothing is known
    of but that they are listed. A row that changes between two steps counts as it is then.
    """
    doubts = suspects or {}
    known = frozenset(watched)
    heard: set[Key] = set()
    legs = []
    for number, row in enumerate(rows, 1):
        heard.add(row.instrument.key)
        if is_live_perp(row) and row.instrument.exchange in known:
            legs.append(_live_leg(row, now, doubts.get(row.instrument.key, ""), aliases))
        if number % _ROWS_AT_A_TIME == 0:
            yield
    silent = (one for one in listed if one.key not in heard and one.exchange in known)
    return legs + [_silent_leg(one, doubts.get(one.key, ""), aliases) for one in silent]


def is_live_perp(row: Row) -> bool:
    """Whether it has an open interest that is of any use."""
    instrument = row.instrument
    return instrument.market is Market.PERP and instrument.status is Status.LIVE


def _coin_of(instrument: Instrument, aliases: Sequence[Alias]) -> str:
    return next((one.coin for one in aliases if one.place.has(instrument)), instrument.coin)


def _silent_leg(instrument: Instrument, suspicion: str, aliases: Sequence[Alias]) -> Leg:
    coin = _coin_of(instrument, aliases)
    return _absent(instrument.exchange, instrument.symbol, coin, NOT_TOLD)._replace(
        suspicion=suspicion
    )


def _absent(exchange: Exchange, symbol: str, coin: str, reason: str) -> Leg:
    return Leg(
        exchange=exchange,
        symbol=symbol,
        coin=coin,
        coins=None,
        price=None,
        age_ms=None,
        stale=False,
        reason=reason,
        suspicion="",
    )


def _live_leg(row: Row, now: Now, suspicion: str, aliases: Sequence[Alias]) -> Leg:
    instrument = row.instrument
    age_s = None if row.interest is None else max(0.0, now.s - row.interest.received_s)
    stale = age_s is not None and age_s > STALE_AFTER_S
    reason = ""
    if row.open_interest_coins is None or age_s is None:
        reason = NOT_TOLD
    elif stale:
        reason = f"last told {age_s / 60:.0f} min ago"
    return Leg(
        exchange=instrument.exchange,
        symbol=instrument.symbol,
        coin=_coin_of(instrument, aliases),
        coins=row.open_interest_coins,
        price=_price(row),
        age_ms=None if age_s is None else int(age_s * 1000),
        stale=stale,
        reason=reason,
        suspicion=suspicion,
    )


def _price(row: Row) -> float | None:
    """The mark price; where none is told, what the exchange reckoned USD with."""
    if row.mark_price is not None:
        return row.mark_price
    if not row.open_interest_coins or not row.open_interest_usd:
        return None
    return row.open_interest_usd / row.open_interest_coins


def stored_legs(
    samples: Collection[InterestSample],
    now_ms: int,
    *,
    thens: Mapping[int, Mapping[Perp, InterestSample]] | None = None,
    aliases: Sequence[Alias] = (),
) -> list[Leg]:
    """Samples as if they were of now; by their prices it is judged which are the same coin.

    A perpetual that is among `thens` (hours ago: samples) and not among them is without a value;
    so is every exchange without one where none of a coin's samples is ours.
    """
    legs = [_stored_leg(one, now_ms, aliases) for one in samples]
    found = {leg.perp for leg in legs}
    for hours, earlier in sorted((thens or {}).items()):
        for perp, one in earlier.items():
            if perp not in found:
                found.add(perp)
                legs.append(_unsampled(one, hours, aliases))
    by_coin: dict[str, list[Leg]] = {}
    for leg in legs:
        by_coin.setdefault(leg.coin, []).append(leg)
    ours = {_stored_coin(one, aliases) for one in samples if one.source is InterestSource.OURS}
    for coin, some in by_coin.items():
        if coin not in ours:
            by_coin[coin] = [*some, *_unrecorded(coin, some)]
    return [leg for some in by_coin.values() for leg in _judged(some)]


def _unrecorded(coin: str, legs: Sequence[Leg]) -> list[Leg]:
    """Where all is of exchanges' records, it is not known who else lists the coin."""
    there = {leg.exchange for leg in legs}
    return [_absent(one, "", coin, RECORDS_ALONE) for one in Exchange if one not in there]


def _unsampled(one: InterestSample, hours: int, aliases: Sequence[Alias]) -> Leg:
    reason = f"not in the newest samples, last seen in those of {hours} h before"
    return _absent(one.exchange, one.symbol, _stored_coin(one, aliases), reason)


def _stored_coin(one: InterestSample, aliases: Sequence[Alias]) -> str:
    """Samples are kept under the exchange's name of the coin: what it is called may change."""
    if not aliases:
        return one.coin
    return _coin_of(
        Instrument(
            exchange=one.exchange,
            market=Market.PERP,
            symbol=one.symbol,
            coin=one.coin,
            multiplier=1.0,
            status=Status.LIVE,
        ),
        aliases,
    )


def _judged(legs: Sequence[Leg]) -> Iterator[Leg]:
    prices = {leg.perp: leg.price for leg in legs if leg.price is not None}
    ratios = {}
    if len(prices) > 1:
        evidence = judge(list(prices.values()), [1.0] * len(prices))
        ratios = {
            perp: one.ratio
            for perp, one in zip(prices, evidence, strict=True)
            if one.doubt is not None
        }
    for leg in legs:
        ratio = ratios.get(leg.perp)
        text = "" if ratio is None else f"its price is {ratio:.3g} of the others'"
        yield leg._replace(suspicion=text)


def _stored_leg(one: InterestSample, now_ms: int, aliases: Sequence[Alias]) -> Leg:
    return Leg(
        exchange=one.exchange,
        symbol=one.symbol,
        coin=_stored_coin(one, aliases),
        coins=one.coins,
        price=one.price,
        age_ms=max(0, now_ms - one.at_ms),
        stale=False,
        reason="",
        suspicion="",
    )


def sample_of(row: Row, mark_ms: int, now_s: float) -> InterestSample | None:
    """What is kept of a live perpetual at a mark; None where nothing is known, or not lately."""
    stamp = row.interest
    if row.open_interest_coins is None or stamp is None or not is_live_perp(row):
        return None
    if now_s - stamp.received_s > STALE_AFTER_S:
        return None
    return InterestSample(
        exchange=row.instrument.exchange,
        symbol=row.instrument.symbol,
        coin=row.instrument.coin,
        at_ms=mark_ms,
        coins=row.open_interest_coins,
        price=_price(row),
        source=InterestSource.OURS,
    )
