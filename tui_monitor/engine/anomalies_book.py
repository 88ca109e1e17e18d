"""Puts anomalies down: one row a bar and perpetual, and only if it says something else."""

import logging
from collections import OrderedDict
from collections.abc import Collection

import msgspec
from msgspec.structs import replace

from tui_monitor.boards.anomalies import KNOWN, AnomaliesBoard, AnomalyRow
from tui_monitor.boards.anomalies.detect import Detected
from tui_monitor.boards.anomalies.explain import explain_anomalies
from tui_monitor.boards.anomalies.records import head_name, record_of
from tui_monitor.boards.anomalies.universe import Universe
from tui_monitor.engine.candles import SeriesKey
from tui_monitor.errors import StoreError
from tui_monitor.model import AnomalyRecord, Exchange
from tui_monitor.store import Store

log = logging.getLogger(__name__)

_REMEMBERED = 64
# Of others nobody knows what their bar is: what was found of it stays.

BarKey = tuple[Exchange, str, int]
Written = tuple[list[str], list[AnomalyRecord]]


class AnomalyBook:
    """What was written of the newest bars."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._written: OrderedDict[BarKey, Written] = OrderedDict()

    async def write(
        self,
        key: SeriesKey,
        detected: Detected,
        universe: Universe,
        shown: AnomaliesBoard,
        only: Collection[str] | None = None,
    ) -> bool:
        """Put a bar's anomalies down; of `only` some symbols, if given. False if it failed."""
        place = (*key, shown.open_ms)
        chosen = [row for row in shown.rows if only is None or row.symbol in only]
        known = sorted(row.symbol for row in chosen if row.state in KNOWN)
        records = [
            record_of(one, shown.evaluated_ms or shown.now_ms)
            for one in explain_anomalies(detected, universe, chosen)
        ]
        unstamped = (known, [replace(one, judged_ms=0) for one in records])
        if not known or self._written.get(place) == unstamped:
            return True
        try:
            await self._store.record_anomalies(*place, known, records)
        except StoreError as error:
            # The recorder shows the reason: both write to the same file. The next evaluation tries
            # it again.
            log.warning("anomalies of %s are not recorded: %s", key[0].value, error.line())
            return False
        if only is not None:
            self._written.pop(place, None)
            return True
        self._written[place] = unstamped
        while len(self._written) > _REMEMBERED:
            self._written.popitem(last=False)
        return True

    async def keep_head(self, key: SeriesKey, shown: AnomaliesBoard) -> None:
        """The board without its rows, for those who have the store alone."""
        no_rows: list[AnomalyRow] = []
        head = msgspec.json.encode(replace(shown, rows=no_rows, forming=None)).decode()
        try:
            await self._store.keep_board_head(head_name(*key), head)
        except StoreError as error:
            log.warning("the head of the anomalies is not kept: %s", error.line())
