"""The coin page's liquidations: who told what in the last hour, and the newest ones."""

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.events import Resize

from tui_monitor.boards.coin_parts import CoinLiquidations
from tui_monitor.model import Told
from tui_monitor.screens.boards.liquidations.rows import (
    ORDER_COLUMNS,
    VENUE_COLUMNS,
    OrderRow,
    VenueRow,
    order_row,
    silence,
    venue_row,
)
from tui_monitor.screens.looks.format import ShownZone, count
from tui_monitor.screens.looks.format import share as percent
from tui_monitor.screens.looks.looks import Looks, looks_of
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.line import Lines, Piece, fitting
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.words import t, told


class CoinLiquidationsView(Vertical):
    """A headline, the venues, the newest events."""

    DEFAULT_CSS = """
    CoinLiquidationsView #told { layout: horizontal; height: 1fr; }
    CoinLiquidationsView #venues { width: 1fr; margin-right: 2; }
    CoinLiquidationsView #newest { width: 1fr; }
    CoinLiquidationsView.-stacked #told { layout: vertical; }
    CoinLiquidationsView.-stacked #venues { height: 6; width: 100%; margin-right: 0; }
    CoinLiquidationsView.-stacked #newest { width: 100%; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.venues: Board[VenueRow] = Board(
            VENUE_COLUMNS, lambda row: row.venue.exchange.value, sort=None
        )
        self.newest: Board[OrderRow] = Board(
            ORDER_COLUMNS, lambda row: row.key, sort="time", follows=True
        )
        self.newest.hidden = frozenset({"coin"})
        self._headline = Lines(id="liquidations-title")
        self._shown: tuple[CoinLiquidations, int] | None = None
        self._venues = Panel(self.venues, "By exchange", id="venues")
        self._newest = Panel(self.newest, "Newest of 24 h", id="newest")

    def compose(self) -> ComposeResult:
        yield self._headline
        with Container(id="told"):
            yield self._venues
            yield self._newest

    def clear(self, empty: str) -> None:
        """Another coin comes."""
        self._shown = None
        self._show_headline()
        self.venues.clear(empty)
        self.newest.clear(empty)

    def show(self, found: CoinLiquidations, zone: ShownZone, now_ms: int) -> None:
        """What was pulled last."""
        self._shown = (found, now_ms)
        self._show_headline()
        self.venues.set_rows(
            [venue_row(one, now_ms, zone, live=found.live) for one in found.venues],
            stale=not found.live,
            empty=found.reason or "no exchange that tells of liquidations lists it",
        )
        self.newest.set_rows(
            [order_row(one, now_ms, zone) for one in found.events],
            stale=not found.live,
            empty=why_no_events(found),
        )
        self._venues.set_title("By exchange", sampled(found))
        self._newest.set_title("Newest of 24 h", last_word(found, zone, now_ms))

    def on_resize(self, _: Resize) -> None:
        """The headline is made for its width."""
        self._show_headline()

    def _show_headline(self) -> None:
        looks, width = looks_of(self), self.content_size.width
        if self._shown is None:
            self._headline.set_lines([("─ ", looks.faint), (t("Liquidations, 1 h"), looks.dim)])
        else:
            self._headline.set_lines(headline(*self._shown, looks, width))


def headline(found: CoinLiquidations, now_ms: int, looks: Looks, width: int) -> list[Piece]:
    """The hour's sum and its sides, how much of it was heard; or why there is nothing."""
    total = found.total
    style = looks.text if total.covered >= 1 else looks.warn
    title: list[Piece] = [("─ ", looks.faint), (t("Liquidations, 1 h"), looks.dim)]
    heard: list[Piece] = [(t("heard {share}", share=percent(total.covered * 100)), style)]
    quiet: list[Piece] = [(silence(found.venues, now_ms), looks.bad)]
    if found.reason:
        first, *others = found.reason.split(" · ")
        groups = [
            [*title, (f"  {told(first)}", style)],
            heard,
            quiet,
            *([(told(one), looks.dim)] for one in others),
        ]
    else:
        groups = [title, *_sums(found, looks), heard, quiet]
    if total.unsized:
        groups.append([(t("{n} of unknown size", n=total.unsized), looks.warn)])
    # The first group is cut with an ellipsis rather than left out.
    there = [group for group in groups if group[0][0]]
    is_first_whole = sum(cell_len(text) for text, _ in there[0]) <= width
    return fitting(there, "  ", width) if is_first_whole else there[0]


def _sums(found: CoinLiquidations, looks: Looks) -> list[list[Piece]]:
    total = found.total
    bound = "≥" if total.is_lower_bound else ""
    return [
        [(f"{bound}{count(total.total_usd)} USD", looks.liquidation)],
        [(f"{t('long', 'liquidated')} ▾{count(total.long_usd)}", looks.down)],
        [(f"{t('short', 'liquidated')} ▴{count(total.short_usd)}", looks.up)],
        [(t("{n} event" if total.count == 1 else "{n} events", n=total.count), looks.text)],
    ]


def sampled(found: CoinLiquidations) -> str:
    """Whose sums are lower bounds."""
    names = [one.exchange.value for one in found.venues if one.told is Told.SAMPLED]
    return t("≥ sampled: {names}", names=", ".join(names)) if names else ""


def why_no_events(found: CoinLiquidations) -> str:
    """Why there is none of a day."""
    if not found.live:
        return told(found.reason)
    none = t("none was told in the last 24 h")
    return none if found.venues else told(found.reason)


def last_word(found: CoinLiquidations, zone: ShownZone, now_ms: int) -> str:
    """When the last one was."""
    times = [one.exchange_ms for one in found.events]
    return t("last {time}", time=zone.when(max(times), now_ms)) if times else ""
