"""README.zh-CN.md is README.md in Chinese; `python -m tests.test_readme_chinese` writes its tables.

Of a row that is new the tables have the English: the test asks for its Chinese.
"""

import re
from collections.abc import Callable, Mapping

import pytest

from tests.test_readme import README, TABLES, replaced
from tui_monitor.screens.keys.actions import ACTIONS, GROUPS
from tui_monitor.words import CHINESE, speaking, t

CHINESE_README = README.with_name("README.zh-CN.md")
_HEADS = {
    "keys": "| 按键 | 作用 | 何处 | 名称 |",
    "routes": "| 路由 | |",
    "settings": "| 设置 | 默认 | |",
}
_WIDE = re.compile(r"[\u4e00-\u9fff]")
# A comment, or what a command does: after its first three blanks.
_SAID = re.compile(r"\s+#\s.*$|(?<=\S)\s{3,}.*$|^\s{20,}.*$")


def cells(line: str) -> list[str]:
    """Those of a row of a table."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def kept(text: str) -> Mapping[str, str]:
    """The last cells of a page's tables by the first."""
    rows = [cells(line) for line in text.splitlines() if line.startswith("| `")]
    return {row[0]: row[-1] for row in rows}


def keys_table(_: str) -> str:
    """The keys, in the words of the screens."""
    with speaking(CHINESE):
        rows = []
        for one in ACTIONS:
            label = one.label.replace("|", "\\|")
            rows.append(f"| `{label}` | {t(one.help)} | {t(GROUPS[one.where])} | `{one.id}` |")
    return "\n".join([_HEADS["keys"], "|---|---|---|---|", *rows])


def translated(name: str, page: str) -> str:
    """A table of the program with the last cells that the page has."""
    said = kept(page)
    _, rule, *rows = TABLES[name]().splitlines()
    lines = []
    for row in map(cells, rows):
        row[-1] = said.get(row[0], row[-1])
        lines.append(f"| {' | '.join(row)} |".replace("the 27 coins", "27 个币种"))
    return "\n".join([_HEADS[name], rule, *lines])


CHINESE_TABLES: Mapping[str, Callable[[str], str]] = {
    "keys": keys_table,
    "routes": lambda page: translated("routes", page),
    "settings": lambda page: translated("settings", page),
}


@pytest.mark.parametrize("name", CHINESE_TABLES)
def test_the_chinese_tables_have_the_rows_of_the_program(name: str) -> None:
    """The same keys, routes and settings, each explained in Chinese."""
    page = CHINESE_README.read_text()
    table = CHINESE_TABLES[name](page)
    assert replaced(page, name, table) == page, "run: python -m tests.test_readme_chinese"
    place = 1 if name == "keys" else -1
    english = [row for row in table.splitlines()[2:] if not _WIDE.search(cells(row)[place])]
    assert english == []


def headings(page: str) -> list[int]:
    """The levels of the headings, in their order."""
    outside = "".join(page.split("```")[::2])
    return [len(found[1]) for found in re.finditer(r"^(#+) ", outside, re.MULTILINE)]


def examples(page: str) -> list[list[str]]:
    """The blocks of code, without what is said beside it."""
    blocks = page.split("```")[1::2]
    lines = [[_SAID.sub("", line) for line in block.splitlines()] for block in blocks]
    return [[line for line in block if line.strip()] for block in lines]


def test_the_chinese_page_has_the_parts_of_the_english() -> None:
    """As many headings, the same examples, as many points of lists, the same pictures."""
    english, chinese = README.read_text(), CHINESE_README.read_text()
    assert headings(chinese) == headings(english)
    assert examples(chinese) == examples(english)
    for mark in (r"^\* ", r"^\| ", r"!\["):
        count = [len(re.findall(mark, page, re.MULTILINE)) for page in (english, chinese)]
        assert count[0] == count[1], mark


def test_all_that_is_typed_is_in_both_pages() -> None:
    """Commands, settings and paths, as they are written between backticks."""
    english, chinese = (
        set(typed(page)) for page in (README.read_text(), CHINESE_README.read_text())
    )
    assert english - chinese == set()


def typed(page: str) -> list[str]:
    """What stands between backticks and is no formula."""
    outside = "".join(page.split("```")[::2])
    return [
        text for text in re.findall(r"`([^`\n]+)`", outside) if "=" not in text.replace('="', "")
    ]


def test_the_pages_lead_to_each_other() -> None:
    """In their first lines."""
    assert f"({CHINESE_README.name})" in "".join(README.read_text().splitlines()[:6])
    assert f"({README.name})" in "".join(CHINESE_README.read_text().splitlines()[:6])


def test_what_the_chinese_page_links_to_exists() -> None:
    """Its own headings, pictures, pages."""
    page = CHINESE_README.read_text()
    for target, place in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", page):
        assert not target or (README.parent / target).exists(), target
        assert not place or re.search(rf"^#+ {re.escape(place)}$", page, re.MULTILINE), place


def write() -> None:
    """The tables anew, with the Chinese that is there."""
    page = CHINESE_README.read_text()
    for name, table_of in CHINESE_TABLES.items():
        page = replaced(page, name, table_of(page))
    CHINESE_README.write_text(page)


if __name__ == "__main__":
    write()
