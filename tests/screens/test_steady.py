"""Nothing dances and nothing breaks: columns stay where they are, every board lives at any size."""

import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.screens.support import an_app, pulled, screen_text, settled
from tests.support.boards import MemorySource
from tests.support.shaken import B, shaken
from tests.support.state_boards import a_source_in
from tui_monitor.boards.registry import BOARDS
from tui_monitor.screens.widgets.board import Board

SNAPSHOTS = 50
_GAP = 2


class ShakenSource(MemorySource):
    """With every question the numbers of a board are others."""

    def __init__(self) -> None:
        super().__init__()
        self.chance = random.Random(20_260_116)
        for name in (
            *("sum_board", "spreads_board", "signals_board", "funding_board", "interest_board"),
            *("liquidations_board", "anomalies_board", "picks_board", "coin_page"),
        ):
            setattr(self, name, self._shaking(getattr(self, name)))

    def _shaking(self, ask: Callable[..., Awaitable[B]]) -> Callable[..., Awaitable[B]]:
        async def answer(*args: object, **kwargs: object) -> B:
            return shaken(await ask(*args, **kwargs), self.chance)

        return answer


def starts(table: Board[object]) -> list[tuple[str, int]]:
    """Where each column begins."""
    found, left = [], 0
    for one in table._placed:
        found.append((one.column.key, left))
        left += one.width + _GAP
    return found


def assert_gaps(table: Board[object]) -> None:
    """Between two columns nothing is written, in no row."""
    for y in range(1, min(table.size.height, len(table.rows) + 1)):
        strip, left = table.render_line(y), 0
        for one in table._placed[:-1]:
            left += one.width + _GAP
            gap = strip.crop(left - _GAP, left).text
            assert not gap.strip(), f"{one.column.key} runs over: {strip.text!r}"


@pytest.mark.parametrize(
    "board", ["sum", "liquidations", "anomalies", "picks", "oi", "spreads", "signals", "funding"]
)
async def test_columns_stay_where_they_are_while_numbers_change(board: str) -> None:
    """Prices of a millionth and of millions, gains and losses: each in its column."""
    source = ShakenSource()
    app = an_app(source, board)
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        view = app.desk.view
        tables = [table for table in view.panels() if table.size.area]
        before = [starts(table) for table in tables]
        assert before
        assert all(before)
        for _ in range(SNAPSHOTS):
            await view.pull(source)
            view.paint()
            assert [starts(table) for table in tables] == before
            for table in tables:
                assert_gaps(table)


SIZES = {"live": ((20, 5), (59, 40), (120, 9), (100, 30)), "empty": ((20, 5), (100, 30))}


@pytest.mark.parametrize("state", SIZES)
async def test_every_board_lives_through_every_size(state: str, tmp_path: Path) -> None:
    """Down to 20×5 and back it looks as it did before, and no line is wider than the terminal."""
    async with a_source_in(state, tmp_path) as source:
        app = an_app(source, "sum")
        async with app.run_test(size=(100, 30)) as pilot:
            for board in [*(info.name for info in BOARDS), "coin"]:
                app.desk.show_coin("BTC") if board == "coin" else app.desk.show_board(board)
                await pulled(pilot, app)
                await pulled(pilot, app)
                before = screen_text(app)
                for size in SIZES[state]:
                    await pilot.resize_terminal(*size)
                    await pulled(pilot, app)
                    text = screen_text(app)
                    assert max(cell_len(line) for line in text.split("\n")) <= size[0], board
                await settled(pilot, lambda before=before: screen_text(app) == before)  # type: ignore[misc]
