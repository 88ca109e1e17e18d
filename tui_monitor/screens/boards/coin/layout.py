"""Which parts of a coin's page are shown together, by the room there is."""

from enum import Enum

from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.line import Piece, fitting
from tui_monitor.words import t

# By the id of each part's widget, in the order in which they come: its name in the line of parts.
PARTS = {
    "legs": "legs",
    "spread": "spread",
    "candles": "candles",
    "premiums": "premium",
    "settled": "funding",
    "signals": "signals",
    "liquidations": "liq",
    "anomalies": "anom",
    "interest": "OI",
}
# A row of parts beside each other, and what is in it.
ROWS = {
    "charts": ("spread", "candles"),
    "below": ("premiums", "settled", "signals"),
    "events": ("liquidations", "anomalies"),
}

Page = tuple[str, ...]
"""Parts that are shown together."""

# One after the other; the first page of a small terminal has candles below the legs, too.
_SMALL: tuple[Page, ...] = (
    ("legs", "candles"),
    *((part,) for part in ("candles", *(one for one in PARTS if one not in ("legs", "candles")))),
)
_MIDDLE: tuple[Page, ...] = (
    ("legs", *ROWS["charts"], *ROWS["below"]),
    ROWS["events"],
    ("interest",),
)


class Room(Enum):
    """How much of the page has room at once: a part, one or two, some, or all."""

    LOW = "-one"
    SMALL = "-small"
    MIDDLE = "-middle-sized"
    WHOLE = "-whole"


PAGES: dict[Room, tuple[Page, ...]] = {
    Room.LOW: tuple((part,) for part in PARTS),
    Room.SMALL: _SMALL,
    Room.MIDDLE: _MIDDLE,
    Room.WHOLE: (tuple(PARTS),),
}
"""The pages, in their order; each part is on one of them at least."""


def parts_line(pages: tuple[Page, ...], shown: int, looks: Looks, width: int) -> list[Piece]:
    """All parts by name, each once, those that are shown in brackets; how to come to the others."""
    if len(pages) == 1:
        return []
    groups: list[list[Piece]] = [[(f"{shown + 1}/{len(pages)}", looks.faint)]]
    for number, page in enumerate(pages):
        if number == shown:
            names = " ".join(t(PARTS[part], "part") for part in page)
            groups.append([(f"[{names}]", looks.accent)])
        elif not set(page) <= set(pages[shown]):
            groups.append([(_short(page), looks.dim)])
    groups.append([(key("other_panel"), looks.faint)])
    return fitting(groups, " ", width)


def _short(page: Page) -> str:
    """Of a page that is away: the candles beside the legs have a page of their own."""
    names = [t(PARTS[part], "part") for part in page if page != _SMALL[0] or part == "legs"]
    return " ".join(names)
