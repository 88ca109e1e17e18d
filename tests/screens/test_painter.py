"""The diffing painter: the terminal shows what is wanted, for few bytes."""

import random
from typing import Any

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from tui_monitor.screens.terminal.painter import Painter

WIDTH, HEIGHT = 12, 4
STYLES = (
    None,
    Style(color="#ff0000"),
    Style(bgcolor="#00005f"),
    Style(color="#ff0000", bold=True),
    Style(bold=True, underline=True, bgcolor="#00005f"),
    Style(color="color(17)", reverse=True),
)
words = st.text(alphabet="ab ·█⣿币生가", min_size=1, max_size=WIDTH)
lines = st.lists(st.tuples(words, st.sampled_from(STYLES)), min_size=1, max_size=3)
frames = st.lists(
    st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1), lines), max_size=6
)


def a_painter(system: ColorSystem = ColorSystem.TRUECOLOR) -> Painter:
    """A painter of a small terminal."""
    painter = Painter(system)
    painter.resize(WIDTH, HEIGHT)
    return painter


def cells_of(screen: Any) -> list[list[tuple[object, ...]]]:
    """Cells as they look."""
    return [[look_of(screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def look_of(cell: Any) -> tuple[object, ...]:
    """What a user sees of a cell: not the foreground of a blank."""
    if cell.data == " " and not cell.underscore and not cell.reverse:
        return (cell.bg,)
    return (cell.data, cell.fg, cell.bg, cell.bold, cell.underscore, cell.reverse)


@settings(max_examples=150, deadline=None)
@given(st.lists(frames, min_size=1, max_size=5))
def test_patched_frames_equal_a_full_repaint(story: list[list[Any]]) -> None:
    """Whatever is put where, wide characters halved and all, nothing wrong stays on screen."""
    painter = a_painter()
    patched: Any = pyte.Screen(WIDTH, HEIGHT)
    stream: Any = pyte.Stream(patched)
    for frame in story:
        for x, y, parts in frame:
            painter.put(x, y, [Segment(text, style) for text, style in parts], WIDTH)
        stream.feed(painter.changes())
    painter.forget()
    whole: Any = pyte.Screen(WIDTH, HEIGHT)
    pyte.Stream(whole).feed(painter.changes())
    assert cells_of(patched) == cells_of(whole)


def test_nothing_changed_writes_nothing() -> None:
    """A frame like the one before costs no byte."""
    painter = a_painter()
    painter.put(0, 0, [Segment("hello", STYLES[1])], WIDTH)
    assert painter.changes()
    painter.put(0, 0, [Segment("hello", STYLES[1])], WIDTH)
    assert painter.changes() == ""


def test_one_digit_costs_one_jump_one_look_one_digit() -> None:
    """Only the cell that differs is written, with the colour codes it needs."""
    painter = a_painter()
    painter.put(0, 1, [Segment("12:00:01", STYLES[1])], WIDTH)
    painter.changes()
    painter.put(0, 1, [Segment("12:00:02", STYLES[1])], WIDTH)
    assert painter.changes() == "\x1b[2;8H\x1b[38;5;196m2\x1b[0m"


def test_only_the_codes_that_differ_are_written_between_looks() -> None:
    """From red to bold red is one code, and back; what has no end of its own ends by a reset."""
    ink = a_painter().ink
    red, bold_red = ink.number(STYLES[1]), ink.number(STYLES[3])
    assert ink.change(red, bold_red) == "\x1b[1m"
    assert ink.change(bold_red, red) == "\x1b[22m"
    dim_red = ink.number(Style(color="#ff0000", dim=True))
    assert ink.change(bold_red, dim_red) == "\x1b[22;2m"
    framed = ink.number(Style(color="#ff0000", overline=True))
    assert ink.change(framed, red) == "\x1b[0;38;5;196m"
    assert ink.change(bold_red, ink.number(None)) == "\x1b[0m"


def test_colours_of_the_palette_are_named_by_their_number() -> None:
    """It is half as long; the first few, which shells' themes redefine, and all others are told."""
    for color, code in (
        ("#d0d0d0", "38;5;252"), ("#00005f", "38;2;0;0;95"), ("#f59e0b", "38;2;245;158;11"),
    ):  # fmt: skip
        painter = a_painter()
        painter.put(0, 0, [Segment("x", Style(color=color))], 1)
        assert f"\x1b[{code}mx" in painter.changes()


def test_between_words_of_two_colours_no_third_one_is_written() -> None:
    """A blank shows no foreground: neither its own nor a change of it costs anything."""
    painter = a_painter()
    red, plain, green = Style(color="#ff0000"), Style(color="#d0d0d0"), Style(color="#00ff00")
    painter.put(0, 0, [Segment("a", red), Segment("  ", plain), Segment("b", green)], 4)
    assert painter.changes().endswith("\x1b[38;5;196ma  \x1b[38;5;46mb\x1b[0m")
    painter.put(0, 0, [Segment("a", red), Segment("  ", green), Segment("b", green)], 4)
    assert painter.changes() == ""


def test_a_short_way_along_a_line_is_a_step_not_an_address() -> None:
    """As long as all terminals agree where the cursor is: after a wide character they may not."""
    painter = a_painter()
    for texts, steps in (
        (("a     b", "c     d"), "\x1b[1Hc\x1b[5Cd"),
        (("币    b", "生    d"), "\x1b[1H生\x1b[1;7Hd"),
    ):
        painter.put(0, 0, [Segment(texts[0])], 7)
        painter.changes()
        painter.put(0, 0, [Segment(texts[1])], 7)
        assert painter.changes() == steps


def test_a_link_is_not_written() -> None:
    """A hyperlink would be text from outside that the terminal obeys."""
    painter = a_painter()
    painter.put(0, 0, [Segment("x", Style(link="http://evil.example", color="#ff0000"))], WIDTH)
    assert "evil" not in painter.changes()


def test_forgetting_writes_everything_after_a_clear() -> None:
    """After a resize or a resume nothing of the old screen counts."""
    painter = a_painter()
    painter.put(0, 0, [Segment("ab", None)], WIDTH)
    painter.changes()
    painter.forget()
    assert painter.changes().startswith("\x1b[0m\x1b[2J")


def test_a_wide_character_at_the_edge_is_not_cut_in_half() -> None:
    """It would push the next column out of line."""
    painter = a_painter()
    painter.put(0, 0, [Segment("币" * 6)], 5)
    assert "".join(text for text, _ in painter.wanted[0][:5]) == "币币 "


def test_colours_are_reduced_to_what_the_terminal_has() -> None:
    """256 colours over plain ssh, 16 on a console."""
    for system, code in ((ColorSystem.EIGHT_BIT, "38;5;196"), (ColorSystem.STANDARD, "31")):
        painter = a_painter(system)
        painter.put(0, 0, [Segment("x", STYLES[1])], WIDTH)
        assert f"\x1b[{code}m" in painter.changes()


def test_many_styles_do_not_grow_without_end() -> None:
    """Styles with distinct meta data look alike and share a number."""
    ink = a_painter().ink
    choice = random.Random(1)
    numbers = {
        ink.number(Style(color="#ff0000", meta={"n": choice.random()})) for _ in range(6_000)
    }
    assert len(numbers) == 1
