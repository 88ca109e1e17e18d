"""What a static import map can't see: what is really loaded."""

import subprocess
import sys

import pytest

PROBE = (
    "import sys, importlib; [importlib.import_module(one) for one in sys.argv[1:]]; "
    "print(' '.join(sys.modules))"
)
# Not rich: httpx imports its own command line, which loads rich wherever it is installed.
TERMINAL = {"textual"}


def loaded_by(*modules: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *modules], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module", ["daemon", "source.local", "cli.daemon", "cli.show", "cli.backfill", "cli.simulate"]
)
def test_the_headless_half_never_loads_the_terminal(module: str) -> None:
    """Half the memory and the start-up time of a daemon would go to what it never shows."""
    assert not loaded_by(f"tui_monitor.{module}") & TERMINAL


def test_the_command_line_loads_nothing_before_it_knows_the_command() -> None:
    """--version and --help answer at once."""
    heavy = {
        "textual",
        "rich",
        "httpx",
        "websockets",
        "aiosqlite",
        "starlette",
        "uvicorn",
        "sqlite3",
    }
    assert not loaded_by("tui_monitor.cli.commands") & heavy
    assert "click" not in loaded_by("tui_monitor.cli")


def test_a_terminal_that_looks_at_anothers_engine_loads_none() -> None:
    """Half its memory and half its time to a first picture went to what it never runs."""
    engines = {"engine", "store", "feeds", "simulator", "source.local", "source.stored"}
    unneeded = {f"tui_monitor.{name}" for name in engines}
    unneeded |= {"numpy", "pandas", "pyarrow", "sqlite3", "aiosqlite", "httpx", "starlette"}
    # Nor a board's view before the board is visited.
    unneeded |= {f"tui_monitor.screens.boards.{name}" for name in ("anomalies", "coin", "system")}
    assert not loaded_by("tui_monitor.cli.terminal") & unneeded


def test_a_first_picture_of_what_is_stored_needs_no_engine() -> None:
    """Nor anything that speaks to one or writes: all that comes when the picture is there."""
    loaded = loaded_by(
        "tui_monitor.cli.terminal",
        "tui_monitor.source.awaited",
        "tui_monitor.screens.boards.sum_curve.board",
    )
    ours = {"engine", "feeds", "simulator", "source.local", "attach.client", "attach.calls"}
    ours |= {f"store.{name}" for name in ("exports", "imports", "archive", "backup")}
    unneeded = {f"tui_monitor.{name}" for name in ours}
    unneeded |= {"numpy", "pyarrow", "httpx", "websockets", "python_socks"}
    assert not loaded & unneeded


def test_the_terminal_never_loads_the_server() -> None:
    """The REST endpoint is the daemon's."""
    assert not loaded_by("tui_monitor.cli.terminal") & {"starlette", "uvicorn"}
