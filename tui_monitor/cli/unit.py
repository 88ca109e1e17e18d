"""The systemd unit of the daemon: notified, watched, and with no more rights than it needs."""

import pwd
import sys
from collections.abc import Sequence
from pathlib import Path

from tui_monitor import paths
from tui_monitor.cli.common import Context
from tui_monitor.errors import BadInput
from tui_monitor.printable import printable

_HOMES = ("/home", "/root", "/run/user")
_TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108 - recognised, nothing is written there
_OWN_TMP = "PrivateTmp=yes"
_PROGRAM = (Path(sys.prefix), Path(sys.base_prefix), Path(__file__))
_LONGEST = 200
_ALWAYS = """\
Type=notify
NotifyAccess=main
WatchdogSec=30
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=2
TimeoutStartSec=300
TimeoutStopSec=10
UMask=0077
Environment=PYTHONUNBUFFERED=1 OPENBLAS_NUM_THREADS=1
MemoryMax=512M
TasksMax=64
LimitNOFILE=1024
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
CapabilityBoundingSet=
AmbientCapabilities=
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
"""
# A user's manager has neither the right nor the need.
_SYSTEM_ONLY = """\
ProtectProc=invisible
ProcSubset=pid
PrivateUsers=yes
RemoveIPC=yes
"""


def unit(context: Context, *, listen: str | None, is_user: bool) -> str:
    """The unit for these options: of the system's manager, or of the user's own one.

    BadInput where the folder that is given is none: it would be nobody's.
    """
    folder = context.data_dir and context.data_dir.expanduser().absolute()
    if folder and not folder.is_dir():
        hint = f"make it first, as who is to run the daemon: mkdir -p {folder}"
        raise BadInput(f"there is no folder {printable(str(folder), _LONGEST)}", hint)
    command = [
        in_command(sys.executable),
        "-m",
        "tui_monitor",
        "daemon",
        *_options(context, listen),
    ]
    if is_user:
        places = _of_user(folder or context.folder(context.load().settings))
    else:
        places = _of_system(folder)
        command += [] if folder else ["--data-dir", "%S/tui-monitor"]
    return "\n".join(
        [
            *_head(is_user=is_user),
            "[Service]",
            f"ExecStart={' '.join(command)}",
            "ExecReload=/bin/kill -HUP $MAINPID",
            *places,
            *(line for line in _ALWAYS.splitlines() if line != _OWN_TMP or not in_tmp(context)),
            *([] if is_user else _SYSTEM_ONLY.splitlines()),
            "",
            "[Install]",
            f"WantedBy={'default' if is_user else 'multi-user'}.target",
            "",
        ]
    )


def in_tmp(context: Context) -> str:
    """What is under /tmp, which a service with a /tmp of its own would not find; else ""."""
    folder = context.data_dir and context.data_dir.expanduser().absolute()
    file = context.config_file and context.config_file.expanduser().absolute()
    for path in (folder, file, *_PROGRAM):
        if path and any(path.is_relative_to(place) for place in _TEMPORARY):
            return str(path)
    return ""


def _head(*, is_user: bool) -> Sequence[str]:
    network = [] if is_user else ["Wants=network-online.target", "After=network-online.target"]
    return [
        "[Unit]",
        "Description=Live monitor for crypto markets",
        *network,
        "StartLimitIntervalSec=300",
        "StartLimitBurst=10",
        "",
    ]


def _options(context: Context, listen: str | None) -> list[str]:
    """What was given besides, as the daemon is to be given it."""
    given = {
        "--config": context.config_file and str(context.config_file.expanduser().absolute()),
        "--data-dir": context.data_dir and str(context.data_dir.expanduser().absolute()),
        "--simulator": context.simulator,
        "--listen": listen,
    }
    return [word for name, value in given.items() if value for word in (name, in_command(value))]


def in_command(text: str) -> str:
    """One word of a command line, where $ stands for a variable."""
    return quoted(text.replace("$", "$$"))


def quoted(text: str) -> str:
    """One word of any line, where % means something and blanks end it."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    is_one_word = plain == text and not any(char.isspace() or char in "';" for char in text)
    return text if is_one_word else f'"{plain}"'


def _of_system(folder: Path | None) -> list[str]:
    """A user made for it and a folder of its own, unless a folder is given: then its owner's."""
    lines = ["Environment=XDG_CONFIG_HOME=/etc", "EnvironmentFile=-/etc/tui-monitor/environment"]
    if folder is None:
        lines += ["DynamicUser=yes", "StateDirectory=tui-monitor", "StateDirectoryMode=0700"]
    else:
        lines += [f"User={_owner(folder)}", f"ReadWritePaths={quoted(str(folder))}"]
    return [*lines, f"ProtectHome={_protect_home(folder)}"]


def _of_user(folder: Path) -> list[str]:
    # The sockets for viewers of all folders are in one place, which outlives each engine.
    return [
        f"ReadWritePaths={quoted(str(folder))}",
        f"RuntimeDirectory={paths.APP}",
        "RuntimeDirectoryMode=0700",
        "RuntimeDirectoryPreserve=yes",
        "ProtectHome=read-only",
    ]


def _owner(folder: Path) -> str:
    number = folder.stat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)  # of another machine, or removed; systemd takes numbers


def _protect_home(folder: Path | None) -> str:
    """`yes`, unless the program itself or its folder is in somebody's home."""
    needed = [*_PROGRAM, *([folder] if folder else [])]
    is_in_home = any(path.is_relative_to(home) for path in needed for home in _HOMES)
    return "read-only" if is_in_home else "yes"
