"""Charts on the boards are read: `r`, arrows, Enter, Esc."""

import pytest

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import MemorySource
from tui_monitor.screens.palette.commands import run
from tui_monitor.screens.widgets.candles import CandlesView
from tui_monitor.screens.widgets.reading import ReadChart


async def test_a_point_of_the_sum_curve_opens_its_node() -> None:
    """The words say how many coins; a gap says why; Enter leads to the coins of the node."""
    app = an_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pulled(pilot, app)
        await pilot.press("r", "left", "left")
        await settled(pilot, shows(app, "14:00  -20.25 %  27 of 27 coins  4 up, 23 down"))
        assert "← → move" in screen_text(app)
        await pilot.press(*["left"] * 10)
        await settled(pilot, shows(app, "09:00  missing  0 of 27 coins  whole slot missing"))
        await pilot.press(*["right"] * 10, "enter")
        await settled(pilot)
        await pulled(pilot, app)
        assert "Coins at 14:00" in screen_text(app)
        assert app.desk.view.can_go_back()


async def test_esc_gives_the_keys_back_to_the_table_that_had_them() -> None:
    """So does `r` after the last chart; the words above the chart go."""
    app = an_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pulled(pilot, app)
        await pilot.press("tab")
        coins = app.desk.focused
        for leave in ("escape", "r"):
            await pilot.press("r")
            await settled(pilot, shows(app, "27 of 27 coins"))
            await pilot.press(leave)
            await settled(pilot, lambda: app.desk.focused is coins)
            assert "27 of 27 coins" not in screen_text(app)


async def test_a_minute_of_the_liquidations_opens_with_its_orders() -> None:
    """Its sums, how much was heard, and which of the largest orders fall into it."""
    app = an_app(board="liquidations")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        await pilot.press("r", "up", "up")
        await settled(pilot, shows(app, "heard 100 %"))
        await pilot.press("enter")
        await settled(pilot, shows(app, "Liquidations at"))
        assert "the hour that ends with it:" in screen_text(app)
        assert "long 570.00k USD" in screen_text(app)


@pytest.mark.parametrize("size", [(120, 40), (240, 70)])
async def test_all_charts_of_a_coins_page_are_read_one_after_the_other(
    size: tuple[int, int],
) -> None:
    """Those that are on screen; a candle tells its prices."""
    app = an_app(board="coin")
    async with app.run_test(size=size) as pilot:
        app.desk.show_coin("BTC")
        await pulled(pilot, app)
        await pulled(pilot, app)
        charts = app.desk.view.charts()
        assert len(charts) == (3 if size[0] > 200 else 2)
        for chart in charts:
            await pilot.press("r")
            await settled(pilot, lambda chart=chart: app.desk.focused is chart)  # type: ignore[misc]
            if isinstance(chart, CandlesView):
                await pilot.press("left")
                await settled(pilot, shows(app, " %  C 9"))
        await pilot.press("r")
        await settled(pilot, lambda: not isinstance(app.desk.focused, ReadChart))


async def test_there_is_nothing_to_read_where_there_is_no_chart() -> None:
    """The key is not even named."""
    source = MemorySource()
    app = an_app(source, "funding")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        assert "r read" not in screen_text(app)
        before = app.desk.focused
        await pilot.press("r")
        assert app.desk.focused is before


async def test_curves_are_made_of_blocks_where_a_font_has_no_braille() -> None:
    """`:chart blocks`, at once; `:chart braille` takes it back."""
    app = an_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pulled(pilot, app)
        before = screen_text(app)
        for glyphs in ("blocks", "braille"):
            run(f"chart {glyphs}", app.desk)
            await settled(pilot)
            has_braille = any("\u2800" < char <= "\u28ff" for char in screen_text(app))
            assert has_braille == (glyphs == "braille")
        assert screen_text(app) == before
