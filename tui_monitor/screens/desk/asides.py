"""What stands above the board for a while: help, the event log."""

from typing import TYPE_CHECKING

from tui_monitor.loading import load
from tui_monitor.screens.desk.answers import Answers
from tui_monitor.screens.desk.panels import DeskPanels

if TYPE_CHECKING:
    from tui_monitor.screens.dialogs.event_log import EventLog

# The first picture does without them: they are loaded when they are asked for.
_HELP = "tui_monitor.screens.dialogs.help"
_EVENT_LOG = "tui_monitor.screens.dialogs.event_log"


class DeskAsides(DeskPanels):
    """The desk with dialogs that only tell; a subclass has the answers they are about."""

    _answers: Answers

    def action_key_help(self) -> None:
        here = (one.binding.id for one in self.active_bindings.values() if one.enabled)
        self.app.push_screen(load(_HELP).KeyHelp([one for one in here if one]))

    def action_board_help(self) -> None:
        self.app.push_screen(load(_HELP).BoardHelp(self.view))

    def action_event_log(self) -> None:
        log_of: type[EventLog] = load(_EVENT_LOG).EventLog
        self.app.push_screen(log_of(self.source, self.zone, frozen=self._answers.held))
