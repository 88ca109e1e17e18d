"""Backfill: the history of a range of days, in the fewest requests, resumable at any moment.

What is there is skipped, what the exchange does not have is written down as unobtainable, and
each page is committed as it comes: after a kill the same command goes on where it was.
"""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta

import msgspec
from msgspec import Struct

from tui_monitor.boards.coverage import Progress
from tui_monitor.boards.sum_curve import is_due
from tui_monitor.engine.filler import Filled
from tui_monitor.engine.history import SlotHistory
from tui_monitor.engine.pages import Page, plan_pages
from tui_monitor.errors import AlreadyRuns, BadInput, StoreError
from tui_monitor.model import Exchange, Hole, HoleState, Job, JobLine, JobState, PriceSource

# OKX swaps with USDT margin began in late 2019; asking for earlier days is a slip of the pen.
FIRST_DAY = date(2019, 1, 1)
MAX_DAYS = 3_700
HOLES_A_DAY = 20_000
SAVE_EVERY_S = 1.0

OnProgress = Callable[[Progress], None]


class Backfill:
    """Starts, watches and stops backfills: one at a time, for one exchange and its coins."""

    def __init__(self, history: SlotHistory, exchange: Exchange = Exchange.OKX) -> None:
        self._history = history
        self._zone = history.zone
        self._clock = history.clock
        self._exchange = exchange
        self._run: BackfillRun | None = None
        self._starting = False

    @property
    def running(self) -> bool:
        """Whether a job is under way."""
        return self._starting or (self._run is not None and not self._run.finished.is_set())

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

    async def create(self, first: date, last: date) -> "BackfillRun":
        """Check the range and write the job down; the run that is returned does it."""
        self.check(first, last)
        self._starting = True
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
            job = msgspec.structs.replace(job, id=await self._history.store.create_job(job))
            plan = await self._plan(first, last)
            self._run = BackfillRun(job, plan, self._history)
        finally:
            self._starting = False
        return self._run

    async def stop(self) -> bool:
        """Stop after the pages that are under way; False if nothing runs."""
        run = self._run
        if run is None or run.finished.is_set():
            return False
        run.stop.set()
        await run.finished.wait()
        return True

    def progress(self) -> Progress | None:
        """How far the running job is."""
        run = self._run
        return None if run is None or run.finished.is_set() else run.progress()

    async def _plan(self, first: date, last: date) -> "Plan":
        """Which due slots lack a price, which are given up, and the pages for the others."""
        now = self._clock.now_ms()
        wanted: dict[str, list[int]] = {coin: [] for coin in self._history.coins}
        known: dict[tuple[int, str], Hole] = {}
        total = 0
        for offset in range((last - first).days + 1):
            slots = [s for s in self._zone.slots(first + timedelta(days=offset)) if is_due(s, now)]
            if not slots:
                continue
            total += len(slots) * len(self._history.coins)
            prices = await self._history.store.prices(slots[0], slots[-1] + 1, self._history.coins)
            have = {(p.slot_ms, p.coin) for p in prices if p.source is not PriceSource.TICKER}
            holes = await self._history.store.holes(slots[0], slots[-1] + 1, HOLES_A_DAY)
            known |= {(h.slot_ms, h.coin): h for h in holes if h.coin in wanted}
            for coin, missing in wanted.items():
                missing += [
                    slot
                    for slot in slots
                    if (slot, coin) not in have and not _given_up(known.get((slot, coin)))
                ]
        return Plan(pages=plan_pages(wanted, now), known=known, total=total)


class Plan(Struct, frozen=True):
    """Pages to fetch, what is known of their slots, and how many coin-slots are due at all."""

    pages: list[Page]
    known: dict[tuple[int, str], Hole]
    total: int


