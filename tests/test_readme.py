"""The README's tables are the program's: `python -m tests.test_readme` writes them anew."""

import re
from pathlib import Path

import pytest

from tui_monitor import config
from tui_monitor.api.app import ENDPOINTS
from tui_monitor.cli.commands import COMMANDS
from tui_monitor.screens.keys.actions import ACTIONS, GROUPS

README = Path(__file__).parents[1] / "README.md"


def keys_table() -> str:
    rows = ["| key | does | where | name |", "|---|---|---|---|"]
    for action in ACTIONS:
        label = action.label.replace("|", "\\|")
        rows.append(
            f"| `{label}` | {action.help} | {GROUPS[action.where].lower()} | `{action.id}` |"
        )
    return "\n".join(rows)


def routes_table() -> str:
    rows = [f"| `{one.method} {one.path}` | {one.summary} |" for one in ENDPOINTS]
    return "\n".join(["| route | |", "|---|---|", *rows])


def settings_table() -> str:
    rows = ["| setting | default | |", "|---|---|---|"]
    for setting in config.describe(config.Loaded(config.Settings(), {}, Path())):
        default = config.toml(setting.value)
        shown = "the 27 coins" if setting.name == "sum_curve.coins" else f"`{default}`"
        rows.append(f"| `{setting.name}` | {shown} | {setting.description} |")
    return "\n".join(rows)


TABLES = {"keys": keys_table, "routes": routes_table, "settings": settings_table}


def replaced(text: str, name: str, table: str) -> str:
    """The README with one marked table put in."""
    pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
    found, count = re.subn(pattern, lambda m: f"{m[1]}{table}\n{m[2]}", text, flags=re.DOTALL)
    assert count == 1, f"README has no place for the {name} table"
    return found


@pytest.mark.parametrize("name", TABLES)
def test_the_readmes_tables_are_the_programs(name: str) -> None:
    """A key, route or setting that changes must change there too."""
    text = README.read_text()
    assert replaced(text, name, TABLES[name]()) == text, "run: python -m tests.test_readme"


def test_every_command_is_in_the_readme() -> None:
    """With its name as it is typed."""
    text = README.read_text()
    for name in COMMANDS:
        assert f"tui-monitor {name}" in text, name


def test_what_the_readme_links_to_exists() -> None:
    """Pictures and pages."""
    for target in re.findall(r"\]\(([^)#:]+)\)", README.read_text()):
        assert (README.parent / target).exists(), target


if __name__ == "__main__":
    content = README.read_text()
    for table_name, table_of in TABLES.items():
        content = replaced(content, table_name, table_of())
    README.write_text(content)
