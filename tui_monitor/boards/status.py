"""The status line: one light an exchange with text, ages, today's coverage, what runs."""

from msgspec import Struct

from tui_monitor.model import Exchange, FeedState, Source


class FeedLight(Struct, frozen=True, kw_only=True):
    """One exchange's light. `text` stands beside it ("0.2s", "REST 2s", "silent 00:42")."""

    exchange: Exchange
    state: FeedState
    text: str
    source: Source | None
    age_ms: int | None
    since_ms: int
    reason: str
    messages_per_s: float
    reconnects: int


class EventLine(Struct, frozen=True, kw_only=True):
    """One line of the event log: what happened, how often, when last."""

    id: int
    first_ms: int
    last_ms: int
    level: str
    area: str
    text: str
    count: int


class EngineStatus(Struct, frozen=True, kw_only=True):
    """`mode`: "host" (this process has the engine), "attached", or "starting" (this process will
    have it in a moment, and shows what is stored). `kind`: "real", "simulator" or
    "demo". `at`: the URL of an engine that is watched over the network.

    `recording_reason` and `recording_paused_ms`: why, and since when, the disk takes nothing.
    `catching_up`: slots that were missed while we were off are being filled.
    """

    now_ms: int
    timezone: str
    mode: str
    kind: str
    recording: bool
    recording_reason: str
    lights: list[FeedLight]
    messages_per_s: float
    oldest_age_ms: int | None
    coins_live: int
    coins_expected: int
    nodes_today: int
    nodes_due_today: int
    backfill_pct: float | None
    failed_workers: list[str]
    recording_paused_ms: int | None = None
    catching_up: bool = False
    events_total: int
    at: str = ""
