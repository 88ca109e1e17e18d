"""The coins that trade in the simulated world: what is the same on every exchange.

Prices are levels of 2026 around which the walk moves, turnover is USD a day on the largest
contract of one exchange. `beta` is how much of the common factor a coin takes.
"""

from typing import NamedTuple


class Coin(NamedTuple):
    """One asset."""

    name: str
    price_usd: float
    turnover_usd: float
    beta: float = 1.0
    own: float = 1.0


_MAJORS = (
    Coin("BTC", 92_000.0, 9e9, 0.7, 0.5),
    Coin("ETH", 3_150.0, 6e9, 1.0, 0.6),
    Coin("XRP", 2.2, 1.2e9, 0.9, 0.8),
    Coin("BNB", 890.0, 4e8, 0.7, 0.6),
    Coin("SOL", 142.0, 3e9, 1.2, 0.8),
    Coin("LTC", 84.0, 2.5e8, 0.9, 0.7),
    Coin("DOGE", 0.155, 9e8, 1.2, 0.9),
    Coin("SUI", 1.62, 4e8, 1.3, 1.0),
    Coin("TRX", 0.281, 9e7, 0.4, 0.5),
    Coin("TON", 1.61, 6e7, 0.9, 0.9),
    Coin("ETC", 13.8, 8e7, 1.0, 0.7),
    Coin("BCH", 545.0, 1.6e8, 0.8, 0.8),
    Coin("HBAR", 0.145, 1.1e8, 1.1, 1.0),
    Coin("XLM", 0.252, 7e7, 0.9, 0.9),
    Coin("FIL", 1.62, 1.4e8, 1.2, 1.1),
    Coin("LINK", 13.4, 2.6e8, 1.1, 0.8),
    Coin("CRO", 0.106, 2e7, 0.9, 1.0),
    Coin("DOT", 2.31, 7e7, 1.1, 0.8),
    Coin("UNI", 6.2, 1.1e8, 1.2, 1.1),
    Coin("NEAR", 1.95, 1.3e8, 1.2, 1.1),
    Coin("APT", 2.36, 8e7, 1.2, 1.0),
    Coin("CFX", 0.0742, 4e7, 1.3, 1.3),
    Coin("CRV", 0.411, 6e7, 1.2, 1.2),
    Coin("STX", 0.318, 2.5e7, 1.2, 1.0),
    Coin("LDO", 0.672, 5e7, 1.2, 1.1),
    Coin("TAO", 291.0, 9e7, 1.2, 1.3),
    Coin("AAVE", 176.0, 1.3e8, 1.2, 1.0),
)

