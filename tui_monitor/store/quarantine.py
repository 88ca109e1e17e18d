"""Setting a database aside: database, WAL and shared memory together, nothing overwritten."""

import os
from datetime import UTC, datetime
from pathlib import Path

_MAGIC = b"SQLite format 3\x00"
_MAGIC_BYTES = len(_MAGIC)
_COMPANIONS = ("-wal", "-shm")
_JOURNAL = "-journal"


def leftovers(path: Path) -> bool:
    """Whether a WAL stands there without its database."""
    return not path.exists() and Path(f"{path}-wal").exists()


def set_aside(path: Path, word: str, now_ms: int) -> Path:
    """Rename to `<name>.<word>-<utc>`, keeping the names SQLite needs to open it again."""
    stamp = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    target = _free_name(Path(f"{path}.{word}-{stamp}"))
    # The database first: a crash in between leaves a lone WAL, which the next start finds.
    for suffix in ("", *_COMPANIONS):
        source = Path(f"{path}{suffix}")
        if source.exists():
            source.rename(f"{target}{suffix}")
    _sync_folder(path.parent)
    return target


def remove_begun(path: Path) -> None:
    """Take away what of a new database could not be made: the next start would call it damaged."""
    for suffix in ("", *_COMPANIONS, _JOURNAL):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def word_for(path: Path) -> str:
    """`foreign` for a file that never was SQLite, `corrupt` for one whose head is lost.

    Only for a file that no connection of this process has open: closing a plain handle on it
    would drop SQLite's locks.
    """
    with path.open("rb") as file:
        head = file.read(_MAGIC_BYTES)
    return "corrupt" if head == _MAGIC or not head.strip(b"\0") else "foreign"


def _free_name(wanted: Path) -> Path:
    name, number = wanted, 1
    while any(Path(f"{name}{suffix}").exists() for suffix in ("", *_COMPANIONS)):
        number += 1
        name = Path(f"{wanted}-{number}")
    return name


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
