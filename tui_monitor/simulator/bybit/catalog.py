"""What Bybit lists: linear perpetuals and dated futures, spot pairs, with the lists' oddities.

Cheap coins are quoted by the thousand and more, mostly as a prefix, once as a suffix; stocks,
commodities, currencies and funds stand among the perpetuals and differ by `symbolType` alone.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from tui_monitor.clock import DAY_MS
from tui_monitor.simulator.coins import COINS, MAJORS, PRE_MARKET, TRADITIONAL, Coin
from tui_monitor.simulator.days import day_ms, quarter_ends
from tui_monitor.simulator.derivatives import MAX_RATE
from tui_monitor.simulator.listings import ELSEWHERE, Line, Listing, Shelf, namesake
from tui_monitor.simulator.more_coins import exponent_for, launched_ms, listed_at
from tui_monitor.simulator.noise import seed_of

LINEAR, SPOT = "linear", "spot"
MARKETS = {LINEAR: "perp", SPOT: "spot"}
RATE_PLACES = 8


# Coin: the base as perpetuals have it, and the power of ten in it.
MULTIPLES = {
    "PEPE": ("1000PEPE", 3),
    "BONK": ("1000BONK", 3),
    "FLOKI": ("1000FLOKI", 3),
    "LUNC": ("1000LUNC", 3),
    "TURBO": ("1000TURBO", 3),
    "NEIRO": ("1000NEIROCTO", 3),
    "TOSHI": ("1000TOSHI", 3),
    "XEC": ("1000XEC", 3),
    "SHIB": ("SHIB1000", 3),
    "SATS": ("10000SATS", 4),
    "ELON": ("10000ELON", 4),
    "MOG": ("1000000MOG", 6),
    "BABYDOGE": ("1000000BABYDOGE", 6),
    "CHEEMS": ("1000000CHEEMS", 6),
}
# The same for coins beyond the written list; whoever is not named goes by the price.
_MORE_EXPONENTS = {
    **dict.fromkeys(("BTT", "CAT", "RATS", "TAG", "X"), 3),
    **dict.fromkeys(("COQ", "LADYS", "QUBIC", "WEN"), 4),
    "PEIPEI": 6,
    "AIDOGE": 7,
}
_EXPONENT_STEPS = ((1e-8, 6), (1e-6, 4), (2e-5, 3))
_NOT_HERE = (
    "OKB",
    "WAXP",
    "币安人生",
    "哈基米",
    "龙虾",
    "牛来",
    "BGB",
    "XMR",
    *TRADITIONAL,
    *PRE_MARKET,
)
_NO_SPOT = ("PERP", "SC", "AGLD", "MET", "H", "CHEEMS", "XEC")
_NO_PERPETUAL = ("MNT", "GLM", "RVN")
_NAMESAKES = {"ME": namesake("ME", 1.49)}
_INTERVALS_H = {"CHIP": 4, "2Z": 4, "PUMP": 4, "MON": 2, "MET": 1, "H": 1, "ASTER": 8}
# Every 8 hours, and for a third of the day every hour.
_SWITCHES = ("ASTER",)
_LISTED = {
    "TAO": day_ms(2023, 12, 4),
    "SUI": day_ms(2023, 5, 3),
    "HYPE": day_ms(2024, 12, 5),
    "ASTER": day_ms(2025, 9, 19),
    "MON": day_ms(2025, 11, 24),
    "MET": day_ms(2025, 10, 23),
    "2Z": day_ms(2025, 10, 2),
    "CHIP": day_ms(2026, 8, 19),
}
_INNOVATION = ("FARTCOIN", "MOODENG", "POPCAT", "PNUT", "GOAT", "AIXBT", "MUBARAK", "HMSTR")
_ADVENTURE = ("MUBARAK", "AIXBT")
# Traded all the same, but of a sort or in a state that no page names.
_UNKNOWN_KINDS = {"SOPH": "lunar"}
_STATUSES = {"SLP": "CancelOnly", "CATI": "Delivering", "DOGS": "Closed"}
_ENDS_MS = {"CATI": day_ms(2026, 11, 19), "DOGS": day_ms(2026, 10, 13), "HOME": day_ms(2027, 1, 14)}

_TRADITIONAL_KINDS = {"3": "stock", "4": "commodity"}
_MORE_TRADITIONAL = (
    # ON Semiconductor; elsewhere the ticker is a token of a quarter of a dollar.
    (Coin("ON Semiconductor", 79.1, 6e6, 0.2, 0.9), "ON", "stock"),
    (Coin("EUR", 1.16, 4e6, 0.0, 0.2), "EUR", "forex"),
    (Coin("SPY", 684.0, 8e6, 0.2, 0.3), "SPY", "ETF"),
)
_X_STOCKS = ("TSLA", "NVDA", "AAPL")
_DOLLAR_PERPETUALS = ("BTC", "ETH", "SOL", "XRP")
_DATED = ("BTC", "ETH")
_YEARS = range(2025, 2029)


@lru_cache(maxsize=8)
def catalog_of(seed: int, size: int = 0, coins: frozenset[str] = frozenset()) -> Shelf:
    """The lists of a seed, each with `size` coins; simulators of one process share them."""
    shelf = Shelf(seed, "bybit", RATE_PLACES)
    for coin in (*COINS.values(), *ELSEWHERE.values()):
        if coin.name not in _NOT_HERE:
            _list_coin(shelf, coin)
    for name, category in TRADITIONAL.items():
        _list_linear(shelf, COINS[name], name, _TRADITIONAL_KINDS[category])
    for coin, name, kind in _MORE_TRADITIONAL:
        _list_linear(shelf, coin, name, kind)
    for name in PRE_MARKET:
        _list_linear(shelf, COINS[name], name, "")
    for name in _X_STOCKS:
        line = Line(SPOT, f"{name}XUSDT", f"{name}X", COINS[name], market="spot", kind="xstocks")
        shelf.add(line._replace(activity=0.2))
    _list_dollar_quoted(shelf)
    for name in _DATED:
        _list_dated(shelf, COINS[name])
    _list_more(shelf, size)
    shelf.keep(coins)
    return shelf


def _list_more(shelf: Shelf, size: int) -> None:
    """Coins beyond the written list, until each market has so many."""
    for coin in listed_at("bybit", LINEAR, size - _live(shelf, LINEAR)):
        name = coin.name
        exponent = _MORE_EXPONENTS.get(name, exponent_for(coin.price_usd, _EXPONENT_STEPS))
        multiple = str(10**exponent) if exponent else ""
        _list_linear(shelf, coin, name, "", (f"{multiple}{name}", exponent))
    for coin in listed_at("bybit", SPOT, size - _live(shelf, SPOT)):
        line = Line(SPOT, f"{coin.name}USDT", coin.name, coin, market="spot")
        shelf.add(line._replace(listed_ms=launched_ms(coin.name)))


def _live(shelf: Shelf, category: str) -> int:
    """How many may be chosen of what is listed: coins that trade."""
    return sum(
        one.market is not None and is_traded(one) and one.line.base not in _LISTED
        for one in shelf.of(category, day_ms(2026, 9, 1))
    )


def _list_coin(shelf: Shelf, coin: Coin) -> None:
    name = coin.name
    if name not in _NO_PERPETUAL:
        _list_linear(shelf, _NAMESAKES.get(name, coin), name, _kind(name))
    if name not in _NO_SPOT:
        kind = "adventure" if name in _ADVENTURE else ""
        listed_ms = _LISTED.get(name, day_ms(2021, 7, 5))
        line = Line(SPOT, f"{name}USDT", name, _NAMESAKES.get(name, coin), market="spot", kind=kind)
        shelf.add(line._replace(listed_ms=listed_ms))


def _kind(name: str) -> str:
    return "innovation" if name in _INNOVATION else _UNKNOWN_KINDS.get(name, "")


def _list_linear(
    shelf: Shelf, coin: Coin, name: str, kind: str, more: tuple[str, int] | None = None
) -> None:
    """`more` are the base and its power of ten where the written list doesn't say."""
    base, exponent = more or MULTIPLES.get(name, (name, 0))
    excluded = kind not in ("", "innovation") or name in PRE_MARKET or name in _STATUSES
    hourly = 4 if name not in MAJORS and seed_of("bybit", name) % 3 == 0 else 8
    shelf.add(
        Line(
            LINEAR,
            f"{base}USDT",
            base,
            coin,
            market=None if excluded else "perp",
            exponent=exponent,
            interval_h=_INTERVALS_H.get(name, hourly),
            switches=name in _SWITCHES,
            listed_ms=launched_ms(name) if more else _LISTED.get(name, day_ms(2020, 3, 30)),
            halted_ms=_ENDS_MS[name] if name in _STATUSES and name in _ENDS_MS else None,
            activity=0.7,
            kind=kind,
        )
    )


