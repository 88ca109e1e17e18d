"""The coin page's candles: of the first of its perpetuals that has any, or of a chosen one."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Resize

from tui_monitor.boards.coin import CoinLeg, CoinPage
from tui_monitor.boards.klines import Klines
from tui_monitor.errors import BadInput
from tui_monitor.model import BAR_MS, Exchange, Market
from tui_monitor.screens.boards.anomalies.texts import CHART_BARS, candles
from tui_monitor.screens.looks.format import ShownZone, shown
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.candles import CandlesView
from tui_monitor.screens.widgets.line import Lines, Piece, fitting
from tui_monitor.source import Source
from tui_monitor.words import t, told

_BARS = tuple(BAR_MS)
_USUAL_BAR = "15m"
_EVERY_MS = 5_000


class CoinCandles(Vertical):
    """A title and the chart; asked for again after some seconds."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.klines: Klines | None = None
        self.bar = _USUAL_BAR
        # None: the first that has any.
        self.exchange: Exchange | None = None
        self._had_bars: Exchange | None = None
        self._asked_for: tuple[object, ...] = ()
        self._zone: ShownZone | None = None
        self._title = Lines(id="candles-title")
        self._chart = CandlesView(id="candles-chart")

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._chart

    def forget(self) -> None:
        """Another coin comes, which may trade elsewhere."""
        self.klines, self.exchange, self._had_bars, self._asked_for = None, None, None, ()

    # Which bars, whose

    def next_bar(self) -> None:
        """The next longer bars; after the longest the shortest."""
        self.choose_bar(_BARS[(_BARS.index(self.bar) + 1) % len(_BARS)])

    def choose_bar(self, bar: str) -> None:
        """Bars of that length; BadInput where there are none."""
        if bar not in _BARS:
            raise BadInput(f"no bars of {bar!r}", f"one of {' '.join(_BARS)}")
        self.bar, self.klines = bar, None

    def next_exchange(self, page: CoinPage | None) -> None:
        """The next perpetual of the coin."""
        choices = [one.leg.exchange for one in _perps(page)]
        if not choices:
            return
        now = self.exchange or (self.klines.exchange if self.klines else choices[-1])
        after = choices.index(now) + 1 if now in choices else 0
        self.choose_exchange(choices[after % len(choices)])

    def choose_exchange(self, exchange: Exchange) -> None:
        """The perpetual of that exchange, whether it has bars or not."""
        self.exchange, self.klines = exchange, None

    # Data

    async def pull(self, source: Source, page: CoinPage) -> None:
        """Ask for the bars, if it is time; a perpetual without any makes way for the next."""
        wanted = (page.coin, self.bar, self.exchange, page.now_ms // _EVERY_MS)
        if wanted == self._asked_for:
            return
        self._asked_for = wanted
        first: Klines | None = None
        for one in self._choices(page):
            found = await source.klines(
                one.leg.symbol, one.leg.exchange, one.leg.market, self.bar, CHART_BARS
            )
            if self._asked_for != wanted or wanted[1:3] != (self.bar, self.exchange):
                return  # another coin or other bars are wanted meanwhile
            first = first or found
            if found.rows:
                first, self._had_bars = found, found.exchange
                break
        self.klines = first
        if first is not None:
            # Where nobody has any, those of the first are asked for.
            source.watch_bars(first.exchange, self.bar)

    def _choices(self, page: CoinPage) -> Sequence[CoinLeg]:
        """The chosen one; else the one that had bars before, then the other perpetuals."""
        perps = _perps(page)
        if self.exchange is not None:
            return [one for one in perps if one.leg.exchange is self.exchange]
        return sorted(perps, key=lambda one: one.leg.exchange is not self._had_bars)

    # What is shown

    def show(self, coin: str, zone: ShownZone, page: CoinPage | None, unknown: str = "") -> None:
        """What was pulled last; the title until then. `unknown`: why there never will be any."""
        klines, name = self.klines, shown(coin, 30)
        waiting = unknown or t("waiting for {coin}", coin=name)
        if page:
            waiting = t("waiting for {coin}'s {bar} bars", coin=name, bar=self.bar)
        if klines is not None:
            self._chart.show(candles(klines, zone, waiting))
        elif page is not None and not _perps(page):
            self._chart.clear(told(page.reason) or t("no perpetual"))
        else:
            self._chart.clear(waiting)
        self._zone = zone
        self._show_title()

    def on_resize(self, _: Resize) -> None:
        """The title is made for its width."""
        self._show_title()

    def _show_title(self) -> None:
        if self._zone is not None:
            self._title.set_lines(self._title_line(self.klines, self._zone))

    def _title_line(self, klines: Klines | None, zone: ShownZone) -> list[Piece]:
        looks, title = looks_of(self), t("Candles, {bar}", bar=self.bar)
        groups: list[list[Piece]] = [[("─ ", looks.faint), (title, looks.dim)]]
        if klines is not None:
            whose = f"{klines.exchange} {shown(klines.symbol, 30)}"
            groups.append([(whose, looks.faint)])
            if klines.forming is not None:
                begun = zone.format(klines.forming.open_ms)
                since = t("{time}… forms, grey", time=begun)
                groups.append([(since, looks.faint)])
        elif self.exchange is not None:
            groups.append([(self.exchange.value, looks.faint)])
        return fitting(groups, "  ", max(self.size.width, 20))


def _perps(page: CoinPage | None) -> list[CoinLeg]:
    legs = [] if page is None else page.legs
    return [one for one in legs if one.leg.market is Market.PERP]
