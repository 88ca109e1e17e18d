"""What Bitget lists: USDT perpetuals (a third of them no crypto), other margins, spot pairs.

Spot and USDT perpetuals share their symbols. What is no crypto is told by `isRwa` alone; names
beyond ASCII and a few multiples of cheap coins stand among the others.
"""

from functools import lru_cache
from typing import Any

from tui_monitor.clock import DAY_MS
from tui_monitor.simulator.coins import COINS, MAJORS, PRE_MARKET, TRADITIONAL, Coin
from tui_monitor.simulator.days import day_ms, quarter_ends
from tui_monitor.simulator.listings import ELSEWHERE, Line, Listing, Shelf, namesake
from tui_monitor.simulator.more_coins import exponent_for, launched_ms, listed_at
from tui_monitor.simulator.noise import seed_of

USDT, USDC, COIN, SPOT = "USDT-FUTURES", "USDC-FUTURES", "COIN-FUTURES", "SPOT"
FUTURES = (USDT, USDC, COIN)
# Known, and empty here.
DEMO = ("SUSDT-FUTURES", "SUSDC-FUTURES", "SCOIN-FUTURES")
MARKETS = {USDT: "perp", SPOT: "spot"}
RATE_PLACES = 6


MULTIPLES = {
    "BONK": ("1000BONK", 3),
    "SATS": ("1000SATS", 3),
    "XEC": ("1000XEC", 3),
    "ELON": ("10000ELON", 4),
    "MOG": ("1000000MOG", 6),
    "BABYDOGE": ("1MBABYDOGE", 6),
}
# The prefix of a power of ten, and the prices below which coins beyond the written list have it.
_PREFIXES = {0: "", 3: "1000", 4: "10000", 6: "1M"}
_EXPONENT_STEPS = ((1e-8, 6), (1e-6, 4), (1e-5, 3))
_NOT_HERE = ("OKB", "MNT", "CHEEMS", *TRADITIONAL, *PRE_MARKET)
_NO_SPOT = ("PERP", "SC", "AGLD", "哈基米", "牛来", "MUBARAK")
_NO_PERPETUAL = ("BGB", "GLM", "WAXP")
_NAMESAKES = {"W": namesake("W", 1.87), "ACT": namesake("ACT", 0.00412)}
_INTERVALS_H = {"CHIP": 1, "币安人生": 1, "哈基米": 1, "H": 2, "PUMP": 4}
_LISTED = {
    "TAO": day_ms(2023, 5, 25),
    "HYPE": day_ms(2024, 12, 3),
    "ASTER": day_ms(2025, 9, 18),
    "MON": day_ms(2025, 11, 24),
    "CHIP": day_ms(2026, 8, 19),
    "龙虾": day_ms(2026, 3, 9),
    "牛来": day_ms(2026, 6, 30),
    "哈基米": day_ms(2026, 11, 20),
}
# v2's status and v3's; on spot there is one word.
_STATUSES = {
    "SLP": ("maintain", "limit_close"),
    "DOGS": ("off", "offline"),
    "CATI": ("restrictedAPI", "restrictedAPI"),
    "HOME": ("limit_open", "limit_open"),
    "MAGIC": ("listed", "listed"),
    "SOPH": ("lunar_pause", "lunar_pause"),
}
_SPOT_STATUSES = {"SLP": "halt", "DOGS": "offline", "MAGIC": "gray"}
_HALTED_MS = {"DOGS": day_ms(2026, 10, 13), "SLP": day_ms(2026, 11, 18)}
_KINDS = {"3": "stock", "4": "metal"}
_ON = Coin("ON Semiconductor", 79.1, 6e6, 0.2, 0.9)
_COIN_MARGINED = ("BTC", "ETH", "XRP", "SOL")
_MONTHS = {3: "H", 6: "M", 9: "U", 12: "Z"}
_YEARS = range(2025, 2029)
# Rows of the funding list that have no ticker.
GHOSTS = ("TESTAUSDT", "TESTBUSDT", "OLDCOINUSDT")


@lru_cache(maxsize=8)
def catalog_of(seed: int, size: int = 0, coins: frozenset[str] = frozenset()) -> Shelf:
    """The lists of a seed, each with `size` coins; simulators of one process share them."""
    shelf = Shelf(seed, "bitget", RATE_PLACES)
    for coin in (*COINS.values(), *ELSEWHERE.values()):
        if coin.name not in _NOT_HERE:
            _list_coin(shelf, coin)
    for name, category in TRADITIONAL.items():
        _list_perpetual(shelf, COINS[name], name, _KINDS[category])
    _list_perpetual(shelf, _ON, "ON", "stock")
    for name in PRE_MARKET:
        # Ten times what others quote under that name.
        tenfold = COINS[name]._replace(name=f"{name} tenfold", price_usd=10 * COINS[name].price_usd)
        _list_perpetual(shelf, tenfold, name, "stock")
    for name in _COIN_MARGINED:
        _list_other_margins(shelf, COINS[name])
    _list_more(shelf, size)
    shelf.keep(coins)
    return shelf


