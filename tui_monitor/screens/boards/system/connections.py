"""The system board's connections: rows, columns, the text behind one."""

from dataclasses import dataclass

from tui_monitor.boards.system import ConnectionLine, SystemBoard
from tui_monitor.model import FeedState
from tui_monitor.model.health import channel_words
from tui_monitor.screens.boards.system.cells import (
    age_cell,
    rate_cell,
    severity,
    some_cell,
    state_cell,
)
from tui_monitor.screens.looks.format import ABSENT, ShownZone
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import counted, t, told

_WELL = (FeedState.LIVE, FeedState.OFF)


@dataclass(frozen=True)
class ConnectionRow:
    """A connection, its times as text. `age_s` is whole: what changes faster tells nobody more.

    `reason` is of the past (`past`) where all is well.
    """

    exchange: str
    market: str
    channel: str
    state: FeedState
    source: str
    age_s: int | None
    quiet: bool
    rate: float | None
    topics: int
    reconnects: int
    since_ms: int
    since: str
    reason: str
    past: bool
    every_s: float | None
    host: str

    @property
    def key(self) -> str:
        """What stays while everything else changes."""
        return f"{self.exchange} {self.market} {self.channel}"


def connection_rows(board: SystemBoard, zone: ShownZone) -> list[ConnectionRow]:
    """The connections as they are shown."""
    return [_connection(line, board.now_ms, zone) for line in board.connections]


def _connection(line: ConnectionLine, now_ms: int, zone: ShownZone) -> ConnectionRow:
    rate = line.messages_per_s
    past = line.state in _WELL
    return ConnectionRow(
        exchange=line.exchange.value,
        market=line.market.value,
        channel=line.channel,
        state=line.state,
        source=line.source.value if line.source else "",
        age_s=None if line.age_ms is None else line.age_ms // 1000,
        quiet=line.quiet,
        rate=None if rate is None else round(rate, 1 if rate < 100 else 0),
        topics=line.topics,
        reconnects=line.reconnects,
        since_ms=line.since_ms,
        since=zone.when(line.since_ms, now_ms),
        reason=_was(line) if past else _why(line, zone),
        past=past,
        every_s=line.every_s,
        host=line.host,
    )


def _was(line: ConnectionLine) -> str:
    return t("last: {error}", error=told(line.last_error)) if line.last_error else ""


def _why(line: ConnectionLine, zone: ShownZone) -> str:
    why = told(line.reason or line.last_error)
    if line.until_ms is None:
        return why
    until = t("until {time}", time=zone.format(line.until_ms, "%H:%M:%S"))
    return f"{why}, {until}" if why else until


def _age(row: ConnectionRow, looks: Looks) -> Cell:
    expected = row.quiet or row.past
    return age_cell(row.age_s, looks, looks.dim if expected else looks.warn)


def connection_text(row: ConnectionRow) -> list[str]:
    """All of it, for the dialog behind Enter."""
    lines = [t("{state} since {time}", state=t(row.state.value, "feed"), time=row.since)]
    if row.reason:
        lines.append(f"{t('last error' if row.past else 'why')}: {row.reason}")
    lines.append(_way(row))
    if row.rate is not None:
        age = ABSENT if row.age_s is None else t("{n} s ago", n=row.age_s)
        if row.rate == 1:
            lines.append(t("one message a second, the last one {age}", age=age))
        else:
            said = "{n} messages a second, the last one {age}"
            lines.append(t(said, n=f"{row.rate:g}", age=age))
    if row.topics:
        lines.append(counted(row.topics, "{n} subscription", "{n} subscriptions"))
    lines.append(row.host)
    return lines


def _way(row: ConnectionRow) -> str:
    ways = {"stream": "data comes by stream", "rest": "data comes by REST"}
    way = t(ways.get(row.source, "data comes not at all"))
    every = t("asked every {n} s", n=f"{row.every_s:g}") if row.every_s is not None else ""
    again = counted(row.reconnects, "opened again once", "opened again {n} times")
    return f"{way}, {every}; {again}" if every else f"{way}; {again}"