def _list_dollar_quoted(shelf: Shelf) -> None:
    """Settled in another dollar: neither the model's spot nor its perpetuals."""
    for name in _DOLLAR_PERPETUALS:
        line = Line(LINEAR, f"{name}PERP", name, COINS[name], "USDC", None, interval_h=8)
        shelf.add(line._replace(activity=0.05))
        spot = Line(SPOT, f"{name}USDC", name, COINS[name], "USDC", None)
        shelf.add(spot._replace(activity=0.05))


def _list_dated(shelf: Shelf, coin: Coin) -> None:
    """The futures of every quarter's last Friday, half a year ahead."""
    for _, _, settles_ms in quarter_ends(_YEARS):
        day = datetime.fromtimestamp(settles_ms / 1000, UTC).strftime("%d%b%y").upper()
        line = Line(LINEAR, f"{coin.name}USDT-{day}", coin.name, coin, market=None, interval_h=8)
        shelf.add(
            line._replace(
                listed_ms=settles_ms - 190 * DAY_MS,
                settles_ms=settles_ms,
                activity=0.02,
                premium=0.004,
            )
        )


def status_of(listing: Listing) -> str:
    """The status that the list shows."""
    if listing.line.base in PRE_MARKET[:1]:
        return "PreLaunch"
    return (
        _STATUSES.get(listing.line.base, "Trading")
        if listing.line.category == LINEAR
        else "Trading"
    )


