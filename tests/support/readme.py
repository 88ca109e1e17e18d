"""The commands that the README shows, as they are typed."""

import re
import shlex
from itertools import product
from pathlib import Path
from typing import NamedTuple

README = Path(__file__).parents[2] / "README.md"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LONG_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
# A list of commands has what each does after at least two blanks; more of that is indented.
_TOLD = re.compile(r"\s{2,}.*")


class Example(NamedTuple):
    """One line as it is typed. `told` is what stands beside and under it in a list of commands."""

    typed: str
    told: str = ""

    @property
    def options(self) -> set[str]:
        """All long options that are named for it."""
        return set(_LONG_OPTION.findall(f"{self.typed} {self.told}"))


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    text = README.read_text(encoding="utf-8")
    return [found[2] for found in _BLOCK.finditer(text) if found[1] == language]


def shell_lines() -> list[Example]:
    """Every line of every block for a shell, without comments."""
    lines = [line for block in blocks("sh") for line in re.sub(r"\\\n\s*", "", block).splitlines()]
    return [Example(_without_comment(line)) for line in lines if line.strip()]


def listed_commands() -> list[Example]:
    """The list of commands: each line that begins with the program, and what is said of it."""
    found: list[Example] = []
    for block in blocks(""):
        for line in block.splitlines():
            if line.startswith("tui-monitor"):
                found.append(Example(_TOLD.sub("", line), line))
            elif line.startswith(" ") and found:
                found[-1] = found[-1]._replace(told=f"{found[-1].told} {line}")
    return found


def alternatives(typed: str) -> list[str]:
    """`config path|show` is two commands, and so is `db info | check`."""
    words = shlex.split(re.sub(r" \| (?=\w)", "|", typed))
    return [" ".join(map(_quoted, each)) for each in product(*(w.split("|") for w in words))]


def _quoted(word: str) -> str:
    return word if word.endswith("...") else shlex.quote(word)


def _without_comment(line: str) -> str:
    return re.sub(r"\s+# .*", "", line).strip()
