"""The sum curve's stored nodes, by day and range."""

from collections.abc import Sequence
from datetime import date, timedelta

from tui_monitor.boards import sum_curve
from tui_monitor.boards.sum_curve import CoinChange, Frame, Node, NodeState, Record, SumBoard
from tui_monitor.clock import DAY_MS, SLOT_MS, BoardZone, Clock, slot_of
from tui_monitor.config import SumCurve
from tui_monitor.errors import BadInput
from tui_monitor.model import Hole
from tui_monitor.source import MAX_RANGE_DAYS, Query
from tui_monitor.store import Reader

MAX_RECORDS = 5_000
HOLES_LIMIT = 20_000
FEW_HOLES = 500

Nodes = tuple[list[Node], dict[int, list[CoinChange]]]


class StoredNodes:
    """Nodes of whole days from a database, and the board that is made of them."""

    def __init__(self, store: Reader, zone: BoardZone, clock: Clock, settings: SumCurve) -> None:
        self._store = store
        self._zone = zone
        self._clock = clock
        self._settings = settings

    def frame(self) -> Frame:
        """What a board's nodes are judged by now."""
        return Frame(
            coins=self._settings.coins,
            min_coins=self._settings.min_coins,
            now_ms=self._clock.now_ms(),
            zone_name=self._zone.name,
        )

    def days_of(self, query: Query, *, days: int) -> tuple[date, date]:
        """The days asked for; BadInput if they can't be meant."""
        today = self._zone.day_of(self._clock.now_ms())
        last = query.last_day or query.first_day or today
        first = query.first_day or last - timedelta(days=days - 1)
        if last < first:
            raise BadInput(f"the last day {last} is before the first {first}", "swap them")
        if last > today:
            raise BadInput(f"{last} is in the future", f"today is {today} in {self._zone.name}")
        if (last - first).days >= MAX_RANGE_DAYS:
            raise BadInput(f"{first} to {last} is too long", f"{MAX_RANGE_DAYS} days at most")
        return first, last

    async def records(self, first_ms: int, last_ms: int, limit: int) -> list[Record]:
        """The newest `limit` nodes with a sum between two times (both included), oldest first."""
        now = self._clock.now_ms()
        day = self._zone.day_of(min(last_ms, now))
        stop = self._zone.day_of(max(0, first_ms))
        oldest = await self._store.oldest_slot_ms()
        if oldest is not None:
            stop = max(stop, self._zone.day_of(oldest))
        newest_first: list[Record] = []
        # Of a day with its nodes and one more: each question is a turn of a busy loop.
        begin = max(stop, day - timedelta(days=min(limit, MAX_RECORDS) * SLOT_MS // DAY_MS + 1))
        holes = await self._few_holes(begin, day) if oldest is not None else None
        while oldest is not None and day >= stop and len(newest_first) < min(limit, MAX_RECORDS):
            nodes, coins = await self._day(day, holes if day >= begin else None)
            newest_first += [
                Record(day=day.isoformat(), node=node, coins=coins[node.slot_ms])
                for node in reversed(nodes)
                if node.sum_pct is not None and first_ms <= node.slot_ms <= last_ms
            ]
            day -= timedelta(days=1)
        return newest_first[:limit][::-1]

    async def between(self, first: date, last: date) -> Nodes:
        """One day with its coins, or many days already summed (their coins come by slot)."""
        if first == last:
            return await self._day(first)
        spans = [
            (self._zone.day_start_ms(day), self._zone.day_end_ms(day))
            for day in dates_of(first, last)
        ]
        frame = self.frame()
        rows = await self._store.curve(spans, frame.coins)
        slots = (slot for start, end in spans for slot in range(start, end, SLOT_MS))
        return sum_curve.nodes_of_curve(slots, rows, frame), {}

    async def _few_holes(self, first: date, last: date) -> list[Hole] | None:
        """The holes of some days at once; None where they are many."""
        start, end = self._zone.day_start_ms(first), self._zone.day_end_ms(last)
        found = await self._store.holes(start, end, FEW_HOLES + 1)
        return found if len(found) <= FEW_HOLES else None

    async def _day(self, day: date, holes: list[Hole] | None = None) -> Nodes:
        """One day; `holes` are what is known of it already, those of other days do no harm."""
        start, end = self._zone.day_start_ms(day), self._zone.day_end_ms(day)
        frame = self.frame()
        prices = await self._store.prices(start, end, frame.coins)
        if holes is None:
            holes = await self._store.holes(start, end, HOLES_LIMIT)
        nodes, coins = sum_curve.nodes_of_day(range(start, end, SLOT_MS), prices, holes, frame)
        if all(node.valid for node in nodes):
            return nodes, coins
        # An imported sum stands where there are no prices to sum.
        sums = await self._store.curve([(start, end)], frame.coins)
        bare = {row.slot_ms: row for row in sums if row.sum_only}
        if bare:
            summed = sum_curve.nodes_of_curve(list(bare), list(bare.values()), frame)
            by_slot = {node.slot_ms: node for node in summed}
            nodes = [by_slot.get(node.slot_ms, node) for node in nodes]
        return nodes, coins

    async def board(
        self,
        first: date,
        last: date,
        nodes: list[Node],
        coins: dict[int, list[CoinChange]],
        slot_ms: int | None,
        live: tuple[Node, list[CoinChange], int | None, str | None] | None = None,
    ) -> SumBoard:
        """The board of these nodes; `live` is the running point, its age and its source."""
        frame = self.frame()
        shown_ms, shown = await self._shown(nodes, coins, slot_ms, live)
        today = self._zone.day_of(frame.now_ms)
        return SumBoard(
            board="sum",
            now_ms=frame.now_ms,
            timezone=self._zone.name,
            first_day=first.isoformat(),
            last_day=last.isoformat(),
            today=today.isoformat(),
            expected=len(frame.coins),
            min_coins=frame.min_coins,
            nodes=nodes,
            live=live[0] if live and live[0].valid else None,
            live_age_ms=live[2] if live else None,
            live_source=live[3] if live else None,
            shown_ms=shown_ms,
            coins=shown,
            statistics=sum_curve.statistics(nodes, frame),
            as_of_ms=max(
                (row.observed_ms for row in shown if row.observed_ms is not None), default=None
            ),
        )

    async def _shown(
        self,
        nodes: Sequence[Node],
        coins: dict[int, list[CoinChange]],
        slot_ms: int | None,
        live: tuple[Node, list[CoinChange], int | None, str | None] | None,
    ) -> tuple[int | None, list[CoinChange]]:
        """The slot asked for and its coins; else the live point; else the newest drawn node."""
        if slot_ms is None and live is not None and live[0].valid:
            return live[0].slot_ms, live[1]
        if slot_ms is None:
            drawn = [n for n in nodes if n.valid and n.state is not NodeState.SUM_ONLY]
            if not drawn:
                return None, []
            slot_ms = drawn[-1].slot_ms
        slot_ms = slot_of(slot_ms)
        if slot_ms not in coins:
            _, coins = await self._day(self._zone.day_of(slot_ms))
        return slot_ms, coins.get(slot_ms, [])


def dates_of(first: date, last: date) -> list[date]:
    """Each day from the first to the last."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
