"""The coin page's candles: of the first of its perpetuals that has any."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical

from tui_monitor.boards.coin import CoinLeg, CoinPage
from tui_monitor.boards.klines import Klines
from tui_monitor.model import Market
from tui_monitor.screens.anomalies_texts import CHART_BARS, candles
from tui_monitor.screens.format import ShownZone, shown
from tui_monitor.screens.looks import looks_of
from tui_monitor.screens.widgets.candles import CandlesView
from tui_monitor.screens.widgets.line import Lines, Piece
from tui_monitor.source import Source

_BAR = "15m"
_EVERY_MS = 5_000


class CoinCandles(Vertical):
    """A title and the chart; asked for again after some seconds."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.klines: Klines | None = None
        self._asked_for: tuple[object, ...] = ()
        self._title = Lines(id="candles-title")
        self._chart = CandlesView(id="candles")

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._chart

    def forget(self) -> None:
        """Another coin comes."""
        self.klines, self._asked_for = None, ()

    async def pull(self, source: Source, page: CoinPage) -> None:
        """Ask for the bars, if it is time; a perpetual without any makes way for the next."""
        wanted = (page.coin, page.now_ms // _EVERY_MS)
        if wanted == self._asked_for:
            return
        self._asked_for = wanted
        for one in self._choices(page):
            found = await source.klines(
                one.leg.symbol, one.leg.exchange, one.leg.market, _BAR, CHART_BARS
            )
            if self._asked_for != wanted:
                return  # another coin is wanted meanwhile
            self.klines = found
            if found.rows:
                return

    def _choices(self, page: CoinPage) -> Sequence[CoinLeg]:
        """The one that had bars before, then the other perpetuals."""
        perps = [one for one in page.legs if one.leg.market is Market.PERP]
        known = self.klines
        if known is None or not known.rows:
            return perps
        return sorted(perps, key=lambda one: one.leg.exchange is not known.exchange)

    def show(self, coin: str, zone: ShownZone, page: CoinPage | None) -> None:
        """What was pulled last; the title until then."""
        looks, klines, name = looks_of(self), self.klines, shown(coin, 30)
        title: list[Piece] = [("─ ", looks.faint), (f"Candles, {_BAR}", looks.dim)]
        if klines is not None:
            title.append((f"  {klines.exchange} {shown(klines.symbol, 30)}", looks.faint))
            self._chart.show(candles(klines, zone, f"waiting for {name}"))
        else:
            self._chart.clear("no perpetual" if page is not None else f"waiting for {name}")
        self._title.set_lines(title)
