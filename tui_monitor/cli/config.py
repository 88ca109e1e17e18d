"""tui-monitor config."""

import click

from tui_monitor import config as settings_module
from tui_monitor import paths
from tui_monitor.cli.common import Context, engine_options
from tui_monitor.errors import SettingsError
from tui_monitor.printable import printable

VALUE_LIMIT = 200
LINE_LIMIT = 400


@click.group("config")
def config() -> None:
    """Settings: where they are, what they are, whether they are right."""


@config.command()
@engine_options
def path(context: Context) -> None:
    """Print the configuration file's path."""
    click.echo(context.config_file or paths.config_file())


@config.command()
@engine_options
def show(context: Context) -> None:
    """Print every effective value and where it comes from."""
    for setting in settings_module.describe(context.load()):
        value = settings_module.toml(setting.value)
        if settings_module.is_secret(setting.name, setting.value):
            value = "(set)"
        click.echo(f"{setting.name} = {printable(value, VALUE_LIMIT)}  # {setting.origin}")


@config.command()
@engine_options
def check(context: Context) -> int:
    """Read the settings and say whether they are right, or all that is wrong."""
    try:
        loaded = context.load()
    except SettingsError as error:
        for one in (SettingsError(error.message, error.hint), *error.others):
            click.echo(f"tui-monitor: {printable(one.line(), LINE_LIMIT)}", err=True)
        return error.exit_code
    there = "" if loaded.file.exists() else " (no such file: defaults)"
    click.echo(f"{loaded.file}{there}: right, {len(loaded.origins)} set")
    exposed = settings_module.token_exposed(loaded.settings, loaded.origins, loaded.file)
    if exposed:
        exposed += f"; {settings_module.chmod_hint(loaded.file)}"
    for text in [*settings_module.warnings(loaded.settings), *filter(None, [exposed])]:
        click.echo(f"warning: {text}", err=True)
    return 0


@config.command()
@engine_options
def template(context: Context) -> None:
    """Print a commented file with every key at its default."""
    del context  # accepted by every command; a template depends on nothing
    click.echo(settings_module.template(), nl=False)
