"""The market as a pure function of (seed, instrument, time).

Time has a grid of 100 ms. Half-hours are the skeleton: the price at each is the coin's walk
(common factor + its own), which costs the same for any hour of any year. A half-hour is filled
with 30 one-minute bars by a Brownian bridge, a minute with 600 prices by a zig-zag that touches
the bar's high and low. So, exactly and everywhere:

* the open of any bar at T is the last price at T;
* its close is the last price 100 ms before the next bar opens;
* high and low are the extremes of the prices inside;
* larger bars are aggregates of smaller ones, volumes included.

Prices are whole ticks, sizes whole lots; nothing is a float once it is published.
"""

import math
from itertools import accumulate, pairwise
from operator import add, mul
from typing import NamedTuple, TypeVar

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.simulator.coins import COINS, Coin
from tui_monitor.simulator.noise import bits, seed_of, smooth, stream, unit, walk

GRID_MS = 100
BLOCK_MINUTES = 30
BLOCK_MS = BLOCK_MINUTES * MINUTE_MS
DAY_MINUTES = 1_440
_STEPS = MINUTE_MS // GRID_MS

# One standard deviation of a day is about 7 units of the walk; so BTC moves 1.5 %, a small
# coin 4 % a day.
_COMMON_SCALE = 0.0026
_OWN_SCALE = 0.0026
_MINUTE_SCALE = 0.0005
_BASIS_SCALE = 0.0004
_BASIS_PERIOD = 16
# A byte's standard deviation.
_BYTE_SIGMA = 73.9

_Value = TypeVar("_Value")

_KEEP_BLOCKS = 6
_KEEP_BARS = 4_096
_KEEP_KNOTS = 8_192


class Contract(NamedTuple):
    """What is traded: how it is counted, and since when.

    `tick_places` and `lot_places`: a tick is 10^-tick_places quote units, a lot 10^-lot_places
    contracts (spot: coins); a contract is 10^size_exponent coins (inverse: USD). `premium`
    shifts the price against the index.
    """

    key: str
    coin: str
    tick_places: int
    lot_places: int
    size_exponent: int = 0
    inverse: bool = False
    listed_ms: int = 0
    halted_ms: int | None = None
    premium: float = 0.0
    activity: float = 1.0
    basis: float = 1.0


class Bar(NamedTuple):
    """A bar in ticks and lots. `turnover` is twice Σ lots × mean tick; inverse: 1e-8 coins."""

    open: int
    high: int
    low: int
    close: int
    lots: int
    turnover: int


class Quote(NamedTuple):
    """The top of the book and the last trade: prices in ticks, sizes in lots."""

    last: int
    bid: int
    ask: int
    last_lots: int
    bid_lots: int
    ask_lots: int


class _Block(NamedTuple):
    opens: list[int]
    closes: list[int]
    highs: list[int]
    lows: list[int]
    lots: list[int]
    turnovers: list[int]


