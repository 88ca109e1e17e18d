"""What OKX lists: perpetuals, dated futures and spot pairs, with the list's oddities.

Symbols quote one coin each (no 1000PEPE); the contract's value carries the multiple. Stocks
and commodities are swaps settled in USDT, too; states and rules that are rare do occur.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import floor, log10
from typing import Any

from tui_monitor.clock import DAY_MS
from tui_monitor.simulator.coins import COINS, MAJORS, PRE_MARKET, TRADITIONAL, Coin
from tui_monitor.simulator.contracts import Contract
from tui_monitor.simulator.days import day_ms
from tui_monitor.simulator.decimals import plain
from tui_monitor.simulator.derivatives import INDEX_EXTRA_PLACES, Perpetual
from tui_monitor.simulator.market import Series, World, world_of
from tui_monitor.simulator.more_coins import launched_ms, listed_at
from tui_monitor.simulator.noise import seed_of
from tui_monitor.simulator.okx.coming import BLANK

SWAP, FUTURES, SPOT = "SWAP", "FUTURES", "SPOT"
_CRYPTO = "1"


# Published contract values that differ from the rule of about ten dollars.
# fmt: off
_SIZE_EXPONENTS = {
    "BTC": -2, "ETH": -1, "SOL": 0, "XRP": 2, "ADA": 2, "DOGE": 3, "TRX": 3, "SHIB": 6, "PEPE": 7,
    "FLOKI": 5, "LUNC": 4, "LTC": 0, "BCH": -1, "BNB": -2, "LINK": 0, "DOT": 0, "SATS": 7,
}
# fmt: on
_INVERSE = {"BTC": 2, "ETH": 1, "SOL": 1, "XRP": 1, "DOGE": 1, "LTC": 1, "UNI": 1}
_DATED = ("BTC", "ETH")
_XPERP_SETTLES_MS = day_ms(2031, 4, 4)
_LISTED_MS = day_ms(2019, 12, 26)
_LISTED_LATE = {
    "TAO": day_ms(2023, 4, 7),
    "SUI": day_ms(2023, 5, 3, 12),
    "HYPE": day_ms(2025, 6, 17),
    "ASTER": day_ms(2025, 9, 25),
    "XPL": day_ms(2025, 8, 21),
    "MON": day_ms(2025, 11, 24, 14),
    "MET": day_ms(2025, 10, 23, 14),
    "2Z": day_ms(2025, 10, 2, 12),
    "币安人生": day_ms(2025, 10, 9),
    "哈基米": day_ms(2026, 11, 20, 6),
    "CHIP": day_ms(2026, 8, 19, 10),
}
_NO_SPOT = ("PERP", "SC", "AGLD", "哈基米", *TRADITIONAL, *PRE_MARKET)
# Rare states; whoever is suspended shows frozen prices.
_STATES = {"SLP": "post_only", "WAXP": "rebase", "HOME": "settling_2027"}
_SUSPENDED_MS = {"DOGS": day_ms(2026, 10, 13, 3), "CATI": day_ms(2026, 6, 1)}
_SHORT_INTERVALS = {"CHIP": 4, "2Z": 4, "PUMP": 4, "币安人生": 1, "哈基米": 1, "MUBARAK": 2}


class Listing:
    """One row of the list of instruments, with its market."""

    def __init__(self, contract: Contract, inst_type: str, quote: str, series: Series) -> None:
        self.contract = contract
        self.inst_id = contract.key
        self.inst_type = inst_type
        self.quote = quote
        self.series = series
        self.derived: Perpetual | None = None
        # The newest ticker, with its time.
        self.newest: tuple[int, dict[str, Any]] | None = None
        # Open, high and low of 24 hours and both days' opens, with their texts.
        self.bounds: tuple[tuple[int, ...], tuple[str, ...]] | None = None
        self.settles_ms: int | None = None
        self.rule = "normal"
        self.settle = ""

    @property
    def family(self) -> str:
        """BTC-USDT for everything that follows that index."""
        return f"{self.contract.coin}-{self.quote}"

    @property
    def market(self) -> str | None:
        """The model's market; None for what is neither spot nor a USDT perpetual."""
        if self.inst_type == SPOT:
            return "spot"
        return "perp" if self.inst_id.endswith("-USDT-SWAP") else None

    def state(self, now_ms: int) -> str:
        """The state that the list shows."""
        contract = self.contract
        if now_ms < contract.listed_ms:
            return "preopen"
        if contract.halted_ms is not None and now_ms >= contract.halted_ms:
            return "suspend"
        return _STATES.get(contract.coin, "live") if self.inst_type == SWAP else "live"

    def row(self, now_ms: int) -> dict[str, Any]:
        """The row of the list, with all fields of 2026."""
        contract, is_spot = self.contract, self.inst_type == SPOT
        size = plain(1, -contract.size_exponent)
        lot = plain(1, contract.lot_places)
        expires = "" if self.settles_ms is None else str(self.settles_ms)
        return {
            **BLANK,
            "baseCcy": contract.coin if is_spot else "",
            "quoteCcy": self.quote if is_spot else "",
            "ctMult": "" if is_spot else "1",
            "ctType": "" if is_spot else ("inverse" if contract.inverse else "linear"),
            "ctVal": "" if is_spot else size,
            "ctValCcy": "" if is_spot else ("USD" if contract.inverse else contract.coin),
            "expTime": expires,
            "alias": "this_week" if self.inst_type == FUTURES else "",
            "groupId": "12" if is_spot else "4",
            "instCategory": TRADITIONAL.get(contract.coin, _CRYPTO),
            "instFamily": "" if is_spot else self.family,
            "instId": self.inst_id,
            # Real codes are small; a few instruments have none.
            "instIdCode": None if self.rule == "pre_market" else seed_of(self.inst_id) % 900_000,
            "instType": self.inst_type,
            "lever": "10" if is_spot else "50",
            "listTime": str(contract.listed_ms),
            "lotSz": lot,
            "minSz": lot,
            "ruleType": self.rule,
            "settleCcy": self.settle,
            "state": self.state(now_ms),
            "tickSz": plain(1, contract.tick_places),
            "tradeQuoteCcyList": [self.quote] if is_spot else [],
            "uly": "" if is_spot else self.family,
        }


