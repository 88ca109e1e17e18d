"""Reading the settings: defaults, then the file, then the environment, then flags."""

import difflib
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import Struct

from tui_monitor import paths
from tui_monitor.config.confidential import SECRETS, kind_of, shown_name
from tui_monitor.config.file_mode import check_mode
from tui_monitor.config.keys import key_names, known_action
from tui_monitor.config.leaves import LEAVES, bare_type
from tui_monitor.config.sections import PRESETS, Settings
from tui_monitor.config.sense import nonsense
from tui_monitor.errors import BadInput, SettingsError
from tui_monitor.expected import echoed, expected
from tui_monitor.printable import printable
from tui_monitor.toml_lines import line_of, lines_of_keys

# The one setting that is a table: each of its lines is a name of its own.
KEYS = "ui.keys"
ENV_PREFIX = "TUI_MONITOR_"


class Loaded(Struct, frozen=True):
    """Settings with the origin of each value that is not a default."""

    settings: Settings
    origins: dict[str, str]
    file: Path


def load(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Loaded:
    """Read the settings. `flags` are dotted names with values.

    SettingsError names the first culprit: file and line, the environment or a flag, then the key;
    and has the others.
    """
    loaded, wrong = usable(file, environment, flags)
    if wrong is not None:
        raise wrong
    return loaded


def usable(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> tuple[Loaded, SettingsError | None]:
    """What can be used of the settings, with what is wrong at its default; and what is wrong.

    Enough to look at an engine that runs, and to find it; none may begin on it.
    """
    path = file or paths.config_file()
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    places: dict[str, str] = {}
    wrong: list[SettingsError] = []
    in_file, lines = dict[str, Any](), dict[str, int]()
    try:
        in_file, lines = _read_file(path, must_exist=file is not None)
    except SettingsError as error:
        wrong.append(error)
    layers = (
        (in_file, str(path)),
        (_from_environment(os.environ if environment is None else environment), "environment"),
        (dict(flags or {}), "flag"),
    )
    for layer, origin in (_preset([layer for layer, _ in layers]), *layers):
        for name, value in layer.items():
            line = line_of(name, lines) if layer is in_file else None
            places[name] = f"{origin}:{line}" if line else origin
            try:
                leaf, read = _read_one(name, value, places[name])
            except SettingsError as error:
                wrong.append(error)
                continue
            _put(merged, name, read)
            origins[leaf] = origin
    # What can't be used is its default here: the rest is judged beside it.
    settings = msgspec.convert(merged, Settings, strict=False)
    wrong += nonsense(settings, places)
    if exposed := check_mode(settings, origins, path):
        wrong.append(exposed)
    if not wrong:
        return Loaded(settings, origins, path), None
    first, *others = wrong
    return Loaded(settings, origins, path), SettingsError(first.message, first.hint, others)


def _read_one(name: str, value: Any, place: str) -> tuple[str, Any]:
    """A line's setting and its value; SettingsError where there is none, or it can't have it."""
    leaf = _leaf(name, place)
    read = _read_keys(name, value, place) if name != leaf else value
    _check_one(leaf, read, place)
    return leaf, read


def _preset(layers: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], str]:
    """What the chosen preset says, and its name as an origin."""
    named = [layer["retention.preset"] for layer in layers if "retention.preset" in layer]
    chosen = str(named[-1]) if named else ""
    return PRESETS.get(chosen, {}), f"preset {chosen}"


def _read_file(path: Path, *, must_exist: bool) -> tuple[dict[str, Any], dict[str, int]]:
    """What a file sets, and in which lines."""
    try:
        text = path.read_bytes()
    except FileNotFoundError as error:
        if must_exist:
            raise SettingsError(
                f"no configuration file at {path}", "see: tui-monitor config template"
            ) from error
        return {}, {}
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from error
    try:
        # Editors of some systems begin a file with a mark that TOML knows nothing of.
        content = text.decode("utf-8-sig")
        return _flatten(tomllib.loads(content), ""), lines_of_keys(content)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error


def _flatten(table: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            # An empty section sets nothing, but its name may be mistyped too.
            is_section = any(key.startswith(f"{name}.") for key in LEAVES)
            flat |= _flatten(value, f"{name}.") if value or is_section else {name: value}
        else:
            flat[name] = value
    return flat


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in environment.items():
        if not name.startswith(ENV_PREFIX):
            continue
        key = name.removeprefix(ENV_PREFIX).lower().replace("__", ".")
        kind = LEAVES.get(key, (str,))[0]
        found[key] = _listed(value) if get_origin(bare_type(kind)) is tuple else value
    return found


def _listed(text: str) -> list[Any]:
    """`perp, spot`, or as the file has it: `["perp", "spot"]`."""
    if text.strip().startswith("["):
        try:
            values: list[Any] = tomllib.loads(f"values = {text}")["values"]
        except tomllib.TOMLDecodeError:
            pass  # each part is refused by name
        else:
            return values
    return [part.strip() for part in text.split(",") if part.strip()]


def _leaf(name: str, place: str) -> str:
    """The setting of a name: itself, or the table that it is a line of."""
    if name in LEAVES:
        return name
    if name.startswith(f"{KEYS}."):
        return KEYS
    near = _nearest(name)
    hint = f"did you mean {near}?" if near else "see: tui-monitor config template"
    raise SettingsError(f"{place}: unknown setting {printable(shown_name(name), 80)!r}", hint)


def _read_keys(name: str, value: Any, place: str) -> str:
    """The keys of a line of [ui.keys], by their names."""
    try:
        known_action(name.removeprefix(f"{KEYS}."))
        return key_names(value)
    except BadInput as error:
        raise SettingsError(f"{place}: {name}: {error.message}", error.hint) from error


def _nearest(name: str) -> str:
    """The setting or section that may be meant; "" where nothing is like it."""
    key = name.rpartition(".")[2]
    elsewhere = [known for known in LEAVES if known.rpartition(".")[2] == key]
    sections = sorted({known.rpartition(".")[0] for known in LEAVES})
    section = name.rpartition(".")[0]
    tries = (
        (name, elsewhere, 0.0),
        (name, LEAVES, 0.7),
        (section, [KEYS], 0.8),
        (name, sections, 0.7),
    )
    for meant, names, cutoff in tries:
        if near := difflib.get_close_matches(meant, names, n=1, cutoff=cutoff):
            return near[0] if near[0] in LEAVES and near[0] != KEYS else f"[{near[0]}]"
    return ""


def _check_one(name: str, value: Any, origin: str) -> None:
    # Text from the environment is converted; a file and flags must have the right type.
    strict = origin != "environment"
    if name == KEYS and isinstance(value, str):
        return  # read already
    try:
        msgspec.convert(value, LEAVES[name][0], strict=strict)
    except msgspec.ValidationError as error:
        kind = bare_type(LEAVES[name][0])
        given = kind_of(value) if name in SECRETS else echoed(value)
        must = f"must be {expected(LEAVES[name][0])}, not {given}"
        words = get_args(kind) if get_origin(kind) is Literal else ()
        near = difflib.get_close_matches(str(value), words, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else ""
        raise SettingsError(f"{origin}: {name} {must}", hint) from error


def _put(table: dict[str, Any], name: str, value: Any) -> None:
    *sections, key = name.split(".")
    for section in sections:
        table = table.setdefault(section, {})
    table[key] = value
