"""tui-monitor daemon."""

import os
from collections.abc import Callable, Mapping
from typing import Any

import click

from tui_monitor import logs, paths, ticks
from tui_monitor.api.address import guarded
from tui_monitor.attach.hosting import hosted
from tui_monitor.attach.place import Place
from tui_monitor.cli.common import Context, engine_options, holder_info, kind_of, say_ready, zone_of
from tui_monitor.cli.demo import simulated
from tui_monitor.cli.sd_notify import Heart, Notifier
from tui_monitor.cli.status_line import StatusLine
from tui_monitor.cli.unit import unit
from tui_monitor.clock import SystemClock
from tui_monitor.config import Settings
from tui_monitor.daemon import Around, run_daemon
from tui_monitor.engine.settings_reload import SettingsReload
from tui_monitor.engine_lock import EngineLock
from tui_monitor.errors import BadInput


@click.command()
@click.option("--demo", is_flag=True, help="Watch the built-in simulator, in a folder of its own.")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    help="Where the REST endpoint listens; port 0 picks a free one.",
)
@click.option("--print-unit", is_flag=True, help="Print a systemd unit for it, and run nothing.")
@click.option("--user", is_flag=True, help="With --print-unit: for `systemctl --user`.")
@engine_options
def daemon(context: Context, demo: bool, listen: str | None, print_unit: bool, user: bool) -> int:
    """Run without a terminal: the same workers and a REST endpoint.

    Prints `ready http://HOST:PORT` once it serves. SIGTERM and SIGINT stop it, SIGHUP
    has it read its settings again. Every half minute the log has a line on how it does.
    """
    flags = {"api.listen": listen} if listen else {}
    guarded(context.load(flags).settings.api)
    if print_unit:
        if demo:
            raise BadInput("--demo is no service", "leave it out")
        click.echo(unit(context, listen=listen, is_user=user), nl=False)
        return 0
    if user:
        raise BadInput("--user goes with --print-unit")
    notifier = Notifier.taken_from(os.environ)
    with simulated(context, demo=demo) as pointed:

        def read() -> Settings:
            return pointed.load(flags).settings

        settings = read()
        folder = paths.prepare_data_dir(pointed.folder(settings, demo=demo))
        logs.setup(settings.general.log_level, paths.log_file(folder), stderr=True)
        place = Place(
            settings=settings,
            folder=folder,
            clock=SystemClock(),
            kind=kind_of(settings, pointed, demo=demo),
            info=holder_info("daemon"),
        )
        ticks.run(_host(place, read, notifier))
    return 0


async def _host(place: Place, read: Callable[[], Settings], notifier: Notifier) -> None:
    settings, clock = place.settings, place.clock
    with EngineLock(place.folder).acquire(place.info) as lock:
        async with hosted(place) as here:
            await run_daemon(
                here.engine.run,
                here.source,
                settings.api,
                clock,
                zone_of(settings),
                on_ready=_announce(lock, place.info, notifier),
                around=Around(
                    on_stop=notifier.stopping,
                    on_hangup=SettingsReload(here.engine, read, has_terminal=False),
                    beside=[
                        StatusLine(here.engine, notifier.status).run,
                        Heart(notifier, here.engine.recorder, clock).run,
                    ],
                ),
            )


def _announce(
    lock: EngineLock, info: Mapping[str, Any], notifier: Notifier
) -> Callable[[str], None]:
    def ready(url: str) -> None:
        lock.update({**info, "url": url})
        say_ready(url)
        notifier.ready(f"serving {url}")

    return ready