class World:
    """One seed's coins, before any exchange quotes them."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._common_seed = seed_of(seed, "common")
        self._common: dict[int, float] = {}

    def common(self, block: int) -> float:
        """The factor that moves all coins at a half-hour, as a logarithm."""
        found = self._common.get(block)
        if found is None:
            found = walk(self._common_seed, block) * _COMMON_SCALE
            remember(self._common, block, found, _KEEP_KNOTS)
        return found

    def series(self, contract: Contract, coin: Coin | None = None) -> "Series":
        """The price history and future of one contract, of a coin that is not in COINS if given."""
        return Series(self, contract, coin or COINS[contract.coin])


class Series:
    """One contract's prices and volumes at any time. Everything is computed on demand."""

    def __init__(self, world: World, contract: Contract, coin: Coin) -> None:
        self.contract = contract
        self.coin = coin
        self._world = world
        self._coin_seed = seed_of(world.seed, contract.coin)
        # The inside of a half-hour has one shape for all contracts of a coin.
        self._shape_seed = seed_of(world.seed, contract.coin, "shape")
        self._basis_seed = seed_of(world.seed, contract.key, "basis")
        self.book_seed = seed_of(world.seed, contract.key, "book")
        self._base_ticks = self.coin.price_usd * 10**contract.tick_places
        per_minute = self.coin.turnover_usd * contract.activity / DAY_MINUTES
        self.minute_lots = per_minute / self._lot_usd()
        self._knots: dict[int, int] = {}
        self._blocks: dict[int, _Block] = {}
        self._bars: dict[int, Bar] = {}
        self._path: tuple[int, list[int]] = (-1, [])
        self._day: tuple[int, Bar | None] | None = None

    def _lot_usd(self) -> float:
        size = 10.0 ** (self.contract.size_exponent - self.contract.lot_places)
        return size if self.contract.inverse else size * self.coin.price_usd

    # --- prices -------------------------------------------------------------------------

    def knot(self, block: int) -> int:
        """The price at the begin of a half-hour, in ticks."""
        found = self._knots.get(block)
        if found is None:
            coin = self.coin
            log = coin.beta * self._world.common(block)
            log += coin.own * _OWN_SCALE * walk(self._coin_seed, block)
            basis = self.contract.basis * _BASIS_SCALE
            log += self.contract.premium + basis * smooth(self._basis_seed, block, _BASIS_PERIOD)
            found = round(self._base_ticks * math.exp(log))
            remember(self._knots, block, found, _KEEP_KNOTS)
        return found

    def price(self, ms: int) -> int:
        """The last price at a time, in ticks."""
        minute, inside_ms = divmod(self.clamp(ms), MINUTE_MS)
        return self._minute_path(minute)[inside_ms // GRID_MS]

    def clamp(self, ms: int) -> int:
        """The time itself, or the time at which trading was halted."""
        halted_ms = self.contract.halted_ms
        return ms if halted_ms is None or ms < halted_ms else halted_ms - 1

    def quote(self, ms: int) -> Quote:
        """Best bid and ask around the last price; never crossed, sizes at least one lot."""
        step = self.clamp(ms) // GRID_MS
        last = self.price(ms)
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
                parts.append(self._block_bar(block))
            else:
                parts.append(_cut(self._block(block), inside, inside + count))
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
        prices = self._minute_path(minute)[: step + 1]
        block, inside = divmod(minute, BLOCK_MINUTES)
        whole = self._block(block)
        return Bar(
            prices[0],
            max(prices),
            min(prices),
            prices[-1],
            whole.lots[inside] * (step + 1) // _STEPS,
            whole.turnovers[inside] * (step + 1) // _STEPS,
        )

    def day(self, ms: int) -> Bar:
        """The last 24 hours: 1,440 whole minutes and the running one."""
        minute = self.clamp(ms) // MINUTE_MS
        if self._day is None or self._day[0] != minute:
            first = max(minute - DAY_MINUTES, self.contract.listed_ms // MINUTE_MS)
            self._day = (minute, self.span(first, minute) if first < minute else None)
        whole, running = self._day[1], self.running_minute(ms)
        return running if whole is None else merged([whole, running])

    def day_open(self, ms: int, offset_ms: int) -> int:
        """The first price of the day that began at 00:00 in a zone, in ticks."""
        at_ms = self.clamp(ms)
        begin_ms = max(at_ms - (at_ms + offset_ms) % DAY_MS, self.contract.listed_ms)
        return self.knot(begin_ms // BLOCK_MS)

    # --- the inside of a half-hour ------------------------------------------------------

    def _block_bar(self, block: int) -> Bar:
        found = self._bars.get(block)
        if found is None:
            whole = self._blocks.get(block) or self._build(block)
            found = _cut(whole, 0, BLOCK_MINUTES)
            remember(self._bars, block, found, _KEEP_BARS)
        return found

    def _block(self, block: int) -> _Block:
        found = self._blocks.get(block)
        if found is None:
            found = self._build(block)
            remember(self._blocks, block, found, _KEEP_BLOCKS)
        return found

    def _build(self, block: int) -> _Block:
        first, after = self.knot(block), self.knot(block + 1)
        chances = stream(self._shape_seed, block, 4 * BLOCK_MINUTES)
        opens = self._bridge(first, after, chances[:30])
        # A bar seldom opens exactly where the one before closed.
        closes = [
            price + chance % 3 - 1 for price, chance in zip(opens[1:], chances[30:60], strict=True)
        ]
        del opens[BLOCK_MINUTES]
        reach = max(1, int(first * _MINUTE_SCALE * self.coin.own))
        above, below = map(max, opens, closes), map(min, opens, closes)
        highs = [
            price + (reach * chance >> 8)
            for price, chance in zip(above, chances[60:90], strict=True)
        ]
        lows = [
            price - (reach * chance >> 8) for price, chance in zip(below, chances[90:], strict=True)
        ]
        lots = self._lots(block, chances[30:60])
        return _Block(opens, closes, highs, lows, lots, self._turnovers(opens, closes, lots))

    def _bridge(self, first: int, after: int, chances: bytes) -> list[int]:
        """31 prices at whole minutes from the block's first to the next one's."""
        sums = list(accumulate(chances))
        scale = first * _MINUTE_SCALE * self.coin.own / _BYTE_SIGMA
        # The straight line, less the drift of the steps: so the bridge ends where it should.
        slope = (after - first - sums[-1] * scale) / BLOCK_MINUTES
        inner = [
            first + int(slope * minute + total * scale) for minute, total in enumerate(sums[:-1], 1)
        ]
        return [first, *inner, after]

    def _lots(self, block: int, chances: bytes) -> list[int]:
        # Half-hours between a third and three times the average.
        busy = 3.0 ** (2.0 * unit(self._shape_seed + 1, block) - 1.0)
        scale = self.minute_lots * busy / 144
        return [1 + int(scale * (16 + chance)) for chance in chances]

    def _turnovers(self, opens: list[int], closes: list[int], lots: list[int]) -> list[int]:
        twice_the_mean = map(add, opens, closes)
        if not self.contract.inverse:
            return list(map(mul, lots, twice_the_mean))
        usd_e8 = 2 * 10 ** (8 + self.contract.size_exponent + self.contract.tick_places)
        lot = 10**self.contract.lot_places
        return [
            size * usd_e8 // (ticks * lot) for ticks, size in zip(twice_the_mean, lots, strict=True)
        ]

    # --- the inside of a minute ---------------------------------------------------------

    def _minute_path(self, minute: int) -> list[int]:
        """The prices of a minute on the grid."""
        if self._path[0] != minute:
            block, inside = divmod(minute, BLOCK_MINUTES)
            whole = self._block(block)
            ends = (whole.opens[inside], whole.closes[inside])
            bounds = (whole.lows[inside], whole.highs[inside])
            self._path = (minute, self._zigzag(minute, ends, bounds))
        return self._path[1]

    def _zigzag(self, minute: int, ends: tuple[int, int], bounds: tuple[int, int]) -> list[int]:
        """600 prices from open to close that touch low and high and never leave them."""
        low, high = bounds
        chances = stream(self._shape_seed + 2, minute, _STEPS)
        first_turn = 20 + chances[0]
        second_turn = 300 + chances[1]
        turns = (high, low) if ends[1] < ends[0] or chances[2] & 1 else (low, high)
        corners = ((0, ends[0]), (first_turn, turns[0]), (second_turn, turns[1]), (599, ends[1]))
        middle = (low + high) // 2
        prices: list[int] = []
        for (begin, here), (end, there) in pairwise(corners):
            slope = (there - here) / (end - begin)
            straight = [here + int(slope * step) for step in range(1, end - begin)]
            prices.append(here)
            # Drawn towards the middle by up to a half: never outside.
            prices += [
                price + ((middle - price) * chance >> 9)
                for price, chance in zip(straight, chances[begin + 1 : end], strict=True)
            ]
        prices.append(ends[1])
        return prices


def _cut(block: _Block, first: int, end: int) -> Bar:
    return Bar(
        block.opens[first],
        max(block.highs[first:end]),
        min(block.lows[first:end]),
        block.closes[end - 1],
        sum(block.lots[first:end]),
        sum(block.turnovers[first:end]),
    )


def merged(bars: list[Bar]) -> Bar:
    """Neighbouring bars, oldest first, as one."""
    return Bar(
        bars[0].open,
        max([bar.high for bar in bars]),
        min([bar.low for bar in bars]),
        bars[-1].close,
        sum([bar.lots for bar in bars]),
        sum([bar.turnover for bar in bars]),
    )


def remember(kept: dict[int, _Value], key: int, value: _Value, limit: int) -> None:
    """Add to a cache that forgets what it learnt first."""
    if len(kept) >= limit:
        del kept[next(iter(kept))]
    kept[key] = value
