"""The signals board's rows and columns: the newest with their samples, then all that are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len

from tui_monitor.boards.signals import Basis, Ending, Run, Sample, Signal, SignalsBoard
from tui_monitor.screens.boards.spreads.cells import leg, narrow_price, price_cell, short_age
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import ABSENT, ShownZone, fit, signed
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.screens.widgets.line import Piece, cut, fitting
from tui_monitor.words import counted, t, told

NEWEST = 5
# Samples of a signal that have a column each, and a line each below.
SAMPLES = 3
GOES_ON = "goes on"
# From this width on the lines below say everything in full; and of the name there.
_WIDE = 100
# From this width on both tables have room for whole endings.
_WHOLE_ENDINGS = 154
_NAME = 12
_ENDINGS = (
    "under the threshold, the direction turned, a leg is old, in quarantine or without a price"
)


# Where the whole text has no room.
_IN_SHORT = {
    Ending.NARROWED: "narrowed",
    Ending.TURNED: "turned",
    Ending.STALE: "old leg",
    Ending.QUARANTINED: "quarant.",
    Ending.UNKNOWN_PRICE: "no price",
    Ending.GAP: "gap",
    Ending.LOST: "not seen",
}


@dataclass(frozen=True)
class SignalRow:
    """A signal, or a run by its newest; `lasted_ms` counts on while it goes on.

    `at_ms` is when it was observed, of a run its first of `signals`; `time` is the text of that.
    """

    signal: Signal
    time: str
    lasted_ms: int | None
    at_ms: int
    signals: int = 1

    @property
    def key(self) -> str:
        """What identifies it, also when a run has one more."""
        one = self.signal
        return f"{self.at_ms} {one.coin} {short_at(one)} {long_at(one)}"

    @property
    def goes_on(self) -> bool:
        """Whether the spread is over the threshold still."""
        return self.signal.ended_ms is None and self.signal.ending is None


def short_at(signal: Signal) -> str:
    """Exchange and market of the leg that is sold."""
    return leg(signal.short_exchange, signal.short_market)


def long_at(signal: Signal) -> str:
    """Exchange and market of the leg that is bought."""
    return leg(signal.long_exchange, signal.long_market)


def signal_rows(signals: Sequence[Signal], now_ms: int, zone: ShownZone) -> list[SignalRow]:
    """The signals in their order; how long is in whole seconds while they go on."""
    return [
        SignalRow(one, _when(one.at_ms, now_ms, zone), _lasted_ms(one, now_ms), one.at_ms)
        for one in signals
    ]


def run_rows(runs: Sequence[Run], now_ms: int, zone: ShownZone) -> list[SignalRow]:
    """The runs in their order, each by its newest signal."""
    return [
        SignalRow(
            run.newest,
            _when(run.observed_ms, now_ms, zone),
            _lasted_ms(run.newest, now_ms),
            run.observed_ms,
            run.signals,
        )
        for run in runs
    ]


def _lasted_ms(signal: Signal, now_ms: int) -> int | None:
    if signal.ended_ms is not None or signal.ending is not None:
        return signal.lasted_ms
    return max(0, now_ms - signal.began_ms) // 1000 * 1000


def _when(ms: int, now_ms: int, zone: ShownZone) -> str:
    near = zone.moment(ms).date() == zone.moment(now_ms).date()
    return zone.format(ms, "%H:%M:%S" if near else "%m-%d")


def headline(board: SignalsBoard, looks: Looks, width: int) -> list[Piece]:
    """The rule, and what goes on now."""
    prices = t("bid and ask" if board.basis is Basis.EXECUTABLE else "last prices")
    samples = counted(
        board.samples,
        "{n} sample",
        "{n} samples {every} s apart",
        every=f"{board.every_s:g}",
    )
    kept = t("{n} of {all}", n=len(board.runs), all=board.keep)
    groups: list[list[Piece]] = [
        [("≥ ", looks.faint), (f"{board.threshold_pct:g} %", looks.title)],
        [(samples, looks.text)],
        [(f"{t('cooldown')} ", looks.faint), (f"{board.cooldown_s:g} s", looks.text)],
        [(f"{t('over it now')} ", looks.faint), (str(board.open_runs), looks.accent)],
        [(f"{t(board.pairs)}, {prices}", looks.dim)],
        [(f"{t('last sample')} ", looks.faint), _sampled(board, looks)],
        [(f"{t('kept')} ", looks.faint), (kept, looks.dim)],
    ]
    if not board.live:
        stored = t("stored: {why}", why=told(board.reason))
        groups.insert(0, [(cut(stored, width // 2), looks.warn)])
    return fitting(groups, "   ", width)


def _sampled(board: SignalsBoard, looks: Looks) -> Piece:
    if board.last_sample_ms is None:
        return t("none yet"), looks.warn
    age_ms = max(0, board.now_ms - board.last_sample_ms)
    late = age_ms > 2_000 * board.every_s
    return t("{age} ago", age=short_age(age_ms)), looks.warn if late else looks.dim


def why_empty(board: SignalsBoard) -> str:
    """Why there is no signal."""
    if not board.live:
        return f"{t('none is stored')}; {told(board.reason)}"
    if board.last_sample_ms is None:
        return t("none: no sample has been taken yet")
    none = counted(
        board.samples,
        "none: no pair was at {limit} % in a sample",
        "none: no pair was at {limit} % for {n} samples",
        limit=f"{board.threshold_pct:g}",
    )
    near = counted(board.open_runs, "one pair is over it now", "{n} pairs are over it now")
    return f"{none}, {near}" if board.open_runs else none


def what_comes(board: SignalsBoard) -> str:
    """What the larger table is for, while the one above says why there is none."""
    return t(
        "the newest {n} runs will stand here; {key} has the spreads of now",
        n=board.keep,
        key=key("spreads"),
    )


def detail(row: SignalRow | None, zone: ShownZone, looks: Looks, width: int) -> list[list[Piece]]:
    """The samples of one signal, a line each."""
    if row is None:
        return []
    found = row.signal.samples[-SAMPLES:]
    lines = []
    for index, sample in enumerate(found):
        wide = width >= _WIDE
        groups = _sample_groups(sample, row.signal, zone, looks, wide=wide)
        place = f"{index + 1}/{len(found)}"
        name = fit(f"{row.signal.coin} {place}", _NAME) if wide else place
        lines.append(fitting([[(name, looks.faint)], *groups], "  ", width))
    return lines


def _sample_groups(
    sample: Sample, signal: Signal, zone: ShownZone, looks: Looks, *, wide: bool
) -> list[list[Piece]]:
    when = zone.format(sample.at_ms, "%m-%d %H:%M:%S" if wide else "%H:%M:%S")
    return [
        [(when, looks.dim)],
        [(f"{signed(sample.spread_pct, 3):>7}{' %' * wide}", looks.signed(sample.spread_pct))],
        _sampled_leg(
            t("short" if wide else "s.", "leg"), short_at(signal), sample.price_short, looks
        ),
        _sampled_leg(t("long" if wide else "l.", "leg"), long_at(signal), sample.price_long, looks),
    ]


def _sampled_leg(side: str, where: str, value: float, looks: Looks) -> list[Piece]:
    return [(f"{side} {where} ", looks.faint), (f"{narrow_price(value):>10}", looks.text)]


def _spread(row: SignalRow, looks: Looks, width: int) -> Cell:
    value = row.signal.spread_pct
    text = signed(value, 3)
    return Cell(text if len(text) <= width else signed(value, 2), looks.signed(value))


def _lasted(row: SignalRow, looks: Looks) -> Cell:
    if row.lasted_ms is None:
        return Cell(ABSENT, looks.faint)
    text = short_age(row.lasted_ms)
    return Cell(f"{text}+", looks.accent) if row.goes_on else Cell(text, looks.text)


def _ending(row: SignalRow, looks: Looks, width: int) -> Cell:
    if row.goes_on:
        return Cell(t(GOES_ON), looks.accent)
    ending = row.signal.ending
    if ending is None:
        return Cell(t("not seen"), looks.dim)
    whole = max(cell_len(t(one.value)) for one in Ending) <= width
    return Cell(t(ending.value) if whole else t(_IN_SHORT[ending], "ending"), looks.dim)


def _ending_in_short(row: SignalRow, looks: Looks, _: int) -> Cell:
    return _ending(row, looks, 0)


def _sample_column(place: int, newest: bool) -> Column[SignalRow]:
    """A sample, counted from the last one."""

    def spread(row: SignalRow) -> float | None:
        samples = row.signal.samples
        at = len(samples) - SAMPLES + place
        return samples[at].spread_pct if at >= 0 else None

    return Column(
        key=f"sample{place + 1}",
        title=f"{place + 1}. %",
        width=6,
        priority=4 if newest else 7,
        pair="samples",
        paint=lambda row, looks, _: Cell(signed(spread(row)), looks.signed(spread(row))),
        value=spread,
        unit="%",
        help=f"Sample {place + 1} of the last {SAMPLES} that made it a signal.",
        searched=False,
    )


def _price_column(key: str, title: str, text: str) -> Column[SignalRow]:
    def value(row: SignalRow) -> float:
        return row.signal.price_short if key == "price_short" else row.signal.price_long

    return Column(
        key=key,
        title=title,
        width=11,
        priority=4,
        pair="prices",
        paint=lambda row, looks, width: price_cell(value(row), looks, width=width),
        value=value,
        unit="USDT a coin",
        help=text,
        searched=False,
    )


_TIME: Column[SignalRow] = Column(
    key="time",
    title="time",
    width=8,
    align="left",
    paint=lambda row, looks, _: Cell(row.time, looks.accent if row.goes_on else looks.dim),
    value=lambda row: float(row.at_ms),
    help="The sample that made it a signal, of several the first; the day where it is another one.",
    searched=False,
)
_COIN: Column[SignalRow] = Column(
    key="coin",
    title="coin",
    width=8,
    align="left",
    paint=lambda row, looks, _: Cell(row.signal.coin, looks.bright),
    value=lambda row: row.signal.coin,
    help="The coin.",
)
_SHORT: Column[SignalRow] = Column(
    key="short",
    title="short at",
    width=12,
    align="left",
    paint=lambda row, looks, _: Cell(short_at(row.signal), looks.text),
    value=lambda row: short_at(row.signal),
    help="Exchange and market of the short leg: the dear one, which is sold.",
)
_LONG: Column[SignalRow] = Column(
    key="long",
    title="long at",
    width=12,
    align="left",
    paint=lambda row, looks, _: Cell(long_at(row.signal), looks.text),
    value=lambda row: long_at(row.signal),
    help="Exchange and market of the long leg: the cheap one, which is bought.",
)
_LASTED: Column[SignalRow] = Column(
    key="lasted",
    title="lasted",
    width=6,
    priority=1,
    paint=lambda row, looks, _: _lasted(row, looks),
    value=lambda row: None if row.lasted_ms is None else row.lasted_ms / 1000,
    unit="s",
    help="From the first sample over the threshold to the first under it; + : it goes on.",
    searched=False,
)
_SIGNALS: Column[SignalRow] = Column(
    key="signals",
    title="sig.",
    word="signals",
    width=4,
    priority=3,
    paint=lambda row, looks, _: Cell(
        f"×{row.signals}", looks.text if row.signals > 1 else looks.dim
    ),
    value=lambda row: row.signals,
    help="How many signals without an ending in between: one after every cooldown.",
    searched=False,
)
_SPREAD: Column[SignalRow] = Column(
    key="spread",
    title="spr. %",
    word="spread",
    width=6,
    paint=_spread,
    value=lambda row: row.signal.spread_pct,
    unit="%",
    help="(price short − price long) / price long × 100 of the last sample.",
    searched=False,
)
_ENDING: Column[SignalRow] = Column(
    key="ending",
    title="ended by",
    width=8,
    align="left",
    priority=2,
    grows=True,
    paint=_ending,
    value=lambda row: GOES_ON if row.goes_on else str(row.signal.ending or "not seen"),
    help=f"Why it is no longer over the threshold: {_ENDINGS}.",
)
_OVER: Column[SignalRow] = Column(
    key="threshold",
    title="min %",
    width=6,
    priority=5,
    paint=lambda row, looks, _: Cell(f"{row.signal.threshold_pct:g}", looks.dim),
    value=lambda row: row.signal.threshold_pct,
    unit="%",
    help="The threshold of its time.",
    searched=False,
)

NEWEST_COLUMNS: tuple[Column[SignalRow], ...] = (
    _TIME,
    _COIN,
    _SHORT,
    _LONG,
    *(_sample_column(place, newest=True) for place in range(SAMPLES)),
    _SIGNALS,
    _LASTED,
    _ENDING,
)
SIGNAL_COLUMNS: tuple[Column[SignalRow], ...] = (
    _TIME,
    _COIN,
    _SHORT,
    _price_column("price_short", "price s.", "Of the short leg, sold: its bid, or its last price."),
    _LONG,
    _price_column("price_long", "price l.", "Of the long leg, bought: its ask, or its last price."),
    _SPREAD,
    _LASTED,
    *(_sample_column(place, newest=False) for place in range(SAMPLES)),
    _OVER,
    _ENDING,
)
RUN_COLUMNS: tuple[Column[SignalRow], ...] = tuple(
    column for one in SIGNAL_COLUMNS for column in ((_SIGNALS, one) if one is _LASTED else (one,))
)


def in_one_word(columns: Sequence[Column[SignalRow]], width: int) -> list[Column[SignalRow]]:
    """The same columns; an ending is in short where not both tables of a board have more room."""
    if width >= _WHOLE_ENDINGS:
        return list(columns)
    return [replace(one, paint=_ending_in_short) if one is _ENDING else one for one in columns]
