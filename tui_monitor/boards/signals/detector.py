"""Finds signals: spreads over the threshold in several samples in a row.

A run belongs to one coin and one direction between two legs. A sample that is under the
threshold, turned the other way, or without a fresh price on both legs ends it; so does a gap.
"""

from collections import deque
from collections.abc import Sequence
from decimal import Decimal, localcontext
from itertools import islice
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from tui_monitor.boards.legs import SLOTS, Now
from tui_monitor.boards.legs.table import Bools, Column, Floats, LegTable
from tui_monitor.boards.signals import Basis, Ending, Run, Sample, Signal, SignalsBoard
from tui_monitor.boards.signals.runs import last_runs, run_of, runs_of
from tui_monitor.boards.spreads import Kind
from tui_monitor.boards.spreads.best import pairs_of
from tui_monitor.config import Signals

# Floats are this near to the threshold only if they may be on it; then decimals decide.
_NEAR_PCT = 1e-6
# Enough for any product of two 15-digit prices and a threshold.
_EXACT = 60
# A sample sooner than this share of the regular time after the one before does not count.
_TOO_SOON = 0.75

_Key = tuple[int, int]


class Sampled(NamedTuple):
    """What one sample brought: new signals, and signals whose run is over."""

    new: list[Signal]
    ended: list[Signal]


class _Open(Struct):
    """A direction of a pair that has been over the threshold since `began_ms`.

    A run may last for days and gives a signal after every cooldown: only the newest are held,
    but all are `found`; the first was `observed_ms`.
    """

    began_ms: int
    samples: deque[Sample]
    signals: deque[Signal]
    found: int = 0
    observed_ms: int = 0


class _Prices(NamedTuple):
    """What each leg could be bought and sold for; NaN where it doesn't count. (coins, slots)"""

    long: Floats
    short: Floats
    is_stale: Bools
    at_ms: int


