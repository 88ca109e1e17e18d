"""OKX's frames for the contract suite."""

from typing import Any

import msgspec

from tests.feeds.samples import Samples
from tui_monitor.model import Ticker


def row(symbol: str, **changes: Any) -> dict[str, Any]:
    """A ticker row."""
    plain = {
        "instType": "SWAP", "instId": symbol, "last": "10", "lastSz": "1", "askPx": "10.1",
        "askSz": "5", "bidPx": "9.9", "bidSz": "6", "open24h": "9", "high24h": "11",
        "low24h": "8", "volCcy24h": "1000", "vol24h": "10", "ts": "1795132800000",
        "sodUtc0": "9", "sodUtc8": "9.5",
    }  # fmt: skip
    return plain | changes


def _push(channel: str, *rows: object) -> bytes:
    return msgspec.json.encode(
        {"arg": {"channel": channel, "instId": "BTC-USDT-SWAP"}, "data": rows}
    )


SAMPLES = Samples(
    frames=(
        _push("tickers", row("BTC-USDT-SWAP")),
        _push("mark-price", {"instId": "BTC-USDT-SWAP", "markPx": "10", "ts": "1795132800000"}),
        _push("bbo-tbt", {"asks": [["10.1", "5", "0", "2"]], "bids": [["9.9", "6", "0", "1"]]}),
        _push("candle30m", ["1795132800000", "1", "2", "0.5", "1.5", "10", "20", "30", "1"]),
        _push(
            "liquidation-orders",
            {
                "instId": "BTC-USDT-SWAP",
                "details": [{"bkPx": "1", "sz": "2", "posSide": "long", "ts": "1795132800000"}],
            },
        ),
        b'{"event":"error","code":"60018","msg":"channel:tickers, instId:X doesn\'t exist"}',
    ),
    three=_push(
        "tickers", row("BTC-USDT-SWAP"), row("ETH-USDT-SWAP", last="NaN"), row("XRP-USDT-SWAP")
    ),
    kind=Ticker,
    unused=(
        b'{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"px":"1"}]}',
        "trades",
    ),
    texts=(
        '{"event":"error","code":"1","msg":%s}',
        '{"event":%s}',
        '{"arg":{"channel":%s,"instId":"X"},"data":[1]}',
        '{"arg":{"channel":"x","instId":%s},"data":[1]}',
        '{"arg":{"channel":"tickers"},"data":[{"instId":%s,"last":"x"}]}',
    ),
)
