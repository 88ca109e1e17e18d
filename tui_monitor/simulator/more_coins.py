"""Coins beyond the written list: as many as are asked for, each from its place alone.

A market of 600 perpetuals is mostly coins that nobody knows. These have names of two or three
syllables, prices over ten powers of ten, and each is missing on some exchange.
"""

from collections.abc import Collection, Iterator

from tui_monitor.clock import DAY_MS
from tui_monitor.simulator.coins import COINS, Coin
from tui_monitor.simulator.listings import ELSEWHERE
from tui_monitor.simulator.noise import seed_of

# Coins on each market as of 2026, and what the names here are good for.
FULL_SIZE, MOST_COINS = 600, 2_000

# Cheap ones that real exchanges quote by the thousand and more: name, price of one coin.
_CHEAP = {
    "CAT": 4.3e-6,
    "RATS": 1.64e-5,
    "BTT": 4.6e-7,
    "TAG": 4.2e-4,
    "X": 2.7e-5,
    "COQ": 3.1e-7,
    "LADYS": 1.2e-8,
    "QUBIC": 8.1e-7,
    "WEN": 1.1e-5,
    "PEIPEI": 1.9e-8,
    "AIDOGE": 3.2e-11,
    "BOB": 3.6e-8,
    "WHY": 2.4e-8,
}
_CHINESE = ("修仙", "雪球", "恶龙", "小牛", "索拉拉", "老友", "人生", "红包", "大橘", "狮子狗")
# Tickers that mean something on one exchange, and must not by accident on another.
_TAKEN = """
4 0G C98 BANANAS31 BROCCOLI714 我踏马来了 PAXG ON BTCDOM ZEPHYR EUR SPY TESTA TESTB OLDCOIN SATAN
"""
_SYLLABLES = "KALOMIRUTAZENOVIPOSADEXIGOBALUFEJIHAYOQU"
_ENDINGS = ("", "", "", "N", "X", "R", "S", "T", "M", "K")
_CHINESE_EVERY, _CHEAP_EVERY = 97, 37
_MISSING_EVERY = 8
_FIRST_USD, _FALL = 3e6, 0.9965
_FIRST_LAUNCH_MS, _LAUNCH_DAYS = 1_609_459_200_000 + 8 * 3_600_000, 2_000


def more_coins() -> Iterator[Coin]:
    """All of them, without end: the most traded first."""
    seen = {*_TAKEN.split(), *COINS, *ELSEWHERE}
    place = 0
    for name, price_usd in _CHEAP.items():
        seen.add(name)
        yield Coin(name, price_usd, 6e6, 1.2, 1.3)
    while True:
        place += 1
        name = _name(place)
        if name in seen:
            continue
        seen.add(name)
        beta = 0.8 + seed_of("beta", name) % 60 / 100
        yield Coin(name, _price_usd(name, place), _FIRST_USD * _FALL**place, beta, 1.3)


def _name(place: int) -> str:
    nth, rest = divmod(place, _CHINESE_EVERY)
    if rest == _CHINESE_EVERY // 2 and nth < len(_CHINESE):
        return _CHINESE[nth]
    chance = seed_of("ticker", place)
    count = 2 + (chance % 5 == 0)
    return (
        "".join(_syllable(chance >> 8 * part) for part in range(1, count + 1))
        + _ENDINGS[(chance >> 40) % len(_ENDINGS)]
    )


def _syllable(chance: int) -> str:
    begin = chance % (len(_SYLLABLES) // 2) * 2
    return _SYLLABLES[begin : begin + 2]


def _price_usd(name: str, place: int) -> float:
    """From a thousandth of a cent to a thousand dollars; some are far cheaper."""
    share = seed_of("price", name) % 10_000 / 10_000
    is_cheap = place % _CHEAP_EVERY == _CHEAP_EVERY // 3
    exponent = -9.0 + 3.5 * share if is_cheap else -4.0 + 7.0 * share**1.4
    return float(f"{10**exponent:.3g}")


def listed_at(
    exchange: str, market: str, count: int, known: Collection[str] = ()
) -> Iterator[Coin]:
    """The first `count` of them that an exchange's market has, besides those it knows already."""
    found = 0
    for coin in more_coins():
        if found >= count:
            return
        if coin.name in known or seed_of(exchange, market, coin.name) % _MISSING_EVERY == 0:
            continue
        found += 1
        yield coin


def launched_ms(name: str) -> int:
    """When such a coin was listed: some day between 2021 and the summer of 2026."""
    return _FIRST_LAUNCH_MS + seed_of("launch", name) % _LAUNCH_DAYS * DAY_MS


def exponent_for(price_usd: float, steps: tuple[tuple[float, int], ...]) -> int:
    """The power of ten that a cheap coin is quoted by: of the first step that it is below."""
    return next((exponent for below, exponent in steps if price_usd < below), 0)