class BackfillRun:
    """One job under way."""

    def __init__(self, job: Job, plan: Plan, history: SlotHistory) -> None:
        self._plan = plan
        self._history = history
        self._store = history.store
        self._zone = history.zone
        self._clock = history.clock
        self._lines: list[JobLine] = []
        self._error = ""
        self._started_s = self._clock.monotonic_s()
        self.stop = asyncio.Event()
        self.finished = asyncio.Event()
        self.on_progress: OnProgress | None = None
        given_up = sum(_given_up(hole) for hole in plan.known.values())
        wanted = sum(len(page.wanted) for page in plan.pages)
        self.job = msgspec.structs.replace(
            job,
            total=plan.total,
            had=plan.total - wanted - given_up,
            unobtainable=given_up,
            pages_total=len(plan.pages),
        )
        self.plan_text = (
            f"{job.first_day} to {job.last_day}: {plan.total} coin-slots due, "
            f"{self.job.had} there, {given_up} unobtainable, "
            f"{wanted} to get in {len(plan.pages)} pages"
        )
        self._say("info", self.plan_text)

    async def run(self) -> Job:
        """Do the job; returns it as it ended. Remote failures end up in it, never as exceptions."""
        state, message = JobState.INTERRUPTED, "the program ended"
        try:
            await self._work()
            state, message = self._verdict()
        except StoreError as error:
            state, message = JobState.FAILED, error.line()
        except Exception as error:
            state, message = JobState.FAILED, f"defect: {type(error).__name__}"
            raise
        finally:
            self._update(state=state, message=message)
            self._say("info" if state is JobState.DONE else "warning", f"{state.value}: {message}")
            try:
                await self._save()
            finally:
                self.finished.set()
        return self.job

    def progress(self) -> Progress:
        """How far it is."""
        job = self.job
        elapsed_s = max(1e-6, self._clock.monotonic_s() - self._started_s)
        rate = job.pages / elapsed_s
        settled = job.had + job.filled + job.unobtainable
        return Progress(
            job=job,
            done_pct=settled / job.total * 100 if job.total else 100.0,
            pages_per_s=rate,
            eta_s=(job.pages_total - job.pages) / rate if job.pages else None,
        )

    async def _work(self) -> None:
        await self._save()
        async with asyncio.TaskGroup() as group:
            saver = group.create_task(self._save_now_and_then())
            try:
                await self._history.fetcher.fetch_all(
                    self._plan.pages, self._plan.known, on_page=self._count, stop=self.stop
                )
            finally:
                saver.cancel()

    def _verdict(self) -> tuple[JobState, str]:
        job = self.job
        counts = f"{job.filled} filled, {job.had} were there, {job.unobtainable} unobtainable"
        if self.stop.is_set() and job.pages < job.pages_total:
            return JobState.STOPPED, f"stopped on request; {counts}"
        if self._history.recorder.backlog_rows:
            return JobState.FAILED, self._history.recorder.reason or "the disk takes none"
        if job.failed:
            why = f" ({self._error})" if self._error else ""
            return JobState.PARTIAL, f"{counts}, {job.failed} failed{why}; run it again"
        return JobState.DONE, counts

    def _count(self, page: Page, filled: Filled) -> None:
        job = self.job
        self._error = filled.error or self._error
        failed = sum(hole.state is HoleState.FAILED for hole in filled.holes)
        self._update(
            filled=job.filled + len(filled.rows),
            unobtainable=job.unobtainable + len(filled.holes) - failed,
            failed=job.failed + failed + filled.waiting,
            pages=job.pages + 1,
        )
        oldest = self._zone.format(page.wanted[-1], "%m-%d %H:%M")
        newest = self._zone.format(page.newest_ms, "%m-%d %H:%M")
        text = f"{page.coin} {oldest} to {newest}: {len(filled.rows)} filled"
        if filled.holes:
            text += f", {len(filled.holes)} not: {filled.holes[0].reason}"
        self._say("warning" if filled.error else "info", text)
        if self.on_progress is not None:
            self.on_progress(self.progress())

    def _update(self, **changes: object) -> None:
        self.job = msgspec.structs.replace(self.job, updated_ms=self._clock.now_ms(), **changes)

    def _say(self, level: str, text: str) -> None:
        line = JobLine(job_id=self.job.id, ts_ms=self._clock.now_ms(), level=level, text=text)
        self._lines.append(line)

    async def _save_now_and_then(self) -> None:
        while True:
            await self._clock.sleep(SAVE_EVERY_S)
            await self._save()

    async def _save(self) -> None:
        lines, self._lines = self._lines, []
        await self._store.add_job_lines(lines)
        await self._store.update_job(self.job)


def _given_up(hole: Hole | None) -> bool:
    return hole is not None and hole.state is HoleState.UNOBTAINABLE
