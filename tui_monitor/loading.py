"""Modules that are loaded when they are needed."""

import gc
import importlib
import sys
from types import ModuleType


def load(name: str) -> ModuleType:
    """A module by its whole name.

    What comes stays for good: looking through all of it for garbage, again and again while it
    comes and whenever the program runs, would take a tenth of the time to a first picture, and
    hold up every key meanwhile.
    """
    if name in sys.modules:
        return sys.modules[name]
    collects = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        if collects:
            gc.enable()
