"""Boards, statuses and a source in memory, with sane defaults, for tests of the screens.

The day is told by a formula: 48 nodes, node 17 a gap (9 coins), node 18 missing, node 23
partial (26 coins), the last due one provisional.
"""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from msgspec.structs import replace

from tests.support.interest_boards import an_interest_board
from tests.support.price_sources import MemoryPrices
from tui_monitor.boards.anomalies import AnomaliesBoard
from tui_monitor.boards.anomalies.explanation import Explained
from tui_monitor.boards.coin import CoinPage
from tui_monitor.boards.coverage import CoinCoverage, CoverageBoard, DayCoverage, Progress
from tui_monitor.boards.database import DatabaseStats, Maintenance
from tui_monitor.boards.funding import FundingBoard
from tui_monitor.boards.klines import Klines
from tui_monitor.boards.markets import MarketReport
from tui_monitor.boards.open_interest import InterestPoint, OpenInterestBoard, RankedBy
from tui_monitor.boards.picks import PicksBoard
from tui_monitor.boards.signals import SignalsBoard
from tui_monitor.boards.spreads import Filter, Kind, SpreadsBoard
from tui_monitor.boards.status import EngineStatus, EventLine, FeedLight
from tui_monitor.boards.sum_curve import (
    CoinChange,
    Node,
    NodeState,
    Record,
    Statistics,
    SumBoard,
)
from tui_monitor.boards.system import SystemBoard
from tui_monitor.clock import SLOT_MS, BoardZone, slot_of
from tui_monitor.config import COINS
from tui_monitor.errors import BadInput
from tui_monitor.model import (
    Exchange,
    FeedState,
    Hole,
    HoleState,
    Job,
    JobLine,
    JobState,
    Market,
    SpreadMinute,
    StoreInfo,
)
from tui_monitor.model import Source as Way
from tui_monitor.source import Exported, Query

ZONE = BoardZone()
TODAY = date(2026, 1, 16)
# 14:43:07 in the board's zone.
NOW_MS = ZONE.day_start_ms(TODAY) + (14 * 3600 + 43 * 60 + 7) * 1000
_BASES = {"BTC": 95_123.4, "ETH": 3_301.77, "BNB": 931.2, "SOL": 141.93, "DOGE": 0.13961}
GAP, MISSING, PARTIAL = 17, 18, 23


def a_change(coin: str, at: float) -> float:
    """A coin's change in percent at an hour of the day: smooth, and each coin its own."""
    seed = sum(ord(char) * (index + 3) for index, char in enumerate(coin)) % 97
    drift = math.sin(at / 24 * 2 * math.pi * 0.9 + 0.4) * 1.6
    return drift + math.sin(at / 3 + seed) * 0.6 + (seed / 97 - 0.5) * at / 8


def a_coin(coin: str, at: float, **changes: object) -> CoinChange:
    """One coin at an hour."""
    base = _BASES.get(coin, 3.21)
    change = a_change(coin, at)
    built = CoinChange(
        coin=coin,
        base=base,
        price=base * (1 + change / 100),
        change_pct=change,
        source="candle_open",
        observed_ms=None,
    )
    return replace(built, **changes)


def some_coins(at: float, valid: int = 27, observed_ms: int | None = None) -> list[CoinChange]:
    """All 27 coins at an hour; beyond `valid` they lack a price."""
    coins = [a_coin(coin, at, observed_ms=observed_ms) for coin in COINS[:valid]]
    coins += [
        a_coin(
            coin, at, price=None, change_pct=None, source=None, reason="no bar of the exchange here"
        )
        for coin in COINS[valid:]
    ]
    return coins


def a_node(slot_ms: int, valid: int = 27, **changes: object) -> Node:
    """A node whose coins follow the formula."""
    at = (slot_ms - ZONE.day_start_ms(ZONE.day_of(slot_ms))) / 3_600_000
    coins = some_coins(at, valid)
    moves = {coin.coin: coin.change_pct for coin in coins if coin.change_pct is not None}
    state = NodeState.OK if valid == 27 else NodeState.PARTIAL if valid >= 20 else NodeState.GAP
    best = max(moves, key=lambda coin: moves[coin], default=None)
    worst = min(moves, key=lambda coin: moves[coin], default=None)
    built = Node(
        slot_ms=slot_ms,
        state=state if valid else NodeState.MISSING,
        sum_pct=sum(moves.values()) if moves else None,
        mean_pct=sum(moves.values()) / len(moves) if moves else None,
        valid=valid,
        expected=27,
        up=sum(value > 0 for value in moves.values()),
        down=sum(value < 0 for value in moves.values()),
        flat=0,
        best_coin=best,
        best_pct=moves[best] if best else None,
        worst_coin=worst,
        worst_pct=moves[worst] if worst else None,
        reason=None if valid == 27 else "no bar of the exchange here",
    )
    return replace(built, **changes)


