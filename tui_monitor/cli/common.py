"""What the commands share: their common options, the settings, the data folder."""

import difflib
import functools
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem
from msgspec import Struct, structs

from tui_monitor import config, paths
from tui_monitor.attach.elsewhere import Elsewhere, elsewhere
from tui_monitor.clock import BoardZone
from tui_monitor.config import Settings
from tui_monitor.engine_lock import read_holder
from tui_monitor.errors import BadInput, SettingsError
from tui_monitor.loading import load


class Context(Struct, frozen=True, kw_only=True):
    """The common options as given."""

    config_file: Path | None
    data_dir: Path | None
    simulator: str | None
    demo: bool = False

    @property
    def given(self) -> bool:
        """Whether any of them was given."""
        return bool(self.config_file or self.data_dir or self.simulator)

    def load(self, flags: Mapping[str, Any] | None = None) -> config.Loaded:
        """Settings with these options on top; SettingsError names file and key."""
        return config.load(self.config_file, flags=self._flags(flags))

    def usable(self) -> tuple[config.Loaded, SettingsError | None]:
        """What can be used of them, to look at an engine that runs; and what is wrong."""
        return config.usable(self.config_file, flags=self._flags())

    def _flags(self, flags: Mapping[str, Any] | None = None) -> dict[str, Any]:
        merged: dict[str, Any] = dict(flags or {})
        if self.simulator:
            merged |= config.with_simulator(self.simulator)
        if self.data_dir:
            merged["general.data_dir"] = str(self.data_dir)
        return merged

    def folder(self, settings: Settings, *, demo: bool = False) -> Path:
        """The data folder of these settings; the demo and a simulator have one of their own."""
        if settings.general.data_dir:
            return Path(settings.general.data_dir).expanduser()
        default = paths.default_data_dir()
        if demo or self.demo:
            return default / paths.DEMO_FOLDER
        # Simulated data never mix with real ones: they have a folder of their own.
        return default / paths.SIMULATOR_FOLDER if self.simulator else default


class OneOf(click.Choice[str]):
    """One of some words; an error is one line, and names the word that may be meant."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        del ctx
        near = difflib.get_close_matches(str(value), self.choices, n=1)
        meant = f"did you mean {near[0]}? It" if near else "it"
        return f"there is no {str(value)!r}: {meant} is one of {', '.join(self.choices)}"

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        del param, ctx
        return f"It is one of {', '.join(self.choices)}"


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--config, --data-dir and --simulator, passed as one `context`."""

    @click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Configuration file instead of the default one.",
    )
    @click.option(
        "--data-dir",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Folder for the database, the log and exports.",
    )
    @click.option(
        "--simulator", metavar="URL", help="Talk to a simulator there instead of the exchanges."
    )
    @functools.wraps(command)
    def with_context(
        config_file: Path | None,
        data_dir: Path | None,
        simulator: str | None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        context = Context(config_file=config_file, data_dir=data_dir, simulator=simulator)
        return command(*args, context=context, **kwargs)

    return with_context


def place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What `engine_options` gives, and --demo, for who looks at what a demo has."""

    @functools.wraps(command)
    def with_demo(*args: Any, context: Context, demo: bool, **kwargs: Any) -> Any:
        if demo and context.simulator:
            raise BadInput("--demo and --simulator exclude each other", "--demo has its own")
        return command(*args, context=structs.replace(context, demo=demo), **kwargs)

    text = "Of the demo: what it has stored, and what it tells while it runs."
    return click.option("--demo", is_flag=True, help=text)(engine_options(with_demo))


def attach_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--attach and --token-file, passed as one `given`."""

    @click.option(
        "--attach",
        "url",
        metavar="URL",
        help="Look at the engine of a daemon elsewhere: http://HOST:5000.",
    )
    @click.option(
        "--token-file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="With --attach: the file, mode 0600, that has the daemon's api.token.",
    )
    @functools.wraps(command)
    def with_daemon(url: str | None, token_file: Path | None, *args: Any, **kwargs: Any) -> Any:
        return command(*args, given=AttachGiven(url=url, token_file=token_file), **kwargs)

    return with_daemon


class AttachGiven(Struct, frozen=True, kw_only=True):
    """What says which daemon to attach to, as given."""

    url: str | None
    token_file: Path | None

    def __bool__(self) -> bool:
        return self.url is not None or self.token_file is not None

    def daemon(self, context: Context, *, demo: bool = False) -> Elsewhere | None:
        """The daemon elsewhere; None where none is meant. What excludes it is BadInput."""
        if self.url is None:
            if self.token_file is not None:
                raise BadInput("--token-file goes with --attach URL")
            return None
        for option, value in (
            ("--demo", demo or context.demo),
            ("--simulator", context.simulator),
            ("--data-dir", context.data_dir),
        ):
            if value:
                hint = "they say which engine runs here, --attach looks at one elsewhere"
                raise BadInput(f"--attach and {option} exclude each other", hint)
        return elsewhere(self.url, self.token_file)


def boards_completed(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The boards that a terminal can begin with."""
    del ctx, param
    names = [info.name for info in load("tui_monitor.boards.registry").BOARDS]
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def coins_completed(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Those of the sum curve as it is unless told otherwise: what is listed is known to engines."""
    del ctx, param
    return [CompletionItem(coin) for coin in config.COINS if coin.startswith(incomplete.upper())]


def zone_of(settings: Settings) -> BoardZone:
    """The board's zone."""
    return BoardZone(settings.general.timezone)


def kind_of(settings: Settings, context: Context, *, demo: bool = False) -> str:
    """What this run's data are and never mix with: "demo", "simulator" or "real"."""
    if demo or context.demo:
        return "demo"
    return "simulator" if context.simulator or config.is_local(settings.exchanges) else "real"


def holder_info(role: str) -> dict[str, Any]:
    """What the engine lock's file says of this process."""
    return {"pid": os.getpid(), "role": role}


def info_of_demo(info: Mapping[str, Any], pointed: Context) -> dict[str, Any]:
    """What the lock's file says, and the simulator of a demo: who looks after it asks there."""
    return {**info, "simulator": pointed.simulator}


def require_engine(folder: Path, daemon: Elsewhere | None, wrong: SettingsError) -> None:
    """Raise what is wrong with the settings, unless an engine runs that can be looked at."""
    if daemon is None and read_holder(folder) is None:
        raise wrong


def only_looking(wrong: SettingsError) -> str:
    """The warning of who looks at an engine on settings that none could begin on."""
    return f"no engine would begin on these settings, this only looks on: {wrong.line()}"


def to_look_with(context: Context, daemon: Elsewhere | None) -> Settings:
    """The settings of who looks at an engine; where none runs they are without fault, or raised."""
    loaded, wrong = context.usable()
    if wrong is not None:
        require_engine(context.folder(loaded.settings), daemon, wrong)
        click.echo(f"tui-monitor: {only_looking(wrong)}", err=True)
    return loaded.settings


def say_ready(url: str) -> None:
    """The one line that a caller waits for; what runs goes on where none does any more."""
    with suppress(BrokenPipeError):
        click.echo(f"ready {url}")
