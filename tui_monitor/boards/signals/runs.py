"""Runs of signals: a pair that stays over the threshold gives one after every cooldown."""

from collections.abc import Iterable

from tui_monitor.boards.signals import Run, Signal

RunKey = tuple[object, ...]


def key_of(signal: Signal) -> RunKey:
    """What the signals of one run have in common: coin, both legs and where it began."""
    return (
        signal.coin,
        signal.short_exchange,
        signal.short_market,
        signal.long_exchange,
        signal.long_market,
        signal.basis,
        signal.began_ms,
    )


def runs_of(signals: Iterable[Signal]) -> list[Run]:
    """The runs that these signals are of, newest first; they need not be all of a run."""
    newest: dict[RunKey, Signal] = {}
    counts: dict[RunKey, int] = {}
    observed_ms: dict[RunKey, int] = {}
    for one in signals:
        key = key_of(one)
        counts[key] = counts.get(key, 0) + 1
        observed_ms[key] = min(one.at_ms, observed_ms.get(key, one.at_ms))
        if key not in newest or one.at_ms > newest[key].at_ms:
            newest[key] = one
    return in_order(run_of(one, counts[key], observed_ms[key]) for key, one in newest.items())


def run_of(newest: Signal, signals: int, observed_ms: int) -> Run:
    """A run by its newest signal, which knows how it ended."""
    return Run(
        newest=newest,
        signals=signals,
        began_ms=newest.began_ms,
        observed_ms=observed_ms,
        ended_ms=newest.ended_ms,
        lasted_ms=newest.lasted_ms,
        ending=newest.ending,
    )


def last_runs(runs: Iterable[Run], keep: int) -> list[Run]:
    """So many at most, newest first: those that go on before any that is over."""
    found = in_order(runs)
    if len(found) <= keep:
        return found
    return in_order(sorted(found, key=lambda run: run.is_over)[:keep])


def in_order(runs: Iterable[Run]) -> list[Run]:
    """Newest first, by the first signal: a run that goes on stays where it is."""
    return sorted(runs, key=lambda run: run.observed_ms, reverse=True)
