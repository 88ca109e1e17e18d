"""Themes: readable on their grounds, in every number of colours; switched at run time."""

import re
from collections.abc import Iterator
from dataclasses import fields

import pytest
from rich.color import ColorSystem
from rich.style import Style
from textual.color import Color

from tests.screens.support import an_app, pulled, screen_text, settled, shows, styles_of
from tests.support.boards import MemorySource
from tui_monitor import words
from tui_monitor.app import MonitorApp
from tui_monitor.boards.registry import BOARDS
from tui_monitor.config import Ui
from tui_monitor.errors import BadInput
from tui_monitor.screens.looks.looks import Looks, looks_for
from tui_monitor.screens.looks.themes import MONOCHROME, THEMES, Palette, textual_theme
from tui_monitor.screens.terminal.ink import in_palette

SYSTEMS = (ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT)
COLOURED = sorted(set(THEMES) - {MONOCHROME})
# What is read by its shape, not as a word: a line of a chart's grid.
NOT_READ = {"grid"}
GROUNDS = {"up_area", "down_area", "cursor_row", "idle_row", "bar", "liquidation_area"}


def luminance(colour: str) -> float:
    """WCAG's relative luminance of `#rrggbb`."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """WCAG's ratio, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def shown(style: Style, system: ColorSystem, *, back: bool = False) -> str:
    """The colour that a terminal of so many colours shows."""
    colour = style.bgcolor if back else style.color
    assert colour is not None
    if system is ColorSystem.EIGHT_BIT:
        colour = in_palette(colour) or colour
    return colour.downgrade(system).get_truecolor().hex


def roles(looks: Looks) -> Iterator[tuple[str, Style]]:
    """Every style by its name."""
    for field in fields(looks):
        value = getattr(looks, field.name)
        if isinstance(value, Style):
            yield field.name, value


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("theme", COLOURED)
def test_every_word_is_readable_on_its_ground(theme: str, system: ColorSystem) -> None:
    """4.5 to one on the ground, 7 in high contrast; 3.5 on the rows and areas that are marked."""
    looks = looks_for(system, theme)
    ground = THEMES[theme].ground
    least = 7.0 if theme == "high-contrast" else 4.5
    for role, style in roles(looks):
        if role in GROUNDS | NOT_READ:
            continue
        own = shown(style, system, back=True) if style.bgcolor else ground
        words = shown(style, system)
        assert contrast(words, own) >= least, (role, words, contrast(words, own))
        if style.bgcolor is None and role != "calm":
            for marked in sorted(GROUNDS):
                on = shown(getattr(looks, marked), system, back=True)
                assert contrast(words, on) >= least - 1, (role, marked, contrast(words, on))


@pytest.mark.parametrize("theme", COLOURED)
def test_a_theme_of_256_colours_is_what_truecolour_shows(theme: str) -> None:
    """But for tints and amber every colour is in the palette of plain ssh."""
    for field in fields(Palette):
        colour = getattr(THEMES[theme], field.name)
        if not field.name.endswith("_tint") and field.name != "liquidation":
            style = Style(color=colour)
            assert shown(style, ColorSystem.EIGHT_BIT) == colour, field.name


def test_monochrome_has_attributes_alone() -> None:
    """As NO_COLOR has; what must not be overlooked stands out by them."""
    for system in (*SYSTEMS, ColorSystem.STANDARD):
        looks = looks_for(system, MONOCHROME)
        assert all(style.color is None and style.bgcolor is None for _, style in roles(looks))
        assert looks.banner.reverse
        assert looks.bad.bold
        assert not looks.tinted


@pytest.mark.parametrize("theme", COLOURED)
def test_sixteen_colours_are_the_terminals_own(theme: str) -> None:
    """By name; and no word is in the bright black that many palettes have for their ground."""
    looks = looks_for(ColorSystem.STANDARD, theme)
    for role, style in roles(looks):
        for colour in (style.color, style.bgcolor):
            assert colour is None or (colour.number or 0) < 16
        assert role == "grid" or style.color is None or style.color.name != "bright_black"


async def test_a_theme_is_put_on_everything_at_once() -> None:
    """The boards' lines, the dialog that is open, and what Textual paints by itself."""
    app = an_app()
    async with app.run_test(size=(100, 30)) as pilot:
        app.use(Ui(colors="truecolor"))
        await pulled(pilot, app)
        await pilot.press("question_mark")
        await settled(pilot, lambda: app.screen is not app.desk)
        for theme in THEMES:
            app.choose_theme(theme)
            await settled(pilot)
            assert app.current_theme == textual_theme(theme)
            dialog = app.screen.query_one("Vertical")
            assert dialog.styles.background == Color.parse(THEMES[theme].bar)
        await pilot.press("escape")
        await settled(pilot, lambda: app.screen is app.desk)
        for theme in THEMES:
            app.choose_theme(theme)
            await settled(pilot)
            looks = looks_for(ColorSystem.TRUECOLOR, theme, braille=not app.ascii_only)
            assert app.looks == looks
            (board,) = styles_of(app, "1 Sum")
            assert board.bold or theme == MONOCHROME
            assert theme == MONOCHROME or board.bgcolor == looks.banner.bgcolor


async def test_settings_that_change_keep_what_the_user_chose_since() -> None:
    """A theme from the palette stays until the file names another one."""
    app = an_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        app.choose_theme("red-green")
        app.use(Ui(mouse=False, low_bandwidth=True))
        assert app.shown_theme == "red-green"
        app.use(Ui(theme="high-contrast"))
        assert app.shown_theme == "high-contrast"


async def test_ascii_is_drawn_from_the_settings_on() -> None:
    """Where the terminal could show more; charts have no braille then."""
    app = an_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        app.use(Ui(ascii=True))
        await settled(pilot, shows(app, "1 Sum"))
        assert app.ascii_only
        assert not app.looks.braille
        assert not any("\u2800" <= one <= "\u28ff" for one in screen_text(app))


async def test_what_has_no_letters_for_a_language_speaks_english() -> None:
    """Question marks say nothing; who asks for it is told why."""
    with words.speaking("en"):
        app = MonitorApp(MemorySource(), ui=Ui(ascii=True), refresh_s=None, language="zh")
        async with app.run_test(size=(80, 24)) as pilot:
            await pulled(pilot, app)
            assert words.language() == "en"
            with pytest.raises(BadInput, match="ASCII has no letters for 'zh'"):
                app.choose_language("zh")
            app.use(Ui(ascii=False), "zh")
            await settled(pilot)
            assert words.language() == ("en" if app.ascii_only else "zh")


# Counts and sums in columns whose titles say what they are of; nothing that changed is zero.
_SAID_BY_ITS_COLUMN = re.compile(r"\d{1,3}( up| down)?|≥?[\d.]+[kMB]|0\.0+|longs|shorts")


async def test_no_word_says_by_colour_alone_whether_it_is_up_or_down() -> None:
    """A sign, an arrow, a word: on every board and the coin's page."""
    app = an_app()
    async with app.run_test(size=(120, 40)) as pilot:
        for board in (*(info.name for info in BOARDS), "coin"):
            app.desk.show_coin("BTC") if board == "coin" else app.desk.show_board(board)
            await pulled(pilot, app)
            coloured = {app.looks.up.color, app.looks.down.color}
            for strip in app.screen._compositor.render_strips():
                for segment in strip:
                    word = segment.text.strip()
                    if segment.style and segment.style.color in coloured and word.isascii():
                        is_signed = not set("+-").isdisjoint(word)
                        assert is_signed or not word or _SAID_BY_ITS_COLUMN.fullmatch(word), board