def some_nodes(day: date, now_ms: int) -> list[Node]:
    """A day's 48 nodes as they stand at a time."""
    nodes = []
    for index, slot in enumerate(ZONE.slots(day)):
        if slot > now_ms:
            future = a_node(slot, 0, state=NodeState.FUTURE, reason=None)
            nodes.append(future)
        elif index == MISSING:
            nodes.append(a_node(slot, 0, reason="whole slot missing"))
        else:
            valid = {GAP: 9, PARTIAL: 26}.get(index, 27)
            last = now_ms - slot < SLOT_MS and day == ZONE.day_of(now_ms)
            nodes.append(a_node(slot, valid, provisional=last))
    return nodes


def some_statistics(nodes: Sequence[Node]) -> Statistics:
    """Statistics of nodes."""
    due = [node for node in nodes if node.state is not NodeState.FUTURE]
    there = [node for node in due if node.sum_pct is not None]
    sums = {node.slot_ms: node.sum_pct or 0.0 for node in there}
    best = max(sums, key=lambda slot: sums[slot], default=None)
    worst = min(sums, key=lambda slot: sums[slot], default=None)
    return Statistics(
        records=len(there),
        due=len(due),
        first_ms=min(sums, default=None),
        last_ms=max(sums, default=None),
        completeness_pct=100 * sum(node.valid for node in due) / (27 * len(due)) if due else None,
        mean_interval_s=1800.0 if len(there) > 1 else None,
        up_nodes=sum(value > 0 for value in sums.values()),
        down_nodes=sum(value < 0 for value in sums.values()),
        flat_nodes=0,
        max_sum_pct=sums[best] if best else None,
        max_slot_ms=best,
        min_sum_pct=sums[worst] if worst else None,
        min_slot_ms=worst,
        mean_sum_pct=sum(sums.values()) / len(sums) if sums else None,
    )


def a_sum_board(query: Query = Query(), now_ms: int = NOW_MS, *, live: bool = True) -> SumBoard:  # noqa: B008
    """A sum board of one day or of many."""
    today = ZONE.day_of(now_ms)
    first = query.first_day or query.last_day or today
    last = query.last_day or first
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    nodes = [node for day in days for node in some_nodes(day, now_ms)]
    at = (now_ms - ZONE.day_start_ms(today)) / 3_600_000
    point = None
    if live and today in days:
        point = a_node(now_ms, reason=None)
    shown_ms, coins = None, []
    if query.slot_ms is not None:
        found = next((node for node in nodes if node.slot_ms == query.slot_ms), None)
        if found is not None:
            hour = (query.slot_ms - ZONE.day_start_ms(ZONE.day_of(query.slot_ms))) / 3_600_000
            shown_ms, coins = query.slot_ms, some_coins(hour, found.valid)
    elif point is not None:
        shown_ms, coins = now_ms, some_coins(at, observed_ms=now_ms - 300)
    stored = [node.slot_ms for node in nodes if node.sum_pct is not None]
    return SumBoard(
        board="sum",
        now_ms=now_ms,
        timezone="Asia/Shanghai",
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        today=today.isoformat(),
        expected=27,
        min_coins=20,
        nodes=nodes,
        live=point,
        live_age_ms=420 if point else None,
        live_source="stream" if point else None,
        shown_ms=shown_ms,
        coins=coins,
        statistics=some_statistics(nodes),
        as_of_ms=now_ms - 300 if point else max(stored, default=None),
    )


def an_empty_sum_board(now_ms: int = NOW_MS) -> SumBoard:
    """Today without a single price."""
    board = a_sum_board(now_ms=now_ms, live=False)
    nodes = [
        node
        if node.state is NodeState.FUTURE
        else a_node(node.slot_ms, 0, reason="whole slot missing")
        for node in board.nodes
    ]
    return replace(board, nodes=nodes, statistics=some_statistics(nodes), as_of_ms=None)


