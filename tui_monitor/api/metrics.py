"""What Prometheus scrapes: the system board and the status line as numbers in base units."""

from collections.abc import Callable, Sequence

from starlette.responses import Response

import tui_monitor
from tui_monitor.api.endpoints import Endpoint, Nothing, World
from tui_monitor.api.exposition import MEDIA_TYPE, Family, Kind, Labels, counter, exposition, gauge
from tui_monitor.boards.status import EngineStatus
from tui_monitor.boards.system import (
    ConnectionLine,
    DatabaseFigures,
    ExchangeLine,
    ListLine,
    ProcessFigures,
    SystemBoard,
)
from tui_monitor.model import FeedState

PATH = "/metrics"
_FRESH_S = 1.0


async def metrics(world: World, _asked: Nothing) -> Response:
    """One scrape."""
    board = await world.shared.once("metrics", _FRESH_S, world.source.system_board)
    content = exposition(families(board, world.source.status()))
    return Response(content, media_type=MEDIA_TYPE)


def families(board: SystemBoard, status: EngineStatus) -> list[Family]:
    """Every metric. What is not known has no sample."""
    return [
        *_engine(board, status),
        *_process(board.process),
        *_exchanges(board.exchanges),
        *_channels(board.connections),
        *_lists(board.lists),
        _limits(board),
        gauge("database_readable", "1 if the database can be read.", board.database is not None),
        *(_database(board.database, board.now_ms) if board.database is not None else []),
    ]


def _engine(board: SystemBoard, status: EngineStatus) -> list[Family]:
    build = {"version": tui_monitor.__version__, "kind": board.kind, "mode": status.mode}
    failed: list[tuple[Labels, float | None]] = [
        ({"worker": name}, 1) for name in status.failed_workers
    ]
    return [
        Family("build_info", "gauge", "Always 1; the labels say what runs.", [(build, 1)]),
        gauge("engine_running", "1 if an engine runs.", board.running),
        gauge("recording", "1 while history is recorded.", status.recording),
        gauge("coins_live", "Coins of the sum curve with a live price.", status.coins_live),
        gauge("coins_expected", "Coins of the sum curve.", status.coins_expected),
        gauge("sum_nodes_today", "Nodes of today that the sum board has.", status.nodes_today),
        gauge("sum_nodes_due_today", "Nodes of today that are due.", status.nodes_due_today),
        gauge("backfill_ratio", "Done of the running backfill.", _ratio(status.backfill_pct)),
        counter("events_total", "Lines of the event log.", status.events_total),
        Family("worker_failed", "gauge", "1 for each worker that has failed.", failed),
    ]


def _process(process: ProcessFigures | None) -> list[Family]:
    if process is None:
        return []
    return [
        gauge("start_time_seconds", "When it started, Unix time.", process.started_ms / 1000),
        gauge("uptime_seconds", "Since the start.", process.uptime_s),
        gauge("resident_memory_bytes", "Resident memory.", process.memory_bytes),
        gauge("resident_memory_peak_bytes", "Most so far.", process.memory_peak_bytes),
        gauge("cpu_ratio", "Of one core, lately.", _ratio(process.cpu_pct)),
        gauge("threads", "Threads.", process.threads),
        gauge("open_sockets", "Sockets.", process.sockets),
        gauge(
            "event_loop_lag_seconds",
            "How late timers fire, the middle of the last minute.",
            _seconds(process.loop_lag_ms),
        ),
        gauge(
            "event_loop_lag_worst_seconds",
            "How late timers fire, the worst of the last minute.",
            _seconds(process.loop_lag_worst_ms),
        ),
    ]


def _exchanges(lines: Sequence[ExchangeLine]) -> list[Family]:
    def each(name: str, told: str, value: Callable[[ExchangeLine], float | None]) -> Family:
        samples = [({"exchange": one.exchange.value}, value(one)) for one in lines]
        return Family(f"exchange_{name}", "gauge", told, samples)

    return [
        each("enabled", "1 if it is watched.", lambda one: one.enabled),
        each("connected", "1 while all of it that matters is live.", _is_live),
        each("channels", "Kinds of data that it is asked for.", lambda one: one.connections),
        each("channels_live", "Those that are live.", lambda one: one.live),
        each("banned", "1 while it refuses us.", lambda one: one.banned_until_ms is not None),
        each("round_trip_seconds", "Of a request.", lambda one: _seconds(one.round_trip_ms)),
        each(
            "clock_skew_seconds", "Its clock minus ours.", lambda one: _seconds(one.clock_skew_ms)
        ),
    ]


