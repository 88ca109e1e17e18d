"""Symbols that may quote multiples of a coin (1000PEPEUSDT), as most exchanges list them.

A price of the market's `Series` is always of one coin; the text of a price is of what the symbol
quotes. So a contract counts 10^exponent coins, and the wire has that many places fewer.
"""

from collections.abc import Collection
from math import ceil, floor, log10
from typing import NamedTuple

from tui_monitor.simulator.bars import Bar
from tui_monitor.simulator.coins import COINS, MAJORS, QUIET, Coin
from tui_monitor.simulator.contracts import Contract
from tui_monitor.simulator.decimals import fixed, plain
from tui_monitor.simulator.derivatives import (
    INDEX_EXTRA_PLACES,
    RATE_PLACES,
    Perpetual,
    SwitchingPerpetual,
)
from tui_monitor.simulator.market import Series, world_of
from tui_monitor.simulator.noise import seed_of

_CHANGE_PLACES = 6
_SPOT_LOT_PLACES = 8
_SPOT_ACTIVITY = 0.15
# One in so many contracts strays from its index by up to 0.8 %, the others by 0.04 %.
_STRAYS_EVERY = 16
_STRAY = 20.0

# Coins that not every exchange has: name and price.
_ELSEWHERE = {
    "MOG": 3.1e-7,
    "BABYDOGE": 7.4e-10,
    "ELON": 6.2e-8,
    "CHEEMS": 1.1e-6,
    "TOSHI": 4.8e-4,
    "XEC": 1.3e-5,
    "MNT": 1.08,
    "BGB": 3.61,
    "龙虾": 0.0418,
    "牛来": 0.0076,
}
ELSEWHERE = {name: Coin(name, price, 9e6, 1.2, 1.4) for name, price in _ELSEWHERE.items()}


class Line(NamedTuple):
    """What makes a symbol. `base` is as listed (1000PEPE), `coin` what moves its price.

    `kind` is the exchange's own word for its sort, `interval_h` None on spot; `settles_ms` is
    the end of a dated contract; `switches`: its funding interval is another one at night.
    """

    category: str
    symbol: str
    base: str
    coin: Coin
    quote: str = "USDT"
    market: str | None = "perp"
    exponent: int = 0
    interval_h: int | None = None
    switches: bool = False
    listed_ms: int = 1_585_526_400_000
    halted_ms: int | None = None
    settles_ms: int | None = None
    activity: float = 1.0
    premium: float = 0.0
    kind: str = ""


