"""The status line and the banners, as pieces of text. Pure: status in, pieces out."""

from msgspec.structs import replace
from rich.style import Style

from tui_monitor.boards.status import EngineStatus, FeedLight
from tui_monitor.model import FeedState
from tui_monitor.screens.looks.format import ShownZone, age, count, share
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.line import Piece
from tui_monitor.words import t, told

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
# The `mode` of an engine that was there and is no more.
GONE = "gone"
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


def unknown(status: EngineStatus) -> EngineStatus:
    """What is left of a status when its engine has gone: nobody knows how anything does."""
    return replace(status, mode=GONE, recording=False, recording_reason="", failed_workers=[])


def lights(status: EngineStatus, looks: Looks, shorter: int = 0) -> list[list[Piece]]:
    """One an exchange; a question mark where nobody knows."""
    if status.mode != GONE:
        return [light(feed, looks, shorter) for feed in status.lights]
    names = [
        feed.exchange[:_SHORT_NAME] if shorter > 1 else feed.exchange for feed in status.lights
    ]
    return [[("? ", looks.faint), (str(name), looks.dim)] for name in names]


def light(feed: FeedLight, looks: Looks, shorter: int = 0) -> list[Piece]:
    """One exchange: a glyph, its name, and in words how it does.

    `shorter` 1: what is live needs no more words; 2: names are short, too.
    """
    glyph, style = mark(feed.state, looks)
    name = feed.exchange[:_SHORT_NAME] if shorter > 1 else str(feed.exchange)
    if shorter and feed.state is FeedState.LIVE:
        return [(f"{glyph} ", style), (name, looks.text)]
    words = told(feed.text or feed.state.value)
    return [(f"{glyph} ", style), (f"{name} ", looks.text), (words, style)]


def reason(feed: FeedLight) -> str:
    """Why an exchange gives no stream, for as long as it does not."""
    if feed.state in (FeedState.LIVE, FeedState.OFF) or not feed.reason:
        return ""
    if feed.state is FeedState.BRIDGED:
        return t("{reason}, REST stands in", reason=told(feed.reason))
    return told(feed.reason)


def kept_figures(
    status: EngineStatus, looks: Looks, *, shorter: int = 0, bytes_per_s: float | None = None
) -> list[list[Piece]]:
    """What a narrow line keeps: coverage of today, what is being filled, what somebody asked for.

    `shorter` 1: a short word for the backfill; 2: coverage as bare fractions, the coins' before
    the nodes'.
    `bytes_per_s` None: nobody asked how much goes to the terminal.
    """
    if status.mode == GONE:
        return []
    coins_style = looks.text if status.coins_live == status.coins_expected else looks.warn
    nodes_style = looks.text if status.nodes_today == status.nodes_due_today else looks.warn
    coins = f"{status.coins_live}/{status.coins_expected}"
    nodes = f"{status.nodes_today}/{status.nodes_due_today}"
    groups: list[list[Piece]] = []
    if bytes_per_s is not None:
        groups.append(_figure("", f"{count(bytes_per_s)} B/s", looks.dim, looks))
    if status.backfill_pct is not None:
        name = t("fill", "status") if shorter else t("backfill", "status")
        groups.append(_figure(name, share(status.backfill_pct), looks.accent, looks))
    if shorter > 1:
        return [*groups, [(coins, coins_style), (" ", looks.text), (nodes, nodes_style)]]
    return [
        *groups,
        _figure(t("coins", "status"), coins, coins_style, looks),
        _figure(t("nodes", "status"), nodes, nodes_style, looks),
    ]


def other_figures(status: EngineStatus, looks: Looks) -> list[list[Piece]]:
    """What there may be room for besides: the oldest age, messages a second."""
    if status.mode == GONE:
        return []
    old = status.oldest_age_ms is None or status.oldest_age_ms > OLD_MS
    style = looks.warn if old else looks.text
    return [
        _figure(t("oldest", "status"), age(status.oldest_age_ms), style, looks),
        _figure("", t("{n} msg/s", n=f"{status.messages_per_s:.0f}"), looks.dim, looks),
    ]


def _figure(name: str, value: str, style: Style, looks: Looks) -> list[Piece]:
    return [(f"{name} ", looks.faint), (value, style)] if name else [(value, style)]


def banners(status: EngineStatus, frozen_behind: int | None, looks: Looks) -> list[list[Piece]]:
    """What must not be overlooked: frozen, not recording, failed workers, simulated data."""
    shown: list[list[Piece]] = []
    if frozen_behind is not None:
        said = t("FROZEN, {n} behind", n=frozen_behind)
        shown.append([(f" {said} ", looks.banner)])
    if status.kind != "real":
        shown.append([(f" {t(status.kind.upper())} ", looks.banner)])
    if status.mode != "host":
        where = status.at.partition("://")[2]
        mode = t("NO ENGINE") if status.mode == GONE else t(status.mode.upper())
        shown.append([(f" {mode} {where}".rstrip() + " ", looks.banner)])
    if not status.recording and status.mode not in ("starting", GONE):
        shown.append([(f" {_not_recorded(status.recording_reason)} ", looks.alarm)])
    if status.failed_workers:
        names = ", ".join(told(name) for name in status.failed_workers)
        shown.append([(f" {t('FAILED: {names}', names=names)} ", looks.alarm)])
    return shown


def _not_recorded(reason: str) -> str:
    return t("REC paused: {reason}", reason=told(reason)) if reason else t("REC paused")


def recording(status: EngineStatus, looks: Looks) -> list[Piece]:
    """That everything is being recorded: calm, since only the contrary must be seen."""
    return [("● ", looks.good), ("REC", looks.dim)] if status.recording else []


def clock(
    status: EngineStatus, zone: ShownZone, looks: Looks, *, seconds: bool = True
) -> list[Piece]:
    """The time with its zone."""
    now, form = status.now_ms, "%H:%M:%S" if seconds else "%H:%M"
    return [(zone.format(now, form), looks.text), (f" {zone.label(now)}", looks.faint)]
