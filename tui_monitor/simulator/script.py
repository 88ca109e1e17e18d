"""A scripted bad day: faults that begin by themselves, at their seconds after the start."""

import math
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tui_monitor.errors import BadInput
from tui_monitor.printable import printable
from tui_monitor.simulator.faults import Fault, problem
from tui_monitor.simulator.registry import EXCHANGES
from tui_monitor.simulator.shared import Shared

BAD_DAY = "bad-day"
_LONGEST_S = 7 * 86_400
_MOST_BYTES = 1_000_000
_LONG = 200
_KEYS = ("at_s", *(name for name in Fault.__struct_fields__ if name != "id"))


class Step(NamedTuple):
    """One fault, and when it begins: seconds after the start."""

    at_s: float
    fault: Fault


def load_script(name: str) -> tuple[Step, ...]:
    """The steps of a TOML file, or of the built-in bad day; BadInput names file, entry and key."""
    tables = _parsed(name).get("fault")
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise BadInput(f"{_shown(name)}: no [[fault]] tables", "each is one fault, with at_s")
    steps = [_step(table, f"{_shown(name)}: fault {at}") for at, table in enumerate(tables, 1)]
    return tuple(sorted(steps, key=lambda step: step.at_s))


def _shown(name: str) -> str:
    return printable(name, _LONG)


def _parsed(name: str) -> dict[str, Any]:
    try:
        body = tomllib.loads(_text(name))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise BadInput(f"{_shown(name)}: {reason}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{_shown(name)}: not TOML: {printable(str(error), _LONG)}") from error
    others = [key for key in body if key != "fault"]
    if others:
        raise BadInput(f"{_shown(name)}: unknown key {printable(others[0])!r}", "only [[fault]]")
    return body


def _text(name: str) -> str:
    if name == BAD_DAY:
        return files("tui_monitor.simulator").joinpath("bad_day.toml").read_text("utf-8")
    with Path(name).open("rb") as file:
        return file.read(_MOST_BYTES).decode()


def _step(table: dict[str, Any], where: str) -> Step:
    for key in table:
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(_KEYS)}"
            raise BadInput(f"{where}: unknown key {printable(key)!r}", hint)
    asked = dict(table)
    at_s = asked.pop("at_s", None)
    if not _is_time(at_s):
        raise BadInput(f"{where}: at_s: not {printable(repr(at_s))}", "seconds after the start")
    try:
        fault = msgspec.convert(asked, Fault)
    except msgspec.ValidationError as error:
        raise BadInput(f"{where}: {printable(str(error), _LONG)}") from error
    wrong = problem(fault, tuple(EXCHANGES))
    if wrong is not None:
        raise BadInput(f"{where}: {wrong.key}: {printable(wrong.message, _LONG)}", wrong.hint)
    return Step(float(at_s), fault)


def _is_time(at_s: Any) -> bool:
    if isinstance(at_s, bool) or not isinstance(at_s, int | float):
        return False
    return math.isfinite(at_s) and 0 <= at_s <= _LONGEST_S


async def played(steps: Sequence[Step], shared: Shared) -> None:
    """Begin each fault in its time, until the simulator stops. A reset ends what has begun."""
    start_s = shared.clock.monotonic_s()
    for step in steps:
        wait_s = start_s + step.at_s - shared.clock.monotonic_s()
        if wait_s > 0:
            await shared.pause(wait_s, shared.stopping)
        if shared.stopping.is_set():
            return
        shared.faults.begin(msgspec.structs.replace(step.fault))
