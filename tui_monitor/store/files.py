"""Files that are whole or not there: on the disk under another name before they get theirs."""

import os
import tempfile
from pathlib import Path

from tui_monitor.errors import BadInput, FolderUnusable


def temporary_beside(target: Path) -> Path:
    """An empty file in the folder of another, which is made if need be."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise FolderUnusable(f"{target.parent}: {error.strerror or error}") from error
    os.close(handle)
    return Path(name)


def give_name(temporary: Path, target: Path, *, overwrite: bool) -> None:
    """Bring a file to the disk, then give it its name.

    A link fails where the name has been taken meanwhile (BadInput); a rename would replace the
    file.
    """
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    _named(temporary, target, overwrite=overwrite)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _named(temporary: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        temporary.replace(target)
        return
    try:
        target.hardlink_to(temporary)
    except FileExistsError as error:
        raise _exists(target) from error
    except OSError:  # a file system without links
        temporary.replace(target)


def free(path: Path, *, overwrite: bool = False) -> Path:
    """The path; BadInput where something has it that must not be replaced."""
    if path.exists() and not overwrite:
        raise _exists(path)
    return path


def _exists(path: Path) -> BadInput:
    return BadInput(f"{path} exists", "give another name")
