"""From panel to panel of the board that is shown."""

from tui_monitor.screens.desk.words import DeskWords


class DeskPanels(DeskWords):
    """The desk with keys that go around its board's panels."""

    def action_other_panel(self) -> None:
        self._turn(1)

    def action_last_panel(self) -> None:
        self._turn(-1)

    def _turn(self, step: int) -> None:
        panels = list(self.view.panels())
        if self.view.is_narrow:
            self.view.next_panel() if step > 0 else self.view.previous_panel()
        elif self.focused in panels:
            self.set_focus(panels[(panels.index(self.focused) + step) % len(panels)])
        else:
            self.set_focus(panels[0])
        self.refresh_bindings()
