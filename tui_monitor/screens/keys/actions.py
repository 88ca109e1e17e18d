"""Every action once: its keys, its words, where it works.

The bindings, the footer, the key help and the palette are all made from this table; what is
not in it can't be bound.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.binding import Binding

from tui_monitor.boards.registry import BOARDS
from tui_monitor.config.keys import DEFAULT_KEYS
from tui_monitor.screens.keys.keymap import is_chosen, key, key_label, keys_of


@dataclass(frozen=True)
class Action:
    """`id` names the method (`action_<id>`), `usual` is what a user reads as its keys.

    `where` is a group that a widget binds. `footer` says who stays in a narrow footer, lowest
    first (0: not there); the order there is this table's. `priority` keys
    come before any widget's and any dialog's: those that work everywhere, and those after which
    text is typed, lest the first letters of a burst be taken for keys. A character is text where
    text is typed, whatever it is bound to.
    """

    id: str
    usual: str
    short: str
    help: str
    where: str
    footer: int = 0
    priority: bool = False

    @property
    def label(self) -> str:
        """Its keys as a user reads them, whatever the settings made of them."""
        both = _BOTH.get(self.id)
        if not is_chosen(self.id) and not (both and is_chosen(both)):
            return self.usual
        ours = " ".join(key_label(one) for one in keys_of(self.id)[:_LABELLED])
        return f"{key(self.id)} {key(both)}" if both else ours

    @property
    def keys(self) -> str:
        """Its default keys, in Textual's names; they stand where settings can be held to them."""
        return DEFAULT_KEYS[self.where][self.id]


# Two actions that one label in the footer stands for.
_BOTH = {
    "day_previous": "day_next",
    "range_more": "range_less",
    "read_earlier": "read_later",
    "read_before": "read_after",
}
# More keys than these have no room.
_LABELLED = 2

GROUPS = {
    "desk": "Everywhere",
    "app": "The program",
    "table": "In a table",
    "panel": "Of a table",
    "days": "Days",
    "charts": "Charts",
    "chart": "In a chart",
    "work": "History",
    "spreads": "Spreads",
    "anomalies": "Anomalies",
    "oi": "Open interest",
}

