"""Sources in the states that a board has beside the live one: stale, and empty.

What is stale is a live board's rows without an engine; what is empty are the answers of a real
database in which nothing is stored yet.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.support.boards import (
    NOW_MS,
    ZONE,
    MemorySource,
    a_light,
    a_status,
    an_empty_sum_board,
)
from tests.support.coin_pages import a_coin_page
from tests.support.funding_boards import a_funding_board, a_funding_cell, a_funding_row
from tests.support.interest_boards import an_interest_board
from tests.support.judged_boards import a_picks_board, an_anomalies_board
from tests.support.spread_boards import a_signals_board, a_spreads_board, a_stale_spread
from tui_monitor.boards.liquidations import LiquidationsBoard, VenueState
from tui_monitor.config import SumCurve
from tui_monitor.model import Exchange, FeedState
from tui_monitor.source import Query
from tui_monitor.source.anomalies import NO_ENGINE as NOT_JUDGED
from tui_monitor.source.anomalies import OF_BEFORE
from tui_monitor.source.interest import NO_ENGINE as NOT_SAMPLED
from tui_monitor.source.spreads import NO_ENGINE
from tui_monitor.source.stored import StoredSource
from tui_monitor.store import open_store

# How old what is stale is.
AGE_MS = 47 * 60_000


_UNRANKED: dict[str, Any] = {
    "rank": None, "ranked": False, "difference_8h": None, "difference_apr": None,
    "short_exchange": None, "long_exchange": None, "reason": "no rate for too long",
}  # fmt: skip


class StillClock:
    """It is always the tests' now."""

    def now_ms(self) -> int:
        """The wall."""
        return NOW_MS

    def monotonic_s(self) -> float:
        """Nothing passes."""
        return 0.0

    async def sleep(self, seconds: float) -> None:
        """Nothing to wait for."""


class StaleSource(MemorySource):
    """What was stored when the last engine ended, 47 minutes ago."""

    def __init__(self) -> None:
        super().__init__()
        then_ms = NOW_MS - AGE_MS
        self.live = False
        self.current_status = _without_prices()
        self.signals = replace(
            a_signals_board(then_ms), now_ms=NOW_MS, live=False, reason=NO_ENGINE
        )
        self.spreads = replace(
            a_spreads_board(),
            rows=[a_stale_spread(f"COIN{n}", 2.4 - n / 10) for n in range(12)],
            ranked=0,
        )
        self.anomalies = replace(
            an_anomalies_board(now_ms=then_ms),
            now_ms=NOW_MS,
            live=False,
            forming=None,
            reason=f"{NOT_JUDGED}; {OF_BEFORE}",
        )
        self.picks = replace(
            a_picks_board(then_ms),
            now_ms=NOW_MS,
            live=False,
            reason=f"{NOT_JUDGED}; these are the last ones",
        )
        self.interest = replace(
            an_interest_board(then_ms, jumped=True), now_ms=NOW_MS, live=False, reason=NOT_SAMPLED
        )
        cells = [
            a_funding_cell(one, 0.0002, stale=True, age_ms=AGE_MS)
            for one in (Exchange.BINANCE, Exchange.OKX)
        ]
        rows = [a_funding_row(f"COIN{n}", cells=cells, **_UNRANKED) for n in range(12)]
        self.funding = replace(a_funding_board(then_ms), now_ms=NOW_MS, rows=rows, ranked=0)
        self.page = replace(
            a_coin_page(now_ms=then_ms), now_ms=NOW_MS, live=False, reason=NO_ENGINE, legs=[],
            premiums=[], spreads=[],
        )  # fmt: skip

    async def liquidations_board(self, hours: int, query: Query) -> LiquidationsBoard:
        """Its venues are heard no more."""
        board = await super().liquidations_board(hours, query)
        venues = [
            replace(one, state=VenueState.OFF, since_ms=None, reason="") for one in board.venues
        ]
        return replace(board, live=False, venues=venues)


class EmptySource(MemorySource):
    """A database without a row, and no engine that hears anything."""

    def __init__(self, stored: StoredSource) -> None:
        super().__init__()
        self.live = False
        self.board = an_empty_sum_board()
        self.current_status = _without_prices()
        self._stored = stored
        for name in (
            *("coverage_board", "spreads_board", "signals_board", "funding_board"),
            *("interest_board", "liquidations_board", "anomalies_board", "anomaly_explained"),
            *("picks_board", "klines", "coin_page", "system_board", "job_log"),
        ):
            setattr(self, name, getattr(stored, name))


def _without_prices() -> Any:
    light = a_light(FeedState.SILENT, "silent 00:47", age_ms=AGE_MS, messages_per_s=0.0)
    return a_status(lights=[light], coins_live=0, oldest_age_ms=None, messages_per_s=0.0)


@asynccontextmanager
async def a_source_in(state: str, folder: Path) -> AsyncIterator[MemorySource]:
    """`live`, `stale` or `empty`."""
    if state == "live":
        yield MemorySource()
    elif state == "stale":
        yield StaleSource()
    else:
        clock = StillClock()
        async with open_store(folder, clock, kind="real") as store:
            yield EmptySource(StoredSource(store, ZONE, clock, SumCurve(), folder / "exports"))
