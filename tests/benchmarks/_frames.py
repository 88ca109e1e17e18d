"""Frames in the exchanges' shapes, a millisecond apart, so that each of them is news."""

from collections.abc import Callable
from typing import NamedTuple

from tui_monitor.feeds.adapter import Adapter
from tui_monitor.feeds.binance import listing
from tui_monitor.feeds.binance.adapter import BinanceAdapter
from tui_monitor.feeds.bitget import mapper as bitget
from tui_monitor.feeds.bitget.adapter import BitgetAdapter
from tui_monitor.feeds.bybit import mapper as bybit
from tui_monitor.feeds.bybit.adapter import BybitAdapter
from tui_monitor.feeds.instruments import InstrumentBook, books_of
from tui_monitor.feeds.okx import mapper as okx
from tui_monitor.feeds.okx.adapter import OkxAdapter
from tui_monitor.model import Market

FIRST_MS = 1_795_132_800_123


class Corpus(NamedTuple):
    """Many frames of one kind, and who understands them."""

    name: str
    adapter: Callable[[], Adapter]
    frames: list[bytes]


def okx_ticker(ms: int, symbol: str = "BTC-USDT-SWAP") -> bytes:
    """Channel tickers: every frame says everything."""
    return (
        b'{"arg":{"channel":"tickers","instId":"%b"},"data":[{"instType":"SWAP","instId":"%b",'
        b'"last":"66809.5","lastSz":"0.03","askPx":"66809.6","askSz":"1013.78","bidPx":"66809.5",'
        b'"bidSz":"527.41","open24h":"65432.1","high24h":"67250","low24h":"64870.3",'
        b'"sodUtc0":"66102.2","sodUtc8":"66254.9","volCcy24h":"98754.1234",'
        b'"vol24h":"9875412.34","ts":"%d"}]}' % (symbol.encode(), symbol.encode(), ms)
    )


def _binance_book(ms: int) -> bytes:
    return (
        b'{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":9934567890123,'
        b'"s":"BTCUSDT","ps":"BTCUSDT","b":"66809.50","B":"5.274","a":"66809.60","A":"10.137",'
        b'"T":%d,"E":%d,"st":1}}' % (ms - 1, ms)
    )


def _binance_tickers(ms: int, rows: int = 400) -> bytes:
    row = (
        b'{"e":"24hrTicker","E":%d,"s":"C%dUSDT","ps":"C%dUSDT","p":"0.0521","P":"2.104",'
        b'"w":"2.4871","c":"2.5284","Q":"12","o":"2.4763","h":"2.6012","l":"2.4012",'
        b'"v":"18293847","q":"45498237.1123","O":1795046400000,"C":1795132800122,'
        b'"F":918273645,"L":918373645,"n":100001,"st":1}'
    )
    return (
        b'{"stream":"!ticker@arr","data":['
        + b",".join(row % (ms, n, n) for n in range(rows))
        + b"]}"
    )


def _binance_marks(ms: int, rows: int = 400) -> bytes:
    row = (
        b'{"e":"markPriceUpdate","E":%d,"s":"C%dUSDT","p":"2.52840000","ap":"2.52841234",'
        b'"P":"2.53012345","i":"2.52912345","r":"0.00005100","T":1795147200000,"st":1}'
    )
    return (
        b'{"stream":"!markPrice@arr@1s","data":['
        + b",".join(row % (ms, n) for n in range(rows))
        + b"]}"
    )


def _bybit_delta(ms: int) -> bytes:
    return (
        b'{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT",'
        b'"tickDirection":"PlusTick","price24hPcnt":"0.021045","lastPrice":"66809.50",'
        b'"turnover24h":"6612345678.1234","volume24h":"98754.1230","bid1Price":"66809.50",'
        b'"bid1Size":"5.274"},"cs":24987956059,"ts":%d}' % ms
    )


def _bybit_snapshot(ms: int) -> bytes:
    return (
        b'{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT",'
        b'"tickDirection":"PlusTick","price24hPcnt":"0.021045","lastPrice":"66809.50",'
        b'"prevPrice24h":"65432.10","highPrice24h":"67250.00","lowPrice24h":"64870.30",'
        b'"prevPrice1h":"66700.10","markPrice":"66809.42","indexPrice":"66830.12",'
        b'"openInterest":"58223.114","openInterestValue":"3889853217.21",'
        b'"turnover24h":"6612345678.1234","volume24h":"98754.1230","fundingIntervalHour":"8",'
        b'"fundingCap":"0.005","nextFundingTime":"1795147200000","fundingRate":"0.000051",'
        b'"singleOpenInterest":"29111.557","singleOpenInterestValue":"1944926608.60",'
        b'"bid1Price":"66809.50","bid1Size":"5.274","ask1Price":"66809.60","ask1Size":"10.137"},'
        b'"cs":24987956059,"ts":%d}' % ms
    )


def _bitget_ticker(ms: int) -> bytes:
    return (
        b'{"action":"snapshot","arg":{"instType":"usdt-futures","topic":"ticker",'
        b'"symbol":"BTCUSDT"},"data":[{"highPrice24h":"67250.0","lowPrice24h":"64870.3",'
        b'"openPrice24h":"65432.1","lastPrice":"66809.5","turnover24h":"6612345678.1234",'
        b'"volume24h":"98754.1234","bid1Price":"66809.5","ask1Price":"66809.6",'
        b'"bid1Size":"5.2741","ask1Size":"10.137","price24hPcnt":"0.02104",'
        b'"indexPrice":"66830.1234","markPrice":"66809.5","fundingRate":"0.000051",'
        b'"openInterest":"41234.567","deliveryTime":"","deliveryStartTime":"",'
        b'"deliveryStatus":"","nextFundingTime":"1795147200000"}],"ts":%d}' % ms
    )


def _okx() -> Adapter:
    return OkxAdapter(InstrumentBook(okx.guess))


def _binance() -> Adapter:
    return BinanceAdapter(InstrumentBook(listing.GUESS[Market.PERP]))


def _bybit() -> Adapter:
    return BybitAdapter(InstrumentBook(bybit.GUESS[Market.PERP]), Market.PERP)


def _bitget() -> Adapter:
    books = books_of(bitget.GUESS)
    return BitgetAdapter(books, Market.PERP)


def _many(make: Callable[[int], bytes], count: int) -> list[bytes]:
    return [make(FIRST_MS + number) for number in range(count)]


def corpora(count: int = 10_000) -> list[Corpus]:
    """The frames that come thousands at a time. Arrays have 400 rows, and are fewer."""
    arrays = max(1, count // 80)  # enough that making the rows does not count
    deltas = [_bybit_snapshot(FIRST_MS - 1), *_many(_bybit_delta, count)]
    return [
        Corpus("okx tickers", _okx, _many(okx_ticker, count)),
        Corpus("binance bookTicker", _binance, _many(_binance_book, count)),
        Corpus("binance !ticker@arr", _binance, _many(_binance_tickers, arrays)),
        Corpus("binance !markPrice@arr", _binance, _many(_binance_marks, arrays)),
        Corpus("bybit tickers delta", _bybit, deltas),
        Corpus("bybit tickers snapshot", _bybit, _many(_bybit_snapshot, count)),
        Corpus("bitget ticker", _bitget, _many(_bitget_ticker, count)),
    ]
