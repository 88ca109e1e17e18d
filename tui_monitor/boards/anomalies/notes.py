"""In a few words: why an instrument's bar is not judged, or not in full."""

import numpy as np

from tui_monitor.boards.anomalies import State
from tui_monitor.boards.anomalies.detect import STATES, Detected
from tui_monitor.printable import printable


def note_of(detected: Detected, place: int, no_data: str = "") -> str:
    """ "" for a bar that is judged in full. `no_data` is why there are no bars, if known."""
    bars, found = detected.bars, detected.measures
    match STATES[detected.states[place]]:
        case State.NO_DATA:
            return printable(no_data) or f"none of the last {len(bars.open_ms)} bars"
        case State.NO_BAR:
            newest = int(np.flatnonzero(~np.isnan(bars.close[place]))[-1])
            older = len(bars.open_ms) - 1 - newest
            yet = "" if detected.elapsed is None else " yet"
            return f"no bar{yet}; the newest is {older} bar{'s' * (older > 1)} older"
        case State.INSUFFICIENT:
            return f"insufficient n={found.n[place]}"
        case State.GAP:
            return "the bar before it is missing"
        case State.SMALL_MOVE:
            moved_pct = abs(found.returns[place]) * 100
            least_pct = detected.rules.thresholds.min_return * 100
            return f"moved {moved_pct:.3g} %, less than {least_pct:.3g} %"
        case _:
            return _unknown(detected, place)


def _unknown(detected: Detected, place: int) -> str:
    """What a judged bar lacks; its price is there."""
    volume = detected.measures.volume
    if not np.isnan(volume.z[place]):
        return ""
    if not np.isnan(volume.value[place]):
        n = volume.n[place]
        return (
            "turnover of one earlier bar only" if n == 1 else f"turnover of {n} earlier bars only"
        )
    return "turnover not known" if detected.elapsed is None else "turnover not known yet"
