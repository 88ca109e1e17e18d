"""The venues of liquidations at every width: how each tells, and whether it is heard now."""

import pytest
from msgspec.structs import replace

from tests.screens.support import an_app, pulled, screen_text
from tests.support.boards import MemorySource
from tests.support.liquidation_boards import a_liquidations_board
from tui_monitor.boards.liquidations import LiquidationsBoard, VenueState
from tui_monitor.model import Exchange, Told
from tui_monitor.source import Query


class FourVenues(MemorySource):
    """All exchanges, three of them sampled, and OKX silent."""

    async def liquidations_board(
        self, hours: int | None = None, days: Query | None = None
    ) -> LiquidationsBoard:
        """The sampled venue of the usual board under each name."""
        board = a_liquidations_board()
        venues = [
            replace(
                board.venues[0],
                exchange=one,
                told=Told.FULL if one is Exchange.BYBIT else Told.SAMPLED,
                state=VenueState.SILENT if one is Exchange.OKX else VenueState.HEARD,
                since_ms=board.now_ms - 130_000,
            )
            for one in Exchange
        ]
        return replace(board, venues=venues)


@pytest.mark.parametrize("width", [80, 90, 100, 110, 120])
async def test_how_a_venue_tells_and_whether_it_is_heard_stand_at_every_width(width: int) -> None:
    """In the panel itself, whose title names all that are sampled."""
    app = an_app(FourVenues(), board="liquidations")
    async with app.run_test(size=(width, 30)) as pilot:
        await pulled(pilot, app)
        lines = screen_text(app).splitlines()
    (title,) = [line for line in lines if " Venues " in line]
    assert "≥ sampled: binance, okx, bitget " in title
    head = lines[lines.index(title) + 1].split()
    assert {"venue", "stream", "now", "long", "short"} <= set(head)
    rows = {line.split()[0]: line.split()[1:4] for line in lines[lines.index(title) + 2 :][:4]}
    assert rows["okx"] == ["sampled", "○", "silent"]
    assert rows["bybit"] == ["full", "●", "heard"]
