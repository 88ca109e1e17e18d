"""A store that most tests here begin with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.store.builders import StillClock
from tui_monitor.store import Store, open_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store."""
    async with open_store(tmp_path, StillClock(), kind="real") as opened:
        yield opened
