"""Fetches candle pages side by side and commits each as it comes."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from tui_monitor.engine.filler import Filled, Filler
from tui_monitor.engine.pages import Page
from tui_monitor.engine.recorder import Recorder
from tui_monitor.model import Hole, Instrument

# The pacing decides the rate; this many may wait for their answers meanwhile.
SIDE_BY_SIDE = 8

OnPage = Callable[[Page, Filled], None]


class PageFetcher:
    """One exchange's pages into the store."""

    def __init__(
        self, filler: Filler, recorder: Recorder, instrument: Callable[[str], Instrument]
    ) -> None:
        self._filler = filler
        self._recorder = recorder
        self._instrument = instrument

    async def fetch_all(
        self,
        pages: Sequence[Page],
        known: Mapping[tuple[int, str], Hole],
        *,
        on_page: OnPage | None = None,
        stop: asyncio.Event | None = None,
    ) -> list[Filled]:
        """Fetch all pages; a page is on disk before `on_page` hears of it. `stop` ends it early."""
        results: list[Filled] = []
        left = iter(pages)

        async def work() -> None:
            for page in left:
                if stop is not None and stop.is_set():
                    return
                filled = await self._filler.fetch(page, self._instrument(page.coin), known)
                if not await self._recorder.record(filled.rows, filled.holes):
                    return  # the recorder keeps this page; more would only pile up
                results.append(filled)
                if on_page is not None:
                    on_page(page, filled)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(SIDE_BY_SIDE, len(pages))):
                group.create_task(work())
        return results
