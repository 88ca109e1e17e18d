"""Which imported sample stands for a slot: the nearest one, and only if it is near enough.

The rule, which is also the definition of a node: a sample belongs to the nearest slot if it is
at most 120 s away from it; of several the nearest wins, of two equally near the earlier. All
others are kept as off-slot samples, so nothing is lost and a second import changes nothing. A
price that we took ourselves is better than any import.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from tui_monitor.clock import nearest_slot
from tui_monitor.model import OffSlotPrice, PriceSource, SlotPrice

SLOT_REACH_MS = 120_000

_Key = tuple[int, str]


class Sample(Struct, frozen=True, kw_only=True):
    """One coin of an imported record. `line` is where it stands in the file."""

    line: int
    observed_ms: int
    coin: str
    price: float
    own_base: float | None = None

    @property
    def slot_ms(self) -> int | None:
        """The slot it may stand for."""
        return slot_within_reach(self.observed_ms)


class Settled(Struct, frozen=True, kw_only=True):
    """What to write. `kept` are samples that gave way to a better source with another price.

    `duplicates` are second samples of the same time and coin with other numbers.
    """

    prices: list[SlotPrice]
    off_slot: list[OffSlotPrice]
    unchanged: int
    kept: list[Sample]
    duplicates: list[Sample]


def slot_within_reach(observed_ms: int) -> int | None:
    """The slot that a sample may stand for: the nearest, if it is at most 120 s away."""
    slot_ms = nearest_slot(observed_ms)
    return slot_ms if abs(observed_ms - slot_ms) <= SLOT_REACH_MS else None


def settle(
    samples: Sequence[Sample],
    slot_rows: Iterable[Sequence[Any]],
    off_slot_rows: Iterable[Sequence[Any]],
) -> Settled:
    """Decide on each sample, given the rows that stand at their slots and times."""
    table = _Table(slot_rows, off_slot_rows)
    for sample in samples:
        table.take(sample)
    return table.settled()


class _Table:
    """The rows as they were and as they become."""

    def __init__(
        self, slot_rows: Iterable[Sequence[Any]], off_slot_rows: Iterable[Sequence[Any]]
    ) -> None:
        self._slots: dict[_Key, SlotPrice] = {}
        for slot_ms, coin, price, source, observed_ms, own_base in slot_rows:
            self._slots[slot_ms, coin] = SlotPrice(
                slot_ms=slot_ms,
                coin=coin,
                price=price,
                source=PriceSource(source),
                observed_ms=observed_ms,
                own_base=own_base,
            )
        self._off_slot = {
            (observed_ms, coin): OffSlotPrice(
                observed_ms=observed_ms, coin=coin, price=price, own_base=own_base
            )
            for observed_ms, coin, price, own_base in off_slot_rows
        }
        self._new_slots: set[_Key] = set()
        self._new_off_slot: set[_Key] = set()
        self._unchanged = 0
        self._kept: list[Sample] = []
        self._duplicates: list[Sample] = []

    def take(self, sample: Sample) -> None:
        slot_ms = sample.slot_ms
        if slot_ms is None:
            self._put_off_slot(sample)
            return
        there = self._slots.get((slot_ms, sample.coin))
        if there is None:
            self._put_slot(slot_ms, sample)
        elif there.source is not PriceSource.IMPORT:
            self._give_way(there, sample)
        elif there.observed_ms == sample.observed_ms:
            self._compare(there, sample)
        elif _nearness(slot_ms, sample.observed_ms) < _nearness(slot_ms, there.observed_ms):
            self._put_slot(slot_ms, sample)
            self._put_off_slot(there)
        else:
            self._put_off_slot(sample)

    def settled(self) -> Settled:
        return Settled(
            prices=[self._slots[key] for key in sorted(self._new_slots)],
            off_slot=[self._off_slot[key] for key in sorted(self._new_off_slot)],
            unchanged=self._unchanged,
            kept=self._kept,
            duplicates=self._duplicates,
        )

    def _put_slot(self, slot_ms: int, sample: Sample) -> None:
        key = (slot_ms, sample.coin)
        self._new_slots.add(key)
        self._slots[key] = SlotPrice(
            slot_ms=slot_ms,
            coin=sample.coin,
            price=sample.price,
            source=PriceSource.IMPORT,
            observed_ms=sample.observed_ms,
            own_base=sample.own_base,
        )

    def _put_off_slot(self, sample: Sample | SlotPrice) -> None:
        key = (sample.observed_ms, sample.coin)
        there = self._off_slot.get(key)
        if there is not None:
            if isinstance(sample, Sample):
                self._compare(there, sample)
            return
        self._new_off_slot.add(key)
        self._off_slot[key] = OffSlotPrice(
            observed_ms=sample.observed_ms,
            coin=sample.coin,
            price=sample.price,
            own_base=sample.own_base,
        )

    def _give_way(self, there: SlotPrice, sample: Sample) -> None:
        if there.price == sample.price:
            self._unchanged += 1
        else:
            self._kept.append(sample)

    def _compare(self, there: SlotPrice | OffSlotPrice, sample: Sample) -> None:
        if (there.price, there.own_base) == (sample.price, sample.own_base):
            self._unchanged += 1
        else:
            self._duplicates.append(sample)


def _nearness(slot_ms: int, observed_ms: int) -> tuple[int, int]:
    return abs(observed_ms - slot_ms), observed_ms
