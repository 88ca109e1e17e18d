"""A daemon's export, brought to a file on the viewer's machine."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO, Any

import msgspec

from tui_monitor.attach.spool import BEGIN, MOST_BYTES, PART, Begun
from tui_monitor.errors import BadInput, FolderUnusable, MonitorError
from tui_monitor.source import Exported

Ask = Callable[[str, dict[str, Any]], Awaitable[msgspec.Raw]]


async def fetch(ask: Ask, wanted: dict[str, Any], path: Path) -> Exported:
    """Have it written there, and bring it to `path`; BadInput where that is taken.

    The file appears as a whole. FolderUnusable where it can't be written.
    """
    if await asyncio.to_thread(path.exists):
        raise _taken(path)
    begun = msgspec.json.decode(await ask(BEGIN, wanted), type=Begun)
    if not 0 <= begun.size_bytes <= MOST_BYTES:
        raise MonitorError(f"the daemon offers {begun.size_bytes:,} bytes", "choose fewer days")
    try:
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as file:
            await _bring(ask, begun.size_bytes, file)
            # Not a rename: what has appeared meanwhile stays.
            await asyncio.to_thread(os.link, file.name, path)
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError as error:
        text = f"{path} can't be written: {error.strerror or error}"
        raise FolderUnusable(text, "mend its folder's permissions") from error
    return Exported(path=path, rows=begun.rows)


async def _bring(ask: Ask, size: int, file: IO[bytes]) -> None:
    done = 0
    while done < size:
        part = msgspec.json.decode(await ask(PART, {"offset": done}), type=bytes)
        if not part:
            raise MonitorError("the export ended before its end", "try again")
        await asyncio.to_thread(file.write, part)
        done += len(part)
    await asyncio.to_thread(file.flush)


def _taken(path: Path) -> BadInput:
    return BadInput(f"{path} exists", "give another name")
