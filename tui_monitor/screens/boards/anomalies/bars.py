"""Which bars of which exchange the anomalies are of: by keys and by name."""

from tui_monitor.boards.anomalies import AnomaliesBoard
from tui_monitor.errors import BadInput
from tui_monitor.model import BAR_MS, Exchange, FeedState
from tui_monitor.screens.boards.view import BoardView

_BARS = tuple(BAR_MS)


class BarChoice(BoardView):
    """The half of the view that chooses what is asked for; a subclass shows it."""

    def __init__(self) -> None:
        super().__init__()
        # What is asked for; None: what the settings name first.
        self.exchange: Exchange | None = None
        self.bar: str | None = None
        # What was painted last.
        self.shown: AnomaliesBoard | None = None

    def action_bar_length(self) -> None:
        now = self.bar or (self.shown.bar if self.shown is not None else _BARS[0])
        self._choose_bar(_BARS[(_BARS.index(now) + 1) % len(_BARS)])

    def action_venue(self) -> None:
        choices = self._exchanges()
        now = self.exchange or (self.shown.exchange if self.shown is not None else choices[0])
        after = choices.index(now) + 1 if now in choices else 0
        self._choose_exchange(choices[after % len(choices)])

    def _exchanges(self) -> list[Exchange]:
        """Those that are watched; all of them while that is not known."""
        lights = [] if self.status is None else self.status.lights
        watched = [one.exchange for one in lights if one.state is not FeedState.OFF]
        return watched or list(Exchange)

    def _choose_bar(self, bar: str) -> None:
        self.bar = bar
        self.post_message(self.Wanted())

    def _choose_exchange(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.post_message(self.Wanted())

    def choose(self, what: str, word: str) -> None:
        """Other bars or another exchange, by name; without one the next."""
        self.needs_now()
        if what == "bar":
            if word and word not in _BARS:
                raise BadInput(f"no bars of {word!r}", f"one of {' '.join(_BARS)}")
            self._choose_bar(word) if word else self.action_bar_length()
        elif what == "venue":
            names = [one.value for one in Exchange]
            if word and word not in names:
                raise BadInput(f"no exchange {word!r}", f"one of {' '.join(names)}")
            self._choose_exchange(Exchange(word)) if word else self.action_venue()
        else:
            super().choose(what, word)
