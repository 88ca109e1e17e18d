"""What comes from outside can't act on the terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.printable import REPLACEMENT, printable


@pytest.mark.parametrize(
    "text",
    [
        "\x1b]52;c;cm0gLXJm\x07",
        "\x1b[2J",
        "\x9b31m",
        "a\x00b",
        "abc\rdef",
        "\u202eevil",
        "zero\u200bwidth",
        "\ufeffBOM",
        "line\u2028break",
        "\ue000private",
        "\U000e0041tag",
    ],
)
def test_nothing_that_a_terminal_obeys_gets_through(text: str) -> None:
    """It is replaced visibly, not dropped silently."""
    shown = printable(text)
    assert REPLACEMENT in shown
    assert all(unicodedata.category(char)[0] != "C" for char in shown)


def test_letters_of_any_script_stay() -> None:
    """Symbols may be Chinese."""
    assert printable("币安人生USDT") == "币安人生USDT"
    assert printable("BTC-USDT-SWAP") == "BTC-USDT-SWAP"


def test_long_text_ends_with_an_ellipsis() -> None:
    """Never cut without saying so."""
    assert printable("x" * 50, 10) == "x" * 9 + "…"


def test_a_tower_of_accents_is_cut() -> None:
    """Two combining marks in a row at the most."""
    assert len(printable("e" + "\u0338" * 30)) <= 3


@given(st.text(max_size=200), st.integers(1, 60))
def test_it_is_idempotent_and_bounded(text: str, limit: int) -> None:
    """Cleaning twice changes nothing; the limit holds; surrogates included."""
    once = printable(text, limit)
    assert printable(once, limit) == once
    assert len(once) <= limit
    once.encode()
