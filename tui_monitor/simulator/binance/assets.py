"""What trades on Binance besides the world's common coins, and how its names are written."""

from tui_monitor.clock import DAY_MS
from tui_monitor.simulator.coins import COINS, PRE_MARKET, TRADITIONAL, Coin
from tui_monitor.simulator.listings import ELSEWHERE, namesake
from tui_monitor.simulator.more_coins import exponent_for

_OWN = (
    Coin("CAT", 4.3e-6, 6e6, 1.2, 1.3),
    Coin("RATS", 1.64e-5, 6e6, 1.2, 1.3),
    Coin("4", 0.0212, 2e7, 1.2, 1.5),
    Coin("0G", 1.14, 1.5e7, 1.2, 1.3),
    Coin("C98", 0.0271, 6e6, 1.2, 1.2),
    Coin("BANANAS31", 0.0038, 7e6, 1.2, 1.4),
    Coin("BROCCOLI714", 0.0182, 5e6, 1.2, 1.4),
    Coin("我踏马来了", 0.0182, 8e6, 1.2, 1.6),
    Coin("PAXG", 4_075.0, 3e7, 0.0, 0.4),
)
# Tickers that mean another token here than on other exchanges.
_NAMESAKES = {"ON": namesake("ON", 0.24), "LAYER": namesake("LAYER", 0.744)}
# A basket: a perpetual of no coin.
INDICES = {"BTCDOM": Coin("BTCDOM", 4_480.0, 4e6, 0.2, 0.4)}
_ABROAD = ("MNT", "BGB", "ELON", "TOSHI")

ASSETS: dict[str, Coin] = {
    **COINS,
    **{coin.name: coin for coin in _OWN},
    **{name: coin for name, coin in ELSEWHERE.items() if name not in _ABROAD},
    **_NAMESAKES,
    **INDICES,
}
# Perpetual and spot of one ticker are two tokens: spot's trades at about a fifth.
SPOT_NAMESAKES = {"ACT": namesake("ACT", COINS["ACT"].price_usd * 0.21)}
# Tokenised stocks on spot: the ticker and a B.
SPOT_STOCKS = ("NVDA", "TSLA")

# Coins quoted in thousands or millions, by a prefix of the name.
_PERP_PREFIXES = {
    "1000": "BONK CAT CHEEMS FLOKI LUNC PEPE RATS SATS SHIB XEC",
    "1000000": "MOG",
    "1M": "BABYDOGE",
}
_SPOT_PREFIXES = {"1000": "SATS CAT CHEEMS", "1M": "BABYDOGE"}
_EXPONENTS = {"": 0, "1000": 3, "1M": 6, "1000000": 6}


def _by_coin(prefixes: dict[str, str]) -> dict[str, tuple[str, int]]:
    return {
        coin: (prefix, _EXPONENTS[prefix])
        for prefix, coins in prefixes.items()
        for coin in coins.split()
    }


# Coin to prefix and exponent of ten.
PERP_PREFIX, SPOT_PREFIX = _by_coin(_PERP_PREFIXES), _by_coin(_SPOT_PREFIXES)

# Coins beyond the written list: below a price they are quoted by a power of ten.
_MORE_PREFIXES = {3: "1000", 6: "1000000"}
_MORE_PERP_PREFIX = {"WHY": ("1000", 3), "AIDOGE": ("1M", 6)}
_PERP_STEPS = ((1e-6, 6), (5e-5, 3))
_SPOT_STEPS = ((1e-8, 6), (1e-6, 3))


def more_perp_prefix(coin: Coin) -> tuple[str, int]:
    """The prefix and the power of ten of a perpetual that no table names."""
    exponent = exponent_for(coin.price_usd, _PERP_STEPS)
    return _MORE_PERP_PREFIX.get(coin.name, (_MORE_PREFIXES.get(exponent, ""), exponent))


def more_spot_prefix(coin: Coin) -> tuple[str, int]:
    """The same of a spot pair."""
    exponent = exponent_for(coin.price_usd, _SPOT_STEPS)
    return {0: "", 3: "1000", 6: "1M"}[exponent], exponent


_PERP_ONLY = ("HYPE", "SC", "AGLD", "哈基米", "牛来", "龙虾", "MOG")
NO_SPOT = (*TRADITIONAL, *PRE_MARKET, *INDICES, *_PERP_ONLY)
NO_PERP = ("CRO", "OKB", "WAXP")

_NOV_20_MS = 1_795_132_800_000
LISTED_MS = 1_569_398_400_000
LISTED_LATE_MS = {
    "TAO": 1_712_826_000_000,
    "HYPE": 1_748_592_000_000,
    "ASTER": 1_758_240_000_000,
    "XPL": 1_755_853_200_000,
    "MON": 1_759_917_600_000,
    "币安人生": 1_759_903_200_000,
    "牛来": 1_788_220_800_000,
    "哈基米": _NOV_20_MS - DAY_MS // 2,
}
# What is not TRADING any more, since when. Delisted perpetuals stay in the list as SETTLING.
PERP_STATES = {
    "DOGS": ("SETTLING", _NOV_20_MS - 38 * DAY_MS),
    "CATI": ("SETTLING", _NOV_20_MS - 172 * DAY_MS),
    "HMSTR": ("TRADING_HALT", _NOV_20_MS - DAY_MS // 4),
    "SCR": ("TRADING_CANCEL_ONLY", _NOV_20_MS - DAY_MS // 4),
    "PERP": ("PRE_SETTLE", _NOV_20_MS - DAY_MS // 3),
}
SPOT_STATES = {
    "DOGS": ("BREAK", _NOV_20_MS - 38 * DAY_MS),
    "HMSTR": ("HALT", _NOV_20_MS - DAY_MS // 4),
    "CATI": ("CANCEL_ONLY", _NOV_20_MS - DAY_MS // 4),
}
# TRADING still, and the day is set on which it won't be.
LEAVES_MS = {"SLP": 1_798_617_600_000}
# Announced; without a market.
COMING = ("ZEPHYR",)

FUNDING_H = {
    **dict.fromkeys(("CHIP", "2Z", "PUMP", "HYPE", "ASTER", "XAU", "XAG"), 4),
    **dict.fromkeys(("币安人生", "哈基米", "牛来", "MUBARAK"), 1),
}
# Not in the list of funding intervals: 8 h then.
NO_FUNDING_INFO = ("XTZ", "QTUM", "ONT")
# COIN-M: contracts of 10^n USD.
INVERSE = {"BTC": 2, "ETH": 1, "SOL": 1, "XRP": 1, "DOGE": 1, "LTC": 1, "BNB": 1}


def underlying_type(coin: str) -> str:
    """The category by which crypto is told from the rest."""
    if coin in TRADITIONAL:
        return "COMMODITY" if coin in ("XAU", "XAG") else "EQUITY"
    if coin in PRE_MARKET:
        return "PREMARKET"
    return "INDEX" if coin in INDICES else "COIN"
