"""Which parts of a coin's page are shown together, by the room there is."""

from enum import Enum

from tui_monitor.screens.boards.coin.texts import PAIR_LINES
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
_TIGHT: tuple[Page, ...] = (("legs", *ROWS["charts"]), ROWS["below"], *_MIDDLE[1:])
_ALONE: tuple[Page, ...] = tuple((part,) for part in PARTS)


class Room(Enum):
    """How much of the page has room at once: a part, one or two, some, or all.

    In a flat terminal there is one, too, with the line of parts.
    """

    LOW = "-one"
    FLAT = "-one-named"
    SMALL = "-small"
    TIGHT = "-tight"
    MIDDLE = "-middle-sized"
    WHOLE = "-whole"


# With fewer lines the charts beside the tables would have none, or next to none.
_LEAST_LINES = {Room.SMALL: 22, Room.MIDDLE: 35}
_LESS = {Room.SMALL: Room.FLAT, Room.MIDDLE: Room.TIGHT}


def with_charts(room: Room, lines: int) -> Room:
    """The room, or the next smaller one where a terminal of so many lines has none for charts."""
    return room if lines >= _LEAST_LINES.get(room, 0) else _LESS[room]


PAGES: dict[Room, tuple[Page, ...]] = {
    Room.LOW: _ALONE,
    Room.FLAT: _ALONE,
    Room.SMALL: _SMALL,
    Room.TIGHT: _TIGHT,
    Room.MIDDLE: _MIDDLE,
    Room.WHOLE: (tuple(PARTS),),
}
"""The pages, in their order; each part is on one of them at least."""

CSS = f"""
    CoinView #pairs {{ height: {PAIR_LINES}; }}
    CoinView #legs {{ height: 10; }}
    CoinView #charts, CoinView #events, CoinView #interest {{ height: 1fr; }}
    CoinView #below {{ height: 10; }}
    CoinView #spread {{ width: 1fr; margin-right: 1; }}
    CoinView #candles {{ width: 1fr; }}
    CoinView #premiums, CoinView #settled {{ width: 3fr; margin-right: 1; }}
    CoinView #signals {{ width: 4fr; }}
    CoinView #events {{ layout: vertical; }}
    CoinView #liquidations, CoinView #anomalies {{ width: 100%; height: 1fr; }}
    CoinView.{Room.WHOLE.value} #below {{ height: 1fr; }}
    CoinView.{Room.WHOLE.value} #events {{ layout: horizontal; }}
    CoinView.{Room.WHOLE.value} #liquidations {{ width: 3fr; margin-right: 1; }}
    CoinView.{Room.WHOLE.value} #anomalies {{ width: 2fr; }}
    CoinView.{Room.LOW.value} #legs, CoinView.{Room.LOW.value} #below {{ height: 1fr; }}
    CoinView.{Room.FLAT.value} #legs, CoinView.{Room.FLAT.value} #below {{ height: 1fr; }}
    CoinView.{Room.FLAT.value} #pairs {{ height: 1; }}
    CoinView.{Room.TIGHT.value} #below {{ height: 1fr; }}
    .-narrow CoinView.{Room.LOW.value} .-beside {{ display: none; }}
    CoinView.{Room.SMALL.value} #pairs {{ height: 1; }}
    CoinView.{Room.SMALL.value} #below {{ height: 1fr; }}
    CoinView.{Room.SMALL.value} #spread, CoinView.{Room.SMALL.value} #premiums,
    CoinView.{Room.SMALL.value} #settled {{ margin-right: 0; }}
    CoinView.{Room.FLAT.value} #spread, CoinView.{Room.FLAT.value} #premiums,
    CoinView.{Room.FLAT.value} #settled {{ margin-right: 0; }}
    """


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
