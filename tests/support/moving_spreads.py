"""A board of a thousand spreads whose cells move at random, the same way in every run."""

import random
from enum import StrEnum

from msgspec.structs import replace

from tests.support.boards import MemorySource
from tests.support.spread_boards import a_spread, a_spreads_board
from tui_monitor.boards.spreads import Filter, Kind, SpreadRow, SpreadsBoard
from tui_monitor.boards.status import EngineStatus

ROWS = 1_000
CELLS_PER_S = 300
_MOVING = (
    *("ask", "bid", "size_usd", "executable_pct", "net_pct", "net_funding_pct"),
    *("buy_age_ms", "sell_age_ms", "skew_ms"),
)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAME = 6
_SEED = 20_261_121


class Load(StrEnum):
    """Where cells move: nowhere, in any row, all in the rows on screen, so that rows change places,
    and as on a real board, where each pair's ages differ from second to second.
    """

    STILL = "still"
    UNIFORM = "uniform"
    HOT = "hot"
    SWAPPING = "swapping"
    AGING = "aging"


class MovingSource(MemorySource):
    """With every look at the status a step of time passes, while `steps` are left (None: always).

    `visible` rows are on screen; `cells` move in each step.
    """

    def __init__(self, load: Load, *, cells: int, visible: int, step_ms: int = 1_000) -> None:
        super().__init__()
        self.steps: int | None = None
        self._load = load
        self._cells = cells
        self._step_ms = step_ms
        self._random = random.Random(_SEED)
        self._rows_in_reach = visible if load in (Load.HOT, Load.SWAPPING) else ROWS
        self._gap_pct = 0.0005 if load is Load.SWAPPING else 0.05
        self._rows = [self._row(place, name) for place, name in enumerate(names())]

    def status(self) -> EngineStatus:
        if self.steps is None or self.steps > 0:
            self.steps = None if self.steps is None else self.steps - 1
            self.now_ms += self._step_ms
            self._move()
        return super().status()

    async def spreads_board(
        self,
        kind: Kind | None,
        filter: Filter,  # noqa: A002 - as the protocol has it
        coin: str | None = None,
        limit: int | None = None,
    ) -> SpreadsBoard:
        # Rows made anew, as an engine's or a daemon's are: no two looks share one.
        rows = [replace(row) for row in self._rows[:limit]]
        return a_spreads_board(
            self.now_ms, rows=rows, coins=ROWS, ranked=ROWS, matching=ROWS, quarantine=[]
        )

    def _move(self) -> None:
        if self._load is Load.STILL:
            return
        for _ in range(self._cells):
            place = self._random.randrange(self._rows_in_reach)
            self._rows[place] = self._changed(place)
        if self._load is Load.AGING:
            self._rows = [self._aged(row) for row in self._rows]

    def _aged(self, row: SpreadRow) -> SpreadRow:
        return replace(
            row,
            buy_age_ms=self._random.randint(50, 2_900),
            sell_age_ms=self._random.randint(50, 900),
        )

    def _row(self, place: int, name: str) -> SpreadRow:
        ask = round(10 ** self._random.uniform(-3, 4), 6)
        return a_spread(
            name,
            self._base_pct(place),
            rank=place + 1,
            ask=ask,
            bid=ask * 1.002,
            size_usd=10 ** self._random.uniform(1, 5),
        )

    def _base_pct(self, place: int) -> float:
        return 48 - place * self._gap_pct

    def _changed(self, place: int) -> SpreadRow:
        """The row with another value in one of the columns that a terminal of 120 cells shows."""
        row, draw = self._rows[place], self._random
        field = draw.choice(_MOVING)
        if field in ("ask", "bid"):
            value = getattr(row, field) * (1 + draw.uniform(-1e-3, 1e-3))
        elif field == "size_usd":
            value = 10 ** draw.uniform(1, 5)
        elif field.endswith("_ms"):
            value = draw.randint(50, 2_900)
        else:
            value = self._base_pct(place) + draw.uniform(-0.02, 0.02)
        return replace(row, **{field: value})


def names(count: int = ROWS) -> list[str]:
    """Names of coins of which no two neighbours share a letter at the same place."""
    draw = random.Random(_SEED)
    made, letters = [], [0] * _NAME
    for _ in range(count):
        letters = [(one + 1 + draw.randrange(len(_LETTERS) - 1)) % len(_LETTERS) for one in letters]
        made.append("".join(_LETTERS[one] for one in letters))
    return made