# fmt: off
ACTIONS = (
    Action("cursor_up", "↑ k", "up", "One row up", "table"),
    Action("cursor_down", "↓ j", "down", "One row down", "table"),
    Action("page_up", "PgUp", "page up", "One page up", "table"),
    Action("page_down", "PgDn", "page down", "One page down", "table"),
    Action("half_up", "^u", "half up", "Half a page up", "table"),
    Action("half_down", "^d", "half down", "Half a page down", "table"),
    Action("first", "g", "first", "First row", "table"),
    Action("last", "G", "last", "Last row", "table"),
    Action("open", "Enter", "open", "Open the row", "table", 4),
    Action("filter", "/", "filter", "Filter: text, sum>5 & up<9, !text, !(…)", "panel", 3, True),
    Action("clear_filter", "c", "clear", "Clear the filter", "panel", 1),
    Action("columns", "C", "columns", "Columns: which, in which order, what they mean", "panel"),
    Action("sort_left", "<", "sort", "Sort by the previous column", "table", 10),
    Action("sort_right", ">", "sort", "Sort by the next column", "table"),
    Action("sort_invert", "I", "invert", "Invert the order", "table"),
    Action("copy_row", "y", "copy", "Copy the row (OSC 52, and to a file)", "panel"),
    Action("copy_table", "Y", "copy all", "Copy the table (OSC 52, and to a file)", "panel"),
    Action("read", "r", "read", "Read the chart, then the next one, then the table", "charts", 13),
    Action("read_earlier", "← →", "move", "To the column before", "chart", 1),
    Action("read_later", "→", "later", "To the next column", "chart"),
    Action("read_before", "↑ ↓", "by one", "To the point before", "chart", 2),
    Action("read_after", "↓", "after", "To the next point", "chart"),
    Action("read_far_back", "PgUp", "far back", "An eighth of the width back", "chart"),
    Action("read_far_on", "PgDn", "far on", "An eighth of the width on", "chart"),
    Action("read_oldest", "g", "oldest", "To the oldest point", "chart"),
    Action("read_newest", "G", "newest", "To the newest point, and stay there", "chart"),
    Action("read_open", "Enter", "open", "Open the point: its node, its minute", "chart", 4),
    Action("pairs", "p", "pairs", "Other pairs: perps, spot and perp, spots", "spreads", 5),
    Action("coins", "f", "coins", "Other coins: all, >= 0.1 %, majors, ...", "spreads", 5),
    Action("one_coin", "o", "one", "Only the coin under the cursor, and back", "spreads", 5),
    Action("bar_length", "i", "bars", "Other bars (1m 5m 15m 1h); a coin's", "anomalies", 5),
    Action("venue", "v", "venue", "Another exchange's bars; a coin's", "anomalies", 7),
    Action("why", "w", "why", "Why a coin is here, or why it is not", "anomalies", 5, True),
    Action("forming", "u", "forming", "The forming bar, or the closed one", "anomalies", 6),
    Action("everyone", "a", "all", "Also those without a reason, or not", "anomalies", 7),
    Action("by_size", "z", "size", "By size, or by change", "oi", 5),
    Action("day_previous", "[ ]", "day", "The day before", "days", 5),
    Action("day_next", "]", "day", "The day after", "days"),
    Action("date", "d", "date", "Pick a day or days in a calendar; or type -7d", "work", 11),
    Action("range_more", "+ -", "range", "A longer time: more days, or hours", "days", 16),
    Action("range_less", "-", "shorter", "A shorter time", "days"),
    Action("range_reset", "=", "reset", "Back to the usual time", "days"),
    Action("export", "e", "export", "Export what is shown", "work", 9),
    Action("start_backfill", "b", "backfill", "Fill days from the exchange", "work", 6),
    Action("stop_backfill", "x", "stop", "Stop the running backfill", "work", 1),
    Action("key_help", "?", "keys", "All keys; type to filter them", "desk", 2),
    Action("board_help", "F1", "help", "Explain this board: columns, units, sources", "desk"),
    Action("palette", ":", "command", "Type a command", "desk", 10, True),
    Action("event_log", "!", "events", "The event log", "desk", 14),
    Action("freeze", "Space", "freeze", "Freeze the display, not the engine", "desk", 8),
    Action("zone", "t", "zone", "Times in the board's zone, UTC, or local", "desk", 17),
    Action("other_panel", "Tab", "panel", "Next panel", "desk", 6),
    Action("last_panel", "S-Tab", "panel", "Previous panel", "desk"),
    Action("back", "Esc", "back", "One step back", "desk", 3),
    Action("quit", "q", "quit", "Leave; twice where recording ends", "desk", 3),
    Action("leave", "^c", "quit", "Leave, from anywhere", "app", 0, True),
    Action("stop_process", "^z", "stop", "Stop the process; fg brings it back", "app", 0, True),
    Action("mouse", "m", "mouse", "Mouse on or off (off: text can be selected)", "app"),
    Action("repaint", "^l", "repaint", "Write the whole screen again", "app", 0, True),
)
# fmt: on

BY_ID = {action.id: action for action in ACTIONS}


def bindings(*groups: str) -> list[Binding]:
    """Textual bindings of some groups, for a class's BINDINGS."""
    return [
        Binding(
            action.keys,
            action.id,
            action.help,
            show=action.footer > 0,
            key_display=action.label,
            priority=action.priority,
            id=action.id,
        )
        for action in ACTIONS
        if action.where in groups
    ]


def bindings_of(*ids: str) -> list[Binding]:
    """Single ones, for a widget that has some of a group's actions."""
    found = {binding.id: binding for binding in bindings(*GROUPS)}
    return [found[one] for one in ids]


def board_bindings() -> Iterator[Binding]:
    """One number key a board."""
    for info in BOARDS:
        yield Binding(info.key, f"board({info.name!r})", info.title, show=False, id=info.name)