class Listing:
    """One symbol with its market and its ways of writing numbers."""

    def __init__(self, line: Line, series: Series, derived: Perpetual | None, places: int) -> None:
        """`places` are those of a funding rate."""
        self.line = line
        self.symbol = line.symbol
        self.market = line.market
        self.series = series
        self.contract = series.contract
        self.derived = derived
        self.rate_places = places
        self.price_places = series.contract.tick_places - line.exponent
        self.coin = _coin_of(line)

    def price(self, ticks: int) -> str:
        """A price with all its places."""
        return fixed(ticks, self.price_places)

    def fine_price(self, ticks: int) -> str:
        """An index price, which has more places."""
        return fixed(ticks, self.price_places + INDEX_EXTRA_PLACES)

    def size(self, lots: int) -> str:
        """A size in what the symbol counts."""
        return plain(lots, self.contract.lot_places)

    def turnover(self, bar: Bar) -> str:
        """A bar's volume in the quote currency: `Bar.turnover` counts twice the price."""
        return plain(bar.turnover * 5, self._value_places + 1)

    def notional(self, lots: int, ticks: int) -> str:
        """Lots at a price, in the quote currency, exactly."""
        return plain(lots * ticks, self._value_places)

    def value(self, lots: int, ticks: int) -> str:
        """Lots at a price, in the quote currency, to the cent."""
        places = self._value_places
        cents = lots * ticks * 100
        return fixed((cents + 10**places // 2) // 10**places, 2)

    @property
    def _value_places(self) -> int:
        contract = self.contract
        return contract.lot_places - contract.size_exponent + contract.tick_places

    def rate(self, units: int) -> str:
        """A funding rate, given in 10^-16."""
        return plain(self._rounded(units), self.rate_places)

    def rate_value(self, units: int) -> float:
        """The number that `rate` prints."""
        return self._rounded(units) / float(10**self.rate_places)

    def _rounded(self, units: int) -> int:
        unit: int = 10 ** (RATE_PLACES - self.rate_places)
        return (units + unit // 2) // unit

    def coin_price(self, ticks: int) -> float:
        """The price of one coin."""
        return ticks / float(10**self.contract.tick_places)

    def coins(self, lots: int) -> float:
        """Lots in coins: one division of exact numbers."""
        places = self.contract.lot_places - self.contract.size_exponent
        return lots / float(10**places) if places >= 0 else float(lots * 10**-places)

    def exists(self, now_ms: int) -> bool:
        """Whether it is listed and, if it is dated, not yet settled."""
        settles_ms = self.line.settles_ms
        return now_ms >= self.line.listed_ms and (settles_ms is None or now_ms < settles_ms)


def _coin_of(line: Line) -> str:
    if not line.exponent:
        return line.base
    multiple = str(10**line.exponent)
    if line.exponent == 6:
        return line.base.removeprefix(multiple).removeprefix("1M")
    return line.base.removeprefix(multiple).removesuffix(multiple)


def change(day: Bar, places: int = _CHANGE_PLACES) -> str:
    """The change of 24 hours as a fraction."""
    unit = 10**places
    return plain((day.close - day.open) * unit // day.open, places)


class Shelf:
    """What an exchange lists. All that it remembers is pure."""

    def __init__(self, seed: int, exchange: str, rate_places: int) -> None:
        self.world = world_of(seed)
        self.exchange = exchange
        self._rate_places = rate_places
        self._listings: dict[tuple[str, str], Listing] = {}
        self._by_key: dict[str, Listing] = {}
        self._indices: dict[tuple[str, int], Series] = {}

    def add(self, line: Line) -> Listing:
        """List a symbol."""
        contract = _contract(self.exchange, line)
        series = self.world.series(contract, line.coin)
        derived = None
        if line.market != "spot" and line.interval_h is not None:
            index = self._index(line.coin, contract.tick_places)
            kind = SwitchingPerpetual if line.switches else Perpetual
            derived = kind(self.world.seed, series, index, line.interval_h)
        listing = Listing(line, series, derived, self._rate_places)
        self._listings[line.category, line.symbol] = listing
        self._by_key[contract.key] = listing
        return listing

    def keep(self, coins: Collection[str]) -> None:
        """Drop all that is not of these coins; none named: keep all."""
        if coins:
            self._listings = {key: one for key, one in self._listings.items() if one.coin in coins}

    def _index(self, coin: Coin, tick_places: int) -> Series:
        """The coin itself, without any contract's basis: the same on every exchange."""
        places = tick_places + INDEX_EXTRA_PLACES
        found = self._indices.get((coin.name, places))
        if found is None:
            contract = Contract(f"{coin.name} index", coin.name, places, 0, basis=0.0)
            found = self._indices[coin.name, places] = self.world.series(contract, coin)
        return found

    def of(self, category: str, now_ms: int) -> list[Listing]:
        """What a category lists at a time."""
        return [
            listing
            for (name, _), listing in self._listings.items()
            if name == category and listing.exists(now_ms)
        ]

    def find(self, category: str, symbol: str, now_ms: int) -> Listing | None:
        """A symbol of a category, if it exists at a time."""
        found = self._listings.get((category, symbol))
        return found if found is not None and found.exists(now_ms) else None

    def owner(self, series: Series) -> Listing:
        """The listing of a contract's series."""
        return self._by_key[series.contract.key]

    def perpetuals(self) -> list[Listing]:
        """Those that the model calls perp, the most traded first."""
        found = [one for one in self._listings.values() if one.market == "perp"]
        return sorted(found, key=lambda one: -one.series.coin.turnover_usd)


def _contract(exchange: str, line: Line) -> Contract:
    key = f"{exchange} {line.category} {line.symbol}"
    quoted = line.coin.price_usd * 10**line.exponent
    price_places = max(0, (5 if quoted >= 1_000 else 4) - floor(log10(quoted)))
    is_spot = line.interval_h is None
    strays = line.coin.name not in MAJORS and seed_of(key) % _STRAYS_EVERY == 0
    strays = strays and line.coin != QUIET
    lot_places = max(0, ceil(log10(quoted)) - 2)
    if is_spot and quoted > 0.01:
        lot_places = max(0, _SPOT_LOT_PLACES - price_places)
    return Contract(
        key=key,
        coin=line.coin.name,
        tick_places=price_places + line.exponent,
        lot_places=lot_places,
        size_exponent=line.exponent,
        listed_ms=line.listed_ms,
        halted_ms=line.halted_ms,
        premium=line.premium,
        exchange=exchange,
        activity=line.activity * (_SPOT_ACTIVITY if is_spot else 1.0),
        basis=_STRAY if strays else 1.0,
    )


def namesake(name: str, price_usd: float) -> Coin:
    """Another asset that goes by the same ticker."""
    turnover_usd = COINS[name].turnover_usd if name in COINS else 5e6
    return Coin(f"{name} (another)", price_usd, turnover_usd, 1.0, 1.2)