def a_light(state: FeedState = FeedState.LIVE, text: str = "0.2s", **changes: object) -> FeedLight:
    """OKX's light."""
    built = FeedLight(
        exchange=Exchange.OKX,
        state=state,
        text=text,
        source=Way.STREAM,
        age_ms=200,
        since_ms=NOW_MS - 60_000,
        reason="",
        messages_per_s=31.4,
        reconnects=0,
    )
    return replace(built, **changes)


def a_status(now_ms: int = NOW_MS, **changes: object) -> EngineStatus:
    """A healthy engine."""
    built = EngineStatus(
        now_ms=now_ms,
        timezone="Asia/Shanghai",
        mode="host",
        kind="real",
        recording=True,
        recording_reason="",
        lights=[a_light()],
        messages_per_s=31.4,
        oldest_age_ms=420,
        coins_live=27,
        coins_expected=27,
        nodes_today=28,
        nodes_due_today=30,
        backfill_pct=None,
        failed_workers=[],
        events_total=3,
    )
    return replace(built, **changes)


def some_events() -> list[EventLine]:
    """Three lines of the event log."""
    texts = (
        ("info", "sum", "filled: node 08:00", 1),
        ("warning", "okx", "outage of perp tickers: keepalive ping timeout, REST stands in", 4),
        ("info", "okx", "outage of perp tickers over after 12 s", 5),
    )
    return [
        EventLine(
            id=number,
            first_ms=NOW_MS - 3_600_000,
            last_ms=NOW_MS - 60_000 * (4 - number),
            level=level,
            area=area,
            text=text,
            count=times,
        )
        for number, (level, area, text, times) in enumerate(texts, 1)
    ]


def a_job(state: JobState = JobState.RUNNING, **changes: object) -> Job:
    """A backfill of the first fourteen days of January."""
    built = Job(
        exchange=Exchange.OKX,
        first_day="2026-01-03",
        last_day="2026-01-16",
        state=state,
        created_ms=NOW_MS - 20_000,
        updated_ms=NOW_MS,
        total=18_144,
        had=1_296,
        filled=6_480,
        unobtainable=27,
        failed=3,
        pages=35,
        pages_total=81,
        message="",
        id=7,
    )
    return replace(built, **changes)


def a_progress() -> Progress:
    """The running backfill."""
    return Progress(job=a_job(), done_pct=43.2, pages_per_s=8.1, eta_s=5.7)


def a_hole(index: int = 0, **changes: object) -> Hole:
    """An entry of the failed queue."""
    built = Hole(
        slot_ms=slot_of(NOW_MS) - index * SLOT_MS,
        coin=COINS[index % 27],
        state=HoleState.FAILED,
        reason="fetch failed",
        tries=2,
        first_ms=NOW_MS - 90_000,
        last_ms=NOW_MS - 30_000,
        next_try_ms=NOW_MS + 30_000,
    )
    return replace(built, **changes)


