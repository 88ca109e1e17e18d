"""SQL is written down, never put together; one file opens databases."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "tui_monitor" / "store"
MODULES = sorted(FOLDER.glob("*.py"))
SQL_WORDS = re.compile(
    r"\b(SELECT .* FROM|INSERT |UPDATE .* SET|DELETE FROM|PRAGMA |CREATE |DROP |ALTER |BEGIN)"
)
RUNNERS = {
    *("execute", "executemany", "execute_fetchall", "executescript"),
    *("read", "maintain", "maintain_at_once", "maintain_to_the_end"),
}


def parts_put_together(tree: ast.AST) -> Iterator[str]:
    """Texts of f-strings, of `+`, `%` and of format()."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.BinOp) or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("format", "join")
        ):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    yield inner.value


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_no_sql_is_put_together(module: Path) -> None:
    """Names never become identifiers, values are always parameters."""
    tree = ast.parse(module.read_text())
    assert [text for text in parts_put_together(tree) if SQL_WORDS.search(text)] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_what_runs_is_a_constant(module: Path) -> None:
    """A literal or a plain name, never an expression."""
    for node in ast.walk(ast.parse(module.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in RUNNERS
            and node.args
        ):
            assert isinstance(node.args[0], ast.Constant | ast.Name), ast.unparse(node)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_only_the_database_module_opens_databases(module: Path) -> None:
    """Not even to copy or to hash them: a closed handle would drop SQLite's locks."""
    text = module.read_text()
    if module.name != "database.py":
        assert "aiosqlite.connect" not in text
        assert "sqlite3.connect" not in text
    assert "shutil" not in text
    assert "read_bytes" not in text


def test_the_rule_would_notice() -> None:
    """The looking itself works."""
    bad = ast.parse('db.execute(f"SELECT {x} FROM t")\ndb.execute("DELETE FROM " + name)')
    found = [text for text in parts_put_together(bad) if SQL_WORDS.search(text + " FROM")]
    assert len(found) == 2
