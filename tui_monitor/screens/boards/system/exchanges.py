"""The system board's exchanges and their lists of instruments: rows and columns."""

from collections.abc import Iterable
from dataclasses import dataclass

from tui_monitor.boards.system import ExchangeLine, ListLine, SystemBoard
from tui_monitor.screens.boards.system.cells import (
    age_cell,
    number_cell,
    rate_cell,
    severity,
    some_cell,
    state_cell,
)
from tui_monitor.screens.looks.format import ABSENT, ShownZone, duration, signed
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import counted, t, told

# The exchanges themselves mind a second; half of it is worth a look at our own clock.
SKEW_MS = 500.0
SLOW_MS = 1_000.0


@dataclass(frozen=True)
class ExchangeRow:
    """An exchange, the end of its ban as text."""

    line: ExchangeLine
    ban: str


def exchange_rows(board: SystemBoard, zone: ShownZone) -> list[ExchangeRow]:
    """The exchanges in their order."""
    return [
        ExchangeRow(
            line,
            t("until {time}", time=zone.format(line.banned_until_ms, "%H:%M:%S"))
            if line.banned_until_ms is not None and line.banned_until_ms > board.now_ms
            else "",
        )
        for line in board.exchanges
    ]


def _skew(value_ms: float | None, looks: Looks) -> Cell:
    if value_ms is None:
        return Cell(ABSENT, looks.faint)
    style = looks.warn if abs(value_ms) > SKEW_MS else looks.text
    return Cell(signed(value_ms, 0), style)


def exchange_text(row: ExchangeRow, troubled: Iterable[str]) -> list[str]:
    """All of an exchange, with its connections that are not well, in lines."""
    line = row.line
    rate = ABSENT if line.messages_per_s is None else f"{line.messages_per_s:,.1f}"
    trip = ABSENT if line.round_trip_ms is None else f"{line.round_trip_ms:,.0f} ms"
    skew = ABSENT if line.clock_skew_ms is None else f"{signed(line.clock_skew_ms, 0)} ms"
    live = t("{n} of {all} connections live", n=line.live, all=line.connections)
    lines = [
        f"{t(line.state.value, 'feed')}, {live}",
        *troubled,
        counted(
            line.reconnects,
            "{rate} messages a second, a socket opened again once",
            "{rate} messages a second, sockets opened again {n} times",
            rate=rate,
        ),
        t("round trip {trip}, its clock minus ours {skew}", trip=trip, skew=skew),
        t("banned {until}", until=row.ban) if row.ban else "",
        t("REST at {host}", host=line.host) if line.host else "",
    ]
    return [text for text in lines if text]


EXCHANGE_COLUMNS: tuple[Column[ExchangeRow], ...] = (
    Column(
        key="state",
        title="state",
        width=10,
        align="left",
        paint=lambda row, looks, _: state_cell(row.line.state, looks),
        value=lambda row: severity(row.line.state),
        says=lambda row: row.line.state.value,
        help="The worst of its connections; those that may be quiet for hours count where all "
        "else is well.",
    ),
    Column(
        key="exchange",
        title="exchange",
        width=8,
        align="left",
        paint=lambda row, looks, _: Cell(row.line.exchange.value, looks.text),
        value=lambda row: row.line.exchange.value,
        help="The exchange.",
    ),
    Column(
        key="live",
        title="live",
        width=5,
        paint=lambda row, looks, _: Cell(
            f"{row.line.live}/{row.line.connections}",
            looks.text if row.line.live == row.line.connections else looks.warn,
        ),
        value=lambda row: row.line.live,
        says=lambda row: f"{row.line.live}/{row.line.connections}",
        files=(
            ("live", lambda row: row.line.live),
            ("connections", lambda row: row.line.connections),
        ),
        help="Connections that are live, of all.",
    ),
    Column(
        key="rate",
        title="msg/s",
        word="msgs",
        width=6,
        paint=lambda row, looks, _: rate_cell(row.line.messages_per_s, looks),
        value=lambda row: row.line.messages_per_s,
        unit="1/s",
        help="Messages a second over all its connections.",
    ),
    Column(
        key="round_trip",
        title="rtt ms",
        width=6,
        paint=lambda row, looks, _: number_cell(
            row.line.round_trip_ms,
            looks,
            style=looks.warn if (row.line.round_trip_ms or 0) > SLOW_MS else None,
        ),
        value=lambda row: row.line.round_trip_ms,
        unit="ms",
        help="Round trip of the last question for its time.",
    ),
    Column(
        key="skew",
        title="skew ms",
        width=7,
        paint=lambda row, looks, _: _skew(row.line.clock_skew_ms, looks),
        value=lambda row: row.line.clock_skew_ms,
        unit="ms",
        help=f"Its clock minus ours, measured every five minutes; beyond {SKEW_MS:g} look at ours.",
    ),
    Column(
        key="reconnects",
        title="reconn",
        width=6,
        priority=2,
        paint=lambda row, looks, _: some_cell(row.line.reconnects, looks, looks.warn),
        value=lambda row: row.line.reconnects,
        help="Sockets that were opened again.",
    ),
    Column(
        key="ban",
        title="ban",
        width=14,
        align="left",
        grows=True,
        paint=lambda row, looks, _: Cell(row.ban, looks.bad),
        value=lambda row: row.ban or None,
        help="Until when the exchange wants no requests.",
    ),
    Column(
        key="host",
        title="host",
        width=30,
        align="left",
        priority=3,
        paint=lambda row, looks, _: Cell(row.line.host, looks.dim),
        value=lambda row: row.line.host,
        help="Where its REST is.",
    ),
)


