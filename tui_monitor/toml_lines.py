"""In which line of a TOML file a key stands: the library that reads it does not say.

A plain scan, for the eyes of whoever mends the file; it need not know all of the language.
"""

import re

_TABLE = re.compile(r"\s*\[\s*([^\[\]=]+?)\s*\]\s*(?:#.*)?")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_"'-]+)*)\s*=""")
_MULTI = re.compile(r'"""|\'\'\'')


def lines_of_keys(text: str) -> dict[str, int]:
    """Dotted name -> line, from 1; tables have theirs too. Of a name the first line counts."""
    found: dict[str, int] = {}
    table, is_inside = "", False
    for number, line in enumerate(text.splitlines(), 1):
        began_inside = is_inside
        is_inside ^= len(_MULTI.findall(line)) % 2 == 1
        if began_inside:
            continue
        if head := _TABLE.fullmatch(line):
            table = f"{_plain(head[1])}."
            found.setdefault(table.removesuffix("."), number)
        elif key := _KEY.match(line):
            found.setdefault(f"{table}{_plain(key[1])}", number)
    return found


def line_of(name: str, lines: dict[str, int]) -> int | None:
    """Where a setting stands, or the table or key that it is written in."""
    while name not in lines and "." in name:
        name = name.rpartition(".")[0]
    return lines.get(name)


def _plain(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))
