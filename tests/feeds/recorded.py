"""The recorded payloads of real exchanges."""

import gzip
from collections.abc import Iterator
from pathlib import Path


def recorded(path: Path) -> list[bytes]:
    """The lines of a recorded file."""
    whole = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return whole.splitlines()


def payloads(folder: Path) -> Iterator[Path]:
    """The payload files of a folder (not the CSV histories)."""
    return (path for path in sorted(folder.iterdir()) if ".csv" not in path.name)
