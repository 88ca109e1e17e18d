"""Why a key that the program knows does nothing here and now."""

from tui_monitor.boards.registry import BOARDS
from tui_monitor.config.keys import DEFAULT_KEYS
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.keys.actions import ACTIONS, BY_ID, Action
from tui_monitor.screens.keys.keymap import is_chosen, key, keys_of
from tui_monitor.words import t

_TITLES = {info.name: info.title for info in BOARDS}
_REASONS = {
    "start_backfill": "nothing to fill here",
    "stop_backfill": "no backfill runs",
    "read": "no chart to read here",
}


def why_dead(pressed: str, view: BoardView) -> str:
    """One short sentence for a key, in Textual's name; empty for one that nobody names."""
    named = [action for action in ACTIONS if pressed in keys_of(action.id)]
    said = next((said for action in named if (said := _why(action, view))), "")
    return said or next((_moved(one) for one in _usually(pressed) if is_chosen(one)), "")


def _why(action: Action, view: BoardView) -> str:
    if view.frozen and action.id in view.OF_NOW:
        return t("frozen: {key} goes on", key=key("freeze"))
    if action.id in _REASONS:
        return t(_REASONS[action.id])
    if action.where == "days" or action.id == "date":
        return "" if view.HAS_DAYS else t("{board} has no days", board=_title(view.NAME))
    if action.where in _TITLES:
        return t("{key}: only on {board}", key=key(action.id), board=_title(action.where))
    if action.where in ("table", "panel"):
        return t("{key}: no table has the keys", key=key(action.id))
    return ""


def _title(board: str) -> str:
    return t(_TITLES.get(board, board))


def _usually(pressed: str) -> list[str]:
    """The actions and boards that have this key unless the settings give them others."""
    return [
        one
        for actions in DEFAULT_KEYS.values()
        for one, keys in actions.items()
        if pressed in keys.split(",")
    ]


def _moved(action_id: str) -> str:
    action = BY_ID.get(action_id)
    what = _title(action_id) if action is None else t(action.short, "key")
    return t("{what} is {key} now, by the settings", what=what, key=key(action_id))
