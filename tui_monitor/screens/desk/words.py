"""What the palette's words do to the desk, and what it knows to complete them."""

from collections.abc import Callable, Sequence
from typing import Any

from tui_monitor.errors import BadInput, MonitorError
from tui_monitor.screens.desk.work import DeskWork
from tui_monitor.screens.filters.names import meant, names, nearest
from tui_monitor.screens.palette.coin_names import all_listed, check_listed
from tui_monitor.screens.telling import Said
from tui_monitor.screens.widgets.panel import Panel, panel_of
from tui_monitor.words import t


class DeskWords(DeskWork):
    """The desk as `Commanded`: by words instead of keys."""

    def __init__(self) -> None:
        super().__init__()
        self.history: list[str] = []
        self._coins: tuple[str, ...] = ()
        self._all_listed = False

    # What there is to name

    def known_coins(self) -> Sequence[str]:
        """The coins that some exchange lists, those of most markets first."""
        return self._coins

    async def learn_coins(self) -> None:
        """Ask for them; without an engine nobody knows."""
        try:
            report = await self.source.markets()
        except MonitorError:
            return
        self._coins = tuple(one.coin for one in report.coins)
        self._all_listed = all_listed(report)

    def check_coin(self, coin: str) -> str:
        """A coin as it is listed; BadInput where nobody lists it and all lists are known."""
        return check_listed(coin, self._coins if self._all_listed else ())

    def column_names(self) -> Sequence[str]:
        """The columns of the table that has the keys, by which it can be sorted and filtered."""
        return names(self.table.columns)

    # What words do

    def act(self, action_id: str) -> None:
        """Run an action as its key would; BadInput says why it can't."""
        nodes = (self.view, self, panel_of(self.table), self.app)
        names = (f"ask_{action_id}", f"action_{action_id}")
        methods = (getattr(node, name, None) for node in nodes for name in names)
        method = next((one for one in methods if one is not None), None)
        if method is not None:
            method()

    def choose(self, what: str, word: str) -> None:
        """Another part of this board, by name."""
        self.view.choose(what, word)

    def set_filter(self, text: str) -> None:
        """Filter the table that has the keys."""
        self._panel().set_filter(text)
        self.refresh_bindings()

    def sort_table(self, name: str, *, descending: bool) -> None:
        """Sort the table that has the keys, and keep it so."""
        found = meant(name, self.table.columns)
        if len(found) > 1:
            several = ", ".join(one.name for one in found)
            raise Said(t("{name} may be one of several", name=name), several)
        column = found[0] if found else None
        if column is None or column.value is None:
            known = ", ".join(nearest(name, self.table.columns))
            said = t("no column {name} to sort by", name=name)
            raise Said(said, t("there are {names}", names=known))
        self.table.sort(column.key, descending=descending)
        self._panel().keep_layout()

    def _panel(self) -> Panel[Any]:
        panel = panel_of(self.table)
        if panel is None:
            raise BadInput("no table here")
        return panel

    def set_theme(self, name: str) -> None:
        """Other colours."""
        self._app_does("choose_theme", name)

    def set_glyphs(self, name: str) -> None:
        """Other characters for curves."""
        self._app_does("choose_glyphs", name)

    def set_language(self, name: str) -> None:
        """Another language, until the program ends."""
        self._app_does("choose_language", name)

    def _app_does(self, method: str, name: str) -> None:
        # The desk also stands in apps without looks of their own.
        chooser: Callable[[str], None] | None = getattr(self.app, method, None)
        if chooser is not None:
            chooser(name)
