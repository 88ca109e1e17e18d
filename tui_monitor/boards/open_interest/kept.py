"""What was stored before the start: it stands for each perpetual until that is heard anew."""

from collections.abc import Collection, Iterable, Sequence

from tui_monitor.boards.open_interest.now import STALE_AFTER_S, Leg, Perp, stored_legs
from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.model import Exchange, InterestSample
from tui_monitor.model.place import Alias

# What is older than the longest window is no picture that somebody has just looked at.
OLDEST_MS = DAY_MS


class Kept:
    """The newest samples of before the start, as legs that grow older."""

    def __init__(
        self, samples: Collection[InterestSample], now_ms: int, aliases: Sequence[Alias] = ()
    ) -> None:
        young = [one for one in samples if now_ms - one.at_ms <= OLDEST_MS]
        legs = stored_legs(young, now_ms, aliases=aliases)
        self._at_ms = now_ms
        self._legs: dict[Perp, Leg] = {leg.perp: leg for leg in legs if leg.coins is not None}

    def filled(
        self, legs: Sequence[Leg], now_ms: int, unlisted: Collection[Exchange]
    ) -> Sequence[Leg]:
        """The legs of now, with what is kept of those that have told nothing yet, and of the
        exchanges whose list is not known yet. Who has told is kept no more, and neither is what
        nobody lists.
        """
        if not self._legs:
            return legs
        past_ms = now_ms - self._at_ms
        silent = {leg.coin for leg in legs if leg.coins is None and leg.perp in self._legs}
        filled = [self._filled(leg, past_ms, silent) for leg in legs]
        there = {leg.perp for leg in legs}
        nameless = [
            _aged(one, past_ms)
            for one in self._legs.values()
            if one.exchange in unlisted and one.perp not in there
        ]
        self._forget(legs, there, silent, unlisted)
        return [*filled, *nameless]

    def _filled(self, leg: Leg, past_ms: int, silent: Collection[str]) -> Leg:
        before = self._legs.get(leg.perp)
        if before is None:
            return leg
        if leg.coins is None:
            price = before.price if leg.price is None else leg.price
            return _aged(before, past_ms)._replace(
                coin=leg.coin, price=price, suspicion=leg.suspicion or before.suspicion
            )
        if leg.coin in silent and not leg.suspicion:
            # It has nobody yet to be compared with.
            return leg._replace(suspicion=before.suspicion)
        return leg

    def _forget(
        self,
        legs: Iterable[Leg],
        there: Collection[Perp],
        silent: Collection[str],
        unlisted: Collection[Exchange],
    ) -> None:
        heard = {leg.perp for leg in legs if leg.coins is not None and leg.coin not in silent}
        self._legs = {
            perp: leg
            for perp, leg in self._legs.items()
            if perp not in heard and (perp in there or leg.exchange in unlisted)
        }


def _aged(leg: Leg, past_ms: int) -> Leg:
    age_ms = (leg.age_ms or 0) + past_ms
    is_stale = age_ms > STALE_AFTER_S * 1000
    told = f"told {age_ms // MINUTE_MS} min ago, before the start"
    return leg._replace(age_ms=age_ms, stale=is_stale, reason=told if is_stale else "", kept=told)
