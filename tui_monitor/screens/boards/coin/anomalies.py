"""The coin page's stored anomalies: columns, and the text behind one."""

from tui_monitor.boards.coin_parts import CoinAnomaly
from tui_monitor.clock import DAY_MS
from tui_monitor.screens.boards.anomalies.columns import bar_state, reasons_text, z_text
from tui_monitor.screens.boards.spreads.cells import pct_cell
from tui_monitor.screens.looks.format import ABSENT, ShownZone, count, price, signed
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import t, told


def key_of(one: CoinAnomaly) -> str:
    """What identifies it: a bar of a perpetual is judged again and again."""
    return f"{one.row.exchange} {one.row.symbol} {one.bar} {one.row.open_ms}"


def _z(key: str, title: str, of: str, priority: int) -> Column[CoinAnomaly]:
    def value(one: CoinAnomaly) -> float | None:
        found: float | None = getattr(one.row, key)
        return found

    def paint(one: CoinAnomaly, looks: Looks, _: int) -> Cell:
        found = value(one)
        return Cell(ABSENT, looks.faint) if found is None else Cell(z_text(found), looks.text)

    return Column(
        key=key,
        title=title,
        width=6,
        priority=priority,
        pair="z",
        paint=paint,
        value=value,
        help=f"How many deviations {of} is above the mean of the bars before.",
    )


def _reasons(one: CoinAnomaly, looks: Looks, width: int) -> Cell:
    return Cell(reasons_text(one.row, width), looks.warn)


def anomaly_columns(zone: ShownZone) -> tuple[Column[CoinAnomaly], ...]:
    """Times are in a zone."""
    return (
        Column(
            key="time",
            title="bar of",
            width=11,
            align="left",
            paint=lambda one, looks, _: Cell(
                zone.format(one.row.open_ms, "%m-%d %H:%M"), looks.dim
            ),
            value=lambda one: float(one.row.open_ms),
            help="When the bar began.",
        ),
        Column(
            key="bar",
            title="bar",
            width=3,
            align="left",
            paint=lambda one, looks, _: Cell(one.bar, looks.text),
            value=lambda one: float(one.row.close_ms - one.row.open_ms),
            help="How long it is.",
        ),
        Column(
            key="score",
            title="score",
            width=6,
            paint=lambda one, looks, _: Cell(
                ABSENT if one.row.score is None else z_text(one.row.score), looks.bright
            ),
            value=lambda one: one.row.score,
            help="0.4 × price + 0.3 × volume + 0.3 × volatility; Enter shows how it came to be.",
        ),
        Column(
            key="return",
            title="ret %",
            width=7,
            unit="%",
            paint=lambda one, looks, width: pct_cell(one.row.return_pct, looks, width),
            value=lambda one: one.row.return_pct,
            help="The bar's return.",
        ),
        Column(
            key="reasons",
            title="reasons",
            width=13,
            align="left",
            paint=_reasons,
            value=lambda one: reasons_text(one.row),
            help="Which measures were at their limits or above.",
        ),
        Column(
            key="exchange",
            title="exchange",
            width=8,
            align="left",
            priority=1,
            paint=lambda one, looks, _: Cell(one.row.exchange, looks.text),
            value=lambda one: str(one.row.exchange),
            help="Whose perpetual it is.",
        ),
        _z("price_z", "p z", "the size of the return", 3),
        _z("volume_z", "vol z", "the turnover", 3),
        _z("volatility_z", "rng z", "the range", 3),
        Column(
            key="state",
            title="state",
            width=7,
            align="left",
            priority=2,
            paint=lambda one, looks, _: Cell(bar_state(one.row), looks.dim),
            value=lambda one: bar_state(one.row),
            help="Whether the bar was over when it was judged last.",
        ),
        Column(
            key="why",
            title="why",
            width=20,
            align="left",
            priority=4,
            grows=True,
            paint=lambda one, looks, _: Cell(told(one.why), looks.dim),
            value=lambda one: one.why,
            help="The measures against their limits.",
        ),
    )


def anomaly_text(one: CoinAnomaly, zone: ShownZone, now_ms: int) -> list[str]:
    """All of one, in lines."""
    row = one.row
    pattern = "%H:%M" if now_ms - row.open_ms < DAY_MS else "%m-%d %H:%M"
    first, last = (zone.format(ms, pattern) for ms in (row.open_ms, row.close_ms))
    return [
        told(one.why),
        t(
            "{exchange} {symbol}, {bar} bar {first}–{last}, {state}, judged {time}",
            exchange=row.exchange,
            symbol=row.symbol,
            bar=one.bar,
            first=first,
            last=last,
            state=bar_state(row),
            time=zone.when(one.judged_ms, now_ms),
        ),
        t(
            "return {change} %, close {close}, turnover {turnover} USD, range {range} %, n={n}",
            change=signed(row.return_pct),
            close=price(row.close),
            turnover=count(row.turnover_usd),
            range=signed(row.range_pct),
            n=row.n,
        ),
        t(
            "score {score} = of price {price}, volume {volume}, volatility {volatility} before "
            "weights",
            score=_number(row.score),
            price=_number(row.price_score),
            volume=_number(row.volume_score),
            volatility=_number(row.volatility_score),
        ),
        t(
            "z: price {price}, volume {volume}, volatility {volatility}; percentile {percentile}",
            price=_number(row.price_z),
            volume=_number(row.volume_z),
            volatility=_number(row.volatility_z),
            percentile=_number(row.price_percentile),
        ),
    ]


def _number(value: float | None) -> str:
    return ABSENT if value is None else z_text(value)
