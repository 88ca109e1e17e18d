"""tui-monitor completion."""

import click
from click.shell_completion import get_completion_class

from tui_monitor.cli.common import Context, OneOf, engine_options

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_TUI_MONITOR_COMPLETE"


@click.command()
@click.argument("shell", type=OneOf(SHELLS))
@engine_options
def completion(context: Context, shell: str) -> None:
    """Print what makes a shell complete commands and options.

    bash: eval "$(tui-monitor completion bash)" in ~/.bashrc; zsh: the same in ~/.zshrc;
    fish: tui-monitor completion fish > ~/.config/fish/completions/tui-monitor.fish
    """
    del context  # accepted by every command; the script depends on nothing
    script = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    assert script is not None  # noqa: S101 - click has these three
    # Its own `source()` would first look for a bash that is not of the last century.
    shell_words = script(root, {}, "tui-monitor", VARIABLE)
    click.echo(shell_words.source_template % shell_words.source_vars())
