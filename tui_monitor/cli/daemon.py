"""tui-monitor daemon."""

import logging
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from tui_monitor import __version__, logs, paths, ticks
from tui_monitor.api.address import guarded
from tui_monitor.attach.hosting import hosted
from tui_monitor.attach.place import Place
from tui_monitor.cli.common import (
    Context,
    engine_options,
    holder_info,
    info_of_demo,
    kind_of,
    say_ready,
    zone_of,
)
from tui_monitor.cli.demo import check_demo, simulated
from tui_monitor.cli.sd_notify import Heart, Notifier
from tui_monitor.cli.status_line import StatusLine, rates_noted
from tui_monitor.cli.unit import in_tmp, unit
from tui_monitor.clock import SystemClock
from tui_monitor.config import Settings
from tui_monitor.daemon import Around, run_daemon
from tui_monitor.engine.settings_reload import SettingsReload
from tui_monitor.engine_lock import EngineLock
from tui_monitor.errors import BadInput
from tui_monitor.printable import printable

_LONGEST = 200
log = logging.getLogger(__name__)


@click.command()
@click.option("--demo", is_flag=True, help="Watch the built-in simulator, in a folder of its own.")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    help="Where the REST endpoint listens; port 0 picks a free one. [::]:PORT is IPv6 alone.",
)
@click.option("--print-unit", is_flag=True, help="Print a systemd unit for it, and run nothing.")
@click.option("--user", is_flag=True, help="With --print-unit: for `systemctl --user`.")
@engine_options
def daemon(context: Context, demo: bool, listen: str | None, print_unit: bool, user: bool) -> int:
    """Run without a terminal: the same workers and a REST endpoint.

    Prints `ready http://HOST:PORT` once it serves. SIGTERM and SIGINT stop it, SIGHUP
    has it read its settings again. Every half minute the log has a line on how it does.
    """
    flags = {} if listen is None else {"api.listen": listen}
    guarded(context.load(flags).settings.api)
    if print_unit:
        if demo:
            raise BadInput("--demo is no service", "leave it out")
        click.echo(unit(context, listen=listen, is_user=user), nl=False)
        if found := in_tmp(context):
            text = f"without PrivateTmp, which would hide {printable(found, _LONGEST)}"
            click.echo(f"tui-monitor: {text}; a folder outside of /tmp is safer", err=True)
        return 0
    if user:
        raise BadInput("--user goes with --print-unit")
    check_demo(context, demo=demo)
    # Until there is one who reads the settings again: a terminal that is closed is no end.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    notifier = Notifier.taken_from(os.environ)
    loaded = context.load(flags)
    settings = loaded.settings
    folder = paths.prepare_data_dir(context.folder(settings, demo=demo))
    logs.setup(settings.general.log_level, paths.log_file(folder), stderr=True)
    info = holder_info("daemon")
    with EngineLock(folder).acquire(info) as lock, simulated(context, demo=demo) as pointed:

        def read() -> Settings:
            return pointed.load(flags).settings

        settings = read()
        place = Place(
            settings=settings,
            folder=folder,
            clock=SystemClock(),
            kind=kind_of(settings, pointed, demo=demo),
            info=info_of_demo(info, pointed) if demo else info,
        )
        ticks.run(_host(place, lock, read, notifier, loaded.file))
        # Whoever asks for it once more must not end us in the rest of it.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
    logs.tell_left_out()
    log.info("stopped")
    return 0


def _tell_of(file: Path, folder: Path) -> None:
    """What runs, and where everything is. What prevents a start comes before, in one line."""
    missing = "" if file.exists() else " (no such file: defaults)"
    log.info("tui-monitor %s, settings: %s%s", __version__, file, missing)
    log.info("data: %s, socket for viewers: %s", folder, paths.socket_file(folder))


async def _host(
    place: Place, lock: EngineLock, read: Callable[[], Settings], notifier: Notifier, file: Path
) -> None:
    settings, clock = place.settings, place.clock
    async with hosted(place) as here:
        here.engine.beside["lock"] = partial(lock.keep_telling, clock)
        await run_daemon(
            here.engine.run,
            here.source,
            settings.api,
            clock,
            zone_of(settings),
            on_ready=_announce(lock, place, notifier, file),
            around=Around(
                on_stop=notifier.stopping,
                on_hangup=SettingsReload(here.engine, read, has_terminal=False),
                beside=[
                    StatusLine(here.engine, notifier.status).run,
                    partial(rates_noted, here.source, clock),
                    Heart(notifier, here.engine.recorder, clock).run,
                ],
            ),
        )
    # What is left to end here need not hold the next engine up.
    lock.release()


def _announce(
    lock: EngineLock, place: Place, notifier: Notifier, file: Path
) -> Callable[[str], None]:
    def ready(url: str) -> None:
        lock.update({**place.info, "url": url})
        _tell_of(file, place.folder)
        say_ready(url)
        notifier.ready(f"serving {url}")

    return ready
