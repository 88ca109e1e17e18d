"""The settings of looks, by what a real terminal is sent."""

import re

import pytest

from tests.support.terminal import ESCAPE, Terminal

READY = "mean +19.94"
_SGR = re.compile(rb"\x1b\[([0-9;]*)m")
# Foregrounds and grounds: of 16 colours by name, of 256 by number, of any.
_NAMED = re.compile(rb"(?:^|;)(?:3[0-7]|4[0-7]|9[0-7]|10[0-7])(?=;|$)")


def codes_of(*options: str) -> tuple[bytes, bytes]:
    """What was sent while boards and dialogs were shown, and its colour codes."""
    with Terminal.of_the_app(*options, columns=100, rows=30) as terminal:
        terminal.until(READY)
        terminal.press("?")
        terminal.until("type to filter")
        terminal.press(ESCAPE)
        terminal.until(lambda one: "type to filter" not in one.text())
        terminal.press("6")
        terminal.until("Spreads  ")
        terminal.press("q")
        assert terminal.wait() == 0
        raw = bytes(terminal.raw)
    return raw, b" ".join(_SGR.findall(raw))


@pytest.mark.parametrize(
    ("option", "has", "lacks"),
    [
        # What the palette has is sent by its number: that is shorter.
        ("colors=truecolor", rb"[34]8;2;\d", rb"(?!)"),
        # The grey that the theme names, and not the one beside it.
        ("colors=256", rb"38;5;248\b", rb"[34]8;2;\d"),
        ("colors=16", _NAMED.pattern.replace(b"^", b"\\b"), rb"[34]8;[25];\d"),
        ("theme=monochrome", rb"\b7\b", rb"[34]8;[25];\d"),
    ],
)
def test_so_many_colours_are_sent_as_the_settings_say(
    option: str, has: bytes, lacks: bytes
) -> None:
    """Whatever COLORTERM says; dialogs and toasts too."""
    _, codes = codes_of(option)
    assert re.search(has, codes)
    assert not re.search(lacks, codes)


def test_ascii_is_all_that_is_sent_where_it_is_set() -> None:
    """In a terminal that could show more."""
    raw, _ = codes_of("ascii")
    assert raw.isascii()
