"""No text reaches a widget as markup: what is not a constant must be a `Text`.

Textual's widgets read strings as markup; an unbalanced tag from an exchange would end the
program, and a click handler in one would be obeyed.
"""

import ast
from pathlib import Path

import pytest

import tui_monitor.screens

FOLDER = Path(tui_monitor.screens.__file__).parent
FILES = [*sorted(FOLDER.rglob("*.py")), FOLDER.parent / "app.py"]
MARKUP_WIDGETS = {"Static", "Label", "Button", "Option", "OptionList", "Select", "Checkbox"}
MARKUP_FIELDS = {"border_title", "border_subtitle", "tooltip"}
SAFE_CALLS = {"Text", "Group", "Content", "key_list", "listed"}


def is_safe(node: ast.expr) -> bool:
    """A constant, or a call of something that makes no markup."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return name in SAFE_CALLS or name == "_text"
    return False


def offences(tree: ast.AST) -> list[int]:
    """Lines that give a widget a bare text."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            widget = name in MARKUP_WIDGETS
            if widget and node.args and not is_safe(node.args[0]):
                found.append(node.lineno)
        if isinstance(node, ast.Assign):
            for target in node.targets:
                field = isinstance(target, ast.Attribute) and target.attr in MARKUP_FIELDS
                if field and not is_safe(node.value):
                    found.append(node.lineno)
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_widgets_get_constants_or_texts(file: Path) -> None:
    """Everything from outside goes through `printable()` and `Text`."""
    assert offences(ast.parse(file.read_text())) == []


def test_the_rule_finds_what_it_forbids() -> None:
    """An f-string, a variable, a title."""
    for line in ("Static(f'{x}')", "Label(name)", "box.border_title = name"):
        assert offences(ast.parse(line))
    assert not offences(ast.parse("Static(Text(name)); box.border_title = 'Keys'"))
