"""Run every benchmark of this folder: `python -m tests.benchmarks [NAME… [--option VALUE…]]`.

Options are the named benchmark's own. Those that take minutes run only where they are named.
"""

import importlib
import pkgutil
import sys
from itertools import takewhile

import tests.benchmarks


def main(words: list[str]) -> None:
    """Call `main()` of each module, or of those that are named; `_…` are their parts."""
    names = list(takewhile(lambda word: not word.startswith("-"), words))
    for found in pkgutil.iter_modules(tests.benchmarks.__path__):
        if found.name.startswith("_") or (names and found.name not in names):
            continue
        module = importlib.import_module(f"tests.benchmarks.{found.name}")
        if names or not getattr(module, "NEEDS_A_NAME", False):
            module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
