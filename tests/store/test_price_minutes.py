"""Prices by the minute, in the database."""

from msgspec.structs import replace

from tests.store.builders import DAY_MS
from tests.support.price_sources import price_minute
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import Exchange, Market
from tui_monitor.store import Store


async def test_minutes_come_back_as_they_went_in(store: Store) -> None:
    """One coin's, of every exchange and market, by time; the end excluded."""
    rows = [
        price_minute(DAY_MS, high=101.0, low=99.0),
        price_minute(DAY_MS, Market.SPOT),
        price_minute(DAY_MS, exchange=Exchange.BINANCE, rate=None),
        price_minute(DAY_MS + MINUTE_MS),
    ]
    other = replace(rows[0], coin="ETH", symbol="ETH-USDT-SWAP")
    await store.record_price_minutes([*reversed(rows), other])
    found = await store.price_minutes("BTC", DAY_MS, DAY_MS + 2 * MINUTE_MS)
    assert sorted(found, key=rows.index) == rows
    assert [row.minute_ms for row in found] == sorted(row.minute_ms for row in rows)
    assert await store.price_minutes("BTC", DAY_MS + MINUTE_MS, DAY_MS + 2 * MINUTE_MS) == rows[3:]
    assert len(await store.price_minutes("BTC", DAY_MS, DAY_MS + MINUTE_MS)) == 3
    assert await store.price_minutes("ETH", DAY_MS, DAY_MS + MINUTE_MS) == [other]
    assert await store.price_minutes("NEW", DAY_MS, DAY_MS + MINUTE_MS) == []


async def test_a_minute_that_comes_twice_goes_on(store: Store) -> None:
    """The program was started again within it: the open stays, the close is the later one."""
    await store.record_price_minutes([price_minute(DAY_MS, open=100.0, high=103.0, close=102.0)])
    later = price_minute(DAY_MS, open=98.0, low=97.0, high=99.0, close=98.5, price=98.0, rate=None)
    await store.record_price_minutes([later])
    (found,) = await store.price_minutes("BTC", DAY_MS, DAY_MS + MINUTE_MS)
    assert (found.open, found.high, found.low, found.close) == (100.0, 103.0, 97.0, 98.5)
    assert (found.rate, found.samples) == (1e-4, 120)
