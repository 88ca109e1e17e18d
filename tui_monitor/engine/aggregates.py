"""The aggregate source, asked once a minute: what it says is kept, what it lacks is said."""

import logging

from tui_monitor.boards.liquidations.panic import panic_index, why_no_index
from tui_monitor.clock import MINUTE_MS, Clock, utc_text
from tui_monitor.errors import FeedError, StoreError
from tui_monitor.feeds.aggregate import AggregateClient, AggregateFigures
from tui_monitor.feeds.told import OnEvent
from tui_monitor.model import AggregateRow
from tui_monitor.store import Store

log = logging.getLogger(__name__)

AREA = "aggregate"
TRIES = 3
AGAIN_AFTER_S = 2.0
# The source's own minute has to be over first.
AFTER_MINUTE_MS = 1_500
# It is renewed each minute, and may be asked just before that.
STANDS_STILL_MS = 3 * MINUTE_MS


class Aggregates:
    """Asks, and writes a row a minute. `error` is why there is none now, "" while there is."""

    def __init__(
        self, client: AggregateClient | None, store: Store, clock: Clock, on_event: OnEvent
    ) -> None:
        self._client = client
        self._store = store
        self._clock = clock
        self._on_event = on_event
        self.error = ""
        self.failing_since_ms: int | None = None
        self._newest: AggregateRow | None = None

    @property
    def is_on(self) -> bool:
        """Whether there is a source."""
        return self._client is not None

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def run(self) -> None:
        """For ever: at once, and then on each minute."""
        while self._client is not None:
            await self._ask_once(self._client)
            now_ms = self._clock.now_ms()
            next_ms = now_ms - now_ms % MINUTE_MS + MINUTE_MS + AFTER_MINUTE_MS
            await self._clock.sleep((next_ms - now_ms) / 1_000)
        await self._clock.sleep(float("inf"))

    async def _ask_once(self, client: AggregateClient) -> None:
        try:
            found = await self._read(client)
        except FeedError as error:
            self._fail(error.line())
            return
        now_ms = self._clock.now_ms()
        if await self._is_again(found):
            self._tell(self._why_old(found.source_ms, now_ms) or _why_lacking(found))
            return
        row = AggregateRow(
            minute_ms=now_ms - now_ms % MINUTE_MS,
            source_ms=found.source_ms,
            received_ms=now_ms,
            usd_1h=found.usd_1h,
            usd_24h=found.usd_24h,
            people_24h=found.people_24h,
            position_usd=found.position_usd,
            panic_index=panic_index(found.people_24h, found.position_usd),
        )
        self._tell(self._why_old(found.source_ms, now_ms) or _why_lacking(found))
        try:
            await self._store.record_aggregates([row])
        except StoreError as error:
            # The recorder shows the reason: both write to the same file.
            log.warning("the aggregate of a minute is not recorded: %s", error.line())
            self._store.give_up(1)
            return
        self._newest = row

    async def _is_again(self, found: AggregateFigures) -> bool:
        """A word with the time of the row before is no new minute, unless it knows more."""
        if self._newest is None:
            self._newest = await self._newest_stored()
        before = self._newest
        if before is None or found.source_ms is None or found.source_ms != before.source_ms:
            return False
        return _figures(found) <= _figures(before)

    async def _newest_stored(self) -> AggregateRow | None:
        try:
            rows = await self._store.aggregates(0, self._clock.now_ms() + MINUTE_MS, 1)
        except StoreError as error:
            log.warning("the newest aggregate can't be read: %s", error.line())
            return None
        return rows[-1] if rows else None

    def _why_old(self, source_ms: int | None, now_ms: int) -> str:
        """Once its time stands still for longer than it takes to be renewed."""
        if source_ms is None or now_ms - source_ms <= STANDS_STILL_MS:
            return ""
        return f"the source tells nothing new since {utc_text(source_ms)}"

    async def _read(self, client: AggregateClient) -> AggregateFigures:
        """Again where the hour's amount is zero: it was so when the source was being renewed."""
        found = await client.read()
        for _ in range(TRIES):
            if found.usd_1h is not None:
                break
            await self._clock.sleep(AGAIN_AFTER_S)
            found = await client.read()
        return found

    def _tell(self, lacking: str) -> None:
        if lacking:
            self._fail(lacking)
        elif self.error:
            self._on_event("info", AREA, "the aggregate source tells all again")
            self.error, self.failing_since_ms = "", None

    def _fail(self, text: str) -> None:
        """Told once for each reason, until all is well again."""
        if text != self.error:
            self._on_event("warning", AREA, text)
        if not self.error:
            self.failing_since_ms = self._clock.now_ms()
        self.error = text


def _figures(told: AggregateFigures | AggregateRow) -> int:
    """How many are known."""
    known = (told.usd_1h, told.usd_24h, told.people_24h, told.position_usd)
    return sum(one is not None for one in known)


def _why_lacking(found: AggregateFigures) -> str:
    if found.usd_1h is None:
        return "the source tells zero or no liquidations of an hour"
    return why_no_index(found.people_24h, found.position_usd)
