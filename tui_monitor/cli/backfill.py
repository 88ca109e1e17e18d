"""tui-monitor backfill."""

import asyncio
import signal
import sys
from datetime import date
from pathlib import Path

import click

from tui_monitor import logs, paths
from tui_monitor.boards.coverage import Progress
from tui_monitor.cli.common import Context, OneOf, engine_options, holder_info, kind_of
from tui_monitor.clock import Clock, SystemClock, parse_day
from tui_monitor.config import Settings
from tui_monitor.engine import opened_engine
from tui_monitor.errors import EngineHeld
from tui_monitor.model import Job, JobState

DONE_IN_PART = 3
_BAR = 30
_START_IT_THERE = (
    "start it there: key b in the terminal, POST /api/backfill-monitor/start at a daemon"
)


@click.command()
@click.argument("start")
@click.argument("end")
@click.option("--exchange", type=OneOf(["okx"]), default="okx", show_default=True)
@engine_options
def backfill(context: Context, start: str, end: str, exchange: str) -> int:
    """Fill the history of the days START to END (both included).

    What is there is skipped, so the same command goes on where an earlier one was stopped.
    Progress goes to stderr. Exit code 3: some slots failed; run it again.
    """
    del exchange  # the only one that has the sum curve's history
    first, last = parse_day(start), parse_day(end)
    settings = context.load().settings
    folder = paths.prepare_data_dir(context.folder(settings))
    logs.setup(settings.general.log_level, paths.log_file(folder), stderr=False)
    try:
        job = asyncio.run(_backfill(settings, folder, kind_of(settings, context), first, last))
    except EngineHeld as held:
        raise EngineHeld(held.message, _START_IT_THERE) from held
    click.echo(f"{job.state.value}: {job.message}")
    return {JobState.DONE: 0, JobState.FAILED: 1}.get(job.state, DONE_IN_PART)


async def _backfill(settings: Settings, folder: Path, kind: str, first: date, last: date) -> Job:
    clock = SystemClock()
    info = holder_info("backfill")
    async with opened_engine(settings, folder, clock, kind=kind, info=info) as (engine, _):
        await engine.store.interrupt_running_jobs()
        run = await engine.backfill.create(first, last)
        line = ProgressLine(clock)
        run.on_progress = line.show
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, run.stop.set)
        click.echo(run.plan_text, err=True)
        job = await run.run()
        line.end()
        return job


class ProgressLine:
    """One line on stderr: rewritten on a terminal, one a second in a file."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._live = sys.stderr.isatty()
        self._shown_s = float("-inf")

    def show(self, progress: Progress) -> None:
        """Print how far it is, ten times a second at most."""
        now_s = self._clock.monotonic_s()
        last = progress.job.pages == progress.job.pages_total
        if now_s - self._shown_s < (0.1 if self._live else 1.0) and not last:
            return
        self._shown_s = now_s
        text = progress_text(progress)
        sys.stderr.write(f"\r{text}\x1b[K" if self._live else f"{text}\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._live:
            sys.stderr.write("\n")


def progress_text(progress: Progress) -> str:
    """Share done, counts, pages, speed and the time left."""
    job = progress.job
    filled = round(progress.done_pct / 100 * _BAR)
    eta = "" if progress.eta_s is None else f" | ETA {progress.eta_s:.0f} s"
    return (
        f"[{'#' * filled}{'.' * (_BAR - filled)}] {progress.done_pct:5.1f} % | done {job.filled} | "
        f"skipped {job.had + job.unobtainable} | failed {job.failed} | "
        f"{job.pages}/{job.pages_total} pages | {progress.pages_per_s:.1f} pages/s{eta}"
    )
