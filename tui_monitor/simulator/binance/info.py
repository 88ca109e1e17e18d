"""The lists of symbols: exchangeInfo of both markets."""

from typing import Any

from tui_monitor.clock import DAY_MS
from tui_monitor.simulator.binance.assets import COMING, LEAVES_MS
from tui_monitor.simulator.binance.catalog import PERPETUAL, TRADIFI, UM, Pair, underlying
from tui_monitor.simulator.decimals import plain
from tui_monitor.simulator.faults import Target
from tui_monitor.simulator.shared import Root

Row = dict[str, Any]
NEVER_MS = 4_133_404_800_000
UNKNOWN_STATUS = "LUNAR_PAUSE"

_FUTURES_RULES = {
    "orderTypes": ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TRAILING_STOP_MARKET"],
    "timeInForce": ["GTC", "IOC", "FOK", "GTX", "GTD"],
    "permissionSets": ["GRID", "COPY"],
    "liquidationFee": "0.015000",
    "marketTakeBound": "0.05",
    "triggerProtect": "0.0500",
    "maxMoveOrderLimit": 10000,
}
_SPOT_RULES = {
    "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"],
    "icebergAllowed": True,
    "ocoAllowed": True,
    "otoAllowed": True,
    "opoAllowed": True,
    "quoteOrderQtyMarketAllowed": True,
    "allowTrailingStop": True,
    "cancelReplaceAllowed": True,
    "amendAllowed": True,
    "pegInstructionsAllowed": True,
    "permissions": [],
    "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
    "allowedSelfTradePreventionModes": ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"],
}


def weight_limit(at_most: int) -> Row:
    """The row of the request weights."""
    return {
        "rateLimitType": "REQUEST_WEIGHT",
        "interval": "MINUTE",
        "intervalNum": 1,
        "limit": at_most,
    }


def status_of(root: Root, pair: Pair, now_ms: int) -> str:
    """The status, or one that nobody knows while that fault lasts."""
    market = "spot" if pair.is_spot else "perp"
    target = Target(market=market, symbol=pair.symbol)
    if root.shared.faults.find(root.exchange, ("unknown_status",), target):
        return UNKNOWN_STATUS
    return pair.status(now_ms)


def futures_info(root: Root, pairs: list[Pair], now_ms: int) -> Row:
    """exchangeInfo of the futures; it takes no parameter."""
    rows = [_futures_row(pair, status_of(root, pair, now_ms), now_ms) for pair in pairs]
    return {
        "timezone": "UTC",
        "serverTime": now_ms,
        "futuresType": "U_MARGINED",
        "rateLimits": [weight_limit(2400)],
        "exchangeFilters": [],
        "assets": [
            {"asset": asset, "marginAvailable": True, "autoAssetExchange": "-10000"}
            for asset in ("USDT", "USDC", "BTC")
        ],
        "symbols": [*rows, *(_coming(coin, now_ms) for coin in COMING)],
    }


def _futures_row(pair: Pair, status: str, now_ms: int) -> Row:
    settles_ms = pair.line.settles_ms or LEAVES_MS.get(pair.coin, NEVER_MS)
    if status == "SETTLING" and pair.contract.halted_ms is not None:
        settles_ms = pair.contract.halted_ms
    is_tradifi = pair.line.kind == TRADIFI
    return {
        "symbol": pair.symbol,
        "pair": pair.symbol.partition("_")[0],
        "contractType": pair.kind(now_ms),
        "deliveryDate": settles_ms,
        "onboardDate": pair.contract.listed_ms,
        "status": status,
        "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "baseAsset": pair.line.base,
        "quoteAsset": pair.line.quote,
        "marginAsset": pair.line.quote,
        "pricePrecision": pair.shown_places,
        "quantityPrecision": pair.contract.lot_places,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": underlying(pair),
        "underlyingSubType": ["TradFi"] if is_tradifi else ["Crypto"],
        **_FUTURES_RULES,
        "filters": _futures_filters(pair),
    }


def _futures_filters(pair: Pair) -> list[Row]:
    tick, step = plain(1, pair.price_places), plain(1, pair.contract.lot_places)
    sizes = {"stepSize": step, "minQty": step, "maxQty": "10000000"}
    return [
        {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": "4529764", "tickSize": tick},
        {"filterType": "LOT_SIZE", **sizes},
        {"filterType": "MARKET_LOT_SIZE", **sizes},
        {"filterType": "MAX_NUM_ORDERS", "limit": 200},
        {"filterType": "MIN_NOTIONAL", "notional": "5"},
        {
            "filterType": "PERCENT_PRICE",
            "multiplierUp": "1.0500",
            "multiplierDown": "0.9500",
            "multiplierDecimal": "4",
        },
        {"filterType": "POSITION_RISK_CONTROL", "positionControlSide": "NONE"},
    ]


def _coming(coin: str, now_ms: int) -> Row:
    """A listing to come: in the list without a market."""
    opens_ms = now_ms - now_ms % DAY_MS + DAY_MS + DAY_MS // 3
    return {
        "symbol": f"{coin}USDT",
        "pair": f"{coin}USDT",
        "contractType": "",
        "deliveryDate": NEVER_MS,
        "onboardDate": opens_ms,
        "status": "PENDING_TRADING",
        "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "baseAsset": coin,
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": 5,
        "quantityPrecision": 0,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "underlyingSubType": [],
        **_FUTURES_RULES,
        "filters": [],
    }


def spot_info(root: Root, pairs: list[Pair], now_ms: int, *, with_sets: bool) -> Row:
    """exchangeInfo of the spot market."""
    return {
        "timezone": "UTC",
        "serverTime": now_ms,
        "rateLimits": [
            weight_limit(6000),
            {
                "rateLimitType": "RAW_REQUESTS",
                "interval": "MINUTE",
                "intervalNum": 5,
                "limit": 300000,
            },
        ],
        "exchangeFilters": [],
        "symbols": [
            _spot_row(pair, status_of(root, pair, now_ms), with_sets=with_sets) for pair in pairs
        ],
    }


def _spot_row(pair: Pair, status: str, *, with_sets: bool) -> Row:
    tick, step = plain(1, pair.price_places), plain(1, pair.contract.lot_places)
    return {
        "symbol": pair.symbol,
        "status": status,
        "baseAsset": pair.line.base,
        "baseAssetPrecision": 8,
        "quoteAsset": pair.line.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        **_SPOT_RULES,
        "isSpotTradingAllowed": status != "BREAK",
        "isMarginTradingAllowed": pair.market == "spot",
        "filters": [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": tick,
                "maxPrice": "1000000.00000000",
                "tickSize": tick,
            },
            {
                "filterType": "LOT_SIZE",
                "minQty": step,
                "maxQty": "92141578.00000000",
                "stepSize": step,
            },
            {"filterType": "NOTIONAL", "minNotional": "5.00000000", "applyMinToMarket": True},
        ],
        "permissionSets": [["SPOT", "MARGIN"]] if with_sets else [],
    }


def listed(root: Root, pairs: list[Pair]) -> list[Pair]:
    """What bulk answers have, as faults leave it."""
    faults, name = root.shared.faults, root.exchange
    if not faults.any():
        return pairs
    return [
        pair
        for pair in pairs
        if faults.lists(name, "spot" if pair.is_spot else "perp", pair.symbol)
    ]


def is_perpetual(pair: Pair) -> bool:
    """Whether it has funding."""
    return pair.line.category != UM or pair.line.kind in (PERPETUAL, TRADIFI)