class SignalDetector:
    """Call `sample` every `every_s`. A pair is a pair of slots in one direction."""

    def __init__(self, settings: Signals, max_age_s: float) -> None:
        self.settings = settings
        self.basis = Basis(settings.basis)
        self._kind = Kind(settings.pairs) if self.basis is Basis.EXECUTABLE else Kind.PERP_PERP
        self._pairs = pairs_of(self._kind)
        self._threshold = Decimal(str(settings.threshold_pct))
        self._max_age_s = max_age_s
        self._runs: dict[_Key, _Open] = {}
        self._last_signal_s: dict[_Key, float] = {}
        self._kept: deque[Signal] = deque(maxlen=settings.keep)
        self._ended_runs: deque[Run] = deque(maxlen=settings.keep)
        self._sampled: Now | None = None

    def apply(self, settings: Signals, max_age_s: float) -> None:
        """Other thresholds for the samples to come; basis, pairs, pace and `keep` stay."""
        self.settings = settings
        self._threshold = Decimal(str(settings.threshold_pct))
        self._max_age_s = max_age_s
        for run in self._runs.values():
            run.samples = deque(run.samples, maxlen=settings.samples)

    @property
    def kept(self) -> list[Signal]:
        """The newest signals, newest first."""
        return list(self._kept)

    @property
    def runs(self) -> list[Run]:
        """The last runs that gave a signal, newest first."""
        going = [
            run_of(run.signals[-1], run.found, run.observed_ms)
            for run in self._runs.values()
            if run.signals
        ]
        return last_runs([*self._ended_runs, *going], self.settings.keep)

    def remember(self, signals: Sequence[Signal]) -> None:
        """Put stored signals, newest first, behind those that were found since; their runs too."""
        room = self.settings.keep - len(self._kept)
        self._kept.extend(islice(signals, room))
        self._ended_runs.extend(runs_of(signals)[: self.settings.keep - len(self._ended_runs)])

    def sample(self, table: LegTable, barred: Bools, now: Now) -> Sampled:
        """Look at every pair. A call that comes too soon after the one before is no sample."""
        ended: list[Signal] = []
        if self._sampled is not None:
            gap_s = now.s - self._sampled.s
            if gap_s < self.settings.every_s * _TOO_SOON:
                return Sampled([], [])
            if gap_s >= self.settings.gap_s:
                for key in list(self._runs):
                    ended += self._end(key, self._sampled.ms, Ending.GAP)
        self._sampled = now
        prices = self._prices(table, barred, now)
        over = self._over(prices)
        for key in self._runs.keys() - over.keys():
            ended += self._end(key, now.ms, self._why_ended(key, table, barred, prices))
        new = [self._extend(key, one, table, now) for key, one in over.items()]
        self._note(ended)
        found = [signal for signal in new if signal is not None]
        self._kept.extendleft(found)
        self._forget_cooled(now.s)
        return Sampled(found, ended)

    def abandoned(self) -> list[Signal]:
        """The signals whose runs go on, for when nobody will look any more."""
        signals = (signal for run in self._runs.values() for signal in run.signals)
        return [replace(one, ending=Ending.LOST) for one in signals]

    def board(self, now_ms: int) -> SignalsBoard:
        """The panel."""
        settings = self.settings
        return SignalsBoard(
            board="signals",
            now_ms=now_ms,
            basis=self.basis,
            pairs=self._kind,
            threshold_pct=settings.threshold_pct,
            samples=settings.samples,
            every_s=settings.every_s,
            cooldown_s=settings.cooldown_s,
            keep=settings.keep,
            open_runs=len(self._runs),
            last_sample_ms=self._sampled.ms if self._sampled else None,
            signals=self.kept,
            runs=self.runs,
        )

    def _prices(self, table: LegTable, barred: Bools, now: Now) -> _Prices:
        if self.basis is Basis.LAST:
            age_s = table.last_age_s(now.s)
            long = short = table.column(Column.LAST)
        else:
            age_s = table.book_age_s(now.s)
            long, short = table.column(Column.ASK), table.column(Column.BID)
        fresh = (age_s <= self._max_age_s) & ~barred
        return _Prices(
            np.where(fresh & (long > 0), long, np.nan),
            np.where(fresh & (short > 0), short, np.nan),
            age_s > self._max_age_s,
            now.ms,
        )

    def _over(self, prices: _Prices) -> dict[_Key, Sample]:
        """Each pair at or over the threshold, exactly."""
        long, short = prices.long[:, self._pairs.buy], prices.short[:, self._pairs.sell]
        near = (short - long) / long * 100 >= self.settings.threshold_pct - _NEAR_PCT
        found: dict[_Key, Sample] = {}
        for coin, pair in np.argwhere(near).tolist():
            sample = _sample(prices.at_ms, float(long[coin, pair]), float(short[coin, pair]))
            if is_over(sample, self._threshold):
                found[coin, pair] = sample
        return found

    def _extend(self, key: _Key, one: Sample, table: LegTable, now: Now) -> Signal | None:
        run = self._runs.get(key)
        if run is None:
            run = self._runs[key] = _Open(
                one.at_ms, deque(maxlen=self.settings.samples), deque(maxlen=self.settings.keep)
            )
        run.samples.append(one)
        if len(run.samples) < self.settings.samples:
            return None
        last_s = self._last_signal_s.get(key)
        if last_s is not None and now.s - last_s < self.settings.cooldown_s:
            return None
        self._last_signal_s[key] = now.s
        signal = self._signal(key, run, table)
        run.signals.append(signal)
        if not run.found:
            run.observed_ms = signal.at_ms
        run.found += 1
        return signal

    def _signal(self, key: _Key, run: _Open, table: LegTable) -> Signal:
        coin, pair = key
        long_exchange, long_market = SLOTS[self._pairs.buy[pair]]
        short_exchange, short_market = SLOTS[self._pairs.sell[pair]]
        newest = run.samples[-1]
        return Signal(
            coin=table.coins[coin],
            short_exchange=short_exchange,
            short_market=short_market,
            long_exchange=long_exchange,
            long_market=long_market,
            price_short=newest.price_short,
            price_long=newest.price_long,
            spread_pct=newest.spread_pct,
            basis=self.basis,
            threshold_pct=self.settings.threshold_pct,
            at_ms=newest.at_ms,
            began_ms=run.began_ms,
            samples=list(run.samples),
        )

    def _end(self, key: _Key, at_ms: int, ending: Ending) -> list[Signal]:
        run = self._runs.pop(key)
        lasted_ms = at_ms - run.began_ms
        ended = [
            replace(one, ended_ms=at_ms, lasted_ms=lasted_ms, ending=ending) for one in run.signals
        ]
        if ended:
            self._ended_runs.appendleft(run_of(ended[-1], run.found, run.observed_ms))
        return ended

    def _why_ended(self, key: _Key, table: LegTable, barred: Bools, prices: _Prices) -> Ending:
        coin, pair = key
        buy, sell = int(self._pairs.buy[pair]), int(self._pairs.sell[pair])
        if any(table.row(coin, slot) is None for slot in (buy, sell)):
            return Ending.UNKNOWN_PRICE
        if barred[coin, [buy, sell]].any():
            return Ending.QUARANTINED
        if prices.is_stale[coin, [buy, sell]].any():
            return Ending.STALE
        if np.isnan(prices.long[coin, buy]) or np.isnan(prices.short[coin, sell]):
            return Ending.UNKNOWN_PRICE
        is_turned = prices.short[coin, buy] > prices.long[coin, sell]
        return Ending.TURNED if is_turned else Ending.NARROWED

    def _note(self, ended: list[Signal]) -> None:
        """Let the kept signals know that their runs are over."""
        over = {_name(signal): signal for signal in ended}
        if over:
            kept = [over.get(_name(signal), signal) for signal in self._kept]
            self._kept = deque(kept, maxlen=self.settings.keep)

    def _forget_cooled(self, now_s: float) -> None:
        cooldown_s = self.settings.cooldown_s
        for key in [key for key, s in self._last_signal_s.items() if now_s - s >= cooldown_s]:
            del self._last_signal_s[key]


def is_over(sample: Sample, threshold_pct: Decimal) -> bool:
    """Whether a sample reaches the threshold, in decimals: 100 → 100.6 is exactly 0.6."""
    with localcontext(prec=_EXACT):
        long, short = _decimal(sample.price_long), _decimal(sample.price_short)
        return (short - long) * 100 >= threshold_pct * long


def _sample(at_ms: int, long: float, short: float) -> Sample:
    with localcontext(prec=_EXACT):
        buy, sell = _decimal(long), _decimal(short)
        return Sample(at_ms, long, short, float((sell - buy) * 100 / buy))


def _decimal(price: float) -> Decimal:
    # 15 digits are what every float keeps: the division by a multiplier leaves dust after them.
    return Decimal(f"{price:.15g}")


def _name(signal: Signal) -> tuple[object, ...]:
    return (
        signal.coin,
        signal.short_exchange,
        signal.short_market,
        signal.long_exchange,
        signal.long_market,
        signal.at_ms,
    )
