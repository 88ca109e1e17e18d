"""Guards that every test runs under."""

import gc
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.internal.constants_ast import Constants

from tests.feeds.faults.summary import pytest_terminal_summary  # noqa: F401 - a hook
from tests.support.sim import quick_sim, sim, small_sim  # noqa: F401 - fixtures for all tests
from tui_monitor.screens.keys.keymap import other_keys
from tui_monitor.words import ENGLISH, speaking

# The suite judges a change, so it draws the same examples every time.
# `HYPOTHESIS_PROFILE=default pytest` explores new ones.
# No deadline: a busy machine is no fault of a change.
settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
if "HYPOTHESIS_PROFILE" not in os.environ:
    settings.load_profile("steady")
    # Some examples are numbers out of the code of whatever is loaded by then, and that is another
    # thing for each worker and order of tests.
    HypothesisProvider._local_constants = Constants()  # type: ignore[assignment]

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
# Each takes ten seconds and more.
_LONGEST = (
    *("engine/test_bad_day", "engine/test_whole_market", "feeds/faults/test_others"),
    *("cli/test_liquidations.py", "test_minutes_and_signals_outlive_the_program"),
    *("cli/test_service", "tests/pty"),
)
_LOOPBACK = ("127.", "::1", "localhost")


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking at it again and again took a third of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 4)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first: with two workers none of them begins when the other one is done."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in _LONGEST))


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any connection to another address than loopback fails the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            assert str(address[0]).startswith(_LOOPBACK), f"a test connects to {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def usual_keys_and_english() -> Iterator[None]:
    """Both are of the process: what a program of one test was given must not meet the next one."""
    with other_keys({}), speaking(ENGLISH):
        yield


@pytest.fixture
def shared_data() -> Path:
    """Recorded payloads; they stand beside the checkout on some machines only."""
    if not SHARED_DATA.is_dir():
        pytest.skip("no recorded payloads on this machine")
    return SHARED_DATA
