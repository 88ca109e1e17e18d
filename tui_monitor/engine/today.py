"""Today in memory: the stored slots of the running day and the live point over them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from tui_monitor.boards import sum_curve
from tui_monitor.boards.sum_curve import CoinChange, Frame, LivePrice, Node
from tui_monitor.clock import BoardZone, Clock
from tui_monitor.config import SumCurve
from tui_monitor.engine.recorder import Recorder
from tui_monitor.model import Hole, SlotPrice
from tui_monitor.store import Store

HOLES_LIMIT = 20_000


class Today:
    """Reads the day again only when something was stored or a slot has come due."""

    def __init__(
        self,
        *,
        store: Store,
        recorder: Recorder,
        zone: BoardZone,
        clock: Clock,
        settings: SumCurve,
        lives: Callable[[], Mapping[str, LivePrice]],
    ) -> None:
        self._store = store
        self._recorder = recorder
        self._zone = zone
        self._clock = clock
        self._settings = settings
        self._lives = lives
        self._read: tuple[date, int, int] | None = None
        self._prices: Sequence[SlotPrice] = ()
        self._holes: Sequence[Hole] = ()
        self.day = zone.day_of(clock.now_ms())
        self.nodes: list[Node] = []
        self.coins: dict[int, list[CoinChange]] = {}

    def frame(self) -> Frame:
        """Coins and thresholds as set, at this moment."""
        return Frame(
            coins=self._settings.coins,
            min_coins=self._settings.min_coins,
            now_ms=self._clock.now_ms(),
            zone_name=self._zone.name,
        )

    async def refresh(self) -> None:
        """Bring nodes and coins up to date."""
        now = self._clock.now_ms()
        day = self._zone.day_of(now)
        # A slot comes due 120 s after it begins: the half minute is part of what was read.
        mark = (day, self._recorder.revision, now // 30_000)
        if mark == self._read:
            return
        start, end = self._zone.day_start_ms(day), self._zone.day_end_ms(day)
        if self._read is None or mark[:2] != self._read[:2]:
            self._prices = await self._store.prices(start, end, self._settings.coins)
            self._holes = await self._store.holes(start, end, HOLES_LIMIT)
        self._read = mark
        self.day = day
        self.nodes, self.coins = sum_curve.nodes_of_day(
            self._zone.slots(day), self._prices, self._holes, self.frame()
        )

    def bases(self) -> dict[str, SlotPrice]:
        """Today's base prices."""
        start = self._zone.day_start_ms(self.day)
        return {price.coin: price for price in self._prices if price.slot_ms == start}

    def live(self) -> tuple[Node, list[CoinChange], int | None, str | None]:
        """The live point, its coins, the age of its oldest price and where most prices are from."""
        frame = self.frame()
        lives = self._lives()
        bases = self.bases() if self._zone.day_of(frame.now_ms) == self.day else {}
        changes = sum_curve.live_changes(frame.coins, lives, bases, frame.now_ms)
        node = sum_curve.node_of(frame.now_ms, changes, frame)
        summed = [lives[row.coin] for row in changes if row.change_pct is not None]
        sources = Counter(live.source for live in summed).most_common(1)
        return (
            node,
            changes,
            max((live.age_ms for live in summed), default=None),
            sources[0][0] if sources else None,
        )

    def is_gap(self, node: Node) -> bool:
        """Whether a node is due and can't be drawn."""
        due = sum_curve.is_due(node.slot_ms, self._clock.now_ms())
        return due and not sum_curve.is_drawn(node)

    def counts(self) -> tuple[int, int]:
        """Nodes drawn and nodes due so far today."""
        now = self._clock.now_ms()
        due = [node for node in self.nodes if sum_curve.counts_as_due(node, now)]
        return sum(sum_curve.is_drawn(node) for node in due), len(due)
