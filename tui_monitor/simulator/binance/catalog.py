"""What Binance lists: USDⓈ-M and COIN-M contracts, and spot pairs, with the lists' oddities."""

from collections.abc import Collection
from datetime import UTC, datetime
from functools import lru_cache
from math import floor, log10

from tui_monitor.clock import DAY_MS
from tui_monitor.simulator.binance.assets import (
    ASSETS,
    FUNDING_H,
    INVERSE,
    LISTED_LATE_MS,
    LISTED_MS,
    NO_PERP,
    NO_SPOT,
    PERP_PREFIX,
    PERP_STATES,
    SPOT_NAMESAKES,
    SPOT_PREFIX,
    SPOT_STATES,
    SPOT_STOCKS,
    more_perp_prefix,
    more_spot_prefix,
    underlying_type,
)
from tui_monitor.simulator.coins import MAJORS, TRADITIONAL, Coin
from tui_monitor.simulator.contracts import Contract
from tui_monitor.simulator.days import quarter_ends
from tui_monitor.simulator.decimals import fixed
from tui_monitor.simulator.derivatives import INDEX_EXTRA_PLACES, Perpetual
from tui_monitor.simulator.listings import Line, Listing
from tui_monitor.simulator.market import Series, world_of
from tui_monitor.simulator.more_coins import launched_ms, listed_at
from tui_monitor.simulator.noise import seed_of

UM, CM, SPOT = "um", "cm", "spot"
PERPETUAL, TRADIFI = "PERPETUAL", "TRADIFI_PERPETUAL"
RATE_PLACES = 8
WIDE = 8
_DATED = ("BTC", "ETH")
_YEARS = range(2025, 2031)
_QUARTER_MS = 92 * DAY_MS
_OTHER_QUOTES = (("USDC", 0.0001), ("FDUSD", 0.0006))


class Pair(Listing):
    """One symbol. `state` and `state_ms` are what it is instead of TRADING, and since when."""

    def __init__(self, line: Line, series: Series, derived: Perpetual | None) -> None:
        super().__init__(line, series, derived, RATE_PLACES)
        self.state = ""
        self.coin = line.coin.name
        is_fine = line.category == UM and self.coin in MAJORS[:6]
        # Prices are printed with more places than the tick has.
        self.shown_places = WIDE if line.category == SPOT else self.price_places + is_fine

    @property
    def is_spot(self) -> bool:
        """Whether it is a spot pair."""
        return self.line.category == SPOT

    def status(self, now_ms: int) -> str:
        """The status that the list shows."""
        halted_ms = self.contract.halted_ms
        if halted_ms is not None and now_ms >= halted_ms:
            return self.state
        return "TRADING"

    def trades(self, now_ms: int) -> bool:
        """Whether it is listed and TRADING."""
        return self.exists(now_ms) and self.status(now_ms) == "TRADING"

    def kind(self, now_ms: int) -> str:
        """The contractType."""
        settles_ms = self.line.settles_ms
        if settles_ms is None:
            return self.line.kind
        return "CURRENT_QUARTER" if settles_ms - now_ms <= _QUARTER_MS else "NEXT_QUARTER"

    def price(self, ticks: int) -> str:
        """A price as it is printed."""
        return fixed(ticks * 10 ** (self.shown_places - self.price_places), self.shown_places)

    def mark(self, ticks: int, extra_places: int = 0) -> str:
        """Mark and index prices have eight places (or what the tick needs)."""
        places = self.price_places + extra_places
        return wide(ticks, places)

    def size(self, lots: int) -> str:
        """A size in what the symbol counts."""
        places = self.contract.lot_places
        return wide(lots, places) if self.is_spot else fixed(lots, places)

    def money(self, twice: int) -> str:
        """A turnover as bars count it, in the quote currency (COIN-M: in coins)."""
        if self.contract.inverse:
            return fixed(twice, WIDE)
        places = self.contract.lot_places + self.price_places + 1
        return wide(twice * 5, places) if self.is_spot else fixed(twice * 5, places)


def wide(units: int, places: int) -> str:
    """A number with eight places, or all that it has."""
    return fixed(units * 10 ** max(0, WIDE - places), max(WIDE, places))


