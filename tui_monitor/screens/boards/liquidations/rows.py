"""The liquidations board's tables: venues and largest orders, as rows and columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style

from tui_monitor.boards.liquidations import (
    HowHeard,
    LiquidationsBoard,
    Order,
    VenueShare,
    VenueState,
)
from tui_monitor.model import Side, Told
from tui_monitor.screens.boards.spreads.cells import amount, money_cell, narrow_price
from tui_monitor.screens.looks.format import ABSENT, ShownZone, ago, because, count, duration
from tui_monitor.screens.looks.format import share as percent
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import t, told

_STATES = {VenueState.HEARD: "●", VenueState.SILENT: "○", VenueState.OFF: "·"}


@dataclass(frozen=True)
class VenueRow:
    """One venue; times as text, so that only what is shown repaints. `money` None: not heard."""

    venue: VenueShare
    long_usd: float | None
    short_usd: float | None
    last: str
    reason: str


@dataclass(frozen=True)
class OrderRow:
    """One large liquidation. `key` tells it from the others."""

    key: str
    order: Order
    time: str


def venue_rows(board: LiquidationsBoard, zone: ShownZone) -> list[VenueRow]:
    """The venues in their order."""
    return [venue_row(one, board.now_ms, zone, live=board.live) for one in board.venues]


def venue_row(venue: VenueShare, now_ms: int, zone: ShownZone, *, live: bool) -> VenueRow:
    """One venue; `live`: an engine collects."""
    heard = venue.covered > 0 or venue.long_count + venue.short_count > 0
    last = ABSENT if venue.last_ms is None else zone.when(venue.last_ms, now_ms)
    return VenueRow(
        venue,
        venue.long_usd if heard else None,
        venue.short_usd if heard else None,
        last,
        _reason(venue, now_ms, live=live),
    )


def _reason(venue: VenueShare, now_ms: int, *, live: bool) -> str:
    if venue.state is VenueState.SILENT:
        silent = t("silent", "venue")
        if venue.since_ms is not None:
            silent = t("silent {ago}", "venue", ago=ago(venue.since_ms, now_ms))
        return because(silent, venue.reason) if venue.reason else silent
    if venue.state is VenueState.OFF:
        return told(venue.reason) or (t("not watched") if live else "")
    if venue.rest_count:
        usd = count(venue.rest_usd)
        return t("{n} more by REST, {usd}, in no sum", n=venue.rest_count, usd=usd)
    return told(venue.cap or venue.reason)


def order_rows(board: LiquidationsBoard, zone: ShownZone) -> list[OrderRow]:
    """The largest orders, as the board ranks them."""
    return [order_row(one, board.now_ms, zone) for one in board.largest]


def order_row(one: Order, now_ms: int, zone: ShownZone) -> OrderRow:
    """One event."""
    return OrderRow(
        f"{one.exchange}{one.symbol}{one.exchange_ms}{one.side}{one.price}{one.coins}",
        one,
        _time(one.exchange_ms, now_ms, zone),
    )


def _time(at_ms: int, now_ms: int, zone: ShownZone) -> str:
    near = zone.moment(at_ms).date() == zone.moment(now_ms).date()
    return zone.format(at_ms, "%H:%M:%S" if near else "%m-%d %H:%M")


def _state(row: VenueRow, looks: Looks, _: int) -> Cell:
    styles = {VenueState.HEARD: looks.good, VenueState.SILENT: looks.bad}
    state = row.venue.state
    return Cell(f"{_STATES[state]} {t(state.value, 'venue')}", styles.get(state, looks.dim))


def _told(row: VenueRow, looks: Looks, _: int) -> Cell:
    sampled = row.venue.told is Told.SAMPLED
    return Cell(t(row.venue.told.value), looks.warn if sampled else looks.text)


def _money(value: float | None, row: VenueRow, looks: Looks, style: Style) -> Cell:
    if value is None:
        return Cell(ABSENT, looks.faint)
    bound = "≥" if is_lower_bound(row.venue) else ""
    return Cell(bound + count(value), style if value else looks.dim)


def is_lower_bound(venue: VenueShare) -> bool:
    """Whether more may have happened there: sampled, or not heard all the time."""
    return venue.told is Told.SAMPLED or venue.covered < 1


def _bar(row: VenueRow, looks: Looks, width: int) -> Cell:
    part = row.venue.share
    if part is None or row.long_usd is None:
        return Cell(ABSENT, looks.faint)
    room = width - 6
    filled = round(part * room)
    text = f"{part * 100:4.0f} %"
    return Cell(
        text,
        segments=(
            Segment("█" * filled, looks.liquidation),
            Segment(" " * (room - filled), looks.faint),
            Segment(text, looks.text),
        ),
    )


def _covered(row: VenueRow, looks: Looks, _: int) -> Cell:
    covered = row.venue.covered
    return Cell(percent(covered * 100), looks.text if covered >= 1 else looks.warn)


def _capped(row: VenueRow, looks: Looks, _: int) -> Cell:
    saturation = row.venue.saturation
    if saturation is None:
        return Cell(ABSENT, looks.faint)
    return Cell(percent(saturation * 100), looks.warn if saturation > 0.05 else looks.text)


VENUE_COLUMNS: tuple[Column[VenueRow], ...] = (
    Column(
        key="exchange",
        title="venue",
        width=8,
        align="left",
        paint=lambda row, looks, _: Cell(row.venue.exchange, looks.bright),
        value=lambda row: row.venue.exchange,
        help="Whose liquidations.",
    ),
    Column(
        key="told",
        title="stream",
        width=7,
        align="left",
        priority=1,
        paint=_told,
        value=lambda row: row.venue.told,
        help="full: every liquidation is told. sampled: at most one of an instrument (and side) in "
        "a second, so that sums are a lower bound.",
    ),
    Column(
        key="state",
        title="now",
        width=8,
        align="left",
        priority=2,
        paint=_state,
        value=lambda row: row.venue.state,
        help="heard, silent (an outage), or off (not watched, no engine, or a past day).",
    ),
    Column(
        key="long",
        title="long",
        width=9,
        unit="USD",
        paint=lambda row, looks, _: _money(row.long_usd, row, looks, looks.down),
        value=lambda row: row.long_usd,
        help="Long positions liquidated in the window; ≥ where more may have happened.",
    ),
    Column(
        key="short",
        title="short",
        width=9,
        unit="USD",
        paint=lambda row, looks, _: _money(row.short_usd, row, looks, looks.up),
        value=lambda row: row.short_usd,
        help="Short positions liquidated in the window.",
    ),
    Column(
        key="share",
        title="share",
        width=14,
        align="left",
        priority=3,
        paint=_bar,
        value=lambda row: None if row.venue.share is None else row.venue.share * 100,
        unit="%",
        help="Of the window's USD. Sampled venues show less than they had.",
    ),
    Column(
        key="count",
        title="count",
        width=6,
        priority=4,
        paint=lambda row, looks, _: Cell(
            f"{row.venue.long_count + row.venue.short_count}", looks.text
        ),
        value=lambda row: row.venue.long_count + row.venue.short_count,
        help="Liquidations in the window.",
    ),
    Column(
        key="largest",
        title="largest",
        width=8,
        priority=6,
        unit="USD",
        paint=lambda row, looks, _: money_cell(row.venue.largest_usd, looks),
        value=lambda row: row.venue.largest_usd,
        help="The largest one of the window.",
    ),
    Column(
        key="heard",
        title="heard",
        width=7,
        priority=1,
        unit="%",
        paint=_covered,
        value=lambda row: row.venue.covered * 100,
        help="For how much of the window the venue was heard; the rest is a hole, not zero.",
    ),
    Column(
        key="capped",
        title="at cap",
        width=7,
        priority=5,
        unit="%",
        paint=_capped,
        value=lambda row: None if row.venue.saturation is None else row.venue.saturation * 100,
        help="Share of the heard seconds in which a sampled stream told any: there may have been "
        "more.",
    ),
    Column(
        key="last",
        title="last",
        width=11,
        priority=4,
        paint=lambda row, looks, _: Cell(row.last, looks.dim),
        value=lambda row: row.venue.last_ms,
        help="Its last liquidation.",
    ),
    Column(
        key="note",
        title="note",
        width=14,
        align="left",
        priority=7,
        grows=True,
        paint=lambda row, looks, _: Cell(
            row.reason, looks.warn if row.venue.state is VenueState.SILENT else looks.dim
        ),
        value=lambda row: row.reason,
        help="Why it is silent, or by which rule it is sampled.",
    ),
)


def _side(row: OrderRow, looks: Looks, _: int) -> Cell:
    is_long = row.order.side is Side.LONG
    return Cell(
        f"{'▾' if is_long else '▴'} {t(row.order.side.value)}", looks.down if is_long else looks.up
    )


ORDER_COLUMNS: tuple[Column[OrderRow], ...] = (
    Column(
        key="time",
        title="time",
        width=11,
        align="left",
        paint=lambda row, looks, _: Cell(row.time, looks.dim),
        value=lambda row: row.order.exchange_ms,
        help="The exchange's own time.",
    ),
    Column(
        key="coin",
        title="coin",
        width=10,
        align="left",
        paint=lambda row, looks, _: Cell(row.order.coin, looks.bright),
        value=lambda row: row.order.coin,
        help="Enter opens its page.",
    ),
    Column(
        key="side",
        title="side",
        width=7,
        align="left",
        paint=_side,
        value=lambda row: row.order.side,
        help="The position that was liquidated: a long is sold (▾), a short is bought back (▴).",
    ),
    Column(
        key="usd",
        title="USD",
        width=8,
        paint=lambda row, looks, _: money_cell(row.order.usd, looks),
        value=lambda row: row.order.usd,
        help="Its size; – where the contract size is unknown.",
    ),
    Column(
        key="exchange",
        title="venue",
        width=8,
        align="left",
        priority=1,
        paint=lambda row, looks, _: Cell(row.order.exchange, looks.text),
        value=lambda row: row.order.exchange,
        help="Where.",
    ),
    Column(
        key="price",
        title="price",
        width=12,
        priority=2,
        paint=lambda row, looks, _: Cell(narrow_price(row.order.price), looks.text),
        value=lambda row: row.order.price,
        help="Per coin, as the exchange tells it (Bybit and OKX: the bankruptcy price).",
    ),
    Column(
        key="coins",
        title="coins",
        width=9,
        priority=3,
        paint=lambda row, looks, _: Cell(amount(row.order.coins), looks.text),
        value=lambda row: row.order.coins,
        help="Its size in coins.",
    ),
    Column(
        key="by",
        title="by",
        width=6,
        align="left",
        priority=4,
        paint=lambda row, looks, _: Cell(
            "REST" if row.order.heard is HowHeard.REST else t("stream"), looks.dim
        ),
        value=lambda row: row.order.heard.value,
        help="REST fills gaps; what it tells is in no sum.",
    ),
)


def silence(venues: Sequence[VenueShare], now_ms: int) -> str:
    """`bitget silent 02:10, okx off`: what is not heard now; "" where all are."""
    return ", ".join(_silent(one, now_ms) for one in venues if one.state is VenueState.SILENT)


def _silent(venue: VenueShare, now_ms: int) -> str:
    if venue.since_ms is None:
        return t("{exchange} silent", exchange=venue.exchange)
    since = duration((now_ms - venue.since_ms) / 1000)
    return t("{exchange} silent {since}", exchange=venue.exchange, since=since)
