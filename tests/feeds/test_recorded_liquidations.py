"""Every recorded liquidation of all four exchanges, each worked out by hand beside its numbers.

Binance tells the order's side (SELL closes a long), the others the position's.
"""

from pathlib import Path
from typing import NamedTuple

import pytest

from tui_monitor.feeds.decode import decode_lines
from tui_monitor.model import Exchange, Instrument, Market


class Worked(NamedTuple):
    """What a payload says. `usd` is the product that the comment beside it has."""

    symbol: str
    ts: int
    side: str
    price: float
    usd: float | None


RECORDED: dict[tuple[Exchange, str], list[Worked]] = {
    (Exchange.BINANCE, "binance/um_ws_liquidation_captures.jsonl"): [
        # S=BUY closes a short; z 127.2 x ap 1.4912
        Worked("XRPUSDT", 1791091174219, "short", 1.4912, 189.68064),
        # S=SELL; z 0.190 x ap 82651.90
        Worked("BTCUSDT", 1791565602120, "long", 82651.90, 15703.861),
        # S=BUY; z 288183 x ap 0.0219120
        Worked("COTIUSDT", 1789672235690, "short", 0.0219120, 6314.665896),
    ],
    (Exchange.BINANCE, "binance/um_ws_liquidation_jarvis2026.jsonl"): [
        # S=SELL; z 9243 x ap 0.1057892
        Worked("牛来USDT", 1790526546763, "long", 0.1057892, 977.8095756),
        # S=SELL; z 723071 x ap 0.0048920 (the last fill alone, l, was 415940)
        Worked("PUMPUSDT", 1790526547149, "long", 0.0048920, 3537.263332),
        # S=SELL; z 581 x ap 0.2138569
        Worked("MAGMAUSDT", 1790526554193, "long", 0.2138569, 124.2508589),
        # S=SELL; z 0.3 x ap 186.91
        Worked("QNTUSDT", 1790526559210, "long", 186.91, 56.073),
        # S=BUY; z 6335 x ap 0.3347839
        Worked("SOONUSDT", 1790526560090, "short", 0.3347839, 2120.8560065),
        # S=SELL; z 134 x ap 0.7547
        Worked("RUNEUSDT", 1790526560090, "long", 0.7547, 101.1298),
        # S=SELL; z 1147 x ap 0.096960
        Worked("DOGEUSDT", 1790526560090, "long", 0.096960, 111.21312),
        # S=SELL; z 400000 x ap 0.0022349
        Worked("ONEUSDT", 1790526560240, "long", 0.0022349, 893.96),
        # S=BUY; z 128 x ap 0.3365
        Worked("SOONUSDT", 1790526562214, "short", 0.3365, 43.072),
        # S=BUY; z 695 x ap 0.3364
        Worked("SOONUSDT", 1790526563224, "short", 0.3364, 233.798),
        # S=BUY; z 0.3 x ap 187.15
        Worked("QNTUSDT", 1790526564180, "short", 187.15, 56.145),
    ],
    (Exchange.OKX, "okx/swap_ws_liquidation_captures.jsonl"): [
        # posSide long; sz 8.55 contracts of 0.01 BTC = 0.0855 BTC x bkPx 82655.7
        Worked("BTC-USDT-SWAP", 1791565600771, "long", 82655.7, 7067.06235),
        # posSide short; sz 2137 contracts of a size that no payload here tells
        Worked("CNPY-USDT-SWAP", 1789669898955, "short", 0.4162, None),
    ],
    (Exchange.BYBIT, "bybit/linear_ws_liquidation_captures.jsonl"): [
        # S=Buy is the position; v 2084.9 x p 0.05165
        Worked("STRKUSDT", 1791091285156, "long", 0.05165, 107.685085),
        # S=Buy; v 19.7 x p 2.585
        Worked("ICPUSDT", 1789670094099, "long", 2.585, 50.9245),
        # S=Sell; v 13248 x p 0.1915
        Worked("ADAUSDT", 1786014946933, "short", 0.1915, 2536.992),
    ],
    (Exchange.BITGET, "bitget/mixed_ws_various_v3uta_tardis2026.jsonl"): [
        # side buy is the position; amount is USDT: 13.70319 / 0.1649 = 83.1 coins
        Worked("APEUSDT", 1777358886549, "long", 0.1649, 13.70319),
        # side buy; 143.330431857868 / 0.500280739469 = 286.5 coins
        Worked("IPUSDT", 1777358876983, "long", 0.500280739469, 143.330431857868),
    ],
}

BTC = Instrument(
    exchange=Exchange.OKX,
    market=Market.PERP,
    symbol="BTC-USDT-SWAP",
    coin="BTC",
    contract_size=0.01,
)


@pytest.mark.parametrize(("exchange", "file"), RECORDED)
def test_a_recorded_liquidation_has_the_right_side_and_size(
    exchange: Exchange, file: str, shared_data: Path
) -> None:
    """All of a file, in its order, and no other."""
    lines = (shared_data / file).read_bytes().splitlines()
    known = [BTC] if exchange is Exchange.OKX else []
    told = decode_lines(exchange, Market.PERP, [line for line in lines if line], known)
    found = [one for one in told if one["type"] == "liquidation"]
    worked = RECORDED[exchange, file]
    assert [(one["symbol"], one["ts"], one["side"]) for one in found] == [
        (one.symbol, one.ts, one.side) for one in worked
    ]
    assert [one["price"] for one in found] == pytest.approx([one.price for one in worked])
    for ours, theirs in zip(found, worked, strict=True):
        if theirs.usd is None:
            assert (ours["usd"], ours["coins"]) == (None, None)
        else:
            assert ours["usd"] == pytest.approx(theirs.usd, rel=1e-9)
            assert ours["coins"] == pytest.approx(theirs.usd / theirs.price, rel=1e-9)