def _list_more(shelf: Shelf, size: int) -> None:
    """Coins beyond the written list, until each market has so many."""
    for coin in listed_at("bitget", USDT, size - _live(shelf, USDT)):
        exponent = exponent_for(coin.price_usd, _EXPONENT_STEPS)
        more = (f"{_PREFIXES[exponent]}{coin.name}", exponent)
        _list_perpetual(shelf, coin, coin.name, "crypto", more)
    for coin in listed_at("bitget", SPOT, size - _live(shelf, SPOT)):
        line = Line(SPOT, f"{coin.name}USDT", coin.name, coin, market="spot", kind="crypto")
        shelf.add(line._replace(listed_ms=launched_ms(coin.name)))


def _live(shelf: Shelf, category: str) -> int:
    """How many may be chosen of what is listed: coins that trade."""
    return sum(
        one.market is not None and is_traded(one) and one.line.base not in _LISTED
        for one in shelf.of(category, day_ms(2026, 9, 1))
    )


def _list_coin(shelf: Shelf, coin: Coin) -> None:
    name, moved = coin.name, _NAMESAKES.get(coin.name, coin)
    if name not in _NO_PERPETUAL:
        _list_perpetual(shelf, moved, name, "crypto")
    if name not in _NO_SPOT:
        listed_ms = _LISTED.get(name, day_ms(2021, 7, 5))
        line = Line(SPOT, f"{name}USDT", name, moved, market="spot", kind="crypto")
        halted_ms = _HALTED_MS.get(name) if name in _SPOT_STATUSES else None
        market = None if name in _SPOT_STATUSES else "spot"
        shelf.add(line._replace(listed_ms=listed_ms, halted_ms=halted_ms, market=market))


def _list_perpetual(
    shelf: Shelf, coin: Coin, name: str, kind: str, more: tuple[str, int] | None = None
) -> None:
    """`more` are the base and its power of ten where the written list doesn't say."""
    base, exponent = more or MULTIPLES.get(name, (name, 0))
    often = 8 if name in MAJORS or seed_of("bitget", name) % 2 else 4
    shelf.add(
        Line(
            USDT,
            f"{base}USDT",
            base,
            coin,
            market="perp" if kind == "crypto" and name not in _STATUSES else None,
            exponent=exponent,
            interval_h=_INTERVALS_H.get(name, often),
            listed_ms=launched_ms(name) if more else _LISTED.get(name, day_ms(2020, 5, 8)),
            halted_ms=_HALTED_MS.get(name),
            activity=0.4,
            kind=kind,
        )
    )


def _list_other_margins(shelf: Shelf, coin: Coin) -> None:
    """Margined in USDC or in the coin itself; sizes are in coins there, too."""
    name = coin.name
    in_coin = Line(COIN, f"{name}USD", name, coin, "USD", None, interval_h=8, activity=0.05)
    shelf.add(in_coin._replace(kind="crypto"))
    usdc = Line(USDC, f"{name}PERP", name, coin, "USDC", None, interval_h=8, activity=0.05)
    shelf.add(usdc._replace(kind="crypto"))
    if name not in ("BTC", "ETH"):
        return
    for year, month, settles_ms in quarter_ends(_YEARS):
        symbol = f"{name}USD{_MONTHS[month]}{year % 100}"
        listed_ms = settles_ms - 190 * DAY_MS
        dated = in_coin._replace(symbol=symbol, settles_ms=settles_ms, listed_ms=listed_ms)
        shelf.add(dated._replace(premium=0.004, activity=0.02, kind="crypto"))


def name_of(listing: Listing) -> str:
    """What the tables above know it by: multiples are listed by their coin."""
    return listing.coin


def status_of(listing: Listing, version: int) -> str:
    """The status of v2 (1: contracts say normal) or of v3."""
    if listing.line.category == SPOT:
        return _SPOT_STATUSES.get(name_of(listing), "online")
    usual = ("normal", "online")
    known = _STATUSES.get(name_of(listing), usual) if listing.line.category == USDT else usual
    return known[version - 2]


def is_traded(listing: Listing) -> bool:
    """Whether it has a ticker."""
    return status_of(listing, 3) not in ("offline", "listed", "gray")


def is_rwa(listing: Listing) -> bool:
    """Whether it stands for something that is no crypto."""
    return listing.line.kind != "crypto"


def symbol_in(listing: Listing, version: int) -> str:
    """Coin-margined perpetuals have another symbol in v3."""
    line = listing.line
    suffix = "_CM" if version == 3 and line.category == COIN and line.settles_ms is None else ""
    return f"{listing.symbol}{suffix}"


