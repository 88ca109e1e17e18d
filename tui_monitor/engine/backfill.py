"""Backfill: the history of a range of days, in the fewest requests, resumable at any moment.

What is there is skipped, what the exchange does not have is written down as unobtainable, and
each page is committed as it comes: after a kill the same command goes on where it was.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import msgspec

from tui_monitor.boards.coverage import Progress
from tui_monitor.boards.sum_curve import is_due
from tui_monitor.clock import BoardZone, Clock
from tui_monitor.engine.fetcher import PageFetcher
from tui_monitor.engine.filler import Filled
from tui_monitor.engine.pages import Page, plan_pages
from tui_monitor.engine.recorder import Recorder
from tui_monitor.errors import AlreadyRuns, BadInput, StoreError
from tui_monitor.model import (
    Exchange,
    Hole,
    HoleState,
    Job,
    JobLine,
    JobState,
    PriceSource,
)
from tui_monitor.store import Store

# OKX swaps with USDT margin began in late 2019; asking for earlier days is a slip of the pen.
FIRST_DAY = date(2019, 1, 1)
MAX_DAYS = 3_700
HOLES_LIMIT = 5_000_000
SAVE_EVERY_S = 1.0

OnProgress = Callable[[Progress], None]


class Backfill:
    """One backfill at a time, for one exchange and one list of coins."""

    def __init__(
        self,
        *,
        store: Store,
        recorder: Recorder,
        fetcher: PageFetcher,
        zone: BoardZone,
        clock: Clock,
        coins: Sequence[str],
        exchange: Exchange = Exchange.OKX,
    ) -> None:
        self._store = store
        self._recorder = recorder
        self._fetcher = fetcher
        self._zone = zone
        self._clock = clock
        self._coins = coins
        self._exchange = exchange
        self._stop = asyncio.Event()
        self._started_s = 0.0
        self._saved_s = 0.0
        self._lines: list[JobLine] = []
        self._finished = asyncio.Event()
        self._finished.set()
        self.job: Job | None = None
        self.on_progress: OnProgress | None = None

    @property
    def running(self) -> bool:
        """Whether a job runs now."""
        return not self._finished.is_set()

    def check(self, first: date, last: date) -> None:
        """Refuse a range that can't be meant."""
        today = self._zone.day_of(self._clock.now_ms())
        if last < first:
            raise BadInput(f"the last day {last} is before the first {first}", "swap them")
        if last > today:
            raise BadInput(f"{last} is in the future", f"today is {today} in {self._zone.name}")
        if first < FIRST_DAY or (last - first).days >= MAX_DAYS:
            raise BadInput(
                f"{first} to {last} is out of range",
                f"from {FIRST_DAY} on, {MAX_DAYS} days at most",
            )
        if self.running:
            raise AlreadyRuns("a backfill runs already", "stop it first")

    async def create(self, first: date, last: date) -> Job:
        """Check the range and write the job down; `run` does it."""
        self.check(first, last)
        self._finished.clear()
        self._stop.clear()
        now = self._clock.now_ms()
        job = Job(
            exchange=self._exchange,
            first_day=first.isoformat(),
            last_day=last.isoformat(),
            state=JobState.RUNNING,
            created_ms=now,
            updated_ms=now,
        )
        try:
            self.job = msgspec.structs.replace(job, id=await self._store.create_job(job))
        except BaseException:
            self._finished.set()
            raise
        return self.job

    async def run(self) -> Job:
        """Do the job that was created; returns it as it ended. Never raises for a remote reason."""
        assert self.job is not None, "create() comes first"
        state, message = JobState.INTERRUPTED, "the program ended"
        try:
            state, message = await self._work()
        except StoreError as error:
            state, message = JobState.FAILED, error.line()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            state, message = JobState.FAILED, f"defect: {type(error).__name__}"
            raise
        finally:
            self._update(state=state, message=message)
            self._say("info" if state is JobState.DONE else "warning", f"{state.value}: {message}")
            try:
                await self._save()
            finally:
                self._finished.set()
        return self.job

    async def stop(self) -> bool:
        """Stop after the pages that are under way; False if nothing runs."""
        if not self.running:
            return False
        self._stop.set()
        await self._finished.wait()
        return True

    def progress(self) -> Progress | None:
        """How far the running job is."""
        if self.job is None or not self.running:
            return None
        job = self.job
        elapsed_s = max(1e-6, self._clock.monotonic_s() - self._started_s)
        rate = job.pages / elapsed_s
        left = job.pages_total - job.pages
        settled = job.had + job.filled + job.unobtainable
        return Progress(
            job=job,
            done_pct=settled / job.total * 100 if job.total else 100.0,
            pages_per_s=rate,
            eta_s=left / rate if job.pages else None,
        )

    async def _work(self) -> tuple[JobState, str]:
        assert self.job is not None
        first, last = date.fromisoformat(self.job.first_day), date.fromisoformat(self.job.last_day)
        wanted, known, total = await self._wanted(first, last)
        pages = plan_pages(wanted, self._clock.now_ms())
        missing = sum(len(slots) for slots in wanted.values())
        given_up = sum(hole.state is HoleState.UNOBTAINABLE for hole in known.values())
        self._started_s = self._clock.monotonic_s()
        self._update(
            total=total,
            had=total - missing - given_up,
            unobtainable=given_up,
            pages_total=len(pages),
        )
        self._say(
            "info",
            f"{first} to {last}: {total} coin-slots due, {self.job.had} there, {given_up} "
            f"unobtainable, {missing} to get in {len(pages)} pages",
        )
        await self._save()
        async with asyncio.TaskGroup() as group:
            saver = group.create_task(self._save_now_and_then())
            try:
                await self._fetcher.fetch_all(pages, known, on_page=self._count, stop=self._stop)
            finally:
                saver.cancel()
        return self._verdict()

    def _verdict(self) -> tuple[JobState, str]:
        assert self.job is not None
        job = self.job
        counts = f"{job.filled} filled, {job.had} were there, {job.unobtainable} unobtainable"
        if self._stop.is_set() and job.pages < job.pages_total:
            return JobState.STOPPED, f"stopped on request; {counts}"
        if not self._recorder.recording:
            return JobState.FAILED, self._recorder.reason
        if job.failed:
            return JobState.PARTIAL, f"{counts}, {job.failed} failed; run it again to retry those"
        return JobState.DONE, counts

    async def _wanted(
        self, first: date, last: date
    ) -> tuple[dict[str, list[int]], dict[tuple[int, str], Hole], int]:
        """Due slots without a price, by coin; what is known of them; how many are due at all."""
        now = self._clock.now_ms()
        wanted: dict[str, list[int]] = {}
        known: dict[tuple[int, str], Hole] = {}
        total = 0
        for offset in range((last - first).days + 1):
            slots = [s for s in self._zone.slots(first + timedelta(days=offset)) if is_due(s, now)]
            if not slots:
                continue
            prices = await self._store.prices(slots[0], slots[-1] + 1, self._coins)
            have = {(p.slot_ms, p.coin) for p in prices if p.source is not PriceSource.TICKER}
            holes = await self._store.holes(slots[0], slots[-1] + 1, HOLES_LIMIT)
            known |= {(h.slot_ms, h.coin): h for h in holes if h.coin in self._coins}
            total += len(slots) * len(self._coins)
            for coin in self._coins:
                wanted.setdefault(coin, []).extend(
                    slot
                    for slot in slots
                    if (slot, coin) not in have and not _given_up(known.get((slot, coin)))
                )
        return wanted, known, total

    def _count(self, page: Page, filled: Filled) -> None:
        assert self.job is not None
        job = self.job
        failed = sum(hole.state is HoleState.FAILED for hole in filled.holes)
        self._update(
            filled=job.filled + len(filled.rows),
            unobtainable=job.unobtainable + len(filled.holes) - failed,
            failed=job.failed + failed + filled.waiting,
            pages=job.pages + 1,
        )
        day = self._zone.format(page.wanted[-1], "%m-%d %H:%M")
        until = self._zone.format(page.newest_ms, "%m-%d %H:%M")
        text = f"{page.coin} {day} to {until}: {len(filled.rows)} filled"
        if filled.holes:
            text += f", {len(filled.holes)} not: {filled.holes[0].reason}"
        self._say("warning" if filled.error else "info", text)
        progress = self.progress()
        if self.on_progress is not None and progress is not None:
            self.on_progress(progress)

    def _update(self, **changes: object) -> None:
        assert self.job is not None
        self.job = msgspec.structs.replace(self.job, updated_ms=self._clock.now_ms(), **changes)

    def _say(self, level: str, text: str) -> None:
        assert self.job is not None
        line = JobLine(job_id=self.job.id, ts_ms=self._clock.now_ms(), level=level, text=text)
        self._lines.append(line)

    async def _save_now_and_then(self) -> None:
        while True:
            await self._clock.sleep(SAVE_EVERY_S)
            await self._save()

    async def _save(self) -> None:
        assert self.job is not None
        lines, self._lines = self._lines, []
        await self._store.add_job_lines(lines)
        await self._store.update_job(self.job)


def _given_up(hole: Hole | None) -> bool:
    return hole is not None and hole.state is HoleState.UNOBTAINABLE
