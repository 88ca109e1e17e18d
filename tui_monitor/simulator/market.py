"""The market as a pure function of (seed, instrument, time).

Time has a grid of 100 ms. Half-hours are the skeleton: the price at each is the coin's walk
(common factor + its own), which costs the same for any hour of any year. A half-hour is filled
with two quarter-hours of 15 one-minute bars (`shapes`), a minute with 600 prices by a zig-zag
that touches the bar's high and low. So, exactly and everywhere:

* the open of any bar at T is the last price at T;
* its close is the last price 100 ms before the next bar opens;
* high and low are the extremes of the prices inside;
* larger bars are aggregates of smaller ones, volumes included.

Prices are whole ticks, sizes whole lots; nothing is a float once it is published.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from operator import add, mul

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.simulator.bars import Bar, Quote, Rolling, merged
from tui_monitor.simulator.coins import COINS, Coin
from tui_monitor.simulator.contracts import Contract
from tui_monitor.simulator.kept import remember
from tui_monitor.simulator.noise import bits, seed_of, smooth, stream, walk
from tui_monitor.simulator.plants import Interest, Move, Plan
from tui_monitor.simulator.shapes import (
    MINUTES,
    QUARTER_CHANCES,
    STEPS,
    Minutes,
    MinuteShape,
    Quarter,
    joined,
    last_offset,
    minutes_of,
    quarter_of,
    zigzag,
    zigzag_at,
)
from tui_monitor.simulator.tracks import MINUTE_SCALE, Track

GRID_MS = 100
BLOCK_MINUTES = 2 * MINUTES
BLOCK_MS = BLOCK_MINUTES * MINUTE_MS
DAY_MINUTES = 1_440

# One standard deviation of a day is about 7 units of the walk; so BTC moves 1.5 %, a small
# coin 4 % a day.
_COMMON_SCALE = 0.0026
_BASIS_SCALE = 0.0004
_BASIS_PERIOD = 16
_BUSY_USD, _QUIET_HOLD = 2e7, 5

_KEEP_BLOCKS = 3
_KEEP_BARS = 4_096
_KEEP_KNOTS = 8_192


class World:
    """One seed's coins, before any exchange quotes them."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._common_seed = seed_of(seed, "common")
        self._common: dict[int, float] = {}
        self._tracks: dict[Coin, Track] = {}
        self._series: dict[str, list[Series]] = {}
        self.plan = Plan(seed)
        # Counts what was planted: answers from before are out of date.
        self.version = 0

    def common(self, block: int) -> float:
        """The factor that moves all coins at a half-hour, as a logarithm."""
        found = self._common.get(block)
        if found is None:
            found = walk(self._common_seed, block) * _COMMON_SCALE
            remember(self._common, block, found, _KEEP_KNOTS)
        return found

    def track(self, coin: Coin) -> "Track":
        """What a coin does, whoever lists it."""
        found = self._tracks.get(coin)
        if found is None:
            found = self._tracks[coin] = Track(self.seed, coin, self.common, self.plan)
        return found

    def series(self, contract: Contract, coin: Coin | None = None) -> "Series":
        """The price history and future of one contract, of a coin that is not in COINS if given."""
        made = Series(self, contract, coin or COINS[contract.coin])
        self._series.setdefault(made.coin.name, []).append(made)
        return made

    def knows(self, name: str) -> bool:
        """Whether anything is listed that follows a coin."""
        return name in self._series

    def plant(self, planted: Move | Interest) -> None:
        """Let a coin's market have this, too."""
        self.plan.add(planted)
        self.forget(planted.coin)

    def uproot(self, planted: Sequence[Move | Interest]) -> None:
        """Take back what was planted."""
        self.plan.remove(planted)
        for one in planted:
            self.forget(one.coin)

    def forget(self, name: str) -> None:
        """Nothing remembered of a coin is true any more."""
        self.version += 1
        for series in self._series.get(name, ()):
            self.track(series.coin).forget()
            series.forget()


