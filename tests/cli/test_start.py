"""How the program begins: what it loads, and what a shell completes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.programs import run
from tui_monitor.cli.commands import COMMANDS

LOADED = "import sys, json; from tui_monitor.cli import main; main(['--version']); " + (
    "sys.stderr.write(json.dumps(sorted(sys.modules)))"
)


def test_the_version_is_said_without_loading_anything() -> None:
    """No library, no settings, no loop: what a prompt asks must come at once."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stderr))
    assert {name for name in loaded if name.startswith("tui_monitor")} == {
        "tui_monitor",
        "tui_monitor.cli",
    }
    assert not loaded & {"click", "msgspec", "asyncio", "numpy", "textual", "httpx"}


def completed(shell: str, words: str) -> str:
    """What the program says to a shell's question about the last word."""
    environment = {
        **os.environ,
        "_TUI_MONITOR_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tui_monitor"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    return done.stdout


def test_commands_and_options_are_completed() -> None:
    """All commands, those that begin so, their options, theirs in turn."""
    assert [line.split(",")[1] for line in completed("bash", "tui-monitor ").splitlines()] == list(
        COMMANDS
    )
    assert completed("bash", "tui-monitor do") == "plain,doctor\n"
    assert completed("bash", "tui-monitor db cl") == "plain,clean\n"
    assert completed("bash", "tui-monitor export --form") == "plain,--format\n"
    assert completed("bash", "tui-monitor --board sp") == "plain,spreads\n"
    assert completed("bash", "tui-monitor show coin --coin ap") == "plain,APT\n"
    assert completed("bash", "tui-monitor simulate --script ba") == "plain,bad-day\nfile,ba\n"
    assert "Look at settings" in completed("zsh", "tui-monitor do")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
async def test_each_shell_takes_its_script(shell: str, tmp_path: Path) -> None:
    """Printed alone, so that it can be evaluated; without an error of the shell's."""
    told = await run(tmp_path, "completion", shell)
    assert (told.code, told.err) == (0, "")
    assert f"_TUI_MONITOR_COMPLETE={shell}_complete" in told.out
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} on this machine")
    script = tmp_path / "script"
    script.write_text(told.out)
    done = subprocess.run(  # noqa: ASYNC221 - it takes a moment
        [program, "-n", str(script)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


async def test_only_known_shells_are_completed(tmp_path: Path) -> None:
    """In one line that names them."""
    refused = await run(tmp_path, "completion", "tcsh")
    assert refused.code == 2
    assert "bash, zsh, fish" in refused.err
