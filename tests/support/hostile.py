"""Things that a remote party may send: shared by adapters, API, export, screens and logs.

`FRAMES` are whole messages, `VALUES` stand where a number should, `TEXTS` where a name should.
"""

# A cursor that moves, a clipboard that is written, text that runs backwards or hides.
TEXTS = (
    "\x1b[2J\x1b[H",
    "\x1b]52;c;cm0gLXJmIH4=\x07",
    "\x1b]0;owned\x07",
    "\x9b31m",
    "\x07\x08\x0b\x0c\r\n\t",
    "\u202egnitneverp\u202c",
    "\u200b\u200d\ufeff",
    "\u2028\u2029",
    "e" + "\u0301" * 50,
    "\U000e0041\U000e007f",
    "[/x]",
    "[@click=app.quit]quit[/]",
    "[bold",
    "=cmd|' /C calc'!A0",
    "'; DROP TABLE price; --",
    "../../etc/passwd",
    "币安人生",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "A" * 10_000,
    "\x00",
    "\ud800",
    "",
    " ",
)

# As they stand in JSON.
VALUES = (
    '"NaN"',
    '"nan"',
    '"Infinity"',
    '"-inf"',
    '"1e999"',
    '"-1"',
    '"0"',
    '"-0"',
    '"1e15"',
    '"1_000"',
    '" 1 "',
    '"+1"',
    '"1,000"',
    '"0x10"',
    '"１２"',
    '"٣"',
    '"1."',
    '""',
    '"' + "9" * 5_000 + '"',
    "9" * 5_000,
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "null",
    "true",
    "[]",
    "{}",
    '["1"]',
    '{"$ref":"$"}',
    '"\\u0000"',
    '"\\ud800"',
    '"' + "1" * 70 + '"',
)

_TICKER = (
    '{"arg":{"channel":"tickers","instId":"BTC-USDT-SWAP"},"data":[{"instType":"SWAP",'
    '"instId":"BTC-USDT-SWAP","last":%s,"lastSz":"1","askPx":%s,"askSz":%s,"bidPx":"9.9",'
    '"bidSz":"1","open24h":"9","high24h":"11","low24h":"8","volCcy24h":%s,"vol24h":"10",'
    '"ts":%s,"sodUtc0":"9","sodUtc8":"9"}]}'
)
_LAWFUL = ('"10"', '"10.1"', '"5"', '"1000"', '"1795132800000"')


def ticker_with(place: int, value: str) -> bytes:
    """An OKX ticker frame with something else at one of five places."""
    values = list(_LAWFUL)
    values[place] = value
    return (_TICKER % tuple(values)).encode("utf-8", "surrogatepass")


_WHOLE = _TICKER % _LAWFUL

FRAMES: tuple[bytes, ...] = (
    b"",
    b" ",
    b"\x00",
    b"\x00" * 1_000,
    b"ping",
    b"PONG",
    b"null",
    b"true",
    b"0",
    b'""',
    b"[]",
    b"{}",
    b"[[[[[[[[[[]]]]]]]]]]",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"[" * 20_000 + b"]" * 20_000,
    b"9" * 5_000,
    b"NaN",
    b"\xff\xfe\xfa",
    b'{"data":"\xff"}',
    b"\xef\xbb\xbf{}",
    b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
    b"HTTP/1.1 200 OK\r\n\r\n",
    b'\x1b]0;owned\x07\x1b[2J{"data":[[[[,,}',
    b'{"arg":{}}',
    b'{"arg":{},"data":[]}',
    b'{"arg":null,"data":null}',
    b'{"arg":[],"data":{}}',
    b'{"arg":{"channel":5,"instId":[]},"data":[{}]}',
    b'{"arg":{"channel":"tickers","instId":"BTC-USDT-SWAP"},"data":{}}',
    b'{"arg":{"channel":"tickers","instId":"BTC-USDT-SWAP"},"data":[]}',
    b'{"arg":{"channel":"tickers","instId":"BTC-USDT-SWAP"},"data":[null,5,"x",[],{}]}',
    b'{"arg":{"channel":"tickers"},"data":[{"instId":""}]}',
    b'{"arg":{"channel":"tickers"},"data":[{"instId":"BTC-USDT-SWAP"}]}',
    b'{"arg":{"channel":"tickers"},"data":[{"instId":"\\u001b[2J-USDT-SWAP","last":"1"}]}',
    b'{"arg":{"channel":"candle30m","instId":"BTC-USDT-SWAP"},"data":[[]]}',
    b'{"arg":{"channel":"candle30m","instId":"BTC-USDT-SWAP"},"data":[["1"]]}',
    b'{"arg":{"channel":"candle30m"},"data":[["1","1","1","1","1","1","1","1","1"]]}',
    b'{"arg":{"channel":"candle","instId":"-"},"data":[{"a":1}]}',
    b'{"arg":{"channel":"bbo-tbt","instId":"BTC-USDT-SWAP"},"data":[{"asks":[[]],"bids":[]}]}',
    b'{"arg":{"channel":"bbo-tbt","instId":"BTC-USDT-SWAP"},"data":[{"asks":[["x","y"]]}]}',
    b'{"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"details":[{}]}]}',
    b'{"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"$ref":"$.data[0]"}]}',
    b'{"arg":{"channel":"liquidation-orders"},"data":[{"instId":"BTC-USDT-SWAP","details":[7]}]}',
    b'{"arg":{"channel":"instruments","instType":"SWAP"},"data":[{"instId":""}]}',
    b'{"arg":{"channel":"instruments"},"data":[{"instId":"A-USDT-SWAP","ctVal":"nan"}]}',
    b'{"arg":{"channel":"status"},"data":[{"title":"\\u001b]52;c;eA==\\u0007","state":5}]}',
    b'{"arg":{"channel":"\\u001b[31m","instId":"\\u202e"},"data":[1]}',
    b'{"event":"error"}',
    b'{"event":"error","code":60018,"msg":"\\u001b[2J"}',
    b'{"event":"error","code":"60018","msg":"channel:,instId: doesn\'t exist"}',
    b'{"event":"\\u001b[2J"}',
    b'{"event":5}',
    b'{"event":"subscribe"}',
    b'{"event":"subscribe","arg":{"channel":"nobody-asked"}}',
    b'{"event":"notice","code":64008}',
    b'{"code":"0","msg":"","data":[]}',
    b'{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT"}}',
    b'{"e":"24hrTicker","s":"BTCUSDT","c":"1"}',
    b'{"action":"snapshot","arg":{"instType":"USDT-FUTURES","channel":"ticker"},"data":[{}]}',
    _WHOLE[:-1].encode(),
    _WHOLE[: len(_WHOLE) // 2].encode(),
    (_WHOLE + "}").encode(),
    (_WHOLE + _WHOLE).encode(),
    _WHOLE.encode("utf-16"),
    *(ticker_with(place, value) for place in range(5) for value in VALUES),
)
