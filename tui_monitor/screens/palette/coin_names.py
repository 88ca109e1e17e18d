"""Names of coins that somebody typed: whether anybody lists one, and which look like it."""

import difflib
import re
from collections.abc import Collection, Sequence

from tui_monitor.boards.markets import MarketReport
from tui_monitor.screens.telling import Said
from tui_monitor.words import t

_NEAREST = 3


def near_coins(coin: str, coins: Sequence[str]) -> list[str]:
    """The names that look like this one, the likest first."""
    return difflib.get_close_matches(coin.upper(), coins, n=_NEAREST, cutoff=0.6)


def all_listed(report: MarketReport) -> bool:
    """Whether every watched exchange has told what it lists."""
    return bool(report.exchanges) and all(one.spot or one.perp for one in report.exchanges)


def why_unknown(coin: str, report: MarketReport) -> str:
    """What to say of a coin that was not found; empty while no exchange's list is known."""
    if not report.coins:
        return ""
    if not all_listed(report):
        names = ", ".join(one.exchange for one in report.exchanges if not (one.spot or one.perp))
        return t("no such coin so far; waiting for the list of {names}", names=names)
    near = near_coins(coin, [one.coin for one in report.coins])
    if not near:
        return t("no such coin on any exchange")
    return t("no such coin on any exchange; did you mean {names}?", names=", ".join(near))


def check_listed(coin: str, coins: Collection[str]) -> str:
    """The coin as it is listed. One that is not among all that there are is refused, of none known
    nothing is.
    """
    if not coins:
        return coin_of(coin)
    for one in (coin, coin.upper(), coin_of(coin)):
        if one in coins:
            return one
    near = near_coins(coin, list(coins))
    hint = t("did you mean {names}?", names=", ".join(near)) if near else ""
    raise Said(t("no such coin on any exchange: {coin}", coin=repr(coin)), hint)


def coin_of(name: str) -> str:
    """The coin of a symbol, such as 1000PEPEUSDT, BTC/USDT or BTC-USDT-SWAP.

    A coin is one of itself.
    """
    match = _SYMBOL.fullmatch(name.upper())
    return match[1] if match else name


# A multiple in front, and what it is settled in.
_SYMBOL = re.compile(r"(?:10{3,})?(.+?)[-/_]?USDT(?:-SWAP)?")
