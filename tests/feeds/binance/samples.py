"""Binance's frames for the contract suite."""

from typing import Any

import msgspec

from tests.feeds.binance import rows
from tests.feeds.samples import Samples
from tui_monitor.model import Ticker


def _push(stream: str, data: Any) -> bytes:
    return msgspec.json.encode({"stream": stream, "data": data})


SAMPLES = Samples(
    frames=(
        _push("aaausdt@bookTicker", rows.BOOK),
        _push("!ticker@arr", [rows.TICKER, rows.TICKER | {"s": "BBBUSDT"}]),
        _push("!markPrice@arr@1s", [rows.MARK, rows.MARK | {"T": 0, "i": ""}]),
        _push("aaausdt@kline_30m", rows.KLINE),
        _push("!forceOrder@arr", rows.FORCE_ORDER),
        _push("!contractInfo", rows.CONTRACT_INFO),
        b'{"error":{"code":4,"msg":"Too many subscriptions"}}',
        b'{"result":null,"id":1}',
    ),
    three=_push("!ticker@arr", [rows.TICKER, rows.TICKER | {"c": "NaN"}, rows.TICKER]),
    kind=Ticker,
    unused=(
        b'{"stream":"aaausdt@aggTrade","data":{"e":"aggTrade","s":"AAAUSDT","p":"1"}}',
        "aggTrade",
    ),
    texts=(
        '{"error":{"code":4,"msg":%s}}',
        '{"code":2,"msg":%s}',
        '{"e":%s}',
        '{"stream":%s,"data":{"e":%s,"s":%s}}',
        '{"stream":"!ticker@arr","data":[{"e":"24hrTicker","s":%s,"c":"x"}]}',
        '{"stream":"!ticker@arr","data":[{"e":"24hrTicker","s":"AAAUSDT","c":%s}]}',
        '{"stream":"!bookTicker","data":{"e":"bookTicker","s":"AAAUSDT","b":%s,"a":"1"}}',
        '{"stream":"a@kline_1m","data":{"e":"kline","s":"AAAUSDT","k":{"i":%s,"o":%s}}}',
        '{"stream":"!forceOrder@arr","data":{"e":"forceOrder","o":{"s":"AAAUSDT","S":%s}}}',
        '{"stream":"!contractInfo","data":{"e":"contractInfo","s":%s,"cs":%s}}',
    ),
)
