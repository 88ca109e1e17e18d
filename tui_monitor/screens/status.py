"""The status line and the banners, as pieces of text. Pure: status in, pieces out."""

from tui_monitor.boards.status import EngineStatus, FeedLight
from tui_monitor.model import FeedState
from tui_monitor.screens.format import ShownZone, age, share
from tui_monitor.screens.looks import Looks
from tui_monitor.screens.widgets.line import Piece

_GLYPHS = {
    FeedState.LIVE: "●",
    FeedState.STARTING: "◐",
    FeedState.BRIDGED: "◐",
    FeedState.SILENT: "○",
    FeedState.DOWN: "○",
    FeedState.BANNED: "○",
    FeedState.FAILED: "○",
    FeedState.OFF: "·",
}
OLD_MS = 10_000
_SHORT_NAME = 3


def mark(state: FeedState, looks: Looks) -> Piece:
    """The glyph of a state, in its colour; a word goes beside it."""
    style = {
        FeedState.LIVE: looks.good,
        FeedState.STARTING: looks.warn,
        FeedState.BRIDGED: looks.warn,
        FeedState.OFF: looks.faint,
    }.get(state, looks.bad)
    return _GLYPHS[state], style


def light(feed: FeedLight, looks: Looks, shorter: int = 0) -> list[Piece]:
    """One exchange: a glyph, its name, and in words how it does.

    `shorter` 1: what is live needs no more words; 2: names are short, too.
    """
    glyph, style = mark(feed.state, looks)
    name = feed.exchange[:_SHORT_NAME] if shorter > 1 else str(feed.exchange)
    if shorter and feed.state is FeedState.LIVE:
        return [(f"{glyph} ", style), (name, looks.text)]
    words = feed.text or feed.state.value
    return [(f"{glyph} ", style), (f"{name} ", looks.text), (words, style)]


def reason(feed: FeedLight) -> str:
    """Why an exchange gives no stream, for as long as it does not."""
    if feed.state in (FeedState.LIVE, FeedState.OFF) or not feed.reason:
        return ""
    return f"{feed.reason}, REST stands in" if feed.state is FeedState.BRIDGED else feed.reason


def figures(status: EngineStatus, looks: Looks) -> list[list[Piece]]:
    """Messages a second, oldest age, coverage of today, backfill; the most important first."""
    coins_style = looks.text if status.coins_live == status.coins_expected else looks.warn
    nodes_style = looks.text if status.nodes_today == status.nodes_due_today else looks.warn
    old = status.oldest_age_ms is None or status.oldest_age_ms > OLD_MS
    groups = [
        _figure("coins", f"{status.coins_live}/{status.coins_expected}", coins_style, looks),
        _figure("nodes", f"{status.nodes_today}/{status.nodes_due_today}", nodes_style, looks),
        _figure("oldest", age(status.oldest_age_ms), looks.warn if old else looks.text, looks),
        _figure("", f"{status.messages_per_s:.0f} msg/s", looks.dim, looks),
    ]
    if status.backfill_pct is not None:
        filling = _figure("backfill", share(status.backfill_pct), looks.accent, looks)
        groups.insert(0, filling)
    return groups


def _figure(name: str, value: str, style: object, looks: Looks) -> list[Piece]:
    shown = style if isinstance(style, type(looks.text)) else looks.text
    return [(f"{name} ", looks.faint), (value, shown)] if name else [(value, shown)]


def banners(status: EngineStatus, frozen_behind: int | None, looks: Looks) -> list[list[Piece]]:
    """What must not be overlooked: frozen, not recording, failed workers, simulated data."""
    shown: list[list[Piece]] = []
    if frozen_behind is not None:
        shown.append([(f" FROZEN, {frozen_behind} behind ", looks.banner)])
    if status.kind != "real":
        shown.append([(f" {status.kind.upper()} ", looks.banner)])
    if status.mode != "host":
        shown.append([(f" {status.mode.upper()} ", looks.banner)])
    if not status.recording:
        reason = f": {status.recording_reason}" if status.recording_reason else ""
        shown.append([(f" REC paused{reason} ", looks.alarm)])
    if status.failed_workers:
        names = ", ".join(status.failed_workers)
        shown.append([(f" FAILED: {names} ", looks.alarm)])
    return shown


def clock(status: EngineStatus, zone: ShownZone, looks: Looks) -> list[Piece]:
    """The time with its zone."""
    now = status.now_ms
    return [(zone.format(now, "%H:%M:%S"), looks.text), (f" {zone.label(now)}", looks.faint)]
