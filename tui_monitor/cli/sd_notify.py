"""What systemd is told of a service, by sd_notify(3): a few lines over a datagram socket."""

import logging
import os
import socket
from collections.abc import MutableMapping

from tui_monitor.clock import Clock
from tui_monitor.engine.recorder import Recorder
from tui_monitor.printable import printable

log = logging.getLogger(__name__)

_SOCKET, _EVERY, _WHOSE = "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"
_STATUS_LIMIT = 300


class Notifier:
    """Tells whoever started us how we do; says nothing where nobody asked.

    `watchdog_s` is how often a sign of life is due at least; None: never.
    """

    def __init__(self, address: str = "", watchdog_s: float | None = None) -> None:
        # A name that begins with @ is not in the file system: its first byte is a zero.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.watchdog_s = watchdog_s if address else None
        self._said = False

    @classmethod
    def taken_from(cls, environment: MutableMapping[str, str]) -> "Notifier":
        """By the environment, which is cleared of it: our children are no services."""
        address, every, whose = (environment.pop(name, "") for name in (_SOCKET, _EVERY, _WHOSE))
        is_ours = not whose or whose == str(os.getpid())
        every_us = int(every) if is_ours and every.isdecimal() else 0
        # Any other kind of address is of virtual machines.
        is_known = address.startswith(("/", "@"))
        return cls(address if is_known else "", every_us / 1e6 if every_us else None)

    def ready(self, status: str) -> None:
        """What was to be started has been."""
        self._tell("READY=1", _status(status))

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._tell(_status(text))

    def alive(self) -> None:
        """All is well, for `watchdog_s` more."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """The end has begun."""
        self._tell("STOPPING=1", _status("stopping"))

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.setblocking(False)  # a listener that does not read must not hold us up
                sender.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            if not self._said:
                log.warning("the service's supervisor can't be told: %s", error)
            self._said = True


def _status(text: str) -> str:
    return f"STATUS={printable(text, _STATUS_LIMIT)}"


class Heart:
    """Gives signs of life while the recorder is well; the event loop is, or nothing is given."""

    def __init__(self, notifier: Notifier, recorder: Recorder, clock: Clock) -> None:
        self._notifier = notifier
        self._recorder = recorder
        self._clock = clock
        self._stuck_at: int | None = None

    async def run(self) -> None:
        """For ever; nothing where no signs are due."""
        due_s = self._notifier.watchdog_s
        while due_s is not None:
            if self._records():
                self._notifier.alive()
            else:
                log.error("nothing was committed for %g s: no sign of life is given", due_s / 2)
            await self._clock.sleep(due_s / 2)

    def _records(self) -> bool:
        """Whether what waits for the disk gets there. A pause that is shown, as of a full disk,
        is no reason to end the process: nothing would be better afterwards.
        """
        recorder = self._recorder
        waits = recorder.recording and recorder.backlog_rows > 0
        was_stuck_at, self._stuck_at = self._stuck_at, recorder.revision if waits else None
        return self._stuck_at is None or self._stuck_at != was_stuck_at
