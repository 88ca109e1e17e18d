"""The open-interest board from the store alone; `live_interest` has the engine's."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tui_monitor.boards.open_interest import (
    WINDOWS_H,
    InterestPoint,
    OpenInterestBoard,
    RankedBy,
)
from tui_monitor.boards.open_interest.build import (
    NEAR_MS,
    RATIO_STALE_MS,
    InterestInput,
    interest_steps,
    start_ms,
)
from tui_monitor.boards.open_interest.now import Perp, stored_legs
from tui_monitor.clock import DAY_MS, Clock
from tui_monitor.config import OpenInterest
from tui_monitor.errors import BadInput
from tui_monitor.model import (
    MARK_MS,
    AccountRatio,
    Exchange,
    InterestSample,
    SteppedLeg,
)
from tui_monitor.model.place import Alias
from tui_monitor.steps import in_steps
from tui_monitor.store import Reader

# Marks come each five minutes; what fills gaps between them is seen a little later.
KNOWN_FOR_S = 15.0
MAX_HISTORY_MS = 31 * DAY_MS
NO_ENGINE = "no engine runs: these are the newest samples; start tui-monitor or its daemon"
NO_SAMPLE = "no engine runs, and no sample is stored: start tui-monitor or its daemon"


class Stored(NamedTuple):
    """What the store has for a board of `at_ms`."""

    at_ms: int
    thens: Mapping[int, Mapping[Perp, InterestSample]]
    lasts: Mapping[Perp, InterestSample]
    steps: Sequence[SteppedLeg]
    ratios: Mapping[Perp, AccountRatio]
    sampled_ms: int | None


class StoredInterest:
    """From the database alone: the newest samples stand for now."""

    def __init__(
        self,
        store: Reader,
        clock: Clock,
        settings: OpenInterest,
        aliases: Sequence[Alias] = (),
    ) -> None:
        self._store = store
        self._clock = clock
        self.settings = settings
        self._aliases = aliases
        self._known: tuple[tuple[int, int], float, Stored] | None = None

    async def board(
        self,
        hours: int | None = None,
        by: RankedBy = RankedBy.CHANGE,
        exchange: Exchange | None = None,
    ) -> OpenInterestBoard:
        """Ranked by a window; none: the one of the settings. BadInput for another length."""
        hours = self._window(hours)
        now_ms = self._clock.now_ms()
        newest_ms = await self._store.newest_interest_ms()
        found = await self._stored(now_ms if newest_ms is None else newest_ms)
        legs = stored_legs(found.lasts.values(), now_ms, thens=found.thens, aliases=self._aliases)
        exchanges = {leg.exchange for leg in legs}
        given = InterestInput(
            at_ms=found.at_ms,
            exchanges=[one for one in Exchange if one in exchanges],
            legs=legs,
            thens=found.thens,
            lasts={},
            steps=found.steps,
            ratios=found.ratios,
            live=False,
            reason=NO_SAMPLE if newest_ms is None else NO_ENGINE,
            sampled_ms=found.sampled_ms,
        )
        return await in_steps(interest_steps(given, now_ms, hours, by, exchange))

    async def history(self, coin: str, first_ms: int) -> list[InterestPoint]:
        """What is stored of a coin since a time, a month at most, oldest first."""
        end_ms = self._clock.now_ms() + 1
        begin_ms = max(first_ms, end_ms - MAX_HISTORY_MS)
        return [
            InterestPoint(
                exchange=one.exchange,
                symbol=one.symbol,
                at_ms=one.at_ms,
                coins=one.coins,
                usd=one.usd,
                source=one.source,
            )
            for one in await self._store.coin_interest(coin, begin_ms, end_ms)
        ]

    def _window(self, hours: int | None) -> int:
        if hours is None:
            return int(self.settings.window.removesuffix("h"))
        if hours not in WINDOWS_H:
            lengths = ", ".join(map(str, WINDOWS_H))
            raise BadInput(f"there is no window of {hours} h", f"the windows are {lengths} h")
        return hours

    async def _stored(self, at_ms: int) -> Stored:
        """What is read of the store, again when some time has passed or a mark has."""
        mark, now_s = (at_ms // MARK_MS, start_ms(at_ms, 1)), self._clock.monotonic_s()
        if self._known is None or self._known[0] != mark or now_s - self._known[1] > KNOWN_FOR_S:
            self._known = (mark, now_s, await self._read(at_ms))
        return self._known[2]

    async def _read(self, at_ms: int) -> Stored:
        store = self._store
        thens = {
            hours: _by_perp(await store.interest_near(start_ms(at_ms, hours), NEAR_MS))
            for hours in WINDOWS_H
        }
        last_ms = at_ms // MARK_MS * MARK_MS
        ratios = await store.newest_ratios(at_ms - RATIO_STALE_MS)
        return Stored(
            at_ms=at_ms,
            thens=thens,
            lasts=_by_perp(await store.interest_near(last_ms, NEAR_MS)),
            steps=await store.stepped_legs(start_ms(at_ms, max(WINDOWS_H)) - NEAR_MS, at_ms),
            ratios={(one.exchange, one.symbol): one for one in ratios},
            sampled_ms=await store.newest_interest_ms(),
        )


def _by_perp(samples: Sequence[InterestSample]) -> dict[Perp, InterestSample]:
    return {(one.exchange, one.symbol): one for one in samples}
