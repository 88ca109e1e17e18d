"""Since when legs were in quarantine before the start: a start ends no stay."""

from collections.abc import Iterable, Mapping

import msgspec

from tui_monitor.boards.legs import Now
from tui_monitor.boards.same_coin import Suspect
from tui_monitor.market import Key
from tui_monitor.model import Exchange, Market

# Whoever is found in it so long after the start was in it all the time; later it is a new stay.
FOUND_AGAIN_S = 300.0

_decoder = msgspec.json.Decoder(list[tuple[Exchange, Market, str, int]])


class Before:
    """What was kept, for as long as it says something of what is found now."""

    def __init__(self) -> None:
        self._since_ms: Mapping[Key, int] = {}
        self._until_s = float("-inf")

    def remember(self, since_ms: Mapping[Key, int], now: Now) -> None:
        """Take up what was kept."""
        self._since_ms = since_ms
        self._until_s = now.s + FOUND_AGAIN_S

    def since_ms(self, key: Key, now: Now) -> int:
        """Since when a leg that is found now has been in it."""
        return min(self.still(now.s).get(key, now.ms), now.ms)

    def still(self, now_s: float) -> Mapping[Key, int]:
        """Who may yet be found again."""
        return self._since_ms if now_s <= self._until_s else {}


def key_of(one: Suspect) -> Key:
    """The instrument that it is."""
    return (one.exchange, one.market, one.symbol)


def kept_text(suspects: Iterable[Suspect], before: Mapping[Key, int]) -> str:
    """What to keep, as JSON: who is in it, and who may yet be found again."""
    since_ms = {**before, **{key_of(one): one.since_ms for one in suspects}}
    rows = sorted((*key, at_ms) for key, at_ms in since_ms.items())
    return msgspec.json.encode(rows).decode()


def kept_before(text: str) -> dict[Key, int]:
    """The same, read; msgspec.MsgspecError where another version wrote it."""
    return {(row[0], row[1], row[2]): row[3] for row in _decoder.decode(text)}
