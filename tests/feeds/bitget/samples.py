"""Bitget's frames for the contract suite."""

from tests.feeds.bitget import rows
from tests.feeds.samples import Samples
from tui_monitor.model import Liquidation

SAMPLES = Samples(
    frames=(
        rows.ticker(),
        rows.ticker(symbol="1000BBBUSDT"),
        rows.ticker("update", bid1Price="", bid1Size=""),
        rows.push("books1", [{"a": [["2.6", "40"]], "b": [], "ts": "1795132800123"}], symbol="A"),
        rows.push("kline", [rows.KLINE], symbol="AAAUSDT", interval="30m"),
        rows.push("liquidation", [rows.FILL, rows.FILL | {"side": "sell"}], "update"),
        rows.push_v2("ticker", [rows.STREAM_V2]),
        rows.push_v2("candle30m", [rows.CANDLE]),
        b'{"event":"subscribe","arg":{"instType":"usdt-futures","topic":"ticker","symbol":"A"}}',
        b'{"event":"error","code":30001,"msg":"{\\"instType\\":\\"spot\\",\\"symbol\\":\\"A\\",'
        b'\\"topic\\":\\"ticker\\"} doesn\'t exist"}',
        b"pong",
    ),
    three=rows.push("liquidation", [rows.FILL, rows.FILL | {"price": "NaN"}, rows.FILL], "update"),
    kind=Liquidation,
    unused=(rows.push("publicTrade", [{"p": "1"}], symbol="AAAUSDT"), "publicTrade"),
    texts=(
        '{"event":"error","code":1,"msg":%s}',
        '{"event":"error","code":%s,"msg":"x"}',
        '{"event":%s}',
        '{"action":"snapshot","arg":{"instType":%s,"topic":"ticker"},"data":[1]}',
        '{"action":"snapshot","arg":{"instType":"spot","topic":%s},"data":[1]}',
        '{"action":"snapshot","arg":{"instType":"spot","topic":"ticker","symbol":%s},"data":[{}]}',
        '{"arg":{"instType":"spot","topic":"ticker","symbol":"AUSDT"},"data":[{"lastPrice":%s}]}',
        '{"arg":{"instType":"SPOT","channel":"ticker"},"data":[{"instId":%s,"lastPr":%s}]}',
        '{"arg":{"instType":"usdt-futures","topic":"liquidation"},"data":[{"symbol":"AUSDT",'
        '"side":%s,"price":"1","amount":"1","ts":"1795132800123"}]}',
    ),
)
