"""Settled funding in the database: what goes in comes out, and sums are whole or say not."""

import math
import random
from pathlib import Path

import pytest

from tests.store.builders import DAY_MS, StillClock
from tests.store.samples import HOUR_MS, a_settlement, a_span
from tui_monitor.clock import DAY_MS as A_DAY_MS
from tui_monitor.errors import StoreError
from tui_monitor.model import Exchange, Settlement
from tui_monitor.store import Store, open_store


async def test_settlements_come_back_as_they_went_in(store: Store) -> None:
    """By time, then by exchange; the end of the range is not in it."""
    rows = [
        a_settlement(0, -0.00012345, Exchange.OKX),
        a_settlement(0, 0.0001, Exchange.BINANCE),
        a_settlement(8, 1e-16, Exchange.OKX, coin="币安人生"),
        a_settlement(16, 0.02, Exchange.OKX),
    ]
    assert await store.record_funding(rows) == 4
    found = await store.settlements(DAY_MS, DAY_MS + 16 * HOUR_MS)
    assert found == [rows[1], rows[0], rows[2]]


async def test_what_is_there_already_is_no_news(store: Store) -> None:
    """A page that was asked for twice changes nothing."""
    rows = [a_settlement(hour, 0.0001 * hour) for hour in (0, 8, 16)]
    assert await store.record_funding(rows) == 3
    assert await store.record_funding(rows) == 0
    assert len(await store.settlements(0, DAY_MS * 2)) == 3


async def test_a_corrected_rate_replaces_the_first_one(store: Store) -> None:
    """The exchange's last word counts."""
    await store.record_funding([a_settlement(0, 0.0001)])
    assert await store.record_funding([a_settlement(0, 0.0002)]) == 1
    assert [row.rate for row in await store.settlements(0, DAY_MS * 2)] == [0.0002]


async def test_one_coin_of_all_exchanges_newest_first(store: Store) -> None:
    """No more than asked for, and no other coin."""
    await store.record_funding(
        [
            a_settlement(hour, 0.0001, exchange, coin)
            for hour in (0, 8)
            for exchange in (Exchange.BYBIT, Exchange.OKX)
            for coin in ("BTC", "ETH")
        ]
    )
    found = await store.coin_settlements("BTC", DAY_MS, DAY_MS + A_DAY_MS, 3)
    assert [(row.settled_ms - DAY_MS, row.exchange) for row in found] == [
        (8 * HOUR_MS, Exchange.BYBIT),
        (8 * HOUR_MS, Exchange.OKX),
        (0, Exchange.BYBIT),
    ]
    assert {row.coin for row in found} == {"BTC"}


@pytest.mark.parametrize("seed", range(4))
async def test_sums_of_1_7_and_30_days_agree_with_plain_addition(store: Store, seed: int) -> None:
    """Of a hundred instruments with intervals of their own, at any time of day."""
    chance = random.Random(seed)
    now_ms = DAY_MS + chance.randrange(A_DAY_MS)
    rows: list[Settlement] = []
    for number in range(100):
        every = chance.choice([1, 4, 8])
        hours = range(-chance.randrange(31 * 24), 30, every)
        rows += [
            a_settlement(hour, chance.gauss(0, 1e-3), chance.choice([*Exchange]), f"C{number}")
            for hour in hours
        ]
    await store.record_funding(rows)
    of: dict[object, list[Settlement]] = {}
    for row in rows:
        of.setdefault(((row.exchange, row.market, row.symbol), row.coin), []).append(row)
    for paid in await store.paid_funding(now_ms):
        mine = of[paid.key, paid.coin]
        for days, (total, count) in zip((1, 7, 30), paid.sums, strict=True):
            inside = [row.rate for row in mine if 0 <= now_ms - row.settled_ms < days * A_DAY_MS]
            assert count == len(inside)
            assert total == pytest.approx(math.fsum(inside), rel=1e-12, abs=1e-18)
        assert paid.oldest_ms == min(row.settled_ms for row in mine)
        newest = max(mine, key=lambda row: row.settled_ms)
        assert (paid.newest_ms, paid.newest_rate) == (newest.settled_ms, newest.rate)


async def test_a_span_says_of_what_time_all_is_there(store: Store) -> None:
    """A later one replaces it; without any both ends are unknown."""
    await store.record_funding([a_settlement(8)], [a_span(0, 9)])
    await store.record_funding([a_settlement(8, coin="ETH")])
    assert await store.funding_spans() == [a_span(0, 9)]
    await store.record_funding([], [a_span(0, 17)])
    assert await store.funding_spans() == [a_span(0, 17)]
    paid = {row.coin: (row.first_ms, row.last_ms) for row in await store.paid_funding(DAY_MS)}
    assert paid == {"BTC": (DAY_MS, DAY_MS + 17 * HOUR_MS), "ETH": (None, None)}


async def test_an_instrument_that_settled_nothing_yet_is_known_by_its_span(store: Store) -> None:
    """Freshly listed: it was asked for, and there is nothing."""
    await store.record_funding([], [a_span(0, 3)])
    (paid,) = await store.paid_funding(DAY_MS + 4 * HOUR_MS)
    assert (paid.oldest_ms, paid.newest_ms, paid.newest_rate) == (None, None, None)
    assert paid.sums == ((0.0, 0), (0.0, 0), (0.0, 0))


async def test_a_rate_that_can_be_none_is_refused_and_nothing_of_its_page_stays(
    store: Store,
) -> None:
    """A page is one transaction."""
    with pytest.raises(StoreError, match="CHECK"):
        await store.record_funding([a_settlement(0), a_settlement(8, 10.0)], [a_span(0, 9)])
    assert await store.settlements(0, DAY_MS * 2) == []
    assert await store.funding_spans() == []


async def test_a_coin_under_a_new_name_takes_its_history_along(store: Store) -> None:
    """The symbol is the identity."""
    await store.record_funding([a_settlement(0, coin="OLD", symbol="XUSDT")])
    await store.record_funding([a_settlement(8, coin="NEW", symbol="XUSDT")])
    assert len(await store.coin_settlements("NEW", 0, DAY_MS * 2, 10)) == 2


async def test_settlements_outlive_a_restart_and_a_clean(tmp_path: Path) -> None:
    """They are kept for good."""
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        await store.record_funding([a_settlement(0)], [a_span(0, 1)])
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        await store.clean(0, force=True)
        assert await store.settlements(0, DAY_MS * 2) == [a_settlement(0)]
        info = await store.info()
        assert info.rows["settlements"] == info.rows["instruments"] == 1
        assert info.oldest_ms["settlements"] == DAY_MS