class Catalog:
    """All listings, and those of them that exist at a time."""

    def __init__(self, world: World, size: int = 0) -> None:
        self._world = world
        self._coins = dict(COINS)
        self._indices: dict[str, Series] = {}
        self._fixed: dict[str, Listing] = {}
        self._dated: dict[str, Listing] = {}
        for coin in COINS:
            self._add(self._swap(coin))
        for coin, exponent in _INVERSE.items():
            self._add(self._inverse(coin, exponent))
        for coin in COINS:
            if coin not in _NO_SPOT:
                self._add(self._spot(coin))
        self._add(self._xperp())
        self._add_more(size)

    def _add_more(self, size: int) -> None:
        """Coins beyond the written list, until each market has so many."""
        perps = tuple(listed_at("okx", SWAP, size - self._live(SWAP)))
        pairs = tuple(listed_at("okx", SPOT, size - self._live(SPOT)))
        self._coins |= {coin.name: coin for coin in (*perps, *pairs)}
        for coin in perps:
            self._add(self._swap(coin.name))
        for coin in pairs:
            self._add(self._spot(coin.name))

    def keep(self, coins: Collection[str]) -> None:
        """Drop all that is not of these coins; none named: keep all."""
        if coins:
            self._coins = {name: coin for name, coin in self._coins.items() if name in coins}
            self._fixed = {
                name: one for name, one in self._fixed.items() if one.contract.coin in coins
            }

    def _live(self, inst_type: str) -> int:
        """How many may be chosen of what is listed: coins that trade."""
        return sum(
            listing.inst_type == inst_type
            and listing.market is not None
            and listing.rule == "normal"
            and listing.state(day_ms(2026, 9, 1, 0)) == "live"
            and listing.contract.coin not in (*TRADITIONAL, *_LISTED_LATE)
            for listing in self._fixed.values()
        )

    def _add(self, listing: Listing) -> None:
        self._fixed[listing.inst_id] = listing

    def _swap(self, coin: str) -> Listing:
        listed_ms = self._listed_ms(coin)
        contract = Contract(
            key=f"{coin}-USDT-SWAP",
            coin=coin,
            tick_places=_tick_places(self._coins[coin]),
            lot_places=2 if coin in MAJORS[:6] else 1,
            size_exponent=_size_exponent(self._coins[coin]),
            listed_ms=listed_ms,
            halted_ms=_SUSPENDED_MS.get(coin),
            exchange="okx",
        )
        listing = self._listing(contract, SWAP, "USDT")
        listing.settle = "USDT"
        if coin in PRE_MARKET:
            listing.rule = "pre_market"
        elif coin in _STATES and _STATES[coin] == "rebase":
            listing.rule = "rebase_contract"
        return self._with_derived(listing, _SHORT_INTERVALS.get(coin, 8))

    def _listed_ms(self, coin: str) -> int:
        if coin not in COINS:
            return launched_ms(coin)
        return _LISTED_LATE.get(coin, _LISTED_MS)

    def _inverse(self, coin: str, exponent: int) -> Listing:
        contract = Contract(
            key=f"{coin}-USD-SWAP",
            coin=coin,
            tick_places=_tick_places(self._coins[coin]),
            lot_places=1,
            size_exponent=exponent,
            inverse=True,
            listed_ms=_LISTED_MS,
            activity=0.1,
        )
        listing = self._listing(contract, SWAP, "USD")
        listing.settle = coin
        return self._with_derived(listing, 8)

    def _spot(self, coin: str) -> Listing:
        tick_places = _tick_places(self._coins[coin])
        contract = Contract(
            key=f"{coin}-USDT",
            coin=coin,
            tick_places=tick_places,
            lot_places=max(0, 8 - tick_places) if self._coins[coin].price_usd > 0.01 else 0,
            listed_ms=self._listed_ms(coin) + 3_600_000,
            activity=0.15,
        )
        return self._listing(contract, SPOT, "USDT")

    def _xperp(self) -> Listing:
        """A perpetual that goes by FUTURES and is in the funding list all the same."""
        contract = Contract(
            key="BTC-USD_UM_XPERP-310404",
            coin="BTC",
            tick_places=1,
            lot_places=1,
            size_exponent=-3,
            listed_ms=day_ms(2026, 4, 1),
            activity=0.02,
        )
        listing = self._listing(contract, FUTURES, "USD_UM")
        listing.settle, listing.rule, listing.settles_ms = "USD", "xperp", _XPERP_SETTLES_MS
        return self._with_derived(listing, 8)

    def _future(self, coin: str, settles_ms: int) -> Listing:
        day = datetime.fromtimestamp(settles_ms / 1000, UTC).strftime("%y%m%d")
        contract = Contract(
            key=f"{coin}-USDT-{day}",
            coin=coin,
            tick_places=_tick_places(self._coins[coin]),
            lot_places=2,
            size_exponent=_size_exponent(self._coins[coin]),
            listed_ms=settles_ms - 190 * DAY_MS,
            premium=0.004,
            activity=0.02,
        )
        listing = self._listing(contract, FUTURES, "USDT")
        listing.settle, listing.settles_ms = "USDT", settles_ms
        return self._with_derived(listing, 8)

    def _listing(self, contract: Contract, inst_type: str, quote: str) -> Listing:
        series = self._world.series(contract, self._coins[contract.coin])
        return Listing(contract, inst_type, quote, series)

    def _with_derived(self, listing: Listing, interval_h: int) -> Listing:
        index = self.index_series(listing.contract.coin, listing.contract.tick_places)
        listing.derived = Perpetual(self._world.seed, listing.series, index, interval_h)
        return listing

    def index_series(self, coin: str, tick_places: int) -> Series:
        """The coin itself, without any contract's basis."""
        found = self._indices.get(coin)
        if found is None:
            places = tick_places + INDEX_EXTRA_PLACES
            contract = Contract(f"{coin} index", coin, places, 0, listed_ms=_LISTED_MS, basis=0.0)
            found = self._indices[coin] = self._world.series(contract, self._coins[coin])
        return found

    def index(self, inst_id: str) -> Series | None:
        """The index that goes by BTC-USDT or BTC-USD."""
        coin, _, quote = inst_id.rpartition("-")
        if quote not in ("USDT", "USD") or coin not in self._coins:
            return None
        return self.index_series(coin, _tick_places(self._coins[coin]))

    def index_ids(self, quote: str) -> list[str]:
        """The indices of one quote currency."""
        coins = {"USDT": tuple(self._coins), "USD": tuple(_INVERSE)}.get(quote, ())
        return [f"{coin}-{quote}" for coin in coins if coin in self._coins]

    def rows(self, now_ms: int) -> list[Listing]:
        """All that exist at a time, coming ones a day ahead."""
        dated = self._dated_at(now_ms)
        return [
            listing
            for listing in (*self._fixed.values(), *dated)
            if now_ms >= listing.contract.listed_ms - DAY_MS
        ]

    def find(self, inst_id: str, now_ms: int) -> Listing | None:
        """The listing of a symbol, if it exists at a time."""
        listing = self._fixed.get(inst_id)
        if listing is None:
            listing = next(
                (dated for dated in self._dated_at(now_ms) if dated.inst_id == inst_id), None
            )
        if listing is None or now_ms < listing.contract.listed_ms - DAY_MS:
            return None
        return listing

    def swaps(self) -> list[Listing]:
        """The perpetuals settled in USDT, the most traded first."""
        found = [listing for listing in self._fixed.values() if listing.market == "perp"]
        return sorted(found, key=lambda listing: -listing.series.coin.turnover_usd)

    def liquidated(self) -> list[Series]:
        """All perpetuals, the inverse ones among them, the most traded first."""
        found = [listing for listing in self._fixed.values() if listing.inst_type == SWAP]
        found.sort(key=lambda one: -one.series.coin.turnover_usd)
        return [listing.series for listing in found]

    def _dated_at(self, now_ms: int) -> list[Listing]:
        """The futures of the next two Fridays and of the next quarter's last Friday."""
        found = []
        for coin in filter(self._coins.__contains__, _DATED):
            for settles_ms in _settlements(now_ms):
                key = f"{coin} {settles_ms}"
                if key not in self._dated:
                    if len(self._dated) > 24:
                        self._dated.clear()
                    self._dated[key] = self._future(coin, settles_ms)
                found.append(self._dated[key])
        return found


@lru_cache(maxsize=8)
def catalog_of(seed: int, size: int = 0, coins: frozenset[str] = frozenset()) -> Catalog:
    """The catalog of a seed. All it remembers is pure, so simulators of one process share it."""
    catalog = Catalog(world_of(seed), size)
    catalog.keep(coins)
    return catalog


def _settlements(now_ms: int) -> list[int]:
    today = datetime.fromtimestamp((now_ms - 8 * 3_600_000) / 1000, UTC)
    friday = today.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
    friday += timedelta(days=(4 - friday.weekday()) % 7)
    quarter = friday + timedelta(days=14)
    while quarter.month % 3 or (quarter + timedelta(days=7)).month == quarter.month:
        quarter += timedelta(days=7)
    days = (friday, friday + timedelta(days=7), quarter)
    return [int(day.timestamp()) * 1000 for day in days]


def _tick_places(coin: Coin) -> int:
    digits = floor(log10(coin.price_usd))
    return max(0, (5 if coin.price_usd >= 1_000 else 4) - digits)


def _size_exponent(coin: Coin) -> int:
    known = _SIZE_EXPONENTS.get(coin.name)
    return round(1 - log10(coin.price_usd)) if known is None else known
