"""The themes' colours as data.

Every colour but the tints and the liquidations' amber is an entry of the 256-colour palette,
because that is what plain ssh gives; truecolour terminals show the very same. What is read has a
contrast of 4.5 with its ground, of 7 in high contrast (`tests/screens/test_looks.py`).
"""

from dataclasses import dataclass, replace

from textual.theme import Theme

from tui_monitor.config import Ui

DEFAULT_THEME: str = Ui().theme
MONOCHROME = "monochrome"


@dataclass(frozen=True)
class Palette:
    """A colour a role. `*_tint`, `*_row`, `*_ground` and `bar` are grounds, the rest is on them."""

    ground: str = "#121212"
    text: str = "#d0d0d0"
    bright: str = "#ffffff"
    dim: str = "#a8a8a8"
    faint: str = "#8a8a8a"
    grid: str = "#303030"
    accent: str = "#87d7d7"
    up: str = "#5fafff"
    down: str = "#ffaf5f"
    up_tint: str = "#14283c"
    down_tint: str = "#33240f"
    warn: str = "#ffd75f"
    bad: str = "#ff5f5f"
    good: str = "#87d787"
    mean: str = "#d7af5f"
    calm: str = "#5f87af"
    banner_text: str = "#121212"
    banner_ground: str = "#87d7d7"
    alarm_text: str = "#ffffff"
    alarm_ground: str = "#af0000"
    cursor_row: str = "#303030"
    idle_row: str = "#1c1c1c"
    bar: str = "#1c1c1c"
    liquidation: str = "#f59e0b"
    liquidation_tint: str = "#33240f"
    # The palette's dark colours are garish: in 256 colours every tint is this grey.
    tint_256: str = "#262626"


_CALM = Palette()
_GREEN, _RED = "#87d787", "#ff8787"
_GREEN_TINT, _RED_TINT = "#14301f", "#3a1719"
THEMES = {
    DEFAULT_THEME: _CALM,
    "green-red": replace(_CALM, up=_GREEN, down=_RED, up_tint=_GREEN_TINT, down_tint=_RED_TINT),
    "red-green": replace(_CALM, up=_RED, down=_GREEN, up_tint=_RED_TINT, down_tint=_GREEN_TINT),
    # Greys for what Textual paints by itself; our own lines have attributes alone.
    MONOCHROME: replace(
        _CALM,
        accent="#d0d0d0",
        warn="#d0d0d0",
        bad="#ffffff",
        good="#d0d0d0",
    ),
    "high-contrast": Palette(
        ground="#000000",
        text="#ffffff",
        bright="#ffffff",
        dim="#d0d0d0",
        faint="#c6c6c6",
        grid="#767676",
        accent="#87ffff",
        up="#5fd7ff",
        down="#ffd700",
        up_tint="#00263a",
        down_tint="#332b00",
        warn="#ffff00",
        bad="#ff8787",
        good="#87ff87",
        mean="#ffd75f",
        calm="#5fafff",
        banner_text="#000000",
        banner_ground="#ffffff",
        alarm_text="#ffffff",
        alarm_ground="#870000",
        cursor_row="#00005f",
        idle_row="#1c1c1c",
        bar="#000000",
        liquidation="#ffaf00",
        liquidation_tint="#332400",
        tint_256="#1c1c1c",
    ),
}
"""Name of a theme, as the settings and the palette have it, to its colours."""

# Rises and falls by the terminal's own names.
SIXTEEN = {
    DEFAULT_THEME: ("bright_blue", "yellow"),
    "green-red": ("green", "bright_red"),
    "red-green": ("bright_red", "green"),
    "high-contrast": ("bright_cyan", "bright_yellow"),
}


def textual_theme(name: str) -> Theme:
    """What Textual's own widgets (dialogs, toasts, fields) are painted with."""
    palette = THEMES[name]
    return Theme(
        name=f"monitor-{name}",
        primary=palette.accent,
        background=palette.ground,
        surface=palette.ground,
        panel=palette.bar,
        foreground=palette.text,
        accent=palette.accent,
        warning=palette.warn,
        error=palette.bad,
        success=palette.good,
        dark=True,
        # Textual would mix them with the ground until they can't be read.
        variables={"text-muted": palette.dim, "text-disabled": palette.faint},
    )
