"""The command tree and how errors leave it."""

import errno
import json
import os
import select
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from click.shell_completion import CompletionItem

from tui_monitor import __version__
from tui_monitor.cli.common import (
    AttachGiven,
    Context,
    attach_options,
    boards_completed,
    engine_options,
)
from tui_monitor.errors import MAKE_ROOM, NO_ROOM, BadInput, MonitorError
from tui_monitor.loading import load
from tui_monitor.printable import printable

LINE = 400
# What a write fails with where there is no room for it, or no more use in it.
_NO_ROOM = NO_ROOM | {errno.EIO}

# name -> (module beside this one, what it does). A module is imported when its command runs.
COMMANDS = {
    "daemon": ("daemon", "Run without a terminal: the workers and a REST endpoint."),
    "show": ("show", "Print one snapshot of a board."),
    "backfill": ("backfill", "Fill the history of a range of days."),
    "export": ("export", "Write stored history as CSV or JSON lines."),
    "import": ("import_", "Take in the originals' files, and what export wrote."),
    "db": ("db", "The database: info, check, clean, backup, archive."),
    "decode": ("decode", "Turn raw payload lines into normalised events."),
    "doctor": ("doctor", "Look at settings, database, terminal and each exchange."),
    "simulate": ("simulate", "Serve the built-in exchanges on loopback."),
    "config": ("config", "Settings: path, show, check, template."),
    "completion": ("completion", "Print what makes a shell complete commands and options."),
}


def _loaded(name: str) -> ModuleType:
    """A module beside this one."""
    return load(f"tui_monitor.cli.{name}")


class _Broken(Exception):
    """A broken pipe, whoever's it is. Of its own kind, click would end the process with 1."""


@contextmanager
def _past_click() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise _Broken from error


class Tree(click.Group):
    """A group that loads a command's module when it is called for, and help without any."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """The help is written here."""
        with _past_click():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """The command, its help too."""
        with _past_click():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        found = getattr(_loaded(module), module)
        assert isinstance(found, click.Command)  # noqa: S101 - the table above names commands
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but near are all commands, not those that are loaded."""
        if args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise click.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """By the table: click's own way loads every command at each press of Tab."""
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [
            CompletionItem(name, help=text)
            for name, (_, text) in COMMANDS.items()
            if name.startswith(incomplete)
        ] + options

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=Tree,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="tui-monitor", message="%(prog)s %(version)s")
@click.option("--demo", is_flag=True, help="Watch the built-in simulator, in its own folder.")
@click.option(
    "--board",
    metavar="NAME",
    shell_complete=boards_completed,
    help="Board to begin with; else that of ui.start_board.",
)
@attach_options
@engine_options
@click.pass_context
def tui_monitor(
    ctx: click.Context, context: Context, given: AttachGiven, demo: bool, board: str | None
) -> None:
    """A terminal live monitor for crypto perpetuals.

    Without a command it opens the terminal interface. Every setting can also be given as
    TUI_MONITOR_<SECTION>__<KEY> in the environment; see: tui-monitor config show.
    """
    if ctx.invoked_subcommand is None:
        terminal = _loaded("terminal")
        daemon = given.daemon(context, demo=demo)
        if daemon is not None:
            ctx.exit(terminal.open_viewer(context, daemon, board=board))
        ctx.exit(terminal.open_terminal(context, demo=demo, board=board))
    if demo or given or context.given:
        raise click.UsageError("options of a command stand after its name")


def run(arguments: list[str]) -> int:
    """Run a command line; every expected failure becomes one line on stderr and an exit code.

    A reader of the output that has gone (`| head`) is no failure.
    """
    code = 0
    try:
        code = _outcome(arguments)
        # What is written at the end of the process fails unheard.
        if sys.stdout is not None:
            sys.stdout.flush()
    except (BrokenPipeError, _Broken):
        if not _has_lost_reader():
            raise
        # Nothing of it may be flushed at the end.
        sys.stdout = None
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        return _unwritten(error)
    return code


def _has_lost_reader() -> bool:
    """Whether somebody who read our output has gone: a socket's broken pipe is a failure."""
    outputs = select.poll()
    for number in (1, 2):
        outputs.register(number, 0)
    return any(found & (select.POLLERR | select.POLLHUP) for _, found in outputs.poll(0))


def _outcome(arguments: list[str]) -> int:
    is_json = "--json" in arguments
    try:
        code = tui_monitor.main(arguments, prog_name="tui-monitor", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        # A group without its command: its help is what was meant to be read.
        _say(error.message, is_error=True)
        return error.exit_code
    except click.ClickException as error:
        return fail(_misuse(error), as_json=is_json)
    except MonitorError as error:
        return fail(error, as_json=is_json)
    except (KeyboardInterrupt, click.Abort):
        _say("tui-monitor: interrupted", is_error=True)
        return 130
    return code if isinstance(code, int) else 0


def _say(text: str, *, is_error: bool = False) -> None:
    """A line for whoever reads it; the exit code says the same."""
    with suppress(BrokenPipeError):
        click.echo(text, err=is_error)


def _unwritten(error: OSError) -> int:
    """Not all could be written; what is left of the output, if it was that, is given up."""
    why = os.strerror(error.errno or 0)
    is_output = not error.filename and _is_from_output(error)
    if is_output:
        sys.stdout = None
        text = f"the output could not be written: {why}"
        return fail(MonitorError(text, "what there is of it is not all of it"))
    return fail(
        MonitorError(f"{error.filename or 'a file'} could not be written: {why}", MAKE_ROOM)
    )


def _is_from_output(error: OSError) -> bool:
    """Whether it was our output that failed: what was not written of it fails again, or the
    failure comes from where only output is written."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        return True
    *_, place = traceback.walk_tb(error.__traceback__)
    return Path(place[0].f_code.co_filename).parent.name in ("cli", "click")


def _misuse(error: click.ClickException) -> BadInput:
    """Wrong usage, in one line that names the help to read."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "tui-monitor"
    text = error.format_message().rstrip(".")
    argument = getattr(error, "param", None)
    if isinstance(argument, click.Argument) and context is not None:
        # Its choices are in the text already.
        text = text.replace(argument.make_metavar(context), argument.name.upper())
    return BadInput(text, f"see: {path} --help")


def fail(error: MonitorError, *, as_json: bool = False) -> int:
    """Say what went wrong, in one line; who reads JSON gets it there too, as REST says it."""
    if as_json:
        said = {
            "success": False,
            "status": "error",
            "error": printable(error.message, LINE),
            "hint": printable(error.hint, LINE),
        }
        _say(json.dumps(said, ensure_ascii=False))
    _say(f"tui-monitor: {printable(error.line(), LINE)}", is_error=True)
    return error.exit_code
