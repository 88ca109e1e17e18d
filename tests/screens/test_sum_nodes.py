"""The sum board's nodes and coins: which columns stay, what there is at the day's base."""

import pytest
from msgspec.structs import replace

from tests.screens.support import an_app, pulled, screen_text
from tests.support.boards import MemorySource, a_sum_board
from tui_monitor.screens.boards.sum_curve.board import SumView
from tui_monitor.screens.boards.sum_curve.columns import COIN_COLUMNS
from tui_monitor.screens.boards.sum_curve.texts import extremes
from tui_monitor.screens.widgets.columns import place


async def test_the_coins_of_a_node_have_base_price_and_change_before_bars_and_notes() -> None:
    """At half of 120 columns, whatever else leaves."""
    app = an_app(MemorySource())
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        view = app.desk.view
        assert isinstance(view, SumView)
        assert {"coin", "base", "price", "change"} <= view.coins.fitting
        assert "base" in screen_text(app)


def test_at_the_base_of_the_day_no_coin_is_the_best_or_the_worst() -> None:
    """All are at 0 there, and one of them would stand for no reason."""
    node = a_sum_board().nodes[1]
    assert extremes(node)[0] == (node.best_coin, node.best_pct)
    base = replace(node, best_pct=0.0, worst_pct=0.0)
    assert extremes(base) == ((None, None), (None, None))


@pytest.mark.parametrize("width", range(54, 80))
def test_the_ranks_of_the_coins_stay_with_base_and_note_beside_them(width: int) -> None:
    """At half of 120 columns on the live point, too, where old prices have a note."""
    for idle in (frozenset({"day"}), frozenset({"day", "note"}), frozenset[str]()):
        placed = {one.column.key for one in place(COIN_COLUMNS, width, idle)}
        assert {"rank", "coin", "base", "price", "change"} | ({"note"} - idle) <= placed
