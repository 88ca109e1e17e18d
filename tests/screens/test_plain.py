"""Text for terminals that show ASCII only."""

import pytest
from rich.cells import cell_len

from tui_monitor.screens.looks.plain import in_ascii


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("● okx ┊━╸▴1", "o okx :=-^1"),
        ("币安人生", "????????"),
        ("e\u0301é", "ee"),
        ("▀▄▞█", "'.:#"),
        ("–…×", "-.x"),
        ("⠤ø", "??"),
        ("≥ 0.6 %, ≤5, a → b, ≥4.00M", ">=0.6 %, <5, a ->b, >4.00M"),
    ],
)
def test_a_text_becomes_ascii_of_the_same_width(text: str, shown: str) -> None:
    """Nothing beside it moves."""
    assert in_ascii(text) == shown


@pytest.mark.parametrize("text", ["币a", "e\u0301", "\u200b", "▾", "ﬁ", "½"])
def test_the_width_in_cells_stays(text: str) -> None:
    """Wide characters take two, combining ones none."""
    assert cell_len(in_ascii(text)) == cell_len(text)
    assert in_ascii(text).isascii()
