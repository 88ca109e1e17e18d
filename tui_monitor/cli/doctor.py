"""tui-monitor doctor: everything the program needs, looked at in a few seconds."""

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click
import msgspec
from msgspec import Struct, structs

from tui_monitor.cli.common import Context, kind_of, place_options
from tui_monitor.cli.doctor_engine import asked
from tui_monitor.cli.terminal_check import check_terminal
from tui_monitor.clock import Clock, SystemClock
from tui_monitor.config import Loaded, Settings, chmod_hint, token_exposed
from tui_monitor.engine.checkup import (
    check_database,
    check_folder,
    check_libraries,
    check_python,
    check_sqlite,
)
from tui_monitor.engine.engine import CACHE
from tui_monitor.engine_lock import read_holder
from tui_monitor.errors import FolderUnusable, SettingsError
from tui_monitor.feeds.bans import FILE, Bans
from tui_monitor.feeds.checkup import Check, Outcome, check_exchanges
from tui_monitor.model import Exchange
from tui_monitor.printable import printable

_TEXT = 400
_NAME_WIDTH = 20

Say = Callable[[Check], None]


class Report(Struct, frozen=True, kw_only=True):
    """All checks in their order. `result` is ok, partial (some failed) or failed (no use)."""

    result: str
    checks: list[Check]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@place_options
def doctor(context: Context, as_json: bool) -> int:
    """Look at settings, folder, database, terminal, clock, each exchange's REST and streams.

    Needs no running engine and disturbs none. Exit code 0: all well; 3: some checks failed;
    1: it can't work at all (settings, data folder, database, or every exchange).
    """
    report = asyncio.run(_examined(context, _quiet if as_json else _Printer()))
    if as_json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    failed = sum(check.result is Outcome.FAIL for check in report.checks)
    if failed:
        text = f"{failed} of {len(report.checks)} checks failed; their hints say what helps"
        click.echo(f"tui-monitor: {text}", err=True)
    return {"ok": 0, "partial": 3}.get(report.result, 1)


async def _examined(context: Context, say: Say) -> Report:
    """All checks. Those of this machine are said while the exchanges have not answered yet."""
    clock = SystemClock()
    loaded, first = _settings(context)
    if loaded is not None and context.simulator is None:
        context = _pointed(context, context.folder(loaded.settings))
        loaded, first = _settings(context)
    vital = [first, *([] if loaded is None else await _stored(context, loaded, clock))]
    terminal = check_terminal(clock, os.environ)
    checks = [*vital, check_sqlite(), *terminal, check_python(), check_libraries()]
    for check in checks:
        say(check)
    watched: list[list[Check]] = []
    if context.demo and context.simulator is None:
        what = "not asked: the demo's simulator runs with it alone, and none runs"
        checks.append(Check(check="exchanges", result=Outcome.OK, what=what))
        say(checks[-1])
    elif loaded is not None:
        asked = await _exchanges(loaded.settings, context.folder(loaded.settings), clock)
        watched = [found for name, found in asked.items() if _is_on(loaded, name)]
        for check in (one for found in asked.values() for one in found):
            say(check)
            checks.append(check)
    return Report(result=_result(vital, checks, watched), checks=checks)


async def _stored(context: Context, loaded: Loaded, clock: Clock) -> list[Check]:
    folder = context.folder(loaded.settings)
    kind = kind_of(loaded.settings, context)
    engine, *rest = await check_database(folder, clock, kind=kind)
    return [check_folder(folder), await asked(engine, folder, clock), *rest]


def _pointed(context: Context, folder: Path) -> Context:
    """The context; where the engine of a folder is a demo's, pointed at that one's simulator."""
    try:
        url = (read_holder(folder) or {}).get("simulator")
    except FolderUnusable:
        return context
    return structs.replace(context, simulator=url, demo=True) if isinstance(url, str) else context


def _is_on(loaded: Loaded, exchange: Exchange) -> bool:
    enabled: bool = getattr(loaded.settings.exchanges, exchange).enabled
    return enabled


def _settings(context: Context) -> tuple[Loaded | None, Check]:
    name = "settings"
    try:
        loaded = context.load()
    except SettingsError as error:
        failed = Check(check=name, result=Outcome.FAIL, what=error.message, hint=error.hint)
        return None, failed
    there = "" if loaded.file.exists() else " (no such file: defaults)"
    what = f"{loaded.file}{there}, {len(loaded.origins)} set"
    if exposed := token_exposed(loaded.settings, loaded.origins, loaded.file):
        hint = chmod_hint(loaded.file)
        what = f"{what}; {exposed}"
        return loaded, Check(check=name, result=Outcome.WARN, what=what, hint=hint)
    return loaded, Check(check=name, result=Outcome.OK, what=what)


async def _exchanges(settings: Settings, folder: Path, clock: Clock) -> dict[Exchange, list[Check]]:
    with _bans(folder, clock) as bans:
        return await check_exchanges(settings.exchanges, clock, bans)


@contextlib.contextmanager
def _bans(folder: Path, clock: Clock) -> Iterator[Bans]:
    """The bans that are known; a running engine's file is read only, as a copy."""
    cache = folder / CACHE
    with tempfile.TemporaryDirectory() as copy:
        if cache.is_dir() and not _engine_runs(folder):
            yield Bans(cache, clock, _unheard)
            return
        with contextlib.suppress(OSError):
            shutil.copy(cache / FILE, copy)
        yield Bans(Path(copy), clock, _unheard)


def _engine_runs(folder: Path) -> bool:
    try:
        return read_holder(folder) is not None
    except FolderUnusable:
        return True  # whatever is there is not ours to write to


def _unheard(_: str) -> None:
    """A damaged file of bans is the engine's to tell of."""


def _result(
    vital: Sequence[Check],
    everything: Sequence[Check],
    watched: Sequence[Sequence[Check]],
) -> str:
    """ok, partial or failed."""
    if any(check.result is Outcome.FAIL for check in vital):
        return "failed"
    if watched and not any(map(_gives_data, watched)):
        return "failed"
    return "partial" if any(one.result is Outcome.FAIL for one in everything) else "ok"


def _gives_data(checks: Sequence[Check]) -> bool:
    """A list or a price; the time alone is no use."""
    return any(
        check.result is not Outcome.FAIL and not check.check.endswith("clock") for check in checks
    )


def _quiet(_: Check) -> None:
    """Everything is told at the end."""


class _Printer:
    """Prints a check as soon as it is made; a hint that several share only once."""

    def __init__(self) -> None:
        self._hint = ""

    def __call__(self, check: Check) -> None:
        what = printable(check.what, _TEXT)
        click.echo(f"{check.result.value:<5} {check.check:<{_NAME_WIDTH}} {what}")
        hint = check.hint if check.result is not Outcome.OK else ""
        if hint and hint != self._hint:
            click.echo(f"{'':<6} {'':<{_NAME_WIDTH}}{printable(hint, _TEXT)}")
        self._hint = hint
