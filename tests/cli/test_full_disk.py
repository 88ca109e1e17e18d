"""The program on a disk that is full when it starts: a file system of its own, really full."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.builders import StillClock, a_day
from tui_monitor.store import open_store

# In a name space of its own, so that the file system goes with the process.
_MOUNTED = ["unshare", "--mount", "--map-root-user", "sh", "-ec"]
_ROOT = Path(__file__).parents[2]
_FULL = """
mount -t tmpfs -o size=2m tmpfs "$1/disk"
cp "$1/stored/monitor.sqlite3" "$1/disk/"
cat /dev/zero > "$1/disk/rest" 2>/dev/null || true
for words in "db info" "db check"; do
    echo "== $words"
    "$0" -m tui_monitor $words --data-dir "$1/disk" || echo "rc $?"
done
echo "== daemon"
"$0" -m tui_monitor daemon --data-dir "$1/disk" --listen 127.0.0.1:0 \
    --simulator http://127.0.0.1:9 > "$1/said" 2>&1 &
daemon=$!
until grep -q ready "$1/said" || ! kill -0 $daemon; do sleep 0.1; done
cat "$1/said"
kill $daemon
wait $daemon && echo "daemon rc 0"
echo "== db clean"
"$0" -m tui_monitor db clean --hours 0 --force --data-dir "$1/disk" || echo "rc $?"
"""


def _run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*_MOUNTED, *words], capture_output=True, text=True, check=False, cwd=_ROOT
    )


@pytest.mark.skipif(
    shutil.which("unshare") is None or _run("mount -t tmpfs tmpfs /mnt").returncode != 0,
    reason="no file systems can be made here",
)
async def test_a_full_disk_is_read_cleaned_and_monitored_from(tmp_path: Path) -> None:
    """What is stored is told, `db clean` works, and the daemon starts with recording paused."""
    stored = tmp_path / "stored"
    stored.mkdir()
    (tmp_path / "disk").mkdir()
    async with open_store(stored, StillClock(), kind="simulator") as store:
        await store.record_prices(a_day())
    done = await asyncio.to_thread(_run, _FULL, sys.executable, str(tmp_path))
    said = dict(part.split("\n", 1) for part in done.stdout.split("== ")[1:])
    assert "slot_prices" in said["db info"], done
    assert said["db check"] == "clean\n"
    assert "rc" not in said["db clean"]
    assert "removed" in said["db clean"]
    assert "without a journal" in done.stderr
    assert "recording paused" in said["daemon"]
    assert "ready http://" in said["daemon"]
    assert "daemon rc 0" in said["daemon"]