def contract_row(listing: Listing) -> dict[str, Any]:
    """v2's row of a contract, with the fields of 2026."""
    line, derived = listing.line, listing.derived
    step = listing.size(1)
    hours = derived.interval_ms // 3_600_000 if derived is not None else 8
    settles = "" if line.settles_ms is None else str(line.settles_ms)
    limited = str(line.listed_ms) if status_of(listing, 2) == "limit_open" else "-1"
    return {
        "symbol": listing.symbol,
        "baseCoin": line.base,
        "quoteCoin": line.quote,
        "buyLimitPriceRatio": "0.05",
        "sellLimitPriceRatio": "0.05",
        "feeRateUpRatio": "0.005",
        "makerFeeRate": "0.0002",
        "takerFeeRate": "0.0006",
        "openCostUpRatio": "0.01",
        "supportMarginCoins": [line.base if line.category == COIN else line.quote],
        "minTradeNum": step,
        "priceEndStep": "1",
        "volumePlace": str(listing.contract.lot_places),
        "pricePlace": str(listing.price_places),
        "sizeMultiplier": step,
        "symbolType": "perpetual" if line.settles_ms is None else "delivery",
        "minTradeUSDT": "5",
        "maxSymbolOrderNum": "200",
        "maxProductOrderNum": "1000",
        "maxPositionNum": "200",
        "symbolStatus": status_of(listing, 2),
        "offTime": "-1",
        "limitOpenTime": limited,
        "deliveryTime": settles,
        "deliveryStartTime": settles,
        "deliveryPeriod": "this_quarter" if settles else "",
        "launchTime": "",
        "fundInterval": str(hours),
        "minLever": "1",
        "maxLever": "75",
        "posLimit": "0.1",
        "maintainTime": "",
        "openTime": "",
        "maxMarketOrderQty": listing.size(220_000),
        "maxOrderQty": listing.size(1_200_000),
        "isRwa": "YES" if is_rwa(listing) else "NO",
    }


def instrument_row(listing: Listing) -> dict[str, Any]:
    """v3's row of a contract or a pair."""
    line, derived = listing.line, listing.derived
    row: dict[str, Any] = {
        "symbol": symbol_in(listing, 3),
        "category": line.category,
        "baseCoin": line.base,
        "quoteCoin": line.quote,
        "buyLimitPriceRatio": "0.05",
        "sellLimitPriceRatio": "0.05",
        "minOrderQty": listing.size(1),
        "maxOrderQty": "0",
        "pricePrecision": str(listing.price_places),
        "quantityPrecision": str(listing.contract.lot_places),
        "quotePrecision": "8" if derived is None else None,
        "minOrderAmount": "5",
        "maxSymbolOrderNum": "400",
        "maxProductOrderNum": "400",
        "maxPositionNum": "200",
        "status": status_of(listing, 3),
        "maintainTime": "",
        # Old ones say zero or nothing.
        "launchTime": str(line.listed_ms) if line.base in _LISTED else _no_time(line.base),
        "symbolType": line.kind,
        "isRwa": "YES" if is_rwa(listing) else "NO",
    }
    if derived is None:
        return {**row, "areaSymbol": "no"}
    settles = "" if line.settles_ms is None else str(line.settles_ms)
    return {
        **row,
        "feeRateUpRatio": "0.005",
        "makerFeeRate": "0.0002",
        "takerFeeRate": "0.0006",
        "openCostUpRatio": "0.01",
        "priceMultiplier": listing.price(1),
        "quantityMultiplier": listing.size(1),
        "type": "perpetual" if line.settles_ms is None else "delivery",
        "offTime": "-1",
        "limitOpenTime": "-1",
        "deliveryTime": settles,
        "deliveryStartTime": settles,
        "deliveryPeriod": "this_quarter" if settles else "",
        "fundInterval": str(derived.interval_ms // 3_600_000),
        "minLeverage": "1",
        "maxLeverage": "75",
    }


def _no_time(base: str) -> str | None:
    return None if seed_of(base) % 2 else "0"


def pair_row(listing: Listing) -> dict[str, Any]:
    """v2's row of a spot pair."""
    return {
        "symbol": listing.symbol,
        "baseCoin": listing.line.base,
        "quoteCoin": listing.line.quote,
        "minTradeAmount": "0",
        "maxTradeAmount": "900000000000000000000",
        "takerFeeRate": "0.002",
        "makerFeeRate": "0.002",
        "pricePrecision": str(listing.price_places),
        "quantityPrecision": str(listing.contract.lot_places),
        "quotePrecision": "8",
        "status": status_of(listing, 2),
        "minTradeUSDT": "1",
        "buyLimitPriceRatio": "0.05",
        "sellLimitPriceRatio": "0.05",
        "areaSymbol": "no",
        "orderQuantity": "200",
        "openTime": str(listing.line.listed_ms),
        "offTime": "",
    }