class Catalog:
    """All symbols of the three lists. All that it remembers is pure."""

    def __init__(self, seed: int, size: int = 0) -> None:
        self.world = world_of(seed)
        self._pairs: dict[str, dict[str, Pair]] = {UM: {}, CM: {}, SPOT: {}}
        self._by_key: dict[str, Pair] = {}
        self._indices: dict[tuple[str, int], Series] = {}
        for coin in ASSETS.values():
            self._add_perpetual(coin)
            self._add_spot(coin)
        for name in SPOT_STOCKS:
            self._add_stock(name)
        for name, exponent in INVERSE.items():
            self._add_inverse(name, exponent)
        for name in _DATED:
            self._add_dated(name)
        for coin in listed_at("binance", UM, size - self._live(UM), ASSETS):
            self._add_more(coin, UM, more_perp_prefix(coin))
        for coin in listed_at("binance", SPOT, size - self._live(SPOT), ASSETS):
            self._add_more(coin, SPOT, more_spot_prefix(coin))

    # --- what there is ------------------------------------------------------------------

    def rows(self, category: str, now_ms: int) -> list[Pair]:
        """What a list has at a time."""
        return [pair for pair in self._pairs[category].values() if pair.exists(now_ms)]

    def find(self, category: str, symbol: str, now_ms: int) -> Pair | None:
        """A symbol of a list, if it exists at a time."""
        pair = self._pairs[category].get(symbol)
        return pair if pair is not None and pair.exists(now_ms) else None

    def owner(self, series: Series) -> Pair:
        """The symbol of a price history."""
        return self._by_key[series.contract.key]

    def liquidated(self) -> list[Series]:
        """Perpetuals, COIN-M's among them, the most traded first."""
        every = (*self._pairs[UM].values(), *self._pairs[CM].values())
        found = [pair for pair in every if pair.line.settles_ms is None and not pair.state]
        return [pair.series for pair in sorted(found, key=_turnover, reverse=True)]

    def keep(self, coins: Collection[str]) -> None:
        """Drop all that is not of these coins; none named: keep all."""
        if not coins:
            return
        for category, pairs in self._pairs.items():
            self._pairs[category] = {
                symbol: pair for symbol, pair in pairs.items() if pair.coin in coins
            }

    def perpetuals(self) -> list[Pair]:
        """Those that the model calls perp."""
        return [pair for pair in self._pairs[UM].values() if pair.market == "perp"]

    # --- how it is made -----------------------------------------------------------------

    def _add_perpetual(self, coin: Coin) -> None:
        name = _ticker(coin)
        if name in NO_PERP:
            return
        prefix, exponent = PERP_PREFIX.get(name, ("", 0))
        state, halted_ms = PERP_STATES.get(name, ("", None))
        line = Line(
            category=UM,
            symbol=f"{prefix}{name}USDT",
            base=f"{prefix}{name}",
            coin=coin,
            exponent=exponent,
            interval_h=FUNDING_H.get(name, 8),
            listed_ms=LISTED_LATE_MS.get(name, LISTED_MS),
            halted_ms=halted_ms,
            kind=TRADIFI if name in TRADITIONAL else PERPETUAL,
        )
        self._add(line).state = state
        if name in ("BTC", "ETH"):
            symbol = f"{name}USDC"
            self._add(line._replace(symbol=symbol, quote="USDC", market=None, activity=0.1))

    def _add_spot(self, coin: Coin) -> None:
        name = _ticker(coin)
        if name in NO_SPOT:
            return
        prefix, exponent = SPOT_PREFIX.get(name, ("", 0))
        state, halted_ms = SPOT_STATES.get(name, ("", None))
        line = Line(
            category=SPOT,
            symbol=f"{prefix}{name}USDT",
            base=f"{prefix}{name}",
            coin=SPOT_NAMESAKES.get(name, coin),
            market="spot",
            exponent=exponent,
            listed_ms=LISTED_LATE_MS.get(name, LISTED_MS) + 3_600_000,
            halted_ms=halted_ms,
            activity=0.2,
        )
        self._add(line).state = state
        if name in MAJORS[:4]:
            for quote, premium in _OTHER_QUOTES:
                other = line._replace(quote=quote, symbol=f"{name}{quote}", market=None)
                self._add(other._replace(premium=premium, activity=0.02))

    def _add_more(self, coin: Coin, category: str, quoted: tuple[str, int]) -> None:
        """A coin beyond the written list. `quoted` are its prefix and the power of ten in that."""
        prefix, exponent = quoted
        base, is_spot = f"{prefix}{coin.name}", category == SPOT
        often = 4 if seed_of("binance", coin.name) % 3 == 0 else 8
        line = Line(
            category=category,
            symbol=f"{base}USDT",
            base=base,
            coin=coin,
            market="spot" if is_spot else "perp",
            exponent=exponent,
            interval_h=None if is_spot else often,
            listed_ms=launched_ms(coin.name),
            activity=0.2 if is_spot else 1.0,
            kind="" if is_spot else PERPETUAL,
        )
        self._add(line)

    def _live(self, category: str) -> int:
        """How many may be chosen of what is listed: coins that trade."""
        return sum(
            pair.market is not None
            and not pair.state
            and pair.line.kind != TRADIFI
            and underlying_type(pair.coin) == "COIN"
            and pair.coin not in (*LISTED_LATE_MS, *SPOT_NAMESAKES)
            for pair in self._pairs[category].values()
        )

    def _add_stock(self, name: str) -> None:
        """A tokenised stock: nothing in the list tells it from a coin but its name."""
        line = Line(
            category=SPOT,
            symbol=f"{name}BUSDT",
            base=f"{name}B",
            coin=ASSETS[name],
            market="spot",
            activity=0.05,
        )
        self._add(line).coin = f"{name}B"

    def _add_inverse(self, name: str, exponent: int) -> None:
        line = Line(
            category=CM,
            symbol=f"{name}USD_PERP",
            base=name,
            coin=ASSETS[name],
            quote="USD",
            market=None,
            exponent=exponent,
            interval_h=8,
            activity=0.15,
            kind=PERPETUAL,
        )
        self._add(line)

    def _add_dated(self, name: str) -> None:
        for _, _, settles_ms in quarter_ends(_YEARS):
            day = datetime.fromtimestamp(settles_ms / 1000, UTC).strftime("%y%m%d")
            line = Line(
                category=UM,
                symbol=f"{name}USDT_{day}",
                base=name,
                coin=ASSETS[name],
                market=None,
                interval_h=8,
                listed_ms=settles_ms - 2 * _QUARTER_MS,
                settles_ms=settles_ms,
                premium=0.004,
                activity=0.02,
            )
            self._add(line)

    def _add(self, line: Line) -> Pair:
        contract = _contract(line)
        series = self.world.series(contract, line.coin)
        derived = None
        if line.interval_h is not None:
            index = self._index(line.coin, contract.tick_places)
            derived = Perpetual(self.world.seed, series, index, line.interval_h)
        if contract.inverse:
            line = line._replace(exponent=0)
        pair = Pair(line, series, derived)
        pair.coin = _ticker(line.coin)
        self._pairs[line.category][line.symbol] = pair
        self._by_key[contract.key] = pair
        return pair

    def _index(self, coin: Coin, tick_places: int) -> Series:
        """The coin itself, without any contract's basis."""
        places = tick_places + INDEX_EXTRA_PLACES
        found = self._indices.get((coin.name, places))
        if found is None:
            contract = Contract(f"{coin.name} index", coin.name, places, 0, basis=0.0)
            found = self._indices[coin.name, places] = self.world.series(contract, coin)
        return found


