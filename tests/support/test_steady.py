"""The examples of a property are the same in every run."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def examples() -> list[int]:
    """All that a property is tried with."""
    found: list[int] = []

    @settings(max_examples=300)
    @given(st.integers())
    def tried(number: int) -> None:
        found.append(number)

    tried()
    return found


@pytest.mark.skipif("HYPOTHESIS_PROFILE" in os.environ, reason="new examples are asked for")
def test_examples_do_not_depend_on_what_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which modules are, differs by worker and by the tests before."""
    before = examples()
    path = tmp_path / "numbers_of_somebody.py"
    path.write_text(f"NUMBERS = {[60_000 + 1_001 * number for number in range(200)]}\n")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, path.stem, module)
    spec.loader.exec_module(module)
    assert examples() == before
