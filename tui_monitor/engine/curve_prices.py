"""The live prices of the sum curve's coins, out of the market's rows."""

from collections.abc import Sequence

from tui_monitor.boards.sum_curve import SLOT_TOLERANCE_MS, LivePrice
from tui_monitor.clock import BoardZone, Clock
from tui_monitor.feeds.feed import Feed
from tui_monitor.market import MarketState, Row
from tui_monitor.model import PriceSource, SlotPrice


class CurvePrices:
    """What the watched coins cost now, at a slot, and at the day's begin."""

    def __init__(
        self, feed: Feed, market: MarketState, coins: Sequence[str], zone: BoardZone, clock: Clock
    ) -> None:
        self._feed = feed
        self._market = market
        self._coins = coins
        self._zone = zone
        self._clock = clock

    def row(self, coin: str) -> Row | None:
        """The market's row of a watched coin."""
        return self._market.row(self._feed.by_name(coin).key)

    def live(self) -> dict[str, LivePrice]:
        """The newest last trade of each coin that has one."""
        now_s = self._clock.monotonic_s()
        found: dict[str, LivePrice] = {}
        for coin in self._coins:
            row = self.row(coin)
            if row is None or row.last is None or row.trade is None:
                continue
            # A quiet coin's price that REST has just repeated is as good as a new one.
            heard_s = max(row.trade.received_s, row.trade_seen_s or 0.0)
            found[coin] = LivePrice(
                price=row.last,
                age_ms=max(0, int((now_s - heard_s) * 1000)),
                exchange_ms=row.trade.exchange_ms,
                source=row.trade.source.value,
            )
        return found

    def capture(self, slot_ms: int) -> list[SlotPrice]:
        """The last trades that are fresh at a slot, as provisional prices of it."""
        now = self._clock.now_ms()
        return [
            SlotPrice(
                slot_ms=slot_ms,
                coin=coin,
                price=live.price,
                source=PriceSource.TICKER,
                observed_ms=now - live.age_ms,
            )
            for coin, live in self.live().items()
            if abs(now - live.age_ms - slot_ms) <= SLOT_TOLERANCE_MS
        ]

    def day_opens(self, day_start_ms: int) -> list[SlotPrice]:
        """The exchange's own open of the day that begins at `day_start_ms`, where it gives one."""
        if not self._zone.is_utc_plus_8:
            return []
        found = []
        for coin in self._coins:
            row = self.row(coin)
            if row is None or row.day_open is None or row.trade is None:
                continue
            if (row.trade.exchange_ms or 0) < day_start_ms:
                continue  # still the day before's
            found.append(
                SlotPrice(
                    slot_ms=day_start_ms,
                    coin=coin,
                    price=row.day_open,
                    source=PriceSource.DAY_OPEN,
                    observed_ms=row.trade.received_ms,
                )
            )
        return found