# Name and price; their turnover falls with the place in the list.
_OTHERS = """
ADA 0.43 PEPE 0.0000047 ARB 0.21 OP 0.31 AVAX 14.2 WIF 0.37 BONK 0.0000098 SHIB 0.0000086
FLOKI 0.0000484 ORDI 4.3 WLD 0.61 INJ 5.7 TIA 0.58 SEI 0.13 ATOM 2.52 ICP 4.1 HYPE 34.6 ENA 0.27
ONDO 0.49 JUP 0.24 PYTH 0.074 STRK 0.147 ZK 0.041 ZRO 1.41 W 0.043 ETHFI 0.79 PENDLE 2.22
JTO 0.42 ALGO 0.138 VET 0.0128 GALA 0.0076 SAND 0.152 MANA 0.163 AXS 0.93 APE 0.247 DYDX 0.207
GMX 8.6 SNX 0.53 COMP 31.2 MKR 1490 YFI 4020 SUSHI 0.32 1INCH 0.186 2Z 0.119 BAT 0.228 ZEC 455
DASH 52.6 XMR 402 EGLD 8.3 FLOW 0.231 KSM 8.4 IMX 0.312 BLUR 0.0342 MAGIC 0.122 LRC 0.0579
GRT 0.0471 ENS 11.1 CHZ 0.0318 THETA 0.402 NEO 4.12 QTUM 1.52 IOTA 0.109 ZIL 0.00523 ONT 0.0634
RVN 0.00791 SC 0.00169 KAIA 0.0771 MINA 0.0912 ROSE 0.0142 CELO 0.174 ANKR 0.00742 STORJ 0.148
SKL 0.0139 MASK 0.672 API3 0.481 TRB 22.4 UMA 0.892 BAL 0.617 KNC 0.248 ZRX 0.152 BAND 0.413
RSR 0.00401 WOO 0.0312 PERP 0.152 AR 4.31 GLM 0.218 LPT 4.02 ACH 0.0102 AGLD 0.302 YGG 0.0833
GMT 0.0211 SLP 0.00101 ILV 7.88 MOVE 0.0451 ME 0.317 PNUT 0.0931 GOAT 0.0482 MOODENG 0.0752
POPCAT 0.112 MEW 0.00118 TURBO 0.00204 BOME 0.000812 NOT 0.000631 DOGS 0.0000512 CATI 0.0621
HMSTR 0.000283 NEIRO 0.000151 EIGEN 0.557 SCR 0.101 GRASS 0.368 ACT 0.0231 VIRTUAL 0.951
AIXBT 0.0412 FARTCOIN 0.331 PENGU 0.0121 TRUMP 6.12 MELANIA 0.118 BERA 1.12 IP 3.12 KAITO 0.632
LAYER 0.201 NIL 0.121 PARTI 0.0931 BABY 0.0182 INIT 0.112 SIGN 0.0391 SOPH 0.0142 HUMA 0.0271
RESOLV 0.0882 HOME 0.0191 SAHARA 0.0791 H 0.0912 PUMP 0.00292 CHIP 0.0482 MUBARAK 0.0182
LINEA 0.0102 XPL 0.192 ASTER 1.12 AVNT 0.412 WLFI 0.148 MET 0.312 MON 0.0291
币安人生 0.142 哈基米 0.0213
SATS 0.0000000162 LUNC 0.0000312 LUNA 0.0721 BSV 20.1 XTZ 0.472 CVX 1.72 SSV 4.21 RENDER 1.72
FET 0.241 OKB 108 CAKE 2.31 CETUS 0.0311 WAXP 0.0092
"""
_FIRST_OTHER_USD = 3.5e8
_LAST_PLACE_SHARE = 0.003


def _others() -> tuple[Coin, ...]:
    words = _OTHERS.split()
    pairs = list(zip(words[::2], words[1::2], strict=True))
    fall = _LAST_PLACE_SHARE ** (1 / len(pairs))
    return tuple(
        Coin(name, float(price), _FIRST_OTHER_USD * fall**place, 1.2, 1.3)
        for place, (name, price) in enumerate(pairs)
    )


# Traded as perpetuals settled in USDT, but no crypto: name, price, the exchanges' category.
_STOCK, _COMMODITY = "3", "4"
TRADITIONAL = {
    "TSLA": _STOCK,
    "NVDA": _STOCK,
    "AAPL": _STOCK,
    "XAU": _COMMODITY,
    "XAG": _COMMODITY,
}
_TRADITIONAL = (
    Coin("TSLA", 402.0, 4e7, 0.2, 0.8),
    Coin("NVDA", 181.0, 5e7, 0.2, 0.8),
    Coin("AAPL", 271.0, 1e7, 0.1, 0.5),
    Coin("XAU", 4_080.0, 9e7, 0.0, 0.4),
    Coin("XAG", 50.4, 3e7, 0.0, 0.7),
)

# Perpetuals before a listing; other exchanges quote a tenfold of these.
PRE_MARKET = ("OPENAI", "ANTHROPIC")
_PRE_MARKET = (Coin("OPENAI", 71.2, 3e6, 0.2, 1.5), Coin("ANTHROPIC", 42.9, 2e6, 0.2, 1.5))

# Much traded, and hardly ever moves by more than a tick.
QUIET = Coin("CALM", 1.0002, 6e7, 0.0, 0.02)

COINS: dict[str, Coin] = {
    coin.name: coin for coin in (*_MAJORS, *_others(), *_TRADITIONAL, *_PRE_MARKET, QUIET)
}
MAJORS = tuple(coin.name for coin in _MAJORS)
# Those that the seed lets jump.
LIVELY = (*MAJORS, *(coin.name for coin in _others()))
