"""tui-monitor daemon."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tui_monitor import logs, paths, ticks
from tui_monitor.api.address import guarded
from tui_monitor.attach.live import Place, hosted
from tui_monitor.cli.common import Context, engine_options, holder_info, kind_of, say_ready, zone_of
from tui_monitor.cli.demo import simulated
from tui_monitor.clock import SystemClock
from tui_monitor.config import Settings
from tui_monitor.daemon import run_daemon
from tui_monitor.store import EngineLock


@click.command()
@click.option("--demo", is_flag=True, help="Watch the built-in simulator, in a folder of its own.")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    help="Where the REST endpoint listens; port 0 picks a free one.",
)
@engine_options
def daemon(context: Context, demo: bool, listen: str | None) -> int:
    """Run without a terminal: the same workers and a REST endpoint.

    Prints `ready http://HOST:PORT` once it serves. SIGTERM and SIGINT stop it.
    """
    flags = {"api.listen": listen} if listen else {}
    guarded(context.load(flags).settings.api)
    with simulated(context, demo=demo) as pointed:
        settings = pointed.load(flags).settings
        folder = paths.prepare_data_dir(pointed.folder(settings, demo=demo))
        logs.setup(settings.general.log_level, paths.log_file(folder), stderr=True)
        kind = kind_of(settings, pointed, demo=demo)
        ticks.run(_host(settings, folder, kind))
    return 0


async def _host(settings: Settings, folder: Path, kind: str) -> None:
    clock = SystemClock()
    info = holder_info("daemon")
    place = Place(settings=settings, folder=folder, clock=clock, kind=kind, info=info)
    async with hosted(place) as here:
        await run_daemon(
            here.engine.run,
            here.source,
            settings.api,
            clock,
            zone_of(settings),
            on_ready=_announce(here.lock, info),
        )


def _announce(lock: EngineLock, info: dict[str, Any]) -> Callable[[str], None]:
    def ready(url: str) -> None:
        lock.update({**info, "url": url})
        say_ready(url)

    return ready
