"""Where things live: configuration, data and runtime folders, and the files in them."""

import hashlib
import os
import tempfile
from pathlib import Path

import platformdirs

from tui_monitor.errors import MAKE_ROOM, FolderUnusable, has_no_room

APP = "tui-monitor"
DEMO_FOLDER = "demo"
SIMULATOR_FOLDER = "simulator"


def config_file() -> Path:
    """The default configuration file; it need not exist."""
    return Path(platformdirs.user_config_dir(APP)) / "config.toml"


def layouts_file() -> Path:
    """How the user arranged the tables."""
    return Path(platformdirs.user_state_dir(APP)) / "tables.json"


def default_data_dir() -> Path:
    """Where history is kept unless the settings say otherwise."""
    return Path(platformdirs.user_data_dir(APP))


def database_file(data_dir: Path) -> Path:
    """The SQLite file of a data folder."""
    return data_dir / "monitor.sqlite3"


def lock_file(data_dir: Path) -> Path:
    """A file of its own: opening and closing the database file would drop SQLite's locks."""
    return data_dir / "engine.lock"


def socket_file(data_dir: Path) -> Path:
    """Where viewers find the engine of a data folder.

    In the user's runtime folder where there is one: a data folder may be too deep for a socket's
    hundred characters, or on a file system without sockets.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    if not Path(runtime).is_dir():
        return data_dir / "engine.sock"
    name = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:16]
    return Path(runtime) / APP / f"{name}.sock"


def log_file(data_dir: Path) -> Path:
    """The rotating log of whoever runs the engine."""
    return data_dir / "tui-monitor.log"


def export_dir(data_dir: Path) -> Path:
    """Where the screens put their exports."""
    return data_dir / "exports"


def archive_dir(data_dir: Path) -> Path:
    """Where closed months are written to."""
    return data_dir / "archive"


def prepare_data_dir(path: Path) -> Path:
    """Make the folder if need be and prove that it can be written."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        hint = "give another with --data-dir, or mend its permissions"
        raise FolderUnusable(
            f"data folder {path} can't be written: {error.strerror or error}",
            MAKE_ROOM if has_no_room(error) else hint,
        ) from error
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Replace a small file so that a crash leaves the old one or the new one, never half."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
