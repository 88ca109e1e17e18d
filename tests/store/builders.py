"""Rows with defaults, a clock that stands still, and a store in a folder."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from tui_monitor.clock import SLOT_MS, BoardZone
from tui_monitor.model import Hole, HoleState, PriceSource, Reason, SlotPrice

ZONE = BoardZone()
DAY = date(2026, 1, 5)
DAY_MS = ZONE.day_start_ms(DAY)
DAY_END_MS = ZONE.day_end_ms(DAY)
NOW_MS = ZONE.parse("2026-01-20 12:00:00")
COINS = ("BTC", "ETH", "AAVE")


class StillClock:
    """A clock that moves only when told to."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self.ms = now_ms
        self.seconds = 0.0

    def now_ms(self) -> int:
        return self.ms

    def monotonic_s(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def a_price(
    slot: int = 0,
    coin: str = "BTC",
    price: float = 100.0,
    source: PriceSource = PriceSource.CANDLE_OPEN,
    late_ms: int = 0,
    own_base: float | None = None,
) -> SlotPrice:
    """The price of the n-th slot of the day."""
    slot_ms = DAY_MS + slot * SLOT_MS
    return SlotPrice(
        slot_ms=slot_ms,
        coin=coin,
        price=price,
        source=source,
        observed_ms=slot_ms + late_ms,
        own_base=own_base,
    )


def a_hole(
    slot: int = 0,
    coin: str = "BTC",
    state: HoleState = HoleState.FAILED,
    reason: str = Reason.FETCH_FAILED.value,
    tries: int = 1,
    next_try_ms: int | None = None,
) -> Hole:
    """A hole at the n-th slot of the day."""
    return Hole(
        slot_ms=DAY_MS + slot * SLOT_MS,
        coin=coin,
        state=state,
        reason=reason,
        tries=tries,
        first_ms=NOW_MS,
        last_ms=NOW_MS,
        next_try_ms=next_try_ms,
    )


def a_day(
    coins: Sequence[str] = COINS, slots: Iterable[int] = range(48), day: int = 0
) -> list[SlotPrice]:
    """A price a slot and coin, all different, with two decimals at most."""
    return [
        a_price(day * 48 + slot, coin, 100.0 + (slot * (place + 1)) % 37 + place / 4)
        for slot in slots
        for place, coin in enumerate(coins)
    ]


def names(folder: Path, pattern: str = "*") -> list[str]:
    """The files of a folder."""
    return sorted(path.name for path in folder.glob(pattern))


def put(path: str | Path, content: bytes) -> Path:
    """Write a file."""
    Path(path).write_bytes(content)
    return Path(path)


def content_of(path: str | Path) -> bytes:
    """Read a file."""
    return Path(path).read_bytes()
