"""Open interest in the database: marks, hours, steps, and the ratio of accounts."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.store.builders import ZONE, content_of
from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.errors import StoreError
from tui_monitor.model import (
    MARK_MS,
    AccountRatio,
    Exchange,
    InterestSample,
    InterestSource,
    InterestStep,
)
from tui_monitor.store import Scope, Store, export
from tui_monitor.store.retention import KEPT

HOUR_MS = 60 * MINUTE_MS
START_MS = 1_799_971_200_000
EXCHANGES = tuple(Exchange)


def a_sample(
    mark: int = 0,
    coins: float = 1000.0,
    exchange: Exchange = Exchange.OKX,
    coin: str = "BTC",
    *,
    price: float | None = 50.0,
    source: InterestSource = InterestSource.OURS,
) -> InterestSample:
    """Of the n-th mark after the start, which is a full hour."""
    return InterestSample(
        exchange=exchange,
        symbol=f"{coin}-{exchange.value}",
        coin=coin,
        at_ms=START_MS + mark * MARK_MS,
        coins=coins,
        price=price,
        source=source,
    )


def a_step(one: InterestSample) -> InterestStep:
    """From the mark before to this sample."""
    return InterestStep(
        exchange=one.exchange, symbol=one.symbol, from_ms=one.at_ms - MARK_MS, at_ms=one.at_ms
    )


async def everything(store: Store) -> list[InterestSample]:
    """All samples that there are, oldest first."""
    return await store.interest_between(0, START_MS + 100 * DAY_MS)


async def let_go(store: Store, name: str) -> None:
    """Remove all rows of a kind, as retention does in time."""
    for kept in KEPT:
        if kept.name == name:
            await store.prune(kept, START_MS + 100 * DAY_MS)


async def test_samples_come_back_as_they_went_in(store: Store) -> None:
    """A price may be unknown, an open interest may be nought."""
    rows = [
        a_sample(0, 12.5),
        a_sample(1, 0.0, Exchange.BYBIT, price=None, source=InterestSource.HISTORY),
        a_sample(1, 7e9, Exchange.OKX, "币安人生"),
    ]
    assert await store.record_interest(rows) == 3
    assert await everything(store) == rows
    assert await store.newest_interest_ms() == START_MS + MARK_MS
    assert await store.oldest_interest_ms() == START_MS


async def test_an_exchanges_record_never_replaces_ours(store: Store) -> None:
    """Neither in the five minutes' table nor in the hours'."""
    record = a_sample(0, 1.0, source=InterestSource.HISTORY)
    ours = a_sample(0, 2.0)
    assert await store.record_interest([record]) == 1
    assert await store.record_interest([ours]) == 1
    assert await store.record_interest([record]) == 0
    assert await everything(store) == [ours]
    await let_go(store, "interest_samples")
    assert await everything(store) == [ours]


async def test_full_hours_outlive_the_five_minutes(store: Store) -> None:
    """What is left of a day is a sample an hour, and none of them twice before."""
    day = [a_sample(mark, 1000.0 + mark) for mark in range(288)]
    await store.record_interest(day)
    assert await everything(store) == day
    assert await store.coin_interest("BTC", START_MS, START_MS + DAY_MS) == day
    await let_go(store, "interest_samples")
    hours = [one for one in day if one.at_ms % HOUR_MS == 0]
    assert len(hours) == 24
    assert await everything(store) == hours
    assert await store.coin_interest("BTC", START_MS, START_MS + DAY_MS) == hours


async def test_the_nearest_sample_of_each_perpetual(store: Store) -> None:
    """Not one that is farther than asked for."""
    await store.record_interest(
        [
            *(a_sample(mark, 1.0 + mark) for mark in range(6)),
            a_sample(4, 9.0, Exchange.BYBIT),
            a_sample(0, 5.0, Exchange.BITGET),
        ]
    )
    found = await store.interest_near(START_MS + 3 * MARK_MS, 2 * MARK_MS)
    assert {(one.exchange, one.coins) for one in found} == {
        (Exchange.OKX, 4.0),
        (Exchange.BYBIT, 9.0),
    }


async def test_one_coin_and_one_symbol(store: Store) -> None:
    """On all exchanges for the coin, for the symbol on its own."""
    await store.record_interest(
        [
            a_sample(mark, 1.0, exchange, coin)
            for mark in (0, 1)
            for exchange in (Exchange.OKX, Exchange.BYBIT)
            for coin in ("BTC", "ETH")
        ]
    )
    found = await store.coin_interest("ETH", START_MS, START_MS + MARK_MS)
    assert [(one.coin, one.exchange) for one in found] == [
        ("ETH", Exchange.BYBIT),
        ("ETH", Exchange.OKX),
    ]
    symbol = await store.symbol_interest(
        Exchange.OKX, "BTC-okx", START_MS - 7, START_MS + 2 * MARK_MS
    )
    assert [one.at_ms - START_MS for one in symbol] == [0, MARK_MS]


async def test_a_step_comes_with_all_of_its_coin(store: Store) -> None:
    """What the others did at the same time tells what it was; those without both ends don't."""
    legs: Sequence[InterestSample] = [
        a_sample(0, 100.0),
        a_sample(1, 200.0),
        a_sample(0, 50.0, Exchange.BYBIT),
        a_sample(1, 51.0, Exchange.BYBIT),
        a_sample(1, 5.0, Exchange.BITGET),
        a_sample(0, 5.0, Exchange.BYBIT, "ETH"),
        a_sample(1, 5.0, Exchange.BYBIT, "ETH"),
    ]
    step = a_step(legs[1])
    await store.record_interest(legs, [step])
    found = await store.stepped_legs(START_MS, START_MS + MARK_MS)
    assert {one.step for one in found} == {step}
    ends = {(one.now.exchange, one.then.coins, one.now.coins) for one in found}
    assert ends == {(Exchange.OKX, 100.0, 200.0), (Exchange.BYBIT, 50.0, 51.0)}
    assert await store.stepped_legs(START_MS + MARK_MS, START_MS + DAY_MS) == []
    span = (START_MS, START_MS + MARK_MS)
    await store.replace_steps(Exchange.OKX, "BTC-okx", span, [])
    assert await store.stepped_legs(START_MS, START_MS + MARK_MS) == []


