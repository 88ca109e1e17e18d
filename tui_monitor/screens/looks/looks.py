"""Looks by role. A colour never carries meaning alone: a sign or a glyph stands beside it.

Terminals of 16 colours get the colours' names, so that they are those the user chose for the
terminal; who wants no colours gets attributes.
"""

from dataclasses import dataclass, replace

from rich.color import ColorSystem
from rich.style import Style
from textual.widget import Widget

from tui_monitor.screens.looks.themes import DEFAULT_THEME, MONOCHROME, SIXTEEN, THEMES, Palette

# What curves are made of: braille, or blocks for fonts without it.
BRAILLE, BLOCKS = GLYPHS = ("braille", "blocks")


@dataclass(frozen=True)
class Looks:
    """One style a role. `*_area` and `*_row` are backgrounds, the rest foregrounds."""

    text: Style
    bright: Style
    dim: Style
    faint: Style
    grid: Style
    title: Style
    accent: Style
    key: Style
    up: Style
    down: Style
    warn: Style
    bad: Style
    good: Style
    mean: Style
    banner: Style
    alarm: Style
    calm: Style
    up_area: Style
    down_area: Style
    cursor_row: Style
    idle_row: Style
    bar: Style
    liquidation: Style
    liquidation_area: Style
    braille: bool = True
    tinted: bool = True

    def signed(self, value: float | None) -> Style:
        """The look of a change."""
        if value is None or value == 0:
            return self.dim
        return self.up if value > 0 else self.down


def looks_for(system: ColorSystem, theme: str = DEFAULT_THEME, *, braille: bool = True) -> Looks:
    """The looks for a terminal's colours; not every terminal has braille."""
    if theme == MONOCHROME:
        return colourless(braille=braille)
    if system is ColorSystem.STANDARD:
        return replace(_sixteen(theme), braille=braille)
    true = system is ColorSystem.TRUECOLOR
    return replace(_coloured(THEMES[theme], tinted=true), braille=braille)


def _coloured(colors: Palette, *, tinted: bool) -> Looks:
    return Looks(
        text=Style(color=colors.text),
        bright=Style(color=colors.bright, bold=True),
        dim=Style(color=colors.dim),
        faint=Style(color=colors.faint),
        grid=Style(color=colors.grid),
        title=Style(color=colors.text, bold=True),
        accent=Style(color=colors.accent),
        key=Style(color=colors.accent, bold=True),
        up=Style(color=colors.up),
        down=Style(color=colors.down),
        warn=Style(color=colors.warn),
        bad=Style(color=colors.bad, bold=True),
        good=Style(color=colors.good),
        mean=Style(color=colors.mean),
        banner=Style(color=colors.banner_text, bgcolor=colors.banner_ground, bold=True),
        alarm=Style(color=colors.alarm_text, bgcolor=colors.alarm_ground, bold=True),
        calm=Style(color=colors.calm),
        up_area=Style(bgcolor=colors.up_tint if tinted else colors.tint_256),
        down_area=Style(bgcolor=colors.down_tint if tinted else colors.tint_256),
        cursor_row=Style(bgcolor=colors.cursor_row),
        idle_row=Style(bgcolor=colors.idle_row),
        bar=Style(bgcolor=colors.bar),
        liquidation=Style(color=colors.liquidation),
        liquidation_area=Style(bgcolor=colors.liquidation_tint if tinted else colors.tint_256),
    )


def colourless(*, braille: bool = True) -> Looks:
    """Attributes only, for who asked for no colours."""
    plain, bold, dim = Style(), Style(bold=True), Style(dim=True)
    reverse = Style(reverse=True)
    return Looks(
        text=plain,
        bright=bold,
        dim=dim,
        faint=dim,
        grid=dim,
        title=bold,
        accent=bold,
        key=bold,
        up=plain,
        down=plain,
        warn=bold,
        bad=bold,
        good=plain,
        mean=dim,
        banner=reverse,
        alarm=reverse + bold,
        calm=plain,
        up_area=plain,
        down_area=plain,
        cursor_row=reverse,
        idle_row=Style(underline=True),
        bar=plain,
        liquidation=bold,
        liquidation_area=plain,
        braille=braille,
        tinted=False,
    )


def _sixteen(theme: str) -> Looks:
    up, down = SIXTEEN[theme]
    plain = Style()
    return Looks(
        text=plain,
        bright=Style(bold=True),
        dim=plain,
        # Many a palette has its ground for the bright black: a line may vanish, a word may not.
        faint=plain,
        grid=Style(color="bright_black"),
        title=Style(bold=True),
        accent=Style(color="cyan"),
        key=Style(color="cyan", bold=True),
        up=Style(color=up),
        down=Style(color=down),
        warn=Style(color="yellow", bold=True),
        bad=Style(color="bright_red", bold=True),
        good=Style(color="green"),
        mean=Style(color="yellow"),
        banner=Style(reverse=True),
        alarm=Style(color="white", bgcolor="red", bold=True),
        calm=Style(color="cyan"),
        up_area=plain,
        down_area=plain,
        cursor_row=Style(color="black", bgcolor="white"),
        idle_row=Style(underline=True),
        bar=plain,
        liquidation=Style(color="yellow"),
        liquidation_area=plain,
        tinted=False,
    )


STANDARD = looks_for(ColorSystem.TRUECOLOR)


def looks_of(widget: Widget) -> Looks:
    """The looks of the app a widget lives in."""
    found = getattr(widget.app, "looks", None)
    return found if isinstance(found, Looks) else STANDARD
