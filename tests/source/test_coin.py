"""The parts of a coin's page from a database alone: each recomputed from the rows that are kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.source.test_liquidations import a_stored_minute
from tests.support.anomaly_boards import an_anomaly, an_explanation
from tests.support.liquidation_boards import an_order
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.boards.anomalies.records import record_of
from tui_monitor.clock import DAY_MS, MINUTE_MS, BoardZone
from tui_monitor.config import SumCurve
from tui_monitor.model import (
    BAR_MS,
    MARK_MS,
    Exchange,
    Heard,
    InterestSample,
    InterestSource,
    Side,
)
from tui_monitor.source.coin import EVENTS_SHOWN
from tui_monitor.source.stored import StoredSource
from tui_monitor.store import Store, open_store

HOUR_MS = 60 * MINUTE_MS


@asynccontextmanager
async def a_source(folder: Path) -> AsyncIterator[tuple[StoredSource, Store, VirtualClock]]:
    """Over an empty database; it is START_MS."""
    clock = VirtualClock()
    async with open_store(folder, clock, kind="simulator") as store:
        source = StoredSource(store, BoardZone(), clock, SumCurve(), folder / "exports")
        yield source, store, clock


def a_sample(at_ms: int, exchange: Exchange, coins: float, coin: str = "BTC") -> InterestSample:
    """At 50,000 a coin."""
    return InterestSample(
        exchange=exchange,
        symbol=f"{coin}USDT",
        coin=coin,
        at_ms=at_ms,
        coins=coins,
        price=50_000.0,
        source=InterestSource.OURS,
    )


@in_virtual_time
async def test_a_coins_liquidations_are_its_own(tmp_path: Path) -> None:
    """Other coins' are in no sum; older ones than an hour are told, and in no sum either."""
    async with a_source(tmp_path) as (source, store, clock):
        minutes = [
            a_stored_minute(START_MS - back * MINUTE_MS, 9e9, Exchange.OKX) for back in range(1, 31)
        ]
        await store.record_liquidation_minutes(minutes)
        await store.record_liquidations(
            [
                an_order(START_MS - 5, 1e6),
                an_order(START_MS - 6, 5e6, coin="ETH", symbol="ETH-USDT-SWAP"),
                an_order(START_MS - 7, 2e6, side=Side.SHORT),
                an_order(START_MS - 8, 3e6, heard=Heard.REST),
                an_order(START_MS - 2 * HOUR_MS, 4e6),
                an_order(START_MS - 2 * DAY_MS, 7e6),
            ]
        )
        found = (await source.coin_page("BTC")).liquidations
        (okx,) = found.venues
        assert (okx.long_usd, okx.short_usd, okx.rest_usd) == (1e6, 2e6, 3e6)
        assert (found.total.total_usd, found.total.is_lower_bound, found.live) == (3e6, True, False)
        assert 0.5 < okx.covered < 0.55
        assert [one.usd for one in found.events] == [1e6, 2e6, 3e6, 4e6]
        assert okx.last_ms == START_MS - 5
        many = [an_order(START_MS - 100 - place, 1.0) for place in range(EVENTS_SHOWN + 5)]
        await store.record_liquidations(many)
        await clock.sleep(60)
        again = (await source.coin_page("BTC")).liquidations
        assert len(again.events) == EVENTS_SHOWN
        assert again.total.count == 2 + len(many)


@in_virtual_time
async def test_a_coins_anomalies_are_the_newest_of_all_bars(tmp_path: Path) -> None:
    """By the end of their bars; other coins' and those of yesterday are not among them."""
    async with a_source(tmp_path) as (source, store, _):
        quarter_ms = BAR_MS["15m"]
        newest_ms = START_MS - START_MS % quarter_ms - quarter_ms
        for coin, open_ms in (
            ("BTC", newest_ms),
            ("BTC", newest_ms - 3 * quarter_ms),
            ("ETH", newest_ms),
            ("BTC", newest_ms - DAY_MS - quarter_ms),
        ):
            record = record_of(an_explanation(an_anomaly(coin, 1.5, open_ms)), open_ms + 1)
            await store.record_anomalies(
                Exchange.BINANCE, "15m", open_ms, [record.symbol], [record]
            )
        found = (await source.coin_page("BTC")).anomalies
        assert [one.row.open_ms for one in found.newest] == [newest_ms, newest_ms - 3 * quarter_ms]
        assert {(one.row.coin, one.bar, one.row.score) for one in found.newest} == {
            ("BTC", "15m", 1.5)
        }
        none = (await source.coin_page("DOGE")).anomalies
        assert none.newest == []
        assert none.reason.startswith("no anomaly of DOGE in 24 h · binance 15m: ")


@in_virtual_time
async def test_a_coins_open_interest_is_its_samples(tmp_path: Path) -> None:
    """The newest stand for now; changes are against those of the windows' starts."""
    async with a_source(tmp_path) as (source, store, _):
        last_ms = START_MS - START_MS % MARK_MS
        for back in range(290):
            at_ms = last_ms - back * MARK_MS
            samples = [
                a_sample(at_ms, Exchange.OKX, 1_000.0 - back),
                a_sample(at_ms, Exchange.BYBIT, 500.0),
                a_sample(at_ms, Exchange.OKX, 7e6, "ETH"),
            ]
            await store.record_interest(samples, [])
        found = (await source.coin_page("BTC")).interest
        assert found.total is not None
        assert (found.total.coins, found.live) == (1_500.0, False)
        assert "no engine runs" in found.reason
        by_exchange = {one.leg.exchange: one for one in found.legs}
        okx = [one.change_coins for one in by_exchange[Exchange.OKX].changes]
        assert okx == [12.0, 48.0, 288.0]
        assert [one.change_pct for one in by_exchange[Exchange.BYBIT].changes] == [0.0, 0.0, 0.0]
        assert [one.change_coins for one in found.total.changes] == okx
        assert {one.coins for one in found.marks[-2:]} == {1_499.0, 1_500.0}
        assert len(found.points) == 2 * len(found.marks)
        none = (await source.coin_page("NONE")).interest
        assert (none.total, none.points) == (None, [])
        assert "no exchange tells an open interest of NONE" in none.reason
