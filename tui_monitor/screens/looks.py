"""Colours by role. A colour never carries meaning alone: a sign or a glyph stands beside it.

Every colour but the tints and the liquidations' amber is an entry of the 256-colour palette,
because that is what plain ssh gives; truecolour terminals show the very same. Terminals of 16
colours get attributes.
"""

from dataclasses import dataclass, replace

from rich.color import ColorSystem
from rich.style import Style
from textual.theme import Theme
from textual.widget import Widget

BACKGROUND = "#121212"
# Rises and falls: (up, down, tint of the area above zero, tint of the area below).
PAIRS = {
    "blue-orange": ("#5fafff", "#ffaf5f", "#14283c", "#33240f"),
    "green-red": ("#87d787", "#ff8787", "#14301f", "#3a1719"),
    "red-green": ("#ff8787", "#87d787", "#3a1719", "#14301f"),
}
# The palette's dark colours are garish: in 256 colours both areas are grey.
_TINT_256 = "#262626"
DEFAULT_PAIR = "blue-orange"


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


def looks_for(system: ColorSystem, pair: str = DEFAULT_PAIR, *, braille: bool = True) -> Looks:
    """The looks for a terminal's colours; not every terminal has braille."""
    up, down, up_tint, down_tint = PAIRS[pair]
    if system is ColorSystem.STANDARD:
        return replace(_sixteen(), braille=braille)
    true = system is ColorSystem.TRUECOLOR
    return Looks(
        text=Style(color="#d0d0d0"),
        bright=Style(color="#ffffff", bold=True),
        dim=Style(color="#8a8a8a"),
        faint=Style(color="#585858"),
        grid=Style(color="#303030"),
        title=Style(color="#d7d7d7", bold=True),
        accent=Style(color="#87d7d7"),
        key=Style(color="#87d7d7", bold=True),
        up=Style(color=up),
        down=Style(color=down),
        warn=Style(color="#ffd75f"),
        bad=Style(color="#ff5f5f", bold=True),
        good=Style(color="#87d787"),
        mean=Style(color="#d7af5f"),
        banner=Style(color="#121212", bgcolor="#87d7d7", bold=True),
        alarm=Style(color="#ffffff", bgcolor="#af0000", bold=True),
        calm=Style(color="#005f87"),
        up_area=Style(bgcolor=up_tint if true else _TINT_256),
        down_area=Style(bgcolor=down_tint if true else _TINT_256),
        cursor_row=Style(bgcolor="#303030"),
        idle_row=Style(bgcolor="#1c1c1c"),
        bar=Style(bgcolor="#1c1c1c"),
        liquidation=Style(color="#f59e0b"),
        liquidation_area=Style(bgcolor="#33240f" if true else _TINT_256),
        braille=braille,
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


def _sixteen() -> Looks:
    plain = Style()
    return Looks(
        text=plain,
        bright=Style(bold=True),
        dim=plain,
        faint=Style(color="bright_black"),
        grid=Style(color="bright_black"),
        title=Style(bold=True),
        accent=Style(color="cyan"),
        key=Style(color="cyan", bold=True),
        up=Style(color="bright_blue"),
        down=Style(color="yellow"),
        warn=Style(color="yellow", bold=True),
        bad=Style(color="red", bold=True),
        good=Style(color="green"),
        mean=Style(color="yellow"),
        banner=Style(reverse=True),
        alarm=Style(color="white", bgcolor="red", bold=True),
        calm=Style(color="blue"),
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

THEME = Theme(
    name="monitor",
    primary="#87d7d7",
    background=BACKGROUND,
    surface=BACKGROUND,
    panel="#1c1c1c",
    foreground="#d0d0d0",
    accent="#87d7d7",
    warning="#ffd75f",
    error="#ff5f5f",
    success="#87d787",
    dark=True,
)


def looks_of(widget: Widget) -> Looks:
    """The looks of the app a widget lives in."""
    found = getattr(widget.app, "looks", None)
    return found if isinstance(found, Looks) else STANDARD