@dataclass(frozen=True)
class ListRow:
    """A list of instruments; its age in whole minutes once it has some."""

    exchange: str
    market: str
    instruments: int | None
    priced: int
    age_s: int | None
    example: str
    stale: bool
    error: str

    @property
    def key(self) -> str:
        """What identifies a list."""
        return f"{self.exchange} {self.market}"

    @property
    def note(self) -> str:
        """What is wrong with it."""
        why = told(self.error)
        if not self.stale:
            return why
        return f"{t('old')}: {why}" if why else t("old")


def list_rows(board: SystemBoard) -> list[ListRow]:
    """The lists as they are shown."""
    return [_list(line) for line in board.lists]


def _list(line: ListLine) -> ListRow:
    age_s = None if line.age_ms is None else line.age_ms // 1000
    return ListRow(
        exchange=line.exchange.value,
        market=line.market.value,
        instruments=line.instruments,
        priced=line.priced,
        age_s=age_s if age_s is None or age_s < 60 else age_s // 60 * 60,
        example=line.example,
        stale=line.stale,
        error=line.error,
    )


def list_text(row: ListRow) -> list[str]:
    """All of a list, in lines."""
    listed = ABSENT if row.instruments is None else f"{row.instruments:,}"
    given = t("not given yet")
    if row.age_s is not None:
        given = t("given {age} ago", age=duration(row.age_s))
    lines = [
        t("{n} listed, {priced} with a price", n=listed, priced=f"{row.priced:,}"),
        given,
        t("as {symbol}", symbol=row.example) if row.example else "",
        row.note,
    ]
    return [text for text in lines if text]


LIST_COLUMNS: tuple[Column[ListRow], ...] = (
    Column(
        key="exchange",
        title="exchange",
        width=8,
        align="left",
        paint=lambda row, looks, _: Cell(row.exchange, looks.text),
        value=lambda row: row.exchange,
        help="The exchange.",
    ),
    Column(
        key="market",
        title="market",
        width=6,
        align="left",
        paint=lambda row, looks, _: Cell(t(row.market), looks.dim),
        value=lambda row: row.market,
        help="perp: USDT-settled perpetuals; spot: traded in USDT.",
    ),
    Column(
        key="listed",
        title="listed",
        width=6,
        paint=lambda row, looks, _: number_cell(row.instruments, looks),
        value=lambda row: row.instruments,
        help="Instruments that trade now.",
    ),
    Column(
        key="priced",
        title="priced",
        width=6,
        paint=lambda row, looks, _: number_cell(
            row.priced, looks, style=looks.warn if row.priced < (row.instruments or 0) else None
        ),
        value=lambda row: row.priced,
        help="Of these, with a last price.",
    ),
    Column(
        key="age",
        title="age",
        width=5,
        paint=lambda row, looks, _: age_cell(
            row.age_s, looks, looks.warn if row.stale else looks.dim
        ),
        value=lambda row: None if row.age_s is None else float(row.age_s),
        unit="s",
        help="How long ago the exchange gave the list.",
    ),
    Column(
        key="note",
        title="note",
        width=10,
        align="left",
        priority=1,
        grows=True,
        paint=lambda row, looks, _: Cell(row.note, looks.warn),
        value=lambda row: row.note or None,
        help="old: it could not be read again, the one before is used; and why.",
    ),
    Column(
        key="example",
        title="example",
        width=13,
        align="left",
        priority=2,
        paint=lambda row, looks, _: Cell(row.example or ABSENT, looks.dim),
        value=lambda row: row.example or None,
        help="One of them, as the exchange writes it.",
    ),
)