def is_traded(listing: Listing) -> bool:
    """Whether it has a ticker."""
    return status_of(listing) not in ("Closed", "Delivering")


def is_listed(listing: Listing, wanted: str) -> bool:
    """Whether a list of one status has it; the usual one also has the states that no page names."""
    status = status_of(listing)
    return status == wanted or (wanted == "Trading" and status not in _NAMED)


_NAMED = ("PreLaunch", "Trading", "Delivering", "Closed")


def linear_row(listing: Listing, now_ms: int) -> dict[str, Any]:
    """The row of the list of contracts, with the fields of 2026."""
    line = listing.line
    step, tick = listing.size(1), listing.price(1)
    is_dated = line.settles_ms is not None
    ends_ms = line.settles_ms or _ENDS_MS.get(line.base, 0)
    derived = None if is_dated else listing.derived
    interval_ms = 0 if derived is None else derived.interval_ms_at(now_ms)
    bound = f"{MAX_RATE:g}"
    is_early = line.base in PRE_MARKET
    return {
        "symbol": line.symbol,
        "symbolId": seed_of("bybit", line.symbol) % 5_000,
        "contractType": "LinearFutures" if is_dated else "LinearPerpetual",
        "status": status_of(listing),
        "baseCoin": line.base,
        "quoteCoin": line.quote,
        "launchTime": str(line.listed_ms),
        "deliveryTime": str(ends_ms),
        "deliveryFeeRate": "0.0005" if is_dated else "",
        "priceScale": str(listing.price_places),
        "leverageFilter": {"minLeverage": "1", "maxLeverage": "50.00", "leverageStep": "0.01"},
        "priceFilter": {
            "minPrice": tick,
            "maxPrice": listing.price(19_999_998),
            "tickSize": tick,
        },
        "lotSizeFilter": {
            "maxOrderQty": listing.size(1_190_000),
            "minOrderQty": step,
            "qtyStep": step,
            "postOnlyMaxOrderQty": listing.size(1_190_000),
            "maxMktOrderQty": listing.size(500_000),
            "minNotionalValue": "5",
        },
        "unifiedMarginTrade": True,
        "fundingInterval": interval_ms // 60_000,
        "settleCoin": line.quote,
        "copyTrading": "both",
        "upperFundingRate": "" if is_dated else bound,
        "lowerFundingRate": "" if is_dated else f"-{bound}",
        "isPreListing": is_early,
        "preListingInfo": _pre_listing(line) if is_early else None,
        "riskParameters": {"priceLimitRatioX": "0.01", "priceLimitRatioY": "0.02"},
        "displayName": f"{line.coin.name} future" if is_dated else "",
        "fullName": line.coin.name,
        "marketRegion": "US" if line.kind in ("stock", "ETF") else "",
        "underlyingTicker": line.base if line.kind in ("stock", "ETF") else "",
        "forbidUplWithdrawal": False,
        "symbolType": line.kind,
    }


def _pre_listing(line: Line) -> dict[str, Any]:
    begins = [line.listed_ms + minutes * 60_000 for minutes in (0, 50, 55, 60)]
    names = ("CallAuction", "CallAuctionNoCancel", "CrossMatching", "ContinuousTrading")
    ends = (*map(str, begins[1:]), "")
    return {
        "curAuctionPhase": "ContinuousTrading",
        "phases": [
            {"phase": name, "startTime": str(begin), "endTime": end}
            for name, begin, end in zip(names, begins, ends, strict=True)
        ],
        "auctionFeeInfo": {
            "auctionFeeRate": "0",
            "takerFeeRate": "0.001",
            "makerFeeRate": "0.0004",
        },
        "skipCallAuction": False,
    }


def spot_row(listing: Listing) -> dict[str, Any]:
    """The row of the list of spot pairs."""
    line, step = listing.line, listing.size(1)
    is_new = line.kind in ("adventure", "innovation")
    return {
        "symbolId": seed_of("bybit spot", line.symbol) % 5_000,
        "symbol": line.symbol,
        "baseCoin": line.base,
        "quoteCoin": line.quote,
        "innovation": "1" if is_new else "0",
        "symbolType": line.kind,
        "xstockMultiplier": "1",
        "status": "Trading",
        "marginTrading": "utaOnly" if line.base in MAJORS else "none",
        "stTag": "1" if is_new else "0",
        "lotSizeFilter": {
            "basePrecision": step,
            "quotePrecision": "0.0000001",
            "minOrderQty": step,
            "maxOrderQty": listing.size(83_000_000),
            "minOrderAmt": "5",
            "maxOrderAmt": "8000000",
            "maxLimitOrderQty": listing.size(83_000_000),
            "maxMarketOrderQty": listing.size(41_500_000),
            "postOnlyMaxLimitOrderSize": "60000",
        },
        "priceFilter": {"tickSize": listing.price(1)},
        "riskParameters": {"priceLimitRatioX": "0.005", "priceLimitRatioY": "0.01"},
    }
