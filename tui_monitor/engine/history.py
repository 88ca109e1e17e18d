"""What the slot schedule and the backfill both work on."""

from msgspec import Struct

from tui_monitor.clock import BoardZone, Clock
from tui_monitor.engine.fetcher import PageFetcher
from tui_monitor.engine.recorder import Recorder
from tui_monitor.store import Store


class SlotHistory(Struct, frozen=True, kw_only=True):
    """The stored slots of some coins, and the way to get more of them."""

    store: Store
    recorder: Recorder
    fetcher: PageFetcher
    zone: BoardZone
    clock: Clock
    coins: tuple[str, ...]
