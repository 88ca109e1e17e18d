"""Cells that the boards of spreads, signals, funding and of one coin share."""

from rich.style import Style

from tui_monitor.boards.status import EngineStatus
from tui_monitor.model import Exchange, FeedState, Market
from tui_monitor.screens.looks.format import ABSENT, count, duration, exponent, price, signed
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell
from tui_monitor.words import t, told

_TINY = 0.001
# Cells of an amount of coins, of a price, and of one in a narrow column.
_AMOUNT_ROOM = 7
_ROOM = 11
_NARROW = 9
# From here on a price with a digit after the point, and thousands apart, is too long.
_A_MILLION = 999_999.95
# Four digits of what is less round to this, and no further.
_A_THOUSAND = 999.95
_HUNDREDTH = 0.01
# Fewer digits of a price would hide the spread between two.
_ENOUGH = 4


def leg(exchange: Exchange, market: Market) -> str:
    """`binance perp`."""
    return f"{exchange} {t(market.value)}"


def pct_cell(value: float | None, looks: Looks, width: int, *, grey: bool = False) -> Cell:
    """A percentage with its sign, with two digits where they fit; in brackets where it is grey."""
    if value is None:
        return Cell(ABSENT, looks.faint)
    room = width - 2 * grey
    text = next((one for digits in (2, 1) if len(one := signed(value, digits)) <= room), None)
    text = text or signed(value, 0)
    return Cell(f"({text})", looks.faint) if grey else Cell(text, looks.signed(value))


def text_cell(text: str, looks: Looks, style: Style | None = None, *, grey: bool = False) -> Cell:
    """A word; grey where its row is."""
    return Cell(text, looks.faint if grey else style or looks.text)


def price_cell(
    value: float | None, looks: Looks, *, grey: bool = False, width: int = _ROOM
) -> Cell:
    """A price with five significant digits, or as many as the column has room for."""
    style = looks.faint if grey or value is None else looks.text
    return Cell(narrow_price(value, width), style)


def narrow_price(value: float | None, room: int = _ROOM) -> str:
    """A price in so many characters, eleven at most."""
    if value is not None and value >= _A_MILLION:
        return f"{value:,.0f}"
    return _in_room(value, min(room, _ROOM))


def compact_price(value: float | None, room: int = _NARROW) -> str:
    """A price where columns are narrow."""
    size = abs(value or 0)
    if value is None or 0.1 <= size < 100_000:
        return price(value)
    if size >= 100_000:
        return f"{value:,.0f}"
    return f"{value:.6f}" if size >= _TINY else _in_room(value, room)


def _in_room(value: float | None, room: int) -> str:
    """A price with all its digits, with those there is room for, or else with an exponent."""
    text = price(value)
    if value is None or len(text) <= room or abs(value) >= 1:
        return text
    decimals = room - 2 - (value < 0)
    is_enough = abs(value) >= 10.0 ** (_ENOUGH - 1 - decimals)
    return f"{value:.{decimals}f}" if is_enough else exponent(value, room)


def _fitted(text: str, value: float | None, room: int) -> str:
    """The text of a small amount with the digits there is room for: never an exponent.

    What would be nothing then is less than the least that can be shown.
    """
    if value is None or len(text) <= room or abs(value) >= 1:
        return text
    shorter = f"{value:.{room - 2 - (value < 0)}f}"
    return shorter if float(shorter) else f"<{10.0 ** (3 - room):.{room - 3}f}"


def money_cell(value: float | None, looks: Looks, *, grey: bool = False) -> Cell:
    """`950`, `1.23k`, `4.50M`; what is not nothing is never 0."""
    style = looks.faint if grey or value is None else looks.text
    return Cell("<1" if value is not None and 0 < value < 0.5 else count(value), style)


def amount(value: float | None) -> str:
    """An amount of coins in at most seven characters: the smaller, the fewer digits."""
    size = abs(value or 0)
    if value is None or size >= _A_THOUSAND:
        return count(value)
    if 0 < size < _TINY:
        return _fitted(price(value), value, _AMOUNT_ROOM)
    return f"{value:.{4 if size >= _HUNDREDTH else 3}g}"


def age_cell(age_ms: int | None, looks: Looks, limit_ms: float, *, grey: bool = False) -> Cell:
    """An age; beyond the limit it is marked."""
    if age_ms is None:
        return Cell(ABSENT, looks.faint)
    if age_ms > limit_ms:
        return Cell(f"{short_age(age_ms)}!", looks.warn)
    return Cell(short_age(age_ms), looks.faint if grey else looks.dim)


def short_age(age_ms: int) -> str:
    """`0.2s`, `12s`, `59m`, `3h05`: at most five characters for two days."""
    seconds = age_ms / 1000
    if 60 <= seconds < 3_600:
        return f"{int(seconds) // 60}m"
    return duration(seconds)


def hours(value: float | None) -> str:
    """`0`, `7.5`, `123`."""
    if value is None:
        return ABSENT
    return f"{value:,.0f}" if value >= 100 or value == 0 else f"{value:.1f}"


def rate(value: float | None) -> str:
    """A funding rate as it is settled: the fraction as %, four digits."""
    return ABSENT if value is None else f"{value * 100:+.4f}"


def why_nothing(status: EngineStatus | None) -> str:
    """Why there are no prices: what each exchange says that does not deliver."""
    if status is None:
        return t("waiting for the engine")
    if not status.lights:
        return t("no exchange is watched; [exchanges] in the settings")
    words = [
        f"{one.exchange} {told(one.text) or t(one.state.value, 'feed')}"
        for one in status.lights
        if one.state not in (FeedState.LIVE, FeedState.OFF)
    ]
    return t("waiting for prices") + (f": {', '.join(words)}" if words else "")


def countdown(at_ms: int | None, now_ms: int) -> str:
    """How long until then, in whole minutes: `1h16`, `16m`, `<1m`, `due`."""
    if at_ms is None:
        return ABSENT
    minutes = (at_ms - now_ms) // 60_000
    if minutes < 1:
        return t("due") if at_ms <= now_ms else "<1m"
    return f"{minutes}m" if minutes < 60 else duration(minutes * 60)


def percent(value: float | None) -> float | None:
    """A fraction as it is shown."""
    return None if value is None else value * 100


def fraction_cell(value: float | None, looks: Looks, digits: int, *, grey: bool = False) -> Cell:
    """A fraction as a percentage with its sign."""
    if value is None:
        return Cell(ABSENT, looks.faint)
    shown = value * 100
    return Cell(signed(shown, digits), looks.faint if grey else looks.signed(shown))


def fraction(
    value: float | None, looks: Looks, width: int, digits: int, *, grey: bool = False
) -> Cell:
    """A fraction as a percentage with as many digits as fit, in brackets where it is grey."""
    room = width - 2 * grey
    found = (fraction_cell(value, looks, count) for count in range(digits, -1, -1))
    cell = next((one for one in found if len(one.text) <= room), None)
    cell = cell or fraction_cell(value, looks, 0)
    return Cell(f"({cell.text})", looks.faint) if grey and value is not None else cell
