"""What happened while a feed was broken: when it showed, what stood in, when it was well again."""

import re

from tests.feeds.faults.broken import Broken
from tests.feeds.faults.cases import SYMBOLS, Case
from tui_monitor.feeds.pacing import FIRST_BACKOFF_S, LONGEST_BACKOFF_S
from tui_monitor.model import FeedState, Market, Outage

LOOK_S = 0.25
# Polls that failed pause for 10 s, lists are read every 10 s; opening and a first push take a few.
_BESIDE_S = 20.0


class Story:
    """Breaks a feed as a case says and watches it until all is well again."""

    def __init__(self, it: Broken, case: Case) -> None:
        self.it = it
        self.case = case
        self.told_s: dict[str, float] = {}
        """By pattern, when it was first to be read."""
        self.away_s: float | None = None
        """When the first light changed."""
        self.healed_s: float | None = None
        """How long after the fault all was well again."""
        self.bridged: set[tuple[Market, str]] = set()
        self.unexplained: set[str] = set()
        """Lights that were not green and gave no reason."""
        self.unprintable: set[str] = set()
        self.began_ms = 0
        self._known = it.signs()
        self._reconnects = self._count_reconnects()

    async def unfold(self) -> None:
        """Break it, wait for the end of the fault, wait for all to be well."""
        clock, case = self.it.clock, self.case
        self.began_ms, began_s = clock.now_ms(), clock.monotonic_s()
        for kind, seconds in case.beside:
            self.it.fault(kind, seconds)
        named = {"symbol": SYMBOLS[case.exchange]} if case.symbol else {}
        self.it.fault(case.kind, case.seconds, **case.narrowed, **named)
        while clock.monotonic_s() < began_s + case.seconds:
            await clock.sleep(LOOK_S)
            self._look(clock.monotonic_s() - began_s)
        await self.at_the_end()
        self.healed_s = await clock.until(self._well, self.allowed_s, LOOK_S)

    def _well(self) -> bool:
        self._look_at_lights()
        return self.it.all_live

    async def at_the_end(self) -> None:
        """What must be so while the fault is still there."""
        case = self.case
        listed = {one.symbol for one in self.it.feed.instruments(Market.PERP)}
        assert case.symbol == (SYMBOLS[case.exchange] not in listed) or "spot" in case.markets[0]
        rows = self.it.rows()
        assert len(rows) == sum(
            len(self.it.feed.instruments(Market(name))) for name in case.markets
        )
        assert all(row.last is not None for row in rows)

    def _look(self, after_s: float) -> None:
        new = self.it.signs() - self._known
        self.unprintable |= {sign.text for sign in new if not sign.text.isprintable()}
        for pattern in self.case.told:
            if pattern not in self.told_s and any(re.search(pattern, one.text) for one in new):
                self.told_s[pattern] = after_s
        self._look_at_lights()
        if self.away_s is None and self.it.away():
            self.away_s = after_s

    def _look_at_lights(self) -> None:
        for one in self.it.away():
            if one.state is FeedState.BRIDGED:
                self.bridged.add((one.market, one.channel))
            if not one.reason:
                self.unexplained.add(f"{one.market} {one.channel} {one.state}")

    @property
    def detected_s(self) -> float:
        """When it was first to be seen or read."""
        times = [*self.told_s.values(), *([] if self.away_s is None else [self.away_s])]
        return min(times)

    @property
    def allowed_s(self) -> float:
        """How long healing may take: the longest pause after so many failures, and what follows."""
        failures = self._count_reconnects() - self._reconnects
        pause_s = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2.0**failures)
        # A socket that was opened in silence may lack what changes refer to, until it is replaced.
        silence_s = float(self.case.settings.get("silent_after_s", 10.0))
        return pause_s + silence_s + float(self.case.narrowed.get("retry_after_s", 0)) + _BESIDE_S

    def _count_reconnects(self) -> int:
        return max((one.reconnects for one in self.it.feed.health()), default=0)

    def untidy(self) -> list[str]:
        """Outages that are not closed, not explained, or not of this time."""
        found: list[str] = []
        still_open: dict[tuple[Market, str], Outage] = {}
        oldest_ms = self.began_ms - 12_000
        for one in self.it.outages:
            key, known = (one.market, one.channel), still_open.get((one.market, one.channel))
            if not one.reason or one.begin_ms < oldest_ms:
                found.append(f"{one}: not explained, or of another time")
            if one.end_ms is None:
                still_open[key] = one
                found += [f"{one}: opened twice"] if known else []
                continue
            still_open.pop(key, None)
            if known is None or known.begin_ms != one.begin_ms or one.end_ms < one.begin_ms:
                found.append(f"{one}: closed, and was not open")
        return found + [f"{one}: still open" for one in still_open.values()]
