"""Run every benchmark of this folder: `python -m tests.benchmarks [NAME…]`."""

import importlib
import pkgutil
import sys

import tests.benchmarks


def main(names: list[str]) -> None:
    """Call `main()` of each module, or of those that are named; `_…` are their parts."""
    for module in pkgutil.iter_modules(tests.benchmarks.__path__):
        if module.name.startswith("_") or (names and module.name not in names):
            continue
        importlib.import_module(f"tests.benchmarks.{module.name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
