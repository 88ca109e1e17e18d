"""Many screens in one program: to start it costs more than to go to another board."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from textual.pilot import Pilot

from tests.screens.support import pulled
from tui_monitor.app import MonitorApp

SIZES = {"80x24": (80, 24), "120x40": (120, 40), "160x50": (160, 50), "240x70": (240, 70)}
_BACK = ("shift+tab",)


@dataclass(frozen=True)
class Case:
    """One screen; `name` is that of its English golden text.

    The keys are pressed after those of the case before, if that is of the same board.
    """

    name: str
    board: str
    keys: tuple[str, ...] = ()


def cases_of(size: str) -> list[Case]:
    """The boards that are looked at in this size, and the parts with pages of their own.

    The coin comes first: from another board its first line says from where.
    """
    boards = ["liquidations", "anomalies", "picks", "oi", "spreads", "signals", "funding"]
    found = [Case(f"coin-{size}", "coin"), *_PARTS.get(size, ())]
    if size != "120x40":
        found.append(Case(f"sum-{size}-live", "sum"))
    if size != "240x70":
        boards += ["system"]
    if size in ("80x24", "160x50"):
        boards += ["coverage"]
    for board in boards:
        found.append(Case(f"{board}-{size}", board))
        if board == "anomalies" and size != "240x70":
            found.append(Case(f"anomalies-{size}-explained", board, ("enter",)))
        if board == "spreads" and size == "80x24":
            found.append(Case("spreads-80x24-quarantine", board, ("tab",)))
    return found


_PARTS = {
    "80x24": (
        Case("coin-80x24-interest", "coin", _BACK),
        Case("coin-80x24-anomalies", "coin", _BACK),
        Case("coin-80x24-liquidations", "coin", _BACK),
        # Forward again, and one more.
        Case("coin-80x24-candles", "coin", ("tab",) * 4),
    ),
    "120x40": (
        Case("coin-120x40-interest", "coin", _BACK),
        Case("coin-120x40-events", "coin", _BACK),
    ),
}


def go(app: MonitorApp, board: str) -> None:
    """Another board; the coin's page is Bitcoin's."""
    app.desk.show_coin("BTC") if board == "coin" else app.desk.show_board(board)


async def tour(pilot: Pilot[int], app: MonitorApp, cases: Iterable[Case]) -> AsyncIterator[Case]:
    """Each screen in turn, once it is painted; dialogs are left."""
    board = ""
    for case in cases:
        while app.screen is not app.desk:
            await app.pop_screen()
        if case.board != board:
            board = case.board
            go(app, board)
        await pulled(pilot, app)
        await pilot.press(*case.keys)
        await pulled(pilot, app)
        yield case
