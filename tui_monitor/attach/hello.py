"""The first question on every socket: which program is there, and does it speak as we do?"""

import asyncio
from contextlib import suppress

import msgspec
from msgspec import Struct
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

import tui_monitor
from tui_monitor.errors import EngineGone, MonitorError
from tui_monitor.printable import printable

HELLO = "hello"
PROGRAM = "tui-monitor"
# Another number: who speaks the one does not understand the other. What is only added needs none.
PROTOCOL = 1
_QUESTION = msgspec.json.encode({"id": 0, "call": HELLO})
_LONGEST = 40


class Hello(Struct, frozen=True, kw_only=True):
    """What the engine's end says of itself."""

    program: str = PROGRAM
    protocol: int = PROTOCOL
    version: str = tui_monitor.__version__


class _Reply(Struct, frozen=True, kw_only=True):
    id: int | None = None
    data: msgspec.Raw = msgspec.Raw()
    error: dict[str, str] | None = None


async def greet(socket: ClientConnection, who: str, within_s: float) -> None:
    """Return if a tui-monitor of our protocol is at the other end, else raise MonitorError.

    EngineGone where it ends the connection or says nothing.
    """
    try:
        async with asyncio.timeout(within_s):
            await socket.send(_QUESTION, text=True)
            message = await socket.recv()
    except TimeoutError as error:
        text = f"{who} takes the connection and says nothing"
        raise EngineGone(text, "it is stopped or too busy", silent=True) from error
    except ConnectionClosed as error:
        raise EngineGone(f"{who} has ended the connection", "try again") from error
    _check(_hello(message), who)


def _hello(message: str | bytes) -> Hello | None:
    """What it says; None where that is no answer to the question, "" as version for an old one."""
    with suppress(msgspec.DecodeError):
        reply = msgspec.json.decode(message, type=_Reply)
        if reply.error is not None and HELLO in reply.error.get("message", ""):
            return Hello(protocol=0, version="")
        if reply.id == 0 and reply.error is None:
            return msgspec.json.decode(reply.data, type=Hello)
    return None


def _check(hello: Hello | None, who: str) -> None:
    if hello is None or hello.program != PROGRAM:
        raise MonitorError(f"{who} is another program", "see where `tui-monitor daemon` listens")
    if hello.protocol == PROTOCOL:
        return
    there = f"version {printable(hello.version, _LONGEST)}" if hello.version else "an older version"
    raise MonitorError(
        f"{who} is {there} of tui-monitor, which speaks another protocol than this "
        f"{tui_monitor.__version__}",
        "have the same version on both sides, and start the engine there anew",
    )
