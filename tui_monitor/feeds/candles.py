"""A bar as any exchange writes it, in our units."""

from collections.abc import Sequence

from tui_monitor.errors import Malformed
from tui_monitor.feeds.numbers import Loose, per_coin, price, scaled
from tui_monitor.feeds.reading import shown
from tui_monitor.model import Candle, Instrument


def candle_of(
    instrument: Instrument,
    bar: str,
    open_ms: int | None,
    prices: Sequence[Loose],
    *,
    volume: float | None,
    turnover_usd: float | None,
    closed: bool | None = None,
) -> Candle:
    """`prices` are open, high, low and close, `volume` is in quoted units.

    Raises Malformed where a price or the time is none.
    """
    found = [price(value) for value in prices]
    if open_ms is None or None in found:
        raise Malformed(f"candle {shown([open_ms, *prices])}")
    unit = instrument.multiplier
    at_open, high, low, close = (per_coin(value, unit) for value in found if value is not None)
    return Candle(
        instrument=instrument,
        bar=bar,
        open_ms=open_ms,
        open=at_open,
        high=high,
        low=low,
        close=close,
        volume_coins=scaled(volume, unit),
        turnover_usd=turnover_usd,
        closed=closed,
    )