def _channels(lines: Sequence[ConnectionLine]) -> list[Family]:
    def of(one: ConnectionLine) -> dict[str, str]:
        return {
            "exchange": one.exchange.value,
            "market": one.market.value,
            "channel": one.channel,
        }

    def each(name: str, told: str, value: Callable[[ConnectionLine], float | None]) -> Family:
        kind: Kind = "counter" if name.endswith("_total") else "gauge"
        return Family(f"channel_{name}", kind, told, [(of(one), value(one)) for one in lines])

    states: list[tuple[Labels, float | None]] = [
        (of(one) | {"state": one.state.value}, 1) for one in lines
    ]
    return [
        each("connected", "1 while data comes by its regular way.", _is_live),
        Family("channel_state", "gauge", "1 for the state that it has.", states),
        each("age_seconds", "Since its last data by any way.", lambda one: _seconds(one.age_ms)),
        each("messages_total", "Messages since the start.", lambda one: one.messages),
        each("messages_per_second", "Lately.", lambda one: one.messages_per_s),
        each("reconnects_total", "Reconnects since the start.", lambda one: one.reconnects),
        each("topics", "Topics subscribed to.", lambda one: one.topics),
    ]


def _lists(lines: Sequence[ListLine]) -> list[Family]:
    def each(name: str, told: str, value: Callable[[ListLine], float | None]) -> Family:
        samples = [
            ({"exchange": one.exchange.value, "market": one.market.value}, value(one))
            for one in lines
        ]
        return Family(f"market_{name}", "gauge", told, samples)

    return [
        each("instruments", "Live instruments on its list.", lambda one: one.instruments),
        each("priced_instruments", "Those with a price.", lambda one: one.priced),
        each("list_age_seconds", "Since its list was read.", lambda one: _seconds(one.age_ms)),
        each("list_stale", "1 if it could not be read again.", lambda one: one.stale),
    ]


def _limits(board: SystemBoard) -> Family:
    samples = [
        ({"exchange": one.exchange.value, "limit": one.name}, _ratio(one.used_pct))
        for one in board.limits
    ]
    told = "Taken of what we allow ourselves of an exchange's limit, in its running window."
    return Family("limit_used_ratio", "gauge", told, samples)


def _database(file: DatabaseFigures, now_ms: int) -> list[Family]:
    rows = [({"series": name}, float(count)) for name, count in file.rows.items()]
    oldest = [({"series": name}, _seconds(at_ms)) for name, at_ms in file.oldest_ms.items()]
    age_ms = None if file.committed_ms is None else max(0, now_ms - file.committed_ms)
    return [
        gauge("database_size_bytes", "The file.", file.size_bytes),
        gauge("database_wal_bytes", "The log beside it.", file.wal_bytes),
        Family("database_rows", "gauge", "Rows by kind.", rows),
        Family("database_oldest_timestamp_seconds", "gauge", "The oldest row's time.", oldest),
        gauge("database_commit_age_seconds", "Since the last commit.", _seconds(age_ms)),
        gauge("database_backlog_rows", "Rows that wait for the disk.", file.backlog_rows),
        counter("database_dropped_rows_total", "Rows that were given up.", file.dropped_rows),
    ]


def _is_live(line: ExchangeLine | ConnectionLine) -> bool:
    return line.state is FeedState.LIVE


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _ratio(pct: float | None) -> float | None:
    return None if pct is None else pct / 100


ENDPOINTS = (
    Endpoint(
        path=PATH,
        summary="Prometheus' text format: feeds, limits, recording, database, process.",
        reply=metrics,
        success={
            "200": {
                "description": "Text format 0.0.4. What is not known has no sample.",
                "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
            }
        },
    ),
)
