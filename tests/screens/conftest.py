"""Pilots that wait until nothing is left to do, and not until the processor looks idle."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual import app, pilot

from tui_monitor.app import MonitorApp
from tui_monitor.screens.desk import work

# Far more turns of the loop than any screen needs; a program that spins is not waited for.
_TURNS = 20_000
# Another size is put on by a timer of 1/120 s.
_SOON_S = 0.02


async def idle(*_: float) -> None:
    """Until nothing is ready to run or about to be: what is left waits for a thread or the test.

    Textual's own looks at the processor's time every 20 ms and asks every widget of the screen,
    shown or not, for an answer: half of what a test of a screen cost, and on a busy machine
    up to a second for each key.
    """
    await _nothing_ready()
    loop: Any = asyncio.get_running_loop()
    now_s = loop.time()
    due_s = [one.when() - now_s for one in loop._scheduled if not one.cancelled()]
    soon_s = [wait_s for wait_s in due_s if wait_s <= _SOON_S]
    if soon_s:
        await asyncio.sleep(max(soon_s))
        await _nothing_ready()


async def _nothing_ready() -> None:
    loop: Any = asyncio.get_running_loop()
    for _turn in range(_TURNS):
        await asyncio.sleep(0)
        if not loop._ready:
            return


async def _screen_is_idle(_: object) -> bool:
    await idle()
    return True


@pytest.fixture(autouse=True)
def pilots_wait_for_what_is_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every key, click and pause of a test."""
    monkeypatch.setattr(pilot, "wait_for_idle", idle)
    monkeypatch.setattr(app, "wait_for_idle", idle)
    monkeypatch.setattr(pilot.Pilot, "_wait_for_screen", _screen_is_idle)


@pytest.fixture(autouse=True)
def words_stay_until_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a busy machine takes to look; a test that waits for their end says when."""
    monkeypatch.setattr(MonitorApp, "NOTIFICATION_TIMEOUT", 3_600.0)
    monkeypatch.setattr(work, "_SAID_S", 3_600.0)


@pytest.fixture(autouse=True)
def what_is_copied_is_of_one_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another one copies at the same time, and neither has a user's file."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