def shown_channel(channel: str) -> str:
    """A kind of data in the reader's language; `#2` is its second socket."""
    kind, mark, number = channel_words(channel).partition("#")
    return f"{told(t(kind, 'channel'))}{mark}{number}"


CONNECTION_COLUMNS: tuple[Column[ConnectionRow], ...] = (
    Column(
        key="state",
        title="state",
        width=10,
        align="left",
        paint=lambda row, looks, _: state_cell(row.state, looks),
        value=lambda row: severity(row.state),
        says=lambda row: row.state.value,
        help="live; starting; bridged: REST stands in for the stream; silent: connected, no data; "
        "down: no connection; banned: the exchange wants no requests until then; failed: a "
        "defect here, tried again; off: not watched. Sorts by how bad it is.",
    ),
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
        help="perp: USDT-settled perpetuals; spot.",
    ),
    Column(
        key="channel",
        title="channel",
        width=14,
        align="left",
        paint=lambda row, looks, _: Cell(shown_channel(row.channel), looks.text),
        value=lambda row: row.channel,
        help="The kind of data; #2 and on are further sockets for the same kind.",
    ),
    Column(
        key="age",
        title="age",
        width=5,
        paint=lambda row, looks, _: _age(row, looks),
        value=lambda row: None if row.age_s is None else float(row.age_s),
        unit="s",
        help="Since its last data came, by any way. Liquidations may be quiet for long.",
    ),
    Column(
        key="rate",
        title="msg/s",
        word="msgs",
        width=6,
        paint=lambda row, looks, _: rate_cell(row.rate, looks),
        value=lambda row: row.rate,
        unit="1/s",
        help="Messages a second, the mean of the last five seconds.",
    ),
    Column(
        key="reconnects",
        title="reconn",
        width=6,
        priority=3,
        paint=lambda row, looks, _: some_cell(row.reconnects, looks, looks.warn),
        value=lambda row: row.reconnects,
        help="Times that its socket was opened again.",
    ),
    Column(
        key="since",
        title="since",
        width=11,
        priority=4,
        paint=lambda row, looks, _: Cell(row.since, looks.dim),
        value=lambda row: row.since_ms,
        help="Since when it is in this state.",
    ),
    Column(
        key="source",
        title="source",
        width=6,
        align="left",
        priority=5,
        paint=lambda row, looks, _: Cell(t(row.source, "way") or ABSENT, looks.dim),
        value=lambda row: row.source or None,
        help="stream, or rest: which way the data comes now.",
    ),
    Column(
        key="every",
        title="every",
        width=5,
        priority=7,
        paint=lambda row, looks, _: (
            Cell(ABSENT, looks.faint)
            if row.every_s is None
            else Cell(f"{row.every_s:g}s", looks.dim)
        ),
        value=lambda row: row.every_s,
        unit="s",
        help="Time between the questions, where REST is its regular way.",
    ),
    Column(
        key="topics",
        title="topics",
        width=6,
        priority=6,
        paint=lambda row, looks, _: some_cell(row.topics, looks, looks.dim),
        value=lambda row: row.topics,
        help="Subscriptions on its socket; none where REST is the regular way.",
    ),
    Column(
        key="host",
        title="host",
        width=24,
        align="left",
        priority=8,
        paint=lambda row, looks, _: Cell(row.host, looks.dim),
        value=lambda row: row.host,
        help="Where it connects to.",
    ),
    Column(
        key="reason",
        title="reason",
        width=36,
        align="left",
        grows=True,
        paint=lambda row, looks, _: Cell(row.reason, looks.faint if row.past else looks.warn),
        value=lambda row: row.reason,
        help="Why it is not live; where it is, in grey, the last error it had.",
    ),
)
