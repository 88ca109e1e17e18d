"""One candle page, turned into slot prices and holes."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from tui_monitor.clock import SLOT_MS, Clock
from tui_monitor.engine.pages import Page
from tui_monitor.errors import FeedError, Malformed, RateLimited, Rejected, Unreachable
from tui_monitor.model import (
    Candle,
    Hole,
    HoleState,
    Instrument,
    PriceSource,
    Reason,
    SlotPrice,
)
from tui_monitor.printable import printable

BAR = "30m"
# OKX: "Instrument ID … doesn't exist".
_UNKNOWN_INSTRUMENT = frozenset({"51001"})
# Three tries a page; longer waits are the queue's.
PAUSES_S = (0.5, 2.0)
LONGEST_WAIT_S = 30.0


class CandleSource(Protocol):
    """The part of an exchange's REST client that is needed here."""

    async def candles(
        self,
        instrument: Instrument,
        bar: str,
        *,
        after_ms: int | None = None,
        limit: int = 300,
        history: bool = False,
    ) -> list[Candle]:
        """Bars strictly older than `after_ms`."""


class Filled(Struct, frozen=True, kw_only=True):
    """What a page gave. `waiting` slots have a bar still without a trade: ask again soon."""

    rows: list[SlotPrice]
    holes: list[Hole]
    waiting: int
    error: str = ""


class Filler:
    """Fetches pages. Never raises for a remote reason: what failed comes back as holes."""

    def __init__(self, rest: CandleSource, clock: Clock) -> None:
        self._rest = rest
        self._clock = clock

    async def fetch(
        self, page: Page, instrument: Instrument, known: Mapping[tuple[int, str], Hole]
    ) -> Filled:
        """Fetch a page; a slot the exchange leaves out is asked for once more, then given up."""
        try:
            candles = await self._ask(page, instrument)
            if self._left_out(page, candles, instrument):
                candles = await self._ask(page, instrument)
        except Rejected as error:
            gone = error.code in _UNKNOWN_INSTRUMENT
            return self._failed(page, known, error, gone=gone)
        except FeedError as error:
            return self._failed(page, known, error, gone=False)
        return self._filled(page, candles, known, instrument)

    async def _ask(self, page: Page, instrument: Instrument) -> list[Candle]:
        """One page, tried three times where the reason may pass."""
        for pause_s in PAUSES_S:
            try:
                return await self._request(page, instrument)
            except (RateLimited, Unreachable, Malformed) as error:
                wanted_s = error.retry_after_s if isinstance(error, RateLimited) else 0.0
                if wanted_s > LONGEST_WAIT_S:
                    raise
                await self._clock.sleep(max(pause_s, wanted_s))
        return await self._request(page, instrument)

    async def _request(self, page: Page, instrument: Instrument) -> list[Candle]:
        return await self._rest.candles(
            instrument, BAR, after_ms=page.after_ms, limit=page.limit, history=page.history
        )

    def _left_out(self, page: Page, candles: Sequence[Candle], instrument: Instrument) -> list[int]:
        """Wanted slots without a bar that should have one by now."""
        there = {candle.open_ms for candle in candles}
        newest_possible = self._clock.now_ms() - SLOT_MS
        listed_ms = instrument.listed_ms or 0
        return [
            slot
            for slot in page.wanted
            if slot not in there and listed_ms <= slot <= newest_possible
        ]

    def _filled(
        self,
        page: Page,
        candles: Sequence[Candle],
        known: Mapping[tuple[int, str], Hole],
        instrument: Instrument,
    ) -> Filled:
        now = self._clock.now_ms()
        bars = {candle.open_ms: candle for candle in candles}
        rows: list[SlotPrice] = []
        holes: list[Hole] = []
        waiting = 0
        for slot in page.wanted:
            bar = bars.get(slot)
            if bar is not None and _open_is_final(bar):
                rows.append(_price(page.coin, bar, now))
            elif bar is not None or slot > now - SLOT_MS:
                waiting += 1
            else:
                early = instrument.listed_ms is not None and slot < instrument.listed_ms
                reason = Reason.NOT_LISTED if early else Reason.NO_BAR
                holes.append(_hole(slot, page.coin, HoleState.UNOBTAINABLE, reason, known, now))
        return Filled(rows=rows, holes=holes, waiting=waiting)

    def _failed(
        self,
        page: Page,
        known: Mapping[tuple[int, str], Hole],
        error: FeedError,
        *,
        gone: bool,
    ) -> Filled:
        now = self._clock.now_ms()
        state = HoleState.UNOBTAINABLE if gone else HoleState.FAILED
        text = printable(error.message, 120)
        reason = Reason.NOT_LISTED if gone else f"{Reason.FETCH_FAILED}: {text}"
        holes = [_hole(slot, page.coin, state, reason, known, now) for slot in page.wanted]
        return Filled(rows=[], holes=holes, waiting=0, error=text)


def _open_is_final(bar: Candle) -> bool:
    """A forming bar without a trade repeats the last close; its open comes with the first trade."""
    return bar.closed is True or bool(bar.volume_coins)


def _price(coin: str, bar: Candle, now_ms: int) -> SlotPrice:
    return SlotPrice(
        slot_ms=bar.open_ms,
        coin=coin,
        price=bar.open,
        source=PriceSource.CANDLE_OPEN,
        observed_ms=now_ms,
    )


def _hole(
    slot_ms: int,
    coin: str,
    state: HoleState,
    reason: str,
    known: Mapping[tuple[int, str], Hole],
    now_ms: int,
) -> Hole:
    old = known.get((slot_ms, coin))
    tries = old.tries + 1 if old else 1
    retry = state is HoleState.FAILED
    return Hole(
        slot_ms=slot_ms,
        coin=coin,
        state=state,
        reason=reason,
        tries=tries,
        first_ms=old.first_ms if old else now_ms,
        last_ms=now_ms,
        next_try_ms=now_ms + retry_delay_ms(tries) if retry else None,
    )


def retry_delay_ms(tries: int) -> int:
    """5 s, 15 s, 60 s, then doubling to a slot's length: three quick tries, then the queue."""
    quick = (5_000, 15_000, 60_000)
    if tries <= len(quick):
        return quick[tries - 1]
    return min(60_000 * int(2 ** min(tries - len(quick), 10)), SLOT_MS)