def a_coverage_board(
    query: Query = Query(),  # noqa: B008
    now_ms: int = NOW_MS,
    running: Progress | None = None,
) -> CoverageBoard:
    """Fourteen days of coverage: one empty, one half, the rest nearly whole."""
    today = ZONE.day_of(now_ms)
    last = query.last_day or today
    first = query.first_day or last - timedelta(days=13)
    days, cells = [], []
    for number in range((last - first).days + 1):
        share = {2: 0.0, 5: 0.5, 9: 0.97}.get(number, 1.0)
        day = first + timedelta(days=number)
        due = 1296 if day < today else 27 * 30
        have = int(due * share)
        days.append(
            DayCoverage(
                day=day.isoformat(),
                due=due,
                have=have,
                unobtainable=(due - have) // 3,
                failed=(due - have) // 5,
                missing=due - have - (due - have) // 3 - (due - have) // 5,
                nodes=int(due // 27 * share),
                nodes_due=due // 27,
                complete_pct=100 * have / due,
            )
        )
        row: list[float | None] = [
            max(0.0, share - (index % 5) * 0.1 * (share < 1)) for index in range(27)
        ]
        cells.append(row)
    coins = [
        CoinCoverage(
            coin=coin,
            due=18_000,
            have=17_000,
            unobtainable=500,
            failed=100,
            missing=400,
            complete_pct=94.4,
        )
        for coin in COINS
    ]
    return CoverageBoard(
        board="coverage",
        now_ms=now_ms,
        timezone="Asia/Shanghai",
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        series="OKX perpetuals, 30-minute slot prices",
        days=days,
        coins=coins,
        cells=cells,
        queue=[a_hole(index) for index in range(3)],
        holes=[],
        jobs=[a_job(JobState.PARTIAL, id=6), a_job(JobState.DONE, id=5)],
        running=running,
    )


def some_job_lines() -> list[JobLine]:
    """The newest lines of a job's log."""
    return [
        JobLine(job_id=7, ts_ms=NOW_MS - 9_000 + number * 1_000, level="info", text=text, id=number)
        for number, text in enumerate(
            (
                "backfill 2026-01-03 to 2026-01-16",
                "BTC 01-10 02:00 to 01-16 07:30: 300 filled",
                "CRO 01-12 00:00 to 01-12 23:30: 0 filled, 48 not: the exchange has no bar here",
            )
        )
    ]


class MemorySource(MemoryPrices):
    """A `Source` in memory. Tests change its fields and count its calls."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self.now_ms = now_ms
        self.live = True
        self.board: SumBoard | None = None
        self.current_status: EngineStatus | None = None
        self.running: Progress | None = None
        self.system: SystemBoard | None = None
        self.page: CoinPage | None = None
        self.funding: FundingBoard | None = None
        self.spreads: SpreadsBoard | None = None
        self.anomalies: AnomaliesBoard | None = None
        self.explained: Explained | None = None
        self.picks: PicksBoard | None = None
        self.interest: OpenInterestBoard | None = None
        # What the settings say is paired.
        self.pairs = Kind.ALL
        self.signals: SignalsBoard | None = None
        self.failure: Exception | None = None
        self.calls: list[tuple[object, ...]] = []
        self.lines = some_job_lines()
        self.event_lines = some_events()

    def status(self) -> EngineStatus:
        return self.current_status or a_status(self.now_ms)

    def events(self, after_id: int = 0) -> list[EventLine]:
        return [line for line in self.event_lines if line.id > after_id]

    async def sum_board(self, query: Query) -> SumBoard:
        self.calls.append(("sum", query))
        if self.failure is not None:
            raise self.failure
        return self.board or a_sum_board(query, self.now_ms, live=self.live)

    async def records(self, first_ms: int, last_ms: int, limit: int) -> list[Record]:
        day = ZONE.day_of(first_ms)
        nodes = some_nodes(day, self.now_ms) if self.board is None else self.board.nodes
        hour_ms = 3_600_000
        begin_ms = ZONE.day_start_ms(day)
        return [
            Record(
                day=day.isoformat(),
                node=node,
                coins=some_coins((node.slot_ms - begin_ms) / hour_ms, node.valid),
            )
            for node in nodes
            if node.sum_pct is not None and node.slot_ms <= last_ms
        ][-limit:]

    async def coverage_board(self, query: Query) -> CoverageBoard:
        self.calls.append(("coverage", query))
        if self.failure is not None:
            raise self.failure
        return a_coverage_board(query, self.now_ms, self.running)

    async def system_board(self) -> SystemBoard:
        self.calls.append(("system",))
        if self.failure is not None:
            raise self.failure
        # It is built of what this module has.
        from tests.support.system_boards import a_system_board  # noqa: PLC0415

        return self.system or a_system_board(now_ms=self.now_ms)

    async def spreads_board(
        self,
        kind: Kind | None,
        filter: Filter,  # noqa: A002 - as the protocol has it
        coin: str | None = None,
        limit: int | None = None,
    ) -> SpreadsBoard:
        self.calls.append(("spreads", kind, filter, coin))
        if self.failure is not None:
            raise self.failure
        # It is built of what this module has.
        from tests.support.spread_boards import a_spreads_board, asked_for  # noqa: PLC0415

        found = self.spreads or a_spreads_board(self.now_ms)
        return asked_for(found, kind or self.pairs, filter, coin, limit)

    async def signals_board(self) -> SignalsBoard:
        self.calls.append(("signals",))
        if self.failure is not None:
            raise self.failure
        from tests.support.spread_boards import a_signals_board  # noqa: PLC0415

        return self.signals or a_signals_board(self.now_ms)

    async def funding_board(self) -> FundingBoard:
        self.calls.append(("funding",))
        if self.failure is not None:
            raise self.failure
        from tests.support.funding_boards import a_funding_board  # noqa: PLC0415

        return self.funding or a_funding_board(self.now_ms)

    async def anomalies_board(
        self, exchange: Exchange | None = None, bar: str | None = None
    ) -> AnomaliesBoard:
        self.calls.append(("anomalies", exchange, bar))
        if self.failure is not None:
            raise self.failure
        from tests.support.judged_boards import an_anomalies_board  # noqa: PLC0415

        asked = (exchange or Exchange.BINANCE, bar or "15m")
        return self.anomalies or an_anomalies_board(*asked, self.now_ms)

    def watch_bars(self, exchange: Exchange | None = None, bar: str | None = None) -> None:
        self.calls.append(("watch", exchange, bar))

    async def anomaly_explained(
        self,
        name: str,
        exchange: Exchange | None = None,
        bar: str | None = None,
        *,
        forming: bool = False,
    ) -> Explained:
        self.calls.append(("explained", name, exchange, bar))
        if self.failure is not None:
            raise self.failure
        from tests.support.judged_boards import an_explained  # noqa: PLC0415

        asked = (exchange or Exchange.BINANCE, bar or "15m")
        return self.explained or an_explained(name, *asked, self.now_ms, forming=forming)

    async def picks_board(self, exchange: Exchange | None = None) -> PicksBoard:
        self.calls.append(("picks",))
        if self.failure is not None:
            raise self.failure
        from tests.support.judged_boards import a_picks_board  # noqa: PLC0415

        return self.picks or a_picks_board(self.now_ms)

    async def interest_board(
        self,
        hours: int | None = None,
        by: RankedBy = RankedBy.CHANGE,
        exchange: Exchange | None = None,
    ) -> OpenInterestBoard:
        self.calls.append(("interest", hours, by))
        if self.failure is not None:
            raise self.failure
        return self.interest or an_interest_board(
            self.now_ms, hours or 24, by, exchange, jumped=True
        )

    async def klines(
        self,
        symbol: str,
        exchange: Exchange | None = None,
        market: Market = Market.PERP,
        bar: str | None = None,
        limit: int = 100,
    ) -> Klines:
        self.calls.append(("klines", symbol, exchange, bar))
        if self.failure is not None:
            raise self.failure
        from tests.support.judged_boards import some_klines  # noqa: PLC0415

        return some_klines(symbol, exchange or Exchange.BINANCE, bar or "15m", limit, self.now_ms)

    async def coin_page(self, coin: str) -> CoinPage:
        self.calls.append(("coin", coin))
        if self.failure is not None:
            raise self.failure
        from tests.support.coin_pages import a_coin_page  # noqa: PLC0415

        return self.page or a_coin_page(coin, self.now_ms)

    async def spread_minutes(self, coin: str, first_ms: int) -> list[SpreadMinute]:
        from tests.support.coin_pages import some_minutes  # noqa: PLC0415

        return [one for one in some_minutes(self.now_ms) if one.minute_ms >= first_ms]

    async def interest_history(self, coin: str, first_ms: int) -> list[InterestPoint]:
        from tests.support.coin_parts import some_points  # noqa: PLC0415

        return [one for one in some_points(coin, self.now_ms) if one.at_ms >= first_ms]

    async def markets(self) -> MarketReport:
        from tests.support.system_boards import a_market_report  # noqa: PLC0415

        return a_market_report()

    async def start_backfill(self, first: date, last: date) -> Job:
        if self.running is not None:
            raise BadInput("a backfill runs already", "stop it first")
        self.calls.append(("start", first, last))
        self.running = a_progress()
        return a_job(first_day=first.isoformat(), last_day=last.isoformat())

    async def stop_backfill(self) -> bool:
        self.calls.append(("stop",))
        ran, self.running = self.running is not None, None
        return ran

    async def job_log(self, limit: int = 500) -> list[JobLine]:
        return self.lines[-limit:]

    async def store_info(self) -> StoreInfo:
        raise NotImplementedError

    async def database_stats(self) -> DatabaseStats:
        raise NotImplementedError

    async def maintain(self) -> Maintenance:
        raise NotImplementedError

    async def export(
        self, what: str, first_ms: int, last_ms: int, file_format: str, path: Path | None
    ) -> Exported:
        self.calls.append(("export", what, first_ms, last_ms, file_format, path))
        return Exported(path=path or Path("exports") / f"{what}.{file_format}", rows=48)
