"""A slot history over a real store and a started simulator."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tui_monitor.clock import BoardZone, Clock
from tui_monitor.config import COINS, Okx
from tui_monitor.engine.fetcher import PageFetcher
from tui_monitor.engine.filler import Filler
from tui_monitor.engine.history import SlotHistory
from tui_monitor.engine.recorder import Recorder
from tui_monitor.feeds.okx import mapper
from tui_monitor.feeds.okx.rest import OkxRest
from tui_monitor.model import Instrument
from tui_monitor.simulator import Simulator
from tui_monitor.store import open_store


class Parts(NamedTuple):
    """What a test needs to look at."""

    history: SlotHistory
    rest: OkxRest
    sim: Simulator
    events: list[tuple[str, str, str]]


def instrument(coin: str) -> Instrument:
    """The coin's USDT swap, as its name tells."""
    found = mapper.guess(f"{coin}-USDT-SWAP")
    assert found is not None
    return found


@asynccontextmanager
async def a_history(
    folder: Path,
    sim: Simulator,
    clock: Clock,
    *,
    coins: tuple[str, ...] = COINS,
    paced: bool = False,
) -> AsyncIterator[Parts]:
    """Store, REST client and what stands between them, on one clock."""
    events: list[tuple[str, str, str]] = []
    settings = Okx(rest_url=f"{sim.url}/okx", paced=paced)
    async with (
        open_store(folder, clock, kind="simulator") as store,
        aclosing(OkxRest(settings, clock)) as rest,
    ):
        recorder = Recorder(store, clock, lambda *event: events.append(event))
        history = SlotHistory(
            store=store,
            recorder=recorder,
            fetcher=PageFetcher(Filler(rest, clock), recorder, instrument),
            zone=BoardZone(),
            clock=clock,
            coins=coins,
        )
        yield Parts(history, rest, sim, events)


def candle_requests(sim: Simulator) -> int:
    """How many candle pages clients have asked for."""
    requests = sim.stats()["okx"]["requests"]
    return sum(count for path, count in requests.items() if path.endswith("candles"))
