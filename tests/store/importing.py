"""Taking content in as a file, and looking at what came of it."""

from pathlib import Path

from tests.store.builders import COINS, DAY_END_MS, DAY_MS, NOW_MS, ZONE, put
from tui_monitor.clock import SLOT_MS
from tui_monitor.store import ImportReport, Store, import_file


async def take(
    store: Store, content: bytes, name: str = "x.jsonl", now_ms: int = NOW_MS
) -> ImportReport:
    """Import a file with this content."""
    path = Path(store.path).parent / name
    return await import_file(store, put(path, content), ZONE, COINS, now_ms)


async def nodes(store: Store) -> list[tuple[int, str, float, float | None]]:
    """(slot number, coin, price, own base) of all slot prices of the day."""
    return [
        ((row.slot_ms - DAY_MS) // SLOT_MS, row.coin, row.price, row.own_base)
        for row in await store.prices(DAY_MS, DAY_END_MS, COINS)
    ]
