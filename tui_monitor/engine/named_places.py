"""Entries of the settings that name no listed instrument: said once each, when lists are known."""

import difflib
from collections.abc import Iterable, Sequence

from tui_monitor.config import Spreads
from tui_monitor.model import Instrument
from tui_monitor.model.place import Place, alias_of, place_of
from tui_monitor.printable import printable

# A list may arrive in parts, so what is missing must be missing in two looks.
LOOK_EVERY_S = 10.0
_ECHOED = 80


class NamedPlaces:
    """What `spreads.same`, `not_same` and `aliases` name, until it has been seen or missed."""

    def __init__(self, settings: Spreads) -> None:
        self._open: dict[str, Place] = {
            **{f"spreads.same: {text}": place_of(text) for text in settings.same},
            **{f"spreads.not_same: {text}": place_of(text) for text in settings.not_same},
            **{f"spreads.aliases: {text}": alias_of(text).place for text in settings.aliases},
        }
        self._missing: set[str] = set()
        self._next_s: float | None = None

    def is_due(self, now_s: float) -> bool:
        """Whether it is time to look."""
        if self._next_s is None:
            self._next_s = now_s + LOOK_EVERY_S
        return bool(self._open) and now_s >= self._next_s

    def look(self, listed: Iterable[Instrument], now_s: float) -> list[str]:
        """What to warn of. A place whose exchange and market list nothing yet is waited for."""
        self._next_s = now_s + LOOK_EVERY_S
        instruments = list(listed)
        missing: set[str] = set()
        for entry, place in list(self._open.items()):
            there = [one for one in instruments if _is_of(place, one)]
            if any(place.has(one) for one in there):
                del self._open[entry]
            elif there:
                missing.add(entry)
        found = sorted(missing & self._missing)
        self._missing = missing
        return [_warning(entry, self._open.pop(entry), instruments) for entry in found]


def _is_of(place: Place, one: Instrument) -> bool:
    return one.exchange is place.exchange and place.market in (None, one.market)


def _warning(entry: str, place: Place, instruments: Sequence[Instrument]) -> str:
    there = [one for one in instruments if _is_of(place, one)]
    names = sorted({one.coin if place.market is None else one.symbol for one in there})
    near = difflib.get_close_matches(place.name, names, n=1, cutoff=0.5)
    where = f"{place.exchange} {place.market or ''}".strip()
    text = f"{printable(entry, _ECHOED)} names nothing that {where} lists"
    return f"{text}; the nearest is {printable(near[0], _ECHOED)}" if near else text
