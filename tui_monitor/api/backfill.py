"""The backfill monitor's routes: how it does, what it says, begin and stop."""

from typing import Annotated

from msgspec import Struct

from tui_monitor.api.answers import Answer
from tui_monitor.api.endpoints import Endpoint, Nothing, Rows, World, a_day
from tui_monitor.api.own_keys import LogKeys, MessageKeys, ProgressKeys
from tui_monitor.boards.coverage import Progress
from tui_monitor.clock import parse_day
from tui_monitor.errors import BadInput
from tui_monitor.model import Job, JobLine
from tui_monitor.source import Query

# The originals' words.
STOP_SENT = "已发送停止信号"
STARTED = "已开始回填"
NONE_RUNS = "没有正在运行的回填"
_RANGE_HINT = 'send {"start": "2026-01-03", "end": "2026-01-16"}'


class LogQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """The newest lines."""

    limit: Rows = 500


class Range(Struct, frozen=True, forbid_unknown_fields=True):
    """Days, both included; `start_date` and `end_date` are other names of the same."""

    start: Annotated[str | None, a_day("First day, YYYY-MM-DD.")] = None
    end: Annotated[str | None, a_day("Last day, YYYY-MM-DD.")] = None
    start_date: Annotated[str | None, a_day("The same as start.")] = None
    end_date: Annotated[str | None, a_day("The same as end.")] = None


class BackfillStatus(Struct, frozen=True, kw_only=True):
    """What runs now, the newest jobs, and how many coin-slots wait for another try."""

    running: Progress | None
    jobs: list[Job]
    queue: int


class Stopped(Struct, frozen=True):
    """Whether there was a job to stop."""

    stopped: bool


async def status(world: World, _asked: Nothing) -> Answer:
    """Whether a backfill runs and how far it is."""
    # Jobs and queue come with any coverage; one day's is the cheapest.
    today = world.zone.day_of(world.clock.now_ms())
    board = await world.source.coverage_board(Query(first_day=today, last_day=today))
    data = BackfillStatus(running=board.running, jobs=board.jobs, queue=len(board.queue))
    running = board.running
    own: ProgressKeys = {
        "running": running is not None,
        "progress": running.done_pct if running else None,
    }
    return Answer(data=data, count=len(board.jobs), own=own)


async def logs(world: World, asked: LogQuery) -> Answer:
    """The log as one text, as the originals give it, and as lines."""
    lines = await world.source.job_log(asked.limit)
    text = "\n".join(_text(world, line) for line in lines)
    return Answer(data=lines, count=len(lines), own=LogKeys(logs=text))


def _text(world: World, line: JobLine) -> str:
    # A line break inside a message would make two lines of it.
    message = " ".join(line.text.splitlines())
    return f"{world.zone.format(line.ts_ms)} [{line.level}] {message}"


async def start(world: World, asked: Range) -> Answer:
    """Begin a backfill of some days."""
    first = parse_day(_one_of("start", asked.start, asked.start_date))
    last = parse_day(_one_of("end", asked.end, asked.end_date))
    if first > last:
        raise BadInput(f"{first} is after {last}", _RANGE_HINT)
    job = await world.source.start_backfill(first, last)
    world.shared.forget()
    return Answer(data=job, own=MessageKeys(message=STARTED))


def _one_of(name: str, short: str | None, long: str | None) -> str:
    if short is not None and long is not None and short != long:
        raise BadInput(f"{name} and {name}_date differ", "send one of them")
    found = short if short is not None else long
    if found is None:
        raise BadInput(f"{name} is missing", _RANGE_HINT)
    return found


async def stop(world: World, _asked: Nothing) -> Answer:
    """Stop the running backfill; answers once it has stopped."""
    stopped = await world.source.stop_backfill()
    world.shared.forget()
    message = STOP_SENT if stopped else NONE_RUNS
    return Answer(data=Stopped(stopped=stopped), own=MessageKeys(message=message))


_PATH = "/api/backfill-monitor"
ENDPOINTS = (
    Endpoint(
        path=f"{_PATH}/status",
        summary="Whether a backfill runs, how far it is, and the newest jobs.",
        reply=status,
        gives=BackfillStatus,
        own=ProgressKeys,
    ),
    Endpoint(
        path=f"{_PATH}/logs",
        summary="The newest lines of the backfill log: `logs` is text, `data` the lines.",
        reply=logs,
        asks=LogQuery,
        gives=list[JobLine],
        own=LogKeys,
    ),
    Endpoint(
        method="POST",
        path=f"{_PATH}/start",
        summary="Begin a backfill of some days, both included; 409 while one runs.",
        reply=start,
        asks=Range,
        gives=Job,
        own=MessageKeys,
    ),
    Endpoint(
        method="POST",
        path=f"{_PATH}/stop",
        summary="Stop the running backfill; answers once it has stopped.",
        reply=stop,
        gives=Stopped,
        own=MessageKeys,
    ),
)
