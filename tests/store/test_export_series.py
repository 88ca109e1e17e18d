"""Exports of funding, spreads and signals: every row of the range, to the byte."""

import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.store.builders import COINS, DAY_MS, NOW_MS, ZONE, StillClock, content_of
from tests.store.samples import HOUR_MS, a_minute, a_settlement, a_signal
from tui_monitor.clock import DAY_MS as A_DAY_MS
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import Exchange, SpreadKind
from tui_monitor.store import Scope, Store, export, open_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Two days of each."""
    async with open_store(tmp_path, StillClock(), kind="real") as opened:
        await opened.record_funding(
            [
                a_settlement(0, -0.00012345, coin="=BTC"),
                a_settlement(8, 1e-16, Exchange.BITGET, "币安人生"),
                a_settlement(30, 0.0001),
            ]
        )
        await opened.record_spreads(
            [
                a_minute(0, over_s=12.5, rises=1),
                a_minute(59, kind=SpreadKind.SPOT_SPOT),
                a_minute(24 * 60),
            ]
        )
        await opened.record_signals(
            [a_signal(10), a_signal(60, "ETH", 70, "a leg went stale"), a_signal(100_000)]
        )
        yield opened


async def written(store: Store, what: str, form: str, hours: float = 24.0) -> str:
    """The text of an export of the first hours."""
    scope = Scope(
        start_ms=0,
        end_ms=DAY_MS + round(hours * HOUR_MS),
        zone=ZONE,
        coins=COINS,
        min_coins=2,
        now_ms=NOW_MS,
    )
    done = await export(store, what, form, scope, folder=Path(store.path).parent)
    return content_of(done.path).decode()


async def test_the_funding_csv_to_the_byte(store: Store) -> None:
    """All digits, no exponents, no formulas."""
    assert await written(store, "funding", "csv") == (
        "\ufeffsettled_utc,exchange,market,symbol,coin,rate\r\n"
        "2026-01-04T16:00:00.000Z,okx,perp,'=BTCUSDT,'=BTC,-0.00012345\r\n"
        "2026-01-05T00:00:00.000Z,bitget,perp,币安人生USDT,币安人生,0.0000000000000001\r\n"
    )


async def test_the_spreads_csv_to_the_byte(store: Store) -> None:
    """A kind of pairs by its name."""
    assert await written(store, "spreads", "csv") == (
        "\ufeffminute_utc,coin,pairs,max_pct,min_pct,buy_exchange,buy_market,sell_exchange,"
        "sell_market,over_s,rises,samples\r\n"
        "2026-01-04T16:00:00.000Z,BTC,all,0.25,-0.125,okx,perp,bybit,spot,12.5,1,60\r\n"
        "2026-01-04T16:59:00.000Z,BTC,spot-spot,0.25,-0.125,okx,perp,bybit,spot,0.0,0,60\r\n"
    )


async def test_the_signals_csv_to_the_byte(store: Store) -> None:
    """Oldest first; an end that is not there is an empty cell."""
    assert await written(store, "signals", "csv") == (
        "\ufeffobserved_utc,coin,basis,buy_exchange,buy_market,sell_exchange,sell_market,"
        "buy_price,sell_price,spread_pct,threshold_pct,run_first_utc,ended_utc,lasted_s,ending,"
        "samples_pct\r\n"
        "2026-01-04T16:00:10.000Z,BTC,executable,okx,perp,bitget,perp,100.0,100.7,0.7,0.6,"
        "2026-01-04T16:00:06.000Z,,,,0.72 0.71 0.7\r\n"
        "2026-01-04T16:01:00.000Z,ETH,executable,okx,perp,bitget,perp,100.0,100.7,0.7,0.6,"
        "2026-01-04T16:00:56.000Z,2026-01-04T16:01:10.000Z,14.000,a leg went stale,"
        "0.72 0.71 0.7\r\n"
    )


@pytest.mark.parametrize("what", ["funding", "spreads", "signals"])
async def test_both_forms_have_the_same_rows(store: Store, what: str) -> None:
    """However far the range goes."""
    table = list(csv.DictReader(io.StringIO((await written(store, what, "csv", 1e6))[1:])))
    lines = (await written(store, what, "jsonl", 1e6)).splitlines()
    assert len(table) == len(lines) == 3


async def test_the_json_lines_have_the_models_fields(store: Store) -> None:
    """Samples and kinds under names."""
    spread = json.loads((await written(store, "spreads", "jsonl")).splitlines()[1])
    assert (spread["kind"], spread["minute_ms"]) == ("spot-spot", DAY_MS + 59 * MINUTE_MS)
    signal = json.loads((await written(store, "signals", "jsonl")).splitlines()[1])
    assert (signal["lasted_s"], signal["run_first_ms"]) == (14.0, signal["first_ms"])
    assert signal["samples"][0] == {
        "at_ms": DAY_MS + 56_000,
        "buy_price": 100.0,
        "sell_price": 100.7,
        "spread_pct": 0.72,
    }
    funding = json.loads((await written(store, "funding", "jsonl")).splitlines()[0])
    assert (funding["coin"], funding["rate"]) == ("=BTC", -0.00012345)


async def test_a_store_without_any_gives_the_header_alone(tmp_path: Path) -> None:
    """And no error."""
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        for what in ("funding", "spreads", "signals"):
            assert len((await written(store, what, "csv", A_DAY_MS)).splitlines()) == 1
            assert await written(store, what, "jsonl") == ""