async def test_the_newest_ratio_of_each_perpetual(store: Store) -> None:
    """Not one from before the time asked for."""
    rows = [
        AccountRatio(
            exchange=exchange, symbol="BTC", coin="BTC", at_ms=START_MS + at_ms, long_share=share
        )
        for exchange, at_ms, share in [
            (Exchange.OKX, 0, 0.4),
            (Exchange.OKX, MARK_MS, 0.6),
            (Exchange.BINANCE, -HOUR_MS, 0.7),
        ]
    ]
    await store.record_ratios(rows)
    assert await store.newest_ratios(START_MS) == [rows[1]]


@pytest.mark.parametrize("coins", [-1.0, float("nan")])
async def test_what_can_be_no_open_interest_is_refused(store: Store, coins: float) -> None:
    """And nothing of the same write stays."""
    with pytest.raises(StoreError):
        await store.record_interest([a_sample(0), a_sample(1, coins)])
    assert await everything(store) == []


async def test_a_sample_takes_few_bytes(store: Store) -> None:
    """2,400 perpetuals for three days by five minutes, then by the hour, fit into 160 MB."""
    before = (await store.room()).used_bytes
    marks, perps = 24, 600
    for mark in range(marks):
        await store.record_interest(
            [
                a_sample(mark, 123456.789 + number, EXCHANGES[number % 4], f"COIN{number // 4}")
                for number in range(perps)
            ]
        )
    names = 120 * perps
    bytes_a_row = ((await store.room()).used_bytes - before - names) / (marks * perps * 13 / 12)
    assert bytes_a_row < 42
    three_days, month = 3 * 288 * 2400, 30 * 24 * 2400
    assert bytes_a_row * (three_days + month) < 160e6


async def exported(store: Store, folder: Path, file_format: str) -> list[str]:
    """The lines of an export of the first ten minutes."""
    scope = Scope(
        start_ms=0,
        end_ms=START_MS + 2 * MARK_MS,
        zone=ZONE,
        coins=(),
        min_coins=1,
        now_ms=START_MS + DAY_MS,
    )
    done = await export(store, "open-interest", file_format, scope, folder=folder)
    return content_of(done.path).decode().splitlines()


async def test_it_is_exported_by_time(store: Store, tmp_path: Path) -> None:
    """All digits; what is not known is empty, and null in JSON."""
    await store.record_interest(
        [
            a_sample(1, 0.1, Exchange.BYBIT, price=None, source=InterestSource.HISTORY),
            a_sample(0, 0.00000025, coin="=BTC", price=2.0),
            a_sample(2, 5.0),
        ]
    )
    assert await exported(store, tmp_path, "csv") == [
        "\ufeffat_utc,exchange,symbol,coin,coins,usd,mark_price,source",
        "2027-01-15T00:00:00.000Z,okx,'=BTC-okx,'=BTC,0.00000025,0.0000005,2.0,ours",
        "2027-01-15T00:05:00.000Z,bybit,BTC-bybit,BTC,0.1,,,history",
    ]
    records = [json.loads(line) for line in await exported(store, tmp_path, "jsonl")]
    assert [(one["coins"], one["usd"], one["source"]) for one in records] == [
        (2.5e-7, 5e-7, "ours"),
        (0.1, None, "history"),
    ]
