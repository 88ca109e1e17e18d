"""Which legs are in quarantine: the verdicts of `judge`, kept over time.

A leg enters at once when it is more than 20 % off; it leaves when it has been within 15 % of the
others for a minute. A leg without a fresh price of its own keeps the verdict it has.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from tui_monitor.boards.legs import SLOTS, Now
from tui_monitor.boards.legs.table import Bools, Column, Floats, LegTable
from tui_monitor.boards.same_coin import Doubt, Suspect
from tui_monitor.boards.same_coin.before import Before, kept_text, key_of
from tui_monitor.boards.same_coin.judge import BAND, Evidence, beside, judge
from tui_monitor.config import Spreads
from tui_monitor.market import Key, Row
from tui_monitor.model.place import Place, place_of

LEAVES_WITHIN = 0.15
LEAVES_AFTER_S = 60.0
# At the start a coin's legs come one after the other: a verdict without some of them waits so long.
HEARD_WITHIN_S = 30.0
# An older price says nothing of where the others are now.
PRICE_MAX_AGE_S = 30.0


class _Held(Struct):
    """A leg in quarantine, and since when it has been within the narrower band.

    `was_clear`: it was once told apart by others that agreed, not only held while nobody knew.
    `waits_since_s`: other legs of the coin have no price yet; it is barred, but not yet judged.
    """

    suspect: Suspect
    settled_since_s: float | None = None
    was_clear: bool = False
    waits_since_s: float | None = None


class _Sighting(NamedTuple):
    """One leg of a coin and what its price beside the others' says."""

    coin: str
    row: Row
    price: float
    evidence: Evidence
    all_heard: bool