class Series:
    """One contract's prices and volumes at any time. Everything is computed on demand."""

    def __init__(self, world: World, contract: Contract, coin: Coin) -> None:
        self.contract = contract
        self.coin = coin
        self._track = world.track(coin)
        self._basis_seed = seed_of(world.seed, contract.key, "basis")
        self.book_seed = seed_of(world.seed, contract.key, "book")
        self._base_ticks = self.coin.price_usd * 10**contract.tick_places
        per_minute = self.coin.turnover_usd * contract.activity / DAY_MINUTES
        self.minute_lots = per_minute / self._lot_usd()
        self._quarter_lots = self.minute_lots * MINUTES
        # Prices of quiet coins last longer.
        self._hold = 1 if coin.turnover_usd >= _BUSY_USD else _QUIET_HOLD
        self._hold_ms = self._hold * GRID_MS
        self._move_share = MINUTE_SCALE * coin.own
        self.forget()

    def forget(self) -> None:
        """Remember nothing."""
        self._knots: dict[int, int] = {}
        self._blocks: dict[int, Minutes] = {}
        self._bars: dict[int, Bar] = {}
        self._path: tuple[int, Sequence[int]] = (-1, ())
        self._asked = (-1, -1)
        self._extremes = (-1, -1, 0, 0)
        self._quote: tuple[int, Quote] | None = None
        self._day: tuple[int, Bar | None] | None = None
        self._day_blocks = Rolling(self.sums)

    def _lot_usd(self) -> float:
        size = 10.0 ** (self.contract.size_exponent - self.contract.lot_places)
        return size if self.contract.inverse else size * self.coin.price_usd

    def interest(self, ms: int) -> tuple[float, float] | None:
        """What is planted of its open interest: a factor, and coins that are added."""
        return self._track.plan.interest(self.coin.name, self.contract.exchange, ms)

    def list_at(self, listed_ms: int) -> Contract:
        """The contract, listed at another time."""
        self.contract = self.contract._replace(listed_ms=listed_ms)
        return self.contract

    # --- prices -------------------------------------------------------------------------

    def knot(self, block: int) -> int:
        """The price at the begin of a half-hour, in ticks."""
        found = self._knots.get(block)
        if found is None:
            log = self._track.log(block)
            basis = self.contract.basis * _BASIS_SCALE
            log += self.contract.premium + basis * smooth(self._basis_seed, block, _BASIS_PERIOD)
            found = round(self._base_ticks * math.exp(log))
            remember(self._knots, block, found, _KEEP_KNOTS)
        return found

    def price(self, ms: int) -> int:
        """The last price at a time, in ticks."""
        at_ms = self.clamp(ms)
        if at_ms % BLOCK_MS < self._hold_ms:
            # So of settlements, which stand at full hours.
            return self.knot(at_ms // BLOCK_MS)
        minute, inside_ms = divmod(at_ms, MINUTE_MS)
        asked, self._asked = self._asked, (minute, inside_ms // self._hold_ms)
        if self._path[0] == minute or (asked[0] == minute and asked != self._asked):
            return self._minute_path(minute)[self._asked[1]]
        # Of a past minute, mostly no other price is asked for.
        return zigzag_at(*self._minute_shape(minute), self._asked[1])

    def clamp(self, ms: int) -> int:
        """The time itself, or the time at which trading was halted."""
        halted_ms = self.contract.halted_ms
        return ms if halted_ms is None or ms < halted_ms else halted_ms - 1

    def trades(self, ms: int) -> bool:
        """Whether it is listed and not halted."""
        halted_ms = self.contract.halted_ms
        return self.contract.listed_ms <= ms and (halted_ms is None or ms < halted_ms)

    def quote(self, ms: int) -> Quote:
        """Best bid and ask around the last price; never crossed, sizes at least one lot."""
        step = self.clamp(ms) // GRID_MS
        if self._quote is None or self._quote[0] != step:
            self._quote = (step, self._quote_at(step))
        return self._quote[1]

    def _quote_at(self, step: int) -> Quote:
        last = self.price(step * GRID_MS)
        chance = bits(self.book_seed, step)
        spread = 1 + (chance & 3 if self.minute_lots < 1_000 else 0)
        bid = last - spread if chance & 4 else last
        return Quote(
            last,
            bid,
            bid + spread,
            self._size(chance >> 8, 0.01),
            self._size(chance >> 24, 0.2),
            self._size(chance >> 40, 0.2),
        )

    def _size(self, chance: int, share: float) -> int:
        """Sizes spread over three powers of ten, the small ones more often."""
        return 1 + int(self.minute_lots * share * ((chance & 0xFFFF) / 65_536) ** 3)

    # --- bars ---------------------------------------------------------------------------

    def span(self, first_minute: int, end_minute: int) -> Bar:
        """The bar of the minutes from `first_minute` until before `end_minute` (at least one)."""
        parts: list[Bar] = []
        minute = first_minute
        while minute < end_minute:
            block, inside = divmod(minute, BLOCK_MINUTES)
            count = min(BLOCK_MINUTES - inside, end_minute - minute)
            if count == BLOCK_MINUTES:
                parts.append(self.block_bar(block))
            elif count == MINUTES and inside % MINUTES == 0:
                parts.append(self._quarter_bar(block, inside // MINUTES))
            else:
                parts.append(self._cut(block, inside, inside + count))
            minute += count
        return parts[0] if len(parts) == 1 else merged(parts)

    def forming(self, first_minute: int, ms: int) -> Bar:
        """The bar that began at `first_minute`, as it stands at a time within it."""
        minute = self.clamp(ms) // MINUTE_MS
        running = self.running_minute(ms)
        if minute <= first_minute:
            return running
        return merged([self.span(first_minute, minute), running])

    def running_minute(self, ms: int) -> Bar:
        """The one-minute bar of a time, from its open until then."""
        minute, inside_ms = divmod(self.clamp(ms), MINUTE_MS)
        step = inside_ms // GRID_MS
        path = self._minute_path(minute)
        at = step // self._hold
        high, low = self._extremes_until(minute, at, path)
        block, inside = divmod(minute, BLOCK_MINUTES)
        whole = self._block(block)
        lots = whole.lots[inside]
        turnover = self._turnover(lots, whole.opens[inside] + whole.closes[inside])
        part = step + 1
        return Bar(path[0], high, low, path[at], lots * part // STEPS, turnover * part // STEPS)

    def _extremes_until(self, minute: int, step: int, path: Sequence[int]) -> tuple[int, int]:
        """Highest and lowest price of a minute until a step; time mostly goes on by a few."""
        known_minute, known, high, low = self._extremes
        if known_minute != minute or known > step:
            known, high, low = -1, path[0], path[0]
        if known < step:
            news = (high, low, *path[known + 1 : step + 1])
            high, low = max(news), min(news)
            self._extremes = (minute, step, high, low)
        return high, low

    def day(self, ms: int) -> Bar:
        """The last 24 hours: 1,440 whole minutes and the running one."""
        minute = self.clamp(ms) // MINUTE_MS
        if self._day is None or self._day[0] != minute:
            first = max(minute - DAY_MINUTES, self.contract.listed_ms // MINUTE_MS)
            self._day = (minute, self._day_until(first, minute) if first < minute else None)
        whole, running = self._day[1], self.running_minute(ms)
        return running if whole is None else merged([whole, running])

    def _day_until(self, first: int, end: int) -> Bar:
        """The same as `span`, whose whole half-hours are known from the minute before."""
        first_block, end_block = -(-first // BLOCK_MINUTES), end // BLOCK_MINUTES
        if end_block - first_block < 1:
            return self.span(first, end)
        parts = [self._day_blocks.bar(first_block, end_block)]
        if first % BLOCK_MINUTES:
            parts.insert(0, self._cut(first_block - 1, first % BLOCK_MINUTES, BLOCK_MINUTES))
        if end % BLOCK_MINUTES:
            parts.append(self._cut(end_block, 0, end % BLOCK_MINUTES))
        return merged(parts)

    def day_open(self, ms: int, offset_ms: int) -> int:
        """The first price of the day that began at 00:00 in a zone, in ticks."""
        at_ms = self.clamp(ms)
        begin_ms = max(at_ms - (at_ms + offset_ms) % DAY_MS, self.contract.listed_ms)
        return self.knot(begin_ms // BLOCK_MS)

    # --- the inside of a half-hour and of a minute --------------------------------------

    def block_bar(self, block: int) -> Bar:
        """The bar of a half-hour."""
        found = self._bars.get(block)
        if found is None:
            found = self.sums(block)
            remember(self._bars, block, found, _KEEP_BARS)
        return found

    def sums(self, block: int) -> Bar:
        """The bar of a half-hour from its quarters alone; the last minute ends a step aside."""
        if self.contract.inverse:
            # Coins for dollars: that doesn't add up but by minutes.
            return self._cut(block, 0, BLOCK_MINUTES)
        one, other = self._quarters(block)
        lots, more_lots = one.lots, other.lots
        return Bar(
            one.begin,
            max(one.high, other.high),
            min(one.low, other.low),
            other.end + self._track.habit(block).offset,
            lots + more_lots,
            lots * (one.begin + one.end) + more_lots * (other.begin + other.end),
        )

    def _quarter_bar(self, block: int, place: int) -> Bar:
        """The bar of a half-hour's first or second quarter, where it can be without its minutes."""
        if self.contract.inverse:
            return self._cut(block, place * MINUTES, (place + 1) * MINUTES)
        begin, end, low, high, lots, _ = self._quarters(block)[place]
        close = end + last_offset(self._track.chances(block)[place * QUARTER_CHANCES :])
        return Bar(begin, high, low, close, lots, lots * (begin + end))

    def _quarters(self, block: int) -> tuple[Quarter, Quarter]:
        first, after, habit = self.knot(block), self.knot(block + 1), self._track.habit(block)
        move = first * self._move_share
        middle = (first + after) // 2 + int(habit.sway * move + habit.kink * first)
        (reach, more_reach), (share, more_share) = habit.reaches, habit.shares
        usual = self._quarter_lots
        return (
            quarter_of((first, middle), reach, usual * share, move),
            quarter_of((middle, after), more_reach, usual * more_share, move),
        )

    def _block(self, block: int) -> Minutes:
        found = self._blocks.get(block)
        if found is None:
            one, other = self._quarters(block)
            chances = self._track.chances(block)
            halves = (chances[:QUARTER_CHANCES], chances[QUARTER_CHANCES:])
            found = joined(minutes_of(one, halves[0]), minutes_of(other, halves[1]))
            remember(self._blocks, block, found, _KEEP_BLOCKS)
        return found

    def _cut(self, block: int, first: int, end: int) -> Bar:
        """The bar of some minutes of a half-hour."""
        whole = self._block(block)
        lots, closes = whole.lots[first:end], whole.closes[first:end]
        twice = map(add, whole.opens[first:end], closes)
        if self.contract.inverse:
            turnover = sum(map(self._turnover, lots, twice))
        else:
            turnover = sum(map(mul, lots, twice))
        highest, lowest = max(whole.highs[first:end]), min(whole.lows[first:end])
        return Bar(whole.opens[first], highest, lowest, closes[-1], sum(lots), turnover)

    def _turnover(self, lots: int, twice_the_mean: int) -> int:
        contract = self.contract
        if not contract.inverse:
            return lots * twice_the_mean
        usd_e8: int = 2 * 10 ** (8 + contract.size_exponent + contract.tick_places)
        lot: int = 10**contract.lot_places
        return lots * usd_e8 // (twice_the_mean * lot)

    def _minute_path(self, minute: int) -> Sequence[int]:
        """The prices of a minute, one for every `hold` steps of the grid."""
        if self._path[0] != minute:
            self._path = (minute, zigzag(*self._minute_shape(minute)))
        return self._path[1]

    def _minute_shape(self, minute: int) -> MinuteShape:
        block, inside = divmod(minute, BLOCK_MINUTES)
        opens, closes, highs, lows, _ = self._block(block)
        chances = stream(self._track.shape_seed + 2, minute, STEPS // self._hold)
        return chances, (opens[inside], closes[inside]), (lows[inside], highs[inside])


@lru_cache(maxsize=4)
def world_of(seed: int) -> World:
    """The world of a seed. All it remembers is pure, so all exchanges share it."""
    return World(seed)
