"""Parquet, read back by its own library: what the JSON lines say, typed."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from pyarrow import parquet

from tests.store.builders import COINS, DAY_END_MS, DAY_MS, NOW_MS, ZONE, StillClock, a_price
from tests.store.events import an_event, told
from tests.store.samples import a_minute, a_settlement, a_signal
from tests.store.test_anomalies import a_record
from tests.store.test_anomalies import put as put_anomalies
from tests.store.test_candles import a_candle
from tests.store.test_interest import a_sample
from tests.store.test_series_imports import an_aggregate
from tui_monitor.errors import BadInput
from tui_monitor.model import Exchange, Market, OffSlotPrice, Outage
from tui_monitor.store import WHATS, Scope, Store, export, open_store

_SCOPE = Scope(
    start_ms=DAY_MS, end_ms=DAY_END_MS, zone=ZONE, coins=COINS, min_coins=1, now_ms=NOW_MS
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Some of everything, with what is unknown and what is hostile."""
    (tmp_path / "data").mkdir()
    async with open_store(tmp_path / "data", StillClock(), kind="real") as opened:
        await opened.record_prices([a_price(0, "BTC", 0.1 + 0.2), a_price(1, "ETH", 1e-9)])
        await opened.record_off_slot(
            [OffSlotPrice(observed_ms=DAY_MS + 600_701, coin="BTC", price=90_100.0)]
        )
        await opened.open_outage(
            Outage(
                exchange=Exchange.OKX,
                market=Market.PERP,
                channel="tickers",
                reason="=cmd()",
                begin_ms=DAY_MS,
            )
        )
        await opened.record_funding([a_settlement(8, 1e-5 / 3)], [])
        await opened.record_spreads([a_minute(3, "币安人生", max_pct=1 / 3)])
        await opened.record_signals([a_signal(), a_signal(coin="ETH", ended_second=70)])
        await opened.record_liquidations([an_event(), an_event(1, usd=None)])
        await opened.record_liquidation_minutes([told(), told(1, covered_ms=0)])
        await opened.record_candles([a_candle()])
        sample = replace(a_sample(price=None), at_ms=DAY_MS)
        await opened.record_interest([sample], [])
        await opened.record_aggregates([an_aggregate(0, people_24h=None)])
        await put_anomalies(opened, a_record())
        yield opened


async def rows_of(store: Store, what: str, folder: Path) -> list[dict[str, Any]]:
    """An export in Parquet, as pyarrow reads it; times in epoch ms."""
    path = folder / f"{what}.parquet"
    done = await export(store, what, "parquet", _SCOPE, folder=folder, path=path)
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    assert done.rows == len(rows)
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        assert value.utcoffset() == datetime.now(UTC).utcoffset()
        return round(value.timestamp() * 1000)
    return value


async def records_of(store: Store, what: str, folder: Path) -> list[dict[str, Any]]:
    """The same export as JSON lines."""
    done = await export(store, what, "jsonl", _SCOPE, folder=folder)
    return [json.loads(line) for line in done.path.read_text().splitlines()]


@pytest.mark.parametrize(
    "what", [what for what in WHATS if what not in ("prices", "sum", "missing")]
)
async def test_every_field_of_the_json_lines_is_a_column(
    store: Store, tmp_path: Path, what: str
) -> None:
    """To the last digit; unknown is null, and what is nested is its JSON."""
    rows = await rows_of(store, what, tmp_path)
    for row in rows:
        for name in {"samples", "parts"} & row.keys() if what != "spreads" else ():
            row[name] = json.loads(row[name])
    assert rows
    assert rows == await records_of(store, what, tmp_path)


async def test_prices_are_a_row_for_each_coin_and_time(store: Store, tmp_path: Path) -> None:
    """Slots and what was observed between them, without any rounding."""
    rows = await rows_of(store, "prices", tmp_path)
    assert [(row["at_ms"], row["coin"], row["current_price"]) for row in rows] == [
        (DAY_MS, "BTC", 0.1 + 0.2),
        (DAY_MS + 600_701, "BTC", 90_100.0),
        (DAY_MS + 1_800_000, "ETH", 1e-9),
    ]
    assert rows[0]["base_price"] == 0.1 + 0.2
    assert rows[2]["base_price"] is rows[2]["change_pct"] is None


async def test_sums_and_what_is_missing_have_the_time_of_their_slot(
    store: Store, tmp_path: Path
) -> None:
    """In UTC, whatever the board's zone."""
    for what in ("sum", "missing"):
        rows = await rows_of(store, what, tmp_path)
        records = await records_of(store, what, tmp_path)
        assert rows
        for row, record in zip(rows, records, strict=True):
            assert row.pop("slot_ms") == record.pop("timestamp") * 1000
            del record["collect_time"]
            assert row == record


async def test_a_file_of_nothing_still_has_its_columns(store: Store, tmp_path: Path) -> None:
    """A reader of many files meets the same types in each."""
    path = tmp_path / "nothing.parquet"
    scope = replace(_SCOPE, start_ms=DAY_END_MS - 2, end_ms=DAY_END_MS - 1)
    done = await export(store, "candles", "parquet", scope, folder=tmp_path, path=path)
    assert done.rows == 0
    assert str(parquet.read_schema(path).field("open_ms").type) == "timestamp[ms, tz=UTC]"


async def test_a_name_that_is_taken_is_kept(store: Store, tmp_path: Path) -> None:
    """As with every other format."""
    path = tmp_path / "taken"
    path.write_text("mine")
    with pytest.raises(BadInput, match="exists"):
        await export(store, "funding", "parquet", _SCOPE, folder=tmp_path, path=path)
    assert path.read_text() == "mine"
