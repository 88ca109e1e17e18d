"""Bybit's frames for the contract suite."""

from tests.feeds.bybit import rows
from tests.feeds.samples import Samples
from tui_monitor.model import Liquidation

SAMPLES = Samples(
    frames=(
        rows.ticker(),
        rows.push("tickers.1000BBBUSDT", rows.TICKER | {"symbol": "1000BBBUSDT"}),
        rows.ticker(bid1Price="", bid1Size=""),
        rows.book([["2.4", "30"]], [["2.6", "40"]]),
        rows.push("kline.30.AAAUSDT", [rows.KLINE]),
        rows.push("allLiquidation.AAAUSDT", [rows.FILL, rows.FILL | {"S": "Sell"}]),
        rows.answer("1"),
        rows.answer("1", "error:handler not found,topic:tickers.NOPEUSDT"),
        b'{"success":true,"ret_msg":"pong","conn_id":"c","req_id":"","op":"ping"}',
    ),
    three=rows.push("allLiquidation.AAAUSDT", [rows.FILL, rows.FILL | {"p": "NaN"}, rows.FILL]),
    kind=Liquidation,
    unused=(rows.push("publicTrade.AAAUSDT", [{"s": "AAAUSDT", "p": "1"}]), "publicTrade"),
    texts=(
        '{"success":false,"ret_msg":%s,"op":"subscribe","req_id":"1"}',
        '{"success":false,"ret_msg":%s,"op":"auth"}',
        '{"success":true,"op":%s}',
        '{"topic":%s,"data":{"symbol":"AAAUSDT"}}',
        '{"topic":"tickers.AAAUSDT","type":"snapshot","data":{"symbol":%s,"lastPrice":"1"}}',
        '{"topic":"tickers.A","type":"snapshot","data":{"symbol":"AAAUSDT","lastPrice":%s}}',
        '{"topic":"orderbook.1.A","data":{"s":"AAAUSDT","b":[[%s,%s]],"a":[]},"ts":1}',
        '{"topic":"kline.30.AAAUSDT","data":[{"start":%s}]}',
        '{"topic":"allLiquidation.A","data":[{"s":"AAAUSDT","S":%s,"v":"1","p":"1","T":9e11}]}',
    ),
)
