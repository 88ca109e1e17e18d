"""Every board in a real pty, by its keys: what a user does with each, and a small terminal."""

import base64
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.terminal import Terminal

READY = "mean +19.94"
_COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
_FLIPPED = str.maketrans("▾▴", "▴▾")
LEGS = " › legs"
# Not the footer of the field, where Esc clears.
KEPT = " c clear"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A board and what its keys give.

    `plain` is found in `found` of `total` rows, `compared` holds for `holds`. `page` has the keys
    from a row to what is behind it, each with what is seen only then; `back` goes back by one.
    `tiny` is said in 20x5, `wide` only where there is room, `usual` of the usual days alone.
    """

    key: str
    shown: str
    total: int
    plain: str
    found: int
    compared: str
    holds: int
    tiny: str
    wide: str
    page: tuple[tuple[str, str], ...] = (("\r", LEGS),)
    back: str = "\x1b"
    usual: str = ""


SUM = Visit(
    key="1", shown="─ Nodes", total=31, plain="missing", found=1, compared="sum<-20 & up<5",
    holds=3, tiny="27/27 coins", wide="per coin -0.994 %",
    page=(("\r", "Coins at"), ("\r", LEGS)), usual="live -26.83 %",
)  # fmt: skip
LIQUIDATIONS = Visit(
    key="2", shown="─ Venues", total=2, plain="sampled", found=1, compared="long>1m", holds=1,
    tiny="24 h ≥35.40M USD", wide="2 Liquidations",
    page=(("\t", "─ Largest"), ("\r", LEGS)), usual="last 1 h",
)  # fmt: skip
ANOMALIES = Visit(
    key="3", shown="judged unusual", total=5, plain="vola", found=4,
    compared="score>1 & return<0", holds=2, tiny="PEPE +6.20 %", wide="rob p",
    page=(("\r", "volatility z"), ("\r", LEGS)),
)  # fmt: skip
PICKS = Visit(
    key="4", shown="candidates scored", total=19, plain="wif", found=1, compared="score>30",
    holds=6, tiny="PEPE 36.0", wide="grew %",
)  # fmt: skip
INTEREST = Visit(
    key="5", shown="by |USD change|", total=3, plain="doge", found=1, compared="oi_usd>5b",
    holds=1, tiny="BTC 8.91B $", wide="shares",
)  # fmt: skip
SPREADS = Visit(
    key="6", shown="quarantine 3", total=36, plain="pepe", found=1, compared="exec>0.3", holds=2,
    tiny="BTC +0.71", wide="indic %",
)  # fmt: skip
SIGNALS = Visit(
    key="7", shown="─ Newest", total=12, plain="narrowed", found=2, compared="lasted>30",
    holds=1, tiny="14:42 BTC +0.71", wide="the direction turned",
)  # fmt: skip
FUNDING = Visit(
    key="8", shown="coins compared", total=30, plain="btc", found=1, compared="diff-apr>48",
    holds=2, tiny="BTC +70.96", wide="bybit history",
)  # fmt: skip
COVERAGE = Visit(
    key="9", shown="Backfills", total=14, plain="2026-01-0", found=7, compared="complete<99",
    holds=3, tiny="2026-01-16 100 %", wide="9 Coverage", page=(("\r", "─ Nodes"),), back="9",
    usual="2026-01-03 to 2026-01-16",
)  # fmt: skip
SYSTEM = Visit(
    key="0", shown="─ Connections", total=16, plain="spot", found=4, compared="msg/s>100",
    holds=4, tiny="binance banned", wide="0 System", page=(("\r", "0 Sys › "),),
)  # fmt: skip
# One process visits several: to start it is what takes long.
TOURS = (
    (SUM, LIQUIDATIONS, SYSTEM),
    (ANOMALIES, PICKS, INTEREST, COVERAGE),
    (SPREADS, SIGNALS, FUNDING),
)


class Tour:
    """A terminal in which boards are visited."""

    def __init__(self, terminal: Terminal, folder: Path) -> None:
        self.terminal = terminal
        self._folder = folder
        self._file = folder / "tui-monitor" / "copied.txt"

    def press(self, keys: str, shown: str) -> None:
        """Type, and wait for what comes of it."""
        self.terminal.press(keys)
        self.terminal.until(shown)

    def gone(self, keys: str, shown: str) -> None:
        """Type, and wait until something has left."""
        self.terminal.press(keys)
        self.terminal.until(lambda one: shown not in one.text())

    def resize(self, board: Visit) -> None:
        """To almost nothing, to much room, and back."""
        self.press(board.key, board.shown)
        for columns, rows, shown in ((20, 5, board.tiny), (160, 50, board.wide), (80, 24, "1 Sum")):
            self.terminal.resize(columns, rows)
            self.terminal.until(shown)
        self.terminal.until(lambda one: board.wide not in one.text())

    def visit(self, board: Visit) -> None:
        """All that is done with a board."""
        self.press(board.key, board.shown)
        self._move(board)
        self._look_behind(board)
        self.press(" ", "FROZEN")
        self._sort()
        self._filter(board)
        self.gone(" ", "FROZEN")
        if board.usual:
            self._pick_a_day(board)

    def take(self, board: Visit) -> None:
        """The row, then the table, by OSC 52 and to a file; then the table as a file of its own."""
        self.press(board.key, board.shown)
        self.press("/", "Enter keep the filter")
        self.press(f"{board.plain}\r", KEPT)
        titles, row = self._copied("y").splitlines()
        table = self._copied("Y").splitlines()
        # What was looked for may stand in a column that has no room here: then it is not copied.
        assert len(table) == board.found + 1
        assert len({line.count("\t") for line in (titles, row, *table)}) == 1
        before = self._exported()
        self.press("e", "parquet")
        self.terminal.press("\r")
        self.terminal.until(lambda _: self._exported() > before)

    def _exported(self) -> set[Path]:
        return set(self._folder.glob("tui-monitor/exports/view_*"))

    def _move(self, board: Visit) -> None:
        for key, at in (("G", board.total), ("g", 1), ("j", 2), ("k", 1), ("j", 2)):
            self.press(key, f" {at}/{board.total} ")

    def _look_behind(self, board: Visit) -> None:
        for key, shown in board.page:
            self.press(key, shown)
        for _, shown in reversed(board.page):
            self.gone(board.back, shown)
        self.terminal.until(board.shown)

    def _sort(self) -> None:
        """The mark goes to another column, then it is turned."""
        before = self._marked()
        self.terminal.press(">")
        self.terminal.until(lambda _: self._marked() not in ([], before))
        sorted_by = self._marked()
        self.terminal.press("I")
        self.terminal.until(lambda _: any(self._flips(sorted_by)))

    def _marked(self) -> list[str]:
        return [line for line in self.terminal.text().split("\n") if "▾" in line or "▴" in line]

    def _flips(self, before: list[str]) -> list[bool]:
        return [line.translate(_FLIPPED) in before for line in self._marked() if line not in before]

    def _filter(self, board: Visit) -> None:
        total = board.total
        for text, found in (
            (f"!{board.plain}", total - board.found),
            (board.compared, board.holds),
            (board.plain, board.found),
        ):
            self.press("/", "Enter keep the filter")
            self.press(text, f" {found} of {total} ─")
            self.press("\r", KEPT)
            self.gone("c", f" {found} of {total} ─")

    def _copied(self, key: str) -> str:
        """What a key sends to the clipboard, which is what the file has."""
        begun = len(self.terminal.raw)
        self.terminal.press(key)
        self.terminal.until(lambda one: _COPIED.search(one.raw, begun) is not None)
        sent = _COPIED.search(self.terminal.raw, begun)
        assert sent is not None
        text = base64.b64decode(sent[1]).decode()
        self.terminal.until(lambda _: self._file.exists() and self._file.read_text() == text)
        return text

    def _pick_a_day(self, board: Visit) -> None:
        """Typed, then the day before, then the usual ones."""
        self.press("d", "Day or days")
        self.press("2026-01-10", "2026-01-10")
        self.gone("\r", "Day or days")
        self.terminal.until(lambda one: board.usual not in one.text())
        self.terminal.until(" 2026-01-10")
        self.gone("[", "2026-01-10")
        self.terminal.until(" 2026-01-09")
        self.press("=", board.usual)


@pytest.mark.parametrize("boards", TOURS, ids=lambda boards: "".join(one.key for one in boards))
def test_every_key_of_a_board_does_what_it_says(boards: tuple[Visit, ...], tmp_path: Path) -> None:
    """Open, move, look behind a row, freeze, sort, filter, copy, pick a day, export, resize."""
    environment = {"XDG_CACHE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    with Terminal.of_the_app("refresh=0.3", environment=environment) as terminal:
        terminal.until(READY)
        tour = Tour(terminal, tmp_path)
        for board in boards:
            tour.resize(board)
            tour.visit(board)
        # At the end, and in a large one: toasts lie over what a small terminal shows.
        terminal.resize(160, 50)
        for board in boards:
            tour.take(board)
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored
        assert terminal.settings() == terminal.before
