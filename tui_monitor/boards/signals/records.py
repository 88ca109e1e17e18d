"""Signals as they are kept, and back."""

from tui_monitor.boards.signals import Basis, Ending, Sample, Signal
from tui_monitor.model import SignalRecord, SignalSample


def record_of(signal: Signal) -> SignalRecord:
    """A signal to be kept."""
    return SignalRecord(
        coin=signal.coin,
        basis=signal.basis.value,
        buy_exchange=signal.long_exchange,
        buy_market=signal.long_market,
        sell_exchange=signal.short_exchange,
        sell_market=signal.short_market,
        first_ms=signal.began_ms,
        observed_ms=signal.at_ms,
        threshold_pct=signal.threshold_pct,
        samples=tuple(
            SignalSample(one.at_ms, one.price_long, one.price_short, one.spread_pct)
            for one in signal.samples
        ),
        ended_ms=signal.ended_ms,
        ending=signal.ending.value if signal.ending else None,
    )


def signal_of(record: SignalRecord) -> Signal:
    """A kept signal; a record has one sample at least."""
    samples = [
        Sample(one.at_ms, one.buy_price, one.sell_price, one.spread_pct) for one in record.samples
    ]
    newest = samples[-1]
    return Signal(
        coin=record.coin,
        short_exchange=record.sell_exchange,
        short_market=record.sell_market,
        long_exchange=record.buy_exchange,
        long_market=record.buy_market,
        price_short=newest.price_short,
        price_long=newest.price_long,
        spread_pct=newest.spread_pct,
        basis=Basis(record.basis),
        threshold_pct=record.threshold_pct,
        at_ms=record.observed_ms,
        began_ms=record.first_ms,
        samples=samples,
        ended_ms=record.ended_ms,
        lasted_ms=None if record.ended_ms is None else record.ended_ms - record.first_ms,
        ending=None if record.ending is None else Ending(record.ending),
    )
