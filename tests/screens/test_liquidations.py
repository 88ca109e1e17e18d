"""The liquidations board: what nobody heard is a gap, a lower bound says so, hours and days."""

import pytest
from msgspec.structs import replace

from tests.screens.support import an_app, pulled, screen_text
from tests.support.boards import ZONE, MemorySource, a_status
from tests.support.liquidation_boards import a_liquidations_board
from tui_monitor.app import MonitorApp
from tui_monitor.boards.liquidations import (
    Aggregate,
    AggregatePoint,
    Level,
    LiquidationsBoard,
    VenueState,
)
from tui_monitor.model import AggregateRow, Exchange
from tui_monitor.screens.boards.liquidations import texts
from tui_monitor.screens.boards.liquidations.board import LiquidationsView
from tui_monitor.screens.boards.liquidations.rows import silence, venue_rows
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import STANDARD
from tui_monitor.screens.widgets.bars import Bar, Bars, paint_bars
from tui_monitor.screens.widgets.spark import sparkline
from tui_monitor.source import Query

SHOWN = ShownZone(ZONE)


class AskedLiquidations(MemorySource):
    """Remembers what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int, Query]] = []
        self.shown: LiquidationsBoard | None = None

    async def liquidations_board(self, hours: int, query: Query) -> LiquidationsBoard:
        """As in memory, but noted."""
        self.asked.append((hours, query))
        return self.shown or await super().liquidations_board(hours, query)


def drawn(bars: list[Bar], width: int, height: int = 3) -> list[str]:
    """The lines without their labels."""
    given = Bars(version=0, bars=bars, gutter=3, names=("s", "l"))
    lines = paint_bars(given, width + 4, height, STANDARD)
    return ["".join(part.text for part in line)[3:-1] for line in lines]


def view_of(app: MonitorApp) -> LiquidationsView:
    """The view."""
    view = app.desk.view
    assert isinstance(view, LiquidationsView)
    return view


def test_a_gap_has_no_zero_line_and_a_part_has_a_dashed_one() -> None:
    """Ten steps of two cells: heard, not heard, heard in part."""
    bars = [Bar(1.0, 0.0)] * 4 + [Bar(None, None)] * 3 + [Bar(0.0, 2.0, whole=False)] * 3
    above, zero, below = drawn(bars, 20)
    assert above == "▄" * 8 + " " * 12
    assert zero == "─" * 8 + " " * 6 + "╌" * 6
    assert below == " " * 14 + "█" * 6


def test_many_steps_add_up_to_a_column() -> None:
    """Two a column, so the one with both is twice as high; what was not heard shows as a part."""
    bars = [Bar(1.0, 0.0), Bar(1.0, 0.0), Bar(1.0, 0.0), Bar(None, None)] * 5
    above, zero, _ = drawn(bars, 10)
    assert above == "█▄" * 5
    assert zero == "─╌" * 5


def test_a_small_amount_is_never_nothing() -> None:
    """One dollar beside a million still shows."""
    above, _, below = drawn([Bar(1e6, 1.0)] * 5 + [Bar(1.0, 0.0)] * 5, 10)
    assert above == "█" * 5 + "▁" * 5
    assert below == "▀" * 5 + " " * 5


@pytest.mark.parametrize(
    ("most", "lines"), [(40e6, []), (46e6, ["50M"]), (140e6, ["50M", "100M", "150M"])]
)
def test_a_threshold_is_drawn_where_the_curve_comes_near(most: float, lines: list[str]) -> None:
    """Up to a tenth above the highest value."""
    board = a_liquidations_board()
    found = texts.thresholds(board, replace(board.hour, max=most))
    assert [label.split()[1] for _, label in found] == lines


def test_a_venue_that_was_not_heard_has_no_amounts() -> None:
    """A dash, never 0; one that was heard in part is a lower bound."""
    board = a_liquidations_board()
    okx, bybit = board.venues
    silent = replace(
        bybit, covered=0.0, long_count=0, short_count=0, long_usd=0.0, state=VenueState.SILENT
    )
    (row, other) = venue_rows(replace(board, venues=[silent, okx]), SHOWN)
    assert (row.long_usd, row.short_usd) == (None, None)
    assert other.short_usd == okx.short_usd
    assert texts.money(board.window).startswith("≥")


def test_a_day_that_only_the_aggregate_source_knows_is_drawn_from_it() -> None:
    """Its hourly sums are the curve, without ≥, and the headline says whose they are."""
    board = a_liquidations_board()
    points = [replace(one, total_usd=None, total_1h_usd=None) for one in board.points]
    told = [
        AggregatePoint(
            at_ms=board.first_ms + n * 60_000,
            usd_1h=None if n == 5 else 1e6 * n,
            usd_24h=None,
            position_usd=None,
            wash_index_pct=None,
            panic_index=None,
        )
        for n in range(10)
    ]
    past = replace(board, points=points, aggregate=told)
    drawn = texts.chart(past, SHOWN)
    assert [value for _, value in drawn.points] == [one.usd_1h for one in told]
    assert drawn.mean == pytest.approx(40e6 / 9)
    head = "".join(text for group in texts.headline(past, STANDARD) for text, _ in group)
    assert "1 h sums of the aggregate source" in head
    line = "".join(text for group in texts.statistics(past, SHOWN, STANDARD) for text, _ in group)
    assert "≥" not in line
    assert (
        texts.chart(replace(board, aggregate=told), SHOWN).points
        == texts.chart(board, SHOWN).points
    )


def test_who_is_silent_is_said_in_the_headline() -> None:
    """With since when."""
    board = a_liquidations_board()
    silent = replace(
        board.venues[1], state=VenueState.SILENT, since_ms=board.now_ms - 130_000, reason="away"
    )
    quiet = replace(board, venues=[board.venues[0], silent])
    assert silence(quiet.venues, quiet.now_ms) == "bybit silent 02:10"
    head = "".join(text for group in texts.headline(quiet, STANDARD) for text, _ in group)
    assert "bybit silent 02:10" in head
    (_, row) = venue_rows(quiet, SHOWN)
    assert row.reason == "silent 02:10 ago: away"


def test_the_panic_index_says_its_level_and_its_staleness() -> None:
    """It is there only where the aggregate source is on."""
    board = a_liquidations_board()
    row = AggregateRow(
        minute_ms=board.now_ms // 60_000 * 60_000,
        source_ms=None,
        received_ms=board.now_ms,
        usd_1h=4e6,
        usd_24h=1e8,
        people_24h=80_000.0,
        position_usd=1e10,
        panic_index=0.08,
    )
    panic = Aggregate(
        is_on=True,
        row=row,
        age_ms=600_000,
        stale=True,
        level=Level.MEDIUM,
        reason="",
        error="",
        failing_since_ms=None,
    )
    with_panic = replace(board, indices=replace(board.indices, aggregate=panic))
    line = "".join(text for text, _ in texts.trend(with_panic, STANDARD, 80))
    assert "panic 0.0800 medium stale, 10 min old" in line
    failing = replace(panic, row=None, error="the source gives HTML", level=None)
    failed = replace(board, indices=replace(board.indices, aggregate=failing))
    line = "".join(text for text, _ in texts.trend(failed, STANDARD, 80))
    assert "panic the source gives HTML" in line
    assert "panic" not in "".join(text for text, _ in texts.trend(board, STANDARD, 80))


def test_a_sparkline_is_of_time_and_leaves_out_what_is_unknown() -> None:
    """Equal parts of the window, the mean of what is known of each."""
    points = [(0, 0.0), (1, None), (2, None), (3, 1.0)]
    assert sparkline(points, 0, 4, 4) == "▁  █"
    assert sparkline(points[-1:], 0, 4, 4) == "   ▁"
    assert sparkline([(0, 0.0), (1, 1.0), (4, 1.0), (5, 1.0)], 0, 6, 3) == "▁ █"
    assert sparkline([], 0, 4, 3) == "   "


async def test_plus_and_minus_choose_the_hours_and_equals_the_last_one() -> None:
    """1, 3, 6, 12, 24; the ends are said; a day is asked for as a day."""
    source = AskedLiquidations()
    app = an_app(source, "liquidations")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        await pilot.press("plus", "plus")
        await pulled(pilot, app)
        assert source.asked[-1][0] == 6
        await pilot.press("plus", "plus", "plus")
        await pulled(pilot, app)
        assert source.asked[-1][0] == 24
        await pilot.press("minus")
        await pulled(pilot, app)
        assert source.asked[-1] == (12, Query())
        await pilot.press("left_square_bracket")
        await pulled(pilot, app)
        assert source.asked[-1][1].first_day == source.asked[-1][1].last_day is not None
        await pilot.press("equals_sign")
        await pulled(pilot, app)
        assert source.asked[-1] == (1, Query())


async def test_enter_leads_to_the_orders_and_to_the_coin() -> None:
    """On a narrow terminal the orders take the venues' place; Esc leads back."""
    app = an_app(AskedLiquidations(), "liquidations")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        view = view_of(app)
        venue = view.venues.cursor_key
        await pilot.press("enter")
        await pulled(pilot, app)
        assert "Largest" in screen_text(app)
        assert f"venue={venue}" in screen_text(app)
        assert {row.order.exchange.value for row in view.orders.rows} == {venue}
        await pilot.press("c")
        await pulled(pilot, app)
        assert len(view.orders.rows) == view.orders.total > 0
        await pilot.press("escape", "j", "enter")
        await pulled(pilot, app)
        assert view.orders.filter_text == f"venue={view.venues.cursor_key}" != f"venue={venue}"
        assert not view.orders.rows
        await pilot.press("escape")
        await pulled(pilot, app)
        assert (view.orders.filter_text, app.focused) == ("", view.orders)
        await pilot.press("escape")
        await pulled(pilot, app)
        assert "Venues" in screen_text(app)
        await pilot.press("k", "enter", "enter")
        await pulled(pilot, app)
        assert app.desk.view.NAME == "coin"


