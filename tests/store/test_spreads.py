"""Minutes of spreads, and signals, in the database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.store.builders import DAY_MS, StillClock
from tests.store.samples import a_minute, a_signal
from tui_monitor.clock import MINUTE_MS
from tui_monitor.errors import StoreError
from tui_monitor.model import Exchange, Market, SpreadKind, SpreadTime
from tui_monitor.store import Store, open_store
from tui_monitor.store.retention import KEPT
from tui_monitor.store.spreads import LOST_ENDING, PLACES

END_MS = DAY_MS + 1_440 * MINUTE_MS
(MINUTES,) = (kept for kept in KEPT if kept.name == "spread_minutes")


async def test_minutes_come_back_as_they_went_in(store: Store) -> None:
    """By minute and coin, each kind apart."""
    rows = [
        a_minute(0, "BTC"),
        a_minute(0, "BTC", kind=SpreadKind.SPOT_SPOT, sell=(Exchange.BITGET, Market.SPOT)),
        a_minute(0, "ETH", over_s=12.5, rises=2),
        a_minute(1, "BTC", max_pct=0.6, over_s=60.0),
    ]
    await store.record_spreads(rows[::-1])
    assert await store.spread_minutes(DAY_MS, END_MS) == rows
    assert await store.spread_minutes(DAY_MS, DAY_MS + MINUTE_MS) == rows[:3]
    assert await store.coin_spreads("BTC", SpreadKind.ALL, DAY_MS, END_MS) == [rows[0], rows[3]]
    assert await store.coin_spreads("NEW", SpreadKind.ALL, DAY_MS, END_MS) == []


async def test_every_exchange_and_market_has_its_number(store: Store) -> None:
    """And gets it back, as buyer and as seller; the numbers never change."""
    assert set(PLACES) == {(exchange, market) for exchange in Exchange for market in Market}
    assert PLACES[0] == (Exchange.BINANCE, Market.PERP)
    assert PLACES[7] == (Exchange.BITGET, Market.SPOT)
    rows = [
        replace(a_minute(number, sell=place), buy_exchange=PLACES[7 - number][0])
        for number, place in enumerate(PLACES)
    ]
    await store.record_spreads(rows)
    assert await store.spread_minutes(DAY_MS, END_MS) == rows


async def test_a_minute_that_comes_twice_is_widened(store: Store) -> None:
    """The program was started again within it: both halves count, once each."""
    first = a_minute(0, max_pct=0.25, min_pct=0.0, over_s=3.0, rises=1)
    second = a_minute(
        0, max_pct=0.5, min_pct=0.125, over_s=4.5, rises=2, sell=(Exchange.BITGET, Market.PERP)
    )
    for one, other in ((first, second), (second, first)):
        await store.record_spreads([one])
        await store.record_spreads([other])
        (found,) = await store.spread_minutes(DAY_MS, END_MS)
        assert (found.max_pct, found.min_pct) == (0.5, 0.0)
        assert found.sell_exchange is Exchange.BITGET
        assert (found.over_s, found.rises, found.samples) == (7.5, 3, 120)
        assert (await store.info()).rows["spread_minutes"] == 1
        while await store.prune(MINUTES, END_MS):
            pass


async def test_how_often_and_how_long_a_spread_was_over(store: Store) -> None:
    """Only of coins that were, each kind apart."""
    await store.record_spreads(
        [
            a_minute(0, "BTC"),
            a_minute(0, "ETH", over_s=10.0, rises=1),
            a_minute(1, "ETH", over_s=60.0),
            a_minute(2, "ETH", over_s=0.5),
            a_minute(2, "ETH", over_s=7.0, kind=SpreadKind.PERP_PERP),
            a_minute(3, "SOL", rises=1),
            a_minute(9, "ETH", over_s=10.0, rises=1),
        ]
    )
    found = await store.spread_times(DAY_MS, DAY_MS + 9 * MINUTE_MS)
    assert sorted(found, key=lambda row: (row.coin, row.kind)) == [
        SpreadTime(coin="ETH", kind=SpreadKind.ALL, over_s=70.5, rises=1),
        SpreadTime(coin="ETH", kind=SpreadKind.PERP_PERP, over_s=7.0, rises=0),
        SpreadTime(coin="SOL", kind=SpreadKind.ALL, over_s=0.0, rises=1),
    ]
    assert await store.watched_minutes(DAY_MS, DAY_MS + 9 * MINUTE_MS) == 4


async def test_old_minutes_go_by_their_own_time_and_whole(store: Store) -> None:
    """A thousand rows at once, or one minute that has more; what is not old stays."""
    for number, coins in enumerate((400, 600, 1, 1_200, 900, 200, 1)):
        await store.record_spreads([a_minute(number, f"C{coin}") for coin in range(coins)])
    cut_ms = DAY_MS + 6 * MINUTE_MS
    found = [await store.prune(MINUTES, cut_ms) for _ in range(6)]
    assert found == [1_000, 1, 1_200, 900, 200, 0]
    assert await store.spread_minutes(0, END_MS) == [a_minute(6, "C0")]
    assert (await store.info()).rows["spread_minutes"] == 1
    assert await store.check() == []


async def test_cleaning_takes_old_minutes_and_tells_how_many(store: Store) -> None:
    """Without force it only tells."""
    await store.record_spreads([a_minute(n) for n in range(10)])
    assert (await store.clean(0, force=False)).rows["spread_minutes"] == 10
    assert len(await store.spread_minutes(0, END_MS)) == 10
    assert (await store.clean(0, force=True)).rows["spread_minutes"] == 10
    assert await store.spread_minutes(0, END_MS) == []


async def test_a_vacuum_step_gives_back_two_hundred_pages(store: Store) -> None:
    """Not one: a week of spreads would take a hundred thousand steps."""
    await store.record_spreads([a_minute(n, f"C{coin}") for n in range(200) for coin in range(150)])
    while await store.prune(MINUTES, END_MS):
        pass
    left = await store.vacuum_step()
    assert left > 0
    assert await store.vacuum_step() == max(0, left - 200)


@pytest.mark.parametrize(
    "wrong",
    [{"minute_ms": DAY_MS + 1}, {"max_pct": -0.5}, {"samples": 0}, {"over_s": -1.0}],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_a_minute_that_can_not_be_is_refused(store: Store, wrong: dict[str, float]) -> None:
    """The schema itself says no."""
    with pytest.raises(StoreError, match="CHECK"):
        await store.record_spreads([replace(a_minute(), **wrong)])
    assert await store.spread_minutes(0, END_MS) == []


async def test_signals_come_back_newest_first(store: Store) -> None:
    """Whole, with their samples, and no more than asked for."""
    rows = [a_signal(10), a_signal(50, "ETH", 70, "a leg went stale"), a_signal(50, basis="last")]
    await store.record_signals(rows)
    found = await store.signals(DAY_MS, END_MS, 10)
    assert found == [rows[2], rows[1], rows[0]]
    assert await store.signals(DAY_MS, END_MS, 1) == [rows[2]]
    assert await store.signals(DAY_MS, DAY_MS + 50_000, 10) == [rows[0]]


async def test_the_end_of_a_signal_is_put_down_later(store: Store) -> None:
    """It is the same signal still."""
    await store.record_signals([a_signal()])
    ended = a_signal(ended_second=60, ending="under the threshold")
    await store.record_signals([ended])
    assert await store.signals(DAY_MS, END_MS, 10) == [ended]


async def test_signals_whose_end_nobody_saw_are_over_after_a_restart(tmp_path: Path) -> None:
    """At no known time, and that is said."""
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        await store.record_signals([a_signal(10), a_signal(30, ended_second=40, ending="x")])
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert await store.end_lost_signals() == 1
        assert await store.end_lost_signals() == 0
        found = await store.signals(DAY_MS, END_MS, 10)
    assert [(row.ending, row.ended_ms) for row in found] == [
        ("x", DAY_MS + 40_000),
        (LOST_ENDING, None),
    ]


@pytest.mark.parametrize("text", ["[]x", '[["a"]]', "[[1, 2.0, 3.0]]", "{}", "[]"])
async def test_a_signal_with_damaged_samples_is_left_out(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are shown all the same."""
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        await store.record_signals([a_signal(10), a_signal(20)])
        path = store.path
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE signal SET samples = ? WHERE id = 1", (text,))
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert await store.signals(0, END_MS, 10) == [a_signal(20)]
        problems = await store.check()
    assert "signal 1: its samples can't be read" in caplog.text
    # What JSON knows of itself; the rest is found on reading.
    assert (problems == []) is (text in ('[["a"]]', "[[1, 2.0, 3.0]]"))