class SameCoin:
    """The quarantine. `judge` once per refresh; `suspects` and `barred` between them."""

    def __init__(self, same: Iterable[Place] = (), not_same: Iterable[Place] = ()) -> None:
        self._same = tuple(same)
        self._not_same = tuple(not_same)
        self._trusted: set[Row] = set()
        self._named: set[Row] = set()
        self._listings = 0
        self._held: dict[Row, _Held] = {}
        self._before = Before()

    @classmethod
    def of(cls, settings: Spreads) -> "SameCoin":
        """With the exceptions that the settings name."""
        return cls(map(place_of, settings.same), map(place_of, settings.not_same))

    def remember(self, since_ms: Mapping[Key, int], now: Now) -> None:
        """Who was in it before the start; some of them may have been found by now."""
        self._before.remember(since_ms, now)
        for held in self._held.values():
            first_ms = self._before.since_ms(key_of(held.suspect), now)
            if first_ms < held.suspect.since_ms:
                held.suspect = replace(held.suspect, since_ms=first_ms)

    def kept(self, now: Now) -> str:
        """What the next start is to remember."""
        return kept_text(self.suspects(), self._before.still(now.s))

    def suspects(self) -> list[Suspect]:
        """Everything in quarantine, by coin; not what is only barred until all legs are heard."""
        found = (held.suspect for held in self._held.values() if held.waits_since_s is None)
        return sorted(found, key=lambda one: (one.coin, one.exchange, one.market, one.symbol))

    def suspicion(self, row: Row) -> str:
        """Why a row is in quarantine; empty if it is not."""
        held = self._held.get(row)
        return held.suspect.text if held else ""

    def suspicions(self) -> dict[Key, str]:
        """Why each row is in quarantine, what is only barred among them."""
        return {row.instrument.key: held.suspect.text for row, held in self._held.items()}

    def barred(self, table: LegTable) -> Bools:
        """Which of the table's legs are in quarantine, per coin and slot."""
        barred = np.zeros((len(table.coins), len(SLOTS)), dtype=bool)
        for row in self._held:
            place = table.leg_of(row)
            if place is not None and table.row(*place) is row:
                barred[place] = True
        return barred

    def judge(self, table: LegTable, now: Now) -> None:
        """Look at all prices, and at every leg of the coins that don't agree."""
        if self._listings != table.listings:
            self._read_names(table, now)
        for coin in self._coins_to_judge(table, now.s):
            self._judge_coin(table, coin, now)
        table.prefer(frozenset(self._held))

    def _read_names(self, table: LegTable, now: Now) -> None:
        """Which rows the settings speak of; and who has left."""
        self._listings = table.listings
        self._trusted = {row for row in table.live_rows() if _names(self._same, row)}
        self._named = {row for row in table.live_rows() if _names(self._not_same, row)}
        for row in list(self._held):
            if table.leg_of(row) is None or row in self._trusted:
                del self._held[row]
        for row in self._named - self._trusted - self._held.keys():
            place = table.leg_of(row)
            if place is not None:
                since_ms = self._before.since_ms(row.instrument.key, now)
                self._held[row] = _Held(_by_name(table.coins[place[0]], row, since_ms))

    def _coins_to_judge(self, table: LegTable, now_s: float) -> set[int]:
        prices = reference_prices(table, now_s)
        highest = np.fmax.reduce(prices, axis=1, initial=-np.inf)
        lowest = np.fmin.reduce(prices, axis=1, initial=np.inf)
        apart = np.flatnonzero(highest > lowest * (1 + BAND))
        held = (table.leg_of(row) for row in self._held)
        return set(apart.tolist()) | {place[0] for place in held if place} | table.crowded()

    def _judge_coin(self, table: LegTable, coin: int, now: Now) -> None:
        rows: list[Row] = []
        prices: list[float] = []
        named: list[tuple[Row, float]] = []
        all_heard = True
        for row in table.rows_of(coin):
            price = reference_price(row, now.s)
            if price is not None and row in self._named:
                named.append((row, price))
            elif price is not None:
                rows.append(row)
                prices.append(price)
            else:
                all_heard = False
        for row, price in named:
            self._compare_named(row, price, prices)
        if len(rows) < 2:
            return
        found = judge(prices, [row.instrument.multiplier for row in rows])
        for row, price, evidence in zip(rows, prices, found, strict=True):
            if row not in self._trusted:
                seen = _Sighting(table.coins[coin], row, price, evidence, all_heard)
                self._settle(seen, now)

    def _compare_named(self, row: Row, price: float, others: Sequence[float]) -> None:
        """What is known of a leg that the settings hold; the last known stays."""
        held = self._held.get(row)
        if held is None:
            return
        if not others:
            held.suspect = replace(held.suspect, price=price)
            return
        evidence = beside(price, others)
        held.suspect = replace(
            held.suspect,
            price=price,
            others_price=evidence.others_price,
            ratio=evidence.ratio,
            others=evidence.others,
        )

    def _settle(self, seen: _Sighting, now: Now) -> None:
        held = self._held.get(seen.row)
        doubt = seen.evidence.doubt
        if doubt is not None:
            first_ms = self._before.since_ms(seen.row.instrument.key, now)
            since_ms = held.suspect.since_ms if held else first_ms
            was_clear = held is not None and held.was_clear
            suspect = _suspect(seen, doubt, since_ms)
            self._held[seen.row] = _Held(
                suspect,
                was_clear=was_clear or seen.evidence.is_clear,
                waits_since_s=_waits_since_s(held, seen, now),
            )
        elif held is not None and held.waits_since_s is not None:
            # It was never judged: with what is known now there is nothing against it.
            del self._held[seen.row]
        elif held is not None:
            self._let_go(seen, held, now)

    def _let_go(self, seen: _Sighting, held: _Held, now: Now) -> None:
        is_inside = abs(seen.evidence.ratio - 1) <= LEAVES_WITHIN
        if is_inside and seen.evidence.is_clear and not held.was_clear:
            # Nobody could tell before, as at the start when few have a price; now all can.
            del self._held[seen.row]
            return
        since_s = held.settled_since_s
        if not is_inside:
            since_s = None
        elif since_s is None:
            since_s = now.s
        elif now.s - since_s >= LEAVES_AFTER_S:
            del self._held[seen.row]
            return
        suspect = _suspect(seen, held.suspect.doubt, held.suspect.since_ms, settled=is_inside)
        self._held[seen.row] = _Held(suspect, since_s, held.was_clear)