@lru_cache(maxsize=8)
def catalog_of(seed: int, size: int = 0, coins: frozenset[str] = frozenset()) -> Catalog:
    """The catalog of a seed. All it remembers is pure, so simulators of one process share it."""
    catalog = Catalog(seed, size)
    catalog.keep(coins)
    return catalog


def _ticker(coin: Coin) -> str:
    return coin.name.removesuffix(" (another)")


def _turnover(pair: Pair) -> float:
    return pair.series.coin.turnover_usd * pair.contract.activity


def _contract(line: Line) -> Contract:
    is_inverse = line.category == CM
    exponent = 0 if is_inverse else line.exponent
    quoted = line.coin.price_usd * 10**exponent
    digits = floor(log10(quoted))
    most = WIDE if line.category == SPOT else WIDE - 1
    price_places = min(most, max(0, (5 if quoted >= 1_000 else 4) - digits))
    lot_places = max(0, min(3, digits)) if line.category == UM else 0
    if line.category == SPOT:
        lot_places = max(0, min(5, digits + 1))
    return Contract(
        key=f"binance {line.category} {line.symbol}",
        exchange="binance",
        coin=line.coin.name,
        tick_places=price_places + exponent,
        lot_places=lot_places,
        size_exponent=line.exponent,
        inverse=is_inverse,
        listed_ms=line.listed_ms,
        halted_ms=line.halted_ms,
        premium=line.premium,
        activity=line.activity,
    )


def is_crypto(pair: Pair) -> bool:
    """Whether its mark prices come in the frame of the coins."""
    return pair.line.kind != TRADIFI


def underlying(pair: Pair) -> str:
    """The underlyingType of a contract."""
    return underlying_type(pair.coin)