async def test_few_lines_are_the_curve_and_a_table() -> None:
    """At 60x15 the tables have rows."""
    app = an_app(AskedLiquidations(), "liquidations")
    async with app.run_test(size=(60, 15)) as pilot:
        await pulled(pilot, app)
        text = screen_text(app)
    assert "bybit" in text.split("Venues")[1]
    assert "⣀" in text.split("Venues")[0]


async def test_no_engine_is_said_and_what_is_stored_is_grey() -> None:
    """Stored minutes are not live ones."""
    source = AskedLiquidations()
    source.shown = replace(a_liquidations_board(), live=False)
    app = an_app(source, "liquidations")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        assert "stored, no engine runs" in screen_text(app)
        chart = view_of(app).chart.chart
        assert chart is not None
        assert chart.stale


async def test_an_empty_window_says_why() -> None:
    """The board's own words stand where the curve would."""
    source = AskedLiquidations()
    board = a_liquidations_board(money=lambda _: 0.0)
    points = [replace(one, total_1h_usd=None, total_usd=None) for one in board.points]
    source.shown = replace(board, points=points, reason="no liquidations in 60 min, last 03:11")
    app = an_app(source, "liquidations")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        assert "no liquidations in 60 min, last 03:11" in screen_text(app)
        # Nobody to be heard is said only where nobody is watched.
        source.shown = replace(a_liquidations_board(), venues=[])
        await pulled(pilot, app)
        assert "no venue was heard in this window" in screen_text(app)
        source.current_status = a_status(lights=[])
        await pulled(pilot, app)
        assert "no venue is enabled" in screen_text(app)


def test_every_venue_is_an_exchange() -> None:
    """The rows' order is the exchanges'."""
    names = [row.venue.exchange for row in venue_rows(a_liquidations_board(), SHOWN)]
    assert names == [one for one in Exchange if one in names]
