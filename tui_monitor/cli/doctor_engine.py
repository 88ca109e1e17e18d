"""Whether the engine that holds a folder does what it is there for: it is asked."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from tui_monitor import paths
from tui_monitor.attach.calls import meant
from tui_monitor.attach.client import answering, attached
from tui_monitor.boards.status import EngineStatus
from tui_monitor.clock import Clock
from tui_monitor.engine_lock import read_holder
from tui_monitor.errors import EngineGone, MonitorError
from tui_monitor.feeds.checkup import Check, Outcome
from tui_monitor.printable import printable

ASK_S = 10.0
_ROLE = 40
# What else holds a folder has no socket: it does its work and ends.
_ENGINES = ("daemon", "terminal")


async def asked(engine: Check, folder: Path, clock: Clock) -> Check:
    """The check of who runs, and whether that one answers and records."""
    if engine.result is not Outcome.OK or (holder := read_holder(folder)) is None:
        return engine
    role = printable(str(holder.get("role", "")), _ROLE)
    if role and role not in _ENGINES:
        return msgspec.structs.replace(engine, what=f"{engine.what}, for {role}")
    try:
        status = await _status(folder, clock)
    except EngineGone as error:
        return _silent(engine, holder) if error.silent else _unreachable(engine)
    except MonitorError as error:
        return _failed(engine, f"{engine.what}: {error.message}", error.hint)
    if not status.recording:
        text = f"{engine.what}, recording is paused: {status.recording_reason}"
        return _failed(engine, text, "the log says more")
    if status.failed_workers:
        text = f"{engine.what}, with failed workers: {'; '.join(status.failed_workers)}"
        return _failed(engine, text, "the log says more")
    return msgspec.structs.replace(engine, what=f"{engine.what}, answers")


async def _status(folder: Path, clock: Clock) -> EngineStatus:
    async with attached(paths.socket_file(folder), clock, ASK_S) as there, answering(there):
        reply = await there.question("status", {}, ASK_S)
        found: EngineStatus = meant("status", reply.data)
        return found


def _silent(engine: Check, holder: Mapping[str, object]) -> Check:
    name = printable(str(holder.get("pid", "")), _ROLE)
    text = f"{engine.what}, but gave no answer within {ASK_S:g} s"
    return _failed(engine, text, f"it is stopped or too busy: look at process {name}".rstrip())


def _unreachable(engine: Check) -> Check:
    """It may be starting, or belong to somebody else; neither is a failure."""
    text = f"{engine.what}, but answers nobody at its socket"
    hint = "it is starting or ending; if that lasts, its log says why"
    return msgspec.structs.replace(engine, result=Outcome.WARN, what=text, hint=hint)


def _failed(engine: Check, what: str, hint: str) -> Check:
    return msgspec.structs.replace(engine, result=Outcome.FAIL, what=what, hint=hint)
