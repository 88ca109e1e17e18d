"""Numbers in files: all digits of what was told, and none that arithmetic added to the rest."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.builders import COINS, DAY_MS, NOW_MS, ZONE, StillClock, content_of
from tests.store.samples import a_minute
from tui_monitor.model import Exchange, InterestSample, InterestSource
from tui_monitor.store import Scope, Store, export, open_store
from tui_monitor.store.formats import number_cell, percent, product, reckoned


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Three contracts of 0.1 coins at 1.1, and a spread from 100 to 100.6."""
    sample = InterestSample(
        exchange=Exchange.OKX,
        symbol="BTC-USDT-SWAP",
        coin="BTC",
        at_ms=DAY_MS,
        coins=3 * 0.1,
        price=1.1,
        source=InterestSource.OURS,
    )
    async with open_store(tmp_path, StillClock(), kind="real") as opened:
        await opened.record_interest([sample])
        await opened.record_spreads(
            [a_minute(0, max_pct=(100.6 - 100) / 100 * 100, over_s=0.1 * 3)]
        )
        yield opened


async def written(store: Store, what: str, form: str) -> str:
    """The last line of an export."""
    scope = Scope(start_ms=0, end_ms=NOW_MS, zone=ZONE, coins=COINS, min_coins=2, now_ms=NOW_MS)
    done = await export(store, what, form, scope, folder=Path(store.path).parent)
    return content_of(done.path).decode().splitlines()[-1]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.1 + 0.2, 0.3),
        (1.1 * 1.1, 1.21),
        (4.35 * 100, 435.0),
        (0.01234 / 1000, 0.00001234),
        (0.1234567890123456, 0.1234567890123456),
        (100_000_000_000.99988, 100_000_000_000.99988),
        (1 / 3, 1 / 3),
        (-0.30000000000000004, -0.3),
        (5e-324, 5e-324),
        (0.0, 0.0),
    ],
)
def test_what_arithmetic_added_is_not_told(value: float, told: float) -> None:
    """A short number but for its last bits; every other keeps all its digits."""
    assert reckoned(value) == told


@given(st.decimals(-(10**6), 10**6, places=6, allow_nan=False).map(float))
def test_a_number_that_was_told_stays_what_it_is(value: float) -> None:
    """To the last bit, and in its cell."""
    assert reckoned(value) == value
    assert float(number_cell(reckoned(value))) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_moves_by_more_than_its_last_bits(value: float) -> None:
    """Whatever it is."""
    assert reckoned(value) == pytest.approx(value, rel=1e-15, abs=0.0)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ((100.6 - 100) / 100 * 100, 0.6),
        (-1.000544438395129, -1.000544438395129),
        (-1e-15, 0.0),
        (12.5, 12.5),
    ],
)
def test_a_difference_has_the_digits_of_its_numbers(value: float, told: float) -> None:
    """100 to 100.6 is 0.6 %, and no cell is -0."""
    assert percent(value) == told
    assert number_cell(percent(value)) != "-0.0"


def test_a_product_is_that_of_the_written_numbers() -> None:
    """As if it were done on paper."""
    assert (product(0.3, 1.1), product(19.99, 3.0)) == (0.33, 59.97)


async def test_exports_tell_it_in_both_forms(store: Store) -> None:
    """In the line, coins x mark price is usd."""
    line = await written(store, "open-interest", "csv")
    assert line.endswith(",BTC,0.3,0.33,1.1,ours")
    record = json.loads(await written(store, "open-interest", "jsonl"))
    assert (record["coins"], record["usd"], record["price"]) == (0.3, 0.33, 1.1)
    assert ",0.6,-0.125," in await written(store, "spreads", "csv")
    record = json.loads(await written(store, "spreads", "jsonl"))
    assert (record["max_pct"], record["over_s"]) == (0.6, 0.3)
