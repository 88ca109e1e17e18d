"""The open-interest board with the values of this process's engine."""

import asyncio

from tui_monitor.boards.legs import Now
from tui_monitor.boards.open_interest import OpenInterestBoard, RankedBy
from tui_monitor.boards.open_interest.build import NEAR_MS, InterestInput, interest_steps
from tui_monitor.boards.open_interest.kept import OLDEST_MS, Kept
from tui_monitor.boards.open_interest.now import live_legs
from tui_monitor.boards.open_interest.sums import unlisted
from tui_monitor.engine import Engine
from tui_monitor.model import Exchange, Instrument, Market
from tui_monitor.source.interest import StoredInterest
from tui_monitor.steps import in_steps

# 2,400 perpetuals are 40 ms of work, and the quickest exchange tells every few seconds.
SAME_FOR_S = 2.0


class LiveInterest(StoredInterest):
    """The engine's values of now, compared with what is stored."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.store, engine.clock, engine.settings.open_interest)
        self._engine = engine
        self._made: dict[
            tuple[int, RankedBy, Exchange | None], tuple[float, OpenInterestBoard]
        ] = {}
        self._making = asyncio.Lock()
        self._started_ms = engine.clock.now_ms()
        self._kept: Kept | None = None

    async def board(
        self,
        hours: int | None = None,
        by: RankedBy = RankedBy.CHANGE,
        exchange: Exchange | None = None,
    ) -> OpenInterestBoard:
        """Ranked by a window; none: the one of the settings. BadInput for another length."""
        asked = (self._window(hours), by, exchange)
        async with self._making:
            # Each holds a whole market: those of before are of no use any more.
            since_s = self._clock.monotonic_s() - SAME_FOR_S
            self._made = {key: made for key, made in self._made.items() if made[0] > since_s}
            if asked not in self._made:
                board = await self._board(*asked)
                self._made[asked] = (self._clock.monotonic_s(), board)
            return self._made[asked][1]

    async def _board(
        self, hours: int, by: RankedBy, exchange: Exchange | None
    ) -> OpenInterestBoard:
        engine = self._engine
        found = await self._stored(self._clock.now_ms())
        await engine.spreads.take_in()
        now = Now(self._clock.now_ms(), self._clock.monotonic_s())
        legs = await in_steps(
            live_legs(
                engine.market.rows(),
                engine.enabled,
                now,
                suspects=engine.spreads.suspicions(),
                aliases=engine.spreads.aliases,
                listed=self._listed(),
            )
        )
        past = await in_steps(engine.interest.past_steps())
        kept = await self._kept_before()
        given = InterestInput(
            at_ms=now.ms,
            exchanges=engine.enabled,
            legs=kept.filled(legs, now.ms, unlisted(past)),
            thens=found.thens,
            lasts=found.lasts,
            steps=found.steps,
            ratios=found.ratios,
            past=past,
            sampled_ms=found.sampled_ms,
        )
        return await in_steps(interest_steps(given, now.ms, hours, by, exchange))

    async def _kept_before(self) -> Kept:
        """What was stored before this engine: its own samples are no news of silent perpetuals."""
        if self._kept is None:
            newest_ms = await self._store.newest_interest_ms(self._started_ms)
            samples = []
            if newest_ms is not None and self._started_ms - newest_ms <= OLDEST_MS:
                near = await self._store.interest_near(newest_ms, NEAR_MS)
                samples = [one for one in near if one.at_ms <= self._started_ms]
            self._kept = Kept(samples, self._clock.now_ms(), self._engine.spreads.aliases)
        return self._kept

    def _listed(self) -> list[Instrument]:
        feeds = (self._engine.feeds[name] for name in self._engine.enabled)
        return [one for feed in feeds for one in feed.instruments(Market.PERP)]