def reference_price(row: Row, now_s: float) -> float | None:
    """What a leg says the coin costs: index, else mark, else last, else mid; spot: last or mid.

    None where nothing of that is younger than 30 s.
    """
    oldest_s = now_s - PRICE_MAX_AGE_S
    if row.index is not None and row.index.received_s >= oldest_s and row.index_price is not None:
        return row.index_price
    if row.mark is not None and row.mark.received_s >= oldest_s and row.mark_price is not None:
        return row.mark_price
    if row.trade_seen_s is not None and row.trade_seen_s >= oldest_s and row.last is not None:
        return row.last
    if row.book_seen_s is None or row.book_seen_s < oldest_s or row.bid is None or row.ask is None:
        return None
    return (row.bid + row.ask) / 2


def reference_prices(table: LegTable, now_s: float) -> Floats:
    """`reference_price` of every shown leg; NaN for None."""
    column = table.column
    found = (column(Column.BID) + column(Column.ASK)) / 2
    found[~(column(Column.BOOK_SEEN_S) >= now_s - PRICE_MAX_AGE_S)] = np.nan
    for price, seen in (
        (Column.LAST, Column.LAST_SEEN_S),
        (Column.MARK, Column.MARK_SEEN_S),
        (Column.INDEX, Column.INDEX_SEEN_S),
    ):
        is_known = (column(seen) >= now_s - PRICE_MAX_AGE_S) & np.isfinite(column(price))
        np.copyto(found, column(price), where=is_known)
    return found


def _names(places: Iterable[Place], row: Row) -> bool:
    return any(place.has(row.instrument) for place in places)


def _waits_since_s(held: _Held | None, seen: _Sighting, now: Now) -> float | None:
    """Since when a verdict waits for the other legs; None: it waits no more."""
    since_s = now.s if held is None else held.waits_since_s
    if since_s is None or seen.all_heard or now.s - since_s >= HEARD_WITHIN_S:
        return None
    return since_s


def _suspect(seen: _Sighting, doubt: Doubt, since_ms: int, *, settled: bool = False) -> Suspect:
    coin, row, price, evidence, _ = seen
    return Suspect(
        coin=coin,
        exchange=row.instrument.exchange,
        market=row.instrument.market,
        symbol=row.instrument.symbol,
        multiplier=row.instrument.multiplier,
        doubt=doubt,
        text=_text(doubt, evidence, row.instrument.multiplier),
        price=price,
        others_price=evidence.others_price,
        ratio=evidence.ratio,
        others=evidence.others,
        since_ms=since_ms,
        settled=settled,
    )


def _text(doubt: Doubt, evidence: Evidence, multiplier: float) -> str:
    others = "the other leg" if evidence.others == 1 else f"{evidence.others} others' median"
    text = f"{doubt}: {evidence.ratio:.4g} × {others}"
    if doubt is Doubt.MULTIPLIER:
        text += f", after × {multiplier:g}"
    return text if evidence.is_clear else f"{text}; which is right can't be told"


def _by_name(coin: str, row: Row, since_ms: int) -> Suspect:
    return Suspect(
        coin=coin,
        exchange=row.instrument.exchange,
        market=row.instrument.market,
        symbol=row.instrument.symbol,
        multiplier=row.instrument.multiplier,
        doubt=Doubt.SETTINGS,
        text=str(Doubt.SETTINGS),
        price=None,
        others_price=None,
        ratio=None,
        others=0,
        since_ms=since_ms,
    )
