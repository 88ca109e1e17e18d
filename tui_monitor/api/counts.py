"""How much is watched, kept and found, in the originals' shape."""

from msgspec import Struct

from tui_monitor.api.answers import Answer
from tui_monitor.api.endpoints import Endpoint, Nothing, World
from tui_monitor.boards.upkeep import Upkeep
from tui_monitor.model import Exchange

_COUNTS_S = 5.0


class Stats(Struct, frozen=True, kw_only=True):
    """What is watched and what was found: of the exchanges and bars that the settings judge.

    `total_klines` counts all that are kept.
    """

    exchanges: list[Exchange]
    interval: str
    monitored_symbols: int
    total_klines: int
    anomalies_24h: int
    anomalies_1h: int
    last_update: str | None


async def stats(world: World, _asked: Nothing) -> Answer:
    """Counts."""
    known = await upkeep(world)
    info = await world.shared.once("store", _COUNTS_S, world.source.store_info)
    judged_ms = known.evaluated_ms
    data = Stats(
        exchanges=list(known.exchanges),
        interval=known.bar,
        monitored_symbols=known.watched,
        total_klines=info.rows.get("candles", 0),
        anomalies_24h=known.anomalies_24h,
        anomalies_1h=known.anomalies_1h,
        last_update=None if judged_ms is None else world.zone.format(judged_ms),
    )
    return Answer(data=data)


async def upkeep(world: World) -> Upkeep:
    """What is watched, found and kept: as it is told to all who ask at a time."""
    return await world.shared.once("upkeep", _COUNTS_S, world.source.upkeep)


ENDPOINTS = (
    Endpoint(
        path="/api/stats",
        summary="How many symbols are watched, bars kept, anomalies found.",
        reply=stats,
        gives=Stats,
    ),
)
